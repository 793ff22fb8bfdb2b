"""Files that come with the program: the motif collection and the trained models, each file with its card."""

from pathlib import Path

HERE = Path(__file__).parent
MOTIFS = HERE / "motifs.meme"
"""Sigma elements and factors of E. coli; its card is motifs.md."""
MOTIF_SITES = HERE / "motif_sites.tsv"
"""The genomic sites behind each of them."""
MODELS = {path.stem: path for path in sorted(HERE.glob("*.safetensors"), key=lambda path: path.stem)}
"""Trained models by the names that every MODEL argument takes; each with a card beside it, or in that of the model it
belongs to."""
