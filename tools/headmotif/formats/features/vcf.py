"""VCF: differences between samples and a genome (https://samtools.github.io/hts-specs/VCFv4.3.pdf). 1-based.

Tab-separated columns: CHROM, POS, ID, REF, ALT. Further columns, filters and genotypes too, are ignored. Lines that
begin with # are the header, which may be absent. If the first line begins with ##, it must begin with ##fileformat=VCF.
Several ALT become a row each. An ALT is left out if it names no bases (<DEL>, *, a breakend), is missing (.), or equals
REF.

Not checked: that REF is the genome's (see `steps.calling.variant_effects`), that rows are sorted, INFO and all that it
promises.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import INVALID, encode
from ...data import Contig, Contigs, Variants
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import decode_text, lines, read_bytes

COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT")
SYMBOLIC, NOTHING = "symbolic (<DEL>, * or a breakend)", "without an alternative allele"


@dataclass(frozen=True, eq=False)
class VariantFile:
    """The variants of a file, in its order.

    Attributes
    ----------
    variants
        The variants.
    left_out
        Reason and number of the alternative alleles that were left out.
    """

    variants: Variants
    left_out: tuple[tuple[str, int], ...]


def read(path: str, contigs: Contigs) -> VariantFile:
    """Read the variants on the given contigs.

    Parameters
    ----------
    path
        The file, gzip, bgzip or plain; "-" is standard input.
    contigs
        The contigs of the genome.

    Returns
    -------
    VariantFile
        The variants, one row for each alternative allele.

    Raises
    ------
    FormatError
        With the line, if the file is malformed or of another genome; also if it holds no variant.
    """
    names = ContigNames(contigs, path, "variants")
    left_out = {SYMBOLIC: 0, NOTHING: 0}
    rows: list[tuple[int, int, str, str, str, int]] = []
    is_first = True
    for number, line in lines(_text(path)):
        if line.startswith("#"):
            _check_header(line, is_first, path, number)
        elif line.strip():
            name, position, identifier, reference, alternatives = _fields(line, path, number)
            if (contig := names.find(name, number)) is None:
                continue
            _check_place(position, len(reference), contigs[contig], path, number)
            for alternative in alternatives.split(","):
                if reason := _explain_alternative(alternative, reference, path, number):
                    left_out[reason] += 1
                else:
                    rows.append((contig, position - 1, identifier, reference, alternative, number))
        is_first = is_first and not line.strip()
    names.conclude()
    left_out_counts = tuple((reason, n) for reason, n in left_out.items() if n)
    if not rows:
        reasons = "; ".join(f"{n:,} {reason} were left out" for reason, n in left_out_counts)
        raise FormatError(path, None, "this VCF has no variants" + (f" ({reasons})" if reasons else ""))
    return VariantFile(_columns(rows), left_out_counts)


def _columns(rows: list[tuple[int, int, str, str, str, int]]) -> Variants:
    contig, position, identifier, reference, alternative, line = zip(*rows, strict=True)
    places = np.array(contig, np.int32), np.array(position, np.int64)
    return Variants(*places, identifier, reference, alternative, np.array(line, np.int64))


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


def _fields(line: str, path: str, number: int) -> tuple[str, int, str, str, str]:
    """The first five columns; REF and ALT in upper case."""
    fields = line.split("\t")
    if len(fields) < 5:
        hint = "; they must be separated by tabs, not spaces" if len(line.split()) >= 5 else ""
        raise FormatError(
            path, number, f"{len(fields)} column{'s' if len(fields) > 1 else ''}, but a VCF has at least five{hint}"
        )
    name, position, identifier, reference, alternatives = fields[:5]
    if not (position.isascii() and position.isdigit() and len(position) < 16):
        raise FormatError(path, number, f"POS '{position[:20]}' is not a whole number; correct it")
    if not reference or (encode(reference) == INVALID).any():
        raise FormatError(path, number, f"REF '{reference[:20]}' is not a DNA sequence; write one base or more")
    return name, int(position), identifier, reference.upper(), alternatives.upper()


def _check_place(position: int, length: int, contig: Contig, path: str, number: int) -> None:
    if position < 1 or position - 1 + length > contig.length:
        where = (
            f"POS {position:,} and {length:,} bases of REF do not lie on '{contig.name}', which has "
            f"{contig.length:,} nt"
        )
        raise FormatError(path, number, f"{where}; use variants for this version of the genome")


def _explain_alternative(alternative: str, reference: str, path: str, number: int) -> str:
    """Why an ALT is left out, "" where it is not."""
    if alternative in (".", reference):
        return NOTHING
    if alternative == "*" or set(alternative) & set("<>[]") or "." in (alternative[:1], alternative[-1:]):
        return SYMBOLIC
    if not alternative or (encode(alternative) == INVALID).any():
        raise FormatError(
            path, number, f"ALT '{alternative[:20]}' is neither bases nor a symbol such as <DEL>; correct it"
        )
    return ""
