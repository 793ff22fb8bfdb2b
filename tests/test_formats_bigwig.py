"""bigWig as others read and write it, its zoom levels, and what becomes of a damaged one."""

import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from headmotif.data import Contig, Contigs
from headmotif.errors import FormatError
from headmotif.formats.tracks import bigwig, bigwig_trees, bigwig_zooms

CONTIGS = Contigs([Contig("zeta", 9000), Contig("none", 50), Contig("alpha", 4000)])


def track(seed: int = 1) -> np.ndarray:
    """Values with gaps of many lengths, none on the second contig."""
    rng = np.random.default_rng(seed)
    values = (10 ** rng.uniform(-6, 0, 13_050)).astype(np.float32)
    values[rng.random(13_050) < 0.01] = np.nan
    values[2000:5000] = values[9000:9050] = np.nan
    return values


@pytest.fixture
def py_big_wig():
    return pytest.importorskip("pyBigWig", reason="has no wheel for this platform")


def are_same(one: np.ndarray, two: np.ndarray) -> bool:
    return np.array_equal(one, two, equal_nan=True)


def test_all_values_of_another_writer_are_read(tmp_path, py_big_wig):
    """Its three kinds of items: start and end, a start each with one span, and steps."""
    expected = np.full(13_050, np.nan, np.float32)
    expected[10:30], expected[30:31], expected[500:507], expected[800:807] = 0.5, 0.25, 1, 2
    for index, start in enumerate(range(9050 + 100, 9050 + 200, 10)):
        expected[start : start + 4] = index
    with py_big_wig.open(str(tmp_path / "x.bw"), "w") as file:
        file.addHeader([(c.name, c.length) for c in CONTIGS], maxZooms=3)
        file.addEntries(["zeta", "zeta"], [10, 30], ends=[30, 31], values=[0.5, 0.25])
        file.addEntries("zeta", [500, 800], values=[1.0, 2.0], span=7)
        file.addEntries("alpha", 100, values=[float(i) for i in range(10)], span=4, step=10)
    assert are_same(bigwig.read(str(tmp_path / "x.bw"), CONTIGS), expected)


def test_another_reader_reads_all_that_is_written(tmp_path, py_big_wig):
    values = track()
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, values)
    with py_big_wig.open(str(tmp_path / "x.bw")) as file:
        assert are_same(file.values("zeta", 0, 9000, numpy=True), values[:9000])
        assert are_same(file.values("alpha", 0, 4000, numpy=True), values[9050:])
        assert not file.intervals("none")
        told, there = file.header(), values[~np.isnan(values)]
        assert (told["nBasesCovered"], told["nLevels"]) == (len(there), 5)


def test_trees_of_several_levels_are_those_of_another_reader(tmp_path, py_big_wig, monkeypatch):
    """More contigs and more pieces than one node holds; contigs are numbered by the genome's order and found by their
    names'."""
    monkeypatch.setattr(bigwig, "ITEMS", 2)
    monkeypatch.setattr(bigwig_trees, "FANOUT", 6)
    contigs = Contigs(Contig(f"NODE_{i * 7919 % 500}", 5 + i % 13) for i in range(500))
    values = np.random.default_rng(4).random(sum(c.length for c in contigs)).astype(np.float32)
    values[values < 0.2] = np.nan
    bigwig.write(str(tmp_path / "x.bw"), contigs, values)
    assert are_same(bigwig.read(str(tmp_path / "x.bw"), contigs), values)
    with py_big_wig.open(str(tmp_path / "x.bw")) as file:
        assert list(file.chroms().items()) == [(c.name, c.length) for c in contigs]
        start = 0
        for contig in contigs:
            assert are_same(
                file.values(contig.name, 0, contig.length, numpy=True), values[start : start + contig.length]
            )
            start += contig.length


def test_a_file_without_a_value_opens_elsewhere(tmp_path, py_big_wig):
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, np.full(13_050, np.nan, np.float32))
    with py_big_wig.open(str(tmp_path / "x.bw")) as file:
        assert file.header()["nBasesCovered"] == 0
        assert file.chroms() == {c.name: c.length for c in CONTIGS}


def squares(values: np.ndarray) -> float:
    return float((values**2).sum())


def test_zoom_records_are_those_of_the_bases(monkeypatch):
    monkeypatch.setattr(bigwig_zooms, "BLOCK", 64)
    values = track()[:9000]
    bins = bigwig_zooms.bin_values(values)
    widths = bigwig_zooms.widths(9000)
    assert widths == [16, 64, 256, 1024, 4096]
    for width in widths:
        bins = bins.widen(width // bins.width)
        parts = [values[start : start + width] for start in range(0, 9000, width)]
        expected = [
            (
                7,
                width * i,
                min(width * (i + 1), 9000),
                *(f(part[~np.isnan(part)].astype(float)) for f in (len, min, max, sum, squares)),
            )
            for i, part in enumerate(parts)
            if not np.isnan(part).all()
        ]
        got = bigwig_zooms.records(bins, 7, 9000)
        assert len(got) == len(expected)
        for row, right in zip(got.tolist(), expected, strict=True):
            assert row == pytest.approx(right, rel=1e-6)


def test_the_longest_level_is_still_more_than_one_bin():
    assert bigwig_zooms.widths(16) == []
    assert bigwig_zooms.widths(17) == [16]
    assert bigwig_zooms.widths(1 << 40) == [16 * 4**level for level in range(10)]


def test_one_that_is_not_deflated_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(bigwig.zlib, "compress", lambda raw: raw)
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, track())
    monkeypatch.undo()
    whole = bytearray((tmp_path / "x.bw").read_bytes())
    whole[52:56] = struct.pack("<I", 0)  # room for what is inflated
    (tmp_path / "x.bw").write_bytes(whole)
    assert are_same(bigwig.read(str(tmp_path / "x.bw"), CONTIGS), track())


def test_a_damaged_byte_is_told_or_changes_nothing(tmp_path, caplog):
    """Never other values, another error or a crash: every byte of the head and of the trees, many of the rest."""
    values = track()
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, values)
    whole = (tmp_path / "x.bw").read_bytes()
    data, tree = struct.unpack_from("<2Q", whole, 16)
    rng = np.random.default_rng(5)
    places = [*range(data + 8), *range(tree, tree + 500), *rng.integers(0, len(whole), 400).tolist()]
    told = 0
    for place in places:
        bad = bytearray(whole)
        bad[place] ^= int(rng.integers(1, 256))
        (tmp_path / "y.bw").write_bytes(bad)
        caplog.clear()
        try:
            found = bigwig.read(str(tmp_path / "y.bw"), CONTIGS)
            assert caplog.messages or are_same(found, values), place  # a damaged contig name is told
        except FormatError:
            told += 1
    assert told > len(places) / 5


def test_a_piece_that_would_fill_the_memory_is_not_inflated(tmp_path):
    """The head says how large a piece may be."""
    with pytest.raises(ValueError, match="another size"):
        bigwig._inflate(bigwig.zlib.compress(bytes(10_000_000)), 1000)
    assert bigwig._inflate(bigwig.zlib.compress(bytes(1000)), 1000) == bytes(1000)
    with pytest.raises(ValueError, match="another size"):
        bigwig._inflate(bigwig.zlib.compress(bytes(1000))[:-1], 1000)


FORGED = {
    "fewer pieces in the tree than its head says": lambda raw, tree: put(raw, tree + 50, "<H", 3),
    "fewer pieces in the tree than there are": lambda raw, tree: (
        put(raw, tree + 50, "<H", 3),
        put(raw, tree + 8, "<Q", 3),
    ),
    "one piece twice": lambda raw, tree: put(raw, tree + 52 + 32, "<32s", bytes(raw[tree + 52 : tree + 84])),
    "a node that is neither leaf nor not": lambda raw, tree: put(raw, tree + 48, "<B", 2),
    "a node that is its own": lambda raw, tree: (
        put(raw, tree + 48, "<BBH", 0, 0, 1),
        put(raw, tree + 52 + 16, "<Q", tree + 48),
    ),
    "no tree of places": lambda raw, tree: put(raw, tree, "<I", 0),
    "no tree of names": lambda raw, _tree: put(raw, struct.unpack_from("<Q", raw, 8)[0], "<I", 0),
    "a contig twice": lambda raw, _tree: put(raw, raw.index(b"none"), "<4s", b"zeta"),
    "a number twice": lambda raw, _tree: put(raw, raw.index(b"none") + 5, "<I", 0),
}


def put(raw: bytearray, place: int, form: str, *values: object) -> None:
    struct.pack_into(form, raw, place, *values)


@pytest.mark.parametrize("forged", FORGED)
def test_what_a_file_says_of_itself_must_agree(tmp_path, forged):
    """Well-formed, and yet not whole: without these checks values would be lost without a word, or the reading would
    not end."""
    contigs = Contigs([Contig("zeta", 9000), Contig("none", 9000), Contig("alpha", 4000)])
    bigwig.write(str(tmp_path / "x.bw"), contigs, np.resize(track(), 22_000))
    raw = bytearray((tmp_path / "x.bw").read_bytes())
    FORGED[forged](raw, struct.unpack_from("<Q", raw, 24)[0])
    (tmp_path / "x.bw").write_bytes(raw)
    with pytest.raises(FormatError, match="damaged"):
        bigwig.read(str(tmp_path / "x.bw"), contigs)


def test_items_outside_the_contig_are_refused():
    for start, end in (([5], [5]), ([6], [5]), ([8], [11]), ([0], [4_000_000_000])):
        with pytest.raises(ValueError, match="outside"):
            bigwig._fill(np.zeros(10, np.float32), np.array(start), np.array(end), np.ones(1, np.float32))


def test_values_without_gaps_outside_the_contig_are_refused():
    """One too many, and a single one beyond, which would fit into no place without a word."""
    for first, count in ((8, 3), (12, 1)):
        piece = bigwig.PIECE.pack(0, first, first + count, 1, 1, bigwig.FIXED, 0, count) + bytes(4 * count)
        with pytest.raises(ValueError, match="outside"):
            bigwig._place_items(piece, [np.zeros(10, np.float32)], {0: 0})


def test_names_are_sorted_and_numbered_in_the_genomes_order(monkeypatch):
    monkeypatch.setattr(bigwig_trees, "FANOUT", 2)
    lengths = {"z": 1, "b": 2, "aa": 3, "a": 4, "y": 5}
    tree = bigwig_trees.names_tree(lengths, 0)
    assert bigwig_trees.read_names(tree, 0) == [("a", 3, 4), ("aa", 2, 3), ("b", 1, 2), ("y", 4, 5), ("z", 0, 1)]
    more = bytearray(tree)
    put(more, 16, "<Q", 6)
    with pytest.raises(ValueError, match="another number of items"):
        bigwig_trees.read_names(bytes(more), 0)


def test_pieces_are_in_order_and_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(bigwig_trees, "FANOUT", 3)
    bigwig.write(str(tmp_path / "x.bw"), CONTIGS, track())
    whole = Path(tmp_path / "x.bw").read_bytes()
    blocks = bigwig_trees.read_places(whole, struct.unpack_from("<Q", whole, 24)[0])
    rows = blocks[["contig", "start", "last", "end"]].tolist()
    assert all(one[2:] <= other[:2] for one, other in pairwise(rows))
    assert all(one + size == other for (one, size), (other, _) in pairwise(blocks[["place", "size"]].tolist()))
