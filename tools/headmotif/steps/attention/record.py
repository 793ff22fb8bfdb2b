"""Recording attention: the weight that each head gives to each key, and what the key adds, at chosen positions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from ...data import SHUFFLED, Attention, Genome, Sites
from ..network.annotate import shift_progress
from ..network.device import Compute
from ..network.layers import Recorded
from ..network.parallel import map_in_order
from ..network.protocol import HeadedNetwork
from ..sequence.shuffle import shuffle_surroundings
from ..sequence.windows import Reads, flip

ROOM = 64 << 20
"""Bytes of float32 weights and norms that are held at once: those of a block of queries, and those of one layer while
it is computed."""


def keys_of(net: HeadedNetwork) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return the key axis of a network and the reach of its layers.

    Parameters
    ----------
    net : HeadedNetwork

    Returns
    -------
    keys : numpy.ndarray
        int32 (keys,), offsets of the keys' centres from the site, in bases, negative upstream.
    reach : tuple[int, ...]
        For each layer, the bases that a key has read on the longer side of its centre.
    """
    return net.keys, tuple(max(sides) for sides in net.reach)


@dataclass(frozen=True)
class Chosen:
    """The layers and heads whose attention is kept.

    Attributes
    ----------
    layers, heads
        Indices of the layers and heads, from 0; the same heads in each layer.
    """

    layers: tuple[int, ...]
    heads: tuple[int, ...]


def choose_all(net: HeadedNetwork) -> Chosen:
    """Choose all layers and heads of a network.

    Parameters
    ----------
    net : HeadedNetwork

    Returns
    -------
    Chosen
    """
    return Chosen(tuple(range(net.config.layers)), tuple(range(net.config.heads)))


def attend(
    net: HeadedNetwork,
    genome: Genome,
    queries: Sites,
    kind: np.ndarray,
    compute: Compute,
    progress: Callable[[int], None] | None = None,
    chosen: Chosen | None = None,
) -> Iterator[dict[str, np.ndarray]]:
    """Record the attention at each query, block by block.

    The recording goes through the computation that annotates a genome, so it changes no output. Nearby queries of a
    block are computed together, so queries in the order of the genome are the fastest.

    Parameters
    ----------
    net : HeadedNetwork
    genome, queries
        Positions at which attention is recorded, and the genome that holds them.
    kind
        uint8 (queries,), `SITE`, `BACKGROUND` or `SHUFFLED`; passed on to the blocks.
    compute
        Device and arithmetic.
    progress
        Called with the number of queries done.
    chosen
        Layers and heads to keep; None: all.

    Yields
    ------
    dict[str, numpy.ndarray]
        A block of queries in their order, with arrays named and typed as in the attention file. `weight` and `norm` are
        float16 (queries, layers, heads, keys), NaN for keys off a linear contig and 0 for keys on N. `none`, float16
        (queries, layers, heads), is the weight on the null key. `probability`, float32 (queries,), is P of the first
        label. The other columns are those of `describe_queries`.
    """
    chosen = chosen or choose_all(net)
    reads = Reads(genome, net.before, net.after)
    size = block_size(net)
    net.eval()
    for first in range(0, len(queries), size):
        rows = slice(first, min(first + size, len(queries)))
        block = queries.take(rows)
        place = flip(block.position, block.strand, reads.lengths[block.contig])
        found = _record(net, reads, block, place, compute, chosen)
        key = place[:, None] + net.keys
        off = ((key < 0) | (key >= reads.lengths[block.contig][:, None])) & ~reads.circular[block.contig][
            :, None
        ]  # (queries, keys)
        for name in ("weight", "norm"):
            np.copyto(found[name], np.float16(np.nan), where=off[:, None, None])
        yield {**found, **describe_queries(block, kind[rows])}
        if progress:
            progress(rows.stop)


def describe_queries(queries: Sites, kind: np.ndarray | int) -> dict[str, np.ndarray]:
    """Describe queries as the attention file does, apart from what the heads do there.

    Parameters
    ----------
    queries, kind
        The queries, and one kind for all of them or uint8 (queries,).

    Returns
    -------
    dict[str, numpy.ndarray]
        `contig` int32, `position` int64 (0-based, + coordinates), `strand` int8 (+1 or -1) and `kind` uint8, all
        (queries,).
    """
    return {
        "contig": queries.contig.astype(np.int32),
        "position": queries.position.astype(np.int64),
        "strand": queries.strand.astype(np.int8),
        "kind": np.broadcast_to(kind, len(queries)).astype(np.uint8),
    }


def keep_top_keys(block: dict[str, np.ndarray], k: int) -> dict[str, np.ndarray]:
    """Reduce a block to the k keys of each head with the largest weights.

    Parameters
    ----------
    block, k
        A block of `attend`, and the number of keys to keep for each query and head.

    Returns
    -------
    dict[str, numpy.ndarray]
        The same arrays, with k keys in `weight` and `norm`, the largest weight first and ties in the order of the keys.
        `key`, int16 (queries, layers, heads, k), holds their indices. Keys off the contig come last, with -1 and NaN.
    """
    order = np.argsort(-np.nan_to_num(block["weight"], nan=-1.0), axis=-1, kind="stable")[..., :k]
    thin = {name: np.take_along_axis(block[name], order, axis=-1) for name in ("weight", "norm")}
    return {**block, **thin, "key": np.where(np.isnan(thin["weight"]), -1, order).astype(np.int16)}


def gather(
    net: HeadedNetwork,
    genome: Genome,
    queries: Sites,
    kind: np.ndarray,
    compute: Compute,
    progress: Callable[[int], None] | None = None,
) -> Attention:
    """Record the attention at all queries in memory, with 2 x 2 bytes for each query, head and key.

    Parameters
    ----------
    net, genome, queries, kind, compute, progress
        As in `attend`; at least one query.

    Returns
    -------
    Attention
        The queries in their order, with all layers and heads.
    """
    blocks = list(attend(net, genome, queries, kind, compute, progress))
    offset, reach = keys_of(net)
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return Attention(
        weight=columns["weight"],
        norm=columns["norm"],
        none=columns["none"],
        offset=offset,
        reach=reach,
        kind=columns["kind"],
        probability=columns["probability"],
        contig=columns["contig"],
        position=columns["position"],
        strand=columns["strand"],
        contigs=genome.contigs,
    )


@dataclass(frozen=True, eq=False)
class Look:
    """Queries in a genome, and how the attention file describes them.

    Attributes
    ----------
    genome
        Genome that holds the queries; a genome of shuffled surroundings for shuffled sites.
    queries
        Positions at which attention is recorded.
    said
        The columns of `describe_queries`, of the queries or of the sites that they stand for.
    """

    genome: Genome
    queries: Sites
    said: dict[str, np.ndarray]


def make_shuffled_look(net: HeadedNetwork, genome: Genome, sites: Sites, number: int, seed: int) -> Look:
    """Prepare shuffled sites as queries, described by the positions of the original sites.

    Parameters
    ----------
    net
        Network whose surroundings of a site are shuffled, from `before` to `after`.
    genome, sites
        Sites to draw from, and their genome; see `shuffle.shuffle_surroundings` for those that are left out.
    number, seed
        Largest number of shuffled sites, and seed of the random numbers.

    Returns
    -------
    Look
        A contig for each shuffled site, with the site on its + strand.
    """
    made, row = shuffle_surroundings(genome, sites, net.before, net.after, number, seed)
    n = len(row)
    middle = Sites(
        np.arange(n, dtype=np.int32),
        np.full(n, net.before, np.int64),
        np.ones(n, np.int8),
        np.full(n, np.nan, np.float32),
    )
    return Look(made, middle, describe_queries(sites.take(row), SHUFFLED))


def attend_each(
    net: HeadedNetwork,
    looks: Sequence[Look],
    compute: Compute,
    progress: Callable[[int], None] | None = None,
    chosen: Chosen | None = None,
    first: int = 0,
) -> Iterator[dict[str, np.ndarray]]:
    """Record the attention at the queries of several looks, one look after the other.

    Parameters
    ----------
    net, compute, progress, chosen
        As in `attend`; `progress` counts over all looks.
    looks
        Genomes with their queries.
    first
        Index, over all looks, of the first query to record; it must be the first of a block.

    Yields
    ------
    dict[str, numpy.ndarray]
        Blocks as in `attend`, with the columns of the look's `said`.
    """
    done = 0
    for look in looks:
        begun = min(max(first - done, 0), len(look.queries))
        rest, row = look.queries.take(slice(begun, None)), begun
        count = shift_progress(progress, done + begun)
        for block in attend(net, look.genome, rest, look.said["kind"][begun:], compute, count, chosen):
            rows = slice(row, row := row + len(block["kind"]))
            yield {**block, **{name: column[rows] for name, column in look.said.items()}}
        done += len(look.queries)


def block_size(net: HeadedNetwork) -> int:
    """Return the number of queries in a block: those whose weights of all layers fit into `ROOM`.

    Parameters
    ----------
    net : HeadedNetwork

    Returns
    -------
    int
        At least 1.
    """
    return max(1, _count_positions(net) // len(net.reach))


def choose_join_distance(net: HeadedNetwork) -> int:
    """Choose the distance up to which neighbouring queries are computed as one tile.

    Within it, computing and recording the bases between two queries costs less than a second halo. A recorded position
    is counted as two bases of halo for each key, so joining pays only if the halo is much longer than the keys.

    Parameters
    ----------
    net : HeadedNetwork

    Returns
    -------
    int
        Distance in bases; 0: queries are computed one by one.
    """
    return max(0, net.before + net.after - 2 * len(net.keys)) // 4


def _count_positions(net: HeadedNetwork) -> int:
    """Return the number of positions whose weights of one layer fit into ROOM."""
    return max(1, ROOM // (2 * 4 * net.config.heads * len(net.keys)))


def _record(
    net: HeadedNetwork,
    reads: Reads,
    block: Sites,
    place: np.ndarray,
    compute: Compute,
    chosen: Chosen,
) -> dict[str, np.ndarray]:
    """Record the queries of a block: `weight`, `norm`, `none` and `probability` of `attend`."""
    shape = (len(place), len(chosen.layers), len(chosen.heads))
    found: dict[str, np.ndarray] = {name: np.empty((*shape, len(net.keys)), np.float16) for name in ("weight", "norm")}
    found |= {"none": np.empty(shape, np.float16), "probability": np.empty(len(place), np.float32)}

    def read(tile: tuple[list[list[int]], int]) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, ...]]]:
        batch, length = tile
        first = np.array([members[0] for members in batch])
        codes = reads.cut(block.contig[first], block.strand[first], place[first], length)
        query = np.concatenate(batch)
        row = np.repeat(np.arange(len(batch)), [len(members) for members in batch])
        at = place[query] - place[first][row]
        record = _Rows(row, at, chosen)
        with torch.inference_mode(), compute.arithmetic():
            p = torch.sigmoid(net(torch.from_numpy(codes).to(compute.device), record)[row, at, 0].float())
        return query, p.cpu().numpy(), record.layers

    tiles = _batches(_stretches(block, place, net), place, net)
    for query, probability, layers in map_in_order(read, tiles, compute):
        found["probability"][query] = probability
        for number, layer in enumerate(chosen.layers):
            for name, value in zip(("weight", "norm", "none"), layers[layer], strict=True):
                found[name][query, number] = value
    return found


class _Rows:
    """A record that keeps the chosen layers and heads of the queries, each given by its row and place in the batch."""

    def __init__(self, row: np.ndarray, at: np.ndarray, chosen: Chosen):
        self.row, self.at, self.chosen = row, at, chosen
        self.layers: list[tuple[np.ndarray, ...]] = []

    def append(self, recorded: Recorded, /) -> None:
        mine = recorded if len(self.layers) in self.chosen.layers else ()
        self.layers.append(tuple(x[self.row, self.at][:, self.chosen.heads].half().cpu().numpy() for x in mine))


def _stretches(block: Sites, place: np.ndarray, net: HeadedNetwork) -> list[list[int]]:
    """Return the queries that are computed as one tile, along their strand."""
    reach = choose_join_distance(net)
    order = np.lexsort((place, block.strand, block.contig)).tolist()
    stretches = [order[:1]]
    for one, other in pairwise(order):
        same = block.contig[one] == block.contig[other] and block.strand[one] == block.strand[other]
        near = place[other] - place[one] <= reach and place[other] - place[stretches[-1][0]] < _count_positions(net)
        if same and near:
            stretches[-1].append(other)
        else:
            stretches.append([other])
    return stretches


def _batches(
    stretches: list[list[int]],
    place: np.ndarray,
    net: HeadedNetwork,
) -> Iterator[tuple[list[list[int]], int]]:
    """Yield tiles of like length, with the longest length, as many as fit into ROOM and into a batch of annotation."""
    span = np.array([place[members[-1]] - place[members[0]] + 1 for members in stretches])
    order = np.argsort(-span, kind="stable")
    halo = net.before + net.after
    first = 0
    while first < len(order):
        length = int(span[order[first]])
        size = max(1, min(_count_positions(net) // length, net.batch * (net.chunk + halo) // (length + halo)))
        yield [stretches[i] for i in order[first : first + size]], length
        first += size
