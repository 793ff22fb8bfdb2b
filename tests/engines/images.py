"""Images without a Docker engine: buildah builds, podman runs, all state below one folder."""

import functools
import os
import subprocess
import tempfile
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
    kind = _driver()
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "{kind}"\ngraphroot = "{folder}/{kind}"\nrunroot = "{folder}/run.{kind}"\n'
    )
    return {"CONTAINERS_CONF": str(folder / "containers.conf"), "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf")}


@functools.cache
def _driver() -> str:
    """overlay where this host lets us mount one; else vfs, which copies the whole image for each container."""
    with tempfile.TemporaryDirectory() as name:
        for part in ("lower", "upper", "work", "merged"):
            (Path(name) / part).mkdir()
        how = f"lowerdir={name}/lower,upperdir={name}/upper,workdir={name}/work"
        if subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o", how, f"{name}/merged"], capture_output=True
        ).returncode:
            return "vfs"
        subprocess.run(["umount", f"{name}/merged"], check=True)
        return "overlay"


def call(folder: Path, *words: object, check: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, env={**os.environ, **environment(folder)}
    )
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
    """The image of the Dockerfile. pip's settings of this environment are arguments of the build, its files mounted;
    none stays."""
    words: list[str] = ["--build-arg", f"BASE={base(folder)}"]
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT"):
        value = os.environ.get(name)
        if name == "PIP_EXTRA_INDEX_URL" or value:
            words += ["--build-arg", f"{name}={value or ''}"]
        if value and Path(value).exists():
            words += ["-v", f"{value}:{value}:ro"]
    how = ["--isolation", "chroot", "--network", "host", "--layers"]
    call(folder, "buildah", "bud", *how, *words, "-f", REPOSITORY / "nextflow" / "Dockerfile", "-t", IMAGE, REPOSITORY)
    call(folder, "podman", "image", "prune", "-f")  # the one that this replaces
    return IMAGE
