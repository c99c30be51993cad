"""How a recurrent layer's last state is taken from its output, so that gradients reach that."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

#: Types of modules that return states beside their output.
RECURRENT = ("LSTM", "GRU", "RNN")


def with_last_state(module: nn.Module, value: Any) -> Any:
    """Return what a recurrent layer returned, its top layer's last state computed from its output.

    The state has the output's values at the last step (backwards, at the first one), but autograd
    does not know: a target that depends on the state alone would not depend on the output.

    Args:
        module: any; what is no LSTM, GRU or plain recurrent layer keeps its value.
        value: that the module returned, (output, h_n) or (output, (h_n, c_n)).

    Returns:
        The value itself where the state is not found in the output, as in packed sequences.
    """
    if not isinstance(module, nn.RNNBase) or not isinstance(value, tuple) or len(value) != 2:
        return value
    output, states = value
    is_pair = isinstance(states, tuple)
    state = states[0] if is_pair else states
    if not isinstance(output, Tensor) or not isinstance(state, Tensor):
        return value
    linked = _linked(module, output, state)
    if linked is None:
        return value
    return output, ((linked, *states[1:]) if is_pair else linked)


def _linked(module: nn.RNNBase, output: Tensor, state: Tensor) -> Tensor | None:
    if output.dim() not in (2, 3):
        return None
    time = 1 if module.batch_first and output.dim() == 3 else 0
    directions = 2 if module.bidirectional else 1
    parts = output.unflatten(-1, (directions, -1))
    last = [
        parts.select(time, 0 if backwards else output.shape[time] - 1).select(-2, backwards)
        for backwards in range(directions)
    ]
    top = torch.stack(last)
    if top.shape != state[-directions:].shape or not torch.equal(top, state[-directions:]):
        return None
    return top if len(state) == directions else torch.cat([state[:-directions], top])
