"""What an attribution method of inputs is: a function from a case to one map a start.

A *case* is everything that is asked: a network, a batch, what is explained of each example, and
the choices that methods have. What is explained is fixed once: when weights or inputs change, the
same class is explained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from jaxtyping import Float, Int
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.input_forms import FormName
from tb_neuron_callbacks.attributions.path import Baseline
from tb_neuron_callbacks.attributions.target import Explained, Target, explain
from tb_neuron_callbacks.attributions.traits import Traits, find_traits
from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.changed_tensors import ChangedTensors
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.unwrapping import unwrap

#: "relu": ReLUs; "positions": a layer whose positions lie over an image; "noise": random numbers;
#: "baseline": a reference input.
Need = Literal["relu", "positions", "noise", "baseline"]


@dataclass(frozen=True)
class Choices:
    """The choices of the methods, each with its default.

    Attributes:
        layer_name: where Grad-CAM reads; None for the last watched layer with a grid.
        baseline: where integrated gradients begin, and what occlusion puts in.
        steps: of the path of integrated gradients.
        samples: noisy copies of SmoothGrad.
        noise: SmoothGrad's standard deviation, as a share of each example's range.
        seed: of all random numbers: the same at every record.
        window: side of occlusion's window as a share of the input's side.
        epsilon: stabiliser of layer-wise relevance propagation.
        max_examples: run in one internal batch; at least one copy of the batch is.
    """

    layer_name: str | None = None
    baseline: Baseline = "zero"
    steps: int = 20
    samples: int = 16
    noise: float = 0.15
    seed: int = 20
    window: float = 1 / 8
    epsilon: float = 1e-6
    max_examples: int = 256


@dataclass(frozen=True)
class Network:
    """A model and how it is run.

    Attributes:
        model: as the user has it, wrapped or not.
        layout: the watched layers.
        run: calls the model with a batch on its device.
        changed: the tensors that a forward changes; None if it isn't known.
    """

    model: nn.Module
    layout: Layout
    run: Callable[[Any], Any]
    changed: ChangedTensors | None = None


@dataclass(frozen=True)
class Case:
    """What is asked of an input method. Made by `prepare`.

    Attributes:
        model: as the user has it, wrapped or not, in eval mode.
        layout: the watched layers.
        run: calls the model with a batch on its device.
        batch: on the model's device.
        target: what is explained: "label" for any choice of a logit, "loss", or a function.
        labels: the classes explained, for "label"; else those of the batch.
        explained: the target as it is evaluated.
        traits: what the network has.
        choices: of the methods.
        changed: the tensors that a forward changes; None if it isn't known.
    """

    model: nn.Module
    layout: Layout
    run: Callable[[Any], Any]
    batch: Any
    target: Target
    labels: Int[Tensor, " example"] | None
    explained: Explained
    traits: Traits
    choices: Choices = field(default_factory=Choices)
    changed: ChangedTensors | None = None


@dataclass(frozen=True)
class InputMap:
    """The attribution of one start.

    Attributes:
        form: what the axes after the first mean.
        values: float32 on the CPU. [example, y, x] for images, [example, position] for tokens and
            signals, [example, feature] for tabular inputs. Channels and embedding dimensions are
            summed; of methods that are gradients, the largest magnitude over them is taken.
    """

    form: FormName
    values: Float[Tensor, "example ..."]


@dataclass(frozen=True)
class InputAttributions:
    """What a method found for a batch.

    Attributes:
        maps: one a start: floating inputs in the order of the batch's leaves, then embeddings in
            execution order.
        settings: the choices that were used, in words; empty for none.
        layer_name: where Grad-CAM and class activation mapping read; empty for all others.
    """

    maps: tuple[InputMap, ...]
    settings: str = ""
    layer_name: str = ""

    @property
    def totals(self) -> Float[Tensor, " example"]:
        """The sum of all attributions of each example: what a complete method accounts for."""
        first, *others = (found.values.flatten(1).double().sum(1) for found in self.maps)
        return sum(others, first).float()

    @property
    def nonfinite(self) -> Int[Tensor, " example"]:
        """How many values of each example are NaN or infinite."""
        first, *others = ((~found.values.isfinite()).flatten(1).sum(1) for found in self.maps)
        return sum(others, first)


@dataclass(frozen=True)
class InputMethod:
    """One attribution method for inputs.

    Attributes:
        name: under which it is chosen and stored.
        description: one sentence that defines it.
        source: where it was published.
        attribute: runs it; model and random states are the caller's.
        needs: what it can't do without.
        complete_from: a method whose attributions promise to sum to the target at the example
            less the target at the "baseline", or to the "target" itself; None promises nothing.
        is_signed: whether a negative value speaks against the target.
        reads_at_layer: whether the layer at which it reads is a choice.
    """

    name: str
    description: str
    source: str
    attribute: Callable[[Case], InputAttributions]
    needs: frozenset[Need] = frozenset()
    complete_from: Literal["baseline", "target"] | None = None
    is_signed: bool = True
    reads_at_layer: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether its attributions promise a sum."""
        return self.complete_from is not None


def prepare(
    network: Network,
    batch: Any,
    target: Target,
    labels: Int[Tensor, " example"] | None = None,
    choices: Choices | None = None,
) -> Case:
    """Run a batch once in eval mode, and fix what is explained of it.

    Modes, buffers and random states are afterwards as before.

    Args:
        network: the model and how it is run.
        batch: on the model's device.
        target: what is explained.
        labels: of the batch.
        choices: of the methods; None for the defaults.

    Raises:
        AttributionError: the target can't be.
    """
    with preserved(unwrap(network.model), network.changed):
        traits, output = find_traits(network.model, network.layout, network.run, batch)
    explained = explain(target, output, labels, count_examples(batch))
    if callable(explained.choice):
        target = explained.choice
    elif explained.indices is not None:
        target, labels = "label", explained.indices
        explained = Explained("label", explained.indices, labels, explained.examples)
    chosen = Choices() if choices is None else choices
    return Case(
        model=network.model,
        layout=network.layout,
        run=network.run,
        batch=batch,
        target=target,
        labels=labels,
        explained=explained,
        traits=traits,
        choices=chosen,
        changed=network.changed,
    )
