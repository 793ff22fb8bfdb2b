"""Calls as features of INSDC, for GenBank and for table2asn
(https://www.insdc.org/submitting-standards/feature-table).

INSDC has no key for the start of transcription. A call is a `regulatory` feature of the class `promoter`, whose 3' end
is the +1. With credible elements it begins at the -35 element. The elements are `regulatory` features of the classes
`minus_35_signal` and `minus_10_signal`. Without them only the +1 is known, and the 5' end is open: `<123..123`.
`/standard_name` is the name of the call. `/note` has the +1, P and further columns as "name: value". `/inference` says
that it is a prediction. A known binding site is a `protein_bind` with `/bound_moiety`, and without `/inference`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...data import Contigs, Element, Sites
from . import promoter_elements

INFERENCE = "COORDINATES:ab initio prediction:headmotif"


@dataclass(frozen=True)
class Feature:
    """A feature of INSDC's table.

    Attributes
    ----------
    key
        The key, such as "regulatory".
    contig
        0-based index of the contig.
    intervals
        The intervals on the + strand, 0-based and half-open, in its order; two for a feature over the origin.
    strand
        +1 or -1.
    qualifiers
        The qualifiers, without empty ones.
    is_open
        Whether the feature begins before its 5' end.
    """

    key: str
    contig: int
    intervals: tuple[tuple[int, int], ...]
    strand: int
    qualifiers: Mapping[str, str]
    is_open: bool = False

    @property
    def first(self) -> int:
        """The smallest base, 0-based."""
        return min(start for start, _ in self.intervals)


def list_features(
    contigs: Contigs,
    calls: Sites,
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    binding_sites: Sequence[Element] = (),
) -> list[list[Feature]]:
    """List the features of each contig, by their smallest base.

    Parameters
    ----------
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

    Returns
    -------
    list of list of Feature
        A list for each contig.
    """
    found = promoter_elements.find(contigs, calls, columns)
    features: list[list[Feature]] = [[] for _ in contigs]
    for row, (contig, position, strand) in enumerate(
        zip(*(column.tolist() for column in (calls.contig, calls.position, calls.strand)), strict=True)
    ):
        own = found.get(row) or (Element(promoter_elements.PROMOTER, contig, position, position + 1, strand),)
        note = _describe_call(calls, row, columns)
        for element in own:
            is_whole = element is own[0]
            of_call = f"element of {names[row]}" if names[row] else ""
            said = {
                "regulatory_class": element.term,
                "standard_name": names[row] if is_whole else "",
                "note": note if is_whole else of_call,
                "inference": INFERENCE,
            }
            features[contig].append(_feature("regulatory", element, contigs, said, row not in found))
    for site in binding_sites:
        features[site.contig].append(_feature("protein_bind", site, contigs, {"bound_moiety": site.name}, False))
    for listed in features:
        listed.sort(key=lambda one: (one.first, -one.strand))
    return features


def _describe_call(calls: Sites, row: int, columns: Mapping[str, Sequence[str]]) -> str:
    p = float(calls.strength[row])
    said = [f"TSS at {calls.position[row] + 1}", *([f"probability {p:.6g}"] if p == p else [])]
    return "; ".join([*said, *(f"{name}: {column[row]}" for name, column in columns.items() if column[row])])


def _feature(key: str, element: Element, contigs: Contigs, said: Mapping[str, str], is_open: bool) -> Feature:
    """White space in values becomes one space: a line end or a tab would break the table."""
    intervals = promoter_elements.split_at_origin(element, contigs[element.contig].length)
    kept = {name: text for name, value in said.items() if (text := " ".join(value.split()))}
    return Feature(key, element.contig, intervals, element.strand or 1, kept, is_open)
