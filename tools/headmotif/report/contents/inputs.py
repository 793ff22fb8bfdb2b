"""Read the files of a report into one record."""

import os
from collections.abc import Collection, Mapping, Sequence

from ... import __version__
from ...data import Group, Model, Motif
from ...errors import FormatError, InputError
from ...formats.files import digest
from ...formats.inputs import genomes, motif_files
from ...formats.tables import tsv
from ...formats.tensors import model_header
from ..words import findings, methods, verdicts
from . import curves, genome
from .examples import drops
from .examples import examples as examples_of
from .locus import Layers
from .run import Run

WORDS = {
    "heads": ("head", "motif", "most_similar_head", "replicate_agreement", "verdict"),
    "profiles": ("head",),
    "pairs": ("first_head", "second_head"),
    "strands": (),
    "history": ("label",),
    "curve": ("prediction",),
}
"""Columns of each table that hold text; all others hold numbers."""
NEEDED = {
    "heads": ("head", "regions", "verdict"),
    "profiles": ("head", "offset", "weight_sites", "weight_background"),
    "pairs": ("first_head", "second_head", "sites", "spacing_nt", "count", "expected", "q"),
    "strands": ("distance_nt", "correlation", "correlation_corrected"),
    "history": ("step", "label", "average_precision", "site_density"),
    "curve": ("prediction", "window_nt", "threshold", "recall", "precision"),
}
KIND = {
    "heads": "the table of score-heads",
    "profiles": "what score-heads --profiles wrote",
    "pairs": "what score-heads --pairs wrote",
    "strands": "what score-heads --strands wrote",
    "history": "what train-annot --history wrote",
    "curve": "what score-annot --curve wrote",
}
SOURCES = {
    "heads": "score-heads",
    "profiles": "score-heads --profiles",
    "pairs": "score-heads --pairs",
    "strands": "score-heads --strands",
    "matches": "pwm-compare",
    "regions": "attn2bed",
    "history": "train-annot --history",
    "curve": "score-annot --curve",
    "agreement": "annot-compare or score-annot",
}
"""What writes the tables that head-report recognizes by their headers; all other files have options."""
SHOWS = {
    "heads": "the verdicts and measures of the heads",
    "profiles": "the promoter map and the profile of each head",
    "motifs": "the logos of the motifs",
    "matches": "the known motifs that the motifs of the heads resemble",
    "regions": "example sites, and the regions in figures of loci",
    "genome": "example sites and figures of loci",
    "genes": "genes in figures of loci",
    "calls": "predicted sites in figures of loci",
    "bigwig-plus": "P on both strands in figures of loci (with --bigwig-minus)",
    "pairs": "the spacing of each pair of heads",
    "strands": "the correlation between the predictions of the two strands",
    "metrics": "the scores of the model and how it was trained",
    "baseline": "the scores of another model on the same part of the genome",
    "history": "the scores during training",
    "curve": "precision against recall, ROC and calibration",
    "agreement": "how far sets of sites agree, or how well calls find true sites",
}

MEASURES = (
    ("delta_ap_ablated", "score-heads --ablate", "what ablation of each head costs the model"),
    ("marginal_delta_logit", "score-heads --marginalize", "the effect of each motif alone in shuffled promoters"),
)
"""Columns of the table of heads that score-heads writes only with an option, the option, and what they show."""


def read(
    paths: Mapping[str, str],
    baseline: Sequence[str],
    locus: Sequence[str],
    feature: str,
    title: str,
    examples: int,
    collection: str,
) -> Run:
    """Read everything that the page shows.

    Parameters
    ----------
    paths
        Files by kind, see `given.sort_files`; "" if one was not given.
    baseline
        Metrics of other models, as `[NAME=]FILE`.
    locus
        Loci to draw, as `contig:first-last`, 1-based and closed.
    feature
        The feature type whose 5' ends are the sites, in GFF3 and GTF; "" for the default.
    title
        Title of the page.
    examples
        Example sites of each head, at most.
    collection
        File of the built-in motifs, for use without `--targets`.

    Returns
    -------
    Run
        The contents of the report.

    Raises
    ------
    FormatError
        If a file is not what its kind needs, or there are neither heads nor motifs.
    InputError
        If two baselines have the same name.
    """
    paths = {**paths, "genome": genomes.find_file(paths["genome"])}
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
        raise FormatError(
            paths["heads"] or paths["motifs"],
            None,
            "it has no heads and no motifs; give a table of score-heads or motifs of bed2pwm",
        )
    others = _baselines(baseline)
    model = model_header.read_metrics(paths["metrics"]) if paths["metrics"] else None
    part = findings.choose_part(model)
    compared = {Group.parse(name).head for name in own} if paths["matches"] and paths["motifs"] else None
    said = verdicts.verdicts(rows, found, compared if paths["matches"] else ())
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
        motifs={name: own[name] for name in verdicts.select_telling(own, found)},
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
        agreement=_read_plain(paths["agreement"]) if paths["agreement"] else [],
        examples=examples_of(layers.genome, layers.regions, examples)
        if layers and layers.regions is not None and examples
        else {},
        drops=drops(layers.regions) if layers and layers.regions is not None else {},
        loci=genome.loci(layers, locus) if layers else [],
        methods=methods.methods(model, bool(table["history"])),
        rules=verdicts.RULES,
        citation=methods.list_citations(__version__),
        given=_digests(paths, baseline),
        absent=[(_name_input(kind), what) for kind, what in SHOWS.items() if not given[kind]]
        + _list_unmeasured(rows, own, paths, layers, table),
    )


def _list_unmeasured(
    rows: Sequence[Mapping],
    own: Collection[str],
    paths: Mapping[str, str],
    layers: Layers | None,
    table: Mapping[str, Sequence[Mapping]],
) -> list[tuple[str, str]]:
    """What the given files lack, as (option, what it would show), and motifs that belong to no head."""
    names = {str(row["head"]) for row in rows}
    found = []
    if strangers := [name for name in own if name not in names and Group.parse(name).head not in names]:
        found.append(("--motifs", f"motifs of heads that are not in the table: {', '.join(strangers)}"))
    found += [(option, what) for column, option, what in MEASURES if paths["heads"] and column not in rows[0]]
    if paths["heads"] and not any(row.get("replicates") for row in rows):
        found.append(("score-heads --replicate", "whether the heads recur in replicates"))
    if table["curve"] and not any("false_positive_rate" in row and "mean_p" in row for row in table["curve"]):
        found.append(
            ("score-annot --curve", "ROC and calibration: the table comes from an older version; run score-annot again")
        )
    if layers and layers.regions is not None and layers.regions.drop is None:
        found.append(("attn2bed --ism", "in-silico mutagenesis: whether the logit falls when the regions are mutated"))
    return found


def _name_input(kind: str) -> str:
    """The option of a file, or the command that writes such a table."""
    return SOURCES.get(kind, f"--{kind}")


def _motifs(path: str) -> dict[str, Motif]:

    return {motif.name: motif for motif in motif_files.read(path).motifs} if path else {}


def _baselines(given: Sequence[str]) -> dict[str, Model]:
    """Other models by name: the given name, or else that of the preset."""
    found: dict[str, Model] = {}
    for text in given:
        name, _, path = text.partition("=") if "=" in text and not os.path.exists(text) else ("", "", text)
        model = model_header.read_metrics(path)
        name = name or model.preset or "baseline"
        if name in found:
            raise InputError(f"two baselines are called {name}; give each a name of its own: --baseline NAME=FILE")
        found[name] = model
    return found


def _read_plain(path: str) -> list[dict]:
    """A table with any columns; a column holds numbers if all its cells are numbers."""
    columns = {name: _numbers(cells) for name, cells in tsv.read_table(path).items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _numbers(cells: list[str]) -> list:
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return cells


def _threshold(model: Model | None) -> float:
    """The threshold of the first label, as training chose it; NaN if it is unknown."""
    known = model.labels[0].threshold if model and model.labels else None
    return float("nan") if known is None else known


def _refuse_twice(names: list[str], path: str) -> None:
    if len(set(names)) < len(names):
        raise FormatError(
            path, None, f"head {next(name for name in names if names.count(name) > 1)} has two rows; keep one of them"
        )


def _refuse_verdicts(rows: Sequence[Mapping], path: str) -> None:
    for row in rows:
        try:
            verdicts.parse_test(row)
        except ValueError:
            said = f"'{row['verdict']}' of head {row['head']} is no verdict of score-heads; run score-heads again"
            raise FormatError(path, None, said) from None


def _digests(paths: Mapping[str, str], baseline: Sequence[str]) -> list[dict[str, str]]:
    """What each input is and the SHA-256 of its bytes; file names are left out, because they may hold folders."""
    files = [(_name_input(kind), path) for kind, path in paths.items() if path]
    files += [
        ("--baseline", text.partition("=")[2] if "=" in text and not os.path.exists(text) else text)
        for text in baseline
    ]
    return [{"input": option, "SHA-256": digest(path)} for option, path in files]
