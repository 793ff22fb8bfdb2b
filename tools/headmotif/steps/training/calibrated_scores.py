"""The end of a training run: calibrate P, score each part of the genome, and choose the threshold of calls."""

import numpy as np

from ...data import NO_LABEL, Genome, Label
from ..network import calibrate
from ..network.device import Compute
from ..network.presets import Network
from . import split, train
from .distributed import Workers
from .teach import Progress


def calibrate_and_score(
    net: Network, genome: Genome, part: np.ndarray, where: Compute, team: Workers, progress: Progress
) -> tuple[Label, ...]:
    """Calibrate a network in place, and compute the scores and the threshold of each label.

    Calibration and threshold come from the validation part, scores from the validation and the test part.

    Parameters
    ----------
    net
        The trained network; its last linear map is changed.
    genome
        The genome with its labels.
    part
        uint8 (N,), the part of each nucleotide, as from `split.parts`.
    where
        Device and precision.
    team
        The processes that share the work.
    progress
        Makes a progress callback from the name of a task and its amount.

    Returns
    -------
    tuple of Label
        For each label its threshold, its calibration, and its scores by part.
    """

    def select_known(probability: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        known = (
            (part == split.VALIDATION) & (genome.label != NO_LABEL) & (probability == probability)
        )  # P is NaN at N, and NaN does not equal itself
        return [(truth[k], p[k]) for truth, p, k in zip(genome.label, probability, known, strict=True)]

    def annotate_part(what: str, wanted: np.ndarray) -> np.ndarray:
        return train.annotate_shared(net, genome, where, wanted, team, progress(what, 2 * len(genome.base)))

    raw = annotate_part("calibrating", part == split.VALIDATION)
    found = tuple(calibrate.fit(truth, p) for truth, p in select_known(raw))
    calibrate.apply(net, found)
    probability = annotate_part("scoring", part != split.TRAIN)
    thresholds = [train.choose_threshold(truth, p) for truth, p in select_known(probability)]
    on_each = (train.part_scores(genome, probability, part == number) for number in (split.VALIDATION, split.TEST))
    each = zip(genome.labels, thresholds, found, *on_each, strict=True)
    return tuple(
        Label(name, threshold, calibration, {"validation": validation, "test": test})
        for name, threshold, calibration, validation, test in each
    )
