"""annot-compare as a user runs it: its tables, its words, and what it refuses."""

import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from headmotif.alphabet import decode
from headmotif.formats.features import bed
from headmotif.formats.tables import tsv
from headmotif.steps.simulation.plant import PlantSettings, plant
from test_plant import FACTORS


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    where = tmp_path_factory.mktemp("compare")
    one = plant(PlantSettings(length=120_000, promoters=260), 1, FACTORS)
    (where / "g.fa").write_text(f">planted\n{decode(one.genome.base)}\n")
    bed.write_sites(str(where / "true.bed"), one.true_sites, ["planted"])
    bed.write_sites(str(where / "listed.bed"), one.sites, ["planted"])
    rows = (where / "true.bed").read_text().splitlines()
    shifted = [r.split("\t") for r in rows]
    for row in shifted:
        if row[5] == "-":
            row[1], row[2] = str(int(row[1]) + 1), str(int(row[2]) + 1)
    (where / "shifted.bed").write_text("".join("\t".join(row) + "\n" for row in shifted))
    (where / "genes.gff3").write_text("planted\tx\tgene\t1\t60000\t.\t+\t.\tID=a\n")
    return where


def table(path: Path) -> list[dict[str, str]]:
    columns = tsv.read_table(str(path))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_sets_are_compared_checked_and_joined(run, folder: Path, tmp_path: Path) -> None:
    out = {name: tmp_path / name for name in ("agreement.tsv", "matrix.tsv", "far.tsv", "consensus.bed", "checks.tsv")}
    words = [
        "-o",
        out["agreement.tsv"],
        "--matrix",
        out["matrix.tsv"],
        "--distances",
        out["far.tsv"],
        "--checks",
        out["checks.tsv"],
    ]
    words += ["--consensus", 2, "--consensus-out", out["consensus.bed"]]
    sets = [folder / "true.bed", f"two={folder / 'listed.bed'}", f"off={folder / 'shifted.bed'}"]
    done = run("annot-compare", *sets, "--genome", folder / "g.fa", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    said = done.stderr.decode()
    assert "true: 260 sites (BED; 0 duplicates dropped)" in said
    assert "true and two: " in said
    assert "check of true: a -10 box in " in said
    assert "check of off: the - strand's sites look one base upstream of where they should be" in said
    rows = {(r["first"], r["second"], r["strand"], r["within"]): r for r in table(out["agreement.tsv"])}
    assert rows["true", "off", "both", "2"]["jaccard"] == "1"
    assert rows["true", "off", "-", "0"]["shared"] == "0"
    assert rows["true", "off", "-", "2"]["shift"] == "-1"
    assert [r["off"] for r in table(out["matrix.tsv"]) if (r["set"], r["measure"]) == ("true", "within 2, share")] == [
        "1"
    ]
    assert {
        r["distance"] for r in table(out["far.tsv"]) if r["sites"] != "0" and r["set"] == "true" and r["other"] == "off"
    } >= {"0", "-1"}
    kinds = {(r["set"], r["strand"]): (r["verdict"], r["shift"]) for r in table(out["checks.tsv"])}
    assert kinds["true", "both"] == ("ok", "0")
    assert kinds["off", "-"] == ("strand shifted", "-1")
    joined = out["consensus.bed"].read_text().splitlines()
    assert len(joined) - 1 == 260
    assert "\ttrue,two,off\t" in joined[1]
    again = run("annot-compare", *sets, "--genome", folder / "g.fa", "--quiet")
    assert again.stderr == b""
    assert again.stdout == out["agreement.tsv"].read_bytes()


def test_calls_are_scored_from_standard_input_too(run, folder: Path, tmp_path: Path) -> None:
    out, curve = tmp_path / "scores.tsv", tmp_path / "curve.tsv"
    words = [
        "--truth",
        folder / "true.bed",
        "--genome",
        folder / "g.fa",
        "--genes",
        folder / "genes.gff3",
        "--draws",
        50,
    ]
    done = run("annot-compare", "-", *words, "-o", out, "--curve", curve, input=(folder / "listed.bed").read_bytes())
    assert done.returncode == 0, done.stderr
    assert "sites, within 2 nt: PR-AUC 0." in done.stderr.decode()
    rows = {(r["place"], r["within"]): r for r in table(out)}
    assert list(rows)[:5] == [(place, "0") for place in ("all", "upstream", "inside", "antisense", "orphan")]
    assert rows["all", "2"]["sites"] == "260"
    assert float(rows["all", "2"]["recall"]) > float(rows["all", "0"]["recall"]) > 0.6
    assert (
        float(rows["all", "2"]["recall_low"])
        < float(rows["all", "2"]["recall"])
        < float(rows["all", "2"]["recall_high"])
    )
    assert float(rows["all", "0"]["prevalence"]) == pytest.approx(260 / 240_000, rel=1e-5)
    [last] = [r for r in table(curve) if r["within"] == "2"][-1:]
    assert float(last["recall"]) == pytest.approx(float(rows["all", "2"]["recall"]))
    region = run(
        "annot-compare",
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
    from headmotif.commands import annot_compare
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
        "sets": ["p=plus.bw,minus.bw"],
        "genome": str(folder / "g.fa"),
        "truth": str(folder / "true.bed"),
        "draws": 20,
    }
    annot_compare.annot_compare(**options, output=str(out), curve=str(curve))
    said = capsys.readouterr().err
    exact, close = table(out)
    assert "p: no value at 120,000 positions" in said
    assert exact["positions"] == "120000"
    assert float(exact["roc_auc"]) > 0.8
    assert exact["kind"] == "track"
    best = max((r for r in table(curve) if r["within"] == "2"), key=lambda r: float(r["f1"]))
    assert {r["within"] for r in table(curve)} == {"0", "2", "5"}
    assert {r["false_positive_rate"] for r in table(curve) if r["within"] != "0"} == {"nan"}
    last = [r for r in table(curve) if r["within"] == "0"][-1]
    sites = int(exact["sites"])
    assert float(last["false_positive_rate"]) == pytest.approx(
        (int(last["calls"]) - sites) / (120_000 - sites), rel=1e-4
    )
    assert float(close["threshold"]) == pytest.approx(float(best["threshold"]), abs=0.05)
    annot_compare.annot_compare(**options, output=str(out), missing=0.0, threshold=0.9)
    exact, close = table(out)
    assert (exact["positions"], exact["sites"], close["threshold"]) == ("240000", "260", "0.9")


def table_of(path: Path) -> list[tuple[str, int, str]]:
    return [(r[0], int(r[1]), r[5]) for r in (line.split("\t") for line in path.read_text().splitlines())]


def test_the_kind_of_a_track_is_told_by_its_bytes(tmp_path: Path, monkeypatch) -> None:
    from headmotif.formats.inputs import named_sites

    for name, magic in (("bigwig", b"\x26\xfc\x8f\x88"), ("bedgraph", b"")):
        fake = types.ModuleType(f"headmotif.formats.{name}")
        fake.parse = lambda raw, path, contigs, name=name: np.full(3, {"bigwig": 1, "bedgraph": 2}[name], np.float32)
        fake.recognised = lambda raw, magic=magic: raw[:4] == magic
        monkeypatch.setattr(named_sites, name, fake)
    (tmp_path / "a").write_bytes(b"\x26\xfc\x8f\x88 and so on")
    (tmp_path / "b").write_text("c\t0\t1\t2\n")
    assert named_sites.read_track((str(tmp_path / "a"), str(tmp_path / "b")), ()).tolist() == [[1, 1, 1], [2, 2, 2]]
    assert named_sites.track("x,y") == ("x", "y")
    assert named_sites.track("x") is None
    (tmp_path / "one,two").write_text("")
    assert named_sites.track(str(tmp_path / "one,two")) is None


def test_a_label_set_of_the_genome_is_a_set_and_one_set_is_checked_alone(run, folder: Path, tmp_path: Path) -> None:
    tensor = tmp_path / "g.st"
    assert run("fasta2tensor", folder / "g.fa", "--sites", f"mine={folder / 'true.bed'}", "-o", tensor).returncode == 0
    done = run("annot-compare", "label:mine", folder / "true.bed", "--genome", tensor)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split(b"\t")[:7] == [b"mine", b"true", b"both", b"0", b"260", b"260", b"260"]
    alone = run("annot-compare", "label:mine", "--genome", tensor, "--checks", "-")
    assert alone.stdout.startswith(b"set\tstrand\tsites\t")
    assert len(alone.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "status", "problem"),
    [
        (["true.bed"], 1, "one set of sites compares with nothing; give another, --truth FILE, or --checks FILE"),
        (["true.bed", "true.bed"], 1, "a label set named 'true' is there already"),
        (["true.bed", "listed.bed", "--consensus", "2"], 1, "--consensus N and --consensus-out FILE go together"),
        (["true.bed", "listed.bed", "--consensus", "3", "--consensus-out", "x"], 1, "--consensus 3: there are 2 sets"),
        (
            ["a,b=true.bed", "listed.bed", "--consensus", "2", "--consensus-out", "x"],
            1,
            "the set name 'a,b' has a comma",
        ),
        (["true.bed", "listed.bed", "--curve", "x"], 1, "--curve is for predictions scored with --truth"),
        (
            ["listed.bed", "--truth", "true.bed", "--matrix", "x"],
            1,
            "--matrix is for sets compared with each other, without --truth",
        ),
        (["true.bed", "p=plus.bw,minus.bw"], 1, "a track can be scored against --truth alone"),
        (["true.bed", "listed.bed", "--checks", "-"], 1, "one result alone can go to standard output"),
        (["true.bed", "label:x"], 1, "there is no such label set in the genome; a genome tensor with labels is needed"),
        (["true.bed", "none.bed"], 1, "none.bed: there is no such file"),
        (["true.bed", "bad.bed"], 1, "bad.bed:2: the strand (column 6) is 'x'; it must be + or -"),
        (["listed.bed", "--truth", "true.bed", "--region", "planted:1-2"], 1, "no true site is left to be found"),
        (["listed.bed", "--truth", "true.bed", "--region", "other:1-2"], 1, "names no contig of the genome"),
        (["true.bed", "listed.bed", "--within", "51"], 2, "Invalid value for '--within'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    folder: Path, monkeypatch, capfd, words: list[str], status: int, problem: str
) -> None:
    from headmotif.commands import annot_compare

    monkeypatch.chdir(folder)
    Path("bad.bed").write_text("planted\t1\t2\ta\t1\t+\nplanted\t1\t2\ta\t1\tx\n")
    monkeypatch.setattr(sys, "argv", ["annot-compare", *words, "--genome", "g.fa"])
    kept = os.dup(1)  # what fails leaves standard output closed behind it
    try:
        with pytest.raises(SystemExit) as left:
            annot_compare.main()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    said = capfd.readouterr()
    assert left.value.code == status, said.err
    assert problem in said.err
    assert said.out == ""
    if status == 1:
        assert len([line for line in said.err.splitlines() if line.startswith("annot-compare: ")]) == 1
    assert not Path("x").exists()


def test_the_genome_is_needed(run, folder: Path) -> None:
    done = run("annot-compare", folder / "true.bed", folder / "listed.bed")
    assert done.returncode == 2
    assert b"--genome" in done.stderr


@pytest.mark.data
def test_the_two_real_sets_share_what_they_are_known_to_share(run, data_folder: Path, tmp_path: Path) -> None:
    where, out = data_folder / "ecoli", tmp_path / "a.tsv"
    sets = [f"cappable={where / 'tss.cappable.bed'}", f"smrt={where / 'tss.smrtcappable.bed'}"]
    done = run("annot-compare", *sets, "--genome", where / "genome.fa.gz", "-o", out)
    assert done.returncode == 0, done.stderr
    row = table(out)[0]
    assert (row["sites_first"], row["sites_second"], row["shared"]) == ("16359", "2569", "1693")
    assert done.stderr.decode().count("as it should be") == 2
