"""predict-annot: the sites of a genome, without training."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Circular,
    Device,
    Output,
    Precision,
    Progress,
    Quiet,
    Seed,
    Threads,
    command,
    enter,
    say,
    usable_threads,
)
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Asked, Genome, Model, Predicted
    from ..formats.features.vcf import VariantFile
    from ..steps.calling.prediction import Annotator

GenomeOrNone = Annotated[
    str,
    typer.Argument(
        metavar="GENOME", help="FASTA (gz too), GenBank or genome tensor; - is standard input; not with --genomes."
    ),
]

TRACKS = ("bigwig_plus", "bigwig_minus", "bedgraph_plus", "bedgraph_minus")


def predict_annot(
    genome: GenomeOrNone = "",
    model: Annotated[
        str, typer.Option(metavar="FILE|NAME", help="A model that train-annot wrote, or a built-in one.")
    ] = "ecoli-tss",
    label: Annotated[
        str, typer.Option(metavar="NAME", help="Which of the model's labels to call; default: its first.")
    ] = "",
    threshold: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Least P of a call; 0: what the model's validation part chose.", show_default=False
        ),
    ] = 0,
    top: Annotated[
        int, typer.Option(min=0, help="The N calls with the highest P instead.", metavar="N", show_default=False)
    ] = 0,
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
        int,
        typer.Option(
            min=0, help="Of calls so near to each other on one strand the one with the highest P stays, in nucleotides."
        ),
    ] = 2,
    circular: Circular = None,
    genes: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Genes, GFF3, GTF or GenBank: each call's class, the gene downstream, its 5' UTR; default: those of "
            "a GenBank GENOME.",
        ),
    ] = "",
    output: Output = "-",
    table: Annotated[str, typer.Option(metavar="FILE", help="All that is known of each call, TSV.")] = "",
    gff3: Annotated[str, typer.Option(metavar="FILE", help="The calls as GFF3.")] = "",
    genbank: Annotated[str, typer.Option(metavar="FILE", help="The genome with the calls as features, GenBank.")] = "",
    bigwig_plus: Annotated[
        str, typer.Option(metavar="FILE", help="P of every nucleotide of the + strand, bigWig.")
    ] = "",
    bigwig_minus: Annotated[str, typer.Option(metavar="FILE", help="The same of the - strand.")] = "",
    bedgraph_plus: Annotated[
        str, typer.Option(metavar="FILE", help="P of every nucleotide of the + strand, bedGraph.")
    ] = "",
    bedgraph_minus: Annotated[str, typer.Option(metavar="FILE", help="The same of the - strand.")] = "",
    browser: Annotated[
        str, typer.Option(metavar="FOLDER", help="All of it for genome browsers: an IGV session and a UCSC track hub.")
    ] = "",
    metrics: Annotated[
        str, typer.Option(metavar="FILE", help="Figures of the calls, and whether the model fits this genome, JSON.")
    ] = "",
    vcf: Annotated[
        str, typer.Option(metavar="FILE", help="Variants of the genome, whose effect on P goes to --variants.")
    ] = "",
    variants: Annotated[str, typer.Option(metavar="FILE", help="What each variant of --vcf changes, TSV.")] = "",
    genomes: Annotated[
        str,
        typer.Option(
            metavar="SHEET",
            help="Many genomes: a TSV with the columns sample and genome, and if wanted genes and circular.",
        ),
    ] = "",
    output_dir: Annotated[
        str, typer.Option(metavar="FOLDER", help="Where the files of --genomes go, named by the samples.")
    ] = "",
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="gff3|genbank|bigwig|bedgraph|browser",
            help="With --genomes, what is written beside; may be given again.",
        ),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="With --genomes, a sample that fails does not stop the others.")
    ] = False,
    decoy: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="NT",
            help="Let so many nucleotides of the genome, bases shuffled, tell --fdr instead; see the README.",
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

    P is the share of positions of such a P that are sites, at the prevalence that the model's validation part had.
    Local maxima of P on each strand above a threshold are called.
    """
    from dataclasses import asdict

    from ..builtin import MODELS
    from ..formats.files import refuse_unwritable
    from ..formats.inputs import genomes_with_genes
    from ..formats.outputs import calls
    from ..formats.tables import sample_sheet
    from ..formats.tensors import model_tensor
    from ..runs.many_genomes import annotate_samples
    from ..steps.calling import prediction

    tracks = dict(zip(TRACKS, (bigwig_plus, bigwig_minus, bedgraph_plus, bedgraph_minus), strict=True))
    others = {"table": table, "gff3": gff3, "genbank": genbank, "browser": browser, "metrics": metrics}
    of_one = {"output": output.strip("-"), **tracks, **others, "genes": genes, "circular": circular, "vcf": vcf}
    _refuse_one_with_many(genome, of_one, genomes, output_dir, bool(also or keep_going))
    _refuse_what_does_not_go_together((threshold, top, fdr), decoy, (vcf, variants))
    trained = model_tensor.opened(model, MODELS)
    asked = _asked(model, trained, label, (threshold, top, fdr), merge, decoy, seed)
    annotator = _annotator(trained, asked, device, precision, threads)
    if genomes:
        samples = sample_sheet.read(genomes)
        told = Progress("annotating", len(samples), quiet)
        annotate_samples(samples, output_dir, also or [], annotator, keep_going, lambda line: say(line, quiet), told)
        return
    refuse_unwritable(output, variants, *tracks.values(), *others.values())
    read = genomes_with_genes.read(genome, circular or [], genes)
    data, alleles = read.genome, _variants(vcf, read.genome)
    say(prediction.forecast(annotator.net, data, decoy, annotator.where), quiet and not dry_run)
    if dry_run:
        return
    told = Progress("annotating", 2 * len(data.base), quiet)
    found = annotator.predict(data, annotator.annotate(data, told), read.genes)
    if alleles:
        say(_write_variants(variants, alleles, annotator, found, quiet), quiet)
    fit = prediction.fit(trained, found)
    calls.write(found, asdict(fit), {**tracks, **others}, read, annotator.run(data, read.genes))
    calls.write_calls(output, found)
    for line in fit.words:
        say(line, quiet)


def _asked(
    model: str, trained: "Model", label: str, choice: tuple[float, int, float], merge: int, decoy: int, seed: int
) -> "Asked":
    """What is called. choice: threshold, top and fdr, 0 where not given."""
    from ..data import Asked

    number = trained.number(label)
    if number is None:
        raise InputError(f"--label {label}: {model} knows {', '.join(trained.names)}")
    threshold, top, fdr = choice
    chosen = threshold or trained.labels[number].threshold
    if chosen is None and not (top or fdr):
        raise InputError(f"{model} names no threshold of its calls; give --threshold, --top or --fdr")
    return Asked(number, trained.names[number], chosen or 0.0, top, fdr, merge, decoy, seed)


def _annotator(trained: "Model", asked: "Asked", device: str, precision: str, threads: int) -> "Annotator":
    from ..builtin import MOTIFS
    from ..formats.inputs import motif_files
    from ..steps.calling.prediction import Annotator, sigma70
    from ..steps.network import presets
    from ..steps.network.device import using

    where = enter(using(device, precision, usable_threads(threads)))
    net = presets.of_model(trained).to(where.device)
    return Annotator(trained, net, where, asked, sigma70(motif_files.read(str(MOTIFS)).motifs))


def _variants(path: str, genome: "Genome") -> "VariantFile | None":
    """The variants of a VCF, which must be of this genome; None where none is given."""
    from ..formats.features import vcf
    from ..steps.calling import variant_effects

    if not path:
        return None
    read = vcf.read(path, genome.contigs)
    variant_effects.refuse_other_genome(genome, read.variants, path)
    return read


def _write_variants(path: str, read: "VariantFile", annotator: "Annotator", found: "Predicted", quiet: bool) -> str:
    """What each variant changes, as a table; a sentence on it."""
    from ..formats.tables import tsv
    from ..steps.calling import variant_effects

    known, genome = read.variants, found.genome
    told = Progress("variants", len(known), quiet)
    what = variant_effects.effects(
        annotator.net, genome, known, annotator.where, found.asked.number, found.threshold, told=told
    )
    tsv.write_table(path, variant_effects.table(known, what, genome.contigs))
    kinds = [f"{int((what.kind == kind).sum()):,} {kind}" for kind in ("gained", "lost", "stronger", "weaker", "none")]
    left_out = "".join(f"; {n:,} {reason} left out" for reason, n in read.left_out)
    return f"{len(known):,} allele{'s' if len(known) != 1 else ''}: their sites are {', '.join(kinds)}{left_out}"


def _refuse_one_with_many(genome: str, of_one: Mapping[str, object], genomes: str, folder: str, of_many: bool) -> None:
    if bool(genome) == bool(genomes):
        raise typer.BadParameter("give GENOME, or many with --genomes SHEET; one of the two")
    if bool(genomes) != bool(folder):
        raise typer.BadParameter("--genomes and --output-dir go together")
    if not genomes and of_many:
        raise typer.BadParameter("--also and --keep-going are for --genomes")
    if genomes and (given := [name for name, value in of_one.items() if value]):
        name = given[0].replace("_", "-")
        raise typer.BadParameter(
            f"--{name} is for one genome; with --genomes the sheet has columns for genes and circular, --also says "
            "what to write"
        )


def _refuse_what_does_not_go_together(choice: tuple[float, ...], decoy: int, variants: tuple[str, str]) -> None:
    if decoy and not choice[2]:
        raise typer.BadParameter("--decoy is for --fdr")
    if sum(map(bool, choice)) > 1:
        raise typer.BadParameter("--threshold, --top and --fdr each say what is called; give one of them")
    if bool(variants[0]) != bool(variants[1]):
        raise typer.BadParameter("--vcf and --variants go together")


main = command(predict_annot)
