"""What a file is, by how it begins: every kind that headmotif reads or writes, and what is given by mistake.

The content decides, never the name. Each format's own test has the word where it has one; `foreign` knows the files of
other programs.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..features import gff3, site_table
from ..motifs import recognition
from ..sequences import genbank, twobit
from ..tables import user_table
from ..tensors import container
from ..tracks import bigwig, wig
from . import foreign

TITLED = ("JASPAR", "Cluster-Buster", "HOMER")
"""Formats of motifs that begin with a title."""
START = 65_536
"""The number of bytes that are looked at."""
SKIPPED = re.compile(r"#|track\b|browser\b")
MARK, TAB = "\ufeff", "\t"


@dataclass(frozen=True)
class Kind:
    """What a file is.

    Attributes
    ----------
    name
        The name as it follows "this seems to be", such as "FASTA" or "a PDF document".
    group
        What it holds: sequence, tensor, features, intervals, track, variants, motifs, table, json, index or text; "" if
        headmotif neither reads nor writes it.
    advice
        What to do with a file that headmotif does not read, "" if there is nothing to say.
    """

    name: str
    group: str = ""
    advice: str = ""


EMPTY, UNKNOWN = Kind("an empty file"), Kind("")


def recognise(raw: bytes) -> Kind:
    """Recognise a file.

    Parameters
    ----------
    raw
        Its decompressed content, or the first `START` bytes.

    Returns
    -------
    Kind
        What it is; `UNKNOWN` if it is none of the known kinds.
    """
    start = raw[:START]
    if container.is_tensor(start):
        found = re.search(rb'\\"format\\":\\"(\w+)\\"', raw)
        return Kind(f"a headmotif {found[1].decode()}" if found else "safetensors", "tensor")
    if bigwig.is_bigwig(start):
        return Kind("bigWig", "track")
    if wig.is_wig(start):
        return Kind("wig", "track")
    if twobit.is_twobit(start):
        return Kind("2bit", "sequence")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        table = _recognise_start(start.decode("utf-16", "replace"))
        if table.group == "table":
            return table  # Excel's "Unicode text", the only kind that is read in this encoding
    words = foreign.name_bytes(start)
    return _foreign(words) if words else _recognise_start(start.decode("utf-8", "replace"))


def _recognise_start(text: str) -> Kind:
    """The kind of the beginning of a text."""
    text = text.lstrip(MARK).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\A\s*\n", "", text)
    return _recognise_text(text) if text.strip() else EMPTY


def explain(raw: bytes, wanted: str, advice: Mapping[str, str]) -> str:
    """Explain that a file is of another kind than is needed.

    Parameters
    ----------
    raw
        Its decompressed content, or the first `START` bytes.
    wanted
        What is needed, as it follows "give".
    advice
        What the file may be good for, by its group, such as "give it as --sites".

    Returns
    -------
    str
        What it seems to be and what to do, in one line; "" if it is of no known kind.
    """
    kind = recognise(raw)
    if kind == EMPTY:
        return f"this file is empty; give {wanted}"
    if not kind.name:
        return ""
    what_else = kind.advice or advice.get(kind.group, "")
    return f"this seems to be {kind.name}; {what_else or f'give {wanted}'}"


def _foreign(words: str) -> Kind:
    name, _, advice = words.partition("; ")
    return Kind(name, "", advice)


def _recognise_text(text: str) -> Kind:
    """The kind of a text that has a line which is not empty, and begins with it or with spaces."""
    lines = [line for line in text.split("\n") if line.strip()]
    rows = [line for line in lines if not SKIPPED.match(line)]
    row = rows[0].split("\t") if rows else []
    if text.lstrip()[:1] == "<" and "Made by head-report, headmotif" in text:
        return Kind("a report of headmotif (HTML)", "text")
    for look in (_name_beginning, _name_rows):
        if kind := look(text, rows, row):
            return kind
    if words := foreign.name_text(text.lstrip()):
        return _foreign(words)
    if not rows and re.match(r"#contig\tstart\tend\t", lines[0]):
        return Kind("BED", "intervals")
    motifs = recognition.recognise_format(text)
    if motifs and (motifs not in TITLED or text.startswith(">")):
        return Kind(f"motifs ({motifs})", "motifs")
    if found := user_table.find_header((rows or lines)[0], site_table.is_header):
        return Kind(f"a table ({'TSV' if found[0] == TAB else 'CSV'})", "table")
    if len(row) > 1:
        return Kind("a table (TSV)", "table")
    return Kind("a table (CSV)", "table") if any(_has_columns(rows[:2], one) for one in ",;") else UNKNOWN


def _has_columns(rows: list[str], separator: str) -> bool:
    """Whether a header and a row have as many cells, and the header is no prose."""
    counts = [row.count(separator) for row in rows]
    return len(counts) == 2 and counts[0] == counts[1] > 0 and len(rows[0].split(" ")) <= counts[0]


def _name_beginning(text: str, rows: list[str], row: list[str]) -> Kind | None:
    """What its first words tell."""
    if genbank.is_flat_file(text.encode()):
        return Kind("GenBank" if genbank.is_genbank(text.encode()) else "EMBL", "sequence")
    if re.match(r"##gff", text, re.IGNORECASE):
        return Kind("GTF" if _is_gtf(row) else "GFF3", "features")
    if text.startswith(("##fileformat=VCF", "#CHROM\tPOS\t")):
        return Kind("VCF", "variants")
    if text.startswith("Predicted sites of a genome, for a genome browser\n"):
        return Kind("notes on a browser folder", "text")
    if re.match(r"hub \S+\nshortLabel ", text):
        return Kind("a hub of UCSC", "text")
    if re.match(r"\s*[{\[]\s*([\"\[{\]}\d-]|true|false|null|$)", text):
        return Kind("JSON", "json")
    if text.startswith(">") and not re.match(r">Feature\s", text) and not _has_numbers(rows):
        return Kind("FASTA", "sequence")
    return None


def _has_numbers(rows: list[str]) -> bool:
    """Whether numbers follow the first title, a base before them perhaps: a motif of JASPAR, Cluster-Buster or
    HOMER."""
    return len(rows) > 1 and re.match(r"\s*([ACGTU]\b[\s:|]*)?\[?\s*[\d.]", rows[1][:80], re.IGNORECASE) is not None


def _name_rows(text: str, rows: list[str], row: list[str]) -> Kind | None:
    """What the columns of its first row tell."""
    if len(row) == 9 and _are_whole(row[3:5]) and row[6] in ("+", "-", ".", "?"):
        return Kind("GTF" if _is_gtf(row) else "GFF3", "features")
    if len(row) in (5, 6) and all(_is_index(one.split("\t")) for one in rows[:100]):
        return Kind("the index of a FASTA (.fai)", "index")
    if len(row) < 3 or not _are_whole(row[1:3]):
        cells = rows[0].split() if rows else []
        is_graph = len(cells) == 4 and _are_whole(cells[1:3]) and _is_number(cells[3])
        return Kind("bedGraph", "track") if is_graph else None
    said = re.search(r"^track\b.*\btype=\"?(\w+)", text, re.MULTILINE)
    if (len(row) == 4 and _is_number(row[3])) or (said and said[1].lower() == "bedgraph"):
        return Kind("bedGraph", "track")
    if len(row) == 10 and all(map(_is_number, row[6:9])) and re.fullmatch(r"-1|\d+", row[9]):
        return Kind("narrowPeak", "intervals")
    return Kind("BED", "intervals")


def _is_index(row: list[str]) -> bool:
    """Whether a row is of an index of samtools: length, place, letters and bytes of a line."""
    return len(row) in (5, 6) and _are_whole(row[1:]) and int(row[4]) - int(row[3]) in (1, 2)


def _is_gtf(row: list[str]) -> bool:
    return len(row) == 9 and gff3.is_gtf(row[8])


def _are_whole(cells: list[str]) -> bool:
    return all(cell.isascii() and cell.isdigit() for cell in cells)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|inf", cell, re.IGNORECASE) is not None
