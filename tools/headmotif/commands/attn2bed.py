"""attn2bed: from attention to regions."""

from typing import Annotated

import typer

from ..cli import Output, Quiet, Seed, command, say

AttentionFile = Annotated[str, typer.Argument(metavar="ATTENTION", help="A file that dump-attention wrote; - is standard input.")]


def attn2bed(
    attention: AttentionFile,
    output: Output = "-",
    max_q: Annotated[float, typer.Option(min=0, max=1, help="Largest false discovery rate of a region.")] = 0.1,
    max_p: Annotated[
        float, typer.Option(min=0, max=1, help="Largest p of a region: where nearly every site differs, q alone lets weak ones in.")
    ] = 0.05,
    controls: Annotated[
        str, typer.Option(metavar="FILE", help="Control regions: each head's distances swapped among the sites, as BED.")
    ] = "",
    model: Annotated[str, typer.Option(metavar="FILE", help="The model it is to come from: attention of another one is refused.")] = "",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Report the bases that each head attends to at sites more than it ever does at background positions, as BED.

    One region a site and head at most: the bases that the strongest key, and its neighbours of at least half its weight, have read.
    Columns: contig, start, end, head (L1H3), score, strand, weight, distance from the site, site, p, q.
    """
    from ..errors import FormatError
    from ..formats import attention_tensor, bed, model_tensor
    from ..steps.segment import permuted_offsets, segment

    seen = attention_tensor.read(attention)
    if model and model_tensor.read(model).digest != seen.model:
        raise FormatError(attention, None, f"this is the attention of another model than {model}; dump it again from that one")
    if not seen.is_background.any():
        raise FormatError(attention, None, "no background positions in it, so nothing says what is chance; dump it again with --background")
    found = segment(seen, max_q, max_p, seed)
    heads = len(set(found.regions.head.tolist()))
    say(
        f"{found.tests:,} sites x heads tested against {found.background:,} background positions each; "
        f"{found.significant:,} regions of {heads} heads with q of at most {max_q:g} and p of at most {max_p:g}",
        quiet,
    )
    lengths = {c.name: c.length for c in seen.contigs}
    circles = [c.name for c in seen.contigs if c.circular]
    bed.write_regions(output, found.regions, lengths, circles)
    if controls:
        bed.write_regions(controls, permuted_offsets(found.regions, seed), lengths, circles)


main = command(attn2bed)
