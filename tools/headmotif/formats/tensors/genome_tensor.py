"""Genome tensor, version 1: a genome with its labels, in the container of `tensors`.

Arrays: `base` uint8 (N,), codes A0 C1 G2 T3 N4, contigs end to end; `start` int64 (contigs + 1,);
`label` uint8 (labels, 2, N), row 0 the + strand, row 1 the - strand, both by + coordinates, 255 = not to be learned
from; `site` int64 (sites, 3), label, row and place in `base` of each site as given; `strength` float32 (sites,), NaN:
none. Header: `labels` (names), `contigs` (name, circular, digest of each). `label`, `site` and `strength` are always
there, empty without labels.
"""

import numpy as np

from ...alphabet import N
from ...data import Contig, Contigs, Genome
from ...errors import FormatError
from . import container

VERSION = 1


def write(path: str, genome: Genome) -> None:
    """A genome as a file, or to standard output."""
    header = {
        "format": "genome",
        "version": VERSION,
        "labels": list(genome.labels),
        "contigs": [{"name": c.name, "circular": c.circular, "digest": c.digest} for c in genome.contigs],
    }
    label = genome.label if genome.labels else np.zeros((0, 2, len(genome.base)), np.uint8)
    arrays = {
        "base": genome.base,
        "start": genome.start,
        "label": label,
        "site": genome.site,
        "strength": genome.strength,
    }
    container.write(path, header, arrays)


def read(raw: bytes, path: str) -> Genome:
    """A genome from a file's bytes; `path` is for messages alone."""
    header, arrays = container.parse(raw, path, "genome", VERSION)
    base = container.pick(arrays, "base", np.uint8, 1, path)
    start = container.pick(arrays, "start", np.int64, 1, path)
    label = container.pick(arrays, "label", np.uint8, 3, path)
    site = container.pick(arrays, "site", np.int64, 2, path)
    strength = container.pick(arrays, "strength", np.float32, 1, path)
    try:
        contigs = Contigs(
            Contig(str(c["name"]), int(length), bool(c["circular"]), str(c["digest"]))
            for c, length in zip(header["contigs"], np.diff(start), strict=True)
        )
        labels = tuple(str(name) for name in header["labels"])
        if label.shape != (len(labels), 2, len(base)) or (len(base) and base.max() > N):
            raise ValueError("labels do not fit the bases")
        if start[0] != 0 or (np.diff(start) < 0).any():
            raise ValueError("the contigs' starts are no order")
        return Genome(contigs, base, labels, label, site, strength)
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        raise FormatError(path, None, f"this genome tensor contradicts itself ({problem}); make it again") from None
