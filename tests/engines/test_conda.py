"""The distributions and the bioconda recipe, built and installed for real."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

import headmotif
from signatures import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = os.environ.get("HEADMOTIF_CONDA", "")
pytestmark = [
    pytest.mark.conda,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not ENGINE, reason="builds packages with its own tools: make test-conda"),
]
PACKAGE = REPOSITORY / "tools/headmotif"
BUILT_IN = [
    path.relative_to(REPOSITORY / "tools").as_posix()
    for path in sorted(PACKAGE.rglob("*"))
    if path.is_file() and path.suffix not in (".py", ".pyc")
]
"""Every file of the package that is no module, wherever it stands."""
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}


def read_output(*words: object, **more: object) -> str:
    """What a command printed; its standard error is the message where it fails."""
    ended = subprocess.run([*map(str, words)], capture_output=True, text=True, **more)
    assert ended.returncode == 0, f"{' '.join(map(str, words))}\n{ended.stdout[-4000:]}\n{ended.stderr[-6000:]}"
    return ended.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that a release is made of, without what building and running left in the checkout."""
    place = tmp_path_factory.mktemp("source")
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, place / name)
    shutil.copytree(REPOSITORY / "tools", place / "tools", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return place


@pytest.fixture(scope="module")
def distributions(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel made from the sdist."""
    place = tmp_path_factory.mktemp("dist")
    pinned = {"PIP_CONSTRAINT": str(REPOSITORY / "constraints.txt"), **os.environ, **EPOCH}
    read_output(Path(ENGINE).absolute(), "-m", "build", "--outdir", place, source, env=pinned)
    (sdist,), (wheel,) = place.glob("*.tar.gz"), place.glob("*.whl")
    return sdist, wheel


def test_both_hold_the_built_in_files(distributions):
    sdist, wheel = distributions
    assert {
        "headmotif/builtin/ecoli-tss.safetensors",
        "headmotif/builtin/motifs.meme",
        "headmotif/report/pages/report.html",
    } <= set(BUILT_IN)
    with zipfile.ZipFile(wheel) as archive:
        for name in BUILT_IN:
            assert archive.read(name) == (REPOSITORY / "tools" / name).read_bytes(), name
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"tools/{name}" for name in BUILT_IN} | {"README.md", "LICENSE", "setup.py", "pyproject.toml"} <= inside
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_wheel_of_the_tree_is_that_of_the_sdist(source, distributions, tmp_path):
    """Byte for byte, at a later time and in another folder: whoever builds a release gets the same wheel."""
    other = tmp_path / "elsewhere"
    shutil.copytree(source, other)
    pinned = {"PIP_CONSTRAINT": str(REPOSITORY / "constraints.txt"), **os.environ, **EPOCH}
    read_output(Path(ENGINE).absolute(), "-m", "build", "--wheel", "--outdir", tmp_path, other, env=pinned)
    (again,) = tmp_path.glob("*.whl")
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(distributions[1].read_bytes()).digest()


def test_the_wheel_installs_and_runs_without_a_compiler(distributions, tmp_path):
    """Nothing but the new environment is on PATH, and no package may be built."""
    read_output(sys.executable, "-m", "venv", tmp_path / "clean")
    bare = {name: value for name, value in os.environ.items() if name not in ("CC", "CXX", "PYTHONPATH", "VIRTUAL_ENV")}
    bare["PATH"] = str(tmp_path / "clean" / "bin")
    assert not any(shutil.which(name, path=bare["PATH"]) for name in ("cc", "gcc", "c++", "g++", "clang", "rustc"))
    pip = (
        tmp_path / "clean/bin/python",
        "-m",
        "pip",
        "install",
        "--only-binary",
        ":all:",
        "-c",
        REPOSITORY / "constraints.txt",
    )
    read_output(*pip, distributions[1], env=bare)
    read_output(
        "headmotif", "simulate", "--length", "20000", "--promoters", "40", "-o", tmp_path / "genome.fa", env=bare
    )
    read_output(
        "predict-annot", tmp_path / "genome.fa", "--threads", "1", "--top", "40", "-o", tmp_path / "calls.bed", env=bare
    )
    assert len((tmp_path / "calls.bed").read_text().splitlines()) == 40
    assert "sigma70_-10" in read_output("pwm-compare", "TATAAT", "--best", env=bare)


def build(meta: Path, sdist: Path, work: Path) -> subprocess.CompletedProcess:
    words = [ENGINE, Path(__file__).with_name("conda_build.py"), meta, sdist, sysconfig.get_path("purelib"), work]
    work.mkdir()
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(work), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    return subprocess.run([*map(str, words)], capture_output=True, text=True, env=bare)


def test_the_recipe_builds_passes_its_tests_and_installs(distributions, tmp_path):
    ended = build(REPOSITORY / "bioconda-recipe/meta.yaml", distributions[0], tmp_path / "work")
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-8000:]
    assert len(list((tmp_path / "work/built/noarch").glob("headmotif-*.conda"))) == 1
    scripts = {path.name for path in (tmp_path / "work/prefix/bin").iterdir()}
    assert {"headmotif", *COMMANDS} <= scripts
    for name in ("headmotif", *COMMANDS):
        assert (
            read_output(tmp_path / "work/prefix/bin" / name, "--version", env={"PATH": "/usr/bin:/bin"}).strip()
            == headmotif.__version__
        )


def test_a_recipe_that_forgets_a_dependency_fails(distributions, tmp_path):
    """By its own tests: the commands are really run, and the channel gives no more than was asked for."""
    text = (REPOSITORY / "bioconda-recipe/meta.yaml").read_text()
    assert text.count("    - pyfaidx >=0.9\n") == 1
    (tmp_path / "meta.yaml").write_text(text.replace("    - pyfaidx >=0.9\n", ""))
    ended = build(tmp_path / "meta.yaml", distributions[0], tmp_path / "work")
    assert ended.returncode != 0
    assert "No module named 'pyfaidx'" in ended.stdout + ended.stderr
