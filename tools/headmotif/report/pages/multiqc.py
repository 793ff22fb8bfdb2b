"""The report for MultiQC, as custom content: a JSON file for each section.

MultiQC finds the files by the end of their names, _mqc.json. It writes cells into its page unchanged, so they are
escaped here. Names of sections are unescaped by MultiQC, and a script in them would run, so they hold no punctuation.
It cuts names of rows like file names, at slashes and at endings such as .bam and _fastqc, so row names here have
neither. Of two sections with the same id it shows one, so sections of several runs have ids of their own, made from the
titles. Scores of the whole run are rows of the general statistics.
"""

import hashlib
import math
import re
from collections.abc import Iterator

from markupsafe import escape

from ..contents.run import Row, Run
from ..figures import drawings

PARENT = {
    "parent_id": "headmotif",
    "parent_name": "headmotif",
    "parent_description": "What the attention heads of a model read.",
}
TITLE = "What the heads read"
"""The default title of a report."""
COLUMNS = {
    "head": ("Name", "Name of the head in this run", ""),
    "verdict": ("Verdict", "Verdict of the report on the head", ""),
    "peak_offset": (
        "Peak",
        "Offset where the weight at sites exceeds that at background positions most, nt",
        "{:,.0f}",
    ),
    "regions": ("Regions", "Sites with a region of this head", "{:,.0f}"),
    "motif": ("Motif", "Consensus of the motif", ""),
    "match": ("Match", "Known motif that matches best", ""),
    "q": ("q", "q of that match", "{:.2g}"),
    "delta_ap_ablated": ("Loss", "Change of average precision by ablation of the head", "{:.4f}"),
}


def sections(run: Run) -> Iterator[tuple[str, dict]]:
    """Make the sections: scores of the run, the heads, the promoter map.

    Parameters
    ----------
    run
        The contents of the report.

    Yields
    ------
    tuple
        File name and content.
    """
    mine = tag(run.title)
    if run.scores:
        yield f"headmotif_scores{mine}_mqc.json", _scores(run)
    yield f"headmotif_heads{mine}_mqc.json", _heads(run, mine)
    if run.profiles:
        yield f"headmotif_map{mine}_mqc.json", _map(run, mine)


def tag(title: str) -> str:
    """Make the part of ids and file names that distinguishes runs.

    Parameters
    ----------
    title
        Title of the report.

    Returns
    -------
    str
        A digest of the title; "" for the default title.
    """
    return "" if title == TITLE else "_" + hashlib.sha256(title.encode()).hexdigest()[:8]


def row_names(names: list[str]) -> list[str]:
    """Make row names that MultiQC neither cuts nor joins.

    Parameters
    ----------
    names
        The names.

    Returns
    -------
    list
        The names with a hyphen in place of everything but letters, digits and spaces; repeated names get -2, -3 and so
        on.
    """
    found: list[str] = []
    for name in names:
        one = plain = re.sub(r"[\W_]+", lambda found: " " if " " in found[0] else "-", name).strip("- ") or "-"
        number = 1
        while one.casefold() in (other.casefold() for other in found):
            number += 1
            one = f"{plain}-{number}"
        found.append(one)
    return found


def _scores(run: Run) -> dict:
    names = row_names([f"{run.title} {label}" for label in run.scores])
    rows = {
        name: {
            key: value
            for key in ("average_precision", "prevalence", "roc_auc")
            if _is_number(value := getattr(score, key))
        }
        for name, score in zip(names, run.scores.values(), strict=True)
    }
    headers: dict[str, dict] = {
        "average_precision": {
            "title": "AP",
            "description": f"Average precision on the {run.part} part",
            "format": "{:.3f}",
        },
        "prevalence": {"title": "Site density", "description": "What a random ranking reaches", "format": "{:.2g}"},
        "roc_auc": {"title": "ROC-AUC", "format": "{:.3f}"},
    }
    return {"id": "headmotif_scores", "plot_type": "generalstats", "headers": headers, "data": rows}


def _heads(run: Run, mine: str) -> dict:
    names = row_names([str(row["head"]) for row in run.rows])
    headers = {
        name: {"title": title, "description": words, "placement": 1000 + place} | ({"format": form} if form else {})
        for place, (name, (title, words, form)) in enumerate(COLUMNS.items())
    }  # without a placement, MultiQC sorts columns by name
    return {
        "id": f"headmotif_heads{mine}",
        **PARENT,
        "section_name": f"Heads: {row_names([run.title])[0]}" if mine else "Heads",
        "description": f"Every head of {escape(run.title)}, with its verdict.",
        "plot_type": "table",
        "pconfig": {
            "id": f"headmotif_heads{mine}_table",
            "title": "headmotif: heads",
            "col1_header": "Head",
            "no_violin": True,
        },
        "headers": headers,
        "data": {name: _cells(run, row) for name, row in zip(names, run.rows, strict=True)},
    }


def _cells(run: Run, row: Row) -> dict:
    verdict = run.verdicts[str(row["head"])]
    cells: dict[str, object] = {
        "head": str(escape(row["head"])),
        "verdict": str(escape(verdict.label)),
        "motif": str(escape(row.get("motif", ""))),
    }
    if verdict.match:
        cells |= {"match": str(escape(verdict.match.target)), "q": verdict.match.q}
    return cells | {
        name: row[name] for name in ("peak_offset", "regions", "delta_ap_ablated") if _is_number(row.get(name))
    }


def _map(run: Run, mine: str) -> dict:
    names, distance, sites, background = drawings.profiles(run.profiles)
    limit = max(float(abs(sites - background).max()), 2 / len(distance))  # as on the page
    plot = {
        "id": f"headmotif_map{mine}_plot",
        "title": "headmotif: promoter map",
        "xlab": "offset from the site (nt)",
        "ylab": "head",
    }
    more = {
        "square": False,
        "cluster_rows": False,
        "cluster_cols": False,
        "xcats_samples": False,
        "ycats_samples": False,
    }
    colours = {
        "min": -limit,
        "max": limit,
        "colstops": [[0, "#2166ac"], [0.5, "#f7f7f7"], [1, "#b2182b"]],
        "display_values": False,
    }
    return {
        "id": f"headmotif_map{mine}",
        **PARENT,
        "section_name": f"Promoter map: {row_names([run.title])[0]}" if mine else "Promoter map",
        "description": drawings.CAPTIONS["map_plain"],
        "plot_type": "heatmap",
        "pconfig": plot | more | colours,
        "xcats": [str(place) for place in distance.tolist()],
        "ycats": row_names(names),
        "data": [[float(f"{value:.4g}") for value in row] for row in (sites - background).tolist()],
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
