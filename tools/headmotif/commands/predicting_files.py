"""What predict-annot reads and writes."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from ..errors import FormatError, InputError

if TYPE_CHECKING:
    import torch

    from ..data import GeneTable, Genome
    from ..formats.model_tensor import Trained
    from ..formats.vcf import VariantFile
    from ..steps.calling.transferability import Fit
    from ..steps.network.device import Compute
    from .predicting import Asked, Predicted

ENDINGS = {
    "gff3": {"gff3": ".gff3"},
    "genbank": {"genbank": ".gbk"},
    "bigwig": {"bigwig_plus": ".plus.bw", "bigwig_minus": ".minus.bw"},
    "bedgraph": {"bedgraph_plus": ".plus.bedgraph", "bedgraph_minus": ".minus.bedgraph"},
    "browser": {"browser": ".browser"},
}
"""With many genomes: for each kind of result, the outputs that it is, and how their names end behind the sample's."""


def genome(path: str, circular: Sequence[str], genes: str = "") -> "Genome":
    """A genome; circles are those that its own file, the genes' GFF3 (Is_circular=true) and `circular` say."""
    from ..formats import genes as genes_file
    from ..formats import genome as genome_file
    from . import site_files

    data = genome_file.read(path, circular)
    return site_files.closed(data, genes_file.circular(genes)) if genes else data


def genes(path: str, source: str, data: "Genome") -> "GeneTable | None":
    """The genes of a file; where none is given, those of the genome's own file if it is a GenBank that has some; else None."""
    from ..formats import genes as genes_file

    if path:
        return genes_file.read(path, data.contigs)
    try:
        return genes_file.read(source, data.contigs) if _genbank(source) else None
    except FormatError:
        return None


def write(found: "Predicted", fit: "Fit", outputs: Mapping[str, str], source: str, genes: str, run: dict) -> None:
    """All that is asked for but the calls themselves. outputs: a path by what it is, "" where unwanted; source: the genome's file."""
    from ..formats import bedgraph, bigwig, browser, genbank_calls, gff3_calls, summary, tables

    contigs, calls, names = found.genome.contigs, found.calls, found.names
    strand = {"plus": found.probability[0], "minus": found.probability[1]}
    writers = {
        "bigwig_plus": lambda path: bigwig.write(path, contigs, strand["plus"]),
        "bigwig_minus": lambda path: bigwig.write(path, contigs, strand["minus"]),
        "bedgraph_plus": lambda path: bedgraph.write(path, contigs, strand["plus"]),
        "bedgraph_minus": lambda path: bedgraph.write(path, contigs, strand["minus"]),
        "table": lambda path: tables.write_table(path, _table(found)),
        "gff3": lambda path: gff3_calls.write(path, contigs, calls, names, found.columns),
        "genbank": lambda path: genbank_calls.write(path, found.genome, calls, names, found.columns, _genbank(source)),
        "browser": lambda path: browser.write(
            path, found.genome, strand, calls, names, genes="" if _genbank(genes) else genes, label=found.label
        ),
        "metrics": lambda path: summary.write(path, {"run": run, "threshold": found.threshold, "fit": asdict(fit)}),
    }
    for name, path in outputs.items():
        if path:
            writers[name](path)


def write_calls(path: str, found: "Predicted") -> None:
    """The calls as BED6."""
    from ..formats import bed

    bed.write_calls(path, found.calls, [c.name for c in found.genome.contigs], found.names)


def write_all(stem: str, found: "Predicted", fit: "Fit", run: dict, also: Sequence[str], source: str, genes: str) -> None:
    """One sample's files; its metrics, which say that the others are whole, go first and come last."""
    if os.path.exists(f"{stem}.json"):
        os.remove(f"{stem}.json")
    outputs = {name: stem + ending for kind in also for name, ending in ENDINGS[kind].items()}
    write_calls(f"{stem}.bed", found)
    write(found, fit, {**outputs, "table": f"{stem}.tsv", "metrics": f"{stem}.json"}, source, genes, run)


def run_of(trained: "Trained", data: "Genome", asked: "Asked", genes: "GeneTable | None", also: Sequence[str] = ()) -> dict:
    """All that a sample's results depend on: with the same, they need not be made again; and the prevalence at which P holds."""
    import hashlib

    from . import predicting

    known = "" if genes is None else hashlib.sha256(repr((genes.spans.tolist(), genes.name)).encode()).hexdigest()[:16]
    contigs = [[c.name, c.digest, c.circular] for c in data.contigs]
    return {
        "model": trained.digest,
        "prevalence": predicting.prevalence_of(trained, asked.label),
        "asked": asdict(asked),
        "contigs": contigs,
        "genes": known,
        "also": sorted(set(also)),
    }


def done(stem: str, run: dict) -> bool:
    """Whether a sample's results are there, and of this very run."""
    import json

    from ..formats import files

    try:
        return json.loads(files.read_text(f"{stem}.json"))["run"] == json.loads(json.dumps(run)) and os.path.exists(f"{stem}.bed")
    except (InputError, ValueError, KeyError, TypeError):
        return False


def _genbank(source: str) -> str:
    """A file where it is a GenBank, whose features are to be used or kept; "" otherwise, and for standard input, which is read once."""
    from ..formats import files, genbank

    return source if source not in ("", "-") and genbank.recognised(files.read_bytes(source)) else ""


def _table(found: "Predicted") -> dict[str, Sequence]:
    """A row a call: its place as in BED, its name, P, and what is around it."""
    calls = found.calls
    names = [c.name for c in found.genome.contigs]
    return {
        "contig": [names[i] for i in calls.contig],
        "start": calls.position,
        "end": calls.position + 1,
        "name": found.names,
        "strand": ["+" if s > 0 else "-" for s in calls.strand],
        "probability": calls.strength.astype(float),
        **found.columns,
    }


def variants(path: str, data: "Genome") -> "VariantFile | None":
    """The variants of a VCF, which must be of this genome; None where none is given."""
    from ..formats import vcf
    from ..steps.calling import variant_effects as effects

    if not path:
        return None
    read = vcf.read(path, data.contigs)
    effects.refuse_other_genome(data, read.variants, path)
    return read


def write_variants(path: str, read: "VariantFile", net: "torch.nn.Module", found: "Predicted", where: "Compute", quiet: bool) -> str:
    """What each variant changes, as a table; a sentence on it."""
    from ..cli import Progress
    from ..formats import tables
    from ..steps.calling import variant_effects as effects

    known, genome = read.variants, found.genome
    told = Progress("variants", len(known), quiet)
    what = effects.effects(net, genome, known, where, found.asked.number, found.threshold, told=told)
    tables.write_table(path, effects.table(known, what, genome.contigs))
    kinds = [f"{int((what.kind == kind).sum()):,} {kind}" for kind in ("gained", "lost", "stronger", "weaker", "none")]
    left_out = "".join(f"; {n:,} {reason} left out" for reason, n in read.left_out)
    return f"{len(known):,} allele{'s' if len(known) != 1 else ''}: their sites are {', '.join(kinds)}{left_out}"
