"""AdamW without the compiler that PyTorch would load for it, in which more than a second goes by."""

import inspect

import torch


class AdamW(torch.optim.AdamW):
    """PyTorch's AdamW, for networks that are not compiled.

    PyTorch wraps these methods so that its compiler passes them over, and the wrappers load that compiler. Here they
    stand as they are inside.
    """

    add_param_group = inspect.unwrap(torch.optim.AdamW.add_param_group)
    zero_grad = inspect.unwrap(torch.optim.AdamW.zero_grad)
    state_dict = inspect.unwrap(torch.optim.AdamW.state_dict)
    load_state_dict = inspect.unwrap(torch.optim.AdamW.load_state_dict)
    step = torch.no_grad()(inspect.unwrap(torch.optim.AdamW.step))
