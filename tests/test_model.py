"""What the networks are: their definitions taken by the word, their halos, what they record, and how they come back
from a file."""

from dataclasses import asdict

import numpy as np
import pytest
import torch

from headmotif.alphabet import N
from headmotif.errors import InputError
from headmotif.steps.network import presets
from headmotif.steps.network.kmer_attention import word_units
from headmotif.steps.network.layers import one_hot
from headmotif.steps.network.protocol import has_heads
from networks import CNN, EVERY, PRECISIONS, READER, WIDE, WITH_HEADS, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")


def batch_of(net, length, rows=2, gaps=3):
    return torch.from_numpy(
        np.stack([random_codes(net.before + length + net.after, seed, gaps) for seed in range(rows)])
    )


@EVERY
@pytest.mark.parametrize("length", [1, 70])
def test_a_network_gives_a_logit_for_every_base_between_its_halos(config, length):
    net = network(config, labels=2)
    with torch.inference_mode():
        logits = net(batch_of(net, length))
    assert logits.shape == (2, length, 2)
    assert logits.dtype == torch.float32
    assert all(side >= 0 for side in (*net.learning, net.before - net.learning[0], net.after - net.learning[1]))
    assert net.labels == 2


@EVERY
def test_the_halo_is_exactly_what_an_output_depends_on(config):
    """Every base of it, and no base beyond: all that the network is given is the halo and one base."""
    net = network(config)
    codes = random_codes(net.before + 1 + net.after, seed=5)
    changed = np.tile(codes, (len(codes), 1))
    np.fill_diagonal(changed, (codes + 1) % 4)
    with torch.inference_mode():
        p = torch.cat(
            [net(torch.from_numpy(part)).flatten() for part in np.array_split(changed, len(codes) // 100 + 1)]
        )
        alone = float(net(torch.from_numpy(codes)[None]))
    depends = np.flatnonzero((p - alone).abs().numpy() > 0)
    assert depends.min() == 0
    assert depends.max() == len(codes) - 1
    assert len(depends) > 0.9 * len(codes)


@EVERY
def test_the_rows_of_a_batch_do_not_see_each_other(config):
    net = network(config)
    codes = batch_of(net, 60, rows=5)
    with torch.inference_mode():
        together, apart = net(codes), torch.cat([net(row[None]) for row in codes])
    torch.testing.assert_close(together, apart, atol=1e-5, rtol=1e-5)


@EVERY
def test_n_alone_is_no_reason_for_anything_but_a_number(config):
    net = network(config)
    codes = batch_of(net, 30, gaps=0)
    codes[0] = N
    codes[1, net.before :] = N
    with torch.inference_mode():
        assert bool(net(codes).isfinite().all())


@EVERY
@PRECISIONS
def test_recording_attention_changes_no_output(config, compute):
    net = network(config)
    codes, record = batch_of(net, 120), []
    with torch.inference_mode(), compute.arithmetic():
        assert torch.equal(net(codes), net(codes, record))
    assert len(record) == getattr(config, "layers", 0)


@EVERY
def test_it_is_known_which_networks_have_heads_to_read(config):
    assert has_heads(network(config)) == hasattr(config, "heads")


@WITH_HEADS
def test_recorded_weights_and_nothing_sum_to_one(config):
    net, record = network(config), []
    codes = batch_of(net, 120)
    with torch.inference_mode():
        net(codes, record)
    assert net.keys.dtype == np.int32
    assert (np.diff(net.keys) == 1).all()
    assert len(net.reach) == config.layers
    for weight, norm, none in record:
        assert weight.shape == norm.shape == (2, 120, config.heads, len(net.keys))
        assert weight.dtype == norm.dtype == none.dtype == torch.float32
        torch.testing.assert_close(weight.sum(-1) + none, torch.ones_like(none), atol=1e-5, rtol=0)
        assert bool(((weight == 0) == (norm == 0)).all())


@WITH_HEADS
def test_keys_on_n_get_no_weight_and_all_others_some(config):
    net, record = network(config), []
    codes = batch_of(net, 1, rows=1, gaps=0)
    gap = net.before + int(net.keys[2])  # a key that the query sees
    codes[0, gap] = N
    with torch.inference_mode():
        net(codes, record)
    for weight, norm, _none in record:
        for values in (weight, norm):
            assert bool((values[0, 0, :, 2] == 0).all())
            assert bool((values[0, 0, :, 3:] > 0).all())


@WITH_HEADS
def test_a_key_is_made_of_its_reach_and_of_nothing_else(config):
    """What the first layer's keys say, by their norm over their weight: other bases near them change it, those further
    away do not."""
    net = network(config)
    codes = batch_of(net, 1, rows=1, gaps=0)
    before, after = net.reach[0]
    middle = len(net.keys) // 2
    at = net.before + int(net.keys[middle])

    def measure_added(codes):
        record = []
        with torch.inference_mode():
            net(codes, record)
        return record[0][1][0, 0, :, middle] / record[0][0][0, 0, :, middle]

    for distance in range(-before - 3, after + 4):
        changed = codes.clone()
        changed[0, at + distance] = (changed[0, at + distance] + 1) % 4
        differs = bool(((measure_added(changed) - measure_added(codes)).abs() > 1e-4 * measure_added(codes)).any())
        assert differs == (-before <= distance <= after), distance


def kmers_by_hand(net, codes):
    """The stem, one k-mer at a time: (positions, width)."""
    stem, k = net.stem, net.config.kmer
    out = []
    for at in range(len(codes) - k + 1):
        hot = torch.zeros(4, k)
        for i, code in enumerate(codes[at : at + k]):
            if code < 4:
                hot[code, i] = 1
        out.append(stem.norm(stem.mix(torch.nn.functional.gelu(stem.bases(hot.flatten())))))
    return torch.stack(out)


def test_units_of_words_know_every_word_at_its_place():
    """Of k-mers whose letters are all there, each place has one unit that is positive: that of its word."""
    kmer, letters = 8, 3
    units = word_units(kmer, letters)
    assert units.shape == (2 * 64, 4 * kmer + 1)
    codes = torch.from_numpy(random_codes(200 + kmer - 1, seed=7)).unfold(0, kmer, 1)
    hot = one_hot(codes, torch.float32).transpose(1, 2).flatten(1)
    positive = hot @ units[:, :-1].T + units[:, -1] > 0
    for kmer_codes, fires in zip(codes.tolist(), positive.unflatten(1, (2, 64)), strict=True):
        words = [kmer_codes[place : place + letters] for place in (1, 4)]
        assert [row.nonzero().flatten().tolist() for row in fires] == [[16 * a + 4 * b + c] for a, b, c in words]


def test_a_stem_begins_with_words_where_its_preset_says_so():
    config = presets.PRESETS["wide"]
    stem, units = presets.build_fresh(config, 1, 3).stem, word_units(config.kmer, config.words)
    assert len(units) == 5 * 64  # words of three at five places of seventeen bases
    assert torch.equal(torch.cat([stem.bases.weight, stem.bases.bias[:, None]], 1)[: len(units)], units)
    assert len(stem.bases.weight) == len(units) + 2 * config.width
    assert len(word_units(11, 0)) == 0


def rotate_literally(x, turns):
    """Pairs (i, i + d / 2) turned by `turns` positions' worth of angle."""
    d = len(x)
    out = x.clone()
    for i in range(d // 2):
        angle = torch.tensor(turns * 2 * torch.pi / (8 * 50 ** (i / (d // 2 - 1))))
        out[i] = x[i] * angle.cos() - x[i + d // 2] * angle.sin()
        out[i + d // 2] = x[i + d // 2] * angle.cos() + x[i] * angle.sin()
    return out


def test_the_reader_is_what_its_definition_says_query_by_query():
    """Weights, norm (weight x value x output projection) and logit of one position against loops over heads and
    keys."""
    net, config, at = network(READER, seed=3), READER, 9
    codes = random_codes(net.before + 20 + net.after, seed=4, gaps=2)
    codes[net.before + at - 7] = N
    record = []
    with torch.inference_mode():
        logits = net(torch.from_numpy(codes)[None], record)[0, at]
        kmers, w, d = kmers_by_hand(net, codes), config.window, config.d_head
        state = kmers[w + at].clone()
        for number, layer in enumerate(net.layers):
            added = torch.zeros(config.width)
            query = layer.query(layer.query_norm(state))
            for head in range(config.heads):
                mine = slice(head * d, (head + 1) * d)
                scores, values, seen = [], [], []
                for offset in range(-w, w + 1):
                    if codes[net.before + at + offset] == N:
                        continue
                    key, value = (
                        rotate_literally(x[mine], offset) for x in layer.key_value(kmers[w + at + offset]).chunk(2)
                    )
                    scores.append(query[mine] @ key / d**0.5 + layer.by_distance[head, offset + w])
                    values.append(layer.output.weight[:, mine] @ value)
                    seen.append(offset + w)
                weight = torch.stack([*scores, layer.nothing[head]]).softmax(0)
                contributions = weight[:-1, None] * torch.stack(values)
                added += contributions.sum(0)
                wide = torch.zeros(2 * w + 1)
                norms = torch.zeros(2 * w + 1)
                wide[seen], norms[seen] = weight[:-1], contributions.norm(dim=1)
                found = [x[0, at, head] for x in record[number]]
                torch.testing.assert_close(found[0], wide, atol=1e-5, rtol=1e-4)
                torch.testing.assert_close(found[1], norms, atol=1e-5, rtol=1e-4)
                torch.testing.assert_close(found[2], weight[-1], atol=1e-5, rtol=1e-4)
            state = state + added
            state = state + layer.narrow(torch.nn.functional.gelu(layer.widen(layer.wide_norm(state))))
        torch.testing.assert_close(logits, net.out(net.norm(state)), atol=2e-5, rtol=1e-4)


@EVERY
def test_a_network_comes_back_from_its_description_and_weights(config):
    net = network(config, labels=2)
    weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
    again = presets.restore(presets.config_header(config), 2, weights).eval()
    codes = batch_of(net, 50)
    with torch.inference_mode():
        assert torch.equal(net(codes), again(codes))
    assert presets.config_from(asdict(config)) == config


def test_every_preset_has_a_small_network_in_these_tests():
    from networks import SMALL

    assert SMALL.keys() == presets.PRESETS.keys()
    for name, config in SMALL.items():
        assert config.preset == name
        assert type(config) is type(presets.PRESETS[name])


def change_shape(config, weights):
    weights["out.bias"] = np.zeros(3, np.float32)


def drop_one(config, weights):
    del weights["out.bias"]


def add_one(config, weights):
    weights["other"] = np.zeros(3, np.float32)


def setting(name, value):
    def change(config, weights):
        config[name] = value

    change.__name__ = f"{name}={value}"
    return change


def drop_preset(config, weights):
    del config["preset"]


SETTINGS = {"preset": ("other", "cnn", []), "width": (17, -1, "16"), "layers": (3,), "new": (1,), "dropout": (2.0,)}
UNFIT = [
    change_shape,
    drop_one,
    add_one,
    drop_preset,
    *(setting(name, v) for name, values in SETTINGS.items() for v in values),
]


@pytest.mark.parametrize("change", UNFIT, ids=lambda f: f.__name__)
def test_weights_that_do_not_fit_are_refused_in_one_line(change):
    config, weights = asdict(READER), {name: p.detach().numpy() for name, p in network(READER).named_parameters()}
    change(config, weights)
    with pytest.raises(
        InputError, match=r"^the model's weights do not fit its description \([^\n]*\); train it again$"
    ):
        presets.restore(config, 1, weights)


# in training


def draw_noise_like(codes, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).integers(-(2**31), 2**31, codes.shape, np.int32))


def learning_batch(net, length, rows=2):
    """Codes with the halo that a stretch has in training, and their noise."""
    codes = torch.from_numpy(np.stack([random_codes(sum(net.learning) + length, seed, gaps=2) for seed in range(rows)]))
    return codes, draw_noise_like(codes)


@EVERY
@torch.no_grad()
def test_dropout_is_in_training_alone_and_depends_on_the_noise_alone(config):
    net = network(config).train()
    codes, noise = learning_batch(net, 60)
    one, again, other, without = (net(codes, noise=n) for n in (noise, noise, draw_noise_like(codes, 1), None))
    assert torch.equal(one, again)
    for different in (other, without):
        assert bool(((one - different).abs() > 1e-4).float().mean(1).min() > 0.8)
    apart = torch.cat([net(c[None], noise=n[None]) for c, n in zip(codes, noise, strict=True)])
    torch.testing.assert_close(apart, one, atol=1e-5, rtol=1e-5)
    full, silent = batch_of(net, 60), draw_noise_like(batch_of(net, 60), 3)
    assert torch.equal(net.eval()(full, noise=silent), net(full))
    if net.learning == (net.before, net.after):
        torch.testing.assert_close(net(codes), without, atol=1e-5, rtol=1e-5)


# the published one knows nothing before its stretch in training, so that where one begins matters
@pytest.mark.parametrize("config", [READER, WIDE, CNN], ids=["default", "wide", "cnn"])
@torch.no_grad()
def test_a_stretch_of_a_stretch_drops_the_same(config):
    """The noise goes with the base that it was drawn for, whatever halo the layers have used up."""
    net = network(config).train()
    codes, noise = learning_batch(net, 90)
    whole, halo = net(codes, noise=noise), sum(net.learning)
    for begin, end in ((0, 30), (30, 31), (31, 90)):
        part = net(codes[:, begin : end + halo], noise=noise[:, begin : end + halo])
        torch.testing.assert_close(part, whole[:, begin:end], atol=1e-5, rtol=1e-5)


@EVERY
def test_every_weight_learns(config):
    net = network(config).train()
    codes, noise = learning_batch(net, 60)
    net(codes, noise=noise).square().sum().backward()
    for name, weight in net.named_parameters():
        assert bool(weight.grad.isfinite().all()), name
        assert float(weight.grad.abs().max()) > 0, name


def test_the_dropouts_of_a_network_of_convolutions_are_its_blocks_own():
    net = network(CNN)
    assert [dropout.share for dropout in net.dropouts] == [CNN.dropout] * CNN.blocks
    assert len({tuple(dropout.salt.tolist()) for dropout in net.dropouts}) == CNN.blocks


@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
@torch.no_grad()
def test_convolutions_are_what_their_definition_says_base_by_base(training):
    """One output of three blocks, base by base; in training what a block adds goes through its dropout."""
    net = network(CNN, seed=3).train(training)
    gelu, half = torch.nn.functional.gelu, CNN.kernel // 2
    codes, noise = learning_batch(net, 1, rows=1)
    hot = one_hot(codes, torch.float32)[0]

    def state(block, at):
        if block < 0:
            read = hot[at - CNN.kernel : at + CNN.kernel + 1]
            return torch.einsum("wbk,kb->w", net.first.weight, read) + net.first.bias
        wide, mix = net.wide[block], net.mix[block]
        near = [gelu(state(block - 1, at + (k - half) * 2**block)) for k in range(CNN.kernel)]
        found = gelu(sum(wide.weight[:, :, k] @ x for k, x in enumerate(near)) + wide.bias)
        added = mix.weight[:, :, 0] @ found + mix.bias
        if training:
            salt = net.dropouts[block].salt.numpy().astype(np.int64)
            wrapped = (int(noise[0, at]) * salt + 2**31) % 2**32 - 2**31
            kept = torch.from_numpy(wrapped > (CNN.dropout - 0.5) * 2**32)
            added = torch.where(kept, added / (1 - CNN.dropout), 0)
        return state(block - 1, at) + added

    expected = net.out(net.norm(gelu(state(CNN.blocks - 1, net.before))))
    torch.testing.assert_close(net(codes, noise=noise)[0, 0], expected, atol=1e-5, rtol=1e-5)
