"""dump-attention: what every head looks at, at sites and at background positions."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Device, GenomeFile, ModelFile, Output, Precision, Progress, Quiet, Seed, Threads, command, say, usable_threads
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Genome, Sites


def dump_attention(
    model: ModelFile,
    genome: GenomeFile,
    sites: Annotated[str, typer.Option(metavar="FILE", help="Sites as BED6, GFF3, GTF or TSV; default: the genome tensor's own.")] = "",
    feature: Annotated[str, typer.Option(help="The feature type whose 5' ends are the sites, in GFF3 and GTF.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="At most so many sites, drawn at random; 0: all.")] = 0,
    background: Annotated[int, typer.Option(min=0, help="Number of background positions.")] = 5000,
    output: Output = "-",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = 1,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Write the attention of every head of MODEL from each site of GENOME, keys by their distance from the site.

    Background positions, no sites and with the same share of A and T around them, come along and are marked: what heads do there is chance.
    """
    import numpy as np

    from ..formats import attention_tensor, model_tensor, tensors
    from ..formats import genome as genome_file
    from ..steps import attend, compute
    from ..steps import background as drawn
    from ..steps import model as networks

    if model == genome == "-":
        raise InputError("MODEL and GENOME cannot both be standard input; give one of them as a file")
    if not dry_run:
        tensors.refuse_terminal(output)
    trained = model_tensor.read(model)
    net = networks.restored(trained.header["config"], len(trained.header["labels"]), trained.weights)
    if not hasattr(net, "keys"):
        raise InputError(f"{model}: a network of preset '{net.config.preset}' has no attention heads; train one with --preset default")
    data = genome_file.read(genome)
    known = _sites(data, sites, feature)
    chosen = known
    if limit and limit < len(known):
        chosen = known.take(np.sort(np.random.default_rng([seed, 7]).choice(len(known), limit, replace=False)))
    others = drawn.matched(data, chosen, known, background, seed)
    queries, is_site = drawn.joined(chosen, others)
    offset, reach = attend.keys_of(net)
    size = (len(queries), net.config.layers, net.config.heads, len(offset))
    say(
        f"{len(chosen):,} sites and {len(others):,} background positions x {size[1] * size[2]} heads x {size[3]} keys: "
        f"{attention_tensor.n_bytes(*size) / 1e6:.0f} MB",
        quiet and not dry_run,
    )
    if dry_run:
        return
    where = compute.choose(device, precision, usable_threads(threads))
    net.to(where.device)
    told = Progress("reading heads", len(queries), quiet)
    blocks = attend.attend(net, data, queries, is_site, where, told)
    attention_tensor.write(output, data.contigs, reach, trained.digest, offset, size, blocks)


def _sites(genome: "Genome", path: str, feature: str) -> "Sites":
    """The sites of a file, or the first label's of a genome tensor."""
    from ..formats import sites as sites_file

    if path:
        found = sites_file.read(path, genome.contigs, feature=feature or None).sites
    elif genome.labels:
        found = genome.sites(0)
    else:
        raise InputError("a plain genome holds no sites; give --sites FILE, or a genome tensor that has them")
    if len(found) == 0:
        raise InputError(f"{path or 'the genome tensor'} holds no site to look at")
    return found


main = command(dump_attention)
