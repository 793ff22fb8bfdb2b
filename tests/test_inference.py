"""The promises of inference, for every preset, with random weights: what the results do not depend on, and what it
costs."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import torch

from headmotif.alphabet import N, reverse_complement
from headmotif.data import Contig, Genome
from headmotif.steps.network import annotate, kmer_attention, presets
from networks import CNN, CPU, EVERY, HALF, PRECISIONS, READER, assert_near, genome_of, network, random_codes, tolerance

pytestmark = pytest.mark.usefixtures("one_thread")


def set_chunks(net, chunk, batch=3):
    net.chunk, net.batch = chunk, batch
    return net


def assembly(seed=0, circular=False):
    """Contigs of very different lengths, some shorter than a halo, some with N, one of nothing else."""
    lengths = (700, 3, 90, 64, 1, 300, 17, 129, 40)
    codes = [random_codes(n, seed + i, gaps=n // 100) for i, n in enumerate(lengths)]
    return genome_of(*codes, np.full(50, N, np.uint8), circular=circular)


@EVERY
@PRECISIONS
def test_the_predictions_of_these_networks_differ_enough_to_test_them(config, compute):
    p = annotate.annotate(network(config), genome_of(random_codes(500)), compute)
    assert 0.1 < p.std() < 0.3


@EVERY
@PRECISIONS
def test_the_size_of_stretches_and_batches_changes_nothing(config, compute):
    net, genome = (
        network(config, labels=2),
        genome_of(random_codes(1300, gaps=3), random_codes(90, 1), random_codes(3, 2)),
    )
    whole = annotate.annotate(net, genome, compute)
    assert whole.shape == (2, 2, 1393)
    for chunk, batch in ((256, 16), (64, 3), (100, 3), (37, 16), (5000, 1)):
        assert_near(
            annotate.annotate(set_chunks(net, chunk, batch), genome, compute), whole, tolerance(config, compute)
        )


@EVERY
@PRECISIONS
def test_the_number_of_threads_changes_nothing(config, compute):
    net, genome = network(config), genome_of(random_codes(700))
    single = annotate.annotate(net, genome, compute)
    torch.set_num_threads(2)  # the fixture sets it back
    assert_near(annotate.annotate(net, genome, compute), single, tolerance(config, compute))


@EVERY
@PRECISIONS
def test_the_same_again_gives_the_same_bytes(config, compute):
    genome = assembly()
    once, again = (annotate.annotate(network(config), genome, compute) for _ in range(2))
    assert once.tobytes() == again.tobytes()


@EVERY
@PRECISIONS
@pytest.mark.parametrize("circular", [False, True], ids=["linear", "circular"])
def test_the_reverse_complement_mirrors_the_annotation(config, compute, circular):
    net, codes = set_chunks(network(config), 128), random_codes(701, gaps=4)
    p = annotate.annotate(net, genome_of(codes, circular=circular), compute)
    mirrored = annotate.annotate(net, genome_of(reverse_complement(codes), circular=circular), compute)
    assert_near(mirrored, p[:, ::-1, ::-1], tolerance(config, compute))
    assert np.nanmax(np.abs(p[:, 0] - p[:, 1])) > 0.05  # the strands are not the same


@EVERY
@PRECISIONS
@pytest.mark.parametrize("turn", [1, 130, 699])
def test_turning_a_circle_turns_its_annotation(config, compute, turn):
    net, codes = set_chunks(network(config), 128), random_codes(700, gaps=4)
    p = annotate.annotate(net, genome_of(codes, circular=True), compute)
    turned = annotate.annotate(net, genome_of(np.roll(codes, turn), circular=True), compute)
    assert_near(turned, np.roll(p, turn, axis=2), tolerance(config, compute))
    linear = annotate.annotate(net, genome_of(codes), compute)
    assert np.abs(linear - p)[:, :, :3].max() > 1e-4  # the origin matters where it is no circle


@EVERY
def test_a_circle_shorter_than_the_halo_goes_round_and_round(config):
    net, codes = network(config), random_codes(9)
    p = annotate.annotate(net, genome_of(codes, circular=True), CPU)
    thrice = annotate.annotate(net, genome_of(np.tile(codes, 3), circular=True), CPU)
    assert_near(np.tile(p, 3), thrice)


@EVERY
def test_n_is_not_a_number_in_the_annotation_and_only_n(config):
    codes = random_codes(400, gaps=5)
    p = annotate.annotate(set_chunks(network(config), 64), genome_of(codes), CPU)
    np.testing.assert_array_equal(np.isnan(p), np.broadcast_to(codes == N, p.shape))


@EVERY
def test_what_lies_off_a_linear_contig_is_as_n(config):
    net, codes = network(config), random_codes(150)
    alone = annotate.annotate(net, genome_of(codes), CPU)
    flanked = annotate.annotate(net, genome_of(np.concatenate([np.full(200, N), codes, np.full(99, N)])), CPU)
    assert_near(flanked[:, :, 200:350], alone)


@EVERY
def test_the_halo_is_exactly_what_the_annotation_depends_on(config):
    """The bases `before` and `after`, on both strands; those one further do not matter, to the bit."""
    net = network(config)
    at = max(net.before, net.after) + 3
    codes = random_codes(2 * at + 1)
    p = annotate.annotate(net, genome_of(codes), CPU)[0, :, at]

    def has_effect(strand, place):
        others = np.tile(codes, (3, 1))
        others[:, at + place] = [c for c in range(N) if c != codes[at + place]]
        return any(annotate.annotate(net, genome_of(other), CPU)[0, strand, at] != p[strand] for other in others)

    for strand, (first, last) in enumerate([(-net.before, net.after), (-net.after, net.before)]):
        assert has_effect(strand, first)
        assert has_effect(strand, last)
        assert not has_effect(strand, first - 1)
        assert not has_effect(strand, last + 1)


@EVERY
@PRECISIONS
@pytest.mark.parametrize("circular", [False, True], ids=["linear", "circular"])
def test_contigs_together_give_what_each_gives_alone(config, compute, circular):
    net, genome = set_chunks(network(config, labels=2), 256), assembly(circular=circular)
    alone = [
        annotate.annotate(net, genome_of(genome.contig_bases(i), circular=circular), compute)
        for i in range(len(genome.contigs))
    ]
    assert_near(annotate.annotate(net, genome, compute), np.concatenate(alone, axis=2), tolerance(config, compute))


@EVERY
def test_genomes_together_give_what_each_gives_alone(monkeypatch, config):
    net = set_chunks(network(config, labels=2), 256)
    genomes = [assembly(seed, circular=seed % 2 == 0) for seed in range(5)] + [
        genome_of(random_codes(3000)),
        genome_of(random_codes(7)),
    ]
    alone = [annotate.annotate(net, genome, CPU) for genome in genomes]
    for pool in (1, 3000, 1 << 22):
        monkeypatch.setattr(annotate, "POOL", pool)
        found = list(annotate.annotate_many(net, iter(genomes), CPU))
        for one, right in zip(found, alone, strict=True):
            assert_near(one, right)
    assert list(annotate.annotate_many(net, [], CPU)) == []


def test_genomes_are_taken_as_they_are_needed(monkeypatch):
    """Not all are read before the first is done, and no more than a pool is held."""
    monkeypatch.setattr(annotate, "POOL", 250)
    taken = []

    def genomes():
        for number in range(10):
            taken.append(number)
            yield genome_of(random_codes(100, number))

    seen = [len(taken) for _ in annotate.annotate_many(network(CNN), genomes(), CPU)]
    assert seen == [3, 3, 5, 5, 7, 7, 9, 9, 10, 10]


@EVERY
def test_only_the_stretches_that_are_wanted_are_scored(config):
    net, genome = set_chunks(network(config), 100), genome_of(random_codes(450), random_codes(250, 1))
    wanted = np.zeros(700, bool)
    wanted[[205, 460]] = True
    some = annotate.annotate(net, genome, CPU, wanted)
    whole = annotate.annotate(net, genome, CPU)
    assert_near(some[:, :, wanted], whole[:, :, wanted])
    scored = [set(np.flatnonzero(~np.isnan(row))) for row in some[0]]
    assert scored[0] == set(range(200, 300)) | set(range(450, 550))
    assert scored[1] == set(range(150, 250)) | set(range(450, 500))  # its grid begins at the other end
    assert np.isnan(annotate.annotate(net, genome, CPU, np.zeros(700, bool))).all()


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_processes_share_the_batches(size):
    net, genome = set_chunks(network(READER), 64, 2), assembly()
    whole = annotate.annotate(net, genome, CPU)
    parts = np.stack([annotate.annotate(net, genome, CPU, share=(rank, size)) for rank in range(size)])
    assert ((~np.isnan(parts)).sum(0) == ~np.isnan(whole)).all()  # each scored once
    assert np.fmax.reduce(parts).tobytes() == whole.tobytes()
    work = (~np.isnan(parts)).sum((1, 2, 3))
    assert size > 3 or work.min() > 0.6 * work.max()


def test_it_tells_how_many_nucleotides_are_behind_it(monkeypatch):
    net, genome = set_chunks(network(CNN), 64, 2), assembly()
    total = 2 * len(genome.base)
    for share in ((0, 1), (1, 2)):
        told = []
        annotate.annotate(net, genome, CPU, progress=told.append, share=share)
        assert all(0 < a < b for a, b in pairwise(told))
        assert told[-1] == total
    for pool in (1, 1 << 22):
        monkeypatch.setattr(annotate, "POOL", pool)
        told = []
        list(annotate.annotate_many(net, [genome, genome], CPU, told.append))
        assert all(0 < a < b for a, b in pairwise(told))
        assert told[-1] == 2 * total


def test_stretches_come_one_by_one_and_cover_every_base_once():
    genome = assembly(circular=True)
    seen = np.zeros((2, len(genome.base)), int)
    long = []
    for contig, strand, place, p in annotate.score_stretches(set_chunks(network(READER, labels=2), 100), genome, CPU):
        assert p.dtype == np.float32
        assert p.shape == (min(100, genome.contigs[contig].length - place), 2)
        assert place % 100 == 0
        at = np.arange(place, place + len(p))
        at = at if strand > 0 else genome.contigs[contig].length - 1 - at
        seen[int(strand < 0), genome.start[contig] + at] += 1
        long.append(len(p))
    assert long == sorted(long, reverse=True)
    assert (seen[:, genome.base != N] == 1).all()
    assert (seen[:, -50:] == 0).all()  # a contig of N alone is not worth the network's time


class Watched(torch.nn.Module):
    """No network, but one that says what it is given: P(site) is 1/2 at A, more at C, G, T."""

    def __init__(self, before=100, after=40, chunk=1024, batch=16):
        super().__init__()
        self.before, self.after, self.chunk, self.batch, self.labels = before, after, chunk, batch, 1
        self.shapes = []

    def forward(self, codes):
        self.shapes.append(tuple(codes.shape))
        return codes[:, self.before : codes.shape[1] - self.after, None].float()


def test_every_base_arrives_in_its_place():
    genome = assembly()
    p = annotate.annotate(Watched(chunk=77), genome, CPU)
    expected = 1 / (1 + np.exp(-np.where(genome.base == N, np.nan, genome.base)))
    assert_near(p[0, 0], expected)
    assert_near(p[0, 1], 1 / (1 + np.exp(-np.where(genome.base == N, np.nan, 3.0 - genome.base))))


def test_short_contigs_share_batches_and_are_not_padded_to_the_length_of_long_ones():
    rng = np.random.default_rng(0)
    genome = genome_of(*(random_codes(n, n) for n in rng.integers(20, 300, 500)), random_codes(5000))
    net = Watched()
    annotate.annotate(net, genome, CPU)
    inner = [(rows, length - 140) for rows, length in net.shapes]
    assert all(length % 64 == 0 for _, length in inner)
    work = sum(rows * length for rows, length in inner)
    assert work < 1.3 * 2 * len(genome.base)
    assert len(net.shapes) < 30
    most = 16 * (1024 + 140)
    assert max(rows * length for rows, length in net.shapes) <= most  # halos count: they are computed too
    assert sorted(net.shapes)[len(net.shapes) // 2] != net.shapes[0]


def test_batches_of_a_large_genome_are_as_the_network_asks():
    net = Watched(chunk=128, batch=8)
    annotate.annotate(net, genome_of(random_codes(128 * 40)), CPU)
    assert net.shapes == [(8, 268)] * 10


@pytest.mark.parametrize(
    ("length", "chunk", "lengths"),
    [(63, 256, [64]), (64, 256, [64]), (65, 256, [128]), (256, 256, [256]), (257, 256, [256, 64]), (512, 256, [256]),
     (99, 100, [100]), (100, 100, [100]), (101, 100, [100, 64]), (30, 50, [50])],
)  # fmt: skip
def test_a_contig_at_the_border_of_a_stretch_takes_no_base_more_than_it_must(length, chunk, lengths):
    """One stretch where it just fits, the rest of one base in the shortest there is."""
    net, genome = Watched(chunk=chunk, batch=1), genome_of(random_codes(length))
    p = annotate.annotate(net, genome, CPU)
    assert list(dict.fromkeys(n - net.before - net.after for _, n in net.shapes)) == lengths
    assert not np.isnan(p).any()


def test_a_batch_that_just_fits_is_one():
    """As many bases as `batch` whole stretches have, halos counted: here 2 x (128 + 64) = 3 x (64 + 64)."""
    for contigs, shapes in ((1, [(2, 128)]), (2, [(3, 128), (1, 128)]), (3, [(3, 128), (3, 128)])):
        net = Watched(before=40, after=24, chunk=128, batch=2)
        annotate.annotate(net, genome_of(*(random_codes(64, n) for n in range(contigs))), CPU)
        assert net.shapes == shapes


def test_genomes_that_just_fill_the_pool_share_it(monkeypatch):
    monkeypatch.setattr(annotate, "POOL", 200)
    for lengths, pools in (((100, 100), 1), ((100, 101), 2), ((200, 1), 2), ((100, 60, 40, 1), 2), ((201,), 1)):
        net = Watched(chunk=1024, batch=100)
        list(annotate.annotate_many(net, (genome_of(random_codes(n)) for n in lengths), CPU))
        assert len(net.shapes) == pools, lengths


@pytest.mark.parametrize(
    ("halo", "chunk", "batch"), [((101, 101), 1024, 16), ((3064, 38), 4096, 2)], ids=["default", "paper"]
)
def test_memory_is_that_of_the_bases_and_the_result(halo, chunk, batch):
    """Eight bytes a base for both strands, one for which bases are of use, and a batch: no strand is copied."""
    length = 10_000_000
    base = np.tile(random_codes(10_000), length // 10_000)
    genome = Genome((Contig("a", length - 777, True), Contig("b", 777)), base)
    tracemalloc.start()
    try:
        p = annotate.annotate(Watched(*halo, chunk=chunk, batch=batch), genome, CPU)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert p.nbytes == 8 * length
    assert peak < p.nbytes + 1.5 * length + 4e6


def test_the_stream_takes_no_memory_by_the_base():
    length = 4_000_000
    genome = Genome((Contig("a", length),), np.tile(random_codes(10_000), length // 10_000))
    tracemalloc.start()
    try:
        bases = sum(len(p) for *_, p in annotate.score_stretches(Watched(), genome, CPU))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert bases == 2 * length
    assert peak < 1.5 * length + 4e6


@EVERY
def test_bfloat16_stays_near_float32_where_sites_are_rare(config):
    net, genome = network(config), genome_of(random_codes(1200, gaps=3))
    with torch.no_grad():
        net.out.bias[-1].sub_(7)  # P(site) near the share that sites have in a genome
    single, half = (annotate.annotate(net, genome, compute) for compute in (CPU, HALF))
    assert half.dtype == np.float32
    reads_kmers = isinstance(config, kmer_attention.ReaderConfig)  # on a processor always in float32
    assert np.array_equal(half, single, equal_nan=True) == reads_kmers
    assert_near(half, single, 2e-3)


def test_bfloat16_counts_in_training_alone():
    net, codes = network(READER), torch.from_numpy(random_codes(330, seed=2))[None]
    found = {}
    for mode in (False, True):
        for compute in (CPU, HALF):
            with torch.no_grad(), compute.arithmetic():
                found[mode, compute] = net.train(mode)(codes)
    assert torch.equal(found[False, HALF], found[False, CPU])
    assert 0 < (found[True, HALF] - found[True, CPU]).abs().max() < 0.1


@PRECISIONS
@pytest.mark.parametrize("preset", ["default", "cnn"])  # `paper` takes ten seconds
def test_networks_of_their_full_size_keep_these_promises(preset, compute):
    config, codes = presets.PRESETS[preset], random_codes(1100, gaps=2)
    net = network(config)
    p = annotate.annotate(net, genome_of(codes, circular=True), compute)
    turned = annotate.annotate(net, genome_of(np.roll(codes, 333), circular=True), compute)
    assert_near(turned, np.roll(p, 333, axis=2), tolerance(config, compute))
    mirrored = annotate.annotate(net, genome_of(reverse_complement(codes), circular=True), compute)
    assert_near(mirrored, p[:, ::-1, ::-1], tolerance(config, compute))
    assert_near(
        annotate.annotate(set_chunks(net, 320, 2), genome_of(codes, circular=True), compute),
        p,
        tolerance(config, compute),
    )
