"""Training: what is learned from, that it can be repeated and resumed to the bit, and that it learns."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from costly import FULL
from headmotif.alphabet import N, encode, reverse_complement
from headmotif.data import NO_LABEL, Contig, Genome
from headmotif.formats.tensors import checkpoint_tensor
from headmotif.steps.network import presets
from headmotif.steps.network.device import Compute
from headmotif.steps.statistics.metrics import Score
from headmotif.steps.training import selection, split, train
from headmotif.steps.training import state as run_state
from headmotif.steps.training.batches import Chunks
from headmotif.steps.training.recipe import PUBLISHED, Recipe

READER = replace(presets.ReaderConfig(), width=16, layers=2, heads=2, d_head=8, window=16, kmer=7, dropout=0.05)
CPU = Compute(torch.device("cpu"), torch.float32)


pytestmark = pytest.mark.usefixtures("one_thread")


def label_genome(codes, sites, labels=1, circular=(), lengths=None, unknown=()):
    """A genome with sites (label, row, place) and places not to be learned from."""
    lengths = lengths or [len(codes)]
    label = np.zeros((labels, 2, len(codes)), np.uint8)
    site = np.array(sites, np.int64).reshape(-1, 3)
    label[tuple(site.T)] = 1
    for place in unknown:
        label[:, :, place] = NO_LABEL
    contigs = tuple(Contig(f"c{i}", n, i in circular) for i, n in enumerate(lengths))
    return Genome(
        contigs, np.asarray(codes, np.uint8), tuple("abc"[:labels]), label, site, np.ones(len(site), np.float32)
    )


def plant_genome(length=12_000, every=80, seed=0):
    """Random bases with TATAAT at random places of both strands, each 8 nt before its site."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, length).astype(np.uint8)
    word, sites = encode("TATAAT"), []
    for place in range(30, length - 60, every):
        at = place + int(rng.integers(0, 30))
        if rng.random() < 0.5:
            codes[at : at + 6] = word
            sites.append((0, 0, at + 13))
        else:
            codes[at : at + 6] = reverse_complement(word)
            sites.append((0, 1, at - 8))
    return label_genome(codes, sites)


RECIPE = Recipe(
    epochs=100, max_steps=60, batch=8, length=64, rate=5e-3, warmup=10, every=20, average=0.9, patience=50, seed=3
)


def setting(recipe=RECIPE, seed=0, length=6000):
    genome = plant_genome(length)
    part = split.parts(genome, *split.split_automatically(genome))
    torch.manual_seed(seed)
    net = presets.build(READER, 1)
    return net, Chunks(genome, part, recipe, net.learning)


def weights(net):
    return {name: p.detach().numpy().copy() for name, p in net.named_parameters()}


def are_alike(a, b):
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def train_network(recipe=RECIPE, seed=0):
    net, chunks = setting(recipe, seed)
    records = list(train.train(net, chunks, CPU, run_state.State()))
    return weights(net), records


@pytest.fixture(scope="module")
def uninterrupted_run():
    torch.set_num_threads(1)
    return train_network()


def test_the_same_seed_ends_in_the_same_bytes(uninterrupted_run):
    torch.manual_seed(12345)  # whatever the generator's state at the start
    again, records = train_network()
    assert are_alike(again, uninterrupted_run[0])
    assert records == uninterrupted_run[1]
    assert [r.step for r in records] == [20, 40, 60]


def test_another_seed_ends_elsewhere(uninterrupted_run):
    again, _ = train_network(replace(RECIPE, seed=4))
    assert not any(
        again[name].tobytes() == uninterrupted_run[0][name].tobytes() for name in again if again[name].ndim > 1
    )


class Killed(Exception):
    pass


@pytest.mark.parametrize("evaluations", [1, 2, 3])
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path, uninterrupted_run, evaluations):
    path = str(tmp_path / "run.checkpoint")
    kept = []

    def keep(state):
        checkpoint_tensor.write(path, checkpoint_tensor.Checkpoint({"seed": 3}, *run_state.pack(state)))
        kept.append(state.step)

    def stop_late(step, loss):
        if step > 20 * evaluations + 7:  # some steps after the checkpoint, which are lost
            raise Killed

    net, chunks = setting()

    def run():
        state = run_state.State()
        for _record in train.train(net, chunks, CPU, state, stop_late):
            keep(state)

    if evaluations < 3:
        with pytest.raises(Killed):
            run()
    else:
        run()
    assert kept == [20, 40, 60][:evaluations]
    found = checkpoint_tensor.read(path)
    state = run_state.unpack(found.progress, found.arrays)
    fresh, chunks = setting(seed=77)  # the weights come from the checkpoint
    rest = list(train.train(fresh, chunks, CPU, state))
    assert [r.step for r in rest] == [40, 60][evaluations - 1 :]
    assert state.records == uninterrupted_run[1]
    assert are_alike(weights(fresh), uninterrupted_run[0])


def test_the_step_that_a_forecast_measures_changes_nothing(uninterrupted_run):
    net, chunks = setting()
    before = weights(net)
    assert train.seconds_per_step(net, chunks, CPU) > 0
    assert are_alike(weights(net), before)
    list(train.train(net, chunks, CPU, run_state.State()))
    assert are_alike(weights(net), uninterrupted_run[0])


@pytest.mark.parametrize("smooth", [1, 3])
def test_the_model_keeps_the_weights_that_scored_best_over_some_evaluations(smooth):
    net, chunks = setting(
        replace(RECIPE, rate=0.5, max_steps=180, smooth=smooth, average=0.0, decay=0.0)
    )  # so fast that it falls back
    state = run_state.State()
    records = list(train.train(net, chunks, CPU, state))
    curve = [0.0] * (smooth - 1) + [r.average_precision for r in records]
    means = [sum(curve[i : i + smooth]) for i in range(len(records))]
    best = records[int(np.argmax(means))]
    assert train.find_kept(state) == best
    assert best is not records[-1]
    wanted = chunks.part == split.VALIDATION
    assert train.part_scores(chunks.genome, train.annotate(net, chunks.genome, CPU, wanted), wanted) == best.scores


def test_it_stops_when_it_gets_no_better():
    net, chunks = setting(replace(RECIPE, rate=1e-12, average=0.0, every=5, patience=3, max_steps=200))
    state = run_state.State()
    records = list(train.train(net, chunks, CPU, state))
    last_best = [r.best for r in records].index(True) + [r.best for r in records][::-1].index(True)
    assert len(records) < 40
    assert [r.best for r in records][-3:] == [False] * 3
    assert last_best >= 3


def test_a_word_before_the_sites_is_learned():
    genome = plant_genome(12_000)
    part = split.parts(genome, *split.split_automatically(genome))
    recipe = replace(RECIPE, max_steps=400, every=100, batch=16, rate=1e-2, average=0.98)
    torch.manual_seed(1)
    net = presets.build(READER, 1)
    records = list(train.train(net, Chunks(genome, part, recipe, net.learning), CPU, run_state.State()))
    assert records[-1].loss < records[0].loss / 2
    assert max(r.average_precision for r in records) > 0.5
    test = part == split.TEST
    [score] = train.part_scores(genome, train.annotate(net, genome, CPU, test), test)
    assert score.average_precision > 0.5
    assert score.prevalence < 0.02


def test_a_fresh_network_begins_at_the_natural_balance():
    net, chunks = setting(replace(RECIPE, max_steps=1, batch=64))
    with torch.no_grad():
        net.out.weight.zero_()
    seen = []
    run = train.train(net, chunks, CPU, run_state.State(), progress=lambda step, loss: seen.append(loss))
    list(run)
    share = chunks.prevalence[0]
    assert 0.005 < share < 0.02
    expected = -(share * math.log(share) + (1 - share) * math.log(1 - share))
    assert seen[0] == pytest.approx(expected, rel=0.3)


# chunks


def make_crowded(circular=()):
    """Two contigs, two labels, unknown places, all three parts, sites at the very ends."""
    rng = np.random.default_rng(5)
    lengths = [900, 310]
    sites = [(int(rng.integers(2)), int(rng.integers(2)), int(rng.integers(1210))) for _ in range(40)]
    sites += [(0, 0, 0), (0, 1, 0), (0, 0, 899), (0, 1, 899), (1, 0, 900), (1, 1, 1209)]
    genome = label_genome(rng.integers(0, 4, 1210), sites, 2, circular, lengths, unknown=[*range(40, 60), 903])
    part = split.parts(genome, [(0, 500, 640)], [(0, 700, 760), (1, 100, 130)])
    return genome, part


def map_back(genome, chunks, number):
    """Times each (label, row, place) is learned from in an epoch and its total weight; the targets that come with it
    are checked."""
    times, total = np.zeros(genome.label.shape, int), np.zeros(genome.label.shape)
    for places, chunk_weights, length in chunks.plan(number):
        batch = chunks.batch(places, chunk_weights, length, 0)
        for (contig, row, start), code, t, w in zip(
            places, *(x.numpy() for x in (batch.codes, batch.target, batch.weight)), strict=True
        ):
            of_contig, offset = genome.contigs[contig].length, genome.start[contig]
            for i in range(length):
                oriented = start + i
                if not 0 <= oriented < of_contig:
                    assert not w[i].any()
                    continue
                place = offset + (oriented if row == 0 else of_contig - 1 - oriented)
                base = genome.base[place]
                assert code[chunks.reads.before + i] == (
                    base if row == 0 else reverse_complement(genome.base[place : place + 1])[0]
                )
                used = w[i] > 0
                assert (t[i][used] == (genome.label[:, row, place] == 1)[used]).all()
                times[:, row, place] += used
                total[:, row, place] += w[i]
    return times, total


@pytest.mark.parametrize("circular", [(), (0, 1)], ids=["linear", "circular"])
def test_every_training_site_is_in_one_chunk_an_epoch_with_weight_one(circular):
    genome, part = make_crowded(circular)
    chunks = Chunks(genome, part, Recipe(length=64, substitutions=0.0, seed=2), (5, 5))
    learned = (genome.label != NO_LABEL) & (part == split.TRAIN)
    sites = (genome.label == 1) & learned
    assert sites.sum() > 30
    for number in range(8):
        times, total = map_back(genome, chunks, number)
        assert times.max() == 1
        assert (total[sites] == 1).all()
        assert not times[~learned].any()  # validation, test and unknown places


def test_the_drawn_chunks_stand_for_those_left_out():
    genome, part = make_crowded()
    chunks = Chunks(genome, part, Recipe(length=32, substitutions=0.0, others=0.25, seed=2), (5, 5))
    learned = (genome.label != NO_LABEL) & (part == split.TRAIN)
    epochs = 60
    sums = np.array([map_back(genome, chunks, number)[1] for number in range(epochs)])
    assert set(np.unique(sums)) == {0.0, 1.0, 4.0}
    totals = sums.sum((1, 2, 3))
    assert totals.mean() == pytest.approx(learned.sum(), abs=4 * totals.std() / epochs**0.5)
    assert totals.std() / epochs**0.5 < 0.02 * learned.sum()
    # and no stretch of the contigs is left out: the ends count as much as the rest
    ends = sums[:, :, :, [*range(20), *range(880, 920), *range(1190, 1210)]].mean()
    share = learned[:, :, [*range(20), *range(880, 920), *range(1190, 1210)]].mean()
    assert ends == pytest.approx(share, rel=0.25)


def test_epochs_differ_and_come_back_the_same():
    genome, part = make_crowded()
    chunks, again = (Chunks(genome, part, Recipe(length=32, seed=2), (5, 5)) for _ in range(2))
    first, second = chunks.plan(0), chunks.plan(1)
    assert {tuple(c) for step in first for c in step[0]} != {tuple(c) for step in second for c in step[0]}
    for mine, same in zip(second, again.plan(1), strict=True):
        np.testing.assert_array_equal(same[0], mine[0])
        np.testing.assert_array_equal(same[1], mine[1])
    a, b = chunks.batch(*first[0], 7), again.batch(*first[0], 7)
    assert all(torch.equal(getattr(a, name), getattr(b, name)) for name in ("codes", "target", "weight", "noise"))


def test_a_share_of_the_bases_is_replaced_and_no_n():
    genome, part = make_crowded()
    genome.base[:] = 0
    genome.base[::10] = N
    chunks = Chunks(genome, part, Recipe(length=64, substitutions=0.2, seed=2), (0, 0))
    places = np.array([(0, 0, start) for start in range(0, 832, 64)])
    codes = chunks.batch(places, np.ones(len(places), np.float32), 64, 0).codes.numpy().ravel()
    true = genome.base[: len(codes)]
    assert bool(((codes == N) == (true == N)).all())
    assert (codes[true == 0] != 0).mean() == pytest.approx(
        0.15, abs=0.05
    )  # a quarter of the replacements are the same base
    other = chunks.batch(places, np.ones(len(places), np.float32), 64, 1).codes.numpy().ravel()
    assert (codes != other).any()


def test_no_base_is_replaced_where_there_are_sites_enough():
    genome, part = make_crowded()
    sites = int(((genome.label == 1) & (part == split.TRAIN)).sum())
    places = np.array([(0, 0, start) for start in range(0, 832, 64)])
    read = []
    for few in (sites, sites + 1):
        chunks = Chunks(genome, part, Recipe(length=64, substitutions=0.2, few=few, seed=2), (0, 0))
        read.append(chunks.batch(places, np.ones(len(places), np.float32), 64, 0).codes.numpy().ravel())
    assert (read[0] == genome.base[: len(read[0])]).all()
    assert (read[1] != read[0]).any()


def test_prevalence_counts_the_learned_places_alone():
    genome, part = make_crowded()
    chunks = Chunks(genome, part, Recipe(length=64), (5, 5))
    learned = (genome.label != NO_LABEL) & (part == split.TRAIN)
    expected = [((genome.label[i] == 1) & learned[i]).sum() / learned[i].sum() for i in range(2)]
    assert chunks.prevalence.tolist() == pytest.approx(expected)


# thresholds, scores and states


def brute_force(truth, p):
    """The largest F1 of calls with a probability of at least a threshold."""
    best = 0.0
    for threshold in np.unique(p):
        called = p >= threshold
        best = max(best, 2 * (called & (truth == 1)).sum() / (called.sum() + truth.sum()))
    return best


@pytest.mark.parametrize("levels", [3, 7, 10_000], ids=lambda n: f"{n} levels")
@pytest.mark.parametrize("seed", range(6))
def test_the_threshold_calls_with_the_largest_f1(levels, seed):
    rng = np.random.default_rng(seed)
    truth = (rng.random(60) < 0.2).astype(np.uint8)
    p = ((0.3 * truth + 0.7 * rng.random(60)) * levels).round() / levels
    called = p >= train.choose_threshold(truth, p)
    assert 2 * (called & (truth == 1)).sum() / (called.sum() + truth.sum()) == pytest.approx(brute_force(truth, p))


def test_the_threshold_of_nothing_is_a_half():
    assert train.choose_threshold(np.zeros(0, np.uint8), np.zeros(0)) == 0.5


def test_scores_leave_out_n_and_unknown_places():
    genome = label_genome(np.zeros(10, np.uint8), [(0, 0, 2), (0, 1, 5)], unknown=[7])
    p = np.full((1, 2, 10), 0.1, np.float32)
    p[0, 0, 2] = p[0, 1, 5] = 0.9
    p[0, :, 3] = np.nan
    p[0, 0, 9] = 1.0  # not wanted
    [score] = train.part_scores(genome, p, np.arange(10) < 9)
    assert score == Score(1.0, 1.0, 2 / 14, 14, 2)


def test_a_state_survives_packing_to_the_last_bit():
    scores = (Score(float("nan"), 0.1 + 0.2, 1e-3, 7, 0), Score(0.5, 1 / 3, 0.0, 1, 1))
    state = run_state.State(3, 1, 2, 9, loss=(0.1, 3), records=[run_state.Record(3, 1, 9, 1 / 7, 2 / 3, scores, True)])
    state.weights = {"a.b": torch.randn(3, 2)}
    state.mean = {"a.b": torch.randn(3, 2)}
    state.moments = {"0.step": torch.tensor(3.0), "0.exp_avg": torch.randn(3, 2)}
    again = run_state.unpack(*run_state.pack(state))
    assert (again.step, again.epoch, again.batch, again.loss) == (3, 1, 2, (0.1, 3))
    assert repr(again.records) == repr(state.records)
    for group in ("weights", "mean", "best", "moments"):
        before, after = getattr(state, group), getattr(again, group)
        assert before.keys() == after.keys()
        assert all(
            torch.equal(before[name], after[name]) and before[name].shape == after[name].shape for name in before
        )


def test_validation_is_scored_about_once_in_six_parts_of_work():
    chunks = SimpleNamespace(part=np.full(500_000, split.VALIDATION), recipe=Recipe())
    assert train.evaluation_interval(chunks) == 293
    assert train.evaluation_interval(SimpleNamespace(part=np.zeros(10), recipe=Recipe())) == 25


def test_a_mean_over_labels_leaves_out_those_without_sites():
    scores = (Score(float("nan"), float("nan"), 0.0, 5, 0), Score(0.5, 0.25, 0.1, 10, 1))
    assert run_state.Record(1, 0, 1, 0.0, 0.0, scores, True).average_precision == 0.25
    assert math.isnan(run_state.Record(1, 0, 1, 0.0, 0.0, scores[:1], True).average_precision)


def test_a_student_learns_half_from_the_labels_and_half_from_its_teacher():
    genome, part = make_crowded()
    taught = np.random.default_rng(0).random(genome.label.shape).astype(np.float32)
    taught[:, :, 100] = np.nan  # as where the base is N
    recipe = Recipe(length=64, substitutions=0.0, seed=2)
    own, student = Chunks(genome, part, recipe, (5, 5)), Chunks(genome, part, recipe, (5, 5), taught)
    flat = np.nan_to_num(taught)
    for plan, same in zip(own.plan(0), student.plan(0), strict=True):
        np.testing.assert_array_equal(plan[0], same[0])
        batch, other = own.batch(*plan, 0), student.batch(*plan, 0)
        assert torch.equal(batch.codes, other.codes)
        assert torch.equal(batch.weight, other.weight)
        for (contig, row, start), hard, soft, w in zip(plan[0], batch.target, other.target, batch.weight, strict=True):
            for i in np.flatnonzero(w.numpy().any(1)):
                length, offset = genome.contigs[contig].length, genome.start[contig]
                place = offset + (start + i if row == 0 else length - 1 - start - i)
                used = w[i].numpy() > 0
                np.testing.assert_allclose(
                    soft[i].numpy()[used], ((hard[i].numpy() + flat[:, row, place]) / 2)[used], rtol=1e-6
                )


@FULL
@pytest.mark.slow
def test_the_published_network_learns_it_too_from_20_bases_behind_the_site():
    genome = plant_genome(24_000)
    part = split.parts(genome, *split.split_automatically(genome))
    recipe = replace(PUBLISHED, max_steps=600, warmup=100, rate=2e-3, every=600, length=128)
    torch.manual_seed(1)
    net = presets.build(replace(presets.PRESETS["paper"], layers=3, window=64), 1)
    records = list(train.train(net, Chunks(genome, part, recipe, net.learning), CPU, run_state.State()))
    assert records[-1].scores[0].average_precision > 0.5
    assert records[-1].scores[0].prevalence < 0.02


def test_a_network_that_knows_something_is_scored_before_the_first_step_and_kept_if_it_gets_no_better():
    genome = plant_genome(6_000)
    part = split.parts(genome, *split.split_automatically(genome))
    torch.manual_seed(1)
    net = presets.build(replace(presets.PRESETS["cnn"], width=16, blocks=3), 1)
    recipe = replace(Recipe(), max_steps=60, every=20, batch=8)
    first = list(train.train(net, Chunks(genome, part, recipe, net.learning), CPU, run_state.State()))
    assert [r.step for r in first] == [20, 40, 60]
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    spoil = replace(recipe, max_steps=8, every=4, rate=1.0, warmup=0)
    state = run_state.State()
    records = list(train.train(net, Chunks(genome, part, spoil, net.learning), CPU, state, begun=[True]))
    assert [r.step for r in records] == [0, 4, 8]
    assert records[0].best
    assert train.find_kept(state).step == 0
    for name, p in net.named_parameters():
        assert torch.equal(p, before[name]), name  # the bias too: what it knows of the prevalence is not thrown away
    assert selection.smooth(records[:1], 3) == pytest.approx(records[0].average_precision)
    assert selection.smooth(records[1:2], 3) == pytest.approx(records[1].average_precision / 3)
