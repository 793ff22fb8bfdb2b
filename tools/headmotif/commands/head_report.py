"""head-report: one page about what the heads read."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import GENES, GENOME, Feature, Output, Quiet, SitesFile, command, conclude, say
from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def head_report(
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TABLE]...",
            help="Tables of a run, recognized by their headers: from score-heads (also --profiles, --pairs, "
            "--strands), pwm-compare, attn2bed, score-annot (also --curve), annot-compare or train-annot --history; "
            "or the manifest of a run. One may be -, standard input.",
        ),
    ] = None,
    motifs: Annotated[
        str,
        typer.Option(metavar="FILE", help="Motifs of the heads, from bed2pwm; these or a table of heads are needed."),
    ] = "",
    targets: Annotated[
        str,
        typer.Option(metavar="FILE", help="Known motifs, for their logos; default: the built-in collection."),
    ] = "",
    genome: Annotated[str, typer.Option(metavar="GENOME", help=f"{GENOME}.")] = "",
    sites: SitesFile = "",
    feature: Feature = "",
    genes: Annotated[str, typer.Option(metavar="FILE", help=f"{GENES}, to draw at the loci.")] = "",
    calls: Annotated[str, typer.Option(metavar="FILE", help="Calls from predict-annot, to draw at the loci.")] = "",
    bigwig_plus: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="P of every nucleotide of the + strand, bigWig or bedGraph, from predict-annot."
        ),
    ] = "",
    bigwig_minus: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="P of every nucleotide of the - strand, bigWig or bedGraph, from predict-annot."
        ),
    ] = "",
    locus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONTIG:FIRST-LAST",
            help="Locus to draw, 1-based, both ends included; may be given several times; default: the loci of a "
            "typical site and of the best known site.",
        ),
    ] = None,
    metrics: Annotated[
        str, typer.Option(metavar="FILE", help="Metrics of the model, from train-annot --metrics.")
    ] = "",
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE",
            help="Metrics of another model to compare with, from train-annot --metrics; may be given several times.",
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the page.")] = "What the heads read",
    examples: Annotated[int, typer.Option(min=0, max=50, help="Number of example sites for each head.")] = 5,
    output: Output = "-",
    figures: Annotated[
        str, typer.Option(metavar="FOLDER", help="Folder for every figure and logo, as SVG and PNG.")
    ] = "",
    pdf: Annotated[str, typer.Option(metavar="FILE", help="Page as PDF.")] = "",
    multiqc: Annotated[
        str, typer.Option(metavar="FOLDER", help="Folder for MultiQC sections, files that end in _mqc.json.")
    ] = "",
    quiet: Quiet = False,
) -> None:
    """Draw one HTML page about the heads of a model, from the files of a run.

    The page has the findings in words, the promoter map, a card for each head, the groups of similar heads, the
    accuracy of the model, and the methods. It is one file that opens offline and needs no scripts.

    Every input is optional, but a table of heads or --motifs must be given. The page says which parts are left out.
    """
    from ..builtin import MOTIFS
    from ..formats.output_files import write_text
    from ..report import outputs
    from ..report.contents import given, inputs
    from ..report.pages import page
    from ..report.words import findings

    options = {
        "motifs": motifs, "targets": targets, "genome": genome, "sites": sites, "genes": genes, "calls": calls,
        "bigwig-plus": bigwig_plus, "bigwig-minus": bigwig_minus, "metrics": metrics,
    }  # fmt: skip
    paths = given.sort_files(tables or [], options)
    _refuse_incomplete(paths, locus or [])
    run = inputs.read(paths, baseline or [], locus or [], feature, title, examples, str(MOTIFS))
    write_text(output, page.render(run))
    if pdf:
        outputs.write_pdf(pdf, run)
    if figures:
        outputs.write_figures(figures, run)
    if multiqc:
        outputs.write_multiqc(multiqc, run)
    say(f"{len(run.rows)} heads; left out: {', '.join(option for option, _ in run.absent) or 'nothing'}", quiet)
    if empty := findings.explain_nothing(run.rows, run.verdicts):
        say(empty, quiet)
    beside = {pdf: "the same as PDF", figures: "every figure, SVG and PNG", multiqc: "sections for MultiQC"}
    conclude({output: "the report; open it in a browser", **beside}, "", quiet)


def _refuse_incomplete(paths: "Mapping[str, str]", locus: "Sequence[str]") -> None:
    if not paths["heads"] and not paths["motifs"]:
        raise InputError("a report needs the table of score-heads, or --motifs (from bed2pwm); give one of them")
    on_genome = {"the regions of attn2bed": paths["regions"], "--locus": locus}
    on_genome |= {f"--{kind}": paths[kind] for kind in ("sites", "genes", "calls", "bigwig-plus")}
    for what, value in on_genome.items():
        if value and not paths["genome"]:
            raise InputError(f"{what} needs the genome that it belongs to; give --genome too")
    if bool(paths["bigwig-plus"]) != bool(paths["bigwig-minus"]):
        raise InputError("--bigwig-plus and --bigwig-minus go together: give both strands")


main = command(head_report)
