"""attn2bed: from attention to regions."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Device, Output, Progress, Quiet, Seed, Threads, command, enter, say, usable_threads
from ..errors import FormatError, InputError

if TYPE_CHECKING:
    from ..data import Attention, Contigs, Genome, Model, Regions
    from ..steps.attention.segment import Segmented

AttentionFile = Annotated[
    str, typer.Argument(metavar="ATTENTION", help="A file that dump-attention wrote; - is standard input.")
]


def attn2bed(
    attention: AttentionFile,
    output: Output = "-",
    max_q: Annotated[
        float, typer.Option(min=0, max=1, help="Largest false discovery rate, over the regions of all heads.")
    ] = 0.2,
    max_p: Annotated[float, typer.Option(min=0, max=1, help="Largest p of a region.")] = 1.0,
    several: Annotated[int, typer.Option(min=1, help="Regions of a site and head, at most.")] = 1,
    controls: Annotated[
        str,
        typer.Option(metavar="FILE", help="Control regions: each head's distances swapped among the sites, as BED."),
    ] = "",
    gff3: Annotated[str, typer.Option("--gff3", metavar="FILE", help="The same regions as GFF3.")] = "",
    combine: Annotated[
        str, typer.Option(metavar="FILE", help="Regions of all heads, overlapping ones merged, as BED.")
    ] = "",
    per_head: Annotated[
        str, typer.Option(metavar="FOLDER", help="A BED file for each head, such as L1H3.bed, in this folder.")
    ] = "",
    model: Annotated[
        str, typer.Option(metavar="FILE", help="The model it is to come from: attention of another one is refused.")
    ] = "",
    genome: Annotated[str, typer.Option(metavar="FILE", help="The genome it comes from, for --ism.")] = "",
    ism: Annotated[
        int,
        typer.Option(
            min=0,
            help="In-silico mutagenesis: replace each region's bases so many times; needs --model and --genome. "
            "0: none.",
        ),
    ] = 0,
    seed: Seed = 1,
    threads: Threads = 0,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Report the bases that each head attends to at sites more than it ever does at background positions, as BED.

    A key counts by the length of what it adds, which is nothing for a weight on nothing. Regions are the bases that the
    strongest key, and its neighbours that add at least half as much, have read.
    Columns: contig, start, end, head (L1H3), score, strand, weight, distance from the site, site, p, q; with --ism,
    ism.
    """
    from dataclasses import replace

    from ..builtin import MODELS
    from ..formats.features import bed, gff3_regions
    from ..formats.tensors import attention_tensor, model_tensor
    from ..steps.attention.merge import combined
    from ..steps.attention.segment import permuted_offsets, segment
    from ..steps.heads import mutagenesis
    from ..steps.network import presets
    from ..steps.network.device import using

    seen = attention_tensor.read(attention)
    trained = model_tensor.opened(model, MODELS) if model else None
    _refuse_attention(attention, seen, model, trained)
    if ism and not (trained and genome):
        raise InputError(
            "--ism needs --model and --genome: the network is asked again with the regions' bases replaced"
        )
    found = segment(seen, max_q, max_p, seed, several)
    regions = found.regions
    for line in _said(found, max_q, max_p):
        say(line, quiet)
    if ism and trained:
        where = enter(using(device, "float32", usable_threads(threads)))
        net = presets.with_heads(trained, model).to(where.device)
        told = Progress("replacing bases", len(regions), quiet)
        drop = mutagenesis.drops(net, _same_genome(genome, seen.contigs), regions, where, ism, seed, told)
        regions = replace(regions, drop=drop)
    if controls:
        bed.write_regions(controls, permuted_offsets(regions, seed), seen.contigs)
    if gff3:
        gff3_regions.write(gff3, regions, seen.contigs)
    if combine:
        merged = combined(regions)
        say(f"{len(merged):,} regions where those of all heads are merged", quiet)
        bed.write_regions(combine, merged, seen.contigs)
    _write_each(per_head, regions, seen.contigs)
    bed.write_regions(output, regions, seen.contigs)


def _refuse_attention(path: str, seen: "Attention", model: str, trained: "Model | None") -> None:
    if trained and trained.digest != seen.model:
        said = f"this is the attention of another model than {model}; dump it again from that one"
        raise FormatError(path, None, said)
    if not seen.is_background.any():
        said = "no background positions in it, so nothing says what chance is; run dump-attention --background"
        raise FormatError(path, None, said)


def _said(found: "Segmented", max_q: float, max_p: float) -> list[str]:
    """What fell at each limit, and how many of the sites with shuffled surroundings have a small p."""
    from ..steps.attention.segment import RARE

    heads = len(set(found.regions.head.tolist()))
    looked_at = f"{found.tests:,} regions looked at, against {found.background:,} background positions"
    rare = (
        f"{found.rare:,} with p of at most {max_p:g}, {found.significant:,} of them"
        if max_p < 1
        else f"{found.significant:,}"
    )
    lines = [f"{looked_at}; {rare}, of {heads} heads, with q of at most {max_q:g}"]
    if found.shuffled:
        share = (
            f"{found.shuffled:,} sites with shuffled surroundings x heads {found.shuffled_rare:.2%} have "
            f"p of at most {RARE:g}"
        )
        lines.append(f"control: of {share}")
    return lines


def _same_genome(path: str, contigs: "Contigs") -> "Genome":
    """The genome that attention comes from."""
    from ..formats.inputs import genomes

    data = genomes.read(path)
    if [(c.name, c.length) for c in data.contigs] != [(c.name, c.length) for c in contigs]:
        raise FormatError(path, None, "this is not the genome that the attention comes from; give that one")
    return data


def _write_each(folder: str, regions: "Regions", contigs: "Contigs") -> None:
    import os

    from ..formats import files
    from ..formats.features import bed

    if not folder:
        return
    files.make_folder(folder)
    for head in sorted(set(regions.head.tolist())):
        bed.write_regions(os.path.join(folder, f"{head}.bed"), regions.take(regions.head == head), contigs)


main = command(attn2bed)
