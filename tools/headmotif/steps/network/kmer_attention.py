"""`default`: attention heads over exact k-mers, made to be read; `wide`: the same with keys as wide as what factors
bind.

Queries travel through the layers; keys and values of every layer are k-mers of the sequence itself, so a head's motif
is a motif at any depth, and a position costs the same alone as in a genome. A head weighs a key by what it is, by its
distance (a table), and by both together (rotary positions, Su et al. 2021, RoFormer, arXiv:2104.09864); what it reads
is turned by its distance too.

A factor that binds one promoter in fifty is rarely learned: half of its dyad, in a key of eleven, says little alone,
and a single base next to nothing. `wide` has both halves in one key, and begins with units that know every word of
three letters.
"""

import contextlib
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...alphabet import N
from . import band
from .dropout import Dropout
from .layers import Record, last, one_hot


@dataclass(frozen=True)
class ReaderConfig:
    """Sizes of the attention network."""

    preset: str = "default"
    width: int = 64  # of the state that each position carries through the layers
    layers: int = 3
    heads: int = 8  # per layer
    d_head: int = 16
    window: int = 96  # a head sees the k-mers centred at most this far away, on both sides
    kmer: int = 11  # bases that a key is made of
    dropout: float = 0.2
    # letters of the words that some units of the stem begin with, all of them side by side through the key; 0: none
    words: int = 0


WORD = 1.5
"""The weight of a letter in a unit that begins as a word: three right ones give 1.1, one wrong letter already less than
nothing."""
WIDE = ReaderConfig(preset="wide", kmer=17, words=3)


def word_units(kmer: int, letters: int) -> Tensor:
    """Weights (units, 4 kmer + 1), all A first, then C, G, T, the bias last, of units that are positive where the k-mer
    has one word of so many letters at one place and negative elsewhere: every word, at every place that is `letters`
    from the one before."""
    places = range(kmer % letters // 2, kmer - letters + 1, letters) if letters else ()
    units = torch.zeros(len(places), 4**letters, 4, kmer)
    for place, into in zip(places, units, strict=True):
        for word, unit in zip(product(range(4), repeat=letters), into, strict=True):
            unit[list(word), range(place, place + letters)] = WORD
    bias = torch.full((len(places) * 4**letters, 1), -WORD * (letters - 0.75))
    return torch.cat([units.flatten(0, 1).flatten(1), bias], 1)


class Stem(nn.Module):
    """What a position's own k-mer says: any function of exactly `kmer` bases, and of nothing else."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.kmer = config.kmer
        words = word_units(config.kmer, config.words)
        self.bases = nn.Linear(4 * config.kmer, len(words) + 2 * config.width)
        self.mix = nn.Linear(len(words) + 2 * config.width, config.width)
        self.norm = nn.LayerNorm(config.width)
        with torch.no_grad():
            self.bases.weight[: len(words)] = words[:, :-1]
            self.bases.bias[: len(words)] = words[:, -1]

    def forward(self, codes: Tensor) -> Tensor:
        bases = one_hot(codes, self.bases.weight.dtype)
        kmers = bases.unfold(1, self.kmer, 1).flatten(2)  # (batch, length, 4 kmer), all A first, then all C, G, T
        return self.norm(self.mix(F.gelu(self.bases(kmers))))  # (batch, length, width)


def angles(length: int, d_head: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines (length, d_head / 2): one turn in 8 bases for the fastest pair, in 400 for the slowest."""
    speed = 2 * torch.pi / (8 * 50 ** torch.linspace(0, 1, d_head // 2, dtype=torch.float64))
    angle = torch.arange(length, dtype=torch.float64)[:, None] * speed  # in float32 far angles would be coarse
    return angle.cos().float().to(device), angle.sin().float().to(device)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn pairs of coordinates (..., length, d) by each position's angles: products then depend on distances alone."""
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class Layer(nn.Module):
    """One layer of heads: a query per position against the k-mers around it; then a small feed-forward block."""

    def __init__(self, config: ReaderConfig, number: int):
        super().__init__()
        self.heads, self.d_head, self.window = config.heads, config.d_head, config.window
        inner = config.heads * config.d_head
        self.query_norm = nn.LayerNorm(config.width)
        self.query = nn.Linear(config.width, inner)
        self.key_value = nn.Linear(config.width, 2 * inner, bias=False)
        self.output = nn.Linear(inner, config.width, bias=False)
        self.by_distance = nn.Parameter(torch.zeros(config.heads, 2 * config.window + 1))
        self.nothing = nn.Parameter(torch.full((config.heads,), 6.0))
        self.wide_norm = nn.LayerNorm(config.width)
        self.widen = nn.Linear(config.width, 2 * config.width)
        self.narrow = nn.Linear(2 * config.width, config.width)
        self.dropouts = nn.ModuleList(Dropout(config.dropout, config.width, 1 + 2 * number + i) for i in range(2))

    def apart(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (-1, self.d_head)).permute(2, 0, 1, 3)  # (heads, batch, length, d_head)

    def forward(
        self,
        state: Tensor,
        kmers: Tensor,
        hidden: Tensor | None,
        turn: tuple[Tensor, Tensor],
        record: Record | None,
        noise: Tensor | None,
    ) -> Tensor:
        key, value = self.apart(self.key_value(kmers)).chunk(2)
        # What is turned is rounded differently wherever a stretch begins, so all that follows is float32; but in
        # training, where speed counts for more.
        with contextlib.nullcontext() if self.training else torch.autocast(state.device.type, enabled=False):
            query = self.apart(self.query(self.query_norm(state)) * self.d_head**-0.5)
            collected = self.read(query, key, value, hidden, turn, record)  # (heads, batch, length, d_head)
            state = state + self.dropouts[0](self.output(collected.permute(1, 2, 0, 3).flatten(2)), noise)
            return state + self.dropouts[1](self.narrow(F.gelu(self.widen(self.wide_norm(state)))), noise)

    def read(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        hidden: Tensor | None,
        turn: tuple[Tensor, Tensor],
        record: Record | None,
    ) -> Tensor:
        """What each query collects, turned by its distance from where it was read, all (heads, batch, length or keys,
        d_head)."""
        w, seen = self.window, list[tuple[Tensor, Tensor]]()
        cos, sin = (t[w : w + query.shape[2]] for t in turn)
        here, back = (cos, sin), (cos, -sin)
        query, key, value = (
            rotate(x.float(), t).to(query.dtype) for x, t in ((query, here), (key, turn), (value, turn))
        )
        wanted = None if record is None else seen
        collected = band.attend(query, band.Keys(key, value, w, hidden), (w, w), self.by_distance, self.nothing, wanted)
        if record is not None:
            weight, none = seen[0]
            record.append((weight, self.added(weight, value, back), none))
        return rotate(collected.float(), back)

    def added(self, weight: Tensor, value: Tensor, back: tuple[Tensor, Tensor]) -> Tensor:
        """The length of what each key adds to the state (weight x value x output projection), (batch, length, heads,
        keys)."""
        projection = (
            self.output.weight.float().unflatten(1, (self.heads, self.d_head)).permute(1, 2, 0)
        )  # (heads, d_head, width)
        values = value.float().unfold(2, 2 * self.window + 1, 1).transpose(3, 4)  # (heads, batch, length, keys, d_head)
        values = rotate(values, (back[0][:, None], back[1][:, None]))
        return weight * (values @ projection[:, None, None]).norm(dim=-1).permute(1, 2, 0, 3)


class Reader(nn.Module):
    """The network: a stem of k-mers, layers of heads that read it, and an output for each label."""

    chunk, batch = 1024, 2

    def __init__(self, config: ReaderConfig, labels: int):
        super().__init__()
        self.config, self.labels = config, labels
        self.before = self.after = config.window + config.kmer // 2
        self.learning = (self.before, self.after)
        self.stem = Stem(config)
        self.dropout = Dropout(config.dropout, config.width, 0)
        self.layers = nn.ModuleList(Layer(config, number) for number in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, labels)

    @property
    def keys(self) -> np.ndarray:
        """The key axis, int32 (keys,), in bases from the site, negative upstream."""
        return np.arange(-self.config.window, self.config.window + 1, dtype=np.int32)

    @property
    def reach(self) -> tuple[tuple[int, int], ...]:
        """Per layer the bases before and after a key that it is made of."""
        return ((self.config.kmer // 2,) * 2,) * self.config.layers

    def forward(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor:
        """Logits (batch, length, labels). record: gets per layer weights and lengths of what each key adds, both
        (batch, length, heads, keys), and the weights of nothing (batch, length, heads)."""
        window, edge = self.config.window, self.config.kmer // 2
        if noise is not None:
            noise = noise[:, edge : noise.shape[1] - edge]
        kmers = self.dropout(self.stem(codes), noise)  # (batch, window + length + window, width)
        hidden = codes[:, edge : codes.shape[1] - edge] == N
        state = kmers[:, window : kmers.shape[1] - window].float()
        if noise is not None:
            noise = noise[:, window : noise.shape[1] - window]
        some, turn = bool(hidden.any()), angles(kmers.shape[1], self.config.d_head, codes.device)
        for layer in self.layers:
            state = layer(state, kmers, hidden if some else None, turn, record, noise)
        return last(self.norm, self.out, state)
