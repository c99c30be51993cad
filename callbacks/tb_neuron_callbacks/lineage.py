"""Which watched or watchable outputs a tensor was computed from, followed through one forward."""

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.in_place import overwrite
from tb_neuron_callbacks.nonlinearities import Nonlinearity
from tb_neuron_callbacks.units import moved_axis

#: The source that stands for the model's input.
INPUT = -1

#: Functions whose output has its units on this axis, whatever the input.
_FIXED_AXES: dict[str, int] = {
    "linear": -1,
    "embedding": -1,
    "addmm": -1,
    "bilinear": -1,
    "multi_head_attention_forward": -1,
    **{f"conv{n}d": 1 for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": 1 for n in (1, 2, 3)},
}
#: Functions after which no axis is sure, even if the shape is as before.
_MIXING = frozenset(
    ("matmul", "__matmul__", "bmm", "einsum", "scaled_dot_product_attention", "baddbmm", "mm")
)


class Ancestry(NamedTuple):
    """Where a tensor comes from.

    Attributes:
        origin: name, without a call's index, of the module whose output it is, or is computed from
            along first arguments.
        sources: the nearest outputs it was computed from, as event numbers or `INPUT`.
        unit_axis: of the tensor, counted from the front; None if unknown.
        nonlinearity: the activation function whose very output it is.
    """

    origin: str
    sources: frozenset[int]
    unit_axis: int | None = None
    nonlinearity: Nonlinearity = nonlinearities.NONE


class Lineage:
    """The ancestry of tensors, by identity and without keeping them alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Tensor], Ancestry]] = {}

    def __getitem__(self, tensor: Tensor) -> Ancestry | None:
        reference, ancestry = self._known.get(id(tensor), (None, None))
        return ancestry if reference is not None and reference() is tensor else None

    def __setitem__(self, tensor: Tensor, ancestry: Ancestry) -> None:
        self._known[id(tensor)] = (weakref.ref(tensor), ancestry)

    def sources(self, tensors: Iterator[Tensor]) -> frozenset[int]:
        """Return the sources of several tensors together."""
        found = (self[tensor] for tensor in tensors)
        return frozenset().union(*(ancestry.sources for ancestry in found if ancestry))

    def clear(self) -> None:
        """Forget all tensors."""
        self._known.clear()


#: Called with a functional activation, its input's origin and its output; what it returns goes on
#: to the model in place of the output unless it is None.
OnActivation = Callable[[Nonlinearity, str, Tensor], Tensor | None]


class FunctionWatch(TorchFunctionMode):
    """Follows tensors through torch functions and reports functional activations.

    Args:
        lineage: kept up to date while the mode is active.
        on_activation: told of each functional activation, unless `inside_activation` is above 0.
    """

    def __init__(self, lineage: Lineage, on_activation: OnActivation) -> None:
        super().__init__()
        self.inside_activation = 0
        self._lineage = lineage
        self._on_activation = on_activation

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run the function and note where its result comes from."""
        keywords = kwargs or {}
        result = func(*args, **keywords)
        given = list(tensors_in((args, keywords)))
        if not given:
            return result
        ancestry = self._ancestry(given)
        self._pass_on(func, given, result, ancestry)
        if self.inside_activation or not isinstance(result, Tensor):
            return result
        kind = nonlinearities.of_function(func, args, keywords)
        if kind is None or not result.is_floating_point():
            return result
        replacement = self._on_activation(kind, ancestry.origin, result)
        if replacement is None or replacement is result:
            return result
        if any(result is tensor for tensor in given):
            overwrite(result, replacement)
            return result
        return replacement

    def _ancestry(self, given: list[Tensor]) -> Ancestry:
        known = [found for found in map(self._lineage.__getitem__, given) if found is not None]
        if not known:
            return Ancestry("input", frozenset())
        sources = known[0].sources.union(*(found.sources for found in known[1:]))
        return Ancestry(known[0].origin, sources)

    def _pass_on(
        self, func: Callable[..., Any], given: list[Tensor], result: Any, ancestry: Ancestry
    ) -> None:
        name = getattr(func, "__name__", "").rstrip("_") or "call"
        if result is None:  # x[index] = y and the like change their first argument
            before = self._lineage[given[0]]
            axis = before.unit_axis if before else None
            self._lineage[given[0]] = ancestry._replace(unit_axis=axis)
        for tensor in tensors_in(result):
            axis = self._axis_after(name, given, tensor)
            self._lineage[tensor] = ancestry._replace(unit_axis=axis)

    def _axis_after(self, name: str, given: list[Tensor], result: Tensor) -> int | None:
        if name in _FIXED_AXES and result.ndim > 1:
            return _FIXED_AXES[name] % result.ndim
        if name in _MIXING or name.strip("_") == "matmul":
            matrix = (
                len(given) > 1 and given[1].ndim == 2 and isinstance(given[1], torch.nn.Parameter)
            )
            return result.ndim - 1 if matrix and result.ndim > 1 else None
        for before in given:
            known = self._lineage[before]
            if known is not None and known.unit_axis is not None:
                return _axis_kept(before, known.unit_axis, result)
        return None


def tensors_in(value: Any, depth: int = 3) -> Iterator[Tensor]:
    """Yield the tensors in nested tuples, lists and dicts, down to a depth."""
    if isinstance(value, Tensor):
        yield value
    elif depth and isinstance(value, Mapping):
        for part in value.values():
            yield from tensors_in(part, depth - 1)
    elif depth and isinstance(value, (tuple, list)):
        for part in value:
            yield from tensors_in(part, depth - 1)


def _axis_kept(before: Tensor, axis: int, after: Tensor) -> int | None:
    if axis >= before.ndim or before.layout != torch.strided or after.layout != torch.strided:
        return None
    if after.data_ptr() == before.data_ptr() and after.shape != before.shape:
        return moved_axis(before, axis, after)
    if after._is_view() and after.stride() != before.stride():
        return moved_axis(before, axis, after)
    same = after.ndim == before.ndim and after.shape[axis] == before.shape[axis]
    return axis if same else None
