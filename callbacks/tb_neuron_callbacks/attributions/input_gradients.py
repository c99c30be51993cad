"""Gradients of the targets toward the starts, at the examples or at any other place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.attributions.input_forms import reduced
from tb_neuron_callbacks.attributions.input_method import Case, InputMap
from tb_neuron_callbacks.attributions.starts import Starts, differentiable, repeated
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.errors import AttributionError

#: What a forward runs under, such as surrogates of its functions.
Under = Callable[[], AbstractContextManager[object]]


def start_values(case: Case) -> tuple[list[Tensor], Float[Tensor, " example"]]:
    """Return the starts' values at the examples, float[example, ...], and the targets there.

    Raises:
        AttributionError: there is no start.
    """
    starts = Starts(case.batch)
    with torch.no_grad(), run_eagerly(case.model), starts.attached(case.model):
        scores = case.explained.scores(case.run(starts.batch))
    check_starts(starts.leaves)
    return [leaf.detach() for leaf in starts.leaves], scores.detach()


def scores_at(case: Case, places: Sequence[Tensor], copies: int) -> Float[Tensor, " row"]:
    """Return the targets where the starts have other values, copy after copy of the batch."""
    starts = Starts(repeated(case.batch, copies), places)
    with torch.no_grad(), run_eagerly(case.model), starts.attached(case.model):
        return case.explained.scores(case.run(starts.batch), copies).detach()


def gradients(
    case: Case, places: Sequence[Tensor] | None = None, copies: int = 1, under: Under = nullcontext
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the starts' values and the gradients of the targets toward them.

    Args:
        case: the network and what is explained.
        places: other values of the starts, copy after copy of the batch; None for the examples'.
        copies: of the batch in `places`.
        under: what the forward runs under.

    Returns:
        Two lists of tensors, one a start; zeros where the targets do not depend on a start.

    Raises:
        AttributionError: there is no start, or the targets depend on none.
    """
    batch = repeated(case.batch, copies) if copies > 1 else case.batch
    starts = Starts(batch, places)
    with differentiable(case.model), run_eagerly(case.model):
        with under(), starts.attached(case.model):
            output = case.run(starts.batch)
        scores = case.explained.scores(output, copies)
        found = _toward(scores, starts.leaves)
    values = [leaf.detach() for leaf in starts.leaves]
    return values, [
        torch.zeros_like(value) if gradient is None else gradient
        for value, gradient in zip(values, found, strict=True)
    ]


def maps(case: Case, attributions: Sequence[Tensor]) -> tuple[InputMap, ...]:
    """Return attributions of the starts' shapes as maps, summed over their channels."""
    return tuple(
        InputMap(form.name, reduced(values, form))
        for form, values in zip(case.traits.forms, attributions, strict=True)
    )


def magnitudes(case: Case, found: Sequence[Tensor]) -> tuple[InputMap, ...]:
    """Return gradients of the starts' shapes as maps, the largest |gradient| over their channels.

    Gradients are not shares: their sum over channels has no meaning, and over the dimensions of an
    embedding that a LayerNorm reads it is 0.
    """
    return tuple(
        InputMap(form.name, reduced(values.abs(), form, by="max"))
        for form, values in zip(case.traits.forms, found, strict=True)
    )


def check_starts(leaves: Sequence[Tensor]) -> None:
    """Refuse a forward in which gradients can begin nowhere.

    Raises:
        AttributionError: there is no start.
    """
    if not leaves:
        raise AttributionError(
            "an input attribution must begin at a floating input, or at an embedding that takes "
            "the integer input itself, and this model has neither; attribute to units instead"
        )


def _toward(scores: Tensor, leaves: Sequence[Tensor]) -> Sequence[Tensor | None]:
    check_starts(leaves)
    found: Sequence[Tensor | None] = [None] * len(leaves)
    if scores.requires_grad:
        found = torch.autograd.grad(scores.sum(), leaves, allow_unused=True)
    if all(gradient is None for gradient in found):
        raise AttributionError(
            "the target must depend on the input through differentiable functions, and here no "
            "gradient reaches it (a no_grad block, detach, argmax or a final softmax under lrp "
            'cuts it off); explain a logit, or choose "occlusion", which needs no gradient'
        )
    return found
