"""The heading of a command's help under which each option stands."""

from collections.abc import Iterable

from .parameters import Parameter

FILES = "Output files"

HEADINGS = {
    "Input": "model genome annotation init init-label teacher refit samplesheet genes find-genes binding-sites motifs",
    "Sites and labels": "sites feature zero-based circular label mask mask-repeats called random everywhere max-sites "
    "validation test truth region",
    "Network and training": "preset max-epochs max-steps batch-size sequence-length learning-rate eval-steps patience",
    "Simulation": "length promoters missing-fraction false-fraction jittered-fraction sharpness tfs gc shuffle-sites",
    "Calls": "threshold min-change top fdr fdr-from tss-density min-distance",
    "Comparison": "window min-support missing-value distance min-overlap best group cluster-p",
    "Search": "flank min-sites nmotifs one-group by-offset top-fractions minw maxw revcomp spacer markov-order",
    "Heads and regions": "layers heads top-k max-per-site",
    "Controls and statistics": "background shuffled controls untrained null-model replicate ablate marginalize ism "
    "max-q max-p max-evalue bootstrap",
    "Page": "title examples locus",
    FILES: "output format formats outdir table gene-table gff3 genbank tbl xlsx save-model bigwig-plus bigwig-minus "
    "bedgraph-plus "
    "bedgraph-minus browser metrics history manifest checkpoint curve per-head merge-overlaps controls-out sites-out "
    "true-sites-out elements-out genes-out "
    "logo profiles pairs strands matrix distances consensus checks cluster cluster-motifs figures pdf "
    "multiqc",
    "Running": "resume keep-going fast full dry-run seed threads device precision quiet version help",
}
"""The headings in the order of a page, each with its options: a name means the same in every command."""

OTHERWISE = {
    "head-report": {
        "Input": "motifs targets genome genes sites feature calls bigwig-plus bigwig-minus metrics baseline",
    },
}
"""Files that one command writes and another reads stand elsewhere."""


def heading(command: str, option: str) -> str:
    """The heading of a command's option, both by name, without dashes before it."""
    for table in (OTHERWISE.get(command, {}), HEADINGS):
        for title, names in table.items():
            if option in names.split():
                return title
    return "Options"


def list_outputs(command: str, options: Iterable[Parameter]) -> list[Parameter]:
    """The options that name a file or a folder that the command writes."""
    return [
        one
        for one in options
        if one.value in ("FILE", "FOLDER") and heading(command, one.name.replace("_", "-")) == FILES
    ]
