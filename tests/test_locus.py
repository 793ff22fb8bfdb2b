"""Stretches of a genome for a figure: what is on them, and which are taken where none is asked for."""

import numpy as np
import pytest

from headmotif.data import Contig, GeneTable, Genome, Regions, Sites
from headmotif.errors import InputError
from headmotif.formats.sequences import fasta
from headmotif.report.contents import genome
from headmotif.report.contents.locus import AFTER, BEFORE, Layers, choose_loci, cut_locus
from headmotif.report.figures import svg, track

GENOME = Genome((Contig("a", 1000), Contig("b", 2000)), np.zeros(3000, np.uint8))


def sites(*rows: tuple[int, int, int]) -> Sites:
    contig, position, strand = (np.array(column) for column in zip(*rows, strict=True))
    return Sites(
        contig.astype(np.int32),
        position.astype(np.int64),
        strand.astype(np.int8),
        np.full(len(rows), np.nan, np.float32),
    )


SITES = sites((0, 500, 1), (1, 600, -1), (1, 50, 1))


def genes() -> GeneTable:
    contig, start, end = np.array([1, 1, 0]), np.array([100, 650, 100]), np.array([560, 900, 900])
    return GeneTable(contig.astype(np.int32), start, end, np.array([1, -1, 1], np.int8), ("x<", "y", "z"), ("CDS",) * 3)


def regions(*rows: tuple[int, int, int, str, int, int]) -> Regions:
    """contig, start, end, head, strand, site."""
    contig, start, end, head, strand, site = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return Regions(
        ("a", "b"), contig.astype(np.int32), start, end, head, strand.astype(np.int8), np.ones(n),
        np.zeros(n, np.int64), site,
        np.ones(n), np.ones(n),
    )  # fmt: skip


def test_tracks_below_zero_are_turned_on_one_strand_and_refused_on_both(tmp_path, caplog):
    fasta.write(str(tmp_path / "g.fa"), ["a"], [np.zeros(8, np.uint8)])
    for name, value in (("plus", 0.5), ("minus", -0.25), ("log", -3)):
        (tmp_path / name).write_text(f"a\t2\t4\t{value}\n")
    paths = dict.fromkeys(("sites", "calls", "genes", "regions"), "") | {"genome": str(tmp_path / "g.fa")}
    tracks = {"bigwig-plus": str(tmp_path / "plus"), "bigwig-minus": str(tmp_path / "minus")}
    p = genome.layers(paths | tracks, "", None).p
    assert np.nan_to_num(p).tolist() == [[0, 0, 0.5, 0.5, 0, 0, 0, 0], [0, 0, 0.25, 0.25, 0, 0, 0, 0]]
    assert "multiplied by -1" in caplog.messages[0]
    with pytest.raises(InputError, match="log: a value is -3, which is no P; give the tracks of predict-annot"):
        genome.layers(paths | {"bigwig-plus": str(tmp_path / "minus"), "bigwig-minus": str(tmp_path / "log")}, "", None)


def test_what_lies_on_a_stretch_of_the_second_contig():
    p = np.arange(6000, dtype=np.float32).reshape(2, 3000)
    found = regions((1, 595, 601, "L1H1", -1, 600), (1, 560, 570, "L1H2", -1, 600), (0, 595, 601, "L1H1", 1, 500))
    locus = cut_locus(Layers(GENOME, SITES, SITES, genes(), p, found), (1, 570, 660))
    assert locus.contig == "b"
    assert locus.sites.position.tolist() == [600]
    assert locus.genes.name == ("y",)  # x ends before it, z is on the other contig
    assert (locus.p[:, 0].tolist(), locus.p.shape) == ([1570.0, 4570.0], (2, 90))
    assert (locus.region.tolist(), locus.head) == ([[595, 601, -1]], ("L1H1",))


def test_by_default_the_typical_and_the_best_site_by_p():
    p = np.zeros((2, 3000), np.float32)
    p[0, 500], p[1, 1600], p[0, 1050] = 0.3, 0.9, 0.1  # on each site's own strand
    p[0, 1600] = 1  # on the other strand of the second: not its P
    typical, best = choose_loci(Layers(GENOME, SITES, p=p))
    assert (typical.contig, typical.start, typical.end) == ("a", 500 - BEFORE, 500 + AFTER + 1)
    assert (best.contig, best.start, best.end) == ("b", 600 - AFTER, 600 + BEFORE + 1)
    assert "highest" in best.why


def test_where_the_test_part_is_known_its_sites_alone_are_shown():
    p = np.zeros((2, 3000), np.float32)
    p[0, 500], p[1, 1600], p[0, 1050] = 0.3, 0.9, 0.1
    unseen = np.zeros(3000, bool)
    unseen[:1200] = True  # all of the first contig, and the start of the second: not the best site
    typical, best = choose_loci(Layers(GENOME, SITES, p=p, unseen=unseen))
    assert (best.contig, best.start) == ("a", 500 - BEFORE)
    assert best.why == "the site with the highest P in the test part"
    assert (typical.contig, typical.start) == ("b", 0)
    nowhere = choose_loci(Layers(GENOME, SITES, p=p, unseen=np.zeros(3000, bool)))
    assert nowhere[1].why == "the site with the highest P"


def test_without_tracks_by_the_number_of_regions():
    found = regions(
        (1, 40, 46, "L1H1", 1, 50),
        (1, 40, 46, "L1H2", 1, 50),
        (0, 490, 496, "L1H1", 1, 500),
        (1, 590, 596, "L1H1", 1, 600),
    )
    typical, best = choose_loci(Layers(GENOME, SITES, regions=found))
    assert (best.contig, best.start) == ("b", 0)
    assert (typical.contig, typical.start) == ("a", 350)


def test_nothing_to_choose_by():
    assert choose_loci(Layers(GENOME, SITES)) == []
    assert choose_loci(Layers(GENOME, SITES.take(np.zeros(3, bool)), p=np.zeros((2, 3000), np.float32))) == []


@pytest.mark.parametrize("with_p", [True, False])
@pytest.mark.parametrize("with_genes", [True, False])
@pytest.mark.parametrize("stretch", [(1, 570, 660), (1, 40, 60), (1, 1800, 1900)])
def test_every_mixture_can_be_drawn(with_p, with_genes, stretch):
    """Warnings are errors, as of a division by the height of a panel that has none."""
    p = np.full((2, 3000), np.nan, np.float32) if with_p else None
    found = regions((1, 595, 601, "L1H1", -1, 600), (1, 560, 574, "a<b", 1, 600))
    locus = cut_locus(
        Layers(GENOME, SITES, SITES if with_p else None, genes() if with_genes else None, p, found), stretch
    )
    text = svg.embed(track.draw_track(locus), "f", track.describe(locus))
    assert "&lt;" in text or "a<b" not in locus.head
    assert "x<" not in text
