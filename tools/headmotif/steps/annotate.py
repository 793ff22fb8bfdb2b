"""P(site) for every nucleotide on both strands.

The genome is cut along each strand into chunks with exact halos, on a grid fixed by the strand's 5' end, so that
a result does not depend on how many chunks are computed at once.
"""

from collections.abc import Iterator

import numpy as np
import torch

from ..alphabet import N
from ..data import Genome
from .compute import Compute
from .windows import Reads

CHUNK = 1024
BATCH = 16


def annotate(
    net: torch.nn.Module,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray | None = None,
) -> np.ndarray:
    """P(site), float32 (labels, 2, N), rows + and -, both by + coordinates; NaN where the base is N.

    wanted: bool (N,), nucleotides that matter: chunks without any are left NaN.
    """
    reads = Reads(genome, net.halo)
    jobs = [(c, s, p) for c, s, p in chunks(genome, CHUNK) if wanted is None or _touches(wanted, genome, c, s, p)]
    start = genome.start
    out = np.full((net.out.out_features, 2, len(genome.base)), np.nan, np.float32)
    net.eval()
    with torch.inference_mode(), compute.arithmetic():
        for first in range(0, len(jobs), BATCH):
            batch = jobs[first : first + BATCH]
            contig, strand, place = (np.array(x) for x in zip(*batch, strict=True))
            codes = torch.from_numpy(reads.cut(contig, strand, place, CHUNK)).to(compute.device)
            p = torch.sigmoid(net(codes)).float().cpu().numpy()  # (batch, CHUNK, labels)
            for (c, s, at), values in zip(batch, p, strict=True):
                length = genome.contigs[c].length
                n = min(CHUNK, length - at)
                if s > 0:
                    out[:, 0, start[c] + at : start[c] + at + n] = values[:n].T
                else:
                    out[:, 1, start[c] + length - at - n : start[c] + length - at] = values[:n].T[:, ::-1]
    out[:, :, genome.base == N] = np.nan
    return out


def chunks(genome: Genome, size: int) -> Iterator[tuple[int, int, int]]:
    """Contig, strand (+1, -1) and oriented start of every chunk of a fixed grid."""
    for index, contig in enumerate(genome.contigs):
        for strand in (1, -1):
            for place in range(0, contig.length, size):
                yield index, strand, place


def _touches(wanted: np.ndarray, genome: Genome, contig: int, strand: int, place: int) -> bool:
    start, length = genome.start[contig], genome.contigs[contig].length
    n = min(CHUNK, length - place)
    begin = place if strand > 0 else length - place - n
    return bool(wanted[start + begin : start + begin + n].any())
