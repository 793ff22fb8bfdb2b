"""A UCSC assembly hub: a user's own genome with bigWig tracks
(https://genome.ucsc.edu/goldenPath/help/hgTrackHubHelp.html).

It is one file, hub.txt (`useOneFile on`), with hub, genome and tracks as stanzas, so that no part can get lost. Three
files are for hubs of several genomes. Other files are named relative to it. A bigWig is drawn from 0 to 1, with the
largest value if a pixel covers many bases. Genes and calls by name would have to be bigBed, which is not written here.
"""

import re
from collections.abc import Sequence

from ...data import BrowserTrack
from ..output_files import write_text

SHORT, LONG = 17, 76
"""The number of letters that UCSC shows of a short and of a long label."""


def write(path: str, title: str, twobit: str, locus: str, tracks: Sequence[BrowserTrack]) -> None:
    """Write the hub of one genome.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    title
        The name of the genome.
    twobit
        The 2bit file, relative to the hub.
    locus
        Where the browser opens, contig:first-last, 1-based, closed.
    tracks
        bigWig tracks, from top to bottom.
    """
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
        raise ValueError(f"a hub cannot have tracks of kind {track.kind}")
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
