"""bed2pwm: from regions to motifs."""

from typing import Annotated

import typer

from ..cli import GenomeFile, Output, Quiet, Seed, command, say


def bed2pwm(
    regions: Annotated[
        str, typer.Argument(metavar="REGIONS", help="BED6 or the regions of attn2bed; groups are named in column 4; - is standard input.")
    ],
    genome: GenomeFile,
    output: Output = "-",
    flank: Annotated[int, typer.Option(min=0, help="Bases read beyond a region on each side.")] = 2,
    min_sites: Annotated[int, typer.Option("--min-sites", min=8, help="Groups of fewer regions are left out.")] = 40,
    max_e: Annotated[float, typer.Option("--max-e", min=0, help="Largest E-value of a motif that is written.")] = 0.05,
    table: Annotated[str, typer.Option(metavar="FILE", help="What became of every group, TSV.")] = "",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Find the motif of each group of regions, as MEME.

    It is found on one half of the sites and tested on the other, against the same distances swapped among the sites (random places where
    the file tells no sites): what any sequence at that distance would show counts as nothing. E is the p of that test times the number
    of groups.
    """
    from dataclasses import replace

    from ..errors import InputError
    from ..formats import bed, meme, tables
    from ..formats import genome as genome_file
    from ..steps.iupac import consensus
    from ..steps.motifs import find_motifs

    if regions == genome == "-":
        raise InputError("REGIONS and GENOME cannot both be standard input; give one of them as a file")
    data = genome_file.read(genome)
    attended = bed.read_regions(regions, data.contigs)
    found = list(find_motifs(data, attended, flank, min_sites, seed))
    tested = sum(f.motif is not None for f in found)
    motifs, rows = [], []
    for f in found:
        if f.motif is None:
            rows.append((f.group, f.regions, 0, "", f.p, f.p, f.problem))
            continue
        evalue = f.p * tested
        kept = evalue <= max_e
        verdict = "kept" if kept else "not beyond its positional null"
        rows.append((f.group, f.regions, f.motif.nsites, consensus(f.motif), f.p, evalue, verdict))
        if kept:
            motifs.append(replace(f.motif, evalue=evalue))
    for group, n, _sites, word, _p, evalue, verdict in rows:
        say(f"{group}: {n:,} regions; {word + f', E {evalue:.2g}; ' if word else ''}{verdict}", quiet)
    say(f"{len(motifs)} of {tested} motifs have E of at most {max_e:g}", quiet)
    if table:
        names = ("group", "regions", "nsites", "consensus", "p", "evalue", "verdict")
        tables.write_table(table, {name: [row[i] for row in rows] for i, name in enumerate(names)})
    meme.write(output, motifs)


main = command(bed2pwm)
