"""Genes around sites, by hand and against looking at every gene for every site."""

import numpy as np
import pytest

from headmotif.data import Contig, Contigs, GeneTable, Sites
from headmotif.steps.sites.gene_context import NONE, context, site_classes
from headmotif.steps.sites.genomic_class import CLASSES, classes


def table(rows):
    contig, start, end, strand = (np.array(x) for x in zip(*rows, strict=True)) if rows else np.zeros((4, 0), int)
    names = tuple(f"g{i}" for i in range(len(rows)))
    return GeneTable(contig.astype(np.int32), start, end, strand.astype(np.int8), names, ("gene",) * len(rows))


def list_positions(contigs):
    """Both strands of every nucleotide."""
    rows = [(c, p, s) for c, contig in enumerate(contigs) for s in (1, -1) for p in range(contig.length)]
    contig, position, strand = (np.array(x) for x in zip(*rows, strict=True))
    return Sites(contig.astype(np.int32), position, strand.astype(np.int8), np.zeros(len(rows), np.float32))


def describe_context(genes, contigs, site, reach=300):
    contig, position, strand = site
    one = Sites(
        np.array([contig], np.int32), np.array([position]), np.array([strand], np.int8), np.zeros(1, np.float32)
    )
    found = context(table(genes), contigs, one, reach)
    return (
        CLASSES[found.site_class[0]],
        int(found.gene[0]),
        int(found.utr[0]),
        int(found.internal_to[0]),
        int(found.antisense_to[0]),
    )


LINE, CIRCLE = Contigs([Contig("a", 1000)]), Contigs([Contig("a", 1000, True)])
GENES = [(0, 100, 400, 1), (0, 390, 600, 1), (0, 700, 900, -1)]


def test_by_hand():
    assert describe_context(GENES, LINE, (0, 60, 1)) == (
        "upstream",
        0,
        40,
        NONE,
        NONE,
    )  # 60 to 99 are forty nucleotides
    assert describe_context(GENES, LINE, (0, 100, 1)) == ("internal", 0, 0, 0, NONE)  # leaderless
    assert describe_context(GENES, LINE, (0, 101, 1)) == ("internal", 1, 289, 0, NONE)
    assert describe_context(GENES, LINE, (0, 395, 1)) == (
        "internal",
        NONE,
        NONE,
        1,
        NONE,
    )  # in both: the one that begins last
    assert describe_context(GENES, LINE, (0, 395, -1)) == ("antisense", NONE, NONE, NONE, 1)
    assert describe_context(GENES, LINE, (0, 650, 1)) == ("orphan", NONE, NONE, NONE, NONE)
    assert describe_context(GENES, LINE, (0, 899, -1)) == ("internal", 2, 0, 2, NONE)
    assert describe_context(GENES, LINE, (0, 925, -1)) == ("upstream", 2, 26, NONE, NONE)
    assert describe_context(GENES, LINE, (0, 925, -1), reach=26) == ("upstream", 2, 26, NONE, NONE)
    assert describe_context(GENES, LINE, (0, 925, -1), reach=25) == ("orphan", NONE, NONE, NONE, NONE)


def test_classes_are_those_of_papers():
    """The strongest site upstream of a gene is primary, of equal ones the first; up to 5 nt before it is leaderless."""
    at = [(20, 0.2), (60, 0.9), (70, 0.9), (94, 0.5), (95, 0.99), (100, 0.1), (200, 0.3), (650, 0.4)]
    position, strength = (np.array(x) for x in zip(*at, strict=True))
    plus = np.ones(len(at), np.int8)
    sites = Sites(np.zeros(len(at), np.int32), position, plus, strength.astype(np.float32))
    words = site_classes(context(table(GENES), LINE, sites), sites.strength)
    assert words == ["secondary", "primary", "secondary", "secondary", "leaderless", "leaderless", "internal", "orphan"]
    minus = Sites(np.zeros(2, np.int32), np.array([250, 925]), np.array([-1, -1], np.int8), np.ones(2, np.float32))
    assert site_classes(context(table(GENES), LINE, minus), minus.strength) == ["antisense", "primary"]


def test_over_the_origin_of_a_circle_alone():
    assert describe_context(GENES, CIRCLE, (0, 950, 1)) == ("upstream", 0, 150, NONE, NONE)
    assert describe_context(GENES, LINE, (0, 950, 1)) == ("orphan", NONE, NONE, NONE, NONE)
    assert describe_context(GENES, CIRCLE, (0, 20, -1)) == ("upstream", 2, 121, NONE, NONE)
    over = [(0, 950, 1050, -1), (0, 30, 80, -1)]
    assert describe_context(over, CIRCLE, (0, 49, -1)) == ("internal", 0, 0, 0, NONE)
    assert describe_context(over, CIRCLE, (0, 60, -1)) == ("internal", 0, 11, 1, NONE)
    assert describe_context(over, CIRCLE, (0, 990, 1)) == ("antisense", NONE, NONE, NONE, 0)
    assert describe_context(over, CIRCLE, (0, 60, 1)) == ("antisense", NONE, NONE, NONE, 1)


def walk_context(genes, contigs, site, reach):
    """(gene, utr, inside, antisense), walking from the site one nucleotide at a time."""
    contig, position, strand = site
    length, circular = contigs[contig].length, contigs[contig].circular

    def find_first(gene):
        base = gene[1] if gene[3] > 0 else gene[2] - 1
        return base % length if circular else base

    def walk(direction, steps):
        for far in range(steps):
            at = position + direction * far
            if not circular and not 0 <= at < length:
                return
            yield far, at % length

    def find_holding(wanted):
        mine = [i for i, g in enumerate(genes) if g[0] == contig and g[3] == wanted]
        mine = [
            i for i in mine if any((p % length if circular else p) == position for p in range(genes[i][1], genes[i][2]))
        ]
        for _far, at in walk(-wanted, 2 * length):
            if starting := [i for i in mine if find_first(genes[i]) == at]:
                return starting[0]
        return NONE

    gene, utr = NONE, NONE
    for far, at in walk(strand, reach + 1):
        starting = [i for i, g in enumerate(genes) if g[0] == contig and g[3] == strand and find_first(g) == at]
        if starting:
            gene, utr = starting[0], far
            break
    return gene, utr, find_holding(strand), find_holding(-strand)


@pytest.mark.parametrize("seed", range(6))
def test_every_place_of_random_genomes(seed):
    rng = np.random.default_rng(seed)
    contigs = Contigs([Contig("a", 70, True), Contig("b", 50), Contig("c", 12, True), Contig("d", 5)])
    genes = []
    for number, contig in enumerate(contigs[:3]):
        for start in rng.integers(0, contig.length, 6 if number < 2 else 2).tolist():
            end = start + int(rng.integers(1, 12))
            genes.append((number, start, end if contig.circular else min(end, contig.length), int(rng.choice([-1, 1]))))
    genes += [genes[0], (*genes[1][:3], -genes[1][3])]  # two of one place, two of one stretch
    rng.shuffle(genes)
    genes = [tuple(map(int, gene)) for gene in genes]
    sites, reach = list_positions(contigs), (20 if seed else 0)
    found = context(table(genes), contigs, sites, reach)
    rows = list(zip(sites.contig.tolist(), sites.position.tolist(), sites.strand.tolist(), strict=True))
    expected = [walk_context(genes, contigs, site, reach) for site in rows]
    assert (
        list(
            zip(
                found.gene.tolist(),
                found.utr.tolist(),
                found.internal_to.tolist(),
                found.antisense_to.tolist(),
                strict=True,
            )
        )
        == expected
    )
    begin = np.cumsum([0, *(c.length for c in contigs)])[sites.contig]
    assert (
        found.site_class
        == classes(np.array(genes), contigs, reach)[(sites.strand < 0).astype(int), begin + sites.position]
    ).all()
    words = [CLASSES[c] for c in found.site_class]
    assert [w == "internal" for w in words] == [inside != NONE for _, _, inside, _ in expected]
    assert all(
        w == "upstream" for w, (_, utr, inside, _) in zip(words, expected, strict=True) if utr > 0 and inside == NONE
    )


def test_without_genes_or_without_sites():
    nothing = table([])
    found = context(nothing, LINE, list_positions(Contigs([Contig("a", 3)])))
    assert set(found.gene.tolist()) == set(found.internal_to.tolist()) == set(found.utr.tolist()) == {NONE}
    assert len(context(table(GENES), LINE, list_positions(LINE).take(np.zeros(0, int))).gene) == 0


def test_a_table_of_genes_keeps_its_columns_together():
    genes = table(GENES)
    some = genes.take(np.array([True, False, True]))
    assert (some.name, some.start.tolist(), some.spans.tolist()) == (
        ("g0", "g2"),
        [100, 700],
        [list(GENES[0]), list(GENES[2])],
    )
    assert len(genes.take(np.zeros(0, int))) == 0
    with pytest.raises(ValueError, match="a gene is empty"):
        table([(0, 5, 5, 1)])
