"""How good a ranking of nucleotides is: ROC-AUC and average precision, with the prevalence that they depend on."""

import numpy as np

from ...data import Score


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


def score_against(sites: np.ndarray, others: np.ndarray) -> Score:
    """The same scores from the probabilities of the sites, in any order, and those of all other positions, ascending;
    none may be NaN.

    One sorting of the others serves many sets of sites. ROC-AUC as the share of pairs in the right order, ties as half
    a pair (Mann and Whitney 1947, unchecked).
    """
    hits, n = len(sites), len(sites) + len(others)
    if not hits or not len(others):
        return Score(float("nan"), float("nan"), hits / n if n else float("nan"), n, hits)
    level, count = np.unique(sites, return_counts=True)
    level, count = level[::-1], count[::-1]  # from the highest probability
    below, not_above = np.searchsorted(others, level, "left"), np.searchsorted(others, level, "right")
    true, false = np.cumsum(count), len(others) - below
    precision = true / (true + false)
    roc_auc = float(np.sum(count * (below + not_above)) / (2 * hits * len(others)))
    return Score(roc_auc, float(np.sum(count * precision) / hits), hits / n, n, hits)


def score_groups(truth: np.ndarray, probability: np.ndarray, group: np.ndarray, number: int) -> tuple[Score, ...]:
    """A score for each group of sites, 0 to number - 1: its sites against all positions that are no site, other groups
    left out.

    truth, probability, group: of one shape; group counts at sites alone, and one outside 0 to number - 1 is in no
    score. The prevalence is the group's own, so scores of groups that differ in it are not to be compared without it.
    """
    truth = np.asarray(truth).astype(bool)
    others = np.sort(probability[~truth])
    of_site, group = probability[truth], group[truth]
    return tuple(score_against(of_site[group == which], others) for which in range(number))


def average_precision(hit: np.ndarray, probability: np.ndarray, sites: int) -> float:
    """Average precision of calls: bool (calls,) whether each is right, its probability, and of how many sites the
    recall is a share.

    Sites that no call finds lower it, as sites at the end of no ranking. Ties count as one step. NaN where there is no
    site.
    """
    if not sites:
        return float("nan")
    level, count = np.unique(probability[hit], return_counts=True)
    calls = len(probability) - np.searchsorted(np.sort(probability), level, "left")
    true = np.cumsum(count[::-1])[::-1]  # right calls at this level or above
    return float(np.sum(count * true / calls) / sites)


def curve(hit: np.ndarray, probability: np.ndarray, sites: int) -> dict[str, np.ndarray]:
    """Calls at falling thresholds, each a probability that a right one has: columns threshold, calls, right, precision,
    recall, f1, mean.

    hit, probability: (calls,); sites: of how many the recall is a share. mean: of the calls' probabilities, from which
    one sees whether they mean what they say (see `curves.calibration`).
    """
    level, count = np.unique(probability[hit], return_counts=True)
    ranked = np.sort(probability)
    calls = (len(probability) - np.searchsorted(ranked, level, "left"))[::-1]
    right = np.cumsum(count[::-1])
    mean = np.cumsum(ranked[::-1], dtype=np.float64)[calls - 1] / calls
    shares = {"precision": right / calls, "recall": right / max(sites, 1), "f1": 2 * right / (calls + sites)}
    return {"threshold": level[::-1], "calls": calls, "right": right, **shares, "mean": mean}
