"""FASTA, GenBank and whatever else holds a genome: what is read, and what is refused with which words."""

import gzip
import hashlib
import io
import os
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.alphabet import decode, encode
from headmotif.data import Contig, Genome, Sites
from headmotif.errors import FormatError, InputError
from headmotif.formats.features import genbank_calls
from headmotif.formats.inputs import genomes, genomes_with_genes
from headmotif.formats.sequences import fasta, genbank, twobit
from headmotif.formats.sequences.record import Record
from headmotif.formats.tensors import genome_tensor

RECORD = """LOCUS       SCU49845                  68 bp    DNA     {topology} BCT 21-JUN-1999
DEFINITION  A test.
ACCESSION   U49845
{version}KEYWORDS    .
FEATURES             Location/Qualifiers
     source          1..68
                     /organism="Saccharomyces cerevisiae"
ORIGIN
        1 gatcctccat atacaacggt atctccacct caggtttaga tctcaacaac ggaaccattg
       61 ccgacatg
//
"""
VERSION = "VERSION     U49845.1  GI:1293613\n"
GENBANK = RECORD.format(topology="circular", version=VERSION)
LETTERS = b"GATCCTCCATATACAACGGTATCTCCACCTCAGGTTTAGATCTCAACAACGGAACCATTGCCGACATG"


def problem(read, raw: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read(raw, "some/file")
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "raw",
    [
        b">a first\nACGTN\nRY\n>b\nGG\n",
        b">a first\nACGTN\nRY\n>b\nGG",
        b">a\tfirst\r\nacgtn\r\nry\r\n>b\r\ngg\r\n",
        b">a\rACGTN\rRY\r>b\rGG\r",
        b"\xef\xbb\xbf\n>a\nACGTNRY\n\n>b\nGG\n\n\n",
        b">a\nA\nCGT\nN\nRY\n>b\nG\nG\n",
        b">a\nACG TN RY  \n>b x y\n\tGG\n",
    ],
)
def test_fasta_in_any_dress_is_the_same(raw):
    assert fasta.parse(raw, "x") == [Record("a", b"ACGTNRY"), Record("b", b"GG")]


def test_fasta_from_gzip_of_several_members(tmp_path):
    (tmp_path / "x.dat").write_bytes(gzip.compress(b">a\nAC") + gzip.compress(b"GT\n>b\nTT\n"))
    assert fasta.read(str(tmp_path / "x.dat")) == [Record("a", b"ACGT"), Record("b", b"TT")]


def test_nothing_is_left_beside_the_input_nor_behind(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "in" / "g.fa").write_text(">a\nACGT\n")
    genomes.read(str(tmp_path / "in" / "g.fa"))
    assert os.listdir(tmp_path / "in") == ["g.fa"]
    assert os.listdir(tmp_path / "tmp") == []


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"", None, "empty"),
        (b" \n\n", None, "empty"),
        (b"<!DOCTYPE html>\n<html>", None, "HTML"),
        (b"\n  <html>", None, "HTML"),
        (b"ACGT\n>a\nACGT\n", 1, "before the first '>'"),
        (b"\n\nhello\n>a\nACGT\n", 3, "'hello'"),
        (b">a\n>b\nACGT\n", 1, "'a' has no sequence"),
        (b">a\nACGT\n>b\n\n", 3, "'b' has no sequence"),
        (b">a\nACGT\n>b\nAC\n>a x\nGG\n", 5, "'a' is already used in line 1"),
        (b">a\nACGT\nAC1T\n", 3, "'1' in 'a'"),
        (b">a\nACGT\r\nAC-T\r\n", 3, "without the gaps"),
        (b">a\nACGT\n>p\nMKLE\n", 4, "'L' in 'p' is not a letter of DNA; is this a protein?"),
        (b">a\nACGT*\n", 2, "protein"),
        (b">\nACGT\n", 1, "this record has no name"),
        (b"> a\nACGT\n", 1, "this record has no name"),
        (b">a\x07b\nACGT\n", 1, "control characters"),
        (b"PK\x03\x04\0\0", None, "zip"),
        (b"BZh91AY", None, "bzip2"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", None, "image (PNG)"),
        (b"\xff\xfe>\0a\0", None, "UTF-16"),
        (b"@read1\nACGT\n+\nIIII\n", None, "FASTQ"),
        (b"##gff-version 3\n", None, "GFF3"),
    ],
)
def test_malformed_fasta_is_refused_with_its_line(raw, line, words):
    error = problem(genomes.parse, raw)
    assert error.line == line
    assert words in error.problem
    assert str(error).startswith(f"some/file:{line}: " if line else "some/file: ")


def test_fasta_written_is_read_again(tmp_path):
    contigs = {"a": encode("ACGTN" * 33), "b": encode("G"), "c": encode("T" * 160)}
    fasta.write(str(tmp_path / "x"), list(contigs), list(contigs.values()))
    assert {one.name: one.letters.decode() for one in fasta.read(str(tmp_path / "x"))} == {
        n: decode(c) for n, c in contigs.items()
    }
    assert max(map(len, (tmp_path / "x").read_text().splitlines())) == 80


def test_digest_is_of_the_letters_as_given(tmp_path):
    (tmp_path / "x").write_text(">a\nacgtr\n>b\nACGTN\n")
    read = genomes.read(str(tmp_path / "x"))
    assert [c.digest for c in read.contigs] == [fasta.digest(b"ACGTR"), fasta.digest(b"ACGTN")]
    assert decode(read.base) == "ACGTNACGTN"
    # the example of the refget specification
    assert fasta.digest(b"ACGT") == "SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_genbank_gives_name_letters_and_topology(end):
    text = GENBANK + RECORD.format(topology="linear  ", version=VERSION).replace("49845.1", "49846.2").replace(
        "49845", "49846"
    )
    assert genbank.parse(text.replace("\n", end).encode(), "x") == [
        Record("U49845.1", LETTERS, circular=True),
        Record("U49846.2", LETTERS),
    ]


def test_genbank_without_version_is_named_by_its_accession_or_locus():
    assert genbank.parse(RECORD.format(topology="linear  ", version="").encode(), "x")[0].name == "U49845"
    bare = RECORD.format(topology="linear  ", version="VERSION     \n").replace("ACCESSION   U49845", "ACCESSION   ")
    assert genbank.parse(bare.encode(), "x")[0].name == "SCU49845"


def head(locus: str, accession: str | None, version: str | None) -> str:
    """A GenBank record of eight bases with these three lines; None leaves a line out."""
    lines = [f"LOCUS       {locus} DNA     linear   UNK 01-JAN-1980", "DEFINITION  x."]
    named = {"ACCESSION": accession, "VERSION": version}
    lines += [f"{key:<12}{value}" for key, value in named.items() if value is not None]
    return "\n".join([*lines, "FEATURES             Location/Qualifiers", "ORIGIN", "        1 acgtacgt", "//", ""])


SPADES = "NODE_1_length_6000_cov_7.022600"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ((f"{SPADES} 8 bp   ", SPADES.partition(".")[0], SPADES), SPADES),
        ((f"{SPADES} 8 bp   ", SPADES.partition(".")[0], SPADES.replace(".0", ".")), SPADES),
        (("x_cov_7.000000 8 bp   ", "x_cov_7", "x_cov_7.0"), "x_cov_7.000000"),
        (("contig1   8 bp   ", "unknown", None), "contig1"),
        (("contig1   8 bp   ", "unknown", "unknown.1"), "contig1"),
        (("contig1   8 bp   ", "", ""), "contig1"),
        (("Exported  8 bp   ", ".", "."), "Exported"),
        (("contig1   8 bp   ", "accession", "<unknown id>"), "contig1"),
        (("contig1   8 bp   ", "AB_7", "Unknown"), "AB_7"),
        (("unknown   8 bp   ", "unknown", "unknown"), "unknown"),
        ((f"{SPADES}8 bp   ", "", ""), SPADES),
        ((f"{SPADES}8 bp   ", "", "gnl|Prokka|AB_1"), "gnl|Prokka|AB_1"),
        (("my plasmid 3   8 bp   ", "", ""), "my_plasmid_3"),
        (("NZ_CP1    8 bp   ", "NZ_CP1 REGION: 1..8", "NZ_CP1.2"), "NZ_CP1.2"),
        (("007       8 bp   ", "", "007"), "007"),
        (("1e5       8 bp   ", "1e5", None), "1e5"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_genbank_name_is_text_and_no_placeholder(lines, name, end):
    assert genbank.parse(head(*lines).replace("\n", end).encode(), "x") == [Record(name, b"ACGTACGT")]


@pytest.mark.parametrize(("locus", "announced"), [("x_7.02260012 bp   ", "2,260,012"), ("x 12 bp   ", "12")])
def test_a_length_that_is_not_that_of_the_sequence_is_refused(locus, announced):
    assert f"announces {announced} bp, but 8 follow" in problem(genbank.parse, head(locus, "", "y").encode()).problem


@pytest.mark.parametrize(
    "name",
    [
        SPADES, "NC_000913.3", "contig|1|x.y", "x" * 60, "a.0", "a.007", "1", "007", "1e5", "nan", "unknown", "K.c.2",
        "é%20",
    ],
)  # fmt: skip
def test_a_new_genbank_is_read_back_with_its_name_by_us_and_by_biopython(name, tmp_path):
    from Bio import SeqIO

    genome = Genome((Contig(name, 8),), encode("ACGTACGT"))
    nothing = Sites(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.float32))
    genbank_calls.write(str(tmp_path / "x"), genome, nothing, [])
    assert [one.name for one in genbank.parse((tmp_path / "x").read_bytes(), "x")] == [name]
    assert [one.id for one in SeqIO.parse(io.StringIO((tmp_path / "x").read_text("utf-8")), "genbank")] == [name]


@pytest.mark.parametrize(
    "title",
    [
        "1 length=6000 depth=1.00x circular=true",
        "2 [completeness=complete] [topology=circular]",
        "3 [location=chromosome] [Topology=Circular]",
        "Contig_1_34.2_Circ [topology=circular]",
        "contig00001 len=6000 cov=9.1 sw=dragonflye circular=Y",
        "ctg1 circular=YES",
        "c CIRCULAR=True rotated=True",
        'c topology="circular"',
        "u1ctg_len-6000_circular-yes_depth-20 mult=1.00",
    ],
)
def test_a_fasta_title_may_say_circular(title, tmp_path, caplog):
    (tmp_path / "u.fa.gz").write_bytes(gzip.compress(f">{title}\r\nACGT\r\n>z\r\nAC\r\n".encode()))
    read = genomes.read(str(tmp_path / "u.fa.gz"))
    assert [contig.circular for contig in read.contigs] == [True, False]
    assert caplog.messages == [f"{tmp_path / 'u.fa.gz'}: 1 contig is circular by its header"]


@pytest.mark.parametrize(
    "title",
    [
        "1 circular=false", "1 [topology=linear]", "1 circular=N", "tig1 suggestCircular=yes", "1 circular RNA",
        "1 circular=true topology=linear", "1 circular=maybe", "circular", "1 circular=trueish",
    ],
)  # fmt: skip
def test_a_fasta_title_that_does_not_say_circular(title, caplog):
    assert [contig.circular for contig in genomes.parse(f">{title}\nACGT\n".encode(), "x").contigs] == [False]
    assert caplog.messages == []


NAMES = ["0", "1", "007", "1e5", "NA", "nan", "inf", "Chr", "chr", "gi|1|ref|NC_000913.3|", "a%20b", "grün", "a;b=c,d"]


def test_fasta_names_are_text_to_the_first_space(tmp_path):
    (tmp_path / "x").write_text("".join(f">{name} circular? {name}\nACGT\n" for name in NAMES), encoding="utf-8")
    assert list(genomes.read(str(tmp_path / "x")).contigs.names) == NAMES
    assert fasta.parse(">gr\xfcn\nA\n".encode("latin-1"), "x") == [Record("grün", b"A")]


EMBL = """ID   {id}
XX
AC   {ac};
XX
FH   Key             Location/Qualifiers
FH
FT   source          1..8
FT                   /organism="x"
SQ   Sequence 8 BP; 2 A; 2 C; 2 G; 2 T; 0 other;
     acgtacgt                                                                 8
//
"""


@pytest.mark.parametrize(
    ("line", "accession", "record"),
    [
        ("X56734; SV 1; circular; genomic DNA; STD; PRO; 8 BP.", "X56734", Record("X56734.1", b"ACGTACGT", True)),
        ("contig_1; ; linear; DNA; ; PRO; 8 BP.", "contig_1", Record("contig_1", b"ACGTACGT")),
        ("XXX; XXX; linear; XXX; XXX; XXX; 8 BP.", "* _contig_7", Record("contig_7", b"ACGTACGT")),
        ("SC10H5     standard; circular DNA; PRO; 8 BP.", "AL1", Record("SC10H5", b"ACGTACGT", True)),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_embl_is_read_like_genbank(line, accession, record, end):
    text = EMBL.format(id=line, ac=accession).replace("\n", end)
    assert genbank.parse(text.encode(), "x") == [record]
    assert genomes.parse(b"\xef\xbb\xbf\n" + text.encode(), "x").contigs.names == (record.name,)


def test_genes_of_an_embl_genome_are_read(tmp_path):
    text = EMBL.format(id="X5; SV 1; linear; genomic DNA; STD; PRO; 8 BP.", ac="X5")
    gene = 'FT   gene            complement(2..5)\nFT                   /locus_tag="AB_1"\n'
    (tmp_path / "x").write_text(text.replace("SQ ", gene + "SQ "))
    found = genomes_with_genes.read(str(tmp_path / "x"), [])
    assert found.genes is not None
    assert (found.genes.spans.tolist(), found.genes.name) == ([[0, 1, 5, -1]], ("AB_1",))
    assert found.genbank == b"", "no lines that a GenBank could keep"


def test_a_users_genbank_keeps_its_names_beside_the_calls(tmp_path):
    raw = head(f"{SPADES} 8 bp   ", SPADES.partition(".")[0], SPADES).encode()
    genome = genomes.parse(raw, "x")
    call = Sites(np.zeros(1, np.int32), np.array([3]), np.ones(1, np.int8), np.ones(1, np.float32))
    genbank_calls.write(str(tmp_path / "x"), genome, call, ["tss1"], source=("x", raw))
    written = (tmp_path / "x").read_bytes()
    assert written.startswith(raw.partition(b"FEATURES")[0])
    assert b'/standard_name="tss1"' in written
    assert genomes.read(str(tmp_path / "x")).contigs == genome.contigs


def test_malformed_embl_is_refused_with_its_record():
    text = EMBL.format(id="X; SV 1; linear; DNA; STD; PRO; 9 BP.", ac="X")
    for raw, words in ((text, "9 bp, but 8 follow"), (text.replace("//", ""), "truncated")):
        error = problem(genbank.parse, raw.encode())
        assert error.line == 1
        assert words in error.problem
    text = EMBL.format(id="P1; SV 1; linear; X; Y; 8 AA.", ac="P1")
    assert "protein" in problem(genbank.parse, text.encode()).problem


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_twobit_is_a_genome(order, tmp_path):
    known = Genome((Contig("a", 7), Contig("b", 1)), encode("NACGTNNG"))
    twobit.write(str(tmp_path / "x"), known)
    raw = (tmp_path / "x").read_bytes()
    if order == ">":  # every number of four bytes the other way round
        head, names, rest = raw[:16], raw[16:28], raw[28:]
        raw = swap(head) + names[:2] + swap(names[2:6]) + names[6:8] + swap(names[8:12])
        raw += swap(rest[:32]) + rest[32:34] + swap(rest[34:50]) + rest[50:]
    read = genomes.parse(raw, "x")
    assert read.contigs.names == ("a", "b")
    assert decode(read.base) == "NACGTNNG"
    assert "damaged" in problem(genomes.parse, raw[:-3]).problem


def swap(raw: bytes) -> bytes:
    return np.frombuffer(raw, "<u4").astype(">u4").tobytes()


GFF3 = """##gff-version 3
##sequence-region one%20a 1 8
one%20a\tProkka\tregion\t1\t8\t.\t+\t.\tID=one;Is_circular=true
one%20a\tProkka\tgene\t2\t5\t.\t+\t.\tID=g;locus_tag=AB_1
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_gff3_with_its_sequence_is_a_genome_with_genes(end, tmp_path):
    text = GFF3.replace("one%20a", "one") + "##FASTA\n>one x\nACGT\nACGT\n>two circular=true\nGG\n>three\nA\n"
    (tmp_path / "x.gff").write_bytes(gzip.compress(text.replace("\n", end).encode()))
    found = genomes_with_genes.read(str(tmp_path / "x.gff"), ["three"])
    assert [(c.name, c.length, c.circular) for c in found.genome.contigs] == [
        ("one", 8, True),
        ("two", 2, True),
        ("three", 1, True),
    ]
    assert found.genome.contigs[0].digest == fasta.digest(b"ACGTACGT")
    assert found.genes is not None
    assert (found.genes.spans.tolist(), found.genes.name) == ([[0, 1, 5, 1]], ("AB_1",))
    assert found.annotation.startswith(b"##gff")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GFF3, None, "GFF3; it has no sequence after ##FASTA"),
        (GFF3.replace("%20a", "") + "##FASTA\n>one\nACGT\n", 2, "8 nt here, but 4 follow"),
        (GFF3 + "##FASTA\n>one\nAC!T\n", 7, "not a letter of DNA"),
        (GFF3 + "##FASTA\n", None, "no sequence after ##FASTA"),
    ],
)
def test_a_gff3_without_a_sound_sequence_is_no_genome(text, line, words):
    error = problem(genomes.parse, text.encode())
    assert error.line == line
    assert words in error.problem


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"one\t4\t9\ta\t0\t+\n", "this seems to be BED; give the sequence here, and this file as --sites"),
        (b"##fileformat=VCFv4.2\n", "this seems to be VCF"),
        (b">x\nA [ 1 2 ]\nC [ 3 0 ]\nG [ 0 0 ]\nT [ 0 2 ]\n", "this seems to be motifs (JASPAR); give the genome here"),
        (b"S\tctg1\tACGT\tLN:i:4\n", "an assembly graph (GFA); give the contigs as FASTA"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "an Excel sheet"),
    ],
)
def test_another_file_in_place_of_a_genome_is_named(raw, words):
    assert words in problem(genomes.parse, raw).problem


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GENBANK + GENBANK, 13, "second record named 'U49845.1'"),
        (GENBANK[:300], 1, "truncated"),
        (GENBANK.replace(" bp    DNA", " aa       "), 1, "protein"),
        (GENBANK.replace("gatcc", "gatc!"), 1, "not a letter of DNA"),
        (
            GENBANK.replace("        1 gatcctccat atacaacggt atctccacct caggtttaga tctcaacaac ggaaccattg\n", ""),
            1,
            "68 bp, but 8 follow",
        ),
        (re.sub(r"ORIGIN.*?//", "CONTIG      join(U1.1:1..68)\n//", GENBANK, flags=re.DOTALL), 1, "has no sequence"),
        ("LOCUS       x\n//\n", 1, "cannot be read"),
    ],
)
def test_malformed_genbank_is_refused_with_its_record(text, line, words):
    error = problem(genbank.parse, text.encode())
    assert error.line == line
    assert words in error.problem


def test_genome_is_recognised_by_its_content(tmp_path):
    known = Genome((Contig("U49845.1", 68, True, fasta.digest(LETTERS)),), encode(LETTERS))
    genome_tensor.write(str(tmp_path / "tensor"), known)
    (tmp_path / "genbank").write_bytes(gzip.compress(GENBANK.encode()))
    (tmp_path / "fasta").write_bytes(b">U49845.1\n" + LETTERS)
    for name in ("tensor", "genbank", "fasta"):
        read = genomes.read(str(tmp_path / name), ["U49845.1"])
        assert read.contigs == known.contigs
        assert read.base.tobytes() == known.base.tobytes()


def test_circles_are_declared_by_name_or_all(tmp_path):
    (tmp_path / "x").write_text(">a\nAC\n>b\nAC\n")

    def circles(*names):
        return [c.circular for c in genomes.read(str(tmp_path / "x"), names).contigs]

    assert circles() == [False, False]
    assert circles("b") == [False, True]
    assert circles("all") == [True, True]
    with pytest.raises(InputError, match=r"--circular c: there is no such contig; the genome has a, b"):
        circles("a", "c")
    (tmp_path / "x").write_text(">NC_000913.3\nAC\n>b\nAC\n")
    assert circles("NC_000913") == [True, False]


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.sampled_from([b">", b"a", b"\n", b"ACGT", b" ", b"\r", b"\t", b"\0", b"\xff"]), max_size=30).map(
            b"".join
        ),
    )
)
def test_any_bytes_are_read_as_fasta_or_refused(raw):
    try:
        read = fasta.parse(raw, "x")
    except InputError:
        return
    assert read
    assert all(one.name and one.letters and set(one.letters) <= set(fasta.ALLOWED) for one in read)


@settings(deadline=None, max_examples=100)
@given(
    st.integers(0, len(GENBANK)),
    st.integers(0, 60),
    st.sampled_from(["", "\n", "//\n", "LOCUS ", "\0", "é", "9" * 30, "ORIGIN\n"]),
)
def test_any_damage_of_a_genbank_is_refused_or_read(place, width, text):
    raw = (GENBANK[:place] + text + GENBANK[place + width :]).encode()
    try:
        for one in genbank.parse(raw, "x"):
            assert one.name
            assert one.letters
    except InputError:
        pass


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text("ACGTN", min_size=1, max_size=40), min_size=1, max_size=5), st.integers(1, 50))
def test_any_line_length_gives_the_same_genome(sequences, width):
    rows = [
        f">c{i}\n" + "".join(s[k : k + width] + "\n" for k in range(0, len(s), width)) for i, s in enumerate(sequences)
    ]
    assert fasta.parse("".join(rows).encode(), "x") == [Record(f"c{i}", s.encode()) for i, s in enumerate(sequences)]


@pytest.mark.data
def test_real_genomes(data_folder):
    coli = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ["all"])
    assert [(c.name, c.length, c.circular) for c in coli.contigs] == [("NC_000913.3", 4641652, True)]
    assert hashlib.md5(decode(coli.base).encode()).hexdigest() == "482a2b04485ec8c4b5f4eaba2c2002da"
    phage = genomes.read(str(data_folder / "phage" / "lambda.fa"))
    assert phage.contigs[0].length == 48502
    assert hashlib.md5(decode(phage.base).encode()).hexdigest() == "509bdb356475a21077713babc47a4a35"
    assert np.bincount(phage.base, minlength=5)[4] == 0


def test_an_empty_file_of_genes_is_refused(tmp_path):
    (tmp_path / "x").write_text(">a\nACGT\n")
    (tmp_path / "genes").write_bytes(b"")
    with pytest.raises(FormatError, match="genes: this file is empty"):
        genomes_with_genes.read(str(tmp_path / "x"), [], str(tmp_path / "genes"))
