"""The `paper` preset: the published network, six layers of causal attention and nothing else.

Clauwaert, Menschaert & Waegeman 2021, Briefings in Bioinformatics 22(5) bbab060. The weights, their shapes, their
number and their initial values are the published ones. Two identities make it fast. The term that depends on the
distance between query and key becomes a part of their dot product. A linear map followed by a convolution, with nothing
between them, is a single convolution.

Unlike the published network, it does not depend on where a stretch begins. Convolutions read a halo instead of zeros,
and N and positions off the contig are masked.
"""

from dataclasses import dataclass
from math import sqrt
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...alphabet import N
from . import band
from .dropout import Dropout
from .layers import Part, Record, Recorded, TakenApart
from .sinusoid import Shared, sinusoid


@dataclass(frozen=True)
class PublishedConfig:
    """The sizes of the published network.

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
    kernel
        Bases that the convolutions of queries, keys and values join.
    window
        Keys that a query sees: its own and those before it.
    shift
        Bases from a site to the position whose output is the site's, downstream.
    dropout
        Share of the values that dropout sets to zero in training.
    """

    preset: str = "paper"
    width: int = 32
    layers: int = 6
    heads: int = 6
    d_head: int = 32
    kernel: int = 7
    window: int = 512
    shift: int = 20
    dropout: float = 0.1


def taps(state: Tensor, kernel: int) -> Tensor:
    """Collect what a convolution reads at each position where it fits.

    Parameters
    ----------
    state
        (batch, length, width).
    kernel
        Positions that the convolution joins.

    Returns
    -------
    torch.Tensor
        (batch, length - kernel + 1, kernel width).
    """
    length = state.shape[1] - kernel + 1
    return torch.cat([state[:, tap : tap + length] for tap in range(kernel)], dim=2)


class Layer(nn.Module):
    """One layer: each position attends to itself and those before it, adds what it collects to its state, and is
    normalised.

    Parameters
    ----------
    config
        The sizes of the network.
    number
        Number of the layer, from 0.
    """

    def __init__(self, config: PublishedConfig, number: int):
        super().__init__()
        self.config = config
        inner = config.heads * config.d_head
        self.qkv = nn.Linear(config.width, 3 * inner, bias=False)
        self.conv = nn.ModuleList(
            nn.Conv1d(config.d_head, config.d_head, config.kernel) for _ in "qkv"
        )  # each serves all heads
        self.distance = nn.Linear(config.width, inner, bias=False)
        self.output = nn.Linear(inner, config.width, bias=False)
        self.norm = nn.LayerNorm(config.width)
        self.distance_dropout = Dropout(config.dropout, config.width, 1)  # the same in all layers, as published
        self.dropout = Dropout(config.dropout, config.width, 3 + number)

    def forward(
        self,
        state: Tensor,
        shared: Shared,
        past: int,
        hidden: Tensor | None,
        noise: Tensor | None,
        apart: int,
        record: Record | None,
    ) -> Tensor:
        """Compute the states after this layer, (batch, queries, width).

        `state` holds those before it, (batch, past + queries + kernel - 1, width), and `past` is the number of keys
        before the first query's own. `hidden` is bool (batch, past + queries), keys that are not attended to, and
        `noise` int32 (batch, queries). `record` is as in `Published.forward`, but for the queries from `apart` on,
        which are attended to separately for that.
        """
        collected = self._collect(state, shared, past, hidden, noise, apart, record)
        return self._add(state, collected, past, noise)

    def _collect(
        self,
        state: Tensor,
        shared: Shared,
        past: int,
        hidden: Tensor | None,
        noise: Tensor | None,
        apart: int,
        record: Record | None,
    ) -> Tensor:
        """What all heads collect, side by side, (batch, queries, heads d_head)."""
        query, key, value = self.project(state, shared.u)  # (heads, batch, past + queries, d_head)
        sin, cos = (x[: key.shape[2]] for x in (shared.sin, shared.cos))
        query = self.add_distance(query[:, :, past:], shared.v - shared.u, sin[past:], cos[past:], noise)
        key = torch.cat([key, torch.cat([sin, cos], 1).to(key.dtype).expand(*key.shape[:2], -1, -1)], 3)
        parts, seen = [], list[tuple[Tensor, Tensor]]()
        for start, stop, its in ((0, apart, None), (apart, query.shape[2], None if record is None else seen)):
            if start < stop:
                asked = query[:, :, start:stop]
                parts.append(
                    band.attend(
                        asked, band.Keys(key, value, past + start, hidden), (self.config.window - 1, 0), record=its
                    )
                )
        collected = torch.cat(parts, 2) if len(parts) > 1 else parts[0]
        if record is not None:
            record.append(self.record_weights(*seen[0], value, hidden))
        return collected.permute(1, 2, 0, 3).flatten(2)

    def _add(self, state: Tensor, collected: Tensor, past: int, noise: Tensor | None) -> Tensor:
        """The states after this layer, from those before it and from what all heads collected."""
        added = self.output(collected)  # (batch, queries, width)
        first = self.config.kernel // 2 + past
        return self.norm(state[:, first : first + added.shape[1]] + self.dropout(added, noise))

    def project(self, state: Tensor, u: Tensor) -> Tensor:
        """Compute queries, keys and values; the queries are scaled and have u added.

        Parameters
        ----------
        state
            (batch, length, width).
        u
            (heads, d_head).

        Returns
        -------
        torch.Tensor
            (3, heads, batch, length - kernel + 1, d_head).
        """
        with torch.autocast(state.device.type, enabled=False):
            weight, bias = self.fold(u)
        read = taps(state, self.config.kernel)  # (batch, length - kernel + 1, kernel width)
        qkv = torch.addmm(bias, read.flatten(0, 1), weight).unflatten(0, read.shape[:2])
        return qkv.unflatten(2, (3, *u.shape)).permute(2, 3, 0, 1, 4).contiguous()

    def fold(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Fold the linear map and the convolution into one linear map of `taps`.

        Parameters
        ----------
        u
            (heads, d_head), added to the queries.

        Returns
        -------
        tuple of torch.Tensor
            Weight (kernel width, 3 heads d_head) and bias (3 heads d_head,).
        """
        heads, d_head = u.shape
        linear = self.qkv.weight.unflatten(0, (3, heads, d_head))  # (3, heads, d_head, width)
        # of queries, keys and values: (3, d_head, d_head of the linear map, kernel) and (3, d_head)
        convs, biases = (torch.stack([c.get_parameter(name) for c in self.conv]) for name in ("weight", "bias"))
        weight = torch.einsum("poit,phiw->twpho", convs, linear)  # (kernel, width, 3, heads, d_head)
        bias = biases[:, None] + F.pad(u[None], (0, 0, 0, 0, 0, 2))  # (3, heads, d_head)
        scale = F.pad(u.new_full((1, 1, 1), d_head**-0.5), (0, 0, 0, 0, 0, 2), value=1.0)  # of queries, keys and values
        return (weight * scale).flatten(0, 1).flatten(1), (bias * scale).flatten()

    def add_distance(self, query: Tensor, v_u: Tensor, sin: Tensor, cos: Tensor, noise: Tensor | None) -> Tensor:
        """Append to the queries the part that meets the sinusoid of a key's position.

        With [s, c] = W (q + v), the term of a distance i - j is s sin(i - j) + c cos(i - j). So it is a sum of products
        with sin j and cos j. The published dropout removes components of the sinusoid of each distance; here it removes
        those of [s, c] of each query. A product of the two is lost as often.

        Parameters
        ----------
        query
            (heads, batch, queries, d_head), scaled, with u added.
        v_u
            (heads, d_head), v - u.
        sin, cos
            (queries, width / 2), of the queries' positions.
        noise
            int32 (batch, queries), for the dropout; None: nothing is dropped.

        Returns
        -------
        torch.Tensor
            (heads, batch, queries, d_head + width).
        """
        projection = self.distance.weight.unflatten(0, v_u.shape)  # (heads, d_head, width)
        with torch.autocast(query.device.type, enabled=False):
            bias = (v_u * self.config.d_head**-0.5)[:, None] @ projection  # (heads, 1, width)
        mixed = torch.baddbmm(bias, query.flatten(1, 2), projection).unflatten(
            1, query.shape[1:3]
        )  # (heads, batch, queries, width)
        s, c = self.distance_dropout(mixed.float(), noise).chunk(2, 3)
        return torch.cat([query, (c * sin - s * cos).to(query.dtype), (s * sin + c * cos).to(query.dtype)], 3)

    def record_weights(
        self, weight: Tensor, null_key: Tensor, value: Tensor, hidden: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Prepare weights and lengths of what each key adds (weight times value times output projection) for the
        record.

        A query that sees no key at all has weights of zero.

        Parameters
        ----------
        weight
            (batch, queries, heads, window), of the last queries.
        null_key
            (batch, queries, heads), passed on.
        value
            (heads, batch, keys, d_head).
        hidden
            bool (batch, keys), keys that are not attended to. None: no key is hidden.

        Returns
        -------
        tuple of torch.Tensor
            Weights and lengths, both (batch, queries, heads, window), and `null_key`.
        """
        window = self.config.window
        early = window - 1 + weight.shape[1] - value.shape[2]  # positions of these windows before the first key
        projection = self.output.weight.float().unflatten(1, (self.config.heads, self.config.d_head)).permute(1, 2, 0)
        length = (value.float() @ projection[:, None]).norm(dim=-1)  # (heads, batch, keys)
        if hidden is not None:
            weight = weight.masked_fill(F.pad(hidden, (early, 0)).unfold(1, window, 1)[:, :, None], 0.0)
        return weight, weight * F.pad(length, (early, 0)).unfold(2, window, 1).permute(1, 2, 0, 3), null_key


class Published(nn.Module):
    """The published network: a vector for each base, layers of heads, and two outputs for each label.

    Published is the softmax of the two outputs; here the logit is the second minus the first. The logit of a site is
    computed at the position `shift` bases downstream of it.

    Parameters
    ----------
    config
        The sizes of the network.
    labels
        Number of labels.
    """

    chunk, batch = 16384, 1  # long stretches, for each reads 3 kb of halo again

    def __init__(self, config: PublishedConfig, labels: int):
        super().__init__()
        self.config, self.labels = config, labels
        edge = config.layers * (config.kernel // 2)
        self.before, self.after = edge + config.layers * (config.window - 1) - config.shift, edge + config.shift
        self.learning = (max(edge - config.shift, 0), self.after)
        self.embedding = nn.Embedding(N, config.width)
        self.u, self.v = (nn.Parameter(torch.empty(config.heads, config.d_head)) for _ in "uv")
        self.layers = nn.ModuleList(Layer(config, number) for number in range(config.layers))
        self.out = nn.Linear(config.width, 2 * labels)
        self.dropouts = nn.ModuleList(Dropout(config.dropout, config.width, place) for place in (0, 2))
        self.begin()

    def begin(self) -> None:
        """Set fresh weights as published.

        They are normal with a standard deviation of 0.02, around 1 for the scales of the norms and around 0 otherwise.
        Biases are 0, and convolutions keep PyTorch's own initial weights.
        """
        for name, parameter in self.named_parameters():
            if "conv" not in name:
                is_bias = name.endswith("bias")
                nn.init.normal_(parameter, float("norm" in name and not is_bias), 0.02 * (not is_bias))

    @property
    def keys(self) -> np.ndarray:
        """The offsets of the keys from the site: int32 (keys,), in bases, negative upstream."""
        return np.arange(1 - self.config.window, 1, dtype=np.int32) + np.int32(self.config.shift)

    @property
    def reach(self) -> tuple[tuple[int, int], ...]:
        """For each layer, the bases before and after a key's centre that the key has read.

        They are those of its convolution, and those that the states under the convolution have read.
        """
        edge, past = self.config.kernel // 2, self.config.window - 1
        return tuple((edge + number * (edge + past), edge + number * edge) for number in range(self.config.layers))

    def forward(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor:
        """Compute the logits, (batch, length, labels).

        `record` receives three tensors for each layer: weights and lengths of what each key adds, both (batch, length,
        heads, keys), and zeros (batch, length, heads), for there is no null key. In training a query sees the keys that
        its stretch has, at most `window`; otherwise it always sees `window` keys.
        """
        before, after = self.learning if self.training else (self.before, self.after)
        edge, past = self.config.kernel // 2, 0 if self.training else self.config.window - 1
        length = codes.shape[1] - before - after
        own = before + self.config.shift  # the position whose output is the first site's
        state, shared, hidden, some = self._enter(codes, noise)
        for layer in self.layers:
            keys, queries = (slice(first, state.shape[1] - edge) for first in (edge, edge + past))
            noise = None if noise is None else noise[:, queries]
            own -= queries.start
            seen: list[Recorded] = []
            apart = (
                0 if self.training and record is None else own
            )  # in evaluation always, so that recording changes nothing
            wanted = None if record is None else seen
            state = layer(state, shared, past, hidden[:, keys] if some else None, noise, apart, wanted)
            hidden = hidden[:, queries]
            state = state.masked_fill(hidden[:, :, None], 0.0)
            if record is not None:
                weight, norm, null_key = (x[:, :length] for x in seen[0])
                record.append((weight, norm, null_key))
        return self._finish(self.dropouts[1](state[:, own:], None if noise is None else noise[:, own:]))

    def _enter(self, codes: Tensor, noise: Tensor | None) -> tuple[Tensor, Shared, Tensor, bool]:
        """The states before the first layer, (batch, before + length + after, width), what all layers have in common,
        the positions that are hidden, and whether there are any.
        """
        shared = Shared(self.u, self.v, *(x.to(codes.device) for x in sinusoid(codes.shape[1], self.config.width)))
        hidden = codes == N
        state = self.embedding(codes.clamp(max=N - 1).long()) * sqrt(self.config.width)
        state = self.dropouts[0](state, noise).masked_fill(hidden[:, :, None], 0.0)
        return state, shared, hidden, bool(hidden.any())

    def _finish(self, state: Tensor) -> Tensor:
        """The logits, float32 (batch, length, labels), from the last states."""
        with torch.autocast(state.device.type, enabled=False):
            return self.out(state.float()).unflatten(2, (self.labels, 2)).diff(dim=3)[..., 0]  # (batch, length, labels)

    def take_apart(self, codes: Tensor) -> TakenApart:
        """Take the computation of a batch apart, in evaluation mode; keys depend on the states here.

        Parameters
        ----------
        codes
            uint8 (batch, before + length + after).

        Returns
        -------
        TakenApart
            The layers at work on this batch.
        """
        state, shared, hidden, some = self._enter(codes, None)
        edge, past = self.config.kernel // 2, self.config.window - 1
        own, parts = self.before + self.config.shift, list[Part]()

        def part(layer: Layer, of_keys: Tensor | None, of_queries: Tensor, apart: int) -> Part:
            return Part(
                lambda state: layer._collect(state, shared, past, of_keys, None, apart, None),
                lambda state, collected: layer._add(state, collected, past, None).masked_fill(of_queries, 0.0),
            )

        for layer in self.layers:
            keys, queries = (slice(first, hidden.shape[1] - edge) for first in (edge, edge + past))
            own -= queries.start
            parts.append(part(cast(Layer, layer), hidden[:, keys] if some else None, hidden[:, queries, None], own))
            hidden = hidden[:, queries]
        return TakenApart(state, parts, lambda state: self._finish(state[:, own:]))
