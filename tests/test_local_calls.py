"""Local maxima and what they find, against the definitions taken word by word."""

import numpy as np
import pytest

from effort import relative_cost
from headmotif.data import NO_LABEL, Contig, Contigs
from headmotif.steps.calling.local_maxima import call_sites, calls, local_maxima
from headmotif.steps.statistics.metrics import score


def distance(a, b, contig):
    """How far b lies downstream of a, the shorter way round on a circle; both along the strand."""
    if not contig.circular:
        return b - a
    forward = (b - a) % contig.length
    return forward if 2 * forward <= contig.length else forward - contig.length


def orient_position(contig, row, i):
    """Position i of a strand, 5' to 3', in + coordinates of the contig; and back."""
    return i if row == 0 else contig.length - 1 - i


def literal_maxima(p, contig, row, d):
    """Positions 5' to 3' of one strand of one contig, nucleotide by nucleotide."""
    q = [p[orient_position(contig, row, i)] for i in range(contig.length)]
    found = []
    for i, own in enumerate(q):
        best = not np.isnan(own)
        for k in range(1, d + 1):
            for j, is_upstream in ((i - k, True), (i + k, False)):
                if contig.circular:
                    j %= contig.length
                if 0 <= j < contig.length and j != i and (q[j] > own or (is_upstream and q[j] == own)):
                    best = False
        if best:
            found.append(i)
    return found


def literal_calls(p, label, contigs, d, known):
    """(row, place, P, place of the site or -1) of every call, from the highest P; and the number of sites."""
    ranked, free = [], []
    begin = 0
    for contig in contigs:
        span = slice(begin, begin + contig.length)
        for row in (0, 1):
            own = p[row, span]
            scored = known[row, span] & (label[row, span] != NO_LABEL) & ~np.isnan(own)
            places = [orient_position(contig, row, i) for i in literal_maxima(own, contig, row, d)]
            ranked += [
                (-own[at], row, begin + at if row == 0 else -(begin + at), begin + at, contig, begin)
                for at in places
                if scored[at]
            ]
            free += [(row, begin + int(at)) for at in np.flatnonzero((label[row, span] == 1) & scored)]
        begin += contig.length
    sites, result = len(free), []
    for minus, row, _, place, contig, begin in sorted(ranked, key=lambda one: one[:3]):
        options = []
        for site in free:
            if site[0] == row and begin <= site[1] < begin + contig.length:
                far = distance(
                    orient_position(contig, row, place - begin), orient_position(contig, row, site[1] - begin), contig
                )
                if abs(far) <= d:
                    options.append((abs(far), far > 0, site))
        taken = min(options)[2] if options else (row, -1)
        free = [site for site in free if site != taken]
        result.append((row, place, -minus, taken[1]))
    return result, sites


def draw_tracks(seed, contigs, levels):
    rng = np.random.default_rng(seed)
    shape = 2, sum(c.length for c in contigs)
    p = (rng.random(shape) * levels).round().astype(np.float32) / np.float32(levels)
    p[rng.random(shape) < 0.05] = np.nan
    label = (rng.random(shape) < 0.15).astype(np.uint8)
    label[rng.random(shape) < 0.05] = NO_LABEL
    return p, label, rng.random(shape) < 0.9


SHAPES = {
    "line": Contigs([Contig("a", 60)]),
    "circle": Contigs([Contig("a", 60, True)]),
    "several": Contigs(
        [
            Contig("a", 25, True),
            Contig("b", 1),
            Contig("c", 30),
            Contig("d", 7, True),
            Contig("e", 2, True),
            Contig("f", 4),
        ]
    ),
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("levels", [4, 10**6])
@pytest.mark.parametrize("d", [0, 1, 2, 5])
@pytest.mark.parametrize("shape", SHAPES)
def test_calls_are_those_of_the_definition(shape, d, levels, seed):
    contigs = SHAPES[shape]
    p, label, known = draw_tracks(seed, contigs, levels)
    expected, sites = literal_calls(p, label, contigs, d, known)
    found = calls(p, label, contigs, d, known)
    assert list(zip(found.row, found.place, found.probability, found.claimed, strict=True)) == expected
    assert found.sites == sites
    hits, total, ap = 0, 0, 0.0
    for value in sorted({one[2] for one in expected}, reverse=True):
        step = [one for one in expected if one[2] == value]
        gained = sum(one[3] >= 0 for one in step)
        hits, total = hits + gained, total + len(step)
        ap += gained / sites * hits / total
    assert found.average_precision == pytest.approx(ap, abs=1e-12)


def test_within_nothing_it_is_the_exact_score():
    contigs = Contigs([Contig("a", 400)])
    p, label, known = draw_tracks(1, contigs, 50)
    scored = known & (label != NO_LABEL) & ~np.isnan(p)
    assert calls(p, label, contigs, 0, known).average_precision == pytest.approx(
        score(label[scored], p[scored]).average_precision, abs=1e-12
    )


def test_ties_go_to_the_first_on_each_strand():
    p = np.zeros((2, 9), np.float32)
    p[:, 3:6] = 0.5
    assert np.argwhere(local_maxima(p, Contigs([Contig("a", 9)]), 3)).tolist() == [[0, 3], [1, 5]]
    far = np.array([[0.5, 0, 0, 0.5, 0, 0], [0, 0, 0, 0, 0, 0]])
    assert np.flatnonzero(local_maxima(far, Contigs([Contig("a", 6)]), 2)[0]).tolist() == [0, 3]
    assert np.flatnonzero(local_maxima(far, Contigs([Contig("a", 6)]), 3)[0]).tolist() == [0]
    assert not local_maxima(far, Contigs([Contig("a", 6, True)]), 3)[0].any()  # each is upstream of the other


def test_a_site_is_found_once_and_the_nearest_free_one_first():
    contigs = Contigs([Contig("a", 40)])
    p, label = np.zeros((2, 40)), np.zeros((2, 40), np.uint8)
    p[0, [10, 16]] = 0.9, 0.8
    label[0, 13] = 1
    found = calls(p, label, contigs, 5)
    assert dict(zip(found.place[:2], found.claimed[:2], strict=True)) == {10: 13, 16: -1}  # the higher takes it
    label[0, 9] = 1
    found = calls(p, label, contigs, 5)
    assert dict(zip(found.place[:2], found.claimed[:2], strict=True)) == {10: 9, 16: 13}
    label[0, 11] = 1  # as near as 9, but downstream
    assert calls(p, label, contigs, 5).claimed[0] == 9
    assert (
        calls(p[::-1, ::-1], label[::-1, ::-1], contigs, 5).claimed[0] == 39 - 9
    )  # seen from the other strand, all is the same


def test_what_is_left_out_still_has_neighbours():
    """The peak at 2 is not scored; its shoulder at 3 does not become a call for that."""
    p, label = np.array([[0.1, 0.2, 0.9, 0.3, 0.0, 0.2], [0.0] * 6]), np.zeros((2, 6), np.uint8)
    known = np.array([True, True, False, True, True, True])
    found = calls(p, label, Contigs([Contig("a", 6)]), 2, known)
    assert found.place[found.row == 0].tolist() == []
    assert calls(p, label, Contigs([Contig("a", 6)]), 1, known).place[0] == 5
    p[0, 2] = np.nan  # what is not known at all hides nothing
    assert calls(p, label, Contigs([Contig("a", 6)]), 2, known).place[0] == 3


def test_the_other_strand_and_the_other_end_of_a_circle_make_no_difference():
    """A circle cut elsewhere and read from its other strand has the same calls."""
    contigs = Contigs([Contig("a", 500, True)])
    p, label, known = draw_tracks(3, contigs, 10**6)
    one = calls(p, label, contigs, 5, known)
    turned = [np.roll(x, 123, axis=1)[::-1, ::-1] for x in (p, label, known)]
    other = calls(turned[0], turned[1], contigs, 5, turned[2])
    assert other.probability.tolist() == one.probability.tolist()
    moved = np.where(one.claimed < 0, -1, 499 - (one.claimed + 123) % 500)
    assert other.claimed.tolist() == moved.tolist()


def test_calls_cost_less_than_sorting_the_positions_a_few_times():
    rng = np.random.default_rng(0)
    contigs = Contigs([Contig("a", 950_000, True)])
    p = rng.random((2, 950_000), np.float32)
    label = (rng.random(p.shape) < 0.002).astype(np.uint8)
    found = [calls(p, label, contigs, d).average_precision for d in (2, 5)]
    for d in (2, 5):  # a third of one sort where this was written
        assert (
            relative_cost(lambda d=d: calls(p, label, contigs, d), lambda: np.argsort(p, axis=None, kind="stable")) < 3
        )
    assert 0 < found[0] < found[1] < 0.1


def test_called_sites_are_the_maxima_above_the_threshold_with_their_places():
    contigs = Contigs([Contig("a", 20), Contig("b", 10)])
    p = np.full((2, 30), 0.01, np.float32)
    p[0, [4, 6, 25]] = 0.5, 0.6, 0.9
    p[1, [0, 12]] = 0.3, 0.2
    p[1, 29] = np.nan
    found = call_sites(p, contigs, 0.2)
    rows = [x.tolist() for x in (found.contig, found.position, found.strand)]
    assert list(zip(*rows, strict=True)) == [(0, 6, 1), (1, 5, 1), (0, 0, -1), (0, 12, -1)]
    np.testing.assert_allclose(found.strength, [0.6, 0.9, 0.3, 0.2])
