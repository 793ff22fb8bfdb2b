"""Sigma-70 promoters and their factors, drawn one at a time from published frequencies.

A place of a promoter is given as its offset from the +1 on the site's strand: the +1 is 0, the base before it -1.
The biologists' numbers have no zero; their -12 is -12 here too, and "centred on -41.5" is the border between -42 and
-41.

STRENGTHS. Fixed from published sites before any model saw a planted genome, and not to be tuned to what a model finds.
"Cappable-seq" is measured here, on its 16,359 sites (Ettwiller et al. 2016, BMC Genomics 17:199) on NC_000913.3; a
paper's name without more was read (its abstract at least); "unchecked" was written from memory.

Each constant, its value and where that is from:

- MINUS_10, MINUS_35: share of the consensus letter per column. Lisser & Margalit 1993, Nucleic Acids Res 21:1507;
  unchecked.
- SPACER: 92 % within 17 +- 1, mode 17. Harley & Reynolds 1987, Nucleic Acids Res 15:2343; the split within the 92 %
  and beyond is unchecked.
- TO_START: last base of the -10 to the +1: 5-9 nt, mode 7. Cappable-seq: TATAAT with up to one mismatch, less the
  rate around (Harley & Reynolds: 75 % within 7 +- 1).
- BEFORE, START: bases at -1 and at +1. Cappable-seq.
- EXTENDED: TG one base before the -10 in 20 %. Burr et al. 2000, Nucleic Acids Res 28:1864 ("over 20 %").
- FACTORS: centres: CRP -61.5 (class I) and -41.5 (class II), FNR -41.5. Busby & Ebright 1999, J Mol Biol 293:199;
  unchecked.
- FACTORS: shares: CRP 10 %, FNR 5 %, LexA 2 % of the promoters. genes RegulonDB lists for each, rounded; unchecked.
- FACTORS: weight_35: class I half as conserved, class II none. direction: Busby & Ebright 1999; the half; all
  unchecked.
- WOBBLE: factor one base off in 40 %. unchecked.
- LEXA_ON_10: -10 in the TA-rich middle of CTG-N10-CAG. as at sulA; unchecked.
- SCORE_*: log-normal read scores, loosely tied to the hexamers. Cappable-seq: mean, spread, and -10 boxes about twice
  as frequent in the highest tenth of the scores as in the lowest.

The factors' own degeneracy is that of the matrices handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...alphabet import reverse_complement
from ...data import Motif

MINUS_10 = (("T", 0.77), ("A", 0.76), ("T", 0.60), ("A", 0.61), ("A", 0.56), ("T", 0.82))
MINUS_35 = (("T", 0.69), ("T", 0.79), ("G", 0.61), ("A", 0.56), ("C", 0.54), ("A", 0.54))
SPACER = {15: 0.04, 16: 0.23, 17: 0.46, 18: 0.23, 19: 0.04}
TO_START = {5: 0.03, 6: 0.05, 7: 0.52, 8: 0.33, 9: 0.07}
BEFORE = (0.16, 0.35, 0.13, 0.36)
START = (0.49, 0.06, 0.32, 0.13)
EXTENDED = 0.20
WOBBLE = {-1: 0.20, 0: 0.60, 1: 0.20}
LEXA_ON_10 = 1
"""LexA's centre lies this many bases after the first of the -10."""
SCORE_MEAN, SCORE_SPREAD, SCORE_TIE = 0.74, 0.56, 0.25
"""Of log10 of the sites' scores; the tie is their correlation with the match to the two hexamers."""


@dataclass(frozen=True)
class Place:
    """Where a factor binds: the border its site is centred on (-41 stands for -41.5), or None for LexA's place over the
    -10.

    share: of all promoters. weight_35: conservation of the -35 beside it, 1 as elsewhere, 0 for a promoter without one.
    """

    factor: str
    centre: int | None
    share: float
    weight_35: float


FACTORS = (
    Place("CRP", -61, 0.06, 0.5),
    Place("CRP", -41, 0.04, 0.0),
    Place("FNR", -41, 0.05, 0.0),
    Place("LexA", None, 0.02, 1.0),
)
PLAIN = Place("", None, 1.0 - sum(p.share for p in FACTORS), 1.0)


Piece = tuple[str, int, np.ndarray]
"""Of a promoter: name (empty: not worth one), offset of its first base from the +1, codes 5' to 3'."""


def hexamer(columns: tuple[tuple[str, float], ...], weight: float = 1.0) -> np.ndarray:
    """Probabilities, float64 (width, 4), of a consensus and its letters' shares; `weight` 0 makes them uniform."""
    share = np.array([p for _, p in columns])
    matrix = np.repeat((1 - share)[:, None] / 3, 4, axis=1)
    matrix[np.arange(len(columns)), ["ACGT".index(letter) for letter, _ in columns]] = share
    return weight * matrix + (1 - weight) * 0.25


def sharpened(matrix: np.ndarray, sharpness: float) -> np.ndarray:
    """Probabilities (width, 4) to a power, each column summing to 1 again: above 1 nearer to the consensus, below 1
    nearer to chance."""
    if sharpness == 1:
        return matrix
    power = matrix**sharpness
    return power / power.sum(axis=1, keepdims=True)


def drawn(matrix: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One sequence, uint8 (width,), of probabilities (width, 4)."""
    limits = np.cumsum(matrix / matrix.sum(axis=1, keepdims=True), axis=1)[:, :3]
    return (random.random(len(matrix))[:, None] >= limits).sum(axis=1).astype(np.uint8)


def one_of(choices: Mapping[int, float], random: np.random.Generator) -> int:
    return int(random.choice(list(choices), p=list(choices.values())))


def dyad(matrix: np.ndarray) -> int:
    """Twice the place, in columns, of the centre about which a matrix (width, 4) is most like its own reverse
    complement.

    >>> dyad(np.eye(4)[[0, 0, 3, 3, 0]])  # AATTA: between the second and the third column
    4
    """
    width, centred = len(matrix), matrix - 0.25
    turned = centred[::-1, ::-1]

    def likeness(twice: int) -> float:
        shift = twice - width  # column i pairs with column twice - 1 - i
        own = centred[max(0, shift) : width + min(0, shift)]
        other = turned[max(0, -shift) : width - max(0, shift)]
        return float((own * other).sum())

    return max(range(width // 2 + 1, width + (width + 1) // 2), key=likeness)


def promoter(
    place: Place, factors: Mapping[str, Motif], random: np.random.Generator, sharpness: float = 1.0
) -> list[Piece]:
    """The pieces of one promoter in the order to write them: a later one goes over an earlier. sharpness: of its
    hexamers and factor."""
    ten = -one_of(TO_START, random) - 5  # the last of six bases is TO_START before the +1
    spacer = one_of(SPACER, random)
    pieces = []
    if place.factor:
        matrix = sharpened(factors[place.factor].matrix, sharpness)
        centre = place.centre + one_of(WOBBLE, random) if place.centre is not None else ten + LEXA_ON_10
        codes, twice = drawn(matrix, random), dyad(matrix)
        if random.random() < 0.5:
            codes, twice = reverse_complement(codes), 2 * len(matrix) - twice
        pieces.append((place.factor, centre - twice // 2, codes))
    if place.weight_35 > 0:
        pieces.append(
            ("-35", ten - spacer - 6, drawn(sharpened(hexamer(MINUS_35, place.weight_35), sharpness), random))
        )
    if random.random() < EXTENDED and place.factor != "LexA":
        pieces.append(("ext-10", ten - 3, np.array([3, 2], np.uint8)))
    pieces.append(("-10", ten, drawn(sharpened(hexamer(MINUS_10), sharpness), random)))
    pieces.append(("", -1, drawn(np.array([BEFORE]), random)))
    pieces.append(("TSS", 0, drawn(np.array([START]), random)))
    return pieces


def match(pieces: list[Piece]) -> float:
    """Bits by which a promoter's hexamers are likelier as such than as random letters."""
    matrices = {"-10": hexamer(MINUS_10), "-35": hexamer(MINUS_35)}
    return sum(
        float(np.log2(matrices[name][np.arange(6), codes] / 0.25).sum())
        for name, _, codes in pieces
        if name in matrices
    )
