"""The networks by preset.

`default` and `wide` have attention heads over k-mers, `paper` is the published network, and `cnn` has no heads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, overload

import numpy as np
import torch

from ...data import Genome, Model
from ...errors import InputError
from .cnn import Dilated, DilatedConfig
from .composition import settle
from .kmer_attention import WIDE, Reader, ReaderConfig
from .protocol import Config, HeadedConfig, HeadedNetwork, Network, has_heads
from .published import Published, PublishedConfig

PRESETS: dict[str, Config] = {
    config.preset: config for config in (ReaderConfig(), WIDE, PublishedConfig(), DilatedConfig())
}
"""The sizes of the network of each preset, by its name."""


def build(config: Config, labels: int) -> Network:
    """Build a network with fresh weights from PyTorch's generator.

    Parameters
    ----------
    config
        The sizes of the network, of any preset.
    labels
        Number of labels.

    Returns
    -------
    Network
        The network, with one logit for each label.
    """
    return Dilated(config, labels) if isinstance(config, DilatedConfig) else _build_headed(config, labels)


def _build_headed(config: HeadedConfig, labels: int) -> HeadedNetwork:
    return Reader(config, labels) if isinstance(config, ReaderConfig) else Published(config, labels)


@overload
def build_fresh(config: HeadedConfig, labels: int, seed: int) -> HeadedNetwork: ...


@overload
def build_fresh(config: Config, labels: int, seed: int) -> Network: ...


def build_fresh(config: Config, labels: int, seed: int) -> Network:
    """Build an untrained network whose weights come from a seed.

    PyTorch's own generator is left as it was.

    Parameters
    ----------
    config
        The sizes of the network, of any preset.
    labels
        Number of labels.
    seed
        Seed of the weights.

    Returns
    -------
    Network
        The network in evaluation mode; a `HeadedNetwork` if the preset has heads.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(config, labels).eval()


def config_from(header: Mapping[str, Any]) -> Config:
    """Read the sizes of a network from the header of a model file.

    Parameters
    ----------
    header
        The preset, and the sizes by name.

    Returns
    -------
    Config
        The sizes.

    Raises
    ------
    KeyError
        If the header names no known preset.
    TypeError
        If the header names a size that the preset does not have.
    """
    return type(PRESETS[header["preset"]])(**header)


def config_header(config: Config) -> dict:
    """Write the sizes of a network as they stand in the header of a model file.

    Parameters
    ----------
    config
        The sizes.

    Returns
    -------
    dict
        The preset, and the sizes by name; what is None is left out.
    """
    return {name: value for name, value in asdict(config).items() if value is not None}


def continue_from(old: Network, known: Sequence[str], sources: Sequence[str]) -> Network:
    """Build a network that begins with the weights of another.

    The calibration of an output that is taken over is part of its weights, so it gives the same P as in `old`.

    Parameters
    ----------
    old
        The network whose weights are copied.
    known
        The labels of `old`, in the order of its outputs.
    sources
        For each output of the new network, the label of `old` whose output it begins with; a fresh output for any
        name that `old` does not know, such as "".

    Returns
    -------
    Network
        A network of the same sizes.
    """
    net = build(old.config, len(sources))
    rows = [known.index(source) if source in known else None for source in sources]
    per_label = net.out.out_features // len(sources)
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


def restore(config: Mapping[str, Any], labels: int, weights: Mapping[str, np.ndarray]) -> Network:
    """Build the network that a model file describes, with its weights.

    Parameters
    ----------
    config
        The preset, and the sizes by name.
    labels
        Number of labels.
    weights
        The weights by parameter name.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    InputError
        If the description and the weights do not fit together.
    """
    try:
        net = build(config_from(config), labels)
        net.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in weights.items()})
    except (KeyError, TypeError, ValueError, RuntimeError) as problem:
        raise InputError(
            f"the model's weights do not fit its description ({str(problem).splitlines()[0]}); train it again"
        ) from None
    return net


def build_from_model(model: Model, genome: Genome | None = None) -> Network:
    """Build the network of a model, of any preset.

    Parameters
    ----------
    model
        The model.
    genome
        The genome that it is to read; a network that depends on its composition is settled on it (`composition`).

    Returns
    -------
    Network
        The network with the model's weights.

    Raises
    ------
    InputError
        If the model's description and its weights do not fit together.
    """
    model = model if genome is None else settle(model, genome)
    return restore(model.network, len(model.labels), model.weights)


def build_with_heads(model: Model, path: str, genome: Genome | None = None) -> HeadedNetwork:
    """Build the network of a model whose heads are to be read.

    Parameters
    ----------
    model
        The model.
    path
        The model's file, for the message.
    genome
        As in `build_from_model`.

    Returns
    -------
    HeadedNetwork
        The network with the model's weights.

    Raises
    ------
    InputError
        If the network has no heads, or the model's description and its weights do not fit together.
    """
    net = build_from_model(model, genome)
    if has_heads(net):
        return net
    raise InputError(
        f"{path}: a network of preset '{net.config.preset}' has no attention heads; train one with --preset default"
    )


def begin(preset: str, init: Model | None, sources: Sequence[str], seed: int) -> Network:
    """Build the network that a training run begins with.

    PyTorch's generator is set to `seed`.

    Parameters
    ----------
    preset
        Name of the preset.
    init
        Model whose sizes and weights are taken. None: all weights are fresh.
    sources
        For each label to be learned, the label of `init` whose output it begins with; "" for a fresh output.
    seed
        Seed of fresh weights.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    InputError
        If there is no such preset.
    """
    if preset not in PRESETS:
        raise InputError(f"there is no preset '{preset}'; take one of {', '.join(PRESETS)}")
    torch.manual_seed(seed)
    return (
        build(PRESETS[preset], len(sources))
        if init is None
        else continue_from(build_from_model(init), init.names, sources)
    )
