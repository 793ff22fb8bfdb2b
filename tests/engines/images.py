"""Images without a Docker engine: buildah builds, podman runs, all state below one folder."""

import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
BASE = "localhost/headmotif-base:test"
IMAGE = "localhost/headmotif:test"
CONF = """[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=2000:2000"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def environment(folder: Path) -> dict[str, str]:
    """What podman and buildah need on a host without systemd, with their store in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "containers.conf").write_text(CONF)
    (folder / "storage.conf").write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/store"\nrunroot = "{folder}/run"\n')
    return {"CONTAINERS_CONF": str(folder / "containers.conf"), "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf")}


def call(folder: Path, *words: object, check: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, env={**os.environ, **environment(folder)})
    assert not check or done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done


def base(folder: Path) -> str:
    """The base image: what BASE names, or Debian with its Python, made of packages where it is not there yet."""
    if given := os.environ.get("BASE"):
        return given
    if call(folder, "podman", "image", "exists", BASE, check=False).returncode:
        tar = folder / "base.tar"
        packages = "--include=python3,python3-venv,procps,ca-certificates"
        call(folder, "mmdebstrap", "--variant=minbase", packages, "bookworm", tar)
        call(folder, "podman", "import", tar, BASE)
        tar.unlink()
    return BASE


def build(folder: Path) -> str:
    """The image of the Dockerfile. pip's settings of this environment are arguments of the build, its files mounted; none stays."""
    words: list[str] = ["--build-arg", f"BASE={base(folder)}"]
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT"):
        value = os.environ.get(name)
        if name == "PIP_EXTRA_INDEX_URL" or value:
            words += ["--build-arg", f"{name}={value or ''}"]
        if value and Path(value).exists():
            words += ["-v", f"{value}:{value}:ro"]
    how = ["--isolation", "chroot", "--network", "host", "--timestamp", "0"]
    call(folder, "buildah", "bud", *how, *words, "-f", REPOSITORY / "nextflow" / "Dockerfile", "-t", IMAGE, REPOSITORY)
    return IMAGE
