"""docs/formats.md has every column of every file that is written, and no other.

The files are those of the frozen run (tests/fixed_run.py); what is not among them is made here.
"""

import json
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from headmotif.data import Contig, Contigs, Match, Model, Sites
from headmotif.data.locus import Locus
from headmotif.data.model import Label
from headmotif.data.score import Score
from headmotif.data.verdict import Example, Kind, Verdict

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "formats.md"
RUN = HERE / "frozen" / "run"
HEADER = ["unit", "range", "what it is"]

TABLES = {
    "a.tsv": "Agreement (TSV)",
    "a.checks.tsv": "Checks (TSV)",
    "c.tsv": "Calls (TSV)",
    "c.variants.tsv": "Variants (TSV)",
    "c.genes.tsv": "Genes (TSV)",
    "c.audit.tsv": "Audit (TSV)",
    "cnn.tsv": "History (TSV)",
    "h.tsv": "Heads (TSV)",
    "h.pairs.tsv": "Pairs (TSV)",
    "h.profiles.tsv": "Profiles (TSV)",
    "h.strands.tsv": "Strands (TSV)",
    "m.tsv": "Motif table (TSV)",
    "places.tsv": "Motif table (TSV)",
    "s.tsv": "Scores (TSV)",
    "s.curve.tsv": "Curve (TSV)",
    "t.tsv": "Matches (TSV)",
    "t.clusters.tsv": "Clusters (TSV)",
}
"""Tables of the frozen run, and the section that describes each."""
BEDS = {
    "r.bed": "Regions (BED6+5)",
    "r.controls.bed": "Regions (BED6+5)",
    "r.all.bed": "Regions (BED6+5)",
    "m.bed": "Motif sites (BED6+5)",
}
"""BED files whose first line names the columns."""
NARROW = {"c.bed": "Calls (BED6)", "p.truth.bed": "Planted elements (BED6+1)"}
"""BED files without such a line."""
OPTIONAL = {"fdr", "ism", "Is_circular"}
"""Columns that only an option or a circle brings, and the frozen run does not have."""


def tables(text: str) -> dict[str, list[list[str]]]:
    """The names in the first column of each table, by the heading that the table is under; ranges of names in full."""
    found: dict[str, list[list[str]]] = {}
    heading, inside = "", False
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| ") and not inside:
            found.setdefault(heading, []).append([])
        elif line.startswith("| "):
            found[heading][-1] += names(line.split("|")[1])
        inside = line.startswith("|")
    return found


def names(cell: str) -> list[str]:
    """The names in a cell.

    >>> names(" `start_-2` to `start_-1` "), names(" `plus.bw`, `minus.bw` "), names(" one column per set ")
    (['start_-2', 'start_-1'], ['plus.bw', 'minus.bw'], ['one column per set'])
    """
    inside = re.findall(r"`([^`]+)`", cell)
    if " to " not in cell:
        return inside or [cell.strip()]
    stem, (first, last) = inside[0].rpartition("_")[0], (int(one.rpartition("_")[2]) for one in inside)
    return [f"{stem}_{number}" for number in range(first, last + 1)]


DESCRIBED = tables(PAGE.read_text(encoding="utf-8"))


def described(section: str, number: int = 0) -> list[str]:
    return DESCRIBED[section][number]


def header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("#").split("\t")


def test_every_table_of_columns_has_the_same_head():
    text = PAGE.read_text(encoding="utf-8")
    heads = [[cell.strip() for cell in line.split("|")[1:-1]] for line in re.findall(r"^\|.*\|(?=\n\|--)", text, re.M)]
    assert all(head[1:] == HEADER for head in heads if head[0] in ("column", "attribute", "key"))
    assert sum(head[0] == "column" for head in heads) > 30


def test_every_table_of_the_run_is_described():
    assert {path.name for path in RUN.glob("*.tsv")} == set(TABLES)


@pytest.mark.parametrize(("file", "section"), (TABLES | BEDS).items())
def test_columns(file, section):
    assert header(RUN / file) == [name for name in described(section) if name not in OPTIONAL]


@pytest.mark.parametrize(("file", "section"), NARROW.items())
def test_columns_without_a_head(file, section):
    assert len((RUN / file).read_text(encoding="utf-8").split("\n")[0].split("\t")) == len(described(section))


def attributes(path: Path) -> set[str]:
    rows = [line.split("\t")[8] for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {one.partition("=")[0] for row in rows for one in row.split(";")}


def test_attributes_of_regions():
    assert attributes(RUN / "r.gff3") == set(described("Regions (GFF3)")) - OPTIONAL


def test_attributes_of_calls():
    of_table = described("Calls (TSV)")
    own = ["Parent", "bound_moiety", "Is_circular"]
    assert described("Calls (GFF3)") == ["ID", "Name", *of_table[of_table.index("probability") :], *own]
    assert attributes(RUN / "c.gff3") <= set(described("Calls (GFF3)"))


def cells(section: str, number: int = 0) -> list[tuple[str, ...]]:
    """The rows of a table of the page as plain text, without links and code marks."""
    part = PAGE.read_text(encoding="utf-8").partition(f"# {section}\n")[2].partition("\n#")[0]
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", re.findall(r"(?:^\|.*\n)+", part, re.M)[number]).replace("`", "")
    return [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in text.splitlines()[2:]]


def test_a_spreadsheet_explains_columns_as_the_page_does():
    from headmotif.formats.outputs import call_columns

    assert [one[:4] for one in call_columns.CALLS] == cells("Calls (TSV)")
    assert [one[:4] for one in call_columns.FIT] == cells("Metrics of calls (JSON)", 1)
    assert {one[:4] for one in call_columns.BINDING_SITES} - set(cells("Binding sites (input)")) == {
        ("strand", "", "+, - or .", "The strand; . for both.")
    }
    sheets = {name: set(re.findall(r"\b\w+\b", text)) for name, text in cells("Calls (spreadsheet)")}
    for name, columns in (("contigs", call_columns.CONTIGS), ("binding_sites", call_columns.BINDING_SITES)):
        assert {one.name for one in columns} <= sheets[name]


def test_json():
    training, calls = (json.loads((RUN / file).read_text(encoding="utf-8")) for file in ("cnn.json", "c.json"))
    assert {*training, "init_labels", "limits", "applicability"} == set(
        described("Metrics (JSON)")
    )  # with --init, and of some models
    assert set(training["metrics"]["test"]["tss"]) == set(described("Metrics (JSON)", 1))
    assert {*calls, "screen"} == set(described("Metrics of calls (JSON)"))  # the screen's part with --fast alone
    audit = json.loads((RUN / "c.audit.json").read_text(encoding="utf-8"))
    assert set(audit) == set(described("Audit of the list (JSON)"))
    assert set(calls["fit"]) == set(described("Metrics of calls (JSON)", 1))


def test_folders():
    kept = {path.name for path in (RUN / "browser").iterdir()}
    assert set(described("Browser folder")) - kept == {"plus.bw", "minus.bw"}, "too large to be kept"
    assert kept <= set(described("Browser folder"))
    heads = json.loads((RUN / "multiqc" / "headmotif_heads_mqc.json").read_text(encoding="utf-8"))
    assert sorted(heads["headers"]) == sorted(described("MultiQC sections"))  # JSON by its keys


@pytest.mark.parametrize(
    ("file", "section", "optional"),
    [("genome.v1", "Genome tensor", set()), ("attention.v2", "Attention", {"key"})],
)
def test_containers(file, section, optional):
    raw = (HERE / "frozen" / f"{file}.safetensors").read_bytes()
    whole = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    known = json.loads(whole.pop("__metadata__")["headmotif"])
    assert set(whole) == set(described(section)) - optional
    assert set(known) == set(described(section, 1))


def sites(*positions: int) -> Sites:
    n = len(positions)
    return Sites(np.zeros(n, np.int32), np.array(positions), np.ones(n, np.int8), np.ones(n, np.float32))


def test_agreement():
    from headmotif.formats.features import bed_consensus
    from headmotif.steps.sites import agreement

    contigs = Contigs([Contig("a", 100)])
    found = agreement.agreements({"one": sites(5, 9), "two": sites(6)}, contigs, 2)
    assert list(agreement.matrix(found, {"one": 2, "two": 1})) == [*described("Matrix (TSV)")[:2], "one", "two"]
    assert [field.name for field in fields(agreement.Distance)] == described("Distances (TSV)")
    assert bed_consensus.HEADER.lstrip("#").split("\t") == described("Consensus sites (BED6+3)")


def test_regions_with_mutagenesis():
    from headmotif.formats.features import bed_regions

    assert [*bed_regions.HEADER.lstrip("#").split("\t"), "ism"] == described("Regions (BED6+5)")


def test_sheets(tmp_path):
    from headmotif.formats.tables import sample_sheet, tsv

    sheet = tmp_path / "sheet.tsv"
    tsv.write_table(
        str(sheet), dict(zip(described("Samplesheet (input)"), (["a"], ["a.fa"], ["g"], ["c"]), strict=True))
    )
    (sample,) = sample_sheet.read(str(sheet))
    assert (sample.name, sample.genes, sample.circular) == ("a", str(tmp_path / "g"), ("c",))
    sample_sheet.Status(str(tmp_path), [sample]).tell("a", sample_sheet.DONE)
    assert header(tmp_path / sample_sheet.STATUS) == described("Status (TSV)")
    pipeline = (HERE.parent / "nextflow" / "sheet.nf").read_text(encoding="utf-8")
    columns = re.search(r"def columns = \[(.*)\]", pipeline)
    assert columns, "the pipeline names its columns elsewhere now: mend this test"
    assert re.findall(r"'(\w+)'", columns[1]) == described("Nextflow samplesheet (input)")


def test_tables_that_are_read(tmp_path):
    from headmotif.formats.features import site_table
    from headmotif.formats.tables import tsv

    assert list(site_table.NAMES) == described("Site table (input)")
    tsv.write_table(str(tmp_path / "g.tsv"), dict(zip(described("Group table (input)"), (["m"], ["g"]), strict=True)))
    assert tsv.read_groups(str(tmp_path / "g.tsv")) == {"m": "g"}


def test_the_demonstration():
    from headmotif.commands import demo

    assert list(demo._row("-10", "sigma70_-10", [], None, [])) == described("Recovered elements (TSV)")


def report() -> SimpleNamespace:
    """A run of one of everything."""
    score = Score(0.9, 0.3, 0.001, 1000, 1)
    model = Model({}, (Label("tss", 0.5, None, {"test": score}),))
    match = Match("L1H1", "m", 0, 0.1, 0.1, 0.1, 6, "TATAAT", "TATAAT", "+", "")
    one = sites(5)
    curve = {
        "prediction": "p",
        "threshold": 0.5,
        "calls": 2.0,
        "precision": 0.5,
        "recall": 1.0,
        "f1": 0.7,
        "mean_p": 0.5,
        "false_positive_rate": 0.1,
        "window_nt": 0.0,
        "true_positives": 1.0,
    }
    return SimpleNamespace(
        verdicts={"L1H1": Verdict(Kind.KNOWN, "known", "It is.", match)},
        matches=[match],
        models=[("this model", model)],
        drops={"L1H1": (1.0, 0.5, 2)},
        examples={"L1H1": [Example("a", 5, 1, "ACGT", 1, 0, 2)]},
        locus=Locus("a", 0, 9, "", one, one, None, np.zeros((2, 9), np.float32), np.array([[1, 2, 1]]), ("L1H1",)),
        curve=[curve],
    )


def test_tables_of_the_report():
    from headmotif.report.contents import curves, inputs
    from headmotif.report.pages import tables as pages

    run = report()
    rows = {
        "verdicts": pages.verdict_rows(run),
        "matches": pages.match_rows(run),
        "mutagenesis": pages.drop_rows(run),
        "examples": pages.example_rows(run),
        "scores": pages.score_rows(run),
        "accuracy": curves.summary(run.curve, 0.5),
        "calibration": curves.calibration(run.curve),
        "locus": pages.locus_rows(run.locus),
        "P along a locus": pages.track_rows(run.locus),
        "inputs": inputs._digests({"heads": str(PAGE)}, []),
    }
    assert {name: list(table[0]) for name, table in rows.items()} == {
        name: described(f"Report: {name}") for name in rows
    }
