"""score-annot as a user runs it: its tables, its words, and what it refuses."""

import types
from pathlib import Path

import numpy as np
import pytest

from test_annot_compare import folder, table

__all__ = ["folder"]


def test_calls_are_scored_from_standard_input_too(run, folder: Path, tmp_path: Path) -> None:
    out, curve = tmp_path / "scores.tsv", tmp_path / "curve.tsv"
    words = [
        "--truth",
        folder / "true.bed",
        "--genome",
        folder / "g.fa",
        "--genes",
        folder / "genes.gff3",
        "--bootstrap",
        50,
    ]
    done = run("score-annot", "-", *words, "-o", out, "--curve", curve, input=(folder / "listed.bed").read_bytes())
    assert done.returncode == 0, done.stderr
    assert "sites, within 2 nt: average precision 0." in done.stderr.decode()
    rows = {(r["site_class"], r["window_nt"]): r for r in table(out)}
    assert list(rows)[:5] == [(place, "0") for place in ("all", "upstream", "internal", "antisense", "orphan")]
    assert rows["all", "2"]["sites"] == "260"
    assert float(rows["all", "2"]["recall"]) > float(rows["all", "0"]["recall"]) > 0.6
    assert (
        float(rows["all", "2"]["recall_low"])
        < float(rows["all", "2"]["recall"])
        < float(rows["all", "2"]["recall_high"])
    )
    assert float(rows["all", "0"]["site_density"]) == pytest.approx(260 / 240_000, rel=1e-5)
    [last] = [r for r in table(curve) if r["window_nt"] == "2"][-1:]
    assert float(last["recall"]) == pytest.approx(float(rows["all", "2"]["recall"]))
    region = run(
        "score-annot",
        folder / "listed.bed",
        *words,
        "--region",
        "planted:1-60000",
        "--region",
        "planted:110001-120000",
    )
    first = dict(zip(*(line.split("\t") for line in region.stdout.decode().splitlines()[:2]), strict=True))
    assert first["positions"] == "140000"
    assert "outside the region, or on N, are not scored" in region.stderr.decode()


def test_a_track_is_scored_whatever_file_it_came_in(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    """The command with readers that give arrays: what the formats make of files is tested with them."""
    from headmotif.commands import score_annot
    from headmotif.formats.inputs import named_sites

    truth = table_of(folder / "true.bed")
    rng = np.random.default_rng(1)
    p = rng.random((2, 120_000)).astype(np.float32) * 0.9
    for _, position, strand in truth:
        p[int(strand == "-"), position] = 0.5 + rng.random() / 2
    p[:, 60_000:] = np.nan
    monkeypatch.setattr(named_sites, "read_track", lambda paths, contigs: p.copy())
    out, curve = tmp_path / "s.tsv", tmp_path / "c.tsv"
    options = {
        "predictions": ["p=plus.bw,minus.bw"],
        "genome": str(folder / "g.fa"),
        "truth": str(folder / "true.bed"),
        "bootstrap": 20,
    }
    score_annot.score_annot(**options, output=str(out), curve=str(curve))
    said = capsys.readouterr().err
    exact, close = table(out)
    assert "p: no value at 120,000 positions" in said
    assert exact["positions"] == "120000"
    assert float(exact["roc_auc"]) > 0.8
    assert exact["kind"] == "track"
    best = max((r for r in table(curve) if r["window_nt"] == "2"), key=lambda r: float(r["f1"]))
    assert {r["window_nt"] for r in table(curve)} == {"0", "2", "5"}
    assert {r["false_positive_rate"] for r in table(curve) if r["window_nt"] != "0"} == {"nan"}
    last = [r for r in table(curve) if r["window_nt"] == "0"][-1]
    sites = int(exact["sites"])
    assert float(last["false_positive_rate"]) == pytest.approx(
        (int(last["calls"]) - sites) / (120_000 - sites), rel=1e-4
    )
    assert float(close["threshold"]) == pytest.approx(float(best["threshold"]), abs=0.05)
    score_annot.score_annot(**options, output=str(out), missing_value=0.0, threshold=0.9)
    exact, close = table(out)
    assert (exact["positions"], exact["sites"], close["threshold"]) == ("240000", "260", "0.9")


def table_of(path: Path) -> list[tuple[str, int, str]]:
    return [(r[0], int(r[1]), r[5]) for r in (line.split("\t") for line in path.read_text().splitlines())]


def test_the_kind_of_a_track_is_told_by_its_bytes(tmp_path: Path, monkeypatch) -> None:
    from headmotif.formats.inputs import named_sites

    for name, magic in (("bigwig", b"\x26\xfc\x8f\x88"), ("bedgraph", b"")):
        fake = types.ModuleType(f"headmotif.formats.{name}")
        fake.parse = lambda raw, path, contigs, name=name: np.full(3, {"bigwig": 1, "bedgraph": 2}[name], np.float32)
        fake.is_bigwig = lambda raw, magic=magic: raw[:4] == magic
        monkeypatch.setattr(named_sites, name, fake)
    (tmp_path / "a").write_bytes(b"\x26\xfc\x8f\x88 and so on")
    (tmp_path / "b").write_text("c\t0\t1\t2\n")
    assert named_sites.read_track((str(tmp_path / "a"), str(tmp_path / "b")), ()).tolist() == [[1, 1, 1], [2, 2, 2]]
    assert named_sites.parse_track("x,y") == ("x", "y")
    assert named_sites.parse_track("x") is None
    (tmp_path / "one,two").write_text("")
    assert named_sites.parse_track(str(tmp_path / "one,two")) is None


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--truth", "true.bed", "--region", "planted:1-2"], "no true site is left to be found"),
        (["--truth", "true.bed", "--region", "other:1-2"], "names no contig of the genome"),
        (["--truth", "true.bed", "--curve", "-"], "only one result can go to standard output"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, folder: Path, monkeypatch, words: list[str], problem: str) -> None:
    monkeypatch.chdir(folder)
    done = run("score-annot", "listed.bed", *words, "--genome", "g.fa")
    assert (done.returncode, done.stdout) == (1, b"")
    assert problem in done.stderr.decode()
    assert len([line for line in done.stderr.splitlines() if line.startswith(b"score-annot: ")]) == 1


def test_true_sites_are_needed(run, folder: Path) -> None:
    done = run("score-annot", folder / "listed.bed", "--genome", folder / "g.fa")
    assert done.returncode == 2
    assert b"--truth" in done.stderr
