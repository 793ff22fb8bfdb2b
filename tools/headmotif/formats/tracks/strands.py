"""The tracks of two strands, read as a pair: which format they have, which sign, and which scale.

Many browsers draw the - strand below the axis, so its values are often stored below zero. Such a track is turned, with
a warning. Log P and logits are below zero too, but on both strands or on both sides of zero: these are kept, for
turning them would turn their order.
"""

import numpy as np

from ...data import Contigs
from ...notices import warn
from .. import files
from . import bedgraph, bigwig, wig

Track = tuple[str, str]
"""The files of the + and of the - strand."""
ROUNDING = 1e-6
"""P may exceed 1 by this much."""


def read(paths: Track, contigs: Contigs) -> np.ndarray:
    """Read the values of two strands from bigWig, bedGraph or wig, recognised by content.

    Parameters
    ----------
    paths
        The files of the + and of the - strand, gzip or plain; one may be "-", standard input.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (2, N), by + coordinates, NaN if there is no value. A strand drawn below the axis is turned.

    Raises
    ------
    FormatError
        If a file is malformed or of another genome.
    """
    raws = [files.read_bytes(path) for path in paths]
    strands = [_parse(raw, path, contigs) for raw, path in zip(raws, paths, strict=True)]
    if raws[0] == raws[1]:
        warn(paths[1], "the file of the + strand has the same content; give the - strand its own, if there is one")
    return orient(np.stack(strands), paths)


def _parse(raw: bytes, path: str, contigs: Contigs) -> np.ndarray:
    if bigwig.is_bigwig(raw):
        return bigwig.parse(raw, path, contigs)
    return wig.parse(raw, path, contigs) if wig.is_wig(raw) else bedgraph.parse(raw, path, contigs)


def orient(values: np.ndarray, paths: Track) -> np.ndarray:
    """Turn the strand that is drawn below the axis, and warn the user of this and of values that are no P.

    Parameters
    ----------
    values
        (2, N), NaN if there is no value; changed in place.
    paths
        The files of the + and of the - strand, for messages.

    Returns
    -------
    numpy.ndarray
        The same array.
    """
    ranges = [_range(strand) for strand in values]
    row = _find_below_axis(ranges)
    if row is not None:
        values[row] = 0 - values[row]  # 0 stays 0, and does not become -0
        other = "no value of the other strand is" if ranges[1 - row][1] > 0 else "the other strand has none but 0"
        caution = "" if row else "; if the files are exchanged, give that of the + strand first"
        warn(paths[row], f"values are below 0 and {other}, so they are multiplied by -1{caution}")
        ranges[row] = (-ranges[row][1], -ranges[row][0])
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    both = ",".join(paths)
    if low < 0 and high <= 0:
        warn(both, "the values of both strands are 0 or less, such as log P; they are kept as scores, higher is better")
    elif low < 0:
        warn(both, f"values lie on both sides of 0, from {low:.4g} to {high:.4g}; they are kept as scores, not as P")
    elif high > 1 + ROUNDING:
        warn(both, f"values go up to {high:.4g}, so they are no P; they are kept as scores")
    return values


def _find_below_axis(ranges: list[tuple[float, float]]) -> int | None:
    """The row of the strand that has values below 0 and none above, while the other has none below; else None."""
    for row, (low, high) in enumerate(ranges):
        if low < 0 and high <= 0 and ranges[1 - row][0] >= 0:
            return row
    return None


def _range(values: np.ndarray) -> tuple[float, float]:
    """The lowest and the highest value; 0 and 0 if there is none."""
    low, high = np.fmin.reduce(values, initial=np.nan), np.fmax.reduce(values, initial=np.nan)
    return (0.0, 0.0) if np.isnan(low) else (float(low), float(high))
