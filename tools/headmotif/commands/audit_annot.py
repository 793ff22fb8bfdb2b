"""audit-annot: whether the sites of a list look like starts, each of them and all together."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    GENES,
    TSS_MODEL,
    Circular,
    Device,
    Feature,
    GenomeFile,
    LabelName,
    ModelName,
    Output,
    Precision,
    Quiet,
    Seed,
    Threads,
    ZeroBased,
    command,
    conclude,
    count_usable_threads,
    enter,
    say,
    write_word,
)
from ..progress import Progress

if TYPE_CHECKING:
    from ..data import Genome, Model
    from ..steps.calling.site_scores import Scorer


def audit_annot(
    genome: GenomeFile,
    sites: Annotated[
        str,
        typer.Argument(
            metavar="SITES",
            help="Sites as BED6, GFF3, GTF, a table (TSV) or a file of a TSS caller, or label:NAME for a label of the "
            "genome tensor; - is standard input.",
        ),
    ],
    model: ModelName = TSS_MODEL,
    label: LabelName = "",
    feature: Feature = "",
    zero_based: ZeroBased = False,
    circular: Circular = None,
    genes: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help=f"{GENES}; each site gets its site class, the gene downstream and its 5' UTR; default: the genes of "
            "a GenBank GENOME.",
        ),
    ] = "",
    output: Output = "-",
    metrics: Annotated[
        str, typer.Option(metavar="FILE", help="Figures of the list as a whole, with a verdict, JSON.")
    ] = "",
    seed: Seed = 1,
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Audit a list of transcription start sites: does each look like a start, and does the list as a whole?

    The table (TSV) has a row for each site: P of the model at the site, the best P within 5 nt on its strand, the
    promoter elements there, the first bases, and a verdict with its reason: start, shifted, weak, processed end? or no
    sign. P is compared with positions near the sites that are not in the list.

    For the list as a whole, shifts and exchanged strands are reported, and how far the best P scatters around the
    sites. The share of the sites that behave like starts has a 95 % interval. It comes from two signs without a
    common base: P, and a purine after a pyrimidine at the site. So it needs no figure of the species.
    """
    from ..builtin import MODELS, MOTIFS
    from ..formats.inputs import genomes_with_genes, models, motif_files, named_sites
    from ..formats.tables import summary, tsv
    from ..steps.calling import audit
    from ..steps.calling.prediction import sigma70

    trained = models.open_model(model, MODELS)
    read = genomes_with_genes.read(genome, circular or [], genes)
    data, found = named_sites.read_sets({"sites": sites}, read.genome, feature, zero_based)
    listed = found["sites"]
    say(f"{sites}: {listed.summary}", quiet)
    scorer = _scorer(trained, model, label, data, (device, precision, threads))
    progress = Progress("auditing", audit.STAGES, quiet)
    elements = sigma70(motif_files.read(str(MOTIFS)).motifs)
    done = audit.audit(scorer, listed.sites, read.genes, elements, seed, progress)
    tsv.write_table(output, done.columns)
    if metrics:
        summary.write(metrics, {"model": trained.digest, **done.whole.summarise()})
    for line in done.whole.describe():
        say(line, quiet)
    results = {output: f"{len(listed.sites):,} rows, one for each site", metrics: "figures of the list, JSON"}
    conclude(results, f"predict-annot {write_word(genome)} --browser FOLDER", quiet)


def _scorer(
    trained: "Model", model: str, label: str, genome: "Genome", compute: tuple[str, str, int | None]
) -> "Scorer":
    """compute: device, precision and threads."""
    from ..steps.calling import thresholds
    from ..steps.calling.site_scores import Scorer
    from ..steps.network import presets
    from ..steps.network.device import use_device

    number, _ = thresholds.choose_label(trained, model, label, None)
    device, precision, threads = compute
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    return Scorer(presets.build_from_model(trained, genome).to(where.device), number, genome, where)


main = command(audit_annot)
