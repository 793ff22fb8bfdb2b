"""The manifest of a run, the tables that head-report tells by their headers, and what commands say at their end."""

import gzip
import json
from pathlib import Path

import pytest

from fixed_run import DATA
from headmotif.cli import conclude
from headmotif.errors import FormatError, InputError
from headmotif.formats import files
from headmotif.formats.tables import manifest
from headmotif.report.contents import given
from in_process import call

KINDS = {
    "heads.tsv": "heads",
    "profiles.tsv": "profiles",
    "pairs.tsv": "pairs",
    "strands.tsv": "strands",
    "matches.tsv": "matches",
    "regions.bed": "regions",
    "agreement.tsv": "agreement",
    "curve.tsv": "curve",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
@pytest.mark.parametrize("zipped", [False, True])
def test_a_table_is_told_by_its_header(tmp_path: Path, name: str, kind: str, zipped: bool) -> None:
    raw = (DATA / name).read_bytes()
    (tmp_path / "file").write_bytes(gzip.compress(raw) if zipped else raw)
    assert given.recognize(str(tmp_path / "file")) == kind


@pytest.mark.parametrize("text", ["", "\n", "name\tvalue\n", "planted\t1\t2\ta\t0\t+\n", "MEME version 4\n"])
def test_what_is_no_table_of_a_report_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(FormatError, match="of no table that a report shows"):
        given.recognize(str(tmp_path / "file"))


def test_files_are_sorted_and_two_of_a_kind_refused(tmp_path: Path) -> None:
    manifest.add(str(tmp_path / "m.json"), {"heads": str(DATA / "heads.tsv"), "motifs": str(tmp_path / "a.meme")})
    found = given.sort_files([str(DATA / "pairs.tsv"), str(tmp_path / "m.json")], {"motifs": "b.meme", "genome": ""})
    assert (found["pairs"], found["motifs"], found["genome"]) == (str(DATA / "pairs.tsv"), "b.meme", "")
    assert Path(found["heads"]).resolve() == DATA / "heads.tsv"
    assert found["curve"] == ""
    with pytest.raises(InputError, match=r"a table of the same kind \(pairs\)"):
        given.sort_files([str(DATA / "pairs.tsv"), str(DATA / "pairs.tsv")], {})


def test_a_manifest_grows_and_moves_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    manifest.add("run/m.json", {"heads": "run/heads.tsv", "pairs": "", "profiles": "-"})
    manifest.add("run/m.json", {"heads": "run/new.tsv", "calls": "calls.bed"})
    manifest.add("", {"heads": "heads.tsv"})
    manifest.add("none.json", {"heads": "-"})
    assert not Path("none.json").exists()
    held = json.loads(Path("run/m.json").read_text())
    assert held == {
        "format": "headmotif manifest",
        "version": 1,
        "files": {"calls": "../calls.bed", "heads": "new.tsv"},
    }
    (tmp_path / "run").rename(tmp_path / "moved")
    assert manifest.read("moved/m.json") == {"calls": "moved/../calls.bed", "heads": "moved/new.tsv"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "this is not JSON"),
        ("[]", "this is not a manifest"),
        ('{"format": "headmotif manifest", "version": 2, "files": {}}', "does not know version 2 of the manifest"),
        ('{"format": "headmotif manifest", "version": 1, "files": {"x": "y"}}', "'x' is not a kind of file"),
    ],
)
def test_a_damaged_manifest_is_one_line_and_is_not_written_over(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text)
    for use in (lambda: manifest.read(str(path)), lambda: manifest.add(str(path), {"heads": "h.tsv"})):
        with pytest.raises(FormatError, match=problem):
            use()
    assert path.read_text() == text


def test_a_run_with_a_manifest_gives_the_report_of_its_files(tmp_path: Path) -> None:
    """Two commands add their results, and the page from the manifest is that from the files."""
    run = ["--manifest", "run.json"]
    done = call("bed2pwm", DATA / "regions.bed", DATA / "genome.safetensors", "-o", "motifs.meme", *run, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"wrote motifs.meme: " in done.stderr
    assert done.stderr.splitlines()[-1] == b"next: pwm-compare motifs.meme -o matches.tsv"
    done = call("pwm-compare", "motifs.meme", "-o", "matches.tsv", *run, cwd=tmp_path)
    assert done.stderr.splitlines()[-1] == b"next: head-report matches.tsv --motifs motifs.meme -o report.html"
    pages = [
        call("head-report", *words, "--quiet", cwd=tmp_path)
        for words in (["run.json"], ["matches.tsv", "--motifs", "motifs.meme"])
    ]
    assert pages[0].returncode == 0, pages[0].stderr
    assert pages[0].stdout == pages[1].stdout
    assert b"sigma70" in pages[0].stdout


def test_in_a_pipe_nothing_is_said_of_results_and_next_steps() -> None:
    done = call("pwm-compare", "TATAAT")
    assert done.returncode == 0
    assert b"wrote" not in done.stderr
    assert b"next:" not in done.stderr
    assert b"only 33 targets" not in done.stderr  # nobody can add to the built-in collection


def test_what_was_looked_at_is_still_to_be_read(tmp_path: Path) -> None:
    content = b"a\tb\n" * 20_000
    for raw in (content, gzip.compress(content)):
        (tmp_path / "file").write_bytes(raw)
        assert files.peek(str(tmp_path / "file"), 7) == content[:7]
    with pytest.raises(FormatError, match="no such file"):
        files.peek(str(tmp_path / "none"))
    cut = gzip.compress(bytes(range(256)) * 500)[:40]
    (tmp_path / "cut").write_bytes(cut)
    with pytest.raises(FormatError, match="truncated or damaged"):
        files.peek(str(tmp_path / "cut"))


def test_results_are_said_with_a_next_command_where_the_main_one_is_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    conclude({"calls.bed": "calls", "": "not asked for", "-": "in the pipe"}, "next-command")
    assert capsys.readouterr().err == "wrote calls.bed: calls\nnext: next-command\n"
    conclude({"-": "calls", "t.tsv": "a table"}, "next-command")
    assert capsys.readouterr().err == "wrote t.tsv: a table\n"
    conclude({"a": "b"}, "")
    assert capsys.readouterr().err == "wrote a: b\n"


def test_the_next_command_is_one_that_a_shell_takes(tmp_path: Path) -> None:
    """A name with a space is quoted, and a genome that came through a pipe is named as a file."""
    genome = (DATA / "genome.fa.gz").read_bytes()
    done = call("fasta2tensor", "-", "-o", "my genome.safetensors", cwd=tmp_path, input=genome)
    assert done.stderr.splitlines()[-1] == b"next: predict-annot 'my genome.safetensors' -o calls.bed"
    sets = [DATA / "sites.bed", DATA / "true.bed"]
    done = call("annot-compare", *sets, "--genome", "-", "-o", "a.tsv", cwd=tmp_path, input=genome)
    assert done.stderr.splitlines()[-1] == b"next: fasta2tensor FILE --sites FILE -o genome.safetensors"
