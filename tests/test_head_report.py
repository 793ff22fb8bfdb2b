"""head-report: the page's content, its safety, its size; and, where there is a browser, what it does when it is clicked."""

import base64
import json
import re
import shutil
import subprocess
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from headmotif.commands.head_report import head_report
from headmotif.data import Contig, Genome, Match, Motif, Regions
from headmotif.errors import FormatError, InputError
from headmotif.formats import bed, genome_tensor, meme, summary, tables
from headmotif.report import palette

NASTY = "<script>alert(1)</script>\"'&"
RTL = "\u202emotif \u05d0\u05d1\u05d2$x_1^2$"


def write_run(folder: Path, n_heads: int = 3, n_sites: int = 40, names: tuple[str, ...] = ()) -> dict[str, str]:
    """Files as the commands write them, of so many heads; `names` stand for the first heads."""
    rng = np.random.default_rng(1)
    heads = [*names, *(f"L{i // 8 + 1}H{i % 8 + 1}" for i in range(len(names), n_heads))]
    number = np.arange(n_heads)
    verdicts = [("content, recurs", "position", "nothing beyond background", "content, does not recur")[i % 4] for i in number]
    columns = {
        "head": heads,
        "peak": (-10 * number).tolist(),
        "regions": (100 - number).tolist(),
        "chance": [1] * n_heads,
        "distance": (-10 * number).tolist(),
        "motif": ["TATAAT"] * n_heads,
        "motif_p": [1e-5] * n_heads,
        "group": (number // 2 + 1).tolist(),
        "like": heads[::-1],
        "agreement": [0.5] * n_heads,
        "models": [4] * n_heads,
        "recurs": [3] * n_heads,
        "recurrence": ["0.5,0.5"] * n_heads,
        **{f"motif_{k}": [v] * n_heads for k, v in (("effect", 1.5), ("low", 1.0), ("high", 2.0), ("control", 0.1))},
        **{f"{m}_zero{k}": [v] * n_heads for m in ("ap", "logit") for k, v in (("", -0.5), ("_low", -0.6), ("_high", float("nan")))},
        "verdict": verdicts,
    }
    path = {
        name: str(folder / name)
        for name in ("heads", "profiles", "pairs", "motifs", "matches", "metrics", "history", "regions", "genome", "curve", "agreement")
    }
    tables.write_table(path["heads"], columns)
    distance = np.arange(-96, 97)
    profile = {"head": np.repeat(heads, len(distance)).tolist(), "distance": np.tile(distance, n_heads)}
    tables.write_table(path["profiles"], profile | {k: rng.random(len(distance) * n_heads) for k in ("sites", "background")})
    pair = {
        "first": heads[:1],
        "second": heads[1:2],
        "sites": [9],
        "spacing": [-5],
        "count": [8],
        "expected": [2.0],
        "z": [5.0],
        "p": [1e-6],
    }
    tables.write_table(path["pairs"], pair | {"q": [1e-5]})
    matrix = rng.dirichlet(np.full(4, 0.3), (n_heads, 12))
    meme.write(path["motifs"], [Motif(name, m / m.sum(axis=1, keepdims=True), 50) for name, m in zip(heads, matrix, strict=True)])
    found = [
        Match(name, t, -2, 1e-4, 0.01, 0.01 + 0.1 * i, 6, "A", "A", "-") for name in heads for i, t in enumerate(("sigma70_-10", NASTY))
    ]
    tables.write_matches(path["matches"], found)
    score = {"tss": {"average_precision": 0.3, "prevalence": 0.002, "roc_auc": float("nan"), "sites": 5, "positions": 10}}
    header = {"config": {"preset": NASTY, "heads": 8}, "training": {"seed": 1}, "stopped": {"kept_step": 2, "steps": 2}}
    summary.write(path["metrics"], header | {"metrics": {"test": score, "validation": score, "threshold": {"tss": 0.2}}})
    history = {"step": [1, 2], "label": ["tss", "tss"], "average_precision": [0.1, 0.3], "prevalence": [0.002, 0.002]}
    tables.write_table(path["history"], history)
    points = {
        "prediction": [NASTY] * 4,
        "within": [0, 0, 2, 2],
        "threshold": [0.9, 0.1, 0.9, 0.1],
        "recall": [0.1, 0.5, 0.2, 0.6],
        "precision": [0.9, 0.3, 1.0, 0.4],
    }
    tables.write_table(path["curve"], points)
    tables.write_table(path["agreement"], {"first": ["a", NASTY], "second": ["b", "c"], "shared": [3, 4], "share": [0.5, float("nan")]})
    contig = Contig("chr " + NASTY, 20_000, True)
    genome_tensor.write(path["genome"], Genome((contig,), rng.integers(0, 4, 20_000).astype(np.uint8)))
    n = n_heads * n_sites
    site = np.tile(np.arange(n_sites) * (19_000 // n_sites) + 300, n_heads)
    found_regions = Regions(
        (contig.name,), np.zeros(n, np.int32), site - 13, site - 6, np.repeat(heads, n_sites), np.ones(n, np.int8),
        rng.random(n), np.full(n, -10), site, rng.random(n), rng.random(n), rng.random(n) - 0.2,
    )  # fmt: skip
    bed.write_regions(path["regions"], found_regions, {contig.name: contig.length})
    return path


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
    return write_run(tmp_path_factory.mktemp("report"), 4, names=(NASTY, RTL))


@pytest.fixture(scope="module")
def whole(run_files, tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("page") / "r.html"
    head_report(**run_files, title=f"Title {NASTY} {RTL}", output=str(out), quiet=True)
    return out.read_text(encoding="utf-8")


def test_names_of_any_kind_are_text_and_nothing_else(whole):
    page = Page(whole)
    assert page.open == []
    assert sum(tag == "script" for tag, _ in page.tags) == 1, "a name became a script"
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    words = "".join(page.words)
    for name in (NASTY, RTL):
        assert name in words
    assert whole.count("alert(1)") == whole.count("&lt;script&gt;alert(1)")


def test_right_to_left_names_are_isolated(whole):
    """Without <bdi> the override in a name would turn the rest of its line around."""
    body = whole[whole.index("<body>") :]
    outside = re.sub(r"<bdi>.*?</bdi>|<svg.*?</svg>|<[^>]*>", "", body, flags=re.DOTALL)
    assert "\u202e" not in outside


def test_nothing_refers_to_anything_outside(whole):
    page = Page(whole)
    assert all(address.startswith(("#", "data:")) for address in page.addresses), page.addresses
    assert "@import" not in whole
    assert not re.search(r"url\((?!#)", whole)
    there = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= there
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_headings_in_order_and_a_text_for_every_picture(whole):
    page = Page(whole)
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:], strict=False))
    pictures = [attrs for tag, attrs in page.tags if tag == "svg" and "glyphs" not in attrs.get("class", "")]
    assert pictures
    assert all(attrs.get("role") == "img" for attrs in pictures)
    assert page.svg_without_title == 0
    assert not [1 for tag, attrs in page.tags if tag == "img" and not attrs.get("alt")]


def test_downloads_hold_the_tables(whole, run_files):
    downloads = {a["download"]: a["href"] for tag, a in Page(whole).tags if tag == "a" and "download" in a}
    assert {"heads.tsv", "profiles.tsv", "pairs.tsv", "matches.tsv", "history.tsv", "scores.tsv"} <= set(downloads)
    text = base64.b64decode(unquote(downloads["heads.tsv"].partition("base64,")[2])).decode()
    assert text == Path(run_files["heads"]).read_text(encoding="utf-8")


def test_same_bytes_twice_and_no_place_of_this_machine(whole, run_files, tmp_path):
    head_report(**run_files, title=f"Title {NASTY} {RTL}", output=str(tmp_path / "again.html"), quiet=True)
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == whole
    assert str(Path(run_files["heads"]).parent) not in whole


def test_what_is_missing_is_left_out_and_said(run_files, tmp_path):
    for given in ("heads", "motifs"):
        out = tmp_path / f"{given}.html"
        head_report(**{given: run_files[given]}, output=str(out), quiet=True)
        text = out.read_text(encoding="utf-8")
        assert "<code>--profiles</code>: <bdi>the promoter map" in text
        assert 'id="map"' not in text
        assert 'id="training"' not in text
        assert Page(text).open == []


def test_further_motifs_stand_on_their_head_s_card_and_strangers_are_told(run_files, tmp_path):
    names = ("L1H3", "L1H3_2", "L1H3_10", "L9H9_2")
    meme.write(str(tmp_path / "m"), [Motif(name, np.tile([0.7, 0.1, 0.1, 0.1], (6, 1)), 50) for name in names])
    tables.write_matches(str(tmp_path / "t"), [Match("L1H3_2", "sigma70_-10", 0, 1e-4, 0.01, 0.01, 6, "A", "A", "+")])
    out = tmp_path / "r.html"
    files = {"heads": run_files["heads"], "motifs": str(tmp_path / "m"), "matches": str(tmp_path / "t")}
    head_report(**files, output=str(out), quiet=True)
    text = out.read_text(encoding="utf-8")
    card = text[text.index('id="head-3"') : text.index('id="head-4"')]
    assert "Further motifs: 2" in card
    assert "L1H3_2 and sigma70_-10" in card
    assert "motifs of no head in the table: L9H9_2<" in text


@pytest.mark.parametrize(
    ("given", "text", "words"),
    [
        ("heads", "head\tregions\tverdict\nL1H1\tx\tcontent\n", ":2: 'x' in column regions is not a number"),
        ("heads", "head\tregions\nL1H1\t3\n", "no column verdict; the table of score-heads"),
        ("heads", "head\tregions\tverdict\nL1H1\t3\tcontent\nL1H1\t3\tcontent\n", "L1H1 has two rows"),
        ("heads", "head\tregions\tverdict\n", "no head"),
        ("profiles", "head\tdistance\n", "score-heads --profiles"),
        ("metrics", "{", "no JSON"),
        ("metrics", "[1]", "train-annot --metrics"),
        ("metrics", '{"metrics": {"test": {"tss": {}}}}', "average_precision"),
        ("history", "step\tlabel\n", "train-annot --history"),
    ],
)
def test_wrong_files_are_refused_in_a_line(given, text, words, run_files, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text(text)
    with pytest.raises(FormatError) as caught:
        head_report(**{"heads": run_files["heads"], given: str(wrong)}, output=str(tmp_path / "x"), quiet=True)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "x").exists()


def test_something_to_report_is_needed(run_files):
    with pytest.raises(InputError, match="--heads"):
        head_report()
    with pytest.raises(InputError, match="--genome"):
        head_report(heads=run_files["heads"], regions=run_files["regions"])


def test_figures_are_written_as_svg_and_png_alike_twice(run_files, tmp_path):
    some = {name: run_files[name] for name in ("heads", "metrics", "history", "pairs")}
    for name in ("a", "b"):
        head_report(**some, output=str(tmp_path / "r.html"), figures=str(tmp_path / name), quiet=True)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == [f"{name}.{kind}" for name in ("ablation", "pairs", "scores", "training") for kind in ("png", "svg")]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_pdf_is_the_same_twice_and_holds_the_heads(run_files, tmp_path):
    for name in ("a.pdf", "b.pdf"):
        head_report(**run_files, output=str(tmp_path / "r.html"), pdf=str(tmp_path / name), quiet=True)
    content = (tmp_path / "a.pdf").read_bytes()
    assert content == (tmp_path / "b.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"CreationDate" not in content
    assert len(re.findall(rb"/Type /Page\b", content)) >= 9  # findings, map, cards, pairs, scores, two loci, training, tables


def test_multiqc_gets_sections_with_names_escaped(run_files, tmp_path):
    head_report(**run_files, output=str(tmp_path / "r.html"), multiqc=str(tmp_path / "m"), quiet=True)
    files = sorted(path.name for path in (tmp_path / "m").iterdir())
    assert files == ["headmotif_heads_mqc.json", "headmotif_map_mqc.json", "headmotif_scores_mqc.json"]
    for name in files:
        text = (tmp_path / "m" / name).read_text(encoding="utf-8")
        json.loads(text)
        assert "<script" not in text
    heads = json.loads((tmp_path / "m" / files[0]).read_text(encoding="utf-8"))
    assert heads["data"]["L1H3"]["regions"] == 98
    assert set(heads["headers"]) >= set().union(*heads["data"].values())


def test_multiqc_itself_shows_every_section(run_files, tmp_path):
    multiqc = shutil.which("multiqc")
    if not multiqc:
        pytest.skip("no multiqc on PATH")
    head_report(**run_files, output=str(tmp_path / "r.html"), multiqc=str(tmp_path / "m"), quiet=True)
    subprocess.run([multiqc, "-q", "-o", tmp_path / "out", tmp_path / "m"], check=True, capture_output=True, timeout=55)
    page = (tmp_path / "out" / "multiqc_report.html").read_text(encoding="utf-8")
    assert "alert(1)</script>" not in page
    for shown in ('id="headmotif_heads"', 'id="headmotif_map"', "Promoter map", "known element: sigma70_-10"):
        assert shown in page
    stats = (tmp_path / "out" / "multiqc_data" / "multiqc_general_stats.txt").read_text(encoding="utf-8")
    assert "average_precision" in stats


def test_thirty_six_heads_are_quick_and_small(tmp_path):
    files = write_run(tmp_path, 36, 500)
    began = time.process_time()
    head_report(**files, output=str(tmp_path / "r.html"), quiet=True)
    assert time.process_time() - began < 25
    assert (tmp_path / "r.html").stat().st_size < 4e6


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes() -> list[dict[str, str]]:
    css = (Path(palette.__file__).parent / "report.css").read_text(encoding="utf-8")
    found = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)]
    return found[:2]


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_text_stands_out_from_the_page(theme):
    for text in ("ink", "muted", "link", "known", "candidate", "other", "failed", "third", "sites", "background"):
        for ground in ("paper", "panel"):
            assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)


def test_the_page_has_the_figures_colours():
    assert {name: colour for colour, name in palette.NAMES.items()}.items() <= themes()[0].items()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser():
    """A real browser; skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install playwright")
    if not CHROMIUM:
        pytest.skip("no chromium on PATH")
    with sync_api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page_file(whole, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("browser") / "r.html"
    path.write_text(whole, encoding="utf-8")
    return path.as_uri()


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_the_page_fits_says_nothing_wrong_and_asks_for_nothing(browser, page_file, width, scripts):
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append("a dialog"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file)
    for summary_ in page.locator("summary").all():
        summary_.click()
    assert said == []
    assert [url for url in asked if not url.startswith(("data:", page_file))] == []
    assert page.locator(".controls").is_visible() == scripts
    assert page.locator("article.card").count() == 4
    wide = context.new_cdp_session(page).send("Page.getLayoutMetrics")["cssContentSize"]["width"]
    assert wide <= width
    context.close()


@pytest.mark.browser
def test_filtering_sorting_and_downloads(browser, page_file, run_files):
    page = browser.new_page()
    page.goto(page_file)
    shown = lambda: [h.inner_text() for h in page.locator("article.card h3").all() if h.is_visible()]  # noqa: E731
    assert shown() == [NASTY, RTL, "L1H3", "L1H4"]
    page.select_option("#order", "peak")
    assert shown() == ["L1H4", "L1H3", RTL, NASTY]
    page.select_option("#order", "regions")
    assert shown()[0] == NASTY
    page.select_option("#kind", "not-beyond-its-positional-null")
    assert shown() == [RTL]
    page.select_option("#kind", "")
    page.fill("#find", "l1h4")
    assert shown() == ["L1H4"]
    assert page.locator("#count").inner_text() == "1 of 4 heads"
    page.fill("#find", "")
    page.locator("summary", has_text="The table of heads").click()
    table = page.locator("table", has=page.locator("caption", has_text="Every head"))
    button = table.locator("th button", has_text=re.compile("^regions$"))
    button.click()
    column = [th.inner_text() for th in table.locator("thead th").all()].index("regions")
    read = lambda: [row.locator("th, td").nth(column).inner_text() for row in table.locator("tbody tr").all()]  # noqa: E731
    assert read() == ["97", "98", "99", "100"]
    button.click()
    assert read() == ["100", "99", "98", "97"]
    with page.expect_download() as download:
        page.locator("a[download='heads.tsv']").click()
    assert Path(download.value.path()).read_bytes() == Path(run_files["heads"]).read_bytes()
    page.close()
