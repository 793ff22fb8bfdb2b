"""P(site) of trained models on a genome, as targets for another network."""

from collections.abc import Callable

import numpy as np

from ...data import Genome, Model
from ...errors import InputError
from ..network import presets
from ..network.device import Compute
from . import train
from .distributed import Workers

Progress = Callable[[str, int], Callable[[int], None]]
"""Makes a progress callback, which receives the amount done, from the name of a task and its total amount."""


def ask_teachers(
    teachers: list[tuple[str, Model]],
    genome: Genome,
    wanted: np.ndarray,
    where: Compute,
    team: Workers,
    progress: Progress,
) -> np.ndarray | None:
    """Compute the mean P(site) of the teachers, for each label over those that know it by name.

    Parameters
    ----------
    teachers
        File and model of each teacher.
    genome
        The genome with its labels.
    wanted
        bool (N,), the bases to annotate.
    where
        Device and precision.
    team
        The processes that share the work.
    progress
        Makes a progress callback for each teacher.

    Returns
    -------
    numpy.ndarray or None
        float32 (labels, 2, N); NaN where not `wanted` and for labels that no teacher knows. None without a teacher.

    Raises
    ------
    InputError
        If a teacher knows none of the genome's labels.
    """
    total, known_by = np.zeros(genome.label.shape, np.float32), np.zeros(len(genome.labels), np.int64)
    for turn, (path, known) in enumerate(teachers, 1):
        labels = known.names
        mine = [number for number, label in enumerate(genome.labels) if label in labels]
        if not mine:
            raise InputError(
                f"{path}: this teacher has no label named {' or '.join(genome.labels)}, only {', '.join(labels)}; "
                "give a teacher that shares a label with the genome"
            )
        net = presets.build_from_model(known, genome).to(where.device)
        advance = progress(f"annotating with teacher {turn} of {len(teachers)}", 2 * len(genome.base))
        found = train.annotate_shared(net, genome, where, wanted, team, advance)
        total[mine] += found[[labels.index(genome.labels[i]) for i in mine]]
        known_by[mine] += 1
    with np.errstate(invalid="ignore"):
        return total / known_by[:, None, None].astype(np.float32) if teachers else None
