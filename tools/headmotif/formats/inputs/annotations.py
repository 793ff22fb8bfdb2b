"""Annotations (GFF3, GTF, GenBank, EMBL) on a genome: which contigs are circular by them, and which features they have.

A contig is circular if any input says so: GenBank's LOCUS, EMBL's ID, GFF3's Is_circular, the genome's own file or
--circular. It is taken as circular, too, where the parts of a gene meet at its origin. All inputs of a run are asked
before any feature is placed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...data import Annotation, Contig, Contigs, Feature, Genome
from ...errors import FormatError
from ...notices import LeftOut, warn
from ..contig_names import ContigNames
from ..features import gff3, gff3_sequences, joined, kinds, places
from ..files import decode_text, read_bytes
from ..sequences import fasta, genbank


def read(path: str) -> Annotation:
    """Read an annotation.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.

    Returns
    -------
    Annotation
        Its features.

    Raises
    ------
    FormatError
        With the line, if it is none.
    """
    return parse(read_bytes(path), path)


def parse(raw: bytes, path: str) -> Annotation:
    """Read the annotation in the decompressed content of a file.

    Parameters
    ----------
    raw
        The content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Annotation
        Its features.

    Raises
    ------
    FormatError
        With the line, if it is none.
    """
    return genbank.read_features(raw, path) if genbank.is_flat_file(raw) else gff3.parse(decode_text(raw, path), path)


def declare_circular(genome: Genome, given: Iterable[Annotation | None]) -> Genome:
    """Declare the contigs circular that annotations show to be circular.

    Parameters
    ----------
    genome
        The genome.
    given
        The annotations; None for one that was not given.

    Returns
    -------
    Genome
        The same genome with these contigs circular.
    """
    return replace(genome, contigs=close_contigs(genome.contigs, given))


def declare_topology(genome: Genome, path: str) -> Genome:
    """Declare the contigs circular that a file shows to be circular. The user is warned if there is none.

    Parameters
    ----------
    genome
        The genome.
    path
        The annotation; "" for none.

    Returns
    -------
    Genome
        The same genome with these contigs circular.
    """
    if not path:
        return genome
    annotation = read(path)
    genome = declare_circular(genome, [annotation])
    if not any(contig.circular for contig in match_contigs(annotation, genome.contigs).values()):
        warn(path, "this file says of no contig of the genome that it is circular")
    return genome


def close_contigs(contigs: Contigs, given: Iterable[Annotation | None]) -> Contigs:
    """Declare contigs circular, as `declare_circular` does.

    Parameters
    ----------
    contigs
        The contigs of the genome.
    given
        The annotations; None for one that was not given.

    Returns
    -------
    Contigs
        The same contigs, those circular that the annotations show to be.
    """
    for annotation in given:
        if annotation is None:
            continue
        known = match_contigs(annotation, contigs)
        closed = {known[name].name for name in annotation.circular if name in known}
        contigs = Contigs(replace(c, circular=c.circular or c.name in closed) for c in contigs)
        crossed = _find_crossed_origins(annotation, match_contigs(annotation, contigs))
        for name, one in crossed.items():
            warn(annotation.path, f"'{name}' is taken as circular, because a {one.kind} runs over its origin", one.line)
        contigs = Contigs(replace(c, circular=c.circular or c.name in crossed) for c in contigs)
    return contigs


def _find_crossed_origins(annotation: Annotation, known: Mapping[str, Contig]) -> dict[str, Feature]:
    """The first feature over the origin of each contig that counts as linear, by the contig's name."""
    touched = {(one.contig, side) for one in annotation.features for side in _find_touched_ends(one, known)}
    both = {name: contig for name, contig in known.items() if {(name, 0), (name, 1)} <= touched}
    found: dict[str, Feature] = {}
    for one in _join(annotation, (*kinds.GENES, *kinds.CODING), both) if both else ():
        if one.problem or one.contig not in both:
            continue
        contig = both[one.contig]
        if places.cross_origin(one.parts, one.strand, one.is_ordered, contig.length):
            found.setdefault(contig.name, one)
    return found


def _find_touched_ends(one: Feature, known: Mapping[str, Contig]) -> set[int]:
    """The ends, 0 and 1, of its linear contig that a feature begins or ends at."""
    contig = known.get(one.contig)
    if contig is None or contig.circular:
        return set()
    return {end for part in one.parts for end in (0, 1) if part[end] == end * contig.length}


def match_contigs(annotation: Annotation, contigs: Contigs) -> dict[str, Contig]:
    """Find the contigs that an annotation names.

    Parameters
    ----------
    annotation
        The annotation.
    contigs
        The contigs of the genome.

    Returns
    -------
    dict of str to Contig
        The contigs by the names that the annotation has for them.
    """
    names = ContigNames(contigs, annotation.path)
    said = dict.fromkeys([*annotation.circular, *annotation.bounds, *(one.contig for one in annotation.features)])
    return {name: contigs[index] for name in said if (index := names.look_up(name)) is not None}


def _join(annotation: Annotation, wanted: Sequence[str], known: Mapping[str, Contig]) -> list[Feature]:
    """The features of some types, those of several rows joined."""
    rows = [one for one in annotation.features if one.kind in wanted]
    if not annotation.has_rows:
        return rows
    return joined.join_rows(rows, {name: contig.length for name, contig in known.items()})


def find_features(annotation: Annotation, wanted: Sequence[str], known: Mapping[str, Contig]) -> list[Feature]:
    """Find the features of some types.

    Rows of one feature are joined, and parts that lie too far apart are split. What cannot be placed has a problem.

    Parameters
    ----------
    annotation
        The annotation.
    wanted
        The types.
    known
        The contigs of the genome by their names in the file, with their topology.

    Returns
    -------
    list of Feature
        The features, in the file's order, on other contigs too.
    """
    found: list[Feature] = []
    for one in _join(annotation, wanted, known):
        if one.problem:
            found.append(one)
            continue
        contig = known.get(one.contig)
        circle = contig.length if contig and contig.circular else 0
        problem = _find_problem(one, circle)
        pieces = [one.parts] if problem else places.split_far(one.parts, circle)
        if problem or len(pieces) > 1:
            found += [replace(one, parts=parts, problem=problem, is_apart=not problem) for parts in pieces]
        else:
            found.append(one)
    return found


def _find_problem(feature: Feature, circle: int) -> str:
    """Why a feature cannot lie on its contig."""
    if not circle and feature.is_ordered and places.run_backwards(feature.parts, feature.strand):
        parts = [f"{start + 1:,}-{end:,}" for start, end in feature.parts]
        shown = ", ".join(parts[:4]) + (", ..." if len(parts) > 4 else "")
        return (
            f"the parts of this {feature.kind} ({shown}) run backwards on a linear contig; if it is circular, add "
            "--circular, and if they are different features, give each its own ID"
        )
    start, end = places.find_span(feature.parts, circle)
    if circle and end - start > circle:
        return f"this {feature.kind} has {end - start:,} nt, more than its circular contig of {circle:,} nt; correct it"
    return ""


def warn_of_rows(annotation: Annotation, used: Sequence[Feature], wanted: Sequence[str]) -> None:
    """Warn the user of rows that were joined, and of malformed rows that nobody uses.

    Parameters
    ----------
    annotation
        The annotation.
    used
        The features that are used.
    wanted
        The types that were asked for.
    """
    parts = [len(one.parts) for one in used if len(one.parts) > 1]
    if parts and annotation.has_rows:
        features = f"{len(parts):,} feature{'s' * (len(parts) > 1)}"
        warn(annotation.path, f"{sum(parts):,} rows joined to {features}, as rows of one ID or transcript")
    if apart := [one for one in used if one.is_apart]:
        what = "rows of one ID" if annotation.has_rows else "parts of one feature"
        problem = f"{what} lie over {places.FAR:,} nt apart and are read as {len(apart):,} features"
        warn(annotation.path, problem, apart[0].line)
    left_out = LeftOut(annotation.path, "rows")
    for one in annotation.features:
        is_before = any(start < 0 for start, _ in one.parts) and one.kind not in wanted
        if one.problem or is_before:
            left_out.add("malformed, but not used here", one.line)
    left_out.warn()


def refuse_other_assembly(annotation: Annotation, known: Mapping[str, Contig], contigs: Contigs) -> None:
    """Refuse features of another assembly, whose contigs may have the same names: contig_1 is in every assembly.

    Lengths (##sequence-region, LOCUS) and sequences (after ##FASTA) are compared with the genome's.

    Parameters
    ----------
    annotation
        The annotation.
    known
        The contigs of the genome by their names in the file.
    contigs
        The contigs of the genome.

    Raises
    ------
    FormatError
        With the line, if they differ.
    """
    path, other = annotation.path, "these are features of another assembly; use those of this one"
    for name, (line, _first, last) in annotation.bounds.items():
        if name in known and last > known[name].length:
            raise FormatError(
                path, line, f"'{name}' has {last:,} nt here and {known[name].length:,} in the genome; {other}"
            )
    by_digest = {c.digest: c.name for c in contigs if c.digest}
    for record in gff3_sequences.read(annotation):
        name, digest = record.name, fasta.digest(record.letters)
        contig = known.get(name)
        if contig is not None and contig.digest not in ("", digest):
            problem = f"the sequence of '{name}' after ##FASTA is not that of the genome; {other}"
            raise FormatError(path, annotation.fasta_line, problem)
        used = next((one.line for one in annotation.features if one.contig == name), None)
        if contig is None and used and digest in by_digest:
            same = f"its sequence after ##FASTA is that of the genome's '{by_digest[digest]}'"
            raise FormatError(
                path, used, f"contig '{name}' is not in the genome, but {same}; use one name in both files"
            )
