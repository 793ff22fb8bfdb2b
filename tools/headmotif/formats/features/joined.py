"""Which rows of a GFF3 or GTF are parts of one feature.

Rows of one ID are, if they can be: they have one contig, strand, parent and name, and a type that may be discontinuous
(`kinds.DISCONTINUOUS`). Rows of any other type are features of their own, because many programs give one ID to many
features. An exception are two rows that meet at the origin of their contig. GTF has no ID: its rows belong together by
gene and transcript.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...data import Feature
from . import kinds
from .places import meet_at_origin

SAME = ("Parent", "Name", "gene", "locus_tag", "protein_id")
"""Attributes that the rows of one feature have in common."""
SPLICED = ("trans-splicing", "trans_splicing", "rearrangement required for product")


def join_rows(rows: Iterable[Feature], length_of: Mapping[str, int]) -> list[Feature]:
    """Join the rows that are parts of one feature.

    Parameters
    ----------
    rows
        Rows, in the file's order.
    length_of
        The length of each contig, by the name in the file, as far as it is known.

    Returns
    -------
    list of Feature
        The features, in the order of the first row of each.
    """
    groups: dict[object, list[Feature]] = {}
    for row in rows:
        own = row.attributes
        transcript = own.get("transcript_id") and (own.get("gene_id"), own["transcript_id"])
        identity = own.get("ID") or transcript or row.line
        same = tuple(own.get(key) for key in SAME)
        groups.setdefault((row.contig, row.strand, row.kind, identity, same), []).append(row)
    found: list[Feature] = []
    for group in groups.values():
        if len(group) > 1 and _can_be_one(group, length_of.get(group[0].contig)):
            found.append(_join(group))
        else:
            found += group
    return sorted(found, key=lambda one: one.line)


def _can_be_one(rows: Sequence[Feature], length: int | None) -> bool:
    if rows[0].kind in kinds.DISCONTINUOUS:
        return True
    parts = [part for row in rows for part in row.parts]
    return not kinds.is_site(rows[0].kind) and length is not None and len(parts) == 2 and meet_at_origin(parts, length)


def _join(rows: Sequence[Feature]) -> Feature:
    """One feature of several rows. On the - strand files have either order, so that theirs tells nothing."""
    attributes = {key: value for row in reversed(rows) for key, value in row.attributes.items()}
    wrong = next((row for row in rows if row.problem), rows[0])
    return replace(
        rows[0],
        line=wrong.line,
        problem=wrong.problem,
        parts=tuple(part for row in rows for part in row.parts),
        attributes=attributes,
        is_ordered=rows[0].strand == "+" and not is_spliced(attributes),
    )


def is_spliced(attributes: Mapping[str, str]) -> bool:
    """Test whether a feature is put together from distant parts of the genome.

    Parameters
    ----------
    attributes
        The attributes of a feature.

    Returns
    -------
    bool
        Whether they say so; the order of its parts is then not that along the strand.
    """
    said = attributes.get("exception", "").replace("trans splicing", "trans-splicing")
    return "trans_splicing" in attributes or "part" in attributes or said in SPLICED
