"""head-report: the page's content, its safety, its size, its PDF, figures and sections for MultiQC.

What a browser and MultiQC make of them: `make test-browser`.
"""

import base64
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from headmotif.commands.head_report import head_report
from headmotif.data import Contigs, Match, Motif
from headmotif.errors import FormatError, InputError
from headmotif.formats.motifs import meme
from headmotif.formats.output_files import make_file_names as files_stems
from headmotif.formats.tables import tsv
from headmotif.report.figures import palette
from headmotif.report.pages import page as page_module
from headmotif.report.pages.multiqc import row_names, tag
from reports import ALIKE, NASTY, RTL, arguments, command_line, write_run


class Page(HTMLParser):
    """What a reader without scripts or pictures gets, and every address."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.levels: list[int] = []
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.svg_without_title = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if self.tags and self.tags[-1][0] == "svg" and self.tags[-1][1].get("role") == "img" and tag != "title":
            self.svg_without_title += 1
        self.tags.append((tag, attrs))
        if tag not in ("meta", "br", "input", "img"):
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.addresses += [v for k, v in attrs.items() if k in ("href", "src", "xlink:href", "action", "srcset") and v]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.words.append(data)


@pytest.fixture(scope="module")
def run_files(tmp_path_factory) -> dict[str, str]:
    return write_run(tmp_path_factory.mktemp("report"), 5, names=(NASTY, RTL, ALIKE))


def make(run_files: dict[str, str], folder: Path) -> None:
    """Everything that head-report makes of the run."""
    folder.mkdir()
    files = {"output": "r.html", "pdf": "r.pdf", "figures": "figures", "multiqc": "multiqc"}
    out = {kind: str(folder / name) for kind, name in files.items()}
    # In a process, as the command has it: what other tests have drawn in this one must not matter.
    asked = json.dumps({**arguments(run_files), **out, "title": f"Title {NASTY} {RTL}", "quiet": True})
    code = (
        "import json, sys; from headmotif.commands.head_report import head_report; "
        "head_report(**json.loads(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, asked], check=True)


@pytest.fixture(scope="module")
def made_folder(run_files, tmp_path_factory) -> Path:
    """A folder with all of it in a."""
    folder = tmp_path_factory.mktemp("made")
    make(run_files, folder / "a")
    return folder


@pytest.fixture(scope="module")
def whole_page(made_folder) -> str:
    return (made_folder / "a" / "r.html").read_text(encoding="utf-8")


def test_names_of_any_kind_are_text_and_nothing_else(whole_page):
    page = Page(whole_page)
    assert page.open == []
    assert sum(tag == "script" for tag, _ in page.tags) == 1, "a name became a script"
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    words = "".join(page.words)
    for name in (NASTY, RTL):
        assert name in words
    assert whole_page.count("alert(1)") == whole_page.count("&lt;script&gt;alert(1)")


def test_right_to_left_names_are_isolated(whole_page):
    """Without <bdi> the override in a name would turn the rest of its line around."""
    body = whole_page[whole_page.index("<body>") :]
    outside = re.sub(r"<bdi>.*?</bdi>|<svg.*?</svg>|<[^>]*>", "", body, flags=re.DOTALL)
    assert "\u202e" not in outside


def test_nothing_refers_to_anything_outside(whole_page):
    page = Page(whole_page)
    assert all(address.startswith(("#", "data:")) for address in page.addresses), page.addresses
    assert "@import" not in whole_page
    assert not re.search(r"url\((?!#)", whole_page)
    there = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= there
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_headings_in_order_and_a_text_for_every_picture(whole_page):
    page = Page(whole_page)
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:], strict=False))
    pictures = [attrs for tag, attrs in page.tags if tag == "svg" and "glyphs" not in attrs.get("class", "")]
    assert pictures
    assert all(attrs.get("role") == "img" for attrs in pictures)
    assert page.svg_without_title == 0
    assert not [1 for tag, attrs in page.tags if tag == "img" and not attrs.get("alt")]


def test_downloads_hold_the_tables(whole_page, run_files):
    downloads = {a["download"]: a["href"] for tag, a in Page(whole_page).tags if tag == "a" and "download" in a}
    whole_files = {
        f"{name}.tsv": name for name in ("heads", "profiles", "pairs", "strands", "curve", "history", "agreement")
    }
    made = {"verdicts", "matches", "mutagenesis", "examples", "scores", "accuracy", "calibration", "inputs"}
    loci = {f"locus-{i}{what}.tsv" for i in (1, 2) for what in ("", "-p")}
    assert set(downloads) == set(whole_files) | {f"{name}.tsv" for name in made} | loci | {"motifs.meme"}
    content = {
        name: base64.b64decode(unquote(address.partition("base64,")[2])).decode() for name, address in downloads.items()
    }
    for name, option in whole_files.items():
        assert content[name] == Path(run_files[option]).read_text(encoding="utf-8"), name
    assert content["motifs.meme"] == Path(run_files["motifs"]).read_text(encoding="utf-8")
    rows = {name: [line.split("\t") for line in text.splitlines()] for name, text in content.items()}
    assert all(len({len(row) for row in rows[name]}) == 1 for name in rows if name.endswith(".tsv"))


def test_the_downloads_of_examples_and_loci_are_what_is_drawn(whole_page, run_files):
    import pandas

    from headmotif.formats.inputs import genomes
    from headmotif.formats.tracks import bigwig

    address = {a["download"]: a["href"] for tag, a in Page(whole_page).tags if tag == "a" and "download" in a}

    def table(name: str) -> pandas.DataFrame:
        from io import BytesIO

        return pandas.read_csv(
            BytesIO(base64.b64decode(unquote(address[name].partition("base64,")[2]))), sep="\t", quoting=3
        )

    examples = table("examples.tsv")
    page = "".join(Page(whole_page).words)
    for row in examples.itertuples():
        assert row.sequence in page.replace("\n", "")
    first = examples["attended from"] - examples["from"]
    last = examples["attended to"] - examples["from"]
    for row, begin, end in zip(examples.itertuples(), first.astype(int), last.astype(int), strict=True):
        assert row.sequence[begin : end + 1] == row.attended
    track = table("locus-2-p.tsv")
    p = bigwig.read(run_files["bigwig_plus"], genomes.read(run_files["genome"]).contigs)
    assert track["P +"].to_numpy() == pytest.approx(p[track["position"].astype(int) - 1], rel=1e-5)
    assert len(track) == 251
    there = table("locus-2.tsv")
    assert (there["kind"] == "known site").sum() == 1
    drops = table("mutagenesis.tsv")
    assert set(drops["head"]) == set(examples["head"])


def test_same_bytes_twice_and_no_place_of_this_machine(made_folder, run_files):
    make(run_files, made_folder / "b")
    files = sorted(path.relative_to(made_folder / "a") for path in (made_folder / "a").rglob("*") if path.is_file())
    assert len(files) > 30
    assert files == sorted(
        path.relative_to(made_folder / "b") for path in (made_folder / "b").rglob("*") if path.is_file()
    )
    for name in files:
        content = (made_folder / "a" / name).read_bytes()
        assert content == (made_folder / "b" / name).read_bytes(), name
        assert str(Path(run_files["heads"]).parent).encode() not in content, name


def test_what_is_missing_is_left_out_and_said(run_files, tmp_path):
    for given in ("heads", "motifs"):
        out = tmp_path / f"{given}.html"
        head_report(**arguments({given: run_files[given]}), output=str(out), quiet=True)
        text = out.read_text(encoding="utf-8")
        assert "<code>score-heads --profiles</code>: <bdi>the promoter map" in text
        assert 'id="map"' not in text
        assert 'id="training"' not in text
        assert Page(text).open == []


def test_further_motifs_stand_on_their_head_s_card_and_strangers_are_told(run_files, tmp_path):
    names = ("L1H4", "L1H4_2", "L1H4@-12_10", "L9H9_2")
    meme.write(str(tmp_path / "m"), [Motif(name, np.tile([0.7, 0.1, 0.1, 0.1], (6, 1)), 50) for name in names])
    tsv.write_matches(str(tmp_path / "t"), [Match("L1H4_2", "sigma70_-10", 0, 1e-4, 0.01, 0.01, 6, "A", "A", "+")])
    out = tmp_path / "r.html"
    files = {"heads": run_files["heads"], "motifs": str(tmp_path / "m"), "matches": str(tmp_path / "t")}
    head_report(**arguments(files), output=str(out), quiet=True)
    text = out.read_text(encoding="utf-8")
    card = text[text.index('id="head-4"') : text.index('id="head-5"')]
    assert "Further motifs: 2" in card
    assert "L1H4_2 and sigma70_-10" in card
    assert "<bdi>L1H4@-12_10</bdi>" in card
    assert "motifs of heads that are not in the table: L9H9_2<" in text
    meme.write(str(tmp_path / "m"), [Motif("L1H4@-33", np.tile([0.7, 0.1, 0.1, 0.1], (6, 1)), 50)])
    head_report([run_files["heads"]], motifs=str(tmp_path / "m"), output=str(out), quiet=True)
    assert 'id="glyph-A"' in out.read_text(encoding="utf-8")  # what every logo refers to


@pytest.mark.parametrize(
    ("given", "text", "words"),
    [
        ("heads", "head\tregions\tverdict\nL1H1\tx\tcontent\n", ":2: 'x' in column regions is not a number"),
        ("heads", "head\tregions\nL1H1\t3\n", ":1: its header is of no table that a report shows"),
        ("heads", "head\tregions\tverdict\nL1H1\t3\tcontent\nL1H1\t3\tcontent\n", "L1H1 has two rows"),
        ("heads", "head\tregions\tverdict\nL1H1\t3\tgood\n", "'good' of head L1H1 is no verdict of score-heads"),
        ("heads", "head\tregions\tverdict\n", "no head"),
        ("profiles", "head\toffset\tweight_sites\n", "score-heads --profiles"),
        ("metrics", "{", "not JSON"),
        ("metrics", "[1]", "train-annot --metrics"),
        ("metrics", '{"metrics": {"test": {"tss": {}}}}', "the scores of tss on the test part are incomplete"),
        ("history", "step\tlabel\taverage_precision\n", "train-annot --history"),
    ],
)
def test_wrong_files_are_refused_in_a_line(given, text, words, run_files, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text(text)
    files = {"heads": run_files["heads"], given: str(wrong)}
    with pytest.raises(FormatError) as caught:
        head_report(**arguments(files), output=str(tmp_path / "x"), quiet=True)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "x").exists()


def test_something_to_report_is_needed(run_files):
    with pytest.raises(InputError, match="score-heads"):
        head_report()
    with pytest.raises(InputError, match="--genome"):
        head_report([run_files["heads"], run_files["regions"]])


def test_every_figure_of_the_page_is_written_as_svg_and_png(made_folder, whole_page):
    files = {path.name for path in (made_folder / "a" / "figures").iterdir() if path.is_file()}
    drawn = {
        attrs["id"].removeprefix("figure-").replace("-", "_")
        for tag, attrs in Page(whole_page).tags
        if tag == "figure" and "id" in attrs
    }
    assert drawn >= {
        "map",
        "ablation",
        "likeness",
        "pairs",
        "strands",
        "scores",
        "curve",
        "roc",
        "calibration",
        "training",
        "agreement",
    }
    profiles = {name for name in files if name.startswith("profile_")}
    assert files - profiles == {f"{name}.{kind}" for name in drawn for kind in ("svg", "png")}
    assert len(profiles) == 10
    for name in files:
        content = (made_folder / "a" / "figures" / name).read_bytes()
        assert content.startswith(b"<?xml" if name.endswith("svg") else b"\x89PNG")


def test_scores_against_true_sites_are_drawn_too(run_files, tmp_path):
    """The other table of score-annot, that of --truth, goes into the same place."""
    shares = {f"{name}{end}": [0.5, 0.6] for name in ("precision", "recall", "f1") for end in ("", "_low", "_high")}
    words = {
        "prediction": [NASTY] * 2,
        "kind": ["calls"] * 2,
        "contig": ["all"] * 2,
        "site_class": ["all"] * 2,
        "window_nt": [0, 2],
    }
    tsv.write_table(str(tmp_path / "a"), words | shares)
    head_report([run_files["heads"], str(tmp_path / "a")], output=str(tmp_path / "r.html"), quiet=True)
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert [attrs for tag, attrs in page.tags if attrs.get("id") == "figure-found"]
    assert f"{NASTY}, within 2 nt" in "".join(page.words)


def test_a_curve_of_an_older_version_says_what_it_lacks(run_files, tmp_path):
    columns = tsv.read_table(run_files["curve"])
    old = {
        name: cells
        for name, cells in columns.items()
        if name not in ("mean_p", "false_positive_rate", "calls", "true_positives", "f1")
    }
    tsv.write_table(str(tmp_path / "c"), old)
    head_report([run_files["heads"], str(tmp_path / "c")], output=str(tmp_path / "r.html"), quiet=True)
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<code>score-annot --curve</code>: <bdi>ROC and calibration" in text
    assert 'id="figure-curve"' in text
    assert 'id="figure-roc"' not in text


def test_names_that_differ_in_punctuation_alone_have_files_of_their_own(made_folder):
    logos = sorted((made_folder / "a" / "figures" / "logos").glob("*.svg"))
    assert len(logos) == 5
    assert len({path.name.casefold() for path in logos}) == 5
    assert len({path.read_bytes() for path in logos}) == 5
    assert len({path.read_bytes() for path in (made_folder / "a" / "figures").glob("profile_*.svg")}) == 5
    assert files_stems(["a/b", "a:b", "A_B", "a_b_2"]) == ["a_b", "a_b_2", "A_B_3", "a_b_2_2"]


def test_pdf_holds_the_cards_figures_and_tables(made_folder):
    content = (made_folder / "a" / "r.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"CreationDate" not in content
    assert (
        len(re.findall(rb"/Type /Page\b", content)) >= 18
    )  # findings, map, two of cards, eleven figures, two loci, methods, tables


def test_multiqc_cannot_cut_a_row_s_name_or_join_two_runs():
    assert row_names(["a/b", "a:b", "x.bam", "x_fastqc", "E. coli: K-12", "--"]) == [
        "a-b",
        "a-b-2",
        "x-bam",
        "x-fastqc",
        "E coli K-12",
        "-",
    ]
    assert tag("E. coli") != tag("E: coli")
    assert tag("What the heads read") == ""


def test_tracks_may_be_bedgraph(tmp_path):
    from headmotif.data import Contig, Genome
    from headmotif.formats.tensors import genome_tensor
    from headmotif.formats.tracks import bedgraph

    contig = Contig("c", 3000)
    p = np.round(np.random.default_rng(1).random((2, 3000)), 3).astype(np.float32)
    genome_tensor.write(
        str(tmp_path / "g"), Genome((contig,), np.random.default_rng(2).integers(0, 4, 3000).astype(np.uint8))
    )
    for name, row in zip(("p", "m"), p, strict=True):
        bedgraph.write(str(tmp_path / name), Contigs([contig]), row)
    tsv.write_table(str(tmp_path / "h"), {"head": ["L1H1"], "regions": [3], "verdict": ["content"]})
    tracks = {"bigwig_plus": str(tmp_path / "p"), "bigwig_minus": str(tmp_path / "m"), "locus": ["c:101-140"]}
    head_report(
        [str(tmp_path / "h")], genome=str(tmp_path / "g"), **tracks, output=str(tmp_path / "r.html"), quiet=True
    )
    found = re.search(
        r'download="locus-1-p.tsv" href="[^,]*base64,([^"]*)"', (tmp_path / "r.html").read_text(encoding="utf-8")
    )
    rows = [line.split("\t") for line in base64.b64decode(found[1]).decode().splitlines()[1:]]
    assert [float(row[3]) for row in rows] == pytest.approx(p[1, 100:140].tolist())


def test_multiqc_gets_sections_with_names_escaped(made_folder):
    files = {
        re.sub(r"_[0-9a-f]{8}_mqc.json$", "", path.name): path for path in (made_folder / "a" / "multiqc").iterdir()
    }
    assert set(files) == {"headmotif_heads", "headmotif_map", "headmotif_scores"}
    text = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    assert not [name for name, one in text.items() if "<script" in one]
    heads = json.loads(text["headmotif_heads"])
    assert heads["data"]["L1H4"]["regions"] == 97
    assert sorted(row["regions"] for row in heads["data"].values()) == [96, 97, 98, 99, 100]
    assert len(set(json.loads(text["headmotif_map"])["ycats"])) == 5
    assert set(heads["headers"]) >= set().union(*heads["data"].values())


BETWEEN = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def cost(folder: Path, heads: int, sites: int) -> tuple[float, int, int]:
    """Processor seconds and peak bytes of the command in a process of its own, and the bytes of its page."""
    folder.mkdir()
    files = write_run(folder, heads, sites)
    words = [
        str(Path(sys.executable).with_name("head-report")),
        *command_line(files),
        "-o",
        str(folder / "r.html"),
        "--quiet",
    ]
    # By a small process between: a child's peak begins with what its parent held when it was started.
    done = subprocess.run([sys.executable, "-c", BETWEEN, *words], capture_output=True, text=True, check=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, int(peak) * (1 if sys.platform == "darwin" else 1024), (folder / "r.html").stat().st_size


def test_thirty_six_heads_at_five_thousand_sites_cost_in_proportion_small_and_light(tmp_path):
    seconds, peak, size = cost(tmp_path / "many", 36, 5000)
    assert peak < 1e9
    assert size < 8e6
    assert (
        seconds < 8 * cost(tmp_path / "few", 6, 833)[0]
    )  # six times the heads and the sites: 4.6 where this was written


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes() -> list[dict[str, str]]:
    css = (Path(page_module.__file__).parent / "report.css").read_text(encoding="utf-8")
    found = [
        dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]
    return found[:2]


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_text_stands_out_from_the_page(theme):
    for text in ("ink", "muted", "link", "known", "candidate", "other", "failed", "third", "sites", "background"):
        for ground in ("paper", "panel"):
            assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)


def test_the_page_has_the_figures_colours():
    assert {name: colour for colour, name in palette.NAMES.items()}.items() <= themes()[0].items()
