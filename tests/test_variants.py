"""Effects of variants against the brute force: the genome edited by hand, annotated whole, and compared base by
base."""

import numpy as np
import pytest
import torch

from headmotif.alphabet import N, decode, encode
from headmotif.data import Contig, Contigs, Genome, Variants
from headmotif.formats.tables import tsv
from headmotif.steps.calling import local_maxima, variant_effects
from headmotif.steps.calling.edits import trim
from headmotif.steps.calling.variant_effects import Rule
from headmotif.steps.network import annotate
from networks import CNN, CPU, EVERY, READER, network, random_codes

THRESHOLD = 0.7


def genome_of(*codes, circular=()):
    return Genome(
        Contigs(Contig(f"c{i}", len(c), i in circular) for i, c in enumerate(codes)),
        np.concatenate(codes).astype(np.uint8),
    )


def rows_of(rows):
    contig, position, reference, alternative = zip(*rows, strict=True)
    return Variants(
        np.array(contig, np.int32),
        np.array(position, np.int64),
        (".",) * len(rows),
        reference,
        alternative,
        np.arange(len(rows)) + 1,
    )


def draw_variants(genome, number, seed):
    """Variants of all kinds, some at the ends of contigs, as a caller writes them: with the base before an insertion or
    a deletion."""
    rng = np.random.default_rng(seed)
    rows = []
    while len(rows) < number:
        contig = int(rng.integers(len(genome.contigs)))
        codes = genome.contig_bases(contig)
        gone, come = (
            (1, 1),
            (1, 1),
            (3, 3),
            (1, 1 + int(rng.integers(1, 9))),
            (1 + int(rng.integers(1, 9)), 1),
            (4, 2),
            (2, 5),
        )[rng.integers(7)]
        place = int(rng.choice([0, len(codes) - gone, rng.integers(len(codes) - gone)]))
        reference = decode(codes[place : place + gone])
        alternative = decode(rng.integers(0, 4, come))
        if gone != come and 1 in (gone, come):
            alternative = reference[0] + alternative[1:]
        if alternative != reference:
            rows.append((contig, place, reference, alternative))
    return rows_of(rows)


def compute_literally(net, genome, row, threshold):
    """The largest change (change, position, strand, P, P) and the calls of either sequence (position, row, P, P) of
    one variant."""
    contig, position, reference, alternative = row
    begin = genome.start[contig]
    codes = genome.contig_bases(contig)
    edited = np.concatenate([codes[:position], encode(alternative), codes[position + len(reference) :]])
    one = genome.contigs[contig]
    shared, gone, come = trim(reference, alternative)
    first, length = position + shared, one.length
    there = {at: at for at in range(first + min(len(gone), len(come)))}
    there |= {at: at + len(come) - len(gone) for at in range(first + len(gone), length)}
    back = {new: old for old, new in there.items()}
    new = Genome((Contig("e", len(edited), one.circular),), edited)
    before = annotate.annotate(net, genome, CPU)[0][:, begin : begin + length]
    after = annotate.annotate(net, new, CPU)[0]
    changes = [
        (
            annotate.logit(after[r, new_at]) - annotate.logit(before[r, at]),
            at,
            1 - 2 * r,
            before[r, at],
            after[r, new_at],
        )
        for at, new_at in there.items()
        for r in (0, 1)
        if np.isfinite(before[r, at]) and np.isfinite(after[r, new_at])
    ]

    def calls(p, contigs):
        found = local_maxima.call_sites(p, contigs, threshold, variant_effects.NEAR)
        return list(zip((found.strand < 0).astype(int).tolist(), found.position.tolist(), strict=True))

    def list_near(positions, at):  # indices
        far = np.abs(positions - at)
        far = np.minimum(far, length - far) if one.circular else far
        return np.flatnonzero(far <= variant_effects.NEAR).tolist(), far

    mapped = np.array([back.get(b, first + len(gone)) for b in range(len(edited))])  # in the reference
    olds, news, events = calls(before, Contigs([one])), calls(after, new.contigs), []

    def highest(p, row, at):  # P of one sequence at its positions `at`, which lie near a call of the other
        return max((p[row, i] for i in at if np.isfinite(p[row, i])), default=np.float32(np.nan))

    def order(at):  # from half a circle before the variant on
        return (at - first + len(edited) // 2) % len(edited) if one.circular else at

    for r, at in olds:
        near, far = list_near(mapped, at)
        like = [(far[b], order(b), b) for b in near if (r, b) in news]
        events.append((at, r, before[r, at], after[r, min(like)[2]] if like else highest(after, r, near)))
    for r, at in news:
        near, _ = list_near(np.arange(length), mapped[at])
        if not any((r, b) in olds for b in near):
            here = mapped[at] % length if one.circular else min(mapped[at], length - 1)
            events.append((here, r, highest(before, r, near), after[r, at]))
    return changes, events


def weigh(events, threshold, least):
    """The events with what may be said of them: those gained or lost weigh most, then the largest change."""
    found = []
    for at, r, old, new in events:
        change = float(annotate.logit(new) - annotate.logit(old))
        size = abs(change) if np.isfinite(change) else np.inf
        kind = "none"
        if old >= threshold and not new >= threshold and size >= least:
            kind = "lost"
        elif new >= threshold and not old >= threshold and size >= least:
            kind = "gained"
        elif size >= least / 2:
            kind = "stronger" if change > 0 else "weaker"
        found.append((kind in ("gained", "lost"), size, kind, at, 1 - 2 * r, old, new))
    return found


def compare(net, genome, some, threshold=THRESHOLD, least=0.3, tolerance=2e-4):
    found = variant_effects.effects(net, genome, some, CPU, rule=Rule(threshold, least))
    rows = zip(some.contig.tolist(), some.position.tolist(), some.reference, some.alternative, strict=True)
    for i, row in enumerate(rows):
        changes, events = compute_literally(net, genome, row, threshold)
        largest = max(abs(change[0]) for change in changes)
        assert abs(found.change[i]) == pytest.approx(largest, abs=tolerance), row
        [same] = [c for c in changes if c[1:3] == (found.position[i], found.strand[i])]
        assert (found.change[i], found.reference[i], found.alternative[i]) == pytest.approx(
            (same[0], *same[3:]), abs=tolerance
        ), row
        expected = weigh(events, threshold, least)
        best = max((one[:2] for one in expected), default=(False, 0.0))
        if found.site[i] == -1:  # no call near enough to change
            assert best < (False, tolerance), (row, expected)
            assert (found.kind[i], found.site_strand[i], found.site_change[i]) == (
                "none",
                0,
                pytest.approx(np.nan, nan_ok=True),
            )
            continue
        tied = [
            one for one in expected if one[0] == best[0] and (one[1] == best[1] or abs(one[1] - best[1]) < tolerance)
        ]
        mine = [one for one in tied if one[2:5] == (found.kind[i], found.site[i], found.site_strand[i])]
        assert mine, (row, tied, found.kind[i], found.site[i])
        near = [found.site_reference[i], found.site_alternative[i]]
        assert any(near == pytest.approx([float(x) for x in one[5:]], abs=1e-5, nan_ok=True) for one in mine), row
    return found


@EVERY
@pytest.mark.usefixtures("one_thread")
def test_variants_of_every_kind(config):
    genome = genome_of(random_codes(260, gaps=1), random_codes(300, seed=1), random_codes(90, seed=2), circular=(1,))
    found = compare(network(config), genome, draw_variants(genome, 60, 3))
    assert len(set(found.kind.tolist())) >= 4  # else this says little


class Weighs(torch.nn.Module):
    """The logit is a sum of a number for each place and base around the site: the farthest base counts as much as the
    nearest."""

    before, after, labels, chunk, batch = 12, 5, 1, 64, 4

    def __init__(self):
        super().__init__()
        table = torch.from_numpy(np.random.default_rng(0).normal(0, 0.7, (18, 5)).astype(np.float32))
        table[:, N] = 0
        self.table = table

    def forward(self, codes):
        places = codes.unfold(1, 18, 1).long()  # (batch, length, 18)
        return self.table[torch.arange(18), places].sum(2)[:, :, None]


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("seed", range(3))
def test_where_the_farthest_base_counts_most(seed):
    genome = genome_of(
        random_codes(150, seed), random_codes(120, seed + 10), random_codes(15, seed + 20), circular=(1, 2)
    )
    compare(Weighs(), genome, draw_variants(genome, 120, seed), threshold=0.6)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("config", [READER, CNN], ids=["default", "cnn"])
def test_small_circles_are_gone_round_once(config):
    genome = genome_of(random_codes(50, seed=5), random_codes(33, seed=6), circular=(0, 1))
    compare(network(config), genome, draw_variants(genome, 40, 4))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("config", [READER, CNN], ids=["default", "cnn"])
def test_over_the_origin_as_anywhere_else(config):
    """A circular contig that begins 40 nt further on has the same variants, 40 nt further back."""
    codes, size = random_codes(150, seed=8), 150
    places = [(at, gone, come) for at in (147, 149) for gone, come in ((1, 1), (1, 4), (6, 1), (4, 4), (8, 3))]
    texts = [
        (decode(np.roll(codes, -at)[:gone]), decode(random_codes(come, seed=at + come))) for at, gone, come in places
    ]
    over = rows_of([(0, at, *text) for (at, _, _), text in zip(places, texts, strict=True)])
    inside = rows_of([(0, at - 40, *text) for (at, _, _), text in zip(places, texts, strict=True)])
    net = network(config)
    found, expected = (
        variant_effects.effects(net, genome_of(np.roll(codes, -shift), circular=(0,)), some, CPU, rule=Rule(0.6, 0.1))
        for some, shift in ((over, 0), (inside, 40))
    )
    assert sum(over.position + [len(one) for one in over.reference] > size) == 6
    for name in ("change", "reference", "alternative", "site_change", "site_reference", "site_alternative"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=1e-4)
    assert found.kind.tolist() == expected.kind.tolist()
    for name in ("position", "site"):
        there = getattr(expected, name)
        assert getattr(found, name).tolist() == np.where(there < 0, -1, (there + 40) % size).tolist()


@pytest.mark.usefixtures("one_thread")
def test_long_alleles_are_scored_in_stretches():
    net = network(READER)
    net.chunk = 32
    codes = random_codes(400)
    some = rows_of(
        [
            (0, 100, decode(codes[100:250]), decode(codes[100:101])),
            (0, 200, decode(codes[200:201]), decode(random_codes(150))),
        ]
    )
    compare(net, genome_of(codes), some)


@pytest.mark.usefixtures("one_thread")
def test_the_batches_make_no_difference(monkeypatch):
    net, genome = network(READER), genome_of(random_codes(400), circular=(0,))
    some, told = draw_variants(genome, 12, 7), []
    whole = variant_effects.effects(net, genome, some, CPU, rule=Rule(THRESHOLD), progress=told.append)
    monkeypatch.setattr(variant_effects, "AT_ONCE", 5)
    parts = variant_effects.effects(net, genome, some, CPU, rule=Rule(THRESHOLD), progress=told.append)
    assert told == [12, 5, 10, 12]
    np.testing.assert_allclose(whole.change, parts.change, atol=1e-4)
    assert whole.kind.tolist() == parts.kind.tolist()


@pytest.mark.usefixtures("one_thread")
def test_of_several_labels_one_is_told():
    net, genome = network(READER, labels=2), genome_of(random_codes(300))
    some = draw_variants(genome, 5, 1)
    first, second = (variant_effects.effects(net, genome, some, CPU, label=label) for label in (0, 1))
    alone = annotate.annotate(net, genome, CPU)[1]
    row = (second.strand < 0).astype(int)
    np.testing.assert_allclose(second.reference, alone[row, second.position], atol=1e-5)
    assert (np.abs(first.change - second.change) > 1e-3).any()


@pytest.mark.parametrize(
    ("before", "after", "expected", "opposite"),
    [
        (0.247, 0.205, "none", "none"),  # over the threshold, by 0.24 logits
        (0.247, 0.165, "weaker", "stronger"),  # 0.51
        (0.247, 0.11, "weaker", "stronger"),  # 0.98
        (0.247, 0.105, "lost", "gained"),  # 1.03
        (0.9, 0.3, "weaker", "stronger"),  # 3.0, but both are calls
        (0.9, 0.85, "none", "none"),  # 0.46
        (0.9, 0.9, "none", "none"),
        (0.24, np.nan, "lost", "gained"),  # the bases are not there
    ],
)
def test_a_small_step_over_the_threshold_is_no_loss(before, after, expected, opposite):
    rule = Rule(0.23)
    for old, new, kind in ((before, after, expected), (after, before, opposite)):
        p = np.array([old, new], np.float32)
        change = float(np.diff(annotate.logit(p))[0])
        assert rule.name_effect(change, *p) == kind
        if 0.205 in p:
            assert Rule(0.23, 0.2).name_effect(change, *p) == ("lost" if change < 0 else "gained")
            assert Rule(0.23, 0).name_effect(change, *p) == ("lost" if change < 0 else "gained")


@pytest.mark.usefixtures("one_thread")
def test_the_least_change_names_the_effects_and_alters_no_number():
    genome = genome_of(random_codes(300), random_codes(90, seed=2), circular=(1,))
    some, net = draw_variants(genome, 30, 5), network(READER)
    rules = [Rule(THRESHOLD, least) for least in (0, 0.4, 100)]
    loose, middle, strict = (variant_effects.effects(net, genome, some, CPU, rule=rule) for rule in rules)
    np.testing.assert_array_equal(loose.change, strict.change)
    assert rules[0].count_small_crossings(loose) == 0
    crossed = np.isin(loose.kind, ["gained", "lost"]).sum()
    assert crossed > np.isin(middle.kind, ["gained", "lost"]).sum() > 0
    assert rules[1].count_small_crossings(middle) > 0
    finite = np.isfinite(strict.site_change)
    assert set(strict.kind[finite]) == {"none"}
    assert (strict.site[strict.kind == "none"] >= 0).any()  # its change is told all the same


def test_where_nothing_is_scored_nothing_is_told():
    genome = genome_of(np.full(200, N))
    found = variant_effects.effects(network(CNN), genome, rows_of([(0, 100, "NNN", "N")]), CPU)
    assert np.isnan([found.change[0], found.reference[0]]).all()
    assert (found.kind[0], found.position[0], found.strand[0], found.site[0]) == ("none", -1, 0, -1)
    assert len(variant_effects.effects(network(CNN), genome, rows_of([(0, 1, "N", "A")]).take([]), CPU).kind) == 0


@pytest.mark.parametrize(
    ("alleles", "expected"),
    [
        (("A", "C"), (0, "A", "C")),
        (("CAA", "CA"), (1, "A", "")),  # of equal letters in a row the first is taken
        (("C", "CTT"), (1, "", "TT")),
        (("ACGT", "ATCT"), (1, "CG", "TC")),
        (("GCACA", "GCA"), (1, "CA", "")),
        (("AC", "GTT"), (0, "AC", "GTT")),
    ],
)
def test_alleles_are_trimmed(alleles, expected):
    assert trim(*alleles) == expected


@pytest.mark.usefixtures("one_thread")
def test_the_table_counts_from_one(tmp_path):
    genome = genome_of(random_codes(300))
    some = draw_variants(genome, 8, 2)
    found = variant_effects.effects(network(READER), genome, some, CPU, rule=Rule(THRESHOLD))
    tsv.write_table(str(tmp_path / "t.tsv"), variant_effects.table(some, found, genome.contigs))
    read = tsv.read_table(str(tmp_path / "t.tsv"))
    assert [int(x) - 1 for x in read["position"]] == some.position.tolist()
    assert [int(x) - 1 for x in read["delta_position"]] == found.position.tolist()
    assert [-1 if x == "." else int(x) - 1 for x in read["site"]] == found.site.tolist()
    assert [{"+": 1, "-": -1, ".": 0}[x] for x in read["site_strand"]] == found.site_strand.tolist()
    assert read["alt"] == list(some.alternative)
    names = list(read)  # how much changes comes before the word for it
    assert names.index("alt") + 1 == names.index("delta_logit") < names.index("site_delta_logit")
    assert names[-1] == "effect"
    empty = variant_effects.effects(network(READER), genome, some.take([]), CPU)
    tsv.write_table(str(tmp_path / "e.tsv"), variant_effects.table(some.take([]), empty, genome.contigs))
    assert (tmp_path / "e.tsv").read_text() == "\t".join(names) + "\n"
