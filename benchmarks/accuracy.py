"""How well annotators find sites: one table for models, seeds, classes of sites and strengths, with intervals.

    python benchmarks/accuracy.py GENOME_TENSOR --model default=a.safetensors --model default=b.safetensors --model
    cnn=c.safetensors \
        --genes genes.gff3.gz --scan --mask-repeats --output accuracy

Several files of one NAME are seeds: their scores are averaged, and a row of its own has the mean of their
probabilities. Every other row is compared with the first NAME on the same positions. All models must have one split;
scored is its --region, both strands. Writes scores.tsv and ratios.tsv into the output folder and prints them as
Markdown; each model's P is kept there, by what it was made of, and read again: delete P.*.npy when the code that makes
it has changed. Intervals, 95 %, are by blocks of the genome.
"""

import argparse
import hashlib
import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from ecoli import scan_genome

from headmotif.cli import count_usable_threads
from headmotif.data import NO_LABEL, Genome
from headmotif.errors import InputError
from headmotif.formats.inputs import gene_files, genomes
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import evaluation
from headmotif.steps.calling.evaluation import Task
from headmotif.steps.sites import genomic_class
from headmotif.steps.statistics import bootstrap
from headmotif.steps.statistics.bootstrap import Interval
from headmotif.steps.statistics.metrics import Score

EXACT, SCAN, WITHIN = "exact", "-35/-10 scan", (2, 5)


def task(genome: Genome, label: int, known: np.ndarray, genes: np.ndarray | None, times: int) -> Task:
    """known: bool (2, N), what may be scored; genes: as `site_class.classes` takes them; times: draws of the
    bootstrap."""
    known = known & (genome.label[label] != NO_LABEL)
    mine = (genome.site[:, 0] == label) & known[genome.site[:, 1], genome.site[:, 2]]
    _, row, place = genome.site[mine].T
    fifth = np.full(known.shape, -1, np.int8)
    fifth[row, place] = genomic_class.fifths(genome.strength[mine])
    names = tuple(f"fifth {i + 1}" for i in range(genomic_class.FIFTHS))
    groups = [(fifth, names)] if (fifth >= 0).any() else []
    if genes is not None:
        groups.insert(0, (genomic_class.classes(genes, genome.contigs).astype(np.int8), genomic_class.CLASSES))
    return evaluation.task(genome.contigs, genome.label[label], known, groups, times)


def network_probability(path: str, genome: Genome, label: str, region: np.ndarray, where, folder: Path) -> np.ndarray:
    """P of one model, float32 (2, N), NaN beyond the region, bool (N,); from the folder where it lies there."""
    from headmotif.steps.network import annotate, presets

    trained = model_tensor.read(path)
    if label not in trained.names:
        raise InputError(f"{path}: this model knows no label '{label}', but {', '.join(trained.names)}")
    made_of = [trained.network, genome.contigs.digests, label, str(where.dtype), str(where.device)]
    key = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode() + np.packbits(region).tobytes()).hexdigest()[:8]
    kept, p = folder / f"P.{trained.digest}.{key}.npy", np.full((2, len(region)), np.nan, np.float32)
    if not kept.exists():
        print(f"annotating with {path}", file=sys.stderr, flush=True)
        net = presets.build_from_model(trained).to(where.device)
        every = annotate.annotate(net, genome, where, region)[trained.names.index(label)]
        np.save(kept, every[:, region])
    p[:, region] = np.load(kept)
    return p


def scan_probability(genome: Genome, region: np.ndarray) -> np.ndarray:
    """The -35/-10 scan with the built-in matrices, in bits: a ranking as good as P for the same scores."""
    from headmotif.alphabet import N

    return np.where(region & (genome.base != N), scan_genome(genome), np.float32(np.nan))


def rankings(asked: argparse.Namespace, genome: Genome, region: np.ndarray) -> dict[str, list[np.ndarray]]:
    """By row of the table the P of each seed, in the order given."""
    from headmotif.steps.network import device

    where = device.choose(asked.device, asked.precision, count_usable_threads(asked.threads))
    found: dict[str, list[np.ndarray]] = {}
    for name, path in asked.model:
        found.setdefault(name, []).append(network_probability(path, genome, asked.label, region, where, asked.output))
    for name, seeds in list(found.items()):
        if len(seeds) > 1:
            found[f"{name}, mean P of {len(seeds)}"] = [np.mean(seeds, axis=0, dtype=np.float64).astype(np.float32)]
    return {**found, SCAN: [scan_probability(genome, region)]} if asked.scan else found


def rows(found: dict[str, list[np.ndarray]], at: Task, part: str) -> tuple[list[dict], list[dict]]:
    """Rows of scores.tsv and of ratios.tsv. found: P by name and seed. part: what is scored, in words."""
    scores, ratios, first = [], [], {}
    for name, seeds in found.items():
        print(f"scoring {name}, {part}", file=sys.stderr, flush=True)
        each = [evaluation.measure(p, at, WITHIN) for p in seeds]
        for measure in each[0]:
            one, ranked = zip(*(m[measure] for m in each), strict=True)
            about = {"model": name, "part": part, "measure": measure}
            scores.append({**about, **_row(one, bootstrap.mean(ranked, at.weight))})
            against = first.setdefault(measure, ranked)
            if ranked is not against:
                ratio = bootstrap.ratio(ranked, against, at.weight)
                ratios.append(
                    {
                        **about,
                        "against": next(iter(found)),
                        "ratio": ratio.estimate,
                        "low": ratio.low,
                        "high": ratio.high,
                    }
                )
    return scores, ratios


def _row(seeds: tuple[Score, ...], interval: Interval) -> dict:
    """One measure of one model: means and standard deviations over its seeds (nan for one seed)."""
    roc, ap = (np.array([getattr(s, name) for s in seeds]) for name in ("roc_auc", "average_precision"))
    spread = [float(np.std(x, ddof=1)) if len(seeds) > 1 else float("nan") for x in (roc, ap)]
    areas = {
        "seeds": len(seeds),
        "roc_auc": roc.mean(),
        "roc_auc_sd": spread[0],
        "average_precision": ap.mean(),
        "sd": spread[1],
    }
    counts = {"prevalence": seeds[0].prevalence, "sites": seeds[0].sites, "positions": seeds[0].positions}
    return {**areas, "low": interval.low, "high": interval.high, **counts}


def markdown(scores: list[dict], ratios: list[dict]) -> str:
    """For each part a table of all sites, one by class and one by fifth: average precision +- spread of seeds
    (interval); x ratio (interval)."""
    ratio = {(r["model"], r["part"], r["measure"]): r for r in ratios}
    measures = dict.fromkeys(s["measure"] for s in scores)
    kinds = {"all sites": [EXACT, *(f"within {d}" for d in WITHIN)]}
    kinds["by class"] = [m for m in measures if m in genomic_class.CLASSES]
    kinds["by fifth of strength"] = [m for m in measures if m.startswith("fifth")]
    lines = []
    for part, (kind, of_kind) in itertools.product(dict.fromkeys(s["part"] for s in scores), kinds.items()):
        if not of_kind:
            continue
        table = {(s["model"], s["measure"]): s for s in scores if s["part"] == part}
        some = [next(s for (_, measure), s in table.items() if measure == wanted) for wanted in of_kind]
        heads = [f"{s['measure']} ({s['sites']:,} sites, prevalence {s['prevalence']:.2e})" for s in some]
        lines += [
            "",
            f"average precision, {part}, {kind}",
            "",
            "| model | seeds | ROC-AUC | " + " | ".join(heads) + " |",
            "|---" * (3 + len(heads)) + "|",
        ]
        for name in dict.fromkeys(name for name, _ in table):
            exact = table[name, EXACT]
            cells = [_cell(table[name, measure], ratio.get((name, part, measure))) for measure in of_kind]
            lines.append("| " + " | ".join([name, str(exact["seeds"]), f"{exact['roc_auc']:.4f}", *cells]) + " |")
    return "\n".join(lines)


def _cell(found: dict, ratio: dict | None) -> str:
    spread = f" ± {found['sd']:.4f}" if np.isfinite(found["sd"]) else ""
    against = f"; x {ratio['ratio']:.3f} ({ratio['low']:.3f}-{ratio['high']:.3f})" if ratio else ""
    return f"{found['average_precision']:.4f}{spread} ({found['low']:.4f}-{found['high']:.4f}){against}"


def region_of(paths: list[str], part: str, genome: Genome) -> np.ndarray:
    """bool (N,): the part of the genome that all models' headers name alike; refuses models of other splits or another
    genome."""
    from headmotif.steps.training import split

    stated = {}
    for path in paths:
        model = model_tensor.read(path)
        if not model.genome.has(genome.contigs):
            raise InputError(f"{path}: this model was trained on another genome, so its split says nothing of this one")
        stated.setdefault(model.split, path)
    if len(stated) > 1:
        raise InputError(
            f"{' and '.join(stated.values())} have different splits; compare models that left out the same part"
        )
    every = {
        name: [split.parse_stretch(genome, text) for text in texts]
        for name, texts in asdict(next(iter(stated))).items()
    }
    return (
        split.parts(genome, every["validation"], every["test"])
        == {"validation": split.VALIDATION, "test": split.TEST}[part]
    )


def genes_of(path: str, genome: Genome) -> np.ndarray:
    """int64 (genes, 4) for `site_class.classes`."""
    return gene_files.read(path, genome.contigs).spans


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("genome", help="genome tensor with the labels")
    parser.add_argument(
        "--model", action="append", required=True, metavar="NAME=FILE", type=lambda text: tuple(text.split("=", 1))
    )
    parser.add_argument("--genes", help="GFF3 or GTF, for the scores by class")
    parser.add_argument("--label", default="cappable")
    parser.add_argument("--region", choices=("test", "validation"), default="test")
    parser.add_argument("--scan", action="store_true", help="a row for the -35/-10 scan")
    parser.add_argument(
        "--mask-repeats", action="store_true", help="score also without the nucleotides of 75-mers that occur twice"
    )
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--output", type=Path, default=Path("accuracy"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="float32")
    asked = parser.parse_args()
    if any(len(pair) != 2 for pair in asked.model):
        parser.error("--model takes NAME=FILE")
    return asked


def main() -> None:
    asked = parse_arguments()
    asked.output.mkdir(parents=True, exist_ok=True)
    genome = genomes.read(asked.genome)
    if asked.label not in genome.labels:
        raise InputError(f"{asked.genome}: there is no label '{asked.label}', but {', '.join(genome.labels)}")
    label, genes = genome.labels.index(asked.label), genes_of(asked.genes, genome) if asked.genes else None
    region = region_of([path for _, path in asked.model], asked.region, genome)
    scored = {asked.region: region}
    if asked.mask_repeats:
        from headmotif.steps.sequence.repeats import find_repeats

        scored[f"{asked.region} without repeats"] = region & ~find_repeats(genome)
    found = rankings(asked, genome, region)
    scores, ratios = [], []
    for part, known in scored.items():
        at = task(genome, label, np.stack([known, known]), genes, asked.draws)
        for every, some in zip((scores, ratios), rows(found, at, part), strict=True):
            every.extend(some)
    for name, table in (("scores.tsv", scores), ("ratios.tsv", ratios)):
        columns = {key: [row[key] for row in table] for key in (table[0] if table else ())}
        tsv.write_table(str(asked.output / name), columns)
    print(markdown(scores, ratios))


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(f"accuracy: {error}")
