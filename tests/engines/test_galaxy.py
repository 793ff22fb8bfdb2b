"""The Galaxy tools and workflows on a real Galaxy server, started here and ended here: `make test-galaxy`."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from galaxy_server import ADMIN_KEY, Galaxy, run_server

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / "galaxy"
COMMANDS = sorted(path.stem for path in TOOLS.glob("*.xml") if path.name != "macros.xml")
VENV = Path(os.environ.get("HEADMOTIF_GALAXY", ""))
pytestmark = [
    pytest.mark.galaxy,
    pytest.mark.skipif(not os.environ.get("HEADMOTIF_GALAXY"), reason="needs a Galaxy of its own: make test-galaxy"),
    pytest.mark.timeout(3000),
]


def run_galaxy_program(*words: object, folder: Path) -> subprocess.CompletedProcess:
    """Run a program of Galaxy's environment."""
    environment = {**os.environ, "HOME": str(folder), "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(
        [VENV / "bin" / str(words[0]), *map(str, words[1:])],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
    )


@pytest.fixture(scope="module")
def galaxy(tmp_path_factory) -> Iterator[Galaxy]:
    scripts = [Path(sys.executable).with_name(command) for command in COMMANDS]
    with run_server(VENV, TOOLS, scripts, tmp_path_factory.mktemp("galaxy")) as server:
        yield server


@pytest.fixture(scope="module")
def tool_tests(galaxy, tmp_path_factory) -> list[dict]:
    """What Galaxy says of every test of every tool: all of them in one run, so that neither worker waits for the last
    test of each tool."""
    folder = tmp_path_factory.mktemp("tools")
    server = ("-u", galaxy.url, "-k", galaxy.user_key, "-a", ADMIN_KEY)
    how = ("--test-data", TOOLS / "test-data", "-j", folder / "out.json", "--parallel-tests", 2)
    ran = run_galaxy_program("galaxy-tool-test", *server, *how, folder=folder)
    assert (folder / "out.json").exists(), ran.stderr
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))["tests"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_test_of_a_tool_passes(tool_tests, command):
    tool = "headmotif_" + command.replace("-", "_")
    results = [one for one in tool_tests if one["data"]["tool_id"] == tool]
    said = [
        f"{one['id']}: {one['data'].get('output_problems') or one['data']}"
        for one in results
        if one["data"]["status"] != "success"
    ]
    assert not said, "\n".join(said)
    assert len(results) == len(ElementTree.parse(TOOLS / f"{command}.xml").findall("tests/test"))


def run_workflow(galaxy: Galaxy, name: str, folder: Path) -> str:
    """Run the tests of a workflow; the number of its invocation."""
    before = {one["id"] for one in galaxy.api("invocations")}
    shutil.copytree(TOOLS / "workflows", folder / "workflows")  # planemo writes beside the workflow
    (folder / "test-data").symlink_to(TOOLS / "test-data")
    ran = run_galaxy_program("planemo", "test", "--engine", "external_galaxy", "--galaxy_url", galaxy.url,
                  "--galaxy_admin_key", ADMIN_KEY,
                  "--galaxy_user_key", galaxy.user_key, "--no_shed_install", "--test_output_json", folder / "out.json",
                  "--test_output", folder / "out.html", folder / "workflows" / f"{name}.gxwf.yml",
                  folder=folder)  # fmt: skip
    assert (folder / "out.json").exists(), ran.stdout[-3000:] + ran.stderr[-3000:]
    (result,) = json.loads((folder / "out.json").read_text(encoding="utf-8"))["tests"]
    assert result["data"]["status"] == "success", result["data"].get("output_problems") or ran.stdout[-3000:]
    assert ran.returncode == 0, ran.stdout[-3000:]
    (new,) = {one["id"] for one in galaxy.api("invocations")} - before
    return new


@pytest.mark.parametrize("name", ["train-and-read", "annotate"])
def test_a_workflow_passes_its_tests_and_its_report_shows_what_it_made(galaxy, tmp_path, name):
    number = run_workflow(galaxy, name, tmp_path)
    ran = galaxy.api(f"invocations/{number}")
    report = galaxy.api(f"invocations/{number}/report")["markdown"]
    shown = re.findall(r'output="(\w+)"', (TOOLS / "workflows" / f"{name}.gxwf.yml").read_text(encoding="utf-8"))
    assert len(shown) >= 4
    assert re.findall(r'output="(\w+)"', report) == shown
    assert set(shown) <= {*ran["outputs"], *ran["output_collections"]}
    assert report.count(f"invocation_id={number}") >= len(shown)


def upload(galaxy: Galaxy, history: str, path: Path, ext: str) -> str:
    element = {"src": "pasted", "paste_content": path.read_text(encoding="utf-8"), "ext": ext, "name": path.name}
    target = {"destination": {"type": "hdas"}, "elements": [element]}
    found = galaxy.api("tools/fetch", data={"history_id": history, "targets": [target]})
    return wait(galaxy, found["outputs"][0]["id"])


def wait(galaxy: Galaxy, dataset: str) -> str:
    until = time.monotonic() + 1200
    while (state := galaxy.api(f"datasets/{dataset}")["state"]) not in ("ok", "error"):
        assert time.monotonic() < until, state
        time.sleep(1)
    assert state == "ok"
    return dataset


def test_the_page_shows_only_once_the_tool_of_the_help_is_allowed(galaxy):
    tool = "headmotif_head_report"
    help_text = ElementTree.parse(TOOLS / "head-report.xml").find("help").text
    assert f"``{tool}``" in help_text
    history = galaxy.api("histories", data={"name": "page"})["id"]
    motifs = upload(galaxy, history, TOOLS / "test-data" / "motifs.meme", "txt")
    inputs = {"motifs": {"src": "hda", "id": motifs}, "extra": ["pdf"]}
    made = galaxy.api("tools", data={"history_id": history, "tool_id": tool, "inputs": inputs, "input_format": "21.01"})
    page, pdf = (wait(galaxy, one["id"]) for one in made["outputs"])

    kind, body = galaxy.get(f"/api/datasets/{page}/display")
    assert kind.startswith("text/plain"), f"{kind}: shown though nobody allowed it"
    kind, body = galaxy.get(f"/api/datasets/{pdf}/display")
    assert kind.startswith("application/pdf")
    assert body.startswith(b"%PDF")

    allowed = galaxy.api(f"sanitize_allow?tool_id={tool}", ADMIN_KEY, {}, "PUT")
    assert tool in json.dumps(allowed)
    kind, body = galaxy.get(f"/api/datasets/{page}/display")
    assert kind.startswith("text/html")
    assert b"<svg" in body
    assert b"<style" in body


def test_lint_finds_nothing(tmp_path):
    ran = run_galaxy_program(
        "planemo",
        "lint",
        "--report_level",
        "warn",
        *[TOOLS / f"{command}.xml" for command in COMMANDS],
        folder=tmp_path,
    )
    assert ran.stdout.count("Linting tool") == len(COMMANDS)
    said = [line for line in ran.stdout.splitlines() if re.search(r"\b(WARNING|ERROR)\b", line)]
    assert said == []


def test_lint_of_the_workflows_finds_nothing(tmp_path):
    ran = run_galaxy_program("planemo", "workflow_lint", TOOLS / "workflows", folder=tmp_path)
    assert ran.stdout.count("Tests appear structurally correct") == 2
    assert not re.findall(r"(?m)^.*\b(?:WARNING|ERROR)\b.*$", ran.stdout)
    assert ran.returncode == 0
