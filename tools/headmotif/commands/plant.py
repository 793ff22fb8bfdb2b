"""headmotif plant: a genome with promoters planted in it, and the truth about them."""

from typing import Annotated

import typer

from ..cli import Output, Quiet, Seed, say
from ..steps.simulation.settings import DEFAULT


def plant(
    output: Output = "-",
    sites: Annotated[
        str, typer.Option(metavar="FILE", help="Write the sites here as BED6: some missing, false or off.")
    ] = "",
    truth: Annotated[
        str, typer.Option(metavar="FILE", help="Write the planted pieces here as BED, column 7 their site.")
    ] = "",
    true_sites: Annotated[str, typer.Option(metavar="FILE", help="Write the true sites here as BED6.")] = "",
    genes: Annotated[str, typer.Option(metavar="FILE", help="Write the genes here as GFF3.")] = "",
    length: Annotated[
        int, typer.Option(min=20_000, max=20_000_000, help="Nucleotides of the genome.")
    ] = DEFAULT.length,
    promoters: Annotated[int, typer.Option(min=1, help="Number of promoters.")] = DEFAULT.promoters,
    missing: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the true sites left out of --sites.")
    ] = DEFAULT.missing,
    false: Annotated[
        float, typer.Option(min=0, max=1, help="False sites in --sites, as a share of the true.")
    ] = DEFAULT.false,
    jittered: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the listed true sites off by 1-2 nt.")
    ] = DEFAULT.jittered,
    sharpness: Annotated[
        float,
        typer.Option(
            min=0.1, max=10, help="Power of the motifs' probabilities: 1 as published, more is easier, less harder."
        ),
    ] = DEFAULT.sharpness,
    gc: Annotated[
        float,
        typer.Option(min=0, max=0.75, help="Share of G and C around what is planted, 0.25 to 0.75; 0: E. coli's."),
    ] = DEFAULT.gc,
    shuffle_sites: Annotated[
        bool, typer.Option("--shuffle-sites", help="List random positions instead: a negative control.")
    ] = False,
    motifs: Annotated[
        str, typer.Option(metavar="FILE", help="Motifs CRP, FNR and LexA other than the built-in ones.")
    ] = "",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Write a random bacterial genome with planted promoters: FASTA, and its sites and truth as BED.

    Genes on both strands with E. coli's codons, sigma-70 promoters as degenerate as the published ones, sites of CRP,
    FNR and LexA at their usual places, and as many -10 boxes without a site. The same seed gives the same bytes.
    """
    from .. import builtin
    from ..errors import InputError
    from ..formats.features import bed
    from ..formats.features import truth as planted_truth
    from ..formats.inputs import motif_files
    from ..formats.sequences import fasta
    from ..steps.simulation import plant as step

    factors = {motif.name: motif for motif in motif_files.read(motifs or str(builtin.MOTIFS)).motifs}
    absent = sorted({place.factor for place in step.FACTORS} - set(factors))
    if absent:
        raise InputError(
            f"{motifs or builtin.MOTIFS}: no motif named {', '.join(absent)}; CRP, FNR and LexA are needed"
        )
    if 0 < gc < 0.25:
        raise InputError(f"--gc {gc:g}: give 0.25 to 0.75, or 0 for E. coli's")
    settings = step.PlantSettings(
        length, promoters, missing=missing, false=false, jittered=jittered, sharpness=sharpness, gc=gc
    )
    planted = step.plant(settings, seed, factors)
    given = step.shuffle_sites(planted.sites, length, seed) if shuffle_sites else planted.sites
    fasta.write(output, [settings.contig], [planted.genome.base])
    if sites:
        bed.write_sites(sites, given, [settings.contig])
    if true_sites:
        bed.write_sites(true_sites, planted.true_sites, [settings.contig])
    if truth:
        planted_truth.write(truth, planted.elements)
    if genes:
        planted_truth.write_genes(
            genes, settings.contig, length, planted.genes.start, planted.genes.end, planted.genes.strand
        )
    strands = " and ".join(
        f"{int((planted.true_sites.strand == sign).sum()):,} on {name}" for sign, name in ((1, "+"), (-1, "-"))
    )
    say(
        f"planted {promoters:,} promoters ({strands}) among {len(planted.genes):,} genes; {len(given):,} sites listed",
        quiet,
    )
