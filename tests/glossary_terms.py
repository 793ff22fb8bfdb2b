"""The terms of docs/glossary.md, and where a page uses them first.

python tests/glossary_terms.py docs/commands.md ...    links the first use of each term on these pages
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
GLOSSARY = DOCS / "glossary.md"
FORMS = {
    "Attention head": ("attention head", "head"),
    "Consensus sites": ("consensus site",),
    "P (probability)": ("P",),
    "Positional null": ("positional null", "offset-permuted null"),
    "Site density": ("site density", "TSS density"),
    "TF": ("TF", "transcription factor"),
    "TSS": ("TSS", "transcription start site"),
}
"""How a term is written in a text, where that is not its heading."""
AS_WRITTEN = {"P", "q", "F1", "PWM", "TF", "TSS"}
"""Forms that count only in this case."""
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)\)")
HIDDEN = re.compile(r"`[^`\n]*`|<!--.*?-->|https?://\S+", re.DOTALL)
"""What is no prose: code, comments, addresses."""


def headings(text: str) -> list[str]:
    """The headings of the third level."""
    return re.findall(r"^### (.+)$", text, re.MULTILINE)


def terms() -> list[str]:
    return headings(GLOSSARY.read_text(encoding="utf-8"))


def anchor(heading: str) -> str:
    """The anchor that GitHub and MyST give a heading.

    >>> anchor("P (probability)"), anchor("5' UTR"), anchor("Extended -10")
    ('p-probability', '5-utr', 'extended--10')
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _patterns() -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds the terms, the longest first, and the term of each form (in small letters, but for AS_WRITTEN)."""
    of_form: dict[str, str] = {}
    for term in terms():
        for form in FORMS.get(term, (term,)):
            of_form[form if form in AS_WRITTEN else form.lower()] = term
    words = []
    for form in sorted(of_form, key=len, reverse=True):
        word = re.escape(form) if form in AS_WRITTEN - {"TF", "TSS", "PWM"} else re.escape(form) + "s?"
        words.append(word if form in AS_WRITTEN else f"(?i:{word})")
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(words)})(?![\w'-])"), of_form


def uses(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Term, start, end and the link's target ("" none) of each use of a term in a page's prose, in its order.

    Headings, code, comments and the heads of tables do not count, nor does the text of a link to something else.
    """
    find, of_form = _patterns()
    prose = _prose(text)
    links = [(m.start(1), m.end(1), m[2]) for m in LINK.finditer(prose)]
    targets = [(m.start(2), m.end(2)) for m in LINK.finditer(prose)]
    for m in find.finditer(prose):
        if any(low <= m.start() < high for low, high in targets):
            continue
        target = next((where for low, high, where in links if low <= m.start() < high), "")
        if target and not target.startswith("glossary.md#"):
            continue
        word = m[0] if m[0] in of_form else m[0].lower()
        word = word if word in of_form else m[0].removesuffix("s") if m[0].removesuffix("s") in of_form else word
        yield of_form.get(word) or of_form[word.removesuffix("s")], m.start(), m.end(), target


def _prose(text: str) -> str:
    """The text with everything that is no prose blanked out, character by character."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    text = re.sub(r"^```.*?^```$", blank, text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^#+ .*$", blank, text, flags=re.MULTILINE)
    text = re.sub(r"^\|.*\|\n\|[-| :]+\|$", blank, text, flags=re.MULTILINE)
    return HIDDEN.sub(blank, text)


def unlinked(text: str) -> list[tuple[str, int, int]]:
    """Term, start and end of each first use that does not link to the term's entry."""
    seen: set[str] = set()
    found = []
    for term, start, end, target in uses(text):
        if term in seen:
            continue
        seen.add(term)
        if target != f"glossary.md#{anchor(term)}":
            found.append((term, start, end))
    return found


def linked(text: str) -> str:
    """The page with each term's first use linked."""
    for term, start, end in reversed(unlinked(text)):
        text = f"{text[:start]}[{text[start:end]}](glossary.md#{anchor(term)}){text[end:]}"
    return text


def main(pages: list[str]) -> None:
    for page in map(Path, pages):
        page.write_text(linked(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
