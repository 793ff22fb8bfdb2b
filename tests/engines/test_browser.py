"""The report in a real Chromium, with scripts and without, and in a real MultiQC: what is seen, clicked, printed and
downloaded."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headmotif.commands.head_report import head_report
from reports import ALIKE, NASTY, RTL, arguments, command_line, write_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VENV = Path(os.environ.get("HEADMOTIF_BROWSER", ""))
MULTIQC = VENV / "bin/multiqc"
try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:
    sync_playwright = None

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(
        not (os.environ.get("HEADMOTIF_BROWSER") and CHROMIUM and sync_playwright and MULTIQC.exists()),
        reason="no chromium, playwright or MultiQC here: make test-browser",
    ),
]
TITLE = f"E. coli: {NASTY}"
HEADS = [NASTY, RTL, ALIKE, "L1H4", "L1H5"]


@pytest.fixture(scope="module")
def report_folder(tmp_path_factory) -> Path:
    """A folder with the run's files in in/, the page, its PDF, and MultiQC's sections of two runs."""
    folder = tmp_path_factory.mktemp("browser")
    (folder / "in").mkdir()
    files = write_run(folder / "in", 5, names=(NASTY, RTL, ALIKE))
    head_report(
        **arguments(files),
        title=TITLE,
        output=str(folder / "r.html"),
        pdf=str(folder / "r.pdf"),
        multiqc=str(folder / "m/1"),
        quiet=True,
    )
    some = {name: files[name] for name in ("heads", "metrics", "matches")}
    head_report(
        **arguments(some),
        title="E. coli - another",
        output=str(folder / "other.html"),
        multiqc=str(folder / "m/2"),
        quiet=True,
    )
    return folder


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, report_folder) -> "Iterator[Page]":
    """The report at 1280 pixels, with scripts."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, accept_downloads=True, reduced_motion="reduce"
    )
    one = context.new_page()
    one.goto((report_folder / "r.html").as_uri())
    yield one
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_the_page_fits_says_nothing_wrong_and_asks_for_nothing(browser, report_folder, width, scripts, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts, color_scheme=scheme
    )
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append("a name ran as a script"), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    address = (report_folder / "r.html").as_uri()
    page.goto(address)
    for summary in page.locator("summary").all():
        summary.click()
    assert said == []
    assert [url for url in asked if not url.startswith(("data:", address))] == []
    assert page.locator(".controls").is_visible() == scripts
    assert page.locator("article.card:visible").count() == len(HEADS)
    wide = context.new_cdp_session(page).send("Page.getLayoutMetrics")["cssContentSize"]["width"]
    assert wide <= width
    context.close()


SEEN = """() => {
  const bad = [];
  for (const picture of document.querySelectorAll('img, svg')) {
    if (picture.closest('[aria-hidden=true]')) continue;
    const named = picture.getAttribute('alt')
      || picture.querySelector(':scope > title')?.textContent || picture.getAttribute('aria-label');
    if (!named || !named.trim()) bad.push('no text: ' + picture.outerHTML.slice(0, 80));
  }
  for (const picture of document.querySelectorAll('figure svg[role=img]')) {
    const box = picture.getBoundingClientRect();
    for (const text of picture.querySelectorAll('text')) {
      const own = text.getBoundingClientRect();
      if (!own.width) continue;
      if (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1)
        bad.push('cut off: ' + text.textContent + ' in ' + picture.querySelector('title').textContent.slice(0, 40));
    }
  }
  return bad;
}"""


def test_every_picture_has_a_text_and_no_label_is_cut_off(page):
    for summary in page.locator("summary").all():
        summary.click()
    assert page.locator("svg[role=img]").count() > 20
    assert page.evaluate(SEEN) == []


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
                             return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => {
    const f = (x) => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; };
                                 return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (node) => {
    for (; node; node = node.parentElement) { const c = rgba(getComputedStyle(node).backgroundColor);
                             if (c[3] > 250) return c; } return [255, 255, 255]; };
  const bad = new Set();
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.textContent.trim() || !parent.checkVisibility()) continue;
    if (parent.closest('script, style, title, option')) continue;
    const style = getComputedStyle(parent), drawn = parent instanceof SVGElement;
    // what stands within a coloured cell of a figure keeps its colour in both schemes: dark on pale, light on dark
    if (drawn && /rgb\\(1, 1, 1\\)|rgb\\(254, 254, 254\\)/.test(style.fill)) continue;
    const [a, b] = [light(rgba(drawn ? style.fill : style.color)), light(ground(parent))].sort((x, y) => x - y);
    seen += 1;
    if ((b + 0.05) / (a + 0.05) < 4.5)
      bad.add(node.textContent.trim().slice(0, 30) + ' ' + (drawn ? style.fill : style.color));
  }
  return [seen, [...bad]];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(page, scheme):
    page.emulate_media(color_scheme=scheme)
    for summary in page.locator("summary").all():
        summary.click()
    seen, bad = page.evaluate(CONTRAST)
    assert seen > 500
    assert bad == []


def list_shown(page: "Page") -> list[str]:
    return [heading.inner_text() for heading in page.locator("article.card h3").all() if heading.is_visible()]


def test_cards_are_filtered_and_sorted(page):
    assert list_shown(page) == HEADS
    page.select_option("#order", "peak")
    assert list_shown(page) == HEADS[::-1]
    page.select_option("#order", "regions")
    assert list_shown(page) == HEADS
    page.select_option("#kind", "position-only")
    assert list_shown(page) == [RTL]
    page.select_option("#kind", "")
    page.fill("#find", "l1h4")
    assert list_shown(page) == ["L1H4"]
    assert page.locator("#count").inner_text() == "1 of 5 heads"
    page.fill("#find", "no such head")
    assert list_shown(page) == []
    page.fill("#find", "")
    page.select_option("#order", "")
    assert list_shown(page) == HEADS


def column(table, name: str) -> list[str]:
    place = [th.inner_text() for th in table.locator("thead th").all()].index(name)
    return [row.locator("th, td").nth(place).inner_text() for row in table.locator("tbody tr").all()]


def test_tables_are_sorted_by_mouse_and_by_key(page):
    page.locator("summary", has_text="Table of heads").click()
    table = page.locator("table", has=page.locator("caption", has_text="Every head"))
    button = table.locator("th button", has_text=re.compile("^regions$"))
    button.click()
    assert column(table, "regions") == ["96", "97", "98", "99", "100"]
    assert table.locator("th[aria-sort=ascending]").count() == 1
    button.press("Enter")
    assert column(table, "regions") == ["100", "99", "98", "97", "96"]
    assert column(table, "head")[0] == NASTY
    table.locator("th button", has_text=re.compile("^head$")).click()
    assert [name for name in column(table, "head") if name.startswith("L1")] == ["L1H4", "L1H5"]


def test_every_table_is_downloaded_by_a_click(page, report_folder):
    links = page.locator("a[download]")
    assert links.count() >= 18
    names = []
    for number, link in enumerate(links.all()):
        if number % 10 == 0:
            page.reload()  # of the eleventh file from one page Chromium asks whether it is meant
        with page.expect_download() as download:
            link.click()
        names.append(download.value.suggested_filename)
        content = Path(download.value.path()).read_bytes()
        assert content.count(b"\n") >= 2, names[-1]
        if names[-1] == "motifs.meme":
            assert content == (report_folder / "in/motifs").read_bytes()
        elif (report_folder / "in" / names[-1].removesuffix(".tsv")).exists() and names[-1] != "matches.tsv":
            assert content == (report_folder / "in" / names[-1].removesuffix(".tsv")).read_bytes(), names[-1]
    assert len(set(names)) == len(names)
    assert {
        "heads.tsv",
        "curve.tsv",
        "calibration.tsv",
        "examples.tsv",
        "locus-1.tsv",
        "locus-1-p.tsv",
        "motifs.meme",
    } <= set(names)


def test_without_scripts_all_is_there(browser, report_folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report_folder / "r.html").as_uri())
    assert list_shown(page) == HEADS
    assert not page.locator(".controls").is_visible()
    assert page.locator("th button").count() == 0
    page.locator("summary", has_text="Table of heads").click()
    assert page.locator("caption", has_text="Every head").is_visible()
    page.locator("#head-1 summary", has_text="Example sites").click()
    assert page.locator("#head-1 code.dna b").first.is_visible()
    for link in page.locator("nav a").all():
        link.click()
        target = page.url.partition("#")[2]
        assert page.locator(f"#{target}").count() == 1
    context.close()


def test_on_paper_the_page_has_all_heads_and_no_buttons(page, tmp_path):
    pypdfium2 = pytest.importorskip("pypdfium2")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".controls").is_visible()
    assert not page.locator(".download").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.pdf(path=str(tmp_path / "p.pdf"), format="A4")
    text = words(pypdfium2, tmp_path / "p.pdf")
    for name in ("L1H4", "L1H5", "Findings", "Methods", "Howtocite"):
        assert name in text


def words(pypdfium2, path: Path) -> str:
    """The text of a PDF without white space, which says nothing there."""
    document = pypdfium2.PdfDocument(str(path))
    return "".join("".join(document[i].get_textpage().get_text_range().split()) for i in range(len(document)))


def test_the_pdf_says_what_the_page_says(page, report_folder):
    pypdfium2 = pytest.importorskip("pypdfium2")
    text = words(pypdfium2, report_folder / "r.pdf")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    findings = page.locator("#findings .lead").inner_text()
    plain = [sentence for sentence in findings.split(". ") if "script" not in sentence and "\u202e" not in sentence]
    assert len(plain) > 3
    told = [
        *plain,
        *page.locator("#head-4 .says, #head-4 .verdict").all_inner_texts(),
        page.locator("#head-4 .match p").first.inner_text(),
    ]
    told += page.locator("#head-4 code.dna").all_inner_texts()
    told += [
        " ".join(x.inner_text() for x in row.locator("dt, dd").all()) for row in page.locator("#head-4 dl div").all()
    ]
    told += page.locator("figcaption").all_inner_texts()
    told += page.locator("#methods td").all_inner_texts()
    strange = (
        "script",
        "\u202e",
        "Motif (bits)",
    )  # a PDF holds glyphs, not the order that such names are read in; the last is a heading
    plain = [one for one in told if not any(part in one for part in strange)]
    missing = [one for one in plain if "".join(one.split()).replace(":", "") not in text.replace(":", "")]
    assert len(plain) > 40
    assert missing == []


def test_multiqc_shows_both_runs(browser, report_folder):
    out = report_folder / "out"
    done = subprocess.run(
        [str(MULTIQC), "-q", "-f", "-o", str(out), str(report_folder / "m")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    said = []
    page.on("dialog", lambda dialog: (said.append("a name ran as a script"), dialog.dismiss()))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route(
        re.compile("^https?:"), lambda route: route.abort()
    )  # MultiQC's page asks for things of the network, and there is none
    page.goto((out / "multiqc_report.html").as_uri(), wait_until="domcontentloaded")
    page.wait_for_selector("#general_stats_table_table")
    text = page.inner_text("body")
    assert said == []
    assert "Heads: E coli script-alert-1-script" in text
    assert "Heads: E coli another" in text
    assert "Promoter map: E coli script-alert-1-script" in text
    assert f"Every head of {TITLE}" in text
    stats = page.locator("#general_stats_table_table").inner_text()
    assert stats.count("0.300") == 2  # two runs, one column
    assert stats.count("tss") == 2
    tables = page.locator("table[id^=headmotif_heads][id$=_table_table]:not([id*=config])")
    assert tables.count() == 2
    for name in HEADS:
        assert name in tables.first.inner_text() or name in tables.last.inner_text()
    assert "known motif: sigma70_-10" in tables.first.inner_text()
    context.close()


def test_a_page_of_another_folder_is_the_same_page(report_folder, tmp_path):
    """Nothing in it depends on where it was made: a second process, in another folder."""
    files = write_run(tmp_path, 5, names=(NASTY, RTL, ALIKE))
    options = command_line({name: Path(path).name for name, path in files.items()})
    script = "from headmotif.commands.head_report import main; main()"
    subprocess.run(
        [sys.executable, "-c", script, *options, "--title", TITLE, "-o", "r.html", "--quiet"], cwd=tmp_path, check=True
    )
    assert (tmp_path / "r.html").read_bytes() == (report_folder / "r.html").read_bytes()
