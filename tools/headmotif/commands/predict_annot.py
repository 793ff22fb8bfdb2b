"""predict-annot: the sites of a genome, without training."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Device, Output, Precision, Progress, Quiet, Seed, Threads, command, say, usable_threads
from ..errors import InputError

if TYPE_CHECKING:
    pass

Genome = Annotated[
    str, typer.Argument(metavar="GENOME", help="FASTA (gz too), GenBank or genome tensor; - is standard input; not with --genomes.")
]


def predict_annot(
    genome: Genome = "",
    model: Annotated[str, typer.Option(metavar="FILE|NAME", help="A model that train-annot wrote, or a built-in one.")] = "ecoli-tss",
    label: Annotated[str, typer.Option(metavar="NAME", help="Which of the model's labels to call; default: its first.")] = "",
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Least P of a call; 0: what the model's validation part chose.", show_default=False)
    ] = 0,
    top: Annotated[int, typer.Option(min=0, help="The N calls with the highest P instead.", metavar="N", show_default=False)] = 0,
    fdr: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            metavar="Q",
            help="As many calls as keep the share of false ones at Q, as P itself tells.",
            show_default=False,
        ),
    ] = 0,
    merge: Annotated[
        int, typer.Option(min=0, help="Of calls so near to each other on one strand the one with the highest P stays, in nucleotides.")
    ] = 2,
    circular: Annotated[list[str] | None, typer.Option(metavar="NAME|all", help="A contig that is a circle; may be given again.")] = None,
    genes: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Genes, GFF3, GTF or GenBank: each call's class, the gene downstream, its 5' UTR; default: those of a GenBank GENOME.",
        ),
    ] = "",
    output: Output = "-",
    table: Annotated[str, typer.Option(metavar="FILE", help="All that is known of each call, TSV.")] = "",
    gff3: Annotated[str, typer.Option(metavar="FILE", help="The calls as GFF3.")] = "",
    genbank: Annotated[str, typer.Option(metavar="FILE", help="The genome with the calls as features, GenBank.")] = "",
    bigwig_plus: Annotated[str, typer.Option(metavar="FILE", help="P of every nucleotide of the + strand, bigWig.")] = "",
    bigwig_minus: Annotated[str, typer.Option(metavar="FILE", help="The same of the - strand.")] = "",
    bedgraph_plus: Annotated[str, typer.Option(metavar="FILE", help="P of every nucleotide of the + strand, bedGraph.")] = "",
    bedgraph_minus: Annotated[str, typer.Option(metavar="FILE", help="The same of the - strand.")] = "",
    browser: Annotated[
        str, typer.Option(metavar="FOLDER", help="All of it for genome browsers: an IGV session and a UCSC track hub.")
    ] = "",
    metrics: Annotated[str, typer.Option(metavar="FILE", help="Figures of the calls, and whether the model fits this genome, JSON.")] = "",
    vcf: Annotated[str, typer.Option(metavar="FILE", help="Variants of the genome, whose effect on P goes to --variants.")] = "",
    variants: Annotated[str, typer.Option(metavar="FILE", help="What each variant of --vcf changes, TSV.")] = "",
    genomes: Annotated[
        str, typer.Option(metavar="SHEET", help="Many genomes: a TSV with the columns sample and genome, and if wanted genes and circular.")
    ] = "",
    output_dir: Annotated[str, typer.Option(metavar="FOLDER", help="Where the files of --genomes go, named by the samples.")] = "",
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="gff3|genbank|bigwig|bedgraph|browser", help="With --genomes, what is written beside; may be given again."),
    ] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="With --genomes, a sample that fails does not stop the others.")] = False,
    decoy: Annotated[
        int,
        typer.Option(
            min=0, metavar="NT", help="Let so many nucleotides of the genome, bases shuffled, tell --fdr instead; see the README."
        ),
    ] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = 1,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Call the sites of a genome with a trained model: BED6, the score 1000 times P.

    P is the share of positions of such a P that are sites, at the prevalence that the model's validation part had. Local maxima of P on
    each strand above a threshold are called.
    """
    from ..formats.files import refuse_unwritable
    from . import predicting, sheet
    from . import predicting_files as files

    tracks = {"bigwig_plus": bigwig_plus, "bigwig_minus": bigwig_minus, "bedgraph_plus": bedgraph_plus, "bedgraph_minus": bedgraph_minus}
    others = {"table": table, "gff3": gff3, "genbank": genbank, "browser": browser, "metrics": metrics}
    of_one = {"output": output.strip("-"), **tracks, **others, "genes": genes, "circular": circular, "vcf": vcf}
    _refuse_one_with_many(genome, {name: value for name, value in of_one.items() if value}, genomes, output_dir, bool(also or keep_going))
    _refuse_what_does_not_go_together((threshold, top, fdr), decoy, (vcf, variants))
    trained, net, where = predicting.loaded(model, device, precision, usable_threads(threads))
    number = predicting.labelled(model, trained, label)
    name = trained.header["labels"][number]
    chosen = threshold or predicting.threshold_of(trained, name)
    if chosen is None and not (top or fdr):
        raise InputError(f"{model} names no threshold of its calls; give --threshold, --top or --fdr")
    asked = predicting.Asked(number, name, chosen or 0.0, top, fdr, merge, decoy, seed)
    if genomes:
        sheet.run(sheet.read(genomes), output_dir, also or [], trained, net, asked, where, keep_going, quiet)
        return
    refuse_unwritable(output, variants, *tracks.values(), *others.values())
    data = files.genome(genome, circular or [], genes)
    known_genes, alleles = files.genes(genes, genome, data), files.variants(vcf, data)
    say(predicting.forecast(net, data, decoy, where), quiet and not dry_run)
    if dry_run:
        return
    told = Progress("annotating", 2 * len(data.base), quiet)
    found = predicting.predicted(net, data, predicting.annotated(net, data, where, told), asked, where, known_genes)
    if alleles:
        say(files.write_variants(variants, alleles, net, found, where, quiet), quiet)
    fit = predicting.fit(trained, found)
    files.write(found, fit, {**tracks, **others}, genome, genes, files.run_of(trained, data, asked, known_genes))
    files.write_calls(output, found)
    for line in fit.words:
        say(line, quiet)


def _refuse_one_with_many(genome: str, of_one: dict[str, object], genomes: str, folder: str, of_many: bool) -> None:
    if bool(genome) == bool(genomes):
        raise typer.BadParameter("give GENOME, or many with --genomes SHEET; one of the two")
    if bool(genomes) != bool(folder):
        raise typer.BadParameter("--genomes and --output-dir go together")
    if not genomes and of_many:
        raise typer.BadParameter("--also and --keep-going are for --genomes")
    if genomes and of_one:
        name = next(iter(of_one)).replace("_", "-")
        raise typer.BadParameter(
            f"--{name} is for one genome; with --genomes the sheet has columns for genes and circular, --also says what to write"
        )


def _refuse_what_does_not_go_together(choice: tuple[float, ...], decoy: int, variants: tuple[str, str]) -> None:
    if decoy and not choice[2]:
        raise typer.BadParameter("--decoy is for --fdr")
    if sum(map(bool, choice)) > 1:
        raise typer.BadParameter("--threshold, --top and --fdr each say what is called; give one of them")
    if bool(variants[0]) != bool(variants[1]):
        raise typer.BadParameter("--vcf and --variants go together")


main = command(predict_annot)
