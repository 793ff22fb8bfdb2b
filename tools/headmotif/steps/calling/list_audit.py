"""A list of sites as a whole: shifts, exchanged strands, scatter, and the share of its sites that behave like starts.

Only the model's P and the first bases are used, so the audit also holds where -10 elements are rare.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ...data import Sites
from ..sites.diagnosis import (
    ABSENT,
    FEWEST,
    NOT_APPLICABLE,
    OK,
    PARTLY,
    SHIFTED,
    STRAND,
    SWAPPED,
    WHY,
    describe_shift,
)
from ..sites.far_shift import FarShift
from ..sites.start_share import StartShare
from .site_scores import OFFSETS, REACH, Around
from .site_verdicts import CHANCE, VERDICTS

CLEAR = 20
"""Sites with a clear start near them that a strand needs before its shift is judged."""
APART = 3.0
"""Standard deviations between two counts that differ."""
HALF = 0.5
"""A list with a smaller share of starts has lost them, rather than some of them."""


@dataclass(frozen=True, eq=False)
class StrandOffsets:
    """Where the best P lies beside the sites of a strand, of those whose best P is above that of positions nearby.

    Attributes
    ----------
    sites
        Number of sites of the strand.
    counts
        int64 (11,), sites whose best P is at each of `site_scores.OFFSETS`.
    shift
        How far downstream of their starts the sites lie, in nt; None if too few sites are clear.
    """

    sites: int
    counts: np.ndarray
    shift: int | None

    @property
    def at_peak(self) -> float:
        """The share of the clear sites whose best P is at the most frequent offset."""
        return float(self.counts.max() / self.counts.sum()) if self.counts.sum() else float("nan")

    @property
    def within_one(self) -> float:
        """The share of the clear sites whose best P is at most 1 nt from that of most."""
        peak = int(self.counts.argmax())
        total = self.counts.sum()
        return float(self.counts[max(peak - 1, 0) : peak + 2].sum() / total) if total else float("nan")


@dataclass(frozen=True, eq=False)
class ListAudit:
    """The audit of a list.

    Attributes
    ----------
    sites, nearby
        Number of sites, and of positions nearby that they are compared with.
    plus, minus
        The offsets of each strand.
    above, above_other
        The share of the sites whose P is above that of positions nearby beyond chance, on their strand and on the
        other; of the best P within `REACH` nt.
    starts
        The share of the sites that behave like starts.
    far
        A long way that many sites lie from their starts, or None.
    kinds, kinds_nearby
        Number of sites, and share of the positions nearby, of each verdict.
    """

    sites: int
    nearby: int
    plus: StrandOffsets
    minus: StrandOffsets
    above: float
    above_other: float
    starts: StartShare
    far: FarShift | None
    kinds: dict[str, int]
    kinds_nearby: dict[str, float]

    @property
    def conclusion(self) -> tuple[str, str]:
        """The verdict, one of those of `diagnosis`, and a sentence about it."""
        return _judge(self)

    def summarise(self) -> dict[str, object]:
        """Arrange the audit for JSON.

        Returns
        -------
        dict
            What docs/formats.md says of the metrics, but for the model.
        """
        kind, words = self.conclusion
        strands = {
            name: {
                "sites": one.sites,
                "clear": int(one.counts.sum()),
                "offsets": {str(offset): int(n) for offset, n in zip(OFFSETS.tolist(), one.counts, strict=True)},
                "shift_nt": one.shift,
                "at_peak": one.at_peak,
                "within_1": one.within_one,
            }
            for name, one in (("plus", self.plus), ("minus", self.minus))
        }
        return {
            "sites": self.sites,
            "nearby": self.nearby,
            "strands": strands,
            "above_nearby": self.above,
            "above_nearby_other_strand": self.above_other,
            "starts": {"share": self.starts.share, "low": self.starts.low, "high": self.starts.high},
            "displaced": 1 - self.starts.share,
            "far_shift": None if self.far is None else asdict(self.far),
            "verdicts": self.kinds,
            "verdicts_nearby": self.kinds_nearby,
            "verdict": kind,
            "explanation": words,
        }

    def describe(self) -> Iterator[str]:
        """Describe the audit.

        Yields
        ------
        str
            Lines for the user; the last is the verdict.
        """
        known = ", ".join(f"{n:,} {kind}" for kind, n in self.kinds.items())
        yield f"sites: {known}"
        usual = ", ".join(f"{100 * share:.0f} % {kind}" for kind, share in self.kinds_nearby.items())
        yield f"of {self.nearby:,} positions nearby, the same rules make {usual}"
        for sign, one in (("+", self.plus), ("-", self.minus)):
            if one.counts.sum():
                yield (
                    f"{sign} strand: {int(one.counts.sum()):,} of {one.sites:,} sites have a clear start within "
                    f"{REACH} nt; best P at {int(OFFSETS[one.counts.argmax()]):+d} nt in {100 * one.at_peak:.0f} %, "
                    f"within 1 nt of it in {100 * one.within_one:.0f} %"
                )
        yield (
            f"{100 * self.above:.0f} % of the sites have a higher P than positions nearby, beyond chance "
            f"({100 * self.above_other:.0f} % on the other strand)"
        )
        yield f"audit: {self.conclusion[1]}"


def measure_offsets(around: Around, best_p: np.ndarray, rows: np.ndarray) -> StrandOffsets:
    """Count where the best P lies beside the sites of a strand.

    Parameters
    ----------
    around
        P around all sites.
    best_p
        float64 (sites,), the share of positions nearby with as high a best P.
    rows
        bool (sites,), the sites of the strand.

    Returns
    -------
    StrandOffsets
        The counts and the shift.
    """
    clear = around.best_offset[rows & (best_p <= CHANCE)]
    counts = np.bincount(clear + REACH, minlength=len(OFFSETS))
    if len(clear) < CLEAR:
        return StrandOffsets(int(rows.sum()), counts, None)
    peak, here = int(counts.argmax()), int(counts[REACH])
    moved = counts[peak] - here > APART * np.sqrt(counts[peak] + here)
    return StrandOffsets(int(rows.sum()), counts, -int(OFFSETS[peak]) if moved else 0)


def measure_above(p: np.ndarray) -> float:
    """Compute the share of sites whose P is above that of positions nearby, beyond chance.

    Parameters
    ----------
    p
        float64 (sites,), the share of positions nearby with as high a P.

    Returns
    -------
    float
        0 to 1; NaN without sites.
    """
    return float(max(0.0, ((p <= CHANCE).mean() - CHANCE) / (1 - CHANCE))) if len(p) else float("nan")


def count_kinds(kinds: Sequence[str]) -> dict[str, int]:
    """Count the sites of each verdict.

    Parameters
    ----------
    kinds
        The verdicts of the sites.

    Returns
    -------
    dict of int
        The number of sites of each of `VERDICTS`, in their order.
    """
    found = Counter(kinds)
    return {kind: found[kind] for kind in VERDICTS}


def _judge(found: ListAudit) -> tuple[str, str]:
    if found.sites < FEWEST:
        return NOT_APPLICABLE, f"not applicable: {found.sites:,} sites are too few to judge ({FEWEST} are needed)"
    own, other = (CHANCE + (1 - CHANCE) * share for share in (found.above, found.above_other))  # chance included
    if other - own > APART * np.sqrt((other + own) / found.sites):
        return SWAPPED, "the strands seem swapped: P is higher on the other strand; check the strand column"
    plus, minus = found.plus.shift, found.minus.shift
    shifts = {shift for shift in (plus, minus) if shift is not None}
    if shifts - {0} and own - CHANCE > APART * np.sqrt(CHANCE / found.sites):
        alike = len(shifts) == 1 or plus == -(minus or 0)
        return (SHIFTED if alike else STRAND), describe_shift(plus, minus)
    far = [found.far.words] if found.far else []
    if found.starts.is_doubtful or far:
        few = [f"only {found.starts.words} of the sites behave like starts, by P and by their first bases"]
        said = "; ".join([*(few if found.starts.is_doubtful else []), *far, WHY])
        return (ABSENT if found.starts.share < HALF else PARTLY), said
    return OK, f"{found.starts.words} of the sites behave like starts, by P and by their first bases: as it should be"


def split_strands(sites: Sites) -> tuple[np.ndarray, np.ndarray]:
    """Find the sites of each strand.

    Parameters
    ----------
    sites
        The sites.

    Returns
    -------
    tuple of numpy.ndarray
        bool (sites,), the rows of the + strand and those of the - strand.
    """
    return sites.strand > 0, sites.strand < 0
