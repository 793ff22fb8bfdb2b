"""The nouns: frozen records that check themselves. All coordinates are 0-based, half-open.

Tables of many rows (sites, regions) are columns of equal length, one NumPy array each.
"""

from dataclasses import dataclass, field

import numpy as np

from .alphabet import N

NO_LABEL = 255
"""In `Genome.label`: this position and strand is not to be learned from or scored."""

STRANDS = "+-"
"""Row 0 of a label is the + strand, row 1 the - strand."""


def _check(condition: bool, problem: str) -> None:
    if not condition:
        raise ValueError(problem)


@dataclass(frozen=True)
class Contig:
    """One sequence of a genome. `digest` is refget's "SQ." + sha512t24u of its upper-case letters."""

    name: str
    length: int
    circular: bool = False
    digest: str = ""


@dataclass(frozen=True, eq=False)
class Sites:
    """Single nucleotides on a strand (the +1 of a TSS), in the order given.

    contig: int32 (sites,), index into the genome's contigs. position: int64 (sites,), 0-based, on the + strand's
    coordinates whatever the strand. strand: int8 (sites,), +1 or -1. strength: float32 (sites,), NaN where none was given.
    """

    contig: np.ndarray
    position: np.ndarray
    strand: np.ndarray
    strength: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.position)
        _check(len(self.contig) == len(self.strand) == len(self.strength) == n, "columns of sites differ in length")
        _check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")

    def __len__(self) -> int:
        return len(self.position)

    def take(self, rows: np.ndarray) -> "Sites":
        """The given rows (indices or a mask), in their order."""
        return Sites(self.contig[rows], self.position[rows], self.strand[rows], self.strength[rows])


@dataclass(frozen=True, eq=False)
class Genome:
    """Contigs end to end, and what is known of each nucleotide.

    base: uint8 (N,), codes 0-4. label: uint8 (labels, 2, N), row 0 the + strand, row 1 the - strand, both indexed
    by + coordinates: 1 a site, 0 none, `NO_LABEL` not to be learned from. site: int64 (sites, 3), the label, row and
    place in `base` of each site as given, and strength float32 (sites,) its score (NaN: none).
    """

    contigs: tuple[Contig, ...]
    base: np.ndarray
    labels: tuple[str, ...] = ()
    label: np.ndarray = field(default_factory=lambda: np.zeros((0, 2, 0), np.uint8))
    site: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    strength: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        _check(sum(c.length for c in self.contigs) == len(self.base), "the contigs' lengths do not add up to the bases")
        _check(not self.labels or self.label.shape == (len(self.labels), 2, len(self.base)), "labels do not fit the bases")
        _check(self.base.dtype == np.uint8 and (len(self.base) == 0 or int(self.base.max()) <= N), "a base is not a code 0-4")
        _check(self.site.shape == (len(self.strength), 3), "sites and strengths differ in number")
        place = self.site[:, 1:]
        _check(bool(((place >= 0) & (place < (2, len(self.base)))).all()), "a site is on no strand or beyond the bases")

    @property
    def start(self) -> np.ndarray:
        """Where each contig begins in `base`, and the end of the last: int64 (contigs + 1,)."""
        return np.concatenate([[0], np.cumsum([c.length for c in self.contigs], dtype=np.int64)]).astype(np.int64)

    def contig_bases(self, index: int) -> np.ndarray:
        """The codes of one contig, a view."""
        start = self.start
        return self.base[start[index] : start[index + 1]]

    def sites(self, label: int = 0) -> Sites:
        """The sites of one label set, as they were given (duplicates dropped), in contig coordinates."""
        mine = self.site[:, 0] == label
        row, place = self.site[mine, 1], self.site[mine, 2]
        start = self.start
        contig = np.searchsorted(start, place, side="right") - 1
        return Sites(contig.astype(np.int32), place - start[contig], (1 - 2 * row).astype(np.int8), self.strength[mine])


@dataclass(frozen=True, eq=False)
class Attention:
    """What each head gave to each key, for chosen queries; keys in bases from the query's site.

    weight: float16 (queries, layers, heads, keys), softmax weights; norm: the same shape, length of what the key really
    adds (weight x value x output projection); none: float16 (queries, layers, heads), the weight that goes to no key.
    Keys off the contig are NaN. offset: int32 (keys,), distance of the key's centre from the site, negative upstream.
    reach: how many bases on each side of its centre a key has read, per layer. is_site: bool (queries,), else background.
    probability: float32 (queries,), the model's P(site). contig, position, strand: as in `Sites`.
    """

    weight: np.ndarray
    norm: np.ndarray
    none: np.ndarray
    offset: np.ndarray
    reach: tuple[int, ...]
    is_site: np.ndarray
    probability: np.ndarray
    contig: np.ndarray
    position: np.ndarray
    strand: np.ndarray
    contigs: tuple[Contig, ...]
    model: str = ""

    def __post_init__(self) -> None:
        queries, layers, _heads, keys = self.weight.shape
        _check(self.norm.shape == self.weight.shape and self.none.shape == self.weight.shape[:3], "weight, norm and none differ in shape")
        _check(self.offset.shape == (keys,) and len(self.reach) == layers, "offsets or reach do not fit the weights")
        columns = (self.is_site, self.probability, self.contig, self.position, self.strand)
        _check(all(c.shape == (queries,) for c in columns), "a column of the queries has the wrong length")
        _check(bool(((self.contig >= 0) & (self.contig < len(self.contigs))).all()), "a query is on no contig")
        lengths = np.array([c.length for c in self.contigs], np.int64)[self.contig]
        _check(bool(((self.position >= 0) & (self.position < lengths)).all()), "a query lies beyond its contig")
        _check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")


@dataclass(frozen=True, eq=False)
class Regions:
    """Stretches of a genome that a head attends to, each for one site.

    contig: int32 (regions,), index into `contigs` (names). start, end: int64, half-open; end may pass the contig's end by
    less than its length where the contig is circular. head: str (regions,), "L1H3", both 1-based. strand: int8. weight: float64,
    the largest weight in it. distance: int64, its most attended base from the site, negative upstream. site: int64, the site's position.
    p, q: float64 (NaN: not tested).
    """

    contigs: tuple[str, ...]
    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    head: np.ndarray
    strand: np.ndarray
    weight: np.ndarray
    distance: np.ndarray
    site: np.ndarray
    p: np.ndarray
    q: np.ndarray

    COLUMNS = ("contig", "start", "end", "head", "strand", "weight", "distance", "site", "p", "q")

    def __post_init__(self) -> None:
        _check(len({len(getattr(self, c)) for c in self.COLUMNS}) == 1, "columns of regions differ in length")
        _check(bool((self.end > self.start).all()), "a region is empty")

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: np.ndarray) -> "Regions":
        """The given rows (indices or a mask), in their order."""
        return Regions(self.contigs, *(getattr(self, c)[rows] for c in self.COLUMNS))


@dataclass(frozen=True, eq=False)
class Motif:
    """A position weight matrix of probabilities, float64 (width, 4), columns A C G T, each row summing to 1.

    nsites: number of sites behind it (NaN: unknown). background: float64 (4,). evalue: NaN where none was computed.
    """

    name: str
    matrix: np.ndarray
    nsites: float = float("nan")
    background: np.ndarray = field(default_factory=lambda: np.full(4, 0.25))
    evalue: float = float("nan")
    alt: str = ""

    def __post_init__(self) -> None:
        _check(self.matrix.ndim == 2 and self.matrix.shape[1] == 4 and len(self.matrix) > 0, "a motif needs rows of four columns")
        _check(bool(np.isfinite(self.matrix).all()) and bool((self.matrix >= 0).all()), "a probability is negative or not a number")
        _check(bool(np.allclose(self.matrix.sum(axis=1), 1, atol=1e-3)), "a row does not sum to 1")

    def __len__(self) -> int:
        return len(self.matrix)


@dataclass(frozen=True)
class Match:
    """One target motif for one query, with the columns of Tomtom's table; offset: where in the target the query starts, in columns
    (negative: before it)."""

    query: str
    target: str
    offset: int
    p: float
    evalue: float
    q: float
    overlap: int
    query_consensus: str
    target_consensus: str
    orientation: str
