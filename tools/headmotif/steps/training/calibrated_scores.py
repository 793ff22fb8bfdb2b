"""The last of a training: P calibrated on the validation part, scores of each part, and the threshold of calls."""

from dataclasses import asdict

import numpy as np

from ...data import NO_LABEL, Genome
from ..network import calibrate
from ..network.device import Compute
from ..network.presets import Network
from . import split, train
from .distributed import Workers
from .teach import Progress


def scored(net: Network, genome: Genome, part: np.ndarray, where: Compute, team: Workers, progress: Progress) -> dict:
    """Calibrate the network in place on the validation part; then its scores on each part and label, the calibration,
    and the threshold of calls, which is chosen on the validation part too."""

    def chosen_by(probability: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        known = (
            (part == split.VALIDATION) & (genome.label != NO_LABEL) & (probability == probability)
        )  # NaN, at N, equals nothing
        return [(truth[k], p[k]) for truth, p, k in zip(genome.label, probability, known, strict=True)]

    def annotated(what: str, wanted: np.ndarray) -> np.ndarray:
        return train.annotated(net, genome, where, wanted, team, progress(what, 2 * len(genome.base)))

    raw = annotated("calibrating", part == split.VALIDATION)
    found = tuple(calibrate.fitted(truth, p) for truth, p in chosen_by(raw))
    calibrate.apply(net, found)
    probability = annotated("scoring", part != split.TRAIN)
    parts = {
        name: map(asdict, train.part_scores(genome, probability, part == number))
        for name, number in {"validation": split.VALIDATION, "test": split.TEST}.items()
    }
    each = {
        **parts,
        "threshold": [train.best_threshold(truth, p) for truth, p in chosen_by(probability)],
        "calibration": [one._asdict() for one in found],
    }
    return {name: dict(zip(genome.labels, values, strict=True)) for name, values in each.items()}
