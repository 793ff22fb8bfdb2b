"""score-variants: what the variants of a genome change in its annotation."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Circular,
    Device,
    GenomeFile,
    LabelName,
    ModelName,
    Output,
    Precision,
    Progress,
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

if TYPE_CHECKING:
    from ..data import Model
    from ..formats.features.vcf import VariantFile
    from ..steps.calling.variant_effects import Effects

KINDS = ("gained", "lost", "stronger", "weaker", "none")


def score_variants(
    genome: GenomeFile,
    variants: Annotated[str, typer.Argument(metavar="VCF", help="Variants of the genome, VCF; - is standard input.")],
    model: ModelName = "ecoli-tss",
    label: LabelName = "",
    threshold: Threshold = None,
    circular: Circular = None,
    output: Output = "-",
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Score how each allele of a VCF changes the sites of a genome.

    The table (TSV) has a row for each allele. It says whether the allele creates, destroys, strengthens or weakens a
    site, and where P changes most.

    P is computed for the genome as it is, and with this one allele in it, at every position that the allele can
    affect, on both strands.
    """
    from ..builtin import MODELS
    from ..formats.features import vcf
    from ..formats.files import refuse_unwritable
    from ..formats.inputs import genomes
    from ..formats.tables import tsv
    from ..formats.tensors import model_tensor
    from ..steps.calling import variant_effects
    from ..steps.network import presets
    from ..steps.network.device import use_device

    refuse_unwritable(output)
    trained = model_tensor.open_model(model, MODELS)
    number, least = _label(model, trained, label, threshold)
    data = genomes.read(genome, circular or [])
    read = vcf.read(variants, data.contigs)
    variant_effects.refuse_other_genome(data, read.variants, variants)
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    net = presets.build_from_model(trained).to(where.device)
    progress = Progress("scoring variants", len(read.variants), quiet)
    found = variant_effects.effects(net, data, read.variants, where, number, least, progress=progress)
    tsv.write_table(output, variant_effects.table(read.variants, found, data.contigs))
    say(_summary(read, found), quiet)
    what = f"{len(read.variants):,} rows, one for each allele"
    conclude({output: what}, f"predict-annot {write_word(genome)} --browser FOLDER", quiet)


def _label(model: str, trained: "Model", label: str, threshold: float | None) -> tuple[int, float]:
    """The label's number, and the least P of its calls."""
    from ..steps.calling import thresholds

    number, least = thresholds.choose_label(trained, model, label, threshold)
    if least is None:
        raise InputError(f"{model} has no threshold; give --threshold")
    return number, least


def _summary(read: "VariantFile", found: "Effects") -> str:
    known = len(read.variants)
    kinds = ", ".join(f"{int((found.kind == kind).sum()):,} {kind}" for kind in KINDS)
    left_out = "".join(f"; {n:,} {reason} left out" for reason, n in read.left_out)
    return f"{known:,} allele{'s' if known != 1 else ''}; effects on sites: {kinds}{left_out}"


main = command(score_variants)
