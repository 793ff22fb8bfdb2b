"""Build a bioconda recipe, run its tests and install it: python conda_build.py META_YAML SDIST SITE_PACKAGES WORKDIR

Run by the Python of .engines/conda. As at a release, the recipe's address and checksum become those of the sdist.
rattler-build has a recipe format of its own, which meta.yaml is turned into; what it does not know of meta.yaml is
refused here, not dropped.
"""

import asyncio
import hashlib
import os
import sys
from pathlib import Path

import jinja2
import yaml

KNOWN = {
    "package": {"name", "version"},
    "source": {"url", "sha256"},
    "build": {"noarch", "number", "script", "entry_points", "run_exports"},
    "requirements": {"host", "run"},
    "test": {"imports", "commands"},
    "about": {"home", "license", "license_family", "license_file", "summary", "description"},
}


def read(meta: Path) -> dict:
    """The recipe with its variables filled in; pins stand as rattler-build writes them."""

    def pin(name: str, max_pin: str) -> str:
        return f'${{{{ pin_subpackage("{name}", upper_bound="{max_pin}") }}}}'

    text = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(meta.read_text(encoding="utf-8"))
    recipe = yaml.safe_load(text.render(PYTHON="python", pin_subpackage=pin))
    strange = {f"{part}.{key}" for part, keys in recipe.items() for key in keys if key not in KNOWN.get(part, ())}
    if strange:
        raise SystemExit(f"{meta}: not known here: {', '.join(sorted(strange))}; teach conda_build.py")
    return recipe


def convert(recipe: dict, sdist: Path) -> dict:
    """The recipe in rattler-build's format, its source the sdist."""
    build, requirements, about = recipe["build"], recipe["requirements"], recipe["about"]
    return {
        "package": {"name": recipe["package"]["name"], "version": str(recipe["package"]["version"])},
        "source": {"url": sdist.resolve().as_uri(), "sha256": hashlib.sha256(sdist.read_bytes()).hexdigest()},
        "build": {
            "number": build["number"],
            "noarch": build["noarch"],
            "script": build["script"],
            "python": {"entry_points": build["entry_points"]},
        },
        "requirements": {**requirements, "run_exports": build["run_exports"]},
        "tests": [
            {"python": {"imports": recipe["test"]["imports"], "pip_check": False}},
            {"script": recipe["test"]["commands"]},
        ],
        "about": {
            "homepage": about["home"],
            **{key: about[key] for key in ("license", "license_file", "summary", "description")},
        },
    }


async def install(name: str, channels: list[str], prefix: Path) -> None:
    import rattler

    records = await rattler.solve(
        sources=channels,
        specs=[name],
        platforms=[rattler.Platform.current(), "noarch"],
        virtual_packages=rattler.VirtualPackage.detect(),
    )
    await rattler.install(records, target_prefix=str(prefix), show_progress=False)


def main(meta: Path, sdist: Path, site_packages: Path, work: Path) -> None:
    os.environ["RATTLER_CACHE_DIR"] = str(
        work / "cache"
    )  # or an older package of the same name and version is tested instead
    import conda_channel
    import rattler_build
    from rattler_build.progress import SimpleProgressCallback

    recipe = read(meta)
    name = recipe["package"]["name"]
    channel, built = work / "channel", work / "built"
    wanted = [line.split()[0] for part in recipe["requirements"].values() for line in part]
    conda_channel.make(channel, site_packages, wanted)
    place = work / "recipe" / "recipe.yaml"
    place.parent.mkdir()
    place.write_text(yaml.safe_dump(convert(recipe, sdist), sort_keys=False))
    (variant,) = rattler_build.Stage0Recipe.from_file(place).render(
        rattler_build.VariantConfig(), rattler_build.RenderConfig()
    )
    tools = rattler_build.ToolConfiguration(test_strategy="native")
    progress = SimpleProgressCallback()
    variant.run_build(
        tools, output_dir=built, channels=[channel.as_uri()], progress_callback=progress
    )  # raises where a test fails
    asyncio.run(install(name, [built.as_uri(), channel.as_uri()], work / "prefix"))


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
