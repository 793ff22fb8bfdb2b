"""Sequence alone: windows on both strands, shuffles, Markov backgrounds, scans, repeats."""
