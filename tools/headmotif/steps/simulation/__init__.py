"""Simulated genomes with planted promoters and TF sites, and how much of them is recovered."""
