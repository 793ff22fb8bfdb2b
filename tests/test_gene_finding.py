"""predict-annot --find-genes: Prodigal's genes against those of lambda's GenBank entry."""

import csv
import sys

import numpy as np
import pytest

from headmotif import builtin
from headmotif.data import Contig, Contigs, Genome, GenomeFile
from headmotif.errors import InputError
from headmotif.formats.inputs import genomes_with_genes
from headmotif.formats.sequences import fasta
from headmotif.steps.sites import gene_finding

LAMBDA = genomes_with_genes.read(str(builtin.GENOMES["lambda"]), [])


def starts(genes) -> set[tuple[int, int]]:
    return set(zip(genes.first_base.tolist(), genes.strand.tolist(), strict=True))


def test_most_genes_of_lambda_are_found():
    found = gene_finding.find(LAMBDA.genome, "lambda")
    coding = np.array([kind in ("CDS", "protein_coding", "gene") for kind in LAMBDA.genes.kind])
    known = starts(LAMBDA.genes.take(coding))
    assert len(known) > 60
    assert len(starts(found) & known) > 0.7 * len(known)
    assert len(found) < 1.1 * len(known)
    assert set(found.kind) == {"CDS"}
    assert len(set(found.locus_tag)) == len(found)


def test_a_gene_lies_on_its_own_strand_and_frame():
    """A reading frame between stop codons, planted once on each strand of random sequence."""
    gene = LAMBDA.genes.take(np.array([name == "cI" for name in LAMBDA.genes.name]))
    begin, end = int(gene.start[0]) - 40, int(gene.end[0]) + 40
    piece = LAMBDA.genome.base[begin:end]
    rng = np.random.default_rng(1)
    around = rng.integers(0, 4, 500).astype(np.uint8)
    for strand, middle in ((int(gene.strand[0]), piece), (-int(gene.strand[0]), (3 - piece)[::-1])):
        base = np.concatenate([around, middle, around])
        found = gene_finding.find(Genome(Contigs((Contig("one", len(base)),)), base), "piece")
        longest = np.argmax(found.end - found.start)
        assert (found.start[longest], found.end[longest]) == (540, len(base) - 540)
        assert found.strand[longest] == strand


def test_given_genes_stay():
    assert gene_finding.complete(LAMBDA) is LAMBDA


def test_a_sequence_without_genes_is_refused():
    base = np.zeros(900, np.uint8)
    with pytest.raises(InputError, match=r"poly\.fa: Prodigal finds no gene in this sequence; leave out --find-genes"):
        gene_finding.complete(GenomeFile("poly.fa", Genome(Contigs((Contig("a", 900),)), base)))


def test_without_pyrodigal_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyrodigal", None)
    with pytest.raises(InputError, match=r"pip install 'headmotif\[genes\]', or give the genes with --genes"):
        gene_finding.find(LAMBDA.genome, "lambda")


def test_predict_annot_calls_by_found_genes(run, tmp_path):
    """Without --find-genes a table of genes is refused; with it each gene has its row; many genomes give the same."""
    path, table = tmp_path / "lambda.fa", tmp_path / "genes.tsv"
    fasta.write(str(path), ["lambda"], [LAMBDA.genome.base])
    refused = run("predict-annot", path, "--gene-table", table, "-o", tmp_path / "no.bed")
    assert refused.returncode == 1
    assert b"needs genes" in refused.stderr
    made = run("predict-annot", path, "--find-genes", "--gene-table", table, "-o", tmp_path / "calls.bed")
    found = gene_finding.find(LAMBDA.genome, "lambda")
    assert f"{len(found)} coding sequences found with Prodigal".encode() in made.stderr
    with table.open() as file:
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
    assert len(rows) == len(found)
    sheet, folder = tmp_path / "sheet.tsv", tmp_path / "many"
    sheet.write_text(f"sample\tgenome\none\t{path}\n")
    run("predict-annot", "--samplesheet", sheet, "--outdir", folder, "--formats", "gene-table", "--find-genes")
    assert (folder / "one.genes.tsv").read_bytes() == table.read_bytes()
