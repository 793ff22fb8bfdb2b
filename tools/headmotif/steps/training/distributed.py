"""Several processes that train one network, each on its share of every batch; a single process does nothing here.

PyTorch's launcher starts them (`torchrun --nproc-per-node 2 -m headmotif.commands.train_annot ...`) and gives each its
rank.
"""

import os
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Workers:
    """The processes that share a training run, as one of them sees them.

    Attributes
    ----------
    rank
        Number of this process, from 0.
    size
        Number of processes.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this is the process that prints and writes files."""
        return self.rank == 0

    def take_share(self, x: Tensor) -> Tensor:
        """Take this process's rows of a batch.

        Parameters
        ----------
        x
            (batch, ...).

        Returns
        -------
        torch.Tensor
            Every `size`-th row, beginning with row `rank`.
        """
        return x[self.rank :: self.size]

    def add(self, tensors: list[Tensor]) -> None:
        """Replace each tensor by its sum over all processes.

        Parameters
        ----------
        tensors
            Tensors of the same shapes in every process, changed in place.
        """
        if self.size > 1:
            flat = torch.cat([t.flatten() for t in tensors])  # one message, not one for each parameter
            torch.distributed.all_reduce(flat)
            for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
                tensor.copy_(part.view_as(tensor))

    def reduce_max(self, tensor: Tensor) -> Tensor:
        """Compute the largest value of each element over all processes.

        Parameters
        ----------
        tensor
            A tensor of the same shape in every process, changed in place.

        Returns
        -------
        torch.Tensor
            The same tensor.
        """
        if self.size > 1:
            torch.distributed.all_reduce(tensor, op=torch.distributed.ReduceOp.MAX)
        return tensor


def join(device: str) -> Workers:
    """Join the processes that PyTorch's launcher started.

    Parameters
    ----------
    device
        Name of the device, `cuda` or another.

    Returns
    -------
    Workers
        This process among the others, or alone if it was not started by the launcher.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Workers()
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device == "cuda" else "gloo")
    return Workers(torch.distributed.get_rank(), size)


def leave() -> None:
    """Leave the other processes, so that none of them waits."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
