"""Sequences with their bases in another order, which keeps nothing but their composition.

Altschul & Erickson 1985 (Mol Biol Evol 2:526-538, unchecked): a random walk over all pairs of neighbouring bases. Each
of the sixteen dinucleotides occurs as often as before, and the ends stay. All such orders are equally probable.
"""

import numpy as np

from ...alphabet import N
from ...data import Contig, Contigs, Genome, Sites
from .windows import Reads, flip


def shuffle(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shuffle a sequence with its dinucleotides and its first and last base kept.

    Parameters
    ----------
    codes
        uint8 (length,), codes 0-4.
    rng
        Source of random numbers.

    Returns
    -------
    numpy.ndarray
        uint8 (length,), a copy; in the same order if there are fewer than four bases.
    """
    if len(codes) < 4:
        return codes.copy()
    last = int(codes[-1])
    follows = [codes[1:][codes[:-1] == code] for code in range(N + 1)]
    present = [code for code in range(N + 1) if len(follows[code]) and code != last]
    while True:  # the last steps out of the bases must all lead, directly or not, to the last base
        exits = {code: int(rng.integers(len(follows[code]))) for code in present}
        if all(_arrives(code, last, exits, follows) for code in present):
            break
    order = []
    for code, steps in enumerate(follows):
        kept = np.delete(steps, exits[code]) if code in exits else steps
        kept = rng.permutation(kept)
        order.append(iter(np.append(kept, steps[exits[code]]) if code in exits else kept))
    walk = np.empty_like(codes)
    walk[0] = here = codes[0]
    for place in range(1, len(codes)):
        walk[place] = here = next(order[here])
    return walk


def _arrives(code: int, last: int, exits: dict[int, int], follows: list[np.ndarray]) -> bool:
    """Whether the chosen last steps lead from a base to the last base of the sequence."""
    for _step in range(N + 1):
        if code == last:
            return True
        code = int(follows[code][exits[code]])
    return code == last


def shuffle_surroundings(
    genome: Genome, sites: Sites, before: int, after: int, number: int, seed: int
) -> tuple[Genome, np.ndarray]:
    """Shuffle the surroundings of some sites, and make each a contig of its own.

    Sites with an N or the end of a contig around them are left out.

    Parameters
    ----------
    genome
        The sequence that the sites lie on.
    sites
        Sites to draw from.
    before, after
        Bases upstream and downstream of a site that are shuffled with it.
    number
        Sites drawn at random, at most.
    seed
        Seed of the draw and of the shuffles.

    Returns
    -------
    tuple of Genome and numpy.ndarray
        The shuffled sequences, linear contigs of `before` + 1 + `after` nt in the order of `sites`. The + strand of a
        contig is the strand of its site, and position `before` (0-based) is where the site was. Then the row of `sites`
        that each contig comes from, int64 (contigs,).
    """
    rng = np.random.default_rng([seed, 9])
    reads = Reads(genome, before, after)
    row = np.sort(rng.permutation(len(sites))[:number])
    place = flip(sites.position[row], sites.strand[row], reads.lengths[sites.contig[row]])
    windows = reads.cut(sites.contig[row], sites.strand[row], place, 1)
    whole = ~(windows == N).any(axis=1)
    codes = (
        np.stack([shuffle(window, rng) for window in windows[whole]])
        if whole.any()
        else np.zeros((0, before + 1 + after), np.uint8)
    )
    contigs = Contigs(Contig(f"shuffled {number}", before + 1 + after, False) for number in range(len(codes)))
    return Genome(contigs, codes.ravel()), row[whole]
