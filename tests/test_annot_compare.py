"""annot-compare as a user runs it: its tables, its words, and what it refuses."""

import os
import sys
from pathlib import Path

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
    words += ["--min-support", 2, "--consensus", out["consensus.bed"]]
    sets = [folder / "true.bed", f"two={folder / 'listed.bed'}", f"off={folder / 'shifted.bed'}"]
    done = run("annot-compare", *sets, "--genome", folder / "g.fa", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    said = done.stderr.decode()
    assert "true: 260 sites (BED; 0 duplicates dropped)" in said
    assert "true and two: " in said
    assert "check of true: a -10 element in " in said
    assert "check of off: the - strand's sites seem to lie one base upstream of where they should" in said
    rows = {(r["first"], r["second"], r["strand"], r["window_nt"]): r for r in table(out["agreement.tsv"])}
    assert rows["true", "off", "both", "2"]["jaccard"] == "1"
    assert rows["true", "off", "-", "0"]["shared"] == "0"
    assert rows["true", "off", "-", "2"]["shift_nt"] == "-1"
    assert [r["off"] for r in table(out["matrix.tsv"]) if (r["set"], r["measure"]) == ("true", "within 2, share")] == [
        "1"
    ]
    assert {
        r["distance_nt"]
        for r in table(out["far.tsv"])
        if r["sites"] != "0" and r["set"] == "true" and r["other"] == "off"
    } >= {"0", "-1"}
    kinds = {(r["set"], r["strand"]): (r["verdict"], r["shift_nt"]) for r in table(out["checks.tsv"])}
    assert kinds["true", "both"] == ("ok", "0")
    assert kinds["off", "-"] == ("strand shifted", "-1")
    joined = out["consensus.bed"].read_text().splitlines()
    assert len(joined) - 1 == 260
    assert "\ttrue,two,off\t" in joined[1]
    again = run("annot-compare", *sets, "--genome", folder / "g.fa", "--quiet")
    assert again.stderr == b""
    assert again.stdout == out["agreement.tsv"].read_bytes()


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
        (["true.bed"], 1, "one set of sites has none to be compared with; give another, or --checks FILE"),
        (["true.bed", "true.bed"], 1, "there is already a set named 'true'"),
        (
            ["true.bed", "listed.bed", "--min-support", "3", "--consensus", "x"],
            1,
            "--min-support 3: there are only 2 sets",
        ),
        (["a,b=true.bed", "listed.bed", "--consensus", "x"], 1, "the set name 'a,b' has a comma"),
        (["true.bed", "p=plus.bw,minus.bw"], 1, "p: a track is no set of sites; give it to score-annot"),
        (["true.bed", "listed.bed", "--checks", "-"], 1, "only one result can go to standard output"),
        (["true.bed", "label:x"], 1, "there is no such label set in the genome; a genome tensor with labels is needed"),
        (["true.bed", "none.bed"], 1, "none.bed: there is no such file"),
        (["true.bed", "bad.bed"], 1, "bad.bed:2: the strand (column 6) is 'x'; it must be + or -"),
        (["true.bed", "listed.bed", "--window", "51"], 2, "invalid value for --window"),
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
