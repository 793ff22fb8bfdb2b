"""Comparison of motifs: scores of columns, p-values after Tomtom, targets combined by TF, and clusters of similar
motifs.
"""
