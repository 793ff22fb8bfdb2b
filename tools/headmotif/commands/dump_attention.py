"""dump-attention: what every head looks at, at sites and at background positions."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Device,
    Feature,
    GenomeFile,
    ModelFile,
    Output,
    Precision,
    Progress,
    Quiet,
    Seed,
    SitesFile,
    Threads,
    command,
    enter,
    say,
    usable_threads,
)
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Genome, Model, Sites
    from ..formats.tensors.attention_tensor import Frame
    from ..steps.attention.record import Chosen
    from ..steps.network.device import Compute
    from ..steps.network.protocol import HeadedNetwork


def dump_attention(
    model: ModelFile,
    genome: GenomeFile,
    sites: SitesFile = "",
    feature: Feature = "",
    called: Annotated[
        bool,
        typer.Option(
            "--called", help="Look at what the model calls: its first label's local maxima above its threshold."
        ),
    ] = False,
    random: Annotated[
        int, typer.Option(min=0, help="Look at so many random positions of both strands instead of sites.")
    ] = 0,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Look at every position of both strands; see --top-k.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="At most so many sites, drawn at random; 0: all.")] = 0,
    background: Annotated[int, typer.Option(min=0, help="Number of background positions.")] = 4000,
    shuffled: Annotated[
        int, typer.Option(min=0, help="Number of sites that are looked at again with their surroundings shuffled.")
    ] = 1000,
    layers: Annotated[str, typer.Option(metavar="1,2,...", help="These layers alone, from 1; default: all.")] = "",
    heads: Annotated[
        str, typer.Option(metavar="1,2,...", help="These heads of each layer alone, from 1; default: all.")
    ] = "",
    top_k: Annotated[
        int, typer.Option(min=0, help="Write the strongest K keys of each query and head alone; 0: all.")
    ] = 0,
    output: Output = "-",
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what is written if it is stopped, and go on from it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = 1,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Write the attention of every head of MODEL from each site of GENOME, keys by their distance from the site.

    Background positions, no sites and with the same share of A and T around them, come along and are marked, as do
    sites whose surroundings are shuffled: what heads do there is chance.
    """

    from ..builtin import MODELS
    from ..formats.files import refuse_terminal
    from ..formats.inputs import genomes, named_sites
    from ..formats.tensors import attention_tensor, model_tensor
    from ..steps.attention import queries as drawn
    from ..steps.attention import record
    from ..steps.network import presets
    from ..steps.network.device import using

    _refuse_what_does_not_go_together([bool(sites), called, bool(random), everywhere], resume, output)
    refuse_terminal("" if dry_run else output)
    trained = model_tensor.opened(model, MODELS)
    net = presets.with_heads(trained, model)
    data = genomes.read(genome)
    where = enter(using(device, precision, usable_threads(threads)))
    net.to(where.device)
    if everywhere:
        known, background, shuffled = drawn.everywhere(data), 0, 0  # there is nothing else left
    elif random:
        known = drawn.anywhere(data, random, seed)
    elif called:
        known = _called(net, data, trained, where, quiet)
    else:
        known = named_sites.of_genome(data, sites, feature)
    asked = drawn.sample(known, limit, seed)
    others = drawn.matched(data, asked, known, background, seed)
    queries, kind = drawn.joined(asked, others)
    as_they_are = record.Look(data, queries, record.said_of(queries, kind))
    looks = [as_they_are, record.shuffled(net, data, asked, shuffled, seed)]
    chosen = record.Chosen(_numbers(layers, net.config.layers, "layer"), _numbers(heads, net.config.heads, "head"))
    frame = _frame(net, data, trained.digest, chosen, sum(len(look.queries) for look in looks), top_k)
    first = attention_tensor.queries_done(output, frame) if resume else None
    say(_size(len(asked), len(others), len(looks[1].queries), frame), quiet and not dry_run)
    if dry_run:
        return
    blocks = record.attend_each(net, looks, where, Progress("reading heads", frame.queries, quiet), chosen, first or 0)
    if top_k:
        blocks = (record.strongest(block, top_k) for block in blocks)
    attention_tensor.write(output, frame, blocks, first)


def _refuse_what_does_not_go_together(ways: list[bool], resume: bool, output: str) -> None:
    if sum(ways) > 1:
        raise InputError("--sites, --called, --random and --everywhere each say where to look; give one of them")
    if resume and output == "-":
        raise InputError("--resume needs --output FILE: what is half-written stays there")


def _numbers(text: str, most: int, what: str) -> tuple[int, ...]:
    """Indices from 0 of a list of numbers from 1; all where there is none."""
    if not text:
        return tuple(range(most))
    try:
        found = sorted({int(word) for word in text.split(",")})
    except ValueError:
        raise InputError(f"--{what}s {text}: give numbers with commas between them, such as 1,3") from None
    if not 1 <= found[0] <= found[-1] <= most:
        raise InputError(f"--{what}s {text}: this model has {what}s 1 to {most}")
    return tuple(number - 1 for number in found)


def _frame(net: "HeadedNetwork", genome: "Genome", model: str, chosen: "Chosen", queries: int, top: int) -> "Frame":
    from ..formats.tensors.attention_tensor import Frame
    from ..steps.attention import record

    offset, reach = record.keys_of(net)
    if top > len(offset):
        raise InputError(f"--top-k {top}: a head has {len(offset)} keys")
    layers, heads = (tuple(index + 1 for index in indices) for indices in (chosen.layers, chosen.heads))
    return Frame(
        genome.contigs, layers, heads, tuple(reach[layer] for layer in chosen.layers), model, offset, queries, top
    )


def _size(sites: int, background: int, shuffled: int, frame: "Frame") -> str:
    """What the result will hold, in words."""
    heads, keys = len(frame.layers) * len(frame.heads), frame.top or len(frame.offset)
    queries = f"{sites:,} sites, {background:,} background positions and {shuffled:,} shuffled sites"
    return f"{queries} x {heads} heads x {keys} keys: {frame.n_bytes:,} bytes"


def _called(net: "HeadedNetwork", genome: "Genome", model: "Model", where: "Compute", quiet: bool) -> "Sites":
    """What the model calls sites of its first label."""
    from ..steps.calling import local_maxima
    from ..steps.network import annotate

    label, threshold = model.names[0], model.labels[0].threshold
    if threshold is None:
        raise InputError("this model names no threshold of its calls; give --sites, or train it again")
    told = Progress("annotating", 2 * len(genome.base), quiet)
    p = annotate.annotate(net, genome, where, told=told)[0]
    found = local_maxima.called(p, genome.contigs, threshold)
    if not len(found):
        raise InputError(
            f"the model calls no site of '{label}' in this genome (threshold {threshold:.3g}); give --sites"
        )
    return found


main = command(dump_attention)
