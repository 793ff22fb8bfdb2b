"""Scores and verdicts of the heads of one model, by fixed rules.

A head reads content if the motif of its regions scores higher at the offsets that the head chose at each site than at
the same offsets exchanged among the sites. The test uses sites that the motif was not found on. A head recurs in a
replicate (same data, another seed) if a head of the replicate chooses the same bases at the same sites, more often than
their profiles make likely.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ...data import Attention, Genome
from ...data.verdict import HeadTest, Outcome
from ..attention import similarity
from ..attention.profile import Shape, shapes
from ..attention.segment import segment
from ..motifs import discovery
from .marginalization import Marginal

CONTENT = 0.05
"""Largest p of a motif against its positional null, multiplied by the number of heads."""
RECURS = 0.3
"""Least agreement with a head of a replicate that counts as the same choice."""
SEEDS = 3
"""Number of models, with the scored one among them, in which a head must recur."""


@dataclass(frozen=True, eq=False)
class Head:
    """The scores of one head.

    Attributes
    ----------
    name
        As in L1H3: layer and head, from 1.
    reach
        Bases on either side of a key's centre that the key has read.
    shape
        The profile of the head in numbers.
    regions
        Number of regions.
    offset
        Most frequent offset of the regions, negative upstream; 0 where there are none.
    found
        The motif of the regions, with its p; None where there are no regions.
    group
        Number of the head's group; heads of one group choose alike.
    like
        Name of the head that it agrees with most; "" in a network of one head.
    agreement
        Its agreement with that head, at most 1.
    recurs
        For each replicate, the largest agreement with a head there.
    """

    name: str
    reach: int
    shape: Shape
    regions: int
    offset: int
    found: discovery.Found | None
    group: int
    like: str
    agreement: float
    recurs: tuple[float, ...]


def heads(
    attention: Attention, genome: Genome, others: Sequence[np.ndarray], max_q: float, max_p: float, seed: int
) -> tuple[list[Head], np.ndarray, str]:
    """Score all heads of a model.

    Parameters
    ----------
    attention
        Attention of the model at sites and background positions.
    genome
        Genome that holds the sites.
    others
        For each replicate, int32 (heads, sites), the choices of its heads at the same sites.
    max_q
        Largest q of a region.
    max_p
        Largest p of a choice.
    seed
        Seed of the random numbers.

    Returns
    -------
    rows : list[Head]
        The heads in the order of layers and heads.
    chosen : numpy.ndarray
        int32 (heads, sites), their choices; see `similarity.choices`.
    why_none : str
        Why no head has a region, and which limit gives some; "" if there are regions.
    """
    segmented = segment(attention, max_q, 1.0, seed)
    regions = segmented.regions
    motif_of = (
        {one.group: one for one in discovery.find_motifs(genome, regions, discovery.Search(min_sites=20), seed)}
        if len(regions)
        else {}
    )
    chosen = similarity.choices(attention, max_p, seed)
    alike = similarity.agreement(chosen, chosen)
    group = similarity.groups(alike)
    np.fill_diagonal(alike, -np.inf)
    recurs = [similarity.agreement(chosen, other).max(axis=1, initial=0.0) for other in others]
    layers, of_layer = attention.weight.shape[1:3]
    names = [attention.name(layer, head) for layer, head in np.ndindex(layers, of_layer)]
    rows = []
    for number, (shape, name) in enumerate(zip([s for layer in shapes(attention) for s in layer], names, strict=True)):
        mine = regions.take(regions.head == name)
        values, count = np.unique(mine.offset, return_counts=True)
        nearest = int(alike[number].argmax())
        rows.append(
            Head(
                name=name,
                reach=attention.reach[number // of_layer],
                shape=shape,
                regions=len(mine),
                offset=int(values[count.argmax()]) if len(mine) else 0,
                found=motif_of.get(name),
                group=int(group[number]),
                like=names[nearest] if len(names) > 1 else "",
                agreement=float(alike[number, nearest]) if len(names) > 1 else 0.0,
                recurs=tuple(float(other[number]) for other in recurs),
            )
        )
    return rows, chosen, segmented.why_none


def count_by_chance(attention: Attention, max_q: float, seed: int) -> int:
    """Count the regions of the head that has most; in a control network this is the number that chance gives.

    Parameters
    ----------
    attention
        Attention of a control network at sites and background positions.
    max_q
        Largest q of a region.
    seed
        Seed of the random numbers.

    Returns
    -------
    int
        0 where no head has a region.
    """
    found = segment(attention, max_q, 1.0, seed).regions
    return int(np.unique(found.head, return_counts=True)[1].max(initial=0))


def verdicts(heads: Sequence[Head], effects: Sequence[Marginal | None], chance: int) -> list[HeadTest]:
    """Draw a conclusion about each head.

    Parameters
    ----------
    heads
        All heads of a model.
    effects
        The effect of each head's motif alone; None where it was not measured.
    chance
        Largest number of regions of a head of the control networks; see `count_by_chance`.

    Returns
    -------
    list[HeadTest]
        One for each head.
    """
    return [verdict(head, len(heads), effect, chance) for head, effect in zip(heads, effects, strict=True)]


def verdict(head: Head, number: int, effect: Marginal | None, chance: int = 0) -> HeadTest:
    """Draw a conclusion about one head.

    The rules apply in this order: no region; no more regions than the control networks; too few regions for a motif; a
    motif no better than its positional null (position); content. With content it is also stated whether the motif alone
    moves the logit, and whether the head recurs in replicates, as far as this was measured.

    Parameters
    ----------
    head
        The scores of the head.
    number
        Number of heads of the model, by which the p of the motif is multiplied.
    effect
        Effect of the motif alone; None where it was not measured.
    chance
        Largest number of regions of a head of the control networks; see `count_by_chance`.

    Returns
    -------
    HeadTest
        The conclusion.
    """
    if not head.regions:
        return HeadTest(Outcome.NO_REGION)
    if head.regions <= chance:
        return HeadTest(Outcome.BY_CHANCE)
    if head.found is None or head.found.motif is None:
        return HeadTest(Outcome.TOO_FEW)
    if not head.found.p * number <= CONTENT:
        return HeadTest(Outcome.POSITION)
    inert = effect is not None and not (effect.low > 0 or effect.high < 0)
    recurs = 1 + sum(x >= RECURS for x in head.recurs) >= SEEDS if head.recurs else None
    return HeadTest(Outcome.CONTENT, inert, recurs)


def pair_rows(chosen: np.ndarray, names: Sequence[str]) -> list[dict]:
    """Write the pairs of heads as rows of a table.

    Parameters
    ----------
    chosen
        int32 (heads, sites), choices of the heads; see `similarity.choices`.
    names
        Names of the heads.

    Returns
    -------
    list[dict]
        The fields of `similarity.Pair`, with names of heads in the place of indices.
    """
    return [
        {**asdict(pair), "first_head": names[pair.first_head], "second_head": names[pair.second_head]}
        for pair in similarity.pairs(chosen)
    ]
