"""Files that come with the program: the motif collection, each file with its card."""

from pathlib import Path

MOTIFS = Path(__file__).parent / "motifs.meme"
"""Sigma elements and factors of E. coli; its card is motifs.md."""
MOTIF_SITES = Path(__file__).parent / "motif_sites.tsv"
"""The genomic sites behind each of them."""
