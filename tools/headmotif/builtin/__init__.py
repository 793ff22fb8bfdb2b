"""Files that come with the program: the motif collection, the trained models and a genome, each with its card."""

from pathlib import Path

HERE = Path(__file__).parent
MOTIFS = HERE / "motifs.meme"
"""Elements of sigma factors and binding sites of TFs of E. coli; its card is motifs.md."""
MOTIF_SITES = HERE / "motif_sites.tsv"
"""The genomic sites behind each of them."""
MODELS = {path.stem: path for path in sorted(HERE.glob("*.safetensors"), key=lambda path: path.stem)}
"""Trained models by the names that every MODEL argument takes; each with a card beside it, or in that of the model it
belongs to."""
GENOMES = {path.name.partition(".")[0]: path for path in sorted(HERE.glob("*.gbk.gz"), key=lambda path: path.name)}
"""Genomes with their genes, GenBank, by the names that every GENOME argument takes; each with a card beside it."""
