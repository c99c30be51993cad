"""What a network has that attribution methods need: ReLUs, grids of positions, kernels that hide.

Found by one forward; `refusals` decides from it which methods have a meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import isqrt
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.attributions.input_forms import Form, forms
from tb_neuron_callbacks.attributions.kept import KeptOutputs
from tb_neuron_callbacks.attributions.starts import Starts, differentiable
from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.calling import find_logits
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.nonlinearities import Nonlinearity
from tb_neuron_callbacks.unwrapping import named_modules

#: Functions whose nonlinearities run inside one kernel, where none can be replaced.
FUSED = frozenset(
    f"{kernel}{ending}"
    for kernel in ("lstm", "gru", "rnn_tanh", "rnn_relu")
    for ending in ("", "_cell")
)
#: Extra tokens before a square grid of patches: none, or a class token.
_CLASS_TOKENS = (0, 1)


class Grid(NamedTuple):
    """The positions of a watched layer as rows and columns over an image.

    Attributes:
        layer_name: of the layer.
        unit_axis: of its output, example axis included.
        height: rows.
        width: columns.
        is_tokens: whether the positions are tokens in one axis, row by row.
        class_tokens: tokens before the first patch.
    """

    layer_name: str
    unit_axis: int
    height: int
    width: int
    is_tokens: bool = False
    class_tokens: int = 0

    def laid_out(self, values: Float[Tensor, "example ..."]) -> Float[Tensor, "example unit y x"]:
        """Return values of the layer's output's shape as one picture a unit."""
        if not self.is_tokens:
            return values.movedim(self.unit_axis, 1)
        patches = values[:, self.class_tokens :].transpose(1, 2)
        return patches.unflatten(2, (self.height, self.width))


class ClassWeights(NamedTuple):
    """A convolution's global average, read by one linear layer that gives the logits.

    Attributes:
        layer_name: the last watched layer before the average.
        linear_name: the linear layer, as in `named_modules`.
    """

    layer_name: str
    linear_name: str


@dataclass(frozen=True)
class Traits:
    """What attribution methods need to know of a network.

    Attributes:
        forms: of the starts; empty where gradients can begin nowhere.
        has_relu: whether a ReLU (or ReLU6) runs, as a module or a function.
        fused: names of kernels that hide their nonlinearities, such as "lstm".
        grids: the watched layers whose positions lie over an image, in execution order.
        class_weights: of class activation mapping; None where the network has another form.
    """

    forms: tuple[Form, ...]
    has_relu: bool
    fused: tuple[str, ...]
    grids: tuple[Grid, ...]
    class_weights: ClassWeights | None

    @property
    def is_image(self) -> bool:
        """Whether the first start is an image with y and x."""
        return bool(self.forms) and self.forms[0].name == "image"


def find_traits(
    model: nn.Module, layout: Layout, run: Callable[[Any], Any], batch: Any
) -> tuple[Traits, Any]:
    """Run a batch once and return what its network has, and what the model returned.

    Args:
        model: wrapped or not.
        layout: the watched layers.
        run: calls the model with a batch on its device.
        batch: of examples.
    """
    starts, kept, noted = Starts(batch), KeptOutputs(layout.overwritten), _NotedFunctions()
    with ExitStack() as undo:
        # With gradients: without them, attention takes a fused path of its own.
        undo.enter_context(differentiable(model))
        undo.enter_context(starts.attached(model))
        undo.enter_context(watch(model, layout, kept.receive, for_gradients=True))
        undo.enter_context(noted)
        output = run(starts.batch)
    found = forms(model, layout, batch, starts.leaves)
    is_image = bool(found) and found[0].name == "image"
    grids = tuple(filter(None, map(grid_of, layout.watched))) if is_image else ()
    logits = find_logits(output, count_examples(batch))
    weights = None if logits is None else _class_weights(model, kept, grids, logits)
    return Traits(tuple(found), noted.has_relu, tuple(sorted(noted.fused)), grids, weights), output


def grid_of(layer: Layer) -> Grid | None:
    """Return a layer's positions as rows and columns, or None if they are no grid.

    Convolutional outputs have it by their shape; tokens, one class token allowed, where they form
    a square.
    """
    if layer.example_axis != 0:
        return None
    if len(layer.shape) == 3 and layer.unit_axis in (1, 3):
        height, width = (n for axis, n in enumerate(layer.shape, 1) if axis != layer.unit_axis)
        return Grid(layer.name, layer.unit_axis, height, width) if height * width > 1 else None
    if len(layer.shape) != 2 or layer.unit_axis != 2:
        return None
    for extra in _CLASS_TOKENS:
        side = isqrt(max(layer.shape[0] - extra, 0))
        if side > 1 and side * side == layer.shape[0] - extra:
            return Grid(layer.name, 2, side, side, True, extra)
    return None


def is_rectifier(kind: Nonlinearity | None) -> bool:
    """Return whether a function is what guided backpropagation and DeconvNet change.

    Those are ReLU and ReLU6, which a module spells as a hard tanh from 0 on.
    """
    if kind is None:
        return False
    return kind.name in ("relu", "relu6") or (kind.name == "hardtanh" and kind.lower == 0)


class _NotedFunctions(TorchFunctionMode):
    """Notes which of the functions that matter are called."""

    def __init__(self) -> None:
        super().__init__()
        self.has_relu = False
        self.fused: set[str] = set()

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run the function and note it."""
        keywords = kwargs or {}
        kind = nonlinearities.of_function(func, args, keywords)
        self.has_relu |= is_rectifier(kind)
        name = getattr(func, "__name__", "")
        if name in FUSED:
            self.fused.add(name)
        return func(*args, **keywords)


def _class_weights(
    model: nn.Module, kept: KeptOutputs, grids: Sequence[Grid], logits: Tensor
) -> ClassWeights | None:
    """Find the linear layer that turns the last convolution's average into the logits, by trial."""
    last = next((grid for grid in reversed(grids) if not grid.is_tokens), None)
    if last is None:
        return None
    pictures = last.laid_out(kept.activations(last.layer_name)).detach()
    averages = pictures.float().mean((2, 3))
    tolerance = 1e-4 if pictures.dtype in (torch.float32, torch.float64) else 0.05
    for name, module in named_modules(model):
        wanted = (logits.shape[1], averages.shape[1])
        if not isinstance(module, nn.Linear) or module.weight.shape != wanted:
            continue
        bias = 0.0 if module.bias is None else module.bias.detach().float()
        predicted = averages @ module.weight.detach().float().T + bias
        scale = logits.detach().float().abs().max()
        if (predicted - logits.detach().float()).abs().max() <= tolerance * scale:
            return ClassWeights(last.layer_name, name)
    return None
