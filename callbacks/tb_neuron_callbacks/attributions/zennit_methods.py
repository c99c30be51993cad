"""Zennit's composites of relevance rules as input methods: "zennit:EpsilonPlusFlat" and others.

Zennit is imported only here, and this module only when such a method is asked for.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tb_neuron_callbacks.attributions.input_gradients import check_starts, maps
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.starts import Starts, differentiable
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.unwrapping import unwrap


def zennit_method(name: str) -> InputMethod:
    """Return the input method of a composite.

    Zennit sees modules alone: a linear layer or a pooling that the network calls as a function
    keeps its plain gradient.

    Args:
        name: of a class in `zennit.composites`, such as "EpsilonPlusFlat".

    Raises:
        AttributionError: Zennit is not installed, or has no such composite.
    """
    kind = _composite(name)

    def attribute(case: Case) -> InputAttributions:
        return InputAttributions(maps(case, _relevances(case, kind)), f"Zennit's {name}")

    return InputMethod(
        name=f"zennit:{name}",
        description=f"Relevance by the rules of Zennit's composite {name}.",
        source="Anders et al. 2021",
        attribute=attribute,
    )


def _composite(name: str) -> Any:
    try:
        from zennit import composites  # noqa: PLC0415  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise AttributionError(
            f'"zennit:{name}" needs Zennit, which can\'t be imported here ({error}); type '
            "`pip install zennit torchvision`, or choose lrp"
        ) from error
    kinds = {
        kind: value
        for kind, value in vars(composites).items()
        if isinstance(value, type) and value in composites.COMPOSITES.values()
    }
    if name not in kinds:
        raise AttributionError(
            f'"zennit:{name}" must name a composite of Zennit, and it has {", ".join(kinds)}; '
            "pass one of them"
        )
    return kinds[name]


def _relevances(case: Case, kind: Any) -> list[Tensor]:
    try:
        composite = kind()
    except TypeError as error:
        raise AttributionError(
            f"a composite of Zennit must need no arguments to be chosen by name, and {error}; "
            'choose "zennit:EpsilonPlusFlat"'
        ) from error
    starts, model = Starts(case.batch), unwrap(case.model)
    with differentiable(model), run_eagerly(case.model), composite.context(model):
        with starts.attached(model):
            scores = case.explained.scores(case.run(starts.batch))
        check_starts(starts.leaves)
        # In its backward the gradient is the relevance, which begins as the target itself.
        found = torch.autograd.grad(
            scores, starts.leaves, grad_outputs=scores.detach(), allow_unused=True
        )
    return [
        torch.zeros_like(leaf) if relevance is None else relevance
        for leaf, relevance in zip(starts.leaves, found, strict=True)
    ]
