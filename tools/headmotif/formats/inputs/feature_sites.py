"""Sites from GFF3 and GTF: the 5' ends of the features of one type.

Of genes and their parts (`kinds.GENIC`), pseudogenes are left out, and those whose 5' end is marked as lying off the
contig. RefSeq marks it by start_range and end_range.
"""

from collections.abc import Iterable, Mapping

from ...data import Annotation, Contig, Contigs, Feature
from ...errors import FormatError
from ...notices import LeftOut
from ..features import kinds, places
from ..features.bed import SIGN
from ..features.pseudogenes import find_pseudogenes, is_pseudo, links
from . import annotations

Row = tuple[int, str, int, int, str]
"""Line, contig, position (0-based), strand (+1 or -1), score as written."""


def find_sites(annotation: Annotation, feature: str, contigs: Contigs) -> list[Row]:
    """Find the 5' ends of the features of one type.

    Parameters
    ----------
    annotation
        The features.
    feature
        The type of feature; "" for `kinds.SITES`.
    contigs
        The contigs of the genome, with their topology.

    Returns
    -------
    list of tuple[int, str, int, int, str]
        Line, contig, position (0-based), strand (+1 or -1) and score as written, of each site. On contigs that the
        genome does not have, too.

    Raises
    ------
    FormatError
        If no feature has the type, or none has a site; with the line, if one is malformed or has no strand.
    """
    there = dict.fromkeys(one.kind for one in annotation.features)
    wanted = tuple(kind for kind in there if (kind == feature if feature else kinds.is_site(kind)))
    if not wanted:
        raise FormatError(annotation.path, None, _explain_missing_feature(annotation.features, feature))
    known = annotations.match_contigs(annotation, contigs)
    annotations.refuse_other_assembly(annotation, known, contigs)
    pseudo = find_pseudogenes(annotation.features) if feature in kinds.GENIC else set()
    left_out = LeftOut(annotation.path, "features")
    found: list[Row] = []
    used: list[Feature] = []
    for one in annotations.find_features(annotation, wanted, known):
        if feature in kinds.GENIC and (reason := _find_reason(one, pseudo)):
            left_out.add(reason, one.line)
            continue
        _refuse_unplaceable(one, annotation.path)
        used.append(one)
        if (position := _find_start(one, known)) is None:
            left_out.add("the 5' end lies beyond the contig (if it is circular, add --circular)", one.line)
        else:
            found.append((one.line, one.contig, position, SIGN[one.strand], one.score))
    if not found:
        raise FormatError(annotation.path, None, f"there are no sites ({left_out.words})")
    annotations.warn_of_rows(annotation, used, wanted)
    left_out.warn()
    return found


def _find_reason(feature: Feature, pseudo: set[str]) -> str:
    """Why a gene or a part of one has no 5' end that is a site; "" if it has."""
    if is_pseudo(feature) or pseudo & set(links(feature)):
        return "pseudogenes"
    if _is_cut_off(feature):
        return "the 5' end lies off the contig"
    if feature.attributes.get("part", "1").partition("/")[0] != "1":
        return "later parts of a gene in pieces"
    return ""


def _is_cut_off(feature: Feature) -> bool:
    """Whether RefSeq marks the 5' end as lying beyond the sequence."""
    if feature.strand == "+":
        return feature.attributes.get("start_range", "").startswith(".,")
    return feature.attributes.get("end_range", "").endswith(",.")


def _refuse_unplaceable(feature: Feature, path: str) -> None:
    problem = feature.problem
    if not problem and feature.strand not in SIGN:
        problem = f"this {feature.kind} has no strand (column 7 is '{feature.strand[:10]}'); it must be + or -"
    if problem:
        raise FormatError(path, feature.line, problem)


def _find_start(feature: Feature, known: Mapping[str, Contig]) -> int | None:
    """The position of the 5' end; None if it is beyond its contig."""
    contig = known.get(feature.contig)
    circle = contig.length if contig and contig.circular else 0
    start, end = places.find_span(feature.parts, circle)
    position = start if feature.strand == "+" else end - 1
    position = position % circle if circle else position
    return position if contig is None or 0 <= position < contig.length else None


def _explain_missing_feature(features: Iterable[Feature], feature: str) -> str:
    count: dict[str, int] = {}
    for one in features:
        count[one.kind] = count.get(one.kind, 0) + 1
    common = ", ".join(f"{kind} ({n:,})" for kind, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:6])
    asked = f"of type '{feature}'" if feature else f"of type {' or '.join(kinds.SITES)}"
    return f"no feature {asked}; " + (
        f"this file has {common}: choose one with --feature" if count else "this file has no features at all"
    )
