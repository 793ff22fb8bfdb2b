"""Pseudogenes of an annotation, by the attributes of GFF3 and GTF and the qualifiers of GenBank."""

from collections.abc import Iterable

from ...data import Feature


def find_pseudogenes(features: Iterable[Feature]) -> set[str]:
    """Find pseudogenes and everything that descends from them.

    Parameters
    ----------
    features
        The features of a file.

    Returns
    -------
    set of str
        Their identifiers.
    """
    pseudo: set[str] = set()
    parents: dict[str, list[str]] = {}
    for one in features:
        own = one.attributes.get("ID") or one.attributes.get("gene_id")
        if own and is_pseudo(one):
            pseudo.add(own)
        elif own and one.attributes.get("Parent"):
            parents[own] = links(one)
    grew = True
    while grew:
        new = {own for own, above in parents.items() if own not in pseudo and pseudo & set(above)}
        pseudo |= new
        grew = bool(new)
    return pseudo


def is_pseudo(feature: Feature) -> bool:
    """Test whether a feature is marked as a pseudogene.

    Parameters
    ----------
    feature
        A feature, alone: its parents do not count.

    Returns
    -------
    bool
        Whether its type or its attributes say so.
    """
    own = feature.attributes
    is_marked = own.get("pseudo", "").lower() == "true" or bool(own.get("pseudogene"))
    biotypes = (own.get("gene_biotype", ""), own.get("biotype", ""))
    return is_marked or feature.kind == "pseudogene" or "pseudogene" in biotypes


def links(feature: Feature) -> list[str]:
    """List what a feature belongs to.

    Parameters
    ----------
    feature
        A feature.

    Returns
    -------
    list of str
        The identifiers of its parents, and in GTF that of its gene; some may be "".
    """
    return [*feature.attributes.get("Parent", "").split(","), feature.attributes.get("gene_id", "")]
