"""Measures of single heads: scores, verdicts, ablation, marginalisation of motifs, and in-silico mutagenesis."""
