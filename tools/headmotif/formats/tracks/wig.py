"""wig, UCSC's wiggle format: a declaration, then a value a line (https://genome.ucsc.edu/goldenPath/help/wiggle.html).

    variableStep chrom=CONTIG [span=1]                       lines: position and value
    fixedStep chrom=CONTIG start=POSITION [step=1] [span=1]  lines: a value

Positions are 1-based; a value holds for `span` bases from its position on. Lines that begin with track, browser or #
are skipped. Read only: programs for RNA-seq write it, often with values below zero for the - strand. Not read: the old
kind with BED lines below `track type=wiggle_0`, which is bedGraph but for its first line, and is read as that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ..contig_names import ContigNames
from ..whole_numbers import is_whole
from . import spans
from .spans import BLOCK, SKIPPED

VARIABLE, FIXED = "variableStep", "fixedStep"
DECLARED = (VARIABLE.encode(), FIXED.encode())
KEYS = {VARIABLE: {"chrom", "span"}, FIXED: {"chrom", "start", "step", "span"}}


@dataclass(frozen=True)
class Declaration:
    """What the lines below a declaration mean.

    Attributes
    ----------
    kind
        `VARIABLE` or `FIXED`.
    contig
        Name of the contig.
    start
        0-based place of the next value of fixedStep.
    step
        Nucleotides from a value of fixedStep to the next.
    span
        Nucleotides that a value holds for.
    """

    kind: str
    contig: str
    start: int
    step: int
    span: int

    @property
    def cells(self) -> int:
        """The number of cells of a line."""
        return 2 if self.kind == VARIABLE else 1


def is_wig(raw: bytes) -> bool:
    """Test whether a file is wig, by its first line that is not about the display.

    Parameters
    ----------
    raw
        The content of the file, or its beginning.

    Returns
    -------
    bool
        Whether it is.
    """
    for line in raw[:65_536].removeprefix(b"\xef\xbb\xbf").splitlines():
        if line.strip() and not line.startswith(SKIPPED):
            return line.startswith(DECLARED)
    return False


def parse(raw: bytes, path: str, contigs: Contigs) -> np.ndarray:
    """Read the values of one strand from the content of a file.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        With the line, if it is malformed, of another genome, or repeats a base.
    """
    names = ContigNames(contigs, path, "lines")
    parts = []
    for declared, start, value, line in _sections(spans.clean(raw, path), path):
        index = names.find(declared.contig, int(line[0]), len(line))
        if index is None:
            continue
        end, length = start + declared.span, contigs[index].length
        if (beyond := np.flatnonzero(end > length)).size:
            far = f"the end ({end[beyond[0]]:,}) lies beyond '{declared.contig}', which has {length:,} nt"
            raise FormatError(path, int(line[beyond[0]]), f"{far}; use the track of this version of the genome")
        parts.append((np.full(len(start), index), start, end, value, line))
    names.conclude()
    return spans.fill(parts, contigs, path)


def summarise(raw: bytes, path: str) -> tuple[list[str], int, tuple[float, float]]:
    """Say what a wig holds, without a genome.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    contigs
        The contig names, in the file's order.
    positions
        The number of positions that have a value.
    ends
        The smallest and the largest value, NaN if there is none.

    Raises
    ------
    FormatError
        With the line, if it is malformed.
    """
    contigs: dict[str, None] = {}
    positions, low, high = 0, np.inf, -np.inf
    for declared, _start, value, _line in _sections(spans.clean(raw, path), path):
        known = value[~np.isnan(value)]
        contigs[declared.contig] = None
        positions += len(known) * declared.span
        low, high = min(low, known.min(initial=np.inf)), max(high, known.max(initial=-np.inf))
    return list(contigs), positions, (float(low), float(high)) if positions else (np.nan, np.nan)


Section = tuple[Declaration, np.ndarray, np.ndarray, np.ndarray]
"""A declaration, and the start, value and line of each value below it, or of a part of them."""


def _sections(raw: bytes, path: str) -> Iterator[Section]:
    declared: Declaration | None = None
    for block, first in spans.split_blocks(raw, BLOCK):
        lines = block.split(b"\n")
        kept = [i for i, line in enumerate(lines) if line.strip() and not line.startswith(SKIPPED)]
        edges = [place for place, i in enumerate(kept) if lines[i].startswith(DECLARED)]
        for begin, end in pairwise([0, *edges, len(kept)]):
            rows = kept[begin:end]
            if rows and lines[rows[0]].startswith(DECLARED):
                declared = _declare(lines[rows[0]].decode("utf-8", "replace"), path, first + rows[0])
                rows = rows[1:]
            if rows and declared is not None:
                cells = [lines[i].decode("utf-8", "replace").split() for i in rows]
                start, value = _read_rows(declared, cells, path, [first + i for i in rows])
                yield declared, start, value, first + np.array(rows, np.int64)
                declared = replace(declared, start=declared.start + declared.step * len(rows))


def _read_rows(
    declared: Declaration, cells: list[list[str]], path: str, lines: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """0-based start and value of each line."""
    for row, line in zip(cells, lines, strict=True):
        if len(row) != declared.cells:
            wanted = "a position and a value" if declared.cells == 2 else "a value"
            columns = f"{len(row)} column{'s' if len(row) > 1 else ''}"
            raise FormatError(path, line, f"{columns}; {declared.kind} of wig needs {wanted}")
        if declared.cells == 2 and not _is_position(row[0]):
            raise FormatError(path, line, f"the position must be a whole number from 1, not '{row[0][:20]}'")
    value = [spans.parse_value(row[-1], path, line) for row, line in zip(cells, lines, strict=True)]
    if declared.kind == VARIABLE:
        start = np.array([int(row[0]) - 1 for row in cells], np.int64)
    else:
        start = declared.start + declared.step * np.arange(len(cells), dtype=np.int64)
    return start, np.array(value, np.float64).astype(np.float32)


def _is_position(text: str) -> bool:
    return is_whole(text) and int(text) > 0


def _declare(text: str, path: str, line: int) -> Declaration:
    """What a declaration says; values may stand in quotation marks."""
    kind, rest = [*text.split(None, 1), ""][:2]
    said = {key: value.strip("\"'") for key, value in re.findall(r"(?<!\w)(\w+)=(\"[^\"]*\"|'[^']*'|\S+)", rest)}
    if kind not in KEYS or "chrom" not in said or (kind == FIXED and "start" not in said):
        wanted = f"{VARIABLE} chrom=CONTIG, or {FIXED} chrom=CONTIG start=POSITION"
        raise FormatError(path, line, f"this declaration of wig is not complete; give {wanted}")
    if odd := [key for key in KEYS[kind] - {"chrom"} if not _is_position(said.get(key, "1"))]:
        raise FormatError(path, line, f"{min(odd)} must be a whole number from 1, not '{said[min(odd)][:20]}'")
    start, step, span = (int(said.get(key, "1")) for key in ("start", "step", "span"))
    return Declaration(kind, said["chrom"], start - 1, step, span)
