"""What variants do to the annotation: P(site) around each variant, in the genome as it is and with that one variant.

Every position whose score may change is scored, on both strands, in both sequences. `edits` says which position of one
sequence corresponds to which of the other. Sites are the calls of `local_maxima.call_sites`.
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
from .local_maxima import call_sites

AT_ONCE = 500
"""Variants whose surroundings are held in memory together."""
NEAR = 2
"""Calls of the two sequences at most this many nt apart are one site; it is also the radius of a local maximum."""
MARGIN = 3 * NEAR
"""Positions on either side, beyond those whose score may change, that can decide whether two calls are one site."""
LEAST = 0.5
"""The smallest change of the logit at which a site that is called in both sequences is stronger or weaker."""


@dataclass(frozen=True, eq=False)
class Effects:
    """The effect of each variant, in columns (variants,).

    Of several calls near a variant, those gained or lost come first, then the one whose logit changes most. P is NaN
    where a sequence lacks the base, and a site in inserted bases has the position of the base behind them.

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
    kind
        str, `gained` (a call in the alternative alone), `lost`, `stronger`, `weaker` or `none`.
    site_change, site, site_strand, site_reference, site_alternative
        Change, position, strand and both P of the call that `kind` is about.
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


def refuse_other_genome(genome: Genome, variants: Variants, path: str) -> None:
    """Check that the variants were called on this genome; N, in either of them, matches any base.

    Parameters
    ----------
    genome
        The genome.
    variants
        The variants.
    path
        Their file, for the message.

    Raises
    ------
    FormatError
        If a reference allele is not that of the genome, with the line of the first such variant.
    """
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
    threshold
        Lowest P of a call.
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
        for edit, (before, after) in zip(some, _score_both(net, genome, some, compute, label, threshold), strict=True):
            largest.append(_find_largest(edit, before.p, after.p))
            kind, site = _site(edit, before, after)
            kinds.append(kind)
            sites.append(site)
        if progress:
            progress(first + len(some))
    return Effects(*_columns(largest), np.array(kinds, str), *_columns(sites))


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


def _site(edit: Edit, before: Side, after: Side) -> tuple[str, Place]:
    """Find what happens to the calls near a variant: the kind of effect and the call that matters most."""
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
                add("lost", row, place, p, _pick_or_none(after.p[row], edit.to_alternative(place)))
    for row, place, there in zip(after.row.tolist(), after.place.tolist(), at.tolist(), strict=True):
        is_near = ((before.row == row) & (np.abs(before.place - there) <= NEAR)).any()
        if inside[0] <= there < inside[1] and not is_near:
            p = _pick_or_none(before.p[row], there if edit.to_alternative(there) == place else None)
            add("gained", row, there, p, float(after.p[row, place]))
    if not found:
        return "none", Place()
    _, _, kind, site = max(found, key=lambda one: one[:2])
    return kind, site


def _pick_or_none(p: np.ndarray, place: int | None) -> float:
    return float("nan") if place is None else float(p[place])


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
        "effect": found.kind.tolist(),
        "site": shown["site"],
        "site_strand": signs["site_strand"],
        "site_probability_ref": found.site_reference.tolist(),
        "site_probability_alt": found.site_alternative.tolist(),
        "site_delta_logit": found.site_change.tolist(),
        "delta_logit": found.change.tolist(),
        "delta_position": shown["delta_position"],
        "delta_strand": signs["delta_strand"],
        "probability_ref": found.reference.tolist(),
        "probability_alt": found.alternative.tolist(),
    }
