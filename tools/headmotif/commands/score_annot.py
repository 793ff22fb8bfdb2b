"""score-annot: how well predictions agree with true sites."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    GENES,
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
    from ..steps.calling.evaluation import Row

TRUTH = "truth"


def score_annot(
    predictions: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME=]CALLS...",
            help="Predictions: calls as BED6, GFF3, GTF or a table (TSV), tracks as [NAME=]PLUS,MINUS with a bigWig, "
            "bedGraph or wig for each strand, or label:NAME for a label of the genome tensor; one may be -, standard "
            "input.",
        ),
    ],
    genome: GenomeOfSites,
    truth: Annotated[
        str,
        typer.Option("--truth", metavar="FILE", help="True sites as BED6, GFF3, GTF or a table (TSV), or label:NAME."),
    ],
    window: Window = 2,
    feature: Feature = "",
    zero_based: ZeroBased = False,
    circular: Circular = None,
    genes: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help=f"{GENES}; scores are then also given by site class: upstream, internal, antisense and orphan.",
        ),
    ] = "",
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONTIG:FIRST-LAST",
            help="Part of the genome to score, 1-based, both ends included; may be given several times; default: all.",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Lowest value of a call in a track; default: the value of highest F1 on these sites, which is "
            "optimistic."
        ),
    ] = None,
    missing_value: Annotated[
        float | None,
        typer.Option(help="Value of positions that a track leaves out; default: these positions are not scored."),
    ] = None,
    output: Output = "-",
    curve: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Precision-recall curve of every track, exact and within 2, 5 and --window nt, TSV.",
        ),
    ] = "",
    bootstrap: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of bootstrap samples of 10 kb blocks, for the 95 % intervals; 0 leaves the intervals out.",
        ),
    ] = 1000,
    manifest: Manifest = "",
    quiet: Quiet = False,
) -> None:
    """Score calls and tracks against true sites.

    The table (TSV) has ROC-AUC, average precision, precision, recall and F1 of each prediction, with 95 % intervals
    and the site density. Its rows are for the whole genome, for each contig and, with --genes, for each site class.
    Calls and true sites are paired one to one, exactly and within the window.

    The coordinates of calls and true sites are checked as in annot-compare. The verdict is printed on standard error.
    """
    from functools import partial

    from ..formats.inputs import annotations, gene_files, genomes, named_sites
    from ..formats.tables import manifest as manifests
    from ..formats.tracks import strands
    from ..steps.calling import scores
    from ..steps.sites import diagnosis

    talk = partial(say, quiet=quiet)
    if [output, curve].count("-") > 1:
        raise InputError("only one result can go to standard output; give a file for --output or --curve")
    named = named_sites.name_files(predictions, "")
    tracks = {name: pair for name, path in named.items() if (pair := named_sites.parse_track(path))}
    paths = {name: path for name, path in named.items() if name not in tracks}
    true = TRUTH if TRUTH not in named else "the truth"
    known_genes = annotations.read(genes) if genes else None
    data = annotations.declare_circular(genomes.read(genome, circular or []), [known_genes])
    data, read = named_sites.read_sets({**paths, true: truth}, data, feature, zero_based, paths)
    for name, one in read.items():
        talk(f"{name}: {one.summary}")
    known = {name: one.sites for name, one in read.items()}
    spans = gene_files.place(known_genes, data.contigs).spans if known_genes else None
    at = scores.truth(data, known[true], region or [], spans, bootstrap, talk)
    values = {name: partial(strands.read, pair, data.contigs) for name, pair in tracks.items()}
    how = scores.Scoring(window, threshold, missing_value, bool(curve))
    _write(*scores.scores(list(named), known, values, at, how, talk), output, curve, talk)
    if not quiet:
        for name, found in diagnosis.verdicts(data, known).items():
            talk(f"check of {name}: {found.words}")
    manifests.add(manifest, {"agreement": output, "curve": curve})
    results = {output: "scores of each prediction, TSV", curve: "precision and recall at every threshold, TSV"}
    tables = " ".join(write_word(path) for path in (output, curve) if path not in ("", "-"))
    conclude(results, f"head-report {tables} heads.tsv -o report.html", quiet)


def _write(rows: "list[Row]", curves: dict[str, list], output: str, curve: str, talk: Callable[[str], None]) -> None:
    """Write the tables of scores; print the main numbers."""
    from ..formats.tables import tsv
    from ..steps.calling import scores

    tsv.write_table(output, scores.columns(rows))
    if curve:
        tsv.write_table(curve, curves)
    for line in scores.describe_rows(rows):
        talk(line)


main = command(score_annot)
