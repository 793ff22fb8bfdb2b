"""What a report is made of: one record, empty where a file was not given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...data import Match, Model, Motif, Score
from ...data.locus import Locus
from ...data.verdict import Example, Verdict

Row = Mapping[str, float | str]


@dataclass(frozen=True)
class Run:
    """All that the page shows. Tables are rows by column, as their files have them.

    rows: of score-heads' table, or the motifs' names alone under `head`. verdicts, motifs, examples, drops (see
    `examples.drops`): by head; targets: known motifs by name. model: what train-annot --metrics wrote of it; part: of
    the genome whose scores count; baselines: other models by name. accuracy and calibration: what the curves say, see
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
    model: Model | None = None
    part: str = ""
    baselines: Mapping[str, Model] = field(default_factory=dict)
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

    @property
    def scores(self) -> dict[str, Score]:
        """The model's scores on the part that counts, by label."""
        return self.model.scores(self.part) if self.model else {}

    @property
    def models(self) -> list[tuple[str, Model]]:
        """The model and those that it is compared with, each with its name."""
        return [*([("this model", self.model)] if self.model else []), *self.baselines.items()]
