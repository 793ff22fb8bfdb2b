"""Files of other programs, by their first bytes: what each is, and what to do with one that was given by mistake."""

import re

PLAIN = "; unpack it and give the file in it"
UNPACK = "; decompress it, or compress it with gzip"
AS_TEXT = "; save it as plain text"
BYTES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", f"a PDF document{AS_TEXT}"),
    (0, b"\x89PNG\r\n", "an image (PNG)"),
    (0, b"\xff\xd8\xff", "an image (JPEG)"),
    (0, b"GIF87a", "an image (GIF)"),
    (0, b"GIF89a", "an image (GIF)"),
    (0, b"II*\0", "an image (TIFF)"),
    (0, b"MM\0*", "an image (TIFF)"),
    *((0, b"BZh%d1AY" % level, f"compressed with bzip2{UNPACK}") for level in range(1, 10)),
    (0, b"\xfd7zXZ", f"compressed with xz{UNPACK}"),
    (0, b"\x28\xb5\x2f\xfd", f"compressed with zstd{UNPACK}"),
    (0, b"\x1f\x9d", f"compressed with compress (.Z){UNPACK}"),
    (0, b"\x1f\x8b", "compressed with gzip twice; decompress it once"),
    (0, b"7z\xbc\xaf\x27\x1c", f"a 7-Zip archive{PLAIN}"),
    (0, b"Rar!\x1a\x07", f"a RAR archive{PLAIN}"),
    (257, b"ustar", f"a tar archive{PLAIN}"),
    (0, b"\xff\xfe", "UTF-16 text; save it as plain text (UTF-8)"),
    (0, b"\xfe\xff", "UTF-16 text; save it as plain text (UTF-8)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file; save it as tab-separated or plain text"),
    (0, b"BAM\1", "BAM (alignments of reads)"),
    (0, b"CRAM\3", "CRAM (alignments of reads)"),
    (0, b"BCF\2", "BCF; convert it to VCF (bcftools view)"),
    (0, b"BAI\1", "an index of BAM (.bai); give the file that it belongs to"),
    (0, b"TBI\1", "a tabix index (.tbi); give the file that it belongs to"),
    (0, b"CSI\1", "an index (.csi); give the file that it belongs to"),
    (0, b"NCBI.sra", "an SRA archive of reads"),
    (0, b"\xeb\xf2\x89\x87", "bigBed; convert it to BED (bigBedToBed)"),
    (0, b"\x87\x89\xf2\xeb", "bigBed; convert it to BED (bigBedToBed)"),
    (0, b"\t\0\0\0\x0eSnapGene", "a SnapGene file; export it as GenBank"),
    (0, b"ABIF\0", "a trace of Sanger sequencing (ABI)"),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5 (.h5); headmotif models and tensors are safetensors"),
    (0, b"\x93NUMPY", "a NumPy array (.npy); headmotif models and tensors are safetensors"),
    (0, b"SQLite format 3\0", "a database (SQLite)"),
    (0, b"PAR1\x15", "Parquet; save it as tab-separated text"),
    (0, b"\x8bPOD\r\n", "POD5 (nanopore signals)"),
    (0, b"\x7fELF", "a program"),
)
"""Place, bytes, and what a file with these bytes at this place is, with what to do after a semicolon."""
IN_ZIP: tuple[tuple[bytes, str], ...] = (
    (b"xl/", "an Excel sheet; save it as tab-separated text"),
    (b"word/", f"a Word document{AS_TEXT}"),
    (b"content.xml", "an OpenDocument file; save it as tab-separated or plain text"),
    (b"data.pkl", "a PyTorch file (.pt), a pickle, which headmotif never opens; headmotif models are safetensors"),
    (b".npy", "NumPy arrays (.npz); headmotif models and tensors are safetensors"),
)
"""Names inside a zip archive that tell what it is."""
LINES: tuple[tuple[str, str], ...] = (
    (r"(?s)<.*?<MEME\b|<(MEME|STREME|dreme)\b", "XML of MEME; give MEME's text output (meme.txt)"),
    (r"(?is)<(\?xml[^<]*<)?(!--.*?--\s*<)?(!doctype svg[^<]*<)?svg\b", "an image (SVG)"),
    (r"(?is)<(\?xml[^<]*<)?(!--.*?--\s*<)?(!doctype )?html\b", "a web page (HTML), perhaps saved instead of the file "
        "behind it; download the file itself"),
    (r"<", "HTML or XML, perhaps a page saved instead of the file behind it; download the file itself"),
    (r"@(HD|SQ|RG|PG|CO)\t", "SAM (alignments of reads)"),
    (r"@[^\n]*\n[^\n]*\n\+", "FASTQ (reads); assemble them first and give the contigs as FASTA"),
    (r"@", "FASTQ or SAM (reads); an assembled genome is FASTA"),
    (r"(?s)(#[^\n]*\n|H\t[^\n]*\n)*S\t\S+\t([ACGTN]+|\*)[\t\n]", "an assembly graph (GFA); give the contigs as FASTA"),
    (r"# STOCKHOLM", "an alignment (Stockholm)"),
    (r"CLUSTAL", "an alignment (Clustal)"),
    (r"#NEXUS", "an alignment or a tree (NEXUS)"),
    (r"Seq-entry ::=", "ASN.1 of NCBI; give FASTA or GenBank"),
    (r">Feature\s", "a feature table of NCBI (.tbl); give GFF3 or GenBank"),
    (r"\{\\rtf", f"a document (RTF){AS_TEXT}"),
    (r"#!", "a program"),
)  # fmt: skip
"""Patterns of the beginning of a text, in order, and what a text that begins so is."""


def name_bytes(start: bytes) -> str:
    """Name a file that is not text.

    Parameters
    ----------
    start
        The first bytes of the file, decompressed.

    Returns
    -------
    str
        What it is, with what to do after a semicolon; "" for text or headmotif's own kinds.
    """
    if start.startswith(b"PK\x03\x04"):
        return next((words for name, words in IN_ZIP if name in start), f"a zip archive{PLAIN}")
    if re.match(rb"\x80[\x02-\x05]", start) or start.startswith(b"PK\x05\x06"):
        return "a pickle, which headmotif never opens" if start[0] == 0x80 else "an empty zip archive"
    known = (words for place, sign, words in BYTES if start[place : place + len(sign)] == sign)
    return next(known, "a binary file" if b"\0" in start[:4096] else "")


def name_text(text: str) -> str:
    """Name a text of another program.

    Parameters
    ----------
    text
        The beginning of the text, without empty lines before it.

    Returns
    -------
    str
        What it is, with what to do after a semicolon; "" if it is none of these.
    """
    return next((words for pattern, words in LINES if re.match(pattern, text)), "")
