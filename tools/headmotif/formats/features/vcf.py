"""VCF: differences between samples and a genome (https://samtools.github.io/hts-specs/VCFv4.3.pdf). 1-based.

Tab-separated columns: CHROM, POS, ID, REF, ALT. Further columns, filters and genotypes too, are ignored. Lines that
begin with # are the header, which may be absent. If the first line begins with ##, it must begin with ##fileformat=VCF.
A file of a header alone is valid: it has no variants, of which the user is warned.

Several ALT become a row each. Those that name no bases (`alleles.explain_left_out`) are left out and counted before POS
and REF are looked at: a symbolic allele may lie at POS 0, before the first base, or behind the last. All others must
lie on the genome, and REF must be the genome's. On a circular contig REF may continue over the origin.

Not checked: that rows are sorted or given once, INFO and all that it promises.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...alphabet import N, decode
from ...data import Contig, Genome, Variants
from ...errors import FormatError
from ...notices import LeftOut, warn
from ..contig_names import ContigNames
from ..files import decode_text, lines, read_bytes, warn_if_short
from ..whole_numbers import is_whole
from . import alleles

COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT")
ENOUGH = 8
"""The smallest number of REF from which a shift of all positions is told from chance."""


class Row(NamedTuple):
    """A line whose contig the genome has.

    Attributes
    ----------
    line
        Number of the line, from 1.
    contig
        Index of the contig.
    position
        POS, 1-based.
    name
        ID.
    reference
        REF, in upper case.
    alternatives
        ALT, in upper case.
    """

    line: int
    contig: int
    position: int
    name: str
    reference: str
    alternatives: list[str]


def read(path: str, genome: Genome) -> Variants:
    """Read the variants of a genome.

    Parameters
    ----------
    path
        The file, gzip, bgzip or plain; "-" is standard input.
    genome
        The genome.

    Returns
    -------
    Variants
        The variants in the order of the file, one row for each alternative allele that names bases; maybe none.

    Raises
    ------
    FormatError
        With the line, if the file is malformed or of another genome; also if it is empty without a header.
    """
    left_out = LeftOut(path, "alleles")
    rows = [
        row._replace(alternatives=named)
        for row in _rows(path, genome)
        if (named := _choose(row, genome.contigs[row.contig], left_out, path))
    ]
    _refuse_other_genome(rows, genome, path)
    left_out.warn()
    _warn_of_gaps(rows, genome, path)
    if not rows:
        warn(path, "this VCF has no variants to score")
    return _columns(
        [
            (row.contig, row.position - 1, row.name, row.reference, one, row.line)
            for row in rows
            for alternative in row.alternatives
            for one in alleles.expand(alternative, row.reference, _find_bases(genome, row))
        ]
    )


def _rows(path: str, genome: Genome) -> Iterator[Row]:
    """The rows on the genome's contigs."""
    names = ContigNames(genome.contigs, path, "variants")
    is_first, has_names, has_rows = True, False, False
    last = width = before = 0
    for number, line in lines(_text(path)):
        if line.startswith("#"):
            _check_header(line, is_first, path, number)
            has_names |= line.startswith("#CHROM")
            width = line.count("\t") + 1 if line.startswith("#CHROM") else width
        elif line.strip():
            has_rows = True
            fields = _split(line, path, number)
            last, width, before = number, line.count("\t") + 1, width
            if (contig := names.find(fields[0], number)) is not None:
                yield _parse(fields, contig, path, number)
        is_first = is_first and not line.strip()
    names.conclude()
    warn_if_short(path, last, width, before)
    if not has_rows and not has_names:
        problem = "this file is empty" if is_first else "the header has no line that begins with #CHROM"
        raise FormatError(path, None, f"{problem}; give a whole VCF")


def _text(path: str) -> str:
    raw = read_bytes(path)
    if raw[:3] == b"BCF":
        raise FormatError(path, None, "this is BCF; convert it to VCF first (bcftools view)")
    return decode_text(raw, path)


def _check_header(line: str, is_first: bool, path: str, number: int) -> None:
    if line.startswith("##"):
        if is_first and not line.startswith("##fileformat=VCF"):
            raise FormatError(
                path,
                number,
                f"the header begins with '{line[:30]}', but that of a VCF begins with ##fileformat=VCF; give a VCF",
            )
    elif line.startswith("#CHROM") and tuple(line.split("\t")[:5]) != COLUMNS:
        raise FormatError(
            path, number, f"the header does not name the columns of a VCF: {', '.join(COLUMNS)}, ..., separated by tabs"
        )


def _split(line: str, path: str, number: int) -> list[str]:
    """The first five columns."""
    fields = line.split("\t", 5)
    if len(fields) < 5:
        hint = "; they must be separated by tabs, not spaces" if len(line.split()) >= 5 else ""
        raise FormatError(
            path, number, f"{len(fields)} column{'s' if len(fields) > 1 else ''}, but a VCF has at least five{hint}"
        )
    return fields[:5]


def _parse(fields: list[str], contig: int, path: str, number: int) -> Row:
    _, position, name, reference, alternatives = fields
    if not is_whole(position):
        raise FormatError(path, number, f"POS '{position[:20]}' is not a whole number; correct it")
    given = [alleles.normalize(one) for one in alternatives.split(",")]
    return Row(number, contig, int(position), name, alleles.normalize(reference), given)


def _choose(row: Row, contig: Contig, left_out: LeftOut, path: str) -> list[str]:
    """The alternative alleles of a row that name bases; the others are counted. With some, REF and POS are checked."""
    named = []
    for alternative in row.alternatives:
        if reason := alleles.explain_left_out(alternative, row.reference):
            left_out.add(reason, row.line)
        elif alleles.is_dna(alternative):
            named.append(alternative)
        else:
            problem = f"ALT '{alternative[:20]}' is neither bases nor a symbol such as <DEL>; correct it"
            raise FormatError(path, row.line, problem)
    if named:
        _check_place(row, contig, path)
    return named


def _check_place(row: Row, contig: Contig, path: str) -> None:
    if not alleles.is_dna(row.reference):
        raise FormatError(path, row.line, f"REF '{row.reference[:20]}' is not a DNA sequence; write one base or more")
    length = len(row.reference)
    last = contig.length if contig.circular else contig.length - length + 1
    if not 1 <= row.position <= last or length > contig.length:
        where = (
            f"POS {row.position:,} and {length:,} base{'s' if length > 1 else ''} of REF do not lie on "
            f"'{contig.name}', which has {contig.length:,} nt"
        )
        raise FormatError(path, row.line, f"{where}; use variants for this version of the genome")


def _find_bases(genome: Genome, row: Row, shift: int = 0) -> np.ndarray:
    """The genome's bases where REF lies; fewer, if a shift moves it off a linear contig."""
    codes, first = genome.contig_bases(row.contig), row.position - 1 + shift
    last = first + len(row.reference)
    if first >= 0 and last <= len(codes):
        return codes[first:last]
    if genome.contigs[row.contig].circular:
        return codes.take(np.arange(first, last), mode="wrap")
    return codes[max(0, first) : last]


def _refuse_other_genome(rows: list[Row], genome: Genome, path: str) -> None:
    """Check each REF; of several wrong ones the first is named."""
    wrong = [row for row in rows if not alleles.is_reference(row.reference, _find_bases(genome, row))]
    if not wrong:
        return
    row, letters = wrong[0], decode(_find_bases(genome, wrong[0]))
    problem = (
        f"REF is '{row.reference[:20]}', but '{genome.contigs[row.contig].name}' has '{letters[:20]}' at "
        f"{row.position:,} ({len(wrong):,} of {len(rows):,} REF differ)"
    )
    advice = "give the genome that these variants were called on"
    for shift, hint in ((1, "POS seems to count from 0; add 1"), (-1, "POS is too large by 1; subtract 1")):
        if len(rows) >= ENOUGH and all(
            alleles.is_reference(one.reference, _find_bases(genome, one, shift)) for one in rows
        ):
            advice = hint
    raise FormatError(path, row.line, f"{problem}; {advice}")


def _warn_of_gaps(rows: list[Row], genome: Genome, path: str) -> None:
    """Warn of REF that name a base where the genome has none: it is scored as the genome has it."""
    gaps = [row for row in rows if N in _find_bases(genome, row)]
    if gaps:
        what = f"{len(gaps):,} REF cover{'s' if len(gaps) == 1 else ''} ambiguous bases of the genome, read as N"
        warn(path, what, gaps[0].line)


def _columns(rows: list[tuple[int, int, str, str, str, int]]) -> Variants:
    contig, position, name, reference, alternative, line = zip(*rows, strict=True) if rows else [()] * 6
    places = np.array(contig, np.int32), np.array(position, np.int64)
    return Variants(*places, name, reference, alternative, np.array(line, np.int64))
