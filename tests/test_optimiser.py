"""Our AdamW is PyTorch's, and does not load the compiler."""

import subprocess
import sys
from pathlib import Path

import torch

from headmotif.steps.training.optimiser import AdamW


def train(kind: type[torch.optim.AdamW]) -> tuple[torch.Tensor, dict]:
    """Six steps, with the moments taken out and put back half-way, as a resumed run does."""
    rng = torch.Generator().manual_seed(0)
    weight = torch.randn(3, 5, generator=rng).requires_grad_()
    bias = torch.randn(3, generator=rng).requires_grad_()
    groups = [{"params": [weight], "weight_decay": 0.1}, {"params": [bias], "weight_decay": 0.0}]
    optimiser = kind(groups, lr=0.01, betas=(0.8, 0.9))
    for number in range(6):
        if number == 3:
            optimiser.load_state_dict(optimiser.state_dict())
        optimiser.zero_grad(set_to_none=True)
        (torch.randn(4, 5, generator=rng) @ weight.T + bias).square().sum().backward()
        optimiser.step()
    return weight.detach(), optimiser.state_dict()


def test_steps_and_moments_are_those_of_torch():
    (ours, our_state), (theirs, their_state) = train(AdamW), train(torch.optim.AdamW)
    assert torch.equal(ours, theirs)
    assert our_state["param_groups"] == their_state["param_groups"]
    assert our_state["state"].keys() == their_state["state"].keys() == {0, 1}
    for number, slots in our_state["state"].items():
        assert all(torch.equal(value, their_state["state"][number][name]) for name, value in slots.items())


def test_the_compiler_is_not_loaded():
    code = (
        f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nimport test_optimiser\n"
        "test_optimiser.train(test_optimiser.AdamW)\nprint('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
