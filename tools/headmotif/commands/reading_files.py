"""What the commands that read heads begin from: a network with heads, and sites."""

from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Genome, Sites
    from ..formats.model_tensor import Trained
    from ..steps.network.presets import Network


def network(path: str, trained: "Trained") -> "Network":
    """The network of a model file; refuses one without heads."""
    from . import model_files

    net = model_files.network(trained)
    if not hasattr(net, "keys"):
        raise InputError(f"{path}: a network of preset '{net.config.preset}' has no attention heads; train one with --preset default")
    return net


def some(known: "Sites", limit: int, seed: int) -> "Sites":
    """At most so many of the sites, drawn at random, in their order; all where the limit is 0."""
    import numpy as np

    if not limit or limit >= len(known):
        return known
    return known.take(np.sort(np.random.default_rng([seed, 7]).choice(len(known), limit, replace=False)))


def sites(genome: "Genome", path: str, feature: str) -> "Sites":
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
