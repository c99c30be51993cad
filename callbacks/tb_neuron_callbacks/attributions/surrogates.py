"""Surrogates: torch functions with the same values and another backward, for as long as a context.

Modules call torch functions too, so one mode reaches both. A *surrogate* takes what the function
takes, and the function itself, and returns the function's value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.attributions.traits import is_rectifier
from tb_neuron_callbacks.errors import AttributionError

Function = Callable[..., Any]
#: What runs in place of a function: `surrogate(function, *args, **kwargs)`, its value.
Surrogate = Callable[..., Any]


class Surrogates(TorchFunctionMode):
    """Replaces torch functions while it is entered, in this thread only.

    Args:
        find: returns the surrogate of a call (function, positional arguments, named ones), or
            None to leave it as it is.
    """

    def __init__(
        self, find: Callable[[Function, tuple[Any, ...], Mapping[str, Any]], Surrogate | None]
    ) -> None:
        super().__init__()
        self._find = find

    def __torch_function__(
        self,
        func: Function,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run the surrogate, or the function where it has none."""
        keywords = dict(kwargs or {})
        surrogate = self._find(func, args, keywords)
        if surrogate is None:
            return func(*args, **keywords)
        return surrogate(func, *args, **keywords)


def guided_backprop() -> Surrogates:
    """Return the mode in which ReLUs pass back only what is positive, and where they were open."""
    return Surrogates(_rectifying(_GuidedRelu.apply))


def deconvnet() -> Surrogates:
    """Return the mode in which ReLUs pass back what is positive, wherever they were open."""
    return Surrogates(_rectifying(_DeconvRelu.apply))


def open_rectifiers() -> Surrogates:
    """Return the mode in which ReLUs pass everything back, also where they were shut.

    It gives an ascent a way out of where a unit is silent.
    """
    return Surrogates(_rectifying(lambda inputs, relu: with_backward_of(relu(inputs), inputs)))


def elementwise(apply: Callable[[Tensor, Function], Tensor]) -> Surrogate:
    """Return a surrogate of functions of one tensor, also where they change it in place.

    Args:
        apply: given the tensor and the function of it alone (never in place), returns the value.
    """

    def surrogate(function: Function, *args: Any, **kwargs: Any) -> Any:
        tensor, others, named = _first_argument(args, kwargs)
        plain, is_in_place = _out_of_place(function, others, named)
        # Flags by position are `inplace` too: no activation has another one.
        others = tuple(False if part is True else part for part in others)
        named.pop("inplace", None)
        # A copy where it is changed: autograd must see the tensor as it was.
        before = tensor.clone() if is_in_place else tensor
        after = apply(before, lambda inner: plain(inner, *others, **named))
        return tensor.copy_(after) if is_in_place else after

    return surrogate


def with_backward_of(value: Tensor, surrogate: Tensor) -> Tensor:
    """Return a tensor with one tensor's values and the other's backward.

    Args:
        value: float[...].
        surrogate: of the same shape.
    """
    return _Substitution.apply(surrogate, value.detach())  # pyright: ignore[reportReturnType]


def _first_argument(
    args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Tensor, tuple[Any, ...], dict[str, Any]]:
    named = dict(kwargs)
    return (args[0], args[1:], named) if args else (named.pop("input"), (), named)


def _out_of_place(
    function: Function, others: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[Function, bool]:
    """Return a function's form that does not change its argument, and whether it would have."""
    name = function.__name__
    if name.endswith("_") and not name.endswith("__"):
        spaces = (torch.nn.functional, torch, torch.Tensor)
        plain = name.rstrip("_")
        return next(getattr(space, plain) for space in spaces if hasattr(space, plain)), True
    return function, named.get("inplace", False) or any(part is True for part in others)


def _rectifying(relu: Function) -> Callable[..., Surrogate | None]:
    surrogate = elementwise(relu)

    def find(
        function: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Surrogate | None:
        name = getattr(function, "__name__", "")
        if name.startswith("rnn_relu"):
            raise AttributionError(
                f"ReLUs that run inside one kernel can't be replaced, and {name} has such; "
                'choose "saliency" or "integrated_gradients"'
            )
        kind = nonlinearities.of_function(function, args, kwargs)
        return surrogate if is_rectifier(kind) else None

    return find


class _GuidedRelu(torch.autograd.Function):
    """Springenberg et al. 2014."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, function: Function) -> Tensor:
        outputs = function(inputs)
        ctx.save_for_backward((inputs > 0) & (outputs >= inputs))
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        (is_open,) = ctx.saved_tensors
        return gradients[0].clamp(min=0) * is_open, None


class _DeconvRelu(torch.autograd.Function):
    """Zeiler and Fergus 2014."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, function: Function) -> Tensor:  # noqa: ARG004
        return function(inputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:  # noqa: ARG004
        return gradients[0].clamp(min=0), None


class _Substitution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, surrogate: Tensor, value: Tensor) -> Tensor:  # noqa: ARG004
        # A copy: what a later function changes in place may be no view out of here.
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:  # noqa: ARG004
        return gradients[0], None
