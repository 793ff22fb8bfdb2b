"""The real genome through all six commands: a short run always, the whole one on request."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from headmotif.formats.tables import tsv

REPOSITORY = Path(__file__).resolve().parent.parent


def real_run(data: Path, folder: Path, *words: str) -> dict[str, list[str]]:
    """benchmarks/ecoli.py; its summary."""
    script = [sys.executable, REPOSITORY / "benchmarks/ecoli.py", data, "--output", folder, *words]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    used = tsv.read_table(str(folder / "resources.tsv"))
    assert max(map(float, used["peak_gb"])) < 3.0, used
    return tsv.read_table(str(folder / "summary.tsv"))


@pytest.mark.data
@pytest.mark.slow
def test_the_chain_runs_on_the_real_genome(data_folder: Path, tmp_path: Path) -> None:
    """All of the test part is scored by the quick network and by the scan; by the default one 20 kb of it."""
    few = ["--short", "--steps", "20", "--cnn-steps", "20", "--limit", "1500", "--no-report"]
    summary = real_run(data_folder, tmp_path, *few)
    assert summary["model"] == ["default"] * 2 + ["cnn"] * 2 + ["-35/-10 scan"] * 2
    test = {
        model: i
        for i, (model, part) in enumerate(zip(summary["model"], summary["part"], strict=True))
        if part == "test"
    }
    table = (data_folder / "ecoli" / "tss.cappable.bed").read_text(encoding="utf-8")
    listed = [int(line.split("\t")[1]) for line in table.splitlines() if not line.startswith("#")]
    expected = dict.fromkeys(test, (928_330, 3382)) | {
        "default": (20_000, sum(2_738_785 <= start < 2_758_785 for start in listed))
    }
    for model, i in test.items():
        nucleotides, sites = expected[model]
        assert int(summary["positions"][i]) == 2 * nucleotides
        assert int(summary["sites"][i]) == sites
        assert float(summary["prevalence"][i]) == pytest.approx(sites / (2 * nucleotides), rel=1e-4)
    scan = test["-35/-10 scan"]
    assert float(summary["roc_auc"][scan]) > 0.7  # what no training gives
    assert float(summary["average_precision"][scan]) > 3 * float(summary["prevalence"][scan])
    assert (tmp_path / "matches.tsv").read_text().startswith("Query_ID\t")
    profiles = tsv.read_table(str(tmp_path / "profiles.tsv"))
    assert len(set(profiles["head"])) == 24


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.timeout(36_000)
@pytest.mark.skipif(not os.environ.get("HEADMOTIF_FULL"), reason="an hour, half of it training: set HEADMOTIF_FULL=1")
def test_the_whole_real_run_finds_the_minus_10_element(data_folder: Path, tmp_path: Path) -> None:
    summary = real_run(data_folder, tmp_path)
    score = {
        m: float(a)
        for m, p, a in zip(summary["model"], summary["part"], summary["average_precision"], strict=True)
        if p == "test"
    }
    assert score["default"] > 0.15
    assert score["default"] > 2 * score["-35/-10 scan"]
    metrics = json.loads((tmp_path / "metrics.json").read_text())["metrics"]["test"]["cappable"]
    assert metrics["average_precision"] == pytest.approx(score["default"], rel=1e-4)
    matches = tsv.read_table(str(tmp_path / "matches.builtin.tsv"))
    found = {t for t, q in zip(matches["Target_ID"], matches["q-value"], strict=True) if float(q) < 0.05}
    assert "sigma70_-10" in found
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "known motif: sigma70_-10" in page
    for name in ("map", "likeness", "curve", "roc", "calibration", "training", "agreement", "locus-2"):
        assert f'id="figure-{name}"' in page, name
    assert "Logit with its regions mutated" in page
    assert "of the test part" in page
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
