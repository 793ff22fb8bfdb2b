"""Files in headmotif's binary container: the reader of each format has the word."""

import struct
from collections.abc import Callable

import numpy as np

from ...data import NO_LABEL
from ...errors import FormatError
from .. import files
from ..tensors import attention_tensor, checkpoint_tensor, container, genome_tensor, model_header, model_tensor
from .facts import Facts, list_bases, list_contigs, list_leaves, show_names


def describe(path: str) -> Facts:
    """Describe a genome tensor, a model, an attention file or a checkpoint.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.

    Returns
    -------
    Facts
        What it holds.

    Raises
    ------
    FormatError
        If headmotif did not write the file, or it is damaged.
    """
    size = struct.unpack("<Q", files.peek(path, 8))[0]
    header = container.parse_header(files.peek(path, 8 + size)[8:], path)
    kind = header["format"]
    if kind not in READERS:
        raise FormatError(path, None, f"this headmotif file is of an unknown kind ('{kind}'); update headmotif")
    facts: Facts = [("file", f"{kind}{' tensor' if kind == 'genome' else ''}, version {header['version']}")]
    try:
        return facts + READERS[kind](path)
    except (KeyError, TypeError):
        raise FormatError(path, None, "the header lacks what its format needs; make it or copy it again") from None


def _genome(path: str) -> Facts:
    genome = genome_tensor.read(files.read_bytes(path), path)
    facts = list_contigs([(c.name, c.length, c.circular) for c in genome.contigs]) + list_bases(genome.base)
    facts.append(("labels", len(genome.labels)))
    for index, name in enumerate(genome.labels):
        left_out = int((genome.label[index] == NO_LABEL).sum())
        facts += [
            (f"label {name}", _strands(genome.sites(index).strand)),
            (f"label {name} unknown", f"{left_out:,} positions"),
        ]
    return facts


def _model(path: str) -> Facts:
    model = model_tensor.read(path)
    facts: Facts = [(key, value) for key, value in model.network.items() if not isinstance(value, dict)]
    n_weights = sum(w.size for w in model.weights.values())
    facts += [("labels", show_names(model.names)), ("weights", f"{n_weights:,}"), ("digest", model.digest)]
    if model.screen is not None:
        facts.append(("screen", f"for calls with a P of {model.screen.least[0]:.4g} or more"))
    if model.limits:
        facts.append(("limits", model.limits))
    if model.scores_of:
        facts.append(("metrics are those of", model.scores_of))
    known = model_header.header(model)
    for key in ("split", "metrics"):
        facts += [(f"{key} {keys}", value) for keys, value in list_leaves(known[key])]
    return facts


def _attention(path: str) -> Facts:
    header, arrays = attention_tensor.parts(path)
    queries, _layers, _heads, kept = arrays["weight"].shape
    background, sites, shuffled = np.bincount(arrays["kind"], minlength=3).tolist()
    offset = arrays["offset"]
    facts: Facts = [
        ("queries", f"{queries:,} ({sites:,} sites, {background:,} background, {shuffled:,} shuffled sites)")
    ]
    facts += [("layers", show_names(header["layers"])), ("heads of each", show_names(header["heads"]))]
    facts.append(
        ("keys", f"{len(offset)}, at offsets {offset.min()} to {offset.max()} from the site" if len(offset) else 0)
    )
    if "key" in arrays:
        facts.append(("keys kept of each head", f"the {kept} of largest weight"))
    facts.append(("bases read on each side of a key, by layer", " ".join(map(str, header["reach"]))))
    facts.append(("digest of the model", header["model"] or "unknown"))
    return facts + list_contigs([(c["name"], c["length"], c["circular"]) for c in header["contigs"]])


def _checkpoint(path: str) -> Facts:
    progress = checkpoint_tensor.read(path).progress
    return [(key, value) for key, value in progress.items() if not isinstance(value, (list, dict))]


def _strands(strand: np.ndarray) -> str:
    plus = int((strand > 0).sum())
    return f"{len(strand):,} sites ({plus:,} on +, {len(strand) - plus:,} on -)"


READERS: dict[str, Callable[[str], Facts]] = {
    "genome": _genome,
    "model": _model,
    "attention": _attention,
    "checkpoint": _checkpoint,
}
