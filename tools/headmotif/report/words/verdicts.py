"""Turn the verdict of score-heads and the matches of a head's motifs into one of seven kinds, by fixed rules.

The first rule that applies decides:

1. NOTHING: the head has no regions, no more than control networks, or too few for a motif.
2. POSITION: score-heads says position, because the motif does not pass the positional null (the offsets exchanged among
   the sites).
3. UNTESTED: no verdict is known, because the table of heads was not given.
4. UNSTABLE: replicates were given, and the head does not recur.
5. REDUNDANT: the head belongs to a group of heads that choose alike, and another head of the group has more regions.
6. KNOWN: its motif has a match with q of at most `MATCH_Q` that covers half of the known motif or more, or the motif at
   one of its offsets has one with q of at most `PLACE_Q`. This is a resemblance.
7. CANDIDATE: all others. If the only matches cover less (six columns of sixteen), the label asks whether the motif is a
   part of the known one. Many motifs share such a part: a -35 element is not sigma54 because of its TTG.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from ...data import Group, Match, make_sort_key
from ...data.verdict import HeadTest, Kind, Outcome, Verdict

Row = Mapping[str, float | str]

READS = (Kind.KNOWN, Kind.CANDIDATE, Kind.REDUNDANT)
"""Kinds of heads that read content: their motif passes its control, and they recur if there are replicates."""
MATCH_Q = 0.05
"""Largest q of a match that names a motif."""
PLACE_Q = 0.001
"""Largest q at one offset of a head or in a top fraction. There are many of these, and on simulated genomes one TF name
in five was wrong with q up to 0.05."""

RULES = (
    (Kind.NOTHING, "it has no regions, no more regions than control networks, or too few regions for a motif"),
    (
        Kind.POSITION,
        "its motif does not pass the positional null: it scores no higher at the chosen offsets than at the same "
        "offsets exchanged among the sites",
    ),
    (Kind.UNTESTED, "the table of heads was not given, so no control is known"),
    (
        Kind.UNSTABLE,
        "its motif passes the positional null, but too few replicates have a head that chooses the same bases",
    ),
    (
        Kind.REDUNDANT,
        "it passes the tests above and belongs to a group of heads that choose the same bases; the label names the "
        "head with the most regions",
    ),
    (
        Kind.KNOWN,
        "it passes the tests above, and half or more of a known motif matches with q of at most "
        f"{MATCH_Q} (at a single offset: {PLACE_Q}). This is a resemblance, not a proof of binding",
    ),
    (
        Kind.CANDIDATE,
        "it passes the tests above, and no known motif matches. If less than half of a known motif matches, the label "
        "names it with a question mark",
    ),
)
"""The kinds and their rules in words, in the order in which they are tried."""


def verdicts(
    rows: Sequence[Row], matches: Sequence[Match], compared: Collection[str] | None = None
) -> dict[str, Verdict]:
    """Give each head its verdict.

    Parameters
    ----------
    rows
        Rows of score-heads' table; only `head` must be there.
    matches
        Matches of the motifs with known motifs.
    compared
        Heads whose motifs were compared; None if that is unknown, and all of them are taken to be.

    Returns
    -------
    dict
        The verdicts by head, in the order of the rows.

    Raises
    ------
    ValueError
        If a row holds a verdict that is none of score-heads.
    """
    first = choose_leaders(rows)
    best = choose_matches(matches)
    at_places: dict[str, Match] = {}
    rarer: dict[str, dict[str, Match]] = {}
    for match in sorted(drop_repeats(best.values()), key=lambda match: (match.q, match.p)):
        group = Group.parse(match.query)
        if is_of_offset(match) and group.fraction == 1:
            at_places.setdefault(group.head, match)
        elif is_of_offset(match):
            rarer.setdefault(group.head, {}).setdefault(match.target, match)

    def find_match(head: str) -> Match | None:
        own = best.get(head)
        return own if own and not is_partial(own) else at_places.get(head, own)

    said = {
        name: _verdict(
            row, first.get(row.get("head_group", "")), find_match(name), compared is None or name in compared
        )
        for row in rows
        for name in [str(row["head"])]
    }
    return {
        head: replace(verdict, text=verdict.text + _describe_top_fractions(rarer.get(head, {}), verdict))
        for head, verdict in said.items()
    }


def is_of_offset(match: Match) -> bool:
    """Say whether a match names what a head reads at one offset or in a top fraction of its regions.

    Parameters
    ----------
    match
        A match of a motif with a known motif.

    Returns
    -------
    bool
        True if the query is such a motif, q is at most `PLACE_Q`, and the match is not partial.
    """
    group = Group.parse(match.query)
    return (group.offset is not None or group.fraction > 1) and match.q <= PLACE_Q and not is_partial(match)


def drop_repeats(matches: Iterable[Match]) -> list[Match]:
    """Leave out matches of top fractions that repeat what is known.

    A top fraction often holds the same motif as all regions of the offset, more or less blurred. A name that the motif
    of the offset itself has with certainty is left to that motif. Of others, the match with the smallest q counts.

    Parameters
    ----------
    matches
        The matches.

    Returns
    -------
    list
        The remaining matches, in the same order.
    """
    matches = list(matches)
    group = {match.query: Group.parse(match.query) for match in matches}

    def is_whole(match: Match) -> bool:
        """Whether the motif is that of all regions."""
        return group[match.query].fraction == 1

    def claim(match: Match) -> tuple[str, int | None, str]:
        """Head, offset and known motif."""
        return group[match.query].head, group[match.query].offset, match.target

    own = {claim(match) for match in matches if is_whole(match) and is_of_offset(match)}
    top_fractions = [match for match in matches if not is_whole(match) and claim(match) not in own]
    best: dict[tuple, Match] = {}
    for match in sorted(top_fractions, key=lambda match: (match.q, match.p)):
        best.setdefault(claim(match), match)
    return [match for match in matches if is_whole(match) or best.get(claim(match)) is match]


def select_telling(motifs: Iterable[str], matches: Sequence[Match]) -> list[str]:
    """Leave out motifs of top fractions that have no certain name or add nothing (see `drop_repeats`).

    Parameters
    ----------
    motifs
        Names of the motifs.
    matches
        Matches of the motifs with known motifs.

    Returns
    -------
    list
        The remaining names, in the same order.
    """
    sure = {match.query for match in drop_repeats(choose_matches(matches).values()) if is_of_offset(match)}
    return [name for name in motifs if Group.parse(name).fraction == 1 or name in sure]


def describe_offset(query: str) -> str:
    """Say where a motif of a head was found, in words that follow the name of the head.

    >>> describe_offset("L3H5@-12^16"), describe_offset("L3H5@8"), describe_offset("L3H5^4"), describe_offset("L3H5")
    (' at −12 in the top 1/16 of its regions', ' at +8', ' in the top 1/4 of its regions', '')

    Parameters
    ----------
    query
        Name of the motif.

    Returns
    -------
    str
        The words, with a space before them; "" for the motif of all regions.
    """
    group = Group.parse(query)
    at = "" if group.offset is None else f" at {group.offset:+d}".replace("-", "−")
    return at + (f" in the top 1/{group.fraction} of its regions" if group.fraction > 1 else "")


def _describe_top_fractions(by_target: Mapping[str, Match], verdict: Verdict) -> str:
    """What the motifs of top fractions resemble; they are too few regions to name the head."""
    others = [
        match
        for target, match in by_target.items()
        if verdict.kind in READS and not (verdict.match and verdict.match.target == target)
    ]
    return "".join(
        f" Its motif{describe_offset(match.query)} resembles {_describe_overlap(match)} (q = {match.q:.2g})."
        for match in others
    )


def choose_leaders(rows: Sequence[Row]) -> dict[float | str, str]:
    """Choose the head that stands for each group: the one with content and the most regions.

    Of two heads with as many regions, the one with the lower name is chosen, in any order of the rows.

    Parameters
    ----------
    rows
        Rows of score-heads' table.

    Returns
    -------
    dict
        Names of heads by group.
    """
    result: dict[float | str, Row] = {}
    for row in sorted(rows, key=lambda row: make_sort_key(str(row["head"]))):
        group = row.get("head_group", "")
        if (
            group != ""
            and _has_content(row)
            and float(row["regions"]) > float(result.get(group, {}).get("regions", -1))
        ):
            result[group] = row
    return {group: str(row["head"]) for group, row in result.items()}


def choose_matches(matches: Sequence[Match]) -> dict[str, Match]:
    """Choose the best match of each query, among those with q of at most `MATCH_Q`.

    Matches that cover half of the known motif come first, then the smallest q, then the smallest p, then the earlier
    match.

    Parameters
    ----------
    matches
        Matches of motifs with known motifs.

    Returns
    -------
    dict
        The best match by query.
    """
    result: dict[str, Match] = {}
    for match in matches:
        there = result.get(match.query)
        if match.q <= MATCH_Q and (
            there is None or (is_partial(match), match.q, match.p) < (is_partial(there), there.q, there.p)
        ):
            result[match.query] = match
    return result


def parse_test(row: Row) -> HeadTest | None:
    """Read the verdict of score-heads on a head.

    Parameters
    ----------
    row
        A row of score-heads' table.

    Returns
    -------
    HeadTest or None
        The verdict; None if the table of heads was not given.

    Raises
    ------
    ValueError
        If the text is no verdict of score-heads.
    """
    said = str(row.get("verdict", ""))
    return HeadTest.parse(said) if said else None


def _has_content(row: Row) -> bool:
    found = parse_test(row)
    return found is not None and found.outcome == Outcome.CONTENT and found.recurs is not False


def _verdict(row: Row, leader: str | None, match: Match | None, compared: bool) -> Verdict:
    found = parse_test(row)
    name = str(row["head"])
    none = f"No known motif matches with q of at most {MATCH_Q}."
    like = none if compared else "Its motif was not compared with known motifs."
    if match:
        like = f"Its motif{describe_offset(match.query)} resembles {_describe_overlap(match)} (q = {match.q:.2g})."
    if found is None:
        return Verdict(
            Kind.UNTESTED,
            f"{Kind.UNTESTED}; resembles {match.target}" if match else Kind.UNTESTED,
            f"This motif was not tested against a control. {like}",
            match,
        )
    if found.outcome == Outcome.POSITION:
        return Verdict(
            Kind.POSITION,
            Kind.POSITION,
            "Its motif does not pass the positional null: the head reads an offset, not the sequence.",
            match,
        )
    if found.outcome != Outcome.CONTENT:
        said = str(found)
        lost = row.get("delta_ap_ablated_high", 0.0)
        yet = " Yet the model is worse without it." if isinstance(lost, float) and lost < 0 else ""
        return Verdict(Kind.NOTHING, said, f"The head has {said}, so it is unknown what it reads.{yet}", match)
    beyond = "Its motif passes the positional null"
    if found.recurs is False:
        where = (
            f"recurs in {row['replicates_recurring']:.0f} of {row['replicates']:.0f} replicates, which is too few"
            if "replicates_recurring" in row
            else "recurs in too few replicates"
        )
        return Verdict(
            Kind.UNSTABLE, Kind.UNSTABLE, f"{beyond}, but the head {where} to support a claim. {like}", match
        )
    alone = " The motif alone does not change the logit of shuffled promoters." if found.inert else ""
    if leader and leader != name:
        return Verdict(
            Kind.REDUNDANT, f"redundant with {leader}", f"{_describe_same(row, leader)}{alone} {like}", match
        )
    if match and not is_partial(match):
        return Verdict(Kind.KNOWN, f"{Kind.KNOWN}: {match.target}", f"{beyond}.{alone} {like}", match)
    label = f"{Kind.CANDIDATE}: part of {match.target}?" if match else Kind.CANDIDATE
    doubt = " Many motifs share so short a part, so it identifies none of them." if match else ""
    return Verdict(Kind.CANDIDATE, label, f"{beyond}.{alone} {like}{doubt}", match)


def _describe_same(row: Row, leader: str) -> str:
    """Name the head that chooses the same bases, which may be another one than the leader of the group."""
    like, share = str(row.get("most_similar_head", "")), row.get("agreement", "")
    how = f" (agreement {share:.2f})" if isinstance(share, float) and share == share else ""
    if like and like != leader:
        return f"It chooses the same bases as {like}{how}. In their group, {leader} has the most regions."
    return f"It chooses the same bases as {leader}{how if like else ''}."


def is_partial(match: Match) -> bool:
    """Say whether a match covers less than half of the known motif.

    Such a match identifies nothing, because other motifs with the same part would match as well.

    Parameters
    ----------
    match
        A match of a motif with a known motif.

    Returns
    -------
    bool
        True if it covers less than half.
    """
    return 2 * match.overlap < len(match.target_consensus)


def _describe_overlap(match: Match) -> str:
    return (
        f"only {match.overlap} of the {len(match.target_consensus)} columns of {match.target}"
        if is_partial(match)
        else match.target
    )
