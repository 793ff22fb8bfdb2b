"""Tracks: bigWig and bedGraph, and the rounding that makes them hold the same numbers."""

import gzip
import io
import itertools
import struct
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.data import Contig, Contigs
from headmotif.errors import FormatError, InputError
from headmotif.formats.tracks import bedgraph, bigwig, strands, wig
from headmotif.steps.calling.rounding import round_digits

CONTIGS = Contigs([Contig("zeta.1", 12, True), Contig("NODE_1|x", 5), Contig("alpha", 3)])
VALUES = np.array(
    [0.5, 0.5, np.nan, 0.25, 0, 0, 0, 1, 1e-12, 0.125, 0.125, 0.5, 0.5, *[np.nan] * 4, 0.75, 0.75, 0.0625], np.float32
)
TEXT = (
    "zeta.1\t0\t2\t0.5\nzeta.1\t3\t4\t0.25\nzeta.1\t4\t7\t0\nzeta.1\t7\t8\t1\nzeta.1\t8\t9\t1e-12\n"
    "zeta.1\t9\t11\t0.125\nzeta.1\t11\t12\t0.5\nNODE_1|x\t0\t1\t0.5\nalpha\t0\t2\t0.75\nalpha\t2\t3\t0.0625\n"
)


def have_same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    """Bit for bit, whatever the bits of NaN."""
    assert one.dtype == other.dtype == np.float32
    return np.array_equal(
        np.where(np.isnan(one), 0, one.view(np.uint32)), np.where(np.isnan(other), 0, other.view(np.uint32))
    ) and (np.array_equal(np.isnan(one), np.isnan(other)))


def round_slowly(values) -> list[float]:
    """What `round_digits` is to give: through the text, one by one."""
    return [float(np.float32(float(f"{value:.4g}"))) for value in np.asarray(values, np.float64).tolist()]


def test_rounded_is_the_float32_of_the_text():
    rng = np.random.default_rng(1)
    values = np.concatenate(
        [10 ** rng.uniform(-12, 0, 50_000), 10 ** rng.uniform(-37, 38, 5_000), -(10 ** rng.uniform(-3, 3, 100))]
    )
    values = np.concatenate(
        [values, 10.0 ** np.arange(-37, 38), 9.9995 * 10.0 ** np.arange(-30, 30), [0, 0.99994, 0.99996]]
    ).astype(np.float32)
    got = round_digits(values)
    exact = np.array(round_slowly(values), np.float32)
    # A tie may fall to either side (the text's is that of the binary value, ours of a product): never more than the
    # last digit.
    differ = got != exact
    assert differ.mean() < 1e-4
    assert np.allclose(got, exact, rtol=1.1e-3, atol=0)
    assert np.array_equal(got, np.array(round_slowly(got), np.float32)), (
        "the text of what was rounded is not what was rounded"
    )
    assert np.array_equal(round_digits(got), got)
    assert np.abs(got / np.where(values == 0, 1, values) - (values != 0)).max() <= 5.01e-4


def test_rounded_keeps_what_is_no_number_and_refuses_too_many_digits():
    got = round_digits(np.array([np.nan, np.inf, -np.inf, -0.0], np.float32))
    assert np.isnan(got[0])
    assert got[1:].tolist() == [np.inf, -np.inf, 0]
    assert round_digits(np.array([0.123456], np.float32), 2).tolist() == [float(np.float32(0.12))]
    with pytest.raises(ValueError, match="six digits"):
        round_digits(np.ones(1), 7)


def test_both_formats_hold_the_same_bits(tmp_path):
    rng = np.random.default_rng(2)
    contigs = Contigs([Contig("a", 70_001, True), Contig("b", 29_999)])
    values = (10 ** rng.uniform(-12, 0, 100_000)).astype(np.float32)
    values[rng.random(100_000) < 0.01] = np.nan
    values[20_000:20_500] = values[69_000:72_000] = np.nan
    values[:30] = 0
    values = round_digits(values)
    bigwig.write(str(tmp_path / "x.bw"), contigs, values)
    bedgraph.write(str(tmp_path / "x.bg"), contigs, values)
    one, other = bigwig.read(str(tmp_path / "x.bw"), contigs), bedgraph.read(str(tmp_path / "x.bg"), contigs)
    assert have_same_bits(one, values)
    assert have_same_bits(other, values)


def test_bedgraph_is_these_lines_and_comes_back(tmp_path):
    path = str(tmp_path / "x.bg")
    bedgraph.write(path, CONTIGS, VALUES)
    assert (tmp_path / "x.bg").read_text() == TEXT
    assert have_same_bits(bedgraph.read(path, CONTIGS), VALUES)


@pytest.mark.parametrize("block", [1, 30, 1 << 20])
def test_bedgraph_reads_what_others_write(tmp_path, monkeypatch, block):
    """Track lines, comments, spaces, CRLF, no last line end, any order, gzip; in blocks of any size."""
    monkeypatch.setattr(bedgraph, "BLOCK", block)
    lines = ["track type=bedGraph", "#c", *TEXT.splitlines()[::-1], "", "browser hide all", "zeta.1 2 3 -7.5e-1 more"]
    (tmp_path / "x").write_bytes(gzip.compress("\r\n".join(lines).encode()))
    expected = VALUES.copy()
    expected[2] = -0.75
    assert have_same_bits(bedgraph.read(str(tmp_path / "x"), CONTIGS), expected)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("alpha\t0\t1", "3 columns; bedGraph needs"),
        ("alpha\t0\t4\t1", r"the end \(4\) lies beyond 'alpha', which has 3 nt"),
        ("alpha\t2\t2\t1", r"the end \(2\) is not after the start \(2\)"),
        ("alpha\t-1\t2\t1", "whole numbers from 0, not '-1' and '2'"),
        ("alpha\t0_0\t2\t1", "whole numbers from 0, not '0_0'"),
        ("alpha\t0\t1.0\t1", "'1.0'"),
        ("alpha\t0\t" + "9" * 30 + "\t1", "whole numbers"),
        ("alpha\t0\t1\thigh", "the value 'high' is not a finite number"),
        ("alpha\t0\t1\t-inf", "not a finite number"),
        ("alpha\t0\t1\tinf", "not a finite number"),
        ("alpha\t0\t1\t1e39", "not a finite number"),
        ("alpha\t0\t1\t1_0", "not a finite number"),
        ("zeta.1\t10\t12\t1", "this line and line 6 give values to the same base"),
        ("zeta.1\t0\t12\t1", "this line and line 1 give values to the same base"),
    ],
)
@pytest.mark.parametrize("block", [40, 1 << 20])
def test_a_malformed_bedgraph_is_refused_with_its_line(tmp_path, monkeypatch, block, bad, words):
    monkeypatch.setattr(bedgraph, "BLOCK", block)
    good = TEXT.splitlines()[:8]
    (tmp_path / "x").write_text("\n".join([*good, bad, "zeta.1\t2\t3\t1"]) + "\n")
    with pytest.raises(FormatError, match=words) as caught:
        bedgraph.read(str(tmp_path / "x"), CONTIGS)
    assert caught.value.line == 9
    assert "\n" not in str(caught.value)


def test_columns_that_slip_over_a_line_end_are_not_taken(tmp_path):
    """Eight cells in two lines, five and three of them: no two rows."""
    contigs = Contigs([Contig("1", 100), Contig("5", 100)])
    (tmp_path / "x").write_text("1\t0\t1\t0.5\t5\n6\t7\t0.25\n")
    with pytest.raises(FormatError, match="3 columns") as caught:
        bedgraph.read(str(tmp_path / "x"), contigs)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("raw", "words"), [(b"", "has no values"), (b"#x\n", "has no values"), (b"a\0b", "binary file")]
)
def test_a_file_without_values_is_no_bedgraph(tmp_path, raw, words):
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(FormatError, match=words):
        bedgraph.read(str(tmp_path / "x"), CONTIGS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.5, 0.25, float("nan")]), min_size=20, max_size=20))
def test_any_runs_come_back_from_both(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("runs")
    track = np.array(values, np.float32)
    bigwig.write(str(folder / "x.bw"), CONTIGS, track)
    assert have_same_bits(bigwig.read(str(folder / "x.bw"), CONTIGS), track)
    bedgraph.write(str(folder / "x.bg"), CONTIGS, track)
    text = (folder / "x.bg").read_text()
    if text:
        assert have_same_bits(bedgraph.read(str(folder / "x.bg"), CONTIGS), track)
        rows = [line.split("\t") for line in text.splitlines()]
        joined = [a for a, b in itertools.pairwise(rows) if a[0] == b[0] and a[2] == b[1] and a[3] == b[3]]
        assert not joined, "neighbouring lines of one value"
    else:
        assert np.isnan(track).all()


def test_another_reader_of_bigwigs_agrees(tmp_path):
    pyBigWig = pytest.importorskip("pyBigWig", reason="has no wheel for this platform")

    contigs = Contigs([Contig("z", 5000), Contig("empty", 40), Contig("a", 3000)])
    values = np.random.default_rng(3).random(8040).astype(np.float32)
    values[5000:5040] = np.nan
    values[100:200] = np.nan
    path = str(tmp_path / "x.bw")
    bigwig.write(path, contigs, values)
    with pyBigWig.open(path) as file:
        assert list(file.chroms().items()) == [("z", 5000), ("empty", 40), ("a", 3000)]
        assert file.isBigWig()
        assert file.header()["nLevels"] > 0
        assert file.header()["nBasesCovered"] == 7900
        assert file.values("z", 98, 102)[:2] == values[98:100].tolist()
        assert not file.intervals("empty")
        assert file.stats("a", 0, 3000, type="max", exact=True)[0] == values[5040:].max()
        assert file.stats("a", 0, 3000, type="mean", exact=True)[0] == pytest.approx(
            values[5040:].mean(dtype=np.float64)
        )
        assert file.stats("z", 0, 5000, type="coverage", exact=True)[0] == pytest.approx(0.98)
        assert file.stats("z", 0, 5000, type="max", nBins=2) == [
            values[:100].max(initial=np.nanmax(values[200:2500])),
            values[2500:5000].max(),
        ]
    bigwig.write(str(tmp_path / "again.bw"), contigs, values)
    assert (tmp_path / "again.bw").read_bytes() == (tmp_path / "x.bw").read_bytes()


def test_bigwig_of_a_thousand_contigs_in_the_genomes_order(tmp_path, monkeypatch):
    monkeypatch.setattr(bigwig, "ITEMS", 7)
    contigs = Contigs(Contig(f"NODE_{i * 7919 % 1000}_length", 10 + i % 13) for i in range(1000))
    values = np.random.default_rng(4).random(sum(c.length for c in contigs)).astype(np.float32)
    values[values < 0.2] = np.nan
    values[: contigs[0].length] = np.nan
    bigwig.write(str(tmp_path / "x.bw"), contigs, values)
    assert have_same_bits(bigwig.read(str(tmp_path / "x.bw"), contigs), values)


def test_bigwig_without_any_value(tmp_path):
    nothing = np.full(20, np.nan, np.float32)
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, nothing)
    assert have_same_bits(bigwig.read(str(tmp_path / "x.bw"), CONTIGS), nothing)


def test_bigwig_through_pipes(tmp_path, monkeypatch):
    class Stream(io.BytesIO):
        buffer = property(lambda self: self)

    out = Stream()
    monkeypatch.setattr(sys, "stdout", out)
    bigwig.write("-", CONTIGS, VALUES)
    monkeypatch.undo()
    monkeypatch.setattr(sys, "stdin", Stream(out.getvalue()))
    assert have_same_bits(bigwig.read("-", CONTIGS), VALUES)


def test_a_bigwig_of_another_program_may_leave_contigs_out(tmp_path):
    bigwig.write(str(tmp_path / "x.bw"), Contigs(CONTIGS[:1]), VALUES[:12])
    expected = np.concatenate([VALUES[:12], np.full(8, np.nan, np.float32)])
    assert have_same_bits(bigwig.read(str(tmp_path / "x.bw"), CONTIGS), expected)


def test_a_bigwig_that_is_none_or_of_another_genome_is_refused(tmp_path):
    path = tmp_path / "x.bw"
    bigwig.write(str(path), CONTIGS, VALUES)
    whole = path.read_bytes()
    assert bigwig.is_bigwig(whole)
    assert bigwig.is_bigwig(whole[3::-1])
    assert not bigwig.is_bigwig(b"##gff")
    cases = [
        (b"", r"not a bigWig file \(it is empty\)"),
        (b"zeta.1\t0\t1\t1\n", "not a bigWig file"),
        (whole[:-1], "truncated"),
        (whole[:100], "truncated"),
        (whole[:4], "truncated"),
        (whole[3::-1] + whole[4:], "big-endian"),
        (struct.pack("<I", 0x8789F2EB) + whole[4:], "this is a bigBed"),
    ]
    for raw, words in cases:
        (tmp_path / "y").write_bytes(raw)
        with pytest.raises(FormatError, match=words):
            bigwig.read(str(tmp_path / "y"), CONTIGS)
    with pytest.raises(FormatError, match=r"'zeta\.1' has 12 nt here and 13 in the genome"):
        bigwig.read(str(path), Contigs([Contig("zeta.1", 13), *CONTIGS[1:]]))
    with pytest.raises(FormatError, match="no such file"):
        bigwig.read(str(tmp_path / "none"), CONTIGS)
    with pytest.raises(InputError, match="does not exist"):
        bigwig.write(str(tmp_path / "none" / "x.bw"), CONTIGS, VALUES)
    for write in (bigwig.write, bedgraph.write):
        with pytest.raises(ValueError, match="do not fit"):
            write(str(path), CONTIGS, VALUES[1:])


@pytest.mark.parametrize("missing", ["nan", "NaN", "NA"])
def test_a_line_without_a_value_is_left_out_aloud(tmp_path, caplog, missing):
    (tmp_path / "x").write_text(f"zeta.1\t0\t3\t{missing}\nzeta.1\t3\t4\t0.25\nalpha\t0\t1\t{missing}\n")
    values = bedgraph.read(str(tmp_path / "x"), CONTIGS)
    assert np.flatnonzero(~np.isnan(values)).tolist() == [3]
    assert caplog.messages == [
        f"{tmp_path / 'x'}: 2 lines left out: their value is NaN or NA, which is no value, first in line 1"
    ]


def test_an_infinite_value_of_a_bigwig_is_refused_with_its_place(tmp_path):
    values = VALUES.copy()
    values[13:15] = -np.inf
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, values)
    with pytest.raises(FormatError, match=r"the value at NODE_1\|x:2 and at 1 more is infinite"):
        bigwig.read(str(tmp_path / "x.bw"), CONTIGS)


WIG = """track type=wiggle_0 name="both kinds"
variableStep chrom=zeta.1 span=2
1 0.5
# a comment
variableStep chrom=zeta.1
4\t0.25
8 1
fixedStep chrom=zeta.1 start=5 step=1
0
0
0
1e-12
fixedStep  chrom="zeta.1"  start=10 step=2  span=2
0.125
browser hide all
variableStep chrom=zeta.1
12 0.5

fixedStep chrom=NODE_1|x start=1
0.5
variableStep chrom=elsewhere
9 1
9 2
fixedStep chrom=alpha start=1 span=1
0.75
0.75
0.0625
"""


@pytest.mark.parametrize("block", [1, 30, 1 << 20])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda raw: raw.replace(b"\n", b"\r\n")])
def test_a_wig_holds_what_the_bedgraph_holds(tmp_path, monkeypatch, caplog, block, pack):
    monkeypatch.setattr(wig, "BLOCK", block)
    text = WIG.replace("0\n0\n0\n1e-12", "0\n0\n0").replace("8 1\n", "8 1\n9 1e-12\n")
    for name, content in (("plus", text), ("minus", TEXT)):
        (tmp_path / name).write_bytes(pack(content.encode()))
    plus, minus = strands.read((str(tmp_path / "plus"), str(tmp_path / "minus")), CONTIGS)
    assert have_same_bits(plus, minus)
    assert have_same_bits(plus, VALUES)
    assert caplog.messages == [
        f"{tmp_path / 'plus'}: 2 lines left out: on 'elsewhere', which the genome does not have, first in line 22"
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("variableStep span=2\n1 1\n", 1, "this declaration of wig is not complete; give variableStep chrom=CONTIG"),
        ("fixedStep chrom=alpha\n1\n", 1, "not complete"),
        ("fixedStep chrom=alpha start=0\n1\n", 1, "start must be a whole number from 1, not '0'"),
        ("variableStep chrom=alpha span=x\n1 1\n", 1, "span must be a whole number from 1, not 'x'"),
        ("variableStep chrom=alpha\n1 1\n2\n", 3, "1 column; variableStep of wig needs a position and a value"),
        ("fixedStep chrom=alpha start=1\n1\n1 2\n", 3, "2 columns; fixedStep of wig needs a value"),
        ("variableStep chrom=alpha\n0 1\n", 2, "the position must be a whole number from 1, not '0'"),
        ("variableStep chrom=alpha\n1 high\n", 2, "the value 'high' is not a finite number"),
        ("fixedStep chrom=alpha start=3\n1\n1\n", 3, "the end \\(4\\) lies beyond 'alpha', which has 3 nt"),
        ("variableStep chrom=alpha\n2 1\n1 1\n2 5\n", 4, "this line and line 2 give values to the same base"),
        ("variableStep chrom=beta\n1 1\n", 2, "contig 'beta' is not in the genome"),
        ("variableStep chrom=alpha\n", None, "this track has no values"),
    ],
)
def test_a_malformed_wig_is_refused_with_its_line(tmp_path, text, line, words):
    assert wig.is_wig(text.encode())
    with pytest.raises(FormatError, match=words) as caught:
        wig.parse(text.encode(), "x", CONTIGS)
    assert caught.value.line == line


def write_pair(folder, plus, minus, kind):
    """The files of two strands, whose values begin with those given."""
    paths = []
    for name, own in (("plus", plus), ("minus", minus)):
        values = np.full(20, np.nan, np.float32)
        values[: len(own)] = own
        kind.write(str(folder / name), CONTIGS, values)
        paths.append(str(folder / name))
    return tuple(paths)


@pytest.mark.parametrize("kind", [bedgraph, bigwig])
@pytest.mark.parametrize(
    ("plus", "minus", "signs", "words"),
    [
        ([0, 0.5, 1], [0, 0.25, 0.75], (1, 1), ""),
        ([0, 0.5], [0, 0, 0], (1, 1), ""),
        (
            [0, 0.5],
            [-0.25, 0, -1],
            (1, -1),
            "minus: values are below 0 and no value of the other strand is, so they are",
        ),
        ([0, 0], [-0.25, 0], (1, -1), "minus: values are below 0 and the other strand has none but 0, so they are"),
        ([-0.5, 0], [0.25, 0], (-1, 1), "by -1; if the files are exchanged, give that of the + strand first"),
        ([0, 7], [-12, 0], (1, -1), "values go up to 12, so they are no P"),
        (
            [-0.5, -2],
            [0, -0.25],
            (1, 1),
            "minus: the values of both strands are 0 or less, such as log P; they are kept",
        ),
        ([-0.5, 2], [0.25], (1, 1), "minus: values lie on both sides of 0, from -0.5 to 2; they are kept as scores"),
        ([-0.5, 2], [-0.25], (1, 1), "minus: values lie on both sides of 0, from -0.5 to 2; they are kept as scores"),
        ([0.5], [-0.25, 2], (1, 1), "minus: values lie on both sides of 0, from -0.25 to 2; they are kept as scores"),
        ([0.5], [0.25, 100], (1, 1), "minus: values go up to 100, so they are no P; they are kept as scores"),
        ([0, 0], [0, 0, 0], (1, 1), ""),
    ],
)
def test_a_strand_drawn_below_the_axis_is_turned_and_scores_are_not(tmp_path, caplog, kind, plus, minus, signs, words):
    found = strands.read(write_pair(tmp_path, plus, minus, kind), CONTIGS)
    for row, own in enumerate((plus, minus)):
        assert found[row][: len(own)].tolist() == [signs[row] * value for value in own]
        assert np.isnan(found[row][len(own) :]).all()
        assert not np.signbit(found[row][found[row] == 0]).any()
    assert words in (caplog.messages[-1] if caplog.messages else "")
    assert bool(words) == bool(caplog.messages)


def test_one_file_for_both_strands_is_told(tmp_path, caplog):
    paths = write_pair(tmp_path, [0.5], [0.5], bigwig)
    assert strands.read(paths, CONTIGS)[:, 0].tolist() == [0.5, 0.5]
    assert caplog.messages == [
        f"{paths[1]}: the file of the + strand has the same content; give the - strand its own, if there is one"
    ]
