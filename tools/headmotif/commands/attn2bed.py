"""attn2bed: from attention to regions."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Output, Quiet, Seed, command, say
from ..errors import FormatError, InputError

if TYPE_CHECKING:
    from ..data import Regions

AttentionFile = Annotated[str, typer.Argument(metavar="ATTENTION", help="A file that dump-attention wrote; - is standard input.")]


def attn2bed(
    attention: AttentionFile,
    output: Output = "-",
    max_q: Annotated[float, typer.Option(min=0, max=1, help="Largest false discovery rate, over the regions of all heads.")] = 0.1,
    max_p: Annotated[float, typer.Option(min=0, max=1, help="Largest p of a region.")] = 0.05,
    several: Annotated[int, typer.Option(min=1, help="Regions of a site and head, at most.")] = 1,
    controls: Annotated[
        str, typer.Option(metavar="FILE", help="Control regions: each head's distances swapped among the sites, as BED.")
    ] = "",
    gff3: Annotated[str, typer.Option("--gff3", metavar="FILE", help="The same regions as GFF3.")] = "",
    combine: Annotated[str, typer.Option(metavar="FILE", help="Regions of all heads, overlapping ones merged, as BED.")] = "",
    per_head: Annotated[str, typer.Option(metavar="FOLDER", help="A BED file for each head, such as L1H3.bed, in this folder.")] = "",
    model: Annotated[str, typer.Option(metavar="FILE", help="The model it is to come from: attention of another one is refused.")] = "",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Report the bases that each head attends to at sites more than it ever does at background positions, as BED.

    Regions are the bases that the strongest key, and its neighbours of at least half its weight, have read.
    Columns: contig, start, end, head (L1H3), score, strand, weight, distance from the site, site, p, q.
    """
    from ..formats import attention_tensor, bed, gff3_regions, model_tensor
    from ..steps.merge import combined
    from ..steps.segment import permuted_offsets, segment

    seen = attention_tensor.read(attention)
    if model and model_tensor.read(model).digest != seen.model:
        raise FormatError(attention, None, f"this is the attention of another model than {model}; dump it again from that one")
    if not seen.is_background.any():
        raise FormatError(attention, None, "no background positions in it, so nothing says what is chance; dump it again with --background")
    found = segment(seen, max_q, max_p, seed, several)
    heads = len(set(found.regions.head.tolist()))
    looked_at = f"{found.tests:,} regions looked at, against {found.background:,} background positions"
    left = f"{found.rare:,} with p of at most {max_p:g}, {found.significant:,} of them, of {heads} heads, with q of at most {max_q:g}"
    say(f"{looked_at}; {left}", quiet)
    if found.shuffled:
        say(f"control: {found.shuffled:,} sites with shuffled surroundings have p of at most {max_p:g} in {found.shuffled_rare:.2%}", quiet)
    lengths = {c.name: c.length for c in seen.contigs}
    circles = [c.name for c in seen.contigs if c.circular]
    if controls:
        bed.write_regions(controls, permuted_offsets(found.regions, seed), lengths, circles)
    if gff3:
        gff3_regions.write(gff3, found.regions, lengths, circles)
    if combine:
        merged = combined(found.regions)
        say(f"{len(merged):,} regions where those of all heads are merged", quiet)
        bed.write_regions(combine, merged, lengths, circles)
    if per_head:
        _write_each(per_head, found.regions, lengths, circles)
    bed.write_regions(output, found.regions, lengths, circles)


def _write_each(folder: str, regions: "Regions", lengths: dict[str, int], circles: list[str]) -> None:
    import os

    from ..formats import bed

    try:
        os.makedirs(folder, exist_ok=True)
    except (FileExistsError, PermissionError):
        raise InputError(f"{folder}: this is no folder that can be written to; give another") from None
    for head in sorted(set(regions.head.tolist())):
        bed.write_regions(os.path.join(folder, f"{head}.bed"), regions.take(regions.head == head), lengths, circles)


main = command(attn2bed)
