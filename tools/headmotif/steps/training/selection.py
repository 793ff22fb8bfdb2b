"""The selection score of an evaluation: the weights of the evaluation with the highest one are kept.

It is a mean over several evaluations, because a single average precision is noisy. `Recipe.by_loss` takes the loss
instead, as the published recipe does.
"""

from collections.abc import Sequence

from .recipe import Recipe
from .state import Record


def score(records: Sequence[Record], recipe: Recipe) -> float:
    """Compute the selection score of the last evaluation.

    Parameters
    ----------
    records
        The evaluations up to that one.
    recipe
        How the network is trained.

    Returns
    -------
    float
        From `smooth`, or minus the validation loss if the recipe chooses by the loss; the larger, the better. NaN if
        the validation part has no site or no position.
    """
    return -records[-1].validation_loss if recipe.by_loss else smooth(records, recipe.smooth)


def score_each(records: Sequence[Record], recipe: Recipe) -> list[float]:
    """Compute the selection score of every evaluation.

    Parameters
    ----------
    records, recipe
        The evaluations, and how the network is trained.

    Returns
    -------
    list of float
        A score for each evaluation.
    """
    return [score(records[: number + 1], recipe) for number in range(len(records))]


def smooth(records: Sequence[Record], number: int) -> float:
    """Compute the sum of the last validation scores over `number`: the first evaluations count less, as they should.

    Parameters
    ----------
    records, number
        The evaluations so far, and how many are averaged; one before the first step stands for missing ones.

    Returns
    -------
    float
        The smoothed average precision.
    """
    before = [records[0]] * (number - 1) if records[0].step == 0 else []
    return sum(r.average_precision for r in [*before, *records][-number:]) / number
