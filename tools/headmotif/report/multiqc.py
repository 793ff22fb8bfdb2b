"""The report for MultiQC: custom content, a JSON file a section, whose names end in _mqc.json as MultiQC looks for them.

MultiQC writes names into its page as they are, so they are escaped here.
"""

import math
from collections.abc import Iterator

from markupsafe import escape

from . import drawings
from .run import Row, Run

PARENT = {"parent_id": "headmotif", "parent_name": "headmotif", "parent_description": "What the attention heads of an annotator read."}
COLUMNS = {
    "verdict": ("Verdict", "What may be said of the head", ""),
    "peak": ("Peak", "Distance from the site with the largest gain of attention, nt", "{:,.0f}"),
    "regions": ("Regions", "Sites with a region of this head", "{:,.0f}"),
    "motif": ("Motif", "Consensus of the motif", ""),
    "match": ("Match", "Best known motif", ""),
    "q": ("q", "q of that match", "{:.2g}"),
    "ap_zero": ("Loss", "Change of average precision when the head is silenced", "{:.4f}"),
}


def sections(run: Run) -> Iterator[tuple[str, dict]]:
    """File names and what is in them: general figures of the run, the heads, the promoter map."""
    if scores := run.metrics.get("metrics", {}).get(run.part, {}):
        yield "headmotif_scores_mqc.json", _scores(run, scores)
    yield "headmotif_heads_mqc.json", _heads(run)
    if run.profiles:
        yield "headmotif_map_mqc.json", _map(run)


def _scores(run: Run, scores: dict) -> dict:
    rows = {
        f"{escape(run.title)} {escape(label)}": {
            name: float(score[name]) for name in ("average_precision", "prevalence", "roc_auc") if _is_number(score.get(name))
        }
        for label, score in scores.items()
    }
    headers: dict[str, dict] = {
        "average_precision": {"title": "AP", "description": f"Average precision on the {run.part} part", "format": "{:.3f}"},
        "prevalence": {"title": "Prevalence", "description": "What guessing reaches", "format": "{:.2g}"},
        "roc_auc": {"title": "ROC-AUC", "format": "{:.3f}"},
    }
    return {"id": "headmotif_scores", "plot_type": "generalstats", "headers": headers, "data": rows}


def _heads(run: Run) -> dict:
    headers = {
        name: {"title": title, "description": words, "placement": 1000 + place} | ({"format": form} if form else {})
        for place, (name, (title, words, form)) in enumerate(COLUMNS.items())
    }  # without a place of its own, a column stands where the alphabet puts it
    return {
        "id": "headmotif_heads",
        **PARENT,
        "section_name": "Heads",
        "description": f"Every head of {escape(run.title)}, with its verdict.",
        "plot_type": "table",
        "pconfig": {"id": "headmotif_heads_table", "title": "headmotif: heads", "col1_header": "Head", "no_violin": True},
        "headers": headers,
        "data": {str(escape(row["head"])): _cells(run, row) for row in run.rows},
    }


def _cells(run: Run, row: Row) -> dict:
    verdict = run.verdicts[str(row["head"])]
    cells: dict[str, object] = {"verdict": str(escape(verdict.label)), "motif": str(escape(row.get("motif", "")))}
    if verdict.match:
        cells |= {"match": str(escape(verdict.match.target)), "q": verdict.match.q}
    return cells | {name: row[name] for name in ("peak", "regions", "ap_zero") if _is_number(row.get(name))}


def _map(run: Run) -> dict:
    names, distance, sites, background = drawings.profiles(run.profiles)
    limit = max(float(abs(sites - background).max()), 2 / len(distance))  # as on the page
    plot = {"id": "headmotif_map_plot", "title": "headmotif: promoter map", "xlab": "distance from the site (nt)", "ylab": "head"}
    more = {"square": False, "cluster_rows": False, "cluster_cols": False, "xcats_samples": False, "ycats_samples": False}
    colours = {"min": -limit, "max": limit, "colstops": [[0, "#2166ac"], [0.5, "#f7f7f7"], [1, "#b2182b"]], "display_values": False}
    return {
        "id": "headmotif_map",
        **PARENT,
        "section_name": "Promoter map",
        "description": drawings.CAPTIONS["map_plain"],
        "plot_type": "heatmap",
        "pconfig": plot | more | colours,
        "xcats": [str(place) for place in distance.tolist()],
        "ycats": [str(escape(name)) for name in names],
        "data": [[float(f"{value:.4g}") for value in row] for row in (sites - background).tolist()],
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
