"""bed2pwm: from regions to motifs."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import GenomeFile, Output, Quiet, Seed, Threads, command, say, usable_threads

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
            help="BED6 or the regions of attn2bed; groups are named in column 4; - is standard input.",
        ),
    ],
    genome: GenomeFile,
    output: Output = "-",
    format: Annotated[str, typer.Option("--format", metavar=FORMATS, help="Of the motifs.")] = "meme",
    flank: Annotated[int, typer.Option(min=0, help="Bases read beyond a region on each side.")] = 2,
    min_sites: Annotated[int, typer.Option("--min-sites", min=8, help="Groups of fewer regions are left out.")] = 40,
    max_e: Annotated[float, typer.Option("--max-e", min=0, help="Largest E-value of a motif that is written.")] = 0.05,
    several: Annotated[
        int,
        typer.Option(
            min=1, max=20, help="Motifs a group at most: each is looked for where the ones before it do not lie."
        ),
    ] = 1,
    by_place: Annotated[
        bool,
        typer.Option(
            "--by-place", help="Split each head's regions by the distances that it looks at, such as L3H5@-68."
        ),
    ] = False,
    strongest: Annotated[
        bool,
        typer.Option(
            "--strongest",
            help="Look at the strongest quarter of each group alone too, eighth and so on, such as L3H5@-12^16.",
        ),
    ] = False,
    widths: Annotated[
        str, typer.Option(metavar="MIN-MAX", help="Widths of a motif; the one that explains most is chosen.")
    ] = "6-16",
    both_strands: Annotated[
        bool, typer.Option("--both-strands", help="A motif may lie in either orientation.")
    ] = False,
    gapped: Annotated[
        str,
        typer.Option(
            metavar="MIN-MAX",
            help="Look for two blocks of six with so many bases between them too, such as 15-19 (with a --flank).",
        ),
    ] = "",
    order: Annotated[int, typer.Option(min=0, max=3, help="Of the background: bases before each that count.")] = 0,
    controls: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Regions to test against; default, and sharper: the distances, swapped site by site."
        ),
    ] = "",
    table: Annotated[str, typer.Option(metavar="FILE", help="What became of every group, TSV.")] = "",
    sites_out: Annotated[str, typer.Option("--sites-out", metavar="FILE", help="Where the motifs lie, BED6+5.")] = "",
    logo: Annotated[
        str, typer.Option(metavar="FOLDER", help="A logo of each motif, SVG and PNG, in this folder.")
    ] = "",
    seed: Seed = 1,
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Find the motifs of each group of regions.

    They are found on one half of the sites and tested on the other, against the same distances swapped among the sites
    (random places where the file tells no sites): what any sequence at that distance would show counts as nothing. E is
    the p of that test times the number of motifs tested. The strongest regions are tested against all of their group:
    which of them are the strongest is swapped.
    """
    import os
    from dataclasses import replace

    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # groups run side by side; threads within their small products only wait

    from ..formats import files
    from ..formats.features import bed
    from ..formats.inputs import genomes, motif_files
    from ..steps.motifs.discovery import Search, find_motifs

    gaps, tried = _range(gapped, "--gapped", 0, 60) if gapped else range(0), _range(widths, "--widths", 4, 30)
    _refuse_what_makes_no_sense(format, both_strands and bool(gaps))
    data = genomes.read(genome)
    attended = bed.read_regions(regions, data.contigs)
    others = bed.read_regions(controls, data.contigs) if controls else None
    if strongest:
        _refuse_without_p(attended, regions)
    if by_place:
        attended = _split(attended, regions)
        others = _split(others, controls) if others is not None else None
    if logo:
        files.make_folder(logo)
    search = Search(flank, min_sites, several, _spread(tried), both_strands, gaps, order, strongest)
    found = list(find_motifs(data, attended, search, seed, others, usable_threads(threads)))
    tested = sum(f.motif is not None for f in found)
    motifs = [replace(f.motif, evalue=f.p * tested) for f in found if f.motif is not None]
    kept = [motif for motif in motifs if motif.evalue <= max_e]
    rows = _rows(found, tested, max_e)
    for group, n, _sites, word, _p, evalue, _palindrome, _note, verdict in rows:
        say(f"{group}: {n:,} regions; {word + f', E {evalue:.2g}; ' if word else ''}{verdict}", quiet)
    say(f"{len(kept)} of {tested} motifs have E of at most {max_e:g}", quiet)
    _write_beside(rows, found, kept, attended, data, table, sites_out)
    if logo:
        from ..formats.motifs import logo as logos

        logos.write(logo, kept)
    motif_files.write(output, kept, format)


def _write_beside(
    rows: list[tuple],
    found: "Sequence[Found]",
    kept: "Sequence[Motif]",
    attended: "Regions",
    genome: "Genome",
    table: str,
    sites_out: str,
) -> None:
    """What became of every group, and where the motifs that are kept lie: each where it is asked for."""
    from ..formats.features import bed
    from ..formats.tables import tsv

    if table:
        names = ("group", "regions", "nsites", "consensus", "p", "evalue", "palindrome", "note", "verdict")
        tsv.write_table(table, {name: [row[i] for row in rows] for i, name in enumerate(names)})
    if sites_out:
        kept_names = {motif.name for motif in kept}
        lie = _joined(
            [f.sites for f in found if f.sites is not None and f.motif is not None and f.motif.name in kept_names],
            attended,
        )
        bed.write_regions(sites_out, lie, genome.contigs)


def _refuse_what_makes_no_sense(format: str, gapped_both_ways: bool) -> None:
    from ..formats.inputs import motif_files

    if format not in motif_files.WRITERS:
        raise typer.BadParameter(f"{format} is none of {', '.join(motif_files.WRITERS)}", param_hint="--format")
    if gapped_both_ways:
        raise typer.BadParameter("two blocks have a direction; leave out --both-strands", param_hint="--gapped")


def _refuse_without_p(regions: "Regions", path: str) -> None:
    import numpy as np

    from ..errors import FormatError

    if np.isnan(regions.p).any():
        raise FormatError(path, None, "tells no p, so none is the strongest; --strongest needs the regions of attn2bed")


def _split(given: "Regions", path: str) -> "Regions":
    """Groups by head and place."""
    from ..errors import FormatError
    from ..steps.attention.positions import by_place

    if len(given) and (given.site < 0).any():
        raise FormatError(
            path, None, "names no sites, so no distance is known; --by-place needs the regions of attn2bed"
        )
    return by_place(given)


def _range(text: str, option: str, least: int, most: int) -> range:
    """MIN-MAX, or one number, as a range with both ends in it."""
    low, dash, high = text.partition("-")
    try:
        first, last = int(low), int(high) if dash else int(low)
    except ValueError:
        raise typer.BadParameter(f"{text} is not MIN-MAX, such as 15-19", param_hint=option) from None
    if not least <= first <= last <= most:
        raise typer.BadParameter(f"{text} does not lie within {least}-{most}, ascending", param_hint=option)
    return range(first, last + 1)


def _spread(widths: range) -> tuple[int, ...]:
    """Every width up to ten, every second one up to twenty, every fourth beyond; the last always."""
    return tuple(w for w in widths if w <= 10 or (w <= 20 and w % 2 == 0) or w % 4 == 0 or w == widths[-1])


def _rows(found: "Sequence[Found]", tested: int, max_e: float) -> list[tuple]:
    from ..data import Group, consensus

    rows: list[tuple] = []
    for f in found:
        if f.motif is None:
            rows.append((f.group, f.regions, 0, "", f.p, f.p, "", "", f.problem))
            continue
        evalue = f.p * tested
        verdict = "kept" if evalue <= max_e else NOT_BEYOND[Group.parse(f.group).fraction > 1]
        palindrome = "yes" if f.palindrome else "no"
        rows.append(
            (f.motif.name, f.regions, f.motif.nsites, consensus(f.motif), f.p, evalue, palindrome, f.motif.alt, verdict)
        )
    return rows


def _joined(parts: "Sequence[Regions]", like: "Regions") -> "Regions":
    """Regions of several motifs as one; of none: none of the regions given."""
    import numpy as np

    from ..data import Regions

    if not parts:
        return like.take(np.zeros(0, int))
    return Regions(like.contigs, *(np.concatenate([getattr(part, c) for part in parts]) for c in Regions.COLUMNS))


main = command(bed2pwm)
