"""The page: one HTML text that refers to nothing outside itself. All text that comes from files is escaped."""

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
"""A match in words, the logo of the head and that of the known motif; no logos if one of the motifs is missing."""


@dataclass(frozen=True)
class Card:
    """What the page shows of a head.

    Attributes
    ----------
    name
        Name of the head.
    verdict
        The verdict.
    kind
        The kind of the verdict as a class of the style sheet.
    facts
        Measurements, each as label, value, and interval or control.
    profile
        Figure of the profile; None without the table of profiles.
    logo
        Logo of the motif; None without a motif.
    matches
        The best matches.
    further
        Further motifs of the head: name, logo and best match.
    examples
        Example sites: position, and letters with the attended bases marked.
    order
        Values that cards can be sorted by.
    """

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
    """Render the page.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    str
        The HTML.
    """
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
    figures = drawings.embed_figures(run)
    cards = [_card(run, row, figures) for row in run.rows]
    text = environment.get_template("report.html").render(
        run=run,
        cards=cards,
        figures=figures,
        captions=drawings.CAPTIONS,
        glyphs=logos.draw_glyphs() if any(card.logo or card.further for card in cards) else "",
        kinds=[(kind, slug(kind), n) for kind in Kind if (n := sum(card.verdict.kind == kind for card in cards))],
        groups=groups(run.rows),
        tables={name: (words, rows) for name, words, rows in tables.list_tables(run)},
        meme=meme_file(run),
        loci=[track.describe(locus) for locus in run.loci],
        style=Markup((here / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return _tidy(text)


def _tidy(text: str) -> str:
    """The text without empty lines and without spaces at the end of lines."""
    return "".join(line.rstrip() + "\n" for line in text.split("\n") if line.strip())


def number(value: object) -> str:
    """Format a cell for people.

    Parameters
    ----------
    value
        Content of the cell.

    Returns
    -------
    str
        A number with three digits and a true minus sign; an en dash for NaN and for an empty cell.
    """
    if isinstance(value, int | float):
        if math.isnan(value):
            return "–"
        whole = float(value).is_integer() and abs(value) < 1e15
        return (f"{value:,.0f}" if whole else f"{value:.3g}").replace("-", "−")
    return str(value) if value not in ("", None) else "–"


def tsv(rows: Sequence[Row]) -> str:
    """Encode a table as the address of a download.

    Parameters
    ----------
    rows
        Rows of the table.

    Returns
    -------
    str
        A data URL of tab-separated text, as the commands write it.
    """
    breaks = str.maketrans("\t\n\r", "   ")

    def cell(value: object) -> str:
        return f"{value:.6g}" if isinstance(value, float) else str(value).translate(breaks)

    lines = ["\t".join(rows[0]), *("\t".join(map(cell, row.values())) for row in rows)] if rows else []
    text = "".join(line + "\n" for line in lines)
    return "data:text/tab-separated-values;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def meme_file(run: Run) -> str:
    """Encode the motifs as the address of a download.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    str
        A data URL of a MEME file; "" without motifs.
    """
    if not run.motifs:
        return ""
    return (
        "data:text/plain;charset=utf-8;base64,"
        + base64.b64encode(meme.text(list(run.motifs.values())).encode()).decode()
    )


def slug(text: str) -> str:
    """Turn a kind of verdicts into a class of the style sheet.

    Parameters
    ----------
    text
        The kind.

    Returns
    -------
    str
        The kind with hyphens for spaces.
    """
    return text.replace(" ", "-")


def groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """List the groups of two or more heads that choose the same bases.

    Parameters
    ----------
    rows
        Rows of score-heads' table.

    Returns
    -------
    list
        Number and rows of each group, by number.
    """
    found: dict[float, list[Row]] = {}
    for row in rows:
        if isinstance(row.get("head_group"), float):
            found.setdefault(float(row["head_group"]), []).append(row)
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
        order={key: float(row.get(key, math.nan)) for key in ("peak_offset", "regions", "delta_ap_ablated")},
    )


def _logo(motif: Motif) -> Markup:
    return logos.draw_logo(motif, f"Motif of {motif.name}, information in bits", size=1.5)


def _matches(run: Run, name: str) -> list[Shown]:
    """The best matches of one motif of a head."""
    motif = run.motifs.get(name)
    shown: list[Shown] = []
    for match in sorted((m for m in run.matches if m.query == name), key=lambda m: (m.q, m.p))[:SHOWN_MATCHES]:
        words = match_words(match)
        target = run.targets.get(match.target)
        if motif is None or target is None:
            shown.append((words, None, None))
        else:
            title = f"{name} and {match.target}"
            shown.append((words, *logos.draw_aligned(motif, target, match.offset, match.orientation == "-", title)))
    return shown


def match_words(match: Match) -> str:
    """Describe a match in a line.

    Parameters
    ----------
    match
        The match.

    Returns
    -------
    str
        Known motif, q, p and strand.
    """
    return f"{match.target}: q = {match.q:.2g}, p = {match.p:.2g}, strand {match.orientation}".replace(
        "strand -", "strand −"
    )


def facts(run: Run, row: Row) -> list[tuple[str, str, str]]:
    """List what was measured of a head.

    Parameters
    ----------
    run
        The contents of the report.
    row
        The row of the head.

    Returns
    -------
    list
        Label, value, and interval or control ("" without one) of each measurement.
    """
    return [*_facts(row), *_drop(run, str(row["head"]))]


def _facts(row: Row) -> Iterable[tuple[str, str, str]]:
    """What the table of heads says about a head."""

    def has(*names: str) -> bool:
        return all(isinstance(row.get(name), float) and not math.isnan(float(row[name])) for name in names)

    def format_signed(name: str, form: str = ".3f") -> str:
        return f"{float(row[name]):+{form}}".replace("-", "−")

    def format_interval(name: str, form: str = ".3f") -> str:
        return f"({format_signed(f'{name}_low', form)} to {format_signed(f'{name}_high', form)})"

    if has("peak_offset"):
        yield "Peak", f"{format_signed('peak_offset', '.0f')} nt", ""
    if has("regions"):
        yield (
            "Sites with a region",
            f"{float(row['regions']):,.0f}",
            f"({float(row['regions_by_chance']):,.0f} in control networks)" if has("regions_by_chance") else "",
        )
    if row.get("motif"):
        yield "Positional null", f"p = {float(row['motif_p']):.2g}" if has("motif_p") else "not tested", ""
    for column, what in (
        ("delta_ap_ablated", "Change of average precision by ablation"),
        ("delta_logit_ablated", "Change of logit by ablation"),
    ):
        if has(column, f"{column}_low", f"{column}_high"):
            yield what, format_signed(column), format_interval(column)
    if has("marginal_delta_logit", "marginal_delta_logit_low", "marginal_delta_logit_high"):
        yield (
            "Change of logit by the motif alone",
            format_signed("marginal_delta_logit", ".2f"),
            format_interval("marginal_delta_logit", ".2f"),
        )
    if has("marginal_delta_logit", "marginal_delta_logit_control"):
        yield "Change of logit by the shuffled motif", format_signed("marginal_delta_logit_control", ".2f"), ""
    if has("replicates", "replicates_recurring") and float(row["replicates"]):
        yield "Recurs in replicates", f"{float(row['replicates_recurring']):.0f} of {float(row['replicates']):.0f}", ""
    if row.get("most_similar_head") and has("agreement"):
        yield "Most similar head", str(row["most_similar_head"]), f"(agreement {float(row['agreement']):.2f})"


def _drop(run: Run, name: str) -> Iterable[tuple[str, str, str]]:
    """What in-silico mutagenesis says about the regions of a head."""
    if name in run.drops:
        median, share, number_of = run.drops[name]
        yield (
            "Change of logit by mutagenesis",
            f"{-median:+.2f}".replace("-", "−"),
            f"(lower in {share:.0%} of {number_of:,} regions)",
        )


def example(one: Example) -> tuple[str, Markup]:
    """Render an example site.

    Parameters
    ----------
    one
        The example.

    Returns
    -------
    tuple
        The position (1-based) with its strand, and the sequence with the attended bases and the site marked.
    """
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
