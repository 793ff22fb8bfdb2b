"""Genes of GFF3, GTF and GenBank: what is a gene, where it lies, what it is called, and what is refused with its
line."""

import gzip

import numpy as np
import pytest

from headmotif.data import Contig, Contigs
from headmotif.errors import FormatError
from headmotif.formats.inputs import gene_files
from headmotif.formats.sequences import fasta

CONTIGS = Contigs([Contig("c1", 1000), Contig("c2", 200, True)])


def row(kind, start, end, strand, attributes, contig="c1"):
    return f"{contig}\tx\t{kind}\t{start}\t{end}\t.\t{strand}\t.\t{attributes}\n"


@pytest.fixture
def read(tmp_path):
    def _read(text, contigs=CONTIGS):
        (tmp_path / "genes").write_text(text)
        return gene_files.read(str(tmp_path / "genes"), contigs)

    return _read


def list_genes(found):
    columns = (found.contig, found.start, found.end, found.strand)
    return list(zip(*(c.tolist() for c in columns), found.name, found.kind, strict=True))


GFF3 = "##gff-version 3\n" + "".join(
    [
        row("region", 1, 1000, "+", "ID=c1"),
        row("gene", 1, 30, "+", "ID=g1;Name=abcA;gene=abcA;locus_tag=b1;gene_biotype=protein_coding"),
        row("CDS", 1, 30, "+", "ID=c1;Parent=g1;gene=abcA;Name=NP_1.1"),
        row("gene", 40, 60, "-", "ID=g2;Name=long%20product;locus_tag=b2;gene_biotype=tRNA"),
        row("pseudogene", 70, 90, "-", "ID=g3"),
        row("gene", 70, 90, "-", "ID=g4;pseudo=true"),
        row("gene", 70, 90, "?", "ID=g5"),
        row("gene", 191, 210, "+", "ID=gene%3Bsix", "c2"),
        row("gene", 191, 210, "+", "ID=g7", "another"),
    ]
)


def test_genes_of_a_gff3(read, tmp_path):
    expected = [
        (0, 0, 30, 1, "abcA", "protein_coding"),
        (0, 39, 60, -1, "b2", "tRNA"),
        (1, 190, 210, 1, "gene;six", "gene"),
    ]
    assert list_genes(read(GFF3)) == list_genes(read(GFF3.replace("\n", "\r\n"))) == expected
    (tmp_path / "genes.gz").write_bytes(gzip.compress(GFF3.encode()))
    found = gene_files.read(str(tmp_path / "genes.gz"), CONTIGS)
    assert list_genes(found) == expected
    assert [x.dtype for x in (found.contig, found.start, found.end, found.strand)] == [
        np.int32,
        np.int64,
        np.int64,
        np.int8,
    ]


def test_coding_sequences_where_there_is_no_gene(read):
    """Rows of one ID are one gene, on a circle from behind the widest gap on; a pseudogene's are none."""
    text = (
        row("CDS", 11, 20, "-", "ID=a;locus_tag=a1")
        + row("CDS", 31, 40, "-", "ID=a;locus_tag=a1")
        + row("CDS", 50, 60, "+", "ID=b")
    )
    text += row("pseudogene", 70, 90, "+", "ID=p") + row("CDS", 70, 90, "+", "ID=d;Parent=p")
    text += row("CDS", 181, 200, "+", "ID=o", "c2") + row("CDS", 1, 10, "+", "ID=o", "c2")
    assert list_genes(read(text)) == [
        (0, 10, 40, -1, "a1", "CDS"),
        (0, 49, 60, 1, "b", "CDS"),
        (1, 180, 210, 1, "o", "CDS"),
    ]


def test_genes_of_a_gtf(read):
    text = row("gene", 1, 30, "+", 'gene_id "b1"; gene_name "abcA"; gene_biotype "rRNA";') + row(
        "gene", 41, 70, "-", 'gene_id "b2";'
    )
    text += row("gene", 81, 90, "-", 'gene_id "b3"; gene_biotype "pseudogene";') + row(
        "CDS", 1, 27, "+", 'gene_id "b1"; transcript_id "t1";'
    )
    assert list_genes(read(text)) == [(0, 0, 30, 1, "abcA", "rRNA"), (0, 40, 70, -1, "b2", "gene")]


def genbank(circular=True, features=""):
    """A record of 200 nt; features: pairs of location and qualifier."""
    letters = "acgtacgtac" * 20
    lines = "".join(f"{start + 1:9d} {letters[start : start + 60]}\n" for start in range(0, 200, 60))
    return (
        f"LOCUS       c2                       200 bp    DNA     {'circular' if circular else 'linear  '} BCT "
        "01-JAN-2000\n"
        f"ACCESSION   c2\nVERSION     c2\nFEATURES             Location/Qualifiers\n{features}ORIGIN\n{lines}//\n"
    )


def feature(kind, location, *qualifiers):
    return f"     {kind:<16}{location}\n" + "".join(f"{'':21}/{one}\n" for one in qualifiers)


def test_genes_of_a_genbank(read):
    text = genbank(
        features=feature("source", "1..200", 'organism="x"')
        + feature("gene", "11..40", 'gene="abcA"', 'locus_tag="b1"')
        + feature("CDS", "11..40", 'gene="abcA"')
        + feature("gene", "complement(join(191..200,1..5))", 'locus_tag="b2"')
        + feature("gene", "join(191..200,1..5)", 'locus_tag="b3"')
        + feature("gene", "50..60", 'locus_tag="b4"', "pseudo")
        + feature("gene", "<1..>9", 'locus_tag="b5"')
    )
    assert list_genes(read(text)) == [
        (1, 10, 40, 1, "abcA", "gene"),
        (1, 190, 205, -1, "b2", "gene"),
        (1, 190, 205, 1, "b3", "gene"),
        (1, 0, 9, 1, "b5", "gene"),
    ]


def test_genbank_without_genes_is_refused(read):
    with pytest.raises(FormatError, match="no gene and no CDS"):
        read(genbank())


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (row("gene", 1, 9, "+", "ID=a", "chr9"), 1, "contig 'chr9' is not in the genome"),
        ("#x\n" + row("gene", 1, 9, "+", "ID=a", "C1"), 2, "which has 'c1'; use one name in both files"),
        (GFF3 + row("gene", 990, 1001, "+", "ID=z"), 11, "a gene ends at 1,001, beyond 'c1', which has 1,000 nt"),
        (GFF3 + row("gene", 990, 1001, "+", "ID=z"), 11, "if the contig is circular, add --circular"),
        (GFF3 + row("gene", 150, 351, "+", "ID=z", "c2"), 11, "beyond 'c2'"),
        ("##sequence-region c1 1 1200\n" + GFF3, 1, "features of another assembly"),
        (row("exon", 1, 9, "+", "ID=a"), None, "no gene and no CDS (only exon)"),
        (row("gene", 1, 9, "+", "ID=a;pseudo=true"), None, "no gene and no CDS (only gene)"),
        ("", None, "no features at all"),
        ("c1 x gene 1 9 . + . ID=a\n", 1, "separated by tabs"),
        (row("gene", 9, 1, "+", "ID=a"), 1, "the start must be"),
        (GFF3 + f"##FASTA\n>c1\n{'A' * 1000}\n", 12, "is not that of the genome"),
    ],
)
def test_what_is_no_annotation_of_this_genome_is_refused(read, text, line, problem):
    contigs = Contigs([Contig("c1", 1000, False, fasta.digest(b"C" * 1000)), CONTIGS[1]])
    with pytest.raises(FormatError) as refused:
        read(text, contigs)
    assert (refused.value.line, problem in refused.value.problem) == (line, True), refused.value


@pytest.mark.data
def test_real_genes_begin_with_start_codons(data_folder):
    from headmotif.alphabet import decode, reverse_complement
    from headmotif.formats.inputs import genomes

    real = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ("all",))
    found = gene_files.read(str(data_folder / "ecoli" / "genes.gff3.gz"), real.contigs)
    assert (len(found), found.kind.count("tRNA"), found.name[0]) == (4494, 86, "thrL")
    coding = found.take(np.array(found.kind) == "protein_coding")
    pieces = [
        real.base[s:e] if strand > 0 else reverse_complement(real.base[s:e])
        for _, s, e, strand in coding.spans.tolist()
    ]
    assert np.mean([decode(piece[:3]) in ("ATG", "GTG", "TTG") for piece in pieces]) > 0.99
