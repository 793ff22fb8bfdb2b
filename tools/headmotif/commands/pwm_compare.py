"""pwm-compare: from motifs to the known motifs that they resemble."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Manifest, Output, Quiet, Threads, command, conclude, count_usable_threads, say, write_word
from ..errors import InputError, show_path

if TYPE_CHECKING:
    import numpy as np

    from ..data import Motif
    from ..formats.inputs.motif_files import MotifFile
    from ..steps.comparison.cluster import Clusters

FEW = 50
"""Tomtom, too, warns below this number of targets: the null is drawn from their columns. Only of targets that the user
gave, who can give more."""

Query = Annotated[
    str,
    typer.Argument(
        metavar="QUERY",
        help="Motifs as MEME, JASPAR, TRANSFAC, Cluster-Buster or HOMER, or a consensus such as TATAAT; - is standard "
        "input.",
    ),
]
Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TARGET]...", help="Known motifs, in any of these formats; default: the built-in collection."
    ),
]
MaxQ = Annotated[float, typer.Option("--max-q", min=0.0, max=1.0, help="Largest q of a match; 1 reports every pair.")]
Best = Annotated[bool, typer.Option("--best", help="Report only the best target of each query.")]
MinOverlap = Annotated[
    int,
    typer.Option(
        "--min-overlap", min=1, help="Smallest number of aligned columns; a narrower motif must align completely."
    ),
]
Distance = Annotated[
    str,
    typer.Option(
        "--distance",
        metavar="pearson|euclidean|kullback-leibler|allr",
        help="Measure of the similarity of two columns.",
    ),
]
Group = Annotated[
    str,
    typer.Option(
        "--group",
        metavar="name|FILE",
        help="Groups of targets that count as one, such as all motifs of one TF: by name, or by a table (TSV) with "
        "the columns motif and group.",
    ),
]
Cluster = Annotated[str, typer.Option("--cluster", metavar="FILE", help="Clusters of similar queries, TSV.")]
ClusterMotifs = Annotated[
    str, typer.Option("--cluster-motifs", metavar="FILE", help="Averaged motif of each cluster, MEME.")
]
ClusterP = Annotated[
    float,
    typer.Option(
        "--cluster-p",
        min=0.0,
        max=1.0,
        help="Largest p at which two clusters are joined, as the geometric mean over the pairs of their motifs.",
    ),
]


def pwm_compare(
    query: Query,
    target: Targets = None,
    output: Output = "-",
    max_q: MaxQ = 0.5,
    best: Best = False,
    min_overlap: MinOverlap = 1,
    distance: Distance = "pearson",
    group: Group = "",
    cluster: Cluster = "",
    cluster_motifs: ClusterMotifs = "",
    cluster_p: ClusterP = 1e-3,
    manifest: Manifest = "",
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Compare motifs with known motifs, by the method of Tomtom.

    The table (TSV) has p, E and q for each pair of a query and a target.

    With --group, the best target of each group stands for the group, and its p is corrected for the size of the
    group. E and q count groups, and the table has the column Target_group. With --cluster, each query is also compared
    with all other queries, and every query is in the table of clusters.
    """
    from ..builtin import MOTIFS
    from ..formats.tables import tsv
    from ..steps.comparison import cluster as clusters
    from ..steps.comparison.column_scores import SCORES
    from ..steps.comparison.listing import tabulate
    from ..steps.comparison.tomtom import compare

    if distance not in SCORES:
        raise typer.BadParameter(f"{distance} is none of {', '.join(SCORES)}", param_hint="--distance")
    if [output, cluster, cluster_motifs].count("-") > 1:
        raise typer.BadParameter(
            "only one result can go to standard output; give a file for the others", param_hint="-"
        )

    queries = read_queries(query, quiet)
    targets = read_targets(target or [str(MOTIFS)], bool(target), quiet)
    groups = group_targets(targets, group, quiet) if group else []

    workers = count_usable_threads(threads)
    found = compare(queries, targets, distance, min_overlap, workers)
    if group:
        from ..steps.comparison.factors import combine_by_group, tabulate_groups

        counted = combine_by_group(found, targets, groups)
        table, names = tabulate_groups(counted, found, queries, targets, max_q, best), list(counted.names)
        p, q = counted.p, counted.q
    else:
        table, names = tabulate(found, queries, targets, max_q, best), [one.name for one in targets]
        p, q = found.p, found.q
    tsv.write_match_table(output, table)
    for line in _describe_matches([str(name) for name in table["query"]], (p, q), queries, names, max_q):
        say(line, quiet)
    if cluster or cluster_motifs:
        grouped = clusters.cluster(queries, targets, cluster_p, distance, min_overlap, workers)
        write_clusters(grouped, queries, cluster, cluster_motifs, cluster_p, quiet)
    _conclude(output, (cluster, cluster_motifs), (len(table["query"]), len(queries)), query, manifest, quiet)


def _describe_matches(
    matched: Sequence[str],
    of_pairs: "tuple[np.ndarray, np.ndarray]",
    queries: "Sequence[Motif]",
    targets: Sequence[str],
    max_q: float,
) -> list[str]:
    """How many queries match, or why none does. matched: the query of each match; of_pairs: p and q of each query with
    each target, or its group."""
    from ..steps.comparison.no_matches import explain_no_matches

    p, q = of_pairs
    count = f"{len(set(matched))} of {len(queries)} queries match with q of at most {max_q:.6g}"
    why_none = [] if matched else [explain_no_matches(p, q, [query.name for query in queries], targets)]
    return [f"{count}; {len(matched)} of {q.size} pairs reported", *why_none]


def _conclude(
    output: str, clusters: tuple[str, str], counts: tuple[int, int], query: str, manifest: str, quiet: bool
) -> None:
    from ..formats.tables import manifest as manifests

    manifests.add(manifest, {"matches": output})
    rows, queries = counts
    results = {output: f"{rows:,} rows, a query and a target each", clusters[0]: f"{queries} rows, one for each query"}
    results[clusters[1]] = "an averaged motif for each cluster"
    words = write_word(output), write_word(query)
    follow = f"head-report {words[0]} --motifs {words[1]} -o report.html" if os.path.exists(query) else ""
    conclude(results, follow, quiet)


def group_targets(targets: "Sequence[Motif]", group: str, quiet: bool) -> list[str]:
    """The group of each target: by its name, or as a table says; a target that the table leaves out is a group of its
    own."""
    from ..formats.tables import tsv
    from ..steps.comparison.factors import from_table, parse_tfs

    if group == "name":
        groups = parse_tfs(targets)
    else:
        listed = tsv.read_groups(group)
        names = {motif.name for motif in targets}
        if unknown := [name for name in listed if name not in names]:
            if len(unknown) == len(listed):
                raise InputError(
                    f"{show_path(group)}: none of its {len(listed)} motifs is a target; give the targets' names"
                )
            say(f"groups: these names are not among the targets: {', '.join(unknown)}", quiet)
        if alone := [motif.name for motif in targets if motif.name not in listed]:
            say(f"groups: not in the table, so each is a group of its own: {', '.join(alone)}", quiet)
        groups = from_table(targets, listed)
    sizes = Counter(groups)
    largest = [
        f"{name} {size}" for name, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])) if size > 1
    ]
    several = f"; the largest: {', '.join(largest[:8])}{', ...' if len(largest) > 8 else ''}" if largest else ""
    say(f"groups: {len(groups)} targets in {len(sizes)} groups{several}", quiet)
    return groups


def write_clusters(
    found: "Clusters", queries: "Sequence[Motif]", table: str, averaged: str, limit: float, quiet: bool
) -> None:
    """Write the groups of the queries, and their averaged motifs, where a file is asked for."""
    from dataclasses import fields

    from ..formats.motifs import meme
    from ..formats.tables import tsv
    from ..steps.comparison.cluster import Member, members, merge

    if table:
        rows = members(found, queries)
        tsv.write_table(table, {field.name: [getattr(row, field.name) for row in rows] for field in fields(Member)})
    if averaged:
        meme.write(averaged, merge(found, queries))
    sizes = Counter(found.group.tolist())
    say(
        f"{len(queries)} queries in {len(sizes)} clusters; {sum(size == 1 for size in sizes.values())} clusters "
        "have only one",
        quiet,
    )
    if weak := [motif.name for motif, own in zip(queries, found.own.tolist(), strict=True) if own > limit]:
        say(
            f"too short or too uniform for a cluster, with p of more than {limit:.6g} against themselves: "
            f"{', '.join(weak)}",
            quiet,
        )


def read_targets(paths: list[str], own: bool, quiet: bool) -> list["Motif"]:
    """The known motifs of all files."""
    from ..formats.inputs import motif_files

    files = [motif_files.read(path) for path in paths]
    for path, file in zip(paths, files, strict=True):
        tell("targets", path, file, quiet)
    targets, renamed = motif_files.make_names_unique([motif for file in files for motif in file.motifs])
    tell_renamed(renamed, quiet)
    if not targets:
        raise InputError(f"{', '.join(paths)}: no target has a matrix; give a file with motifs")
    if own and len(targets) < FEW:
        say(f"only {len(targets)} targets: p is estimated from their columns, and is rough for fewer than {FEW}", quiet)
    return targets


def read_queries(query: str, quiet: bool) -> "list[Motif]":
    """The motifs of the query file, or the one of a bare consensus where there is no such file."""
    from ..formats.inputs import motif_files

    if query != "-" and not os.path.exists(query) and motif_files.is_consensus(query):
        return [motif_files.consensus(query)]
    file = motif_files.read(query)
    tell("queries", query, file, quiet)
    return list(file.motifs)


def tell(role: str, path: str, file: "MotifFile", quiet: bool) -> None:
    """Say what was read; the reader says what was left out and why."""
    name = show_path(path) if path == "-" else os.path.basename(path)
    say(f"{role}: {name}: {len(file.motifs)} motifs, {file.format}, sha256 {file.sha256[:12]}", quiet)
    tell_renamed(file.renamed, quiet)


def tell_renamed(renamed: Sequence[tuple[str, str]], quiet: bool) -> None:
    if renamed:
        say(f"names that occurred twice are now {', '.join(new for _, new in renamed)}", quiet)


main = command(pwm_compare)
