"""The demonstration: the chain on planted truth, and on sites that mean nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headmotif.formats import bed, tables

BIN = Path(sys.executable).parent


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_the_demo_finds_what_was_planted(tmp_path: Path) -> None:
    done = subprocess.run([BIN / "headmotif", "demo", "out", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    table = tables.read_table(str(tmp_path / "out/recovered.tsv"))
    found = dict(zip(table["element"], table["found"], strict=True))
    assert found["-10"] == found["-35"] == "1"
    q = dict(zip(table["element"], map(float, table["q"]), strict=True))
    distance = dict(zip(table["element"], map(float, table["distance"]), strict=True))
    assert q["-10"] < 0.05
    assert q["-35"] < 0.05
    assert -25 < distance["-10"] < 0  # the heads that match look where the elements were planted
    assert -50 < distance["-35"] < -20
    metrics = json.loads((tmp_path / "out/metrics.json").read_text())["metrics"]["test"]["sites"]
    assert set(table["verdict"]) <= {"found", "lookalike", "none"}
    assert metrics["average_precision"] > 10 * metrics["prevalence"]
    assert "Open: out/report.html" in done.stdout
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "TATAAT" in page
    assert 'id="figure-map"' in page
    assert "known element: sigma70_-10" in page


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_with_shuffled_sites_nothing_is_found(tmp_path: Path) -> None:
    # 200 steps: planted sites are learned by then
    words = [BIN / "headmotif", "demo", "out", "--shuffle-sites", "--steps", "200", "--quiet"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "-10 and -35 not found again" in done.stderr
    table = tables.read_table(str(tmp_path / "out/recovered.tsv"))
    assert set(table["found"]) == {"0"}
    assert "Found again: nothing" in done.stdout
    assert len(bed.read_regions(str(tmp_path / "out/regions.bed"))) < 0.02 * 800 * 24
