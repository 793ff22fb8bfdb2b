"""fasta2tensor: from a genome and its sites to one genome tensor."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Circular, GenomeFile, Output, Quiet, TssFeature, ZeroBased, command, say
from ..errors import InputError, shown

if TYPE_CHECKING:
    import numpy as np

    from ..data import Genome
    from ..formats.inputs.site_files import SiteFile

SHOWN = 20
"""So many contigs are told of, one line each; the others are counted."""


def fasta2tensor(
    genome: GenomeFile,
    sites: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE",
            help="Sites as BED6, GFF3, GTF or TSV; may be given again, each a label set of its own.",
        ),
    ] = None,
    feature: TssFeature = "",
    zero_based: ZeroBased = False,
    circular: Circular = None,
    annotation: Annotated[
        str, typer.Option(metavar="FILE", help="GFF3 that tells which contigs are circles (Is_circular=true).")
    ] = "",
    mask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="BED of stretches that are neither learned from nor scored, in all label sets; may be given again. "
            "With + or - in column 6 that strand alone is masked; with . or fewer columns both are.",
        ),
    ] = None,
    mask_repeats: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="K",
            help="Mask, on both strands, what K nucleotides in a row cover that occur elsewhere in the genome too, on "
            "either strand (rRNA operons, IS elements); 16 or more, such as 75; 0: nothing.",
        ),
    ] = 0,
    output: Output = "-",
    quiet: Quiet = False,
) -> None:
    """Turn a genome and its sites into a genome tensor, the file that the other commands read.

    A site is one nucleotide on one strand, such as the +1 of a TSS; of a longer interval it is the 5' end.
    A label set is named by NAME= or by its file's name. GFF3 files given as --sites tell circles too.
    Masked positions keep their sites in the tensor; a label set that is added to it later is not masked.
    """
    from ..formats import files
    from ..formats.features import gff3
    from ..formats.files import refuse_terminal
    from ..formats.inputs import genomes, named_sites, site_files
    from ..formats.tensors import genome_tensor
    from ..steps.training.labels import label, masked

    refuse_terminal(output)
    named = named_sites.named(sites or [], "--sites ")
    data = genomes.read(genome, circular or [])
    if annotation:
        data = named_sites.closed(data, gff3.parse(files.read_text(annotation), annotation).circular)
    found = {
        name: site_files.read(path, data.contigs, feature=feature or None, zero_based=zero_based)
        for name, path in named.items()
    }
    data = named_sites.closed(data, [name for one in found.values() for name in one.circular])
    data = label(data, {name: one.sites for name, one in found.items()})
    hidden = _hidden(data, mask or [], mask_repeats)
    for one in hidden.values():
        data = masked(data, one)
    genome_tensor.write(output, data)
    for line in [*_contigs(data), *_files(found), *_masks(data, hidden)]:
        say(line, quiet)


def _hidden(genome: "Genome", files: Sequence[str], k: int) -> "dict[str, np.ndarray]":
    """What each mask covers, bool (2, N), by the words that tell of it."""
    import numpy as np

    from ..formats.features import bed
    from ..steps.sequence.repeats import repeated
    from ..steps.training.labels import stretches

    if (files or k) and not genome.labels:
        raise InputError("a mask hides labels, and this genome has none; give --sites FILE too")
    hidden = {shown(path): stretches(genome, bed.read_intervals(path, genome.contigs)) for path in files}
    if k:
        hidden[f"repeats of {k} nt"] = np.stack([repeated(genome, k)] * 2)
    return hidden


def _contigs(genome: "Genome") -> Iterator[str]:
    """A line a contig: length, shape, and the sites of each label set per strand."""
    import numpy as np

    counts = []
    for number in range(len(genome.labels)):
        known = genome.sites(number)
        counts.append(
            [np.bincount(known.contig[known.strand == sign], minlength=len(genome.contigs)) for sign in (1, -1)]
        )
    for i, contig in enumerate(genome.contigs[:SHOWN]):
        told = [f"{contig.name}: {contig.length:,} nt, {'circular' if contig.circular else 'linear'}"]
        told += [
            f"{name} {plus[i]:,} on +, {minus[i]:,} on -"
            for name, (plus, minus) in zip(genome.labels, counts, strict=True)
        ]
        yield "; ".join(told)
    if len(genome.contigs) > SHOWN:
        more = genome.contigs[SHOWN:]
        sites = [
            f"{name} {sum(int(c[SHOWN:].sum()) for c in pair):,} sites"
            for name, pair in zip(genome.labels, counts, strict=True)
        ]
        yield "; ".join([f"{len(more):,} further contigs: {sum(c.length for c in more):,} nt", *sites])
    if not genome.labels:
        yield "no label set: the tensor holds the sequence alone (give --sites FILE to train on it)"


def _files(found: "dict[str, SiteFile]") -> Iterator[str]:
    """A line a file of sites: rows, duplicates, and what was left out."""
    for name, one in found.items():
        parts = [f"{one.rows:,} rows, {len(one.sites):,} sites, {one.duplicates:,} duplicates dropped"]
        parts += [f"left out: {n:,} {reason}" for reason, n in one.left_out]
        yield f"{name} ({one.format}): {'; '.join(parts)}"


def _masks(genome: "Genome", hidden: "dict[str, np.ndarray]") -> Iterator[str]:
    """A line a mask, and one of all where there are several: what it covers, and the sites under it."""
    import numpy as np

    from ..steps.training.labels import sites_under

    together = {"all of these": np.logical_or.reduce(list(hidden.values()))} if len(hidden) > 1 else {}
    for name, one in {**hidden, **together}.items():
        plus, minus = one.sum(1).tolist()
        sites = ", ".join(f"{name} {n:,}" for name, n in zip(genome.labels, sites_under(genome, one), strict=True))
        yield (
            f"masked by {name}: {plus:,} nt on +, {minus:,} nt on - ({100 * one.mean():.2f} %); sites under it: {sites}"
        )


main = command(fasta2tensor)
