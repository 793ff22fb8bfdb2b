"""A UCSC assembly hub: a genome of one's own with bigWig tracks
(https://genome.ucsc.edu/goldenPath/help/hgTrackHubHelp.html).

One file, hub.txt (`useOneFile on`): hub, genome and tracks are stanzas of it, and none can go missing; three files are
for hubs of several genomes. Files are named relative to it. A bigWig is drawn from 0 to 1, the largest value where a
pixel is many bases. Genes and calls by name would have to be bigBed, which is not written here.
"""

import re
from collections.abc import Sequence

from ...data import BrowserTrack
from ..files import write_text

SHORT, LONG = 17, 76
"""Letters that UCSC shows of a short and of a long label."""


def write(path: str, title: str, twobit: str, locus: str, tracks: Sequence[BrowserTrack]) -> None:
    """A hub of a genome (2bit), opened at a locus (contig:first-last, 1-based), bigWig tracks from top to bottom."""
    line = " ".join(title.split()) or "genome"
    word = re.sub(r"\W+", "_", line, flags=re.ASCII).strip("_") or "genome"
    hub: dict[str, object] = {"hub": word, "shortLabel": line[:SHORT], "longLabel": line[:LONG], "useOneFile": "on"}
    genome: dict[str, object] = {
        "genome": word,
        "twoBitPath": twobit,
        "organism": line,
        "scientificName": line,
        "description": line,
        "defaultPos": locus,
    }
    stanzas = [hub, genome, *(_track(track, rank) for rank, track in enumerate(tracks, 1))]
    write_text(path, "\n".join("".join(f"{key} {value}\n" for key, value in stanza.items()) for stanza in stanzas))


def _track(track: BrowserTrack, rank: int) -> dict[str, object]:
    if track.kind != "bigwig":
        raise ValueError(f"a hub of ours has no {track.kind}")
    return {
        "track": re.sub(r"\W+", "_", track.file.removesuffix(".bw"), flags=re.ASCII),
        "shortLabel": track.name[:SHORT],
        "longLabel": track.name[:LONG],
        "type": "bigWig 0 1",
        "bigDataUrl": track.file,
        "color": ",".join(map(str, track.colour)),
        "visibility": "full",
        "autoScale": "off",
        "viewLimits": "0:1",
        "windowingFunction": "maximum",
        "maxHeightPixels": "128:48:8",
        "priority": rank,
    }
