"""What the checks of a set of sites come to, in words: which fault of a table they point to, or none, or that they
cannot tell."""

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
"""With fewer sites nothing is said."""
EXPECTED = 4
"""With n sites, and a box at as many by chance, three times as many are four standard deviations off: the least that
shows an absence."""
GROUP, GROUPS = 100, 40
"""Sites in a stretch of the genome that is looked at by itself, at least, and how many stretches at most."""


@dataclass(frozen=True)
class Diagnosis:
    """kind: one of the words above; words: one sentence or two; both, plus, minus: the checks of all sites and of each
    strand's."""

    kind: str
    words: str
    both: Check
    plus: Check
    minus: Check


def verdict(genome: Genome, sites: Sites, background: float | None = None) -> Diagnosis:
    """Check sites; background: `label_checks.minus10_background` of the genome, where it is known already."""
    background = coordinate_checks.minus10_background(genome) if background is None else background
    both, plus, minus = (coordinate_checks.check(genome, sites.take(rows), background) for rows in _rows(sites))
    return Diagnosis(*_said(genome, sites, both, plus, minus), both, plus, minus)


def _rows(sites: Sites) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.ones(len(sites), bool), sites.strand > 0, sites.strand < 0


def _said(genome: Genome, sites: Sites, both: Check, plus: Check, minus: Check) -> tuple[str, str]:
    if both.sites < FEWEST:
        return (
            NOT_APPLICABLE,
            f"not applicable: {both.sites:,} sites are too few to tell by the -10 box ({FEWEST} are needed)",
        )
    box = f"a -10 box in {_percent(both.share)} of the sites, {_percent(both.background)} of all positions"
    start = f"a purine at +1 in {_percent(both.purine[3])}"
    own = _shifts(plus.shift, minus.shift, both.shift)
    if own <= {0} and (missing := _without(genome, sites, both.background)):
        return (
            PARTLY,
            f"{box}; but no -10 signal at {missing}: another version of the genome there, or sites of another kind?",
        )
    if both.start_codon > 0.7 and own != {0}:
        begin = f"{_percent(both.start_codon)} of the sites begin with ATG, GTG or TTG (or a base beside them)"
        return (
            NOT_APPLICABLE,
            f"not applicable: {begin}, so these are starts of genes, where no -10 box is to be expected",
        )
    other = _shifts(plus.other_shift, minus.other_shift, both.other_shift)
    if other and (not own or both.other > 2 * both.share):
        off = "" if other == {0} else f", and {_off(plus.other_shift, minus.other_shift, -1)}"
        return (
            SWAPPED,
            f"the strands seem swapped ({box}; in {_percent(both.other)} if they were on the other strand){off}",
        )
    if not own:
        return _absent(both, box, start)
    for sign, one in (("+", plus), ("-", minus)):
        if one.shift is None and one.sites >= _needed(one.background):
            why = "are its positions counted from the other end, or of another end of an interval?"
            return (
                STRAND,
                f"no -10 signal on the {sign} strand ({_percent(one.share)} of its sites), though there is on the "
                f"other: {why}",
            )
    if own == {0}:
        return OK, f"{box}, {start}: as it should be"
    alike = len(own) == 1 or (minus.shift is not None and plus.shift == -minus.shift)
    return (SHIFTED if alike else STRAND), _off(plus.shift, minus.shift)


def _shifts(*shifts: int | None) -> set[int]:
    """The strands' shifts; that of both together, the last, where neither strand alone has one."""
    return {k for k in shifts[:2] if k is not None} or {k for k in shifts[2:] if k is not None}


def _off(plus: int | None, minus: int | None, sign: int = 1) -> str:
    """How far the sites of the strands lie downstream of where they should, in words; sign: -1 where the strands are
    swapped."""
    plus, minus = (minus if plus is None else plus) or 0, (plus if minus is None else minus) or 0
    high = sign * plus, -sign * minus  # by coordinates
    if plus == minus:
        side = "downstream" if plus > 0 else "upstream"
        return (
            f"all sites look {_bases(plus)} {side} of where they should be: another convention, or "
            "another end of the feature?"
        )
    if high[0] == high[1]:
        counted = (
            "1-based and 0-based positions taken for each other?"
            if abs(high[0]) == 1
            else "another version of the genome?"
        )
        return f"all positions look {_bases(high[0])} too {'high' if high[0] > 0 else 'low'}: {counted}"
    said = []
    for name, k, up in (("+", plus, high[0]), ("-", minus, high[1])):
        if k:
            side, by = "downstream" if k > 0 else "upstream", "high" if up > 0 else "low"
            said.append(
                f"the {name} strand's sites look {_bases(k)} {side} of where they should be (positions too {by})"
            )
    small = max(abs(plus), abs(minus)) == 1
    return (
        f"{' and '.join(said)}: "
        f"{'a mix of 1-based and 0-based positions?' if small else 'which end of an interval is it?'}"
    )


def _needed(background: float) -> int:
    return int(np.ceil(max(FEWEST, EXPECTED * (1 - background) / max(background, 1e-9))))


def _absent(both: Check, box: str, start: str) -> tuple[str, str]:
    """No box in excess at all: that says something only where one could have been seen."""
    needed = _needed(both.background)
    if both.sites < needed:
        few = (
            f"by chance a -10 box stands at {_percent(both.background)} of all positions, so {needed:,} "
            "sites are needed to miss it"
        )
        return NOT_APPLICABLE, f"not applicable: {few}, and here are {both.sites:,}"
    why = (
        "the wrong version of the genome, or coordinates that are off, or an organism or kind of site without a -10 box"
    )
    usual = " as by chance" if abs(both.purine[3] - 0.5) < 4 * np.sqrt(0.25 / both.sites) else ""
    return ABSENT, f"no -10 signal: {box}, {start}{usual}: {why}?"


def _without(genome: Genome, sites: Sites, background: float) -> str:
    """Stretches of the genome whose sites have no more boxes than any position, while others have: in words, "" where
    there are none.

    Two groups of neighbouring sites in a row at least: one may be a prophage.
    """
    order = np.argsort(genome.contigs.place(sites.contig, sites.position), kind="stable")
    groups = np.array_split(order, max(1, min(GROUPS, len(sites) // GROUP)))
    box = coordinate_checks.with_box(genome, sites)
    size, hits = (
        np.array([int(x) for x in column]) for column in zip(*((len(r), box[r].sum()) for r in groups), strict=True)
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
