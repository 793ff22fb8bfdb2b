"""P where a call is possible: a screen reads the genome first, and the model reads what the screen lets pass.

A call is a local maximum of P that reaches some P. So P is computed where the screen passes a position, and at all
positions so near that they decide whether one of these is a maximum. If P is high at the edge of what was computed, the
model goes on from there. So there is no call that the whole annotation has not. A call is missed if the screen passes
neither it nor a high P beside it.
"""

from collections.abc import Callable
from typing import NamedTuple, cast

import numpy as np

from ...alphabet import N
from ...data import Genome
from ..sequence.windows import orient, orient_rows
from . import annotate, sparse
from .device import Compute
from .kmer_attention import Reader
from .protocol import Network
from .screen import ScreenNet

SHARE = 0.3
"""The screen's part of the work, for the progress alone."""
ROUNDED = 0.999
"""P that is this share of the least one of a call may reach it when it is rounded."""


class Wanted(NamedTuple):
    """Which calls are wanted.

    Attributes
    ----------
    number
        The 0-based index of the label among the outputs of the model.
    least
        The least P of a call.
    cut
        The least output of the screen, 0 to 1, at which P is computed.
    radius
        A call has the highest P within this many nucleotides.
    """

    number: int
    least: float
    cut: float
    radius: int


def annotate_possible(
    net: Reader,
    screen: ScreenNet,
    genome: Genome,
    compute: Compute,
    wanted: Wanted,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """Compute P(site) where a call is possible.

    Parameters
    ----------
    net
        The network of the model.
    screen
        The network of its screen.
    genome
        The genome.
    compute
        Device and precision.
    wanted
        Which calls are wanted.
    progress
        Receives the number of nucleotides done, of 2 N in all.

    Returns
    -------
    numpy.ndarray
        float32 (labels, 2, N), rows + and -, both by + coordinates. NaN where the base is N or P was not computed. P of
        a call, and of all positions within its radius, is there.
    """
    total = 2 * len(genome.base)
    report = progress or (lambda _done: None)
    seen = find_possible(screen, genome, compute, lambda done: report(int(SHARE * done)))
    tape = Tape(genome, net.before, net.after)
    todo = tape.dilate(seen[wanted.number] >= wanted.cut, wanted.radius)
    p = np.full((net.labels, 2, len(genome.base)), np.nan, np.float32)
    done = np.zeros(todo.shape, bool)
    while todo.any():
        tape.score(net, compute, todo, p)
        p[:, :, genome.base == N] = np.nan
        done |= todo | ~np.isnan(p[0])
        high = p[wanted.number] >= ROUNDED * wanted.least
        todo = tape.dilate(high, wanted.radius) & ~done
        report(int((SHARE + (1 - SHARE) / 2) * total))
    report(total)
    return p


def annotate_some(net: Network, genome: Genome, compute: Compute, wanted: np.ndarray) -> np.ndarray:
    """Compute P(site) at some positions.

    Parameters
    ----------
    net
        The network. Only one with k-mers as keys can leave out single positions; others read whole stretches.
    genome
        The genome.
    compute
        Device and precision.
    wanted
        bool (2, N), the positions, rows + and -, both by + coordinates.

    Returns
    -------
    numpy.ndarray
        float32 (labels, 2, N), rows as in `wanted`. NaN where the base is N, and at most of the other positions.
    """
    if not isinstance(net, Reader):
        return annotate.annotate(net, genome, compute, wanted=np.logical_or(*wanted))
    p = np.full((net.labels, 2, len(genome.base)), np.nan, np.float32)
    Tape(genome, net.before, net.after).score(net, compute, wanted, p)
    p[:, :, genome.base == N] = np.nan
    return p


def find_possible(
    screen: ScreenNet, genome: Genome, compute: Compute, progress: Callable[[int], None] | None = None
) -> np.ndarray:
    """Read a genome with a screen.

    Parameters
    ----------
    screen
        The network of the screen.
    genome
        The genome.
    compute
        The device.
    progress
        Receives the number of nucleotides done, of 2 N in all.

    Returns
    -------
    numpy.ndarray
        float32 (labels, 2, N), the output of the screen, 0 to 1, rows + and -, both by + coordinates; NaN at N.
    """
    # It has all that annotation uses of a network, if not all that training does.
    return annotate.annotate(cast(Network, screen), genome, compute, progress=progress)


class Tape:
    """Both strands of all contigs, each with the bases around it, end to end, so that blocks are scored together.

    Parameters
    ----------
    genome
        The genome.
    before, after
        Bases around a strand that its P depend on.
    """

    def __init__(self, genome: Genome, before: int, after: int):
        self.genome = genome
        self.strands = [(contig, strand) for contig in range(len(genome.contigs)) for strand in (1, -1)]
        parts = [orient(genome, contig, strand, before, after) for contig, strand in self.strands]
        self.codes = np.concatenate([np.zeros(0, np.uint8), *parts])
        self.begin = np.cumsum([0, *map(len, parts)])
        self.halo = before + after

    def score(self, net: Reader, compute: Compute, wanted: np.ndarray, into: np.ndarray) -> None:
        """Compute P(site) at some positions.

        Parameters
        ----------
        net
            The network of the model.
        compute
            Device and precision.
        wanted
            bool (2, N), the positions, rows + and -, both by + coordinates.
        into
            float32 (labels, 2, N), receives P there and at some positions beside.
        """
        there = np.zeros(len(self.codes), bool)
        for begin, (contig, strand) in zip(self.begin, self.strands, strict=False):
            row = orient_rows(wanted, self.genome, contig, strand)
            there[begin : begin + len(row)] = row
        starts = sparse.cover(there)
        p = np.full((net.labels, len(self.codes) + sparse.BLOCK), np.nan, np.float32)
        p[:, starts[:, None] + np.arange(sparse.BLOCK)] = sparse.score_blocks(
            net, self.codes, starts, compute
        ).transpose(2, 0, 1)
        for begin, (contig, strand) in zip(self.begin, self.strands, strict=False):
            rows = orient_rows(into, self.genome, contig, strand)
            here = p[:, begin : begin + rows.shape[1]]
            np.copyto(rows, here, where=~np.isnan(here))

    def dilate(self, chosen: np.ndarray, radius: int) -> np.ndarray:
        """Find the positions near chosen ones, on their strand and contig.

        Parameters
        ----------
        chosen
            bool (2, N), rows + and -, both by + coordinates.
        radius
            The distance in nt up to which a position is near. Circular contigs continue at their other end.

        Returns
        -------
        numpy.ndarray
            bool (2, N), the chosen positions among them.
        """
        found = chosen.copy()
        for begin, contig in zip(self.genome.start.tolist(), self.genome.contigs, strict=False):
            span = slice(begin, begin + contig.length)
            reach = min(radius, contig.length - 1)
            around = np.pad(chosen[:, span], ((0, 0), (reach, reach)), "wrap" if contig.circular else "constant")
            for shift in range(2 * reach + 1):
                found[:, span] |= around[:, shift : shift + contig.length]
        return found
