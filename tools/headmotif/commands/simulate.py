"""headmotif simulate: a random genome with planted promoters, and where they are."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Output, Quiet, Seed, conclude, say, write_word
from ..steps.simulation.settings import DEFAULT

if TYPE_CHECKING:
    from ..data import Motif


def simulate(
    output: Output = "-",
    sites_out: Annotated[
        str, typer.Option(metavar="FILE", help="Sites as BED6, of which some are missing, false or off by 1-2 nt.")
    ] = "",
    elements_out: Annotated[
        str, typer.Option(metavar="FILE", help="Planted elements as BED; column 7 is the site of each.")
    ] = "",
    true_sites_out: Annotated[str, typer.Option(metavar="FILE", help="True sites as BED6.")] = "",
    genes_out: Annotated[str, typer.Option(metavar="FILE", help="Genes as GFF3.")] = "",
    length: Annotated[
        int, typer.Option(min=20_000, max=20_000_000, help="Length of the genome in nucleotides.")
    ] = DEFAULT.length,
    promoters: Annotated[int, typer.Option(min=1, help="Number of promoters.")] = DEFAULT.promoters,
    missing_fraction: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the true sites that --sites-out leaves out.")
    ] = DEFAULT.missing,
    false_fraction: Annotated[
        float, typer.Option(min=0, max=1, help="Number of false sites in --sites-out, as a share of the true sites.")
    ] = DEFAULT.false,
    jittered_fraction: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the true sites in --sites-out that are off by 1-2 nt.")
    ] = DEFAULT.jittered,
    sharpness: Annotated[
        float,
        typer.Option(
            min=0.1,
            max=10,
            help="Exponent of the probabilities of the motifs: 1 as published, larger is easier to find, smaller is "
            "harder.",
        ),
    ] = DEFAULT.sharpness,
    tfs: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Share of the promoters that each TF binds to, such as CRP=0.5 or CRP=0.3,FNR=0.2; "
            "default: CRP=0.1,FNR=0.05,LexA=0.02.",
        ),
    ] = "",
    gc: Annotated[
        float | None,
        typer.Option(
            min=0.25, max=0.75, help="Share of G and C around the planted elements; default: that of E. coli."
        ),
    ] = None,
    shuffle_sites: Annotated[
        bool, typer.Option("--shuffle-sites", help="Write random positions to --sites-out, as a negative control.")
    ] = False,
    motifs: Annotated[
        str, typer.Option(metavar="FILE", help="Motifs of CRP, FNR and LexA; default: the built-in collection.")
    ] = "",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Write a simulated genome with planted promoters as FASTA, and its sites and planted elements as BED.

    The genome has genes on both strands with the codons of E. coli. Its sigma70 promoters are as degenerate as the
    published ones. CRP, FNR and LexA have their motifs at the usual offsets, at as many promoters as in E. coli, or as
    many as --tfs gives. The same number of -10 elements is planted where there is no site. The same seed gives the
    same bytes.
    """
    from .. import builtin
    from ..formats.features import bed
    from ..formats.features import truth as planted_truth
    from ..formats.sequences import fasta
    from ..steps.simulation import plant as step

    known = _read_motifs(motifs or str(builtin.MOTIFS))
    settings = step.PlantSettings(
        length,
        promoters,
        missing=missing_fraction,
        false=false_fraction,
        jittered=jittered_fraction,
        sharpness=sharpness,
        tfs=_parse_shares(tfs) if tfs else None,
        gc=gc,
    )
    planted = step.plant(settings, seed, known)
    given = step.shuffle_sites(planted.sites, length, seed) if shuffle_sites else planted.sites
    fasta.write(output, [settings.contig], [planted.genome.base])
    if sites_out:
        bed.write_sites(sites_out, given, [settings.contig])
    if true_sites_out:
        bed.write_sites(true_sites_out, planted.true_sites, [settings.contig])
    if elements_out:
        planted_truth.write(elements_out, planted.elements)
    if genes_out:
        planted_truth.write_genes(
            genes_out, settings.contig, length, planted.genes.start, planted.genes.end, planted.genes.strand
        )
    strands = " and ".join(
        f"{int((planted.true_sites.strand == sign).sum()):,} on {name}" for sign, name in ((1, "+"), (-1, "-"))
    )
    say(
        f"planted {promoters:,} promoters ({strands}) among {len(planted.genes):,} genes; {len(given):,} sites listed",
        quiet,
    )
    _conclude(output, (sites_out, true_sites_out, elements_out, genes_out), length, quiet)


def _parse_shares(asked: str) -> dict[str, float]:
    """Shares of the promoters by TF, from words such as CRP=0.3,FNR=0.2."""
    from ..steps.promoters.frequencies import share_out

    shares: dict[str, float] = {}
    try:
        for name, share in (word.split("=") for word in asked.split(",")):
            if name.strip() in shares:
                raise typer.BadParameter(f"{name.strip()} is named twice; name it once", param_hint="--tfs")
            shares[name.strip()] = float(share)
    except ValueError:
        raise typer.BadParameter(
            f"{asked} is not a list such as CRP=0.3,FNR=0.2; give one", param_hint="--tfs"
        ) from None
    try:
        share_out(shares)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--tfs") from None
    return shares


def _conclude(output: str, beside: tuple[str, str, str, str], length: int, quiet: bool) -> None:
    holds = (
        "the sites as a map lists them, BED6",
        "the true sites, BED6",
        "the planted elements, BED",
        "the genes, GFF3",
    )
    results = {output: f"a genome of {length:,} nt, FASTA", **dict(zip(beside, holds, strict=True))}
    conclude(
        results,
        f"fasta2tensor {write_word(output)} --sites {write_word(beside[0] or '-')} -o genome.safetensors",
        quiet,
    )


def _read_motifs(path: str) -> "dict[str, Motif]":
    """The motifs of a file by name; refused where one of those that are planted is missing."""
    from ..errors import InputError
    from ..formats.inputs import motif_files
    from ..steps.simulation import plant

    found = {motif.name: motif for motif in motif_files.read(path).motifs}
    if absent := sorted({place.factor for place in plant.FACTORS} - set(found)):
        raise InputError(f"{path}: no motif named {', '.join(absent)}; CRP, FNR and LexA are needed")
    return found
