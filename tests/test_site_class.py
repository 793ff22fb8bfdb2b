"""Classes of sites by the genes around them, and fifths of strength."""

import collections

import numpy as np
import pytest

from headmotif.data import Contig, Contigs
from headmotif.formats import files
from headmotif.formats.features import gff3
from headmotif.formats.inputs import genomes, site_files
from headmotif.steps.sites.genomic_class import ANTISENSE, CLASSES, INTERNAL, ORPHAN, UPSTREAM, classes, fifths

LETTER = {name: name[0] for name in CLASSES}


def show_classes(genes, contigs, reach=3):
    """Both strands as words: u, i, a, o."""
    return ["".join(LETTER[CLASSES[c]] for c in row) for row in classes(np.array(genes), contigs, reach)]


def test_a_gene_makes_three_classes():
    assert show_classes([(0, 5, 9, 1)], Contigs([Contig("a", 14)])) == ["oouuuiiiiooooo", "oooooaaaaooooo"]
    assert show_classes([(0, 5, 9, -1)], Contigs([Contig("a", 14)])) == ["oooooaaaaooooo", "oooooiiiiuuuoo"]


def test_own_gene_before_upstream_before_antisense():
    """Two neighbours of one strand, and a gene of the other strand across the second's start."""
    assert show_classes([(0, 3, 7, 1), (0, 8, 11, 1)], Contigs([Contig("a", 12)]))[0] == "uuuiiiiuiiio"
    assert show_classes([(0, 8, 11, 1), (0, 2, 9, -1)], Contigs([Contig("a", 12)])) == ["ooaaauuuiiio", "ooiiiiiiiuuu"]


@pytest.mark.parametrize("circular", [False, True])
def test_stretches_go_on_over_the_origin_of_a_circle_alone(circular):
    contigs = Contigs([Contig("a", 4), Contig("b", 10, circular)])
    upstream = "iiiiooouuu" if circular else "iiiioooooo"
    assert show_classes([(1, 0, 4, 1)], contigs)[0] == "oooo" + upstream
    minus = show_classes([(1, 8, 12, -1)], contigs)
    assert minus[0] == "oooo" + ("aaooooooaa" if circular else "ooooooooaa")
    assert minus[1] == "oooo" + ("iiuuuoooii" if circular else "ooooooooii")


def test_classes_are_those_of_the_definition():
    rng = np.random.default_rng(2)
    contigs = Contigs([Contig("a", 90, True), Contig("b", 60)])
    genes = [
        (c, s, s + int(rng.integers(3, 15)), int(rng.choice([-1, 1])))
        for c in (0, 1)
        for s in rng.integers(0, contigs[c].length, 3).tolist()
    ]
    found = classes(np.array(genes), contigs, 10)
    begin = 0
    for number, contig in enumerate(contigs):
        for row, strand in enumerate((1, -1)):
            for at in range(contig.length):
                turns = (0, contig.length, -contig.length) if contig.circular else (0,)
                own = [(s + t, e + t) for c, s, e, g in genes for t in turns if (c, g) == (number, strand)]
                other = [(s + t, e + t) for c, s, e, g in genes for t in turns if (c, g) == (number, -strand)]
                if any(s <= at < e for s, e in own):
                    expected = INTERNAL
                elif any(1 <= (s - at if strand > 0 else at - (e - 1)) <= 10 for s, e in own):
                    expected = UPSTREAM
                else:
                    expected = ANTISENSE if any(s <= at < e for s, e in other) else ORPHAN
                assert found[row, begin + at] == expected, (number, row, at)
        begin += contig.length
    assert set(found.ravel().tolist()) == {0, 1, 2, 3}


def test_without_genes_all_is_orphan():
    assert (classes(np.zeros((0, 4), int), Contigs([Contig("a", 5)])) == ORPHAN).all()


def test_fifths_hold_as_many_sites_each():
    strength = np.random.default_rng(1).permutation(np.arange(100, dtype=np.float32))
    found = fifths(strength)
    assert found.tolist() == (strength // 20).astype(int).tolist()
    with_none = fifths(np.append(strength, np.float32(np.nan)))
    assert with_none.tolist() == [*found.tolist(), -1]
    assert fifths(np.full(3, np.nan, np.float32)).tolist() == [-1] * 3


def test_equal_strengths_are_in_one_fifth():
    found = fifths(np.array([1, 1, 1, 1, 2, 3, 4, 5, 6, 7], np.float32))
    assert found[:4].tolist() == [0] * 4
    assert (np.diff(found) >= 0).all()
    assert found[-1] == 4


@pytest.mark.data
def test_of_the_cappable_sites_44_percent_lie_in_genes_of_their_strand(data_folder):
    real = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ("all",))
    path = str(data_folder / "ecoli" / "genes.gff3.gz")
    rows = gff3.parse(files.read_text(path), path).features
    known = site_files.read(str(data_folder / "ecoli" / "tss.cappable.bed"), real.contigs).sites
    share = {}
    for kind in ("CDS", "gene"):
        genes = [(0, *row.parts[0], 1 if row.strand == "+" else -1) for row in rows if row.kind == kind]
        of_site = classes(np.array(genes), real.contigs)[(known.strand < 0).astype(int), known.position]
        share[kind] = {CLASSES[c]: n / len(known) for c, n in collections.Counter(of_site.tolist()).items()}
    assert share["CDS"]["internal"] == pytest.approx(0.44, abs=0.005)
    assert share["gene"]["internal"] == pytest.approx(0.45, abs=0.005)  # with the genes of stable RNA
    assert sum(share["gene"].values()) == pytest.approx(1)
    assert share["gene"]["upstream"] == pytest.approx(0.30, abs=0.005)
