"""Sequences with their bases in another order: what is left is composition.

Altschul & Erickson 1985 (Mol Biol Evol 2:526-538, unchecked): a random walk over all pairs of neighbours, so that each
of the sixteen dinucleotides occurs as often as before, and the ends stay. All such orders are equally likely.
"""

import numpy as np

from ...alphabet import N
from ...data import Contig, Contigs, Genome, Sites
from .windows import Reads, flip


def shuffled(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Codes uint8 (length,) in another order with the same dinucleotides, and the same first and last base."""
    if len(codes) < 4:
        return codes.copy()
    last = int(codes[-1])
    follows = [codes[1:][codes[:-1] == code] for code in range(N + 1)]
    present = [code for code in range(N + 1) if len(follows[code]) and code != last]
    while True:  # the last step out of every base must lead, over others, to the last base
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
    for _step in range(N + 1):
        if code == last:
            return True
        code = int(follows[code][exits[code]])
    return code == last


def surroundings(
    genome: Genome, sites: Sites, before: int, after: int, number: int, seed: int
) -> tuple[Genome, np.ndarray]:
    """A genome of shuffled surroundings, one contig each, and of which site each is, int64 (contigs,), in the sites'
    order.

    At most `number` sites, drawn at random; those with an N or a contig's end around them are left out. On the + strand
    of its contig, place `before` of `before` + 1 + `after`, stands what was the site.
    """
    rng = np.random.default_rng([seed, 9])
    reads = Reads(genome, before, after)
    row = np.sort(rng.permutation(len(sites))[:number])
    place = flip(sites.position[row], sites.strand[row], reads.lengths[sites.contig[row]])
    windows = reads.cut(sites.contig[row], sites.strand[row], place, 1)
    whole = ~(windows == N).any(axis=1)
    codes = (
        np.stack([shuffled(window, rng) for window in windows[whole]])
        if whole.any()
        else np.zeros((0, before + 1 + after), np.uint8)
    )
    contigs = Contigs(Contig(f"shuffled {number}", before + 1 + after, False) for number in range(len(codes)))
    return Genome(contigs, codes.ravel()), row[whole]
