"""Shuffled sequences: the same dinucleotides, ends and length, all orders alike; and surroundings of sites made of
them."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headmotif.alphabet import N
from headmotif.data import Sites
from headmotif.steps.sequence.shuffle import shuffle, shuffle_surroundings
from networks import genome_of, random_codes


def pairs(codes):
    return Counter(zip(codes[:-1].tolist(), codes[1:].tolist(), strict=True))


@given(st.lists(st.integers(0, 4), max_size=40), st.integers(0, 5))
def test_dinucleotides_and_ends_stay(letters, seed):
    codes = np.array(letters, np.uint8)
    found = shuffle(codes, np.random.default_rng(seed))
    assert found.dtype == np.uint8
    assert pairs(found) == pairs(codes)
    assert found[:1].tolist() + found[-1:].tolist() == letters[:1] + letters[-1:]


def test_all_orders_are_equally_likely():
    codes = np.array([0, 1, 0, 2, 0, 1, 2, 0], np.uint8)
    rng = np.random.default_rng(1)
    count = Counter(shuffle(codes, rng).tobytes() for _ in range(6000))
    expected = 6000 / len(count)
    assert len(count) > 3
    assert sum((n - expected) ** 2 / expected for n in count.values()) < len(count) - 1 + 5 * (2 * len(count)) ** 0.5


def test_surroundings_are_of_the_sites_named_on_their_strands():
    codes = random_codes(500)
    codes[300] = N
    genome = genome_of(codes)
    n = 40
    rng = np.random.default_rng(2)
    position = np.sort(rng.choice(np.arange(500), n, replace=False))
    sites = Sites(np.zeros(n, np.int32), position, rng.choice([-1, 1], n).astype(np.int8), np.zeros(n, np.float32))
    made, row = shuffle_surroundings(genome, sites, 12, 8, 40, 1)
    assert len(made.contigs) == len(row) < 40  # some lie at the ends or beside the N
    assert (np.diff(row) > 0).all()
    for number, site in enumerate(row):
        at, strand = int(position[site]), int(sites.strand[site])
        window = codes[at - 12 : at + 9] if strand > 0 else (3 - codes[at - 8 : at + 13])[::-1]
        assert len(window) == 21
        assert N not in window
        assert pairs(made.contig_bases(number)) == pairs(window)
    assert shuffle_surroundings(genome, sites, 600, 8, 40, 1)[1].tolist() == []
