"""The demonstration: the chain on planted truth, and on sites that mean nothing."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from costly import FULL
from headmotif.commands import demo as demonstration
from headmotif.formats.features import bed_regions
from headmotif.formats.tables import tsv
from headmotif.steps.network import presets
from headmotif.steps.training.rehearsal import Pace
from in_process import call
from signatures import options

LAYERS, HEADS, PROMOTERS = 2, 4, 500
SMALL = ["--length", "150000", "--promoters", str(PROMOTERS), "--max-steps", "300", "--threads", "1"]
"""With a network of this size enough for all that is planted from seed 1, in a fraction of the time."""


@pytest.fixture
def small_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default preset made small, and the demonstration's commands without processes."""

    def run(words: list[str], folder: str, quiet: bool) -> None:
        done = call(*words, *(["--quiet"] if quiet else []), cwd=Path(folder))
        assert done.returncode == 0, done.stderr.decode()

    config = replace(presets.PRESETS["default"], width=48, layers=LAYERS, heads=HEADS, window=48)
    monkeypatch.setattr(presets, "PRESETS", {**presets.PRESETS, "default": config})
    monkeypatch.setattr(demonstration, "_run", run)


def demo(folder: Path, *words: str) -> subprocess.CompletedProcess:
    done = call("headmotif", "demo", "out", *words, cwd=folder)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def demo_in_processes(folder: Path, *words: str) -> subprocess.CompletedProcess:
    script = Path(sys.executable).with_name("headmotif")
    return subprocess.run([script, "demo", "out", *words], cwd=folder, capture_output=True, text=True, check=False)


def assert_found(folder: Path, done: subprocess.CompletedProcess) -> None:
    """What was planted is found where it was planted, and the page says so."""
    assert done.returncode == 0, done.stdout + done.stderr
    table = tsv.read_table(str(folder / "out/recovered.tsv"))
    assert table["element"] == list(demonstration.TARGETS)
    assert set(table["verdict"]) == {"found"}
    assert set(table["found"]) == {"1"}
    q = dict(zip(table["element"], map(float, table["q"]), strict=True))
    offset = dict(zip(table["element"], map(float, table["offset"]), strict=True))
    assert max(q.values()) < 0.05
    assert -25 < offset["-10"] < 0  # the heads that match look where the elements were planted
    assert -50 < offset["-35"] < -20
    assert -55 < offset["FNR"] < -30
    # where the factor binds says its motif alone: a window at its usual distance lies beside it at most promoters
    precision, window = (
        dict(zip(table["element"], map(float, table[name]), strict=True)) for name in ("precision", "window_precision")
    )
    assert precision["FNR"] > 1.5 * window["FNR"]
    metrics = json.loads((folder / "out/metrics.json").read_text())["metrics"]["test"]["sites"]
    assert metrics["average_precision"] > 10 * metrics["prevalence"]
    assert "Open: out/report.html" in done.stdout
    page = (folder / "out/report.html").read_text(encoding="utf-8")
    assert "TATAAT" in page
    assert 'id="figure-map"' in page
    assert "known motif: sigma70_-10" in page
    assert "known motif: FNR" in page


@pytest.mark.slow
@pytest.mark.usefixtures("small_preset")
def test_a_small_demo_finds_what_was_planted(tmp_path: Path) -> None:
    assert_found(tmp_path, demo(tmp_path, *SMALL, "--quiet"))


@pytest.mark.slow
@pytest.mark.usefixtures("small_preset")
def test_with_shuffled_sites_nothing_is_found(tmp_path: Path) -> None:
    """With the network, the size and the steps that find what was planted."""
    done = demo(tmp_path, "--shuffle-sites", *SMALL, "--quiet")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "not found: -10, -35, FNR" in done.stderr
    table = tsv.read_table(str(tmp_path / "out/recovered.tsv"))
    assert set(table["found"]) == {"0"}
    assert "Found: nothing" in done.stdout
    assert len(bed_regions.read(str(tmp_path / "out/regions.bed"))) < 0.02 * PROMOTERS * LAYERS * HEADS


@pytest.mark.slow
def test_it_says_how_long_it_will_take_and_runs_each_command_in_a_process(tmp_path: Path) -> None:
    done = demo_in_processes(tmp_path, "--length", "20000", "--promoters", "40", "--max-steps", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("This will take about ")
    assert "measured just now" in done.stderr.splitlines()[0]
    shown = [line.removeprefix("$ ") for line in done.stderr.splitlines() if line.startswith("$ ")]
    assert shown == [" ".join(words) for words in demonstration.chain(False, 20_000, 40, 1, 1, 0)]
    assert done.stderr.splitlines()[-1].startswith("headmotif demo: not found: -10, -35, FNR")
    assert "Open: out/report.html" in done.stdout
    assert (tmp_path / "out/report.html").exists()


@FULL
@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_the_whole_demo_finds_what_was_planted(tmp_path: Path) -> None:
    assert_found(tmp_path, demo_in_processes(tmp_path, "--quiet"))


def test_the_forecast_is_the_sum_of_what_is_done() -> None:
    (background,) = (one.default for one in options("dump-attention") if one.flag == "--background")
    assert background == demonstration.BACKGROUND  # the chain leaves it to the command
    pace = Pace(step=0.5, nucleotide=1e-3, query=0.01, steps=1000)
    training, evaluations, scored = 300 * 0.5, 400 * (300 / 50 + 1) * 0.1, 400 * 0.3
    read = 0.01 * (80 + 4000 + 2 * (80 + 1000))
    assert demonstration._seconds(pace, 400_000, 80, 300) == pytest.approx(training + evaluations + scored + read)
    assert demonstration._seconds(pace, 400_000, 80, 50) == pytest.approx(25 + 120 + 400 * 0.1 * (50 / 50 + 1) + read)
