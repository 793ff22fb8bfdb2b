"""What the networks read: windows of both strands against slicing by hand, and the grid of stretches."""

import numpy as np
import pytest

from headmotif.alphabet import decode, encode
from headmotif.data import Contig, Genome
from headmotif.steps.network import annotate
from headmotif.steps.sequence.windows import Reads, cut_stretch, flip, orient, orient_rows

PAIR = str.maketrans("ACGTN", "TGCAN")


def genome_of(*sequences, circular=()):
    contigs = tuple(Contig(f"c{i}", len(s), i in circular) for i, s in enumerate(sequences))
    return Genome(contigs, encode("".join(sequences)).copy())


def letters(sequence, circular, strand, begin, end):
    """Letters from `begin` to `end` of a strand read 5' to 3', one at a time."""
    read = sequence if strand > 0 else sequence.translate(PAIR)[::-1]
    if circular:
        return "".join(read[i % len(read)] for i in range(begin, end))
    return "".join(read[i] if 0 <= i < len(read) else "N" for i in range(begin, end))


SEQUENCES = ("ACGTTGCANNACGGT", "CCA", "GATTACAGATTACATT", "G")


@pytest.mark.parametrize("circular", [(), (0, 1, 2, 3), (1,)], ids=["linear", "circular", "mixed"])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (2, 2), (7, 1), (1, 7), (40, 38)])
@pytest.mark.parametrize("length", [1, 3, 6, 20])
def test_windows_are_slices_of_the_strand(circular, before, after, length):
    reads = Reads(genome_of(*SEQUENCES, circular=circular), before, after)
    asked = [(c, s, p) for c, sequence in enumerate(SEQUENCES) for s in (1, -1) for p in range(len(sequence))]
    found = reads.cut(*map(np.array, zip(*asked, strict=True)), length)
    assert found.dtype == np.uint8
    assert found.shape == (len(asked), before + length + after)
    for row, (c, s, p) in zip(found, asked, strict=True):
        assert decode(row) == letters(SEQUENCES[c], c in circular, s, p - before, p + length + after)


@pytest.mark.parametrize("circular", [False, True])
@pytest.mark.parametrize("strand", [1, -1])
def test_a_stretch_may_lie_anywhere(circular, strand):
    """Before, across, within, beyond the contig; empty too."""
    for begin in range(-9, 12):
        for end in range(begin, 14):
            found = cut_stretch(encode("AACCGT"), circular, strand, begin, end)
            assert decode(found) == letters("AACCGT", circular, strand, begin, end)


def test_windows_are_of_their_own_and_leave_the_genome_as_it_is():
    genome = genome_of("AACCGT")
    Reads(genome, 0, 0).cut(np.array([0]), np.array([1]), np.array([0]), 6)[:] = 3
    assert decode(genome.base) == "AACCGT"


@pytest.mark.parametrize("strand", [1, -1])
def test_a_strand_goes_on_around_a_circle_and_stops_at_an_end(strand):
    for circular in (False, True):
        genome = genome_of("AACCGT", circular=(0,) if circular else ())
        assert decode(orient(genome, 0, strand, 8, 5)) == letters("AACCGT", circular, strand, -8, 11)


def test_flipping_twice_comes_back():
    position, strand, length = np.array([0, 4, 9, 0]), np.array([1, -1, -1, -1]), np.array([10, 10, 10, 1])
    there = flip(position, strand, length)
    assert there.tolist() == [0, 5, 0, 0]
    assert flip(there, strand, length).tolist() == position.tolist()


def test_rows_of_values_are_read_along_their_strand():
    genome = genome_of("ACG", "TTTT")
    values = np.arange(14).reshape(1, 2, 7)
    assert orient_rows(values, genome, 1, 1).tolist() == [[3, 4, 5, 6]]
    assert orient_rows(values, genome, 1, -1).tolist() == [[13, 12, 11, 10]]


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_the_grid_covers_every_place_once_in_the_order_of_the_contigs(size):
    table = annotate.grid(genome_of(*SEQUENCES), size)
    places = [(c, s, at) for c, s, place, n in table.tolist() for at in range(place, place + n)]
    assert places == [(c, s, p) for c, sequence in enumerate(SEQUENCES) for s in (1, -1) for p in range(len(sequence))]
    assert (table[:, 2] % size == 0).all()
    assert (table[:, 3] <= size).all()


def test_a_genome_without_bases_has_no_stretches():
    empty = Genome((Contig("a", 0),), np.zeros(0, np.uint8))
    assert annotate.grid(empty, 10).shape == (0, 4)
