"""Tables, summaries for programs, motifs and other texts."""

import json
import re
from typing import Any

from ...errors import FormatError
from .. import files
from ..features import site_table
from ..inputs import motif_files, site_files
from ..tables import manifest, tsv, user_table
from .facts import SHOWN, Facts, list_leaves, show_names, show_range

TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("matches of motifs", tuple(tsv.MATCH_COLUMNS)),
    ("calls", ("contig", "start", "end", "name", "strand", "probability")),
    ("genes and their starts", ("contig", "gene", "tss", "called", "utr5_nt")),
    ("audit of sites", ("contig", "start", "verdict", "best_offset_nt")),
    ("variants and their effects", ("contig", "position", "ref", "alt", "effect")),
    ("agreement of site sets", ("first", "second", "strand", "window_nt", "jaccard")),
    ("distances between site sets", ("set", "other", "distance_nt")),
    ("matrix of site sets", ("set", "measure")),
    ("checks of site sets", ("set", "strand", "minus10", "verdict")),
    ("scores of predictions", ("prediction", "kind", "site_class", "average_precision")),
    ("curve of predictions", ("prediction", "threshold", "precision", "recall")),
    ("heads", ("head", "reach_nt", "peak_offset", "verdict")),
    ("profiles of heads", ("head", "offset", "weight_sites")),
    ("pairs of heads", ("first_head", "second_head", "spacing_nt")),
    ("correlation of the strands", ("distance_nt", "correlation", "correlation_corrected")),
    ("training history", ("step", "loss", "validation_loss")),
    ("motifs of groups", ("group", "regions", "nsites", "consensus", "verdict")),
    ("clusters of motifs", ("group", "motif", "representative")),
    ("recovered elements", ("element", "found", "planted", "recall")),
    ("status of samples", ("sample", "status", "problem")),
    ("sample sheet", ("sample", "genome")),
    ("groups of motifs", ("motif", "group")),
)
"""The tables that headmotif reads or writes, and the columns that tell each; the first that fits counts."""


def describe_table(path: str, name: str) -> Facts:
    """Describe a table.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format; the header knows it better.

    Returns
    -------
    Facts
        Its kind, rows and columns, and the range of the columns that hold numbers.

    Raises
    ------
    FormatError
        With the line, if the table is malformed.
    """
    text = files.read_text(path)
    table = user_table.parse(text, path, site_table.is_header)
    columns = {name: [cells[i] for _, cells in table.rows] for i, name in enumerate(table.header)}
    style = "TSV" if table.separator == "\t" else "CSV"
    kind = next((kind for kind, needed in TABLES if set(needed) <= set(columns)), "")
    if not kind and (site_table.is_header(table.names) or site_files.recognise_table(text)):
        kind, style = "sites", site_files.recognise_table(text) or style
    facts: Facts = [("file", f"{kind or 'table'} ({style})"), ("rows", f"{len(table.rows):,}")]
    facts.append(("columns", ", ".join(columns)))
    if "contig" in columns:
        facts.append(("contigs", show_names(dict.fromkeys(columns["contig"]))))
    numbers = {one: _numbers(cells) for one, cells in columns.items() if one not in ("contig", "name", "sample", "id")}
    return facts + [(f"column {one}", show_range(values)) for one, values in numbers.items() if values][:SHOWN]


def _numbers(cells: list[str]) -> list[float]:
    """The numbers of a column; none if it holds anything else."""
    try:
        return [float(cell) for cell in cells if cell not in ("", ".", "nan", "NA")]
    except ValueError:
        return []


def describe_motifs(path: str, name: str) -> Facts:
    """Describe a motif file.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format; the reader knows it with its version.

    Returns
    -------
    Facts
        Its motifs.

    Raises
    ------
    FormatError
        With the line, if the file is malformed.
    """
    found = motif_files.read(path)
    facts: Facts = [("file", f"motifs ({found.format})"), ("motifs", len(found.motifs))]
    facts += [
        (m.name, f"{len(m)} columns" + (f", {m.nsites:g} sites" if m.nsites == m.nsites else "")) for m in found.motifs
    ]
    return facts + [(f"without a matrix: {one}", why) for one, why in found.skipped]


def describe_json(path: str, name: str) -> Facts:
    """Describe a JSON file: a manifest, metrics, a session of igv.js, a section for MultiQC, or another.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        What it holds.

    Raises
    ------
    FormatError
        With the line, if it is no JSON.
    """
    try:
        tree = json.loads(files.read_text(path))
    except json.JSONDecodeError as error:
        raise FormatError(path, error.lineno, f"this is not JSON ({error.msg}); make the file again") from None
    except RecursionError:
        raise FormatError(path, None, "this JSON is nested too deeply; make the file again") from None
    if not isinstance(tree, dict):
        return [("file", name), ("values", f"{len(tree):,}" if isinstance(tree, list) else tree)]
    kind, said = _explain_object(tree)
    return [("file", f"{kind} ({name})"), *said] if kind else [("file", name), ("keys", show_names(tree))]


def _explain_object(tree: dict[str, Any]) -> tuple[str, Facts]:
    """The kind of an object and what it holds; "" for an unknown one."""
    listed = tree.get("files")
    if tree.get("format") == manifest.FORMAT and isinstance(listed, dict):
        return "manifest of a run", [("version", tree.get("version")), *sorted(listed.items())]
    if {"run", "threshold", "fit"} <= set(tree):
        return "metrics of calls", [("threshold", tree["threshold"]), *list_leaves(tree["fit"])]
    if {"verdicts_nearby", "starts"} <= set(tree):
        return "audit of a list of sites", [*list_leaves(tree)]
    if {"config", "metrics"} <= set(tree):
        return "metrics of training", [*list_leaves(tree["config"]), *list_leaves(tree["metrics"])]
    tracks = tree.get("tracks")
    if "reference" in tree and isinstance(tracks, list):
        names = [str(one.get("name", "")) for one in tracks if isinstance(one, dict)]
        return "session of igv.js", [*list_leaves(tree["reference"], "genome"), ("tracks", show_names(names))]
    if "plot_type" in tree and "id" in tree:
        data = tree.get("data")
        rows = [("rows", f"{len(data):,}")] if isinstance(data, dict | list) else []
        return "section for MultiQC", [("id", tree["id"]), *rows]
    return "", []


def describe_text(path: str, name: str) -> Facts:
    """Describe a report, a hub, or the notes on a browser folder.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        Its title or its tracks.
    """
    text = files.read_text(path)
    facts: Facts = [("file", name)]
    if title := re.search(r"<title>(.*?)</title>", text, re.DOTALL):
        version = re.search(r"Made by head-report, headmotif ([\w.+-]+?)\.?</p>", text)
        facts += [("title", " ".join(title[1].split())), ("version of headmotif", version[1] if version else "unknown")]
    if genome := re.search(r"^twoBitPath (.*)", text, re.MULTILINE):
        facts += [("genome", genome[1]), ("tracks", show_names(re.findall(r"^bigDataUrl (.*)", text, re.MULTILINE)))]
    return facts
