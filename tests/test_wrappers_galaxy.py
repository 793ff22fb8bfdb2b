"""The Galaxy tools against the commands' signatures: options, defaults, choices, bounds, versions, requirements. No
Galaxy is needed."""

import re
from xml.etree import ElementTree

import pytest

from galaxy_tools import ASKED_FOR, EVERY, GALAXY, LEFT_OUT, REPOSITORY, command_of, drifts, frame_drifts, read
from headmotif import __version__
from headmotif.builtin import MODELS
from signatures import COMMANDS, options

EACH = pytest.mark.parametrize("command", COMMANDS)


@EACH
def test_a_tool_is_as_its_signature_says(command):
    assert drifts(command, read(command)) == []


@EACH
def test_version_requirements_and_frame(command):
    assert frame_drifts(command, read(command)) == []


@EACH
def test_every_tool_has_two_tests_and_one_of_a_failure_with_its_message(command):
    tests = read(command).findall("tests/test")
    failing = [one for one in tests if one.get("expect_failure") == "true"]
    assert len(tests) >= 2
    assert failing
    assert all(one.find("assert_stderr/*") is not None for one in failing)
    assert all(one.get("expect_num_outputs") for one in tests if one not in failing)


@EACH
def test_every_output_is_made_by_a_test_that_looks_into_it(command):
    tool = read(command)
    outputs = {one.get("name") for one in tool.find("outputs")}
    looked = {
        one.get("name")
        for one in tool.findall("tests/test/*")
        if one.tag in ("output", "output_collection") and (len(one) or one.get("file"))
    }
    assert outputs <= looked


@EACH
def test_files_and_texts_are_quoted(command):
    """Whatever a user types or a file is called, the shell sees one word; numbers, and booleans with flags of ours,
    need no quotes."""
    tool = read(command)
    bare = set(
        re.findall(
            r"(?m)^(?!\s*#).*?(?<!['\w/=.{,])\$(?:\w+\.)*(\w+)", command_of(tool).replace("\\${GALAXY_SLOTS", "")
        )
    )
    harmless = {p.get("name") or p.get("argument")[2:].replace("-", "_") for p in tool.find("inputs").iter("param")
                if p.get("type") in ("integer", "float", "boolean")}  # fmt: skip
    cleaned = {"element_identifier"}  # by re.sub, within quotes
    assert bare <= harmless | cleaned


def test_the_suite_holds_every_command_and_no_other():
    assert {path.stem for path in GALAXY.glob("*.xml")} - {"macros"} == set(COMMANDS)
    setup = (REPOSITORY / "setup.py").read_text(encoding="utf-8")
    assert re.findall(r'"([\w-]+)",', setup.split("COMMANDS = [")[1].split("]")[0]) == list(COMMANDS)
    shed = (GALAXY / ".shed.yml").read_text(encoding="utf-8")
    assert all(
        re.search(rf"(?m)^{key}:", shed)
        for key in ("name", "owner", "description", "homepage_url", "long_description", "categories")
    )
    assert 'name_template: "{{ tool_id }}"' in shed  # a repository a tool, of the tool's id


def test_reasons_are_given_for_what_is_left_out_and_it_exists():
    for command, left in LEFT_OUT.items():
        assert set(left) <= {one.name for one in options(command)}
        assert all(left.values())
    assert set(EVERY) <= {one.name for command in COMMANDS for one in options(command)}
    for command, names in ASKED_FOR.items():
        assert all(one.default is None for one in options(command) if one.name in names)


def test_test_data_are_small():
    assert sum(path.stat().st_size for path in (GALAXY / "test-data").rglob("*") if path.is_file()) < 1_000_000


def test_the_built_in_models_are_the_packages_everywhere():
    for command in ("dump-attention", "predict-annot", "score-variants", "score-heads", "attn2bed"):
        selects = [
            one for one in read(command).iter("param") if one.get("name") == "name" and one.get("type") == "select"
        ]
        assert [{o.get("value") for o in one.iter("option")} for one in selects] == [set(MODELS)] * len(selects) != []


def test_the_workflows_call_these_tools_in_this_version():
    for path in (GALAXY / "workflows").glob("*.gxwf.yml"):
        text = path.read_text(encoding="utf-8")
        tools = re.findall(r"tool_id: headmotif_(\w+)\n +tool_version: (\S+)", text)
        assert len(tools) == text.count("tool_id:")
        assert {name.replace("_", "-") for name, _ in tools} <= set(COMMANDS)
        assert {version for _, version in tools} == {f"{__version__}+galaxy0"}
        assert "\nreport:\n  markdown:" in text
        assert path.with_name(path.name.replace(".yml", "-tests.yml")).exists()


# What follows plants drifts: each must be caught.


def _change(command: str, edit) -> ElementTree.Element:
    tool = read(command)
    edit(tool)
    return tool


def _find_param(tool: ElementTree.Element, argument: str) -> ElementTree.Element:
    return next(one for one in tool.find("inputs").iter("param") if one.get("argument") == argument)


def _set(argument: str, **values: str):
    return lambda tool: [_find_param(tool, argument).set(name, value) for name, value in values.items()]


def _text(old: str, new: str):
    def edit(tool: ElementTree.Element) -> None:
        command = tool.find("command")
        assert old in command.text
        command.text = command.text.replace(old, new)

    return edit


def _unset(argument: str, name: str):
    return lambda tool: _find_param(tool, argument).attrib.pop(name)


def _select(argument: str, value: str):
    def edit(tool: ElementTree.Element) -> None:
        for option in _find_param(tool, argument).iter("option"):
            option.set("selected", str(option.get("value") == value).lower())

    return edit


def _drop_option(argument: str):
    return lambda tool: _find_param(tool, argument).remove(_find_param(tool, argument)[-1])


@pytest.mark.parametrize(
    ("command", "edit", "words"),
    [
        ("attn2bed", _set("--max-q", value="0.1"), "--max-q: default is 0.1, not 0.2"),
        ("train-annot", _set("--learning-rate", value="0.002"), "--learning-rate: default is 0.002, not None"),
        ("head-report", _set("--title", value="Heads"), "--title: default is 'Heads'"),
        ("score-annot", _set("--threshold", value="0.5"), "--threshold: default is 0.5, not None"),
        ("bed2pwm", _set("--nmotifs", max="30"), "--nmotifs: max is 30.0, not 20"),
        ("annot-compare", _set("--min-support", min="1"), "--min-support: min is 1.0, not 2"),
        ("dump-attention", _set("--max-sites", value="0"), "--max-sites: default is '0', not 'all'"),
        ("fasta2tensor", _set("--mask-repeats", optional="false"), "--mask-repeats: not optional"),
        ("train-annot", _text("#if str($advanced.patience) != ''", "#if True"), "--patience: not left out"),
        ("score-variants", _text("'$variants'", ""), "variants: this argument is no input"),
        ("bed2pwm", _unset("--min-sites", "min"), "--min-sites: min is None, not 8"),
        ("score-heads", _set("--background", min="0"), "--background: min is 0.0, not 100"),
        ("predict-annot", _set("--fdr", max="2"), "--fdr: max is 2.0, not 1"),
        ("pwm-compare", _set("--max-q", type="integer"), "--max-q: type is integer, not float"),
        ("bed2pwm", _drop_option("--format"), "--format: choices are"),
        ("train-annot", _select("--precision", "float32"), "--precision: float32 is chosen, not auto"),
        ("pwm-compare", _set("--best", truevalue="--top"), "--top: no option of pwm-compare"),
        ("pwm-compare", _set("--best", checked="true"), "--best: checked is not False"),
        ("fasta2tensor", _text("$table.zero_based", ""), "--zero-based: its param is not in the command"),
        ("dump-attention", _text("--called", ""), "--called: neither a boolean nor alone"),
        ("attn2bed", _text("--max-p $advanced.max_p", ""), "--max-p: not in the command"),
        ("attn2bed", _text("--max-q $max_q", "--max-q $advanced.max_p"), "--max-q: the command gives max_p"),
        ("attn2bed", _text("--max-q", "--max-fdr"), "--max-fdr: no option of attn2bed"),
        ("score-heads", _text("--profiles '$profiles'", "--profiles '$profile'"), "--profiles: no param has argument"),
        ("predict-annot", _text("GALAXY_SLOTS", "SLOTS"), "--threads: not as many"),
        ("bed2pwm", _text("$regions", "$region"), "regions: this argument is no input"),
        ("predict-annot", _text("--min-distance", "--keep-going --min-distance"), "--keep-going: said to be left out"),
    ],
)  # fmt: skip
def test_a_planted_drift_is_caught(command, edit, words):
    found = drifts(command, _change(command, edit))
    assert any(line.startswith(words) for line in found), found


def test_an_option_that_the_skin_lacks_is_caught():
    assert any(
        line.startswith("--browser: not in the command")
        for line in drifts("predict-annot", read("predict-annot"), EVERY)
    )


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda tool: tool.set("version", "0.0.9+galaxy0"), "version"),
        (lambda tool: tool.set("profile", "23.0"), "profile"),
        (lambda tool: tool.find("requirements")[0].set("version", "0.0.9"), "requirements"),
        (
            lambda tool: ElementTree.SubElement(
                tool.find("requirements"), "requirement", type="package", version="2"
            ),
            "requirements",
        ),
        (lambda tool: tool.find("version_command").__setattr__("text", "attn2bed"), "version_command"),
        (lambda tool: tool.set("id", "attn2bed"), "id"),
    ],
)  # fmt: skip
def test_a_planted_drift_of_the_frame_is_caught(edit, words):
    assert any(line.startswith(words) for line in frame_drifts("attn2bed", _change("attn2bed", edit)))
