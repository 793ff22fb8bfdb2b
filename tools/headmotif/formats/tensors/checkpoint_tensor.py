"""Checkpoint, version 1: the state of a training run, in the container of `tensors`.

Arrays: float32, named `weights/<parameter>`, `mean/...`, `best/...` and `moments/<number>.<name>` (AdamW's). Header:
`run` (everything that the run depends on; it must be equal when training resumes) and `progress` (step, epoch, batch,
loss, records). Neither holds a time.
"""

from dataclasses import dataclass

import numpy as np

from ...errors import FormatError
from . import container

VERSION = 1
GROUPS = ("weights", "mean", "best", "moments")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The content of a checkpoint.

    Attributes
    ----------
    run
        Everything that the run depends on.
    progress
        Step, epoch, batch, loss and records.
    arrays
        The arrays by group (`GROUPS`) and name.
    """

    run: container.Header
    progress: container.Header
    arrays: dict[str, dict[str, np.ndarray]]


def write(path: str, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint at a path in one move: a kill leaves the old one or the new one.

    Parameters
    ----------
    path
        The file.
    checkpoint
        The new checkpoint.
    """
    header = {"format": "checkpoint", "version": VERSION, "run": checkpoint.run, "progress": checkpoint.progress}
    container.write(
        path, header, {f"{group}/{name}": array for group in GROUPS for name, array in checkpoint.arrays[group].items()}
    )


def read(path: str) -> Checkpoint:
    """Read the checkpoint at a path.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Checkpoint
        The checkpoint.

    Raises
    ------
    FormatError
        If the file is no checkpoint, or damaged.
    """
    header, arrays = container.read(path, "checkpoint", VERSION)
    groups: dict[str, dict[str, np.ndarray]] = {group: {} for group in GROUPS}
    for key, array in arrays.items():
        group, _, name = key.partition("/")
        if group not in groups:
            raise FormatError(path, None, f"the array '{key}' does not belong in a checkpoint; start without --resume")
        groups[group][name] = np.array(array)
    if "run" not in header or "progress" not in header:
        raise FormatError(path, None, "this checkpoint is incomplete; start without --resume")
    return Checkpoint(header["run"], header["progress"], groups)
