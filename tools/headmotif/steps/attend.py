"""What each head gives to each key, for chosen positions of a genome."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from ..data import Genome, Sites
from .compute import Compute
from .model import Reader
from .windows import Reads, flip

BATCH = 256


def keys_of(net: Reader) -> tuple[np.ndarray, tuple[int, ...]]:
    """The key axis, int32 (keys,), in bases from the query, negative upstream; and each layer's reach, bases on each side of a key."""
    window = net.config.window
    return np.arange(-window, window + 1, dtype=np.int32), (net.config.kmer // 2,) * net.config.layers


def attend(
    net: Reader,
    genome: Genome,
    queries: Sites,
    is_site: np.ndarray,
    compute: Compute,
    told: Callable[[int], None] | None = None,
) -> Iterator[dict[str, np.ndarray]]:
    """Blocks of queries in their order, arrays named and typed as in the attention file.

    Recording goes through the very computation that annotates, so it changes no output. Keys off a linear contig are NaN. told: called
    with the number of queries done.
    """
    reads = Reads(genome, net.halo)
    lengths = reads.lengths
    endless = np.array([c.circular for c in genome.contigs])
    offset, _reach = keys_of(net)
    net.eval()
    for first in range(0, len(queries), BATCH):
        rows = np.arange(first, min(first + BATCH, len(queries)))
        block = queries.take(rows)
        place = flip(block.position, block.strand, lengths[block.contig])
        codes = torch.from_numpy(reads.cut(block.contig, block.strand, place, 1)).to(compute.device)
        record: list[tuple[torch.Tensor, ...]] = []
        with torch.inference_mode(), compute.arithmetic():
            probability = torch.sigmoid(net(codes, record)[:, 0, 0])
        weight, norm, none = (torch.stack([layer[i][:, 0] for layer in record], 1).cpu().numpy() for i in range(3))
        key = place[:, None] + offset
        off = ((key < 0) | (key >= lengths[block.contig][:, None])) & ~endless[block.contig][:, None]  # (queries, keys)
        yield {
            "weight": np.where(off[:, None, None], np.nan, weight).astype(np.float16),
            "norm": np.where(off[:, None, None], np.nan, norm).astype(np.float16),
            "none": none.astype(np.float16),
            "contig": block.contig.astype(np.int32),
            "position": block.position.astype(np.int64),
            "strand": block.strand.astype(np.int8),
            "kind": is_site[rows].astype(np.uint8),
            "probability": probability.float().cpu().numpy(),
        }
        if told:
            told(int(rows[-1]) + 1)
