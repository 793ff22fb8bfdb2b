"""The networks, whole: `default`, which reads k-mers through attention heads, and `cnn`, the baseline without any.

Both take codes (batch, halo + length + halo), 0-3 and 4 for N and for what lies off the contig, and give logits
(batch, length, labels) for one strand read 5' to 3'; the halo is all that an output depends on. They know
nothing of strands: the other strand is another sequence.
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..alphabet import N
from ..errors import InputError
from . import band


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


@dataclass(frozen=True)
class DilatedConfig:
    """Sizes of the convolutional baseline."""

    preset: str = "cnn"
    width: int = 64
    blocks: int = 6  # dilations 1, 2, 4, ...
    kernel: int = 5
    dropout: float = 0.2


Config = ReaderConfig | DilatedConfig
PRESETS: dict[str, Config] = {config.preset: config for config in (ReaderConfig(), DilatedConfig())}


def build(config: Config, labels: int) -> "Reader | Dilated":
    """A network with fresh weights (from torch's generator), one logit per label."""
    return Reader(config, labels) if isinstance(config, ReaderConfig) else Dilated(config, labels)


def config_from(header: dict) -> Config:
    """The configuration that a model file's header describes. Raises KeyError or TypeError where it describes none."""
    return type(PRESETS[header["preset"]])(**header)


def config_header(config: Config) -> dict:
    """The configuration as it goes into a model file's header."""
    return asdict(config)


def one_hot(codes: Tensor, dtype: torch.dtype) -> Tensor:
    """Codes (batch, length) as (batch, length, 4); N is zero in all four: masked, not embedded."""
    return F.one_hot(codes.long(), 5)[..., :N].to(dtype)


class Stem(nn.Module):
    """What a position's own k-mer says: any function of exactly `kmer` bases, and of nothing else."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.kmer = config.kmer
        self.bases = nn.Linear(4 * config.kmer, 2 * config.width)
        self.mix = nn.Linear(2 * config.width, config.width)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, codes: Tensor) -> Tensor:
        bases = one_hot(codes, self.bases.weight.dtype)
        kmers = bases.unfold(1, self.kmer, 1).flatten(2)  # (batch, length, 4 kmer), all A first, then all C, G, T
        return self.norm(self.mix(F.gelu(self.bases(kmers))))  # (batch, length, width)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn pairs of coordinates (..., length, d) by each position's angles: products then depend on distances alone."""
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class Layer(nn.Module):
    """One layer of heads: a query per position against the k-mers around it; then a small feed-forward block."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.heads, self.d_head, self.window = config.heads, config.d_head, config.window
        inner = config.heads * config.d_head
        self.query_norm = nn.LayerNorm(config.width)
        self.query = nn.Linear(config.width, inner)
        self.key = nn.Linear(config.width, inner, bias=False)
        self.value = nn.Linear(config.width, inner, bias=False)
        self.output = nn.Linear(inner, config.width, bias=False)
        self.by_distance = nn.Parameter(torch.zeros(config.heads, 2 * config.window + 1))
        self.nothing = nn.Parameter(torch.full((config.heads,), 6.0))
        self.wide_norm = nn.LayerNorm(config.width)
        self.widen = nn.Linear(config.width, 2 * config.width)
        self.narrow = nn.Linear(2 * config.width, config.width)
        self.dropout = nn.Dropout(config.dropout)

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, self.d_head)).transpose(1, 2)  # (batch, heads, length, d_head)

    def forward(self, state: Tensor, kmers: Tensor, hidden: Tensor | None, turn: tuple[Tensor, Tensor], record: list | None) -> Tensor:
        here = tuple(t[self.window : self.window + state.shape[1]] for t in turn)
        back = (here[0], -here[1])
        query = rotate(self.split(self.query(self.query_norm(state))) * self.d_head**-0.5, here)
        key, value = (rotate(self.split(x), turn) for x in (self.key(kmers), self.value(kmers)))
        collected, weight = band.attend(query, key, value, self.by_distance, self.nothing, hidden)
        collected = rotate(collected, back)  # what was read, turned by its distance from here
        if record is not None:
            record.append(self.recorded(weight, value, here, state.shape[1]))
        state = state + self.dropout(self.output(collected.transpose(1, 2).flatten(2)))
        return state + self.dropout(self.narrow(F.gelu(self.widen(self.wide_norm(state)))))

    def recorded(self, weight: Tensor, value: Tensor, here: tuple[Tensor, Tensor], length: int) -> tuple[Tensor, Tensor, Tensor]:
        """Weights, lengths of what each key adds, both (batch, length, heads, keys), and the weight of nothing (batch, length, heads).

        The length of (weight x value x output projection) needs the value turned by its distance, so the
        projection's Gram matrix is turned instead, once per distance.
        """
        weight, none = band.by_offset(weight, length, self.window)
        projection = self.output.weight.float().unflatten(1, (self.heads, self.d_head)).transpose(0, 1)  # (heads, width, d_head)
        values = value.float().unfold(2, 2 * self.window + 1, 1)[:, :, :length].transpose(3, 4)  # (batch, heads, length, keys, d_head)
        back = (here[0][:, None], -here[1][:, None])
        added = torch.einsum("bhlkd,hwd->bhlkw", rotate(values, back), projection).norm(dim=-1) * weight.float()
        return weight.float().transpose(1, 2), added.transpose(1, 2), none.float().transpose(1, 2)


class Reader(nn.Module):
    """Queries travel through the layers; keys and values of every layer are exact k-mers, so a head's motif is a motif."""

    def __init__(self, config: ReaderConfig, labels: int):
        super().__init__()
        self.config = config
        self.halo = config.window + config.kmer // 2
        self.stem = Stem(config)
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, labels)

    def forward(self, codes: Tensor, record: list | None = None) -> Tensor:
        """Logits (batch, length, labels), float32; `record` collects per layer what `Layer.recorded` gives."""
        window, edge = self.config.window, self.config.kmer // 2
        kmers = self.dropout(self.stem(codes))  # (batch, window + length + window, width)
        centre = codes[:, edge : codes.shape[1] - edge]
        hidden = centre == N
        state = kmers[:, window : kmers.shape[1] - window]
        turn = tuple(t.to(kmers.dtype) for t in angles(kmers.shape[1], self.config.d_head, codes.device))
        for layer in self.layers:
            state = layer(state, kmers, hidden if bool(hidden.any()) else None, turn, record)
        return last(self.norm, self.out, state)


def last(norm: nn.LayerNorm, out: nn.Linear, state: Tensor) -> Tensor:
    """The logits from the last state, in float32 whatever came before: they are compared across the whole genome."""
    with torch.autocast(state.device.type, enabled=False):
        return out(norm(state.float()))


def angles(length: int, d_head: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines (length, d_head / 2): one turn in 8 bases for the fastest pair, in about 400 for the slowest."""
    speed = 2 * torch.pi / (8 * 50 ** torch.linspace(0, 1, d_head // 2, device=device))
    angle = torch.arange(length, device=device)[:, None] * speed
    return angle.cos(), angle.sin()


class Dilated(nn.Module):
    """Residual blocks of dilated convolutions: the honest baseline, without a head to read."""

    def __init__(self, config: DilatedConfig, labels: int):
        super().__init__()
        self.config = config
        self.reach = [(config.kernel // 2) * 2**block for block in range(config.blocks)]
        self.halo = config.kernel + sum(self.reach)
        self.first = nn.Conv1d(4, config.width, 2 * config.kernel + 1)
        self.wide = nn.ModuleList(nn.Conv1d(config.width, config.width, config.kernel, dilation=2**b) for b in range(config.blocks))
        self.mix = nn.ModuleList(nn.Conv1d(config.width, config.width, 1) for _ in range(config.blocks))
        self.dropout = nn.Dropout(config.dropout)
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, labels)

    def forward(self, codes: Tensor, record: list | None = None) -> Tensor:
        """Logits (batch, length, labels), float32; there is nothing to record."""
        state = self.first(one_hot(codes, self.first.weight.dtype).transpose(1, 2))  # (batch, width, length + rest of the halo)
        for reach, wide, mix in zip(self.reach, self.wide, self.mix, strict=True):
            state = state[:, :, reach : state.shape[2] - reach] + self.dropout(mix(F.gelu(wide(F.gelu(state)))))
        return last(self.norm, self.out, F.gelu(state).transpose(1, 2))


def restored(config: dict, labels: int, weights: dict[str, np.ndarray]) -> "Reader | Dilated":
    """The network that a model file describes, with its weights. Raises InputError where the two do not fit together."""
    try:
        net = build(config_from(config), labels)
        net.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in weights.items()})
    except (KeyError, TypeError, ValueError, RuntimeError) as problem:
        raise InputError(f"the model's weights do not fit its description ({str(problem).splitlines()[0]}); train it again") from None
    return net
