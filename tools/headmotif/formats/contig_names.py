"""What to say of a contig's name that the genome has not, for all formats that name contigs."""

import re
from collections.abc import Sequence


def not_in_genome(name: str, known: Sequence[str]) -> str:
    """What to say of a contig's name that the genome has not: the one that is probably meant, or a few that there
    are."""
    for one in known:
        if _accession(one) is not None and _accession(one) == _accession(name):
            same = "the version differs: take the same one, or rename it if the sequence is the same"
            return f"contig '{name}' is not in the genome, which has '{one}'; {same}"
        if one.lower().removeprefix("chr") == name.lower().removeprefix("chr"):
            return f"contig '{name}' is not in the genome, which has '{one}'; name both alike"
    shown = ", ".join(f"'{one}'" for one in known[:3]) + (f" and {len(known) - 3:,} more" if len(known) > 3 else "")
    return f"contig '{name[:60]}' is not in the genome, which has {shown}; give the FASTA and the table the same names"


def _accession(name: str) -> str | None:
    """A name without its version, where it is written as an accession: NC_000913.3 is NC_000913."""
    found = re.fullmatch(r"([A-Za-z]{1,6}_?\d{5,})(\.\d+)?", name)
    return found[1] if found else None
