"""headmotif: the umbrella of all commands, with inspect, simulate and demo."""

from collections.abc import Callable
from importlib import import_module

from ..cli import group

PIPELINE = {
    "fasta2tensor": "turn a genome and its sites into a genome tensor",
    "train-annot": "train a network that scores every nucleotide as a site",
    "dump-attention": "write the attention of every head at sites and background positions",
    "attn2bed": "find the regions that each head attends to",
    "bed2pwm": "find the motifs in the regions of each head",
    "pwm-compare": "compare the motifs with known motifs",
}
"""The console commands that form the chain, in its order."""

BESIDE = {
    "predict-annot": "call the sites of a genome with a built-in model or your own",
    "audit-annot": "audit a list of sites: does each look like a start, and does the list?",
    "score-annot": "score calls and tracks against true sites",
    "score-variants": "score how variants create, destroy, strengthen or weaken sites",
    "annot-compare": "compare sets of sites, and check their coordinates",
    "score-heads": "score what each head reads and what it is worth, with controls",
    "head-report": "draw one page about the heads, their motifs and their controls",
}
"""Console commands beside the chain."""

HERE = {
    "headmotif inspect": "print what a file is and what it holds",
    "headmotif simulate": "write a simulated genome with planted promoters",
    "headmotif demo": "run the whole chain on a simulated genome, in a few minutes",
}


def overview() -> str:
    """What headmotif is, and the commands, a line each."""
    width = max(map(len, [*PIPELINE, *BESIDE, *HERE]))
    chain, more = (
        "\n".join(f"  {name:<{width}}  {what}" for name, what in table.items()) for table in (PIPELINE, BESIDE | HERE)
    )
    return (
        "headmotif finds promoters and other sites in bacterial genomes with attention networks.\n"
        "It also reads the motifs that the heads of these networks have learned.\n\n"
        "The chain from a genome to motifs. Each command reads the output of the command before it:\n"
        f"{chain}\n\nFurther commands:\n{more}\n\n"
        "COMMAND --help explains a command. headmotif COMMAND runs the same command.\n"
        "In place of a file, - is standard input or output."
    )


def load(name: str) -> Callable[..., None]:
    """The typed function of a command, in the module of its name; only the one that is called is loaded."""
    own = name.replace("-", "_")
    return getattr(import_module(f".{own}", __package__), own)


main = group("headmotif", overview, load, [*PIPELINE, *BESIDE], [name.split()[1] for name in HERE])
