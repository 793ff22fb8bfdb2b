"""Recognize the files of a report: tables by their headers, and manifests."""

from collections.abc import Mapping, Sequence

from ...errors import FormatError, InputError, show_path
from ...formats import files
from ...formats.tables import manifest

TABLES = {
    "agreement": ({"first", "second", "jaccard"}, {"prediction", "kind", "contig"}),
    "heads": ({"head", "regions", "verdict"},),
    "profiles": ({"head", "offset", "weight_sites"},),
    "pairs": ({"first_head", "second_head"},),
    "strands": ({"distance_nt", "correlation"},),
    "matches": ({"Query_ID", "Target_ID"},),
    "history": ({"step", "label", "average_precision"},),
    "curve": ({"prediction", "threshold", "recall", "precision"},),
    "regions": ({"#contig", "start", "end", "offset", "site"},),
}
"""Columns that identify a table, by kind; the first kind that fits is taken."""


def recognize(path: str) -> str:
    """Recognize a table by its header.

    Parameters
    ----------
    path
        The file, plain or gzip; `-` is standard input, which the next reader still gets.

    Returns
    -------
    str
        A key of `TABLES`, or `manifest`.

    Raises
    ------
    FormatError
        If the header is that of no such table.
    """
    head = files.peek(path)
    if manifest.recognize(head):
        return "manifest"
    first, *_ = [*head.decode("utf-8-sig", "replace").splitlines(), ""]
    columns = set(first.split("\t"))
    for kind, ways in TABLES.items():
        if any(way <= columns for way in ways):
            return kind
    raise FormatError(
        path, 1, "its header is of no table that a report shows; give tables of score-heads, pwm-compare, attn2bed, "
        "score-annot, annot-compare or train-annot --history, or a manifest"
    )  # fmt: skip


def sort_files(given: Sequence[str], options: Mapping[str, str]) -> dict[str, str]:
    """Sort the files of a report by kind.

    Parameters
    ----------
    given
        Tables and manifests, in any order.
    options
        Files that an option names, by kind; "" if it is not given. An option takes precedence over a manifest.

    Returns
    -------
    dict
        Paths by kind; "" if a kind was not given.

    Raises
    ------
    InputError
        If two tables are of the same kind.
    FormatError
        If a file is none that a report shows.
    """
    named: dict[str, str] = {}
    tables: dict[str, str] = {}
    for path in given:
        kind = recognize(path)
        if kind == "manifest":
            named |= manifest.read(path)
        elif kind in tables:
            raise InputError(
                f"{show_path(path)}: {show_path(tables[kind])} is a table of the same kind ({kind}); give one of them"
            )
        else:
            tables[kind] = path
    chosen = {kind: path for kind, path in options.items() if path}
    return {kind: "" for kind in (*manifest.KINDS, *options)} | named | tables | chosen
