"""attn2bed: from attention to the regions that heads attend to."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    GENOME,
    MODEL,
    Device,
    Manifest,
    MaxRegionQ,
    Output,
    Quiet,
    Seed,
    Threads,
    command,
    conclude,
    count_usable_threads,
    enter,
    say,
    write_word,
)
from ..errors import FormatError, InputError
from ..progress import Progress

if TYPE_CHECKING:
    from ..data import Attention, Contigs, Genome, Model, Regions
    from ..steps.attention.segment import Segmented

AttentionFile = Annotated[
    str, typer.Argument(metavar="ATTENTION", help="Attention from dump-attention; - is standard input.")
]


def attn2bed(
    attention: AttentionFile,
    output: Output = "-",
    max_q: MaxRegionQ = 0.2,
    max_p: Annotated[float, typer.Option(min=0, max=1, help="Largest p of a region.")] = 1.0,
    max_per_site: Annotated[int, typer.Option(min=1, help="Largest number of regions of one head at one site.")] = 1,
    controls_out: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Control regions as BED: the offsets of each head exchanged among the sites."
        ),
    ] = "",
    gff3: Annotated[str, typer.Option("--gff3", metavar="FILE", help="Regions as GFF3.")] = "",
    merge_overlaps: Annotated[
        str, typer.Option(metavar="FILE", help="Regions of all heads as BED, with overlapping regions merged.")
    ] = "",
    per_head: Annotated[
        str, typer.Option(metavar="FOLDER", help="Folder for a BED file of each head, such as L1H3.bed.")
    ] = "",
    model: Annotated[str, typer.Option(metavar="FILE", help=f"{MODEL}; attention from another model is refused.")] = "",
    genome: Annotated[
        str, typer.Option(metavar="FILE", help=f"{GENOME}; it must be that of the attention, and only --ism needs it.")
    ] = "",
    ism: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Number of replacements of the bases of each region, for in-silico mutagenesis; needs --model and "
            "--genome.",
        ),
    ] = None,
    manifest: Manifest = "",
    seed: Seed = 1,
    threads: Threads = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Report the regions that each head attends to at sites more than at background positions, as BED.

    A key counts by its norm, the length of the vector that it adds to the network, so the null key never counts. A
    region is built around the key that adds most at a site, with the neighbouring keys that add at least half as much.
    It covers all bases that these keys have read.

    The columns are contig, start, end, head (such as L1H3), score, strand, weight, offset, site, p and q, and ism
    with --ism.
    """
    from dataclasses import replace

    from ..builtin import MODELS
    from ..formats.features import bed_regions, gff3_regions
    from ..formats.inputs import models
    from ..formats.tensors import attention_tensor
    from ..steps.attention.merge import combine_regions
    from ..steps.attention.segment import permute_offsets, segment

    seen = attention_tensor.read(attention)
    trained = models.open_model(model, MODELS) if model else None
    _refuse_attention(attention, seen, model, trained)
    if ism and not (trained and genome):
        raise InputError("--ism needs --model and --genome, to score sites with their bases replaced; give both")
    found = segment(seen, max_q, max_p, seed, max_per_site)
    regions = found.regions
    for line in (*_describe_regions(found, max_q, max_p), *_explain_nothing(found, trained)):
        say(line, quiet)
    if ism and trained:
        from ..steps.heads import mutagenesis  # with PyTorch, which nothing else here needs
        from ..steps.network import presets
        from ..steps.network.device import use_device

        where = enter(use_device(device, "float32", count_usable_threads(threads)))
        data = _read_same_genome(genome, seen.contigs)
        net = presets.build_with_heads(trained, model, data).to(where.device)
        progress = Progress("replacing bases", len(regions), quiet)
        regions = replace(regions, drop=mutagenesis.drops(net, data, regions, where, ism, seed, progress))
    if controls_out:
        bed_regions.write(controls_out, permute_offsets(regions, seed), seen.contigs)
    if gff3:
        gff3_regions.write(gff3, regions, seen.contigs)
    if merge_overlaps:
        merged = combine_regions(regions)
        say(f"{len(merged):,} regions after merging those of all heads", quiet)
        bed_regions.write(merge_overlaps, merged, seen.contigs)
    _write_each(per_head, regions, seen.contigs)
    bed_regions.write(output, regions, seen.contigs)
    beside = {controls_out: "as many control regions", gff3: "the same regions, GFF3", merge_overlaps: "merged regions"}
    _conclude(output, beside, per_head, regions, manifest, quiet)


def _conclude(
    output: str, beside: dict[str, str], per_head: str, regions: "Regions", manifest: str, quiet: bool
) -> None:
    from ..formats.tables import manifest as manifests

    manifests.add(manifest, {"regions": output})
    what = f"{len(regions):,} regions, BED6+{5 if regions.drop is None else 6}"
    results = {output: what, **beside, per_head: "a BED file for each head"}
    conclude(results, f"bed2pwm {write_word(output)} GENOME -o motifs.meme", quiet)


def _refuse_attention(path: str, seen: "Attention", model: str, trained: "Model | None") -> None:
    if trained and trained.digest != seen.model:
        said = f"this is the attention of another model than {model}; run dump-attention with that model"
        raise FormatError(path, None, said)
    if not seen.is_background.any():
        said = "no background positions in it, which p needs; run dump-attention with --background"
        raise FormatError(path, None, said)


def _describe_regions(found: "Segmented", max_q: float, max_p: float) -> list[str]:
    """How many regions each limit leaves, and how many shuffled sites have a small p."""
    from ..steps.attention.segment import RARE

    heads = len(set(found.regions.head.tolist()))
    looked_at = f"{found.tests:,} regions tested against {found.background:,} background positions"
    rare = (
        f"{found.rare:,} have p of at most {max_p:g}, and {found.significant:,} of them"
        if max_p < 1
        else f"{found.significant:,}"
    )
    lines = [f"{looked_at}; {rare}, from {heads} heads, have q of at most {max_q:g}"]
    if found.shuffled:
        share = f"{found.shuffled:,} shuffled sites x heads, {found.shuffled_rare:.2%} have p of at most {RARE:g}"
        lines.append(f"control: of {share}")
    return lines


def _explain_nothing(found: "Segmented", trained: "Model | None") -> list[str]:
    """Why there are no regions: nothing passes, and perhaps the model learned nothing."""
    if not found.why_none:
        return []
    from ..steps.training import description

    unknown = ["a model that learned nothing has none: headmotif inspect MODEL shows its scores"]
    return [found.why_none, *(description.describe_doubts(trained.labels) if trained else unknown)]


def _read_same_genome(path: str, contigs: "Contigs") -> "Genome":
    """The genome that attention comes from."""
    from ..formats.inputs import genomes

    data = genomes.read(path)
    if [(c.name, c.length) for c in data.contigs] != [(c.name, c.length) for c in contigs]:
        raise FormatError(path, None, "this is not the genome that the attention comes from; give that genome")
    return data


def _write_each(folder: str, regions: "Regions", contigs: "Contigs") -> None:
    import os

    from ..formats.features import bed_regions
    from ..formats.output_files import make_folder

    if not folder:
        return
    make_folder(folder)
    for head in sorted(set(regions.head.tolist())):
        bed_regions.write(os.path.join(folder, f"{head}.bed"), regions.take(regions.head == head), contigs)


main = command(attn2bed)
