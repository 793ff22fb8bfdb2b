"""Effects of variants against the brute force: the genome edited by hand, annotated whole, and compared base by
base."""

import numpy as np
import pytest
import torch

from headmotif.alphabet import N, decode, encode
from headmotif.data import Contig, Contigs, Genome, Variants
from headmotif.errors import FormatError
from headmotif.formats.tables import tsv
from headmotif.steps.calling import local_maxima, variant_effects
from headmotif.steps.calling.edits import trim
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
    """The largest change (change, position, strand, P, P) and what becomes of the calls (kind, position, strand, P, P)
    of one variant."""
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

    def map_position(at):  # of the alternative, in the reference
        return back.get(at, first + len(gone))

    def measure_distance(a, b):
        return min(abs(a - b), length - abs(a - b)) if one.circular else abs(a - b)

    olds, news, events = calls(before, Contigs([one])), calls(after, new.contigs), []
    unknown = np.float32(np.nan)
    for r, at in olds:
        like = [
            (measure_distance(map_position(b), at), b)
            for s, b in news
            if s == r and measure_distance(map_position(b), at) <= variant_effects.NEAR
        ]
        if like:
            events.append(("", at % length, r, before[r, at], after[r, min(like)[1]]))
        else:
            events.append(("lost", at % length, r, before[r, at], after[r, there[at]] if at in there else unknown))
    for r, at in news:
        if not any(s == r and measure_distance(b, map_position(at)) <= variant_effects.NEAR for s, b in olds):
            old = before[r, back[at]] if at in back else unknown
            here = map_position(at) % length if one.circular else min(map_position(at), length - 1)
            events.append(("gained", here, r, old, after[r, at]))
    return changes, events


def verdicts(events):
    """What may be said of the events: those gained or lost first, then the largest change that is large enough."""
    found = []
    for kind, at, r, old, new in events:
        change = float(annotate.logit(new) - annotate.logit(old))
        weight = abs(change) if np.isfinite(change) else np.inf
        if kind or weight >= variant_effects.LEAST:
            found.append(
                (bool(kind), weight, kind or ("stronger" if change > 0 else "weaker"), at, 1 - 2 * r, old, new)
            )
    return found


def compare(net, genome, some, threshold=THRESHOLD, tolerance=2e-4):
    found = variant_effects.effects(net, genome, some, CPU, threshold=threshold)
    rows = zip(some.contig.tolist(), some.position.tolist(), some.reference, some.alternative, strict=True)
    for i, row in enumerate(rows):
        changes, events = compute_literally(net, genome, row, threshold)
        largest = max(abs(change[0]) for change in changes)
        assert abs(found.change[i]) == pytest.approx(largest, abs=tolerance), row
        [same] = [c for c in changes if c[1:3] == (found.position[i], found.strand[i])]
        assert (found.change[i], found.reference[i], found.alternative[i]) == pytest.approx(
            (same[0], *same[3:]), abs=tolerance
        ), row
        expected = verdicts(events)
        if not expected:
            assert (found.kind[i], found.site[i], found.site_strand[i]) == ("none", -1, 0), row
            continue
        best = max(one[:2] for one in expected)
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
    whole = variant_effects.effects(net, genome, some, CPU, threshold=THRESHOLD, progress=told.append)
    monkeypatch.setattr(variant_effects, "AT_ONCE", 5)
    parts = variant_effects.effects(net, genome, some, CPU, threshold=THRESHOLD, progress=told.append)
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


def test_variants_of_another_genome_are_refused_with_their_line():
    genome = genome_of(encode("ACGTNACGT"), encode("GGG"))
    variant_effects.refuse_other_genome(
        genome, rows_of([(0, 0, "ACG", "A"), (0, 3, "TAA", "T"), (1, 2, "R", "A")]), "v.vcf"
    )
    with pytest.raises(FormatError) as refused:
        variant_effects.refuse_other_genome(
            genome, rows_of([(0, 0, "A", "C"), (1, 1, "GA", "G"), (0, 0, "C", "T")]), "v.vcf"
        )
    assert str(refused.value).startswith(
        "v.vcf:2: REF is 'GA', but 'c1' has 'GG' at 2 (2 of 3 alleles differ); give the genome"
    )
    with pytest.raises(FormatError):
        variant_effects.refuse_other_genome(genome, rows_of([(1, 2, "GG", "G")]), "v.vcf")


@pytest.mark.usefixtures("one_thread")
def test_the_table_counts_from_one(tmp_path):
    genome = genome_of(random_codes(300))
    some = draw_variants(genome, 8, 2)
    found = variant_effects.effects(network(READER), genome, some, CPU, threshold=THRESHOLD)
    tsv.write_table(str(tmp_path / "t.tsv"), variant_effects.table(some, found, genome.contigs))
    read = tsv.read_table(str(tmp_path / "t.tsv"))
    assert [int(x) - 1 for x in read["position"]] == some.position.tolist()
    assert [int(x) - 1 for x in read["delta_position"]] == found.position.tolist()
    assert [-1 if x == "." else int(x) - 1 for x in read["site"]] == found.site.tolist()
    assert [{"+": 1, "-": -1, ".": 0}[x] for x in read["site_strand"]] == found.site_strand.tolist()
    assert read["alt"] == list(some.alternative)
