"""Layer-wise relevance propagation by the epsilon rule, as the backward of a surrogate forward.

In the surrogate forward every function is linear in what depends on the input: activations are
multiplied by the constant y / z that they had, norms by the constant 1 / std, attention weights are
constant. Then gradient times activation is relevance: of an input, and of any watched output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.attributions.attention_surrogate import attend
from tb_neuron_callbacks.attributions.surrogates import (
    Function,
    Surrogate,
    Surrogates,
    elementwise,
    with_backward_of,
)
from tb_neuron_callbacks.attributions.traits import FUSED
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.unwrapping import unwrap

#: Functions that are linear in what depends on the input.
_LINEAR = frozenset(
    (
        "linear",
        "addmm",
        "batch_norm",
        *(f"conv{n}d" for n in (1, 2, 3)),
        *(f"conv_transpose{n}d" for n in (1, 2, 3)),
    )
)
#: Functions of one tensor that act on each element by a ratio; activations are known apart.
_BY_RATIO = frozenset(("local_response_norm",))
_PRODUCTS = frozenset(
    ("mul", "multiply", "__mul__", "__rmul__", "matmul", "__matmul__", "bmm", "mm", "einsum")
)
#: What a value is divided or weighted by, and is held constant.
_CONSTANT = frozenset(
    ("softmax", "softmin", "logsumexp", "rsqrt", "sqrt", "std", "var", "std_mean", "var_mean")
)
_MAGNITUDES = frozenset(("norm", "vector_norm", "linalg_vector_norm"))


@contextmanager
def epsilon_lrp(model: nn.Module, epsilon: float = 1e-6) -> Iterator[None]:
    """Run forwards as surrogates whose gradient times activation is relevance.

    - Linear layers, convolutions and batch norms in eval mode: z, with the gradient's factor
      z / (z + epsilon sign z) (Bach et al. 2015, the epsilon rule).
    - Activations: y = z (y / z), the ratio constant; relevance passes as it is.
    - Layer, group, instance and RMS norm: the std constant (Ali et al. 2022).
    - Softmax and attention weights: constant (Ali et al. 2022). `log_softmax`: its normaliser is.
    - Products of two values that both depend on the input: half the relevance each (Achtibat et
      al. 2024).
    - Sums, pooling and all others: their gradient.

    Parameters require no gradient meanwhile. Nothing is left afterwards, also after an error.

    Args:
        model: wrapped or not.
        epsilon: added to the magnitude of what is divided by.

    Raises:
        AttributionError: inside the context, by a kernel that hides its nonlinearities.
    """
    with ExitStack() as undo:
        undo.enter_context(_constant_parameters(unwrap(model)))
        for module in unwrap(model).modules():
            is_foreign = not type(module).__module__.startswith("torch.nn")
            if is_foreign and nonlinearities.of_module(module) is not None:
                hook = partial(_activation_output, epsilon)
                undo.callback(module.register_forward_hook(hook).remove)
        undo.enter_context(Surrogates(_Rules(epsilon).find))
        yield


@contextmanager
def _constant_parameters(model: nn.Module) -> Iterator[None]:
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    try:
        for parameter in learning:
            parameter.requires_grad_(False)
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)


class _Rules:
    def __init__(self, epsilon: float) -> None:
        by_ratio = elementwise(partial(_by_ratio, epsilon))
        self._activation = by_ratio
        self._by_name: Mapping[str, Surrogate] = {
            **dict.fromkeys(_LINEAR, partial(_linear, epsilon)),
            **dict.fromkeys(_BY_RATIO, by_ratio),
            **dict.fromkeys(_PRODUCTS, _product),
            **dict.fromkeys(_CONSTANT | _MAGNITUDES, _constant),
            **dict.fromkeys(FUSED, _refused),
            **_NORMS,
            "glu": partial(_glu, epsilon),
            "log_softmax": _log_softmax,
            "scaled_dot_product_attention": _attention,
            "multi_head_attention_forward": partial(attend, partial(_linear, epsilon)),
        }

    def find(
        self, function: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Surrogate | None:
        name = getattr(function, "__name__", "")
        if name in self._by_name:
            return self._by_name[name]
        is_activation = nonlinearities.of_function(function, args, kwargs) is not None
        return self._activation if is_activation else None


def _stable(values: Tensor, epsilon: float) -> Tensor:
    return values + torch.where(values < 0, -epsilon, epsilon).to(values.dtype)


def _by_ratio(epsilon: float, inputs: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    inside = inputs.detach()
    outputs = function(inside)
    ratio = torch.where(outputs == inside, 1.0, outputs / _stable(inside, epsilon))
    return with_backward_of(outputs, inputs * ratio.to(inputs.dtype))


def _activation_output(epsilon: float, _: nn.Module, given: tuple[Any, ...], output: Any) -> Any:
    if not given or not isinstance(output, Tensor) or given[0].shape != output.shape:
        return None
    return _by_ratio(epsilon, given[0], lambda _: output.detach())


def _linear(epsilon: float, function: Function, *args: Any, **kwargs: Any) -> Any:
    outputs = function(*args, **kwargs)
    if not outputs.requires_grad:
        return outputs
    inside = outputs.detach()
    return with_backward_of(inside, outputs * (inside / _stable(inside, epsilon)))


def _constant(function: Function, *args: Any, **kwargs: Any) -> Any:
    found = function(*args, **kwargs)
    if isinstance(found, tuple):
        return tuple(part.detach() for part in found)
    return found.detach()


def _product(function: Function, *args: Any, **kwargs: Any) -> Any:
    found = function(*args, **kwargs)
    operands = [part for part in args if isinstance(part, Tensor) and part.requires_grad]
    if len(operands) < 2 or not isinstance(found, Tensor):
        return found
    return with_backward_of(found, found / len(operands))


def _glu(epsilon: float, function: Function, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, *args, **kwargs)
    value, gate = inputs.chunk(2, *_named(("dim",), (-1,), args, kwargs))
    return with_backward_of(found, value * _by_ratio(epsilon, gate, torch.sigmoid) / 2)


def _log_softmax(function: Function, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, *args, **kwargs)
    return with_backward_of(found, inputs.to(found.dtype))


def _attention(function: Function, *args: Any, **kwargs: Any) -> Any:
    constant = [part.detach() for part in args[:2]]
    for name in ("query", "key"):
        if name in kwargs:
            kwargs[name] = kwargs[name].detach()
    return function(*constant, *args[2:], **kwargs)


def _refused(function: Function, *_: Any, **__: Any) -> Any:
    raise AttributionError(
        f"relevance must be propagated through each nonlinearity, and {function.__name__} runs its "
        "own inside one kernel; choose a gradient method, or integrated_gradients"
    )


def _layer_norm(function: Function, inputs: Tensor, shape: Any, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, shape, *args, **kwargs)
    axes = tuple(range(-len(shape), 0))
    weight, bias, eps = _named(("weight", "bias", "eps"), (None, None, 1e-5), args, kwargs)
    return with_backward_of(found, _normalised(inputs, axes, weight, bias, eps))


def _rms_norm(function: Function, inputs: Tensor, shape: Any, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, shape, *args, **kwargs)
    weight, eps = _named(("weight", "eps"), (None, None), args, kwargs)
    axes = tuple(range(-len(shape), 0))
    eps = torch.finfo(inputs.dtype).eps if eps is None else eps
    scale = (inputs.detach().square().mean(axes, keepdim=True) + eps).rsqrt()
    scaled = inputs * scale
    return with_backward_of(found, scaled if weight is None else scaled * weight)


def _group_norm(function: Function, inputs: Tensor, groups: int, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, groups, *args, **kwargs)
    weight, bias, eps = _named(("weight", "bias", "eps"), (None, None, 1e-5), args, kwargs)
    grouped = inputs.unflatten(1, (groups, -1))
    normal = _normalised(grouped, tuple(range(2, grouped.dim())), None, None, eps)
    return with_backward_of(found, _by_channel(normal.flatten(1, 2), weight, bias))


def _instance_norm(function: Function, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, *args, **kwargs)
    names = ("running_mean", "running_var", "weight", "bias", "use_input_stats", "momentum", "eps")
    _, variance, weight, bias, from_input, _, eps = _named(
        names, (None, None, None, None, True, 0.1, 1e-5), args, kwargs
    )
    if from_input:
        normal = _normalised(inputs, tuple(range(2, inputs.dim())), None, None, eps)
    else:
        normal = _by_channel(inputs, (variance + eps).rsqrt(), None)
    return with_backward_of(found, _by_channel(normal, weight, bias))


def _normalize(function: Function, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
    found = function(inputs, *args, **kwargs)
    ratio = torch.where(inputs == 0, 0.0, found.detach() / inputs.detach())
    return with_backward_of(found, inputs * ratio.to(inputs.dtype))


def _normalised(
    inputs: Tensor, axes: tuple[int, ...], weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    centred = inputs - inputs.mean(axes, keepdim=True)
    variance = centred.detach().square().mean(axes, keepdim=True)
    scaled = centred * (variance + eps).rsqrt()
    scaled = scaled if weight is None else scaled * weight
    return scaled if bias is None else scaled + bias


def _by_channel(values: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    shape = (1, -1, *[1] * (values.dim() - 2))
    values = values if weight is None else values * weight.view(shape)
    return values if bias is None else values + bias.view(shape)


def _named(
    names: tuple[str, ...],
    defaults: tuple[Any, ...],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> list[Any]:
    given = dict(zip(names, args, strict=False))
    return [
        given.get(name, kwargs.get(name, default))
        for name, default in zip(names, defaults, strict=True)
    ]


_NORMS: Mapping[str, Surrogate] = {
    "layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "group_norm": _group_norm,
    "instance_norm": _instance_norm,
    "normalize": _normalize,
}
