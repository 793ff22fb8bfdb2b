"""fasta2tensor: from a genome and its sites to one genome tensor."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Circular, Feature, GenomeFile, Manifest, Output, Quiet, ZeroBased, command, conclude, say, write_word
from ..errors import InputError, show_path

if TYPE_CHECKING:
    import numpy as np

    from ..data import Genome
    from ..formats.inputs.site_files import SiteFile

SHOWN = 20
"""The number of contigs that are described, one line each; the others are counted."""


def fasta2tensor(
    genome: GenomeFile,
    sites: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE",
            help="Sites as BED6, GFF3, GTF, a table, or a file of a TSS or peak caller; may be given several times, "
            "each file for a label of its own.",
        ),
    ] = None,
    feature: Feature = "",
    zero_based: ZeroBased = False,
    circular: Circular = None,
    annotation: Annotated[
        str, typer.Option(metavar="FILE", help="GFF3 or GenBank that says which contigs are circular.")
    ] = "",
    mask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Mask as BED: its bases are neither learned from nor scored, for any label; may be given several "
            "times. With + or - in column 6 only that strand is masked, otherwise both strands are.",
        ),
    ] = None,
    mask_repeats: Annotated[
        int | None,
        typer.Option(
            min=16,
            metavar="K",
            help="Length in nucleotides, such as 75, from which exact repeats are masked on both strands. A repeat "
            "occurs elsewhere in the genome on either strand, as rRNA operons and insertion sequences do; default: no "
            "repeat is masked.",
        ),
    ] = None,
    output: Output = "-",
    manifest: Manifest = "",
    quiet: Quiet = False,
) -> None:
    """Turn a genome and its sites into a genome tensor, the file that the other commands read.

    A site is one nucleotide on one strand, such as the +1 of a transcript. Of a longer interval, the 5' end is the
    site. Each file of --sites gives a label, named by NAME= or by the name of the file. A GFF3 file of sites also
    says which contigs are circular.

    The coordinates of each set are checked as in annot-compare, and the verdict is printed on standard error.

    Masked positions keep their sites in the genome tensor. If you add a label to a genome tensor later, give --mask
    again.
    """
    from ..formats.inputs import annotations, genomes, named_sites
    from ..formats.output_files import refuse_terminal
    from ..formats.tables import manifest as manifests
    from ..formats.tensors import genome_tensor
    from ..steps.training.labels import label, mask_labels

    refuse_terminal(output)
    named = named_sites.name_files(sites or [], "--sites ")
    data = genomes.read(genome, circular or [])
    data = annotations.declare_topology(data, annotation)
    data, found = named_sites.read_sets(named, data, feature, zero_based)
    data = label(data, {name: one.sites for name, one in found.items()})
    hidden = _find_masked(data, mask or [], mask_repeats)
    for one in hidden.values():
        data = mask_labels(data, one)
    genome_tensor.write(output, data)
    for line in [*_describe_contigs(data), *_describe_files(found), *_describe_masks(data, hidden)]:
        say(line, quiet)
    if not quiet:
        _check(data, found)
    manifests.add(manifest, {"genome": output})
    labels = f"{len(data.labels)} label set{'s' * (len(data.labels) != 1)}" if data.labels else "no labels"
    follow = (
        f"train-annot {write_word(output)} -o model.safetensors"
        if data.labels
        else f"predict-annot {write_word(output)} -o calls.bed"
    )
    conclude({output: f"genome tensor, {len(data.base):,} nt, {labels}"}, follow, quiet)


def _check(genome: "Genome", found: "dict[str, SiteFile]") -> None:
    """Print whether the sites of each file lie where transcripts start, as far as that can be judged."""
    from ..steps.sites import diagnosis

    for name, one in diagnosis.verdicts(genome, {name: one.sites for name, one in found.items()}).items():
        if one.kind != diagnosis.NOT_APPLICABLE:
            say(f"check of {name}: {one.words}")


def _find_masked(genome: "Genome", files: Sequence[str], k: int | None) -> "dict[str, np.ndarray]":
    """What each mask covers, bool (2, N), by the words that describe it."""
    import numpy as np

    from ..formats.features import bed
    from ..steps.sequence.repeats import find_repeats
    from ..steps.training.labels import stretches

    if (files or k) and not genome.labels:
        raise InputError("a mask hides labels, and this genome has none; give --sites FILE too")
    hidden = {show_path(path): stretches(genome, bed.read_intervals(path, genome.contigs)) for path in files}
    if k:
        hidden[f"repeats of {k} nt"] = np.stack([find_repeats(genome, k)] * 2)
    return hidden


def _describe_contigs(genome: "Genome") -> Iterator[str]:
    """A line for each contig: its length, its shape, and the sites of each label on each strand."""
    import numpy as np

    counts = []
    for number in range(len(genome.labels)):
        known = genome.sites(number)
        counts.append(
            [np.bincount(known.contig[known.strand == sign], minlength=len(genome.contigs)) for sign in (1, -1)]
        )
    for i, contig in enumerate(genome.contigs[:SHOWN]):
        facts = [f"{contig.name}: {contig.length:,} nt, {'circular' if contig.circular else 'linear'}"]
        facts += [
            f"{name} {plus[i]:,} on +, {minus[i]:,} on -"
            for name, (plus, minus) in zip(genome.labels, counts, strict=True)
        ]
        yield "; ".join(facts)
    if len(genome.contigs) > SHOWN:
        more = genome.contigs[SHOWN:]
        sites = [
            f"{name} {sum(int(c[SHOWN:].sum()) for c in pair):,} sites"
            for name, pair in zip(genome.labels, counts, strict=True)
        ]
        yield "; ".join([f"{len(more):,} further contigs: {sum(c.length for c in more):,} nt", *sites])
    if not genome.labels:
        yield "no label: the tensor holds only the sequence; give --sites FILE to train on it"


def _describe_files(found: "dict[str, SiteFile]") -> Iterator[str]:
    """A line for each file of sites: rows and duplicates."""
    for name, one in found.items():
        counts = f"{one.rows:,} rows, {len(one.sites):,} sites, {one.duplicates:,} duplicates dropped"
        yield f"{name} ({one.format}): {counts}"


def _describe_masks(genome: "Genome", hidden: "dict[str, np.ndarray]") -> Iterator[str]:
    """A line for each mask, and one for several together: what it covers, and the sites under it."""
    import numpy as np

    from ..steps.training.labels import count_sites_under

    together = {"all of these": np.logical_or.reduce(list(hidden.values()))} if len(hidden) > 1 else {}
    for name, one in {**hidden, **together}.items():
        plus, minus = one.sum(1).tolist()
        sites = ", ".join(
            f"{name} {n:,}" for name, n in zip(genome.labels, count_sites_under(genome, one), strict=True)
        )
        yield (
            f"masked by {name}: {plus:,} nt on +, {minus:,} nt on - ({100 * one.mean():.2f} %); sites under it: {sites}"
        )


main = command(fasta2tensor)
