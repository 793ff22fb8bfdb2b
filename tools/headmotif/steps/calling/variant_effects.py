"""What variants do to the annotation: P(site) around each of them, in the genome as it is and with that one variant in
it.

Every place whose score may change is scored, on both strands, in both sequences; which place of one is which of the
other is told in `edits`. Sites are the calls of `local_maxima.called`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...alphabet import N, decode, encode
from ...data import Contig, Contigs, Genome, Sites, Variants
from ...errors import FormatError
from ..network.annotate import annotate, logit
from ..network.device import Compute
from ..network.protocol import Network
from .edits import Edit, edits, sequences
from .local_maxima import called

AT_ONCE = 500
"""Variants whose surroundings are held together."""
NEAR = 2
"""Calls of the two sequences that lie no farther apart are one site; and a call is a maximum among so many on either
side."""
MARGIN = 3 * NEAR
"""Places beyond those whose score may change: so far reaches what decides whether two calls there are one site."""
LEAST = 0.5
"""A site called in both sequences is stronger or weaker where its logit differs by so much."""


@dataclass(frozen=True, eq=False)
class Effects:
    """What each variant does, columns (variants,).

    change: float64, the largest change of the logit, alternative less reference, NaN where nothing is scored; position:
    int64 (0-based, of the reference), strand: int8, where it is (-1 and 0: nowhere); reference, alternative: float64, P
    there. kind: str, gained (a call in the alternative alone), lost, stronger, weaker or none; site_change, site,
    site_strand, site_reference, site_alternative: the same five of the call that this is about: of several, those
    gained or lost come first, then the largest change. P is NaN where a sequence has no such base; a site in inserted
    bases has the position of the base behind them.
    """

    change: np.ndarray
    position: np.ndarray
    strand: np.ndarray
    reference: np.ndarray
    alternative: np.ndarray
    kind: np.ndarray
    site_change: np.ndarray
    site: np.ndarray
    site_strand: np.ndarray
    site_reference: np.ndarray
    site_alternative: np.ndarray


class Place(NamedTuple):
    """A place on a strand, P there in both sequences, and the change of the logit."""

    change: float = float("nan")
    position: int = -1
    strand: int = 0
    reference: float = float("nan")
    alternative: float = float("nan")


def refuse_other_genome(genome: Genome, variants: Variants, path: str) -> None:
    """Raises FormatError with the line of the first variant whose reference is not the genome's; N, here or there, goes
    with anything."""
    wrong = []
    for row, (contig, position, reference) in enumerate(
        zip(variants.contig.tolist(), variants.position.tolist(), variants.reference, strict=True)
    ):
        theirs = encode(reference)
        ours = genome.contig_bases(contig)[position : position + len(theirs)]
        if len(ours) < len(theirs) or ((ours != theirs) & (ours != N) & (theirs != N)).any():
            wrong.append((row, decode(ours)))
    if wrong:
        row, letters = wrong[0]
        where = f"'{genome.contigs[variants.contig[row]].name}' has '{letters[:20]}' at {variants.position[row] + 1:,}"
        problem = (
            f"REF is '{variants.reference[row][:20]}', but {where} ({len(wrong):,} of {len(variants):,} alleles differ)"
        )
        raise FormatError(
            path, int(variants.line[row]), f"{problem}; give the genome that these variants were called on"
        )


def effects(
    net: Network,
    genome: Genome,
    variants: Variants,
    compute: Compute,
    label: int = 0,
    threshold: float = 0.5,
    told: Callable[[int], None] | None = None,
) -> Effects:
    """The effect of each variant alone. threshold: P of a call. told: called with the number of variants done."""
    side = max(net.before, net.after)
    largest, kinds, sites = [], [], []
    for first in range(0, len(variants), AT_ONCE):
        some = edits(genome, variants.take(np.arange(first, min(first + AT_ONCE, len(variants)))), side, MARGIN)
        for edit, (before, after) in zip(some, _both(net, genome, some, compute, label, threshold), strict=True):
            largest.append(_largest(edit, before.p, after.p))
            kind, site = _site(edit, before, after)
            kinds.append(kind)
            sites.append(site)
        if told:
            told(first + len(some))
    return Effects(*_columns(largest), np.array(kinds, str), *_columns(sites))


def _columns(places: list[Place]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    change, position, strand, reference, alternative = zip(*places, strict=True) if places else [()] * 5
    floats = [np.array(x, np.float64) for x in (change, reference, alternative)]
    return floats[0], np.array(position, np.int64), np.array(strand, np.int8), floats[1], floats[2]


class Side(NamedTuple):
    """One sequence of an edit's span: P, float32 (2, length), rows + and -, and the calls: rows and places, int64
    (calls,)."""

    p: np.ndarray
    row: np.ndarray
    place: np.ndarray


def _both(
    net: Network,
    genome: Genome,
    some: list[Edit],
    compute: Compute,
    label: int,
    threshold: float,
) -> list[tuple[Side, Side]]:
    """The reference and the alternative of each."""
    halo = max(net.before, net.after)
    codes = [one for edit in some for one in sequences(genome, edit, halo)]
    pieces = Genome(
        Contigs(Contig(str(number), len(piece)) for number, piece in enumerate(codes)), np.concatenate(codes)
    )
    p = annotate(net, pieces, compute, jobs=_jobs(codes, halo, net.chunk))[label]
    calls = called(p, pieces.contigs, threshold, NEAR)
    calls = calls.take(np.argsort(calls.contig, kind="stable"))
    span = zip(pieces.start[:-1].tolist(), pieces.start[1:].tolist(), strict=True)
    sides = [_side(p[:, start + halo : end - halo], calls, number, halo) for number, (start, end) in enumerate(span)]
    return list(zip(sides[::2], sides[1::2], strict=True))


def _side(p: np.ndarray, calls: Sites, number: int, halo: int) -> Side:
    mine = slice(*np.searchsorted(calls.contig, [number, number + 1]))
    return Side(p, (calls.strand[mine] < 0).astype(np.int64), calls.position[mine] - halo)


def _jobs(codes: list[np.ndarray], halo: int, chunk: int) -> np.ndarray:
    """The stretches of pieces that are scored: all but the halos, on both strands."""
    rows = [
        (number, strand, place, min(chunk, len(piece) - halo - place))
        for number, piece in enumerate(codes)
        for strand in (1, -1)
        for place in range(halo, len(piece) - halo, chunk)
    ]
    return np.array(rows, np.int64)


def _largest(edit: Edit, before: np.ndarray, after: np.ndarray) -> Place:
    """Where the logit changes most; before, after: P of the two sides."""
    same = edit.same
    pairs = [
        np.concatenate([p[:, :same], p[:, first:]], axis=1)
        for p, first in zip((before, after), edit.behind, strict=True)
    ]
    change = logit(pairs[1]) - logit(pairs[0])
    change = change[:, MARGIN : change.shape[1] - MARGIN]
    if not np.isfinite(change).any():
        return Place()
    row, pair = np.unravel_index(np.nanargmax(np.abs(change)), change.shape)
    place = int(pair) + MARGIN
    at = place if place < same else place + edit.behind[0] - same
    return Place(float(change[row, pair]), edit.position(at), 1 - 2 * int(row), *(float(p[row, place]) for p in pairs))


def _site(edit: Edit, before: Side, after: Side) -> tuple[str, Place]:
    """What becomes of the calls near a variant, of several the one that matters most."""
    at = edit.to_reference(after.place)
    inside = MARGIN - NEAR, before.p.shape[1] - MARGIN + NEAR
    found: list[tuple[bool, float, str, Place]] = []

    def add(kind: str, row: int, place: int, reference: float, alternative: float) -> None:
        change = float(np.diff(logit(np.array([reference, alternative], np.float32)))[0])
        if kind or abs(change) >= LEAST:
            site = Place(change, edit.position(place), 1 - 2 * row, reference, alternative)
            weight = abs(change) if np.isfinite(change) else np.inf
            found.append((bool(kind), weight, kind or ("stronger" if change > 0 else "weaker"), site))

    for row, place in zip(before.row.tolist(), before.place.tolist(), strict=True):
        if inside[0] <= place < inside[1]:
            far = np.where(after.row == row, np.abs(at - place), NEAR + 1)
            p = float(before.p[row, place])
            if len(far) and far.min() <= NEAR:
                add("", row, place, p, float(after.p[row, after.place[far.argmin()]]))
            else:
                add("lost", row, place, p, _or_none(after.p[row], edit.to_alternative(place)))
    for row, place, there in zip(after.row.tolist(), after.place.tolist(), at.tolist(), strict=True):
        is_near = ((before.row == row) & (np.abs(before.place - there) <= NEAR)).any()
        if inside[0] <= there < inside[1] and not is_near:
            p = _or_none(before.p[row], there if edit.to_alternative(there) == place else None)
            add("gained", row, there, p, float(after.p[row, place]))
    if not found:
        return "none", Place()
    _, _, kind, site = max(found, key=lambda one: one[:2])
    return kind, site


def _or_none(p: np.ndarray, place: int | None) -> float:
    return float("nan") if place is None else float(p[place])


def table(variants: Variants, found: Effects, contigs: Contigs) -> dict[str, list]:
    """One row for each variant, positions 1-based as in VCF, "." where there is none."""
    shown = {
        name: [str(at + 1) if at >= 0 else "." for at in column.tolist()]
        for name, column in (("site", found.site), ("change_position", found.position))
    }
    signs = {
        name: [{1: "+", -1: "-"}.get(sign, ".") for sign in column.tolist()]
        for name, column in (("site_strand", found.site_strand), ("change_strand", found.strand))
    }
    return {
        "contig": [contigs.names[contig] for contig in variants.contig.tolist()],
        "position": (variants.position + 1).tolist(),
        "id": list(variants.name),
        "reference": list(variants.reference),
        "alternative": list(variants.alternative),
        "effect": found.kind.tolist(),
        "site": shown["site"],
        "site_strand": signs["site_strand"],
        "site_p_reference": found.site_reference.tolist(),
        "site_p_alternative": found.site_alternative.tolist(),
        "site_change": found.site_change.tolist(),
        "change": found.change.tolist(),
        "change_position": shown["change_position"],
        "change_strand": signs["change_strand"],
        "p_reference": found.reference.tolist(),
        "p_alternative": found.alternative.tolist(),
    }
