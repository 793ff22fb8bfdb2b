"""Do attended bases lie on the binding sites of known factors more often than the same distances would; and do frequent
words say as much?

    python benchmarks/factors.py genome.st regions.bed --motifs COLLECTION... --heads motifs.meme --output factors.tsv

regions.bed: of attn2bed. For each head and factor: at how many sites the attended base is covered by a match of the
factor's matrix (either strand, one random word in 10,000 matches), against the mean over the same distances swapped
among the head's sites. Odds ratio with a 95 % interval by 10 kb blocks; p from the exact mean and variance over all
swaps; q over all heads and factors. Once more with only those regions that point at neither the -10 nor the -35 (what
overlaps them may be a lookalike of theirs).

Words: each head's motif (`--heads`, of bed2pwm) is looked for among the words of six bases that are more frequent at
their distance from the sites than at background positions (Poisson, Benjamini-Hochberg over all words and distances).

A head that likes A and T lies on the matches of every matrix that is rich in them, whatever their order. So where the
odds are above 1 (interval and q), the same is done with the matrix's columns in SHUFFLES other orders; `beyond` says
that the interval's lower end is above all of those.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rivals import SLIDE, SPAN, WORD, read_words, word_counts

from headmotif.data import Genome, Motif, Regions
from headmotif.formats.features import bed_regions
from headmotif.formats.inputs import genomes, motif_files
from headmotif.formats.tables import tsv
from headmotif.steps.attention import queries
from headmotif.steps.motifs.permutation import permutation_test
from headmotif.steps.sequence import scan
from headmotif.steps.sequence.region_windows import composition
from headmotif.steps.statistics import bootstrap
from headmotif.steps.statistics.false_discovery import benjamini_hochberg

RARE = 1e-4
LEAST = 10
"""Sites with a match, seen or expected, below which nothing is said."""
SHUFFLES = 5
ELEMENTS = (range(-17, -2), range(-42, -25))
"""Where -10 and -35 are pointed at."""


def find_covered(genome: Genome, motif: Motif) -> np.ndarray:
    """bool (N,): bases in a match on either strand; contigs are taken end to end, and a match over their border does
    not count."""
    odds = scan.log_odds(motif, composition(genome))
    limit = scan.threshold(odds, composition(genome), RARE)
    edge = np.zeros(len(genome.base) + 1, np.int64)
    for matrix in (odds, scan.reverse_complement_scores(odds)):
        start = np.flatnonzero(scan.scan(genome.base, matrix) >= limit)
        start = start[np.isin(start, (genome.start[:-1, None] - np.arange(1, len(motif))).ravel(), invert=True)]
        np.add.at(edge, start, 1)
        np.add.at(edge, start + len(motif), -1)
    return np.cumsum(edge)[:-1] > 0


def compare(on: np.ndarray, genome: Genome, regions: Regions, block: np.ndarray, draws: np.ndarray) -> dict | None:
    """One factor (bool (N,)) and one head's regions: counts, odds ratio with its interval, p; None where too little is
    there."""
    distances, own, count = np.unique(regions.offset, return_inverse=True, return_counts=True)
    site = genome.start[regions.contig] + regions.site
    length = len(genome.base)
    at = (site[:, None] + regions.strand.astype(np.int64)[:, None] * distances) % length
    hit = on[at]  # (sites, distances)
    seen, expected = hit[np.arange(len(site)), own], hit @ (count / len(site))
    n = len(site)
    if max(seen.sum(), expected.sum()) < LEAST:
        return None

    def odds(a: np.ndarray, b: np.ndarray, sites: np.ndarray) -> np.ndarray:
        return ((a + 0.5) / (sites - a + 0.5)) / ((b + 0.5) / (sites - b + 0.5))

    sums = [np.bincount(block[site], x, draws.shape[1]) for x in (seen, expected, np.ones(n))]
    low, high = np.quantile(odds(*(draws @ x for x in sums)), [0.025, 0.975])
    return {
        "regions": n,
        "on": int(seen.sum()),
        "expected": round(float(expected.sum()), 1),
        "odds": round(float(odds(*(x.sum() for x in sums))), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
        "distance": int(distances[np.bincount(own[seen], minlength=1).argmax()]),
        "p": permutation_test(hit.astype(np.float64), own),
    }


def factor_rows(genome: Genome, regions: Regions, targets: list[Motif]) -> list[dict]:
    block = bootstrap.blocks(genome.contigs)
    draws = bootstrap.draws(int(block.max()) + 1, 500)
    away = ~np.isin(regions.offset, [d for places in ELEMENTS for d in places])
    sets = {
        (what, str(head)): regions.take(kept & (regions.head == head))
        for what, kept in (("all", np.ones(len(regions), bool)), ("beside -10 and -35", away))
        for head in np.unique(regions.head)
    }
    rows = []
    for number, motif in enumerate(targets, 1):
        on = find_covered(genome, motif)
        for (what, head), mine in sets.items():
            found = compare(on, genome, mine, block, draws) if len(mine) >= LEAST else None
            if found:
                rows.append(
                    {"factor": motif.name, "alt": motif.alt, "head": head, "of": what, **found, "number": number - 1}
                )
        if number % 50 == 0:
            print(f"{number} of {len(targets)} factors", file=sys.stderr, flush=True)
    for what in dict.fromkeys(row["of"] for row in rows):
        mine = [row for row in rows if row["of"] == what]
        for row, q in zip(mine, benjamini_hochberg(np.array([row["p"] for row in mine])), strict=True):
            row |= {"q": float(q), "shuffled": float("nan"), "beyond": False}
    for number, motif in enumerate(targets):
        above = [row for row in rows if row["number"] == number and row["q"] < 0.05 and row["low"] > 1]
        if above:
            rng = np.random.default_rng([number, 31])
            others = [
                find_covered(genome, replace(motif, matrix=motif.matrix[rng.permutation(len(motif))]))
                for _time in range(SHUFFLES)
            ]
            for row in above:
                known = [compare(on, genome, sets[row["of"], row["head"]], block, draws) for on in others]
                row["shuffled"] = max(
                    (found["odds"] for found in known if found), default=float("nan")
                )  # too few matches: nothing is said
                row["beyond"] = row["low"] > row["shuffled"]
    return [{name: value for name, value in row.items() if name != "number"} for row in rows]


def find_frequent(genome: Genome, number: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """How much more frequent each word is with its middle at each distance than chance has it, and q: float64
    (distances, words)."""
    sites = genome.sites(0)
    chance = (
        word_counts(read_words(genome, queries.draw_matched(genome, sites, sites, number * 4000, 1))).sum(axis=0) + 1.0
    )
    count = word_counts(read_words(genome, sites))
    expected = count.sum(axis=1, keepdims=True) * chance / chance.sum()
    p = torch.special.gammainc(
        torch.from_numpy(np.maximum(count, 0.5)), torch.from_numpy(expected)
    ).numpy()  # P(as many or more), Poisson
    return count / expected, benjamini_hochberg(np.where(count > 0, p, 1.0))


def word_rows(genome: Genome, found: list[Motif], regions: Regions) -> Iterator[dict]:
    """For each head's motif its likeliest word of six bases, and the smallest q of it within SLIDE + 3 of the head's
    usual distance."""
    ratio, q = find_frequent(genome)
    for motif in found:
        mine = regions.take(regions.head == motif.name)
        usual = int(np.bincount(mine.offset + SPAN + 20).argmax()) - SPAN - 20
        information = (motif.matrix * np.log2(np.maximum(motif.matrix, 1e-9) / 0.25)).sum(axis=1)
        best = max(range(max(len(motif) - WORD + 1, 1)), key=lambda first: information[first : first + WORD].sum())
        letters = motif.matrix[best : best + WORD].argmax(axis=1)
        reach = len(motif) + SLIDE
        near = slice(max(usual + SPAN - reach, 0), usual + SPAN + reach + 1)
        if len(letters) < WORD:
            continue
        word = int((letters * 4 ** np.arange(WORD)).sum())
        at = int(q[near, word].argmin())
        yield {
            "head": motif.name,
            "distance": usual,
            "word": "".join("ACGT"[i] for i in letters),
            "word_distance": near.start + at - SPAN,
            "ratio": round(float(ratio[near, word][at]), 2),
            "q": float(q[near, word][at]),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("genome", type=Path)
    parser.add_argument("regions", type=Path)
    parser.add_argument("--motifs", type=Path, nargs="+", required=True)
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--output", type=Path, default=Path("factors.tsv"))
    asked = parser.parse_args()
    genome = genomes.read(str(asked.genome))
    regions = bed_regions.read(str(asked.regions), genome.contigs)
    if asked.heads:
        rows = list(word_rows(genome, list(motif_files.read(str(asked.heads)).motifs), regions))
        tsv.write_table(
            str(asked.output.with_suffix(".words.tsv")), {name: [row[name] for row in rows] for name in rows[0]}
        )
    targets = [motif for path in asked.motifs for motif in motif_files.read(str(path)).motifs]
    rows = factor_rows(genome, regions, targets)
    rows.sort(key=lambda row: (row["of"], not row["beyond"], -row["odds"]))
    tsv.write_table(str(asked.output), {name: [row[name] for row in rows] for name in rows[0]})


if __name__ == "__main__":
    main()
