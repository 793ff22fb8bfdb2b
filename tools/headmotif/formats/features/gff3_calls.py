"""Calls as GFF3, with the rules of `gff3_rows`: 1-based and closed.

A call is a `TSS` (SO:0000315) of one nucleotide. Column 6 and the attribute `probability` are P, as `%.6g`. `ID` counts
the calls, and `Name` is the name of the call. Each further column is an attribute of the same name. Its first letter is
small, as the format asks of attributes that it does not define. Empty values are left out. `formats.inputs.site_files`
reads the file without `--feature`.

A call with credible elements (`promoter_elements`) also has a `promoter` (SO:0000167) of the same number, from the
-35 element to the +1. Its parts are `minus_35_signal` (SO:0000176) and `minus_10_signal` (SO:0000175), with `Parent`. A
known binding site is a `TF_binding_site` (SO:0000235). Its TF is `Name` and `bound_moiety`.

Starts of translation are no promoters: as `start_codon` (SO:0000318) each has the three nucleotides of the codon.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ...data import Contig, Contigs, Element, Sites
from ..output_files import write_text
from . import promoter_elements
from .gff3_rows import Row, encode, make_text

TSS, START_CODON = "TSS", "start_codon"
CODON = 3


def write(
    path: str,
    contigs: Contigs,
    calls: Sites,
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]] | None = None,
    binding_sites: Sequence[Element] = (),
    kind: str = TSS,
) -> None:
    """Write calls as GFF3.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    contigs
        The contigs of the genome.
    calls
        The calls; their strength is P, NaN if unknown.
    names
        A name for each call, "" for none.
    columns
        Further columns of the calls by name, one text for each call, "" for none.
    binding_sites
        Known binding sites.
    kind
        What a call is, `TSS` or `START_CODON`.
    """
    rows = [*_call_rows(contigs, calls, names, columns or {}, kind), *_binding_rows(binding_sites)]
    write_text(path, make_text(contigs, rows))


def _call_rows(
    contigs: Contigs, calls: Sites, names: Sequence[str], columns: Mapping[str, Sequence[str]], kind: str
) -> Iterator[Row]:
    keys = {name: _key(name) for name in columns}
    elements = promoter_elements.find(contigs, calls, columns) if kind == TSS else {}
    for number, row in enumerate(np.lexsort((-calls.strand, calls.position, calls.contig)).tolist(), 1):
        contig, position, strand = int(calls.contig[row]), int(calls.position[row]), int(calls.strand[row])
        p = float(calls.strength[row])
        shown = f"{p:.6g}" if p == p else ""
        said = {"ID": f"tss{number}", "Name": names[row], "probability": shown}
        said |= {keys[name]: str(column[row]) for name, column in columns.items()}
        yield Row(contig, *_place(contigs[contig], position, strand, kind), strand, kind, said, shown)
        for element in elements.get(row, ()):
            is_whole = element.term == promoter_elements.PROMOTER
            own = (
                {"ID": f"promoter{number}", "Name": names[row]}
                if is_whole
                else {"ID": f"{element.term}{number}", "Parent": f"promoter{number}"}
            )
            yield Row(contig, element.start, element.end, strand, element.term, own, shown if is_whole else "")


def _place(contig: Contig, position: int, strand: int, kind: str) -> tuple[int, int]:
    """Start and end of a call; a codon is cut at the end of a linear contig."""
    width = 1 if kind == TSS else CODON
    start = position if strand > 0 else position - width + 1
    if contig.circular:
        return start % contig.length, start % contig.length + width
    return max(start, 0), min(start + width, contig.length)


def _binding_rows(sites: Sequence[Element]) -> Iterator[Row]:
    """The source is left open: these sites are the user's, not predictions."""
    for number, site in enumerate(sites, 1):
        said = {"ID": f"binding_site{number}", "Name": site.name, "bound_moiety": site.name}
        yield Row(site.contig, site.start, site.end, site.strand, site.term, said, source=".")


def _key(name: str) -> str:
    """The attribute of a column: its name with a small first letter, so that it is none that the format defines.

    Examples
    --------
    >>> _key("Gene name")
    'gene_name'
    """
    text = re.sub(r"\s+", "_", name.strip())
    return encode(text[:1].lower() + text[1:])
