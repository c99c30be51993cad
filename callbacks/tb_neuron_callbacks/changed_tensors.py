"""What a forward changes of a model's tensors, and how their content is put back.

All tensors are copied while the first forwards run, so that those which a forward changes are
known, however it does so: in place, through `.data`, or by a backward of its own. From then on
buffers, small attributes and these alone are copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import grad_mode

from tb_neuron_callbacks.notice import warn

#: Attributes of so many elements are copied always, like buffers; larger ones if they change.
_SMALL = 1 << 20
_BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
_CHANGED, _LOST = "changed", "lost"


@dataclass
class ChangedTensors:
    """Which tensors forwards were seen to change.

    Attributes:
        names: of these tensors; a parameter's gradient has its name with `.grad`.
        is_known: whether forwards ran that show them. Until then, every tensor is copied.
    """

    names: set[str] = field(default_factory=set)
    is_known: bool = False


def keep_tensors(
    model: nn.Module, attributes: dict[str, Tensor], changed: ChangedTensors
) -> Callable[[], None]:
    """Return what puts back the parameters, buffers, gradients and attributes of a model.

    Args:
        model: unwrapped.
        attributes: tensors that modules hold otherwise, by name.
        changed: what is known of earlier forwards; it is added to.
    """
    parameters = dict(model.named_parameters())
    kept = [
        _Kept(name, tensor, is_always or name in changed.names, changed.is_known)
        for name, tensor, is_always in _tensors(model, parameters, attributes)
        if _holds(tensor)
    ]
    gradients = [(name, parameter, parameter.grad) for name, parameter in parameters.items()]

    def restore() -> None:
        for name, parameter, gradient in gradients:
            if parameter.grad is not gradient:
                parameter.grad = gradient
                changed.names.add(f"{name}.grad")
        endings = {each.name: each.restore() for each in kept}
        changed.names |= {name for name, ending in endings.items() if ending}
        lost = [name for name, ending in endings.items() if ending == _LOST]
        if lost:
            warn(
                f"a record changed the training: {', '.join(lost)} changed in the forward, for the "
                "first time, and could not be put back. From the next record on they are"
            )

    return restore


def _tensors(
    model: nn.Module, parameters: dict[str, nn.Parameter], attributes: dict[str, Tensor]
) -> Iterator[tuple[str, Tensor, bool]]:
    """Yield each tensor's name, the tensor, and whether it is always copied."""
    for name, buffer in model.named_buffers():
        yield name, buffer, True
    for name, tensor in attributes.items():
        yield name, tensor, tensor.numel() <= _SMALL
    for name, parameter in parameters.items():
        yield name, parameter, False
        if parameter.grad is not None:
            yield f"{name}.grad", parameter.grad, False


class _Kept:
    """One tensor as it was: where its numbers lie, and a copy of them if one is wanted."""

    def __init__(self, name: str, tensor: Tensor, is_wanted: bool, is_known: bool) -> None:
        self.name = name
        self._tensor = tensor
        self._place = tensor.detach()
        self._version = None if tensor.is_inference() else tensor._version
        self._content: Tensor | None = None
        if not is_known:
            # All tensors are copied, and a device's memory is the training's.
            self._content = self._place.to("cpu", copy=True)
        elif is_wanted:
            self._content = self._place.clone()

    def restore(self) -> str:
        """Put the content back, and return what had happened to it."""
        found, place = self._tensor, self._place
        if _form(found) != _form(place):
            found.data = place
        is_written = self._version is not None and found._version != self._version
        if self._content is None:
            return _LOST if is_written else ""
        content = self._content.to(place.device)
        is_changed = not _same_bits(place, content)
        if is_changed:
            with torch.no_grad(), torch.inference_mode(place.is_inference()):
                place.copy_(content)
        if self._version is not None and found._version != self._version:
            _set_version(found, self._version)
        return _CHANGED if is_changed or is_written else ""


def _holds(tensor: Tensor) -> bool:
    # Classes derived from these may keep their numbers elsewhere.
    plain = type(tensor) in (Tensor, nn.Parameter)
    return plain and not tensor.is_meta and tensor.layout == torch.strided


def _form(tensor: Tensor) -> tuple[Any, ...]:
    return tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype


def _set_version(tensor: Tensor, version: int) -> None:
    """Let a graph that has saved the tensor be followed back: its content is as it was."""
    keeper: Any = grad_mode._unsafe_preserve_version_counter(tensor)
    keeper.prev_version, keeper.prev_versions = version, (version,)
    keeper.__exit__(None, None, None)


def _same_bits(first: Tensor, second: Tensor) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    return torch.equal(_bits(first), _bits(second))


def _bits(tensor: Tensor) -> Tensor:
    """Return a view in which NaN is equal to itself, and 0 is not -0."""
    if tensor.is_quantized:
        return tensor
    real = torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor
    return real.view(_BITS[real.element_size()])
