"""The genes of a genome from any file that holds them, recognised by what is in it: GFF3, GTF or GenBank.

Genes are the features of type `gene`, those of stable RNA too; where there is none, those of type `CDS`. Pseudogenes,
and what has no strand, are left out. Rows of one ID are one gene, from its first to its last base, on a circle from
behind the widest gap on. A gene's name is the first of `NAMES` that it has: Name stands behind the locus tag, because
some programs write the product there.
"""

from collections.abc import Sequence

import numpy as np

from ...data import Contig, Contigs, GeneTable
from ...errors import FormatError
from ..contig_names import not_in_genome
from ..features import gff3
from ..files import read_bytes, text_of
from ..sequences import genbank
from .site_files import refuse_other_assembly

KINDS = ("gene", "CDS")
"""Types of features that are genes; the second counts where there is none of the first."""
NAMES = ("gene", "gene_name", "locus_tag", "Name", "gene_id", "ID")
BIOTYPES = ("gene_biotype", "biotype")


def read(path: str, contigs: Contigs) -> GeneTable:
    """The genes on the given contigs, in the file's order; gzip or plain, "-" is standard input. Those on other contigs
    are left out.

    Raises FormatError, with the line, where the file is malformed, holds no gene, none on these contigs, or one beyond
    a contig's end.
    """
    return placed(features(read_bytes(path), path), path, contigs)


def features(raw: bytes, path: str) -> gff3.Features:
    """The features of a file, its decompressed bytes, GenBank's as a GFF3 would have them; `circular`, the contigs that
    it says are circles, can be told to a genome before the genes are placed on it."""
    if genbank.recognised(raw):
        return gff3.Features(tuple(_rows(genbank.features(raw, path, KINDS))), (), {}, "", 0)
    return gff3.parse(text_of(raw, path), path)


def placed(features: gff3.Features, path: str, contigs: Contigs) -> GeneTable:
    """The genes among the features of a file on the given contigs; see `read`."""
    refuse_other_assembly(features, contigs, path)
    groups = _genes(features.rows, path)
    index = contigs.index_of
    known = [group for group in groups if group[0].contig in index]
    if not known:
        raise FormatError(path, groups[0][0].line, not_in_genome(groups[0][0].contig, list(index)))
    circles = {contig.name: contig.length for contig in contigs if contig.circular or contig.name in features.circular}
    spans = [_span(group, contigs[index[group[0].contig]], group[0].contig in circles, path) for group in known]
    first = [group[0] for group in known]
    start, end = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    contig, strand = (
        np.array([index[row.contig] for row in first], np.int32),
        np.array([gff3.SIGN[row.strand] for row in first], np.int8),
    )
    names = tuple(_attribute(row, NAMES) for row in first)
    return GeneTable(contig, start, end, strand, names, tuple(_attribute(row, BIOTYPES) or row.kind for row in first))


def _genes(rows: Sequence[gff3.Row], path: str) -> list[list[gff3.Row]]:
    """The rows of each gene."""
    pseudo = gff3.pseudogenes(rows)
    for kind in KINDS:
        chosen = [row for row in rows if row.kind == kind and row.strand in gff3.SIGN]
        groups = [
            group
            for group in gff3.grouped(chosen)
            if not any(gff3.is_pseudo(row) or pseudo & set(gff3.links(row)) for row in group)
        ]
        if groups:
            return groups
    there = ", ".join(dict.fromkeys(row.kind for row in rows[:1000]))
    raise FormatError(
        path,
        None,
        f"no gene and no CDS ({f'it has {there}' if there else 'it has no features at all'}); give an annotation",
    )


def _span(rows: list[gff3.Row], contig: Contig, circular: bool, path: str) -> tuple[int, int]:
    """Where a gene begins and ends."""
    ordered = gff3.in_order(rows, contig.length if circular else None)
    start = ordered[0].start
    end = max(row.end + contig.length * (row.start < start) for row in ordered)
    if circular and start >= contig.length:
        start, end = start - contig.length, end - contig.length
    if end > contig.length and not (contig.circular and start < contig.length and end - start <= contig.length):
        more = "" if contig.circular else "; if it is a circle, say so with --circular"
        same = f"take the genes of this version of the genome{more}"
        problem = f"a {rows[0].kind} ends at {end:,}, beyond '{contig.name}', which has {contig.length:,} nt; {same}"
        raise FormatError(path, rows[0].line, problem)
    return start, end


def _attribute(row: gff3.Row, keys: Sequence[str]) -> str:
    return next((row.attributes[key] for key in keys if row.attributes.get(key)), "")


def _rows(features: list[genbank.Feature]) -> list[gff3.Row]:
    """GenBank's features as GFF3 would have them."""
    found = []
    for number, one in enumerate(features):
        pseudo = {"pseudo": "true"} if "pseudo" in one.attributes else {}
        said = {**one.attributes, **pseudo, "ID": f"{one.kind}-{number + 1}"}
        found += [
            gff3.Row(one.line, one.contig, one.kind, start, end, ".", one.strand, said) for start, end in one.parts
        ]
    return found
