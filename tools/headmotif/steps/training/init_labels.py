"""Decide which output of a known model each label begins with (`train-annot --init`).

Labels of the same name belong together. If one label and one output are left, they belong together too: users name
their sites as they like. With more of them left there is a choice, which is the user's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ...data import Model
from ...errors import InputError

FRESH = ""
"""In place of a model's label: an output that begins with fresh weights."""


@dataclass(frozen=True)
class Start:
    """What training begins with.

    Attributes
    ----------
    model
        The model whose weights are taken; None if all weights are fresh.
    sources
        For each label to be learned, in order, the label of `model` whose output it begins with, or `FRESH`.
    """

    model: Model | None
    sources: Mapping[str, str]

    def list_known(self) -> list[bool]:
        """Tell which outputs begin with one of the model's.

        Returns
        -------
        list of bool
            A value for each label.
        """
        return [source != FRESH for source in self.sources.values()]

    def list_renamed(self) -> dict[str, str]:
        """List the labels that do not begin with the output of their own name.

        Returns
        -------
        dict of str to str
            The label of the model, or `FRESH`, by the label; empty without a model.
        """
        return {label: source for label, source in self.sources.items() if self.model and source != label}


def parse_choices(texts: Sequence[str], labels: Sequence[str], known: Sequence[str], init: str) -> dict[str, str]:
    """Read the choices DATA=MODEL of the user.

    Parameters
    ----------
    texts
        The choices; `DATA=` asks for a fresh output.
    labels
        The labels to be learned.
    known
        The labels of the model.
    init
        The file or name of the model, for messages.

    Returns
    -------
    dict of str to str
        The label of the model, or `FRESH`, by the label to be learned.

    Raises
    ------
    InputError
        If a choice has another form, names an unknown label, or a label has two choices.
    """
    found: dict[str, str] = {}
    for text in texts:
        what = f"--init-label {text}"
        label = max((one for one in labels if text.startswith(f"{one}=")), key=len, default=None)
        if label is None:
            raise InputError(
                f"{what}: the genome has the labels {', '.join(labels)}; give DATA=MODEL, one of them and one of the "
                "model's labels, or DATA= for a fresh output"
            )
        source = text[len(label) + 1 :]
        if source not in (*known, FRESH):
            raise InputError(
                f"{what}: {init} has the labels {', '.join(known)}; give one of them after '{label}=', or nothing for "
                "a fresh output"
            )
        if label in found:
            raise InputError(f"{what}: {label} has an --init-label already; give one for each label")
        found[label] = source
    return found


def match(labels: Sequence[str], known: Sequence[str], chosen: Mapping[str, str], init: str) -> dict[str, str]:
    """Find the output of a model that each label begins with.

    Parameters
    ----------
    labels
        The labels to be learned.
    known
        The labels of the model.
    chosen
        What the user chose, from `parse_choices`.
    init
        The file or name of the model, for messages.

    Returns
    -------
    dict of str to str
        For each label, in order, the label of the model; `FRESH` if the user chose so, or the model has no further one.

    Raises
    ------
    InputError
        If labels and outputs are left that may belong together in several ways.

    Examples
    --------
    >>> match(["mysites"], ["tss"], {}, "ecoli-tss")
    {'mysites': 'tss'}
    >>> match(["tss", "tis"], ["tss"], {}, "ecoli-tss")
    {'tss': 'tss', 'tis': ''}
    """
    found = {label: label for label in labels if label in known} | dict(chosen)
    left = [label for label in labels if label not in found]
    free = [name for name in known if name not in found.values()]
    if left and free and len(left) + len(free) > 2:
        pairs = list(zip_longest(left, free, fillvalue=FRESH))[: len(left)]
        example = " ".join(f"--init-label {label}={name}" for label, name in pairs)
        raise InputError(
            f"--init {init}: the model has {_count(free)}, and the genome {_count(left)} of another name; say which "
            f"belong together, such as {example} (nothing after = begins with fresh weights)"
        )
    found |= dict(zip(left, free, strict=False))
    return {label: found.get(label, FRESH) for label in labels}


def _count(names: Sequence[str]) -> str:
    return f"the label{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def describe(sources: Mapping[str, str], known: Sequence[str], chosen: Mapping[str, str], init: str) -> list[str]:
    """Say which outputs of a model are used under another name, which are not used, and which are fresh.

    Parameters
    ----------
    sources
        From `match`.
    known
        The labels of the model.
    chosen
        What the user chose, from `parse_choices`.
    init
        The file or name of the model.

    Returns
    -------
    list of str
        A line for each; none for a label that begins with the output of its own name.
    """
    lines = []
    for label, source in sources.items():
        if source == FRESH:
            why = "" if label in chosen else f": {init} has no further label"
            lines.append(f"the output for {label} begins with fresh weights{why}")
        elif source != label:
            hint = "" if label in chosen else f" (--init-label {label}= begins with fresh weights instead)"
            lines.append(f"the output for {source} of {init} starts the one for {label}{hint}")
    unused = [name for name in known if name not in sources.values()]
    return [*lines, *(f"the output for {name} of {init} is not used" for name in unused)]
