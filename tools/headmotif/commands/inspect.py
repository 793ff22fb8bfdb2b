"""headmotif inspect: what a file is, and what it holds."""

import contextlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import FormatError

if TYPE_CHECKING:
    import numpy as np

SHOWN = 10
"""The number of contigs, motifs or names that are listed; the others are counted."""

Facts = list[tuple[str, object]]


AnyFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="File that headmotif reads or writes, or the name of a built-in model; - is standard input.",
    ),
]


def inspect(file: AnyFile) -> None:
    """Print what a file is and what it holds.

    The content of a file decides, not its name.
    """
    from ..formats import files
    from ..formats.tensors import container

    with _open_plain(file) as plain:
        with files.open_file(plain) as stream:
            is_tensor = container.is_tensor(stream.read(16))
        try:
            facts = _tensor(plain) if is_tensor else _text(plain, files.read_text(plain))
        except FormatError as error:
            problem = str(error).removeprefix(plain).removeprefix(f":{error.line}").removeprefix(": ")
            raise FormatError(file, error.line, problem) from None
    files.write_text("-", "".join(f"{key}: {value}\n" for key, value in facts))


@contextlib.contextmanager
def _open_plain(file: str) -> Iterator[str]:
    """A file that can be read twice, once to recognise it: the same, a built-in model's, or a temporary one for
    standard input and gzip."""
    from ..builtin import MODELS
    from ..formats import files

    if file in MODELS:
        yield str(MODELS[file])
        return

    if file != "-":
        with files.open_file(file) as stream:
            start = stream.read(2) if os.path.isfile(file) else files.GZIP
        if start != files.GZIP:
            yield file
            return
    with tempfile.NamedTemporaryFile() as spooled:
        spooled.write(files.read_bytes(file))
        spooled.flush()
        yield spooled.name


def _tensor(file: str) -> Facts:
    """A file in our binary container: the reader of its own format has the word."""
    from ..formats.tensors import container

    readers = {"genome": _genome, "model": _model, "attention": _attention, "checkpoint": _checkpoint}
    header = container.peek(file)
    if header["format"] not in readers:
        raise FormatError(
            file, None, f"this headmotif file is of an unknown kind ('{header['format']}'); update headmotif"
        )
    facts: Facts = [
        ("file", f"{header['format']}{' tensor' if header['format'] == 'genome' else ''}, version {header['version']}")
    ]
    return facts + readers[header["format"]](file)


def _genome(file: str) -> Facts:
    from ..data import NO_LABEL
    from ..formats import files
    from ..formats.tensors import genome_tensor

    genome = genome_tensor.read(files.read_bytes(file), file)
    facts = _contigs([(c.name, c.length, c.circular) for c in genome.contigs]) + _composition(genome.base)
    facts.append(("labels", len(genome.labels)))
    for index, name in enumerate(genome.labels):
        left_out = int((genome.label[index] == NO_LABEL).sum())
        facts += [
            (f"label {name}", _strands(genome.sites(index).strand)),
            (f"label {name} unknown", f"{left_out:,} positions"),
        ]
    return facts


def _model(file: str) -> Facts:
    from ..formats.tensors import model_header, model_tensor

    model = model_tensor.read(file)
    facts: Facts = [(key, value) for key, value in model.network.items() if not isinstance(value, dict)]
    n_weights = sum(w.size for w in model.weights.values())
    facts += [("labels", _format_names(model.names)), ("weights", f"{n_weights:,}"), ("digest", model.digest)]
    if model.scores_of:
        facts.append(("metrics are those of", model.scores_of))
    known = model_header.header(model)
    for key in ("split", "metrics"):
        facts += [(f"{key} {path}", value) for path, value in _leaves(known[key])]
    return facts


def _attention(file: str) -> Facts:
    import numpy as np

    from ..formats.tensors import attention_tensor

    header, arrays = attention_tensor.parts(file)
    queries, _layers, _heads, kept = arrays["weight"].shape
    background, sites, shuffled = np.bincount(arrays["kind"], minlength=3).tolist()
    offset = arrays["offset"]
    facts: Facts = [
        ("queries", f"{queries:,} ({sites:,} sites, {background:,} background, {shuffled:,} shuffled sites)")
    ]
    facts += [("layers", _format_names(header["layers"])), ("heads of each", _format_names(header["heads"]))]
    facts.append(
        ("keys", f"{len(offset)}, at offsets {offset.min()} to {offset.max()} from the site" if len(offset) else 0)
    )
    if "key" in arrays:
        facts.append(("keys kept of each head", f"the {kept} of largest weight"))
    facts.append(("bases read on each side of a key, by layer", " ".join(map(str, header["reach"]))))
    facts.append(("digest of the model", header["model"] or "unknown"))
    return facts + _contigs([(c["name"], c["length"], c["circular"]) for c in header["contigs"]])


def _checkpoint(file: str) -> Facts:
    from ..formats.tensors import checkpoint_tensor

    progress = checkpoint_tensor.read(file).progress
    return [(key, value) for key, value in progress.items() if not isinstance(value, (list, dict))]


def _text(file: str, text: str) -> Facts:
    """Everything that is text: told apart by the first lines that say something."""
    from ..formats.inputs import motif_files

    head = [line for line in text.lstrip("\ufeff").splitlines()[:200] if line.strip()]
    rows = [line for line in head if not re.match(r"#|track |browser ", line)]
    if not head:
        raise FormatError(file, None, "this file is empty")
    if head[0].lstrip()[:1] == "<":
        raise FormatError(
            file,
            None,
            "this is HTML or XML, perhaps a page saved instead of the file behind it; download the file itself",
        )
    if head[0].startswith("LOCUS ") or (head[0].startswith(">") and not _is_motif(rows)):
        return _sequence(file, "GenBank" if head[0].startswith("LOCUS ") else "FASTA")
    if head[0].startswith("##gff-version") or _is_feature(rows[:1]):
        return _features(text, rows)
    if _is_interval(rows[:1]):
        return _intervals(file, text)
    if motif_files.recognise_format(text):
        return _motifs(file)
    if rows and "\t" in rows[0]:
        return _table(file)
    raise FormatError(file, None, "this is no file that headmotif reads or writes; docs/formats.md lists them")


def _is_motif(rows: list[str]) -> bool:
    """Whether numbers follow the first title, a base before them perhaps: a motif of JASPAR, Cluster-Buster or
    HOMER."""
    return len(rows) > 1 and re.match(r"\s*([ACGTU]\b[\s:|]*)?\[?\s*[\d.]", rows[1], re.IGNORECASE) is not None


def _is_feature(rows: list[str]) -> bool:
    cells = rows[0].split("\t") if rows else []
    return len(cells) == 9 and cells[3].isdigit() and cells[4].isdigit() and cells[6] in "+-.?"


def _is_interval(rows: list[str]) -> bool:
    cells = rows[0].split("\t") if rows else []
    return len(cells) >= 3 and cells[1].isdigit() and cells[2].isdigit()


def _sequence(file: str, kind: str) -> Facts:
    from ..formats.inputs import genomes

    genome = genomes.read(file)
    return [
        ("file", kind),
        *_contigs([(c.name, c.length, c.circular) for c in genome.contigs]),
        *_composition(genome.base),
    ]


def _features(text: str, rows: list[str]) -> Facts:
    """GFF3 or GTF; sequence after ##FASTA is noted, not read."""
    body, _, fasta = text.partition("\n##FASTA")
    cells = [line.split("\t") for line in body.splitlines() if line and not line.startswith("#")]
    types = Counter(row[2] for row in cells if len(row) == 9)
    is_gtf = bool(rows) and re.search(r'\b(gene|transcript)_id "', rows[0]) is not None
    facts: Facts = [("file", "GTF" if is_gtf else "GFF3"), ("features", f"{sum(types.values()):,}")]
    facts += [(f"feature {name}", f"{n:,}") for name, n in types.most_common(SHOWN)]
    facts.append(("contigs", _format_names(dict.fromkeys(row[0] for row in cells))))
    return [*facts, ("sequence", "in the file, after ##FASTA")] if fasta else facts


def _intervals(file: str, text: str) -> Facts:
    """BED of any kind: regions of heads, planted truth, sites, or intervals."""
    cells = [
        line.split("\t") for line in text.splitlines() if line.strip() and not re.match(r"#|track |browser ", line)
    ]
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not re.match(r"#|track |browser ", line) and not _is_interval([line]):
            raise FormatError(file, number, "not a BED line: contig, start and end, separated by tabs")
    width = {int(row[2]) - int(row[1]) for row in cells}
    names = Counter(row[3] for row in cells if len(row) > 3)
    first = cells[0]
    if len(first) >= 7 and re.fullmatch(r"L\d+H\d+", first[3]):
        kind = "regions of heads (BED6+)"
    elif len(first) == 7 and (first[6].isdigit() or first[6] == "."):
        kind = "planted elements (BED6+)"
    else:
        kind = "sites (BED)" if width == {1} else "intervals (BED)"
    facts: Facts = [
        ("file", kind),
        ("lines", f"{len(cells):,}"),
        ("contigs", _format_names(dict.fromkeys(row[0] for row in cells))),
    ]
    strands = Counter(row[5] for row in cells if len(row) > 5)
    facts.append(("strands", ", ".join(f"{n:,} on {strand}" for strand, n in sorted(strands.items())) or "none given"))
    facts.append(("widths", f"{min(width)} to {max(width)} nt" if len(width) > 1 else f"{width.pop()} nt"))
    if kind.endswith("(BED6+)"):
        facts += [(name, f"{n:,}") for name, n in sorted(names.items())]
    return facts


def _motifs(file: str) -> Facts:
    from ..formats.inputs import motif_files

    found = motif_files.read(file)
    facts: Facts = [("file", f"motifs ({found.format})"), ("motifs", len(found.motifs))]
    facts += [
        (m.name, f"{len(m)} columns" + (f", {m.nsites:g} sites" if m.nsites == m.nsites else "")) for m in found.motifs
    ]
    return facts + [(f"without a matrix: {name}", why) for name, why in found.skipped]


def _table(file: str) -> Facts:
    from ..formats.tables import tsv

    columns = tsv.read_table(file)
    kind = "matches of motifs (TSV)" if set(tsv.MATCH_COLUMNS) <= set(columns) else "table (TSV)"
    return [("file", kind), ("rows", f"{len(next(iter(columns.values()))):,}"), ("columns", ", ".join(columns))]


def _contigs(contigs: list[tuple[str, int, bool]]) -> Facts:
    facts: Facts = [("contigs", f"{len(contigs):,}"), ("nucleotides", f"{sum(length for _, length, _ in contigs):,}")]
    facts += [
        (f"contig {name}", f"{length:,} nt{', circular' if circular else ''}")
        for name, length, circular in contigs[:SHOWN]
    ]
    return [*facts, ("further contigs", f"{len(contigs) - SHOWN:,}")] if len(contigs) > SHOWN else facts


def _composition(base: "np.ndarray") -> Facts:
    import numpy as np

    count = np.bincount(base, minlength=5)
    known = int(count[:4].sum())
    gc = f"{100 * int(count[1] + count[2]) / known:.1f} %" if known else "unknown"
    return [("GC", gc), ("N and other ambiguity", f"{int(count[4]):,}")]


def _strands(strand: "np.ndarray") -> str:
    plus = int((strand > 0).sum())
    return f"{len(strand):,} sites ({plus:,} on +, {len(strand) - plus:,} on -)"


def _leaves(tree: object, path: str = "") -> Iterator[tuple[str, object]]:
    """The values of nested mappings, each with its path."""
    if isinstance(tree, dict):
        for key, value in sorted(tree.items()):
            yield from _leaves(value, f"{path} {key}".strip())
    elif tree is not None:
        value = (
            f"{tree:.6g}" if isinstance(tree, float) else " ".join(map(str, tree)) if isinstance(tree, list) else tree
        )
        yield path, value


def _format_names(names: Iterable[object]) -> str:
    listed = list(names)
    return ", ".join(map(str, listed[:SHOWN])) + (f" and {len(listed) - SHOWN:,} more" if len(listed) > SHOWN else "")
