"""The genes of a genome from GFF3, GTF, GenBank or EMBL, recognised by content.

Genes are the features of type `gene` and its like (`kinds.GENES`), and every coding sequence and RNA (`kinds.CODING`)
that none of them stands for. A gene stands for what descends from it (Parent), has its locus tag (in GTF its gene), has
its ends and its strand, or lies in it and has its symbol. A pseudogene stands for its coding sequence in the same way,
but is no gene.

Pseudogenes, features without a strand and those beyond a linear contig are left out. A gene over the end of a linear
contig ends there. The name of a gene is the first of `NAMES` that it has. Name comes after the locus tag, because some
programs write the product there.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from ...data import Annotation, Contig, Contigs, Feature, GeneTable
from ...errors import FormatError
from ...notices import LeftOut, warn
from ..contig_names import ContigNames
from ..features import kinds, places
from ..features.bed import SIGN
from ..features.pseudogenes import find_pseudogenes, is_pseudo, links
from . import annotations

NAMES = ("gene", "gene_name", "locus_tag", "Name", "gene_id", "ID")
BIOTYPES = ("gene_biotype", "biotype")
TAGS = ("locus_tag",)
STANDING = (*kinds.GENES, "pseudogene")
BEYOND = "beyond the end of its contig; use the genes of this version of the genome"
WANTED = (*STANDING, *kinds.CODING)


def read(path: str, contigs: Contigs) -> GeneTable:
    """Read the genes on the given contigs. Those on other contigs are left out.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome. What the file says of their topology counts as well.

    Returns
    -------
    GeneTable
        The genes, in the file's order.

    Raises
    ------
    FormatError
        With the line, if the file or a gene is malformed or of another genome.
    """
    annotation = annotations.read(path)
    return place(annotation, annotations.close_contigs(contigs, [annotation]))


def has_genes(annotation: Annotation) -> bool:
    """Test whether an annotation has anything that could be a gene.

    Parameters
    ----------
    annotation
        The features.

    Returns
    -------
    bool
        Whether a feature has a type that is read as a gene.
    """
    return any(one.kind in WANTED for one in annotation.features)


def place(annotation: Annotation, contigs: Contigs) -> GeneTable:
    """Find the genes of an annotation. The user is warned if it has none.

    Parameters
    ----------
    annotation
        The features.
    contigs
        The contigs of the genome, with their topology (`annotations.declare_circular`).

    Returns
    -------
    GeneTable
        The genes on these contigs, in the file's order.

    Raises
    ------
    FormatError
        As `read`.
    """
    known = annotations.match_contigs(annotation, contigs)
    annotations.refuse_other_assembly(annotation, known, contigs)
    left_out = LeftOut(annotation.path, "genes")
    chosen = _choose(annotation, known, left_out)
    names = ContigNames(contigs, annotation.path, "genes")
    rows = []
    cut: list[int] = []
    for one in chosen:
        if (index := names.find(one.contig, one.line)) is None:
            continue
        length, is_circular = contigs[index].length, contigs[index].circular
        start, end = places.find_span(one.parts, length * is_circular)
        if not is_circular and (start >= length or end <= 0):
            left_out.add(BEYOND, one.line)
            continue
        if not is_circular and (start < 0 or end > length):
            cut.append(one.line)
            start, end = max(start, 0), min(end, length)
        rows.append((one, index, start, end))
    if chosen:
        names.conclude()
        _refuse_none(rows, chosen, annotation.path)
    _conclude(annotation, [row[0] for row in rows], cut, left_out)
    features, on, starts, ends = zip(*rows, strict=True) if rows else ((), (), (), ())
    return GeneTable(
        np.array(on, np.int32),
        np.array(starts, np.int64),
        np.array(ends, np.int64),
        np.array([SIGN[one.strand] for one in features], np.int8),
        tuple(_attribute(one, NAMES) for one in features),
        tuple(_attribute(one, BIOTYPES) or one.kind for one in features),
        tuple(_attribute(one, TAGS) for one in features),
    )


def _choose(annotation: Annotation, known: Mapping[str, Contig], left_out: LeftOut) -> list[Feature]:
    """The genes of an annotation; a malformed one is refused."""
    every = annotations.find_features(annotation, WANTED, known)
    pseudo = find_pseudogenes(annotation.features)
    standing = [one for one in every if one.kind in STANDING and (one.strand in SIGN or is_pseudo(one))]
    theirs = _Standing(standing, annotation.features, known)
    chosen = []
    for one in every:
        if one.kind in kinds.CODING and theirs.stand_for(one):
            continue
        if is_pseudo(one) or pseudo & set(links(one)):
            left_out.add("pseudogenes", one.line)
        elif one.problem and not annotation.has_rows and not one.parts:
            left_out.add(one.problem, one.line)
        elif one.problem:
            raise FormatError(annotation.path, one.line, one.problem)
        elif one.strand not in SIGN:
            left_out.add("no strand", one.line)
        else:
            chosen.append(one)
    return chosen


class _Standing:
    """What gene rows stand for."""

    def __init__(self, genes: Sequence[Feature], features: Sequence[Feature], known: Mapping[str, Contig]):
        self._known = known
        self._above = {own: links(one) for one in features if (own := one.attributes.get("ID"))}
        self._identities = {one.attributes[key] for one in genes for key in ("ID", "gene_id") if key in one.attributes}
        self._tags = {(one.contig, tag) for one in genes if (tag := one.attributes.get("locus_tag"))}
        self._spans = {(one.contig, one.strand, *self._span(one)) for one in genes if not one.problem}
        self._symbols: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        for one in genes:
            if not one.problem and (symbol := one.attributes.get("gene")):
                self._symbols.setdefault((one.contig, one.strand, symbol), []).append(self._span(one))

    def _span(self, one: Feature) -> tuple[int, int]:
        contig = self._known.get(one.contig)
        return places.find_span(one.parts, contig.length if contig and contig.circular else 0)

    def stand_for(self, one: Feature) -> bool:
        """Whether one of the genes stands for a feature."""
        seen: set[str] = set()
        above = set(links(one)) - {""}
        while above:
            if above & self._identities:
                return True
            seen |= above
            above = {link for own in above for link in self._above.get(own, [])} - seen - {""}
        if (one.contig, one.attributes.get("locus_tag", "")) in self._tags:
            return True
        if one.problem:
            return False
        start, end = self._span(one)
        same = self._symbols.get((one.contig, one.strand, one.attributes.get("gene", "")), [])
        return (one.contig, one.strand, start, end) in self._spans or any(
            first <= start and end <= last for first, last in same
        )


def _refuse_none(rows: Sequence[object], chosen: Sequence[Feature], path: str) -> None:
    if not rows:
        raise FormatError(path, chosen[0].line, f"every gene of this file lies {BEYOND}")


def _conclude(annotation: Annotation, genes: Sequence[Feature], cut: Sequence[int], left_out: LeftOut) -> None:
    """Warn the user of what the genes are, and of what was left out."""
    annotations.warn_of_rows(annotation, genes, WANTED)
    left_out.warn()
    if cut:
        what = f"{len(cut):,} gene{'s' * (len(cut) > 1)} cut at the end of a linear contig"
        warn(annotation.path, f"{what}; if the contig is circular, add --circular", cut[0])
    if not genes:
        there = ", ".join(dict.fromkeys(one.kind for one in annotation.features[:1000]))
        found = f"it has only {there}" if there else "it has no features at all"
        warn(annotation.path, f"no genes here ({found}); every site counts as orphan")
    count = Counter("gene" if one.kind in kinds.GENES else one.kind for one in genes)
    if len(count) > 1 and "gene" in count:
        others = ", ".join(f"{n:,} {kind}" for kind, n in count.items() if kind != "gene")
        warn(annotation.path, f"genes: {count['gene']:,} gene, and without a gene row {others}")


def _attribute(feature: Feature, keys: Sequence[str]) -> str:
    return next((feature.attributes[key] for key in keys if feature.attributes.get(key)), "")
