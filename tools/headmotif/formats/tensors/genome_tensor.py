"""Genome tensor, version 1: a genome with its labels, in the container of `tensors`.

Arrays: `base` uint8 (N,), codes A 0, C 1, G 2, T 3, N 4, contigs joined end to end. `start` int64 (contigs + 1,).
`label` uint8 (labels, 2, N), row 0 the + strand, row 1 the - strand, both by + coordinates; 255 is neither learned from
nor scored. `site` int64 (sites, 3): label, row and position in `base` of each site as given. `strength` float32
(sites,), NaN if none.

Header: `labels` (names), `contigs` (name, circular, digest of each). `label`, `site` and `strength` are always there,
empty without labels.
"""

import numpy as np

from ...alphabet import N
from ...data import Contig, Contigs, Genome
from ...errors import FormatError
from . import container

VERSION = 1


def write(path: str, genome: Genome) -> None:
    """Write a genome as a genome tensor.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    genome
        The genome.
    """
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
    """Read a genome from the content of a genome tensor.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Genome
        The genome.

    Raises
    ------
    FormatError
        If it is no genome tensor, or damaged; also in place of the ValueError of a record that contradicts itself.
    """
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
            raise ValueError("the starts of the contigs are not in order")
        return Genome(contigs, base, labels, label, site, strength)
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        raise FormatError(path, None, f"this genome tensor is inconsistent ({problem}); make it again") from None
