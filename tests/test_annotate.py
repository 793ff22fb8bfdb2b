"""What the networks read: windows of both strands against slicing by hand, and the grid of chunks."""

import numpy as np
import pytest

from headmotif.alphabet import decode, encode
from headmotif.data import Contig, Genome
from headmotif.steps import annotate
from headmotif.steps.windows import Reads, flip, oriented, oriented_rows

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


SEQUENCES = ("ACGTTGCANNACGGT", "CCA", "GATTACAGATTACATT")


@pytest.mark.parametrize("circular", [(), (0, 1, 2), (1,)], ids=["linear", "circular", "mixed"])
@pytest.mark.parametrize("halo", [0, 2, 7, 40])
@pytest.mark.parametrize("length", [1, 3, 6])
def test_windows_are_slices_of_the_strand(circular, halo, length):
    reads = Reads(genome_of(*SEQUENCES, circular=circular), halo)
    asked = [(c, s, p) for c, sequence in enumerate(SEQUENCES) for s in (1, -1) for p in range(len(sequence))]
    contig, strand, place = map(np.array, zip(*asked, strict=True))
    found = reads.cut(contig, strand, place, length)
    assert found.dtype == np.uint8
    assert found.shape == (len(asked), length + 2 * halo)
    for row, (c, s, p) in zip(found, asked, strict=True):
        # beyond the halo of the last base nothing is promised but N
        end = min(p + length + halo, len(SEQUENCES[c]) + halo)
        right = letters(SEQUENCES[c], c in circular, s, p - halo, end)
        assert decode(row) == right.ljust(length + 2 * halo, "N")


@pytest.mark.parametrize("strand", [1, -1])
def test_a_strand_goes_on_around_a_circle_and_stops_at_an_end(strand):
    for circular in (False, True):
        genome = genome_of("AACCGT", circular=(0,) if circular else ())
        assert decode(oriented(genome, 0, strand, 8)) == letters("AACCGT", circular, strand, -8, 14)


def test_flipping_twice_comes_back():
    position, strand, length = np.array([0, 4, 9, 0]), np.array([1, -1, -1, -1]), np.array([10, 10, 10, 1])
    there = flip(position, strand, length)
    assert there.tolist() == [0, 5, 0, 0]
    assert flip(there, strand, length).tolist() == position.tolist()


def test_rows_of_values_are_read_along_their_strand():
    genome = genome_of("ACG", "TTTT")
    values = np.arange(14).reshape(1, 2, 7)
    assert oriented_rows(values, genome, 1, 1).tolist() == [[3, 4, 5, 6]]
    assert oriented_rows(values, genome, 1, -1).tolist() == [[13, 12, 11, 10]]


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_the_chunks_cover_every_place_once(size):
    genome = genome_of(*SEQUENCES)
    seen = {}
    for contig, strand, place in annotate.chunks(genome, size):
        for at in range(place, min(place + size, len(SEQUENCES[contig]))):
            seen[contig, strand, at] = seen.get((contig, strand, at), 0) + 1
        assert place % size == 0
    assert seen == {(c, s, p): 1 for c, sequence in enumerate(SEQUENCES) for s in (1, -1) for p in range(len(sequence))}
