"""Checkpoint, version 1: where a training run stands, in the container of `tensors`.

Arrays: float32, named `weights/<parameter>`, `mean/...`, `best/...` and `moments/<number>.<name>` (AdamW's). Header:
`run` (whatever the run depends on: it must be equal to go on) and `progress` (step, epoch, batch, loss, records). No
time in either.
"""

from dataclasses import dataclass

import numpy as np

from ...errors import FormatError
from . import container

VERSION = 1
GROUPS = ("weights", "mean", "best", "moments")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What the file holds; `arrays` by group and name."""

    run: container.Header
    progress: container.Header
    arrays: dict[str, dict[str, np.ndarray]]


def write(path: str, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint at `path` in one move: a kill leaves the old one or the new one."""
    header = {"format": "checkpoint", "version": VERSION, "run": checkpoint.run, "progress": checkpoint.progress}
    container.write(
        path, header, {f"{group}/{name}": array for group in GROUPS for name, array in checkpoint.arrays[group].items()}
    )


def read(path: str) -> Checkpoint:
    """The checkpoint at `path`."""
    header, arrays = container.read(path, "checkpoint", VERSION)
    groups: dict[str, dict[str, np.ndarray]] = {group: {} for group in GROUPS}
    for key, array in arrays.items():
        group, _, name = key.partition("/")
        if group not in groups:
            raise FormatError(path, None, f"the array '{key}' belongs to no checkpoint; start without --resume")
        groups[group][name] = np.array(array)
    if "run" not in header or "progress" not in header:
        raise FormatError(path, None, "this checkpoint is incomplete; start without --resume")
    return Checkpoint(header["run"], header["progress"], groups)
