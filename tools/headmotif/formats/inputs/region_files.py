"""Regions from attn2bed, or intervals and peaks of other programs, recognised by content."""

from dataclasses import dataclass, replace

import numpy as np

from ...data import Contigs, Regions
from ...errors import FormatError
from ...notices import warn
from ..features import bed, bed_regions, peaks
from ..files import read_text
from . import site_files

UNNAMED = "regions"
"""The group of intervals without a name."""


@dataclass(frozen=True, eq=False)
class RegionFile:
    """The regions of a file.

    Attributes
    ----------
    regions
        The regions; + where they have no strand.
    are_stranded
        Whether they have strands.
    """

    regions: Regions
    are_stranded: bool


def read(path: str, contigs: Contigs, longest: int, one_group: bool = False) -> RegionFile:
    """Read regions.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome.
    longest
        The number of bases that are used of a region. Of a longer peak, those around its summit are taken.
    one_group
        Whether all regions are one group, `UNNAMED`.

    Returns
    -------
    RegionFile
        The regions, in the file's order. Peaks are named by column 4, or else `UNNAMED`.

    Raises
    ------
    FormatError
        With the line, if it is malformed, or ends beyond its contig; also if no region lies on these contigs.
    """
    text = read_text(path)
    found = _read_peaks(text, path)
    if found is None:
        regions, are_stranded = bed_regions.parse(bed_regions.split(text, path), path, contigs), True
    else:
        columns = list(zip(*(_write_row(peak, longest) for peak in found.peaks), strict=True)) or [()] * 6
        table = bed_regions.Table([peak.line for peak in found.peaks], columns)
        regions = bed_regions.parse(table, path, contigs)
        are_stranded = found.are_stranded
    if one_group:
        regions = replace(regions, head=np.full(len(regions), UNNAMED))
    if n_long := int((regions.end - regions.start > longest).sum()):
        rest = f"the {longest} nt in the middle of each are searched"
        warn(path, f"{n_long:,} of {len(regions):,} regions are longer than {longest} nt; {rest}")
    if found is not None and (n_cut := sum(_is_cut(peak, longest) for peak in found.peaks)):
        rest = f"the {longest} nt around the summit of each are searched"
        warn(path, f"{n_cut:,} of {len(regions):,} peaks are longer than {longest} nt; {rest}")
    return RegionFile(regions, are_stranded)


def _read_peaks(text: str, path: str) -> peaks.Peaks | None:
    """The peaks of a file; None for one of another kind, such as regions of heads."""
    if site_files.recognise_table(text) == "MACS":
        return peaks.parse_macs(text, path)
    rows = bed.read_rows(text, path, 3, bed.NOT_THREE)
    first = next(rows, (0, []))
    is_ours = len(first[1]) in bed_regions.OUR_COLUMNS
    return None if is_ours else peaks.parse_bed([first, *rows] if first[1] else [], path)


def _is_cut(peak: peaks.Peak, longest: int) -> bool:
    return peak.summit is not None and peak.end - peak.start > longest


def _write_row(peak: peaks.Peak, longest: int) -> list[str]:
    """The columns of a BED6, of at most so many bases if there is a summit to choose them by."""
    start, end = peak.start, peak.end
    if _is_cut(peak, longest):
        start, end = max(start, peak.centre - longest // 2), min(end, peak.centre + longest // 2)
    strand = "-" if peak.strand < 0 else "+"
    return [peak.contig, str(start), str(end), peak.name or UNNAMED, "0", strand]


def find_single_groups(regions: Regions, path: str, min_sites: int) -> set[str]:
    """Find the groups of one region in a file of another program, if most groups are such: its names are no groups.

    Parameters
    ----------
    regions
        The regions.
    path
        The name of the file, for messages alone.
    min_sites
        The least number of regions in a group that is searched.

    Returns
    -------
    set of str
        The groups of one region, of which the user is warned; none if they are the exception, as in regions of heads.

    Raises
    ------
    FormatError
        If no group is large enough, but all regions together are.
    """
    groups, sizes = np.unique(regions.head, return_counts=True)
    n_single = int((sizes == 1).sum())
    if len(groups) < 2 or 2 * n_single <= len(groups) or (regions.site >= 0).any():
        return set()
    what = f"column 4 names the group of a region, and {n_single:,} of {len(groups):,} groups have one region"
    cure = f"give --one-group to search all {len(regions):,} regions together"
    if sizes.max() < min_sites <= len(regions):
        raise FormatError(path, None, f"{what}; {cure}")
    warn(path, f"{what}; they are left out; {cure}")
    return set(groups[sizes == 1].tolist())
