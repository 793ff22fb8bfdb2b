"""headmotif: from a genome and its sites to an annotator, and from its attention heads to motifs.

genome.fa ──fasta2tensor──▶ genome.safetensors ──train-annot──▶ model.safetensors
sites.bed/gff3                                                        │
                                                               dump-attention
                                                                      ▼
                                                           attention.safetensors
                                                                  attn2bed
                                                                      ▼
                                                                 regions.bed
                                                genome.fa ────▶   bed2pwm
                                                                      ▼
                                                                 motifs.meme
                                                known.meme ───▶  pwm-compare ──▶ matches.tsv
"""

__version__ = "0.1.0"
