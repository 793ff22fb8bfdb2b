"""Files with a place on the genome in each row: features, intervals, variants and tracks."""

import re
from collections import Counter
from collections.abc import Iterator

from ...errors import FormatError
from .. import files
from ..features import gff3_sequences
from ..tracks import bigwig, wig
from .facts import SHOWN, Facts, list_contigs, show_names, show_range


def describe_features(path: str, name: str) -> Facts:
    """Describe a GFF3 or GTF.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        Its features by type, its contigs, and the sequences after ##FASTA.

    Raises
    ------
    FormatError
        With the line, if there are sequences and the file is malformed.
    """
    text = files.read_text(path)
    body = re.split(r"^(?:##FASTA|>)", text, maxsplit=1, flags=re.MULTILINE)
    cells = [line.split("\t") for _, line in files.lines(body[0]) if line.strip() and not line.startswith("#")]
    types = Counter(row[2] for row in cells if len(row) == 9)
    facts: Facts = [("file", name), ("features", f"{sum(types.values()):,}")]
    facts += [(f"feature {kind}", f"{n:,}") for kind, n in types.most_common(SHOWN)]
    if len(body) == 1:
        return [*facts, ("contigs", show_names(dict.fromkeys(row[0] for row in cells)))]
    records = gff3_sequences.parse(text, path)
    facts.append(("sequence", "in the file, after ##FASTA"))
    return facts + list_contigs([(one.name, len(one.letters), one.circular) for one in records])


def describe_intervals(path: str, name: str) -> Facts:
    """Describe a BED of any kind: regions of heads, planted elements, sites, peaks or intervals.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        Its lines, contigs, strands and widths, and of narrow kinds the names.

    Raises
    ------
    FormatError
        With the line, if one has no contig, start and end.
    """
    text = files.read_text(path)
    cells = []
    for number, row in _rows(text):
        if len(row) < 3 or not all(cell.isascii() and cell.isdigit() for cell in row[1:3]):
            raise FormatError(path, number, "not a BED line: contig, start and end, separated by tabs")
        cells.append(row)
    width = [int(row[2]) - int(row[1]) for row in cells]
    kind = "peaks (narrowPeak)" if name == "narrowPeak" else _kind(cells, text.partition("\n")[0])
    facts: Facts = [
        ("file", kind),
        ("lines", f"{len(cells):,}"),
        ("contigs", show_names(dict.fromkeys(row[0] for row in cells))),
    ]
    strands = Counter(row[5] for row in cells if len(row) > 5)
    facts.append(("strands", ", ".join(f"{n:,} on {strand}" for strand, n in sorted(strands.items())) or "none given"))
    facts.append(("widths", f"{show_range(width)} nt" if width else "none"))
    if scores := [float(row[4]) for row in cells if len(row) > 4 and _is_number(row[4])]:
        facts.append(("scores", show_range(scores)))
    if kind.endswith("(BED6+)") and not kind.startswith("consensus"):
        names = Counter(row[3] for row in cells if len(row) > 3)
        facts += [(one, f"{n:,}") for one, n in sorted(names.items())]
    return facts


def _kind(cells: list[list[str]], head: str) -> str:
    """The kind of a BED, by its first row and its first line."""
    first = cells[0] if cells else []
    if "\tsets\tsupport\t" in head:
        return "consensus sites (BED6+)"
    if len(first) >= 11 and first[9:11] == [".", "."] and re.match(r"L\d+H\d+", first[3]):
        return "motif sites or control regions (BED6+)"
    if (len(first) >= 7 and re.fullmatch(r"L\d+H\d+", first[3])) or "\tweight\toffset\tsite\t" in head:
        return "regions of heads (BED6+)"
    if len(first) == 7 and (first[6].isdigit() or first[6] == "."):
        return "planted elements (BED6+)"
    return "sites (BED)" if cells and all(int(row[2]) - int(row[1]) == 1 for row in cells) else "intervals (BED)"


def describe_track(path: str, name: str) -> Facts:
    """Describe a bigWig, a wig or a bedGraph.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        Its contigs, the positions with a value, and the range of the values.

    Raises
    ------
    FormatError
        With the line where there is one, if the file is malformed.
    """
    if name == "bigWig":
        raw = files.read_bytes(path)
        lengths, n_values, ends = bigwig.summarise(raw, path)
        facts = list_contigs([(one, length, False) for one, length in lengths.items()])
        return [("file", f"track ({name})"), *facts, ("positions with a value", n_values), ("values", show_range(ends))]
    if name == "wig":
        names, n_valued, ends = wig.summarise(files.read_bytes(path), path)
        facts = [("file", f"track ({name})"), ("contigs", show_names(names))]
        return [*facts, ("positions with a value", f"{n_valued:,}"), ("values", show_range(ends))]
    contigs: dict[str, None] = {}
    values, n_positions = [], 0
    for number, row in _rows(files.read_text(path), spaces=True):
        if len(row) < 4 or not all(cell.isascii() and cell.isdigit() for cell in row[1:3]) or not _is_number(row[3]):
            raise FormatError(path, number, "not a bedGraph line: contig, start, end and value, separated by tabs")
        contigs[row[0]] = None
        values.append(float(row[3]))
        n_positions += int(row[2]) - int(row[1])
    facts = [("file", f"track ({name})"), ("lines", f"{len(values):,}"), ("contigs", show_names(contigs))]
    return [*facts, ("positions with a value", f"{n_positions:,}"), ("values", show_range(values))]


def describe_variants(path: str, name: str) -> Facts:
    """Describe a VCF.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        Its variants, alternative alleles, contigs and samples.

    Raises
    ------
    FormatError
        With the line, if one has fewer than five columns.
    """
    text = files.read_text(path)
    rows = []
    for number, row in _rows(text):
        if len(row) < 5:
            raise FormatError(path, number, "not a VCF line: it has at least five columns, separated by tabs")
        rows.append(row)
    head = re.search(r"^#CHROM\t.*", text, re.MULTILINE)
    samples = head[0].split("\t")[9:] if head else []
    alleles = sum(allele not in (".", "") for row in rows for allele in row[4].split(","))
    return [
        ("file", f"variants ({name})"),
        ("variants", f"{len(rows):,}"),
        ("alternative alleles", f"{alleles:,}"),
        ("contigs", show_names(dict.fromkeys(row[0] for row in rows))),
        ("samples", show_names(samples) or "none"),
    ]


def _rows(text: str, spaces: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is no comment."""
    for number, line in files.lines(text):
        if line.strip() and not re.match(r"#|track\s|browser\s", line):
            yield number, line.split() if spaces else line.split("\t")


def _is_number(cell: str) -> bool:
    try:
        return "_" not in cell and float(cell) == float(cell)
    except ValueError:
        return False
