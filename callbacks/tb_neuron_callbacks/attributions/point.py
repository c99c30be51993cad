"""The sweep at the examples themselves: one forward, one backward, for all watched layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
        with starts.attached(model), watch(model, layout, kept.receive, for_gradients=True):
            output = run(starts.batch)
        explained = explain(target, output, labels, count_examples(batch))
        gradients, _ = kept.gradients(explained.scores(output), starts.leaves)
    return kept.points(gradients)


def sweep_each_class(
    model: nn.Module, layout: Layout, run: Run, batch: Any, classes: Sequence[int]
) -> Iterator[tuple[int, dict[str, Point]]]:
    """Yield the gradients toward each class's logit: what speaks for it, and what against it.

    One forward serves all classes; each costs a backward.

    Args:
        model: as the user has it, wrapped or not.
        layout: the watched layers.
        run: calls the model with a batch on its device.
        batch: on the model's device.
        classes: whose logits are explained, of every example.

    Yields:
        A class, and what `sweep_at_examples` returns.

    Raises:
        AttributionError: the output has no logits, or no such class.
    """
    starts = Starts(batch)
    kept = KeptOutputs(layout.overwritten)
    watched = watch(model, layout, kept.receive, for_gradients=True)
    with differentiable(model), starts.attached(model), watched:
        output = run(starts.batch)
    examples = count_examples(batch)
    for place, number in enumerate(classes):
        with differentiable(model):
            explained = explain(number, output, None, examples)
            is_last = place == len(classes) - 1
            scores = explained.scores(output)
            gradients, _ = kept.gradients(scores, starts.leaves, keep_graph=not is_last)
        yield number, kept.points(gradients)
