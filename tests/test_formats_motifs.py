"""Motif files and tables: what is read, what is refused and where, and what comes back from what was written."""

import contextlib
import dataclasses
import gzip
import math
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headmotif.data import Match, Motif
from headmotif.errors import FormatError, InputError
from headmotif.formats.inputs import motif_files
from headmotif.formats.motifs import jaspar, meme, transfac
from headmotif.formats.tables import tsv

HEAD = "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\nA 0.3 C 0.2 G 0.2 T 0.3\n\n"
ROWS = "0.7 0.1 0.1 0.1\n0.1 0.1 0.1 0.7\n"
BLOCK = (
    'ALPHABET "DNA" DNA-LIKE\nA "Adenine" CC0000 ~ T "Thymine" 008000\nC "Cytosine" ~ G\nN = ACGT\nU = T\nEND ALPHABET'
)
MATRIX = f"letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 1e-5\n{ROWS}"


def motif_like(seed: int, width: int = 7, **fields: object) -> Motif:
    return Motif(f"m{seed}", np.random.default_rng(seed).dirichlet([0.3] * 4, size=width), **fields)


def assert_refused(text: str, line: int | None, words: str, reader=meme.parse) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        reader(text, "x.txt")
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "MOTIF a\n" + MATRIX + "\nMOTIF b alt\n" + MATRIX,
        HEAD + "MOTIF a\n" + MATRIX + "MOTIF b alt\n" + MATRIX.rstrip("\n"),  # no blank line, no final newline
        (HEAD + "MOTIF a\n" + MATRIX + "\nMOTIF b alt\n" + MATRIX).replace("\n", "\r\n"),
        (HEAD + "MOTIF a\n" + MATRIX + "\nMOTIF b alt\n" + MATRIX).replace("\n", "\r"),
        HEAD.replace("ALPHABET= ", "ALPHABET = ").replace("frequencies", "frequencies (from x.fna):")
        + "MOTIF a\n"
        + MATRIX
        + "MOTIF b alt\n"
        + MATRIX,
        HEAD.replace("A 0.3 C 0.2", "A 0.3\nC 0.2")
        + "MOTIF a\n \t"
        + MATRIX
        + "MOTIF  b   alt \n"
        + MATRIX.replace("0.1\n", "0.1 \n"),
        (HEAD + "MOTIF a\n" + MATRIX + "\nMOTIF b alt\n" + MATRIX).replace(" ", "\t"),
        HEAD + "# comment\nMOTIF a\nURL http://x\n# more\n" + MATRIX + "# end\nMOTIF b alt\n\n\n" + MATRIX,
        HEAD.replace("ALPHABET= ACGT", "alphabet= acgt").lower()
        + "motif a\n"
        + MATRIX.upper()
        + "motif b alt\n"
        + MATRIX,
        HEAD + "MOTIF a\n" + MATRIX.replace("= ", "=") + "MOTIF b alt\n" + MATRIX.replace("nsites= 20", "nsites= 20.0"),
        HEAD.replace("ALPHABET= ACGT", BLOCK) + "MOTIF a\n" + MATRIX + "MOTIF b alt\n" + MATRIX,
        HEAD
        + "MOTIF a\nlog-odds matrix: alength= 4 w= 2 E= 0\n 1 2 3 4\n 1 2 3 4\n\n"
        + MATRIX
        + "MOTIF b alt\n"
        + MATRIX,
        HEAD
        + "MOTIF a width = 2 sites = 20\n--------\nMotif a Description\nBL   MOTIF a\n"
        + MATRIX
        + "--------\nMOTIF b alt\n"
        + MATRIX,
    ],
)
def test_meme_reads_what_is_about(text: str) -> None:
    found = meme.read(text, "x.meme")
    assert [(m.name, m.alt) for m in found] == [("a", ""), ("b", "alt")]
    for motif in found:
        np.testing.assert_allclose(motif.matrix, [[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]])
        np.testing.assert_allclose(motif.background, [0.3, 0.2, 0.2, 0.3])
        assert (motif.nsites, motif.evalue) == (20, 1e-5)


def test_meme_without_keys_knows_no_sites_and_no_evalue() -> None:
    (motif,) = meme.read("MEME version 5\nMOTIF a\nletter-probability matrix:\n" + ROWS, "x")
    assert math.isnan(motif.nsites)
    assert math.isnan(motif.evalue)
    assert len(motif) == 2


@pytest.mark.parametrize(
    "version", ["3", "3.5.7", "4", "4.12.0 (Release date: Tue Jun 27 16:22:50 2017)", "5", "5.5.5"]
)
def test_meme_versions_3_to_5_are_read(version: str, tmp_path) -> None:
    (tmp_path / "x").write_text(HEAD.replace("version 4", f"version {version}") + "MOTIF a\n" + MATRIX)
    file = motif_files.read(str(tmp_path / "x"))
    assert file.format == f"MEME {version.split()[0]}"
    np.testing.assert_allclose(file.motifs[0].matrix, [[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]])


@pytest.mark.parametrize("kind", ["letter-probability", "log-odds"])
def test_meme_huge_width_takes_no_memory(kind: str) -> None:
    """The width is what the file says of itself: a wrong one is told, not believed."""
    text = HEAD + "MOTIF a\n" + MATRIX.replace("letter-probability", kind).replace("w= 2", "w=900000000000000")
    tracemalloc.start()
    assert_refused(text, 13, "after 2 of 900000000000000 rows; the file may be truncated")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
    assert_refused(text.replace("w=900000000000000", "w=1e400"), 11, "not a finite number below 1e15")
    assert_refused(text.replace("w=900000000000000", "w=-1"), 11, "not a width")
    assert_refused(text.replace("w=900000000000000", "w=1.5"), 11, "not a width")


def test_meme_log_odds_alone_become_probabilities() -> None:
    background, matrix = np.array([0.3, 0.2, 0.2, 0.3]), np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.3, 0.4, 0.1]])
    rows = "\n".join(" ".join(f"{s:.4f}" for s in row) for row in 100 * np.log2(matrix / background))
    (motif,) = meme.read(f"{HEAD}MOTIF a\nlog-odds matrix: alength= 4 w= 2\n{rows}", "x")
    np.testing.assert_allclose(motif.matrix, matrix, atol=1e-6)


FULL = """********************************************************************************
MEME - Motif discovery tool
********************************************************************************
MEME version 5.5.5 (Release date: Thu Sep 14 08:48:04 2023 +1000)

TRAINING SET
ALPHABET= ACGT
Sequence name            Weight Length  Sequence name            Weight Length
one                      1.0000    105  two                      1.0000    105
Letter frequencies in dataset:
A 0.31 C 0.19 G 0.19 T 0.31
Background letter frequencies (from file dataset with add-one prior applied):
A 0.3 C 0.2 G 0.2 T 0.3

MOTIF TA MEME-1\twidth =   2  sites =  20  llr = 194  E-value = 1.0e-005
--------------------------------------------------------------------------------
\tMotif TA MEME-1 Description
Simplified        A  71
pos.-specific     C  11
         bits    2.1
Relative         1.3  *
\tMotif TA MEME-1 sites sorted by position p-value
Sequence name             Start   P-value                 Site
one                          17  1.5e-04 AACCTGGTTG TA GTTAAATTTG
\tMotif TA MEME-1 in BLOCKS format
BL   MOTIF TA width=2 seqs=20
one                      (   17) TA  1
//

\tMotif TA MEME-1 position-specific scoring matrix
log-odds matrix: alength= 4 w= 2 n= 1890 bayes= 6.56 E= 1.0e-005
   122   -100   -100   -158
  -158   -100   -100    122
--------------------------------------------------------------------------------
\tMotif TA MEME-1 position-specific probability matrix
letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 1.0e-005
 0.700000  0.100000  0.100000  0.100000
 0.100000  0.100000  0.100000  0.700000
--------------------------------------------------------------------------------
\tMotif TA MEME-1 regular expression
TA

Time  0.37 secs.

SUMMARY OF MOTIFS
one                              3.67e-02  16_[+1(1.5e-04)]_87
Stopped because requested number of motifs (1) found.
"""


def test_meme_text_output_has_its_motif_once() -> None:
    for text in (FULL, FULL.replace("\n", "\r\n")):
        (motif,) = meme.read(text, "x")
        assert (motif.name, motif.alt, motif.nsites, motif.evalue) == ("TA", "MEME-1", 20, 1e-5)
        np.testing.assert_allclose(motif.matrix, [[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]])
        np.testing.assert_allclose(motif.background, [0.3, 0.2, 0.2, 0.3])


def test_meme_contradictions_are_refused_with_their_line() -> None:
    third = MATRIX + "0.1 0.7 0.1 0.1\n"
    for text in (third, third.replace("0.1 0.7 0.1", "\n0.1 0.7 0.1"), third.replace("letter-probability", "log-odds")):
        assert_refused(HEAD + "MOTIF a\n" + text + "MOTIF b\n" + MATRIX, 11, "w= says 2, but motif a has 3 rows")
    assert len(meme.read(HEAD + "MOTIF a\n" + third.replace("w= 2 ", ""), "x")[0]) == 3
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("w= 2", "w= 3") + "URL x\n", 13, "after 2 of 3 rows")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX + MATRIX, 14, "second letter-probability matrix of motif a")
    longer = "log-odds matrix: w= 3\n" + 3 * "122 -100 -100 -158\n"
    assert_refused(HEAD + "MOTIF a\n" + longer + MATRIX, 15, "has 2 rows, but its log-odds have 3")
    damaged = MATRIX.replace("w= 2 ", "").replace("0.7\n", "0.7\nx.1 0.7 0.1 0.1\n")
    assert_refused(HEAD + "MOTIF a\n" + damaged, 14, "'x.1' is not a number")


def log_odds_file(matrix: np.ndarray, background: list[float], scale: float, form: str) -> str:
    rows = "\n".join(" ".join(f"{s:{form}}" for s in row) for row in scale * np.log2(matrix / background))
    return f"{HEAD}MOTIF a\nlog-odds matrix: alength= 4 w= {len(matrix)}\n{rows}"


STATED, OWN = [0.3, 0.2, 0.2, 0.3], [0.4, 0.1, 0.1, 0.4]


@pytest.mark.parametrize(
    ("background", "scale", "form", "within"),
    [
        (STATED, 100, ".0f", 0.003),
        (STATED, 1, ".6f", 1e-6),
        (STATED, 1, ".2f", 0.004),
        (STATED, 1, ".1f", 0.03),
        (OWN, 100, ".0f", 0.01),
        (OWN, 1, ".4f", 1e-3),
    ],
)
def test_meme_log_odds_show_their_unit_and_background(background, scale, form, within) -> None:
    matrix = 0.98 * np.random.default_rng(7).dirichlet([0.4] * 4, size=8) + 0.005
    (motif,) = meme.read(log_odds_file(matrix, background, scale, form), "x")
    np.testing.assert_allclose(motif.matrix, matrix, atol=within, rtol=0)


def test_meme_log_odds_that_fit_no_unit_are_refused() -> None:
    matrix = np.random.default_rng(7).dirichlet([0.4] * 4, size=8) * 0.98 + 0.005
    for scale in (math.log(2), math.log10(2), 10):
        assert_refused(log_odds_file(matrix, STATED, scale, ".6f"), 11, "log-odds alone, neither in bits nor in")
    assert_refused(log_odds_file(matrix[:2], OWN, 1, ".6f"), 11, "give its letter-probability matrix or its background")


def test_dpinteracts_log_odds_alone_are_its_probabilities(data_folder) -> None:
    """Each of its motifs has log-odds against a background of its own, which is not that of the file."""
    text = (data_folder / "motifs" / "dpinteract.meme").read_text()
    alone = re.sub(r"letter-probability matrix.*\n(.*\d.*\n)+", "", text)
    whole = meme.read(text, "x")
    assert len(whole) == 68
    for one, other in zip(meme.read(alone, "x"), whole, strict=True):
        np.testing.assert_allclose(one.matrix, other.matrix, atol=0.005, rtol=0)


def test_meme_motif_without_matrix_is_skipped_and_named() -> None:
    empty = "MOTIF d\nletter-probability matrix: alength= 4 w= 0\n"
    found, skipped = meme.parse(HEAD + "MOTIF a\nMOTIF b\nURL\nMOTIF c\n" + MATRIX + empty, "x")
    assert [motif.name for motif in found] == ["c"]
    assert skipped == [("a", "no matrix"), ("b", "no matrix"), ("d", "width 0")]


def test_meme_header_alone_is_a_file_without_motifs() -> None:
    assert meme.parse(HEAD, "x") == ([], [])


def test_meme_refusals() -> None:
    assert_refused(HEAD.replace("ACGT", "ACDEFGHIKLMNPQRSTVWY"), 3, "protein")
    assert_refused('MEME version 4\nALPHABET "mine"\nA\nB\nEND ALPHABET\nMOTIF a\n' + MATRIX, 2, "alphabet AB")
    assert_refused("MEME version 4\nMOTIF a\nletter-probability matrix: alength= 20 w= 2\n", 3, "20 letters")
    assert_refused(HEAD.replace("version 4", "version 6"), 1, "newer than 5")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("0.7 0.1", "0.7 x"), 12, "'x' is not a number")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("0.7 0.1", "0.7 nan"), 12, "not a finite number below 1e15")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("0.7 0.1", "0.9 0.1"), 12, "sums to 1.2")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("0.7 0.1", "0.9 -0.1"), 12, "negative")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("0.7 0.1", "0.7"), 12, "3 numbers instead of 4")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("w= 2", "w= 1000000000"), 13, "after 2 of 1000000000 rows")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX.replace("w= 2", "w= two"), 11, "'two' is not a number")
    assert_refused(HEAD + "MOTIF\n" + MATRIX, 10, "no name")
    assert_refused(HEAD.replace("A 0.3", "A 0.9"), 8, "sums to 1.6")
    assert_refused(HEAD.replace("A 0.3 C 0.2 G 0.2 T 0.3", ""), 7, r"alphabet \(none\)")
    assert_refused(HEAD.replace("ALPHABET= ACGT", "ALPHABET"), 3, "alphabet")
    assert_refused(HEAD + "MOTIF a\n" + MATRIX + "MOTIF b\n" + MATRIX[:-20], 16, "3 numbers instead of 4")
    assert_refused("hello\n", None, "not a MEME file")


def test_meme_writes_known_keys_only_and_rows_that_sum_to_one(tmp_path) -> None:
    path = str(tmp_path / "out.meme")
    third = Motif(
        "one third", np.full((3, 4), [1 / 3, 1 / 3, 1 / 3, 0]), 41, np.array([0.3, 0.2, 0.2, 0.3]), 1e-7, "an alt"
    )
    meme.write(path, [third, Motif("n=2", np.full((1, 4), 0.25), background=third.background)])
    assert (tmp_path / "out.meme").read_text() == (
        "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\nA 0.300000 C 0.200000 G "
        "0.200000 T 0.300000\n\n"
        "MOTIF one_third an alt\nletter-probability matrix: alength= 4 w= 3 nsites= 41 E= 1e-07\n"
        "0.333334 0.333333 0.333333 0.000000\n0.333334 0.333333 0.333333 0.000000\n0.333334 0.333333 0.333333 "
        "0.000000\n\n"
        "MOTIF n_2\nletter-probability matrix: alength= 4 w= 1\n0.250000 0.250000 0.250000 0.250000\n"
    )
    for motif in meme.read((tmp_path / "out.meme").read_text(), path):
        np.testing.assert_allclose(motif.matrix.sum(axis=1), 1, rtol=0, atol=1e-15)


@pytest.mark.parametrize("module", [meme, jaspar, transfac])
def test_round_trip(module, tmp_path) -> None:
    path = str(tmp_path / "x")
    given_ = [
        motif_like(1, nsites=17.0, alt="alt name"),
        motif_like(2, 1, nsites=math.nan),
        motif_like(3, 60, nsites=16359.0),
    ]
    module.write(path, given_)
    file = motif_files.read(path)
    assert file.format.split()[0].lower() == module.__name__.split(".")[-1]
    for before, after in zip(given_, file.motifs, strict=True):
        assert (after.name, after.alt) == (before.name, before.alt)
        np.testing.assert_allclose(after.matrix, before.matrix, rtol=0, atol=1.01e-6)
        assert after.nsites == pytest.approx(before.nsites, rel=1e-6, nan_ok=True)
    if module is meme:  # counts are no round numbers, and their sum drifts in the tenth digit
        module.write(str(tmp_path / "y"), file.motifs)
        assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        ">MA1.1 name\nA [ 3 0 ]\nC [ 1 4 ]\nG [0 0 ]\nT  [ 0\t0]\n",
        ">MA1.1 name\r\n3 0\r\n1 4\r\n0 0\r\n0 0",
        ">MA1.1\tname\n\nT 0 0\nG 0 0\nC 1 4\nA 3 0\n\n",
        ">MA1.1 name\nA | 3 0\nC | 1 4\nG | 0 0\nU | 0 0\n",
    ],
)
def test_jaspar_reads_what_is_about(text: str) -> None:
    (motif,) = jaspar.read(text, "x")
    assert (motif.name, motif.alt, motif.nsites) == ("MA1.1", "name", 4)
    np.testing.assert_allclose(motif.matrix, [[0.75, 0.25, 0, 0], [0, 1, 0, 0]])


def test_jaspar_refusals() -> None:
    assert_refused(">a\n1 2\n1 2\n1 2\n", 4, "3 lines of counts", jaspar.parse)
    assert_refused(">a\n1 2\n1 2\n1\n1 2\n", 4, "all lines of a motif need the same number", jaspar.parse)
    assert_refused(">a\n1 2\n1 2\n1 x\n1 2\n", 4, "'x' is not a number", jaspar.parse)
    assert_refused(">a\n1 2\n1 2\n1 -2\n1 2\n", 4, "is not a count", jaspar.parse)
    assert_refused(">a\n1 2\n1 2\n1 2\n1 2\n1 2\n", 6, "one line of counts", jaspar.parse)
    assert_refused(">contig1\nACGTACGATCGATGCATGC\n", 2, "sequences instead of", jaspar.parse)
    assert_refused("1 2\n", 1, "before the first name", jaspar.parse)
    assert_refused(">\n1\n1\n1\n1\n", 1, "no name", jaspar.parse)
    assert jaspar.parse(">a\n1 0\n1 0\n1 0\n1 0\n>b\n", "x") == (
        [],
        [("a", "position 2 without counts"), ("b", "no matrix")],
    )


def test_transfac_reads_columns_in_their_order_and_headers() -> None:
    text = (
        "VV  TRANSFAC\nXX\n//\nAC  M1\nXX\nID  V$X_01\nXX\nNA  X\nPO  T G C A\n01  0 0 1 3 A\n02  0 0 4 "
        "0 C\nXX\n//\nAC  M2\nID  y\n//\n"
    )
    found, skipped = transfac.parse(text, "x")
    assert [(m.name, m.alt, m.nsites) for m in found] == [("V$X_01", "X", 4)]
    np.testing.assert_allclose(found[0].matrix, [[0.75, 0.25, 0, 0], [0, 1, 0, 0]])
    assert skipped == [("y", "no matrix")]


def test_transfac_refusals() -> None:
    assert_refused("AC  a\nP0 A C G\n1 1 1 1\n//\n", 2, "must be A, C, G and T", transfac.parse)
    assert_refused("AC  a\nP0 A C G T\n1 1 1 1\n//\n", 3, "3 entries instead of 4", transfac.parse)
    assert_refused("AC  a\nP0 A C G T\n1 1 1 x 1\n//\n", 3, "'x' is not a number", transfac.parse)
    assert_refused("P0 A C G T\n1 1 1 1 1\n//\n", 1, "no name", transfac.parse)
    assert_refused("VV x\n//\n", None, "has no motif", transfac.parse)


FUSED = """AC  M1
XX
ID  one
XX
P0      A      C      G      T
01      8      0      0      0      A
02      0      8      0      0      C
XX
BF  T00001; a factor
CC  10 sites; 2 papers
XX
AC  M2
ID  two
PO      A      C      G      T
1       0      0      8      0
2       0      0      0      8
ID  three
NA  its name
P0      A      C      G      T
00      0      0      0      8
DE  four
NA  four
P0      A      C      G      T
01      8      0      0      0
"""


@pytest.mark.parametrize("text", [FUSED, FUSED.replace("XX\n", ""), FUSED.replace("XX\nAC", "//\nAC") + "//\n"])
def test_transfac_records_end_where_the_next_begins(text: str) -> None:
    found, skipped = transfac.parse(text, "x")
    assert [(m.name, m.alt) for m in found] == [("one", ""), ("two", ""), ("three", "its name"), ("four", "")]
    assert ["".join("ACGT"[i] for i in m.matrix.argmax(axis=1)) for m in found] == ["AC", "GT", "T", "A"]
    assert [m.nsites for m in found] == [8] * 4
    assert skipped == []


def test_transfac_contradictions_are_refused_with_their_line() -> None:
    head, rows = "ID  a\nP0 A C G T\n", "1 8 0 0 0\n2 0 8 0 0\n"
    for more, line, words in (
        ("01 0 0 8 0\n", 5, "row 1 begins another matrix in motif a"),
        ("4 0 0 8 0\n", 5, "row 4 of motif a follows row 2"),
        ("2 0 0 8 0\n", 5, "row 2 of motif a follows row 2"),
        ("XX\n3 0 0 8 0\n", 6, "stands after the end of its matrix in line 5"),
        ("BF x\n\n1 0 0 8 0 G\n", 7, "stands after the end of its matrix in line 5"),
        ("P0 A C G T\n1 0 0 8 0\n", 5, "no name"),
    ):
        assert_refused(head + rows + more + "//\n", line, words, transfac.parse)
    assert_refused(head + "3 8 0 0 0\n", 3, "first row of motif a has the number 3", transfac.parse)
    assert_refused("ID  a\n1 8 0 0 0\n", 2, "stands before a line P0", transfac.parse)


def test_transfac_tells_a_truncated_end(caplog) -> None:
    whole = "ID  a\nP0 A C G T\n1 8 0 0 0\n//\nID  b\nP0 A C G T\n1 8 0 0 0\n"
    assert len(transfac.read(whole + "//\n", "x")) == 2
    assert caplog.messages == []
    assert len(transfac.read(whole, "x")) == 2
    assert caplog.messages == ["x:7: the last motif does not end with //; the file may be truncated"]
    assert transfac.parse("AC  a\nAC  b\nP0 A C G T\n1 8 0 0 0\nAC  c\n", "x")[1] == [
        ("a", "no matrix"),
        ("c", "no matrix"),
    ]


def test_collections_agree_with_biopython(data_folder) -> None:
    from Bio import motifs

    for name, kind, named in (
        ("prodoric_2015.transfac", "TRANSFAC", "ID"),
        ("SwissRegulon_e_coli.meme", "minimal", None),
        ("dpinteract.meme", "minimal", None),
    ):
        path = data_folder / "motifs" / name
        file = motif_files.read(str(path))
        with open(path) as stream:
            others = motifs.parse(stream, kind, strict=False)
        assert file.skipped == ()
        for ours, other in zip(file.motifs, others, strict=True):
            assert ours.name.split("_")[0] == (other[named] if named else other.name).split("_")[0]
            counts = np.array([(other.counts if named else other.pwm)[base] for base in "ACGT"]).T
            np.testing.assert_allclose(ours.matrix, counts / counts.sum(axis=1, keepdims=True), atol=3e-6)


def test_umbrella_recognises_gzip_makes_names_unique_and_digests(tmp_path) -> None:
    path = tmp_path / "x.dat"
    text = HEAD + "".join(f"MOTIF {name}\n{MATRIX}" for name in ("a", "a", "a_2", "a")) + "MOTIF empty\n"
    path.write_bytes(gzip.compress(text.encode()))
    file = motif_files.read(str(path))
    assert [motif.name for motif in file.motifs] == ["a", "a_3", "a_2", "a_4"]
    assert file.renamed == (("a", "a_3"), ("a", "a_4"))
    assert file.skipped == (("empty", "no matrix"),)
    assert file.format == "MEME 4"
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert len(motif_files.read(str(path)).motifs) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"<html>", "HTML"), (b"chr\t1\t2\n", "not a known motif format"), (b"\0\1", "binary")],
)
def test_umbrella_refuses_in_one_line(content: bytes, words: str, tmp_path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(FormatError, match=words):
        motif_files.read(str(tmp_path / "x"))


def test_consensus_as_a_motif() -> None:
    assert motif_files.is_consensus("TATAAT")
    assert not motif_files.is_consensus("TATAAT.meme")
    assert not motif_files.is_consensus("")
    np.testing.assert_allclose(motif_files.consensus("unR").matrix, [[0, 0, 0, 1], [0.25] * 4, [0.5, 0, 0.5, 0]])
    with pytest.raises(InputError, match="not a consensus"):
        motif_files.consensus("TAXA")


WORDS = """MEME version 4;ALPHABET= ACGT;ALPHABET;END ALPHABET;Background letter frequencies;A 0.25 C 0.25 G 0.25 T 0.25
MOTIF a;letter-probability matrix: alength= 4 w= 2;letter-probability matrix:;log-odds matrix:
0.25 0.25 0.25 0.25;1 0 0 0;nan 1 1 1;1e999 1 1 1;= w= E=;>a b;A [ 1 2 ];C [ 1 2 ];G [ 1 2 ];T [ 0 2 ];1 2
AC  x;ID  y;P0 A C G T;01 1 2 3 4 N;XX;//""".replace("\n", ";").split(";")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=20)), max_size=14), st.sampled_from(["\n", "\r\n"]))
def test_any_text_is_read_or_refused(pieces: list[str], end: str) -> None:
    text = end.join(pieces)
    for module in (meme, jaspar, transfac):
        with contextlib.suppress(InputError):
            found, skipped = module.parse(text, "x")
            assert all(isinstance(motif, Motif) for motif in found)
            assert all(name for name, _ in skipped)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(WORDS)).map(lambda w: "\n".join(w).encode()))
)
def test_any_file_is_read_or_refused(content: bytes, tmp_path) -> None:
    (tmp_path / "x").write_bytes(content)
    for reader in (motif_files.read, tsv.read_table, tsv.read_matches):
        with contextlib.suppress(InputError):
            reader(str(tmp_path / "x"))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), width=st.integers(1, 40), nsites=st.one_of(st.just(math.nan), st.floats(2, 1e6)))
def test_meme_round_trip_of_any_motif(seed: int, width: int, nsites: float, tmp_path) -> None:
    path = str(tmp_path / "x.meme")
    before = motif_like(seed, width, nsites=nsites)
    meme.write(path, [before])
    (after,) = motif_files.read(path).motifs
    np.testing.assert_allclose(after.matrix, before.matrix, rtol=0, atol=1.01e-6)
    assert after.nsites == pytest.approx(nsites, rel=1e-9, nan_ok=True)


MATCH = Match("q", "t", -3, 1.5e-7, 0.00012, 0.002, 6, "TATAAT", "NTATAAT", "-")


def test_matches_have_tomtoms_columns_and_come_back(tmp_path) -> None:
    path = str(tmp_path / "m.tsv")
    tsv.write_matches(path, [MATCH])
    assert (tmp_path / "m.tsv").read_text() == (
        "Query_ID\tTarget_ID\tOptimal_offset\tp-value\tE-value\tq-value\tOverlap\tQuery_consensus\tTarget_consensus\tOrientation\n"
        "q\tt\t-3\t1.5e-07\t0.00012\t0.002\t6\tTATAAT\tNTATAAT\t-\n"
    )
    assert tsv.read_matches(path) == [MATCH]
    with open(path, "a") as stream:
        stream.write(
            "\n# Tomtom (Motif Comparison Tool): Version 5.5.5\n# The format of this file is described at ...\n"
        )
    assert tsv.read_matches(path) == [MATCH]
    tsv.write_matches(path, [])
    assert tsv.read_matches(path) == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("offset", "x", "is not a number"),
        ("p", 1.5, "between 0 and 1"),
        ("p", math.nan, "between"),
        ("orientation", "*", "neither"),
    ],
)
def test_matches_refused_with_their_line(field: str, value: object, words: str, tmp_path) -> None:
    tsv.write_matches(str(tmp_path / "m"), [MATCH, dataclasses.replace(MATCH, **{field: value})])
    with pytest.raises(FormatError, match=words) as caught:
        tsv.read_matches(str(tmp_path / "m"))
    assert caught.value.line == 3


def test_tables(tmp_path, monkeypatch) -> None:
    path = str(tmp_path / "t")
    x = np.array([0.123456789, np.nan], np.float32)
    tsv.write_table(path, {"name": ["a\tb", "c\nd"], "x": x, "n": np.array([1, 2]), "ok": [True, None]})
    assert (tmp_path / "t").read_text() == "name\tx\tn\tok\na b\t0.123457\t1\tTrue\nc d\tnan\t2\tNone\n"
    assert tsv.read_table(path)["x"] == ["0.123457", "nan"]
    monkeypatch.setattr(tsv, "AT_ONCE", 2)
    tsv.write_table(path, {"name": ["a", "b", "a", "c\n", "a"], "n": np.arange(5)})
    assert (tmp_path / "t").read_text() == "name\tn\na\t0\nb\t1\na\t2\nc \t3\na\t4\n"
    with pytest.raises(ValueError, match="differ in length"):
        tsv.write_table(path, {"a": [1], "b": []})
    for text, line, words in (("", None, "empty"), ("a\ta\n", 1, "twice"), ("a\tb\n1\t2\n\n3\n", 4, "1 cells, but")):
        (tmp_path / "t").write_text(text)
        with pytest.raises(FormatError, match=words) as caught:
            tsv.read_table(path)
        assert caught.value.line == line
