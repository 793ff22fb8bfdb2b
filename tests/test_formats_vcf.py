"""VCF: alleles one by one, what is left out and counted, what is refused with its line, and files without variants."""

import gzip
import io
import re

import numpy as np
import pysam
import pytest

from headmotif.alphabet import encode
from headmotif.data import Contig, Genome
from headmotif.errors import FormatError
from headmotif.formats.features import alleles, vcf

#                 1         11        21        31        41        51        61        71        81        91
LINEAR = "ACGTACGTACGGATTACAGACCNNRTTGACATTTATAATCCGGCATCATTACGCTAGCTAGGCATCGATCGGATATCGCGATTAGCATGCATCGATCGAT"
CIRCLE = "TTGACAGCTAGCATATAATG"
GENOME = Genome(
    (Contig("NC_00001.1", len(LINEAR)), Contig("p", len(CIRCLE), True)),
    np.concatenate([encode(LINEAR), encode(CIRCLE)]),
)
HEADER = (
    '##fileformat=VCFv4.3\n##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n##contig=<ID=NC_00001.1,length=99>\n'
    "##contig=<ID=p,length=20>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
)
FIRST = 6
"""The line of the first row."""


def row(position, reference, alternatives, name=".", contig="NC_00001.1", info="."):
    return f"{contig}\t{position}\t{name}\t{reference}\t{alternatives}\t.\tPASS\t{info}\n"


ROWS = (
    row(1, "a", "C,g", "rs1")
    + row(19, "TG", "T", contig="p")
    + row(13, "A", "<DEL>,TAA,*", "x")
    + row(14, "T", "T]p:3]")
    + row(15, "T", ".")
)
EXPECTED = [
    (0, 0, "rs1", "A", "C", 6),
    (0, 0, "rs1", "A", "G", 6),
    (1, 18, ".", "TG", "T", 7),
    (0, 12, "x", "A", "TAA", 8),
]


@pytest.fixture
def read(tmp_path):
    def _read(content):
        (tmp_path / "v.vcf").write_bytes(content if isinstance(content, bytes) else content.encode())
        return vcf.read(str(tmp_path / "v.vcf"), GENOME)

    return _read


def list_variants(v):
    return list(
        zip(v.contig.tolist(), v.position.tolist(), v.name, v.reference, v.alternative, v.line.tolist(), strict=True)
    )


def messages(caplog):
    return [message.partition("v.vcf:")[2].strip() for message in caplog.messages]


def test_an_allele_a_row(read, caplog):
    assert list_variants(read(HEADER + ROWS)) == EXPECTED
    (said,) = messages(caplog)
    assert said.split("; ") == [
        "1 allele left out: symbolic, such as <DEL> or <NON_REF>, in line 8",
        "1 allele left out: * (the bases are deleted by another variant), in line 8",
        "1 allele left out: breakend, in line 9",
        "1 allele left out: no alternative allele (ALT is . or REF), in line 10",
    ]


def test_line_ends_gzip_bgzip_standard_input_and_no_header(read, monkeypatch):
    text = HEADER + ROWS
    for one in (
        text.replace("\n", "\r\n"),
        gzip.compress(text.encode()),
        b"".join(gzip.compress(part.encode()) for part in (text[:70], text[70:], "")),
        "\ufeff" + text,
    ):
        assert list_variants(read(one)) == EXPECTED
    for raw in (text.encode(), gzip.compress(text.encode())):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        assert list_variants(vcf.read("-", GENOME)) == EXPECTED
    assert list_variants(read("\n" + ROWS)) == [(*one[:-1], one[-1] - 4) for one in EXPECTED]
    assert list_variants(read("NC_00001.1\t1\t.\tA\tC\n")) == [(0, 0, ".", "A", "C", 1)]


def test_rows_are_taken_together(read):
    some = read(HEADER + ROWS).take([3, 0])
    assert (some.position.tolist(), some.name, some.line.tolist()) == ([12, 0], ("x", "rs1"), [8, 6])


@pytest.mark.parametrize(
    ("position", "reference", "alternatives", "expected"),
    [
        (2, "C", "Y", ["T"]),  # the one base of CT that is not REF
        (2, "c", "y", ["T"]),
        (1, "A", "M,G", ["C", "G"]),
        (2, "C", "R", ["A", "G"]),  # both may be meant
        (2, "C", "B", ["G", "T"]),
        (4, "T", "V", ["A", "C", "G"]),
        (2, "C", "u", ["T"]),
        (2, "CGT", "CRT", ["CAT"]),
        (2, "CG", "TR", ["TA", "TG"]),  # TG is not REF either
        (2, "C", "CYA", ["CCA", "CTA"]),
        (2, "CGT", "Y", ["C", "T"]),
        (2, "N", "Y", ["T"]),  # the genome has C
        (2, "Y", "Y,T", ["T"]),
        (23, "NN", "GY", ["GC", "GT"]),
        (25, "A", "R", ["G"]),  # the genome's R is written as its first base, as the standard says
        (25, "R", "A,G", ["A", "G"]),
        (2, "C", "N", []),
        (2, "C", "n,T", ["T"]),
        (2, "C", "CNA", []),
        (2, "CG", "YR", []),
        (2, "C", "C", []),
        (2, "C", "c,.", []),
        (2, "C", "T,T", ["T", "T"]),
        (2, "C", "T,<NON_REF>", ["T"]),
        (2, "C", "<*>,G", ["G"]),
        (2, "CGTA", "C,*,<DEL>,[p:3[C,.C,C.,TGTA", ["C", "TGTA"]),
    ],
)
def test_what_the_letters_of_alt_stand_for(read, caplog, position, reference, alternatives, expected):
    found = read(HEADER + row(position, reference, alternatives))
    assert list(found.alternative) == expected
    assert not set("".join(found.alternative)) - set("ACGT")
    counted = sum(int(one) for one in re.findall(r"(\d+) alleles? left out", caplog.text))
    given = [alleles.normalize(one) for one in alternatives.split(",")]
    assert counted == sum(1 for one in given if alleles.explain_left_out(one, reference.upper()))
    assert bool(expected) == (counted < len(given))


def test_symbols_may_lie_beyond_the_ends_and_on_any_ref(read, caplog):
    last = len(LINEAR)
    rows = [
        row(0, "N", "<DEL>", info=f"END={last}"),
        row(0, "N", "N[p:1["),
        row(0, "N", ".[p:1["),
        row(last + 1, "N", "<DUP>"),
        row(last + 1, "N", "]p:5]N"),
        row(1, "T", "<NON_REF>", info="END=12"),
        row(2, ".", "."),
        row(3, "G", "A,<NON_REF>"),
        row(4, "A", "*"),
    ]
    assert list_variants(read(HEADER + "".join(rows))) == [(0, 2, ".", "G", "A", FIRST + 7)]
    assert messages(caplog)[0].split("; ") == [
        f"4 alleles left out: symbolic, such as <DEL> or <NON_REF>, first in line {FIRST}",
        f"3 alleles left out: breakend, first in line {FIRST + 1}",
        f"1 allele left out: no alternative allele (ALT is . or REF), in line {FIRST + 6}",
        f"1 allele left out: * (the bases are deleted by another variant), in line {FIRST + 8}",
    ]
    for position in (0, last + 1):
        with pytest.raises(FormatError, match="do not lie on"):
            read(HEADER + row(position, "N", "<DEL>,A"))


def test_ref_is_the_genomes(read, caplog):
    rows = [row(1, "acgt", "A"), row(21, "CCNNRTT", "C"), row(2, "Y", "A"), row(3, "NN", "A"), row(22, "CAA", "C")]
    assert len(read(HEADER + "".join(rows))) == 5
    assert messages(caplog) == [f"{FIRST + 1}: 2 REF cover ambiguous bases of the genome, read as N"]
    for reference in ("C", "Y", "ACC", "ACGTT"):
        with pytest.raises(FormatError, match=rf"v.vcf:7: REF is '{reference}', but 'NC_00001.1' has '"):
            read(HEADER + row(2, "C", "G") + row(1, reference, "T") + row(3, "T", "A"))
    with pytest.raises(FormatError, match=r"has 'A' at 1 \(2 of 3 REF differ\); give the genome that these"):
        read(HEADER + row(2, "C", "G") + row(1, "C", "T") + row(3, "T", "A"))


@pytest.mark.parametrize(
    ("shift", "advice"), [(-1, "POS seems to count from 0; add 1"), (1, "too large by 1; subtract")]
)
def test_positions_off_by_one_are_told(read, shift, advice):
    rows = [row(at + 1 + shift, LINEAR[at], "<DEL>,AAA") for at in range(30, 45)]
    rows += [row(at + 1 + shift, CIRCLE[at : at + 2], "A", contig="p") for at in range(1, 18)]
    with pytest.raises(FormatError, match=advice):
        read(HEADER + "".join(rows))
    with pytest.raises(FormatError, match="give the genome"):
        read(HEADER + "".join(rows) + row(1, "A", "C"))


def test_rows_over_the_origin(read):
    found = read(HEADER + row(19, "TGTT", "T", contig="p") + row(20, "G", "GA", contig="p"))
    assert list_variants(found) == [(1, 18, ".", "TGTT", "T", FIRST), (1, 19, ".", "G", "GA", FIRST + 1)]
    with pytest.raises(FormatError, match=r"REF is 'TGTA', but 'p' has 'TGTT' at 19"):
        read(HEADER + row(19, "TGTA", "T", contig="p"))
    for position, reference in ((21, "T"), (1, CIRCLE + "T"), (0, "G")):
        with pytest.raises(FormatError, match="do not lie on 'p', which has 20 nt"):
            read(HEADER + row(position, reference, "A", contig="p"))


EMPTY = {
    "a header alone": (HEADER, []),
    "a short header": ("#CHROM\tPOS\tID\tREF\tALT\n", []),
    "no newline": (HEADER.rstrip(), ["the last line has no line end"]),
    "symbols": (HEADER + row(1, "A", "<DUP>") + row(7, "G", "<NON_REF>"), ["2 alleles left out: symbolic"]),
    "N": (HEADER + row(1, "A", "N"), ["1 allele left out: N in ALT, which may be any base, in line 6"]),
    "no alternative": (row(1, "A", "."), ["1 allele left out: no alternative allele"]),
}


@pytest.mark.parametrize("case", EMPTY)
@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzip"])
def test_a_file_without_variants_is_valid(read, caplog, tmp_path, case, pack):
    text, counted = EMPTY[case]
    found = read(pack(text))
    assert (len(found), found.contig.dtype, found.position.dtype) == (0, np.int32, np.int64)
    *first, last = messages(caplog)
    assert [one.startswith(other) for one, other in zip(first, counted, strict=True)] == [True] * len(counted)
    assert last == "this VCF has no variants to score"
    if text.startswith("##") and pack is str.encode:
        with pysam.VariantFile(str(tmp_path / "v.vcf")) as valid:
            assert len(list(valid)) == text.count("\nNC_")


def test_another_reader_finds_the_same_alleles(read, tmp_path):
    rows = ROWS + row(16, "A", "N,C") + row(17, "CAG", "CTG,C,<NON_REF>") + row(2, "C", "CTT,*")
    found = read(HEADER.replace("=99", "=100") + rows)
    with pysam.VariantFile(str(tmp_path / "v.vcf")) as theirs:
        expected = [
            (one.chrom, one.start, one.ref.upper(), alt.upper())
            for one in theirs
            for alt in one.alts or ()
            if not set(alt.upper()) - set("ACGT")
        ]
    names = [GENOME.contigs.names[contig] for contig in found.contig]
    assert list(zip(names, found.position, found.reference, found.alternative, strict=True)) == expected
    assert len(expected) == 8


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("##gff-version 3\n" + ROWS, 1, "begins with ##fileformat=VCF"),
        ("##fileformat=VCFv4.2\n#CHROM POS ID REF ALT\n" + ROWS, 2, "separated by tabs"),
        (HEADER + "NC_00001.1 1 . A C\n", 6, "separated by tabs, not spaces"),
        (HEADER + "NC_00001.1\t1\t.\tA\n", 6, "4 columns, but a VCF has at least five"),
        (HEADER + "NC_00001.1\t0\t.\tA\tC\n", 6, "POS 0 and 1 base of REF do not lie on 'NC_00001.1'"),
        (HEADER + f"NC_00001.1\t{len(LINEAR)}\t.\tTA\tC\n", 6, "use variants for this version"),
        (HEADER + "NC_00001.1\t1e3\t.\tA\tC\n", 6, "POS '1e3' is not a whole number"),
        (HEADER + "NC_00001.1\t1\t.\t.\tC\n", 6, "REF '.' is not a DNA sequence"),
        (HEADER + "NC_00001.1\t1\t.\tA\tX\n", 6, "ALT 'X' is neither"),
        (HEADER + "NC_00001.1\t1\t.\tA\tC,\n", 6, "ALT '' is neither"),
        (HEADER + "NC_00001.1\t1\t.\tA\t-\n", 6, "ALT '-' is neither"),
        (b"", None, "this file is empty"),
        (gzip.compress(b"", mtime=0), None, "this file is empty"),
        ("\n \n", None, "this file is empty"),
        ("##fileformat=VCFv4.2\n##contig=<ID=p>\n", None, "no line that begins with #CHROM; give a whole VCF"),
        (b"BCF\2\2\0\0", None, "this is BCF"),
        (gzip.compress(b"BCF\2\2\0\0", mtime=0), None, "this is BCF"),
    ],
)
def test_what_is_no_vcf_of_this_genome_is_refused(read, text, line, problem):
    with pytest.raises(FormatError) as refused:
        read(text)
    assert (refused.value.line, problem in refused.value.problem) == (line, True), refused.value


def test_rows_of_other_contigs_are_not_judged(read, caplog):
    assert len(read(HEADER + row("x", "?", "?", contig="chr9") + row(1, "A", "C"))) == 1
    assert "1 variant left out: on 'chr9'" in caplog.text
