"""The message about a contig name that the genome does not have, for all formats that name contigs."""

import re
from collections.abc import Sequence


def explain_unknown_contig(name: str, known: Sequence[str]) -> str:
    """Explain that the genome has no contig of a name.

    The message names the contig that is probably meant: one of another version, or one with or without "chr". Otherwise
    it lists the first three.

    Parameters
    ----------
    name
        The unknown name.
    known
        The contig names of the genome.

    Returns
    -------
    str
        What is wrong and what to do, in one line.
    """
    for one in known:
        if _accession(one) is not None and _accession(one) == _accession(name):
            same = "the versions differ: use the same one, or rename the contig if the sequence is the same"
            return f"contig '{name}' is not in the genome, which has '{one}'; {same}"
        if one.lower().removeprefix("chr") == name.lower().removeprefix("chr"):
            return f"contig '{name}' is not in the genome, which has '{one}'; use one name in both files"
    shown = ", ".join(f"'{one}'" for one in known[:3]) + (f" and {len(known) - 3:,} more" if len(known) > 3 else "")
    return f"contig '{name[:60]}' is not in the genome, which has {shown}; use the same contig names in all files"


def _accession(name: str) -> str | None:
    """A name without its version if it is written as an accession: NC_000913.3 is NC_000913."""
    found = re.fullmatch(r"([A-Za-z]{1,6}_?\d{5,})(\.\d+)?", name)
    return found[1] if found else None
