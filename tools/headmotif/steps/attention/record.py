"""What each head gives to each key, for chosen positions of a genome."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from ...data import SHUFFLED, Attention, Genome, Sites
from ..network.annotate import further
from ..network.device import Compute
from ..network.layers import Recorded
from ..network.protocol import HeadedNetwork
from ..sequence.shuffle import surroundings
from ..sequence.windows import Reads, flip

ROOM = 64 << 20
"""Bytes of weights, and of lengths of what they add, in float32: of the queries of a block, and of one layer while it
is computed."""


def keys_of(net: HeadedNetwork) -> tuple[np.ndarray, tuple[int, ...]]:
    """The key axis, int32 (keys,), in bases from the site, negative upstream; and each layer's reach, bases on the
    longer side of a key."""
    return net.keys, tuple(max(sides) for sides in net.reach)


@dataclass(frozen=True)
class Chosen:
    """The layers and heads that are kept, by their indices from 0."""

    layers: tuple[int, ...]
    heads: tuple[int, ...]


def every(net: HeadedNetwork) -> Chosen:
    """All layers and heads of a network."""
    return Chosen(tuple(range(net.config.layers)), tuple(range(net.config.heads)))


def attend(
    net: HeadedNetwork,
    genome: Genome,
    queries: Sites,
    kind: np.ndarray,
    compute: Compute,
    told: Callable[[int], None] | None = None,
    chosen: Chosen | None = None,
) -> Iterator[dict[str, np.ndarray]]:
    """Blocks of queries in their order, arrays named and typed as in the attention file.

    net: any network with heads to record. Recording goes through the very computation that annotates, so it changes no
    output. Keys off a linear contig are NaN, keys on N are 0. Queries in the order of their places are quicker: near
    ones are computed together. kind: (queries,), passed on. told: called with the number of queries done.
    """
    chosen = chosen or every(net)
    reads = Reads(genome, net.before, net.after)
    size = block_size(net)
    net.eval()
    for first in range(0, len(queries), size):
        rows = slice(first, min(first + size, len(queries)))
        block = queries.take(rows)
        place = flip(block.position, block.strand, reads.lengths[block.contig])
        found = _recorded(net, reads, block, place, compute, chosen)
        key = place[:, None] + net.keys
        off = ((key < 0) | (key >= reads.lengths[block.contig][:, None])) & ~reads.circular[block.contig][
            :, None
        ]  # (queries, keys)
        for name in ("weight", "norm"):
            np.copyto(found[name], np.float16(np.nan), where=off[:, None, None])
        yield {**found, **said_of(block, kind[rows])}
        if told:
            told(rows.stop)


def said_of(queries: Sites, kind: np.ndarray | int) -> dict[str, np.ndarray]:
    """What the attention file says of queries of a kind, or of one kind each, beside what heads do there."""
    return {
        "contig": queries.contig.astype(np.int32),
        "position": queries.position.astype(np.int64),
        "strand": queries.strand.astype(np.int8),
        "kind": np.broadcast_to(kind, len(queries)).astype(np.uint8),
    }


def strongest(block: dict[str, np.ndarray], k: int) -> dict[str, np.ndarray]:
    """The same block with the k keys of the largest weights alone, strongest first, ties in the keys' order: `key`,
    int16 (queries, layers, heads, k), says which they are. Keys off the contig come last, -1 and NaN."""
    order = np.argsort(-np.nan_to_num(block["weight"], nan=-1.0), axis=-1, kind="stable")[..., :k]
    thin = {name: np.take_along_axis(block[name], order, axis=-1) for name in ("weight", "norm")}
    return {**block, **thin, "key": np.where(np.isnan(thin["weight"]), -1, order).astype(np.int16)}


def gathered(
    net: HeadedNetwork,
    genome: Genome,
    queries: Sites,
    kind: np.ndarray,
    compute: Compute,
    told: Callable[[int], None] | None = None,
) -> Attention:
    """The attention of all queries in memory: 2 x 2 bytes for each query, head and key."""
    blocks = list(attend(net, genome, queries, kind, compute, told))
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
    """Queries in a genome, and what the file says of each: `said_of` them, or of what they stand for."""

    genome: Genome
    queries: Sites
    said: dict[str, np.ndarray]


def shuffled(net: HeadedNetwork, genome: Genome, sites: Sites, number: int, seed: int) -> Look:
    """At most so many of the sites with their surroundings shuffled, said to be at the sites' places; see
    `shuffle.surroundings`."""
    made, row = surroundings(genome, sites, net.before, net.after, number, seed)
    n = len(row)
    middle = Sites(
        np.arange(n, dtype=np.int32),
        np.full(n, net.before, np.int64),
        np.ones(n, np.int8),
        np.full(n, np.nan, np.float32),
    )
    return Look(made, middle, said_of(sites.take(row), SHUFFLED))


def attend_each(
    net: HeadedNetwork,
    looks: Sequence[Look],
    compute: Compute,
    told: Callable[[int], None] | None = None,
    chosen: Chosen | None = None,
    first: int = 0,
) -> Iterator[dict[str, np.ndarray]]:
    """Blocks of all queries of all looks, one look after the other, from query `first` on, which must begin a block."""
    done = 0
    for look in looks:
        begun = min(max(first - done, 0), len(look.queries))
        rest, row = look.queries.take(slice(begun, None)), begun
        count = further(told, done + begun)
        for block in attend(net, look.genome, rest, look.said["kind"][begun:], compute, count, chosen):
            rows = slice(row, row := row + len(block["kind"]))
            yield {**block, **{name: column[rows] for name, column in look.said.items()}}
        done += len(look.queries)


def block_size(net: HeadedNetwork) -> int:
    """Queries whose weights of all layers have room."""
    return max(1, _most(net) // len(net.reach))


def near(net: HeadedNetwork) -> int:
    """Bases between queries that are computed as one stretch: where to compute and record them all costs less than
    another halo.

    A recorded position is reckoned as two bases of halo for each key; so it pays where the halo is much longer than the
    keys.
    """
    return max(0, net.before + net.after - 2 * len(net.keys)) // 4


def _most(net: HeadedNetwork) -> int:
    """Positions whose weights of one layer have room."""
    return max(1, ROOM // (2 * 4 * net.config.heads * len(net.keys)))


def _recorded(
    net: HeadedNetwork,
    reads: Reads,
    block: Sites,
    place: np.ndarray,
    compute: Compute,
    chosen: Chosen,
) -> dict[str, np.ndarray]:
    """Weights and norms, float16 (queries, layers, heads, keys), weights of nothing, float16 (queries, layers, heads),
    and P(site) of the first label, float32 (queries,)."""
    shape = (len(place), len(chosen.layers), len(chosen.heads))
    found: dict[str, np.ndarray] = {name: np.empty((*shape, len(net.keys)), np.float16) for name in ("weight", "norm")}
    found |= {"none": np.empty(shape, np.float16), "probability": np.empty(len(place), np.float32)}
    for batch, length in _batches(_stretches(block, place, net), place, net):
        first = np.array([members[0] for members in batch])
        codes = reads.cut(block.contig[first], block.strand[first], place[first], length)
        query = np.concatenate(batch)
        row = np.repeat(np.arange(len(batch)), [len(members) for members in batch])
        at = place[query] - place[first][row]
        record = _Rows(row, at, chosen)
        with torch.inference_mode(), compute.arithmetic():
            p = torch.sigmoid(net(torch.from_numpy(codes).to(compute.device), record)[row, at, 0].float())
        found["probability"][query] = p.cpu().numpy()
        for number, layer in enumerate(chosen.layers):
            for name, value in zip(("weight", "norm", "none"), record.layers[layer], strict=True):
                found[name][query, number] = value
    return found


class _Rows:
    """A record that keeps, of each layer that is chosen, the queries asked for: one of a row of the batch, at a place
    of its stretch."""

    def __init__(self, row: np.ndarray, at: np.ndarray, chosen: Chosen):
        self.row, self.at, self.chosen = row, at, chosen
        self.layers: list[tuple[np.ndarray, ...]] = []

    def append(self, recorded: Recorded, /) -> None:
        mine = recorded if len(self.layers) in self.chosen.layers else ()
        self.layers.append(tuple(x[self.row, self.at][:, self.chosen.heads].half().cpu().numpy() for x in mine))


def _stretches(block: Sites, place: np.ndarray, net: HeadedNetwork) -> list[list[int]]:
    """Queries that are computed as one stretch, along their strand."""
    reach = near(net)
    order = np.lexsort((place, block.strand, block.contig)).tolist()
    stretches = [order[:1]]
    for one, other in pairwise(order):
        same = block.contig[one] == block.contig[other] and block.strand[one] == block.strand[other]
        if same and place[other] - place[one] <= reach and place[other] - place[stretches[-1][0]] < _most(net):
            stretches[-1].append(other)
        else:
            stretches.append([other])
    return stretches


def _batches(
    stretches: list[list[int]],
    place: np.ndarray,
    net: HeadedNetwork,
) -> Iterator[tuple[list[list[int]], int]]:
    """Stretches of like length, and the longest; no more positions than there is room for, nor than when a genome is
    annotated."""
    span = np.array([place[members[-1]] - place[members[0]] + 1 for members in stretches])
    order = np.argsort(-span, kind="stable")
    halo = net.before + net.after
    first = 0
    while first < len(order):
        length = int(span[order[first]])
        size = max(1, min(_most(net) // length, net.batch * (net.chunk + halo) // (length + halo)))
        yield [stretches[i] for i in order[first : first + size]], length
        first += size
