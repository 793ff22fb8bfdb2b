"""In-silico mutagenesis: drops of a network whose logit is known base by base, and mutants against their whole
windows."""

import numpy as np
import pytest
import torch

from headmotif.alphabet import N
from headmotif.data import Regions
from headmotif.steps.heads import mutagenesis
from headmotif.steps.network import mutants
from headmotif.steps.network.mutants import Mutants
from networks import CNN, CPU, HALF, PAPER, READER, WIDE, assert_near, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")
READERS = pytest.mark.parametrize("config", [READER, WIDE], ids=["default", "wide"])


class Weighs(torch.nn.Module):
    """The logit is a sum of a number for each place and base around the site."""

    before, after, labels = 12, 5, 1

    def __init__(self):
        super().__init__()
        self.table = torch.from_numpy(np.random.default_rng(0).normal(0, 0.4, (18, 5)).astype(np.float32))
        self.table[:, N] = 0

    def forward(self, codes):
        length = codes.shape[1] - 17
        rows = torch.arange(18)
        return torch.stack([self.table[rows, codes[:, i : i + 18].long()].sum(1) for i in range(length)], 1)[:, :, None]


def regions(rows):
    contig, start, end, strand, site = (np.array(x) for x in zip(*rows, strict=True))
    n = len(rows)
    nothing = np.full(n, np.nan)
    columns = (
        contig.astype(np.int32),
        start,
        end,
        np.full(n, "L1H1"),
        strand.astype(np.int8),
        np.ones(n),
        np.zeros(n, int),
        site,
    )
    return Regions(("c0", "c1"), *columns, nothing, nothing)


def compute_expected(codes, circular, row, table):
    """The mean drop over all ways to turn each base into another: exact, since the logit is a sum."""
    _contig, start, end, strand, site = row
    total = 0.0
    for place in range(start, end):
        at = place - site if strand > 0 else site - place
        if circular:
            at = (at + len(codes) // 2) % len(codes) - len(codes) // 2
        if not -12 <= at <= 5 or not (circular or 0 <= place < len(codes)):
            continue
        code = int(codes[place % len(codes)])
        if code < N:
            code = code if strand > 0 else 3 - code
            others = [other for other in range(4) if other != code]
            total += float(table[at + 12, code] - table[at + 12, others].mean())
    return total


@pytest.mark.parametrize("circular", [False, True])
def test_drops_are_what_the_replaced_bases_were_worth(circular):
    codes = [random_codes(200, gaps=2), random_codes(120, seed=1)]
    genome, net = genome_of(*codes, circular=circular), Weighs()
    rows = [
        (0, 92, 97, 1, 100),
        (0, 92, 97, 1, 100),
        (0, 104, 110, -1, 100),
        (1, 50, 51, 1, 50),
        (1, 20, 90, -1, 55),
        (0, 3, 9, 1, 2),
    ]
    rows += [(0, 196, 202, 1, 3), (0, 198, 203, -1, 196)] if circular else [(0, 196, 200, -1, 195)]
    found = mutagenesis.drops(net, genome, regions(rows), CPU, 600, 1)
    right = [compute_expected(codes[row[0]], circular, row, net.table) for row in rows]
    np.testing.assert_allclose(found, right, atol=0.12)
    assert np.abs(right).max() > 0.5


def test_regions_without_a_site_or_out_of_reach_have_none():
    genome = genome_of(random_codes(200))
    found = mutagenesis.drops(
        Weighs(), genome, regions([(0, 10, 15, 1, -1), (0, 20, 30, 1, 100), (0, 90, 95, 1, 100)]), CPU, 2, 1
    )
    assert np.isnan(found).tolist() == [True, True, False]
    assert len(mutagenesis.drops(Weighs(), genome, regions([(0, 1, 2, 1, 3)]).take(np.zeros(0, int)), CPU, 2, 1)) == 0


def test_every_replaced_base_is_another():
    codes = random_codes(3000, gaps=5)[None]
    there = np.random.default_rng(0).random(codes.shape) < 0.5
    found = mutagenesis.replace_bases(codes, there, np.random.default_rng(1))
    assert (found == codes)[~there | (codes == N)].all()
    assert (found != codes)[there & (codes < N)].all()
    turned = (found.astype(int) - codes)[there & (codes < N)] % 4
    assert np.bincount(turned, minlength=4)[1:] / len(turned) == pytest.approx([1 / 3] * 3, abs=0.05)


def windows_of(net, number, gaps=True):
    """Random windows, every other one with N, one beside the site and one at the end of the contig."""
    width = net.before + 1 + net.after
    codes = np.stack([random_codes(width, seed, gaps=2 * (gaps and seed % 2)) for seed in range(number)])
    if gaps:
        codes[1, net.before + 2] = N
        codes[2, width - net.after // 2 :] = N
    return codes


def make_mutants(net, windows, number, seed=0):
    """Mutants of all kinds, in no order of their sites: of one base, of a few side by side, of none, and of the first
    site also of all bases, of the second of two far apart.

    Among the bases are the first, the last and the site's own, and some become N. The last window has no mutant.
    """
    rng, width = np.random.default_rng(seed), windows.shape[1]
    site = rng.integers(0, len(windows) - 1, number)
    codes = windows[site]
    for one, row in zip(site.tolist(), codes, strict=True):
        start = rng.choice([0, net.before, width - 1, rng.integers(width)])
        size = width if one == 0 and rng.random() < 0.2 else rng.choice([0, 1, 1, 4, 9])
        at = list(range(start, min(start + size, width))) + [int(rng.integers(width))] * (one == 1)
        row[at] = rng.integers(0, N + (rng.random() < 0.2), len(at))
    return Mutants(site, codes)


def compute_p(logits):
    return 1 / (1 + np.exp(-logits))


@READERS
@pytest.mark.parametrize(("compute", "tolerance"), [(CPU, 1e-5), (HALF, 2e-3)], ids=["float32", "bfloat16"])
def test_mutants_have_the_logits_of_their_whole_windows(config, compute, tolerance):
    net = network(config, labels=2)
    windows = windows_of(net, 21)
    made = make_mutants(net, windows, 300)
    for label in (0, 1):
        found = mutants.mutant_logits(net, windows, made, label, compute)
        right = mutants.logits(net, made.codes, label, compute)
        assert found.dtype == np.float64
        assert_near(compute_p(found), compute_p(right), tolerance)
        if compute is CPU:
            assert_near(found, right, 1e-4)
    assert right.std() > 0.3


@READERS
@pytest.mark.parametrize(("sites", "kmers"), [(1, 10**6), (3, 40), (100, 400)])
def test_how_many_are_computed_together_changes_nothing(monkeypatch, config, sites, kmers):
    net = network(config)
    windows = windows_of(net, 21)
    made = make_mutants(net, windows, 150, seed=1)
    found = mutants.mutant_logits(net, windows, made, 0, CPU)
    monkeypatch.setattr(mutants, "SITES", sites)
    monkeypatch.setattr(mutants, "KMERS", kmers)
    assert_near(mutants.mutant_logits(net, windows, made, 0, CPU), found)


def test_a_window_of_nothing_but_n_is_no_error():
    net = network(READER)
    windows = np.full((1, net.before + 1 + net.after), N, np.uint8)
    codes = np.concatenate([windows, windows])
    codes[1, net.before - 3] = 2
    made = Mutants(np.zeros(2, np.int64), codes)
    assert_near(mutants.mutant_logits(net, windows, made, 0, CPU), mutants.logits(net, codes, 0, CPU), 1e-4)


def test_no_mutants_no_logits():
    net = network(READER)
    none = Mutants(np.zeros(0, np.int64), windows_of(net, 3)[:0])
    assert mutants.mutant_logits(net, windows_of(net, 3), none, 0, CPU).shape == (0,)


@pytest.mark.parametrize("config", [CNN, PAPER], ids=["cnn", "paper"])
def test_other_networks_read_whole_windows(config):
    net = network(config)
    windows = windows_of(net, 4)
    made = make_mutants(net, windows, 20)
    assert (mutants.mutant_logits(net, windows, made, 0, CPU) == mutants.logits(net, made.codes, 0, CPU)).all()


def test_a_changed_base_costs_the_k_mers_that_it_touches():
    net = network(READER)
    windows = windows_of(net, 3)
    codes, middle = np.repeat(windows, 2, axis=0), net.before - 7
    codes[:, middle] = (codes[:, middle] + 1) % 4
    embedded = []
    handle = net.stem.register_forward_hook(lambda _stem, _codes, made: embedded.append(made.shape[:2].numel()))
    mutants.mutant_logits(net, windows, Mutants(np.arange(6) // 2, codes), 0, CPU)
    handle.remove()
    assert embedded == [3 * len(net.keys), 6 * READER.kmer]


def test_threads_change_no_byte():
    net = network(READER)
    windows = windows_of(net, 40)
    made = make_mutants(net, windows, 200)
    single = mutants.mutant_logits(net, windows, made, 0, CPU)
    torch.set_num_threads(3)  # the fixture sets it back
    assert (mutants.mutant_logits(net, windows, made, 0, CPU) == single).all()
    assert torch.get_num_threads() == 3


@READERS
def test_substitutions_are_those_of_bases_replaced_by_hand(config):
    net, done = network(config), []
    windows = windows_of(net, 70)  # more than are mutated together
    columns = np.array([0, net.before - 10, net.before, net.before + 2, net.before + 1 + net.after - 1])
    found = mutagenesis.substitutions(net, windows, columns, CPU, progress=done.append)
    whole = mutants.logits(net, windows, 0, CPU)
    for i, column in enumerate(columns):
        for base in range(4):
            codes = windows.copy()
            codes[:, column] = base
            right = np.where(windows[:, column] < N, mutants.logits(net, codes, 0, CPU) - whole, np.nan)
            assert_near(found[:, i, base], right, 1e-4)
    kept = np.take_along_axis(found, np.minimum(windows[:, columns], 3)[:, :, None].astype(int), 2)[:, :, 0]
    assert (kept[windows[:, columns] < N] == 0).all()
    assert done == [64, 70]


def test_regions_cost_what_whole_windows_say(monkeypatch):
    """The same bases are drawn, however the mutants are scored, and in the order in which they always were."""
    net, genome = network(READER), genome_of(random_codes(900, gaps=3), circular=True)
    rng = np.random.default_rng(2)
    rows = [(0, int(s) - 12, int(s) + int(w), 1, int(s)) for s, w in rng.integers((20, 1), (880, 9), (150, 2))]
    found = mutagenesis.drops(net, genome, regions(rows), CPU, 3, 5)
    monkeypatch.setattr(
        mutagenesis, "mutant_logits", lambda net, _windows, made, *rest: mutants.logits(net, made.codes, *rest)
    )
    assert_near(mutagenesis.drops(net, genome, regions(rows), CPU, 3, 5), found, 1e-4)
    drawn, draws = [], mutagenesis.replace_bases
    monkeypatch.setattr(
        mutagenesis, "replace_bases", lambda codes, *rest: drawn.append(len(codes)) or draws(codes, *rest)
    )
    mutagenesis.drops(net, genome, regions(rows), CPU, 3, 5)
    assert drawn == [64] * 6 + [22] * 3
