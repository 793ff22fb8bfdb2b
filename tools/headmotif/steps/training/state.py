"""The state of a training run: its evaluations so far, and all that it needs to go on."""

import math
from dataclasses import dataclass, field

import numpy as np
import torch

from ...data import Score
from ..network.protocol import Network


@dataclass(frozen=True)
class Record:
    """One evaluation of a training run.

    Attributes
    ----------
    step
        Steps taken.
    epoch
        Number of the epoch, from 0.
    nucleotides
        Nucleotides learned from so far.
    loss
        Mean training loss since the evaluation before.
    validation_loss
        Loss on the validation part.
    scores
        Scores of each label on the validation part.
    best
        Whether this was the best evaluation so far.
    """

    step: int
    epoch: int
    nucleotides: int
    loss: float
    validation_loss: float
    scores: tuple[Score, ...]
    best: bool

    @property
    def average_precision(self) -> float:
        """The mean over the labels that can be scored; NaN if there is none."""
        known = [s.average_precision for s in self.scores if not math.isnan(s.average_precision)]
        return sum(known) / len(known) if known else float("nan")


@dataclass
class State:
    """All that a training run needs to go on.

    A resumed run ends in the same bytes if the number of threads is the same.

    Attributes
    ----------
    step
        Steps taken.
    epoch
        Number of the epoch, from 0.
    batch
        Batches of this epoch that are done.
    seen
        Nucleotides learned from so far.
    weights
        The weights by parameter name.
    mean
        The averaged weights by parameter name.
    best
        The averaged weights of the best evaluation, by parameter name.
    moments
        The moments of AdamW by "<number>.<name>".
    loss
        Sum of the loss, and number of steps, since the last evaluation.
    records
        The evaluations so far.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    seen: int = 0
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    mean: dict[str, torch.Tensor] = field(default_factory=dict)
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    moments: dict[str, torch.Tensor] = field(default_factory=dict)
    loss: tuple[float, int] = (0.0, 0)
    records: list[Record] = field(default_factory=list)


def remember(net: Network, optimiser: torch.optim.Optimizer, state: State) -> None:
    """Copy the weights and the optimiser's moments into a state.

    Parameters
    ----------
    net
        The network.
    optimiser
        The optimiser.
    state
        The state, changed in place.
    """
    state.weights = {name: p.detach().clone() for name, p in net.named_parameters()}
    moments = optimiser.state_dict()["state"]
    state.moments = {
        f"{number}.{name}": torch.as_tensor(value) for number, slots in moments.items() for name, value in slots.items()
    }


def restore(net: Network, optimiser: torch.optim.Optimizer, state: State) -> None:
    """Copy the weights and the optimiser's moments from a state.

    Parameters
    ----------
    net
        The network, changed in place.
    optimiser
        The optimiser, changed in place.
    state
        The state.
    """
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(state.weights[name])
    slots: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in state.moments.items():
        number, _, name = key.partition(".")
        slots.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})


def pack(state: State) -> tuple[dict, dict[str, dict[str, np.ndarray]]]:
    """Turn a state into plain numbers and arrays for a checkpoint; `unpack` reverses this.

    Parameters
    ----------
    state
        The state.

    Returns
    -------
    tuple of dict
        The numbers, with floats in hexadecimal; and the arrays, by group and parameter name.
    """
    progress: dict[str, object] = {"step": state.step, "epoch": state.epoch, "batch": state.batch, "seen": state.seen}
    progress["records"] = [
        [r.step, r.epoch, r.nucleotides, r.loss.hex(), r.validation_loss.hex(), [_hex(s) for s in r.scores], r.best]
        for r in state.records
    ]
    progress["loss"] = [state.loss[0].hex(), state.loss[1]]
    groups = ("weights", "mean", "best", "moments")
    return progress, {
        group: {n: t.detach().cpu().numpy() for n, t in getattr(state, group).items()} for group in groups
    }


def unpack(progress: dict, arrays: dict[str, dict[str, np.ndarray]]) -> State:
    """Make a state from the numbers and arrays of `pack`.

    Parameters
    ----------
    progress
        The numbers.
    arrays
        The arrays by group and parameter name.

    Returns
    -------
    State
        The state.
    """
    records = [
        Record(
            step,
            epoch,
            seen,
            float.fromhex(loss),
            float.fromhex(validation),
            tuple(_score(*s) for s in scores),
            best,
        )
        for step, epoch, seen, loss, validation, scores, best in progress["records"]
    ]
    groups = {group: {n: torch.from_numpy(np.array(a)) for n, a in found.items()} for group, found in arrays.items()}
    loss = (float.fromhex(progress["loss"][0]), progress["loss"][1])
    return State(
        progress["step"], progress["epoch"], progress["batch"], progress["seen"], **groups, loss=loss, records=records
    )


def _hex(s: Score) -> list:
    """The numbers of a score, floats in hexadecimal: exact to the last bit, and NaN, which JSON lacks, included."""
    return [float(s.roc_auc).hex(), float(s.average_precision).hex(), float(s.prevalence).hex(), s.positions, s.sites]


def _score(roc_auc: str, average_precision: str, prevalence: str, positions: int, sites: int) -> Score:
    """The score from the numbers of `_hex`."""
    return Score(float.fromhex(roc_auc), float.fromhex(average_precision), float.fromhex(prevalence), positions, sites)
