"""The sentences that users read are short: half of them have fewer than 20 words, none more than 35.

sentencex, Wikimedia's library, says where a sentence ends. What is no sentence (code, headings, cells of two words) is
left out.
"""

import ast
import importlib
import re
import statistics
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sentencex import segment

from command_lines import ALL
from headmotif.usage import parameters
from test_words import MODULES, PAGES, REPOSITORY, messages, named

LONGEST, MEDIAN = 35, 20
"""Words of a sentence, at most; and what half of a text's sentences stay below."""


def plain(markdown: str) -> str:
    """A page as paragraphs of plain text: an item of a list, or a cell of a table, is one; code is one word."""
    text = re.sub(r"^```.*?^```$", "\n", markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^#+ .*$", "\n", text, flags=re.MULTILINE)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`([^`\n]*)`", "code", text)
    text = re.sub(r"^\s*([-*]|\d+\.) ", "\n\n", text, flags=re.MULTILINE)
    text = re.sub(r"^\|[-| :]+\|$", "", text, flags=re.MULTILINE)
    return re.sub(r"^\|(.*)\|$", lambda row: "\n\n" + row[1].replace("|", "\n\n"), text, flags=re.MULTILINE)


def sentences(text: str) -> list[str]:
    """The sentences of paragraphs, those of three words or more; what follows a colon or a semicolon is one too."""
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    found = [one for part in parts for whole in segment("en", part) for one in re.split(r"(?<=[:;])\s+", whole)]
    return [one for one in found if len(one.split()) > 2]


def check(text: str, many: int = 1) -> None:
    found = sentences(text)
    words = [len(one.split()) for one in found]
    assert [one for one, n in zip(found, words, strict=True) if n > LONGEST] == []
    assert len(found) >= many
    assert statistics.median(words) < MEDIAN


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_the_sentences_of_pages(path: Path) -> None:
    check(plain(path.read_text(encoding="utf-8")), 10)


@pytest.mark.parametrize("command", ALL)
def test_the_sentences_of_help(command: str) -> None:
    own = command.replace("-", "_")
    function = getattr(importlib.import_module(f"headmotif.commands.{own}"), own)
    texts = [function.__doc__ or "", *(one.help for one in parameters.parameters(function))]
    check("\n\n".join(texts))


@pytest.mark.parametrize("path", sorted((REPOSITORY / "galaxy").glob("*.xml")), ids=named)
def test_the_sentences_of_galaxy_tools(path: Path) -> None:
    tree = ElementTree.parse(path).getroot()
    texts = [one.get(name) or "" for one in tree.iter() for name in ("label", "help")]
    texts += [one.text or "" for one in tree.iter("help")]
    check(plain("\n\n".join(texts)))


LISTS = {"headings.py", "glyphs.py"}
"""Modules whose texts are lists of words or of numbers."""


@pytest.mark.parametrize("path", [one for one in MODULES if one.name not in LISTS], ids=named)
def test_the_sentences_of_messages(path: Path) -> None:
    """What a module says at run time, a value filled in being one word."""
    texts = [one for one in messages(ast.parse(path.read_text(encoding="utf-8"))) if "\t" not in one]
    lines = [re.sub(r"`[^`]*`", "code", text).replace("\n", "\n\n") for text in texts]
    long = [one for text in lines for one in sentences(text) if len(one.split()) > LONGEST]
    assert long == []


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("A site is one nucleotide. P is its probability, e.g. 0.8 at the +1: it is calibrated.", [5, 9, 3]),
        ("E. coli has 4.6 Mb of it. Two words.", [7]),
        ("- one two three\n- four five six", [3, 3]),
        ("| a b c | d |\n|---|---|\n| e f g h | i |", [3, 4]),
        ("`code with words` is one word here", [5]),
    ],
)
def test_where_sentences_end(text: str, counts: list[int]) -> None:
    assert [len(one.split()) for one in sentences(plain(text))] == counts
