"""Repeats against a count of strings, and what is known of E. coli."""

import gzip
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from effort import relative_cost
from headmotif.alphabet import decode, encode, reverse_complement
from headmotif.data import Contig, Genome
from headmotif.errors import InputError
from headmotif.formats.inputs import genomes as genome_file
from headmotif.steps.sequence.repeats import find_repeats

Piece = tuple[str, bool]
"""The letters of a contig, and whether it is a circle."""


def genome_of(*pieces: Piece) -> Genome:
    contigs = tuple(Contig(f"c{i}", len(letters), circular) for i, (letters, circular) in enumerate(pieces))
    return Genome(contigs, encode("".join(letters for letters, _ in pieces)))


def complement(letters: str) -> str:
    return decode(reverse_complement(encode(letters)))


def find_by_strings(pieces: list[Piece], k: int) -> np.ndarray:
    """The same from the words of the promise: each window as a string, counted."""
    windows = []
    for number, (letters, circular) in enumerate(pieces):
        around = letters + letters[: k - 1] if circular and len(letters) >= k else letters
        windows += [(number, i, around[i : i + k]) for i in range(len(around) - k + 1)]
    windows = [(number, i, min(w, complement(w))) for number, i, w in windows if "N" not in w]
    count = Counter(w for _, _, w in windows)
    found = [np.zeros(len(letters), bool) for letters, _ in pieces]
    for number, i, w in windows:
        if count[w] > 1:
            found[number][np.arange(i, i + k) % len(found[number])] = True
    return np.concatenate(found)


@st.composite
def genomes(draw: st.DrawFn) -> list[Piece]:
    """Contigs put together from a few blocks, either way round, with single letters between them: full of repeats of
    all lengths."""
    letters = st.text("ACGT", min_size=1, max_size=60)
    blocks = draw(
        st.lists(st.one_of(letters, st.sampled_from(["A" * 30, "AT" * 20, "ACGT" * 9])), min_size=1, max_size=3)
    )
    blocks = [*blocks, *(b + complement(b) for b in blocks)]
    pieces = st.one_of(
        st.sampled_from(blocks), st.sampled_from([complement(b) for b in blocks]), st.sampled_from("ACGTN")
    )
    return draw(
        st.lists(
            st.tuples(st.lists(pieces, min_size=1, max_size=6).map("".join), st.booleans()), min_size=1, max_size=3
        )
    )


@given(genomes(), st.one_of(st.integers(16, 40), st.sampled_from([48, 63, 64, 65, 75, 128, 500])))
@example([("A" * 40, False)], 16)
@example([("AT" * 8, False)], 16)
@example([("AT" * 8, True)], 16)
@example([("A", True), ("N", False)], 16)
@settings(max_examples=400, deadline=None)
def test_it_is_what_counting_strings_gives(pieces, k):
    assert find_repeats(genome_of(*pieces), k).tolist() == find_by_strings(pieces, k).tolist()


@pytest.fixture(scope="module")
def text() -> str:
    """3,000 letters in which no 16 repeat."""
    letters = decode(np.random.default_rng(1).integers(0, 4, 3000, np.uint8))
    assert not find_repeats(genome_of((letters, True)), 16).any()
    return letters


@pytest.mark.parametrize("k", [16, 17, 31, 32, 33, 63, 64, 65, 75, 100])
@pytest.mark.parametrize("turned", [False, True])
def test_a_copy_of_k_letters_is_found_and_a_shorter_one_not(text, k, turned):
    """One letter before and behind the copy is made to differ, so that it is no longer than meant."""
    for length in (k - 1, k, k + 5):
        copy = complement(text[500 : 500 + length]) if turned else text[500 : 500 + length]
        before, behind = (text[499], text[500 + length])
        before, behind = (complement(behind), complement(before)) if turned else (before, behind)
        differs = dict(zip("ACGT", "CGTA", strict=True))
        whole = text + differs[before] + copy + differs[behind] + "A"
        expected = np.zeros(len(whole), bool)
        if length >= k:
            expected[500 : 500 + length] = expected[len(text) + 1 : len(text) + 1 + length] = True
        np.testing.assert_array_equal(find_repeats(genome_of((whole, False)), k), expected)


@pytest.mark.parametrize("half", [9, 16, 17, 20, 33, 40])
def test_its_own_reverse_complement_is_one_occurrence(text, half):
    inverted = text[:half] + complement(text[:half])
    alone = genome_of((text[1000:1100] + inverted + text[1100:1200], False))
    assert not find_repeats(alone, 2 * half).any()
    for k in range(
        max(16, half), 2 * half
    ):  # the outer windows are each other's reverse complement, what they share is its own
        assert np.flatnonzero(find_repeats(alone, k)).tolist() == list(range(100, 100 + 2 * half))
    twice = genome_of((inverted + text[1000:1100] + inverted, False))
    assert find_repeats(twice, 2 * half).sum() == 4 * half


@pytest.mark.parametrize("circular", [False, True])
def test_circles_go_on_at_their_other_end(text, circular):
    found = find_repeats(genome_of((text, circular), (text[-40:] + text[:40], False)), 75)
    assert np.flatnonzero(found).tolist() == ([*range(40), *range(len(text) - 40, len(text) + 80)] if circular else [])


def test_a_window_does_not_pass_from_one_contig_to_the_next(text):
    parts = [(text[:140], False), (text[140:300], False)]
    assert not find_repeats(genome_of(*parts, (text[100:180] + text[1000:1100], False)), 75).any()
    assert find_repeats(genome_of(*parts, (text[60:180] + text[1000:1100], False)), 75).sum() == 160


def test_n_and_short_contigs_hold_no_window(text):
    broken = text[:37] + "N" + text[38:75]
    assert not find_repeats(genome_of((broken, False), (broken, False)), 75).any()
    assert find_repeats(genome_of((broken, False), (broken, False)), 37).tolist() == 2 * (
        [True] * 37 + [False] + [True] * 37
    )
    short = genome_of((text[:74], True), (text[:74], True))
    assert not find_repeats(short, 75).any()
    assert not find_repeats(short, 10**9).any()
    assert find_repeats(short, 74).all()


def test_a_short_k_is_refused():
    with pytest.raises(InputError, match="take a length of 16 nt or more"):
        find_repeats(genome_of(("ACGT", False)), 15)


@pytest.mark.data
def test_e_coli(data_folder):
    """Of its windows of 75, 2.05 % occur elsewhere too (as counting strings says); what they cover is 2.52 % of it."""
    genome = genome_file.read(str(data_folder / "ecoli" / "genome.fa.gz"), ["all"])
    found = find_repeats(genome, 75)
    assert int(found.sum()) == 117_023
    half = len(found) // 2
    turned = Genome(genome.contigs, np.roll(reverse_complement(genome.base), half))
    np.testing.assert_array_equal(find_repeats(turned, 75), np.roll(found[::-1], half))
    genes = gzip.decompress((data_folder / "ecoli" / "genes.gff3.gz").read_bytes()).decode()
    rrna = re.findall(r"\trRNA\t(\d+)\t(\d+)\t.*gene=rr[ls][A-H];", genes)
    assert len(rrna) == 14  # 16S and 23S of seven operons, which differ in a few letters
    assert all(found[int(first) - 1 : int(last)].mean() > 0.9 for first, last in rrna)
    words = np.random.default_rng(0).integers(0, 1 << 62, len(genome.base))
    # three sorts of as many numbers where this was written
    assert relative_cost(lambda: find_repeats(genome, 75), lambda: np.argsort(words), 1) < 15
