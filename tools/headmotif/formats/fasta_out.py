"""FASTA as written here: `>name`, then upper-case letters (ACGTN), 60 to a line."""

from collections.abc import Sequence

import numpy as np

from ..alphabet import DECODE
from .files import writing

COLUMNS = 60


def write(path: str, names: Sequence[str], bases: Sequence[np.ndarray]) -> None:
    """Sequences, codes 0-4 each, under their names."""
    with writing(path) as stream:
        for name, codes in zip(names, bases, strict=True):
            stream.write(f">{name}\n".encode())
            whole = len(codes) // COLUMNS * COLUMNS
            lines = np.full((whole // COLUMNS, COLUMNS + 1), ord("\n"), np.uint8)  # (lines, columns and the line end)
            lines[:, :COLUMNS] = DECODE[codes[:whole]].reshape(-1, COLUMNS)
            stream.write(lines.tobytes())
            if whole < len(codes):
                stream.write(DECODE[codes[whole:]].tobytes() + b"\n")
