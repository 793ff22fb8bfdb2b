"""The genes of a genome from GFF3, GTF or GenBank, recognised by content.

Genes are the features of type `gene`, genes of stable RNA too. If there is none, they are the features of type `CDS`.
Pseudogenes, and features without a strand, are left out. Rows of one ID are one gene, from its first to its last base.
On a circular contig it begins after the widest gap between its rows.

The name of a gene is the first of `NAMES` that it has. Name comes after the locus tag, because some programs write the
product there.
"""

from collections.abc import Sequence

import numpy as np

from ...data import Contig, Contigs, GeneTable
from ...errors import FormatError
from ..contig_names import ContigNames
from ..features import gff3
from ..files import decode_text, read_bytes
from ..sequences import genbank
from .site_files import refuse_other_assembly

KINDS = ("gene", "CDS")
"""Types of features that are genes; the second is used if there is none of the first."""
NAMES = ("gene", "gene_name", "locus_tag", "Name", "gene_id", "ID")
BIOTYPES = ("gene_biotype", "biotype")


def read(path: str, contigs: Contigs) -> GeneTable:
    """Read the genes on the given contigs. Those on other contigs are left out.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome.

    Returns
    -------
    GeneTable
        The genes, in the file's order.

    Raises
    ------
    FormatError
        With the line, if the file is malformed or has a gene beyond the end of a contig; also if no gene is on these
        contigs.
    """
    return place_features(features(read_bytes(path), path), path, contigs)


def features(raw: bytes, path: str) -> gff3.Features:
    """Read the features of a file, those of a GenBank file as a GFF3 would have them.

    `circular` of the result names the circular contigs. The genome can be changed accordingly before `place_features`
    puts the genes on it.

    Parameters
    ----------
    raw
        The decompressed content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    gff3.Features
        The features.

    Raises
    ------
    FormatError
        With the line, if the file is malformed.
    """
    if genbank.is_genbank(raw):
        return gff3.Features(tuple(_rows(genbank.features(raw, path, KINDS))), (), {}, "", 0)
    return gff3.parse(decode_text(raw, path), path)


def place_features(features: gff3.Features, path: str, contigs: Contigs) -> GeneTable:
    """Find the genes among the features of a file.

    Parameters
    ----------
    features
        The features.
    path
        The name of their file, for messages alone.
    contigs
        The contigs of the genome.

    Returns
    -------
    GeneTable
        The genes on these contigs, in the file's order.

    Raises
    ------
    FormatError
        As `read`.
    """
    refuse_other_assembly(features, contigs, path)
    groups = _genes(features.rows, path)
    names = ContigNames(contigs, path, "genes")
    found = [(index, group) for group in groups if (index := names.find(group[0].contig, group[0].line)) is not None]
    names.conclude()
    known = [group for _, group in found]
    circular = set(features.circular)
    spans = [
        _span(group, contigs[index], contigs[index].circular or group[0].contig in circular, path)
        for index, group in found
    ]
    first = [group[0] for group in known]
    start, end = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    contig = np.array([index for index, _ in found], np.int32)
    strand = np.array([gff3.SIGN[row.strand] for row in first], np.int8)
    called = tuple(_attribute(row, NAMES) for row in first)
    return GeneTable(contig, start, end, strand, called, tuple(_attribute(row, BIOTYPES) or row.kind for row in first))


def _genes(rows: Sequence[gff3.Row], path: str) -> list[list[gff3.Row]]:
    """The rows of each gene."""
    pseudo = gff3.find_pseudogenes(rows)
    for kind in KINDS:
        chosen = [row for row in rows if row.kind == kind and row.strand in gff3.SIGN]
        groups = [
            group
            for group in gff3.group_rows(chosen)
            if not any(gff3.is_pseudo(row) or pseudo & set(gff3.links(row)) for row in group)
        ]
        if groups:
            return groups
    there = ", ".join(dict.fromkeys(row.kind for row in rows[:1000]))
    found = f"only {there}" if there else "no features at all"
    raise FormatError(path, None, f"there is no gene and no CDS ({found}); give an annotation with genes")


def _span(rows: list[gff3.Row], contig: Contig, circular: bool, path: str) -> tuple[int, int]:
    """Start and end of a gene."""
    ordered = gff3.sort_rows(rows, contig.length if circular else None)
    start = ordered[0].start
    end = max(row.end + contig.length * (row.start < start) for row in ordered)
    if circular and start >= contig.length:
        start, end = start - contig.length, end - contig.length
    if end > contig.length and not (contig.circular and start < contig.length and end - start <= contig.length):
        more = "" if contig.circular else "; if the contig is circular, add --circular"
        same = f"use the genes of this version of the genome{more}"
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
