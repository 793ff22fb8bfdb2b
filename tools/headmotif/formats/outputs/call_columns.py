"""What each column of the calls means, for readers of a spreadsheet; docs/formats.md says the same."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column of a table.

    Attributes
    ----------
    name
        The name.
    unit
        The unit, "" for none.
    range
        The values that occur.
    meaning
        What it is.
    is_number
        Whether its cells are numbers.
    """

    name: str
    unit: str
    range: str
    meaning: str
    is_number: bool = False


CONTIG = Column("contig", "", "a contig name", "The contig.")
STRAND = Column("strand", "", "+ or -", "The strand.")

CALLS = (
    CONTIG,
    Column("start", "nt", "from 0", "The position of the call.", True),
    Column("end", "nt", "start + 1", "The base after it.", True),
    Column("name", "", "such as tss1", "The label and a number from 1."),
    STRAND,
    Column("probability", "share", "0-1", "P, to four significant digits.", True),
    Column(
        "fdr",
        "share",
        "0-1",
        "With --fdr only: the expected share of false calls among those with this P or a higher one.",
        True,
    ),
    Column("site_class", "", "primary, secondary, leaderless, internal, antisense or orphan", "The site class."),
    Column(
        "gene",
        "",
        "a gene or empty",
        "The next gene on the same strand that begins at the +1 or up to 300 nt downstream.",
    ),
    Column("utr5_nt", "nt", "0-300 or empty", "The length of the 5' UTR before that gene.", True),
    Column("internal_to", "", "a gene or empty", "The gene of the same strand that contains the call."),
    Column("antisense_to", "", "a gene or empty", "The gene of the other strand that contains the call."),
    Column("minus35", "", "six letters or empty", "The -35 element of the best pair."),
    Column("spacer_nt", "nt", "15-19 or empty", "The length of the spacer.", True),
    Column("minus10", "", "six letters or empty", "The -10 element of the best pair."),
    Column(
        "discriminator_nt",
        "nt",
        "4-8 or empty",
        "The length of the discriminator: the bases between the -10 element and the +1.",
        True,
    ),
    Column("extended_minus10", "", "yes or empty", "Whether the -10 element is an extended -10."),
    Column(
        "element_bits",
        "bits",
        "any number or empty",
        "The log-odds score of the pair with its spacer and its distance to the +1.",
        True,
    ),
    Column(
        "minus10_p",
        "",
        "0-1 or empty",
        "The probability that a random six-letter word scores as high as the -10 element.",
        True,
    ),
)
"""Of the table of calls."""

FIT = (
    Column("gc", "share", "0-1", "GC of the genome."),
    Column("learned_gc", "share", "0-1", "GC of the training genome."),
    Column("calls", "", "from 0", "The number of calls."),
    Column("calls_per_mb", "per million positions", "from 0", "Calls per million positions of both strands."),
    Column("learned_per_mb", "per million positions", "from 0", "Sites per million positions of the training genome."),
    Column(
        "minus10",
        "share",
        "0-1",
        "Calls with a -10 element (TATAAT, one mismatch allowed) that starts 14 to 10 nt upstream.",
    ),
    Column("learned_minus10", "share", "0-1", "The same for the sites that the model learned from."),
    Column("minus10_chance", "share", "0-1", "The same for all positions of the genome."),
    Column("minus10_shuffled", "share", "0-1", "The same for a random sequence of the genome's base composition."),
    Column("upstream", "share", "0-1 or null", "Calls at most 300 nt upstream of a gene."),
    Column("upstream_chance", "share", "0-1 or null", "The same for all positions."),
    Column(
        "right",
        "share",
        "0-1 or null",
        "Genes with a start site upstream whose best position there should lie within 2 nt of it.",
    ),
    Column("right_low", "share", "0-1 or null", "The lower end of its 95 % interval."),
    Column("right_high", "share", "0-1 or null", "The upper end of its 95 % interval."),
    Column(
        "by_genes_low",
        "share",
        "0-1 or null",
        "Calls that lie at start sites, judging by the share of them upstream of genes; if mapped sites are there as "
        "often as in any species with a whole map.",
    ),
    Column("by_genes_high", "share", "0-1 or null", "The same, if they are there as seldom as in any."),
    Column("verdict", "", "fits, doubtful or not applicable", "Whether the model seems to fit the genome."),
    Column("words", "", "list of sentences", "The reasons."),
)
"""Measures of how well the model fits the genome."""

MEASURES = (
    Column("measure", "", "text", "The name of the measure."),
    Column("value", "", "a number or text", "Its value; empty where unknown."),
    Column("unit", "", "text", "Its unit."),
    Column("what it is", "", "text", "What the measure means."),
)
"""Of the sheet with these measures."""

CONTIGS = (
    CONTIG,
    Column("length_nt", "nt", "from 1", "Its length.", True),
    Column("circular", "", "yes or no", "Whether the contig is circular."),
    Column("refget", "", "digest", "The refget digest of its sequence."),
)
"""Of the sheet with the contigs."""

BINDING_SITES = (
    CONTIG,
    Column("start", "nt", "from 0", "The first base of the binding site.", True),
    Column("end", "nt", "from 1", "The base after the last one; beyond the length over an origin.", True),
    Column("tf", "", "text", "The TF that binds there."),
    Column("strand", "", "+, - or .", "The strand; . for both."),
)
"""Of the sheet with the binding sites."""
