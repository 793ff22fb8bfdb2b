"""The annotation of a genome in all its formats, and all files of one sample."""

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
"""With many genomes: the outputs of each format, and the endings of their file names."""


def write(
    found: Predicted, fit: Mapping[str, object], outputs: Mapping[str, str], source: GenomeFile, run: dict[str, Any]
) -> None:
    """Write the requested files, except the BED with the calls.

    Parameters
    ----------
    found
        The annotation of the genome.
    fit
        The numbers of how well the model fits the genome, for the metrics.
    outputs
        Paths by output ("gff3", "bigwig_plus", "table", ...), "" if not wanted.
    source
        The content of the genome's file.
    run
        The record of the run, for the metrics.
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
    """Write the calls as BED6.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    found
        The annotation of the genome.
    """
    bed.write_calls(path, found.calls, found.genome.contigs.names, found.names)


def write_all(
    stem: str,
    found: Predicted,
    fit: Mapping[str, object],
    run: dict[str, Any],
    formats: Sequence[str],
    source: GenomeFile,
) -> None:
    """Write all files of one sample.

    The metrics show that the other files are complete. So old metrics are removed first, and new ones written last.

    Parameters
    ----------
    stem
        The path of the files without endings.
    found
        The annotation of the genome.
    fit
        The numbers of how well the model fits the genome, for the metrics.
    run
        The record of the run, for the metrics.
    formats
        Keys of `ENDINGS`: what is written beside calls, table and metrics.
    source
        The content of the genome's file.
    """
    if os.path.exists(f"{stem}.json"):
        os.remove(f"{stem}.json")
    outputs = {name: stem + ending for kind in formats for name, ending in ENDINGS[kind].items()}
    write_calls(f"{stem}.bed", found)
    write(found, fit, {**outputs, "table": f"{stem}.tsv", "metrics": f"{stem}.json"}, source, run)


def is_done(stem: str, run: dict[str, Any]) -> bool:
    """Test whether the results of a sample exist and come from the same run.

    Parameters
    ----------
    stem
        The path of the files without endings.
    run
        The record of the run.

    Returns
    -------
    bool
        Whether the metrics have this record and the calls exist.
    """
    try:
        return json.loads(files.read_text(f"{stem}.json"))["run"] == json.loads(json.dumps(run)) and os.path.exists(
            f"{stem}.bed"
        )
    except (InputError, ValueError, KeyError, TypeError):
        return False


def _table(found: Predicted) -> dict[str, Sequence[object] | np.ndarray]:
    """One row for each call: its position as in BED, its name, P, and the genes and elements around it."""
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
