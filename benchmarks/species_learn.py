"""Teach one network several species, in the variants that are compared.

The loss is the cross-entropy of what a map lists, P(listed) = c x sum over d of j(d) P(site at place - d). `c` is
learned for each map and class of place, and is 1 for *E. coli*, whose map is the reference. `j`, how far a map is off,
is learned for each map from -2 to +2. Places that are chosen because a site is listed there, upstream of a gene or in a
window, have more sites than others: of these the odds of P are multiplied by a learned factor instead of c.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from species_maps import Map
from torch import Tensor, nn
from torch.nn import functional as F

from headmotif.alphabet import N
from headmotif.steps.network.kmer_attention import Reader
from headmotif.steps.sequence.windows import orient, orient_rows
from headmotif.steps.sites.genomic_class import CLASSES
from headmotif.steps.training.optimiser import AdamW
from headmotif.steps.training.recipe import DEFAULT, Recipe, rate_at
from headmotif.steps.training.state import State, remember, restore
from headmotif.steps.training.train import group_parameters

REFERENCE = "ecoli"
CHOSEN = ("gene", "window")
"""The kinds of maps of which only places near listed sites are known."""
REACH = 2
"""Nucleotides by which a map may be off."""
ECOLI_GC = 0.5079


@dataclass(frozen=True)
class Variant:
    """What may help on a species that a network has not seen.

    Attributes
    ----------
    masked
        Gene-associated maps count only upstream of genes with a listed site.
    listed
        The share of sites that a map lists is learned.
    odds
        Of places that are chosen by their sites, the ratio of the odds is learned instead.
    windows, around
        Windows of species without a genome are learned from too, as far as so many nucleotides from their +1.
    window_share
        Share of the stretches that are of windows; 0: as by the number of their sites.
    jitter
        How far a map is off is learned.
    balance
        A group is drawn in proportion to its number of sites to this power.
    reference
        Least share of the stretches that are of *E. coli*.
    alone
        The group is learned from alone, from new weights, instead of left out.
    composition
        What the network is told of the genome: nothing (""), bases less the genome's own frequencies (`bases`), or the
        GC content, left out in one stretch of five (`gc`).
    drawn_back
        How far the weights go from the first ones to the learned ones.
    """

    masked: bool = True
    listed: bool = False
    odds: bool = False
    windows: bool = False
    around: int = 50
    window_share: float = 0.0
    jitter: bool = False
    balance: float = 1.0
    reference: float = 0.0
    alone: bool = False
    composition: str = ""
    drawn_back: float = 1.0


RECIPE = replace(DEFAULT, rate=1e-3, decay=0.4)
"""As in `train-annot`, but slower and falling earlier, for the network knows much already."""
EVERY = 250
"""Steps between two states that are kept."""
WITH_SITE = 0.5
"""Share of the stretches that hold a site."""


class Stretches(NamedTuple):
    """What a step learns from; one row a stretch.

    Attributes
    ----------
    codes
        uint8 (batch, before + length + after).
    site, weight
        float32 (batch, length).
    place
        int64 (batch, length), the class of each place.
    number
        int64 (batch,), which map.
    gc
        float32 (batch,), GC content less that of *E. coli*.
    noise
        int32 (batch, before + length + after), for the dropout.
    """

    codes: Tensor
    site: Tensor
    weight: Tensor
    place: Tensor
    number: Tensor
    gc: Tensor
    noise: Tensor


class Tape:
    """Both strands of all contigs of a map, 5' to 3', end to end, each with the bases about it."""

    def __init__(self, one: Map, masked: bool, halo: int, length: int):
        codes, site, place, known = [], [], [], []
        everywhere = one.known if masked else one.known | (one.genome.base != N)
        for contig in range(len(one.genome.contigs)):
            for strand in (1, -1):
                codes.append(orient(one.genome, contig, strand, halo, halo))
                for into, rows in ((site, one.site), (place, one.place), (known, everywhere)):
                    into.append(np.pad(orient_rows(rows, one.genome, contig, strand), (halo, halo)))
        self.codes, self.site, self.place, self.known = map(np.concatenate, (codes, site, place, known))
        self.halo, self.length, self.gc = halo, length, one.gc - ECOLI_GC
        self.site = self.site & self.known
        self.sites = int(self.site.sum())
        self.known_before, self.sites_before = (count_before(x, length) for x in (self.known, self.site))

    def draw(self, rng: np.random.Generator, number: int) -> Iterator[tuple[int, float]]:
        """Draw places of stretches, each with its weight: some that hold a site, the others anywhere that is known.

        Weights make them count as they would in the whole map.
        """
        phase = int(rng.integers(self.length))
        start = np.arange(self.halo + phase, len(self.codes) - self.halo - self.length, self.length)
        row, column = (self.halo + phase) % self.length, (self.halo + phase) // self.length
        some = np.diff(self.known_before[row, column : column + len(start) + 1]) > 0
        holds = np.diff(self.sites_before[row, column : column + len(start) + 1]) > 0
        others = np.flatnonzero(some & ~holds)
        holds = np.flatnonzero(holds)
        share = len(holds) / (len(holds) + len(others))
        for _one in range(number):
            if len(others) == 0 or rng.random() < WITH_SITE:
                weight = share / WITH_SITE if len(others) else 1.0
                yield int(start[rng.choice(holds)]), weight
            else:
                yield int(start[rng.choice(others)]), (1 - share) / (1 - WITH_SITE)


def count_before(marked: np.ndarray, length: int) -> np.ndarray:
    """Marked places before place `column * length + row`; a row has the starts of one phase side by side."""
    short = -len(marked) % length + length
    return np.cumsum(np.pad(marked, (1, short - 1)), dtype=np.int32).reshape(-1, length).T.copy()


def fix_share(share: np.ndarray, some: np.ndarray, total: float) -> np.ndarray:
    """Scale shares so that some of them have this sum together, and all have 1."""
    return np.where(some, total * share / share[some].sum(), (1 - total) * share / share[~some].sum())


class Pool:
    """The stretches of several maps."""

    def __init__(self, maps: list[Map], variant: Variant, recipe: Recipe, halo: int):
        self.maps, self.variant, self.recipe, self.halo = maps, variant, recipe, halo
        self.tapes = [Tape(one, variant.masked, halo, recipe.length) for one in maps]
        groups = sorted({one.group for one in maps})
        of_group = {
            g: sum(tape.sites for tape, one in zip(self.tapes, maps, strict=True) if one.group == g) for g in groups
        }
        share = np.array(
            [
                of_group[one.group] ** variant.balance * tape.sites / of_group[one.group]
                for tape, one in zip(self.tapes, maps, strict=True)
            ]
        )
        windows = np.array([one.kind == "window" for one in maps])
        if variant.window_share and windows.any():
            share = fix_share(share, windows, variant.window_share)
        its = np.array([one.key == REFERENCE for one in maps])
        least = max(variant.reference, share[its].sum() / share.sum())
        self.share = fix_share(share, its, least) if its.any() else share / share.sum()

    def batch(self, step: int) -> Stretches:
        """Draw the stretches of a step; they depend on the seed and the step alone."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, step])
        count = rng.multinomial(recipe.batch, self.share)
        rows = [
            (number, at, weight)
            for number, (tape, n) in enumerate(zip(self.tapes, count, strict=True))
            if n
            for at, weight in tape.draw(rng, int(n))
        ]
        inner = [(self.tapes[number], slice(at, at + recipe.length)) for number, at, _weight in rows]
        codes = np.stack([tape.codes[s.start - self.halo : s.stop + self.halo] for tape, s in inner])
        weight = np.array([weight for _number, _at, weight in rows], np.float32)[:, None]
        return Stretches(
            torch.from_numpy(codes),
            torch.from_numpy(np.stack([tape.site[s] for tape, s in inner]).astype(np.float32)),
            torch.from_numpy(np.stack([tape.known[s] for tape, s in inner]) * weight),
            torch.from_numpy(np.stack([tape.place[s] for tape, s in inner]).astype(np.int64)),
            torch.tensor([number for number, _at, _weight in rows]),
            torch.tensor([tape.gc for tape, _s in inner], dtype=torch.float32),
            torch.from_numpy(rng.integers(-(2**31), 2**31, codes.shape, np.int32)),
        )


class Told(nn.Linear):
    """The first map of the k-mer embedding, with what the network is told of the genome added to its result."""

    told: Tensor | None = None

    def forward(self, kmers: Tensor) -> Tensor:
        found = super().forward(kmers)
        return found if self.told is None else found + self.told[:, None]


class Listing(nn.Module):
    """What each map lists of the sites, and how far it is off."""

    def __init__(self, maps: list[Map], variant: Variant):
        super().__init__()
        self.variant = variant
        free = torch.tensor([one.key != REFERENCE for one in maps])
        self.register_buffer("free", free)
        self.register_buffer("chosen", torch.tensor([variant.odds and one.kind in CHOSEN for one in maps]))
        self.share = nn.Parameter(torch.full((len(maps), len(CLASSES)), 0.0))
        shift = torch.full((len(maps), 2 * REACH + 1), -4.0)
        shift[:, REACH] = 0
        self.shift = nn.Parameter(shift)

    def loss(self, logits: Tensor, batch: Stretches) -> Tensor:
        """The loss of each place, (batch, length)."""
        if not self.variant.listed and not self.variant.jitter:
            return F.binary_cross_entropy_with_logits(logits, batch.site, reduction="none")
        free, chosen = self.free[batch.number][:, None], self.chosen[batch.number][:, None]
        share = self.share[batch.number[:, None], batch.place]
        p = torch.sigmoid(torch.where(chosen, logits.float() + share, logits.float()))
        if self.variant.jitter:
            moved = F.pad(p[:, None], (REACH, REACH), mode="replicate").unfold(2, 2 * REACH + 1, 1)[:, 0]
            kernel = torch.softmax(self.shift, 1)[batch.number]
            p = torch.where(free, (moved * kernel[:, None]).sum(2), p)
        if self.variant.listed:
            p = torch.where(free & ~chosen, p * torch.sigmoid(share), p)
        p = p.clamp(1e-7, 1 - 1e-7)
        return -(batch.site * torch.log(p) + (1 - batch.site) * torch.log1p(-p))


def tell(net: Reader, variant: Variant, gc: Tensor, drop: Tensor | None = None) -> None:
    """Tell the network what it is to know of the genome of each stretch.

    Bases less the genome's own frequencies are a bias of the first map: W (x - f) = W x - W f.
    """
    first = net.stem.bases
    if variant.composition == "bases":
        by_base = first.weight.unflatten(1, (4, -1)).sum(2)  # (units, bases)
        first.told = gc[:, None] * ((by_base[:, 0] + by_base[:, 3] - by_base[:, 1] - by_base[:, 2]) / 2)
    elif variant.composition == "gc":
        known = gc if drop is None else gc * drop
        first.told = known[:, None] * 10 * net.by_gc


def prepare(net: Reader, variant: Variant) -> None:
    """Give a network what the variant needs."""
    old = net.stem.bases
    net.stem.bases = Told(old.in_features, old.out_features)
    net.stem.bases.load_state_dict(old.state_dict())
    if variant.composition == "gc":
        net.by_gc = nn.Parameter(torch.zeros(old.out_features))


def settle(net: Reader, variant: Variant, gc: float) -> None:
    """Put what the network is told of one genome into its bias, so that it is a plain network for this genome."""
    with torch.no_grad():
        tell(net, variant, torch.tensor([gc - ECOLI_GC]))
        first = net.stem.bases
        if first.told is not None:
            first.bias += first.told[0]
            first.told = None


def learn(
    net: Reader,
    maps: list[Map],
    variant: Variant,
    recipe: Recipe,
    checkpoint: Path | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> Listing:
    """Train a network in place for `max_steps` of the recipe; it then has the averaged weights.

    The state is kept in the checkpoint every `EVERY` steps.
    """
    pool, listing = Pool(maps, variant, recipe, net.before), Listing(maps, variant)
    prepare(net, variant)
    weights, both = list(net.parameters()), nn.ModuleList([net, listing])
    listed = {"params": list(listing.parameters()), "weight_decay": 0.0, "faster": 10.0}
    optimiser = AdamW([*group_parameters(net, recipe), listed], lr=recipe.rate, betas=recipe.momenta)
    state = read_state(checkpoint, both, optimiser)
    mean = [state.mean[name] for name, _p in net.named_parameters()]
    net.train()
    for step in range(state.step, recipe.max_steps):
        batch = pool.batch(step)
        known = np.random.default_rng([recipe.seed, 3, step]).random(recipe.batch) > 0.2
        tell(net, variant, batch.gc, torch.from_numpy(known.astype(np.float32)))
        logits = net(batch.codes, noise=batch.noise)[..., 0]
        each = listing.loss(logits, batch)
        loss = (each * batch.weight).sum() / batch.weight.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, recipe.clip)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(recipe, step, recipe.max_steps) * group["faster"]
        optimiser.step()
        with torch.no_grad():
            decay = min(recipe.average, (1 + step) / (10 + step))
            torch._foreach_lerp_(mean, [p.detach() for p in weights], 1 - decay)
        state.step = step + 1
        if checkpoint and state.step % EVERY == 0:
            write_state(checkpoint, both, optimiser, state)
        if progress:
            progress(state.step, recipe.max_steps, float(loss.detach()))
    with torch.no_grad():
        for parameter, value in zip(weights, mean, strict=True):
            parameter.copy_(value)
    net.eval()
    return listing


def copy_weights(net: Reader) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in net.named_parameters()}


@torch.no_grad()
def put_weights(net: Reader, weights: Mapping[str, Tensor]) -> None:
    for name, value in weights.items():
        net.get_parameter(name).copy_(value)


def draw_back(first: Mapping[str, Tensor], runs: Sequence[Mapping[str, Tensor]], share: float) -> dict[str, Tensor]:
    """The first weights and a share of the mean change of several runs that began with them.

    Weights between the two are good at both (Wortsman et al. 2022, CVPR, 7959-7971, and ICML, 23965-23998, unchecked).
    """
    return {name: old + share * sum(run[name] - old for run in runs) / len(runs) for name, old in first.items()}


def write_state(path: Path, both: nn.ModuleList, optimiser: AdamW, state: State) -> None:
    """Keep the state of a training in a file, which is whole at any time."""
    remember(both, optimiser, state)
    arrays = {"step": torch.tensor(state.step)}
    for kind in ("weights", "mean", "moments"):
        arrays |= {f"{kind}/{name}": value.contiguous() for name, value in getattr(state, kind).items()}
    save_file(arrays, f"{path}.new")
    Path(f"{path}.new").replace(path)


def read_state(path: Path | None, both: nn.ModuleList, optimiser: AdamW) -> State:
    """Go on from a file, if there is one."""
    net = both[0]
    state = State(mean={name: p.detach().clone() for name, p in net.named_parameters()})
    if path is None or not path.exists():
        return state
    arrays = load_file(path)
    state.step = int(arrays.pop("step"))
    for kind in ("weights", "mean", "moments"):
        start = f"{kind}/"
        setattr(state, kind, {name[len(start) :]: x for name, x in arrays.items() if name.startswith(start)})
    restore(both, optimiser, state)
    return state
