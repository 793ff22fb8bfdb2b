"""bed2pwm: from regions to motifs."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    GenomeFile,
    Manifest,
    Output,
    Quiet,
    Seed,
    Threads,
    command,
    conclude,
    count_usable_threads,
    say,
    write_word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..data import Genome, Motif, Regions
    from ..steps.motifs.discovery import Found

FORMATS = "meme|jaspar|transfac|cluster-buster|homer"
NOT_BEYOND = ("not beyond its positional null", "not beyond the other regions of its group")


def bed2pwm(
    regions: Annotated[
        str,
        typer.Argument(
            metavar="REGIONS",
            help="Regions from attn2bed, or any BED, narrowPeak or table of MACS, with the groups named in column 4; - "
            "is standard input.",
        ),
    ],
    genome: GenomeFile,
    output: Output = "-",
    format: Annotated[str, typer.Option("--format", metavar=FORMATS, help="Format of the motifs.")] = "meme",
    flank: Annotated[int, typer.Option(min=0, help="Number of bases to read on either side of a region.")] = 2,
    min_sites: Annotated[
        int,
        typer.Option("--min-sites", min=8, help="Smallest number of regions in a group; smaller groups are left out."),
    ] = 40,
    max_evalue: Annotated[
        float, typer.Option("--max-evalue", min=0, help="Largest E-value of a motif that is written.")
    ] = 0.05,
    nmotifs: Annotated[
        int,
        typer.Option(
            min=1,
            max=20,
            help="Largest number of motifs of a group; each is searched where the earlier ones do not occur.",
        ),
    ] = 1,
    one_group: Annotated[
        bool,
        typer.Option("--one-group", help="Search all regions as one group, whatever column 4 says."),
    ] = False,
    by_offset: Annotated[
        bool,
        typer.Option("--by-offset", help="Search each offset of a head as a group of its own, such as L3H5@-68."),
    ] = False,
    top_fractions: Annotated[
        bool,
        typer.Option(
            "--top-fractions",
            help="Also search the top fractions of each group: the quarter, eighth, sixteenth and so on of smallest "
            "p, such as L3H5@-12^16.",
        ),
    ] = False,
    minw: Annotated[int, typer.Option(min=4, max=30, help="Smallest width of a motif.")] = 6,
    maxw: Annotated[
        int,
        typer.Option(
            min=4, max=30, help="Largest width of a motif; of all widths, the one that explains most is chosen."
        ),
    ] = 16,
    revcomp: Annotated[
        bool,
        typer.Option(
            "--revcomp",
            help="Also search the reverse complement of each region; regions without strands are searched so anyway.",
        ),
    ] = False,
    spacer: Annotated[
        str,
        typer.Option(
            metavar="MIN-MAX",
            help="Spacer in nucleotides, such as 15-19, of bipartite motifs, which are then searched too. They have "
            "two parts of six bases, and --flank must be wide enough for both.",
        ),
    ] = "",
    markov_order: Annotated[int, typer.Option(min=0, max=3, help="Order of the Markov model of the background.")] = 0,
    controls: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Control regions to test against; default: the positional null, drawn site by site, which is "
            "stricter.",
        ),
    ] = "",
    table: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Table of all groups, with their motif or the reason why there is none, TSV."
        ),
    ] = "",
    sites_out: Annotated[
        str, typer.Option("--sites-out", metavar="FILE", help="Positions of the motifs in the genome, BED6+5.")
    ] = "",
    logo: Annotated[str, typer.Option(metavar="FOLDER", help="Folder for a logo of each motif, as SVG and PNG.")] = "",
    manifest: Manifest = "",
    seed: Seed = 1,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Find the motifs of each group of regions.

    A motif is found on one half of the sites and tested on the other half. The control is the positional null, in
    which the offsets of a head are exchanged among the sites: what any sequence at these offsets shows does not
    count. If the regions name no sites, the control is random positions.

    E is the p of this test times the number of motifs tested. A top fraction is tested against its whole group: which
    regions belong to the fraction is permuted.
    """
    import os
    from dataclasses import replace

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # groups run side by side; threads within their products wait

    from ..formats.inputs import genomes, motif_files, region_files
    from ..formats.output_files import make_folder
    from ..steps.motifs.discovery import Search, find_motifs

    gaps = _range(spacer, "--spacer", 0, 60) if spacer else range(0)
    _refuse_what_makes_no_sense(format, (minw, maxw), revcomp and bool(gaps))
    data = genomes.read(genome)
    attended, both = _read(regions, data, one_group, bool(gaps))
    others = _read(controls, data, one_group, False)[0] if controls else None
    hidden = region_files.find_single_groups(attended, regions, min_sites)
    if top_fractions:
        _refuse_without_p(attended, regions)
    if by_offset:
        attended = _split(attended, regions)
        others = _split(others, controls) if others is not None else None
    if logo:
        make_folder(logo)
    search = Search(flank, min_sites, nmotifs, _spread(minw, maxw), revcomp or both, gaps, markov_order, top_fractions)
    found = list(find_motifs(data, attended, search, seed, others, count_usable_threads(threads)))
    tested = sum(f.motif is not None for f in found)
    motifs = [replace(f.motif, evalue=f.p * tested) for f in found if f.motif is not None]
    kept = [motif for motif in motifs if motif.evalue <= max_evalue]
    rows = _rows(found, tested, max_evalue)
    shown = [row for row in rows if row[0] not in hidden]
    for line in _describe_motifs(shown, found, (len(kept), tested), max_evalue, min_sites):
        say(line, quiet)
    _write_beside(rows, found, kept, attended, data, table, sites_out)
    if logo:
        from ..formats.motifs import logo as logos

        logos.write(logo, kept)
    motif_files.write(output, kept, format)
    _conclude((output, table, sites_out, logo), (len(kept), len(rows)), manifest, quiet)


def _describe_motifs(
    rows: list[tuple], found: "Sequence[Found]", counts: tuple[int, int], max_evalue: float, min_sites: int
) -> list[str]:
    """The outcome of each group, and why no motif is kept if none is. counts: of motifs kept and of motifs tested."""
    from ..steps.motifs.no_motifs import explain_no_motifs

    kept, tested = counts
    lines = []
    for group, n, _sites, word, _p, evalue, _palindrome, _note, verdict in rows:
        lines.append(f"{group}: {f'{n:,} regions; {word}, E {evalue:.2g}; ' if word else ''}{verdict}")
    why_none = [] if kept else [explain_no_motifs(found, tested, min_sites)]
    return [*lines, f"{kept} of {tested} motifs have E of at most {max_evalue:g}", *why_none]


def _conclude(paths: tuple[str, str, str, str], counts: tuple[int, int], manifest: str, quiet: bool) -> None:
    """paths: of motifs, table, sites and logos; counts: of motifs and of the table's rows."""
    from ..formats.tables import manifest as manifests

    manifests.add(manifest, {"motifs": paths[0]})
    holds = (
        f"{counts[0]} motifs",
        f"{counts[1]:,} rows, one for each group and motif",
        "where the motifs occur, BED6+5",
    )
    results = dict(zip(paths, (*holds, "the logos"), strict=True))
    conclude(results, f"pwm-compare {write_word(paths[0])} -o matches.tsv", quiet)


def _write_beside(
    rows: list[tuple],
    found: "Sequence[Found]",
    kept: "Sequence[Motif]",
    attended: "Regions",
    genome: "Genome",
    table: str,
    sites_out: str,
) -> None:
    """Write the table of groups and the positions of the kept motifs, each if it is asked for."""
    from ..formats.features import bed_regions
    from ..formats.tables import tsv

    if table:
        names = ("group", "regions", "nsites", "consensus", "p", "evalue", "palindrome", "note", "verdict")
        tsv.write_table(table, {name: [row[i] for row in rows] for i, name in enumerate(names)})
    if sites_out:
        kept_names = {motif.name for motif in kept}
        lie = _concatenate(
            [f.sites for f in found if f.sites is not None and f.motif is not None and f.motif.name in kept_names],
            attended,
        )
        bed_regions.write(sites_out, lie, genome.contigs)


def _refuse_what_makes_no_sense(format: str, widths: tuple[int, int], bipartite_both_ways: bool) -> None:
    from ..formats.inputs import motif_files

    if format not in motif_files.WRITERS:
        raise typer.BadParameter(f"{format} is none of {', '.join(motif_files.WRITERS)}", param_hint="--format")
    if widths[0] > widths[1]:
        raise typer.BadParameter(f"{widths[0]} is more than --maxw {widths[1]}", param_hint="--minw")
    if bipartite_both_ways:
        raise typer.BadParameter(
            "bipartite motifs are searched on one strand only; leave out --revcomp", param_hint="--spacer"
        )


def _read(path: str, genome: "Genome", one_group: bool, bipartite: bool) -> "tuple[Regions, bool]":
    """The regions, and whether both strands are to be searched, since they have none."""
    from ..errors import FormatError
    from ..formats.inputs import region_files
    from ..notices import warn
    from ..steps.sequence.region_windows import LONGEST

    found = region_files.read(path, genome.contigs, LONGEST, one_group)
    if not found.are_stranded and bipartite:
        raise FormatError(
            path, None, "the regions have no strands, which bipartite motifs need; add column 6, or leave out --spacer"
        )
    if not found.are_stranded:
        warn(path, "the regions have no strands, so both strands are searched, as with --revcomp")
    return found.regions, not found.are_stranded


def _refuse_without_p(regions: "Regions", path: str) -> None:
    import numpy as np

    from ..errors import FormatError

    if np.isnan(regions.p).any():
        raise FormatError(
            path, None, "the regions have no p, which --top-fractions needs; give the regions of attn2bed"
        )


def _split(given: "Regions", path: str) -> "Regions":
    """Groups by head and offset."""
    from ..errors import FormatError
    from ..steps.attention.positions import group_by_offset

    if len(given) and (given.site < 0).any():
        raise FormatError(
            path, None, "the regions name no sites, which --by-offset needs; give the regions of attn2bed"
        )
    return group_by_offset(given)


def _range(text: str, option: str, least: int, most: int) -> range:
    """MIN-MAX, or one number, as a range with both ends in it."""
    low, dash, high = text.partition("-")
    try:
        first, last = int(low), int(high) if dash else int(low)
    except ValueError:
        raise typer.BadParameter(f"{text} is not MIN-MAX, such as 15-19", param_hint=option) from None
    if not least <= first <= last <= most:
        raise typer.BadParameter(f"{text} is not MIN-MAX within {least}-{most}, the smaller first", param_hint=option)
    return range(first, last + 1)


def _spread(least: int, most: int) -> tuple[int, ...]:
    """Every width up to ten, every second one up to twenty, every fourth beyond; the last always."""
    return tuple(w for w in range(least, most + 1) if w <= 10 or (w <= 20 and w % 2 == 0) or w % 4 == 0 or w == most)


def _rows(found: "Sequence[Found]", tested: int, max_evalue: float) -> list[tuple]:
    from ..data import Group, consensus

    rows: list[tuple] = []
    for f in found:
        if f.motif is None:
            rows.append((f.group, f.regions, 0, "", f.p, f.p, "", "", f.problem))
            continue
        evalue = f.p * tested
        verdict = "kept" if evalue <= max_evalue else NOT_BEYOND[Group.parse(f.group).fraction > 1]
        palindrome = "yes" if f.palindrome else "no"
        rows.append(
            (f.motif.name, f.regions, f.motif.nsites, consensus(f.motif), f.p, evalue, palindrome, f.motif.alt, verdict)
        )
    return rows


def _concatenate(parts: "Sequence[Regions]", like: "Regions") -> "Regions":
    """Regions of several motifs as one; of none: none of the regions given."""
    import numpy as np

    from ..data import Regions

    if not parts:
        return like.take(np.zeros(0, int))
    return Regions(like.contigs, *(np.concatenate([getattr(part, c) for part in parts]) for c in Regions.COLUMNS))


main = command(bed2pwm)
