"""GFF3 and GTF: features by row, and which contigs are circular. 1-based and closed in the file
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

Nine tab-separated columns: contig, source, type, start, end, score, strand, phase, attributes (`key=value;` in GFF3,
`key "value";` in GTF). A row whose columns are wrong is kept with its problem, so that only who uses it refuses it.
An end beyond the length of a circular contig continues from its origin. A start below 0 does so backwards: ARAGORN
writes that.

Text after `##FASTA` (Prokka, Bakta) is kept. Not checked: phases, the ontology, that parents exist.
"""

import re
from urllib.parse import unquote

from ...data import Annotation, Feature
from ...errors import FormatError
from ..files import lines

COLUMNS = 9


GTF_PAIR = re.compile(r'(?<![\w-])([\w-]+)\s+(?:"([^"]*)"|([^;"\s]+))')
"""A key and its value. A key begins where no letter is before it: a search from each of its letters would be slow."""


def parse(text: str, path: str) -> Annotation:
    """Read a GFF3 or GTF.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Annotation
        Its rows, circular contigs and sequences.

    Raises
    ------
    FormatError
        If the file has no content, or something else than features; with the line, if one has no type or all are
        malformed.
    """
    rows: list[Feature] = []
    bounds: dict[str, tuple[int, int, int]] = {}
    every = list(lines(text))
    _refuse_other_content(every, path)
    fasta_line = len(every) + 1
    for number, line in every:
        if line.startswith(("##FASTA", ">")):
            fasta_line = number + line.startswith("##FASTA")
            break
        if line.startswith("##sequence-region"):
            fields = line.split()
            if len(fields) == 4 and fields[2].isdecimal() and fields[3].isdecimal() and len(fields[3]) < 16:
                bounds[unquote(fields[1])] = (number, int(fields[2]), int(fields[3]))
        elif line.strip() and not line.startswith(("#", "track ", "browser ")):
            rows.append(_row(line, path, number))
    if rows and all(row.problem for row in rows):
        raise FormatError(path, rows[0].line, rows[0].problem)
    circular = dict.fromkeys(row.contig for row in rows if row.attributes.get("Is_circular", "").lower() == "true")
    fasta = "\n".join(line for _, line in every[fasta_line - 1 :])
    return Annotation(path, tuple(rows), tuple(circular), bounds, fasta, fasta_line)


def _refuse_other_content(every: list[tuple[int, str]], path: str) -> None:
    """A header alone is a valid GFF3; FASTA alone and nothing at all are none."""
    number, first = next(((number, line) for number, line in every if line.strip()), (None, ""))
    if not first:
        raise FormatError(path, None, "this file is empty and has no features at all; give GFF3, GTF or GenBank")
    if first.startswith(">"):
        raise FormatError(path, number, "this is FASTA; give features as GFF3, GTF or GenBank")


def _row(line: str, path: str, number: int) -> Feature:
    fields = line.split("\t")
    problem = ""
    if len(fields) != COLUMNS:
        hint = "; they must be separated by tabs, not spaces" if len(line.split()) >= COLUMNS > len(fields) else ""
        problem = f"{len(fields)} column{'s' if len(fields) != 1 else ''}, but GFF3 and GTF have nine{hint}"
        if len(fields) < 3:
            raise FormatError(path, number, problem)
        fields = [*fields, *[""] * COLUMNS][:COLUMNS]
    contig, _source, kind, first, last, score, strand, _phase, attributes = fields
    problem = problem or _find_problem(first, last)
    parts = () if problem else ((int(first) - 1, int(last)),)
    return Feature(
        number, unquote(contig), unquote(kind), parts, strand, _attributes(attributes), score, problem=problem
    )


def _find_problem(first: str, last: str) -> str:
    if not all(re.fullmatch(r"-?[0-9]{1,15}", cell) for cell in (first, last)):
        return f"start and end must be whole numbers from 1, not '{first[:20]}' and '{last[:20]}'"
    if int(first) == 0 or int(first) > int(last):
        return f"start {first} and end {last}: the start must be 1 or more, and not after the end"
    return ""


def _attributes(text: str) -> dict[str, str]:
    """Keys and values of column 9.

    >>> _attributes("ID=a%3Bb;pseudo=true") == {"ID": "a;b", "pseudo": "true"}
    True
    >>> _attributes('gene_id "x; y"; partial true;')
    {'gene_id': 'x; y', 'partial': 'true'}
    """
    if is_gtf(text):
        return {key: quoted or plain for key, quoted, plain in GTF_PAIR.findall(text)}
    pairs = (part.strip().partition("=") for part in text.split(";") if "=" in part)
    if "%" not in text:  # as in most rows, of which there are thousands
        return {key: value for key, _, value in pairs}
    return {unquote(key): unquote(value) for key, _, value in pairs}


def is_gtf(attributes: str) -> bool:
    """Test whether column 9 is written as in GTF.

    Parameters
    ----------
    attributes
        The text of column 9.

    Returns
    -------
    bool
        True if a space separates key and value, false for GFF3's `key=value`.
    """
    return re.match(r"\s*[\w-]+\s+(\"|[^\s;=]+\s*;)", attributes) is not None
