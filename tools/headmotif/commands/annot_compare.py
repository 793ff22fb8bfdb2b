"""annot-compare: how far sets of sites agree, how good predictions are, and whether either lies where sites should."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Circular, Output, Quiet, TssFeature, ZeroBased, command, say
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Genome, Sites
    from ..steps.calling.evaluation import Row
    from ..steps.sites.agreement import Agreement
    from ..steps.sites.diagnosis import Diagnosis

PAIRS_SHOWN = 10
"""So many pairs of sets are told of, a line each."""


def annot_compare(
    sets: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME=]SITES...",
            help="Sites as BED6, GFF3, GTF or TSV; label:NAME is a label set of the genome tensor; with --truth also "
            "tracks, [NAME=]PLUS,MINUS, a bigWig or bedGraph for each strand. One may be -, standard input.",
        ),
    ],
    genome: Annotated[
        str,
        typer.Option(
            "--genome",
            metavar="GENOME",
            help="FASTA (gz too), GenBank or genome tensor that the sites lie on; its bases are checked.",
        ),
    ],
    truth: Annotated[
        str, typer.Option(metavar="FILE", help="True sites (or label:NAME): score the others against them.")
    ] = "",
    within: Annotated[
        int, typer.Option(min=0, max=50, metavar="D", help="Sites at most D nt apart on a strand are the same.")
    ] = 2,
    feature: TssFeature = "",
    zero_based: ZeroBased = False,
    circular: Circular = None,
    output: Output = "-",
    matrix: Annotated[
        str, typer.Option(metavar="FILE", help="Every set by every set: sites shared and shares, TSV.")
    ] = "",
    distances: Annotated[
        str, typer.Option(metavar="FILE", help="How far the nearest sites lie, on either strand, TSV.")
    ] = "",
    consensus: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="N",
            help="Write the sites that at least N sets have within D nt to --consensus-out; 0: none.",
        ),
    ] = 0,
    consensus_out: Annotated[
        str, typer.Option(metavar="FILE", help="Those sites with the sets that support them, BED6+3.")
    ] = "",
    checks: Annotated[
        str, typer.Option(metavar="FILE", help="What is around the sites of each set, per strand, with a verdict, TSV.")
    ] = "",
    genes: Annotated[
        str,
        typer.Option(
            metavar="GFF3",
            help="Genes, for scores by class: upstream of a gene, inside one, antisense to one, elsewhere.",
        ),
    ] = "",
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONTIG:FIRST-LAST", help="Score this stretch alone, 1-based, closed; may be given again."
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="The least value of a track's calls; default: that with the highest F1 within D nt, which flatters."
        ),
    ] = None,
    missing: Annotated[
        float | None,
        typer.Option(help="A track's value where its file has none; default: such positions are not scored."),
    ] = None,
    curve: Annotated[
        str,
        typer.Option(metavar="FILE", help="Precision and recall at thresholds, exactly and within 2, 5 and D nt, TSV."),
    ] = "",
    draws: Annotated[
        int, typer.Option(min=0, help="Draws of 10 kb blocks of the genome, for the 95 % intervals; 0: none.")
    ] = 1000,
    quiet: Quiet = False,
) -> None:
    """Compare sets of sites with each other, or predictions with true sites, by strand and distance.

    Sites are paired one to one: as many as possible, then the nearest. Of sets, a row for every two and each strand:
    how many they share exactly and within D nt, shares and Jaccard. Of predictions, ROC-AUC, average precision
    (PR-AUC), precision, recall and F1, exactly and within D nt, with prevalence and 95 % intervals, for all, by contig
    and by class of place.

    Each set is checked for what an off-by-one strand or another version of the genome destroys: a -10 box (TATAAT, one
    mismatch allowed) that starts 14-10 nt upstream, and a purine at +1. What is found is said on standard error; one
    set alone is checked alone.
    """
    from functools import partial

    from ..formats.inputs import genomes, named_sites
    from ..steps.calling import scores

    talk = partial(say, quiet=quiet)
    _refuse_options(
        bool(truth),
        {"--matrix": matrix, "--distances": distances, "--consensus": consensus, "--consensus-out": consensus_out},
        {
            "--genes": genes,
            "--region": region,
            "--curve": curve,
            "--threshold": threshold is not None,
            "--missing": missing is not None,
        },
    )
    named = named_sites.named(sets, "")
    tracks = {name: pair for name, path in named.items() if (pair := named_sites.track(path))}
    _refuse_sets(named, list(tracks), truth, checks)
    _refuse_streams(output if truth or len(named) > 1 else "", matrix, distances, consensus_out, checks, curve)
    _refuse_consensus(consensus, consensus_out, list(named))
    data = genomes.read(genome, circular or [])
    sets_of_sites = {name: path for name, path in named.items() if name not in tracks}
    data, known, true = _read(sets_of_sites, truth, data, feature, zero_based, talk)
    if true:
        spans = named_sites.genes(genes, data) if genes else None
        at = scores.truth(data, true, region or [], spans, draws, talk)
        values = {name: partial(named_sites.read_track, pair, data.contigs) for name, pair in tracks.items()}
        how = scores.Scoring(within, threshold, missing, bool(curve))
        _write_scores(*scores.scores(list(named), known, values, at, how, talk), output, curve, talk)
        known = {**known, ("truth" if "truth" not in known else "the truth"): true}
    elif len(known) > 1:
        for line in _compare(known, data, within, output, matrix, distances):
            talk(line)
    if consensus:
        talk(_consensus(known, data, consensus, within, consensus_out))
    if checks or not quiet:
        _check(known, data, checks, quiet)


def _read(
    named: Mapping[str, str], truth: str, genome: "Genome", feature: str, zero_based: bool, talk: Callable[[str], None]
) -> tuple["Genome", dict[str, "Sites"], "Sites | None"]:
    """The genome, with the circles that the files of sites name too; the sets by name; the true sites, if given."""
    from ..formats.inputs import named_sites

    read = {name: named_sites.read(path, genome, feature, zero_based) for name, path in named.items()}
    every = [*read.items(), *([("truth", named_sites.read(truth, genome, feature, zero_based))] if truth else [])]
    for name, one in every:
        talk(f"{name}: {len(one.sites):,} sites ({one.format}; {one.duplicates:,} duplicates dropped)")
    closed = named_sites.closed(genome, [name for _, one in every for name in one.circular])
    return closed, {name: one.sites for name, one in read.items()}, every[-1][1].sites if truth else None


def _refuse_options(scoring: bool, of_sets: Mapping[str, object], of_scores: Mapping[str, object]) -> None:
    for name, value in (of_sets if scoring else of_scores).items():
        if value:
            raise InputError(
                f"{name} is for "
                f"{'sets compared with each other, without' if scoring else 'predictions scored with'} --truth"
            )


def _refuse_sets(named: Mapping[str, str], tracks: list[str], truth: str, checks: str) -> None:
    if tracks and not truth:
        raise InputError(f"{tracks[0]}: a track can be scored against --truth alone; give sites to compare sets")
    if len(named) == 1 and not truth and not checks:
        raise InputError(
            "one set of sites compares with nothing; give another, --truth FILE, or --checks FILE for the checks of "
            "this one"
        )


def _refuse_streams(*results: str) -> None:
    if results.count("-") > 1:
        raise InputError("one result alone can go to standard output; give --output, or the others, as files")


def _refuse_consensus(least: int, output: str, names: list[str]) -> None:
    if bool(least) != bool(output):
        raise InputError("--consensus N and --consensus-out FILE go together")
    if least > len(names):
        raise InputError(f"--consensus {least}: there are {len(names)} sets")
    if least and (wrong := next((name for name in names if "," in name), "")):
        raise InputError(
            f"the set name '{wrong}' has a comma, which separates names in the consensus; give it as NAME=FILE"
        )


def _write_scores(
    rows: "list[Row]", curves: dict[str, list], output: str, curve: str, talk: Callable[[str], None]
) -> None:
    """Write the tables of scores; tell the main figures."""
    from ..formats.tables import tsv
    from ..steps.calling import scores

    tsv.write_table(output, scores.columns(rows))
    if curve:
        tsv.write_table(curve, curves)
    for line in scores.in_words(rows):
        talk(line)


def _compare(
    sets: "Mapping[str, Sites]", genome: "Genome", d: int, output: str, matrix: str, distances: str
) -> list[str]:
    """Write the tables of agreement; the main figures in words."""
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
    return list(_told_agreement([one for one in found if one.strand == "both"], d))


def _told_agreement(found: "Sequence[Agreement]", d: int) -> Iterator[str]:
    pairs = list(dict.fromkeys((one.first, one.second) for one in found))
    for first, second in pairs[:PAIRS_SHOWN]:
        said = []
        for one in found:
            if (one.first, one.second) == (first, second):
                how = f"within {d} nt" if one.within else "exactly"
                shares = f"{_percent(one.share_first)} and {_percent(one.share_second)}, Jaccard {one.jaccard:.3f}"
                said.append(f"{one.shared:,} sites shared {how} ({shares})")
        yield f"{first} and {second}: {'; '.join(said)}"
    if len(pairs) > PAIRS_SHOWN:
        yield f"{len(pairs) - PAIRS_SHOWN:,} further pairs of sets are in the table"


def _consensus(sets: "Mapping[str, Sites]", genome: "Genome", least: int, d: int, path: str) -> str:
    from ..formats.features import bed_consensus
    from ..steps.sites import consensus

    found = consensus.consensus(sets, genome.contigs, least, d)
    has = found.distance != consensus.ABSENT
    bed_consensus.write(path, found.sites, found.distance, has, genome.contigs.names, list(sets))
    return f"consensus: {len(found.sites):,} sites that {least} or more of {len(sets)} sets have within {d} nt"


def _check(sets: "Mapping[str, Sites]", genome: "Genome", path: str, quiet: bool) -> None:
    """Look around the sites of each set, tell the verdict, write the figures."""
    from ..formats.tables import tsv
    from ..steps.sites import coordinate_checks, diagnosis

    background = coordinate_checks.minus10_background(genome)
    found = {name: diagnosis.verdict(genome, one, background) for name, one in sets.items()}
    for name, one in found.items():
        say(f"check of {name}: {one.words}", quiet)
    if path:
        tsv.write_table(path, _check_columns(found))


def _check_columns(found: "Mapping[str, Diagnosis]") -> dict[str, list]:
    """A row for each set and strand (both, +, -)."""
    from ..steps.sites import coordinate_checks

    rows = [(name, strand, getattr(one, part), one) for name, one in found.items() for strand, part in _STRANDS.items()]
    shown = {"sites": "sites", "minus10": "share", "minus10_other_strand": "other", "minus10_upstream": "upstream"}
    shown |= {"minus10_downstream": "downstream", "minus10_background": "background", "p": "p"}
    columns: dict[str, list] = {"set": [row[0] for row in rows], "strand": [row[1] for row in rows]}
    columns |= {name: [getattr(one, field) for *_, one, _ in rows] for name, field in shown.items()}
    for name in ("shift", "other_shift"):
        columns[name] = ["" if (k := getattr(one, name)) is None else str(k) for *_, one, _ in rows]
    columns["start_codon"] = [one.start_codon for *_, one, _ in rows]
    columns |= {
        f"purine_{k}": [float(one.purine[i]) for *_, one, _ in rows]
        for i, k in enumerate(coordinate_checks.AROUND_START)
    }
    columns |= {
        f"start_{k}": [float(one.profile[i]) for *_, one, _ in rows] for i, k in enumerate(coordinate_checks.PROFILE)
    }
    return {**columns, "verdict": [one.kind for *_, one in rows], "words": [one.words for *_, one in rows]}


_STRANDS = {"both": "both", "+": "plus", "-": "minus"}


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


main = command(annot_compare)
