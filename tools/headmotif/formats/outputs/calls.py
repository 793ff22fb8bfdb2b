"""The annotation of a genome in all its formats, and all files of one sample."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...data import GenomeFile, Predicted
from ...errors import InputError
from .. import files
from ..features import bed, feature_table, genbank_calls, gff3_calls
from ..tables import summary, tsv, xlsx
from ..tracks import bedgraph, bigwig
from . import browser, supplement
from .call_table import make_table

ENDINGS = {
    "gff3": {"gff3": ".gff3"},
    "genbank": {"genbank": ".gbk"},
    "tbl": {"tbl": ".tbl"},
    "xlsx": {"xlsx": ".xlsx"},
    "bigwig": {"bigwig_plus": ".plus.bw", "bigwig_minus": ".minus.bw"},
    "bedgraph": {"bedgraph_plus": ".plus.bedgraph", "bedgraph_minus": ".minus.bedgraph"},
    "browser": {"browser": ".browser"},
    "gene-table": {"gene_table": ".genes.tsv"},
}
"""With many genomes: the outputs of each format, and the endings of their file names."""
HOLDS = {
    "gff3": "the calls, GFF3",
    "genbank": "the calls as features",
    "tbl": "the calls as a feature table",
    "xlsx": "the calls with columns and methods explained",
    "gene_table": "a row for each gene",
    "metrics": "figures of the calls, JSON",
    "browser": "a folder for genome browsers",
    "save_model": "the tuned model",
}
"""What results hold, for the list at the end of a run."""
TRANSLATION = "tis"
"""The label of translation initiation sites. All other labels are of transcription."""
OF_PROMOTERS = ("genbank", "tbl", "gene_table", "gene-table")
"""Results that have promoters or transcripts alone."""


def refuse_label(label: str, outputs: Iterable[str]) -> None:
    """Refuse to write translation initiation sites as promoters.

    Parameters
    ----------
    label
        The name of the label that is called.
    outputs
        The names of the formats that are wanted.

    Raises
    ------
    InputError
        If one of the formats has promoters alone.
    """
    wrong = [name for name in OF_PROMOTERS if name in outputs]
    if wrong and label == TRANSLATION:
        holds = "the starts of transcripts" if wrong[0] not in ("genbank", "tbl") else "features for promoters"
        problem = (
            f"{wrong[0].replace('_', '-')} has {holds} alone, and the label {label} has translation initiation sites"
        )
        raise InputError(f"{problem}; use gff3 instead")


def refuse_without_genes(outputs: Iterable[str], source: GenomeFile) -> None:
    """Refuse a table of genes where no genes are known.

    Parameters
    ----------
    outputs
        The names of the results or formats that are wanted.
    source
        The content of the genome's file.

    Raises
    ------
    InputError
        If the table is wanted and there are no genes.
    """
    if {"gene_table", "gene-table"} & set(outputs) and (source.genes is None or not len(source.genes)):
        what = "gene-table needs genes, and there are none"
        raise InputError(f"{source.path}: {what}; give a file of genes (--genes, or genes in the sample sheet)")


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
    contigs, calls, names, sites = found.genome.contigs, found.calls, found.names, source.binding_sites
    kind = gff3_calls.START_CODON if found.label == TRANSLATION else gff3_calls.TSS
    strand = {"plus": found.probability[0], "minus": found.probability[1]}
    writers = {
        "bigwig_plus": lambda path: bigwig.write(path, contigs, strand["plus"]),
        "bigwig_minus": lambda path: bigwig.write(path, contigs, strand["minus"]),
        "bedgraph_plus": lambda path: bedgraph.write(path, contigs, strand["plus"]),
        "bedgraph_minus": lambda path: bedgraph.write(path, contigs, strand["minus"]),
        "table": lambda path: tsv.write_table(path, make_table(found)),
        "gene_table": lambda path: tsv.write_table(path, found.gene_columns),
        "xlsx": lambda path: supplement.write(path, found, fit, run, sites),
        "gff3": lambda path: gff3_calls.write(path, contigs, calls, names, found.columns, sites, kind),
        "genbank": lambda path: genbank_calls.write(
            path, found.genome, calls, names, found.columns, (source.path, source.genbank), sites
        ),
        "tbl": lambda path: feature_table.write(path, contigs, calls, names, found.columns, sites),
        "browser": lambda path: browser.write(path, found, source.annotation),
        "metrics": lambda path: summary.write(path, _summarise(found, fit, run)),
    }
    if path := outputs.get("xlsx", ""):
        xlsx.refuse_too_many_rows(path, {"calls": make_table(found)})  # before any file is written
    for name, path in outputs.items():
        if path:
            writers[name](path)


def _summarise(found: Predicted, fit: Mapping[str, object], run: dict[str, Any]) -> dict[str, object]:
    """What the metrics hold."""
    calls = {"expected_right": found.n_right, "why_none": found.why_none, "limits": found.limits}
    screen = {"screen": {"skipped": found.share_left_out}} if found.share_left_out else {}
    return {"run": run, "threshold": found.threshold, "fit": fit, **calls, **screen}


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
