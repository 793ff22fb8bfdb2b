"""The texts that users read hold no retired words, and the reference pages link each term to the glossary.

What is retired is a sense, not a word: the patterns name the turns of phrase that had a private meaning.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sentencex import segment

import glossary_terms
from glossary_terms import DOCS, GLOSSARY, anchor, headings

REPOSITORY = DOCS.parent
PACKAGE = REPOSITORY / "tools" / "headmotif"
REFERENCE = ("commands.md", "formats.md", "evidence.md")
"""Pages on which the first use of each term is a link."""

RETIRED = {
    "null key": (
        r"\bweights? (that goes |goes |go )?(on|to) (nothing|no key)\b",
        r"\battention (that|which) means nothing\b",
        r"\bkeys? and nothing\b",
    ),
    "control network": (r"\b(heads?|networks?|models?) (that|which) knows? nothing\b", r"\bknow(s|ing)? nothing\b"),
    "bipartite": (r"\btwo[- ]blocks?\b", r"(?<!un)\bgapped\b", r"\bone block, or two\b"),
    "average precision": (r"\bPR-AUC\b",),
    "ablation": (r"\bsilenc(e|ed|es|ing)\b",),
    "reverse complement": (
        r"\bturned (strand|motif|sequence|about|round|where)\b",
        r"\b(reads|lies|stands) turned\b",
    ),
    "element": (r"[-−](10|35)(-like)? box(es)?\b", r"\b(pairs?|score|scan|length|motifs) of (the )?boxes\b"),
    "progress, message": (
        r"\btold (in|by|of|beside)\b",
        r"\b(is|are|was|were|be) told\b(?! apart)",
        r"\b(P|model|genome) (itself )?tells\b",
        r"\btells? (no|its|how|the|what|so|palindromes|nothing|a|where|it)\b",
        r"\blets? [^.]{1,60} tell\b",
    ),
    "tile": (r"\blaid (end to end|out|over|in|on)\b", r"\bstretch(es)? (are |is )?laid\b"),
    "scan": (r"\blooked up (in|as|where|there)\b", r"\blooks? (it|them|their motifs?|the motif) up\b"),
    "offset": (
        r"\bby[- ]place\b",
        r"\bplace by place\b",
        r"\bplaces? (of (a head|heads|one head)\b|that (a |the )?heads? )",
        r"\b(heads?'s?|one of its|look at each|different|single) places?\b(?! in it)",
        r"\bdistances?,? swapped\b|\bswapped distances?\b|\bsame distances\b",
        r"\bhabits? of distance\b|\bbeyond (its |their )?habits?\b",
        r"\b(look|looks|looking|looked) at -?\d",
    ),
    "top fraction": (
        r"\bstrongest (quarter|eighth|sixteenth|regions?|part|of (each|a|the) (group|place)|keys?|alone)\b",
    ),
    "k-mer embedding": (r"(?<![\w${.])stems?\b(?! *[=.(}])",),
    "simulated genome": (r"\bplanted genomes?\b", r"\bheadmotif plant\b"),
    "planted element": (r"\bplanted pieces?\b",),
    "circular contig": (
        r"\b(is|are|be|as) (a )?circles?\b",
        r"\b(a|the|on|of|over|round) circle('s)?( origin|'s rotation| goes)?\b",
        r"(?<![\w$\"])circles\b(?! *=)",
    ),
    "linear contig": (r"\btaken as lines\b", r"\bon a line\b"),
    "site density": (r"\bprevalences?\b",),
    "TF": (
        r"(?<!ranscription )(?<!igma )(?<!igma-)(?<!norms' )\b[Ff]actors?\b(?! of (about |some )?(two|three|ten|\d))",
    ),
    "sigma70": (r"\b[Ss]igma[- ]70\b",),
    "marginalisation": (r"\b(set|sets|put|puts) (alone )?in(to)? (\w+ )?shuffled promoters\b",),
    "replicate": (
        r"\b(models?|networks?) (trained )?(of|from) (an)?other seeds?\b",
        r"\brecurs? in (models|heads) of\b",
    ),
    "positional null": (r"\bchoices? swapped\b",),
    "memorise": (r"\bby heart\b",),
    "a number": (
        r"(?<!there )\bso many (sites|nucleotides|random|bases|positions|times|steps|"
        r"threads|nt|shuffled|regions|motifs|keys|calls|heads)\b",
        r"\bso (many|near|much) (to|of) (each other|a)\b",
    ),
}
"""Turns of phrase that are retired, by the term that stands for them now."""
PATTERNS = [(term, re.compile(pattern)) for term, patterns in RETIRED.items() for pattern in patterns]


def retired(text: str) -> list[str]:
    """What a text holds of the retired phrases: the term that stands for each now, and the words around it."""
    text = " ".join(text.split())
    found = []
    for term, pattern in PATTERNS:
        for match in pattern.finditer(text):
            around = text[max(0, match.start() - 30) : match.end() + 30]
            found.append(f"{term}: ...{around}...")
    return found


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("a key of no weight, and the weight on nothing", "null key"),
        ("more regions than heads that know nothing have", "control network"),
        ("a two-block motif", "bipartite"),
        ("PR-AUC 0.3", "average precision"),
        ("when the head is silenced", "ablation"),
        ("the best pair of -35 and -10 boxes", "element"),
        ("contigs laid end to end", "tile"),
        ("looked up in all of them", "scan"),
        ("the strongest sixteenth of the regions", "top fraction"),
        ("one position in 610, the prevalence", "site density"),
        ("whose name is a factor's", "TF"),
    ],
)
def test_a_retired_phrase_is_seen(text, term):
    assert any(one.startswith(f"{term}: ") for one in retired(text))


@pytest.mark.parametrize(
    "text",
    [
        "motif formats are told apart by their content",
        "a transcription factor, or a sigma factor",
        "faster by a factor of two",
        "an ungapped motif",
        "the null key",
        "the strongest of them",
        "a circular contig",
    ],
)
def test_a_plain_phrase_passes(text):
    assert retired(text) == []


def prose(markdown: str) -> str:
    """A page without its code."""
    return re.sub(r"^```.*?^```$|`[^`\n]*`", " ", markdown, flags=re.MULTILINE | re.DOTALL)


PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CHANGES.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted(DOCS.glob("*.md")),
    *sorted((PACKAGE / "builtin").glob("*.md")),
    REPOSITORY / "nextflow" / "README.md",
]
OTHERS = [
    *sorted((REPOSITORY / "galaxy").glob("*.xml")),
    *sorted((REPOSITORY / "galaxy" / "workflows").glob("*.gxwf.yml")),
    *sorted((REPOSITORY / "nextflow").rglob("*.config")),
    *sorted((REPOSITORY / "nextflow").rglob("*.nf")),
    *sorted((REPOSITORY / "nextflow").rglob("*.json")),
    *sorted((REPOSITORY / "nextflow").rglob("meta.yml")),
    REPOSITORY / "bioconda-recipe" / "meta.yaml",
    *sorted((PACKAGE / "report" / "pages").glob("report.*")),
]
MODULES = sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_has_no_retired_words(path):
    assert retired(prose(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", OTHERS, ids=named)
def test_a_skin_has_no_retired_words(path):
    assert retired(path.read_text(encoding="utf-8")) == []


def messages(tree: ast.Module) -> Iterator[str]:
    """Texts with a space in them that are no docstrings, f-strings in one piece: help, messages, what a page says."""
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in inside | loose and " " in str(node.value):
            yield str(node.value)


def docstrings(tree: ast.Module) -> Iterator[str]:
    """Docstrings of the module, of its public classes and functions, without the names that their sections list."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) or _is_private(node):
            continue
        yield re.sub(r"^\w+(, \w+)*$", "", ast.get_docstring(node) or "", flags=re.MULTILINE)
        waiting += [] if isinstance(node, ast.FunctionDef) else ast.iter_child_nodes(node)


def _is_private(node: ast.AST) -> bool:
    return getattr(node, "name", "").startswith("_")


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_help_and_messages_have_no_retired_words(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = [*messages(tree), *(docstrings(tree) if path.parent.name == "commands" else ())]
    assert [one for text in said for one in retired(text)] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent.name != "commands"], ids=named)
def test_public_docstrings_have_no_retired_words(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [one for text in docstrings(tree) for one in retired(text)] == []


def test_the_glossary_is_in_order():
    terms = glossary_terms.terms()
    keys = [" ".join(re.findall(r"[a-z0-9]+", re.sub(r"\(.*\)", "", term.lower()))) for term in terms]
    assert keys == sorted(keys)
    assert len({anchor(term) for term in terms}) == len(terms)


def test_an_entry_has_one_to_three_sentences():
    parts = re.split(r"^### .+$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    counts = {
        term: len(list(segment("en", " ".join(part.split()))))
        for term, part in zip(glossary_terms.terms(), parts, strict=True)
    }
    assert {term: count for term, count in counts.items() if not 1 <= count <= 3} == {}


@pytest.mark.parametrize("page", [page for page in REFERENCE if (DOCS / page).exists()])
def test_the_first_use_of_a_term_links_to_it(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = [f"{term}, line {text.count(chr(10), 0, start) + 1}" for term, start, _ in glossary_terms.unlinked(text)]
    assert lines == [], f"python tests/glossary_terms.py docs/{page} links them"


@pytest.mark.parametrize("path", [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))], ids=named)
def test_links_to_pages_and_anchors_lead_somewhere(path):
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        where, _, part = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        page = (path.parent / where) if where else path
        if not page.exists() or (part and page.suffix == ".md" and part not in anchors(page)):
            wrong.append(target)
    assert wrong == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings of all levels."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {anchor(re.sub(r"[`*]", "", heading)) for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)}


def test_headings_are_found():
    assert len(headings(GLOSSARY.read_text(encoding="utf-8"))) > 60
