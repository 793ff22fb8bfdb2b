"""The published network against its formulas taken by the word, and what it promises beyond them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import published_literal as literal
from headmotif.alphabet import N
from headmotif.steps.network.device import Compute
from headmotif.steps.network.published import Layer, Published, PublishedConfig, taps
from headmotif.steps.network.sinusoid import sinusoid

FULL = PublishedConfig()
SMALL = replace(FULL, layers=3, heads=3, window=24)
SIZES = pytest.mark.parametrize(
    "config", [SMALL, replace(SMALL, layers=2, shift=4, kernel=5, window=3)], ids=["small", "other"]
)
TRAINING = pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
ARITHMETIC = [Compute(torch.device("cpu"), dtype).arithmetic for dtype in (torch.float32, torch.bfloat16)]
PRECISIONS = pytest.mark.parametrize("arithmetic", ARITHMETIC, ids=["float32", "bfloat16"])

pytestmark = pytest.mark.usefixtures("one_thread")


def network(config, labels=1, seed=0, training=False):
    """Random weights everywhere, of a size that lets heads choose and keeps gradients near 1."""
    torch.manual_seed(seed)
    net = Published(config, labels).train(training)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if parameter.ndim == 1 or name in "uv":
                parameter.normal_(float(name.endswith("norm.weight")), 0.3)
            else:
                parameter.normal_(0, parameter[0].numel() ** -0.5)
    return net


def codes_for(net, length, rows=1, seed=0, gaps=False):
    """Random bases; with gaps, a run of N inside, and rows that begin before a contig and end after it."""
    generator = torch.Generator().manual_seed(seed)
    halo = sum(net.learning) if net.training else net.before + net.after
    codes = torch.randint(0, 4, (rows, halo + length), dtype=torch.uint8, generator=generator)
    if gaps:
        middle = codes.shape[1] - net.after - length // 2
        codes[0, middle - 8 : middle - 5] = N
        codes[-1, : codes.shape[1] // 3] = N
        codes[-2, -net.after - length // 3 :] = N
    return codes


def compare_outputs_and_gradients(net, codes):
    """Logits and P, and the gradients of every weight, to 1e-5, with the formulas."""
    outputs, _weights = literal.compute_published(net, codes, net.training)
    logits = net(codes)
    torch.testing.assert_close(torch.sigmoid(logits), outputs.softmax(3)[..., 1], atol=1e-5, rtol=0)
    expected = outputs[..., 1] - outputs[..., 0]
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=0)
    assert logits.shape == (
        len(codes),
        codes.shape[1] - sum(net.learning if net.training else (net.before, net.after)),
        net.labels,
    )
    pull = torch.randn(logits.shape, generator=torch.Generator().manual_seed(1)) / logits.numel() ** 0.5
    names, weights = zip(*net.named_parameters(), strict=True)
    found, right = (torch.autograd.grad((x * pull).sum(), weights) for x in (logits, expected))
    for name, a, b in zip(names, found, right, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=0, msg=lambda text, name=name: f"{name}: {text}")
        assert 1e-3 < b.norm() < 100 or name.endswith("conv.1.bias")  # what all keys share, no softmax sees


def compare_weights(net, codes):
    """Every weight of every head and layer, and the logits, to 1e-5, with the formulas."""
    record = []
    with torch.inference_mode():
        logits = net(codes, record)
        outputs, weights = literal.compute_published(net, codes, net.training)
    torch.testing.assert_close(logits, outputs[..., 1] - outputs[..., 0], atol=1e-5, rtol=0)
    length, window = logits.shape[1], net.config.window
    assert len(record) == len(weights) == net.config.layers
    for number, ((weight, norm, none), full) in enumerate(zip(record, weights, strict=True)):
        assert weight.shape == norm.shape == (len(codes), length, net.config.heads, window)
        assert weight.dtype == norm.dtype == none.dtype == torch.float32
        assert none.shape == weight.shape[:3]
        assert not none.any()
        first = (
            net.learning[0] if net.training else net.before
        ) + net.config.shift  # of the positions that speak, in codes
        first -= (number + 1) * (
            net.config.kernel // 2 + (0 if net.training else window - 1)
        )  # in this layer's queries
        for query in range(length):
            key = full.shape[3] - full.shape[2] + first + query  # its own
            seen = full[:, :, first + query, max(key - window + 1, 0) : key + 1]  # (batch, heads, keys)
            torch.testing.assert_close(weight[:, query, :, window - seen.shape[2] :], seen, atol=1e-5, rtol=0)
            assert not weight[:, query, :, : window - seen.shape[2]].any()
            torch.testing.assert_close(full[:, :, first + query].sum(2), seen.sum(2))  # no key elsewhere


@SIZES
@TRAINING
@pytest.mark.parametrize("gaps", [False, True], ids=["bases", "gaps"])
def test_outputs_and_gradients_are_those_of_the_formulas(config, training, gaps):
    net = network(config, labels=2, training=training)
    compare_outputs_and_gradients(net, codes_for(net, 70, rows=3, gaps=gaps))


@SIZES
@TRAINING
@pytest.mark.parametrize("gaps", [False, True], ids=["bases", "gaps"])
def test_every_weight_is_that_of_the_formulas(config, training, gaps):
    net = network(config, training=training)
    compare_weights(net, codes_for(net, 70, rows=3, gaps=gaps))


def test_at_full_size_everything_is_as_in_the_formulas():
    """In evaluation with 512 keys, six layers deep; in training with 1 to 512 of them, in a stretch as long as those
    published."""
    net = network(FULL)
    codes = codes_for(net, 2)
    codes[0, 2700:2800] = N
    compare_weights(net, codes)
    net.train()
    compare_outputs_and_gradients(net, codes_for(net, 512))


def test_a_linear_map_and_a_convolution_fold_into_one():
    torch.manual_seed(0)
    layer, u = Layer(FULL, 0), torch.randn(FULL.heads, FULL.d_head)
    state = torch.randn(2, 40, FULL.width)
    with torch.no_grad():
        folded = layer.project(state, u)  # (3, heads, batch, 34, d_head)
        query, key, value = layer.qkv(state).unflatten(2, (3, FULL.heads, FULL.d_head)).unbind(2)
        right = [
            literal.convolve(conv, x).permute(2, 0, 1, 3)
            for conv, x in zip(layer.conv, (query, key, value), strict=True)
        ]
    torch.testing.assert_close(folded[0], (right[0] + u[:, None, None]) / FULL.d_head**0.5, atol=1e-5, rtol=0)
    torch.testing.assert_close(folded[1], right[1], atol=1e-5, rtol=0)
    torch.testing.assert_close(folded[2], right[2], atol=1e-5, rtol=0)
    assert taps(state, 7).shape == (2, 34, 224)


@pytest.mark.parametrize("place", [600, 20_000])
def test_the_term_of_the_distance_folds_into_the_product(place):
    """However far from the stretch's beginning, of which it knows nothing."""
    torch.manual_seed(0)
    layer = Layer(FULL, 0)
    query, u, v = (
        torch.randn(FULL.heads, 1, 3, FULL.d_head),
        torch.randn(FULL.heads, FULL.d_head),
        torch.randn(FULL.heads, FULL.d_head),
    )
    sin, cos = sinusoid(place + 3, FULL.width)
    with torch.no_grad():
        layer.distance.weight.normal_(0, FULL.width**-0.5)
        scaled = (query + u[:, None, None]) / FULL.d_head**0.5
        longer = layer.add_distance(scaled, v - u, sin[place:], cos[place:], None)
        for i in range(3):
            for distance in (0, 1, 2, 17, 100, 511):
                key = torch.cat([sin[place + i - distance], cos[place + i - distance]])
                r = layer.distance(literal.sinusoid(distance, FULL.width)).unflatten(0, (FULL.heads, FULL.d_head))
                right = ((query[:, 0, i] + v) * r).sum(1) / FULL.d_head**0.5
                torch.testing.assert_close(longer[:, 0, i, FULL.d_head :] @ key, right, atol=1e-5, rtol=0)
    torch.testing.assert_close(longer[..., : FULL.d_head], scaled)


def test_weights_are_as_many_and_of_the_shapes_published():
    net = Published(FULL, 1)
    assert sum(p.numel() for p in net.parameters()) == 314_882
    shapes = {name.removeprefix("layers.0."): tuple(p.shape) for name, p in net.named_parameters()}
    shapes = {
        name: shape for name, shape in shapes.items() if not name.startswith("layers")
    }  # those of one layer for all
    conv = {f"conv.{i}.{part}": shape for i in range(3) for part, shape in (("weight", (32, 32, 7)), ("bias", (32,)))}
    attention = {"qkv.weight": (576, 32), **conv, "distance.weight": (192, 32), "output.weight": (32, 192)}
    norm = {"norm.weight": (32,), "norm.bias": (32,)}
    assert shapes == {
        "embedding.weight": (4, 32),
        "u": (6, 32),
        "v": (6, 32),
        **attention,
        **norm,
        "out.weight": (2, 32),
        "out.bias": (2,),
    }
    assert net.state_dict().keys() == dict(net.named_parameters()).keys()


def test_weights_begin_as_published():
    torch.manual_seed(0)
    for name, parameter in Published(FULL, 1).named_parameters():
        middle, spread = float(parameter.detach().mean()), float(parameter.detach().std())
        if "conv" in name:
            assert 0 < float(parameter.detach().abs().max()) <= (7 * 32) ** -0.5
        elif name.endswith("bias"):
            assert not parameter.any()
        else:
            assert middle == pytest.approx(float("norm" in name), abs=0.01)
            assert spread == pytest.approx(0.02, rel=0.4)


def dependence(net, codes, *scalars):
    """For each of `scalars` (scalars, of the logits and of each layer's queries, keys and values) the places in codes
    that it depends on."""
    vectors = []
    handle = net.embedding.register_forward_hook(lambda module, args, output: vectors.append(output.requires_grad_()))
    kept = [layer.project for layer in net.layers]
    projected = []
    for layer, was in zip(net.layers, kept, strict=True):
        layer.project = lambda state, u, was=was: projected.append(was(state, u)) or projected[-1]
    logits = net(codes)
    handle.remove()
    gradients = [torch.autograd.grad(one(logits, projected), vectors, retain_graph=True)[0] for one in scalars]
    return [np.flatnonzero(gradient[0].abs().sum(1).numpy()) for gradient in gradients]


@pytest.mark.parametrize("config", [SMALL, FULL], ids=["small", "full"])
def test_an_output_depends_on_its_halo_exactly(config):
    net = network(config)
    codes = codes_for(net, 3)
    [places] = dependence(net, codes, lambda logits, _: logits[0, 1, 0])
    np.testing.assert_array_equal(places, np.arange(1, codes.shape[1] - 1))


def test_the_halos_are_what_follows_from_the_sizes():
    net = Published(FULL, 1)
    assert (net.before, net.after, net.learning) == (6 * 514 - 20, 18 + 20, (0, 38))
    np.testing.assert_array_equal(net.keys, np.arange(-511 + 20, 21))
    assert net.keys.dtype == np.int32
    assert net.reach == ((3, 3), (517, 6), (1031, 9), (1545, 12), (2059, 15), (2573, 18))
    assert Published(replace(FULL, shift=5), 1).learning == (13, 23)


@pytest.mark.parametrize("config", [SMALL, FULL], ids=["small", "full"])
def test_a_key_is_made_of_its_reach_exactly(config):
    """Keys and values of every layer: the last of its axis is that of the last position that speaks, or stands in the
    halo after it."""
    net = network(config)
    codes = codes_for(net, 1)
    keys = [lambda _, projected, n=n: projected[n][1:, :, 0, -1].sum() for n in range(config.layers)]
    for number, found in enumerate(dependence(net, codes, *keys)):
        place = codes.shape[1] - 1 - (number + 1) * (config.kernel // 2)  # of the last key, in codes
        before, after = net.reach[number]
        np.testing.assert_array_equal(found, np.arange(place - before, place + after + 1))


def test_a_training_stretch_sees_nothing_before_itself():
    net = network(FULL, training=True)
    sites = (0, 39)
    found = dependence(net, codes_for(net, 40), *(lambda logits, _, site=site: logits[0, site, 0] for site in sites))
    for site, places in zip(sites, found, strict=True):
        np.testing.assert_array_equal(places, np.arange(net.learning[0] + site + net.after + 1))


def test_training_and_evaluation_agree_where_the_contig_begins():
    """What lies before a contig is seen by nobody, be it there as N or not at all."""
    net = network(SMALL, training=True)
    codes = codes_for(net, 50)
    off = torch.full((1, net.before - net.learning[0]), N, dtype=torch.uint8)
    with torch.inference_mode():
        found = net(codes)
        right = net.eval()(torch.cat([off, codes], 1))
    assert (
        found - right
    ).abs().max() > 1e-3  # in training nothing is known before the stretch, so convolutions end there
    codes[0, : net.config.layers * (net.config.kernel // 2)] = N  # here they read N in both
    with torch.inference_mode():
        torch.testing.assert_close(net.train()(codes), net.eval()(torch.cat([off, codes], 1)), atol=1e-5, rtol=0)


def test_it_does_not_matter_where_a_stretch_begins():
    net = network(SMALL, labels=2)
    codes = codes_for(net, 200, rows=3, gaps=True)
    halo = net.before + net.after
    with torch.inference_mode():
        whole = net(codes)
        for begin, end in ((0, 1), (1, 66), (66, 67), (67, 200)):
            torch.testing.assert_close(net(codes[:, begin : end + halo]), whole[:, begin:end], atol=1e-5, rtol=0)
        torch.testing.assert_close(net(codes[1:2]), whole[1:2], atol=1e-5, rtol=0)


@PRECISIONS
@pytest.mark.parametrize("length", [1, 150])
def test_recording_changes_no_output(arithmetic, length):
    net, record = network(SMALL), []
    codes = codes_for(net, length, rows=3, gaps=True)
    with torch.inference_mode(), arithmetic():
        assert torch.equal(net(codes), net(codes, record))
    for weight, norm, none in record:
        seen = weight.sum(3)
        torch.testing.assert_close(
            seen[0], torch.ones_like(seen[0]), atol=1e-2, rtol=0
        )  # row 0 has N, and no query there sees N alone
        assert bool(((weight == 0) == (norm == 0)).all())
        assert not none.any()


def test_norms_are_the_lengths_of_what_is_added():
    """Summed up as vectors, what the keys add is the projection of what the heads collect; here key by key, by hand."""
    net, record, said = network(SMALL), [], []
    layer = net.layers[1]
    was = layer.project
    layer.project = lambda state, u: said.append(was(state, u)) or said[-1]
    with torch.inference_mode():
        net(codes_for(net, 5, rows=2), record)
        weight, norm, _none = record[1]
        value = said[0][2]  # (heads, batch, keys, d_head)
        after = net.config.kernel // 2 * (SMALL.layers - 2)  # keys downstream of the last site's own
        for head in range(SMALL.heads):
            columns = layer.output.weight[:, head * SMALL.d_head : (head + 1) * SMALL.d_head]
            for site in range(5):
                own = value.shape[2] - after - 5 + site
                for offset in range(SMALL.window):
                    added = weight[:, site, head, offset, None] * (
                        value[head, :, own - SMALL.window + 1 + offset] @ columns.T
                    )
                    torch.testing.assert_close(norm[:, site, head, offset], added.norm(dim=1), atol=1e-5, rtol=0)


@TRAINING
@PRECISIONS
def test_queries_that_see_no_key_stay_finite(training, arithmetic):
    net = network(SMALL, training=training)
    codes = codes_for(net, 80, rows=2)
    codes[0] = N
    codes[1, -net.after - 60 :] = N
    with arithmetic():
        logits = net(codes)
    logits.square().sum().backward()
    assert bool(logits.isfinite().all())
    assert all(bool(p.grad.isfinite().all()) for p in net.parameters())
    alone = net.out.bias[1] - net.out.bias[0]
    torch.testing.assert_close(logits[0], alone.expand_as(logits[0]))  # a base that is not known has no state


def draw_noise_like(codes, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-(2**31), 2**31, codes.shape, dtype=torch.int32, generator=generator)


def test_dropout_is_in_training_alone_and_depends_on_the_noise_alone():
    net = network(SMALL, training=True)
    codes = codes_for(net, 60, rows=2)
    with torch.no_grad():
        one, again, other = (net(codes, noise=draw_noise_like(codes, seed)) for seed in (0, 0, 1))
        apart = torch.cat([net(c[None], noise=n[None]) for c, n in zip(codes, draw_noise_like(codes), strict=True)])
        assert torch.equal(one, again)
        torch.testing.assert_close(apart, one, atol=1e-5, rtol=0)
        for different in (other, net(codes), net.eval()(codes_for(net, 60, rows=2))):
            assert bool(((one - different).abs() > 1e-3).any(1).all())
        codes = codes_for(net, 60, rows=2)
        assert torch.equal(net(codes), net(codes, noise=draw_noise_like(codes)))


def test_dropout_takes_components_of_the_sinusoid_for_every_query_alike_in_all_heads_and_layers():
    torch.manual_seed(0)
    layers = [Layer(FULL, number).train() for number in range(2)]
    query, place = (
        torch.randn(FULL.heads, 2, 4000, FULL.d_head),
        torch.zeros(4000, FULL.width // 2),
    )  # angle 0: what is left is [-s, c]
    noise = draw_noise_like(torch.empty(2, 4000))
    with torch.no_grad():
        for layer in layers:
            layer.distance.weight.normal_()
        none = torch.zeros(FULL.heads, FULL.d_head)
        both = (
            [layer.add_distance(query, none, place, place + 1, n)[..., FULL.d_head :] for layer in layers]
            for n in (noise, None)
        )
        dropped, kept = both
    gone = [d == 0 for d in dropped]
    assert torch.equal(gone[0], gone[1])
    assert torch.equal(gone[0], gone[0][:1].expand_as(gone[0]))
    torch.testing.assert_close(dropped[0], kept[0] / 0.9 * ~gone[0])
    assert gone[0][0].float().mean(1).sub(0.1).abs().max() < 0.03  # every component of either row as often


def test_bfloat16_is_near_float32():
    net = network(SMALL)
    codes = codes_for(net, 300, rows=2, gaps=True)
    with torch.inference_mode():
        single = net(codes)
        with ARITHMETIC[1]():
            half = net(codes)
    assert half.dtype == torch.float32
    assert 0 < (half - single).abs().max() < 0.1
    assert single.std() > 0.5
    rare = [torch.sigmoid(x - 7) for x in (half, single)]  # near the share that sites have in a genome
    torch.testing.assert_close(*rare, atol=2e-3, rtol=0)
