"""Multi-head attention written out with constant attention weights, for relevance propagation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tb_neuron_callbacks.errors import AttributionError

#: What this form of attention leaves out; each is off by default.
_LEFT_OUT = ("bias_k", "bias_v", "static_k", "static_v", "add_zero_attn")


def attend(
    linear: Callable[..., Tensor], function: Callable[..., Any], *args: Any, **kwargs: Any
) -> tuple[Tensor, Tensor | None]:
    """Return what `multi_head_attention_forward` returns, attention weights held constant.

    Only the values and the output's projection carry relevance (Ali et al. 2022).

    Args:
        linear: surrogate of `linear`, given the function and its arguments.
        function: `torch.nn.functional.multi_head_attention_forward`.
        *args: of it.
        **kwargs: of it.

    Raises:
        AttributionError: the attention has extra keys.
    """
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    given = bound.arguments
    for name in _LEFT_OUT:
        if given[name] is not None and given[name] is not False:
            raise AttributionError(
                f"relevance goes through attention without {name}, and this one has it; choose a "
                "gradient method, or integrated_gradients"
            )
    weights = _attention_weights(function, given)
    values = _values(linear, given)
    mixed = (weights @ values).permute(2, 0, 1, 3).flatten(2)
    outputs = linear(functional.linear, mixed, given["out_proj_weight"], given["out_proj_bias"]).to(
        given["query"].dtype
    )
    if given["query"].dim() == 2:
        outputs, weights = outputs[:, 0], weights[0]
    if not given["need_weights"]:
        return outputs, None
    heads = weights.dim() - 3
    return outputs, weights.mean(heads) if given["average_attn_weights"] else weights


def _attention_weights(function: Callable[..., Any], given: dict[str, Any]) -> Tensor:
    """Return the weights of each head, [example, head, position, position], as torch has them."""
    asked = dict(given, need_weights=True, average_attn_weights=False)
    with torch.no_grad():
        _, weights = function(**asked)
    return (weights if given["query"].dim() == 3 else weights[None]).detach()


def _values(linear: Callable[..., Tensor], given: dict[str, Any]) -> Tensor:
    """Return the values of each head, [example, head, position, width]."""
    value, width = given["value"], given["embed_dim_to_check"]
    value = value if value.dim() == 3 else value[:, None]
    if given["use_separate_proj_weight"]:
        weight = given["v_proj_weight"]
    else:
        weight = given["in_proj_weight"][2 * width :]
    bias = None if given["in_proj_bias"] is None else given["in_proj_bias"][2 * width :]
    projected = linear(functional.linear, value, weight, bias)
    return projected.unflatten(2, (given["num_heads"], -1)).permute(1, 2, 0, 3)
