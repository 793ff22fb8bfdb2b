"""A session of igv.js, the browser behind IGV-Web, as JSON (https://igv.org/doc/igvjs/).

Files are named relative to the page that shows the session. A bigWig is drawn from 0 to 1, with the largest value if a
pixel covers many bases: a mean would hide single nucleotides.
"""

import json
from collections.abc import Sequence

from ...data import BrowserTrack
from ..output_files import write_text


def write_session(path: str, title: str, fasta: str, index: str, locus: str, tracks: Sequence[BrowserTrack]) -> None:
    """Write a session on one genome.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    title
        The name of the genome.
    fasta
        The FASTA of the genome, relative to the page.
    index
        Its index (.fai), relative to the page.
    locus
        Where the browser opens, contig:first-last, 1-based, closed.
    tracks
        The tracks, from top to bottom.
    """
    reference = {"id": title, "name": title, "fastaURL": fasta, "indexURL": index}
    session = {"reference": reference, "locus": locus, "tracks": [_track(track) for track in tracks]}
    write_text(path, json.dumps(session, indent=2, ensure_ascii=False) + "\n")


def _track(track: BrowserTrack) -> dict[str, object]:
    facts = {"name": track.name, "url": track.file, "format": track.kind, "color": _colour(track.colour)}
    if track.kind == "bigwig":
        return facts | {"type": "wig", "autoscale": False, "min": 0, "max": 1, "windowFunction": "max"}
    return facts | {"type": "annotation", "indexed": False, "displayMode": "EXPANDED", "altColor": _colour(track.minus)}


def _colour(parts: tuple[int, int, int]) -> str:
    return f"rgb({','.join(map(str, parts))})"
