"""Known binding sites: BED, 0-based and half-open, with the TF in column 4.

Column 6, if present, is the strand, "." for both. Further columns are ignored. On a circular contig, a site over the
origin ends beyond the length of the contig.
"""

from ...data import Contigs, Element
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import read_text
from . import bed
from .promoter_elements import BINDING

NOT_FOUR = "BED is needed: contig, start, end, TF, separated by tabs"


def read(path: str, contigs: Contigs) -> tuple[Element, ...]:
    """Read binding sites.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    contigs
        The contigs of the genome.

    Returns
    -------
    tuple of Element
        The sites by contig, start and end, each with its TF as the name.

    Raises
    ------
    FormatError
        With the line, if it is malformed, names no TF, or ends beyond its contig; also if no site lies on these
        contigs.
    """
    names = ContigNames(contigs, path, "binding sites")
    found = []
    for number, fields in bed.read_rows(read_text(path), path, 4, NOT_FOUR):
        start, end = bed.parse_interval(fields, path, number)
        strand = bed.parse_strand_or_both(fields, path, number)
        tf = " ".join(fields[3].split())
        if tf in ("", "."):
            raise FormatError(path, number, "column 4 is empty; write the name of the TF that binds there")
        if (contig := names.find(fields[0], number)) is None:
            continue
        length = contigs[contig].length
        most = start + length if contigs[contig].circular and start < length else length
        if end > most:
            problem = f"the end ({end:,}) lies beyond '{fields[0]}', which has {length:,} nt"
            raise FormatError(path, number, f"{problem}; use sites for this version of the genome")
        found.append(Element(BINDING, contig, start, end, strand, tf))
    names.conclude()
    return tuple(sorted(found, key=lambda site: (site.contig, site.start, site.end, -site.strand, site.name)))
