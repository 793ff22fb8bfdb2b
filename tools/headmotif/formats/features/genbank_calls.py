"""Calls as features of a GenBank flat file, the user's own or a new one; what the features are, `insdc` says.

A feature over the origin of a circular contig is `join(90..100,1..20)`. Biopython formats the features.

A user's file keeps all its lines; calls are inserted between its features, in order of position. A new file holds the
bases and the topology. Its date is always 01-JAN-1980, GenBank's for a record without a date.
"""

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...alphabet import decode, encode
from ...data import Contig, Element, Genome, Sites
from ...errors import FormatError
from ..contig_names import explain_unknown_contig
from ..output_files import open_for_writing, write_text
from ..sequences import genbank
from . import insdc

if TYPE_CHECKING:
    from Bio.SeqFeature import SeqFeature

HEADER = "FEATURES             Location/Qualifiers"
IS_VERSION = re.compile(r"[^.]+\.[1-9]\d*")
"""A name that is an accession and its version. Any other stands whole in both lines: without that, Biopython would
write and read `cov_7.22600` for `cov_7.022600`."""
KEY = re.compile(r" {5}\S")
"""How the first line of a feature begins."""
AFTER = ("ORIGIN", "CONTIG", "BASE COUNT", "WGS", "//")
"""The beginning of the line that follows in a record without features."""


def write(
    path: str,
    genome: Genome,
    calls: Sites,
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]] | None = None,
    source: tuple[str, bytes] = ("", b""),
    binding_sites: Sequence[Element] = (),
) -> None:
    """Write calls as GenBank features.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    genome
        The genome.
    calls
        The calls; their strength is P, NaN if unknown.
    names
        A name for each call, "" for none.
    columns
        Further columns of the calls by name, one text for each call, "" for none.
    source
        Path and decompressed bytes of a GenBank file of the same genome, whose records are kept, in its order. Without
        bytes a new file is written.
    binding_sites
        Known binding sites.

    Raises
    ------
    FormatError
        If the GenBank file is of another genome.
    """
    listed = insdc.list_features(genome.contigs, calls, names, columns or {}, binding_sites)
    mine = [[_feature(one) for one in features] for features in listed]
    if not source[1]:
        records = [_record(contig, genome.contig_bases(i), mine[i]) for i, contig in enumerate(genome.contigs)]
        return write_text(path, "".join(records))
    place = {contig.name: i for i, contig in enumerate(genome.contigs)}
    text = []
    for name, record in _sources(*source, genome, place):
        blank = _record(genome.contigs[place[name]], None, mine[place[name]])
        text.append(_insert_calls(record, _entries(_table(blank.split("\n"))[1])))
    with open_for_writing(path) as stream:
        stream.write("".join(text).encode("utf-8", "surrogateescape"))


def _feature(one: insdc.Feature) -> "SeqFeature":
    from Bio.SeqFeature import AfterPosition, BeforePosition, CompoundLocation, SeqFeature, SimpleLocation

    parts = [SimpleLocation(start, end, one.strand) for start, end in one.intervals]
    if one.is_open:
        start, end = one.intervals[0]
        parts = [
            SimpleLocation(BeforePosition(start), end, 1)
            if one.strand > 0
            else SimpleLocation(start, AfterPosition(end), -1)
        ]
    place = parts[0] if len(parts) == 1 else CompoundLocation(parts[:: one.strand])  # from 5' to 3'
    return SeqFeature(place, type=one.key, qualifiers=dict(one.qualifiers))


def _record(contig: Contig, bases: np.ndarray | None, features: "Sequence[SeqFeature]") -> str:
    """A record's text; without bases, one whose sequence is undefined."""
    from Bio import SeqIO
    from Bio.Seq import Seq
    from Bio.SeqRecord import SeqRecord

    known: dict[str, str | int] = {"molecule_type": "DNA", "topology": "circular" if contig.circular else "linear"}
    if not IS_VERSION.fullmatch(contig.name):
        known["accession"] = contig.name
    sequence = Seq(None, contig.length) if bases is None else Seq(decode(bases))
    record = SeqRecord(sequence, contig.name, contig.name, contig.name, annotations=known, features=list(features))
    text = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names too long for the old columns; readers accept them
        SeqIO.write(record, text, "genbank")
    return text.getvalue()


def _sources(source: str, raw: bytes, genome: Genome, place: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    """Name and lines of each record of the user's file; FormatError if they are not of this genome."""
    known = genbank.parse(raw, source)
    whole = (
        raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    )
    lines = whole.rstrip("\n").split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith("LOCUS ")]
    found = []
    for one, start, end in zip(known, starts, [*starts[1:], len(lines)], strict=True):
        if one.name not in place:
            raise FormatError(source, start + 1, explain_unknown_contig(one.name, list(place)))
        if not np.array_equal(encode(one.letters), genome.contig_bases(place[one.name])):
            raise FormatError(
                source,
                start + 1,
                f"the sequence of '{one.name}' is not that of the genome; give the GenBank file of this genome",
            )
        found.append((one.name, lines[start:end]))
    missing = set(place) - {name for name, _ in found}
    if missing:
        first = min(missing, key=place.__getitem__)
        problem = f"the genome's contig '{first}' is not in this GenBank file; give that of this genome"
        raise FormatError(source, None, problem)
    return found


def _table(lines: Sequence[str]) -> tuple[int, list[str]]:
    """Index of a record's first feature line, and the feature lines, none if it has no features."""
    first = next((i for i, line in enumerate(lines) if line.startswith("FEATURES ")), None)
    if first is None:
        return next(i for i, line in enumerate(lines) if line.startswith(AFTER)), []
    end = next(i for i in range(first + 1, len(lines)) if lines[i] and not lines[i].startswith(" "))
    return first + 1, list(lines[first + 1 : end])


def _entries(table: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Features, each with the smallest base that its location names, 1-based, and its lines."""
    starts = [i for i, line in enumerate(table) if KEY.match(line)]
    found = []
    for start, end in pairwise([*starts, len(table)]):
        own = table[start:end]
        until = next((i for i, line in enumerate(own) if i and line.lstrip().startswith("/")), len(own))
        where = re.sub(
            r"[\w.]+:[^,)]*", "", "".join(line[21:] for line in own[:until])
        )  # without bases of other records
        found.append((min(map(int, re.findall(r"\d+", where)), default=0), list(own)))
    return found


def _insert_calls(record: Sequence[str], calls: Sequence[tuple[int, list[str]]]) -> str:
    """A record's text with the calls among its features, each before the first feature that begins after it."""
    first, table = _table(record)
    known = _entries(table)
    highest = np.maximum.accumulate(np.array([0, *(base for base, _ in known)]))[1:]
    before = np.searchsorted(highest, [base for base, _ in calls], side="right")
    lines = [HEADER] if calls and not record[first - 1].startswith("FEATURES ") else []
    upto = np.searchsorted(
        before, np.arange(len(known) + 1), side="right"
    ).tolist()  # calls come in order, and so does `before`
    done = 0
    for i, end in enumerate(upto):
        lines += [line for _, own in calls[done:end] for line in own] + (known[i][1] if i < len(known) else [])
        done = end
    return "\n".join([*record[:first], *lines, *record[first + len(table) :], ""])
