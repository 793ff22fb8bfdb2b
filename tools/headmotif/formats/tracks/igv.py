"""A session of igv.js, the browser behind IGV-Web, as JSON (https://igv.org/doc/igvjs/).

Files are named relative to the page that shows the session. A bigWig is drawn from 0 to 1, the largest value where a
pixel is many bases: of a mean nothing would be left of single nucleotides.
"""

import json
from collections.abc import Sequence

from ...data import BrowserTrack
from ..files import write_text


def write_session(path: str, title: str, fasta: str, index: str, locus: str, tracks: Sequence[BrowserTrack]) -> None:
    """A session on a genome (FASTA and its .fai), at a locus (contig:first-last, 1-based), tracks from top to
    bottom."""
    reference = {"id": title, "name": title, "fastaURL": fasta, "indexURL": index}
    session = {"reference": reference, "locus": locus, "tracks": [_track(track) for track in tracks]}
    write_text(path, json.dumps(session, indent=2, ensure_ascii=False) + "\n")


def _track(track: BrowserTrack) -> dict[str, object]:
    told = {"name": track.name, "url": track.file, "format": track.kind, "color": _colour(track.colour)}
    if track.kind == "bigwig":
        return told | {"type": "wig", "autoscale": False, "min": 0, "max": 1, "windowFunction": "max"}
    return told | {"type": "annotation", "indexed": False, "displayMode": "EXPANDED", "altColor": _colour(track.minus)}


def _colour(parts: tuple[int, int, int]) -> str:
    return f"rgb({','.join(map(str, parts))})"
