"""Responses: each unit's activation on each example, reduced over positions."""

from typing import Literal, get_args

import torch
from jaxtyping import Float, Int32, Int64
from torch import Tensor

from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.units import as_examples

#: Over positions: their mean, their largest value, or the value of largest magnitude.
PositionReduction = Literal["mean", "max", "extreme"]
REDUCTIONS: tuple[PositionReduction, ...] = get_args(PositionReduction)


class LayerResponses:
    """The responses of one layer's units, from its outputs in the order of the examples.

    Args:
        layer: whose outputs will come.
        reduction: over positions.
    """

    def __init__(self, layer: Layer, reduction: PositionReduction) -> None:
        self.layer = layer
        self.reduction: PositionReduction = reduction
        self._values: list[Float[Tensor, "_example unit"]] = []
        self._places: list[Int32[Tensor, "_example unit"]] = []

    def update(self, activations: Float[Tensor, "..."]) -> None:
        """Take in one output: activations, or attributions of the same shape."""
        axis = self.layer.example_axis
        assert axis is not None
        seen = as_examples(activations.detach(), self.layer.unit_axis, axis).float()
        values, places = reduce_positions(seen, self.reduction)
        self._values.append(values.cpu())
        self._places.append(places.to("cpu", torch.int32))

    @property
    def examples(self) -> int:
        """How many examples were seen."""
        return sum(map(len, self._values))

    @property
    def values(self) -> Float[Tensor, "unit example"]:
        """The responses to all examples seen, in their order."""
        return torch.cat(self._values).T.contiguous()

    @property
    def places(self) -> Int64[Tensor, "unit example"]:
        """The position at which each unit's response is taken: flat, in the output's order.

        For the mean, which has none, it is where the magnitude is largest.
        """
        return torch.cat(self._places).T.long()


def reduce_positions(
    activations: Float[Tensor, "example position unit"], reduction: PositionReduction
) -> tuple[Float[Tensor, "example unit"], Int64[Tensor, "example unit"]]:
    """Return each unit's response to each example, and the position that stands for it.

    Positions that are not finite are passed over; NaN stands where none is left.

    Args:
        activations: of a batch.
        reduction: over positions.
    """
    is_finite = activations.isfinite()
    is_lost = ~is_finite.any(1)
    known = torch.where(is_finite, activations, 0)
    lowest = torch.where(is_finite, activations, -torch.inf)
    magnitude = torch.where(is_finite, activations.abs(), -1)
    places = lowest.argmax(1) if reduction == "max" else magnitude.argmax(1)
    if reduction == "mean":
        values = known.sum(1) / is_finite.sum(1).clamp(min=1)
    else:
        values = known.gather(1, places[:, None])[:, 0]
    return torch.where(is_lost, torch.nan, values), places


def choose_examples(
    responses: Float[Tensor, "unit example"], top: int, spread: int
) -> Int64[Tensor, "unit chosen"]:
    """Return for each unit the examples with the largest responses, and a spread over all ranks.

    Examples without a finite response come last; of equal ones the first come first.

    Args:
        responses: to all examples.
        top: how many of the largest, falling; fewer where there are fewer examples.
        spread: how many at even ranks, from the lowest response to the highest.
    """
    order = responses.nan_to_num(nan=-torch.inf).argsort(dim=1, descending=True, stable=True)
    count = responses.shape[1]
    largest = order[:, : min(top, count)]
    if not spread:
        return largest
    finite = responses.isfinite().sum(1, keepdim=True).clamp(min=1)
    ranks = torch.linspace(1, 0, spread, dtype=torch.float64)[None] * (finite - 1)
    return torch.cat([largest, order.gather(1, ranks.round().long())], 1)
