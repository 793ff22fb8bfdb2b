"""The built-in motifs against their table of sites, their card and, with the data, their two rules."""

import importlib.util
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from headmotif.alphabet import encode
from headmotif.builtin import MOTIF_SITES, MOTIFS
from headmotif.formats.motifs import meme

spec = importlib.util.spec_from_file_location(
    "build_collection", Path(__file__).parent.parent / "benchmarks/build_collection.py"
)
collection = importlib.util.module_from_spec(spec)
spec.loader.exec_module(collection)

CARD = MOTIFS.with_suffix(".md").read_text(encoding="utf-8")


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture(scope="module")
def motifs():
    return meme.read(MOTIFS.read_text(encoding="utf-8"), str(MOTIFS))


@pytest.fixture(scope="module")
def sites():
    return collection.read_sites(MOTIF_SITES.read_text(encoding="utf-8"))


def test_names_are_unique_and_there_are_enough(motifs):
    assert len({motif.name for motif in motifs}) == len(motifs) >= 20


def test_each_motif_is_the_counts_of_its_sites(motifs, sites):
    listed = collection.group_by_motif(sites)
    assert [motif.name for motif in motifs] == list(listed)
    for motif in motifs:
        again = collection.build(listed[motif.name], motif.background)
        assert motif.nsites == len(listed[motif.name])
        assert motif.alt == again.alt
        np.testing.assert_allclose(motif.matrix, again.matrix, atol=2e-6)


def test_each_site_fits_its_place(sites):
    assert len({(s.motif, s.start, s.strand) for s in sites}) == len(sites)
    for site in sites:
        assert site.end - site.start == len(site.sequence)
        assert site.strand in ("+", "-")
        assert site.located in ("sequence", "pattern")
        assert encode(site.sequence).max() < 4


def test_the_card_has_every_motif_with_its_number_of_sites(motifs):
    table = CARD.split("## The motifs")[1].split("## Left out")[0]
    rows = {cells(line)[0]: cells(line) for line in table.splitlines() if line.startswith("|")}
    assert set(rows) - {"motif", "---"} == {motif.name for motif in motifs}
    for motif in motifs:
        assert int(rows[motif.name][6]) == motif.nsites


def test_the_card_explains_every_reference():
    table, references = CARD.split("## The motifs")[1].split("## References")
    keys = Counter(
        key for line in table.split("## Left out")[0].splitlines()[4:] if line for key in cells(line)[7].split(", ")
    )
    explained = [cells(line)[0] for line in references.splitlines()[4:] if line]
    assert sorted(keys) == sorted(explained)


@pytest.mark.data
def test_every_motif_passes_both_rules_and_the_card_says_so(data_folder, sites):
    genome = collection.read_genome(Path(data_folder))
    collection.check_sites(sites, genome)
    targets = collection.read_databases(Path(data_folder))
    for mine in collection.group_by_motif(sites).values():
        proof = collection.evidence(mine, genome, targets)
        assert len(proof.found) >= 2, proof
        assert proof.p < 1e-3, proof
        assert proof.row() in CARD


@pytest.mark.data
def test_a_wrong_place_is_noticed(data_folder, sites):
    genome = collection.read_genome(Path(data_folder))
    wrong = collection.Site("LexA", "recA", sites[0].start + 1, sites[0].end + 1, "-", sites[0].sequence, "sequence")
    with pytest.raises(SystemExit, match="LexA recA"):
        collection.check_sites([wrong], genome)
