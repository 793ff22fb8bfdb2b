"""Sigma70 promoters and the TF sites in them, drawn one at a time from published frequencies.

Positions in a promoter are offsets from the +1 on the site's strand: the +1 is 0, and the base before it is -1.
Biologists' numbers have no zero. Their -12 is -12 here too, and "centred on -41.5" means the border between -42 and
-41.

The values were fixed from published sites before any model saw a simulated genome. They must not be tuned to what a
model finds. "Cappable-seq" means measured here, on its 16,359 sites (Ettwiller et al. 2016, BMC Genomics 17:199) on
NC_000913.3. A paper that is named without a remark was read, at least its abstract. "Unchecked" means written from
memory.

Each constant, its value and its source:

- MINUS_10, MINUS_35: share of the consensus letter per column. Lisser & Margalit 1993, Nucleic Acids Res 21:1507;
  unchecked.
- SPACER: 92 % within 17 +- 1, mode 17. Harley & Reynolds 1987, Nucleic Acids Res 15:2343; the split within the 92 % and
  beyond is unchecked.
- TO_START: last base of the -10 to the +1: 5-9 nt, mode 7. Cappable-seq: TATAAT with up to one mismatch, less the rate
  around (Harley & Reynolds: 75 % within 7 +- 1).
- BEFORE, START: bases at -1 and at +1. Cappable-seq.
- EXTENDED: TG one base before the -10 in 20 %. Burr et al. 2000, Nucleic Acids Res 28:1864 ("over 20 %").
- FACTORS, centres: CRP -61.5 (class I) and -41.5 (class II), FNR -41.5. Busby & Ebright 1999, J Mol Biol 293:199;
  unchecked.
- FACTORS, shares: CRP 10 %, FNR 5 %, LexA 2 % of the promoters. Genes that RegulonDB lists for each, rounded;
  unchecked.
- FACTORS, weight_35: the -35 is half as conserved in class I, and absent in class II. Direction: Busby & Ebright 1999.
  All unchecked, the half too.
- WOBBLE: TF site one base off in 40 %. Unchecked.
- LEXA_ON_10: -10 in the TA-rich middle of CTG-N10-CAG, as at sulA. Unchecked.
- SCORE_*: log-normal read scores, loosely tied to the hexamers. Cappable-seq: mean, spread, and -10 elements about
  twice as frequent in the highest tenth of the scores as in the lowest.

How degenerate the TF sites are is given by the matrices that the caller passes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
"""LexA's centre lies this many bases after the first base of the -10 element."""
SCORE_MEAN, SCORE_SPREAD, SCORE_TIE = 0.74, 0.56, 0.25
"""Mean and standard deviation of log10 of the sites' scores, and their correlation with the match to the two
hexamers."""


@dataclass(frozen=True)
class Place:
    """A kind of promoter: the TF that binds to it, and where.

    Attributes
    ----------
    factor
        Name of the TF; "" for a promoter without one.
    centre
        Offset of the border that the TF site is centred on: -41 stands for -41.5. None for LexA, whose site lies over
        the -10 element, and for a promoter without a TF.
    share
        Share of all promoters, 0 to 1.
    weight_35
        Conservation of the -35 element: 1 as in other promoters, 0 for a promoter without one.
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


def share_out(shares: Mapping[str, float]) -> tuple[Place, ...]:
    """Give each TF its share of the promoters.

    The places of a TF stand to each other as in `FACTORS`: CRP has three sites at -61.5 for two at -41.5.

    Parameters
    ----------
    shares
        Share of all promoters by the name of the TF, 0 to 1; a TF of `FACTORS` that is not named has none.

    Returns
    -------
    tuple of Place
        In the order of `FACTORS`, without those whose share is 0.

    Raises
    ------
    ValueError
        If a TF has no place in `FACTORS`, or if the shares are below 0 or exceed 1 together.

    Examples
    --------
    >>> [(place.centre, round(place.share, 3)) for place in share_out({"CRP": 0.5})]
    [(-61, 0.3), (-41, 0.2)]
    """
    usual: dict[str, float] = {}
    for place in FACTORS:
        usual[place.factor] = usual.get(place.factor, 0.0) + place.share
    if unknown := sorted(set(shares) - set(usual)):
        raise ValueError(f"there is no place for {', '.join(unknown)}, only for {', '.join(usual)}")
    if not all(share >= 0 for share in shares.values()) or sum(shares.values()) > 1 + 1e-9:
        raise ValueError("the shares of the TFs must not be below 0, and must not exceed 1 together")
    given = (replace(place, share=place.share / usual[place.factor] * shares.get(place.factor, 0)) for place in FACTORS)
    return tuple(place for place in given if place.share)


Piece = tuple[str, int, np.ndarray]
"""Part of a promoter: its name (empty: not recorded), the offset of its first base from the +1, its codes 5' to 3'."""


def hexamer(columns: tuple[tuple[str, float], ...], weight: float = 1.0) -> np.ndarray:
    """Make a matrix of probabilities from a consensus and the share of each of its letters.

    The three other letters of a column share the rest equally.

    Parameters
    ----------
    columns
        Consensus letter and its share, 0 to 1, for each column.
    weight
        Conservation, 0 to 1: 1 keeps the shares, and 0 makes all letters equally probable.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4), probabilities of A, C, G and T in each column.
    """
    share = np.array([p for _, p in columns])
    matrix = np.repeat((1 - share)[:, None] / 3, 4, axis=1)
    matrix[np.arange(len(columns)), ["ACGT".index(letter) for letter, _ in columns]] = share
    return weight * matrix + (1 - weight) * 0.25


def sharpen(matrix: np.ndarray, sharpness: float) -> np.ndarray:
    """Raise probabilities to a power, and scale each column to a sum of 1 again.

    Parameters
    ----------
    matrix
        float64 (width, 4), probabilities of A, C, G and T in each column.
    sharpness
        The power: above 1 the result is nearer to the consensus, below 1 nearer to chance.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4); `matrix` itself if `sharpness` is 1.
    """
    if sharpness == 1:
        return matrix
    power = matrix**sharpness
    return power / power.sum(axis=1, keepdims=True)


def draw(matrix: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw one sequence.

    Parameters
    ----------
    matrix
        float (width, 4), probabilities of A, C, G and T in each column; they are scaled to a sum of 1.
    random
        Source of random numbers.

    Returns
    -------
    numpy.ndarray
        uint8 (width,), codes 0-3.
    """
    limits = np.cumsum(matrix / matrix.sum(axis=1, keepdims=True), axis=1)[:, :3]
    return (random.random(len(matrix))[:, None] >= limits).sum(axis=1).astype(np.uint8)


def choose_one(choices: Mapping[int, float], random: np.random.Generator) -> int:
    """Draw one number.

    Parameters
    ----------
    choices
        Probability of each number; their sum is 1.
    random
        Source of random numbers.

    Returns
    -------
    int
        One of the keys of `choices`.
    """
    return int(random.choice(list(choices), p=list(choices.values())))


def find_dyad(matrix: np.ndarray) -> int:
    """Find the centre about which a matrix is most like its own reverse complement.

    Parameters
    ----------
    matrix
        float (width, 4), probabilities of A, C, G and T in each column.

    Returns
    -------
    int
        Twice the centre in columns from the first column's left border: even for a border, odd for the middle of a
        column.

    Examples
    --------
    >>> find_dyad(np.eye(4)[[0, 0, 3, 3, 0]])  # AATTA: between the second and the third column
    4
    """
    width, centred = len(matrix), matrix - 0.25
    turned = centred[::-1, ::-1]

    def measure_likeness(twice: int) -> float:
        shift = twice - width  # column i pairs with column twice - 1 - i
        own = centred[max(0, shift) : width + min(0, shift)]
        other = turned[max(0, -shift) : width - max(0, shift)]
        return float((own * other).sum())

    return max(range(width // 2 + 1, width + (width + 1) // 2), key=measure_likeness)


def draw_promoter(
    place: Place, tfs: Mapping[str, Motif], random: np.random.Generator, sharpness: float = 1.0
) -> list[Piece]:
    """Draw the pieces of one promoter.

    Parameters
    ----------
    place
        The kind of promoter.
    tfs
        Motifs by the names of the TFs; only that of `place` is used.
    random
        Source of random numbers.
    sharpness
        Power of the probabilities in the hexamers and the TF site, see `sharpen`.

    Returns
    -------
    list of Piece
        In the order to write them: a later piece overwrites an earlier one.
    """
    ten = -choose_one(TO_START, random) - 5  # the last of its six bases lies TO_START before the +1
    spacer = choose_one(SPACER, random)
    pieces = []
    if place.factor:
        matrix = sharpen(tfs[place.factor].matrix, sharpness)
        centre = place.centre + choose_one(WOBBLE, random) if place.centre is not None else ten + LEXA_ON_10
        codes, twice = draw(matrix, random), find_dyad(matrix)
        if random.random() < 0.5:
            codes, twice = reverse_complement(codes), 2 * len(matrix) - twice
        pieces.append((place.factor, centre - twice // 2, codes))
    if place.weight_35 > 0:
        pieces.append(("-35", ten - spacer - 6, draw(sharpen(hexamer(MINUS_35, place.weight_35), sharpness), random)))
    if random.random() < EXTENDED and place.factor != "LexA":
        pieces.append(("ext-10", ten - 3, np.array([3, 2], np.uint8)))
    pieces.append(("-10", ten, draw(sharpen(hexamer(MINUS_10), sharpness), random)))
    pieces.append(("", -1, draw(np.array([BEFORE]), random)))
    pieces.append(("TSS", 0, draw(np.array([START]), random)))
    return pieces


def match(pieces: list[Piece]) -> float:
    """Score the hexamers of a promoter against random letters.

    Parameters
    ----------
    pieces
        The promoter, as `draw_promoter` returns it.

    Returns
    -------
    float
        Bits: log2 of how much more probable the -35 and -10 hexamers are as such than as equally frequent letters.
    """
    matrices = {"-10": hexamer(MINUS_10), "-35": hexamer(MINUS_35)}
    return sum(
        float(np.log2(matrices[name][np.arange(6), codes] / 0.25).sum())
        for name, _, codes in pieces
        if name in matrices
    )
