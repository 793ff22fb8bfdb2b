"""The session that predict-annot writes, opened in the real igv.js, in Chromium, on a server of this machine's own."""

import http.server
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

IGV = os.environ.get("HEADMOTIF_IGV", "")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not IGV, reason="no igv.js: make test-browser"),
]

PAGE = """<!doctype html><meta charset=utf-8><div id=here></div><script src=igv.min.js></script><script>
(async () => {
  const session = await (await fetch("session.json")).json();
  window.browser = await igv.createBrowser(document.getElementById("here"), session);
})().catch(problem => { window.problem = String(problem); });
</script>"""


class Ranged(http.server.SimpleHTTPRequestHandler):
    """Parts of files, which igv.js asks for and Python's own server does not give."""

    def do_GET(self) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(data[first : last + 1])

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, run) -> Path:
    """A folder for browsers of a small simulated genome."""
    place = tmp_path_factory.mktemp("igv")
    run(
        "headmotif",
        "simulate",
        "-o",
        place / "g.fa",
        "--sites-out",
        place / "s.bed",
        "--length",
        "20000",
        "--promoters",
        "40",
        "--quiet",
    )
    done = run(
        "predict-annot",
        place / "g.fa",
        "--top",
        "30",
        "--browser",
        place / "site",
        "-o",
        place / "calls.bed",
        "--quiet",
    )
    assert done.returncode == 0, done.stderr.decode()
    (place / "site/index.html").write_text(PAGE)
    (place / "site/igv.min.js").write_bytes(Path(IGV).read_bytes())
    return place / "site"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Ranged(*a, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


def test_igv_opens_the_session_and_draws_what_is_in_the_files(folder: Path, address: str) -> None:
    from playwright.sync_api import sync_playwright

    first = (folder / "calls.bed").read_text().splitlines()[0].split("\t")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page()
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto(address)
        page.wait_for_function("window.browser || window.problem", timeout=60_000)
        assert page.evaluate("window.problem") is None
        named = page.evaluate(
            "browser.trackViews.map(view => [view.track.type, view.track.name]).filter(([type]) => type != 'ideogram')"
        )
        assert named[2:] == [["annotation", "Calls"], ["wig", "P(tss) plus"], ["wig", "P(tss) minus"]]
        start = int(first[1])
        calls, track = (
            "browser.trackViews.find(v => v.track.name == 'Calls')",
            f"P(tss) {'plus' if first[5] == '+' else 'minus'}",
        )
        seen = page.evaluate(
            f"{calls}.track.getFeatures('{first[0]}', {start}, {start + 1}, 1).then(all => all.map(f => [f.start, "
            "f.name]))"
        )
        assert [start, first[3]] in seen
        values = page.evaluate(
            f"browser.trackViews.find(v => v.track.name == '{track}').track.getFeatures('{first[0]}', {start}, "
            f"{start + 1}, 1)"
            f".then(all => all.filter(f => f.start <= {start} && f.end > {start}).map(f => f.value))"
        )
        chromium.close()
    assert [round(1000 * value) for value in values] == [int(first[4])]
    ours = [url for url in failed if url.startswith("http://127.0.0.1")]
    assert not ours, ours  # igv.js itself looks for its public genomes, in vain
