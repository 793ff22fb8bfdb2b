"""The files of a report, read into one record."""

import os
from collections.abc import Collection, Mapping, Sequence

from ... import __version__
from ...data import Group, Model, Motif
from ...errors import FormatError, InputError
from ...formats.files import digest
from ...formats.inputs import motif_files
from ...formats.tables import tsv
from ...formats.tensors import model_header
from ..words import findings, methods, verdicts
from . import curves, genome
from .examples import drops
from .examples import examples as examples_of
from .locus import Layers
from .run import Run

WORDS = {
    "heads": ("head", "motif", "like", "recurrence", "verdict"),
    "profiles": ("head",),
    "pairs": ("first", "second"),
    "strands": (),
    "history": ("label",),
    "curve": ("prediction",),
}
"""Columns that hold text, of each table; all others hold numbers."""
NEEDED = {
    "heads": ("head", "regions", "verdict"),
    "profiles": ("head", "distance", "sites", "background"),
    "pairs": ("first", "second", "sites", "spacing", "count", "expected", "q"),
    "strands": ("distance", "correlation", "corrected"),
    "history": ("step", "label", "average_precision", "prevalence"),
    "curve": ("prediction", "within", "threshold", "recall", "precision"),
}
KIND = {
    "heads": "the table of score-heads",
    "profiles": "what score-heads --profiles wrote",
    "pairs": "what score-heads --pairs wrote",
    "strands": "what score-heads --strands wrote",
    "history": "what train-annot --history wrote",
    "curve": "what annot-compare --curve wrote",
}
SHOWS = {
    "heads": "the verdicts and every measure of the heads",
    "profiles": "the promoter map, and each head's profile",
    "motifs": "the logos",
    "matches": "the known motifs that the heads' motifs resemble",
    "regions": "example sites, and regions on the genome",
    "genome": "example sites, and stretches of the genome",
    "genes": "genes on the genome",
    "calls": "predicted sites on the genome",
    "bigwig-plus": "P along both strands of the genome (with --bigwig-minus)",
    "pairs": "the spacings of head pairs",
    "strands": "how the two strands' predictions go together",
    "metrics": "how good the model is, and how it was trained",
    "baseline": "what another model reaches on the same part",
    "history": "the course of training",
    "curve": "precision against recall, exactly and within a few nucleotides, ROC and calibration",
    "agreement": "how far sets of sites agree",
}

MEASURES = (
    ("ap_zero", "score-heads --ablate", "what the model loses without each head"),
    ("motif_effect", "score-heads --promoters", "what each motif does alone in shuffled promoters"),
)
"""Columns of the table of heads that an option of score-heads leaves out."""


def read(
    paths: Mapping[str, str],
    baseline: Sequence[str],
    locus: Sequence[str],
    feature: str,
    title: str,
    examples: int,
    collection: str,
) -> Run:
    """All that the page shows. paths: by option, "" where a file was not given; baseline: [NAME=]FILE;
    locus: contig:first-last; feature: of sites; examples: how many a head; collection: the file of the built-in motifs,
    where no targets are given."""
    table = {
        kind: tsv.read_rows(paths[kind], WORDS[kind], NEEDED[kind], KIND[kind]) if paths[kind] else [] for kind in WORDS
    }
    found = tsv.read_matches(paths["matches"]) if paths["matches"] else []
    own = _motifs(paths["motifs"])
    rows = table["heads"] or [{"head": name} for name in own]
    if paths["heads"]:
        _refuse_twice([str(row["head"]) for row in rows], paths["heads"])
        _refuse_verdicts(rows, paths["heads"])
    if not rows:
        raise FormatError(paths["heads"] or paths["motifs"], None, "there is no head and no motif in it to report")
    others = _baselines(baseline)
    model = model_header.read_metrics(paths["metrics"]) if paths["metrics"] else None
    part = findings.best_part(model)
    said = verdicts.verdicts(rows, found)
    layers = genome.layers(paths, feature, model) if paths["genome"] else None
    accuracy = curves.summary(table["curve"], _threshold(model))
    calibration = curves.calibration(table["curve"])
    given = {**paths, "baseline": ",".join(baseline)}
    return Run(
        title=title,
        version=__version__,
        rows=rows,
        verdicts=said,
        findings=findings.findings(rows, said, found, model, others, accuracy, calibration),
        motifs={name: own[name] for name in verdicts.telling(own, found)},
        matches=found,
        targets=_motifs(paths["targets"] or collection) if found else {},
        profiles=table["profiles"],
        pairs=table["pairs"],
        strands=table["strands"],
        model=model,
        part=part,
        baselines=others,
        history=table["history"],
        curve=table["curve"],
        accuracy=accuracy,
        calibration=calibration,
        agreement=_plain(paths["agreement"]) if paths["agreement"] else [],
        examples=examples_of(layers.genome, layers.regions, examples)
        if layers and layers.regions is not None and examples
        else {},
        drops=drops(layers.regions) if layers and layers.regions is not None else {},
        loci=genome.loci(layers, locus) if layers else [],
        methods=methods.methods(model, bool(table["history"])),
        rules=verdicts.RULES,
        citation=methods.cited(__version__),
        given=_digests(paths, baseline),
        absent=[(f"--{kind}", what) for kind, what in SHOWS.items() if not given[kind]]
        + _unmeasured(rows, own, paths, layers, table),
    )


def _unmeasured(
    rows: Sequence[Mapping],
    own: Collection[str],
    paths: Mapping[str, str],
    layers: Layers | None,
    table: Mapping[str, Sequence[Mapping]],
) -> list[tuple[str, str]]:
    """What the given files could hold and do not: (option of another command, what it would show); and motifs that
    belong nowhere."""
    names = {str(row["head"]) for row in rows}
    found = []
    if strangers := [name for name in own if name not in names and Group.parse(name).head not in names]:
        found.append(("--motifs", f"motifs of no head in the table: {', '.join(strangers)}"))
    found += [(option, what) for column, option, what in MEASURES if paths["heads"] and column not in rows[0]]
    if paths["heads"] and not any(row.get("models") for row in rows):
        found.append(("score-heads --also", "whether the heads recur in models of other seeds"))
    if table["curve"] and not any("false_positive_rate" in row and "mean" in row for row in table["curve"]):
        found.append(
            ("annot-compare --curve", "ROC and calibration: this table comes from an older version; make it again")
        )
    if layers and layers.regions is not None and layers.regions.drop is None:
        found.append(("attn2bed --ism", "in-silico mutagenesis: whether the score falls where the heads look"))
    return found


def _motifs(path: str) -> dict[str, Motif]:

    return {motif.name: motif for motif in motif_files.read(path).motifs} if path else {}


def _baselines(given: Sequence[str]) -> dict[str, Model]:
    """Other models by name: as given, else the preset's."""
    found: dict[str, Model] = {}
    for text in given:
        name, _, path = text.partition("=") if "=" in text and not os.path.exists(text) else ("", "", text)
        model = model_header.read_metrics(path)
        name = name or model.preset or "baseline"
        if name in found:
            raise InputError(f"two baselines are called {name}; name them: --baseline NAME=FILE")
        found[name] = model
    return found


def _plain(path: str) -> list[dict]:
    """A table of any columns, each of numbers where all its cells are."""
    columns = {name: _numbers(cells) for name, cells in tsv.read_table(path).items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _numbers(cells: list[str]) -> list:
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return cells


def _threshold(model: Model | None) -> float:
    """Of calls of the first label, as training chose it; NaN where it is not known."""
    known = model.labels[0].threshold if model and model.labels else None
    return float("nan") if known is None else known


def _refuse_twice(names: list[str], path: str) -> None:
    if len(set(names)) < len(names):
        raise FormatError(path, None, f"head {next(name for name in names if names.count(name) > 1)} has two rows")


def _refuse_verdicts(rows: Sequence[Mapping], path: str) -> None:
    for row in rows:
        try:
            verdicts.tested(row)
        except ValueError:
            said = f"'{row['verdict']}' of head {row['head']} is no verdict of score-heads; make the table again"
            raise FormatError(path, None, said) from None


def _digests(paths: Mapping[str, str], baseline: Sequence[str]) -> list[dict[str, str]]:
    """What each input is and the SHA-256 of its bytes; its name stays out, for it says where it lay."""
    files = [(f"--{kind}", path) for kind, path in paths.items() if path]
    files += [
        ("--baseline", text.partition("=")[2] if "=" in text and not os.path.exists(text) else text)
        for text in baseline
    ]
    return [{"input": option, "SHA-256": digest(path)} for option, path in files]
