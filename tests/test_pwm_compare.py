"""The command: its streams, exit codes and words."""

import hashlib
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from headmotif.data import Motif
from headmotif.formats.inputs import motif_files
from headmotif.formats.motifs import meme
from headmotif.formats.tables import tsv
from in_process import call

CALL = [sys.executable, "-c", "from headmotif.commands.pwm_compare import main; main()"]


def run(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return call("pwm-compare", *words, input=stdin)


@pytest.fixture
def known_motifs(tmp_path: Path) -> str:
    rng = np.random.default_rng(0)
    meme.write(
        str(tmp_path / "known.meme"),
        [Motif(f"k{i}", rng.dirichlet([0.2] * 4, size=int(rng.integers(6, 20)))) for i in range(60)],
    )
    return str(tmp_path / "known.meme")


def test_a_file_against_itself_through_every_way_in_and_out(known_motifs: str, tmp_path: Path) -> None:
    out = tmp_path / "out.tsv"
    done = run(known_motifs, known_motifs, "-o", str(out), "--best")
    assert (done.returncode, done.stdout) == (0, b"")
    found = tsv.read_matches(str(out))
    assert [(m.query, m.target) for m in found] == [(f"k{i}", f"k{i}") for i in range(60)]
    digest = hashlib.sha256(Path(known_motifs).read_bytes()).hexdigest()[:12]
    assert f"targets: known.meme: 60 motifs, MEME 4, sha256 {digest}" in done.stderr.decode()
    assert str(tmp_path) not in done.stderr.decode().split("wrote")[0]  # there the result's own path, as it was given

    piped = run("-", known_motifs, "--best", "--quiet", stdin=Path(known_motifs).read_bytes())
    assert (piped.stdout, piped.stderr, piped.returncode) == (out.read_bytes(), b"", 0)


def test_all_pairs_several_targets_and_names_used_twice(known_motifs: str, tmp_path: Path) -> None:
    (tmp_path / "more.jaspar").write_text(">k1 again\n1 0\n0 1\n0 0\n0 0\n>empty\n")
    done = run("TATAAT", known_motifs, str(tmp_path / "more.jaspar"), "--max-q", "1")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 62
    assert b"\tk1_2\t" in done.stdout
    assert "1 motif left out: no matrix (empty)" in done.stderr.decode()
    assert "now k1_2" in done.stderr.decode()


def test_queries_without_motifs_give_a_header(known_motifs: str, tmp_path: Path) -> None:
    meme.write(str(tmp_path / "none.meme"), [])
    done = run(str(tmp_path / "none.meme"), known_motifs)
    assert done.returncode == 0
    assert done.stdout.decode() == "\t".join(tsv.MATCH_COLUMNS) + "\n"
    assert "no motif to compare" in done.stderr.decode()


def test_few_targets_are_told(known_motifs: str, tmp_path: Path) -> None:
    meme.write(str(tmp_path / "few.meme"), [Motif("a", np.eye(4))])
    assert "only 1 targets" in run(known_motifs, str(tmp_path / "few.meme")).stderr.decode()


@pytest.mark.parametrize("distance", ["pearson", "euclidean", "kullback-leibler", "allr"])
def test_every_distance_runs(known_motifs: str, distance: str) -> None:
    assert run(known_motifs, known_motifs, "--distance", distance, "--min-overlap", "5").returncode == 0


def test_bad_data_is_one_line_and_leaves_no_file(known_motifs: str, tmp_path: Path) -> None:
    protein = tmp_path / "protein.meme"
    protein.write_text("MEME version 4\n\nALPHABET= ACDEFGHIKLMNPQRSTVWY\n\nMOTIF a\n")
    meme.write(str(tmp_path / "none.meme"), [])
    for words, said in (
        ((str(protein), known_motifs), "protein.meme:3: these motifs have a protein alphabet"),
        (("nofile.meme", known_motifs), "nofile.meme: there is no such file"),
        ((known_motifs, str(tmp_path / "none.meme")), "no target has a matrix"),
        ((known_motifs, known_motifs, "-o", str(tmp_path / "no" / "x")), "does not exist"),
    ):
        done = run("--quiet", *words) if "-o" in words else run("--quiet", *words, "-o", str(tmp_path / "out.tsv"))
        assert done.returncode == 1, done.stderr
        assert said in done.stderr.decode()
        assert len(done.stderr.decode().splitlines()) == 1
        assert not (tmp_path / "out.tsv").exists()


def test_bad_usage(known_motifs: str) -> None:
    for words in (
        [],
        [known_motifs, "--distance", "far"],
        [known_motifs, "--max-q", "2"],
        [known_motifs, "--min-overlap", "0"],
    ):
        assert run(*words).returncode == 2
    for words, said in (
        ([known_motifs, "--cluster", "-"], "only one result can go to standard output"),
        (
            [known_motifs, "--cluster", "-", "--cluster-motifs", "-", "-o", "x"],
            "only one result can go to standard output",
        ),
        ([known_motifs, "--cluster-p", "2"], "--cluster-p"),
    ):
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, b"")
        assert said in done.stderr.decode()


def test_groups_of_targets_by_name_and_by_table(known_motifs: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    motifs = [
        Motif(name, rng.dirichlet([0.2] * 4, size=12))
        for name in ("CRP_25-1", "CRP_25-2", "crp", "argR", "argR2", "sigma_-10")
    ]
    meme.write(str(tmp_path / "t.meme"), motifs)
    done = run(
        str(tmp_path / "t.meme"),
        str(tmp_path / "t.meme"),
        known_motifs,
        "--group",
        "name",
        "--best",
        "-o",
        str(tmp_path / "out.tsv"),
    )
    assert done.returncode == 0, done.stderr
    found = tsv.read_matches(str(tmp_path / "out.tsv"))
    assert [(m.query, m.target, m.group) for m in found] == [
        (m.name, m.name, group) for m, group in zip(motifs, ["CRP"] * 3 + ["argR"] * 2 + ["sigma_-10"], strict=True)
    ]
    assert "groups: 66 targets in 63 groups; the largest: CRP 3, argR 2" in done.stderr.decode()

    table = "note\tmotif\tgroup\nx\tk1\tone\ny\tk2\tone\nz\tk3\tk4\nw\tnobody\tone\n"
    done = run(known_motifs, known_motifs, "--group", "-", "--max-q", "1", stdin=table.encode())
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 + 60 * 59
    assert done.stdout.splitlines()[0].decode().split("\t") == [*tsv.MATCH_COLUMNS, tsv.GROUP_COLUMN]
    said = done.stderr.decode()
    assert "these names are not among the targets: nobody" in said
    assert "not in the table, so each is a group of its own: k0, k4, k5" in said
    assert "60 targets in 59 groups; the largest: one 2" in said
    groups = {line.split(b"\t")[-1] for line in done.stdout.splitlines()[1:]}
    assert {b"one", b"k4", b"k4 alone", b"k0"} <= groups


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("motif\tfactor\nk1\ta\n", "groups.tsv:1: there is no column group"),
        ("motif\tgroup\nk1\ta\nk1\tb\n", "groups.tsv:3: motif k1 is in two groups, a and b"),
        ("motif\tgroup\nk1\t\n", "groups.tsv:2: the group is empty"),
        ("motif\tgroup\nk1\n", "groups.tsv:2: 1 cells, but the header names 2"),
        ("motif\tgroup\nx\ta\ny\ta\n", "none of its 2 motifs is a target"),
        ("", "this table is empty"),
    ],
)
def test_bad_tables_of_groups(known_motifs: str, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "groups.tsv").write_text(text)
    done = run(known_motifs, known_motifs, "--group", str(tmp_path / "groups.tsv"), "--quiet")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, b"", 1)
    assert said in done.stderr.decode()
    done = run(known_motifs, known_motifs, "--group", str(tmp_path / "no.tsv"), "--quiet")
    assert done.returncode == 1
    assert "no.tsv: there is no such file" in done.stderr.decode()


def test_queries_are_grouped_into_a_table_and_motifs(known_motifs: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    one, other = (rng.dirichlet([0.1] * 4, size=12) for _ in range(2))
    queries = [
        Motif("a", one, 30.0),
        Motif("b", one[1:][::-1, ::-1], 10.0),
        Motif("c", other, 20.0),
        Motif("short", np.eye(4)[:2]),
    ]
    meme.write(str(tmp_path / "q.meme"), queries)
    out = [str(tmp_path / name) for name in ("out.tsv", "c.tsv", "c.meme")]
    done = run(str(tmp_path / "q.meme"), known_motifs, "-o", out[0], "--cluster", out[1], "--cluster-motifs", out[2])
    assert (done.returncode, done.stdout) == (0, b"")
    assert "4 queries in 3 clusters; 2 clusters have only one" in done.stderr.decode()
    assert (
        "too short or too uniform for a cluster, with p of more than 0.001 against themselves: short"
        in done.stderr.decode()
    )
    table = tsv.read_table(out[1])
    assert list(table) == ["group", "motif", "representative", "p", "offset", "overlap", "orientation", "consensus"]
    assert [table[name] for name in ("group", "motif", "representative", "offset", "overlap", "orientation")] == [
        ["1", "1", "2", "3"],
        ["a", "b", "c", "short"],
        ["a", "a", "c", "short"],
        ["0", "1", "0", "0"],
        ["12", "11", "12", "2"],
        ["+", "-", "+", "+"],
    ]
    averaged = motif_files.read(out[2]).motifs
    assert [(m.name, m.alt, len(m)) for m in averaged] == [("a", "a,b", 11), ("c", "c", 12), ("short", "short", 2)]
    assert (averaged[0].nsites, averaged[1].nsites) == (40, 20)
    np.testing.assert_allclose(averaged[0].matrix, one[1:], atol=1e-5)

    alone = run(str(tmp_path / "q.meme"), known_motifs, "--cluster", "-", "-o", out[0], "--cluster-p", "0", "--quiet")
    assert alone.returncode == 0
    assert [line.split(b"\t")[0] for line in alone.stdout.splitlines()[1:]] == [b"1", b"2", b"3", b"4"]
    meme.write(str(tmp_path / "none.meme"), [])
    empty = run(str(tmp_path / "none.meme"), known_motifs, "--cluster", "-", "-o", out[0])
    assert (empty.returncode, len(empty.stdout.splitlines())) == (0, 1)


def test_start_up_loads_neither_torch_nor_pandas_and_is_quick(known_motifs: str) -> None:
    code = (
        "import sys; sys.argv = ['pwm-compare', 'TATAAT', sys.argv[1], '--quiet']\n"
        "from headmotif.commands.pwm_compare import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.exit(sorted({'torch', 'pandas', 'scipy', 'pyfaidx'} & set(sys.modules)) or 0)"
    )

    def seconds(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", code, known_motifs], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0, done.stderr
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    beside = "import typer, numpy"  # what it cannot do without
    assert statistics.median(seconds(code) / seconds(beside) for _turn in range(3)) < 4  # 1.4 where this was written


def test_a_closed_pipe_is_silent(known_motifs: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        words = [*CALL, known_motifs, known_motifs, "--max-q", "1", "--quiet"]
        done = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


def test_without_a_target_the_built_in_collection_is_searched() -> None:
    done = run("TATAAT", "--max-q", "1")
    assert done.returncode == 0, done.stderr
    assert "targets: motifs.meme" in done.stderr.decode()
    assert len(done.stdout.splitlines()) > 1
