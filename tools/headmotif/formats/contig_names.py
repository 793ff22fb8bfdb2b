"""Contig names of side inputs against those of the genome, for all formats that name contigs.

A name is text, compared as it is written. Where the genome does not have it, a name that differs in the version alone
(`NC_000913` and `NC_000913.3`), or in the database before it (`gnl|Prokka|AB_1`, `ref|NC_000913.3|`), is the contig of
the same accession, if there is one such contig and one such name. The user is warned. Rows on other contigs are left
out and counted. A file of which no row lies on the genome is refused.
"""

import re
from collections.abc import Sequence

from ..data import Contig, Contigs
from ..errors import FormatError
from ..notices import LeftOut, warn


class ContigNames:
    """Looks up the contigs that a file names.

    Call `find` for each row, and `conclude` after the last.

    Parameters
    ----------
    contigs
        The contigs of the genome.
    path
        The name of the file, for messages alone.
    unit
        What a row is, in the plural, for messages.
    """

    def __init__(self, contigs: Sequence[Contig], path: str, unit: str = "rows"):
        genome = Contigs(contigs)
        self._index, self._names = dict(genome.index_of), genome.names
        self._path, self._unit = path, unit
        self._read_as: dict[str, str] = {}
        """The name in the file of each contig that it names, by the genome's name."""
        self._unknown: dict[str, tuple[int | None, int]] = {}
        self._alike: dict[str, list[str]] = {}
        for name in self._names:
            self._alike.setdefault(_accession(name), []).append(name)

    def find(self, name: str, line: int | None = None, count: int = 1) -> int | None:
        """Find the contig of a row.

        Parameters
        ----------
        name
            The name as written.
        line
            The line of the row, from 1, or None.
        count
            The number of rows that this stands for.

        Returns
        -------
        int or None
            0-based index of the contig; None if the genome has none, so that the row is to be left out.

        Raises
        ------
        FormatError
            With the line, if two names of the file would be one contig.
        """
        if name in self._unknown or (index := self.look_up(name)) is None:
            first, before = self._unknown.get(name, (line, 0))
            self._unknown[name] = (first, before + count)
            return None
        self._index[name], one = index, self._names[index]
        if self._read_as.setdefault(one, name) != name:
            problem = f"contigs '{self._read_as[one]}' and '{name}' would both be the genome's '{one}'"
            raise FormatError(self._path, line, f"{problem}; use the same contig names in all files")
        return index

    def look_up(self, name: str) -> int | None:
        """Find the contig of a name, without any effect on `conclude`.

        Parameters
        ----------
        name
            The name as written.

        Returns
        -------
        int or None
            0-based index of the contig; None if the genome has none.
        """
        return self._index[name] if name in self._index else self._bridge(name)

    def _bridge(self, name: str) -> int | None:
        """The contig of the same accession, if there is just one."""
        alike = self._alike.get(_accession(name), [])
        return self._index[alike[0]] if len(alike) == 1 and _are_versions(name, alike[0]) else None

    def conclude(self) -> None:
        """Warn the user of names that were taken for another, and of rows that were left out.

        Raises
        ------
        FormatError
            With the line of the first row, if rows were looked up and none lies on the genome.
        """
        if self._unknown and not self._read_as:
            name, (line, _) = next(iter(self._unknown.items()))
            raise FormatError(self._path, line, explain_unknown_contig(name, self._names))
        for one, name in self._read_as.items():
            if name != one:
                warn(self._path, f"'{name}' is read as the genome's '{one}'{_caution(name, one)}")
        if self._unknown:
            left_out = LeftOut(self._path, self._unit)
            (first, (line, _)), more = next(iter(self._unknown.items())), len(self._unknown) - 1
            also = f" and {more:,} more" if more else ""
            reason = f"on '{first[:60]}'{also}, which the genome does not have"
            left_out.add(reason, line, sum(count for _, count in self._unknown.values()))
            left_out.warn()


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
        if one.lower().removeprefix("chr") == name.lower().removeprefix("chr"):
            return f"contig '{name}' is not in the genome, which has '{one}'; use one name in both files"
    shown = ", ".join(f"'{one}'" for one in known[:3]) + (f" and {len(known) - 3:,} more" if len(known) > 3 else "")
    return f"contig '{name[:60]}' is not in the genome, which has {shown}; use the same contig names in all files"


def _accession(name: str) -> str:
    """A name without its database and its version.

    >>> _accession("NC_000913.3"), _accession("ref|NC_000913.3|"), _accession("gnl|Prokka|AB_1")
    ('NC_000913', 'NC_000913', 'AB_1')
    >>> _accession("NODE_1_length_6000_cov_7.022600")
    'NODE_1_length_6000_cov_7.022600'
    """
    parts = [part for part in name.split("|") if part]
    return re.sub(r"(?<=\w)\.[1-9]\d?$", "", parts[-1] if parts else name)


def _version(name: str) -> str:
    found = re.search(r"\.(\d+)\|?$", name)
    return found[1] if found else ""


def _are_versions(name: str, one: str) -> bool:
    """Whether two names of one accession are versions of it: scaffold.2 is no version of scaffold.1."""
    is_accession = re.fullmatch(r"(?=[A-Z])(?:[A-Z]{2}_)?[A-Z]{0,6}\d{5,}", _accession(name)) is not None
    return is_accession or _version(name) == _version(one) or not (_version(name) and _version(one))


def _caution(name: str, one: str) -> str:
    """What else to say where both names have a version, and they differ."""
    if _version(name) and _version(one) and _version(name) != _version(one):
        return "; the versions differ, so make sure that positions are the same in both"
    return ""
