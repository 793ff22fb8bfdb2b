"""Calls as the five-column feature table of table2asn, `.tbl` (https://www.ncbi.nlm.nih.gov/genbank/feature_table/).

A line `>Feature SEQID` begins the features of a contig. Then comes a line for each interval: start, end and, on the
first, the key. Positions are 1-based, from 5' to 3', so that the start of a feature of the - strand is the larger. `<`
marks an open 5' end. Qualifiers follow, each after three tabs. The contig name is that of the FASTA file that table2asn
gets beside the table. Contigs without features are left out.
"""

from collections.abc import Mapping, Sequence

from ...data import Contigs, Element, Sites
from ..output_files import write_text
from . import insdc


def write(
    path: str,
    contigs: Contigs,
    calls: Sites,
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]] | None = None,
    binding_sites: Sequence[Element] = (),
) -> None:
    """Write calls as a feature table.

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
    """
    text = []
    for contig, features in zip(
        contigs, insdc.list_features(contigs, calls, names, columns or {}, binding_sites), strict=True
    ):
        text += [f">Feature {contig.name}\n"] if features else []
        text += [line for feature in features for line in _lines(feature)]
    write_text(path, "".join(text))


def _lines(feature: insdc.Feature) -> list[str]:
    places = [(start + 1, end) for start, end in feature.intervals]
    if feature.strand < 0:
        places = [(last, first) for first, last in reversed(places)]
    (first, last), *rest = places
    lines = [f"{'<' if feature.is_open else ''}{first}\t{last}\t{feature.key}\n"]
    lines += [f"{first}\t{last}\n" for first, last in rest]
    return lines + [f"\t\t\t{name}\t{value}\n" for name, value in feature.qualifiers.items()]
