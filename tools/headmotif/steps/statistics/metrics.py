"""How good a ranking of nucleotides is: ROC-AUC and average precision, with the site density that they depend on."""

import numpy as np

from ...data import Score


def score(truth: np.ndarray, probability: np.ndarray) -> Score:
    """Score probabilities against the truth.

    Ties count as one step.

    Parameters
    ----------
    truth
        0 or 1, of any shape.
    probability
        float of the same shape.

    Returns
    -------
    Score
        Both areas are NaN where all positions are sites or none is.
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
    """Compute the same scores from the probabilities of the sites and of all other positions.

    The others are sorted once for many sets of sites. ROC-AUC is the share of pairs in the right order, with ties as
    half a pair (Mann and Whitney 1947, unchecked).

    Parameters
    ----------
    sites
        float (sites,), in any order, without NaN.
    others
        float (others,), ascending, without NaN.

    Returns
    -------
    Score
        Both areas are NaN without sites or without others.
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
    """Score each group of sites against all positions that are no site, with the other groups left out.

    The site density is that of the group. Average precisions of groups that differ in it must not be compared without
    it.

    Parameters
    ----------
    truth
        0 or 1, of any shape.
    probability
        float of the same shape.
    group
        int of the same shape; counts at sites alone. Sites with a group outside 0 to `number` - 1 are in no score.
    number
        Number of groups.

    Returns
    -------
    tuple of Score
        One for each group.
    """
    truth = np.asarray(truth).astype(bool)
    others = np.sort(probability[~truth])
    of_site, group = probability[truth], group[truth]
    return tuple(score_against(of_site[group == which], others) for which in range(number))


def average_precision(hit: np.ndarray, probability: np.ndarray, sites: int) -> float:
    """Compute the average precision of calls.

    Sites that no call finds lower it, as if they were never ranked. Ties count as one step.

    Parameters
    ----------
    hit
        bool (calls,), whether each call is right.
    probability
        float (calls,).
    sites
        Number of sites, of which recall is a share.

    Returns
    -------
    float
        0 to 1; NaN without sites.
    """
    if not sites:
        return float("nan")
    level, count = np.unique(probability[hit], return_counts=True)
    calls = len(probability) - np.searchsorted(np.sort(probability), level, "left")
    true = np.cumsum(count[::-1])[::-1]  # right calls at this level or above
    return float(np.sum(count * true / calls) / sites)


def curve(hit: np.ndarray, probability: np.ndarray, sites: int) -> dict[str, np.ndarray]:
    """Compute precision and recall at falling thresholds.

    The thresholds are the probabilities of right calls.

    Parameters
    ----------
    hit
        bool (calls,), whether each call is right.
    probability
        float (calls,).
    sites
        Number of sites, of which recall is a share.

    Returns
    -------
    dict of numpy.ndarray
        Columns `threshold`, `calls`, `true_positives`, `precision`, `recall`, `f1` and `mean_p`. The last is the mean
        probability of the calls, which shows whether probabilities are calibrated (see `curves.calibration`).
    """
    level, count = np.unique(probability[hit], return_counts=True)
    ranked = np.sort(probability)
    calls = (len(probability) - np.searchsorted(ranked, level, "left"))[::-1]
    right = np.cumsum(count[::-1])
    mean = np.cumsum(ranked[::-1], dtype=np.float64)[calls - 1] / calls
    shares = {"precision": right / calls, "recall": right / max(sites, 1), "f1": 2 * right / (calls + sites)}
    return {"threshold": level[::-1], "calls": calls, "true_positives": right, **shares, "mean_p": mean}
