"""What models that know something already say of a genome, for another to learn from."""

from collections.abc import Callable

import numpy as np

from ...data import Genome, Model
from ...errors import InputError
from ..network import presets
from ..network.device import Compute
from . import train
from .distributed import Workers

Progress = Callable[[str, int], Callable[[int], None]]
"""From what is done, and how much of it there is in all, to what is called with the amount done."""


def taught(
    teachers: list[tuple[str, Model]],
    genome: Genome,
    wanted: np.ndarray,
    where: Compute,
    team: Workers,
    progress: Progress,
) -> np.ndarray | None:
    """The mean P(site) of those teachers that know a label, by its name, float32 (labels, 2, N); NaN where not `wanted`
    and for labels that none of them knows. None without a teacher."""
    total, known_by = np.zeros(genome.label.shape, np.float32), np.zeros(len(genome.labels), np.int64)
    for turn, (path, known) in enumerate(teachers, 1):
        labels = known.names
        mine = [number for number, label in enumerate(genome.labels) if label in labels]
        if not mine:
            raise InputError(
                f"{path}: this teacher knows nothing of {' or '.join(genome.labels)}; it was trained on "
                f"{', '.join(labels)}"
            )
        net = presets.of_model(known).to(where.device)
        told = progress(f"asking teacher {turn} of {len(teachers)}", 2 * len(genome.base))
        found = train.annotated(net, genome, where, wanted, team, told)
        total[mine] += found[[labels.index(genome.labels[i]) for i in mine]]
        known_by[mine] += 1
    with np.errstate(invalid="ignore"):
        return total / known_by[:, None, None].astype(np.float32) if teachers else None
