"""The share of sites that behave like starts: against shares that are known, on drawn signs, planted and real sites."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from headmotif.alphabet import encode, reverse_complement
from headmotif.data import Contig, Genome, Sites
from headmotif.formats.inputs import genomes, site_files
from headmotif.steps.sites import diagnosis, far_shift, start_share, start_signs

NAN = np.float32(np.nan)


def draw_signs(share: float, number: int, seed: int = 1) -> list[np.ndarray]:
    """Signs of sites, a share of them starts, and of 4,000 positions nearby; the scale of the first means nothing."""
    rng = np.random.default_rng(seed)
    starts = np.r_[rng.random(number) < share, np.zeros(4000, bool)]
    upstream = np.exp(rng.normal(starts * 1.6))
    purine, half = rng.random((2, len(starts))) < [0.5 + 0.4 * starts, 0.6 - 0.3 * starts]
    first = purine * np.where(half, 0.5, 1.0)
    return [upstream[:number], first[:number], upstream[number:], first[number:]]


@pytest.mark.parametrize("share", [0.0, 0.07, 0.5, 0.9, 1.0])
def test_the_interval_holds_the_share_that_was_drawn(share: float) -> None:
    held = [start_share.estimate(*draw_signs(share, 3000, seed)) for seed in range(12)]
    assert sum(one.low - 0.01 <= share <= one.high + 0.01 for one in held) >= 11
    assert np.mean([one.share for one in held]) == pytest.approx(share, abs=0.08)
    assert sum(one.is_doubtful for one in held) >= 10 if share <= 0.5 else not any(one.is_doubtful for one in held)


def test_the_strength_of_a_sign_does_not_matter_and_few_sites_are_not_doubted() -> None:
    upstream, first, upstream_near, first_near = draw_signs(0.5, 3000)
    plain = start_share.estimate(upstream, first, upstream_near, first_near)
    assert start_share.estimate(np.log(upstream), first, np.log(upstream_near), first_near) == plain
    few = [start_share.estimate(*draw_signs(1.0, 50, seed)) for seed in range(20)]
    assert sum(one.is_doubtful for one in few) <= 1
    assert all(one.low < one.share < one.high for one in few)
    assert plain.words == f"{100 * plain.share:.0f} % ({100 * plain.low:.0f} to {100 * plain.high:.0f} %)"
    none = start_share.estimate(upstream[:1], first[:1], upstream_near, first_near)
    assert none.share != none.share
    assert not none.is_doubtful
    flat = start_share.estimate(np.zeros(9), np.ones(9), np.zeros(9), np.ones(9))  # no sign differs: all shares alike
    assert 0 <= flat.low < flat.high <= 1


def plant(number: int, circular: bool = False) -> tuple[Genome, Sites]:
    """A GC-rich genome with promoters: a poor -10 element 12 nt before a start, and CA or CG at it."""
    rng = np.random.default_rng(3)
    base = rng.choice(4, number * 300, p=[0.16, 0.34, 0.34, 0.16]).astype(np.uint8)
    place = np.arange(number) * 300 + rng.integers(40, 260, number)
    strand = rng.choice(np.array([1, -1], np.int8), number)
    for at, sign in zip(place.tolist(), strand.tolist(), strict=True):
        word = encode("TACGGT" + "N" * 5 + "C" + rng.choice(["A", "G"]))
        kept = rng.random(13) < np.r_[np.full(11, 0.6), 0.95, 0.95]
        word = np.where(kept & (word < 4), word, rng.integers(0, 4, 13)).astype(np.uint8)
        low = at - 12 if sign > 0 else at
        base[low : low + 13] = word if sign > 0 else reverse_complement(word)
    sites = Sites(np.zeros(number, np.int32), place, strand, np.full(number, NAN))
    return Genome((Contig("c", len(base), circular),), base), sites


def displace(sites: Sites, rows: np.ndarray, by: np.ndarray | int, length: int) -> Sites:
    return Sites(sites.contig, (sites.position + rows * by) % length, sites.strand, sites.strength)


@pytest.mark.parametrize("circular", [False, True])
@pytest.mark.parametrize("shift", [500, -700])
@pytest.mark.parametrize("by_coordinate", [False, True])
def test_sites_that_lie_far_from_their_starts_are_found(shift: int, by_coordinate: bool, circular: bool) -> None:
    genome, sites = plant(1500, circular)
    assert far_shift.find(genome, sites) is None
    rows = np.random.default_rng(1).random(1500) < 0.6
    by = shift if by_coordinate else shift * sites.strand.astype(np.int64)
    moved = displace(sites, rows, by, len(genome.base))
    found = far_shift.find(genome, moved)
    assert found is not None
    assert (found.shift, found.by_coordinate) == (shift, by_coordinate)
    assert found.share == pytest.approx(0.6, abs=0.1)
    way = ("high" if shift > 0 else "low") if by_coordinate else ("downstream" if shift > 0 else "upstream")
    assert f" {abs(shift)} nt " in found.words
    assert way in found.words


def test_other_sites_of_the_list_are_no_sign_of_displacement() -> None:
    genome, sites = plant(1500)
    twins = displace(sites, np.ones(1500, bool), 300 * sites.strand.astype(np.int64), len(genome.base))
    for at, sign in zip(twins.position.tolist(), twins.strand.tolist(), strict=True):
        word = encode("CA")
        low = at - 1 if sign > 0 else at
        genome.base[low : low + 2] = word if sign > 0 else reverse_complement(word)
    assert far_shift.find(genome, sites) is not None  # each has a second start, which the list lacks
    columns = (np.concatenate([getattr(sites, c), getattr(twins, c)]) for c in ("contig", "position", "strand"))
    assert far_shift.find(genome, Sites(*columns, np.full(3000, NAN))) is None


def test_positions_nearby_keep_their_distance() -> None:
    genome, sites = plant(400)
    genome.base[5000:6000] = 4
    near = start_signs.draw_nearby(genome, sites, 900)
    assert len(near) == 900
    assert (genome.base[near.position] != 4).all()
    apart = np.abs(near.position[:, None] - sites.position)
    same = near.strand[:, None] == sites.strand
    assert np.where(same, apart, 9999).min() > start_signs.APART
    assert (np.where(same, apart, 9999).min(axis=1) < start_signs.FAR).all()
    again = start_signs.draw_nearby(genome, sites, 900)
    assert (again.position == near.position).all()
    assert len(start_signs.draw_nearby(genome, sites.take(slice(0)), 900)) == 0


def test_first_bases_and_boxes_are_read_on_the_strand_of_the_site() -> None:
    base = encode("GGTATAATGCGCGCAGGG" + "N" * 20)
    genome = Genome((Contig("c", len(base)),), base)
    back = Genome((Contig("c", len(base)),), reverse_complement(base))
    ahead = Sites(np.zeros(3, np.int32), np.array([14, 15, 0]), np.ones(3, np.int8), np.full(3, NAN))
    behind = Sites(ahead.contig, len(base) - 1 - ahead.position, -ahead.strand, ahead.strength)
    assert start_signs.rate_first_bases(genome, ahead).tolist() == [1.0, 0.5, 0.5]  # CA, AG, and G after nothing
    assert start_signs.rate_first_bases(back, behind).tolist() == [1.0, 0.5, 0.5]
    scores = start_signs.score_minus10(genome, ahead)
    assert (start_signs.score_minus10(back, behind) == scores).all()
    assert scores[0] == max(scores)
    assert scores[2] == 0  # nothing before it is known


def test_a_list_with_few_starts_is_doubted_where_boxes_are_rare() -> None:
    genome, sites = plant(2000)
    well = diagnosis.estimate_starts(genome, sites)
    assert well.low > 0.8
    assert not well.is_doubtful
    rows = np.random.default_rng(2).random(2000) < 0.93
    for by in (500 * sites.strand.astype(np.int64), np.random.default_rng(4).integers(200, 9000, 2000)):
        found = diagnosis.verdict(genome, displace(sites, rows, by, len(genome.base)))
        assert found.kind == "absent"
        assert found.starts.share < 0.25
        assert (found.far is not None) == (by[0] in (500, -500))


def read_map(data_folder: Path, key: str) -> tuple[Genome, Sites]:
    folder = data_folder / "species" / key
    names = ("ecoli/genome.fa.gz", "ecoli/tss.cappable.bed") if key == "ecoli" else ("genome.fa.gz", "tss.bed")
    places = [(data_folder if key == "ecoli" else folder) / name for name in names]
    genome = genomes.read(str(places[0]))
    return genome, site_files.read(str(places[1]), genome.contigs).sites


@pytest.mark.data
def test_a_displaced_map_of_a_gc_rich_genome_does_not_pass(data_folder: Path) -> None:
    genome, sites = read_map(data_folder, "rcapsulatus")
    assert diagnosis.verdict(genome, sites).kind == "ok"
    rng = np.random.default_rng(1)
    for share, least in ((0.93, 0.85), (0.5, 0.4)):
        rows = rng.random(len(sites)) < share
        moved = displace(sites, rows, 500 * sites.strand.astype(np.int64), len(genome.base))
        found = diagnosis.verdict(genome, moved)
        assert found.kind in ("partly absent", "absent")
        assert found.starts.is_doubtful
        assert found.far is not None
        assert (found.far.shift, found.far.by_coordinate) == (500, False)
        assert found.far.share == pytest.approx(share, abs=0.1)
        assert found.far.share > least


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("HEADMOTIF_FULL"), reason="21 genomes take a minute (HEADMOTIF_FULL=1)")
def test_no_real_map_is_doubted(data_folder: Path) -> None:
    with open(data_folder / "species/manifest.tsv", encoding="utf-8") as stream:
        keys = [row["key"] for row in csv.DictReader(stream, delimiter="\t")]
    kinds = {key: diagnosis.verdict(*read_map(data_folder, key)).kind for key in keys}
    assert set(kinds.values()) == {"ok"}, kinds
