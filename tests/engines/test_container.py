"""The image: built by buildah, run by podman with a read-only root and any user; six commands in a pipe, and the
pipeline in it."""

import os
import shutil
import subprocess
from pathlib import Path

import images
import pytest
from pipeline_runs import BIN, DATA, KERNELS, results, run, run_by_shell

import headmotif
from signatures import COMMANDS

pytestmark = [
    pytest.mark.container,
    pytest.mark.skipif(
        not os.environ.get("HEADMOTIF_IMAGES"), reason="building images takes minutes: make test-container"
    ),
    pytest.mark.timeout(3000),
]
PIPE = (
    "set -eo pipefail; fasta2tensor genome.fa.gz --sites sites.bed --quiet"
    " | train-annot - --max-steps 4 --eval-steps 2 --batch-size 8 --sequence-length 512 --precision float32 "
    "--threads 1 --quiet"
    " | dump-attention - genome.fa.gz --sites sites.bed --background 300 --shuffled 50 --threads 1 --quiet"
    " | attn2bed - --max-q 1 --threads 1 --quiet | bed2pwm - genome.fa.gz --min-sites 8 --max-evalue 1000 "
    "--minw 6 --maxw 6 --threads 1 --quiet | pwm-compare - --quiet"
)


GIVEN = sorted(name for name in os.environ if name.startswith(KERNELS))
"""What this machine is told of its arithmetic's kernels, the image is told too."""


@pytest.fixture(scope="session")
def store() -> Path:
    """Where images lie, kept from one run to the next."""
    return Path(os.environ["HEADMOTIF_IMAGES"])


@pytest.fixture(scope="session")
def image(store: Path) -> str:
    return images.build(store)


def run_inside(
    store: Path, image: str, *words: object, user: str = "12345:54321", folder: Path | None = None
) -> subprocess.CompletedProcess:
    """A command in the image: nothing but /tmp and the folder can be written, no network, a user that the image does
    not know."""
    mount = ["-v", f"{folder}:/data", "-w", "/data"] if folder else []
    how = ["--rm", "--read-only", "--user", user, "--cap-drop", "all", "-e", "OMP_NUM_THREADS=1", *mount]
    how += [word for name in GIVEN for word in ("-e", name)]
    return images.call(store, "podman", "run", *how, image, *words, check=False)


def test_every_command_answers_as_any_user_on_a_read_only_root(store: Path, image: str) -> None:
    loop = (
        f"id -u; touch /opt/headmotif/x 2>/dev/null && echo written; for c in {' '.join(COMMANDS)}; do $c "
        "--version; done"
    )
    done = run_inside(store, image, "bash", "-c", loop)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["12345", *[headmotif.__version__] * len(COMMANDS)]


def test_the_image_is_lean(store: Path, image: str) -> None:
    """No user root, no compiler, no pip, no headers, no CUDA, nothing of the build's settings."""
    facts = images.call(
        store, "podman", "image", "inspect", image, "--format", "{{.User}} {{.Size}} {{.Config.Env}}"
    ).stdout
    user, size, *settings = facts.split(maxsplit=2)
    assert user == "65534:65534"
    assert int(size) < 1_500_000_000
    assert "PIP" not in settings[0]
    found = "find / -xdev -path '*torch/include' -o -xdev -name 'libcudart*' 2>/dev/null"
    tools = f"for t in gcc cc make ld pip pip3 git; do command -v $t; done; {found}; true"
    assert run_inside(store, image, "bash", "-c", tools).stdout == ""


def test_the_pipe_of_six_gives_the_bytes_that_it_gives_outside(store: Path, image: str, tmp_path: Path) -> None:
    for name in ("genome.fa.gz", "sites.bed"):
        shutil.copy(DATA / "alpha" / name, tmp_path)
    tmp_path.chmod(0o755)  # the user inside is nobody's
    done = run_inside(store, image, "bash", "-c", PIPE, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Query_ID\tTarget_ID\t")
    assert len(done.stdout.splitlines()) > 1
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": f"{BIN}:{os.environ['PATH']}"}
    outside = subprocess.run(["bash", "-c", PIPE], cwd=tmp_path, capture_output=True, text=True, env=env)
    assert done.stdout == outside.stdout


@pytest.mark.skipif(not shutil.which("nextflow"), reason="no nextflow on PATH: make test-container")
def test_the_pipeline_runs_in_it(store: Path, image: str, tmp_path: Path) -> None:
    """With podman on; nothing of ours is on the tasks' PATH outside."""
    expected = {name: content for name, content in run_by_shell().items() if not name.startswith("calls/status")}
    settings = {"runOptions": "--read-only --cap-drop all --user 0:0", "envWhitelist": ",".join(GIVEN)}
    (tmp_path / "podman.config").write_text("".join(f"podman.{name} = '{value}'\n" for name, value in settings.items()))
    words = ["-c", "../podman.config", "--container", image, "--multiqc", "false"]
    done = run(tmp_path / "run", *words, profile="test,podman", **images.environment(store))
    assert done.returncode == 0, done.stdout + done.stderr
    scripts = [path.read_text() for path in (tmp_path / "run").glob("work/*/*/.command.run")]
    assert scripts
    assert all("podman run" in script and image in script for script in scripts)
    found = {name: content for name, content in results(tmp_path / "run/results-test").items() if name in expected}
    assert found.keys() == expected.keys()
    assert len(found) > 20
    assert [name for name in expected if found[name] != expected[name]] == []
