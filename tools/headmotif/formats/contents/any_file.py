"""What a file is and holds, whatever its kind."""

from collections.abc import Callable

from ...errors import FormatError
from .. import files
from ..inputs import recognise
from . import rows, sequences, tables, tensors
from .facts import Facts

KNOWN = "genomes, models, sites, features, variants, tracks, motifs and tables"
READERS: dict[str, Callable[[str, str], Facts]] = {
    "sequence": sequences.describe_genome,
    "index": sequences.describe_index,
    "features": rows.describe_features,
    "intervals": rows.describe_intervals,
    "track": rows.describe_track,
    "variants": rows.describe_variants,
    "motifs": tables.describe_motifs,
    "table": tables.describe_table,
    "json": tables.describe_json,
    "text": tables.describe_text,
}
"""What describes the files of each group."""


def describe(path: str) -> Facts:
    """Describe a file.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.

    Returns
    -------
    Facts
        What it is, and what it holds.

    Raises
    ------
    FormatError
        With what it seems to be, if headmotif neither reads nor writes it; with the line, if it is malformed.
    """
    start = files.peek(path, recognise.START)
    kind = recognise.recognise(start)
    if kind.group == "tensor":
        return tensors.describe(path)
    if kind.group:
        return READERS[kind.group](path, kind.name)
    if kind == recognise.EMPTY:
        raise FormatError(path, None, "this file is empty")
    if kind.name:
        problem = f"this seems to be {kind.name}, which headmotif does not read"
        raise FormatError(path, None, f"{problem}; {kind.advice or f'it knows {KNOWN}'}")
    known = f"headmotif knows {KNOWN}; docs/formats.md lists them"
    raise FormatError(path, None, f"this is no file that headmotif reads or writes; {known}")
