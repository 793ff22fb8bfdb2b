"""What a report is made of: one record, empty where a file was not given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...data import Match, Motif
from ...data.locus import Locus
from ...data.verdict import Example, Verdict

Row = Mapping[str, float | str]


@dataclass(frozen=True)
class Run:
    """All that the page shows. Tables are rows by column, as their files have them.

    rows: of score-heads' table, or the motifs' names alone under `head`. verdicts, motifs, examples, drops (see
    `examples.drops`): by head; targets: known motifs by name. metrics: what train-annot wrote; part: of the genome
    whose scores count; baselines: the same of other models by name. accuracy and calibration: what the curves say, see
    `curves`. methods: sentences; rules: (kind of verdict, its rule); citation: what to cite. given: a row for each
    input with its digest; absent: (option, what it would show) of each that was not given.
    """

    title: str
    version: str
    rows: Sequence[Row]
    verdicts: Mapping[str, Verdict]
    findings: Sequence[str]
    motifs: Mapping[str, Motif] = field(default_factory=dict)
    matches: Sequence[Match] = ()
    targets: Mapping[str, Motif] = field(default_factory=dict)
    profiles: Sequence[Row] = ()
    pairs: Sequence[Row] = ()
    strands: Sequence[Row] = ()
    metrics: Mapping = field(default_factory=dict)
    part: str = ""
    baselines: Mapping[str, Mapping] = field(default_factory=dict)
    history: Sequence[Row] = ()
    curve: Sequence[Row] = ()
    accuracy: Sequence[Row] = ()
    calibration: Sequence[Row] = ()
    agreement: Sequence[Row] = ()
    examples: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    drops: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)
    loci: Sequence[Locus] = ()
    methods: Sequence[str] = ()
    rules: Sequence[tuple[str, str]] = ()
    citation: Sequence[str] = ()
    given: Sequence[Row] = ()
    absent: Sequence[tuple[str, str]] = ()
