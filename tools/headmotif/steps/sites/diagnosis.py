"""The verdict on a set of sites: which fault its checks point to, or none, or that they cannot show one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...data import Contigs, Genome, Sites
from . import coordinate_checks
from .coordinate_checks import Check

OK, SHIFTED, STRAND, SWAPPED, PARTLY, ABSENT, NOT_APPLICABLE = (
    "ok",
    "shifted",
    "strand shifted",
    "strands swapped",
    "partly absent",
    "absent",
    "not applicable",
)
FEWEST = 50
"""With fewer sites there is no verdict."""
EXPECTED = 4
"""Sites with a -10 element by chance that are needed to show that elements are missing. Three times as many are then
four standard deviations away."""
GROUP, GROUPS = 100, 40
"""Least number of sites in a part of the genome that is examined by itself, and largest number of such parts."""


@dataclass(frozen=True)
class Diagnosis:
    """The verdict on a set of sites.

    Attributes
    ----------
    kind
        One of the seven verdicts, `OK` to `NOT_APPLICABLE`.
    words
        The verdict in one or two sentences.
    both, plus, minus
        Checks of all sites, and of the sites of each strand.
    """

    kind: str
    words: str
    both: Check
    plus: Check
    minus: Check


def verdict(genome: Genome, sites: Sites, background: float | None = None) -> Diagnosis:
    """Check a set of sites and draw the conclusion.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.
    background
        `coordinate_checks.minus10_background` of the genome, where it is known already.

    Returns
    -------
    Diagnosis
        The verdict and its checks.
    """
    background = coordinate_checks.minus10_background(genome) if background is None else background
    both, plus, minus = (coordinate_checks.check(genome, sites.take(rows), background) for rows in _rows(sites))
    return Diagnosis(*_judge(genome, sites, both, plus, minus), both, plus, minus)


def verdicts(genome: Genome, sets: Mapping[str, Sites]) -> dict[str, Diagnosis]:
    """Check several sets of sites.

    Parameters
    ----------
    genome
        The sequence.
    sets
        Sites by the names of the sets.

    Returns
    -------
    dict of Diagnosis
        The verdict on each set, by its name.
    """
    background = coordinate_checks.minus10_background(genome)
    return {name: verdict(genome, one, background) for name, one in sets.items()}


def _rows(sites: Sites) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.ones(len(sites), bool), sites.strand > 0, sites.strand < 0


def _judge(genome: Genome, sites: Sites, both: Check, plus: Check, minus: Check) -> tuple[str, str]:
    if both.sites < FEWEST:
        return (
            NOT_APPLICABLE,
            f"not applicable: {both.sites:,} sites are too few to judge by their -10 elements ({FEWEST} are needed)",
        )
    element = f"a -10 element in {_percent(both.share)} of the sites, {_percent(both.background)} of all positions"
    start = f"a purine at +1 in {_percent(both.purine[3])}"
    own = _shifts(plus.shift, minus.shift, both.shift)
    if own <= {0} and (missing := _describe_without(genome, sites, both.background)):
        return (
            PARTLY,
            f"{element}, but no -10 signal at {missing}; check whether these belong to another version of the genome, "
            "or are sites of another kind",
        )
    if both.start_codon > 0.7 and own != {0}:
        begin = f"{_percent(both.start_codon)} of the sites lie at an ATG, GTG or TTG, within one base"
        return (
            NOT_APPLICABLE,
            f"not applicable: {begin}, so these are starts of genes, where no -10 element is expected",
        )
    other = _shifts(plus.other_shift, minus.other_shift, both.other_shift)
    if other and (not own or both.other > 2 * both.share):
        off = "" if other == {0} else f"; {_describe_shift(plus.other_shift, minus.other_shift, -1)}"
        return (
            SWAPPED,
            f"the strands seem swapped: {element}, but in {_percent(both.other)} of the sites if the strands are "
            f"exchanged; check the strand column{off}",
        )
    if not own:
        return _describe_absence(both, element, start)
    for sign, one in (("+", plus), ("-", minus)):
        if one.shift is None and one.sites >= _count_needed(one.background):
            why = "check whether its positions count from the other end of the contig or of an interval"
            return (
                STRAND,
                f"no -10 signal on the {sign} strand (a -10 element in {_percent(one.share)} of its sites), but one on "
                f"the other strand; {why}",
            )
    if own == {0}:
        return OK, f"{element}, {start}: as it should be"
    alike = len(own) == 1 or (minus.shift is not None and plus.shift == -minus.shift)
    return (SHIFTED if alike else STRAND), _describe_shift(plus.shift, minus.shift)


def _shifts(*shifts: int | None) -> set[int]:
    """The strands' shifts; the last, that of both together, where neither strand alone has one."""
    return {k for k in shifts[:2] if k is not None} or {k for k in shifts[2:] if k is not None}


def _describe_shift(plus: int | None, minus: int | None, sign: int = 1) -> str:
    """How far the sites of the strands lie downstream of where they should, in words.

    sign: -1 where the strands are swapped.
    """
    plus, minus = (minus if plus is None else plus) or 0, (plus if minus is None else minus) or 0
    high = sign * plus, -sign * minus  # by coordinates
    if plus == minus:
        side = "downstream" if plus > 0 else "upstream"
        return (
            f"all sites seem to lie {_bases(plus)} {side} of where they should; check whether the file follows another "
            "convention, or gives another end of the feature"
        )
    if high[0] == high[1]:
        counted = (
            "1-based and 0-based positions are confused"
            if abs(high[0]) == 1
            else "the file belongs to another version of the genome"
        )
        return f"all positions seem {_bases(high[0])} too {'high' if high[0] > 0 else 'low'}; check whether {counted}"
    said = []
    for name, k, up in (("+", plus, high[0]), ("-", minus, high[1])):
        if k:
            side, by = "downstream" if k > 0 else "upstream", "high" if up > 0 else "low"
            said.append(
                f"the {name} strand's sites seem to lie {_bases(k)} {side} of where they should (positions too {by})"
            )
    small = max(abs(plus), abs(minus)) == 1
    return (
        f"{' and '.join(said)}; check "
        f"{'for a mix of 1-based and 0-based positions' if small else 'which end of an interval the site is'}"
    )


def _count_needed(background: float) -> int:
    return int(np.ceil(max(FEWEST, EXPECTED * (1 - background) / max(background, 1e-9))))


def _describe_absence(both: Check, element: str, start: str) -> tuple[str, str]:
    """No more -10 elements than by chance: that shows a fault only where a signal could have been seen."""
    needed = _count_needed(both.background)
    if both.sites < needed:
        few = (
            f"by chance {_percent(both.background)} of all positions have a -10 element, so {needed:,} sites are "
            "needed to show that it is missing"
        )
        return NOT_APPLICABLE, f"not applicable: {few}, and there are {both.sites:,}"
    why = "check the version of the genome and the coordinates; some organisms and kinds of sites have no -10 element"
    usual = " as by chance" if abs(both.purine[3] - 0.5) < 4 * np.sqrt(0.25 / both.sites) else ""
    return ABSENT, f"no -10 signal: {element}, {start}{usual}; {why}"


def _describe_without(genome: Genome, sites: Sites, background: float) -> str:
    """The parts of the genome whose sites have no more -10 elements than any position, in words; "" if there are none.

    Such a part has at least two groups of neighbouring sites in a row, because a single one may be a prophage.
    """
    order = np.argsort(genome.contigs.place(sites.contig, sites.position), kind="stable")
    groups = np.array_split(order, max(1, min(GROUPS, len(sites) // GROUP)))
    element = coordinate_checks.find_with_element(genome, sites)
    size, hits = (
        np.array([int(x) for x in column]) for column in zip(*((len(r), element[r].sum()) for r in groups), strict=True)
    )
    pairs = zip(hits.tolist(), size.tolist(), strict=True)
    rare = np.array([coordinate_checks.upper_tail(*pair, background) < 1e-6 for pair in pairs])
    with_signal = rare & (hits > 3 * background * size)
    if not with_signal.any():
        return ""
    best = float(np.median((hits / size)[with_signal]))
    low = hits < (background + (best - background) / 4) * size
    low &= [
        coordinate_checks.upper_tail(n - x, n, 1 - best) < 1e-6
        for x, n in zip(hits.tolist(), size.tolist(), strict=True)
    ]
    found, first = [], 0
    for i in range(len(groups) + 1):
        if i < len(groups) and low[i]:
            continue
        if i - first > 1:
            rows = np.concatenate(groups[first:i])
            found.append(f"the {len(rows):,} sites of {_span(genome.contigs, sites.take(rows))}")
        first = i + 1
    return ", ".join(found)


def _span(contigs: Contigs, sites: Sites) -> str:
    """From the first to the last of sites that are in order, 1-based."""
    first, last = (f"{contigs[sites.contig[i]].name}:{sites.position[i] + 1}" for i in (0, -1))
    return f"{first}-{sites.position[-1] + 1}" if sites.contig[0] == sites.contig[-1] else f"{first} to {last}"


def _bases(k: int) -> str:
    return {1: "one base", 2: "two bases"}.get(abs(k), f"{abs(k)} bases")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
