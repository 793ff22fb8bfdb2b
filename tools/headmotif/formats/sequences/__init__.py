"""Sequences: FASTA, GenBank and 2bit."""
