"""The planted genome is what the constants say: letters, spacings, genes, noise of the labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.alphabet import decode, encode, reverse_complement
from headmotif.commands.simulate import _parse_shares
from headmotif.data import Motif
from headmotif.errors import FormatError, InputError
from headmotif.formats.features import truth
from headmotif.steps.promoters import frequencies
from headmotif.steps.simulation import coding
from headmotif.steps.simulation.plant import Planted, PlantSettings, plant, shuffle_sites
from in_process import call
from signatures import options


def consensus(name: str, letters: str, share: float) -> Motif:
    matrix = np.full((len(letters), 4), (1 - share) / 3)
    for i, letter in enumerate(letters):
        matrix[i] = 0.25 if letter == "N" else matrix[i]
        matrix[i, "ACGT".find(letter)] = 0.25 if letter == "N" else share
    return Motif(name, matrix)


FACTORS = {
    "CRP": consensus("CRP", "AAATGTGATCTAGATCACATTT", 0.7),
    "FNR": consensus("FNR", "TTGATNNNNATCAA", 0.8),
    "LexA": consensus("LexA", "TACTGTATATATATACAGTA", 0.85),
}


@pytest.fixture(scope="module")
def planted_genome() -> Planted:
    return plant(PlantSettings(), 1, FACTORS)


@pytest.fixture(scope="module")
def planted_genomes() -> list[Planted]:
    """Several seeds together, for the frequencies."""
    return [plant(PlantSettings(), seed, FACTORS) for seed in range(2, 7)]


def sequences(one: Planted, name: str) -> np.ndarray:
    """The bases at the truth's coordinates, 5' to 3': (pieces, width)."""
    mine = one.elements.take(one.elements.head == name)
    rows = zip(mine.start, mine.end, mine.strand, strict=True)
    return np.array([b if s > 0 else reverse_complement(b) for b, s in ((one.genome.base[i:j], s) for i, j, s in rows)])


def group_by_site(one: Planted, name: str) -> dict[tuple[int, int], tuple[int, int]]:
    """Offsets of the first and last base of the piece of this name, by site and strand."""
    e = one.elements.take(one.elements.head == name)
    first = np.where(e.strand > 0, e.start, e.end - 1)
    last = np.where(e.strand > 0, e.end - 1, e.start)
    keys = zip(e.site.tolist(), e.strand.tolist(), strict=True)
    return dict(
        zip(
            keys,
            zip(((first - e.site) * e.strand).tolist(), ((last - e.site) * e.strand).tolist(), strict=True),
            strict=True,
        )
    )


def are_close(counts: np.ndarray, shares: np.ndarray) -> bool:
    """Whether counts (k,) lie within four standard errors of their shares."""
    n = counts.sum()
    return bool((np.abs(counts / n - shares) <= 4 * np.sqrt(shares * (1 - shares) / n) + 1e-9).all())


@pytest.mark.parametrize(("name", "columns"), [("-10", frequencies.MINUS_10), ("decoy", frequencies.MINUS_10)])
def test_letters_are_those_of_the_compilation(planted_genomes, name, columns):
    seen = np.concatenate([sequences(one, name) for one in planted_genomes])
    for i, row in enumerate(frequencies.hexamer(columns)):
        assert are_close(np.bincount(seen[:, i], minlength=4), row), i


def test_minus_35_of_plain_promoters_and_the_weaker_one_beside_crp(planted_genomes):
    plain, beside = [], []
    for one in planted_genomes:
        crp = group_by_site(one, "CRP")
        e = one.elements.take(one.elements.head == "-35")
        for letters, site, strand in zip(sequences(one, "-35"), e.site.tolist(), e.strand.tolist(), strict=True):
            (beside if (site, strand) in crp else plain).append(letters)
    for seen, weight in ((plain, 1.0), (beside, 0.5)):
        for i, row in enumerate(frequencies.hexamer(frequencies.MINUS_35, weight)):
            assert are_close(np.bincount(np.array(seen)[:, i], minlength=4), row), i


def test_spacers_and_starts_have_their_distributions(planted_genomes):
    spacer, start = [], []
    for one in planted_genomes:
        ten, thirty_five = group_by_site(one, "-10"), group_by_site(one, "-35")
        spacer += [ten[k][0] - thirty_five[k][1] - 1 for k in thirty_five]
        start += [-last for _, last in ten.values()]
    for seen, stated in ((spacer, frequencies.SPACER), (start, frequencies.TO_START)):
        counts = np.array([seen.count(k) for k in stated])
        assert counts.sum() == len(seen)
        assert are_close(counts, np.array(list(stated.values())))
    assert max(set(spacer), key=spacer.count) == 17
    # a -10 most often begins at -12
    assert max(set(start), key=start.count) == 7


def test_purine_at_the_start_and_tg_before_the_box(planted_genomes):
    first = np.concatenate([sequences(one, "TSS") for one in planted_genomes])[:, 0]
    assert are_close(np.bincount(first, minlength=4), np.array(frequencies.START))
    for one in planted_genomes:
        ten, extended = group_by_site(one, "-10"), group_by_site(one, "ext-10")
        assert set(decode(row) for row in sequences(one, "ext-10")) == {"TG"}
        assert all(ten[k][0] - extended[k][1] == 2 for k in extended)
        assert 0.13 < len(extended) / len(ten) < 0.26


def test_factors_sit_where_they_do_and_in_the_stated_numbers(planted_genome):
    names, counts = np.unique(planted_genome.elements.head, return_counts=True)
    number = dict(zip(names.tolist(), counts.tolist(), strict=True))
    assert {k: number[k] for k in ("CRP", "FNR", "LexA", "-10", "TSS", "decoy")} == {
        "CRP": 80, "FNR": 40, "LexA": 16, "-10": 800, "TSS": 800, "decoy": 800,
    }  # fmt: skip
    assert number["-35"] == 800 - 32 - 40
    centre = [(first + last) / 2 for first, last in group_by_site(planted_genome, "CRP").values()]
    assert {round(c - 0.5) for c in centre} == {-63, -62, -61, -43, -42, -41}
    assert all(abs((first + last) / 2 + 41.5) <= 1 for first, last in group_by_site(planted_genome, "FNR").values())
    ten = group_by_site(planted_genome, "-10")
    assert all(
        first < ten[k][0] and last > ten[k][1] for k, (first, last) in group_by_site(planted_genome, "LexA").items()
    )


def test_factors_have_the_shares_that_are_asked_for():
    asked = plant(PlantSettings(100_000, 120, tfs={"CRP": 0.5, "LexA": 0.1}), 1, FACTORS)
    names, counts = np.unique(asked.elements.head, return_counts=True)
    number = dict(zip(names.tolist(), counts.tolist(), strict=True))
    assert (number["CRP"], number["LexA"], number["-10"]) == (60, 12, 120)
    assert "FNR" not in number
    centres = [round((first + last) / 2 + 0.5) for first, last in group_by_site(asked, "CRP").values()]
    assert sum(centre < -50 for centre in centres) == 36  # three at -61.5 for two at -41.5, as usual
    assert number["-35"] == 120 - 24
    everywhere = plant(PlantSettings(100_000, 121, tfs={"CRP": 1.0}), 1, FACTORS)
    assert int((everywhere.elements.head == "CRP").sum()) == 121
    none = plant(PlantSettings(40_000, 40, tfs={}), 1, FACTORS)
    assert set(none.elements.head.tolist()) == {"-10", "-35", "ext-10", "TSS", "decoy"}


def test_the_usual_shares_asked_for_give_the_same_bytes():
    usual = {"CRP": 0.1, "FNR": 0.05, "LexA": 0.02}
    one, same = (plant(PlantSettings(60_000, 100, tfs=given), 5, FACTORS) for given in (None, usual))
    assert one.genome.base.tobytes() == same.genome.base.tobytes()


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ({"CRP": -0.1}, "below 0"),
        ({"CRP": float("nan")}, "below 0"),
        ({"CRP": 0.7, "FNR": 0.4}, "exceed 1"),
        ({"Fur": 0.1}, "no place for Fur"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares, why):
    with pytest.raises(ValueError, match=why):
        frequencies.share_out(shares)


def test_the_command_plants_the_shares_that_it_is_given(tmp_path):
    small = ["--length", "40000", "--promoters", "50", "--elements-out", "truth.bed", "-o", "g.fa", "--quiet"]
    assert call("headmotif", "simulate", *small, "--tfs", "FNR=0.2, LexA=0.1", cwd=tmp_path).returncode == 0
    names = [line.split("\t")[3] for line in (tmp_path / "truth.bed").read_text().splitlines()]
    assert [names.count(name) for name in ("CRP", "FNR", "LexA", "-10")] == [0, 10, 5, 50]
    (told,) = (one.help for one in options("simulate") if one.flag == "--tfs")
    usual = told.partition("default: ")[2].rstrip(".")
    assert _parse_shares(usual) == pytest.approx(
        {name: sum(place.share for place in frequencies.FACTORS if place.factor == name) for name in FACTORS}
    )


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("CRP", "is not a list such as CRP=0.3,FNR=0.2"),
        ("CRP=much", "is not a list"),
        ("CRP=0.1=0.2", "is not a list"),
        ("CRP=nan", "below 0"),
        ("CRP=0.1,CRP=0.2", "CRP is named twice"),
        ("Fur=0.1", "no place for Fur, only for CRP, FNR, LexA"),
        ("CRP=0.7,FNR=0.4", "must not exceed 1 together"),
    ],
)
def test_shares_that_make_no_sense_are_bad_usage(tmp_path, asked, why):
    done = call("headmotif", "simulate", "--tfs", asked, "-o", "g.fa", cwd=tmp_path)
    said = " ".join(done.stderr.decode().split())
    assert done.returncode == 2
    assert "--tfs" in said
    assert why in said
    assert not (tmp_path / "g.fa").exists()


def test_factor_letters_follow_their_matrix_in_both_orientations(planted_genomes):
    seen = np.concatenate([sequences(one, "FNR") for one in planted_genomes])
    for i, row in enumerate(FACTORS["FNR"].matrix):
        assert are_close(np.bincount(seen[:, i], minlength=4), row)


def test_genes_are_whole(planted_genome):
    base = planted_genome.genome.base
    starts, stops = [], []
    for start, end, strand in zip(
        planted_genome.genes.start, planted_genome.genes.end, planted_genome.genes.strand, strict=True
    ):
        gene = base[start:end] if strand > 0 else reverse_complement(base[start:end])
        codons = [decode(c) for c in gene.reshape(-1, 3)]
        starts.append(codons[0])
        stops.append(codons[-1])
        assert not set(codons[1:-1]) & set(coding.STOPS)
    assert set(starts) <= set(coding.STARTS)
    assert set(stops) <= set(coding.STOPS)
    assert 0.85 < starts.count("ATG") / len(starts) < 0.96


def test_the_genome_looks_like_a_bacterium(planted_genome):
    base, genes = planted_genome.genome.base, planted_genome.genes
    inside = np.zeros(len(base), bool)
    for start, end in zip(genes.start, genes.end, strict=True):
        assert not inside[start:end].any()
        inside[start:end] = True
    gc = np.isin(base, (1, 2))
    assert abs(inside.mean() - 0.87) < 1e-3
    assert 0.49 < gc.mean() < 0.53
    assert 0.40 < gc[~inside].mean() < 0.46
    assert 0.3 < (genes.strand > 0).mean() < 0.7
    assert 700 < np.mean(genes.end - genes.start) < 1200
    assert 1.3 < len(genes) / (genes.unit[-1] + 1) < 1.9


def test_promoters_lie_before_units_inside_and_antisense(planted_genome):
    _, gene = planted_genome.genes.codon_map(len(planted_genome.genome.base))
    own = gene[planted_genome.true_sites.position] * planted_genome.true_sites.strand
    assert [int((own == k).sum()) for k in (0, 1, -1)] == [480, 224, 96]
    assert 0.4 < (planted_genome.true_sites.strand > 0).mean() < 0.6
    assert planted_genome.true_sites.position.min() >= 150
    assert planted_genome.true_sites.position.max() < 400_000 - 150


def test_listed_sites_are_as_noisy_as_asked(planted_genome):
    true = dict.fromkeys(
        zip(planted_genome.true_sites.position.tolist(), planted_genome.true_sites.strand.tolist(), strict=True)
    )
    listed = list(zip(planted_genome.sites.position.tolist(), planted_genome.sites.strand.tolist(), strict=True))
    exact = sum(site in true for site in listed)
    near = sum(any((p + d, s) in true for d in (-2, -1, 1, 2)) and (p, s) not in true for p, s in listed)
    assert abs(exact - 720 * 0.85) <= 3
    assert abs(near - 720 * 0.15) <= 5
    assert abs(len(listed) - 800) <= 3
    assert len(set(listed)) == len(listed)
    assert bool((planted_genome.sites.strength > 0).all())


def test_scores_lean_on_the_boxes(planted_genomes):
    """The highest tenth of the scores has more -10 boxes with at most one mismatch than the lowest, as
    Cappable-seq's."""
    low, high = [], []
    for one in planted_genomes:
        box = {k: (first, last) for k, (first, last) in group_by_site(one, "-10").items()}
        order = np.argsort(one.true_sites.strength)
        matched = []
        for p, s in zip(one.true_sites.position.tolist(), one.true_sites.strand.tolist(), strict=True):
            at = p + s * np.arange(box[p, s][0], box[p, s][1] + 1)
            letters = one.genome.base[at] if s > 0 else 3 - one.genome.base[at]
            matched.append(int((letters == encode("TATAAT")).sum()) >= 5)
        hit = np.array(matched)[order]
        low.append(hit[:80].mean())
        high.append(hit[-80:].mean())
    assert 1.3 < np.mean(high) / np.mean(low) < 2.8


def test_same_seed_same_bytes_and_labels_do_not_touch_the_genome():
    small = PlantSettings(40_000, 60)
    one, same, other = plant(small, 3, FACTORS), plant(small, 3, FACTORS), plant(small, 4, FACTORS)
    noisy = plant(PlantSettings(40_000, 60, missing=0.5, jittered=0), 3, FACTORS)
    assert one.genome.base.tobytes() == same.genome.base.tobytes() == noisy.genome.base.tobytes()
    assert one.sites.position.tobytes() == same.sites.position.tobytes()
    assert one.sites.strength.tobytes() == same.sites.strength.tobytes()
    assert one.genome.base.tobytes() != other.genome.base.tobytes()
    assert len(noisy.sites) == 36


def test_shuffled_sites_keep_numbers_and_lose_places(planted_genome):
    shuffled = shuffle_sites(planted_genome.sites, 400_000, 1)
    assert np.bincount(shuffled.strand + 1).tolist() == np.bincount(planted_genome.sites.strand + 1).tolist()
    assert sorted(shuffled.strength.tolist()) == sorted(planted_genome.sites.strength.tolist())
    assert len(np.intersect1d(shuffled.position, planted_genome.sites.position)) < 10
    assert bool((np.diff(shuffled.position) >= 0).all())


@settings(max_examples=15, deadline=None)
@given(st.integers(20_000, 60_000), st.integers(0, 40), st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 1))
def test_any_settings_give_a_consistent_genome(length, promoters, seed, missing, false):
    got = plant(PlantSettings(length, promoters, missing=missing, false=false), seed, FACTORS)
    assert len(got.genome.base) == length
    assert len(got.true_sites) == promoters
    assert int((got.elements.head == "-10").sum()) == promoters
    assert bool((got.elements.start >= 0).all())
    assert bool((got.elements.end <= length).all())
    assert len(got.sites) <= promoters - round(missing * promoters) + round(false * promoters)


def test_too_many_promoters_are_refused_in_a_sentence():
    with pytest.raises(InputError, match="do not fit"):
        plant(PlantSettings(20_000, 2000), 1, FACTORS)
    with pytest.raises(ValueError, match="share"):
        PlantSettings(missing=1.5)
    with pytest.raises(ValueError, match="margin"):
        PlantSettings(length=100)


def test_an_asymmetric_matrix_is_centred_on_its_dyad():
    ragged = np.vstack([np.full((3, 4), 0.25), FACTORS["FNR"].matrix])
    assert frequencies.find_dyad(FACTORS["FNR"].matrix) == 14
    assert frequencies.find_dyad(ragged) == 20
    for name in ("CRP", "LexA"):
        assert frequencies.find_dyad(FACTORS[name].matrix) == len(FACTORS[name].matrix)


def test_truth_survives_its_file(planted_genome, tmp_path):
    path = str(tmp_path / "truth.bed")
    truth.write(path, planted_genome.elements)
    back = truth.read(path)
    for column in ("start", "end", "head", "strand", "site", "offset"):
        assert (getattr(back, column) == getattr(planted_genome.elements, column)).all(), column
    (tmp_path / "bad.bed").write_text("planted\t1\t2\t-10\t0\t+\n")
    with pytest.raises(FormatError, match=r"bad\.bed:1: .*seven columns"):
        truth.read(str(tmp_path / "bad.bed"))


def test_a_promoter_that_stops_every_frame_finds_another_place():
    """Some draws can lie in no gene; the others must not pay for them."""
    stopping = consensus("CRP", "TAACTAACTAACTAACTAACTA", 1.0)
    got = plant(PlantSettings(60_000, 60, inside=1.0, antisense=0.0), 1, {**FACTORS, "CRP": stopping})
    _, gene = got.genes.codon_map(60_000)
    own = gene[got.true_sites.position] * got.true_sites.strand
    assert len(own) == 60
    # of six with a CRP site that ends every reading frame on its strand, those in the other orientation may lie inside
    assert 54 <= int((own == 1).sum()) <= 60


@pytest.mark.parametrize("gc", [0.3, 0.4, 0.6, 0.7])
def test_the_share_of_g_and_c_is_what_was_asked_for(gc):
    one = plant(PlantSettings(100_000, 60, gc=gc), 1, FACTORS)
    assert np.isin(one.genome.base, (1, 2)).mean() == pytest.approx(gc, abs=0.025)
    assert coding.tilt_of(None, 0.87) == 1
    genes = one.genes
    for start, end, strand in zip(genes.start, genes.end, genes.strand, strict=True):
        gene = decode(one.genome.base[start:end] if strand > 0 else reverse_complement(one.genome.base[start:end]))
        assert gene[-3:] in coding.STOPS


@pytest.mark.parametrize(("sharpness", "low", "high"), [(3.0, 0.85, 1.0), (0.4, 0.3, 0.55)])
def test_sharper_boxes_are_nearer_to_the_consensus(sharpness, low, high):
    one = plant(PlantSettings(200_000, 300, sharpness=sharpness), 1, FACTORS)
    boxes = sequences(one, "-10")
    share = (boxes == encode("TATAAT")).mean()
    assert low < share < high
    published = frequencies.hexamer(frequencies.MINUS_10)
    np.testing.assert_array_equal(frequencies.sharpen(published, 1.0), published)
    np.testing.assert_allclose(frequencies.sharpen(published, sharpness).sum(axis=1), 1)
