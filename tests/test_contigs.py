"""Contigs end to end: their arithmetic against the plain loops that it replaces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headmotif.data import Contig, Contigs, Genome

LISTS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=6)


@given(LISTS)
def test_arithmetic_is_that_of_plain_loops(rows):
    contigs = Contigs(Contig(f"c{i}", length, circular, f"SQ.{i}") for i, (length, circular) in enumerate(rows))
    begin = [sum(length for length, _ in rows[:i]) for i in range(len(rows) + 1)]
    assert contigs.start.tolist() == begin
    assert contigs.total == begin[-1]
    assert contigs.lengths.tolist() == [length for length, _ in rows]
    assert contigs.circular.tolist() == [circular for _, circular in rows]
    assert (contigs.names, contigs.digests) == (tuple(c.name for c in contigs), tuple(c.digest for c in contigs))
    assert contigs.length_of == {c.name: c.length for c in contigs}
    places = [(i, at) for i, (length, _) in enumerate(rows) for at in range(length)]
    contig, position = np.array(places, np.int64).reshape(-1, 2).T
    place = contigs.place(contig, position)
    assert place.tolist() == list(range(begin[-1]))
    assert contigs.contig_at(place).tolist() == contig.tolist()


def test_they_are_a_tuple_whose_arrays_nobody_changes():
    contigs = Contigs([Contig("a", 3), Contig("b", 2, True)])
    assert contigs == (Contig("a", 3), Contig("b", 2, True))
    with pytest.raises(ValueError, match="read-only"):
        contigs.start[0] = 1
    assert contigs.index_of is contigs.index_of  # made once: it is looked into for every name of a file
    length, circular = contigs.look_up_rows(("b", "a"), np.array([0, 0, 1]))
    assert (length.tolist(), circular.tolist()) == ([2, 2, 3], [True, True, False])


def test_a_genome_makes_them_of_any_tuple():
    genome = Genome((Contig("a", 2), Contig("b", 1)), np.zeros(3, np.uint8))
    assert isinstance(genome.contigs, Contigs)
    assert genome.start.tolist() == [0, 2, 3]
