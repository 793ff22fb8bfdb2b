"""predict-annot --gene-table: the best call of each gene against a search gene by gene, on circular contigs too."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from fixed_run import DATA
from headmotif import builtin
from headmotif.data import Asked, Contig, Contigs, GeneTable, Genome, Predicted, Sites
from headmotif.formats.inputs import genomes, motif_files
from headmotif.formats.sequences import fasta
from headmotif.steps.calling import gene_starts, prediction

SIGMA70 = prediction.sigma70(motif_files.read(str(builtin.MOTIFS)).motifs)
CONTIGS = Contigs((Contig("circle", 5000, True), Contig("line", 3000), Contig("small", 250, True)))
ASKED = Asked(0, "tss", 0.2, None, None, False, 3, 1)


@pytest.fixture(scope="module")
def case() -> tuple[Predicted, GeneTable, np.ndarray]:
    """Genes at random, some over the origin, and calls; P is unknown at most positions, as a screen leaves it."""
    rng = np.random.default_rng(4)
    base = rng.integers(0, 4, CONTIGS.total).astype(np.uint8)
    base[7000:7500] = 4
    rows = [(0, 4900, 5200, 1), (0, 4800, 5050, -1), (0, 3, 90, 1), (0, 3, 300, 1), (1, 0, 60, 1), (2, 10, 100, 1)]
    rows += [(1, 2400, 2990, -1), (1, 2450, 2500, 1), (2, 100, 260, -1)]
    for contig, number in ((0, 25), (1, 12)):
        for _ in range(number):
            start = int(rng.integers(0, CONTIGS[contig].length - 400))
            rows.append((contig, start, start + int(rng.integers(30, 400)), int(rng.choice([1, -1]))))
    columns = np.array(rows).T
    names = tuple(f"g{n}" for n in range(len(rows)))
    genes = GeneTable(columns[0].astype(np.int32), columns[1], columns[2], columns[3].astype(np.int8), names, names)
    full = (rng.random((2, CONTIGS.total)) * 0.19).astype(np.float32)
    full[:, base == 4] = np.nan
    place = rng.choice(np.flatnonzero(base != 4), 60, replace=False)
    strand = rng.integers(0, 2, 60)
    full[strand, place] = 0.2 + 0.8 * rng.random(60)
    for row in range(10, 40):  # at the first bases of genes, which the genes after them do not have
        at = CONTIGS.start[columns[0][row]] + (columns[1][row] if columns[3][row] > 0 else columns[2][row] - 1)
        strand, place = np.append(strand, int(columns[3][row] < 0)), np.append(place, at)
    strand, place = np.unique(np.stack([strand, place]), axis=1)
    full[strand, place] = 0.2 + 0.8 * rng.random(len(place))
    known = ~np.isnan(full[strand, place]) & (base[place] != 4)
    strand, place = strand[known], place[known]
    full[:, base == 4] = np.nan
    calls = Sites.from_places(CONTIGS, strand, place, full[strand, place])
    seen = np.where(full >= 0.2, full, np.nan).astype(np.float32)
    return Predicted(Genome(CONTIGS, base), "tss", seen, calls, 0.2, ASKED, {}, genes), genes, full


def walk_up(genes: GeneTable, gene: int) -> list[int]:
    """The positions that belong to a gene, base by base from its first base up."""
    contig, sign = CONTIGS[genes.contig[gene]], int(genes.strand[gene])

    def first_of(row: int) -> int:
        return int(genes.start[row] if genes.strand[row] > 0 else genes.end[row] - 1) % contig.length

    same = [r for r in range(len(genes)) if genes.contig[r] == genes.contig[gene] and genes.strand[r] == sign]
    others = {first_of(row) for row in same}
    found = [first_of(gene)]
    for far in range(1, 301):
        place = first_of(gene) - sign * far
        if contig.circular:
            place %= contig.length
        if place in others or not 0 <= place < contig.length:
            break
        found.append(place)
    return found


def test_each_gene_has_what_a_walk_upstream_finds(case) -> None:
    found, genes, full = case
    asked: list[np.ndarray] = []

    def score(wanted: np.ndarray) -> np.ndarray:
        asked.append(wanted)
        return np.where(wanted, full, np.nan)

    table = gene_starts.tabulate(found, genes, SIGMA70, score)
    calls = {
        key: p
        for *key, p in zip(
            found.calls.contig.tolist(), found.calls.strand.tolist(), found.calls.position.tolist(),
            found.calls.strength.tolist(), strict=True,
        )
        for key in [tuple(key)]
    }  # fmt: skip
    kinds = set()
    for gene in range(len(genes)):
        contig, sign = int(genes.contig[gene]), int(genes.strand[gene])
        places = walk_up(genes, gene)
        mine = [(calls[contig, sign, at], -far, at) for far, at in enumerate(places) if (contig, sign, at) in calls]
        row = {name: values[gene] for name, values in table.items()}
        p = [full[int(sign < 0), CONTIGS.start[contig] + at] for at in places]
        if mine:
            best, far, at = max(mine, key=lambda one: (one[0], -one[1]))
            assert (row["tss"], row["called"], row["utr5_nt"]) == (str(at), "yes", str(-far)), row
            assert row["other_calls"] == len(mine) - 1
            assert float(row["probability"]) == pytest.approx(best, rel=1e-3)
        elif not np.isnan(p).all():
            far = int(np.nanargmax(p))
            assert (row["tss"], row["called"], row["utr5_nt"]) == (str(places[far]), "no", str(far)), row
            assert float(row["probability"]) == pytest.approx(float(p[far]), rel=1e-3)
        else:
            empty = ("tss", "called", "probability", "utr5_nt", "leaderless", "minus10")
            assert [row[name] for name in empty] == [""] * 6
        if row["utr5_nt"]:
            assert row["leaderless"] == ("yes" if int(row["utr5_nt"]) <= 5 else "no")
        kinds.add(row["called"])
    assert kinds == {"yes", "no", ""}
    assert len(asked) == 1
    assert not (asked[0] & ~np.isnan(found.probability)).any()  # what is known is not computed again
    words = gene_starts.describe(table)
    assert words.startswith(f"{table['called'].count('yes')} of {len(genes)} genes have a call at most 300 nt upstream")
    assert "no known base upstream, and their cells are empty" in words


def test_where_p_is_known_nothing_is_computed(case) -> None:
    found, genes, full = case
    whole = Predicted(found.genome, "tss", full, found.calls, 0.2, ASKED, {}, genes)

    def refuse(wanted: np.ndarray) -> np.ndarray:
        raise AssertionError

    def score(wanted: np.ndarray) -> np.ndarray:
        return full

    assert gene_starts.tabulate(whole, genes, SIGMA70, refuse) == gene_starts.tabulate(found, genes, SIGMA70, score)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_the_table_is_the_same_with_and_without_a_screen_and_agrees_with_the_calls(tmp_path: Path, run) -> None:
    """A part of phage lambda around pR, with its own genes and two that share a first base."""
    lam = genomes.read("lambda")
    fasta.write(str(tmp_path / "g.fa"), ["part"], [lam.base[35_000:43_000]])
    genes = [(443, 1152, "-", "cI"), (1040, 1240, "+", "cro"), (1359, 1652, "+", "cII"), (1359, 1500, "+", "short")]
    genes += [(3582, 4300, "+", "P"), (5000, 5600, "-", "x"), (7000, 7900, "+", "y")]
    text = "".join(f"part\t.\tgene\t{a}\t{b}\t.\t{s}\t.\tID={n};gene={n};locus_tag=t_{n}\n" for a, b, s, n in genes)
    (tmp_path / "g.gff3").write_text("##gff-version 3\n" + text)
    names = {way: tmp_path / f"{way or 'fast'}.tsv" for way in ("", "--full")}
    for way, path in names.items():
        done = run("predict-annot", tmp_path / "g.fa", "--genes", tmp_path / "g.gff3", "--gene-table", path, "-o",
                   tmp_path / "c.bed", "--table", tmp_path / "c.tsv", "--threads", "1", *way.split())  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert b" of 7 genes have a call at most 300 nt upstream; for " in done.stderr
        assert f"wrote {path}: a row for each gene".encode() in done.stderr
    assert names[""].read_bytes() == names["--full"].read_bytes()
    rows, calls = read(names[""]), read(tmp_path / "c.tsv")
    assert [(row["gene"], row["locus_tag"]) for row in rows] == [(gene, f"t_{gene}") for *_, gene in genes]
    first = {row["gene"]: row for row in rows if row["called"] == "yes"}
    assert {call["gene"] for call in calls if call["gene"]} == set(first) - {"short"}  # of two, calls name the first
    assert {"cI", "cro"} & set(first)
    for gene, row in first.items():
        mine = [call for call in calls if call["gene"] == gene.replace("short", "cII")]
        call = max(mine, key=lambda one: float(one["probability"]))
        assert (row["tss"], int(row["other_calls"])) == (call["start"], len(mine) - 1)
        same = ("utr5_nt", "minus35", "spacer_nt", "minus10", "discriminator_nt", "element_bits", "minus10_p")
        assert {name: row[name] for name in same} == {name: call[name] for name in same}
        assert math.isclose(float(row["probability"]), float(call["probability"]), rel_tol=1e-3)
    assert all(float(row["probability"]) < 0.2136 for row in rows if row["called"] == "no")


def test_without_genes_it_is_refused(tmp_path: Path, run) -> None:
    model = ["--model", DATA / "tiny.safetensors", "--threads", "1"]
    done = run("predict-annot", DATA / "genome.fa.gz", "--gene-table", tmp_path / "g.tsv", *model)
    assert done.returncode == 1
    assert done.stderr.decode().endswith(
        "genome.fa.gz: gene-table needs genes, and there are none; give a file of genes (--genes, or genes in the "
        "sample sheet)\n"
    )
    assert not (tmp_path / "g.tsv").exists()
    tis = run("predict-annot", "lambda", "--gene-table", tmp_path / "g.tsv", "--model", "ecoli-tis")
    assert b"gene-table has the starts of transcripts alone, and the label tis has translation" in tis.stderr


def test_a_sample_sheet_gives_a_table_for_each_sample_with_genes(tmp_path: Path, run) -> None:
    genome, genes = DATA / "genome.fa.gz", DATA / "genes.gff3"
    (tmp_path / "s.tsv").write_text(f"sample\tgenome\tgenes\na\t{genome}\t{genes}\nb\t{genome}\t\n")
    words = ["--samplesheet", tmp_path / "s.tsv", "--outdir", tmp_path / "out", "--formats", "gene-table"]
    model = ["--model", DATA / "tiny.safetensors", "--threads", "1"]
    done = run("predict-annot", *words, "--keep-going", *model)
    assert done.returncode == 1
    assert b"b: " in done.stderr
    assert b"gene-table needs genes" in done.stderr
    results = ["--gene-table", tmp_path / "g.tsv", "-o", tmp_path / "g.bed"]
    alone = run("predict-annot", genome, "--genes", genes, *results, *model)
    assert alone.returncode == 0, alone.stderr
    assert (tmp_path / "out" / "a.genes.tsv").read_bytes() == (tmp_path / "g.tsv").read_bytes()
    assert not (tmp_path / "out" / "b.genes.tsv").exists()
