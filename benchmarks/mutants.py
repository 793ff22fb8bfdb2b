"""Changes of the program that no test notices: a seeded sample of mutations, each tried on the tests of its module.

A mutation is a small change, as `<` for `<=`. Where all tests still pass it survives: they would not notice such a
mistake, or the change makes no difference. cosmic-ray finds the mutations and makes them, in a copy of the sources; the
draw is ours. Modules are drawn by their size, then places in them, then one of the mutations of each place: a + with
six stand-ins weighs as much as a `not` with one.

A module's tests are the files that import it and those of ALSO, or where there are none, those that import a module
which imports it, and so on. Its namesake and those of ALSO come first, then the quickest by tests/budget.py, as long as
they take PATIENCE seconds together. Run by an environment with cosmic-ray (make mutants).
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.append(str(REPOSITORY / "tests"))
import budget  # noqa: E402

PATIENCE = 45
"""Seconds of tests/budget.py that the tests of one mutation may take together; a first file alone twice as many."""
ALSO = {
    "headmotif.steps.network.annotate": ("test_inference",),
    "headmotif.steps.network.cnn": ("test_model", "test_inference"),
    "headmotif.steps.network.dropout": ("test_model",),
    "headmotif.steps.network.kmer_attention": ("test_inference",),
    "headmotif.steps.training.batches": ("test_train",),
}
"""Test files that try a module through another one that they import."""
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
BITS = {"BitAnd", "BitOr", "BitXor", "LShift", "RShift"}
PACKAGE = Path("tools/headmotif")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path, help="modules or folders of them; by default all that compute")
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", default=sys.executable, help="the Python that runs the tests")
    args = parser.parse_args()
    places = args.places or [PACKAGE / room for room in ("alphabet.py", "data", "formats", "report", "steps")]
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(args.python).absolute())
        os.chdir(copy(Path(folder)))
        os.environ["PYTHONPATH"] = str(Path(folder, "tools"))  # before the installed one, which is the checkout
        os.environ.update(OMP_NUM_THREADS="1", SLURM_CPUS_PER_TASK="1", PYTHONDONTWRITEBYTECODE="1")
        tests = Tests()
        drawn = sample(modules(places), args.number, args.seed, Path(folder, "session.sqlite"))
        files = sorted({file for spec in drawn for file in tests.find_tests(spec.module_path)})
        hit = len({spec.module_path for spec in drawn})
        print(f"{len(drawn)} mutations of {hit} modules, seed {args.seed}; first the tests as they are", flush=True)
        plain = subprocess.run(
            [*command(python), "-n", "auto", "--dist", "loadfile", *files], stdout=subprocess.PIPE, text=True
        )
        if plain.returncode:
            sys.exit(f"{plain.stdout}\nthe tests fail without any mutation")
        try_mutations(drawn, tests, python)


def copy(folder: Path) -> Path:
    """What the tests read, in a folder where it may be changed."""
    for name in ("tools", "tests", "benchmarks", "galaxy", "nextflow", "bioconda-recipe", "docs"):
        if (REPOSITORY / name).is_dir():
            shutil.copytree(
                REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
    for path in REPOSITORY.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    return folder


def modules(places: list[Path]) -> list[Path]:
    found = sorted({path for place in places for path in ([place] if place.suffix == ".py" else place.rglob("*.py"))})
    if not found:
        sys.exit(f"no module of the program in {', '.join(map(str, places))}; write them as tools/headmotif/steps")
    return found


def sample(paths: list[Path], number: int, seed: int, session: Path) -> list[MutationSpec]:
    """Mutations, each at a place of its own; fewer where a module has not so many."""
    rng = random.Random(seed)
    share = Counter(rng.choices(paths, [path.stat().st_size for path in paths], k=number))
    at: dict[Path, dict[tuple, list[MutationSpec]]] = defaultdict(lambda: defaultdict(list))
    with use_db(session, WorkDB.Mode.create) as db:
        init(sorted(share), db, {})
        for item in db.work_items:
            (spec,) = item.mutations
            if is_plausible(spec.operator_name):
                at[spec.module_path][spec.start_pos, spec.end_pos].append(spec)
    found = []
    for path in sorted(share):
        types = find_idle(path)
        places = sorted(place for place in at[path] if not any(first <= place[0] <= last for first, last in types))
        drawn = sorted(rng.sample(places, min(share[path], len(places))))
        found += [
            rng.choice(sorted(at[path][place], key=lambda spec: (spec.operator_name, spec.occurrence)))
            for place in drawn
        ]
    return found


def is_plausible(operator: str) -> bool:
    """Whether somebody might err like this: no << for a -, and no `is` for an ==, which mostly changes nothing."""
    kind, *pair = operator.split("_")
    if kind.endswith("ReplaceBinaryOperator"):
        return set(pair) <= ARITHMETIC or set(pair) <= BITS
    return not pair or pair[-1] not in ("Is", "IsNot")


def find_idle(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """What computes nothing, from and to (line, column): types, as `int | None`, and checks as strict=True."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        checks = isinstance(node, ast.keyword) and node.arg in ("strict", "frozen", "eq")
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None), node if checks else None):
            if isinstance(part, ast.expr | ast.keyword):
                found.append(((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)))
    return found


class Tests:
    """Which test files try which module."""

    def __init__(self) -> None:
        self.importers: dict[str, set[str]] = defaultdict(set)  # of a dotted name, those of modules and test files
        for name, files in ALSO.items():
            self.importers[name].update(files)
        nouns = map_reexports(PACKAGE / "data/__init__.py")
        for path in [*PACKAGE.rglob("*.py"), *Path("tests").glob("*.py")]:
            for name in list_imported(path):
                self.importers[nouns.get(name, name)].add(name_module(path))

    def find_tests(self, module: Path) -> list[str]:
        near, seen = {name_module(module)}, set()
        own = (f"test_{module.stem}", *ALSO.get(name_module(module), ()))
        while near:
            seen |= near
            near = {other for one in near for other in self.importers[one]} - seen
            files = [
                f"{one}.py"
                for one in near
                if one.startswith("test_") and budget.find_seconds(f"{one}.py") <= 2 * PATIENCE
            ]
            if files:
                files.sort(key=lambda file: (Path(file).stem not in own, budget.find_seconds(file), file))
                enough = [sum(map(budget.find_seconds, files[: i + 1])) <= PATIENCE or not i for i in range(len(files))]
                return [f"tests/{file}" for file, kept in zip(files, enough, strict=True) if kept]
        return []


def name_module(path: Path) -> str:
    """tools/headmotif/data/genome.py is headmotif.data.genome, tests/test_scan.py test_scan."""
    parts = path.with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def list_imported(path: Path) -> set[str]:
    """Dotted names of what a file imports, and of what may be modules within it."""
    package = path.parent.parts[1:]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
            if base != "headmotif.data":  # its names are known by `map_reexports`
                found.add(base)
    return found


def map_reexports(path: Path) -> dict[str, str]:
    """Where the names come from that a package takes from its modules: headmotif.data.Genome from its genome."""
    package, tree = name_module(path), ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1]
    return {f"{package}.{alias.name}": f"{package}.{node.module}" for node in nodes for alias in node.names}


def command(python: str) -> list[str]:
    options = ["-q", "-x", "-p", "no:cacheprovider", "--durations=0", "--hypothesis-seed=0"]
    return [python, "-m", "pytest", *options]


def try_mutations(drawn: list[MutationSpec], tests: Tests, python: str) -> None:
    """Each mutation by itself, a line each as it goes; at the end the survivors with what they change."""
    count, survivors = Counter[str](), []
    began = time.monotonic()
    for spec in drawn:
        files, since = tests.find_tests(spec.module_path), time.monotonic()
        where = f"{spec.module_path}:{spec.start_pos[0]} {spec.operator_name.removeprefix('core/')}"
        said = "no test"
        if files:
            # against hanging: what takes so much longer than its budget goes on for ever
            limit = 60 + 10 * sum(budget.find_seconds(Path(file).name) for file in files)
            result = mutate_and_test([spec], " ".join([*command(python), *files]), limit)
            if result.worker_outcome != WorkerOutcome.NORMAL or result.test_outcome == TestOutcome.INCOMPETENT:
                sys.exit(f"{where} was not tried: {result.output}")
            said = "SURVIVED" if result.test_outcome == TestOutcome.SURVIVED else "noticed"
            if said == "SURVIVED":
                survivors.append(f"{where}, not noticed by {', '.join(files)}\n{format_change(result)}")
        count[said] += 1
        print(f"{said:8} {time.monotonic() - since:4.0f} s  {where}", flush=True)
    print("", *survivors, sep="\n")
    found = ", ".join(f"{number} {word}" for word, number in sorted(count.items()))
    print(f"{len(drawn)} mutations in {time.monotonic() - began:.0f} s: {found}")


def format_change(result: WorkResult) -> str:
    lines = (result.diff or "").splitlines()
    return "\n".join(f"    {line}" for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++"))


if __name__ == "__main__":
    main()
