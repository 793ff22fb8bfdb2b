"""head-report: one page that shows what the heads read."""

from typing import Annotated

import typer

from ..cli import Feature, Output, Quiet, SitesFile, command, say
from ..errors import InputError


def head_report(
    heads: Annotated[str, typer.Option(metavar="FILE", help="The table of heads, from score-heads.")] = "",
    motifs: Annotated[
        str, typer.Option(metavar="FILE", help="The heads' motifs, from bed2pwm; one of the two is needed.")
    ] = "",
    matches: Annotated[
        str, typer.Option(metavar="FILE", help="The motifs against known motifs, from pwm-compare.")
    ] = "",
    targets: Annotated[
        str,
        typer.Option(metavar="FILE", help="The known motifs, to draw their logos; default: the built-in collection."),
    ] = "",
    profiles: Annotated[str, typer.Option(metavar="FILE", help="score-heads --profiles.")] = "",
    pairs: Annotated[str, typer.Option(metavar="FILE", help="score-heads --pairs.")] = "",
    strands: Annotated[str, typer.Option(metavar="FILE", help="score-heads --strands.")] = "",
    regions: Annotated[
        str, typer.Option(metavar="FILE", help="The heads' regions, from attn2bed, for example sites; needs --genome.")
    ] = "",
    genome: Annotated[str, typer.Option(metavar="GENOME", help="FASTA (gz too), GenBank or genome tensor.")] = "",
    sites: SitesFile = "",
    feature: Feature = "",
    genes: Annotated[str, typer.Option(metavar="FILE", help="Genes as GFF3 or GenBank, to draw with --locus.")] = "",
    calls: Annotated[
        str, typer.Option(metavar="FILE", help="Predicted sites, from predict-annot, to draw with --locus.")
    ] = "",
    bigwig_plus: Annotated[
        str, typer.Option(metavar="FILE", help="P on the + strand, from predict-annot: bigWig or bedGraph.")
    ] = "",
    bigwig_minus: Annotated[str, typer.Option(metavar="FILE", help="P on the - strand.")] = "",
    locus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONTIG:FIRST-LAST",
            help="A stretch to draw, 1-based, closed; may be given again; default: a typical and the best known site.",
        ),
    ] = None,
    metrics: Annotated[str, typer.Option(metavar="FILE", help="train-annot --metrics.")] = "",
    baseline: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]FILE", help="The metrics of another model, to compare with; may be given again."),
    ] = None,
    history: Annotated[str, typer.Option(metavar="FILE", help="train-annot --history.")] = "",
    curve: Annotated[str, typer.Option(metavar="FILE", help="annot-compare --curve.")] = "",
    agreement: Annotated[str, typer.Option(metavar="FILE", help="annot-compare's table.")] = "",
    title: Annotated[str, typer.Option(help="The page's title.")] = "What the heads read",
    examples: Annotated[int, typer.Option(min=0, max=50, help="Example sites of each head.")] = 5,
    output: Output = "-",
    figures: Annotated[str, typer.Option(metavar="FOLDER", help="Every figure and logo as SVG and PNG, too.")] = "",
    pdf: Annotated[str, typer.Option(metavar="FILE", help="The same as PDF, too.")] = "",
    multiqc: Annotated[
        str, typer.Option(metavar="FOLDER", help="Sections for MultiQC, files that end in _mqc.json, too.")
    ] = "",
    quiet: Quiet = False,
) -> None:
    """Draw one self-contained HTML page of a run's files: findings in words, promoter map, a card for each head,
    groups, accuracy, methods.

    Each file is optional, but --heads or --motifs must be there; what is missing is left out, and the page says so. The
    page needs no network and no scripts.
    """
    from ..builtin import MOTIFS
    from ..formats.files import refuse_unwritable, write_text
    from ..report import outputs
    from ..report.contents import inputs
    from ..report.pages import page

    if not heads and not motifs:
        raise InputError("a report needs --heads (from score-heads) or --motifs (from bed2pwm)")
    on_genome = {
        "--regions": regions,
        "--sites": sites,
        "--genes": genes,
        "--calls": calls,
        "--bigwig-plus": bigwig_plus,
        "--locus": locus,
    }
    for option, value in on_genome.items():
        if value and not genome:
            raise InputError(f"{option} needs --genome, the sequence that it lies on")
    if bool(bigwig_plus) != bool(bigwig_minus):
        raise InputError("--bigwig-plus and --bigwig-minus go together: give both strands")
    refuse_unwritable(output, pdf)
    paths = {
        "heads": heads, "profiles": profiles, "pairs": pairs, "strands": strands, "motifs": motifs,
        "matches": matches, "targets": targets,
        "regions": regions, "genome": genome, "sites": sites, "genes": genes, "calls": calls,
        "bigwig-plus": bigwig_plus,
        "bigwig-minus": bigwig_minus, "metrics": metrics, "history": history, "curve": curve, "agreement": agreement,
    }  # fmt: skip
    run = inputs.read(paths, baseline or [], locus or [], feature, title, examples, str(MOTIFS))
    write_text(output, page.render(run))
    if pdf:
        outputs.write_pdf(pdf, run)
    if figures:
        outputs.write_figures(figures, run)
    if multiqc:
        outputs.write_multiqc(multiqc, run)
    say(f"{len(run.rows)} heads; left out: {', '.join(option for option, _ in run.absent) or 'nothing'}", quiet)


main = command(head_report)
