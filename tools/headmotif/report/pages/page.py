"""The page: one HTML text without a reference to anything outside itself. All that comes from files is escaped."""

import base64
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from ...data import Group, Match, Motif
from ...data.verdict import Example, Kind, Verdict
from ...formats.motifs import meme
from ..contents.run import Row, Run
from ..figures import drawings, logos, track
from . import tables

SHOWN_MATCHES = 3

Shown = tuple[str, Markup | None, Markup | None]
"""A match in words, the head's logo, and the known motif's; without logos where one of the two motifs is not given."""


@dataclass(frozen=True)
class Card:
    """What the page shows of one head."""

    name: str
    verdict: Verdict
    kind: str
    facts: Sequence[tuple[str, str, str]]
    profile: Markup | None
    logo: Markup | None
    matches: Sequence[Shown]
    further: Sequence[tuple[str, Markup, Sequence[Shown]]]
    examples: Sequence[tuple[str, Markup]]
    order: Mapping[str, float]


def render(run: Run) -> str:
    """The page of a run."""
    from importlib.resources import files

    from jinja2 import Environment, FunctionLoader, StrictUndefined

    here = files(__package__)
    environment = Environment(
        loader=FunctionLoader(lambda name: (here / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    environment.filters["tsv"] = tsv
    script = _tidy(
        (here / "report.js").read_text(encoding="utf-8")
    )  # as it will stand on the page: its digest lets it run
    figures = drawings.inline(run)
    cards = [_card(run, row, figures) for row in run.rows]
    text = environment.get_template("report.html").render(
        run=run,
        cards=cards,
        figures=figures,
        captions=drawings.CAPTIONS,
        glyphs=logos.glyphs() if any(card.logo or card.further for card in cards) else "",
        kinds=[(kind, slug(kind), n) for kind in Kind if (n := sum(card.verdict.kind == kind for card in cards))],
        groups=groups(run.rows),
        tables={name: (words, rows) for name, words, rows in tables.all_of(run)},
        meme=meme_file(run),
        loci=[track.words(locus) for locus in run.loci],
        style=Markup((here / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return _tidy(text)


def _tidy(text: str) -> str:
    """The text without empty lines and spaces at line ends."""
    return "".join(line.rstrip() + "\n" for line in text.split("\n") if line.strip())


def number(value: object) -> str:
    """A cell as people read it: three digits, a true minus sign, an en dash where there is nothing."""
    if isinstance(value, int | float):
        if math.isnan(value):
            return "–"
        whole = float(value).is_integer() and abs(value) < 1e15
        return (f"{value:,.0f}" if whole else f"{value:.3g}").replace("-", "−")
    return str(value) if value not in ("", None) else "–"


def tsv(rows: Sequence[Row]) -> str:
    """A table as the address of a download: tab-separated, as the commands write it."""
    breaks = str.maketrans("\t\n\r", "   ")

    def cell(value: object) -> str:
        return f"{value:.6g}" if isinstance(value, float) else str(value).translate(breaks)

    lines = ["\t".join(rows[0]), *("\t".join(map(cell, row.values())) for row in rows)] if rows else []
    text = "".join(line + "\n" for line in lines)
    return "data:text/tab-separated-values;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def meme_file(run: Run) -> str:
    """The heads' motifs as the address of a download, MEME; "" without motifs."""
    if not run.motifs:
        return ""
    return (
        "data:text/plain;charset=utf-8;base64,"
        + base64.b64encode(meme.text(list(run.motifs.values())).encode()).decode()
    )


def slug(text: str) -> str:
    """A kind as a class of the style sheet."""
    return text.replace(" ", "-")


def groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Heads that choose alike, groups of two or more, in the order of their numbers."""
    found: dict[float, list[Row]] = {}
    for row in rows:
        if isinstance(row.get("group"), float):
            found.setdefault(float(row["group"]), []).append(row)
    return [(f"{group:.0f}", mine) for group, mine in sorted(found.items()) if len(mine) > 1]


def _card(run: Run, row: Row, figures: Mapping[str, Markup]) -> Card:
    name = str(row["head"])
    motif = run.motifs.get(name)
    verdict = run.verdicts[name]
    further = [
        one
        for other, one in run.motifs.items()
        if other != name and other not in run.verdicts and Group.parse(other).head == name
    ]
    return Card(
        name=name,
        verdict=verdict,
        kind=slug(verdict.kind),
        facts=facts(run, row),
        profile=figures.get(f"profile {name}"),
        logo=_logo(motif) if motif is not None else None,
        matches=_matches(run, name),
        further=[(one.name, _logo(one), _matches(run, one.name)[:1]) for one in further],
        examples=[example(one) for one in run.examples.get(name, ())],
        order={key: float(row.get(key, math.nan)) for key in ("peak", "regions", "ap_zero")},
    )


def _logo(motif: Motif) -> Markup:
    return logos.drawn(motif, f"Motif of {motif.name}, information in bits", size=1.5)


def _matches(run: Run, name: str) -> list[Shown]:
    """The best known motifs of one of the heads' motifs."""
    motif = run.motifs.get(name)
    shown: list[Shown] = []
    for match in sorted((m for m in run.matches if m.query == name), key=lambda m: (m.q, m.p))[:SHOWN_MATCHES]:
        words = match_words(match)
        target = run.targets.get(match.target)
        if motif is None or target is None:
            shown.append((words, None, None))
        else:
            title = f"{name} and {match.target}"
            shown.append((words, *logos.aligned(motif, target, match.offset, match.orientation == "-", title)))
    return shown


def match_words(match: Match) -> str:
    """A match in a line."""
    return f"{match.target}: q = {match.q:.2g}, p = {match.p:.2g}, strand {match.orientation}".replace(
        "strand -", "strand −"
    )


def facts(run: Run, row: Row) -> list[tuple[str, str, str]]:
    """What is known of a head in numbers, a line each: what, how much, and its interval or control."""
    return [*_facts(row), *_drop(run, str(row["head"]))]


def _facts(row: Row) -> Iterable[tuple[str, str, str]]:
    """What the table says of a head, in a few lines: what, how much, and its interval or control."""

    def has(*names: str) -> bool:
        return all(isinstance(row.get(name), float) and not math.isnan(float(row[name])) for name in names)

    def signed(name: str, form: str = ".3f") -> str:
        return f"{float(row[name]):+{form}}".replace("-", "−")

    def interval(name: str, form: str = ".3f") -> str:
        return f"({signed(f'{name}_low', form)} to {signed(f'{name}_high', form)})"

    if has("peak"):
        yield "Largest gain at", f"{signed('peak', '.0f')} nt", ""
    if has("regions"):
        yield (
            "Sites with a region",
            f"{float(row['regions']):,.0f}",
            f"({float(row['chance']):,.0f} by chance)" if has("chance") else "",
        )
    if row.get("motif"):
        yield "Beyond the positional null", f"p = {float(row['motif_p']):.2g}" if has("motif_p") else "not tested", ""
    for column, what in (("ap_zero", "Average precision without it"), ("logit_zero", "Logit of sites without it")):
        if has(column, f"{column}_low", f"{column}_high"):
            yield what, signed(column), interval(column)
    if has("motif_effect", "motif_low", "motif_high"):
        yield "Logit with the motif alone", signed("motif_effect", ".2f"), interval("motif", ".2f")
    if has("motif_effect", "motif_control"):
        yield "The same, columns shuffled", signed("motif_control", ".2f"), ""
    if has("models", "recurs") and float(row["models"]):
        yield "Recurs in other seeds", f"{float(row['recurs']):.0f} of {float(row['models']):.0f}", ""
    if row.get("like") and has("agreement"):
        yield "Most like", str(row["like"]), f"(agreement {float(row['agreement']):.2f})"


def _drop(run: Run, name: str) -> Iterable[tuple[str, str, str]]:
    """What in-silico mutagenesis says of a head's regions: does the score fall where the head looks?"""
    if name in run.drops:
        median, share, number_of = run.drops[name]
        yield (
            "Logit with its regions mutated",
            f"{-median:+.2f}".replace("-", "−"),
            f"(lower in {share:.0%} of {number_of:,})",
        )


def example(one: Example) -> tuple[str, Markup]:
    """Where a site is (1-based), and its surroundings with the attended bases marked."""
    parts = []
    at = 0
    marked = np.zeros(len(one.sequence), bool)
    marked[one.start : one.end] = True
    while at < len(one.sequence):
        end = at + 1
        if marked[at]:
            parts.append(Markup('<b class="{0}">{0}</b>').format(one.sequence[at]))
        elif at == one.site:
            parts.append(Markup("<i>{}</i>").format(one.sequence[at]))
        else:
            while end < len(one.sequence) and not marked[end] and end != one.site:
                end += 1
            parts.append(Markup("{}").format(one.sequence[at:end]))
        at = end
    return f"{one.contig}:{one.position + 1:,} {'+' if one.strand > 0 else '−'}", Markup("").join(parts)
