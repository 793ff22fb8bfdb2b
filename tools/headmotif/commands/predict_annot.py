"""predict-annot: the sites of a genome, without training."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    GENES,
    GENOME,
    TSS_MODEL,
    Circular,
    Device,
    DryRun,
    LabelName,
    Manifest,
    ModelName,
    Output,
    Precision,
    Quiet,
    Seed,
    Threads,
    Threshold,
    command,
    conclude,
    count_usable_threads,
    enter,
    say,
    write_word,
)
from ..errors import InputError
from ..progress import Progress

if TYPE_CHECKING:
    from ..data import Asked, GenomeFile, Model
    from ..steps.calling.prediction import Annotator

GenomeOrNone = Annotated[
    str,
    typer.Argument(metavar="GENOME", help=f"{GENOME}; - is standard input. With --samplesheet it is left out."),
]

FDR_FROM = ("probability", "shuffled")
TRACKS = ("bigwig_plus", "bigwig_minus", "bedgraph_plus", "bedgraph_minus")
TABLES = ("table", "gff3", "genbank", "tbl", "xlsx", "browser", "metrics", "gene_table")
OF_ONE = ("output", "genes", "binding_sites", "circular", "sites")


def predict_annot(
    genome: GenomeOrNone = "",
    model: ModelName = TSS_MODEL,
    label: LabelName = "",
    threshold: Threshold = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Number of calls, those of highest P, instead of a threshold."),
    ] = None,
    fdr: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="Q", help="False discovery rate of the calls, instead of a threshold."),
    ] = None,
    fdr_from: Annotated[
        str,
        typer.Option(
            metavar="probability|shuffled",
            help="Source of the estimate of --fdr: P, which is calibrated, or the calls in the shuffled genome, which "
            "has the same dinucleotides.",
        ),
    ] = "probability",
    tss_density: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=1000,
            help="Sites per kb of genome, both strands together, at which P holds; default: the model's, for tss that "
            "of Cappable-seq in E. coli (3.3). A map by dRNA-seq has about 0.4.",
        ),
    ] = None,
    min_distance: Annotated[
        int,
        typer.Option(
            min=1,
            help="Smallest distance in nucleotides between two calls on one strand; of closer calls, the one of "
            "higher P stays.",
        ),
    ] = 3,
    circular: Circular = None,
    genes: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help=f"{GENES}; each call gets its site class, the gene downstream and its 5' UTR; default: the genes of "
            "a GenBank GENOME.",
        ),
    ] = "",
    find_genes: Annotated[
        bool,
        typer.Option(
            "--find-genes",
            help="Where no genes are given, find them with Prodigal; needs the Python package pyrodigal.",
        ),
    ] = False,
    sites: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Known sites of GENOME, from 50 on, as BED6, GFF3, GTF or a table (TSV); the model is tuned with them "
            "before it calls.",
        ),
    ] = "",
    save_model: Annotated[
        str, typer.Option(metavar="FILE", help="The model tuned with --sites, for other genomes and commands.")
    ] = "",
    binding_sites: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="BED of known binding sites, with the TF in column 4; they are written beside the calls into GFF3, "
            "GenBank, feature table and spreadsheet.",
        ),
    ] = "",
    output: Output = "-",
    table: Annotated[str, typer.Option(metavar="FILE", help="Table of all that is known of each call, TSV.")] = "",
    gene_table: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Table of all genes with the best call at most 300 nt upstream of each or, without a call, the best "
            "position there, TSV; needs genes.",
        ),
    ] = "",
    gff3: Annotated[str, typer.Option(metavar="FILE", help="Calls as GFF3.")] = "",
    genbank: Annotated[str, typer.Option(metavar="FILE", help="Genome with the calls as features, GenBank.")] = "",
    tbl: Annotated[
        str, typer.Option(metavar="FILE", help="Calls as the feature table of table2asn, for a submission to GenBank.")
    ] = "",
    xlsx: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Spreadsheet (Excel) for a supplement: the table, what each column means, and the methods in words.",
        ),
    ] = "",
    bigwig_plus: Annotated[
        str, typer.Option(metavar="FILE", help="P of every nucleotide of the + strand, bigWig.")
    ] = "",
    bigwig_minus: Annotated[
        str, typer.Option(metavar="FILE", help="P of every nucleotide of the - strand, bigWig.")
    ] = "",
    bedgraph_plus: Annotated[
        str, typer.Option(metavar="FILE", help="P of every nucleotide of the + strand, bedGraph.")
    ] = "",
    bedgraph_minus: Annotated[
        str, typer.Option(metavar="FILE", help="P of every nucleotide of the - strand, bedGraph.")
    ] = "",
    browser: Annotated[
        str,
        typer.Option(metavar="FOLDER", help="Folder for genome browsers, with an IGV session and a UCSC track hub."),
    ] = "",
    metrics: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Metrics of the calls, JSON: their numbers, and whether the model fits this genome."
        ),
    ] = "",
    samplesheet: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Table (TSV) of many genomes instead of GENOME, with the columns sample and genome, and optionally "
            "genes and circular.",
        ),
    ] = "",
    outdir: Annotated[
        str, typer.Option(metavar="FOLDER", help="Folder for the results of --samplesheet, named by the samples.")
    ] = "",
    formats: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Formats to write with --samplesheet, beside BED and table: gff3, genbank, tbl, xlsx, bigwig, "
            "bedgraph, browser or gene-table, with commas between them.",
        ),
    ] = "",
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="With --samplesheet, continue with the other samples if one fails.")
    ] = False,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="Compute P only where a call is possible, the default for calls. A small network, the model's screen, "
            "finds these places; it misses fewer than one call in 1,000. With --fast, what needs P everywhere is "
            "refused.",
        ),
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Compute P everywhere, the default for tracks, so that no call is missed.")
    ] = False,
    manifest: Manifest = "",
    dry_run: DryRun = False,
    seed: Seed = 1,
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Call the sites of a genome with a trained model.

    The result is BED6, with 1000 times P as the score. A call is a local maximum of P on its strand that reaches the
    threshold.

    P is calibrated: of all positions with a given P, that share are sites in a genome with the density of sites that
    is printed. How many sites a genome has depends on how deep its map is; --tss-density states P for another depth.

    On a species far from those that the model learned from, some known sites help much: with --sites the model is tuned
    before it calls, in a minute or two. The list need not be whole.
    """
    from dataclasses import asdict
    from functools import partial

    from ..builtin import MODELS
    from ..formats.inputs import models
    from ..formats.outputs import calls
    from ..runs.tuning import tune_to_sites
    from ..steps.calling import call_summary, cost, density, prediction, screening

    tracks = dict(zip(TRACKS, (bigwig_plus, bigwig_minus, bedgraph_plus, bedgraph_minus), strict=True))
    beside = tracks | dict(zip(TABLES, (table, gff3, genbank, tbl, xlsx, browser, metrics, gene_table), strict=True))
    alone = dict(zip(OF_ONE, (output.strip("-"), genes, binding_sites, circular, sites), strict=True))
    _refuse_one_with_many(genome, {**beside, **alone}, samplesheet, outdir, bool(formats or keep_going))
    _refuse_what_does_not_go_together((threshold, top, fdr), fdr_from, save_model if not sites else "")
    track = "--full" if full else "--sites" if sites else _first_track(beside, formats)
    _refuse_fast_with(track if fast else "")
    trained = density.hold_at(models.open_model(model, MODELS), model, label, tss_density)
    asked = _build_request(model, trained, label, (threshold, top, fdr), fdr_from, min_distance, seed)
    why_full = track or screening.explain_full(trained, asked)
    say(f"P is computed everywhere in spite of --fast: {why_full}", quiet or not (fast and why_full))
    compute, name = (device, precision, threads), model if model in MODELS else ""
    by_gene = bool(gene_table) or "gene-table" in formats.split(",")
    annotator = _annotator(trained, asked, name, compute, not why_full, (by_gene, find_genes))
    if samplesheet:
        return _annotate_many(samplesheet, outdir, formats, annotator, keep_going, quiet)
    calls.refuse_label(asked.label, [name for name, path in beside.items() if path])
    read = _read_genome(annotator, genome, circular or [], genes, binding_sites, quiet)
    calls.refuse_without_genes([name for name, path in beside.items() if path], read)
    data, total, count = read.genome, 2 * len(read.genome.base), partial(Progress, quiet=quiet)
    say(cost.forecast(annotator, data), quiet and not dry_run)
    if dry_run:
        return
    if sites:
        annotator = tune_to_sites(annotator, data, sites, save_model, partial(say, quiet=quiet), count)
    found = annotator.predict(data, annotator.annotate_for_calls(data, count("annotating", total)), read.genes)
    fit = prediction.fit(annotator.model, found, annotator.foretell(data, read.genes))
    calls.write(found, asdict(fit), beside, read, annotator.run(data, read.genes))
    calls.write_calls(output, found)
    say("\n".join(call_summary.describe_calls(annotator.model, found, fit)), quiet)
    _conclude((genome, output), {**beside, "save_model": save_model}, len(found.calls), manifest, quiet)


def _annotate_many(
    sheet: str, folder: str, formats: str, annotator: "Annotator", keep_going: bool, quiet: bool
) -> None:
    """All genomes of a sample sheet."""
    from functools import partial

    from ..formats.tables import sample_sheet
    from ..runs.many_genomes import annotate_samples

    samples = sample_sheet.read(sheet)
    progress, talk = Progress("annotating", len(samples), quiet), partial(say, quiet=quiet)
    annotate_samples(samples, folder, formats.split(",") if formats else [], annotator, keep_going, talk, progress)


def _conclude(paths: tuple[str, str], beside: Mapping[str, str], calls: int, manifest: str, quiet: bool) -> None:
    """paths: of the genome and of the calls; beside: of other results, by what they are."""
    from ..formats.outputs.calls import HOLDS
    from ..formats.tables import manifest as manifests

    genome, output = paths
    tracks = {"bigwig-plus": beside["bigwig_plus"], "bigwig-minus": beside["bigwig_minus"]}
    manifests.add(manifest, {"calls": output, **tracks})
    holds = {"table": f"{calls:,} rows, one for each call", **HOLDS}
    results = {
        path: holds.get(kind, f"P of every nucleotide, {kind[-5:].strip('_')} strand") for kind, path in beside.items()
    }
    main = {output: f"{calls:,} calls, BED6, the score 1000 times P"}
    conclude(
        main | results,
        f"score-annot {write_word(output)} --truth SITES --genome {write_word(genome)} -o scores.tsv",
        quiet,
    )


def _build_request(
    model: str,
    trained: "Model",
    label: str,
    choice: tuple[float | None, int | None, float | None],
    fdr_from: str,
    min_distance: int,
    seed: int,
) -> "Asked":
    """What is called. choice: threshold, top and fdr, None where not given."""
    from ..data import Asked
    from ..steps.calling import thresholds

    threshold, top, fdr = choice
    number, chosen = thresholds.choose_label(trained, model, label, threshold)
    if chosen is None and top is None and fdr is None:
        raise InputError(f"{model} has no threshold; give --threshold, --top or --fdr")
    name = trained.names[number]
    return Asked(number, name, chosen or 0.0, top, fdr, fdr_from == "shuffled", min_distance, seed)


def _read_genome(
    annotator: "Annotator", genome: str, circular: list[str], genes: str, sites: str, quiet: bool
) -> "GenomeFile":
    """The genome with its genes, given or found, and known binding sites; "" where there are none."""
    from dataclasses import replace

    from ..formats.features import binding_sites
    from ..formats.inputs import genomes_with_genes

    given = genomes_with_genes.read(genome, circular, genes)
    read = annotator.complete(given)
    say(f"{len(read.genes or ()):,} coding sequences found with Prodigal", quiet or read is given)
    return replace(read, binding_sites=binding_sites.read(sites, read.genome.contigs)) if sites else read


def _annotator(
    trained: "Model",
    asked: "Asked",
    name: str,
    compute: tuple[str, str, int | None],
    screened: bool,
    genes: tuple[bool, bool],
) -> "Annotator":
    """name: of a built-in model; compute: device, precision, threads; screened: P only where a call is possible; genes:
    whether they have a table, and are found where none are given."""
    from ..builtin import MODELS, MOTIFS
    from ..formats.inputs import models, motif_files
    from ..steps.calling import screening
    from ..steps.calling.prediction import Annotator, sigma70
    from ..steps.network import presets
    from ..steps.network.device import use_device

    device, precision, threads = compute
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    net = presets.build_from_model(trained).to(where.device)
    screen = screening.open_screen(trained, where) if screened else None
    other = trained.applicability.beside if trained.applicability else ""
    beside = presets.build_from_model(models.open_model(other, MODELS)).to(where.device) if other else None
    elements = sigma70(motif_files.read(str(MOTIFS)).motifs)
    return Annotator(trained, net, where, asked, elements, name, screen, beside, *genes)


def _refuse_one_with_many(genome: str, of_one: Mapping[str, object], sheet: str, folder: str, of_many: bool) -> None:
    if bool(genome) == bool(sheet):
        raise typer.BadParameter("give either GENOME, or many genomes with --samplesheet FILE")
    if bool(sheet) != bool(folder):
        raise typer.BadParameter("--samplesheet and --outdir go together; give both")
    if not sheet and of_many:
        raise typer.BadParameter("--formats and --keep-going apply to --samplesheet only; leave them out")
    if sheet and (given := [name for name, value in of_one.items() if value]):
        name = given[0].replace("_", "-")
        raise typer.BadParameter(
            f"--{name} applies to one genome; with --samplesheet, give genes and circular as columns of the sheet, and "
            "the output files by --formats"
        )


def _refuse_fast_with(other: str) -> None:
    """other: the option that asks for P everywhere, "" if none does."""
    if other == "--full":
        raise typer.BadParameter("--fast and --full exclude each other; give one of them")
    if other:
        raise typer.BadParameter(f"{other} needs P everywhere, and --fast leaves most positions out; leave out --fast")


def _first_track(beside: Mapping[str, str], formats: str) -> str:
    """The first option that asks for P everywhere, "" if none does."""
    wanted = [f"--{name.replace('_', '-')}" for name in (*TRACKS, "browser") if beside[name]]
    listed = sorted({"bigwig", "bedgraph", "browser"} & set(formats.split(",")))
    return [*wanted, *(f"--formats {name}" for name in listed), ""][0]


def _refuse_what_does_not_go_together(choice: tuple[float | None, ...], fdr_from: str, untuned: str) -> None:
    """untuned: the file of --save-model if no model is tuned."""
    if untuned:
        raise typer.BadParameter("--save-model keeps the model that --sites tunes; give --sites too")
    if fdr_from not in FDR_FROM:
        raise typer.BadParameter(f"{fdr_from} is none of {', '.join(FDR_FROM)}", param_hint="--fdr-from")
    if fdr_from != FDR_FROM[0] and choice[2] is None:
        raise typer.BadParameter("--fdr-from applies to --fdr only; give --fdr too")
    if sum(one is not None for one in choice) > 1:
        raise typer.BadParameter("--threshold, --top and --fdr exclude each other; give one of them")


main = command(predict_annot)
