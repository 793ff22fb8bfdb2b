"""Motifs of the sequences under regions: expectation maximisation, bipartite and palindromic motifs, tests."""
