"""The last of a training: P calibrated on the validation part, scores of each part, and the threshold of calls."""

import numpy as np

from ...data import NO_LABEL, Genome, Label
from ..network import calibrate
from ..network.device import Compute
from ..network.presets import Network
from . import split, train
from .distributed import Workers
from .teach import Progress


def scored(
    net: Network, genome: Genome, part: np.ndarray, where: Compute, team: Workers, progress: Progress
) -> tuple[Label, ...]:
    """Calibrate the network in place on the validation part; then of each label its scores on each part, the
    calibration, and the threshold of calls, which is chosen on the validation part too."""

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
    thresholds = [train.best_threshold(truth, p) for truth, p in chosen_by(probability)]
    on_each = (train.part_scores(genome, probability, part == number) for number in (split.VALIDATION, split.TEST))
    each = zip(genome.labels, thresholds, found, *on_each, strict=True)
    return tuple(
        Label(name, threshold, calibration, {"validation": validation, "test": test})
        for name, threshold, calibration, validation, test in each
    )
