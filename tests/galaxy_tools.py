"""A Galaxy tool's XML read without Galaxy, and what of it is not as the command's signature says.

A tool's XML is read as Galaxy reads it: tokens and macros of macros.xml put in place (by `expand`, which knows as
much of Galaxy's macros as the tools use). An option is found by Galaxy's own `argument="--option"`; a result's option
by what stands behind it in the command.
"""

import copy
import re
from pathlib import Path
from xml.etree import ElementTree

from headmotif import __version__
from headmotif.builtin import MODELS
from signatures import Option, options

REPOSITORY = Path(__file__).resolve().parent.parent
GALAXY = REPOSITORY / "galaxy"

EVERY = {
    "manifest": "a history names its datasets itself",
    "quiet": "what a command says is the job's standard error, which Galaxy keeps",
    "device": "where jobs with a GPU run is the admin's to say; auto takes one that is there",
    "dry_run": "a job is no place to ask what it would cost",
    "resume": "each job begins in an empty folder",
    "checkpoint": "each job begins in an empty folder",
}
LEFT_OUT = {
    "predict-annot": {
        "fast": "the default for calls alone; the tool gives --full where it is asked for",
        "browser": "Galaxy is a genome browser's server itself: the bigWig, GFF3 and BED are shown from the history",
        "samplesheet": "many genomes are a collection, a job each",
        "outdir": "belongs to --samplesheet",
        "formats": "belongs to --samplesheet",
        "keep_going": "belongs to --samplesheet",
        "save_model": "the tool calls sites; models are made by train-annot",
    },
}
ASKED_FOR = {
    "dump-attention": {"random"},
    "attn2bed": {"ism"},
    "predict-annot": {"threshold", "top", "fdr"},
}
"""Options without a default, in a form that is there where they are asked for: their param has a value of its own."""
KINDS = {int: "integer", float: "float", bool: "boolean"}
TALK = {"--version"}


def expand(tool: ElementTree.Element, macros: ElementTree.Element) -> ElementTree.Element:
    """The tool with macros and tokens in place."""
    bodies = {one.get("name"): one for one in macros if one.tag == "xml"}
    tool = copy.deepcopy(tool)
    while (found := next(((p, e) for p in tool.iter() for e in p if e.tag == "expand"), None)) is not None:
        parent, call = found
        body = copy.deepcopy(bodies[call.get("macro")])
        given = {name: value for name, value in call.attrib.items() if name != "macro"}
        values = {n: given.get(n, body.get(f"token_{n}")) for n in (body.get("tokens") or "").split(",") if n}
        for element in body.iter():
            for name, text in element.attrib.items():
                for token, value in values.items():
                    text = text.replace(f"@{token.upper()}@", value)
                element.set(name, text)
        for holder in list(body.iter()):
            for place, element in enumerate(list(holder)):
                if element.tag == "yield":
                    holder[place : place + 1] = list(call)
        place = list(parent).index(call)
        parent[place : place + 1] = list(body)
    tokens = {one.get("name"): one.text or "" for one in macros if one.tag == "token"}
    for element in tool.iter():
        element.text = _replace_tokens(element.text, tokens)
        for name, text in element.attrib.items():
            element.set(name, _replace_tokens(text, tokens))
    return tool


def _replace_tokens(text: str | None, tokens: dict[str, str]) -> str | None:
    for name, value in tokens.items():
        text = text.replace(name, value) if text else text
    return text


def read(command: str) -> ElementTree.Element:
    macros = ElementTree.parse(GALAXY / "macros.xml").getroot()
    return expand(ElementTree.parse(GALAXY / f"{command}.xml").getroot(), macros)


def drifts(command: str, tool: ElementTree.Element, left_out: dict[str, str] | None = None) -> list[str]:
    """What of a tool's XML is not as the signature says, a line each."""
    signature = options(command)
    known = {one.flag: one for one in signature if one.flag}
    text = command_of(tool)
    params: dict[str, list[ElementTree.Element]] = {}
    for param in tool.find("inputs").iter("param"):
        params.setdefault(param.get("argument") or "", []).append(param)
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", text))
    flags |= {
        param.get("truevalue")
        for param in tool.find("inputs").iter("param")
        if (param.get("truevalue") or "").startswith("--")
    }
    flags |= {flag for flag in params if flag}
    said = [f"{flag}: no option of {command}" for flag in sorted(flags - set(known) - TALK)]
    skipped = {**EVERY, **LEFT_OUT.get(command, {})} if left_out is None else left_out
    for one in signature:
        if one.is_argument:
            said += _argument(one, tool, text)
        elif one.name in skipped:
            said += [f"{one.flag}: said to be left out, and is there"] if one.flag in flags else []
        else:
            said += _option(one, command, params.get(one.flag, []), text, _results(tool))
    return said


def command_of(tool: ElementTree.Element) -> str:
    """The command's template, the lines of Cheetah's own comments left out."""
    return "\n".join(line for line in tool.find("command").text.split("\n") if not line.strip().startswith("##"))


def _results(tool: ElementTree.Element) -> set[str]:
    """The names under which a command may write a result: datasets, and folders of collections."""
    names = {one.get("name") for one in tool.find("outputs").iter("data")}
    return names | {one.get("directory") for one in tool.find("outputs").iter("discover_datasets")}


def _argument(one: Option, tool: ElementTree.Element, text: str) -> list[str]:
    """A positional argument: an input, a conditional or a repeat of its name, used in the command."""
    inputs = [e for e in tool.find("inputs").iter() if e.get("name") == one.name]
    if not inputs or f"${one.name}" not in text:
        return [f"{one.name}: this argument is no input of that name, or not used"]
    if one.several and inputs[0].tag == "param" and inputs[0].get("multiple") != "true":
        return [f"{one.name}: several may be given"]
    return []


def _option(one: Option, command: str, params: list[ElementTree.Element], text: str, results: set[str]) -> list[str]:
    if one.name == "threads":
        return [] if '--threads "\\${GALAXY_SLOTS:-1}"' in text else ["--threads: not as many as Galaxy grants"]
    if one.type is bool:
        return _flag(one, params, text)
    values = re.findall(rf"(?<![\w-]){one.flag}\s+(\S+)", text)
    if not values:
        return [f"{one.flag}: not in the command"]
    if not params:
        written = [v for v in values if v.strip("'$") in results or v == "/dev/null"]
        return (
            []
            if written == values
            else [f"{one.flag}: no param has argument={one.flag}, and no result is {' '.join(values)}"]
        )
    given = [name for v in values for name in re.findall(r"\$\{?(?:\w+\.)*(\w+)", v)]
    names = {param.get("name") or one.name for param in params}
    said = [
        f"{one.flag}: the command gives {name}, which is no param of it" for name in given[-1:] if name not in names
    ]
    for param in params:
        said += [f"{one.flag}: {problem}" for problem in _param(one, param, one.name in ASKED_FOR.get(command, ()))]
        if param.get("type") in KINDS.values() and param.get("optional") == "true" and not _may_be_empty(one, text):
            said.append(f"{one.flag}: not left out of the command where it is empty")
    return said


def _may_be_empty(one: Option, text: str) -> bool:
    return bool(re.search(rf"#if str\(\$(\w+\.)*{one.name}\) != ''\n\s*{one.flag}\s", text))


def _flag(one: Option, params: list[ElementTree.Element], text: str) -> list[str]:
    if not params:
        return (
            []
            if re.search(rf"^\s*{one.flag}\s*$", text, re.MULTILINE)
            else [f"{one.flag}: neither a boolean nor alone on a line"]
        )
    said = []
    for param in params:
        if (param.get("type"), param.get("truevalue"), param.get("falsevalue")) != ("boolean", one.flag, ""):
            said.append(f"{one.flag}: not a boolean with truevalue {one.flag} and falsevalue ''")
        if (param.get("checked") == "true") != one.default:
            said.append(f"{one.flag}: checked is not {one.default}")
        if not re.search(rf"\$(\w+\.)*{param.get('name') or one.name}\b", text):
            said.append(f"{one.flag}: its param is not in the command")
    return said


def _param(one: Option, param: ElementTree.Element, asked_for: bool) -> list[str]:
    """What of one param is not as the option: kind, default, bounds, choices."""
    kind = param.get("type")
    if one.type in KINDS:
        if kind != KINDS[one.type]:
            return [f"type is {kind}, not {KINDS[one.type]}"]
        return [*_bounds(one, param), *([] if asked_for else _number(one, param))]
    if one.choices:
        return _choices(one, param)
    if one.name in ("init", "model") and kind == "select":
        values = {o.get("value") for o in param.iter("option")}
        said = [] if values == set(MODELS) else [f"the built-in models are {sorted(MODELS)}, not {sorted(values)}"]
        return said + (
            [f"{_read_selected(param)} is chosen, not {one.default}"]
            if one.default and _read_selected(param) != one.default
            else []
        )
    if kind == "text":
        return (
            []
            if one.several or one.required or param.get("value", "") == one.default
            else [f"default is {param.get('value')!r}, not {one.default!r}"]
        )
    return [] if kind == "data" else [f"type is {kind}, not data or text"]


def _number(one: Option, param: ElementTree.Element) -> list[str]:
    value = param.get("value")
    if one.default is None or value is None:
        if one.default is not None or value is not None:
            return [f"default is {value}, not {one.default}"]
        return [] if param.get("optional") == "true" else ["not optional"]
    return [] if float(value) == float(one.default) else [f"default is {value}, not {one.default}"]


def _bounds(one: Option, param: ElementTree.Element) -> list[str]:
    said = []
    for name, right in (("min", one.least), ("max", one.most)):
        has = float(param.get(name)) if param.get(name) is not None else None
        if has != right:
            said.append(f"{name} is {has}, not {right}")
    return said


def _choices(one: Option, param: ElementTree.Element) -> list[str]:
    values = tuple(o.get("value") for o in param.iter("option"))
    said = [] if set(values) == set(one.choices) else [f"choices are {'|'.join(values)}, not {'|'.join(one.choices)}"]
    return said + (
        [] if _read_selected(param) == one.default else [f"{_read_selected(param)} is chosen, not {one.default}"]
    )


def _read_selected(param: ElementTree.Element) -> str:
    return next(
        (o.get("value") for o in param.iter("option") if o.get("selected") == "true"),
        next(param.iter("option")).get("value"),
    )


def frame_drifts(command: str, tool: ElementTree.Element) -> list[str]:
    """Versions, requirements, profile and the like."""
    said = []
    if tool.get("version") != f"{__version__}+galaxy0":
        said.append(f"version is {tool.get('version')}, headmotif's {__version__}")
    if not (25, 1) <= tuple(map(int, tool.get("profile").split("."))) <= (26, 1):
        said.append(f"profile is {tool.get('profile')}")
    if tool.get("id") != "headmotif_" + command.replace("-", "_") or tool.get("name") != command:
        said.append(f"id or name is {tool.get('id')}, {tool.get('name')}")
    needs = [(one.get("type"), one.text, one.get("version")) for one in tool.find("requirements")]
    if needs != [("package", "headmotif", __version__)]:
        said.append(f"requirements are {needs}: the package headmotif brings its own")
    if tool.find("version_command").text != f"{command} --version":
        said.append(f"version_command is {tool.find('version_command').text}")
    if not command_of(tool).strip().split("\n")[0] or not re.search(rf"^\s*{command}$", command_of(tool), re.MULTILINE):
        said.append("its command is not run")
    return said
