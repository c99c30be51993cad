"""The sweep at the examples themselves: one forward, one backward, for all watched layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from tb_neuron_callbacks.attributions.kept import KeptOutputs
from tb_neuron_callbacks.attributions.memory import Footprint, measured_footprint
from tb_neuron_callbacks.attributions.method import Point
from tb_neuron_callbacks.attributions.starts import Starts, differentiable
from tb_neuron_callbacks.attributions.target import Target, explain
from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layout

Run = Callable[[Any], Any]


@dataclass(frozen=True)
class PointSweep:
    """Takes the gradients of a batch's targets toward all watched outputs at once.

    Attributes:
        model: as the user has it, wrapped or not.
        layout: the watched layers.
        run: calls the model with a batch on its device.
    """

    model: nn.Module
    layout: Layout
    run: Run

    def points(self, batch: Any, target: Target, labels: Tensor | None = None) -> dict[str, Point]:
        """Return the watched outputs of a batch and the gradients of its targets toward them.

        Args:
            batch: on the model's device.
            target: what is explained of each example.
            labels: of the batch.

        Returns:
            By layer name, without the layers on which the targets do not depend.

        Raises:
            AttributionError: the target can't be.
        """
        with differentiable(self.model):
            output, kept = self._forward(batch)
            explained = explain(target, output, labels, count_examples(batch))
            gradients, _ = kept.gradients(explained.scores(output))
        return kept.points(gradients)

    def footprint(
        self, batch: Any, target: Target, labels: Tensor | None = None
    ) -> Footprint | None:
        """Measure what an example takes, on a batch of few: see `points`."""

        def run() -> int:
            self.points(batch, target, labels)
            return 0

        return measured_footprint(self.model, run, count_examples(batch))

    def points_of_classes(
        self, batch: Any, classes: Sequence[int]
    ) -> Iterator[tuple[int, dict[str, Point]]]:
        """Yield the gradients toward each class's logit: what speaks for it, and what against it.

        One forward serves all classes; each costs a backward.

        Args:
            batch: on the model's device.
            classes: whose logits are explained, of every example.

        Yields:
            A class, and what `points` returns.

        Raises:
            AttributionError: the output has no logits, or no such class.
        """
        with differentiable(self.model):
            output, kept = self._forward(batch)
        examples = count_examples(batch)
        for place, number in enumerate(classes):
            with differentiable(self.model):
                explained = explain(number, output, None, examples)
                is_last = place == len(classes) - 1
                scores = explained.scores(output)
                gradients, _ = kept.gradients(scores, keep_graph=not is_last)
            yield number, kept.points(gradients)

    def _forward(self, batch: Any) -> tuple[Any, KeptOutputs]:
        # The starts make outputs require gradients also where all weights are frozen.
        starts = Starts(batch)
        kept = KeptOutputs(self.layout.overwritten)
        watched = watch(self.model, self.layout, kept.receive, for_gradients=True)
        with starts.attached(self.model), watched:
            return self.run(starts.batch), kept
