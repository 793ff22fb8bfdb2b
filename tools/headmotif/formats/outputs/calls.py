"""The calls of a genome in every format that they are written in, and a sample's files together."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...data import GenomeFile, Predicted
from ...errors import InputError
from .. import files
from ..features import bed, genbank_calls, gff3_calls
from ..tables import summary, tsv
from ..tracks import bedgraph, bigwig
from . import browser

ENDINGS = {
    "gff3": {"gff3": ".gff3"},
    "genbank": {"genbank": ".gbk"},
    "bigwig": {"bigwig_plus": ".plus.bw", "bigwig_minus": ".minus.bw"},
    "bedgraph": {"bedgraph_plus": ".plus.bedgraph", "bedgraph_minus": ".minus.bedgraph"},
    "browser": {"browser": ".browser"},
}
"""With many genomes: for each kind of result, the outputs that it is, and how their names end behind the sample's."""


def write(
    found: Predicted, fit: Mapping[str, object], outputs: Mapping[str, str], source: GenomeFile, run: dict[str, Any]
) -> None:
    """All that is asked for but the calls themselves.

    outputs: a path by what it is, "" where unwanted. source: what the genome's file held.
    """
    contigs, calls, names = found.genome.contigs, found.calls, found.names
    strand = {"plus": found.probability[0], "minus": found.probability[1]}
    writers = {
        "bigwig_plus": lambda path: bigwig.write(path, contigs, strand["plus"]),
        "bigwig_minus": lambda path: bigwig.write(path, contigs, strand["minus"]),
        "bedgraph_plus": lambda path: bedgraph.write(path, contigs, strand["plus"]),
        "bedgraph_minus": lambda path: bedgraph.write(path, contigs, strand["minus"]),
        "table": lambda path: tsv.write_table(path, _table(found)),
        "gff3": lambda path: gff3_calls.write(path, contigs, calls, names, found.columns),
        "genbank": lambda path: genbank_calls.write(
            path, found.genome, calls, names, found.columns, (source.path, source.genbank)
        ),
        "browser": lambda path: browser.write(path, found, source.annotation),
        "metrics": lambda path: summary.write(path, {"run": run, "threshold": found.threshold, "fit": fit}),
    }
    for name, path in outputs.items():
        if path:
            writers[name](path)


def write_calls(path: str, found: Predicted) -> None:
    """The calls as BED6."""
    bed.write_calls(path, found.calls, found.genome.contigs.names, found.names)


def write_all(
    stem: str, found: Predicted, fit: Mapping[str, object], run: dict[str, Any], also: Sequence[str], source: GenomeFile
) -> None:
    """One sample's files; its metrics, which say that the others are whole, go first and come last."""
    if os.path.exists(f"{stem}.json"):
        os.remove(f"{stem}.json")
    outputs = {name: stem + ending for kind in also for name, ending in ENDINGS[kind].items()}
    write_calls(f"{stem}.bed", found)
    write(found, fit, {**outputs, "table": f"{stem}.tsv", "metrics": f"{stem}.json"}, source, run)


def done(stem: str, run: dict[str, Any]) -> bool:
    """Whether a sample's results are there, and of this very run."""
    try:
        return json.loads(files.read_text(f"{stem}.json"))["run"] == json.loads(json.dumps(run)) and os.path.exists(
            f"{stem}.bed"
        )
    except (InputError, ValueError, KeyError, TypeError):
        return False


def _table(found: Predicted) -> dict[str, Sequence[object] | np.ndarray]:
    """A row a call: its place as in BED, its name, P, and what is around it."""
    calls = found.calls
    names = found.genome.contigs.names
    return {
        "contig": [names[i] for i in calls.contig],
        "start": calls.position,
        "end": calls.position + 1,
        "name": found.names,
        "strand": ["+" if s > 0 else "-" for s in calls.strand],
        "probability": calls.strength.astype(float),
        **found.columns,
    }
