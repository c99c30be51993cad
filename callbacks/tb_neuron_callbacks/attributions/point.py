"""The sweep at the examples themselves: one forward, one backward, for all watched layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from tb_neuron_callbacks.attributions.kept import KeptOutputs
from tb_neuron_callbacks.attributions.method import Point
from tb_neuron_callbacks.attributions.starts import Starts, differentiable
from tb_neuron_callbacks.attributions.target import Target, explain
from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layout

Run = Callable[[Any], Any]


def sweep_at_examples(
    model: nn.Module,
    layout: Layout,
    run: Run,
    batch: Any,
    target: Target,
    labels: Tensor | None = None,
) -> dict[str, Point]:
    """Return the watched outputs of a batch and the gradients of its targets toward them.

    Args:
        model: as the user has it, wrapped or not.
        layout: the watched layers.
        run: calls the model with a batch on its device.
        batch: on the model's device.
        target: what is explained of each example.
        labels: of the batch.

    Returns:
        By layer name, without the layers on which the targets do not depend.

    Raises:
        AttributionError: the target can't be.
    """
    starts = Starts(batch)
    kept = KeptOutputs(layout.overwritten)
    with differentiable(model):
        with starts.attached(model), watch(model, layout, kept.receive):
            output = run(starts.batch)
        explained = explain(target, output, labels, count_examples(batch))
        gradients, _ = kept.gradients(explained.scores(output), starts.leaves)
    return kept.points(gradients)
