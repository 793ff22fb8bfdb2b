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


@pytest.mark.parametrize(
    ("text", "there"),
    [
        (genbank(), "no features at all"),
        (genbank(features=feature("source", "1..200", 'organism="x"')), "only source"),
        ("##gff-version 3\n", "no features at all"),
        ("##gff-version 3\n" + row("region", 1, 1000, "+", "ID=c1"), "only region"),
        (row("exon", 1, 9, "+", "ID=a"), "only exon"),
        (row("gene", 1, 9, "+", "ID=a;pseudo=true"), "only gene"),
    ],
)
def test_a_valid_file_without_genes_is_said(read, caplog, text, there):
    assert len(read(text)) == 0
    assert f"no genes here (it has {there}); every site counts as orphan" in caplog.messages[-1]


def test_rows_of_one_id_are_one_gene_only_where_they_can_be(read, caplog):
    """Genes are whole, coding sequences may have parts, though not far apart."""
    text = row("gene", 401, 500, "+", "ID=insB;locus_tag=insB") + row("gene", 801, 900, "+", "ID=insB;locus_tag=insB")
    assert list_genes(read(text)) == [(0, 400, 500, 1, "insB", "gene"), (0, 800, 900, 1, "insB", "gene")]
    assert not caplog.messages
    wide = Contigs([Contig("c1", 9000)])
    text = row("CDS", 401, 500, "+", "ID=a") + row("CDS", 502, 600, "+", "ID=a") + row("CDS", 5201, 5300, "+", "ID=a")
    text += row("CDS", 7001, 7100, "+", "ID=b;Name=x") + row("CDS", 7201, 7300, "+", "ID=b;Name=y")
    found = [(start, end) for _, start, end, *_ in list_genes(read(text, wide))]
    assert found == [(400, 600), (5200, 5300), (7000, 7100), (7200, 7300)]
    assert "2 rows joined to 1 feature" in caplog.messages[0]
    assert "3,000 nt apart and are read as 2 features" in caplog.messages[1]


WRAP = [
    ("+", "join(191..200,1..5)", [(191, 200), (1, 5)]),
    ("+", "191..5", [(1, 5), (191, 200)]),
    ("-", "complement(join(191..200,1..5))", [(191, 200), (1, 5)]),
    ("-", "join(complement(1..5),complement(191..200))", [(1, 5), (191, 200)]),
    ("-", "complement(191..5)", [(1, 5), (191, 200)]),
]


@pytest.mark.parametrize(("strand", "location", "rows"), WRAP)
@pytest.mark.parametrize("kind", ["gene", "CDS", "tRNA"])
@pytest.mark.parametrize("says", ["nothing", "file", "genome"])
def test_a_gene_over_the_origin(read, caplog, strand, location, rows, kind, says):
    """The same gene in either format; a contig that nobody calls circular is so because the parts meet."""
    contigs = Contigs([Contig("c2", 200, says == "genome")])
    gff3 = "".join(row(kind, first, last, strand, "ID=w;locus_tag=w", "c2") for first, last in rows)
    gff3 += row("region", 1, 200, "+", "ID=r;Is_circular=true", "c2") if says == "file" else ""
    expected = [(0, 190, 205, 1 if strand == "+" else -1, "w", kind)]
    assert list_genes(read(genbank(says == "file", feature(kind, location, 'locus_tag="w"')), contigs)) == expected
    assert list_genes(read(gff3, contigs)) == expected
    told = [message for message in caplog.messages if "'c2' is taken as circular" in message]
    assert len(told) == 2 * (says == "nothing")


@pytest.mark.parametrize("strand", ["+", "-"])
def test_parts_that_run_backwards_on_a_linear_contig_are_refused(read, strand):
    location = {"+": "join(150..170,20..40)", "-": "complement(join(150..170,20..40))"}[strand]
    text = genbank(False, feature("gene", "5..9") + feature("CDS", location))
    linear = Contigs([Contig("c2", 200)])
    with pytest.raises(FormatError, match=r"run backwards on a linear contig; if it is circular, add --circular") as no:
        read(text, linear)
    assert no.value.line == 6
    if strand == "+":
        rows = row("CDS", 150, 170, "+", "ID=a", "c2") + row("CDS", 20, 40, "+", "ID=a", "c2")
        with pytest.raises(FormatError, match=r"\(150-170, 20-40\) run backwards"):
            read(rows, linear)
    assert list_genes(read(text, CONTIGS))[1][:3] == (1, 149, 240)


def test_rows_of_a_linear_contig_may_come_in_order(read, caplog):
    """Two exons that reach both ends of a short contig are no circle; on the - strand either order is found."""
    for strand, order in (("+", 1), ("-", 1), ("-", -1)):
        rows = [row("CDS", 1, 90, strand, "ID=a", "c2"), row("CDS", 120, 200, strand, "ID=a", "c2")][::order]
        assert list_genes(read("".join(rows), Contigs([Contig("c2", 200)])))[0][1:3] == (0, 200)
    assert not any("circular" in message for message in caplog.messages)


def test_parts_on_both_strands_and_in_other_records(read):
    text = genbank(
        features=feature("gene", "join(complement(69..74),139..150)", 'gene="rps12"', "trans_splicing")
        + feature("gene", "join(AB1.1:1..5,3..9)", 'gene="a"')
        + feature("gene", "?..10", 'gene="b"')
    )
    assert list_genes(read(text)) == [
        (1, 68, 74, -1, "rps12", "gene"),
        (1, 138, 150, 1, "rps12", "gene"),
        (1, 2, 9, 1, "a", "gene"),
    ]


RNA = [
    ("gene", 1, 60, "+", "ID=g1;locus_tag=b1;gene=abcA"),
    ("CDS", 1, 60, "+", "ID=c1;Parent=g1"),
    ("mRNA", 101, 160, "+", "ID=m2;Parent=g2"),
    ("gene", 101, 160, "+", "ID=g2"),
    ("CDS", 104, 157, "+", "ID=c2;Parent=m2"),
    ("gene", 201, 260, "-", "ID=g3;locus_tag=b3"),
    ("CDS", 201, 251, "-", "ID=c3;locus_tag=b3"),
    ("gene", 301, 360, "-", "ID=g4"),
    ("tRNA", 301, 360, "-", "ID=r4"),
    ("gene", 401, 460, "+", "ID=g5;gene=xyzB"),
    ("CDS", 410, 450, "+", "ID=c5;gene=xyzB"),
]


def test_every_coding_sequence_and_rna_without_a_gene_is_one(read, caplog):
    """A gene stands for what descends from it, and has its locus tag, its ends, or its symbol."""
    stood_for = "".join(row(*one) for one in RNA)
    assert [one[1:3] for one in list_genes(read(stood_for))] == [
        (0, 60),
        (100, 160),
        (200, 260),
        (300, 360),
        (400, 460),
    ]
    assert not caplog.messages
    more = row("CDS", 501, 560, "+", "ID=c6;locus_tag=b6") + row("sRNA", 20, 40, "+", "ID=s1;locus_tag=s1")
    more += row("tRNA", 601, 660, "+", "ID=r7") + row("gene", 701, 760, "+", "ID=p;pseudo=true;locus_tag=p")
    more += row("CDS", 701, 750, "+", "ID=cp;locus_tag=p") + row("tRNA", 801, 860, "-", "ID=r8;pseudo=true")
    found = list_genes(read(stood_for + more))[5:]
    assert [(start, end, kind) for _, start, end, _, _, kind in found] == [
        (500, 560, "CDS"),
        (19, 40, "sRNA"),
        (600, 660, "tRNA"),
    ]
    assert [message.split(": ", 1)[1] for message in caplog.messages] == [
        "2 genes left out: pseudogenes, first in line 15",
        "genes: 5 gene, and without a gene row 1 CDS, 1 sRNA, 1 tRNA",
    ]


def test_genbank_and_gtf_have_the_same_genes_beside_gene_rows(read):
    text = genbank(
        features=feature("gene", "1..30", 'locus_tag="b1"')
        + feature("CDS", "1..30", 'locus_tag="b1"')
        + feature("tRNA", "complement(41..60)", 'locus_tag="t1"')
        + feature("ncRNA", "5..12", 'ncRNA_class="antisense_RNA"')
    )
    assert [one[1:] for one in list_genes(read(text))] == [
        (0, 30, 1, "b1", "gene"),
        (40, 60, -1, "t1", "tRNA"),
        (4, 12, 1, "", "ncRNA"),
    ]
    text = row("gene", 1, 30, "+", 'gene_id "b1"; transcript_id "";')
    text += row("CDS", 1, 27, "+", 'gene_id "b1"; transcript_id "t1";')
    text += row("CDS", 41, 60, "-", 'gene_id "b2"; transcript_id "t2";')
    assert [one[1:4] for one in list_genes(read(text))] == [(0, 30, 1), (40, 60, -1)]


def test_only_rows_that_are_used_are_judged(read, caplog):
    """Whatever lies over a linear end is cut there; ARAGORN writes starts before the origin."""
    text = row("gene", -17, 41, "-", "ID=t") + row("gene", 970, 1030, "+", "ID=u") + row("gene", 1, 9, "?", "ID=v")
    text += row("exon", "x", 9, "+", "ID=e") + row("gene", 1500, 1600, "+", "ID=w")
    assert [one[:4] for one in list_genes(read(text))] == [(0, 0, 41, -1), (0, 969, 1000, 1)]
    assert [message.partition("genes")[2] for message in caplog.messages] == [
        ": 1 row left out: malformed, but not used here, in line 4",
        ": 1 gene left out: no strand, in line 3; 1 gene left out: beyond the end of its contig; use the genes of this "
        "version of the genome, in line 5",
        ":1: 2 genes cut at the end of a linear contig; if the contig is circular, add --circular",
    ]
    circle = Contigs([Contig("c1", 1000, True)])
    assert [one[1:3] for one in list_genes(read(text, circle))] == [(982, 1041), (969, 1030), (499, 600)]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (row("gene", 1, 9, "+", "ID=a", "chr9"), 1, "contig 'chr9' is not in the genome"),
        ("#x\n" + row("gene", 1, 9, "+", "ID=a", "C1"), 2, "which has 'c1'; use one name in both files"),
        (row("gene", 1990, 2001, "+", "ID=z"), 1, "every gene of this file lies beyond the end of its contig"),
        (GFF3 + row("gene", 150, 351, "+", "ID=z", "c2"), 11, "has 202 nt, more than its circular contig of 200 nt"),
        ("##sequence-region c1 1 1200\n" + GFF3, 1, "features of another assembly"),
        (GFF3 + row("gene", "x", 9, "+", "ID=z"), 11, "start and end must be whole numbers from 1, not 'x' and '9'"),
        (">c1\nACGT\n", 1, "this is FASTA"),
        ("c1\t1\t9\tx\t0\t+\n", 1, "6 columns, but GFF3 and GTF have nine"),
        ("c1\t1\t9\tx\t0\t+\t1\t9\t0\n", 1, "start and end must be whole numbers"),
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
