"""How good a ranking of nucleotides is: ROC-AUC and average precision, with the prevalence that they depend on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """One label's scores on one part of the genome, both strands, exact positions."""

    roc_auc: float
    average_precision: float
    prevalence: float
    positions: int
    sites: int


def score(truth: np.ndarray, probability: np.ndarray) -> Score:
    """Scores of probabilities (any shape) against truth (the same shape, 0 or 1); ties count as one step.

    NaN for both areas where all positions are sites or none is.
    """
    truth, probability = np.ravel(truth).astype(bool), np.ravel(probability)
    n, hits = len(truth), int(truth.sum())
    if hits in (0, n):
        return Score(float("nan"), float("nan"), hits / n if n else float("nan"), n, hits)
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), n - 1)  # the last of each run of equal probabilities
    true = np.cumsum(truth[order])[last]
    recall, precision = true / hits, true / (last + 1)
    false = (last + 1 - true) / (n - hits)
    average_precision = float(np.sum(np.diff(recall, prepend=0) * precision))
    roc_auc = float(np.trapezoid(np.append(0, recall), np.append(0, false)))
    return Score(roc_auc, average_precision, hits / n, n, hits)
