"""The same promoter in four strains of *Campylobacter jejuni*: which SNPs it has, and whether its TSS is still there.

The strains have the same genes, differ by a few SNPs in each promoter, and have each a map of their TSS by the same
method (Dugar et al. 2013). A TSS of one strain is followed into the others by the sequence around it, without gaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from species_maps import Map, number_words

from headmotif.alphabet import reverse_complement

STRAINS = ("cjejuni", "cjejuni_rm1221", "cjejuni_81116", "cjejuni_81176")
"""The first is the reference, by whose coordinates loci are told apart."""
PROMOTER = (-45, 2)
"""First and last position whose SNPs count; the +1 is 0."""
FLANK = 150
"""Nucleotides on either side of the +1 that are followed."""
WORD = 16
LEAST = 0.85
"""Least share of equal bases around a TSS for its place in another strain."""
SHARED = 2
"""Distance within which another strain's TSS is the same one."""


@dataclass(frozen=True)
class Pair:
    """A TSS of one strain, and its place in another.

    Attributes
    ----------
    strain, other
        Their indices in `STRAINS`.
    row, place
        Strand (0: +) and place of the TSS, by + coordinates, contigs end to end.
    other_row, other_place
        Where it is in the other strain.
    snps
        Positions that differ from -45 to +2.
    kept
        Whether the other strain's map has a TSS there, within 2 nt.
    """

    strain: int
    other: int
    row: int
    place: int
    other_row: int
    other_place: int
    snps: int
    kept: bool


def index_words(base: np.ndarray) -> dict[int, int]:
    """The place of each word of 16 bases that occurs once, by its number; -1 where it occurs more often."""
    places: dict[int, int] = {}
    for at, word in enumerate(number_words(base, WORD).tolist()):
        if word >= 0:
            places[word] = -1 if word in places else at
    return places


def cut(one: Map, row: int, place: int, before: int, after: int) -> np.ndarray | None:
    """The bases around a place, 5' to 3' on its strand; None where a contig ends."""
    low, high = (place - before, place + after + 1) if row == 0 else (place - after, place + before + 1)
    contig = np.searchsorted(one.genome.start, place, "right") - 1
    if low < one.genome.start[contig] or high > one.genome.start[contig + 1]:
        return None
    codes = one.genome.base[low:high]
    return codes if row == 0 else reverse_complement(codes)


def follow(codes: np.ndarray, other: Map, words: dict[int, int]) -> tuple[int, int] | None:
    """Row and place of the middle of a sequence in another strain, by the diagonal that most unique words share."""
    votes: dict[tuple[int, int], int] = {}
    middle = len(codes) // 2
    for row, sequence in ((0, codes), (1, reverse_complement(codes))):
        for at, word in enumerate(number_words(sequence, WORD).tolist()):
            found = words.get(word, -1)
            if found >= 0:
                key = row, found - at + middle
                votes[key] = votes.get(key, 0) + 1
    if not votes:
        return None
    row, place = max(votes, key=lambda key: (votes[key], -key[0], -key[1]))
    there = cut(other, row, place, middle, middle)
    return (row, place) if there is not None and float((there == codes).mean()) >= LEAST else None


def find_pairs(maps: list[Map]) -> Iterator[Pair]:
    """Every TSS of every strain, followed into each other strain."""
    words = [index_words(one.genome.base) for one in maps]
    near = [spread(one.site, SHARED) for one in maps]
    for number, one in enumerate(maps):
        for row, place in zip(*np.nonzero(one.site), strict=True):
            codes = cut(one, int(row), int(place), FLANK, FLANK)
            if codes is None:
                continue
            for other, its in enumerate(maps):
                found = follow(codes, its, words[other]) if other != number else None
                if found is None:
                    continue
                there = cut(its, *found, FLANK, FLANK)
                span = slice(FLANK + PROMOTER[0], FLANK + PROMOTER[1] + 1)
                snps = int((there[span] != codes[span]).sum())
                yield Pair(number, other, int(row), int(place), *found, snps, bool(near[other][found]))


def spread(site: np.ndarray, d: int) -> np.ndarray:
    """Places at most `d` nt from a site of their row."""
    return np.any([np.roll(site, k, 1) for k in range(-d, d + 1)], axis=0)
