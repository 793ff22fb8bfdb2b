"""A conda channel out of what pip installed here: this machine's Python, and a package for each distribution, all
links.

Each package holds links to its own distribution's files alone, so that a dependency which a recipe forgets is missing,
as it would be on conda's channels. Their names and versions there cannot be looked up from here: that these packages
exist is not tested.
"""

import asyncio
import re
import shutil
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

import rattler_build
from packaging.requirements import Requirement
from rattler import Platform
from rattler.index import index_fs

NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}
"""Distributions that conda calls otherwise."""
PLATFORM = str(Platform.current())
LIBRARY = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def conda_name(name: str) -> str:
    return NAMES.get(normalise(name), normalise(name))


def closure(site_packages: Path, roots: list[str]) -> list[Distribution]:
    """The distributions of these conda names, and all that they require."""
    installed = {conda_name(found.name): found for found in distributions(path=[str(site_packages)])}
    waiting, seen = [conda_name(root) for root in roots], {}
    while waiting:
        name = waiting.pop()
        if name not in seen and name in installed:
            seen[name] = installed[name]
            waiting += list_required(installed[name])
    return list(seen.values())


def list_required(distribution: Distribution) -> list[str]:
    """The conda names of what a distribution needs here, extras left out."""
    wanted = [Requirement(text) for text in distribution.requires or []]
    return sorted({conda_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})})


def make(channel: Path, site_packages: Path, roots: list[str]) -> None:
    """The channel, in an empty folder."""
    packages, trees = channel / PLATFORM, channel.with_name("trees")
    packages.mkdir(parents=True)
    (channel / "noarch").mkdir()
    assemble("python", "{}.{}.{}".format(*sys.version_info[:3]), python_tree(trees / "python"), [], packages)
    found = closure(site_packages, roots)
    here = {conda_name(one.name) for one in found}
    for one in found:
        tree = link_tree(one, trees / conda_name(one.name))
        assemble(
            conda_name(one.name),
            one.version.partition("+")[0],
            tree,
            ["python", *sorted(here & set(list_required(one)))],
            packages,
        )
    shutil.rmtree(trees)
    asyncio.run(index_fs(channel))


def assemble(name: str, version: str, tree: Path, depends: list[str], packages: Path) -> None:
    rattler_build.assemble_package(
        name, version, PLATFORM, "0", packages, files_dir=tree, depends=depends, license="other", compression_level=1
    )


def python_tree(tree: Path) -> Path:
    """This machine's Python as a virtual environment, which may lie anywhere."""
    base = Path(sys.executable).resolve()
    (tree / "bin").mkdir(parents=True)
    (tree / LIBRARY).mkdir(parents=True)
    (tree / LIBRARY / ".keep").touch()
    (tree / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    for name in ("python", "python3", LIBRARY.split("/")[1]):  # the last is what console scripts begin with
        (tree / "bin" / name).symlink_to(base)
    return tree


def link_tree(distribution: Distribution, tree: Path) -> Path:
    """Links to what a distribution has in site-packages; its scripts are left where they are."""
    (tree / LIBRARY).mkdir(parents=True)
    tops = {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}
    for top in sorted(tops):
        place = Path(str(distribution.locate_file(top)))
        if place.exists():
            (tree / LIBRARY / top).symlink_to(place)
    return tree
