"""score-annot as a user runs it: its tables, its words, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest

from headmotif.data import Contig, Contigs
from headmotif.formats.inputs import named_sites
from headmotif.formats.tracks import bedgraph
from headmotif.steps.calling import evaluation, scores
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


@pytest.mark.parametrize("text", ["", "track name=x\n", "#contig\tstart\tend\n", "##gff-version 3\n"])
def test_a_prediction_without_calls_is_valid(run, folder: Path, text: str) -> None:
    """predict-annot writes such a file if nothing reaches the threshold; a truth without sites is a mistake."""
    words = ["--genome", folder / "g.fa", "--bootstrap", 2]
    done = run("score-annot", "-", "--truth", folder / "true.bed", *words, input=text.encode())
    assert done.returncode == 0, done.stderr
    assert b"standard input: this file has no sites\n" in done.stderr
    row = dict(zip(*(line.split("\t") for line in done.stdout.decode().splitlines()[:2]), strict=True))
    assert (row["calls"], row["recall"], row["precision"], row["sites"]) == ("0", "0", "nan", "260")
    compared = run("annot-compare", folder / "true.bed", "-", "--genome", folder / "g.fa", input=text.encode())
    assert compared.returncode == 0, compared.stderr
    assert compared.stdout.decode().splitlines()[1].split("\t")[4:8] == ["260", "0", "0", "0"]
    refused = run("score-annot", folder / "true.bed", "--truth", "-", *words, input=text.encode())
    assert refused.returncode == 1
    assert b"no sites" in refused.stderr or b"no feature" in refused.stderr or b"empty" in refused.stderr


def test_a_track_is_scored_whatever_file_it_came_in(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    """The command with readers that give arrays: what the formats make of files is tested with them."""
    from headmotif.commands import score_annot
    from headmotif.formats.tracks import strands

    truth = table_of(folder / "true.bed")
    rng = np.random.default_rng(1)
    p = rng.random((2, 120_000)).astype(np.float32) * 0.9
    for _, position, strand in truth:
        p[int(strand == "-"), position] = 0.5 + rng.random() / 2
    p[:, 60_000:] = np.nan
    monkeypatch.setattr(strands, "read", lambda paths, contigs: p.copy())
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


def write_track(folder: Path, name: str, values: np.ndarray) -> str:
    """PLUS,MINUS of the values (2, N) as bedGraph."""
    paths = [str(folder / f"{name}.{strand}.bg") for strand in ("plus", "minus")]
    for path, strand in zip(paths, values, strict=True):
        bedgraph.write(path, Contigs([Contig("planted", len(strand))]), strand.astype(np.float32))
    return ",".join(paths)


def test_the_sign_and_scale_of_a_track_change_no_score(run, folder: Path, tmp_path: Path) -> None:
    """Values below zero on the - strand alone, log P on both, and counts rank the same sites as P does."""
    rng = np.random.default_rng(1)
    p = np.where(rng.random((2, 120_000)) < 0.01, np.round(rng.random((2, 120_000)) * 0.9 + 0.01, 2), np.nan)
    for _, position, strand in table_of(folder / "true.bed"):
        p[int(strand == "-"), position] = 0.95
    values = {"p": p, "below": p * [[1], [-1]], "log": np.log(p), "counts": p * 1000, "odds": np.log(p / (1 - p))}
    tracks = [f"{name}={write_track(tmp_path, name, one)}" for name, one in values.items()]
    out, given = tmp_path / "s.tsv", ["--genome", folder / "g.fa", "--truth", folder / "true.bed"]
    done = run("score-annot", *tracks, *given, "--bootstrap", "0", "-o", out)
    assert done.returncode == 0, done.stderr.decode()
    said = [line.removeprefix(f"{tmp_path}/") for line in done.stderr.decode().splitlines() if "values" in line]
    assert said == [
        "below.minus.bg: values are below 0 and no value of the other strand is, so they are multiplied by -1",
        f"log.plus.bg,{tmp_path}/log.minus.bg: the values of both strands are 0 or less, such as log P; they are kept "
        "as scores, higher is better",
        f"counts.plus.bg,{tmp_path}/counts.minus.bg: values go up to 950, so they are no P; they are kept as scores",
        f"odds.plus.bg,{tmp_path}/odds.minus.bg: values lie on both sides of 0, from -4.595 to 2.944; they are kept as "
        "scores, not as P",
    ]
    rows = [{k: v for k, v in row.items() if k not in ("prediction", "threshold")} for row in table(out)]
    assert (rows[0]["recall"], rows[0]["calls"], rows[0]["sites"]) == ("1", "260", "260")
    assert all(rows[i : i + 2] == rows[:2] for i in range(0, len(rows), 2))
    assert [row["threshold"] for row in table(out)[::2]] == ["0.95", "0.95", "-0.05129", "950", "2.944"]


P = np.concatenate([np.full((2, 30), 0.95), np.linspace(0.1, 0.9, 140).reshape(2, 70)], axis=1)
"""P of 100 nt, the + strand with true sites at the first 30."""


@pytest.mark.parametrize(
    ("values", "threshold", "missing", "said"),
    [
        (P, 0.5, None, []),
        (P * 100, None, None, []),
        (P * 100, 0.5, None, ["t: values go from 10 to 95, so --threshold 0.5 is such a value and no P"]),
        (P, 0.99, None, ["t: no value reaches --threshold 0.99, so there is no call; the highest is 0.95"]),
        (np.where(P > 0.5, P, np.nan), 0.5, 0.0, []),
        (
            np.where(P > 0.9, P, np.nan),
            None,
            None,
            ["t: no value at 140 positions, 0 of them true sites; they are not scored (--missing-value 0 scores them "
            "as P = 0)"],
        ),
        (
            np.where(P > 0.9, np.log(P), np.nan),
            None,
            None,
            ["t: no value at 140 positions, 0 of them true sites; they are not scored (--missing-value=-0.05129 scores "
            "them as the lowest)"],
        ),
        (
            np.where(P > 0.9, -1.0, np.nan),
            None,
            0.0,
            ["t: --missing-value 0 is above 100% of the values; the lowest is -1"],
        ),
        (
            np.where(np.arange(100) < 30, [[0.1], [0.9]], P),
            None,
            None,
            ["t: 100% of the true sites have a higher value on the other strand; are the two files exchanged?"],
        ),
    ],
)  # fmt: skip
def test_values_that_are_no_p_are_told(values, threshold, missing, said) -> None:
    label = np.zeros((2, 100), np.uint8)
    label[0, :30] = 1
    at = evaluation.task(Contigs([Contig("c", 100)]), label, np.ones((2, 100), bool), [], 0)
    heard: list[str] = []
    how = scores.Scoring(2, threshold, missing, False)
    scores.scores(["t"], {}, {"t": lambda: values.astype(np.float32)}, at, how, heard.append)
    assert heard == said


def test_two_files_are_a_track_and_one_is_none(tmp_path: Path) -> None:
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
