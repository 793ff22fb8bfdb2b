"""Label checks: the shares against a search letter by letter, and the words on real and planted sites, as they are and
spoilt."""

import math
from pathlib import Path

import numpy as np
import pytest

from headmotif.alphabet import decode, encode, reverse_complement
from headmotif.data import Contig, Genome, Sites
from headmotif.formats.inputs import genomes, site_files
from headmotif.steps.simulation.plant import PlantSettings, plant
from headmotif.steps.sites import coordinate_checks, diagnosis, start_share
from test_plant import FACTORS

# the figures


def is_like_element(word: str) -> bool:
    return len(word) == 6 and sum(a != b for a, b in zip(word, "TATAAT", strict=True)) <= 1


def letters(genome: Genome, contig: int, position: int, strand: int, first: int, last: int) -> str:
    """Offsets first to last from a position, 5' to 3', N off a line: one letter after the other."""
    codes, one = genome.contig_bases(contig), genome.contigs[contig]
    found = ""
    for offset in range(first, last + 1):
        place = position + strand * offset
        if one.circular:
            place %= one.length
        letter = decode(codes[place : place + 1]) if 0 <= place < one.length else "N"
        found += letter if strand > 0 else decode(reverse_complement(encode(letter)))
    return found


def has_element(genome: Genome, contig: int, position: int, strand: int) -> bool:
    return any(is_like_element(letters(genome, contig, position, strand, o, o + 5)) for o in range(-14, -9))


@pytest.fixture(scope="module")
def small_genome() -> Genome:
    rng = np.random.default_rng(3)
    text = ["".join(rng.choice(list("AATTGC"), n)) for n in (400, 300, 9)]
    text[0] = text[0][:100] + "NNNNNNN" + text[0][107:]
    text[1] = "TAAT" + text[1][4:-2] + "TA"  # a box over the origin
    contigs = (Contig("line", 400), Contig("circle", 300, True), Contig("tiny", 9, True))
    return Genome(contigs, np.concatenate([encode(one) for one in text]))


def test_shares_and_background_are_those_of_a_search_letter_by_letter(small_genome: Genome) -> None:
    places = [(c, p, s) for c, one in enumerate(small_genome.contigs) for p in range(one.length) for s in (1, -1)]
    known = [place for place in places if letters(small_genome, *place, 0, 0) != "N"]
    boxed = [has_element(small_genome, *place) for place in known]
    assert 0 < sum(boxed) < len(boxed)
    assert coordinate_checks.minus10_background(small_genome) == pytest.approx(np.mean(boxed), abs=1e-12)
    contig, position, strand = np.array(known).T
    every = Sites(contig.astype(np.int32), position, strand.astype(np.int8), np.zeros(len(known), np.float32))
    assert coordinate_checks.minus10_share(small_genome, every) == pytest.approx(np.mean(boxed), abs=1e-12)
    assert coordinate_checks.find_with_element(small_genome, every).tolist() == boxed
    some = every.take(np.random.default_rng(1).choice(len(every), 60, replace=False))
    rows = list(zip(some.contig.tolist(), some.position.tolist(), some.strand.tolist(), strict=True))
    found = coordinate_checks.check(small_genome, some)
    assert found.share == pytest.approx(np.mean([has_element(small_genome, *row) for row in rows]))
    assert found.other == pytest.approx(np.mean([has_element(small_genome, c, p, -s) for c, p, s in rows]))
    profile = [np.mean([is_like_element(letters(small_genome, *row, o, o + 5)) for row in rows]) for o in range(-20, 0)]
    assert found.profile == pytest.approx(profile)
    for k, share in zip(range(-3, 4), found.purine, strict=True):
        seen = [one for one in (letters(small_genome, *row, k, k) for row in rows) if one != "N"]
        assert share == pytest.approx(np.mean([one in "AG" for one in seen]))


def test_the_tail_is_the_binomials() -> None:
    for n, rate, hits in ((10, 0.3, 4), (200, 0.02, 12), (50, 0.9, 50), (7, 0.5, 0)):
        exact = sum(math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(hits, n + 1))
        assert coordinate_checks.upper_tail(hits, n, rate) == pytest.approx(exact, rel=1e-7)
    assert coordinate_checks.upper_tail(3, 5, 0.0) == 0
    assert coordinate_checks.upper_tail(0, 5, 0.0) == 1


def test_no_sites_have_no_share(small_genome: Genome) -> None:
    none = Sites(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.float32))
    assert math.isnan(coordinate_checks.minus10_share(small_genome, none))
    assert diagnosis.verdict(small_genome, none).kind == diagnosis.NOT_APPLICABLE


# the words


def move(sites: Sites, by: np.ndarray | int, length: int, swap: bool = False) -> Sites:
    return Sites(sites.contig, (sites.position + by) % length, -sites.strand if swap else sites.strand, sites.strength)


def choose_some(sites: Sites, number: int, seed: int = 0) -> Sites:
    return sites.take(np.sort(np.random.default_rng(seed).permutation(len(sites))[:number]))


def spoil(sites: Sites, length: int) -> dict[str, tuple[Sites, str, str]]:
    """What is done to a table, by name: the sites, the kind of verdict, and what the words must say."""
    s, minus, plus = sites.strand.astype(np.int64), sites.strand < 0, sites.strand > 0
    random = np.random.default_rng(1).integers(0, length, len(sites))
    behind = 776 * (sites.position > length // 3)
    return {
        "as they are": (sites, "ok", "as it should be"),
        "- strand 1 up": (
            move(sites, minus * 1, length),
            "strand shifted",
            "the - strand's sites seem to lie one base upstream of where they",
        ),
        "- strand 1 down": (
            move(sites, minus * -1, length),
            "strand shifted",
            "the - strand's sites seem to lie one base downstream",
        ),
        "+ strand 1 up": (
            move(sites, plus * 1, length),
            "strand shifted",
            "the + strand's sites seem to lie one base downstream",
        ),
        "swapped": (move(sites, 0, length, True), "strands swapped", "the strands seem swapped"),
        "swapped, 1 up": (move(sites, 1, length, True), "strands swapped", "all positions seem one base too high"),
        "1 up": (move(sites, 1, length), "shifted", "all positions seem one base too high"),
        "1 down": (move(sites, -1, length), "shifted", "all positions seem one base too low"),
        "5 downstream": (move(sites, 5 * s, length), "shifted", "all sites seem to lie 5 bases downstream"),
        "7 upstream": (move(sites, -7 * s, length), "shifted", "all sites seem to lie 7 bases upstream"),
        "200 up": (move(sites, 200, length), "absent", "check the version of the genome and the coordinates"),
        "random": (Sites(sites.contig, random, sites.strand, sites.strength), "absent", "no -10 signal"),
        "behind a third": (
            move(sites, behind, length),
            "partly absent",
            "belong to another version of the genome",
        ),
        "- strand turned about": (
            Sites(
                sites.contig, np.where(minus, length - 1 - sites.position, sites.position), sites.strand, sites.strength
            ),
            "strand shifted",
            "no -10 signal on the - strand",
        ),
    }


@pytest.mark.parametrize(
    ("by", "why"), [(1, "for a mix of 1-based and 0-based positions"), (4, "which end of an interval the site is")]
)
def test_one_strand_that_is_off_is_told_with_its_likely_cause(by: int, why: str) -> None:
    rng = np.random.default_rng(2)
    base = rng.integers(0, 4, 60_200).astype(np.uint8)
    place = np.arange(150, 60_000, 150) + rng.integers(-40, 40, 399)  # neighbours are at no fixed distance
    strand = np.where(np.arange(len(place)) % 2, -1, 1).astype(np.int8)
    for at, sign in zip(place.tolist(), strand.tolist(), strict=True):  # TATAAT 12 nt before, CA at the site
        word = encode("TATAAT" + "C" * 5 + "CA")
        low = at - 12 if sign > 0 else at
        base[low : low + 13] = word if sign > 0 else reverse_complement(word)
    genome = Genome((Contig("a", len(base)),), base)
    sites = Sites(np.zeros(len(place), np.int32), place, strand, np.full(len(place), np.nan, np.float32))
    assert diagnosis.verdict(genome, sites).kind == "ok"
    found = diagnosis.verdict(genome, move(sites, (strand > 0) * by, len(base)))
    assert found.kind == "strand shifted"
    bases = "one base" if by == 1 else f"{by} bases"
    off = f"the + strand's sites seem to lie {bases} downstream of where they should (positions too high)"
    assert found.words == f"{off}; check {why}"


@pytest.fixture(scope="module")
def ecoli(data_folder: Path) -> tuple[Genome, float, dict[str, Sites]]:
    genome = genomes.read(str(data_folder / "ecoli/genome.fa.gz"))
    names = {"cappable": "tss.cappable.bed", "smrt": "tss.smrtcappable.bed"}
    known = {
        name: site_files.read(str(data_folder / "ecoli" / file), genome.contigs).sites for name, file in names.items()
    }
    known["CDS"] = site_files.read(str(data_folder / "ecoli/genes.gff3.gz"), genome.contigs, feature="CDS").sites
    return genome, coordinate_checks.minus10_background(genome), known


@pytest.mark.data
@pytest.mark.parametrize(("name", "share"), [("cappable", 0.237), ("smrt", 0.343)])
def test_real_sites_pass_and_every_fault_of_a_table_is_named(ecoli, name: str, share: float) -> None:
    genome, background, known = ecoli
    assert background == pytest.approx(0.0190, abs=1e-4)
    assert coordinate_checks.minus10_share(genome, known[name]) == pytest.approx(share, abs=6e-4)
    for fault, (sites, kind, words) in spoil(known[name], len(genome.base)).items():
        found = diagnosis.verdict(genome, sites, background)
        assert (found.kind, words in found.words) == (kind, True), f"{fault}: {found.words}"


@pytest.mark.data
def test_starts_of_genes_and_few_sites_are_not_judged(ecoli) -> None:
    genome, background, known = ecoli
    found = diagnosis.verdict(genome, known["CDS"], background)
    assert (found.kind, "starts of genes" in found.words) == ("not applicable", True)
    for seed in range(2):
        for number in (30, 60, 120, 250):
            for name in ("cappable", "smrt"):
                found = diagnosis.verdict(genome, choose_some(known[name], number, seed), background)
                assert found.kind in ("ok", "not applicable"), f"{number} of {name}: {found.words}"
                assert number >= 50 or found.kind == "not applicable"
            random = Sites(
                *(
                    getattr(choose_some(known["smrt"], number, seed), c)
                    for c in ("contig", "position", "strand", "strength")
                )
            )
            random = move(random, 5000, len(genome.base))
            kind = diagnosis.verdict(genome, random, background).kind
            assert kind == "absent" or (kind == "not applicable" and number < 210)


@pytest.fixture(scope="module")
def planted_sites() -> tuple[Genome, Sites]:
    one = plant(PlantSettings(promoters=900), 1, FACTORS)
    return one.genome, one.true_sites


def test_planted_sites_pass_and_every_fault_is_named(planted_sites) -> None:
    genome, sites = planted_sites
    for fault, (one, kind, words) in spoil(sites, len(genome.base)).items():
        found = diagnosis.verdict(genome, one)
        assert (found.kind, words in found.words) == (kind, True), f"{fault}: {found.words}"


def place_at_random(number: int) -> tuple[Genome, Sites]:
    """A genome of 72 % G and C, and random positions of it: a -10 element is too rare to be missed."""
    rng = np.random.default_rng(5)
    base = rng.choice(4, 300_000, p=[0.14, 0.36, 0.36, 0.14]).astype(np.uint8)
    place, strand = rng.choice(len(base), number, replace=False), rng.choice(np.array([1, -1], np.int8), number)
    sites = Sites(np.zeros(number, np.int32), place, strand, np.full(number, np.nan, np.float32))
    return Genome((Contig("c", len(base)),), base), sites


def test_where_the_box_is_rare_by_chance_many_sites_are_needed_to_miss_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_share, "SURE", 2.0)  # as if the first bases could not say either
    found = diagnosis.verdict(*place_at_random(1000))
    assert found.kind == "not applicable"
    assert "sites are needed to show that it is missing" in found.words


def test_the_first_bases_show_what_rare_boxes_cannot() -> None:
    found = diagnosis.verdict(*place_at_random(1000))
    assert found.kind == "absent"
    assert found.words.startswith("only ")
    assert "of the sites behave like starts, by their -10 elements and first bases; check the version" in found.words
    assert found.starts.share < 0.1
