"""The `default` and `wide` presets: attention heads whose keys are k-mers, so that heads can be read as motifs.

Queries pass through the layers, but the keys and values of every layer are k-mers of the sequence itself. So the motif
of a head is a motif at any depth, and a position costs the same alone as in a genome. A head weighs a key by its
sequence, by its distance (a table), and by both together (rotary positions, Su et al. 2021, RoFormer,
arXiv:2104.09864). The value that it collects is rotated by its distance too.

A transcription factor that binds one promoter in fifty is rarely learned. Half of its dyad, in a key of eleven bases,
says little alone, and a single base almost nothing. `wide` has keys of 17 bases, which hold both halves, and begins
with units that detect every word of three letters.
"""

import contextlib
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...alphabet import N
from . import band, fused
from .dropout import Dropout
from .layers import Part, Record, TakenApart, compute_logits, one_hot
from .rotary import angles, pair, turn_pairs


@dataclass(frozen=True)
class ReaderConfig:
    """The sizes of the attention network.

    Attributes
    ----------
    preset
        Name of the preset.
    width
        Size of the state that each position carries through the layers.
    layers
        Number of layers.
    heads
        Heads of each layer.
    d_head
        Size of the queries, keys and values of a head.
    window
        A head sees the k-mers whose centres lie at most this many bases away, on both sides.
    kmer
        Bases of a key.
    dropout
        Share of the values that dropout sets to zero in training.
    words
        Letters of the words that some units of the k-mer embedding detect at first, side by side through the key; 0:
        there are no such units.
    learned_gc
        The GC content to which the bias of the embedding belongs, if the network reads bases less the genome's own
        frequencies (`composition`); None if it does not.
    """

    preset: str = "default"
    width: int = 64
    layers: int = 3
    heads: int = 8
    d_head: int = 16
    window: int = 96
    kmer: int = 11
    dropout: float = 0.2
    words: int = 0
    learned_gc: float | None = None


WORD = 1.5
"""Initial weight of a letter in a unit that detects a word.

The input of the unit is 1.1 with three right letters, and less than 0 with one wrong letter.
"""
WIDE = ReaderConfig(preset="wide", kmer=17, words=3)
"""The sizes of the `wide` preset."""


def word_units(kmer: int, letters: int) -> Tensor:
    """Make the weights of units that each detect one word at one position of a k-mer.

    The input of a unit is positive if the k-mer has the word at that position, and negative otherwise. There is a unit
    for every word at every position; positions are `letters` bases apart.

    Parameters
    ----------
    kmer
        Bases of a k-mer.
    letters
        Letters of a word; 0: no unit is made.

    Returns
    -------
    torch.Tensor
        float32 (units, 4 kmer + 1): weights of all A first, then C, G and T, and the bias last.
    """
    places = range(kmer % letters // 2, kmer - letters + 1, letters) if letters else ()
    units = torch.zeros(len(places), 4**letters, 4, kmer)
    for place, into in zip(places, units, strict=True):
        for word, unit in zip(product(range(4), repeat=letters), into, strict=True):
            unit[list(word), range(place, place + letters)] = WORD
    bias = torch.full((len(places) * 4**letters, 1), -WORD * (letters - 0.75))
    return torch.cat([units.flatten(0, 1).flatten(1), bias], 1)


class KmerEmbedding(nn.Module):
    """The vector of each position: a learned function of the `kmer` bases around it, and of nothing else.

    Parameters
    ----------
    config
        The sizes of the network.
    """

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
        """Embed codes (batch, length + kmer - 1) as (batch, length, width)."""
        bases = one_hot(codes, self.bases.weight.dtype)
        kmers = bases.unfold(1, self.kmer, 1).flatten(2)  # (batch, length, 4 kmer), all A first, then all C, G, T
        return self.norm(self.mix(F.gelu(self.bases(kmers))))  # (batch, length, width)


class Layer(nn.Module):
    """One layer: attention heads, whose queries meet the k-mers around them, and a small feed-forward block.

    Parameters
    ----------
    config
        The sizes of the network.
    number
        Number of the layer, from 0.
    """

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

    def forward(
        self,
        state: Tensor,
        kmers: Tensor,
        hidden: Tensor | None,
        circle: Tensor,
        record: Record | None,
        noise: Tensor | None,
    ) -> Tensor:
        """Compute the states after this layer, (batch, length, width), from those before it and from the k-mers."""
        keys = self._find_keys(kmers, circle)
        return self._add(state, self._collect(state, keys, hidden, circle, record), noise)

    def _exactly(self, device: torch.device) -> contextlib.AbstractContextManager:
        """The context of what comes after keys and values: float32, except in training, where speed counts for more.

        Rounding of rotated values depends on where a stretch begins.
        """
        return contextlib.nullcontext() if self.training else torch.autocast(device.type, enabled=False)

    def _find_keys(self, kmers: Tensor, circle: Tensor) -> Tensor:
        """The rotated keys and values of the k-mers, which do not depend on the states.

        They are float32 (batch, window + length + window, 2 heads, d_head), pairs side by side.
        """
        return turn_pairs(F.linear(kmers, pair(self.key_value.weight, self.d_head)), circle)

    def _collect(
        self, state: Tensor, keys: Tensor, hidden: Tensor | None, circle: Tensor, record: Record | None
    ) -> Tensor:
        """What all heads collect, side by side, float32 (batch, length, heads d_head).

        Each value is rotated by the distance from which it comes. `record` is as in `Reader.forward`.
        """
        here = circle[self.window : self.window + state.shape[1]]
        with self._exactly(state.device):
            weight, bias = (pair(x, self.d_head) * self.d_head**-0.5 for x in (self.query.weight, self.query.bias))
            query = turn_pairs(F.linear(self.query_norm(state), weight, bias), here)
            seen = list[tuple[Tensor, Tensor]]()
            collected = self._attend(query, keys, hidden, None if record is None else seen)
            if record is not None:
                weight, null_key = seen[0]
                record.append((weight, self.measure_added(weight, keys[:, :, self.heads :], here), null_key))
            back = torch.view_as_complex(collected.unflatten(3, (-1, 2))) * here.conj()[:, None]
            return torch.cat([back.real, back.imag], 3).flatten(2)

    def _attend(
        self, query: Tensor, keys: Tensor, hidden: Tensor | None, seen: list[tuple[Tensor, Tensor]] | None
    ) -> Tensor:
        """What each query collects, (batch, length, heads, d_head); `seen` is as the `record` of `band.attend`."""
        on_processor = query.device.type == "cpu"
        if not on_processor or seen is not None:
            key, value = keys.permute(2, 0, 1, 3).chunk(2)
            window = (self.window, self.window)
            its = band.Keys(key, value, self.window, hidden)
            found = band.attend(query.permute(2, 0, 1, 3), its, window, self.by_distance, self.nothing, seen)
        # What is recorded does not change what is collected.
        return (
            fused.attend(query, keys, self.by_distance, self.nothing, hidden)
            if on_processor
            else found.permute(1, 2, 0, 3)
        )

    def _add(self, state: Tensor, collected: Tensor, noise: Tensor | None) -> Tensor:
        """The states after this layer, from those before it and from what all heads collected."""
        with self._exactly(state.device):
            state = state + self.dropouts[0](self.output(collected), noise)
            return state + self.dropouts[1](self.narrow(F.gelu(self.widen(self.wide_norm(state)))), noise)

    def measure_added(self, weight: Tensor, value: Tensor, here: Tensor) -> Tensor:
        """Compute the length of the vector that each key adds to the state: weight times value times output projection.

        Parameters
        ----------
        weight
            (batch, length, heads, keys).
        value
            float32 (batch, window + length + window, heads, d_head), rotated, pairs side by side.
        here
            complex64 (length, d_head / 2), cosines and sines of the angles of the queries.

        Returns
        -------
        torch.Tensor
            float32 (batch, length, heads, keys).
        """
        # Of the projection QR leaves a triangle: the orthogonal factor changes no length. The rotation joins it.
        projection = pair(self.output.weight.float().T, self.d_head).unflatten(0, (self.heads, -1)).transpose(1, 2)
        triangle = torch.linalg.qr(projection.cpu(), mode="r").R.to(value.device)  # (heads, d_head, d_head)
        pairs = torch.view_as_complex(triangle.unflatten(2, (-1, 2)).contiguous())[:, None]
        turned = torch.view_as_real(pairs * here[:, None]).flatten(3)  # (heads, length, d_head, d_head)
        values = value.permute(2, 0, 1, 3).unfold(2, 2 * self.window + 1, 1)  # (heads, batch, length, d_head, keys)
        squares = (turned[:, None] @ values).square_()
        return weight * squares.sum(3).sqrt_().permute(1, 2, 0, 3)


class Reader(nn.Module):
    """The attention network: a k-mer embedding, layers of heads that read it, and an output for each label.

    Parameters
    ----------
    config
        Its sizes.
    labels
        Number of labels.
    """

    chunk, batch = 2048, 1

    def __init__(self, config: ReaderConfig, labels: int):
        super().__init__()
        self.config, self.labels = config, labels
        self.before = self.after = config.window + config.kmer // 2
        self.learning = (self.before, self.after)
        self.stem = KmerEmbedding(config)
        self.dropout = Dropout(config.dropout, config.width, 0)
        self.layers = nn.ModuleList(Layer(config, number) for number in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, labels)

    @property
    def keys(self) -> np.ndarray:
        """The offsets of the keys from the site: int32 (keys,), in bases, negative upstream."""
        return np.arange(-self.config.window, self.config.window + 1, dtype=np.int32)

    @property
    def reach(self) -> tuple[tuple[int, int], ...]:
        """For each layer, the bases before and after a key's centre that the key has read."""
        return ((self.config.kmer // 2,) * 2,) * self.config.layers

    def forward(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor:
        """Compute the logits, (batch, length, labels).

        `record` receives three tensors for each layer: weights and lengths of what each key adds, both (batch, length,
        heads, keys), and the weights of the null key, (batch, length, heads).
        """
        with self._alone(codes.device):
            state, kmers, hidden, circle = self._enter(codes, noise)
            if noise is not None:
                noise = noise[:, self.before : noise.shape[1] - self.after]
            for layer in self.layers:
                state = layer(state, kmers, hidden, circle, record, noise)
            return compute_logits(self.norm, self.out, state)

    def _alone(self, device: torch.device) -> contextlib.AbstractContextManager:
        """The context of the whole network: float32 on a processor, except in training.

        There bfloat16 would gain nothing: exponentials and memory take most of the time, not products. Of training,
        products are a larger part.
        """
        exact = device.type == "cpu" and not self.training
        return torch.autocast("cpu", enabled=False) if exact else contextlib.nullcontext()

    def _enter(self, codes: Tensor, noise: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
        """What the layers of a batch begin with.

        It is the states before the first layer, float32 (batch, length, width); the k-mers, (batch, window + length +
        window, width); which of them are hidden, bool, None for none; and the cosines and sines of the angles of their
        positions, complex64 (window + length + window, d_head / 2).
        """
        window, edge = self.config.window, self.config.kmer // 2
        inside = slice(edge, codes.shape[1] - edge)
        kmers = self.dropout(self.stem(codes), None if noise is None else noise[:, inside])
        hidden = codes[:, inside] == N
        state = kmers[:, window : kmers.shape[1] - window].float()
        circle = torch.complex(*angles(kmers.shape[1], self.config.d_head, codes.device))
        return state, kmers, hidden if bool(hidden.any()) else None, circle

    def take_apart(self, codes: Tensor) -> TakenApart:
        """Take the computation of a batch apart, in evaluation mode.

        Parameters
        ----------
        codes
            uint8 (batch, before + length + after).

        Returns
        -------
        TakenApart
            Its keys are computed once, since they do not depend on the states.
        """
        with self._alone(codes.device):
            state, kmers, hidden, circle = self._enter(codes, None)

            def part(layer: Layer) -> Part:
                keys = layer._find_keys(kmers, circle)
                return Part(
                    lambda state: layer._collect(state, keys, hidden, circle, None),
                    lambda state, collected: layer._add(state, collected, None),
                )

            parts = [part(cast(Layer, layer)) for layer in self.layers]
        return TakenApart(state, parts, lambda state: compute_logits(self.norm, self.out, state))
