"""Which methods have no meaning for which networks, and why: one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tb_neuron_callbacks.attributions.input_method import InputMethod, Need
from tb_neuron_callbacks.attributions.traits import Traits
from tb_neuron_callbacks.errors import AttributionError


class Refusal(NamedTuple):
    """One combination without a meaning.

    Attributes:
        concerns: whether a method is one of those refused.
        holds: whether a network is one of those it is refused for.
        reason: the rule and the way out; `{method}` and `{fused}` are filled in.
    """

    concerns: Callable[[InputMethod], bool]
    holds: Callable[[Traits], bool]
    reason: str


def _needing(need: Need) -> Callable[[InputMethod], bool]:
    return lambda method: need in method.needs


def _propagates(method: InputMethod) -> bool:
    return method.name == "lrp" or method.name.startswith("zennit:")


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        lambda _: True,
        lambda traits: not traits.forms,
        "{method} must begin at a floating input, or at an embedding that takes the integer input "
        "itself, and this network has neither; attribute to units instead",
    ),
    Refusal(
        _needing("relu"),
        lambda traits: any(name.startswith("rnn_relu") for name in traits.fused),
        "{method} must change the backward of each ReLU, and {fused} runs its own inside one "
        "kernel; choose saliency or integrated_gradients",
    ),
    Refusal(
        _needing("relu"),
        lambda traits: not traits.has_relu,
        "{method} must change the backward of ReLUs, and this network has none: it would be the "
        "plain gradient under another name; choose saliency or integrated_gradients",
    ),
    Refusal(
        _needing("positions"),
        lambda traits: not traits.is_image,
        "{method} must have an image to lay its map over, and the input of this network is none; "
        "choose saliency or integrated_gradients",
    ),
    Refusal(
        _needing("positions"),
        lambda traits: not traits.grids,
        "{method} must read a layer whose positions lie over the image, and no watched layer has "
        "such; watch a convolution, or choose saliency or integrated_gradients",
    ),
    Refusal(
        lambda method: method.name == "cam",
        lambda traits: traits.class_weights is None,
        "{method} must have logits that are one linear layer of the global average of the last "
        "watched convolution, and those of this network are not; choose grad_cam",
    ),
    Refusal(
        _propagates,
        lambda traits: bool(traits.fused),
        "{method} must propagate relevance through each nonlinearity, and {fused} runs its own "
        "inside one kernel; choose gradient_x_input or integrated_gradients",
    ),
)


def refusal(method: InputMethod, traits: Traits) -> str | None:
    """Return why a method has no meaning for a network, in a sentence; None if it has one.

    Args:
        method: of inputs.
        traits: of the network.
    """
    for row in REFUSALS:
        if row.concerns(method) and row.holds(traits):
            return row.reason.format(method=method.name, fused=", ".join(traits.fused))
    return None


def check_method(method: InputMethod, traits: Traits) -> None:
    """Refuse a method that has no meaning for a network.

    Raises:
        AttributionError: with the reason from the table.
    """
    reason = refusal(method, traits)
    if reason is not None:
        raise AttributionError(reason)
