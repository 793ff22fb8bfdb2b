"""annot-compare: how far sets of sites agree, and whether their coordinates are right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Circular,
    Feature,
    GenomeOfSites,
    Manifest,
    Output,
    Quiet,
    Window,
    ZeroBased,
    command,
    conclude,
    say,
    write_word,
)
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Genome, Sites
    from ..steps.sites.agreement import Agreement

PAIRS_SHOWN = 10
"""The number of pairs of sets that are described, a line each."""


def annot_compare(
    sets: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME=]SITES...",
            help="Sets of sites as BED6, GFF3, GTF or a table (TSV), or label:NAME for a label of the genome tensor; "
            "one may be -, standard input.",
        ),
    ],
    genome: GenomeOfSites,
    window: Window = 2,
    feature: Feature = "",
    zero_based: ZeroBased = False,
    circular: Circular = None,
    output: Output = "-",
    matrix: Annotated[
        str, typer.Option(metavar="FILE", help="Matrix of all sets, with the sites shared and their shares, TSV.")
    ] = "",
    distances: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Distances from each site to the nearest site of the other set, on either strand, TSV."
        ),
    ] = "",
    consensus: Annotated[
        str,
        typer.Option(metavar="FILE", help="Consensus sites, with the sets that support them, BED6+3."),
    ] = "",
    min_support: Annotated[int, typer.Option(min=2, help="Smallest number of sets that support a consensus site.")] = 2,
    checks: Annotated[
        str, typer.Option(metavar="FILE", help="Checks of the coordinates of each set, by strand, with a verdict, TSV.")
    ] = "",
    manifest: Manifest = "",
    quiet: Quiet = False,
) -> None:
    """Compare sets of sites with each other, and check their coordinates.

    The table (TSV) has rows for every two sets, by strand: the number of sites that they share exactly and within the
    window, the shares, and the Jaccard index. Sites are paired one to one: as many as possible, then the nearest.

    The coordinates of each set are checked by two signs of a promoter: a -10 element (TATAAT with at most one
    mismatch) that starts 14 to 10 nt upstream, and a purine after a pyrimidine at the +1. From the two together the
    share of the sites that behave like starts is estimated. The signs are weak or absent if a strand is off by one, if
    many sites lie elsewhere, or if the sites belong to another version of the genome. The verdict is printed on
    standard error. With one set, only this check is made.
    """
    from functools import partial

    from ..formats.inputs import genomes, named_sites
    from ..formats.tables import manifest as manifests

    talk = partial(say, quiet=quiet)
    named = named_sites.name_files(sets, "")
    _refuse_sets(named, checks)
    _refuse_streams(output if len(named) > 1 else "", matrix, distances, consensus, checks)
    if consensus:
        _refuse_consensus(min_support, list(named))
    data, read = named_sites.read_sets(named, genomes.read(genome, circular or []), feature, zero_based, named)
    for name, one in read.items():
        talk(f"{name}: {one.summary}")
    known = {name: one.sites for name, one in read.items()}
    if len(known) > 1:
        for line in _compare(known, data, window, output, matrix, distances):
            talk(line)
    if consensus:
        talk(_write_consensus(known, data, min_support, window, consensus))
    if checks or not quiet:
        _check(known, data, checks, quiet)
    manifests.add(manifest, {"agreement": output if len(known) > 1 else ""})
    results = {
        output if len(known) > 1 else "-": "a row for every two sets and strand",
        matrix: "every set by every set",
    }
    results |= {distances: "distances to the nearest sites", consensus: "consensus sites", checks: "the checks"}
    conclude(results, f"fasta2tensor {write_word(genome)} --sites FILE -o genome.safetensors", quiet)


def _refuse_sets(named: Mapping[str, str], checks: str) -> None:
    from ..formats.inputs import named_sites

    if tracks := [name for name, path in named.items() if named_sites.parse_track(path)]:
        raise InputError(f"{tracks[0]}: a track is no set of sites; give it to score-annot")
    if len(named) == 1 and not checks:
        raise InputError(
            "one set of sites has none to be compared with; give another, or --checks FILE to check this one"
        )


def _refuse_streams(*results: str) -> None:
    if results.count("-") > 1:
        raise InputError("only one result can go to standard output; give files for the others")


def _refuse_consensus(least: int, names: list[str]) -> None:
    if least > len(names):
        raise InputError(f"--min-support {least}: there are only {len(names)} sets; give a smaller number")
    if wrong := next((name for name in names if "," in name), ""):
        raise InputError(
            f"the set name '{wrong}' has a comma, which separates names in the consensus; give it as NAME=FILE"
        )


def _compare(
    sets: "Mapping[str, Sites]", genome: "Genome", d: int, output: str, matrix: str, distances: str
) -> list[str]:
    """Write the tables of agreement; the main numbers in words."""
    from dataclasses import fields

    from ..formats.tables import tsv
    from ..steps.sites import agreement

    found = agreement.agreements(sets, genome.contigs, d)
    tsv.write_table(output, {f.name: [getattr(one, f.name) for one in found] for f in fields(agreement.Agreement)})
    if matrix:
        tsv.write_table(matrix, agreement.matrix(found, {name: len(one) for name, one in sets.items()}))
    if distances:
        far = agreement.distances(sets, genome.contigs)
        tsv.write_table(distances, {f.name: [getattr(one, f.name) for one in far] for f in fields(agreement.Distance)})
    return list(_describe_agreement([one for one in found if one.strand == "both"], d))


def _describe_agreement(found: "Sequence[Agreement]", d: int) -> Iterator[str]:
    pairs = list(dict.fromkeys((one.first, one.second) for one in found))
    for first, second in pairs[:PAIRS_SHOWN]:
        said = []
        for one in found:
            if (one.first, one.second) == (first, second):
                how = f"within {d} nt" if one.window_nt else "exactly"
                shares = f"{_percent(one.share_first)} and {_percent(one.share_second)}, Jaccard {one.jaccard:.3f}"
                said.append(f"{one.shared:,} sites shared {how} ({shares})")
        yield f"{first} and {second}: {'; '.join(said)}"
    if len(pairs) > PAIRS_SHOWN:
        yield f"{len(pairs) - PAIRS_SHOWN:,} further pairs of sets are in the table"


def _write_consensus(sets: "Mapping[str, Sites]", genome: "Genome", least: int, d: int, path: str) -> str:
    from ..formats.features import bed_consensus
    from ..steps.sites import consensus

    found = consensus.consensus(sets, genome.contigs, least, d)
    has = found.distance != consensus.ABSENT
    bed_consensus.write(path, found.sites, found.distance, has, genome.contigs.names, list(sets))
    return f"consensus: {len(found.sites):,} sites that at least {least} of {len(sets)} sets share within {d} nt"


def _check(sets: "Mapping[str, Sites]", genome: "Genome", path: str, quiet: bool) -> None:
    """Check the bases around the sites of each set: print the verdict, and write the numbers."""
    from ..formats.tables import tsv
    from ..steps.sites import check_table, diagnosis

    found = diagnosis.verdicts(genome, sets)
    for name, one in found.items():
        say(f"check of {name}: {one.words}", quiet)
    if path:
        tsv.write_table(path, check_table.tabulate(found))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


main = command(annot_compare)
