"""What P of a genome is worth, against its mapped TSS; and what P alone tells of that, without any site.

Average precision counts only what a map knows: of gene-associated maps the 300 nt upstream of genes with a listed site.
"""

from dataclasses import asdict

import numpy as np
from species_maps import ECOLI_TEST, Map, list_upstream

from headmotif.alphabet import N
from headmotif.steps.calling import gene_signs, local_maxima, thresholds
from headmotif.steps.network import calibrate
from headmotif.steps.sites.genomic_class import REACH, UPSTREAM
from headmotif.steps.statistics.metrics import score

EDGES = np.array([0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7])
"""Lower borders of the bins of P."""
NEAR = 2
"""Distance within which a call is right."""


def choose_part(one: Map, length: int) -> np.ndarray:
    """The nucleotides that are scored, bool (N,): the first of each genome, and of *E. coli* the paper's test part."""
    wanted = np.zeros(len(one.genome.base), bool)
    begin, end = ECOLI_TEST if one.key == "ecoli" else (0, length)
    wanted[begin : min(end, begin + length)] = True
    return wanted


def measure(one: Map, p: np.ndarray, wanted: np.ndarray) -> dict[str, float]:
    """Score P, (2, N), on the nucleotides that are wanted and known."""
    known = wanted & one.known & np.isfinite(p)
    exact = score(one.site[known], p[known])
    found = {"average_precision": exact.average_precision, "roc_auc": exact.roc_auc, "sites": exact.sites}
    for d in (2, 5):
        calls = local_maxima.calls(p, one.site.astype(np.uint8), one.genome.contigs, d, known)
        found[f"within_{d}"] = calls.average_precision
    hits, genes = count_right(one, p, wanted)
    found |= {"genes": genes, "right_within_2": hits / max(genes, 1)}
    found["best_n_precision"] = float(one.site[known][np.argsort(-p[known], kind="stable")[: exact.sites]].mean())
    slope, shift = calibrate.fit(one.site[known], p[known])
    found |= {"expected_sites": float(p[known].sum()), "slope": slope, "shift": shift}
    return {name: round(float(value), 5) for name, value in found.items()}


def count_right(one: Map, p: np.ndarray, wanted: np.ndarray) -> tuple[int, int]:
    """Genes with a listed site upstream whose highest P there lies within 2 nt of it, and all of these genes."""
    right = genes = 0
    for row, span in list_upstream(one.genes, one.genome):
        site = np.flatnonzero(one.site[row, span])
        if len(site) and wanted[span].all() and np.isfinite(p[row, span]).any():
            genes += 1
            right += int(np.abs(site - np.nanargmax(p[row, span])).min() <= NEAR)
    return right, genes


def count_by_bin(one: Map, p: np.ndarray, wanted: np.ndarray) -> dict[str, list[int]]:
    """The local maxima of P by bins of P: how many there are, are upstream of a gene, are listed, and are both."""
    part = np.where(wanted & (one.genome.base != N), p, np.nan)
    calls = thresholds.call_above(part, one.genome.contigs, float(EDGES[0]), 3)
    row, place = (calls.strand < 0).astype(int), one.genome.contigs.place(calls.contig, calls.position)
    number = np.searchsorted(EDGES, calls.strength, "right") - 1
    counted = {"calls": np.ones(len(calls), bool), "upstream": one.place[row, place] == UPSTREAM}
    counted |= {"listed": one.site[row, place], "known": one.known[row, place]}
    counted["both"] = counted["listed"] & counted["upstream"]
    return {name: np.bincount(number[yes], minlength=len(EDGES)).tolist() for name, yes in counted.items()}


def find_signs(one: Map, p: np.ndarray, wanted: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """What P says around the genes of a part, with no site known; `other` is P of another network."""
    windows = gene_signs.choose_windows(one.genome, one.genes)
    starts = np.stack([windows.upstream, windows.inside], 1)
    inside = wanted[np.concatenate([starts, starts + REACH - 1], 1)].all(1)
    part = windows.take(inside)
    found = asdict(gene_signs.find_signs(part, p, other))
    return {name: round(value, 4) for name, value in found.items()}
