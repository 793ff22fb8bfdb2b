"""A trained model, and what is known of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .check import check
from .contigs import Contigs
from .genome import Genome
from .score import Calibration, Score

PARTS = ("validation", "test")
"""The parts of the genome that a model may be scored on."""


@dataclass(frozen=True)
class Label:
    """One output of a model. threshold: of calls, the P that the validation part chose; calibration: of its logit.
    None: the model does not say. scores: by part of the genome."""

    name: str
    threshold: float | None = None
    calibration: Calibration | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check(set(self.scores) <= set(PARTS), f"scores of label {self.name} are of no part of the genome")
        check(self.calibration is None or self.calibration.slope > 0, f"the calibration of {self.name} turns P round")

    @property
    def prevalence(self) -> float | None:
        """The share of sites among all positions at which P holds: the validation part's; None where it is unknown."""
        return self.scores["validation"].prevalence if "validation" in self.scores else None


@dataclass(frozen=True)
class LabelledSites:
    """How many sites of a label the model learned from, and the share with a -10-like box (NaN: unknown)."""

    sites: int
    minus10: float


@dataclass(frozen=True)
class TrainingGenome:
    """What a model keeps of the genome that it was trained on.

    contigs: refget digests; labels: a digest of the label sets. gc: share of the bases, minus10_chance: of all
    positions with a -10-like box, NaN where unknown. nucleotides: of one strand, 0 where unknown. learned: by label.
    """

    contigs: tuple[str, ...] = ()
    labels: str = ""
    nucleotides: int = 0
    gc: float = float("nan")
    minus10_chance: float = float("nan")
    learned: Mapping[str, LabelledSites] = field(default_factory=dict)

    @classmethod
    def of(cls, genome: Genome) -> "TrainingGenome":
        """A genome by its digests alone."""
        labels = hashlib.sha256(genome.label.tobytes()).hexdigest()[:16]
        return cls(genome.contigs.digests, labels)

    def has(self, contigs: Contigs) -> bool:
        """Whether these are its contigs, to the base and in its order."""
        return self.contigs == contigs.digests


@dataclass(frozen=True)
class Split:
    """The regions that a model was chosen by and tested on, `contig:first-last`, 1-based, closed."""

    validation: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


@dataclass(frozen=True)
class Training:
    """How a model was trained: its recipe's settings by name, digests of the model that it began with ("": none) and of
    its teachers; the steps taken and the one whose weights were kept, None where unknown."""

    recipe: Mapping[str, Any] = field(default_factory=dict)
    init: str = ""
    teachers: tuple[str, ...] = ()
    steps: int | None = None
    kept_step: int | None = None


@dataclass(frozen=True, eq=False)
class Model:
    """A trained annotator: `weights`, float32 arrays by parameter name, and all that is known of it.

    network: preset and sizes, as the network's configuration has them. labels: the outputs, in their order. scores_of:
    digest of the model whose thresholds, calibration and scores these are, "" where they are its own. weights: none
    where only the record of a training was read.
    """

    network: Mapping[str, Any]
    labels: tuple[Label, ...]
    split: Split = Split()
    genome: TrainingGenome = TrainingGenome()
    training: Training = Training()
    scores_of: str = ""
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check(len(set(self.names)) == len(self.labels), "two labels have one name")

    @property
    def digest(self) -> str:
        """SHA-256 of the weights, first 16 hexadecimal digits: names the model in what is made from it."""
        total = hashlib.sha256()
        for name in sorted(self.weights):
            total.update(name.encode() + np.ascontiguousarray(self.weights[name]).tobytes())
        return total.hexdigest()[:16]

    @property
    def preset(self) -> str:
        """The preset of its network, "" where that is unknown."""
        return str(self.network.get("preset", ""))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the labels, in their order."""
        return tuple(label.name for label in self.labels)

    def number(self, label: str) -> int | None:
        """Which output a label is, by default the first; None where the model does not know it."""
        return (self.names.index(label) if label in self.names else None) if label else 0

    def scores(self, part: str) -> dict[str, Score]:
        """The scores on a part of the genome, by label; of those labels that have one."""
        return {label.name: label.scores[part] for label in self.labels if part in label.scores}
