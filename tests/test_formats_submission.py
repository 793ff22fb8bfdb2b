"""What databases and papers take: promoters, elements and binding sites in GFF3, GenBank and .tbl; spreadsheets."""

import io
import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from headmotif import __version__, builtin
from headmotif.alphabet import encode
from headmotif.data import Asked, Contig, Contigs, Element, Genome, GenomeFile, Predicted, Sites
from headmotif.errors import FormatError, InputError
from headmotif.formats.features import binding_sites, feature_table, genbank_calls, gff3_calls
from headmotif.formats.inputs import motif_files, site_files
from headmotif.formats.outputs import calls as outputs
from headmotif.formats.outputs import supplement
from headmotif.formats.tables import xlsx
from headmotif.steps.calling import prediction

LENGTH, SMALL = 600, 100
CONSENSUS = "TTGACA" + "GCTAGCCGTGCAGCTGC" + "TATAAT" + "GCGCGC" + "A"
"""From the -35 element to the +1."""
FLIP = str.maketrans("ACGT", "TGCA")
KEYS = ("promoter", "minus_35_signal", "minus_10_signal")


def plant(letters: list[str], position: int, strand: int) -> None:
    """Write the consensus around the circle so that its last base is the +1."""
    for back, letter in enumerate(reversed(CONSENSUS)):
        place = (position - strand * back) % len(letters)
        letters[place] = letter if strand > 0 else letter.translate(FLIP)


@pytest.fixture(scope="module")
def made() -> SimpleNamespace:
    """Two circles with promoters on both strands and over the origins, and a +1 whose elements are unknown (N)."""
    letters, small = (list("".join(np.random.default_rng(1).choice(list("ACGT"), n))) for n in (LENGTH, SMALL))
    for place in [(300, 1), (100, -1), (10, 1)]:
        plant(letters, *place)
    plant(small, 90, -1)
    letters[400:500] = "N" * 99 + "A"
    contigs = Contigs([Contig("NC_1.1", LENGTH, True, "SQ.x"), Contig("p", SMALL, True), Contig("empty", 20)])
    genome = Genome(contigs, encode("".join(letters + small) + "ACGTA" * 4))
    position, strand = np.array([300, 100, 10, 90, 499]), np.array([1, -1, 1, -1, 1])
    contig = np.array([0, 0, 0, 1, 0], np.int32)
    calls = Sites(contig, position, strand.astype(np.int8), np.array([0.9, 0.8, 0.7, 0.6, 0.5], "f4"))
    motifs = prediction.sigma70(motif_files.read(str(builtin.MOTIFS)).motifs)
    columns = prediction.describe(genome, None, calls, motifs)
    assert columns["minus10"] == ["TATAAT"] * 4 + [""]
    known = (Element("TF_binding_site", 0, 590, 612, 0, "CRP"), Element("TF_binding_site", 2, 3, 9, -1, "LexA; a=b"))
    names = [f"tss{number}" for number in range(1, 6)]
    return SimpleNamespace(genome=genome, calls=calls, names=names, columns=columns, known=known)


EXPECTED = {
    ("NC_1.1", 265, 301, 1): "promoter",
    ("NC_1.1", 265, 271, 1): "minus_35_signal",
    ("NC_1.1", 288, 294, 1): "minus_10_signal",
    ("NC_1.1", 100, 136, -1): "promoter",
    ("NC_1.1", 130, 136, -1): "minus_35_signal",
    ("NC_1.1", 107, 113, -1): "minus_10_signal",
    ("NC_1.1", 575, 611, 1): "promoter",
    ("NC_1.1", 575, 581, 1): "minus_35_signal",
    ("NC_1.1", 598, 604, 1): "minus_10_signal",
    ("p", 90, 126, -1): "promoter",
    ("p", 20, 26, -1): "minus_35_signal",
    ("p", 97, 103, -1): "minus_10_signal",
}
"""Interval and strand of each feature, counted by hand from the consensus; one over the origin ends beyond."""


def test_gff3_has_promoters_with_their_parts_as_gffutils_reads_them(made, tmp_path):
    import gffutils

    path = str(tmp_path / "x.gff3")
    gff3_calls.write(path, made.genome.contigs, made.calls, made.names, made.columns, made.known)
    database = gffutils.create_db(path, ":memory:", merge_strategy="error")
    rows = {(f.seqid, f.start - 1, f.end, 1 if f.strand == "+" else -1): f.featuretype for f in database.all_features()
            if f.featuretype in KEYS}  # fmt: skip
    assert rows == EXPECTED
    promoters = list(database.features_of_type("promoter"))
    assert {(f.id, *f["Name"], f.score) for f in promoters} == {
        ("promoter1", "tss3", "0.7"), ("promoter2", "tss2", "0.8"), ("promoter3", "tss1", "0.9"),
        ("promoter5", "tss4", "0.6"),
    }  # fmt: skip
    for one in promoters:
        children = {f.featuretype: f for f in database.children(one)}
        assert set(children) == set(KEYS[1:])
        (site,) = [f for f in database.features_of_type("TSS") if f["Name"] == one["Name"]]
        assert site.start == (one.end - 1) % LENGTH + 1 if one.strand == "+" else site.start == one.start
    bound = [(f.seqid, f.start, f.end, f.strand, *f["bound_moiety"], f.source)
             for f in database.features_of_type("TF_binding_site")]  # fmt: skip
    assert bound == [("NC_1.1", 591, 612, ".", "CRP", "."), ("empty", 4, 9, "-", "LexA; a=b", ".")]
    found = site_files.read(path, made.genome.contigs).sites  # without --feature
    assert sorted(found.position.tolist()) == sorted(made.calls.position.tolist())


def test_gff3_is_sorted_and_parents_come_before_their_parts(made, tmp_path):
    gff3_calls.write(str(tmp_path / "x"), made.genome.contigs, made.calls, made.names, made.columns, made.known)
    rows = [line.split("\t") for line in (tmp_path / "x").read_text().splitlines() if line[0] != "#"]
    places, order = [(r[0], int(r[3])) for r in rows], made.genome.contigs.names
    assert places == sorted(places, key=lambda one: (order.index(one[0]), one[1]))
    ids = [dict(one.split("=") for one in row[8].split(";")) for row in rows]
    for number, one in enumerate(ids):
        if one.get("Parent") and rows[number][6] == "+":
            assert one["Parent"] in {other["ID"] for other in ids[:number]}


def test_genbank_has_regulatory_features_and_bound_moieties_as_biopython_reads_them(made, tmp_path):
    from Bio import SeqIO

    path = tmp_path / "x.gbk"
    genbank_calls.write(str(path), made.genome, made.calls, made.names, made.columns, ("", b""), made.known)
    text = path.read_text()
    first, plasmid, third = SeqIO.parse(io.StringIO(text), "genbank")
    assert {f.type for f in first.features} == {"regulatory", "protein_bind"}
    kinds = [f.qualifiers.get("regulatory_class", [""])[0] for f in first.features]
    words = {kind: {str(f.extract(first.seq)) for f, own in zip(first.features, kinds, strict=True) if own == kind}
             for kind in set(kinds)}  # fmt: skip
    assert words["promoter"] == {CONSENSUS, "A"}
    assert (words["minus_35_signal"], words["minus_10_signal"]) == ({"TTGACA"}, {"TATAAT"})
    assert kinds.count("minus_10_signal") == kinds.count("minus_35_signal") == 3
    assert [str(f.extract(plasmid.seq)) for f in plasmid.features] == [CONSENSUS, "TATAAT", "TTGACA"]
    (bound,) = [f for f in first.features if f.type == "protein_bind"]
    assert (bound.qualifiers, str(bound.location)) == ({"bound_moiety": ["CRP"]}, "join{[590:600](+), [0:12](+)}")
    assert third.features[0].qualifiers == {"bound_moiety": ["LexA; a=b"]}
    assert "     regulatory      complement(join(91..100,1..26))\n" in text
    assert "     regulatory      <500..500\n" in text
    assert 'note="TSS at 91; probability 0.6;' in text
    assert "misc_feature" not in text
    assert "experiment" not in text
    main = text.partition("//")[0]
    bases = [min(map(int, re.findall(r"\d+", one))) for one in re.findall(r"^ {5}\w+ +(\S+)$", main, re.M)]
    assert len(bases) == 11
    assert bases == sorted(bases)


def test_a_table_for_table2asn_has_these_lines(made, tmp_path):
    path = tmp_path / "x.tbl"
    feature_table.write(str(path), made.genome.contigs, made.calls, made.names, {}, made.known)
    about = "\t\t\tinference\tCOORDINATES:ab initio prediction:headmotif\n"

    def promoter(place: str, name: str, site: int, p: str) -> str:
        said = f"\t\t\tstandard_name\t{name}\n\t\t\tnote\tTSS at {site}; probability {p}\n"
        return f"{place}\tregulatory\n\t\t\tregulatory_class\tpromoter\n{said}{about}"

    assert path.read_text() == (
        ">Feature NC_1.1\n591\t600\tprotein_bind\n1\t12\n\t\t\tbound_moiety\tCRP\n"
        + promoter("<11\t11", "tss3", 11, "0.7")
        + promoter("<101\t101", "tss2", 101, "0.8")
        + promoter("<301\t301", "tss1", 301, "0.9")
        + promoter("<500\t500", "tss5", 500, "0.5")
        + ">Feature p\n"
        + promoter("<91\t91", "tss4", 91, "0.6")
        + ">Feature empty\n9\t4\tprotein_bind\n\t\t\tbound_moiety\tLexA; a=b\n"
    )
    feature_table.write(str(path), made.genome.contigs, made.calls, made.names, made.columns)
    found = re.findall(
        r"^(\d+)\t(\d+)\tregulatory\n(?:(\d+)\t(\d+)\n)?\t\t\tregulatory_class\t(\w+)", path.read_text(), re.M
    )
    assert {("26", "1", "100", "91", "promoter"), ("576", "600", "1", "11", "promoter")} <= set(found)
    assert {("113", "108", "", "", "minus_10_signal"), ("3", "1", "100", "98", "minus_10_signal")} <= set(found)
    assert ">Feature empty" not in path.read_text()


def test_elements_are_features_only_where_the_minus_10_is_more_than_chance(made, tmp_path):
    columns = made.columns | {"minus10_p": ["0.05", "0.0501", "0.5", "", ""]}
    gff3_calls.write(str(tmp_path / "x"), made.genome.contigs, made.calls, made.names, columns)
    text = (tmp_path / "x").read_text()
    assert re.findall(r"\tpromoter\t.*Name=(\w+)", text) == ["tss1"]
    assert text.count("minus10=TATAAT") == 4  # the column stays
    small = Contigs([Contig("c", 36, True), Contig("empty", 20)])  # a circle of a promoter's length
    calls = made.calls.take(np.array([2]))
    gff3_calls.write(str(tmp_path / "y"), small, calls, [""], {name: [made.columns[name][2]] for name in made.columns})
    assert "\tpromoter\t12\t47\t" in (tmp_path / "y").read_text()
    for smaller in (replace(small[0], length=35), replace(small[0], circular=False)):
        gff3_calls.write(
            str(tmp_path / "y"), Contigs([smaller]), calls, [""], {n: [made.columns[n][2]] for n in made.columns}
        )
        assert "promoter" not in (tmp_path / "y").read_text()


def test_starts_of_translation_are_codons_and_no_promoters(made, tmp_path):
    found = replace(make_predicted(made), label="tis")
    outputs.write(found, {}, {"gff3": str(tmp_path / "x")}, GenomeFile("g", made.genome), {})
    rows = [line.split("\t") for line in (tmp_path / "x").read_text().splitlines() if "start_codon" in line]
    assert [(int(r[3]), int(r[4]), r[6]) for r in rows] == [
        (11, 13, "+"), (99, 101, "-"), (301, 303, "+"), (500, 502, "+"), (89, 91, "-"),
    ]  # fmt: skip
    assert "promoter" not in (tmp_path / "x").read_text()
    sites = site_files.read(str(tmp_path / "x"), made.genome.contigs, feature="start_codon").sites
    assert sorted(sites.position.tolist()) == sorted(made.calls.position.tolist())
    for wanted in ("genbank", "tbl"):
        with pytest.raises(InputError, match=f"{wanted} has features for promoters alone"):
            outputs.refuse_label("tis", ["gff3", wanted])
    outputs.refuse_label("tss", ["genbank"])
    outputs.refuse_label("tis", ["gff3", "xlsx"])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_binding_sites_are_read_with_their_tf(made, tmp_path, end):
    path = tmp_path / "x.bed"
    rows = ["#c\ts\te\ttf", "empty\t3\t9\tLexA; a=b\t0\t-\tmore", "NC_1\t590\t612\tCRP", "NC_1\t0\t5\tFNR\t7\t+"]
    path.write_text(end.join(rows) + end)
    fnr = Element("TF_binding_site", 0, 0, 5, 1, "FNR")
    assert binding_sites.read(str(path), made.genome.contigs) == (fnr, *made.known)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("NC_1.1\t5\t9", "3 columns"),
        ("NC_1.1\t5\t9\t.", "column 4 is empty; write the name of the TF"),
        ("NC_1.1\t5\t9\t \t0\t+", "column 4 is empty"),
        ("NC_1.1\t9\t9\tCRP", r"the end \(9\) is not after the start"),
        ("NC_1.1\t600\t610\tCRP", r"the end \(610\) lies beyond 'NC_1.1', which has 600 nt"),
        ("NC_1.1\t590\t1191\tCRP", r"the end \(1,191\) lies beyond"),
        ("empty\t15\t21\tCRP", "lies beyond 'empty', which has 20 nt"),
        ("NC_1.1\t5\t9\tCRP\t0\t*", "the strand"),
    ],
)
def test_a_wrong_binding_site_is_refused_with_its_line(made, tmp_path, row, words):
    (tmp_path / "x.bed").write_text(f"NC_1.1\t1\t2\tCRP\n{row}\n")
    with pytest.raises(FormatError, match=words) as raised:
        binding_sites.read(str(tmp_path / "x.bed"), made.genome.contigs)
    assert raised.value.line == 2


def make_predicted(made, **changes) -> Predicted:
    asked = Asked(0, "tss", 0.21, None, None, False, 3, 1)
    track = np.zeros((2, len(made.genome.base)), np.float32)
    found = Predicted(made.genome, "tss", track, made.calls, 0.21, asked, dict(made.columns), None, "ecoli-tss")
    return replace(found, **changes)


NUMBERS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheets(raw: bytes) -> dict[str, list[list[object]]]:
    """The cells of each sheet, read as ECMA-376 says, without the library that wrote them."""
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        book = ElementTree.fromstring(whole.read("xl/workbook.xml"))
        names = [one.get("name") for one in book.iter(f"{NUMBERS}sheet")]
        found = {}
        for number, name in enumerate(names, 1):
            rows = found[name] = []
            for row in ElementTree.fromstring(whole.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{NUMBERS}row"):
                cells: dict[str, object] = {}
                for cell in row:
                    assert cell.find(f"{NUMBERS}f") is None, "a formula"
                    text = "".join(one.text or "" for one in cell.iter() if one.tag in (f"{NUMBERS}v", f"{NUMBERS}t"))
                    kind = cell.get("t", "n")
                    value = {"inlineStr": str, "n": float}[kind](text)
                    cells[re.sub(r"\d", "", cell.get("r"))] = value
                rows.append(cells)
        return found


def test_a_spreadsheet_holds_the_tables_what_columns_mean_and_the_methods(made, tmp_path):
    fit = {"gc": 0.5, "calls": 5, "upstream": float("nan"), "verdict": "fits", "words": ["It fits.", "Yes."]}
    run = {"model": "0123456789abcdef", "prevalence": 0.00164, "genes": ""}
    path = tmp_path / "x.xlsx"
    supplement.write(str(path), make_predicted(made), fit, run, made.known)
    sheets = read_sheets(path.read_bytes())
    assert list(sheets) == ["calls", "binding_sites", "contigs", "fit", "columns", "methods"]
    names = list(sheets["calls"][0].values())
    one = dict(zip(names, sheets["calls"][1].values(), strict=False))
    assert (one["contig"], one["start"], one["end"], one["strand"], one["probability"]) == (
        "NC_1.1",
        300,
        301,
        "+",
        0.9,
    )
    assert (one["minus35"], one["spacer_nt"], one["minus10"], one["discriminator_nt"]) == ("TTGACA", 17, "TATAAT", 6)
    assert len(sheets["calls"]) == 6
    assert len(sheets["calls"][5]) == 6  # empty where nothing is known
    assert [list(row.values()) for row in sheets["binding_sites"][1:]] == [
        ["NC_1.1", 590, 612, "CRP", "."], ["empty", 3, 9, "LexA; a=b", "-"],
    ]  # fmt: skip
    assert list(sheets["contigs"][1].values()) == ["NC_1.1", 600, "yes", "SQ.x"]
    assert [row.get("B") for row in sheets["fit"][1:]] == [0.5, 5, None, "fits", "It fits. Yes."]
    explained = {(row["A"], row["B"]): row["E"] for row in sheets["columns"][1:]}
    tables = ("calls", "binding_sites", "contigs", "fit")
    assert set(explained) == {(name, column) for name in tables for column in sheets[name][0].values()}
    assert explained["calls", "minus10"] == "The -10 element of the best pair."
    methods = sheets["methods"][1]["A"]
    for words in (
        f"headmotif {__version__}",
        "ecoli-tss",
        "0123456789abcdef",
        "P of 0.21",
        "at least 3 nt",
        "5 calls",
        "720 nt",
    ):
        assert words in methods
    assert str(tmp_path) not in methods


def test_methods_say_how_calls_were_chosen(made):
    run = {"model": "d", "prevalence": None, "genes": "9e"}
    found = make_predicted(made)
    cases = [
        (replace(found.asked, top=7), "The 7 maxima"),
        (replace(found.asked, fdr=0.1), "held at 0.1, estimated from P itself"),
        (replace(found.asked, fdr=0.1, shuffled=True, seed=4), r"the shuffled genome \(seed 4\)"),
    ]
    for asked, words in cases:
        assert re.search(words, " ".join(supplement._methods(replace(found, asked=asked, model=""), run, False)))
    nothing = replace(found, calls=found.calls.take(np.zeros(0, int)))
    assert "There are no calls." in " ".join(supplement._methods(nothing, run, False))


HOSTILE = [
    "=1+1",
    '=HYPERLINK("x")',
    "+1",
    "-10",
    "@x",
    "1-Mar",
    "SEPT2",
    "#N/A",
    "007",
    "1e5",
    "TRUE",
    " x",
    "é<&>",
    "a\tb\x07c",
    "",
]


def test_text_stays_text_and_numbers_numbers(tmp_path):
    import pandas

    path = tmp_path / "x.xlsx"
    numbers = [1.5, float("nan"), float("inf"), 0, np.int64(7), np.float32(0.25), *[None] * 9]
    xlsx.write(str(path), {"a": {"=text": HOSTILE, "number": numbers}}, "t")
    rows = read_sheets(path.read_bytes())["a"]
    assert rows[0] == {"A": "=text", "B": "number"}
    assert [row.get("A", "") for row in rows[1:]] == [*HOSTILE[:13], "a b c", ""]
    assert [row.get("B") for row in rows[1:7]] == [1.5, None, "inf", 0, 7, 0.25]
    again = pandas.read_excel(path, keep_default_na=False, dtype=str)
    assert again["=text"].tolist() == [*HOSTILE[:13], "a b c"]  # the last row is empty


def test_a_spreadsheet_has_the_same_bytes_on_another_day(tmp_path, monkeypatch):
    import datetime

    import openpyxl

    table = {"a": {"x": [1, 2], "y": ["b", "c" * 200]}}
    xlsx.write(str(tmp_path / "x"), table, "t")

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2044, 5, 6, 7, 8, 9, tzinfo=tz)

    monkeypatch.setattr(openpyxl.writer.excel.datetime, "datetime", Later)
    monkeypatch.setattr("time.time", lambda: 2_345_678_901.0)
    xlsx.write(str(tmp_path / "y"), table, "t")
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()
    with zipfile.ZipFile(tmp_path / "x") as whole:
        assert {one.date_time for one in whole.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT", whole.read("docProps/core.xml"))) == {b"1980-01-01T"}


def test_what_a_sheet_cannot_hold_is_refused_before_any_file_is_written(made, tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 5)
    paths = {name: str(tmp_path / name) for name in ("gff3", "table", "xlsx")}
    with pytest.raises(
        InputError, match="the sheet calls would have 6 rows, but a sheet holds 5; write the table as TSV"
    ):
        outputs.write(make_predicted(made), {}, paths, GenomeFile("g", made.genome), {})
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="a text of 32,768 letters"):
        xlsx.write(paths["xlsx"], {"a": {"x": ["y" * 32_768]}}, "t")
    assert not list(tmp_path.iterdir())
