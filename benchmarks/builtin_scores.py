"""What the built-in models are worth: the tables of their cards.

    python benchmarks/builtin_scores.py DATA builtin [--threads 2] [--only TABLE ...]

DATA as for `builtin_models.py`, and phage/lambda.fa; the second folder is its output, or that of `bacteria_models.py`
for the tables "The kept model", "Calibration" and "Phage lambda". Writes scores.md there. P of the
validation and the test part of each model is kept beside it. Labels are chosen on the validation part; the test part is
scored for the models that are kept.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from builtin_models import SETS
from builtin_models import genomes as make_genomes
from ecoli import SPLIT

from headmotif.alphabet import reverse_complement
from headmotif.data import NO_LABEL, Genome, Sites
from headmotif.formats.inputs import gene_files, genomes
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import local_maxima, thresholds
from headmotif.steps.network import annotate, device, presets
from headmotif.steps.sites import coordinate_checks, genomic_class
from headmotif.steps.statistics import bootstrap, reliability
from headmotif.steps.statistics.metrics import score, score_groups
from headmotif.steps.training import split

LAMBDA = {"pL": (35582, "-"), "pR": (38023, "+"), "p'R": (44587, "+"), "pO/oop": (38675, "-")}
"""Promoters of phage lambda that need no activator, NC_001416.1, 1-based."""
NEED_HELP = {"pRM": (37940, "-"), "pRE": (38343, "-"), "pI": (29065, "-")}
START_CODONS = ("ATG", "GTG", "TTG")
MERGES = (0, 1, 2, 3, 5, 10, 20)


class Scores:
    """The genome, its parts and labels, and P of the models as they are asked for."""

    def __init__(self, data: Path, folder: Path, threads: int):
        self.data, self.folder = data, folder
        self.where = device.choose("cpu", "float32", threads)
        make_genomes(data / "ecoli", folder)
        self.genome = genomes.read(str(folder / "two.genome"))
        self.tis = genomes.read(str(folder / "tis.genome"))
        stretches = [[split.parse_stretch(self.genome, SPLIT[name])] for name in ("validation", "test")]
        self.part = split.parts(self.genome, *stretches)
        self.genes = gene_files.read(str(data / "ecoli" / "genes.gff3.gz"), self.genome.contigs)
        self.block = bootstrap.blocks(self.genome.contigs)

    def p(self, name: str, label: int = 0) -> np.ndarray:
        """P of the parts held out, float32 (2, N), NaN elsewhere."""
        kept = self.folder / f"{name}.P.npy"
        if not kept.exists():
            np.save(
                kept, annotate.annotate(self.net(name, self.genome), self.genome, self.where, self.part != split.TRAIN)
            )
        return np.load(kept, mmap_mode="r")[label]

    def net(self, name: str, genome: Genome) -> presets.Network:
        trained = model_tensor.read(str(self.folder / f"{name}.safetensors"))
        return presets.build_from_model(trained, genome).eval()

    def mark_known(self, part: int, label: np.ndarray) -> np.ndarray:
        return (self.part == part) & (label != NO_LABEL)

    def areas(self, p: np.ndarray, label: np.ndarray, part: int, within: tuple[int, ...] = (0, 2)) -> list[float]:
        """Average precision, exactly or of local maxima within so many nt."""
        known = self.mark_known(part, label) & np.isfinite(p)
        found = []
        for d in within:
            if d:
                found.append(local_maxima.calls(np.asarray(p), label, self.genome.contigs, d, known).average_precision)
            else:
                found.append(score(label[known], p[known]).average_precision)
        return found


def labels(at: Scores) -> Iterator[str]:
    """Every set of labels to learn from, scored on either map, and a third view: what the best calls look like."""
    cappable, smrt = at.genome.label
    number = int((cappable[at.mark_known(split.VALIDATION, cappable)] == 1).sum())
    place = genomic_class.classes(at.genes.spans, at.genome.contigs)
    yield (
        f"Validation part, one network each, 2,000 steps, taught ones 4,000; third view: the {number:,} "
        "best calls, as many as sites."
    )
    yield ""
    yield from header(
        *("learned from", "Cappable-seq, exact", "within 2 nt", "SMRT-Cappable-seq, exact", "within 2 nt"),
        *("calls with a -10-like box", "purine at +1", "upstream of a gene"),
    )
    rows = [(f"candidate.{one}", 0, one) for one in SETS if one != "two"]
    rows += [
        ("candidate.two", 0, "two outputs: cappable"),
        ("candidate.two", 1, "two outputs: smrt"),
        ("split", 0, "**taught, one output**"),
    ]
    rows += [("split_two", 0, "taught, two outputs: cappable"), ("split_two", 1, "taught, two outputs: smrt")]
    for name, label, shown in rows:
        p = at.p(name, label)
        cells = [*at.areas(p, cappable, split.VALIDATION), *at.areas(p, smrt, split.VALIDATION)]
        calls = thresholds.select_best(
            thresholds.call_above(np.where(at.part == split.VALIDATION, p, np.nan), at.genome.contigs, 0.0, 2), number
        )
        yield row(shown, *cells, *measure_looks(at, calls, place))
    for name, one in (("the sites of Cappable-seq", 0), ("the sites of SMRT-Cappable-seq", 1)):
        sites = at.genome.sites(one)
        yield row(
            name, "", "", "", "", *measure_looks(at, sites.take(at.part[sites.position] == split.VALIDATION), place)
        )


def measure_looks(at: Scores, sites: Sites, place: np.ndarray) -> tuple[float, float, float]:
    purine = coordinate_checks.check(at.genome, sites).purine[list(coordinate_checks.AROUND_START).index(0)]
    where = place[(sites.strand < 0).astype(int), sites.position]
    return (
        coordinate_checks.minus10_share(at.genome, sites),
        float(purine),
        float((where == genomic_class.UPSTREAM).mean()),
    )


def score_kept(at: Scores) -> Iterator[str]:
    """The model that is kept, on the test part."""
    place = genomic_class.classes(at.genes.spans, at.genome.contigs).astype(np.int8)
    yield from header("model", "labels", "sites", "prevalence", "exact", "within 2 nt", "within 5 nt")
    for name in ("teacher.1", "teacher.2", "teacher.3", "split"):
        if not (at.folder / f"{name}.safetensors").exists():
            continue
        p = at.p(name)
        for shown, label in zip(("Cappable-seq", "SMRT-Cappable-seq"), at.genome.label, strict=True):
            known = at.mark_known(split.TEST, label) & np.isfinite(p)
            found = score(label[known], p[known])
            ranking = bootstrap.rank(
                label[known] == 1, p[known], np.broadcast_to(at.block, p.shape)[known], at.block.max() + 1
            )
            held = np.unique(at.block[at.part == split.TEST])
            weight = np.zeros((1000, at.block.max() + 1), np.int64)
            weight[:, held] = bootstrap.draws(len(held))
            interval = bootstrap.mean([ranking], weight)
            exact = f"{found.average_precision:.4f} ({interval.low:.4f}-{interval.high:.4f})"
            yield row(
                name,
                shown,
                f"{found.sites:,}",
                f"{found.prevalence:.2e}",
                exact,
                *at.areas(p, label, split.TEST, (2, 5)),
            )
    label = at.genome.label[0]
    p = at.p("split")
    known = at.mark_known(split.TEST, label) & np.isfinite(p)
    yield ""
    yield from header("class of the site (`split`, exact)", "sites", "prevalence", "average precision")
    for name, one in zip(
        genomic_class.CLASSES,
        score_groups(label[known], p[known], place[known], len(genomic_class.CLASSES)),
        strict=True,
    ):
        yield row(name, f"{one.sites:,}", f"{one.prevalence:.1e}", one.average_precision)


def calibration(at: Scores) -> Iterator[str]:
    """Whether P of the kept model is the share of sites."""
    p = at.p("split")
    held = np.unique(at.block[at.part == split.TEST])
    of_block = np.searchsorted(held, at.block)
    found = []
    for label in at.genome.label:
        known = at.mark_known(split.TEST, label) & np.isfinite(p)
        found.append(
            reliability.reliability(
                label[known], p[known], np.broadcast_to(of_block, p.shape)[known], bootstrap.draws(len(held))
            )
        )
    yield from header("P", "positions", "mean P", "share that are Cappable-seq sites", "SMRT-Cappable-seq")
    for one, other in zip(*(x.bins for x in found), strict=True):
        yield row(
            f"{one.low:g}-{one.high:g}",
            f"{one.positions:,}",
            one.probability,
            format_number(one.share),
            format_number(other.share),
        )
    yield row("expected calibration error, P of 0.01 or more", "", "", *(format_number(x.error) for x in found))
    yield row("sites over the sum of P", "", "", *(format_number(x.ratio) for x in found))
    yield row("prevalence", "", "", *(f"{x.prevalence:.2e}" for x in found))


def rank_phage(at: Scores) -> Iterator[str]:
    """Phage lambda, which no model has seen: the rank of each promoter among all local maxima of P."""
    genome = genomes.read(str(at.data / "phage" / "lambda.fa"))
    yield from header("promoter", "needs", "model", "call at", "P", "rank among the local maxima")
    for name in ("split", "whole"):
        p = annotate.annotate(at.net(name, genome), genome, at.where)[0]
        calls = thresholds.call_above(p, genome.contigs, 0.0, 2)
        for known, needs in ((LAMBDA, "nothing"), (NEED_HELP, "CI or CII")):
            for promoter, (position, strand) in known.items():
                far = np.abs(calls.position + 1 - position) + 1000 * (calls.strand != (1 if strand == "+" else -1))
                near = np.flatnonzero(far <= 3)
                if len(near):
                    best = near[np.argmax(calls.strength[near])]
                    rank = int((calls.strength > calls.strength[best]).sum()) + 1
                    yield row(
                        f"{promoter} {position} {strand}",
                        needs,
                        name,
                        calls.position[best] + 1,
                        calls.strength[best],
                        f"{rank:,} of {len(calls):,}",
                    )
                else:
                    yield row(f"{promoter} {position} {strand}", needs, name, "none within 3 nt", "", "")


def score_starts(at: Scores) -> Iterator[str]:
    """Translation starts: each gene's annotated start among all start codons in its frame."""
    yield from header(
        *("model", "average precision of translation starts, test part", "within 2 nt", "prevalence"),
        *("annotated start is the top-scoring one in frame", "is the first in frame", "average precision of TSS"),
    )
    tis, tss = at.tis.label[0], at.genome.label[0]
    rows = [("tis", at.p("tis"), None), ("split, seed 1 alone (teacher.1)", None, at.p("teacher.1"))]
    rows.append(("both outputs", at.p("tss_tis", 1), at.p("tss_tis", 0)))
    for name, of_tis, of_tss in rows:
        cells = ["", "", "", "", ""]
        if of_tis is not None:
            known = at.mark_known(split.TEST, tis) & np.isfinite(of_tis)
            right, longest, n = rank_in_frame(at, of_tis)
            one = score(tis[known], of_tis[known])
            cells = [
                one.average_precision,
                at.areas(of_tis, tis, split.TEST, (2,))[0],
                f"{one.prevalence:.2e}",
                f"{right:.3f} of {n:,}",
                longest,
            ]
        yield row(name, *cells, "" if of_tss is None else at.areas(of_tss, tss, split.TEST, (0,))[0])


def rank_in_frame(at: Scores, p: np.ndarray) -> tuple[float, float, int]:
    """The share of the coding sequences of the test part whose annotated start has the highest P of all start codons in
    its frame, from the last stop codon before it to its middle; the share whose start is the first of those; and how
    many there are."""
    codes = at.tis.base
    turned = reverse_complement(codes)
    right = longest = n = 0
    sites, size = at.tis.sites(0), len(codes)
    ends = coding_ends(at)
    for position, strand in zip(sites.position.tolist(), sites.strand.tolist(), strict=True):
        row_, sequence, first = (0, codes, position) if strand > 0 else (1, turned, size - 1 - position)
        if at.part[position] != split.TEST or at.tis.label[0, row_, position] != 1 or (position, strand) not in ends:
            continue
        values = p[0] if strand > 0 else p[1, ::-1]
        last = first + (ends[position, strand] // 2) // 3 * 3
        begin = first
        while begin - 3 >= 0 and not is_codon(sequence, begin - 3, ("TAA", "TAG", "TGA")):
            begin -= 3
        starts = [i for i in range(begin, last, 3) if is_codon(sequence, i, START_CODONS)]
        if first in starts and np.isfinite(values[starts]).all():
            n += 1
            right += starts[int(np.argmax(values[starts]))] == first
            longest += starts[0] == first
    return right / n, longest / n, n


def coding_ends(at: Scores) -> dict[tuple[int, int], int]:
    """Lengths of the genes by their first base and strand."""
    genes = at.genes
    first = np.where(genes.strand > 0, genes.start, genes.end - 1)
    return {
        (int(f), int(s)): int(e - b) for f, s, b, e in zip(first, genes.strand, genes.start, genes.end, strict=True)
    }


def is_codon(codes: np.ndarray, place: int, which: tuple[str, ...]) -> bool:
    return "".join("ACGTN"[c] for c in codes[place : place + 3]) in which


def score_merging(at: Scores) -> Iterator[str]:
    """How far apart calls must be, on the validation part: F1 at the best threshold."""
    p, label = at.p("split"), at.genome.label[0]
    known = at.mark_known(split.VALIDATION, label) & np.isfinite(p)
    yield from header("calls no nearer than, nt", "best F1, exact", "best F1, within 2 nt")
    held = np.where(known, p, np.nan)
    sites = int((label[known] == 1).sum())
    for merge in MERGES:
        calls = thresholds.call_above(held, at.genome.contigs, 0.005, merge)
        cells = []
        for d in (0, 2):
            hit = claim_sites(at, calls, label, d)
            order = np.argsort(-calls.strength, kind="stable")
            true = np.cumsum(hit[order])
            cells.append(float((2 * true / (np.arange(len(true)) + 1 + sites)).max()))
        yield row(merge + 1, *cells)


def claim_sites(at: Scores, calls: Sites, label: np.ndarray, d: int) -> np.ndarray:
    """bool (calls,): which find a site within d nt, each site once, the best calls first."""
    taken, hit = set(), np.zeros(len(calls), bool)
    for i in np.argsort(-calls.strength, kind="stable").tolist():
        line, position = int(calls.strand[i] < 0), int(calls.position[i])
        for far in sorted(range(-d, d + 1), key=abs):
            if label[line, position + far] == 1 and (line, position + far) not in taken:
                taken.add((line, position + far))
                hit[i] = True
                break
    return hit


def format_number(one: bootstrap.Interval) -> str:
    return f"{one.estimate:.3f} ({one.low:.3f}-{one.high:.3f})"


def header(*names: str) -> Iterator[str]:
    yield row(*names)
    yield "|" + "---|" * len(names)


def row(*cells: object) -> str:
    return "| " + " | ".join(f"{c:.4f}" if isinstance(c, float) else str(c) for c in cells) + " |"


TABLES: dict[str, Callable[[Scores], Iterator[str]]] = {
    "Labels": labels,
    "The kept model": score_kept,
    "Calibration": calibration,
    "Phage lambda": rank_phage,
    "Translation starts": score_starts,
    "How near calls may be": score_merging,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=TABLES, action="append")
    asked = parser.parse_args()
    at = Scores(asked.data, asked.folder, asked.threads)
    text = ""
    for name in asked.only or TABLES:
        lines = "\n".join(TABLES[name](at))
        print(f"## {name}\n\n{lines}\n", flush=True)
        text += f"## {name}\n\n{lines}\n\n"
    if not asked.only:
        (asked.folder / "scores.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
