"""The contents of a report: one record, whose fields are empty if a file was not given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...data import Match, Model, Motif, Score
from ...data.locus import Locus
from ...data.verdict import Example, Verdict

Row = Mapping[str, float | str]


@dataclass(frozen=True)
class Run:
    """Everything that the page shows.

    Tables are sequences of rows by column, as their files have them.

    Attributes
    ----------
    title
        Title of the page.
    version
        Version of headmotif.
    rows
        Rows of score-heads' table, or only the names of the motifs in `head`.
    verdicts
        The verdict on each head, by head.
    findings
        The findings, in sentences.
    motifs
        Motifs by head, or by another name that begins with the head.
    matches
        Matches of the motifs with known motifs.
    targets
        Known motifs by name.
    profiles
        Table of score-heads --profiles.
    pairs
        Table of score-heads --pairs.
    strands
        Table of score-heads --strands.
    model
        What train-annot --metrics wrote; None if it was not given.
    part
        The part of the genome whose scores count; "" without scores.
    baselines
        Other models by name.
    history
        Table of train-annot --history.
    curve
        Table of score-annot --curve.
    accuracy
        Summary of the curves, see `curves.summary`.
    calibration
        Calibration of the curves, see `curves.calibration`.
    agreement
        Table of annot-compare or of score-annot.
    examples
        Example sites by head.
    drops
        In-silico mutagenesis by head, see `examples.drops`.
    loci
        Loci to draw.
    methods
        The methods, in sentences.
    rules
        Kinds of verdicts, each with its rule.
    citation
        What to cite, in lines.
    given
        A row for each input, with its digest.
    absent
        Each option that was not given, and what it would show.
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
