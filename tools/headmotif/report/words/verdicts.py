"""What may be said of a head in plain words: score-heads' own verdict and the motif matches become one of a few kinds,
by written rules.

The rules, the first that holds decides:

1. no region, no more regions than heads that know nothing, too few for a motif: NOTHING;
2. score-heads says position (its motif is not beyond the same distances swapped among the sites, the offset-permuted
   null): POSITION;
3. no verdict is known, for the table of heads was not given: UNTESTED;
4. it was looked for in models of other seeds and does not recur: UNSTABLE;
5. of a group of heads that choose alike, all but the first by number of regions: REDUNDANT with that one;
6. its motif has a match with q of at most `MATCH_Q` that covers half of the known motif or more, or else the motif of
   one of its places one with q of at most `PLACE_Q`: KNOWN, a resemblance;
7. else: CANDIDATE. Where the only matches cover less (six letters of sixteen), the label asks whether it is a part:
   many motifs hold such a piece, and a -35 box is not sigma 54 for its TTG.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...data import Group, Match, in_order
from ...data.verdict import HeadTest, Kind, Outcome, Verdict

Row = Mapping[str, float | str]

READS = (Kind.KNOWN, Kind.CANDIDATE, Kind.REDUNDANT)
"""The kinds of heads that read content: their motif passed its control, and they recur where that was looked for."""
MATCH_Q = 0.05
"""Largest q of a match that names an element."""
PLACE_Q = 0.001
"""The same of one place of a head, or of its strongest regions: there are many, and on planted genomes one factor's
name in five was wrong with q up to 0.05."""

RULES = (
    (Kind.NOTHING, "no region, no more regions than heads that know nothing have, or too few for a motif"),
    (
        Kind.POSITION,
        "its motif scores no higher at the distances that it chose for each site than at the same distances swapped "
        "among the sites",
    ),
    (Kind.UNTESTED, "the table of heads was not given, so no control is known"),
    (
        Kind.UNSTABLE,
        "it passed that test, but too few models trained from other seeds have a head that chooses the same bases",
    ),
    (
        Kind.REDUNDANT,
        "it passed, and belongs to a group of heads that choose the same bases, of which the named head has the "
        "most regions",
    ),
    (
        Kind.KNOWN,
        "it passed, and a known motif, of which half or more lies under the head's, matches with q of at most "
        f"{MATCH_Q} (under that of one of its places: {PLACE_Q}): "
        "a resemblance, not a proof of binding",
    ),
    (
        Kind.CANDIDATE,
        "it passed, and no known motif matches; where a smaller part of one does, the label names it with a "
        "question mark",
    ),
)
"""The kinds and their rules in words, in the order in which they are tried."""


def verdicts(rows: Sequence[Row], matches: Sequence[Match]) -> dict[str, Verdict]:
    """The verdict of each head, by its name, in the rows' order. rows: of score-heads' table; only `head` must be
    there."""
    first = leaders(rows)
    best = named(matches)
    at_places: dict[str, Match] = {}
    rarer: dict[str, dict[str, Match]] = {}
    for match in sorted(surest(best.values()), key=lambda match: (match.q, match.p)):
        group = Group.parse(match.query)
        if of_place(match) and group.fraction == 1:
            at_places.setdefault(group.head, match)
        elif of_place(match):
            rarer.setdefault(group.head, {}).setdefault(match.target, match)

    def named_by(head: str) -> Match | None:
        own = best.get(head)
        return own if own and not partial(own) else at_places.get(head, own)

    said = {
        str(row["head"]): _verdict(row, first.get(row.get("group", "")), named_by(str(row["head"]))) for row in rows
    }
    return {
        head: replace(verdict, text=verdict.text + _rarer(rarer.get(head, {}), verdict))
        for head, verdict in said.items()
    }


def of_place(match: Match) -> bool:
    """Does it name what one place of a head reads, or what its strongest regions hold?"""
    group = Group.parse(match.query)
    return (group.offset is not None or group.fraction > 1) and match.q <= PLACE_Q and not partial(match)


def surest(matches: Iterable[Match]) -> list[Match]:
    """The matches, in their order, without what a place's strongest regions repeat: they hold the motif of all its
    regions again, or one motif more or less blurred. A name that the place itself has surely is its alone; of others
    the smallest q counts."""
    matches = list(matches)
    group = {match.query: Group.parse(match.query) for match in matches}

    def whole(match: Match) -> bool:
        return group[match.query].fraction == 1

    def claim(match: Match) -> tuple[str, int | None, str]:
        """The place, and what it is said to be."""
        return group[match.query].head, group[match.query].offset, match.target

    own = {claim(match) for match in matches if whole(match) and of_place(match)}
    strongest = [match for match in matches if not whole(match) and claim(match) not in own]
    best: dict[tuple, Match] = {}
    for match in sorted(strongest, key=lambda match: (match.q, match.p)):
        best.setdefault(claim(match), match)
    return [match for match in matches if whole(match) or best.get(claim(match)) is match]


def telling(motifs: Iterable[str], matches: Sequence[Match]) -> list[str]:
    """The motifs, by name and in their order, without those of strongest regions that have no sure name or add nothing
    (see `surest`)."""
    sure = {match.query for match in surest(named(matches).values()) if of_place(match)}
    return [name for name in motifs if Group.parse(name).fraction == 1 or name in sure]


def at_place(query: str) -> str:
    """Where a head's motif was found, in words behind the head's name; "" where in all that it looks at.

    >>> at_place("L3H5@-12^16"), at_place("L3H5@8"), at_place("L3H5^4"), at_place("L3H5")
    (' at −12 where it adds most (one region in 16)', ' at +8', ' where it adds most (one region in 4)', '')
    """
    group = Group.parse(query)
    at = "" if group.offset is None else f" at {group.offset:+d}".replace("-", "−")
    return at + (f" where it adds most (one region in {group.fraction})" if group.fraction > 1 else "")


def _rarer(by_target: Mapping[str, Match], verdict: Verdict) -> str:
    """What the strongest regions of its places are, beside what the head is named by: a head is not named by so few."""
    others = [
        match
        for target, match in by_target.items()
        if verdict.kind in READS and not (verdict.match and verdict.match.target == target)
    ]
    return "".join(
        f" Its motif{at_place(match.query)} resembles {_much(match)} (q = {match.q:.2g})." for match in others
    )


def leaders(rows: Sequence[Row]) -> dict[float | str, str]:
    """Of each group the head with content and the most regions; of two that are level the lower name, however rows are
    sorted."""
    result: dict[float | str, Row] = {}
    for row in sorted(rows, key=lambda row: in_order(str(row["head"]))):
        group = row.get("group", "")
        if (
            group != ""
            and _has_content(row)
            and float(row["regions"]) > float(result.get(group, {}).get("regions", -1))
        ):
            result[group] = row
    return {group: str(row["head"]) for group, row in result.items()}


def named(matches: Sequence[Match]) -> dict[str, Match]:
    """The best match of each query with a q of at most `MATCH_Q`: those first that cover half of the known motif, then
    the smallest q, then p, then the earlier one."""
    result: dict[str, Match] = {}
    for match in matches:
        there = result.get(match.query)
        if match.q <= MATCH_Q and (
            there is None or (partial(match), match.q, match.p) < (partial(there), there.q, there.p)
        ):
            result[match.query] = match
    return result


def tested(row: Row) -> HeadTest | None:
    """What score-heads found of a head; None where the table of heads was not given. Raises ValueError for a verdict
    that is none of its."""
    said = str(row.get("verdict", ""))
    return HeadTest.parse(said) if said else None


def _has_content(row: Row) -> bool:
    found = tested(row)
    return found is not None and found.outcome == Outcome.CONTENT and found.recurs is not False


def _verdict(row: Row, leader: str | None, match: Match | None) -> Verdict:
    found = tested(row)
    name = str(row["head"])
    like = f"No known motif matches with q of at most {MATCH_Q}."
    if match:
        like = f"Its motif{at_place(match.query)} resembles {_much(match)} (q = {match.q:.2g})."
    if found is None:
        return Verdict(
            Kind.UNTESTED,
            f"not tested; like {match.target}" if match else Kind.UNTESTED,
            f"No control was run on this motif. {like}",
            match,
        )
    if found.outcome == Outcome.POSITION:
        return Verdict(
            Kind.POSITION,
            Kind.POSITION,
            "Its regions' motif is no stronger than at the same distances swapped among the sites.",
            match,
        )
    if found.outcome != Outcome.CONTENT:
        said = str(found)
        lost = row.get("ap_zero_high", 0.0)
        yet = " Yet the model is worse without it." if isinstance(lost, float) and lost < 0 else ""
        return Verdict(
            Kind.NOTHING, said, f"{said[:1].upper()}{said[1:]}: nothing can be said of what it reads.{yet}", match
        )
    beyond = "Its motif is stronger than at the same distances swapped among the sites"
    if found.recurs is False:
        where = (
            f"recurs in {row['recurs']:.0f} of {row['models']:.0f} models of other seeds"
            if "recurs" in row
            else "does not recur"
        )
        return Verdict(
            Kind.UNSTABLE, Kind.UNSTABLE, f"{beyond}, but it {where}: too few to rest a claim on it. {like}", match
        )
    alone = " The motif alone moves no score in shuffled promoters." if found.inert else ""
    if leader and leader != name:
        return Verdict(Kind.REDUNDANT, f"redundant with {leader}", f"{_same(row, leader)}{alone} {like}", match)
    if match and not partial(match):
        return Verdict(Kind.KNOWN, f"known element: {match.target}", f"{beyond}.{alone} {like}", match)
    label = f"{Kind.CANDIDATE}: part of {match.target}?" if match else Kind.CANDIDATE
    doubt = " So short a piece many motifs share: it names nothing." if match else ""
    return Verdict(Kind.CANDIDATE, label, f"{beyond}.{alone} {like}{doubt}", match)


def _same(row: Row, leader: str) -> str:
    """Heads of a group are linked directly or through others: which of the two is said, where it is known."""
    like, share = str(row.get("like", "")), row.get("agreement", "")
    how = f" (agreement {share:.2f} beyond chance)" if isinstance(share, float) and share == share else ""
    if like and like != leader:
        return f"It chooses the same bases as {like}{how}, of the group that {leader} leads by number of regions."
    return f"It chooses the same bases as {leader}{how if like else ''}."


def partial(match: Match) -> bool:
    """Does less than half of the known motif lie under the head's? Then another motif with the same piece would match
    as well."""
    return 2 * match.overlap < len(match.target_consensus)


def _much(match: Match) -> str:
    return (
        f"only {match.overlap} of the {len(match.target_consensus)} columns of {match.target}"
        if partial(match)
        else match.target
    )
