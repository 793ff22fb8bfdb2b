"""score-variants: what the variants of a genome change in its annotation."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    TSS_MODEL,
    Circular,
    Device,
    GenomeFile,
    LabelName,
    ModelName,
    Output,
    Precision,
    Quiet,
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
    from ..data import Model
    from ..steps.calling.variant_effects import Effects, Rule

KINDS = ("gained", "lost", "stronger", "weaker", "none")


def score_variants(
    genome: GenomeFile,
    variants: Annotated[str, typer.Argument(metavar="VCF", help="Variants of the genome, VCF; - is standard input.")],
    model: ModelName = TSS_MODEL,
    label: LabelName = "",
    threshold: Threshold = None,
    min_change: Annotated[
        float,
        typer.Option(
            min=0,
            metavar="LOGIT",
            help="Smallest change of the logit of a site that is gained or lost; from half of it on, any other site "
            "is stronger or weaker.",
        ),
    ] = 1.0,
    circular: Circular = None,
    output: Output = "-",
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Score how each allele of a VCF changes the sites of a genome.

    The table (TSV) has a row for each allele. It says where P changes most and by how much, which site changes most,
    and whether that site is gained, lost, stronger or weaker.

    P is computed for the genome as it is, and with this one allele in it, at every position that the allele can
    affect, on both strands. Changes are differences of the logit of P: a change of 1 multiplies the odds of a site by
    2.7. A site is gained or lost if P crosses the threshold and its logit changes by --min-change or more.

    Alleles that name no bases, such as symbolic ones, breakends and N, are left out and counted. Without variants the
    table has its header alone.
    """
    from ..builtin import MODELS
    from ..formats.features import vcf
    from ..formats.inputs import genomes, models
    from ..formats.tables import tsv
    from ..steps.calling import variant_effects
    from ..steps.network import presets
    from ..steps.network.device import use_device

    trained = models.open_model(model, MODELS)
    number, least = _label(model, trained, label, threshold)
    data = genomes.read(genome, circular or [])
    read = vcf.read(variants, data)
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    net = presets.build_from_model(trained, data).to(where.device)
    rule = variant_effects.Rule(least, min_change)
    progress = Progress("scoring variants", len(read), quiet)
    found = variant_effects.effects(net, data, read, where, number, rule, progress)
    tsv.write_table(output, variant_effects.table(read, found, data.contigs))
    say(_summary(found, rule), quiet)
    what = f"{len(read):,} row{'s' if len(read) != 1 else ''}, one for each allele"
    conclude({output: what}, f"predict-annot {write_word(genome)} --browser FOLDER", quiet)


def _label(model: str, trained: "Model", label: str, threshold: float | None) -> tuple[int, float]:
    """The label's number, and the least P of its calls."""
    from ..steps.calling import thresholds

    number, least = thresholds.choose_label(trained, model, label, threshold)
    if least is None:
        raise InputError(f"{model} has no threshold; give --threshold")
    return number, least


def _summary(found: "Effects", rule: "Rule") -> str:
    """How many alleles do what; the sites whose change is too small for the word are counted, too."""
    known = len(found.kind)
    kinds = ", ".join(f"{int((found.kind == kind).sum()):,} {kind}" for kind in KINDS)
    words = f"{known:,} allele{'s' if known != 1 else ''}; effects on sites: {kinds}"
    if little := rule.count_small_crossings(found):
        words += f"; {little:,} cross{'es' if little == 1 else ''} the threshold by less than --min-change"
    return words


main = command(score_variants)
