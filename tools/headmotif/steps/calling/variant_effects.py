"""What variants do to the annotation: P(site) around each variant, in the genome as it is and with that one variant.

Every position whose score may change is scored, on both strands, in both sequences. `edits` says which position of one
sequence corresponds to which of the other. Sites are the calls of `local_maxima.call_sites`.

The size of a change comes first. A site whose P crosses the threshold by little is not gained or lost.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...data import Contig, Contigs, Genome, Sites, Variants
from ..network.annotate import annotate, logit
from ..network.device import Compute
from ..network.protocol import Network
from .edits import Edit, edits, sequences
from .local_maxima import call_sites

AT_ONCE = 500
"""Variants whose surroundings are held in memory together."""
NEAR = 2
"""Calls of the two sequences at most this many nt apart are one site; it is also the radius of a local maximum."""
MARGIN = 3 * NEAR
"""Positions on either side, beyond those whose score may change, that can decide whether two calls are one site."""
MIN_CHANGE = 1.0
"""The smallest change of the logit at which a site that crosses the threshold is gained or lost. Two trainings of one
recipe differ by less in 95 of 100 sites (benchmarks/RESULTS.md). From half of it on, any other site is stronger or
weaker."""


@dataclass(frozen=True, eq=False)
class Effects:
    """The effect of each variant, in columns (variants,).

    Of several calls near a variant, those gained or lost come first, then the one whose logit changes most. A site's P
    in a sequence is that of its call or, where it has no call, the largest within `NEAR` nt; NaN if the bases are
    missing. A site in inserted bases has the position of the base behind them.

    Attributes
    ----------
    change
        float64, the largest change of the logit, alternative minus reference; NaN if nothing is scored.
    position
        int64, position of that change in the reference, 0-based; -1: none.
    strand
        int8, strand of that change, +1 or -1; 0: none.
    reference
        float64, P there in the reference.
    alternative
        float64, P there in the alternative.
    site_change, site, site_strand, site_reference, site_alternative
        Change, position, strand and both P of the call that changes most; NaN, -1 and 0 if there is none.
    kind
        str, what happens to that call: `gained`, `lost`, `stronger`, `weaker` or `none`.
    """

    change: np.ndarray
    position: np.ndarray
    strand: np.ndarray
    reference: np.ndarray
    alternative: np.ndarray
    site_change: np.ndarray
    site: np.ndarray
    site_strand: np.ndarray
    site_reference: np.ndarray
    site_alternative: np.ndarray
    kind: np.ndarray


@dataclass(frozen=True)
class Rule:
    """When a change of a site is one.

    Attributes
    ----------
    threshold
        Lowest P of a call.
    min_change
        The smallest change of the logit at which a site that crosses the threshold is gained or lost. From half of it
        on, any other site is stronger or weaker.
    """

    threshold: float = 0.5
    min_change: float = MIN_CHANGE

    def name_effect(self, change: float, reference: np.float32, alternative: np.float32) -> str:
        """Name what happens to a site.

        Parameters
        ----------
        change
            Change of its logit; NaN if a sequence lacks the bases.
        reference, alternative
            Its P in the two sequences.

        Returns
        -------
        str
            `gained`, `lost`, `stronger`, `weaker` or `none`.
        """
        was, becomes = reference >= self.threshold, alternative >= self.threshold
        if was != becomes and not abs(change) < self.min_change:
            return "gained" if becomes else "lost"
        if abs(change) >= self.min_change / 2 and change:
            return "stronger" if change > 0 else "weaker"
        return "none"

    def count_small_crossings(self, found: Effects) -> int:
        """Count the sites that cross the threshold, but change too little to be gained or lost.

        Parameters
        ----------
        found
            Effects that were named by this rule.

        Returns
        -------
        int
            Their number.
        """
        crosses = (found.site_reference >= self.threshold) != (found.site_alternative >= self.threshold)
        return int((crosses & ~np.isin(found.kind, ("gained", "lost"))).sum())


class Place(NamedTuple):
    """A position on a strand, with P in both sequences.

    Attributes
    ----------
    change
        Change of the logit, alternative minus reference.
    position
        0-based, in the reference; -1: none.
    strand
        +1 or -1; 0: none.
    reference
        P in the reference.
    alternative
        P in the alternative.
    """

    change: float = float("nan")
    position: int = -1
    strand: int = 0
    reference: float = float("nan")
    alternative: float = float("nan")


def effects(
    net: Network,
    genome: Genome,
    variants: Variants,
    compute: Compute,
    label: int = 0,
    rule: Rule = Rule(),
    progress: Callable[[int], None] | None = None,
) -> Effects:
    """Compute the effect of each variant alone.

    Parameters
    ----------
    net
        The network.
    genome
        The genome.
    variants
        The variants.
    compute
        Device and precision.
    label
        Number of the label.
    rule
        The threshold, and what counts as a change.
    progress
        Receives the number of variants done.

    Returns
    -------
    Effects
        The effects, in the order of the variants.
    """
    side = max(net.before, net.after)
    largest, kinds, sites = [], [], []
    for first in range(0, len(variants), AT_ONCE):
        some = edits(genome, variants.take(np.arange(first, min(first + AT_ONCE, len(variants)))), side, MARGIN)
        for edit, (before, after) in zip(
            some, _score_both(net, genome, some, compute, label, rule.threshold), strict=True
        ):
            largest.append(_find_largest(edit, before.p, after.p))
            site, kind = _pick_site(edit, before, after, rule)
            kinds.append(kind)
            sites.append(site)
        if progress:
            progress(first + len(some))
    return Effects(*_columns(largest), *_columns(sites), np.array(kinds, str))


def _columns(places: list[Place]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    change, position, strand, reference, alternative = zip(*places, strict=True) if places else [()] * 5
    floats = [np.array(x, np.float64) for x in (change, reference, alternative)]
    return floats[0], np.array(position, np.int64), np.array(strand, np.int8), floats[1], floats[2]


class Side(NamedTuple):
    """P and the calls of one sequence of a span.

    Attributes
    ----------
    p
        float32 (2, length), rows + and -, both by + coordinates.
    row
        int64 (calls,), 0 on the + strand, 1 on the - strand.
    place
        int64 (calls,), places in the span.
    """

    p: np.ndarray
    row: np.ndarray
    place: np.ndarray


def _score_both(
    net: Network,
    genome: Genome,
    some: list[Edit],
    compute: Compute,
    label: int,
    threshold: float,
) -> list[tuple[Side, Side]]:
    """Score the reference and the alternative of each variant."""
    halo = max(net.before, net.after)
    codes = [one for edit in some for one in sequences(genome, edit, halo)]
    pieces = Genome(
        Contigs(Contig(str(number), len(piece)) for number, piece in enumerate(codes)), np.concatenate(codes)
    )
    p = annotate(net, pieces, compute, jobs=_jobs(codes, halo, net.chunk))[label]
    calls = call_sites(p, pieces.contigs, threshold, NEAR)
    calls = calls.take(np.argsort(calls.contig, kind="stable"))
    span = zip(pieces.start[:-1].tolist(), pieces.start[1:].tolist(), strict=True)
    sides = [_side(p[:, start + halo : end - halo], calls, number, halo) for number, (start, end) in enumerate(span)]
    return list(zip(sides[::2], sides[1::2], strict=True))


def _side(p: np.ndarray, calls: Sites, number: int, halo: int) -> Side:
    mine = slice(*np.searchsorted(calls.contig, [number, number + 1]))
    return Side(p, (calls.strand[mine] < 0).astype(np.int64), calls.position[mine] - halo)


def _jobs(codes: list[np.ndarray], halo: int, chunk: int) -> np.ndarray:
    """The stretches of the pieces that are scored: all but the halos, on both strands."""
    rows = [
        (number, strand, place, min(chunk, len(piece) - halo - place))
        for number, piece in enumerate(codes)
        for strand in (1, -1)
        for place in range(halo, len(piece) - halo, chunk)
    ]
    return np.array(rows, np.int64)


def _find_largest(edit: Edit, before: np.ndarray, after: np.ndarray) -> Place:
    """Find where the logit changes most; `before` and `after` are P of the two sequences."""
    same = edit.common_length
    pairs = [
        np.concatenate([p[:, :same], p[:, first:]], axis=1) for p, first in zip((before, after), edit.ends, strict=True)
    ]
    change = logit(pairs[1]) - logit(pairs[0])
    change = change[:, MARGIN : change.shape[1] - MARGIN]
    if not np.isfinite(change).any():
        return Place()
    row, pair = np.unravel_index(np.nanargmax(np.abs(change)), change.shape)
    place = int(pair) + MARGIN
    at = place if place < same else place + edit.ends[0] - same
    return Place(float(change[row, pair]), edit.position(at), 1 - 2 * int(row), *(float(p[row, place]) for p in pairs))


def _pick_site(edit: Edit, before: Side, after: Side, rule: Rule) -> tuple[Place, str]:
    """Find the call near a variant that matters most, and what happens to it."""
    best, weight = (Place(), "none"), (False, -1.0)
    for row, place, reference, alternative in _sites(edit, before, after):
        change = float(np.diff(logit(np.array([reference, alternative], np.float32)))[0])
        kind = rule.name_effect(change, reference, alternative)
        # Changes of the last digits are no reason to prefer a call: of equal ones the first stays.
        mine = kind in ("gained", "lost"), round(abs(change), 4) if np.isfinite(change) else np.inf
        if mine > weight:
            site = Place(change, edit.position(place), 1 - 2 * row, float(reference), float(alternative))
            best, weight = (site, kind), mine
    return best


def _sites(edit: Edit, before: Side, after: Side) -> Iterator[tuple[int, int, np.float32, np.float32]]:
    """The calls of either sequence near a variant: row, place in the reference, and P in both sequences."""
    at = edit.to_reference(np.arange(after.p.shape[1]))
    first, last = MARGIN - NEAR, before.p.shape[1] - MARGIN + NEAR
    for row, place in zip(before.row, before.place.tolist(), strict=True):
        if first <= place < last:
            far = np.where(after.row == row, np.abs(at[after.place] - place), NEAR + 1)
            if len(far) and far.min() <= NEAR:
                other = after.p[row, after.place[far.argmin()]]
            else:
                other = _find_highest(after.p[row, np.abs(at - place) <= NEAR])
            yield int(row), place, before.p[row, place], other
    for row, place in zip(after.row, after.place, strict=True):
        there = int(at[place])
        is_called = ((before.row == row) & (np.abs(before.place - there) <= NEAR)).any()
        if first <= there < last and not is_called:
            other = _find_highest(before.p[row, there - NEAR : there + NEAR + 1])
            yield int(row), there, other, after.p[row, place]


def _find_highest(p: np.ndarray) -> np.float32:
    known = p[np.isfinite(p)]
    return known.max() if len(known) else np.float32(np.nan)


def table(variants: Variants, found: Effects, contigs: Contigs) -> dict[str, list]:
    """Make the table of variants, a row for each.

    Parameters
    ----------
    variants
        The variants.
    found
        Their effects.
    contigs
        The contigs.

    Returns
    -------
    dict of list
        The columns by name. Positions are 1-based as in VCF; "." where there is none.
    """
    shown = {
        name: [str(at + 1) if at >= 0 else "." for at in column.tolist()]
        for name, column in (("site", found.site), ("delta_position", found.position))
    }
    signs = {
        name: [{1: "+", -1: "-"}.get(sign, ".") for sign in column.tolist()]
        for name, column in (("site_strand", found.site_strand), ("delta_strand", found.strand))
    }
    return {
        "contig": [contigs.names[contig] for contig in variants.contig.tolist()],
        "position": (variants.position + 1).tolist(),
        "id": list(variants.name),
        "ref": list(variants.reference),
        "alt": list(variants.alternative),
        "delta_logit": found.change.tolist(),
        "delta_position": shown["delta_position"],
        "delta_strand": signs["delta_strand"],
        "probability_ref": found.reference.tolist(),
        "probability_alt": found.alternative.tolist(),
        "site_delta_logit": found.site_change.tolist(),
        "site": shown["site"],
        "site_strand": signs["site_strand"],
        "site_probability_ref": found.site_reference.tolist(),
        "site_probability_alt": found.site_alternative.tolist(),
        "effect": found.kind.tolist(),
    }
