"""The background of a simulated genome: genes in transcription units, and the sequence between them.

The numbers were measured once on E. coli K-12 MG1655, NC_000913.3, with its RefSeq annotation (4,295 protein-coding
genes in one piece, pseudogenes left out). They do not depend on the promoters.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import encode, reverse_complement

# Codons per thousand, second to last but one codon of every gene; rows by first and second base, columns A C G T.
CODONS_PER_THOUSAND = {
    "AA": (33.9, 21.7, 10.3, 17.5), "AC": (6.9, 23.6, 14.5, 8.9), "AG": (2.0, 16.1, 1.1, 8.7),
    "AT": (4.2, 25.4, 25.2, 30.7),
    "CA": (15.5, 9.8, 29.2, 12.9), "CC": (8.5, 5.5, 23.6, 7.0), "CG": (3.5, 22.3, 5.4, 21.3),
    "CT": (3.9, 11.2, 53.6, 11.0),
    "GA": (40.0, 19.2, 18.0, 32.2), "GC": (20.3, 25.9, 34.2, 15.3), "GG": (7.8, 30.0, 11.0, 24.9),
    "GT": (11.0, 15.4, 26.3, 18.4),
    "TA": (0.0, 12.3, 0.0, 16.1), "TC": (7.1, 8.7, 9.0, 8.5), "TG": (0.0, 6.5, 15.3, 5.2),
    "TT": (13.9, 16.7, 13.7, 22.4),
}  # fmt: skip
CODON_WEIGHTS = np.array([CODONS_PER_THOUSAND[a + b] for a in "ACGT" for b in "ACGT"]).ravel()
STARTS = {"ATG": 0.903, "GTG": 0.079, "TTG": 0.018}
STOPS = {"TAA": 0.641, "TGA": 0.288, "TAG": 0.071}
GENE_CODONS_MEAN, GENE_CODONS_SHAPE, GENE_CODONS_MIN = 310.0, 2.2, 30
"""Mean, shape and minimum of the genes' lengths in codons, drawn from a gamma distribution."""
IN_SAME_UNIT = 0.36
"""Share of neighbouring genes on one strand that are less than 50 nt apart, taken as one transcription unit."""
UNIT_GAP_MEAN = 15.0
"""Mean number of nucleotides between the genes of a unit. Four in ten real genes overlap by 4 nt; these genes never
do."""
GAP_SHAPE, GAP_DIVERGENT, GAP_CONVERGENT = 2.0, 1.25, 0.5
"""Gaps between units: the shape of their gamma distribution, and their length where both units begin or both end
there, relative to gaps between units on one strand."""

# P(next base | the two before it) between genes, both strands taken together: rows AA, AC, AG, AT, CA ... TT, columns A
# C G T.
BETWEEN_GENES = np.array([
    [0.365, 0.191, 0.171, 0.274], [0.301, 0.236, 0.233, 0.230], [0.263, 0.251, 0.255, 0.231],
    [0.257, 0.213, 0.212, 0.318],
    [0.276, 0.194, 0.262, 0.268], [0.247, 0.221, 0.265, 0.267], [0.211, 0.295, 0.257, 0.237],
    [0.164, 0.211, 0.319, 0.306],
    [0.320, 0.180, 0.195, 0.305], [0.283, 0.238, 0.257, 0.222], [0.253, 0.280, 0.220, 0.247],
    [0.233, 0.192, 0.235, 0.340],
    [0.365, 0.187, 0.131, 0.317], [0.336, 0.226, 0.194, 0.244], [0.297, 0.262, 0.193, 0.248],
    [0.255, 0.193, 0.188, 0.365],
])  # fmt: skip

IS_STOP = np.zeros(64, bool)
for _codon in STOPS:
    IS_STOP[int(encode(_codon) @ [16, 4, 1])] = True


@dataclass(frozen=True, eq=False)
class Genes:
    """Protein-coding genes from left to right, without overlaps.

    Attributes
    ----------
    start, end
        int64 (genes,), + coordinates, 0-based half-open; start codon and stop codon are included.
    strand
        int8 (genes,), +1 or -1.
    unit
        int64 (genes,), number of the transcription unit, from 0.
    """

    start: np.ndarray
    end: np.ndarray
    strand: np.ndarray
    unit: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    def codon_map(self, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Map each position to its codon.

        Parameters
        ----------
        length
            Length of the genome in nucleotides.

        Returns
        -------
        tuple of numpy.ndarray
            Leftmost position of the codon, int64 (length,), -1 between genes; strand of the gene, int8 (length,), 0
            between genes.
        """
        codon, strand = np.full(length, -1, np.int64), np.zeros(length, np.int8)
        for start, end, sign in zip(self.start, self.end, self.strand, strict=True):
            codon[start:end] = np.repeat(np.arange(start, end, 3), 3)
            strand[start:end] = sign
        return codon, strand


def lay_out(length: int, coding: float, random: np.random.Generator) -> Genes:
    """Draw genes on both strands.

    Parameters
    ----------
    length
        Length of the genome in nucleotides.
    coding
        Share of the genome that genes cover, 0 to 1; it is met to within a codon.
    random
        Source of random numbers.

    Returns
    -------
    Genes
        The genes from left to right.

    Raises
    ------
    ValueError
        If the genes leave no room between them.
    """
    target = int(length * coding) // 3
    codons = np.zeros(0, np.int64)
    while codons.sum() < target:
        drawn = random.gamma(GENE_CODONS_SHAPE, GENE_CODONS_MEAN / GENE_CODONS_SHAPE, size=64)
        codons = np.concatenate([codons, np.maximum(drawn.astype(np.int64), GENE_CODONS_MIN)])
    n = int(
        np.searchsorted(np.cumsum(codons), target)
    )  # the gene that exceeds the target is cut to what is missing, or dropped
    last = target - int(codons[:n].sum())
    widths = 3 * np.concatenate([codons[:n], [last] if last >= GENE_CODONS_MIN or n == 0 else []]).astype(np.int64)

    unit = np.concatenate([[0], np.cumsum(random.random(len(widths) - 1) >= IN_SAME_UNIT)]).astype(np.int64)
    strand = random.choice(np.array([1, -1], np.int8), size=int(unit[-1]) + 1)[unit]
    gap = 1 + random.geometric(1 / UNIT_GAP_MEAN, size=len(widths) - 1)
    between = np.diff(unit) > 0
    facing = np.where(strand[:-1] == strand[1:], 1.0, np.where(strand[:-1] < strand[1:], GAP_DIVERGENT, GAP_CONVERGENT))
    # the remaining room is shared among the gaps between units and the two ends
    share = random.gamma(GAP_SHAPE, 1.0, size=len(gap) + 2)
    share[1:-1] *= np.where(between, facing, 0.0)
    room = length - int(widths.sum()) - int(gap[~between].sum())
    if room < 0:
        raise ValueError("the genes leave no room between them; take a smaller share of coding sequence")
    shared = np.floor(room * share / share.sum()).astype(np.int64)
    gap = np.where(between, shared[1:-1], gap)
    start = shared[0] + np.concatenate([[0], np.cumsum(widths[:-1] + gap)])
    return Genes(start, start + widths, strand, unit)


def tilt_of(gc: float | None, coding: float) -> float:
    """Find the weight of G and C, relative to A and T, that gives a share of G and C.

    The weight is the same in genes and between them.

    Parameters
    ----------
    gc
        Share of G and C, 0 to 1; None for that of E. coli.
    coding
        Share of the genome that genes cover, 0 to 1.

    Returns
    -------
    float
        Weight of G and C; 1 for the composition of E. coli.
    """
    if gc is None:
        return 1.0
    low, high = 1e-3, 1e3
    for _turn in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if _gc_share(middle, coding) < gc else (low, middle)
    return (low * high) ** 0.5


def _gc_share(tilt: float, coding: float) -> float:
    """Expected share of G and C with a weight of `tilt`."""
    codons = np.arange(64)
    count = sum(np.isin(codons // 4**place % 4, (1, 2)) for place in range(3))
    weight = CODON_WEIGHTS * tilt**count
    pairs = np.full(16, 1 / 16)
    step = _tilt_chain(tilt)
    for _turn in range(200):  # converges to the chain's stationary shares of pairs
        pairs = (pairs[:, None] * step).reshape(4, 4, 4).sum(axis=0).ravel()
    between = pairs.reshape(4, 4).sum(axis=0)[1:3].sum()
    return float(coding * (weight @ count) / weight.sum() / 3 + (1 - coding) * between)


def _tilt_chain(tilt: float) -> np.ndarray:
    """The Markov chain between genes with G and C weighted by `tilt`, rows summing to 1."""
    step = BETWEEN_GENES * np.array([1.0, tilt, tilt, 1.0])
    return step / step.sum(axis=1, keepdims=True)


def background(genes: Genes, length: int, random: np.random.Generator, tilt: float = 1.0) -> np.ndarray:
    """Draw the sequence of a genome: a Markov chain of order 2 between genes, and codons in genes.

    Parameters
    ----------
    genes
        The genes.
    length
        Length of the genome in nucleotides.
    random
        Source of random numbers.
    tilt
        Weight of G and C, see `tilt_of`.

    Returns
    -------
    numpy.ndarray
        uint8 (length,), codes 0-3 of the + strand.
    """
    base = markov(length, random, tilt)
    for start, end, strand in zip(genes.start, genes.end, genes.strand, strict=True):
        gene = coding_sequence((end - start) // 3, random, tilt)
        base[start:end] = gene if strand > 0 else reverse_complement(gene)
    return base


def markov(length: int, random: np.random.Generator, tilt: float = 1.0) -> np.ndarray:
    """Draw sequence as it is between genes.

    Parameters
    ----------
    length
        Number of nucleotides.
    random
        Source of random numbers.
    tilt
        Weight of G and C, see `tilt_of`.

    Returns
    -------
    numpy.ndarray
        uint8 (length,), codes 0-3.
    """
    limits = np.cumsum(_tilt_chain(tilt), axis=1)[:, :3].tolist()
    base = bytearray(length)
    before = int(random.integers(16))
    for i, u in enumerate(random.random(length).tolist()):
        a, b, c = limits[before]
        drawn = 0 if u < a else 1 if u < b else 2 if u < c else 3
        base[i] = drawn
        before = 4 * before % 16 + drawn
    return np.frombuffer(base, np.uint8).copy()


def coding_sequence(n_codons: int, random: np.random.Generator, tilt: float = 1.0) -> np.ndarray:
    """Draw one gene, from its start codon to its stop codon.

    Parameters
    ----------
    n_codons
        Number of codons, start and stop codon included.
    random
        Source of random numbers.
    tilt
        Weight of G and C, see `tilt_of`.

    Returns
    -------
    numpy.ndarray
        uint8 (3 * n_codons,), codes 0-3, 5' to 3'.
    """
    count = sum(np.isin(np.arange(64) // 4**place % 4, (1, 2)) for place in range(3))
    weights = CODON_WEIGHTS * tilt**count if tilt != 1 else CODON_WEIGHTS
    codon = random.choice(64, size=n_codons, p=weights / weights.sum())
    base = np.stack([codon // 16, codon // 4 % 4, codon % 4], axis=1).astype(np.uint8)  # (codons, 3)
    base[0] = encode(str(random.choice(list(STARTS), p=list(STARTS.values()))))
    base[-1] = encode(str(random.choice(list(STOPS), p=list(STOPS.values()))))
    return base.ravel()


def has_stop(base: np.ndarray, codon: np.ndarray, strand: np.ndarray) -> bool:
    """Find out whether any of some codons is a stop codon.

    Parameters
    ----------
    base
        uint8 (length,), codes 0-3 of the + strand.
    codon
        int64 (codons,), leftmost position of each codon.
    strand
        int8 (codons,), strand on which each is read, +1 or -1.

    Returns
    -------
    bool
        Whether there is a stop codon among them.
    """
    triplet = base[codon[:, None] + np.arange(3)].astype(np.int64)  # (codons, 3)
    forward = triplet @ np.array([16, 4, 1])
    backward = (3 - triplet[:, ::-1]) @ np.array([16, 4, 1])
    return bool(IS_STOP[np.where(strand > 0, forward, backward)].any())
