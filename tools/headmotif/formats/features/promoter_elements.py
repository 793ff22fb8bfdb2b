"""The promoter of a call as intervals: its -35 and its -10 element, and the whole up to the +1.

The columns of a call name the best pair of elements, and there is a best pair at any position. So elements are written
as features only where the -10 element is more than chance: of random words, MOST_P at most score as high. Of the 16,359
start sites of Cappable-seq 73 % have such a -10 element, of random positions 18 %. The -35 element is the best partner
of that -10 element; it is not tested alone. Terms are those of the Sequence Ontology, and the regulatory classes of
INSDC have the same names.
"""

from collections.abc import Mapping, Sequence

from ...data import Contigs, Element, Sites

PROMOTER, MINUS_35, MINUS_10 = "promoter", "minus_35_signal", "minus_10_signal"
BINDING = "TF_binding_site"
MOST_P = 0.05
NEEDED = ("minus35", "spacer_nt", "minus10", "discriminator_nt", "minus10_p")
"""The columns of a call that say where its elements lie."""


def find(contigs: Contigs, calls: Sites, columns: Mapping[str, Sequence[str]]) -> dict[int, tuple[Element, ...]]:
    """Find the promoters of calls.

    Parameters
    ----------
    contigs
        The contigs of the genome.
    calls
        The calls.
    columns
        Columns of the calls by name, as `predict-annot --table` has them; without `NEEDED` no call has elements.

    Returns
    -------
    dict of tuple of Element
        By the row of the call: promoter, -35 and -10 element. A call without a credible pair is not there.
    """
    if any(name not in columns for name in NEEDED):
        return {}
    rows = zip(*(columns[name] for name in NEEDED), strict=True)
    places = zip(*(column.tolist() for column in (calls.contig, calls.position, calls.strand)), strict=True)
    found = {}
    for row, ((upper, spacer, lower, discriminator, p), (contig, position, strand)) in enumerate(
        zip(rows, places, strict=True)
    ):
        if not p or float(p) > MOST_P:
            continue
        ten = int(discriminator) + len(lower)  # bases from the first of the -10 element to the one before the +1
        above = ten + int(spacer) + len(upper)
        parts = (
            (PROMOTER, above, above + 1),  # the +1 included
            (MINUS_35, above, len(upper)),
            (MINUS_10, ten, len(lower)),
        )
        length = contigs[contig].length
        end = position - above if strand > 0 else position + above
        if above < length and (contigs[contig].circular or 0 <= end < length):  # a smaller circle has no promoter
            found[row] = tuple(
                Element(term, contig, first % length, first % length + width, strand)
                for term, before, width in parts
                for first in [position - before if strand > 0 else position + before - width + 1]
            )
    return found


def split_at_origin(element: Element, length: int) -> tuple[tuple[int, int], ...]:
    """Split an interval that goes over the origin of a circular contig.

    Parameters
    ----------
    element
        The element.
    length
        The length of its contig, in nucleotides.

    Returns
    -------
    tuple of tuple[int, int]
        One or two intervals within the contig, 0-based and half-open, in the order of the + strand.
    """
    if element.end <= length:
        return ((element.start, element.end),)
    return (element.start, length), (0, element.end - length)
