"""Every writer alike: whole or nothing, bgzip where the name ends so, and what cannot be is refused before the work."""

import ast
import gzip
import os
import threading
from importlib import import_module
from pathlib import Path

import numpy as np
import pysam
import pytest

import headmotif
from fixed_run import DATA
from headmotif.data import Contig, Contigs, Genome, Motif, Sites
from headmotif.errors import InputError
from headmotif.formats import bgzip, files, output_files
from headmotif.formats.features import bed, gff3_calls
from headmotif.formats.inputs import motif_files, named_sites
from headmotif.formats.sequences import fasta, twobit
from headmotif.formats.tables import summary, tsv
from headmotif.formats.tensors import blocks, genome_tensor
from headmotif.formats.tracks import bedgraph, bigwig
from headmotif.usage.headings import list_outputs
from headmotif.usage.parameters import parameters
from in_process import call
from signatures import COMMANDS

ROOT = Path(headmotif.__file__).parent
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block at the end of a bgzip file."""
CONTIGS = Contigs((Contig("one", 12_000, False), Contig("two", 40, False)))
BASES = np.random.default_rng(1).integers(0, 4, CONTIGS.total).astype(np.uint8)
VALUES = np.random.default_rng(2).random(CONTIGS.total).astype(np.float32)
CALLS = Sites(
    np.array([0, 0, 1]), np.array([7, 11_000, 9]), np.array([1, -1, 1], np.int8), np.array([0.5, 0.25, 1], np.float32)
)
MOTIFS = [Motif("m", np.full((6, 4), 0.25), nsites=20.0)]
NAMES = ["a", "b", "c"]
ROWS = {"w": BASES[:9000].reshape(3000, 3), "p": np.arange(3000)}
WRITERS = {
    "BED": lambda path: bed.write_calls(path, CALLS, CONTIGS.names, NAMES),
    "GFF3": lambda path: gff3_calls.write(path, CONTIGS, CALLS, NAMES, {}),
    "TSV": lambda path: tsv.write_table(path, {"x": [1, 2], "y": ["é", ""]}),
    "JSON": lambda path: summary.write(path, {"x": 1}),
    "FASTA": lambda path: fasta.write(path, CONTIGS.names, [BASES[:12_000], BASES[12_000:]]),
    "2bit": lambda path: twobit.write(path, Genome(CONTIGS, BASES)),
    "bedGraph": lambda path: bedgraph.write(path, CONTIGS, VALUES),
    "bigWig": lambda path: bigwig.write(path, CONTIGS, VALUES),
    "tensor": lambda path: genome_tensor.write(path, Genome(CONTIGS, BASES)),
    "tensor in blocks": lambda path: blocks.write(
        path, {"format": "x", "version": 1}, {n: (a.dtype, a.shape) for n, a in ROWS.items()},
        [{n: a[i : i + 1000] for n, a in ROWS.items()} for i in (0, 1000, 2000)],
    ),
    **{kind: lambda path, kind=kind: motif_files.write(path, MOTIFS, kind) for kind in motif_files.WRITERS},
    "nothing": lambda path: output_files.write_text(path, ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITERS)
def test_a_name_that_ends_in_gz_is_bgzip_with_the_same_content_and_always_the_same_bytes(tmp_path: Path, kind: str):
    names = ["plain", "once.gz", "again.gz", "block.BGZ", "no.gz.bed", ".gz"]
    raw = {name: (WRITERS[kind](str(tmp_path / name)), (tmp_path / name).read_bytes())[1] for name in names}
    assert raw["plain"] == raw["no.gz.bed"] == raw[".gz"]
    assert raw["once.gz"] == raw["again.gz"] == raw["block.BGZ"]
    assert raw["once.gz"][:16] == END[:16]
    assert raw["once.gz"].endswith(END)
    assert gzip.decompress(raw["once.gz"]) == raw["plain"] == files.read_bytes(str(tmp_path / "once.gz"))
    assert sorted(os.listdir(tmp_path)) == sorted(names)  # and nothing else is left


@pytest.mark.parametrize("size", [0, 1, bgzip.BLOCK - 1, bgzip.BLOCK, bgzip.BLOCK + 1, 3 * bgzip.BLOCK])
def test_blocks_do_not_depend_on_the_pieces_and_hold_what_does_not_shrink(tmp_path: Path, size: int) -> None:
    content = np.random.default_rng(3).bytes(size)
    made = []
    for piece in (1 << 30, 40_000, 7001):
        path = str(tmp_path / "x.gz")
        with output_files.open_for_writing(path) as stream:
            stream.writelines(content[i : i + piece] for i in range(0, size, piece))
        made.append(Path(path).read_bytes())
    assert made[0] == made[1] == made[2]
    with pysam.BGZFile(path) as seen:
        assert seen.read(size + 1) == content


def test_what_the_readers_read_is_the_same_compressed(tmp_path: Path) -> None:
    for ending in ("", ".gz"):
        made = {kind: str(tmp_path / f"{i}{ending}") for i, kind in enumerate(WRITERS)}
        for kind, path in made.items():
            WRITERS[kind](path)
        assert np.array_equal(bigwig.read(made["bigWig"], CONTIGS), VALUES)
        assert np.allclose(bedgraph.read(made["bedGraph"], CONTIGS), VALUES, rtol=1e-3)
        assert np.array_equal(genome_tensor.read(files.read_bytes(made["tensor"]), "x").base, BASES)
        assert [record.name for record in fasta.read(made["FASTA"])] == [*CONTIGS.names]
        assert [m.name for m in motif_files.read(made["meme"]).motifs] == ["m"]


def test_sorted_results_can_be_indexed_by_tabix(tmp_path: Path) -> None:
    for kind, preset in (("BED", "bed"), ("GFF3", "gff"), ("bedGraph", "bed")):
        plain, path = tmp_path / kind, str(tmp_path / f"{kind}.gz")
        WRITERS[kind](str(plain))
        WRITERS[kind](path)
        pysam.tabix_index(path, preset=preset)
        rows = [row for row in plain.read_text().splitlines() if row.startswith("one\t")]
        assert rows
        assert [*pysam.TabixFile(path).fetch("one")] == rows
        within = [*pysam.TabixFile(path).fetch("one", 11_000, 11_001)]
        assert within == [row for row in rows if row.split("\t")[4 if preset == "gff" else 2] == "11001"]
        assert len(within) == 1


def test_commands_write_what_other_commands_read(tmp_path: Path) -> None:
    """All results of a command, and what the next one makes of them."""
    said = []
    for ending in ("", ".gz"):
        words = ["annot-compare", DATA / "sites.bed", DATA / "true.bed", "--genome", DATA / "genome.fa.gz"]
        done = call(*words, "-o", f"a.tsv{ending}", "--consensus", f"c.bed{ending}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        said.append(call(*words, f"c.bed{ending}", cwd=tmp_path).stdout)
    assert said[0] == said[1]
    assert said[0].count(b"\n") > 1
    for name in ("a.tsv", "c.bed"):
        assert files.read_bytes(str(tmp_path / f"{name}.gz")) == (tmp_path / name).read_bytes()


def test_a_writing_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(b"old")

    def write_and_stop() -> None:
        with output_files.open_for_writing(str(path)) as stream:
            stream.write(bytes(100_000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_stop()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.gz"]


def test_a_pipe_is_written_directly_and_compressed_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "pipe.gz"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    WRITERS["tensor in blocks"](str(path))
    reader.join()
    WRITERS["tensor in blocks"](str(tmp_path / "plain"))
    assert gzip.decompress(got[0]) == (tmp_path / "plain").read_bytes()
    output_files.refuse_unwritable(os.devnull)


def test_what_can_be_continued_is_not_compressed(tmp_path: Path) -> None:
    refuse = import_module("headmotif.commands.dump_attention")._refuse_what_does_not_go_together
    with pytest.raises(InputError, match=r"--resume cannot continue a compressed file; give --output a\.st$"):
        refuse([True], True, "a.st.gz")
    refuse([True], False, "a.st.gz")
    opened = output_files.open_to_continue(str(tmp_path / "a.bgz"), False)
    with pytest.raises(InputError, match=r"cannot be continued; leave out \.bgz"), opened:
        pass


def test_a_set_of_sites_has_the_name_of_its_file_without_any_ending() -> None:
    assert [*named_sites.name_files(["x/a.bed.gz", "b.gff3.bgz", "c.BED.GZ", "d.bed"], "")] == ["a", "b", "c", "d"]


OUTPUTS = [
    (command, one)
    for command in (*COMMANDS, "simulate")
    for function in [
        getattr(import_module(f"headmotif.commands.{command.replace('-', '_')}"), command.replace("-", "_"))
    ]
    for one in list_outputs(command, parameters(function))
]


@pytest.mark.parametrize(("command", "option"), OUTPUTS, ids=lambda value: getattr(value, "name", value))
def test_every_output_is_refused_before_anything_is_read(tmp_path: Path, command: str, option) -> None:
    """The inputs do not exist, so that whoever looks at them first complains of them."""
    module = import_module(f"headmotif.commands.{command.replace('-', '_')}")
    needed = [one for one in parameters(getattr(module, command.replace("-", "_"))) if one.required]
    words = ["headmotif", command] if command == "simulate" else [command]
    name = " ".join(words)
    words += [word for one in needed for word in (*one.flags[-1:], "absent")]
    (tmp_path / "file").write_text("")
    path, problem = {
        "FILE": ("x.zip", "files are not written as .zip; end the name in .gz, or leave .zip out"),
        "FOLDER": ("file/x", "this is not a folder that can be written to; choose another"),
    }[option.value]
    done = call(*words, option.flags[-1], path, cwd=tmp_path)
    assert (done.returncode, done.stderr.decode()) == (1, f"{name}: {path}: {problem}\n")
    if option.name == "output":
        assert b"--output: the name is empty" in call(*words, "-o", "", cwd=tmp_path).stderr


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    for name, problem in {
        "x.bed.ZST": r"not written as \.ZST; ",
        "x.tar.gz": r"not written as \.tar; ",
        "x.bed.gz.xz": r"not written as \.xz; ",
        "none/x": "the folder .*none does not exist; make it first",
        "": "this is a folder; give a file's name",
    }.items():
        path = f"{tmp_path}/{name}"
        for use in (output_files.refuse_unwritable, WRITERS["BED"]):
            with pytest.raises(InputError, match=problem):
                use(path)
    output_files.refuse_unwritable("", "-", os.devnull, f"{tmp_path}/a.zip.bed", f"{tmp_path}/zip")
    assert os.listdir(tmp_path) == []


WRITING = {"write_text", "write_bytes", "tofile", "fdopen", "mkstemp", "save", "savez", "savetxt", "to_csv", "copyfile",
           "copy2", "rename", "NamedTemporaryFile", "TemporaryFile", "BgzfWriter", "truncate", "replace"}  # fmt: skip
SIGNS = [f"{name}(" for name in (*WRITING - {"replace"}, "open", "os.replace")]
ELSEWHERE = {
    "cli.py": {"open"},  # the null device in place of a closed pipe
    "formats/sequences/fasta.py": {"open"},  # a temporary file for pyfaidx
    "formats/tensors/blocks.py": {"TemporaryFile", "truncate"},
    "formats/bgzip.py": {"BgzfWriter"},
    "steps/motifs/workers.py": {"fdopen"},  # a worker's standard output, a pipe
    "formats/tables/xlsx.py": {"save"},  # openpyxl's, into memory
}


def list_writing(path: Path) -> set[str]:
    """How a module opens or makes files other than to read them: names of functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
        owner = getattr(getattr(node.func, "value", None), "id", "")
        given = node.args[1:] if isinstance(node.func, ast.Name) else node.args[:1]
        modes = [*given, *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
        texts = [m.value for m in modes if isinstance(m, ast.Constant) and isinstance(m.value, str)]
        if name == "open" and (owner == "os" or any(len(text) < 4 and set(text) & set("wax+") for text in texts)):
            found.add(name)
        if name == "open" and any(isinstance(m, ast.IfExp) for m in modes):
            found.add(name)
        if isinstance(node.func, ast.Name) and name == "write_text":
            continue  # output_files.write_text
        if name in WRITING and not (name == "replace" and owner != "os") and owner not in ("files", "output_files"):
            found.add(name)
    return found


def test_files_are_opened_for_writing_in_one_place() -> None:
    modules = [path for path in ROOT.rglob("*.py") if any(map(path.read_text().__contains__, SIGNS))]
    found = {path.relative_to(ROOT).as_posix(): list_writing(path) for path in modules}
    assert found.pop("formats/output_files.py") == {"open", "fdopen", "mkstemp", "replace"}
    assert {path: ways for path, ways in found.items() if ways} == ELSEWHERE


def test_ways_to_write_are_seen(tmp_path: Path) -> None:
    for line in (
        "open('x', 'wb')",
        "open(p, mode='a')",
        "Path(p).open('x')",
        "Path(p).write_text('')",
        "os.replace(a, b)",
    ):
        (tmp_path / "x.py").write_text(line)
        assert list_writing(tmp_path / "x.py"), line
    for line in ("open('x', 'rb')", "open('x')", "text.replace('a', 'b')", "write_text(p, '')", "replace(a, b=1)"):
        (tmp_path / "x.py").write_text(line)
        assert not list_writing(tmp_path / "x.py"), line
