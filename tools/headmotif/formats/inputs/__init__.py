"""Inputs of any format that can hold them, recognised by content: a genome, genes, sites, motifs."""
