"""The formats of motifs side by side: Cluster-Buster and HOMER, which format a text is, what comes back from each, and
damaged files."""

import math
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headmotif.data import Motif
from headmotif.errors import FormatError, InputError
from headmotif.formats.inputs import motif_files
from headmotif.formats.motifs import base_table, cluster_buster, homer, jaspar

ASTT = ">ASTT\t1-ASTT\t8.059752\t-23791.535714\t0\tT:17311.0(44.36%),B:2181.5(5.80%),P:1e-10317\tTpos:100.7\n"
ROWS = "0.726\t0.002\t0.170\t0.103\n0.002\t0.995\t0.002\t0.002\n"
JASPAR_WIDE = ">w\n1 2 3 4 5\n1 2 3 4 5\n1 2 3 4 5\n1 2 3 4 5\n"
BOTH = "0 0 1 0\n1 0 0 0\n0 0 0 1\n0 1 0 0\n"  # GATC, or its turning CATG in JASPAR's order
BY_ROW = "9 0 1 0\n4 3 2 1\n1 2 3 4\n10 0 0 0\n"
BY_COLUMN = "9 4 1 10\n0 3 2 0\n1 2 3 0\n0 1 4 0\n"
NEITHER = "7 0 0 0\n1 2 3 1\n1 4 4 0\n1 4 3 9\n"
UNEVEN = "9 0 1 2\n4 3 2 1\n1 2 3 4\n10 1 1 0\n"  # as counts of a site or two more here and there: within no 5 %


def assert_refused(module, text: str, line: int | None, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        module.parse(text, "x.txt")
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        ">a other words\n3 1 0 0\n0 4 0 0\n",
        ">a other words\r\n# WEIGHT 2.7\r\n3\t1\t0\t0\r\n0\t4\t0\t0",  # no final newline
        "# made by hand\n\n>a\tother\twords\n\n  3.0 1 0 0 \n# GAP 3\n0 4e0 0 0\n\n",
        "> a  other words \n3 1 0 0\n0 4 0 0\n",
    ],
)
def test_cluster_buster_reads_what_is_about(text: str) -> None:
    (motif,) = cluster_buster.read(text, "x")
    assert (motif.name, motif.alt, motif.nsites) == ("a", "other words", 4)
    np.testing.assert_allclose(motif.matrix, [[0.75, 0.25, 0, 0], [0, 1, 0, 0]])


def test_cluster_buster_takes_rsats_titles_and_probabilities() -> None:
    text = ">M1\t/name=AGL3\t/info=CCWW\t/gapopen=1\n0.33 0.33 0.33 0\n0.25 0.25 0.25 0.27\n"
    (motif,) = cluster_buster.read(text, "x")
    assert (motif.name, motif.alt) == ("M1", "/name=AGL3 /info=CCWW /gapopen=1")
    assert math.isnan(motif.nsites)
    np.testing.assert_allclose(motif.matrix[0], [1 / 3, 1 / 3, 1 / 3, 0])


def test_cluster_buster_refusals() -> None:
    assert_refused(cluster_buster, ">a\n1 2 3 4\n1 2 3\n", 3, "3 numbers instead of 4")
    assert_refused(cluster_buster, ">a\n1 2 3 4\n1 2 x 4\n", 3, "'x' is not a number")
    assert_refused(cluster_buster, ">a\n1 2 3 -4\n", 2, "is not a count")
    assert_refused(cluster_buster, ">a\n1 2 3 nan\n", 2, "is not a count")
    assert_refused(cluster_buster, ">a\n1 2 3 1e300\n", 2, "is not a count")
    assert_refused(cluster_buster, "1 2 3 4\n>a\n", 1, "before the first name")
    assert_refused(cluster_buster, ">a\n1 2 3 4\n> \n1 2 3 4\n", 3, "no name")
    assert_refused(cluster_buster, "# nothing\n", None, "no motif")
    skipped = [("a", "position 2 without counts"), ("b", "no matrix")]
    assert cluster_buster.parse(">a\n1 2 3 4\n0 0 0 0\n>b\n", "x") == ([], skipped)


@pytest.mark.parametrize(
    ("title", "name", "nsites"),
    [
        (ASTT, "1-ASTT", 17311),
        (ASTT.replace("\n", "\r\n"), "1-ASTT", 17311),
        (">\tno consensus (x)/y z\t5\n", "no_consensus_(x)/y_z", math.nan),
        (">ASTT\t\t5\n", "ASTT", math.nan),
        (">ASTT more\n", "ASTT", math.nan),
        (">ASTT\tb\t5\t0\t0\tT:many(44%)\n", "b", math.nan),
        (">ASTT\tb\t5\t0\t0\tT:0.0(0%)\n", "b", math.nan),
        (">ASTT\tb\t5\t0\t0\tB:3(5%),T:4\n", "b", math.nan),
        (">ASTT\tb\t5\t0\t0\tT:-.e\n", "b", math.nan),
    ],
)
def test_homer_reads_name_and_sites(title: str, name: str, nsites: float) -> None:
    (motif,) = homer.read(title + ROWS, "x")
    assert motif.name == name
    assert motif.nsites == pytest.approx(nsites, nan_ok=True)
    np.testing.assert_allclose(motif.matrix, [np.array([726, 2, 170, 103]) / 1001, np.array([2, 995, 2, 2]) / 1001])


def test_homer_takes_counts() -> None:
    text = ">AC\tb\t5\n6\t2\t0\t0\n0\t4\t0\t0\n"
    assert homer.read(text, "x")[0].nsites == 8
    assert homer.read(text.replace("5\n", "5\t0\t0\tT:31.0(9%)\n", 1), "x")[0].nsites == 31


def test_homer_refusals() -> None:
    assert_refused(homer, ASTT + ROWS + "0.1\t0.2\t0.3\n", 4, "3 numbers instead of 4")
    assert_refused(homer, ASTT + ROWS.replace("0.995", "0.9x5"), 3, "'0.9x5' is not a number")
    assert_refused(homer, ASTT + ROWS.replace("0.995", "-0.995"), 3, "is not a count")
    assert_refused(homer, ROWS + ASTT, 1, "before the first name")
    assert_refused(homer, ASTT + ROWS + ">\t \t5\n" + ROWS, 4, "no name")
    assert homer.parse(ASTT + ">b\tc\t5\n0\t0\t0\t0\n", "x") == (
        [],
        [("1-ASTT", "no matrix"), ("c", "position 1 without counts")],
    )


def test_what_the_new_writers_write(tmp_path) -> None:
    known = Motif("a b", np.array([[0.75, 0.25, 0, 0], [0, 0, 0, 1.0]]), 8, alt="an alt")
    unknown = Motif("gatc", np.eye(4)[[2, 0, 3, 1]])
    motif_files.write(str(tmp_path / "x"), [known, unknown], "cluster-buster")
    assert (tmp_path / "x").read_text() == (
        ">a_b an alt\n6\t2\t0\t0\n0\t0\t0\t8\n>gatc\n# WEIGHT 1\n0\t0\t1\t0\n1\t0\t0\t0\n0\t0\t0\t1\n0\t1\t0\t0\n"
    )
    motif_files.write(str(tmp_path / "x"), [known, unknown], "homer")
    assert (tmp_path / "x").read_text() == (
        ">AT\ta_b\t1.490944\t0\t0\tT:8(nan%)\n"  # 0.6 (ln 3 + ln 4)
        "0.7500000\t0.2500000\t0.0000000\t0.0000000\n0.0000000\t0.0000000\t0.0000000\t1.0000000\n"
        ">GATC\tgatc\t3.327106\n0.0000000\t0.0000000\t1.0000000\t0.0000000\n1.0000000\t0.0000000\t0.0000000\t0.0000000\n"
        "0.0000000\t0.0000000\t0.0000000\t1.0000000\n0.0000000\t1.0000000\t0.0000000\t0.0000000\n"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # The shape decides.
        (JASPAR_WIDE, "JASPAR"),
        (">a\n1\n0\n0\n0\n", "JASPAR"),
        (">a\nA 1 2 3\nC 1 2 3\nG 1 2 3\nT 1 2 3\n", "JASPAR"),
        (">a\nA [1 0 0 0]\nC [0 1 0 0]\nG [0 0 0 1]\nT [0 0 1 0]\n", "JASPAR"),
        (">a\n1 0 0 0\n", "Cluster-Buster"),
        (">a\n" + 3 * "1 0 0 0\n", "Cluster-Buster"),
        (">a\n" + 9 * "1 0 0 0\n", "Cluster-Buster"),
        (ASTT + ROWS, "HOMER"),
        (">a\t/name=b\t/info=5\n" + ROWS, "Cluster-Buster"),
        (">a\tb\n" + ROWS, "Cluster-Buster"),
        # Four by four: the title, Cluster-Buster's own comments, the sums.
        (ASTT + BOTH, "HOMER"),
        (">a\n#WEIGHT 2\n" + BOTH, "Cluster-Buster"),
        ("# GAP 2\r\n>a\r\n" + BOTH, "Cluster-Buster"),
        (">a /name=b\n" + BOTH, "Cluster-Buster"),
        (">a\n" + BOTH, "JASPAR"),
        (">a\n" + NEITHER, "JASPAR"),
        (">a\n" + UNEVEN, "JASPAR"),
        (">a\n" + BY_ROW, "Cluster-Buster"),
        (">a\n" + BY_COLUMN, "JASPAR"),
        (">a\n0.33 0.33 0.33 0\n" + 3 * "0.97 0.01 0.01 0.01\n", "Cluster-Buster"),
        # Four by four first, then a motif that decides.
        (">a\n" + BY_COLUMN + ">b\n" + ROWS, "Cluster-Buster"),
        (">a\n" + BY_ROW + JASPAR_WIDE, "JASPAR"),
        (">a\n" + BOTH + ">empty\n" + ASTT + ROWS, "HOMER"),
        (">a\n" + BOTH + ">b\n" + BY_ROW, "Cluster-Buster"),
        (">a\n" + BOTH + ">b\n" + BY_COLUMN, "JASPAR"),
        (">a\n" + BY_ROW + ">b\n" + BY_COLUMN, "JASPAR"),
        (">a\n" + BY_ROW + ">b\n" + BY_COLUMN + ">c\n" + BY_ROW, "Cluster-Buster"),
        # Damaged or none of them: the reader says what is wrong.
        (">a\n" + 6 * "1 0 0 0\n" + "1 0 x 0\n", "Cluster-Buster"),
        (">contig\nACGTACGT\nACGT\n", "JASPAR"),
        (">a\n" + 4 * "1e999 1 1 1\n", "JASPAR"),
        (">a\n", "JASPAR"),
    ],
)
def test_motifs_under_titles_are_told_apart(text: str, kind: str) -> None:
    assert motif_files.recognise_format(text) == kind
    assert motif_files.recognise_format("\n# a comment\n" + text.replace("\n", "\r\n")) == kind


def test_four_by_four_is_read_in_the_order_that_was_told(tmp_path) -> None:
    for text, turned in ((BY_ROW, False), (BY_COLUMN, True)):
        (tmp_path / "x").write_text(">a\n" + text)
        (motif,) = motif_files.read(str(tmp_path / "x")).motifs
        counts = np.array([line.split() for line in text.splitlines()], float)
        np.testing.assert_allclose(motif.matrix, (counts.T if turned else counts) / 10)


LONG = "3 1 0 0\n0 4 0 0\n1 1 1 1\n2 2 0 0\n4 0 0 0\n"
FOUR = "A [ 3 0 ]\nC [ 1 4 ]\nG [ 0 0 ]\nT [ 0 0 ]\n"


@pytest.mark.parametrize(
    ("module", "matrix", "row"),
    [(jaspar, FOUR, "A [ 3 0 ]\n"), (cluster_buster, LONG, "1 1 1 1\n"), (homer, LONG, "1 1 1 1\n")],
)
def test_a_matrix_ends_at_its_first_other_line(module, matrix: str, row: str, caplog) -> None:
    whole = module.read(f">a\n{matrix}>b\n{matrix}", "x")
    assert caplog.messages == []
    after = module.read(f">a\n{matrix}//\n3 sites of this motif\n\n>b\n{matrix}XX\n", "x")
    for one, other in zip(after, whole, strict=True):
        np.testing.assert_array_equal(one.matrix, other.matrix)
    assert caplog.messages == ["x: 3 lines left out: no part of a matrix, first in line " + str(2 + matrix.count("\n"))]
    assert_refused(module, f">a\n{matrix}//\n{row}>b\n{matrix}", 3 + matrix.count("\n"), "after the end of its matrix")


def test_sums_that_contradict_are_refused_with_their_line() -> None:
    shares = "0.9 0.05 0.05 0\n"
    assert_refused(
        cluster_buster, f">a\n{shares}{shares}0.9 0.9 0.9 0.3\n{shares}{shares}", 4, "position 3 of motif a sums to 3;"
    )
    assert_refused(
        cluster_buster, f">a\n{shares}{shares}9 0 0 0\n{shares}{shares}", 4, "position 3 of motif a sums to 9;"
    )
    assert_refused(homer, ">AC\ta\t5\n0.1\t0.1\t0.1\t0.1\n0.2\t0\t0\t0\n", 2, "sums to 0.4")
    assert_refused(jaspar, ">a\nA 0.9 0.1\nC 0.9 0.1\nG 0.9 0.1\nT 0.3 0.7\n", 2, "position 1 of motif a sums to 3;")
    assert_refused(cluster_buster, ">a\n1.5 -0.5 0 0\n", 2, "log-odds")


@pytest.mark.parametrize(
    ("rows", "nsites"),
    [
        ("0.5 0.5 0.5 0.5\n0.9 0.4 0.4 0.3\n1 1 0 0\n0 1 1 0\n0 0 1 1\n", 2),  # two weighted sites
        ("7.5 0.5 0 0\n0.2 0.3 0.5 0\n1.5 1 2 9.1\n0 0 4.5 0\n0 0 2.2 2\n", 13.6),  # weighted sites with gaps
        ("100 0 0 0\n0 1 0 0\n38 31 31 0\n1 0 0 0\n0 0 0 1\n", 100),  # DBTBS: whole numbers are counts
        ("0.3 0.3 0.3 0\n0.4 0.2 0.2 0.4\n1 0 0 0\n0 1 0 0\n0.9 0 0 0\n", math.nan),  # one decimal
    ],
)
def test_sums_that_can_be_right_are_read(rows: str, nsites: float) -> None:
    (motif,) = cluster_buster.read(">a\n" + rows, "x")
    counts = np.array([line.split() for line in rows.splitlines()], float)
    np.testing.assert_allclose(motif.matrix, counts / counts.sum(axis=1, keepdims=True))
    assert motif.nsites == pytest.approx(nsites, nan_ok=True)


REGULONDB = """# RegulonDB
# Release: 9.4
Transcription Factor ID: ECK120011190
Transcription Factor Name: AcrR
Total of binding sites: 4
PSSM size: 2

CA
CA

a\t|\t0\t4
c\t|\t4\t0
g\t|\t0\t0
t\t|\t0\t0

Transcription Factor ID: ECK120011191
Transcription Factor Name: Ada
Total of binding sites: 4
A\t4\t0
C\t0\t0
G\t0\t0
T\t0\t4

Transcription Factor Name: AgaR
"""
UNIPROBE = """# Motif: GTAA\tEnrichment Score: 0.49
1\tGTAA\t0.494153723616089

Enrichment score matrix

A:\t-0.01\t0.30
C:\t-0.02\t0.10
G:\t0.08\t0.12
T:\t-0.05\t0.02

Energy matrix for enoLOGOS

PO\t1\t2
A:\t0.1\t0.6
C:\t0.2\t0.7
G:\t-0.8\t-1.1
T:\t0.4\t-0.2

Probability matrix

A:\t0.1\t0.7
C:\t0.1\t0.1
G:\t0.7\t0.1
T:\t0.1\t0.1
"""
RSAT = "; MET4\nA | 4 0\nC | 0 4\nG | 0 0\nT | 0 0\n//\n; MET28 matrix\nA | 0 0\nC | 0 0\nG | 4 0\nT | 0 4\n//\n"
BARE = "0 3 4\n4 0 0\n0 1 0\n0 0 0\n"


@pytest.mark.parametrize(
    ("text", "names", "bases", "skipped"),
    [
        (REGULONDB, ["AcrR", "Ada"], ["CA", "AT"], [("AgaR", "no matrix")]),
        (RSAT, ["MET4", "MET28"], ["AC", "GT"], []),
        (RSAT.replace("; ", "# "), ["MET4", "MET28"], ["AC", "GT"], []),
        (UNIPROBE, ["GTAA"], ["GA"], []),
        ("Arid3a_primary\nA:\t0.7\t0.1\nC:\t0.1\t0.7\nG:\t0.1\t0.1\nT:\t0.1\t0.1\n", ["Arid3a_primary"], ["AC"], []),
        ("Protein: Cbf1\tSeed k-mer: GT\n\nA:\t1\t0\nC:\t0\t1\nT:\t0\t0\nG:\t0\t0\n", ["Cbf1"], ["AC"], []),
        (BARE, ["MA0001.1"], ["CAA"], []),
        (BARE + "\n" + BARE, ["MA0001.1", "MA0001.1_2"], ["CAA", "CAA"], []),
        (
            "A [ 0 4 ]\nC [ 4 0 ]\nG [ 0 0 ]\nT [ 0 0 ]\nA [ 4 4 ]\nC [ 0 0 ]\nG [ 0 0 ]\nT [ 0 0 ]\n",
            ["MA0001.1", "MA0001.1_2"],
            ["CA", "AA"],
            [],
        ),
    ],
)
def test_tables_with_a_row_for_each_base(
    text: str, names: list[str], bases: list[str], skipped: list, tmp_path
) -> None:
    for end in ("\n", "\r\n"):
        (tmp_path / "MA0001.1.pfm").write_bytes(text.replace("\n", end).encode())
        file = motif_files.read(str(tmp_path / "MA0001.1.pfm"))
        assert file.format == "base table"
        assert [motif.name for motif in file.motifs] == names
        assert ["".join("ACGT"[i] for i in motif.matrix.argmax(axis=1)) for motif in file.motifs] == bases
        assert list(file.skipped) == skipped


def test_tables_with_a_row_for_each_base_are_refused_where_they_are_cut(caplog) -> None:
    assert_refused(base_table, RSAT[: RSAT.rindex("T |")], 10, "motif MET28 has 3 lines of counts instead of 4")
    assert_refused(
        base_table, RSAT[: RSAT.rindex("4\n")], 11, "has 1 counts; all lines of a motif need the same number"
    )
    assert_refused(base_table, BARE + "1 2 3\n", 5, "one line of counts for each")
    assert_refused(base_table, LONG, 1, "rows of four numbers have no title")
    assert_refused(base_table, BY_ROW, 1, "rows of four numbers have no title")
    base_table.parse(UNIPROBE, "x")
    assert caplog.messages == ["x: 2 matrices left out: scores instead of probabilities, first in line 6"]


README = """# Motifs

This folder holds the motifs of our paper on two factors.

ID  is the name that they have in the tables.
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (README, "prose, such as a README"),
        ("Notes\rNA  means that the factor is not yet known.\rAsk us for the tables in full.\r", "prose"),
        (README + "MOTIF a is the first of them, and the best.\n> a quote\n", "prose, such as a README"),
        (README + "AC, ID and P0 begin the lines of a record:\n\n    P0 A C G T\n    01 1 2 3 4\n", "prose"),
        (README + "\n    MEME version 4\n\nis its first line.\n", "prose"),
        ("Our format:\n\n```\nMEME version 4\nMOTIF a\nletter-probability matrix:\n1 0 0 0\n```\n", "prose"),
        ("~~~\nID  a\nP0 A C G T\n01 1 2 3 4\n//\n~~~\n", "prose"),
        ("MOTIF a\nMOTIF b\n", "not a known motif format"),
        ("TF\tT1\nMotif\tM1\nPos\tA\tC\tG\tT\n1\t0.1\t0.2\t0.3\t0.4\n", "CIS-BP"),
        ("Transcription Factor Name: AcrR\nTotal of binding sites: 2\nCATACA\n", "RegulonDB's list of sites"),
        ('{"a": 1}', "JSON"),
    ],
)
def test_what_is_no_motif_file_is_told_in_one_line(text: str, words: str, tmp_path) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(FormatError, match=words) as caught:
        motif_files.read(str(tmp_path / "x"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "MEME version 4\nMOTIF a\nMOTIF b\nletter-probability matrix:\n1 0 0 0\nMOTIF c\n",
        ">a\n>b\n1 2\n1 2\n1 2\n1 2\n>c\n",
        ">a\n# WEIGHT 1\n>b\n1 2 3 4\n>c\n",
        ">A\ta\t5\n>A\tb\t5\n1\t2\t3\t4\n>A\tc\t5\n",
        "ID  a\n//\nID  b\nP0 A C G T\n01 1 2 3 4\n//\nID  c\n//\n",
    ],
)
def test_headers_without_a_matrix_are_told_aloud(text: str, tmp_path, caplog) -> None:
    (tmp_path / "x").write_text(text)
    file = motif_files.read(str(tmp_path / "x"))
    assert [motif.name for motif in file.motifs] == ["b"]
    assert caplog.messages == [f"{tmp_path / 'x'}: 2 motifs left out: no matrix (a, c)"]


def test_messages_name_every_format(tmp_path) -> None:
    for content in ("", "<html>", "chr\t1\n", "\0"):
        (tmp_path / "x").write_text(content)
        with pytest.raises(FormatError, match="MEME, JASPAR, TRANSFAC, Cluster-Buster or HOMER"):
            motif_files.read(str(tmp_path / "x"))
    with pytest.raises(InputError, match=r"choose one of meme, jaspar, transfac, cluster-buster, homer$"):
        motif_files.write(str(tmp_path / "y"), [], "HOMER")
    assert not (tmp_path / "y").exists()


def draw_motif(seed: int, width: int, nsites: float) -> Motif:
    """Soft, hard, or with every base once: the last have alike sums in rows and columns where they are four wide."""
    rng = np.random.default_rng(seed)
    soft = rng.dirichlet([rng.choice([0.02, 0.3, 3])] * 4, size=width)
    matrix = soft if seed % 2 else np.eye(4)[np.concatenate([rng.permutation(4) for _ in range(width)])[:width]]
    return Motif(
        f"m{seed}/(x)$", matrix, nsites, np.array([0.3, 0.2, 0.2, 0.3]), alt=["", "an alt", "/name=5"][seed % 3]
    )


MOTIFS = st.lists(
    st.builds(
        draw_motif,
        st.integers(0, 10**6),
        st.one_of(st.just(4), st.integers(1, 12)),
        st.just(math.nan) | st.floats(2, 1e6),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda motif: motif.name,
)


@pytest.mark.parametrize("kind", motif_files.WRITERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=MOTIFS)
def test_what_is_written_is_recognised_and_comes_back(kind: str, written: list[Motif], tmp_path) -> None:
    path = str(tmp_path / "x")
    motif_files.write(path, written, kind)
    file = motif_files.read(path)
    assert file.format.split()[0].lower() == kind
    assert (file.skipped, file.renamed) == ((), ())
    for before, after in zip(written, file.motifs, strict=True):
        alt = {"meme": before.alt.replace("=", "_"), "homer": ""}.get(kind, before.alt)
        assert (after.name, after.alt) == (before.name, alt)
        np.testing.assert_allclose(after.matrix, before.matrix, rtol=0, atol=1e-6 + 1e-12)
        np.testing.assert_allclose(after.background, before.background if kind == "meme" else 0.25, rtol=0, atol=1e-6)
        assert after.nsites == pytest.approx(before.nsites, rel=1e-6, nan_ok=True)


def read_or_refuse(text: str) -> None:
    """By the reader of every format, whichever is recognised; an error is one line and tells a line that there is."""
    assert motif_files.recognise_format(text) in ("", *motif_files.FORMATS)
    for module in motif_files.FORMATS.values():
        found, skipped, error = outcome(module, text)
        if error:
            assert str(error).startswith("x.txt:")
            assert "\n" not in str(error)
            assert error.line is None or 1 <= error.line <= 1 + text.count("\n") + text.count("\r")
        assert all(motif.name and not motif.name.isspace() for motif in found)
        assert all(motif.nsites > 0 or math.isnan(motif.nsites) for motif in found)
        assert all(name and why for name, why in skipped)


def outcome(module, text: str) -> tuple[list[Motif], list[tuple[str, str]], FormatError | None]:
    try:
        return *module.parse(text, "x.txt"), None
    except FormatError as error:
        return [], [], error


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200) | st.text(alphabet=">#\t\n\r ACGTacgt[]0123456789.e-+=:/", max_size=200).map(">".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


HARM = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "double", "change", "insert"]),
        st.integers(0, 10**6),
        st.sampled_from("0159.e-+>#[=\t\n\r x\xa0٣"),
    ),
    min_size=1,
    max_size=4,
)


def apply_harm(text: str, harm: list[tuple[str, int, str]]) -> str:
    for kind, place, letter in harm:
        at = place % max(len(text), 1)
        rows = text.split("\n")
        row = place % len(rows)
        if kind == "cut":
            text = text[:at]
        elif kind in ("drop", "double"):
            text = "\n".join(rows[:row] + rows[row : row + 1] * (2 * (kind == "double")) + rows[row + 1 :])
        else:
            text = text[:at] + letter + text[at + (kind == "change") :]
    return text


RICH = {
    "meme": 'MEME version 5\n\nALPHABET "DNA" DNA-LIKE\nA "Adenine" CC0000 ~ T\nC ~ G\nN = ACGT\nEND ALPHABET\n\n'
    "Background letter frequencies (from x):\nA 0.3 C 0.2 G 0.2 T 0.3\n\nMOTIF a alt\nlog-odds matrix: alength= 4 w= "
    "2 E= 1e-5\n"
    "120 -30 -400 7\n1 2 3 4\nletter-probability matrix: alength=4 w=2 nsites=20 E=1e-5\n0.7 0.1 0.1 0.1\n1 0 0 "
    "0\nMOTIF b\n"
    "log-odds matrix: w= 1\n122 -100 -100 -158\n",
    "jaspar": ">a alt\nA [ 1 2 ]\nC [ 3 4 ]\nG [ 5 6 ]\nT [ 7 8 ]\n>b\n1 2 3\n1 2 3\n1 2 3\n1 2 3\n",
    "transfac": "VV  x\nXX\n//\nAC  M1\nXX\nID  V$X\nNA  x\nCC  ac: y\nPO  T G C A\n01  1 2 3 4 N\n02  0 0 0 9 "
    "A\nXX\n//\nAC  M2\n//\n",
    "cluster-buster": "# by hand\n>a /name=b\n# WEIGHT 2\n1 2 3 4\n0 0 0 1\n>b\n" + BY_ROW,
    "homer": ASTT + ROWS + ">\tb\t5\n" + BOTH.replace(" ", "\t"),
}


@pytest.mark.parametrize("kind", motif_files.WRITERS)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 20) | st.none(), harm=HARM)
def test_damaged_files_are_read_or_refused(
    kind: str, seed: int | None, harm: list[tuple[str, int, str]], tmp_path
) -> None:
    """Those that we write, and those with all that the formats allow."""
    path = tmp_path / f"{seed}.txt"
    if seed is None:
        path.write_text(RICH[kind])
    elif not path.exists():
        lengths = random.Random(seed)
        motif_files.write(
            str(path), [draw_motif(seed + i, lengths.randint(1, 6), [math.nan, 20][i % 2]) for i in range(3)], kind
        )
    read_or_refuse(apply_harm(path.read_text(), harm))


@pytest.mark.parametrize("kind", motif_files.WRITERS)
def test_the_files_to_damage_are_whole(kind: str, tmp_path) -> None:
    (tmp_path / "x").write_text(RICH[kind])
    file = motif_files.read(str(tmp_path / "x"))
    assert file.format.split()[0].lower() == kind
    assert len(file.motifs) + len(file.skipped) == 2
