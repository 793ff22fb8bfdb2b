"""pwm-compare: which known motifs do these look like?"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Output, Quiet, command, say
from ..errors import InputError, shown

if TYPE_CHECKING:
    from ..data import Motif
    from ..formats.motifs import MotifFile

FEW = 50
"""Tomtom, too, warns below this number of targets: the null is drawn from their columns."""

Query = Annotated[
    str,
    typer.Argument(metavar="QUERY", help="Motifs (MEME, JASPAR, TRANSFAC, Cluster-Buster, HOMER; - is stdin) or a consensus (TATAAT)."),
]
Targets = Annotated[list[str] | None, typer.Argument(metavar="[TARGET]...", help="Known motifs; without any, the built-in collection.")]
MaxQ = Annotated[float, typer.Option("--max-q", min=0.0, max=1.0, help="Report matches with q up to this; 1 reports every pair.")]
Best = Annotated[bool, typer.Option("--best", help="Report only the best target of each query.")]
MinOverlap = Annotated[int, typer.Option("--min-overlap", min=1, help="Fewest aligned columns (or the narrower motif's width).")]
Distance = Annotated[
    str, typer.Option("--distance", metavar="pearson|euclidean|kullback-leibler|allr", help="How the likeness of two columns is measured.")
]


def pwm_compare(
    query: Query,
    target: Targets = None,
    output: Output = "-",
    max_q: MaxQ = 0.5,
    best: Best = False,
    min_overlap: MinOverlap = 1,
    distance: Distance = "pearson",
    quiet: Quiet = False,
) -> None:
    """Compare motifs with known motifs, as Tomtom does: p, E and q of each pair, as TSV."""
    from ..formats import motifs, tables
    from ..steps.column_score import SCORES
    from ..steps.compare import compare, matches

    if distance not in SCORES:
        raise typer.BadParameter(f"{distance} is none of {', '.join(SCORES)}", param_hint="--distance")
    paths = target or [builtin_collection()]
    if [query, *paths].count("-") > 1:
        raise typer.BadParameter("standard input can be read only once", param_hint="-")

    queries = read_queries(query, quiet)
    files = [motifs.read(path) for path in paths]
    for path, file in zip(paths, files, strict=True):
        tell("targets", path, file, quiet)
    targets, renamed = motifs.unique_names([motif for file in files for motif in file.motifs])
    tell_renamed(renamed, quiet)
    if not targets:
        raise InputError(f"{', '.join(paths)}: no target has a matrix; give a file with motifs")
    if len(targets) < FEW:
        say(f"only {len(targets)} targets: p-values are drawn from their columns and are rough below {FEW}", quiet)

    found = compare(queries, targets, distance, min_overlap)
    result = matches(found, queries, targets, max_q, best)
    tables.write_matches(output, result)
    matched = len({match.query for match in result})
    say(f"{matched} of {len(queries)} queries match at q <= {max_q:.6g}; {len(result)} pairs of {found.p.size} reported", quiet)


def builtin_collection() -> str:
    """Where the built-in motifs lie."""
    from .. import builtin

    return os.path.join(os.path.dirname(builtin.__file__), "motifs.meme")


def read_queries(query: str, quiet: bool) -> "list[Motif]":
    """The motifs of the query file, or the one of a bare consensus where there is no such file."""
    from ..formats import motifs

    if query != "-" and not os.path.exists(query) and motifs.is_consensus(query):
        return [motifs.consensus(query)]
    file = motifs.read(query)
    tell("queries", query, file, quiet)
    if not file.motifs:
        say("there is no motif to compare: the result is a header alone", quiet)
    return list(file.motifs)


def tell(role: str, path: str, file: "MotifFile", quiet: bool) -> None:
    """Say what was read, and what was left out and why."""
    name = shown(path) if path == "-" else os.path.basename(path)
    say(f"{role}: {name}: {len(file.motifs)} motifs, {file.format}, sha256 {file.sha256[:12]}", quiet)
    for why in dict.fromkeys(why for _, why in file.skipped):
        names = [name for name, reason in file.skipped if reason == why]
        say(f"{role}: {name}: skipped {', '.join(names)}: {why}", quiet)
    tell_renamed(file.renamed, quiet)


def tell_renamed(renamed: Sequence[tuple[str, str]], quiet: bool) -> None:
    if renamed:
        say(f"names used twice, now {', '.join(new for _, new in renamed)}", quiet)


main = command(pwm_compare)
