"""headmotif: the umbrella: what there is, what a file holds, planted genomes, the demonstration."""

from ..cli import group
from .demo import demo
from .inspect import inspect
from .plant import plant

PIPELINE = {
    "fasta2tensor": "a genome and its sites become one genome tensor",
    "train-annot": "a network learns to score every nucleotide as a site",
    "dump-attention": "what each head of the network looks at, at sites and elsewhere",
    "attn2bed": "the stretches that a head attends to, as BED",
    "bed2pwm": "the sequences under the stretches, aligned into motifs",
    "pwm-compare": "motifs against known motifs",
}
"""The console commands in the order in which they are chained."""

BESIDE = {
    "predict-annot": "the sites of a genome, by a model that you trained or a built-in one",
    "annot-compare": "how far sets of sites agree, how good predictions are, and whether their coordinates are right",
    "score-heads": "where each head looks, what it reads, what it is worth, and whether it recurs",
    "head-report": "one page of all that: findings in words, figures, a card for each head, tables",
}
"""Console commands beside the chain."""

HERE = {
    "headmotif inspect": "what a file is and holds",
    "headmotif plant": "a genome with planted promoters, and the truth about them",
    "headmotif demo": "the whole chain on a planted genome, a few minutes",
}


def overview() -> str:
    """The commands, a line each."""
    width = max(map(len, [*PIPELINE, *BESIDE, *HERE]))
    chain, more = (
        "\n".join(f"  {name:<{width}}  {what}" for name, what in table.items()) for table in (PIPELINE, BESIDE | HERE)
    )
    return (
        "headmotif: from a genome and its sites to an annotator, and from its attention heads to motifs.\n\n"
        f"In this order, each reading what the one before it wrote (- is a pipe):\n{chain}\n\nAnd:\n{more}\n\n"
        "COMMAND --help tells more."
    )


main = group("headmotif", overview, inspect, plant, demo)
