"""Files as the commands write them, for a report: small, of any number of heads, with names that try to be more than
names."""

from pathlib import Path

import numpy as np

from headmotif.data import Contig, Contigs, Genome, Match, Motif, Regions
from headmotif.formats.features import bed_regions
from headmotif.formats.motifs import meme
from headmotif.formats.tables import summary, tsv
from headmotif.formats.tensors import genome_tensor
from headmotif.formats.tracks import bigwig

NASTY = "<script>alert(1)</script>\"'&"
ALIKE = "(script)alert:1:(;script)-'&"
"""A name that differs from the first in punctuation alone."""
RTL = "\u202emotif \u05d0\u05d1\u05d2$x_1^2$"


OPTIONS = ("motifs", "targets", "genome", "sites", "genes", "calls", "bigwig_plus", "bigwig_minus", "metrics")
"""Files that head-report takes by an option; it recognizes all others by their headers."""


def arguments(files: dict[str, str]) -> dict[str, str | list[str]]:
    """The arguments of `head_report` for such files."""
    tables = [path for name, path in files.items() if name not in OPTIONS]
    return {"tables": tables, **{name: path for name, path in files.items() if name in OPTIONS}}


def command_line(files: dict[str, str]) -> list[str]:
    """The same as words of the command line."""
    options = [(f"--{name.replace('_', '-')}", path) for name, path in files.items() if name in OPTIONS]
    return [*arguments(files)["tables"], *(word for option in options for word in option)]


def write_run(folder: Path, n_heads: int = 3, n_sites: int = 40, names: tuple[str, ...] = ()) -> dict[str, str]:
    """Files as the commands write them, of so many heads; `names` stand for the first heads."""
    rng = np.random.default_rng(1)
    heads = [*names, *(f"L{i // 8 + 1}H{i % 8 + 1}" for i in range(len(names), n_heads))]
    number = np.arange(n_heads)
    verdicts = [("content, recurs", "position", "no regions", "content, does not recur")[i % 4] for i in number]
    columns = {
        "head": heads,
        "peak_offset": (-10 * number).tolist(),
        "regions": (100 - number).tolist(),
        "regions_by_chance": [1] * n_heads,
        "offset": (-10 * number).tolist(),
        "motif": ["TATAAT"] * n_heads,
        "motif_p": [1e-5] * n_heads,
        "head_group": (number // 2 + 1).tolist(),
        "most_similar_head": heads[::-1],
        "agreement": [0.5] * n_heads,
        "replicates": [4] * n_heads,
        "replicates_recurring": [3] * n_heads,
        "replicate_agreement": ["0.5,0.5"] * n_heads,
        **{
            f"marginal_delta_logit{k}": [v] * n_heads
            for k, v in (("", 1.5), ("_low", 1.0), ("_high", 2.0), ("_control", 0.1))
        },
        **{
            f"delta_{m}_ablated{k}": [v] * n_heads
            for m in ("ap", "logit")
            for k, v in (("", -0.5), ("_low", -0.6), ("_high", float("nan")))
        },
        "verdict": verdicts,
    }
    path = {
        name: str(folder / name)
        for name in (
            *(
                "heads",
                "profiles",
                "pairs",
                "strands",
                "motifs",
                "matches",
                "metrics",
                "history",
                "regions",
                "genome",
                "curve",
            ),
            *("agreement", "sites", "bigwig_plus", "bigwig_minus"),
        )
    }
    tsv.write_table(path["heads"], columns)
    distance = np.arange(-96, 97)
    profile = {"head": np.repeat(heads, len(distance)).tolist(), "offset": np.tile(distance, n_heads)}
    tsv.write_table(
        path["profiles"],
        profile | {k: rng.random(len(distance) * n_heads) for k in ("weight_sites", "weight_background")},
    )
    pair = {
        "first_head": heads[:1],
        "second_head": heads[1:2],
        "sites": [9],
        "spacing_nt": [-5],
        "count": [8],
        "expected": [2.0],
        "z": [5.0],
        "p": [1e-6],
    }
    tsv.write_table(path["pairs"], pair | {"q": [1e-5], "agreement": [0.75]})
    tsv.write_table(
        path["strands"],
        {"distance_nt": [-1, 0, 1], "correlation": [0.1, 0.2, 0.1], "correlation_corrected": [0.0, 0.1, 0.0]},
    )
    matrix = rng.dirichlet(np.full(4, 0.3), (n_heads, 12))
    meme.write(
        path["motifs"],
        [Motif(name, m / m.sum(axis=1, keepdims=True), 50) for name, m in zip(heads, matrix, strict=True)],
    )
    found = [
        Match(name, t, -2, 1e-4, 0.01, 0.01 + 0.1 * i, 6, "A", "A", "-")
        for name in heads
        for i, t in enumerate(("sigma70_-10", NASTY))
    ]
    tsv.write_matches(path["matches"], found)
    score = {
        "tss": {"average_precision": 0.3, "prevalence": 0.002, "roc_auc": float("nan"), "sites": 5, "positions": 10}
    }
    header = {"config": {"preset": NASTY, "heads": 8}, "training": {"seed": 1}, "stopped": {"kept_step": 2, "steps": 2}}
    summary.write(
        path["metrics"], header | {"metrics": {"test": score, "validation": score, "threshold": {"tss": 0.2}}}
    )
    history = {"step": [1, 2], "label": ["tss", "tss"], "average_precision": [0.1, 0.3], "site_density": [0.002, 0.002]}
    tsv.write_table(path["history"], history)
    points = {
        "prediction": [NASTY] * 6,
        "window_nt": [0, 0, 0, 2, 2, 2],
        "threshold": [0.9, 0.5, 0.1] * 2,
        "calls": [10, 40, 100] * 2,
        "true_positives": [9, 24, 30, 10, 28, 40],
        "precision": [0.9, 0.6, 0.3, 1.0, 0.7, 0.4],
        "recall": [0.15, 0.4, 0.5, 0.2, 0.5, 0.7],
        "f1": [0.26, 0.48, 0.375, 0.33, 0.58, 0.5],
        "mean_p": [0.95, 0.7, 0.4] * 2,
        "false_positive_rate": [0.0001, 0.0016, 0.007, float("nan"), float("nan"), float("nan")],
    }
    tsv.write_table(path["curve"], points)
    sets = {
        "first": ["a", "a", NASTY],
        "second": [NASTY, "c", "c"],
        "strand": ["both"] * 3,
        "window_nt": [2] * 3,
        "shared": [3, 4, 5],
        "jaccard": [0.2, 0.2, 0.1],
    }
    tsv.write_table(
        path["agreement"], sets | {"share_first": [0.5, 0.4, float("nan")], "share_second": [0.25, 0.3, 0.2]}
    )
    contig = Contig("chr " + NASTY, 20_000, True)
    genome_tensor.write(path["genome"], Genome((contig,), rng.integers(0, 4, 20_000).astype(np.uint8)))
    p = rng.random((2, 20_000)).astype(np.float32) ** 8
    bigwig.write(path["bigwig_plus"], Contigs([contig]), p[0])
    bigwig.write(path["bigwig_minus"], Contigs([contig]), p[1])
    Path(path["sites"]).write_text(
        "".join(f"{contig.name}\t{at}\t{at + 1}\ts\t0\t+\n" for at in (2000, 9000, 15_000)), encoding="utf-8"
    )
    n = n_heads * n_sites
    site = np.tile(np.arange(n_sites) * (19_000 // n_sites) + 300, n_heads)
    found_regions = Regions(
        (contig.name,), np.zeros(n, np.int32), site - 13, site - 6, np.repeat(heads, n_sites), np.ones(n, np.int8),
        rng.random(n), np.full(n, -10), site, rng.random(n), rng.random(n), rng.random(n) - 0.2,
    )  # fmt: skip
    bed_regions.write(path["regions"], found_regions, Contigs([contig]))
    return path
