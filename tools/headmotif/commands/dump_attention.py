"""dump-attention: the attention of every head at sites and at background positions."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Device,
    DryRun,
    Feature,
    GenomeFile,
    MaxSites,
    ModelFile,
    Output,
    Precision,
    Quiet,
    Seed,
    SitesFile,
    Threads,
    command,
    conclude,
    count_usable_threads,
    enter,
    parse_limit,
    say,
    write_word,
)
from ..errors import InputError
from ..progress import Progress

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
            "--called",
            help="Read the heads at the sites that the model calls, for its first label, instead of --sites.",
        ),
    ] = False,
    random: Annotated[
        int | None, typer.Option(min=1, help="Number of random positions of both strands to read instead of sites.")
    ] = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere", help="Read the heads at every position of both strands; --top-k keeps the file small."
        ),
    ] = False,
    max_sites: MaxSites = "all",
    background: Annotated[int, typer.Option(min=0, help="Number of background positions.")] = 4000,
    shuffled: Annotated[
        int,
        typer.Option(min=0, help="Number of shuffled sites, which are read again with the bases around them shuffled."),
    ] = 1000,
    layers: Annotated[
        str, typer.Option(metavar="1,2,...", help="Numbers of the layers to write, from 1; default: all.")
    ] = "",
    heads: Annotated[
        str, typer.Option(metavar="1,2,...", help="Numbers of the heads of each layer to write, from 1; default: all.")
    ] = "",
    top_k: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="K",
            help="Number of keys to write for each position and head, those of largest weight. attn2bed needs all "
            "keys; default: all.",
        ),
    ] = None,
    output: Output = "-",
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what is written if the run is stopped, and continue from there.")
    ] = False,
    dry_run: DryRun = False,
    seed: Seed = 1,
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Write the attention of every head of MODEL at each site of GENOME.

    The file has the weight and the norm of each key by its offset from the site. Two controls are written too, and
    marked: background positions, and shuffled sites. They show what a head does by chance.
    """

    from ..builtin import MODELS
    from ..formats.inputs import genomes, models, named_sites
    from ..formats.output_files import refuse_terminal
    from ..formats.tensors import attention_tensor
    from ..steps.attention import queries as drawn
    from ..steps.attention import record
    from ..steps.network import presets
    from ..steps.network.device import use_device

    _refuse_what_does_not_go_together([bool(sites), called, bool(random), everywhere], resume, output)
    refuse_terminal("" if dry_run else output)
    trained = models.open_model(model, MODELS)
    data = genomes.read(genome)
    net = presets.build_with_heads(trained, model, data)
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    net.to(where.device)
    if everywhere:
        known, background, shuffled = drawn.list_positions(data), 0, 0  # there is nothing else left
    elif random:
        known = drawn.draw_positions(data, random, seed)
    elif called:
        known = _call_sites(net, data, trained, where, quiet)
    else:
        data, known = named_sites.read_for_genome(data, sites, feature)
    asked = drawn.sample(known, parse_limit(max_sites), seed)
    others = drawn.draw_matched(data, asked, known, background, seed)
    queries, kind = drawn.concatenate(asked, others)
    as_they_are = record.Look(data, queries, record.describe_queries(queries, kind))
    looks = [as_they_are, record.make_shuffled_look(net, data, asked, shuffled, seed)]
    chosen = record.Chosen(_numbers(layers, net.config.layers, "layer"), _numbers(heads, net.config.heads, "head"))
    frame = _frame(net, data, trained.digest, chosen, sum(len(look.queries) for look in looks), top_k or 0)
    first = attention_tensor.count_queries_done(output, frame) if resume else None
    say(_size(len(asked), len(others), len(looks[1].queries), frame, first or 0, output), quiet and not dry_run)
    if dry_run:
        return
    blocks = record.attend_each(net, looks, where, Progress("reading heads", frame.queries, quiet), chosen, first or 0)
    if top_k:
        blocks = (record.keep_top_keys(block, top_k) for block in blocks)
    attention_tensor.write(output, frame, blocks, first)
    _conclude(output, frame.queries, trained, quiet)


def _conclude(output: str, queries: int, trained: "Model", quiet: bool) -> None:
    from ..steps.training.description import describe_doubts

    for doubt in describe_doubts(trained.labels):
        say(doubt, quiet)
    follow = f"attn2bed {write_word(output)} -o regions.bed"
    conclude({output: f"attention of {queries:,} queries"}, follow, quiet)


def _refuse_what_does_not_go_together(ways: list[bool], resume: bool, output: str) -> None:
    from ..formats.bgzip import is_compressed, strip_ending

    if sum(ways) > 1:
        raise InputError("--sites, --called, --random and --everywhere exclude each other; give one of them")
    if resume and output == "-":
        raise InputError("--resume needs --output FILE, which keeps what is written; give it")
    if resume and is_compressed(output):
        raise InputError(f"--resume cannot continue a compressed file; give --output {strip_ending(output)}")


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


def _size(sites: int, background: int, shuffled: int, frame: "Frame", done: int, output: str) -> str:
    """What the result will hold, in words."""
    from ..formats.bgzip import is_compressed

    heads, keys = len(frame.layers) * len(frame.heads), frame.top or len(frame.offset)
    queries = f"{sites:,} sites, {background:,} background positions and {shuffled:,} shuffled sites"
    resumed = f"; resumed at query {done + 1:,} of {frame.queries:,}" if done else ""
    before = " before compression" if is_compressed(output) else ""
    return f"{queries} x {heads} heads x {keys} keys: {frame.n_bytes:,} bytes{before}{resumed}"


def _call_sites(net: "HeadedNetwork", genome: "Genome", model: "Model", where: "Compute", quiet: bool) -> "Sites":
    """What the model calls sites of its first label."""
    import numpy as np

    from ..steps.calling import local_maxima
    from ..steps.network import annotate

    label, threshold = model.names[0], model.labels[0].threshold
    if threshold is None:
        raise InputError("this model has no threshold for --called; give --sites, or train it again")
    progress = Progress("annotating", 2 * len(genome.base), quiet)
    p = annotate.annotate(net, genome, where, progress=progress)[0]
    found = local_maxima.call_sites(p, genome.contigs, threshold)
    if not len(found):
        highest = f"the highest P is {np.nanmax(p, initial=0):.3g}, below its threshold of {threshold:.3g}"
        raise InputError(f"the model calls no site of '{label}' in this genome: {highest}; give --sites")
    return found


main = command(dump_attention)
