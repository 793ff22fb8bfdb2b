"""The contigs of a genome, joined end to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Contig:
    """One sequence of a genome.

    Attributes
    ----------
    name
        The contig name, up to the first white space in a FASTA.
    length
        Nucleotides.
    circular
        Whether the last base is followed by the first.
    digest
        GA4GH refget digest of the upper-case letters, "SQ." and sha512t24u; "" if unknown.
    """

    name: str
    length: int
    circular: bool = False
    digest: str = ""


class Contigs(tuple[Contig, ...]):
    """The contigs of a genome in their order.

    It is a tuple of `Contig`, and equal to a plain tuple of the same contigs. Its arrays are computed once and are
    read-only.
    """

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The contig names.

        Returns
        -------
        tuple of str
            One name a contig, in order.
        """
        return tuple(contig.name for contig in self)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """The refget digests.

        Returns
        -------
        tuple of str
            One digest a contig, in order; "" if unknown.
        """
        return tuple(contig.digest for contig in self)

    @cached_property
    def lengths(self) -> np.ndarray:
        """The lengths of the contigs.

        Returns
        -------
        numpy.ndarray
            int64 (contigs,), nucleotides.
        """
        return _freeze(np.array([contig.length for contig in self], np.int64))

    @cached_property
    def circular(self) -> np.ndarray:
        """Which contigs are circular.

        Returns
        -------
        numpy.ndarray
            bool (contigs,).
        """
        return _freeze(np.array([contig.circular for contig in self], bool))

    @cached_property
    def start(self) -> np.ndarray:
        """The first position of each contig, with all contigs joined end to end.

        Returns
        -------
        numpy.ndarray
            int64 (contigs + 1,), 0-based; the last is the end of the last contig.
        """
        return _freeze(np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64))

    @property
    def total(self) -> int:
        """The number of nucleotides of all contigs together."""
        return int(self.start[-1])

    @cached_property
    def index_of(self) -> dict[str, int]:
        """The index of each contig.

        Returns
        -------
        dict of str to int
            0-based indices by name.
        """
        return {name: index for index, name in enumerate(self.names)}

    @cached_property
    def length_of(self) -> dict[str, int]:
        """The length of each contig.

        Returns
        -------
        dict of str to int
            Nucleotides by name.
        """
        return {contig.name: contig.length for contig in self}

    def place(self, contig: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Convert positions in contigs to positions in all contigs joined end to end.

        Parameters
        ----------
        contig
            Index of the contig of each position.
        position
            Positions in their contigs, 0-based, of the same shape.

        Returns
        -------
        numpy.ndarray
            int64, 0-based, of the same shape.
        """
        return np.asarray(self.start[contig] + position)

    def contig_at(self, place: np.ndarray) -> np.ndarray:
        """Find the contigs of positions in all contigs joined end to end.

        Parameters
        ----------
        place
            0-based positions, end to end, below `total`.

        Returns
        -------
        numpy.ndarray
            Indices of the contigs, of the same shape.
        """
        return np.asarray(np.searchsorted(self.start, place, side="right") - 1)

    def look_up_rows(self, names: Sequence[str], rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Look up the length and the shape of the contig of each row.

        Parameters
        ----------
        names
            Contig names; they need not be all, nor in the order of the genome.
        rows
            Indices into `names`, one a row.

        Returns
        -------
        lengths
            int64 (rows,), nucleotides.
        circular
            bool (rows,), whether the contig is circular.

        Raises
        ------
        KeyError
            If the genome has no contig of one of the names.
        """
        known = np.array([self.index_of[name] for name in names], np.int64)[rows]
        return self.lengths[known], self.circular[known]


def _freeze(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values
