"""VCF: alleles one by one, what is left out, and what is refused with its line."""

import gzip

import pytest

from headmotif.data import Contig
from headmotif.errors import FormatError
from headmotif.formats.features import vcf

CONTIGS = (Contig("NC_00001.1", 100), Contig("p", 20, True))
HEADER = "##fileformat=VCFv4.2\n##contig=<ID=p>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
ROWS = (
    "NC_00001.1\t1\trs1\ta\tC,g\t.\tPASS\t.\n"
    "p\t19\t.\tAC\tA\t50\tq10\tDP=3\n"
    "NC_00001.1\t50\tx\tT\t<DEL>,TAA,*\t.\t.\t.\n"
    "NC_00001.1\t60\t.\tG\tG]p:3]\t.\t.\t.\n"
    "NC_00001.1\t70\t.\tG\t.\t.\t.\t.\n"
)
EXPECTED = [
    (0, 0, "rs1", "A", "C", 4),
    (0, 0, "rs1", "A", "G", 4),
    (1, 18, ".", "AC", "A", 5),
    (0, 49, "x", "T", "TAA", 6),
]


@pytest.fixture
def read(tmp_path):
    def _read(content):
        (tmp_path / "v").write_bytes(content if isinstance(content, bytes) else content.encode())
        return vcf.read(str(tmp_path / "v"), CONTIGS)

    return _read


def list_variants(found):
    v = found.variants
    return list(
        zip(v.contig.tolist(), v.position.tolist(), v.name, v.reference, v.alternative, v.line.tolist(), strict=True)
    )


def test_an_allele_a_row(read):
    found = read(HEADER + ROWS)
    assert list_variants(found) == EXPECTED
    assert found.left_out == ((vcf.SYMBOLIC, 3), (vcf.NOTHING, 1))


def test_line_ends_gzip_and_bgzip_and_no_header(read):
    text = HEADER + ROWS
    assert list_variants(read(text.replace("\n", "\r\n"))) == EXPECTED
    assert list_variants(read(gzip.compress(text.encode()))) == EXPECTED
    assert (
        list_variants(read(b"".join(gzip.compress(part.encode()) for part in (text[:70], text[70:], "")))) == EXPECTED
    )
    assert list_variants(read("\n" + ROWS)) == [(*row[:-1], row[-1] - 2) for row in EXPECTED]
    assert list_variants(read("NC_00001.1\t1\t.\tA\tC\n")) == [(0, 0, ".", "A", "C", 1)]


def test_rows_are_taken_together(read):
    some = read(HEADER + ROWS).variants.take([3, 0])
    assert (some.position.tolist(), some.name, some.line.tolist()) == ([49, 0], ("x", "rs1"), [6, 4])


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("##gff-version 3\n" + ROWS, 1, "begins with ##fileformat=VCF"),
        ("##fileformat=VCFv4.2\n#CHROM POS ID REF ALT\n" + ROWS, 2, "separated by tabs"),
        (HEADER + "NC_00001.1 1 . A C\n", 4, "separated by tabs, not spaces"),
        (HEADER + "NC_00001.1\t1\t.\tA\n", 4, "4 columns, but a VCF has at least five"),
        (HEADER + "NC_00001.1\t0\t.\tA\tC\n", 4, "do not lie on 'NC_00001.1'"),
        (HEADER + "NC_00001.1\t100\t.\tAC\tC\n", 4, "which has 100 nt; use variants for this version"),
        (HEADER + "NC_00001.1\t1e3\t.\tA\tC\n", 4, "POS '1e3' is not a whole number"),
        (HEADER + "NC_00001.1\t1\t.\t.\tC\n", 4, "REF '.' is not a DNA sequence"),
        (HEADER + "NC_00001.1\t1\t.\tA\tX\n", 4, "ALT 'X' is neither"),
        (HEADER + "NC_00001.1\t1\t.\tA\tC,\n", 4, "ALT '' is neither"),
        (HEADER, None, "has no variants"),
        (HEADER + "NC_00001.1\t1\t.\tA\t<DUP>\n", None, "1 symbolic (<DEL>, * or a breakend) were left out"),
        (b"BCF\2\2\0\0", None, "this is BCF"),
    ],
)
def test_what_is_no_vcf_of_this_genome_is_refused(read, text, line, problem):
    with pytest.raises(FormatError) as refused:
        read(text)
    assert (refused.value.line, problem in refused.value.problem) == (line, True), refused.value
