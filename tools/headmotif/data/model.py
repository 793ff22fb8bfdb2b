"""A trained model with the record of its training."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .applicability import Applicability
from .check import check
from .contigs import Contigs
from .genome import Genome
from .score import Calibration, Score
from .screen import Screen

PARTS = ("validation", "test")
"""The parts of the genome that a model may be scored on."""


@dataclass(frozen=True)
class Label:
    """One output of a model.

    Attributes
    ----------
    name
        The name of the label.
    threshold
        The least P of a call, chosen on the validation part; None if the model does not say.
    calibration
        The calibration of the logit; None if the model does not say.
    scores
        The scores by part of the genome, of `PARTS`.
    density
        The site density at which P holds, if it is another than that of the validation part.
    """

    name: str
    threshold: float | None = None
    calibration: Calibration | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    density: float | None = None

    def __post_init__(self) -> None:
        check(set(self.scores) <= set(PARTS), f"label {self.name} has scores for an unknown part of the genome")
        check(
            self.calibration is None or self.calibration.slope > 0,
            f"the slope of the calibration of {self.name} is not positive",
        )

    @property
    def prevalence(self) -> float | None:
        """The site density at which P holds: that of the validation part, or `density`; None if unknown."""
        known = self.scores["validation"].prevalence if "validation" in self.scores else None
        return known if self.density is None else self.density


@dataclass(frozen=True)
class LabelledSites:
    """The sites of one label that a model was trained on.

    Attributes
    ----------
    sites
        Their number.
    minus10
        The share, 0 to 1, with a sequence like a -10 element; NaN if unknown.
    """

    sites: int
    minus10: float


@dataclass(frozen=True)
class TrainingGenome:
    """What a model stores of the genome that it was trained on.

    Attributes
    ----------
    contigs
        The refget digests of the contigs.
    labels
        A digest of the label sets, 16 hexadecimal digits.
    nucleotides
        Nucleotides of one strand, 0 if unknown.
    gc
        The share of G and C among the bases, NaN if unknown.
    minus10_chance
        The share of all positions with a sequence like a -10 element, NaN if unknown.
    learned
        The sites by label.
    """

    contigs: tuple[str, ...] = ()
    labels: str = ""
    nucleotides: int = 0
    gc: float = float("nan")
    minus10_chance: float = float("nan")
    learned: Mapping[str, LabelledSites] = field(default_factory=dict)

    @classmethod
    def from_genome(cls, genome: Genome) -> "TrainingGenome":
        """Describe a genome by its digests alone.

        Parameters
        ----------
        genome
            The genome with its labels.

        Returns
        -------
        TrainingGenome
            The digests; all else is unknown.
        """
        labels = hashlib.sha256(genome.label.tobytes()).hexdigest()[:16]
        return cls(genome.contigs.digests, labels)

    def has(self, contigs: Contigs) -> bool:
        """Test whether contigs are those that the model was trained on.

        Parameters
        ----------
        contigs
            The contigs of a genome.

        Returns
        -------
        bool
            Whether they have the same sequences, base by base, in the same order.
        """
        return self.contigs == contigs.digests


@dataclass(frozen=True)
class Split:
    """The regions that a model was chosen by and tested on, as `contig:first-last`, 1-based, closed.

    Attributes
    ----------
    validation
        The regions of the validation part.
    test
        The regions of the test part.
    """

    validation: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


@dataclass(frozen=True)
class Training:
    """How a model was trained.

    Attributes
    ----------
    recipe
        The settings of the recipe, by name.
    init
        The digest of the model that training began with, "" if none.
    teachers
        The digests of the teachers.
    steps
        The number of training steps, None if unknown.
    kept_step
        The step whose weights were kept, None if unknown.
    init_labels
        For each label that did not begin with the output of its own name in the model `init`: the label whose output
        it began with, or "" for a fresh output.
    """

    recipe: Mapping[str, Any] = field(default_factory=dict)
    init: str = ""
    teachers: tuple[str, ...] = ()
    steps: int | None = None
    kept_step: int | None = None
    init_labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Model:
    """
    Attributes
    ----------
    trained model
        its weights and the record of its training.
    network
        The preset and the sizes of the network, by the names of its configuration.
    labels
        The outputs, in order.
    split
        The validation and test regions.
    genome
        What is stored of the training genome.
    training
        How the model was trained.
    scores_of
        The digest of the model whose thresholds, calibration and scores these are; "" if they are its own.
    weights
        float32 arrays by parameter name; empty if only the record of a training was read.
    screen
        What finds the places where P may be high; None if there is none.
    source
        The digest of the model in the file, if this is that model restated for a genome or a density; else "".
    limits
        What the model is known to miss, a clause without a full stop; "" if nothing is known of it.
    applicability
        What foretells its quality on a genome that it has not seen; None if nothing does.
    """

    network: Mapping[str, Any]
    labels: tuple[Label, ...]
    split: Split = Split()
    genome: TrainingGenome = TrainingGenome()
    training: Training = Training()
    scores_of: str = ""
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)
    screen: Screen | None = None
    source: str = ""
    limits: str = ""
    applicability: Applicability | None = None

    def __post_init__(self) -> None:
        check(len(set(self.names)) == len(self.labels), "two labels have the same name")

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the weights. Files made with the model name it so."""
        if self.source:
            return self.source
        total = hashlib.sha256()
        for name in sorted(self.weights):
            total.update(name.encode() + np.ascontiguousarray(self.weights[name]).tobytes())
        return total.hexdigest()[:16]

    @property
    def preset(self) -> str:
        """The preset of the network, "" if unknown."""
        return str(self.network.get("preset", ""))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the labels, in order."""
        return tuple(label.name for label in self.labels)

    def number(self, label: str) -> int | None:
        """Find the output of a label.

        Parameters
        ----------
        label
            The name of the label; "" for the first.

        Returns
        -------
        int or None
            The 0-based index of the output, or None if the model has no such label.
        """
        return (self.names.index(label) if label in self.names else None) if label else 0

    def scores(self, part: str) -> dict[str, Score]:
        """Show the scores on one part of the genome.

        Parameters
        ----------
        part
            One of `PARTS`.

        Returns
        -------
        dict of str to Score
            Scores by label, for the labels that have one.
        """
        return {label.name: label.scores[part] for label in self.labels if part in label.scores}
