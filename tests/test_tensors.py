"""The binary container, byte by byte, and the four formats in it."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import struct
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from headmotif.data import Contig, Genome, Label, Model
from headmotif.errors import FormatError, InputError
from headmotif.formats.tables import summary
from headmotif.formats.tensors import (
    attention_tensor,
    blocks,
    checkpoint_tensor,
    container,
    genome_tensor,
    model_tensor,
)

FROZEN = Path(__file__).parent / "frozen"
HEADER = {"version": 1, "format": "toy", "b": "é", "a": [1, None]}
ARRAYS = {"z": np.array([[1, 2, 3]], np.uint8), "a": np.array([-1, 2.5], np.float32)}
SHAPES = {name: (array.dtype, array.shape) for name, array in ARRAYS.items()}
# key order of the metadata sorted, arrays in their own order, padded to a multiple of eight
TEXT = (
    b'{"__metadata__":{"headmotif":"{\\"a\\":[1,null],\\"b\\":\\"\\\\u00e9\\",\\"format\\":\\"toy\\",\\"version\\":1}"},'
    b'"z":{"dtype":"U8","shape":[1,3],"data_offsets":[0,3]},"a":{"dtype":"F32","shape":[2],"data_offsets":[3,11]}}'
)
TEXT += b" " * (-len(TEXT) % 8)
BYTES = struct.pack("<Q", len(TEXT)) + TEXT + b"\x01\x02\x03" + b"\x00\x00\x80\xbf\x00\x00\x20\x40"


def are_same(a, b):
    """The same arrays to the last bit, NaN included."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def test_a_small_file_has_exactly_these_bytes(tmp_path):
    path = tmp_path / "toy"
    container.write(str(path), HEADER, ARRAYS)
    assert path.read_bytes() == BYTES


def test_the_library_reads_the_same_arrays():
    found = load(BYTES)
    assert found.keys() == ARRAYS.keys()
    assert all(are_same(found[name], ARRAYS[name]) for name in ARRAYS)


def test_the_order_of_the_headers_keys_does_not_change_the_bytes(tmp_path):
    path = tmp_path / "toy"
    container.write(str(path), dict(reversed(HEADER.items())), ARRAYS)
    assert path.read_bytes() == BYTES


@pytest.mark.parametrize("way", ["file", "gzip", "pipe", "stdin"])
def test_a_file_comes_back_however_it_is_read(tmp_path, monkeypatch, way):
    path = tmp_path / "toy"
    path.write_bytes(gzip.compress(BYTES) if way == "gzip" else BYTES)
    name = str(path)
    if way == "stdin":
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(BYTES)))
        name = "-"
    if way == "pipe":  # as in command <(other command)
        name = str(tmp_path / "fifo")
        os.mkfifo(name)
        threading.Thread(target=lambda: Path(name).write_bytes(BYTES), daemon=True).start()
    header, arrays = container.read(name, "toy", 1)
    assert header == HEADER
    assert list(arrays) == list(ARRAYS)
    assert all(are_same(arrays[key], ARRAYS[key]) for key in ARRAYS)


def test_arrays_of_a_plain_file_are_mapped_and_cannot_be_written(tmp_path):
    path = tmp_path / "toy"
    path.write_bytes(BYTES)
    _, arrays = container.read(str(path), "toy", 1)
    assert isinstance(arrays["z"], np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        arrays["z"][0, 0] = 1


@pytest.mark.parametrize("dtype", sorted(container.DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 0, 3), (2, 3, 4)])
def test_every_type_and_shape_comes_back(tmp_path, dtype, shape):
    array = (np.arange(int(np.prod(shape))).reshape(shape) % 100).astype(container.DTYPES[dtype])
    path = str(tmp_path / "toy")
    container.write(
        path, HEADER, {"one": np.zeros(3, np.uint8), "array": array, "last": np.ones(1, np.int8)}
    )  # unaligned
    for found in (container.read(path, "toy", 1)[1], container.parse(Path(path).read_bytes(), path, "toy", 1)[1]):
        assert are_same(found["array"], array)
        assert found["last"].tolist() == [1]


def test_arrays_that_are_views_are_written_in_their_own_order(tmp_path):
    array = np.arange(12, dtype=np.int32).reshape(3, 4)
    path = str(tmp_path / "toy")
    container.write(path, HEADER, {"turned": array.T, "back": array[::-1, ::-2]})
    _, found = container.read(path, "toy", 1)
    assert found["turned"].tolist() == array.T.tolist()
    assert found["back"].tolist() == array[::-1, ::-2].tolist()


def test_no_nan_gets_into_a_header(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        container.write(str(tmp_path / "toy"), {**HEADER, "x": float("nan")}, ARRAYS)
    assert list(tmp_path.iterdir()) == []


# damaged and foreign files


def read_both_ways(raw, folder, wanted="toy", newest=1):
    """What mapping a file and reading its bytes say of it: two headers with arrays, or two messages."""
    path = folder / "damaged"
    path.write_bytes(raw)
    said = []
    for reader in (
        lambda: container.read(str(path), wanted, newest),
        lambda: container.parse(raw, str(path), wanted, newest),
    ):
        with pytest.raises(FormatError) as problem:
            reader()
        assert "\n" not in str(problem.value)
        said.append(str(problem.value))
    return said


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    for length in range(len(BYTES)):
        for message in read_both_ways(BYTES[:length], tmp_path):
            assert "damaged" in message or "not a headmotif toy file" in message


def test_bytes_after_the_end_are_refused(tmp_path):
    for message in read_both_ways(BYTES + b"\0", tmp_path):
        assert "truncated or damaged" in message


def test_an_empty_file_says_that_it_is_empty(tmp_path):
    for message in read_both_ways(b"", tmp_path):
        assert message.endswith("this is not a headmotif toy file (it is empty)")


def test_another_format_is_named(tmp_path):
    for message in read_both_ways(BYTES, tmp_path, wanted="genome"):
        assert "this is a headmotif toy file; give a headmotif genome file" in message


def make_changed(**header):
    shapes = container.header_bytes({**HEADER, **header}, SHAPES)
    return shapes + BYTES[8 + len(TEXT) :]


def test_a_newer_version_is_refused_by_name(tmp_path):
    for message in read_both_ways(make_changed(version=2), tmp_path):
        assert "this toy file has version 2, newer than this headmotif reads (1); update it" in message


def test_an_older_version_is_read():
    assert container.parse(make_changed(version=2), "x", "toy", 3)[0]["version"] == 2


@pytest.mark.parametrize("version", [None, "1", [1], True, 0, -1, 1.0])
def test_a_version_that_is_no_version_is_refused(tmp_path, version):
    for message in read_both_ways(make_changed(version=version), tmp_path):
        assert "is damaged, or headmotif did not write it" in message


@pytest.mark.parametrize(
    "metadata", [None, {"format": "pt"}, *({"headmotif": text} for text in ("[1]", "{", "{}", "[" * 5000))]
)
def test_a_foreign_safetensors_file_is_refused(tmp_path, metadata):
    for message in read_both_ways(save(ARRAYS, metadata), tmp_path):
        assert "this safetensors file is damaged, or headmotif did not write it" in message


def test_a_type_that_we_never_write_is_refused(tmp_path):
    raw = save({"x": np.zeros(2, np.uint16)}, {"headmotif": json.dumps(HEADER)})
    for message in read_both_ways(raw, tmp_path):
        assert "headmotif does not use arrays of type U16" in message


def test_other_files_are_refused(tmp_path):
    for raw in (
        b">chr\nACGT\n",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"{" * 40,
        struct.pack("<Q", 1 << 50) + b"{}" + bytes(40),
    ):
        for message in read_both_ways(raw, tmp_path):
            assert "this is not a headmotif toy file" in message


@pytest.mark.parametrize(("name", "dtype", "dimensions"), [("b", np.uint8, 2), ("z", np.int8, 2), ("z", np.uint8, 1)])
def test_an_array_of_another_kind_is_refused(name, dtype, dimensions):
    with pytest.raises(FormatError, match=f"x: the array '{name}' is missing or of another type or shape"):
        container.pick(ARRAYS, name, dtype, dimensions, "x")
    assert container.pick(ARRAYS, "z", np.uint8, 2, "x") is ARRAYS["z"]


@pytest.mark.parametrize("path", ["absent/toy", "."])
def test_a_place_that_cannot_be_written_is_told(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="folder"):
        container.write(path, HEADER, ARRAYS)


def test_a_terminal_gets_no_binary_data(monkeypatch):
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    with pytest.raises(InputError, match="standard output is a terminal"):
        container.write("-", HEADER, ARRAYS)
    with pytest.raises(InputError, match="standard output is a terminal"):
        blocks.write("-", HEADER, SHAPES, [])


# blocks


def cut_into_blocks(arrays, cuts):
    edges = [0, *cuts, len(next(iter(arrays.values())))]
    return [{name: array[a:b] for name, array in arrays.items()} for a, b in pairwise(edges)]


@pytest.mark.parametrize("cuts", [[], [3], [1, 2, 9]])
def test_blocks_give_the_bytes_of_the_whole(tmp_path, cuts):
    rng = np.random.default_rng(0)
    arrays = {
        "w": rng.random((10, 2, 3)).astype(np.float16),
        "p": np.arange(10),
        "t": rng.random((10, 2)).astype(np.float32),
    }
    container.write(str(tmp_path / "whole"), HEADER, arrays)
    blocks.write(
        str(tmp_path / "blocks"),
        HEADER,
        {n: (a.dtype, a.shape) for n, a in arrays.items()},
        cut_into_blocks(arrays, cuts),
    )
    assert (tmp_path / "blocks").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("cuts", [[], [3], [1, 2, 9]])
def test_blocks_through_a_pipe_give_the_same_bytes(tmp_path, monkeypatch, cuts):
    arrays = {"w": np.arange(20, dtype=np.float16).reshape(10, 2), "p": np.arange(10)}
    container.write(str(tmp_path / "whole"), HEADER, arrays)
    pipe = io.BytesIO()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: False, buffer=pipe))
    blocks.write("-", HEADER, {n: (a.dtype, a.shape) for n, a in arrays.items()}, cut_into_blocks(arrays, cuts))
    assert pipe.getvalue() == (tmp_path / "whole").read_bytes()


class Cut(Exception):
    """What stops a writing."""


def test_a_file_that_was_begun_is_gone_on_with_to_the_same_bytes(tmp_path):
    arrays = {
        "w": np.arange(20, dtype=np.float16).reshape(10, 2),
        "p": np.arange(10),
        "other": np.arange(4, dtype=np.int32),
    }
    shapes = {n: (a.dtype, a.shape) for n, a in arrays.items()}
    container.write(str(tmp_path / "whole"), HEADER, arrays)

    def yield_blocks(first, stop):
        for row in range(first, 10, 3):
            if row >= stop:
                raise Cut
            rows = slice(row, row + 3)
            yield {"w": arrays["w"][rows], "p": arrays["p"][rows], "other": arrays["other"][: None if row == 0 else 0]}

    path, seen = str(tmp_path / "out"), []
    assert blocks.count_rows_done(path, HEADER, shapes) == 0
    for stop in (0, 3, 9, 99):
        seen.append(blocks.count_rows_done(path, HEADER, shapes))
        with contextlib.suppress(Cut):
            blocks.write_further(path, HEADER, shapes, yield_blocks(seen[-1], stop), seen[-1])
        assert (tmp_path / "out").exists() == (stop == 99)
    assert seen == [0, 0, 3, 9]
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "whole"]


def test_a_file_begun_with_other_options_is_not_gone_on_with(tmp_path):
    def fail():
        raise Cut
        yield

    shapes = {"p": (np.dtype(np.int64), (4,))}
    with pytest.raises(Cut):
        blocks.write_further(str(tmp_path / "out"), HEADER, shapes, fail(), 0)
    with pytest.raises(
        InputError, match=r"out.unfinished: this file was started with other options; give the same ones, or delete it"
    ):
        blocks.count_rows_done(str(tmp_path / "out"), {**HEADER, "x": 1}, shapes)


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spools))
    target = tmp_path / "out"
    target.write_bytes(b"old")
    opened = []
    ordinary = blocks.tempfile.TemporaryFile
    monkeypatch.setattr(blocks.tempfile, "TemporaryFile", lambda: opened.append(ordinary()) or opened[-1])

    def stop():
        yield {name: array[:1] for name, array in ARRAYS.items()}
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        blocks.write(str(target), HEADER, SHAPES, stop())
    assert target.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "spools"]
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO()))
    with pytest.raises(RuntimeError, match="in the middle"):
        blocks.write("-", HEADER, SHAPES, stop())
    assert list(spools.iterdir()) == []
    assert len(opened) == 1
    assert all(spool.closed for spool in opened)


def test_temporary_files_are_gone_after_success(tmp_path, monkeypatch):
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spools))
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: False, buffer=(pipe := io.BytesIO())))
    blocks.write("-", HEADER, SHAPES, [ARRAYS])
    assert pipe.getvalue() == BYTES
    blocks.write(str(tmp_path / "out"), HEADER, SHAPES, [ARRAYS])
    assert (tmp_path / "out").read_bytes() == BYTES
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "spools"]
    assert list(spools.iterdir()) == []


# the formats: one small file of each, the same as those under frozen/


def genome_example():
    contigs = (Contig("chr", 12, True, "SQ.abc"), Contig("plasmid é", 4, False, ""))
    base = np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 3, 3, 2, 2, 1, 0], np.uint8)
    label = np.zeros((2, 2, 16), np.uint8)
    label[0, 0, 3] = label[0, 1, 15] = label[1, 1, 0] = 1
    label[1, :, 8] = 255
    site = np.array([[0, 0, 3], [0, 1, 15], [1, 1, 0]], np.int64)
    return Genome(contigs, base, ("tss", "start"), label, site, np.array([1.5, np.nan, 74500], np.float32))


def model_example():
    weights = {"out.weight": np.array([[0.5, -2]], np.float32), "out.bias": np.array([1e-30], np.float32)}
    return Model({"preset": "default", "width": 2}, (Label("tss", 0.125),), weights=weights)


def attention_blocks():
    rows = np.arange(3)
    weight = (np.arange(3 * 2 * 1 * 5).reshape(3, 2, 1, 5) / 64).astype(np.float16)
    weight[2, :, :, 0] = np.nan
    whole = {
        "weight": weight,
        "norm": weight * np.float16(2),
        "none": np.full((3, 2, 1), 0.25, np.float16),
        "contig": np.array([0, 1, 0], np.int32),
        "position": np.array([5, 1, 1], np.int64),
        "strand": np.array([1, -1, 1], np.int8),
        "kind": np.array([1, 2, 0], np.uint8),
        "probability": (rows / 8).astype(np.float32),
    }
    return cut_into_blocks(whole, [2])


OFFSET = np.arange(-2, 3)


FRAME = attention_tensor.Frame(genome_example().contigs, (1, 3), (2,), (5, 5), "0123456789abcdef", OFFSET, 3)


def write_attention(path, blocks=None):
    attention_tensor.write(path, FRAME, blocks or attention_blocks())


def checkpoint_example():
    arrays = {
        "weights": {"a.b": np.array([[1, 2]], np.float32)},
        "mean": {"a.b": np.array([[3, 4]], np.float32)},
        "best": {},
    }
    moments = {"0.step": np.array(7, np.float32), "0.exp_avg": np.array([[0.5, 0.25]], np.float32)}
    progress = {"step": 7, "records": [[7, 0, 10, (0.1).hex(), [], True]], "loss": [(0.0).hex(), 0]}
    return checkpoint_tensor.Checkpoint({"seed": 1}, progress, {**arrays, "moments": moments})


WRITERS = {
    "genome": lambda path: genome_tensor.write(path, genome_example()),
    "model": lambda path: model_tensor.write(path, model_example()),
    "attention": write_attention,
    "checkpoint": lambda path: checkpoint_tensor.write(path, checkpoint_example()),
}


VERSIONS = {name: 2 if name == "attention" else 1 for name in WRITERS}


def find_frozen(name):
    return FROZEN / f"{name}.v{VERSIONS[name]}.safetensors"


def freeze():
    """Write the frozen files (python -c 'import test_tensors; test_tensors.freeze()') of versions that have none
    yet."""
    for name, write in WRITERS.items():
        if not find_frozen(name).exists():
            write(str(find_frozen(name)))


def read_genome(path):
    return genome_tensor.read(Path(path).read_bytes(), path)


READERS = {
    "genome": read_genome,
    "model": model_tensor.read,
    "attention": attention_tensor.read,
    "checkpoint": checkpoint_tensor.read,
}


@pytest.fixture(params=["frozen", "written"])
def example(request, tmp_path):
    """The path of each format's small file: as it was frozen, and as it is written today."""

    def path(name):
        if request.param == "frozen":
            return str(find_frozen(name))
        WRITERS[name](str(tmp_path / name))
        return str(tmp_path / name)

    return path


def test_a_genome_comes_back(example):
    found, right = read_genome(example("genome")), genome_example()
    assert (found.contigs, found.labels) == (right.contigs, right.labels)
    for name in ("base", "label", "site", "strength", "start"):
        assert are_same(getattr(found, name), getattr(right, name))
    sites = found.sites(0)
    assert (sites.contig.tolist(), sites.position.tolist(), sites.strand.tolist()) == ([0, 1], [3, 3], [1, -1])


def test_a_genome_without_labels_comes_back(tmp_path):
    path = str(tmp_path / "g")
    genome_tensor.write(path, Genome((Contig("c", 3),), np.array([0, 1, 4], np.uint8)))
    found = read_genome(path)
    assert (found.base.tolist(), found.labels, found.label.shape, len(found.site)) == ([0, 1, 4], (), (0, 2, 3), 0)


def test_a_model_comes_back(example):
    found, right = model_tensor.read(example("model")), model_example()
    known = "network", "labels", "split", "training", "scores_of"
    assert [getattr(found, name) for name in known] == [getattr(right, name) for name in known]
    assert found.genome.contigs == ()
    assert list(found.weights) == list(right.weights)
    assert all(are_same(np.asarray(found.weights[name]), right.weights[name]) for name in right.weights)
    by_hand = b"out.bias" + right.weights["out.bias"].tobytes() + b"out.weight" + right.weights["out.weight"].tobytes()
    assert found.digest == right.digest == hashlib.sha256(by_hand).hexdigest()[:16] == "4bc54b83ac3279d5"


def test_the_digest_of_a_model_tells_weights_apart_and_not_their_order():
    right = model_example()
    turned = replace(right, weights=dict(reversed(right.weights.items())))
    other = replace(right, weights={**right.weights, "out.bias": np.array([2e-30], np.float32)})
    renamed = replace(right, weights={"out.weight": right.weights["out.weight"], "out.bia": right.weights["out.bias"]})
    assert turned.digest == right.digest
    assert len({right.digest, other.digest, renamed.digest}) == 3


def test_attention_comes_back(example):
    found = attention_tensor.read(example("attention"))
    blocks = attention_blocks()
    whole = {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}
    for name in ("weight", "norm", "none", "contig", "position", "strand", "probability"):
        assert are_same(np.asarray(getattr(found, name)), whole[name])
    assert found.kind.tolist() == [1, 2, 0]
    assert found.is_site.tolist() == [True, False, False]
    assert found.is_background.tolist() == [False, False, True]
    assert (found.layers, found.heads, found.name(1, 0)) == ((1, 3), (2,), "L3H2")
    assert found.offset.tolist() == [-2, -1, 0, 1, 2]
    assert (found.reach, found.model, found.contigs) == ((5, 5), "0123456789abcdef", genome_example().contigs)


def test_attention_of_version_1_is_read():
    found = attention_tensor.read(str(FROZEN / "attention.v1.safetensors"))
    assert are_same(np.asarray(found.weight), np.concatenate([b["weight"] for b in attention_blocks()]))
    assert found.kind.tolist() == [1, 1, 0]
    assert (found.layers, found.heads, found.name(1, 0)) == ((1, 2), (1,), "L2H1")


def test_the_strongest_keys_alone_are_written_and_are_told_from_all(tmp_path):
    thin = []
    for block in attention_blocks():
        few = {name: block[name][..., :2] for name in ("weight", "norm")}
        thin.append({**block, **few, "key": np.zeros(few["weight"].shape, np.int16)})
    frame = replace(FRAME, top=2)
    attention_tensor.write(str(tmp_path / "a"), frame, thin)
    assert (tmp_path / "a").stat().st_size == frame.n_bytes
    _header, arrays = container.read(str(tmp_path / "a"), "attention", 2)
    assert {name: (array.dtype, array.shape) for name, array in arrays.items()} == frame.shapes
    with pytest.raises(FormatError, match=r"only the keys of the largest weights.*without --top-k"):
        attention_tensor.read(str(tmp_path / "a"))


def test_the_blocks_of_attention_do_not_change_its_bytes(tmp_path):
    whole = {name: np.concatenate([b[name] for b in attention_blocks()]) for name in attention_blocks()[0]}
    for cuts in ([], [1, 2]):
        write_attention(str(tmp_path / "a"), cut_into_blocks(whole, cuts))
        assert (tmp_path / "a").read_bytes() == find_frozen("attention").read_bytes()


def test_the_size_of_an_attention_file_is_known_beforehand(tmp_path):
    write_attention(str(tmp_path / "a"))
    assert (tmp_path / "a").stat().st_size == FRAME.n_bytes


def test_a_checkpoint_comes_back(example):
    found, right = checkpoint_tensor.read(example("checkpoint")), checkpoint_example()
    assert (found.run, found.progress) == (right.run, right.progress)
    for group, arrays in right.arrays.items():
        assert found.arrays[group].keys() == arrays.keys()
        assert all(are_same(found.arrays[group][name], array) for name, array in arrays.items())


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - {"model"}))  # its: test_a_model_is_written_as_it_was_read
def test_the_bytes_written_today_are_the_frozen_ones(tmp_path, name):
    WRITERS[name](str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == find_frozen(name).read_bytes()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("given", READERS)
def test_each_reader_refuses_the_files_of_the_others(name, given):
    if name == given:
        return
    with pytest.raises(FormatError, match=f"this is a headmotif {given} file; give a headmotif {name} file"):
        READERS[name](str(FROZEN / f"{given}.v1.safetensors"))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_corrupted_bytes_are_told_or_read_and_never_a_traceback(tmp_path, name, data):
    raw = bytearray((FROZEN / f"{name}.v1.safetensors").read_bytes())
    header = 8 + struct.unpack("<Q", raw[:8])[0]
    region = data.draw(st.sampled_from([(0, header), (header, len(raw))]))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(region[0], region[1] - 1))] = data.draw(
            st.integers(0, 255) | st.sampled_from(list(b'0129"{}[],:'))
        )
    path = tmp_path / "damaged"
    path.write_bytes(raw)
    with contextlib.suppress(
        InputError
    ):  # any other error fails the test; a changed base or weight cannot be told from a true one
        READERS[name](str(path))


@pytest.mark.parametrize("name", READERS)
def test_a_format_cut_off_anywhere_is_refused(tmp_path, name):
    raw, path = (FROZEN / f"{name}.v1.safetensors").read_bytes(), tmp_path / "cut"
    for length in range(0, len(raw), 7):
        path.write_bytes(raw[:length])
        with pytest.raises(FormatError, match=r"truncated or damaged|not a headmotif"):
            READERS[name](str(path))


def rewrite(name, folder, header=lambda h: None, arrays=lambda a: None):
    """A file of the format with its header or arrays changed, as a program of others might write it."""
    found, parts = container.read(str(FROZEN / f"{name}.v1.safetensors"), name, 1)
    parts = {key: np.array(array) for key, array in parts.items()}
    header(found)
    arrays(parts)
    path = str(folder / "changed")
    container.write(path, found, parts)
    return path


GENOME_LIES = {
    "a contig too few": dict(header=lambda h: h["contigs"].pop()),
    "a contig without a name": dict(header=lambda h: h["contigs"][0].pop("name")),
    "contigs are a number": dict(header=lambda h: h.update(contigs=3)),
    "no labels": dict(header=lambda h: h.pop("labels")),
    "a label too many": dict(header=lambda h: h["labels"].append("x")),
    "a base of 5": dict(arrays=lambda a: a["base"].__setitem__(3, 5)),
    "starts do not add up": dict(arrays=lambda a: a["start"].__setitem__(2, 15)),
    "sites without strength": dict(arrays=lambda a: a.update(strength=a["strength"][:1])),
    "site of two columns": dict(arrays=lambda a: a.update(site=a["site"][:, :2])),
    "no base": dict(arrays=lambda a: a.pop("base")),
    "label of other type": dict(arrays=lambda a: a.update(label=a["label"].astype(np.int8))),
    "a site beyond the genome": dict(arrays=lambda a: a["site"].__setitem__((0, 2), 16)),
    "a site on no strand": dict(arrays=lambda a: a["site"].__setitem__((0, 1), 2)),
    "a site before the genome": dict(arrays=lambda a: a["site"].__setitem__((0, 2), -1)),
    "no starts": dict(header=lambda h: h.update(contigs=[]), arrays=lambda a: a.update(start=a["start"][:0])),
    "starts that go back": dict(arrays=lambda a: a.update(start=np.array([0, 20, 16]))),
    "starts that do not begin at 0": dict(arrays=lambda a: a.update(start=a["start"] + 3)),
}


@pytest.mark.parametrize("lie", GENOME_LIES)
def test_a_genome_that_contradicts_itself_is_refused(tmp_path, lie):
    with pytest.raises(FormatError, match=r"make (it|the file) again"):
        read_genome(rewrite("genome", tmp_path, **GENOME_LIES[lie]))


ATTENTION_LIES = {
    "no reach": dict(header=lambda h: h.pop("reach")),
    "reach of one layer": dict(header=lambda h: h.update(reach=[5])),
    "a contig with a new key": dict(header=lambda h: h["contigs"][0].update(colour="red")),
    "no model": dict(header=lambda h: h.pop("model")),
    "offsets of other number": dict(arrays=lambda a: a.update(offset=a["offset"][:3])),
    "norm of other shape": dict(arrays=lambda a: a.update(norm=a["norm"][:2])),
    "a position too few": dict(arrays=lambda a: a.update(position=a["position"][:2])),
    "weights of other type": dict(arrays=lambda a: a.update(weight=a["weight"].astype(np.float32))),
    "a query of no contig": dict(arrays=lambda a: a["contig"].__setitem__(0, 2)),
    "a query beyond its contig": dict(arrays=lambda a: a["position"].__setitem__(0, 12)),
    "a query on no strand": dict(arrays=lambda a: a["strand"].__setitem__(0, 0)),
}


@pytest.mark.parametrize("lie", ATTENTION_LIES)
def test_attention_that_contradicts_itself_is_refused(tmp_path, lie):
    with pytest.raises(FormatError, match=r"make (it|the file) again"):
        attention_tensor.read(rewrite("attention", tmp_path, **ATTENTION_LIES[lie]))


def test_a_model_without_a_network_or_with_weights_that_are_no_numbers_is_refused(tmp_path):
    for change in (lambda h: h.pop("config"), lambda h: h.update(config=3), lambda h: h.update(labels="tss")):
        with pytest.raises(FormatError, match="does not describe its network"):
            model_tensor.read(rewrite("model", tmp_path, header=change))
    for value in (np.nan, np.inf):
        with pytest.raises(FormatError, match=r"the weights 'out.bias' have values that are not numbers"):
            model_tensor.read(rewrite("model", tmp_path, arrays=lambda a, value=value: a["out.bias"].fill(value)))


def test_an_incomplete_checkpoint_is_refused(tmp_path):
    with pytest.raises(FormatError, match="incomplete"):
        checkpoint_tensor.read(rewrite("checkpoint", tmp_path, header=lambda h: h.pop("progress")))
    with pytest.raises(FormatError, match="the array 'other/x' does not belong in a checkpoint"):
        checkpoint_tensor.read(
            rewrite("checkpoint", tmp_path, arrays=lambda a: a.update({"other/x": np.zeros(1, np.float32)}))
        )


def test_a_summary_is_sorted_json_without_nan(tmp_path):
    summary.write(str(tmp_path / "s"), {"b": (1, float("nan")), "a": {2: float("inf")}, "c": 0.5})
    assert (
        tmp_path / "s"
    ).read_text() == '{\n  "a": {\n    "2": null\n  },\n  "b": [\n    1,\n    null\n  ],\n  "c": 0.5\n}\n'
