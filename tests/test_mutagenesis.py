"""In-silico mutagenesis: what is replaced, and drops of a network whose logit is known base by base."""

import numpy as np
import pytest
import torch

from headmotif.alphabet import N
from headmotif.data import Regions
from headmotif.steps.heads import mutagenesis
from networks import CPU, genome_of, random_codes


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
