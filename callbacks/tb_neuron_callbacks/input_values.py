"""The values of tabular rows and signals that are kept, to show what units respond to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from tb_neuron_callbacks.batches import input_tensor
from tb_neuron_callbacks.probe import ProbeSet

#: Values that are kept of all examples together: 4 MB before compression.
MAX_VALUES = 1 << 20
#: Positions of a signal; a longer one is averaged over even stretches.
MAX_POSITIONS = 1024


@dataclass(frozen=True)
class InputValues:
    """What is kept of the examples.

    Attributes:
        values: [example, column] of rows, [example, channel, position] of signals; of the first
            examples.
        notes: what is not kept, a sentence each.
    """

    values: Float32[np.ndarray, "example ..."]
    notes: tuple[str, ...]


def input_values(probe: ProbeSet) -> InputValues | None:
    """Return the values of a probe set's rows or signals; None for other inputs."""
    kind = probe.input_kind()
    tensors = [input_tensor(batch) for batch in probe.batches]
    known = [each for each in tensors if each is not None and not each.is_complex()]
    if kind not in ("tabular", "signal") or len(known) < len(tensors):
        return None
    if len({each.shape[1:] for each in known}) > 1 or not 1 <= known[0].dim() <= 3:
        return None
    notes: list[str] = []
    values = torch.cat([each.to(torch.float32) for each in known])
    values = values[:, None] if values.dim() == 1 else values
    if values.dim() == 3:
        values = _stretched(values.movedim(position_axis(values), 2), notes)
    kept = MAX_VALUES // max(1, values[0].numel())
    if kept < len(values):
        notes.append(f"the values of the first {kept} of {len(values)} examples are kept")
    return InputValues(values[:kept].numpy(), tuple(notes)) if kept else None


def position_axis(signals: Tensor) -> int:
    """Return which axis of signals holds positions: the longer one, the last where both are alike.

    Args:
        signals: [example, channel, position] or [example, position, channel].
    """
    return 1 if signals.shape[1] > signals.shape[2] else 2


def _stretched(values: Tensor, notes: list[str]) -> Tensor:
    length = values.shape[2]
    if length <= MAX_POSITIONS:
        return values
    notes.append(f"signals of {length} positions are kept as means of {MAX_POSITIONS} stretches")
    return torch.nn.functional.adaptive_avg_pool1d(values, MAX_POSITIONS)
