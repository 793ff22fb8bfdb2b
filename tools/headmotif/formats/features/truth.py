"""The truth of a simulated genome: its planted elements and its sites as BED, its genes as GFF3.

Planted elements are BED6 with a seventh column, tab-separated: contig, start, end (0-based, half-open), name, 0,
strand, site. The name is -10, -35, ext-10, TSS, the name of a TF, or decoy. The site is the position (0-based) of the
true site that the element belongs to, or "." for a decoy. Not checked: that the contig exists and is long enough.
"""

import numpy as np

from ...data import Regions
from ...errors import FormatError
from ..files import lines, read_text
from ..output_files import write_text
from ..whole_numbers import parse_whole
from .bed import SIGN


def write(path: str, elements: Regions) -> None:
    """Write planted elements.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    elements
        The elements. `head` is their name, and a `site` of -1 stands for none.
    """
    columns = (elements.contig, elements.start, elements.end, elements.head, elements.strand, elements.site)
    rows = (
        f"{elements.contigs[contig]}\t{start}\t{end}\t{name}\t0\t"
        f"{'+' if strand > 0 else '-'}\t{site if site >= 0 else '.'}\n"
        for contig, start, end, name, strand, site in zip(*(c.tolist() for c in columns), strict=True)
    )
    write_text(path, "".join(rows))


def read(path: str) -> Regions:
    """Read planted elements.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    Regions
        The elements in the file's order. `offset` is that of the middle base from the site, on the site's strand, and 0
        for a decoy.

    Raises
    ------
    FormatError
        With the line, if it is not of this format.
    """
    rows = []
    for number, line in lines(read_text(path)):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        try:
            contig, start, end, name, _, strand, site = fields
            rows.append(
                (
                    contig,
                    parse_whole(start),
                    parse_whole(end),
                    name,
                    SIGN[strand],
                    -1 if site == "." else parse_whole(site),
                )
            )
        except (ValueError, KeyError):
            raise FormatError(
                path,
                number,
                "this is not a planted element; it needs seven columns, the last with the position of its site",
            ) from None
        if not 0 <= rows[-1][1] < rows[-1][2]:
            raise FormatError(path, number, "the end is not after the start; correct the interval")
    return _regions(rows)


def _regions(rows: list[tuple[str, int, int, str, int, int]]) -> Regions:
    contigs = tuple(dict.fromkeys(row[0] for row in rows))
    start, end, site = (np.array([row[i] for row in rows], np.int64) for i in (1, 2, 5))
    strand = np.array([row[4] for row in rows], np.int8)
    middle = np.where(strand > 0, start + (end - start - 1) // 2, end - 1 - (end - start - 1) // 2)
    unknown = np.full(len(rows), np.nan)
    return Regions(
        contigs, np.array([contigs.index(row[0]) for row in rows], np.int32), start, end,
        np.array([row[3] for row in rows], str), strand,
        np.ones(len(rows)), np.where(site >= 0, (middle - site) * strand, 0), site, unknown, unknown,
    )  # fmt: skip


def write_genes(path: str, contig: str, length: int, start: np.ndarray, end: np.ndarray, strand: np.ndarray) -> None:
    """Write the genes of one contig as GFF3, each as a CDS.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    contig
        The contig name.
    length
        The length of the contig in nucleotides.
    start
        int64 (genes,), 0-based.
    end
        int64 (genes,), not included.
    strand
        Integers (genes,), +1 or -1.
    """
    rows = [f"##gff-version 3\n##sequence-region {contig} 1 {length}\n"]
    for i, (first, last, sign) in enumerate(zip(start.tolist(), end.tolist(), strand.tolist(), strict=True), 1):
        rows.append(
            f"{contig}\theadmotif\tCDS\t{first + 1}\t{last}\t.\t{'+' if sign > 0 else '-'}\t"
            f"0\tID=cds-{i:04d};locus_tag=P{i:04d}\n"
        )
    write_text(path, "".join(rows))
