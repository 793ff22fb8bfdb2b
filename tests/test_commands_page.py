"""docs/commands.md is what the signatures and the help of the commands say now."""

import importlib.util
from types import ModuleType

from command_lines import ALL
from glossary_terms import DOCS
from headmotif.usage import markdown
from headmotif.usage.parameters import Parameter
from signatures import options

PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")


def maker() -> ModuleType:
    """docs/make_commands.py."""
    found = importlib.util.spec_from_file_location("make_commands", DOCS / "make_commands.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_page_is_what_the_commands_say():
    assert maker().make() == PAGE, "make docs-commands writes it anew"


def test_every_command_and_option_is_on_it():
    parts = {part.partition("\n")[0].split()[-1]: part for part in PAGE.split("\n## ")}
    for command in ALL:
        listed = [line.split("`")[1] for line in parts[command].splitlines() if line.startswith("| `")]
        flags = [next((word for word in cell.split() if word.startswith("--")), "") for cell in listed]
        assert sorted(flags) == sorted(one.flag for one in options(command))


def test_a_table_has_bounds_and_defaults():
    given = [
        Parameter("n", ("-n", "--number"), "INT", False, False, "2", "1 to 9", "Number of them."),
        Parameter("k", ("--kind",), "a|b", False, True, "", "", "Kind; see --number."),
    ]
    assert markdown.table(given).splitlines() == [
        "| option | what it is | default |",
        "|---|---|---|",
        "| `-n, --number INT` | Number of them. 1 to 9. | `2` |",
        "| `--kind a\\|b` | Kind; see `--number`. | required |",
    ]
