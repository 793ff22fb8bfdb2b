"""The checks of sets of sites as a table."""

from collections.abc import Mapping

from . import coordinate_checks
from .diagnosis import Diagnosis

STRANDS = {"both": "both", "+": "plus", "-": "minus"}
"""The strand's name in the table, and the field of `Diagnosis` that holds its check."""
SHARES = {
    "sites": "sites",
    "minus10": "share",
    "minus10_other_strand": "other",
    "minus10_upstream": "upstream",
    "minus10_downstream": "downstream",
    "minus10_background": "background",
    "p": "p",
}
"""Columns, and the fields of `Check` that they hold."""

STARTS = {"": "share", "_low": "low", "_high": "high"}
"""What follows `starts` in the names of columns, and the fields of `StartShare` that they hold."""


def tabulate(found: Mapping[str, Diagnosis]) -> dict[str, list]:
    """Arrange checks as a table with a row for each set and strand (both, +, -).

    Parameters
    ----------
    found
        Diagnoses by the names of the sets.

    Returns
    -------
    dict of list
        Columns by name.
    """
    rows = [(name, strand, getattr(one, part), one) for name, one in found.items() for strand, part in STRANDS.items()]
    columns: dict[str, list] = {"set": [row[0] for row in rows], "strand": [row[1] for row in rows]}
    columns |= {name: [getattr(one, field) for *_, one, _ in rows] for name, field in SHARES.items()}
    for name, field in (("shift_nt", "shift"), ("other_strand_shift_nt", "other_shift")):
        columns[name] = ["" if (k := getattr(one, field)) is None else str(k) for *_, one, _ in rows]
    columns |= {f"starts{end}": [getattr(one.starts, field) for *_, one in rows] for end, field in STARTS.items()}
    columns["far_shift_nt"] = ["" if one.far is None else str(one.far.shift) for *_, one in rows]
    columns["start_codon"] = [one.start_codon for *_, one, _ in rows]
    columns |= {
        f"purine_{k}": [float(one.purine[i]) for *_, one, _ in rows]
        for i, k in enumerate(coordinate_checks.AROUND_START)
    }
    columns |= {
        f"start_{k}": [float(one.profile[i]) for *_, one, _ in rows] for i, k in enumerate(coordinate_checks.PROFILE)
    }
    return {**columns, "verdict": [one.kind for *_, one in rows], "explanation": [one.words for *_, one in rows]}
