"""The command: its streams, exit codes and words."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from headmotif.data import Motif
from headmotif.formats import meme, tables

CALL = [sys.executable, "-c", "from headmotif.commands.pwm_compare import main; main()"]


def run(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CALL, *words], input=stdin, capture_output=True, check=False, timeout=60)


@pytest.fixture
def known(tmp_path: Path) -> str:
    rng = np.random.default_rng(0)
    meme.write(str(tmp_path / "known.meme"), [Motif(f"k{i}", rng.dirichlet([0.2] * 4, size=int(rng.integers(6, 20)))) for i in range(60)])
    return str(tmp_path / "known.meme")


def test_a_file_against_itself_through_every_way_in_and_out(known: str, tmp_path: Path) -> None:
    out = tmp_path / "out.tsv"
    done = run(known, known, "-o", str(out), "--best")
    assert (done.returncode, done.stdout) == (0, b"")
    found = tables.read_matches(str(out))
    assert [(m.query, m.target) for m in found] == [(f"k{i}", f"k{i}") for i in range(60)]
    digest = hashlib.sha256(Path(known).read_bytes()).hexdigest()[:12]
    assert f"targets: known.meme: 60 motifs, MEME 4, sha256 {digest}" in done.stderr.decode()
    assert str(tmp_path) not in done.stderr.decode()

    piped = run("-", known, "--best", "--quiet", stdin=Path(known).read_bytes())
    assert (piped.stdout, piped.stderr, piped.returncode) == (out.read_bytes(), b"", 0)


def test_all_pairs_several_targets_and_names_used_twice(known: str, tmp_path: Path) -> None:
    (tmp_path / "more.jaspar").write_text(">k1 again\n1 0\n0 1\n0 0\n0 0\n>empty\n")
    done = run("TATAAT", known, str(tmp_path / "more.jaspar"), "--max-q", "1")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 62
    assert b"\tk1_2\t" in done.stdout
    assert "skipped empty: it has no matrix" in done.stderr.decode()
    assert "now k1_2" in done.stderr.decode()


def test_queries_without_motifs_give_a_header(known: str, tmp_path: Path) -> None:
    meme.write(str(tmp_path / "none.meme"), [])
    done = run(str(tmp_path / "none.meme"), known)
    assert done.returncode == 0
    assert done.stdout.decode() == "\t".join(tables.MATCH_COLUMNS) + "\n"
    assert "no motif to compare" in done.stderr.decode()


def test_few_targets_are_told(known: str, tmp_path: Path) -> None:
    meme.write(str(tmp_path / "few.meme"), [Motif("a", np.eye(4))])
    assert "only 1 targets" in run(known, str(tmp_path / "few.meme")).stderr.decode()


@pytest.mark.parametrize("distance", ["pearson", "euclidean", "kullback-leibler", "allr"])
def test_every_distance_runs(known: str, distance: str) -> None:
    assert run(known, known, "--distance", distance, "--min-overlap", "5").returncode == 0


def test_bad_data_is_one_line_and_leaves_no_file(known: str, tmp_path: Path) -> None:
    protein = tmp_path / "protein.meme"
    protein.write_text("MEME version 4\n\nALPHABET= ACDEFGHIKLMNPQRSTVWY\n\nMOTIF a\n")
    meme.write(str(tmp_path / "none.meme"), [])
    for words, said in (
        ((str(protein), known), "protein.meme:3: these motifs have a protein alphabet"),
        (("nofile.meme", known), "nofile.meme: there is no such file"),
        ((known, str(tmp_path / "none.meme")), "no target has a matrix"),
        ((known, known, "-o", str(tmp_path / "no" / "x")), "does not exist"),
    ):
        done = run("--quiet", *words) if "-o" in words else run("--quiet", *words, "-o", str(tmp_path / "out.tsv"))
        assert done.returncode == 1, done.stderr
        assert said in done.stderr.decode()
        assert len(done.stderr.decode().splitlines()) == 1
        assert not (tmp_path / "out.tsv").exists()


def test_bad_usage(known: str) -> None:
    for words in ([], [known, "--distance", "far"], ["-", "-"], [known, "--max-q", "2"], [known, "--min-overlap", "0"]):
        assert run(*words).returncode == 2


def test_start_up_loads_neither_torch_nor_pandas_and_is_quick(known: str) -> None:
    code = (
        "import sys; sys.argv = ['pwm-compare', 'TATAAT', sys.argv[1], '--quiet']\n"
        "from headmotif.commands.pwm_compare import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.exit(sorted({'torch', 'pandas', 'scipy', 'pyfaidx'} & set(sys.modules)) or 0)"
    )
    quickest = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code, known], capture_output=True, check=False, timeout=60)
        quickest = min(quickest, time.perf_counter() - began)
        assert done.returncode == 0, done.stderr
    assert quickest < 2  # 0.25 s on an idle machine


def test_a_closed_pipe_is_silent(known: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        words = [*CALL, known, known, "--max-q", "1", "--quiet"]
        done = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (141, b"")


def test_without_a_target_the_built_in_collection_is_searched() -> None:
    done = run("TATAAT", "--max-q", "1")
    assert done.returncode == 0, done.stderr
    assert "targets: motifs.meme" in done.stderr.decode()
    assert len(done.stdout.splitlines()) > 1
