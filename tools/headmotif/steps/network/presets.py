"""The networks by their presets: `default` and `wide`, attention heads over k-mers; `paper`, the published one; `cnn`,
without heads."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, overload

import numpy as np
import torch

from ...data import Model
from ...errors import InputError
from .cnn import Dilated, DilatedConfig
from .kmer_attention import WIDE, Reader, ReaderConfig
from .protocol import Config, HeadedConfig, HeadedNetwork, Network, has_heads
from .published import Published, PublishedConfig

PRESETS: dict[str, Config] = {
    config.preset: config for config in (ReaderConfig(), WIDE, PublishedConfig(), DilatedConfig())
}


def build(config: Config, labels: int) -> Network:
    """A network with fresh weights (from torch's generator), one logit per label."""
    return Dilated(config, labels) if isinstance(config, DilatedConfig) else _headed(config, labels)


def _headed(config: HeadedConfig, labels: int) -> HeadedNetwork:
    return Reader(config, labels) if isinstance(config, ReaderConfig) else Published(config, labels)


@overload
def fresh(config: HeadedConfig, labels: int, seed: int) -> HeadedNetwork: ...


@overload
def fresh(config: Config, labels: int, seed: int) -> Network: ...


def fresh(config: Config, labels: int, seed: int) -> Network:
    """A network that has learned nothing, its weights from a seed; torch's own generator is left where it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(config, labels).eval()


def config_from(header: Mapping[str, Any]) -> Config:
    """The configuration that a model file's header describes. Raises KeyError or TypeError where it describes none."""
    return type(PRESETS[header["preset"]])(**header)


def config_header(config: Config) -> dict:
    """The configuration as it goes into a model file's header."""
    return asdict(config)


def continued(old: Network, known: Sequence[str], labels: Sequence[str]) -> Network:
    """A network with the weights of another, to go on with; the outputs of labels that the other did not know are
    fresh."""
    net = build(old.config, len(labels))
    rows = [known.index(label) if label in known else None for label in labels]
    per_label = net.out.out_features // len(labels)
    with torch.no_grad():
        fresh = {name: p for name, p in net.named_parameters() if name.startswith("out.")}
        for name, parameter in old.named_parameters():
            if name not in fresh:
                net.get_parameter(name).copy_(parameter)
                continue
            for row, source in enumerate(rows):
                if source is not None:
                    span, its = (slice(i * per_label, (i + 1) * per_label) for i in (row, source))
                    fresh[name][span] = parameter[its]
    return net


def restored(config: Mapping[str, Any], labels: int, weights: Mapping[str, np.ndarray]) -> Network:
    """The network that a model file describes, with its weights. Raises InputError where the two do not fit
    together."""
    try:
        net = build(config_from(config), labels)
        net.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in weights.items()})
    except (KeyError, TypeError, ValueError, RuntimeError) as problem:
        raise InputError(
            f"the model's weights do not fit its description ({str(problem).splitlines()[0]}); train it again"
        ) from None
    return net


def of_model(model: Model) -> Network:
    """The network of a model, of any preset. Raises InputError where its weights and its description do not fit."""
    return restored(model.network, len(model.labels), model.weights)


def with_heads(model: Model, path: str) -> HeadedNetwork:
    """The network of a model whose heads are to be read. Raises InputError with the model's file where its network has
    none."""
    net = of_model(model)
    if has_heads(net):
        return net
    raise InputError(
        f"{path}: a network of preset '{net.config.preset}' has no attention heads; train one with --preset default"
    )


def begun(preset: str, init: Model | None, labels: tuple[str, ...], seed: int) -> Network:
    """A fresh network of a preset; or one of another model's sizes and weights, whose outputs go by their label's
    name."""
    if preset not in PRESETS:
        raise InputError(f"there is no preset '{preset}'; take one of {', '.join(PRESETS)}")
    torch.manual_seed(seed)
    return build(PRESETS[preset], len(labels)) if init is None else continued(of_model(init), init.names, labels)
