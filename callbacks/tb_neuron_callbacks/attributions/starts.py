"""Where gradients and paths begin: the model's floating inputs, and embeddings of integer ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from tb_neuron_callbacks.batches import count_examples, leaves, map_leaves
from tb_neuron_callbacks.unwrapping import unwrap

_EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)


class Starts:
    """The tensors at which gradients begin in one forward.

    Floating inputs come first, in the order of the batch's leaves; then the outputs of embeddings
    that take an input tensor itself, in execution order. A path moves both.

    Attributes:
        leaves: float[example, ...], each requires a gradient.
    """

    def __init__(self, batch: Any, places: Sequence[Tensor] | None = None) -> None:
        self.leaves: list[Tensor] = []
        self._places = None if places is None else list(places)
        self._given: set[int] = set()
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
        examples = count_examples(batch)

        def begin(leaf: Any) -> Any:
            if not isinstance(leaf, Tensor) or leaf.dim() == 0 or leaf.shape[0] != examples:
                return leaf
            if not leaf.is_floating_point():
                self._given.add(leaf.data_ptr())
                return leaf
            return self._begin(leaf)

        return map_leaves(begin, batch)

    def _begin(self, value: Tensor) -> Tensor:
        number = len(self.leaves)
        placed = value if self._places is None else self._places[number]
        leaf = placed.detach().requires_grad_()
        self.leaves.append(leaf)
        # A copy: a model may change its input in place, and a leaf it may not.
        with torch.enable_grad():
            return leaf.clone()

    def _on_embedding(self, _: nn.Module, given: tuple[Any, ...], output: Any) -> Any:
        takes_input = any(
            isinstance(part, Tensor) and part.data_ptr() in self._given for part in given
        )
        if takes_input:
            return self._begin(output)
        # With frozen weights nothing else would ask for a gradient behind it.
        return None if output.requires_grad else output.detach().requires_grad_()


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
        yield
