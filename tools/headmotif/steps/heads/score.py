"""All that is measured of each head of one model, gathered: a row a head, with a verdict that follows rules written
here.

A head reads content when its regions' motif scores higher at the distances that it chose for each site than at the same
distances swapped among the sites, on sites that the motif was not found on. It recurs in another model (same data,
another seed) when some head of that model chooses the same bases at the same sites, beyond habit.
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
"""Largest p, times the number of heads, of a motif beyond its positional null."""
RECURS = 0.3
"""Least agreement with a head of another model that counts as the same choice."""
SEEDS = 3
"""Models, the scored one among them, in which a head must recur."""


@dataclass(frozen=True, eq=False)
class Head:
    """One head.

    name: L1H3. reach: bases on either side of a key's centre that it is made of. regions: sites with a region;
    distance: where most are. found: their motif, with its p. group: heads with one number choose alike; like: the head
    that it agrees with most, and by how much. recurs: per other model its best agreement with a head there.
    """

    name: str
    reach: int
    shape: Shape
    regions: int
    distance: int
    found: discovery.Found | None
    group: int
    like: str
    agreement: float
    recurs: tuple[float, ...]


def heads(
    attention: Attention, genome: Genome, others: Sequence[np.ndarray], max_q: float, max_p: float, seed: int
) -> tuple[list[Head], np.ndarray]:
    """Every head of the attention, in order; and its choices, int32 (heads, sites).

    others: the choices of other models' heads at the same sites, each int32 (heads, sites). max_q: of regions; max_p:
    of choices.
    """
    regions = segment(attention, max_q, 1.0, seed).regions
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
        values, count = np.unique(mine.distance, return_counts=True)
        nearest = int(alike[number].argmax())
        rows.append(
            Head(
                name=name,
                reach=attention.reach[number // of_layer],
                shape=shape,
                regions=len(mine),
                distance=int(values[count.argmax()]) if len(mine) else 0,
                found=motif_of.get(name),
                group=int(group[number]),
                like=names[nearest] if len(names) > 1 else "",
                agreement=float(alike[number, nearest]) if len(names) > 1 else 0.0,
                recurs=tuple(float(other[number]) for other in recurs),
            )
        )
    return rows, chosen


def by_chance(attention: Attention, max_q: float, seed: int) -> int:
    """The most regions of any head: of a network that knows nothing of the sites, what a head's regions must exceed."""
    found = segment(attention, max_q, 1.0, seed).regions
    return int(np.unique(found.head, return_counts=True)[1].max(initial=0))


def verdicts(heads: Sequence[Head], effects: Sequence[Marginal | None], chance: int) -> list[HeadTest]:
    """What may be said of each head; effects: of its motif alone, where that was measured; chance: see `by_chance`."""
    return [verdict(head, len(heads), effect, chance) for head, effect in zip(heads, effects, strict=True)]


def verdict(head: Head, number: int, effect: Marginal | None, chance: int = 0) -> HeadTest:
    """What may be said of a head, of so many: no region; no more than by chance (regions of heads that know nothing,
    see `by_chance`); position; content, whether its motif alone moves the score (where that was measured), and whether
    it recurs (where other models were given)."""
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
    """The table of head pairs, see `similarity.Pair`, heads by their names."""
    return [
        {**asdict(pair), "first": names[pair.first], "second": names[pair.second]} for pair in similarity.pairs(chosen)
    ]
