"""FASTA, GenBank and whatever else holds a genome: what is read, and what is refused with which words."""

import gzip
import hashlib
import os
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.alphabet import decode, encode
from headmotif.data import Contig, Genome
from headmotif.errors import FormatError, InputError
from headmotif.formats.inputs import genomes
from headmotif.formats.sequences import fasta, genbank
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
    assert fasta.parse(raw, "x") == [("a", b"ACGTNRY"), ("b", b"GG")]


def test_fasta_from_gzip_of_several_members(tmp_path):
    (tmp_path / "x.dat").write_bytes(gzip.compress(b">a\nAC") + gzip.compress(b"GT\n>b\nTT\n"))
    assert fasta.read(str(tmp_path / "x.dat")) == [("a", b"ACGT"), ("b", b"TT")]


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
        (b"\x89PNG\r\n\x1a\n\0\0\0", None, "binary"),
        (b"\xff\xfe>\0a\0", None, "UTF-16"),
        (b"@read1\nACGT\n+\nIIII\n", None, "FASTQ"),
        (b"##gff-version 3\n", None, "GFF3"),
    ],
)
def test_malformed_fasta_is_refused_with_its_line(raw, line, words):
    error = problem(fasta.parse, raw)
    assert error.line == line
    assert words in error.problem
    assert str(error).startswith(f"some/file:{line}: " if line else "some/file: ")


def test_fasta_written_is_read_again(tmp_path):
    contigs = {"a": encode("ACGTN" * 33), "b": encode("G"), "c": encode("T" * 160)}
    fasta.write(str(tmp_path / "x"), list(contigs), list(contigs.values()))
    assert {name: letters.decode() for name, letters in fasta.read(str(tmp_path / "x"))} == {
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
        ("U49845.1", LETTERS, True),
        ("U49846.2", LETTERS, False),
    ]


def test_genbank_without_version_is_named_by_its_accession_or_locus():
    assert genbank.parse(RECORD.format(topology="linear  ", version="").encode(), "x")[0][0] == "U49845"
    bare = RECORD.format(topology="linear  ", version="VERSION     \n").replace("ACCESSION   U49845", "ACCESSION   ")
    assert genbank.parse(bare.encode(), "x")[0][0] == "SCU49845"


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
    assert all(name and letters and set(letters) <= set(fasta.ALLOWED) for name, letters in read)


@settings(deadline=None, max_examples=100)
@given(
    st.integers(0, len(GENBANK)),
    st.integers(0, 60),
    st.sampled_from(["", "\n", "//\n", "LOCUS ", "\0", "é", "9" * 30, "ORIGIN\n"]),
)
def test_any_damage_of_a_genbank_is_refused_or_read(place, width, text):
    raw = (GENBANK[:place] + text + GENBANK[place + width :]).encode()
    try:
        for name, letters, _ in genbank.parse(raw, "x"):
            assert name
            assert len(letters)
    except InputError:
        pass


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text("ACGTN", min_size=1, max_size=40), min_size=1, max_size=5), st.integers(1, 50))
def test_any_line_length_gives_the_same_genome(sequences, width):
    rows = [
        f">c{i}\n" + "".join(s[k : k + width] + "\n" for k in range(0, len(s), width)) for i, s in enumerate(sequences)
    ]
    assert fasta.parse("".join(rows).encode(), "x") == [(f"c{i}", s.encode()) for i, s in enumerate(sequences)]


@pytest.mark.data
def test_real_genomes(data_folder):
    coli = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ["all"])
    assert [(c.name, c.length, c.circular) for c in coli.contigs] == [("NC_000913.3", 4641652, True)]
    assert hashlib.md5(decode(coli.base).encode()).hexdigest() == "482a2b04485ec8c4b5f4eaba2c2002da"
    phage = genomes.read(str(data_folder / "phage" / "lambda.fa"))
    assert phage.contigs[0].length == 48502
    assert hashlib.md5(decode(phage.base).encode()).hexdigest() == "509bdb356475a21077713babc47a4a35"
    assert np.bincount(phage.base, minlength=5)[4] == 0
