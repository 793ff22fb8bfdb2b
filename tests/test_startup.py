"""A command answers --version and --help at once: nothing heavy is loaded before it is needed."""

import resource
import statistics
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import headmotif
from headmotif.commands.headmotif import BESIDE, PIPELINE, overview

OURS = [script for script in entry_points(group="console_scripts") if script.value.startswith("headmotif.")]
SCRIPTS = sorted(OURS, key=lambda script: script.name)
HEAVY = ("torch", "numpy", "pandas", "Bio", "pyfaidx", "safetensors", "scipy", "matplotlib", "rich")


def python(code: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)


def call(script, option: str) -> str:
    """Python that runs a console script as its wrapper does, and prints which heavy packages it loaded at the end."""
    module, function = script.value.split(":")
    return (
        f"import sys, atexit\nsys.argv = [{script.name!r}, {option!r}]\n"
        f"atexit.register(lambda: print('LOADED', *[m for m in {HEAVY!r} if m in sys.modules]))\n"
        f"from {module} import {function}\n{function}()\n"
    )


def seconds(code: str) -> float:
    """Processor time of a Python that runs `code`: what else the machine does hardly counts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(code: str, enough: float) -> float:
    """Time of `code` over that of importing typer, the median of neighbours: a machine that slows down for a while
    slows both."""
    ratios = []
    for turn in range(40):
        ratios.append(seconds(code) / seconds("import typer"))
        if turn >= 2 and statistics.median(ratios) < enough:
            break
    return statistics.median(ratios)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.name)
@pytest.mark.parametrize("option", ["--version", "--help"])
def test_neither_loads_anything_heavy(script, option):
    done = python(call(script, option))
    assert (done.returncode, done.stderr) == (0, "")
    *said, loaded = done.stdout.splitlines()
    assert loaded == "LOADED"
    if option == "--version":
        assert said == [headmotif.__version__]
    else:
        assert said[0].split()[:2] == ["Usage:", script.name] or said[1].split()[:2] == ["Usage:", script.name]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.name)
def test_both_are_quick(script):
    assert ratio(call(script, "--version"), 1.5) < 1.5
    assert ratio(call(script, "--help"), 3) < 3


def test_overview_names_the_console_scripts_in_pipeline_order():
    """setup.py lists them in the order in which they are chained; the umbrella command first."""
    names = [script.name for script in SCRIPTS]
    assert sorted(["headmotif", *PIPELINE, *BESIDE]) == names
    done = python(call(next(s for s in SCRIPTS if s.name == "headmotif"), "--version").replace(", '--version'", ""))
    assert done.returncode == 0
    assert done.stdout.startswith(overview())
    places = [overview().index(f"  {name} ") for name in PIPELINE]
    assert places == sorted(places)


def test_no_command_loads_the_compiler():
    """torch's own switch to deterministic arithmetic does, and costs two seconds each time."""
    done = python(
        "import sys\nfrom headmotif.steps.network import device\ndevice.choose('cpu', 'float32', "
        "1)\nprint('torch._dynamo' in sys.modules)"
    )
    assert done.stdout == "False\n", done.stderr


def test_a_command_leaves_out_of_torch_what_only_its_compiler_needs():
    done = python(
        "import sys\nfrom headmotif import startup\nstartup.hasten()\nstartup.hasten()\n"
        "from headmotif.commands.predict_annot import main\n"
        "import atexit\natexit.register(lambda: print(*[m for m in ('torch', 'torch._decomp', 'torch._dynamo', "
        "startup.LATER) if m in sys.modules], hasattr(sys.modules['torch'], '_meta_registrations')))\n"
        "main(['lambda', '--dry-run', '--threads', '1'])"
    )
    assert (done.returncode, done.stdout) == (0, "torch False\n"), done.stderr


@pytest.mark.parametrize("first", ["torch._prims", "torch.utils._content_store"])
def test_what_is_left_out_of_torch_comes_with_the_next_of_its_modules(first):
    """Both orders in which it fails where nobody sees to it: by itself, and by a module that it uses itself."""
    done = python(
        "import sys\nfrom headmotif import startup\nstartup.hasten()\nimport torch\n"
        "without = torch.linalg.eigh(torch.eye(3))[0].tolist()\n"
        f"import {first}, torch._decomp\nfrom torch._subclasses.fake_tensor import FakeTensorMode\n"
        "with FakeTensorMode():\n    fake = torch.linalg.eigh(torch.randn(3, 3))[0].softmax(-1)\n"
        f"print(without, tuple(fake.shape), startup.LATER in sys.modules, {first}.__spec__.origin == {first}.__file__)"
    )
    assert done.stdout == "[1.0, 1.0, 1.0] (3,) True True\n", done.stderr


def test_nobody_looks_for_garbage_at_the_end():
    code = (
        "class Cycle:\n    def __del__(self):\n        print('collected')\none = Cycle()\none.itself = one\ndel one\n"
    )
    assert python(code).stdout == "collected\n"
    assert python(f"from headmotif import startup\nstartup.hasten()\n{code}").stdout == ""
