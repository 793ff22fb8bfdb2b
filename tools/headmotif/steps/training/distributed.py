"""Several processes that train one network, each on its share of every batch; alone, all of this is nothing.

They are started by PyTorch's own launcher (`torchrun --nproc-per-node 2 -m headmotif.commands.train_annot ...`), which
tells each its rank.
"""

import os
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Workers:
    """How many processes there are, and which of them this is."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that speaks and writes."""
        return self.rank == 0

    def mine(self, x: Tensor) -> Tensor:
        """This process's rows of a batch."""
        return x[self.rank :: self.size]

    def add(self, tensors: list[Tensor]) -> None:
        """Replace each tensor by its sum over all processes."""
        if self.size > 1:
            flat = torch.cat([t.flatten() for t in tensors])  # one message, not one for each parameter
            torch.distributed.all_reduce(flat)
            for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
                tensor.copy_(part.view_as(tensor))

    def largest(self, tensor: Tensor) -> Tensor:
        """The largest of each element over all processes."""
        if self.size > 1:
            torch.distributed.all_reduce(tensor, op=torch.distributed.ReduceOp.MAX)
        return tensor


def joined(device: str) -> Workers:
    """This process among those that PyTorch's launcher started with it; alone where it was started by itself."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Workers()
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device == "cuda" else "gloo")
    return Workers(torch.distributed.get_rank(), size)


def left() -> None:
    """Take leave of the others, so that none waits."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
