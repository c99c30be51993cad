"""Where gradients and paths begin: the model's floating inputs, and embeddings of integer ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from tb_neuron_callbacks.batches import LABEL_NAMES, count_examples, leaves, map_leaves
from tb_neuron_callbacks.unwrapping import unwrap

_EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)


class Starts:
    """The tensors at which gradients begin in one forward.

    Floating inputs come first, in the order of the batch's leaves; then the outputs of embeddings
    that take an integer input or a part of it, in execution order. A path moves both. Of a mapping,
    labels and masks (names that end in "mask") are left as they are.

    Attributes:
        leaves: float[example, ...], each requires a gradient.
    """

    def __init__(self, batch: Any, places: Sequence[Tensor] | None = None) -> None:
        self.leaves: list[Tensor] = []
        self._places = None if places is None else list(places)
        self._examples = count_examples(batch)
        self._given: dict[int, int] = {}
        self.batch = self._prepare(batch)

    @contextmanager
    def attached(self, model: nn.Module) -> Iterator[None]:
        """Begin gradients at the embeddings of a model, while the context is open."""
        with ExitStack() as undo:
            for module in unwrap(model).modules():
                if isinstance(module, _EMBEDDINGS):
                    undo.callback(module.register_forward_hook(self._on_embedding).remove)
            yield

    def _prepare(self, batch: Any) -> Any:
        if not isinstance(batch, Mapping):
            return map_leaves(self._prepare_leaf, batch)
        return {
            name: value if _is_aside(name) else map_leaves(self._prepare_leaf, value)
            for name, value in batch.items()
        }

    def _prepare_leaf(self, leaf: Any) -> Any:
        if not isinstance(leaf, Tensor) or leaf.dim() == 0 or leaf.shape[0] != self._examples:
            return leaf
        if leaf.is_floating_point():
            return self._begin(leaf)
        self._given[leaf.untyped_storage().data_ptr()] = leaf.stride(0)
        return leaf

    def _begin(self, value: Tensor) -> Tensor:
        number = len(self.leaves)
        placed = value if self._places is None else self._places[number]
        leaf = placed.detach().requires_grad_()
        self.leaves.append(leaf)
        # A copy: a model may change its input in place, and a leaf it may not.
        with torch.enable_grad():
            return leaf.clone()

    def _on_embedding(self, _: nn.Module, given: tuple[Any, ...], output: Any) -> Any:
        if any(isinstance(part, Tensor) and self._is_input(part) for part in given):
            return self._begin(output)
        if output.requires_grad:
            return None
        # With frozen weights nothing else would ask for a gradient behind it.
        with torch.enable_grad():
            return output.detach().requires_grad_().clone()

    def _is_input(self, part: Tensor) -> bool:
        """Whether a tensor is an integer input or a part of it, its examples still on axis 0."""
        if part.dim() == 0 or part.shape[0] != self._examples:
            return False
        return self._given.get(part.untyped_storage().data_ptr()) == part.stride(0)


def _is_aside(name: Any) -> bool:
    return name in LABEL_NAMES or str(name).endswith("mask")


def has_embeddings(model: nn.Module) -> bool:
    """Return whether a path may begin within the model, so that only a forward tells where."""
    return any(isinstance(module, _EMBEDDINGS) for module in unwrap(model).modules())


def floating_inputs(batch: Any) -> list[Tensor]:
    """Return the floating tensors of a batch that have an entry an example."""
    examples = count_examples(batch)
    return [
        leaf
        for _, leaf in leaves(batch)
        if isinstance(leaf, Tensor)
        and leaf.is_floating_point()
        and leaf.dim() > 0
        and leaf.shape[0] == examples
    ]


def repeated(batch: Any, copies: int) -> Any:
    """Return a batch several times over, one copy after the other."""
    examples = count_examples(batch)

    def repeat(leaf: Any) -> Any:
        if isinstance(leaf, Tensor) and leaf.dim() > 0 and leaf.shape[0] == examples:
            return leaf.repeat(copies, *[1] * (leaf.dim() - 1))
        return leaf

    return map_leaves(repeat, batch)


@contextmanager
def differentiable(model: nn.Module) -> Iterator[None]:
    """Allow gradients, also through recurrent layers in eval mode: there cuDNN has none."""
    with ExitStack() as undo:
        undo.enter_context(torch.enable_grad())
        if any(isinstance(module, nn.RNNBase) for module in unwrap(model).modules()):
            undo.enter_context(torch.backends.cudnn.flags(enabled=False))
        for module in unwrap(model).modules():
            undo.callback(_without_backward_hooks(module))
        yield


def _without_backward_hooks(module: nn.Module) -> Callable[[], None]:
    """Put a module's own backward hooks aside: this backward is none of the training's."""
    names = ("_backward_hooks", "_backward_pre_hooks")
    kept = {name: module.__dict__[name] for name in names if module.__dict__.get(name)}
    for name, hooks in kept.items():
        module.__dict__[name] = type(hooks)()
    return lambda: module.__dict__.update(kept)
