"""Where a training run stands: its evaluations so far, and all that it needs to go on."""

import math
from dataclasses import dataclass, field

import numpy as np
import torch

from ...data import Score
from ..network.protocol import Network


@dataclass(frozen=True)
class Record:
    """One evaluation: what was seen, the mean training loss since the last one, the validation part's loss, and its
    scores per label."""

    step: int
    epoch: int
    nucleotides: int
    loss: float
    validation_loss: float
    scores: tuple[Score, ...]
    best: bool

    @property
    def average_precision(self) -> float:
        """Mean over the labels that can be scored."""
        known = [s.average_precision for s in self.scores if not math.isnan(s.average_precision)]
        return sum(known) / len(known) if known else float("nan")


@dataclass
class State:
    """All that a run needs to go on: at a given number of threads, the resumed run ends in the same bytes."""

    step: int = 0
    epoch: int = 0
    batch: int = 0  # batches of the epoch that are done
    seen: int = 0  # nucleotides
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    mean: dict[str, torch.Tensor] = field(default_factory=dict)
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    moments: dict[str, torch.Tensor] = field(default_factory=dict)  # AdamW's, "<number>.<name>"
    loss: tuple[float, int] = (0.0, 0)  # sum and number of steps since the last evaluation
    records: list[Record] = field(default_factory=list)


def remember(net: Network, optimiser: torch.optim.Optimizer, state: State) -> None:
    state.weights = {name: p.detach().clone() for name, p in net.named_parameters()}
    moments = optimiser.state_dict()["state"]
    state.moments = {
        f"{number}.{name}": torch.as_tensor(value) for number, slots in moments.items() for name, value in slots.items()
    }


def restore(net: Network, optimiser: torch.optim.Optimizer, state: State) -> None:
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(state.weights[name])
    slots: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in state.moments.items():
        number, _, name = key.partition(".")
        slots.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})


def pack(state: State) -> tuple[dict, dict[str, dict[str, np.ndarray]]]:
    """A state as plain numbers and arrays, for a checkpoint; `unpack` gives it back."""
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
    """The state that `pack` took apart."""
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
    """A score's floats to the last bit, NaN included, which JSON has no number for."""
    return [float(s.roc_auc).hex(), float(s.average_precision).hex(), float(s.prevalence).hex(), s.positions, s.sites]


def _score(roc_auc: str, average_precision: str, prevalence: str, positions: int, sites: int) -> Score:
    """The score that `_hex` took apart."""
    return Score(float.fromhex(roc_auc), float.fromhex(average_precision), float.fromhex(prevalence), positions, sites)
