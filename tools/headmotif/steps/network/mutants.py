"""Logits of mutants: of the windows around sites, with some of their bases replaced.

In `default` and `wide` the keys and values of every layer are k-mers of the sequence, so a replaced base changes few of
them, 11 of 193 in `default`. The others are computed once for all mutants of a site. Of the queries, only the site's
own is needed. A mutant then costs a twelfth of the operations of its whole window. Other networks read each mutant as a
whole, and so do all networks on a GPU.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ...alphabet import N
from .annotate import logit, probability
from .band import HIDDEN
from .device import Compute
from .kmer_attention import Layer, Reader
from .layers import compute_logits
from .parallel import map_in_order
from .protocol import Network
from .rotary import angles, pair

AT_ONCE = 64
"""Number of windows that are read as a whole together."""
SITES = 8
"""Sites whose mutants are one part of the work."""
KMERS = 3000
"""Changed k-mers that are computed together: more outgrow the cache, fewer cost more calls."""


class Mutants(NamedTuple):
    """Windows with some of their bases replaced.

    Attributes
    ----------
    site
        int64 (mutants,), the index of the window that a mutant was made of.
    codes
        uint8 (mutants, before + 1 + after), its bases.
    """

    site: np.ndarray
    codes: np.ndarray


def logits(net: Network, windows: np.ndarray, label: int, compute: Compute) -> np.ndarray:
    """Compute the logit of the site in each window, from the whole window.

    Parameters
    ----------
    net
        The network, which is put into evaluation mode.
    windows
        uint8 (windows, before + 1 + after), codes on the strand of the site, 5' to 3'.
    label
        Index of the label.
    compute
        Device and arithmetic.

    Returns
    -------
    numpy.ndarray
        float64 (windows,).
    """
    net.eval()
    parts = [probability(net, windows[i : i + AT_ONCE], compute)[:, 0, label] for i in range(0, len(windows), AT_ONCE)]
    return logit(np.concatenate(parts or [np.zeros(0, np.float32)]))


def mutant_logits(net: Network, windows: np.ndarray, mutants: Mutants, label: int, compute: Compute) -> np.ndarray:
    """Compute the logit of the site in each mutant.

    The fewer bases lie between the first and the last that differ from the window, the faster it is.

    Parameters
    ----------
    net
        The network, which is put into evaluation mode.
    windows
        uint8 (sites, before + 1 + after), codes on the strand of the site, 5' to 3'.
    mutants
        The mutants. One that equals its window gives the logit of the window itself.
    label
        Index of the label.
    compute
        Device and arithmetic.

    Returns
    -------
    numpy.ndarray
        float64 (mutants,). The P of these logits and those of `logits` differ by at most 1e-5.
    """
    if not isinstance(net, Reader) or compute.device.type != "cpu":
        return logits(net, mutants.codes, label, compute)
    net.eval()
    reader = _SiteReader(net)
    order = np.argsort(mutants.site, kind="stable")
    first = np.searchsorted(mutants.site[order], np.arange(0, len(windows) + SITES, SITES)).tolist()

    def work(part: tuple[int, int]) -> np.ndarray:
        mine = order[slice(*part)]
        site, local = np.unique(mutants.site[mine], return_inverse=True)
        with torch.inference_mode():  # in float32, as the network itself on a processor
            return reader.read(windows[site], Mutants(local, mutants.codes[mine]))[:, label]

    found = np.empty(len(order))
    parts = [part for part in pairwise(first) if part[0] < part[1]]
    for part, p in zip(parts, map_in_order(work, parts, compute), strict=True):
        found[order[slice(*part)]] = logit(p)
    return found


class _Heads(NamedTuple):
    """The weights of a layer's heads, with the two coordinates that are rotated together side by side.

    So a rotation is one product of complex numbers. A query has one coordinate more, which is always 1; in the keys of
    the window it meets what is added to the score.
    """

    layer: Layer
    query: Tensor  # (heads (d_head + 1), width)
    query_bias: Tensor  # (heads (d_head + 1),)
    key_value: Tensor  # (2 heads d_head, width)
    output: Tensor  # (width, heads d_head)


def _arrange(layer: Layer) -> _Heads:
    """Bring the weights of a layer into the form of `_Heads`."""
    d = layer.d_head

    def append(x: Tensor, last: float) -> Tensor:
        scaled = (pair(x, d) * d**-0.5).unflatten(0, (-1, d))  # (heads, d_head, ...)
        return torch.cat([scaled, torch.full_like(scaled[:, :1], last)], 1).flatten(0, 1)

    query, bias = append(layer.query.weight, 0), append(layer.query.bias, 1)
    return _Heads(layer, query, bias, pair(layer.key_value.weight, d), pair(layer.output.weight.T, d).T.contiguous())


def _make_keys(heads: _Heads, kmers: Tensor, turn: Tensor) -> tuple[Tensor, Tensor]:
    """Keys and values, both (..., heads, d_head), of k-mers (..., width) and the angles of their places."""
    both = F.linear(kmers, heads.key_value).float().unflatten(-1, (-1, heads.layer.d_head))
    torch.view_as_complex(both.unflatten(-1, (-1, 2))).mul_(turn.unsqueeze(-2))
    key, value = both.chunk(2, -2)
    return key, value


class _Changed(NamedTuple):
    """The k-mers of some mutants that may differ from those of their windows."""

    kmers: Tensor  # (mutants, changed, width)
    column: Tensor  # int64 (mutants, changed), the keys that they replace
    hidden: Tensor  # bool (mutants, changed), keys that are not attended to
    turn: Tensor  # complex (mutants, changed, d_head / 2), the angles of their places
    spans: list[tuple[int, slice]]  # the index of each site, and its mutants


class _SiteReader:
    """The network for sites alone: in every layer a single query meets the k-mers of its window.

    Keys and values are rotated by their distance from the site, so neither the query nor what it collects is rotated.
    """

    @torch.inference_mode()
    def __init__(self, net: Reader):
        self.net = net
        self.window, self.edge = net.config.window, net.config.kmer // 2
        self.keys = 2 * self.window + 1
        downstream = torch.complex(*angles(self.window + 1, net.config.d_head, torch.device("cpu")))
        upstream = downstream[1:].flip(0).conj().resolve_conj()
        self.turn = torch.cat([upstream, downstream])  # complex (keys, d_head / 2)
        self.heads = [_arrange(layer) for layer in net.layers if isinstance(layer, Layer)]

    def read(self, windows: np.ndarray, mutants: Mutants) -> np.ndarray:
        """Compute P, float32 (mutants, labels), of mutants that are sorted by their sites."""
        codes = torch.from_numpy(windows)
        kmers = self.net.stem(codes)  # (sites, keys, width)
        hidden = codes[:, self.edge : self.edge + self.keys] == N
        shared = [self._share(heads, kmers, hidden) for heads in self.heads]
        first, number = self._find_changed(mutants.codes != windows[mutants.site])
        found = []
        for rows in np.array_split(np.arange(len(first)), max(1, round(len(first) * number / KMERS))):
            site = mutants.site[rows]
            changed = self._embed(site, mutants.codes[rows], first[rows], number)
            state = kmers[torch.from_numpy(site), self.window]
            own, there = (changed.column == self.window).nonzero(as_tuple=True)
            state[own] = changed.kmers[own, there]
            found.append(self._pass_layers(state.float(), shared, changed))
        return torch.cat(found).numpy()

    def _find_changed(self, differs: np.ndarray) -> tuple[np.ndarray, int]:
        """The first changed k-mer of each mutant, (mutants,), and the number of them, the same for all mutants."""
        some = differs.any(1)
        low = np.where(some, differs.argmax(1) - 2 * self.edge, self.window)
        high = np.where(some, differs.shape[1] - 1 - differs[:, ::-1].argmax(1), self.window)
        low, high = np.maximum(low, 0), np.minimum(high, self.keys - 1)
        number = int((high - low).max()) + 1
        return np.minimum(low, self.keys - number), number

    def _share(self, heads: _Heads, kmers: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Keys, (sites, heads, d_head + 1, keys + 1), and values, (sites, heads, keys + 1, d_head), of the windows.

        The last of them is the null key.
        """
        layer = heads.layer
        key, value = _make_keys(heads, kmers, self.turn)  # (sites, keys, heads, d_head)
        keys = key.new_zeros(len(key), layer.heads, layer.d_head + 1, self.keys + 1)
        keys[:, :, :-1, :-1] = key.permute(0, 2, 3, 1)
        keys[:, :, -1, :-1] = layer.by_distance.masked_fill(hidden[:, None], HIDDEN)
        keys[:, :, -1, -1] = layer.nothing
        return keys, F.pad(value.transpose(1, 2), (0, 0, 0, 1))

    def _embed(self, site: np.ndarray, codes: np.ndarray, first: np.ndarray, number: int) -> _Changed:
        """Embed the changed k-mers of mutants; of each mutant its site, its bases and its first changed k-mer."""
        column = first[:, None] + np.arange(number)
        around = np.take_along_axis(codes, first[:, None] + np.arange(number + 2 * self.edge), 1)
        bases, places = torch.from_numpy(around), torch.from_numpy(column)
        hidden = bases[:, self.edge : self.edge + number] == N
        sites, begin = np.unique(site, return_index=True)
        spans = [
            (i, slice(*ends)) for i, ends in zip(sites.tolist(), pairwise([*begin.tolist(), len(site)]), strict=True)
        ]
        return _Changed(self.net.stem(bases), places, hidden, self.turn[places], spans)

    def _pass_layers(self, state: Tensor, shared: list[tuple[Tensor, Tensor]], changed: _Changed) -> Tensor:
        """P, (mutants, labels), from the states before the first layer, (mutants, width)."""
        for heads, window in zip(self.heads, shared, strict=True):
            layer, keys = heads.layer, _make_keys(heads, changed.kmers, changed.turn)
            query = F.linear(layer.query_norm(state), heads.query, heads.query_bias)
            query = query.unflatten(1, (layer.heads, -1))  # (mutants, heads, d_head + 1)
            state = state + F.linear(_collect(layer, query, window, keys, changed).flatten(1), heads.output)
            state = state + layer.narrow(F.gelu(layer.widen(layer.wide_norm(state))))
        return torch.sigmoid(compute_logits(self.net.norm, self.net.out, state))


def _collect(
    layer: Layer, query: Tensor, window: tuple[Tensor, Tensor], keys: tuple[Tensor, Tensor], changed: _Changed
) -> Tensor:
    """What the query of each mutant collects from its window and from its changed k-mers, (mutants, heads, d_head).

    `window` has the keys and values of all sites, as from `_share`; `keys` has those of the changed k-mers.
    """
    mutants, heads, d = len(query), layer.heads, layer.d_head
    shared = window[0].shape[-1]  # keys of the window, and the null key
    weight = query.new_empty(heads, mutants, shared + changed.column.shape[1])
    for site, rows in changed.spans:
        torch.bmm(query[rows].transpose(0, 1), window[0][site], out=weight[:, rows, :shared])
    score = (keys[0] * query[:, None, :, :d]).sum(-1) + layer.by_distance.T[changed.column]
    weight[:, :, shared:] = score.masked_fill_(changed.hidden[:, :, None], HIDDEN).permute(2, 0, 1)
    weight.scatter_(2, changed.column.expand(heads, -1, -1), HIDDEN)  # the keys that the changed ones replace
    torch.softmax(weight, -1, out=weight)
    collected = query.new_empty(heads, mutants, d)
    for site, rows in changed.spans:
        torch.bmm(weight[:, rows, :shared], window[1][site], out=collected[:, rows])
    new = (keys[1] * weight[:, :, shared:].permute(1, 2, 0)[..., None]).sum(1)
    return collected.transpose(0, 1) + new
