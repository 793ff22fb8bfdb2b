"""The sequences that a genome is made of, laid end to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Contig:
    """One sequence of a genome. `digest` is refget's "SQ." + sha512t24u of its upper-case letters."""

    name: str
    length: int
    circular: bool = False
    digest: str = ""


class Contigs(tuple[Contig, ...]):
    """The contigs of a genome in their order, equal to a tuple of the same; arrays are computed once and read-only."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(contig.name for contig in self)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Their digests, in order."""
        return tuple(contig.digest for contig in self)

    @cached_property
    def lengths(self) -> np.ndarray:
        """int64 (contigs,), nucleotides."""
        return _fixed(np.array([contig.length for contig in self], np.int64))

    @cached_property
    def circular(self) -> np.ndarray:
        """bool (contigs,)."""
        return _fixed(np.array([contig.circular for contig in self], bool))

    @cached_property
    def start(self) -> np.ndarray:
        """Where each begins, end to end, and the end of the last: int64 (contigs + 1,)."""
        return _fixed(np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64))

    @property
    def total(self) -> int:
        """The nucleotides of all."""
        return int(self.start[-1])

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Where each stands, by name."""
        return {name: index for index, name in enumerate(self.names)}

    @cached_property
    def length_of(self) -> dict[str, int]:
        """Lengths by name."""
        return {contig.name: contig.length for contig in self}

    def place(self, contig: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Positions (0-based) in contigs, by index, as places end to end, int64."""
        return np.asarray(self.start[contig] + position)

    def contig_at(self, place: np.ndarray) -> np.ndarray:
        """The index of the contig that each place, end to end, lies in."""
        return np.asarray(np.searchsorted(self.start, place, side="right") - 1)

    def of_rows(self, names: Sequence[str], rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Length and whether it is circular of each row's contig. rows: indices into names, which need not be all, nor
        in this order."""
        known = np.array([self.index_of[name] for name in names], np.int64)[rows]
        return self.lengths[known], self.circular[known]


def _fixed(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values
