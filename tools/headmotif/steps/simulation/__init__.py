"""Genomes with planted promoters and factor sites, and what is recovered of them."""
