"""The published network by its formulas, one after another: a term per pair of positions, a convolution per head,
nothing folded.

Slow on purpose; what `headmotif.steps.network.published` gives is compared with this.
"""

import math

import torch
from torch.nn import functional as F

from headmotif.alphabet import N


def sinusoid(distance, width):
    """Sines, then cosines, of a distance: (width,)."""
    turns = [distance / 10000 ** (2 * i / width) for i in range(width // 2)]
    return torch.tensor([math.sin(t) for t in turns] + [math.cos(t) for t in turns])


def convolve(conv, x):
    """Conv1d over the positions of (batch, length, heads, d_head), head by head, padded with zeros; then without what
    saw the padding."""
    edge = conv.kernel_size[0] // 2
    heads = [
        F.conv1d(x[:, :, head].transpose(1, 2), conv.weight, conv.bias, padding=edge).transpose(1, 2)
        for head in range(x.shape[2])
    ]
    return torch.stack(heads, 2)[:, edge : x.shape[1] - edge]


def normalise(x, norm):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt() * norm.weight + norm.bias


def attention(layer, net, memory, x, hidden):
    """States after a layer (batch, queries, width) and its weights (batch, heads, queries, keys).

    memory: states (batch, past, width) before x; x with `kernel // 2` positions on either side of the queries. hidden:
    bool (batch, keys).
    """
    config = net.config
    apart = (3, config.heads, config.d_head)
    query = layer.qkv(x).unflatten(2, apart)[:, :, 0]
    key, value = layer.qkv(torch.cat([memory, x], 1)).unflatten(2, apart)[:, :, 1:].unbind(2)
    query, key, value = (convolve(conv, heads) for conv, heads in zip(layer.conv, (query, key, value), strict=True))
    far = torch.stack([sinusoid(distance, config.width) for distance in range(config.window)])
    r = layer.distance(far).unflatten(1, (config.heads, config.d_head))  # (window, heads, d_head)
    distance = memory.shape[1] + torch.arange(query.shape[1])[:, None] - torch.arange(key.shape[1])  # (queries, keys)
    seen = ((distance >= 0) & (distance < config.window)) & ~hidden[:, None, None]  # (batch, 1, queries, keys)
    content = torch.einsum("bihd,bjhd->bhij", query + net.u, key)
    by_distance = torch.einsum("bihd,phd->bhip", query + net.v, r)
    place = by_distance.gather(3, distance.clamp(0, config.window - 1).expand(*content.shape))
    scores = ((content + place) / math.sqrt(config.d_head)).masked_fill(~seen, -1e30)
    weight = scores.softmax(3) * seen.any(3, keepdim=True)
    collected = torch.einsum("bhij,bjhd->bihd", weight, value).flatten(2)
    edge = config.kernel // 2
    return normalise(x[:, edge : x.shape[1] - edge] + layer.output(collected), layer.norm), weight


def compute_published(net, codes, training=False):
    """The two outputs per label before their softmax, (batch, length, labels, 2), and per layer all weights (batch,
    heads, queries, keys).

    The last of them is of the position that speaks for the last site. Positions before the stretch are seen through a
    memory of states, where not training.
    """
    config = net.config
    edge, past = config.kernel // 2, 0 if training else config.window - 1
    begin, end = net.learning if training else (net.before, net.after)
    length = codes.shape[1] - begin - end
    missing = codes == N
    state = net.embedding(codes.clamp(max=3).long()) * math.sqrt(config.width)
    state = state.masked_fill(missing[:, :, None], 0)
    weights = []
    for layer in net.layers:
        memory, x = state[:, :past], state[:, past:]
        state, weight = attention(layer, net, memory, x, missing[:, edge : missing.shape[1] - edge])
        weights.append(weight)
        missing = missing[:, past + edge : missing.shape[1] - edge]
        state = state.masked_fill(missing[:, :, None], 0)
    return net.out(state[:, -length:]).unflatten(2, (net.labels, 2)), weights
