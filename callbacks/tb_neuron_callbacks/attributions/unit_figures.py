"""Per-unit figures of attributions over the probe set, whatever its split into batches."""

from collections.abc import Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor

from tb_neuron.schema.neuron_pb2 import GRID_FRACTION, GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.summary import ColumnKind
from tb_neuron_callbacks.attributions.method import Point, PointRule
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.reduction import Reducer, Sums, chunk_elements
from tb_neuron_callbacks.statistics import ClassMeans

#: What is stored of each unit, over the examples of the probe set.
FIGURES: dict[str, ColumnKind] = {
    kind.name: kind
    for kind in (
        ColumnKind("mean", GRID_SIGNED_LOG, "Mean attribution of the unit over the probe set."),
        ColumnKind("mean_abs", GRID_UNSIGNED_LOG, "Mean magnitude of the unit's attribution."),
        ColumnKind("std", GRID_UNSIGNED_LOG, "Standard deviation of the unit's attribution."),
        ColumnKind("share", GRID_FRACTION, "Unit's part of its layer's sum of mean |attribution|."),
        ColumnKind(
            "nonfinite", GRID_FRACTION, "Share of examples whose attribution is NaN or inf."
        ),
    )
}


def per_example(attributions: Float[Tensor, "..."], layer: Layer) -> Float[Tensor, "example unit"]:
    """Return attributions of an output's shape summed over its positions, in float32."""
    assert layer.example_axis is not None
    if attributions.dim() == 1:
        return attributions[:, None].float()
    kept = (layer.example_axis, layer.unit_axis)
    positions = [axis for axis in range(attributions.dim()) if axis not in kept]
    dtype = torch.promote_types(attributions.dtype, torch.float32)
    summed = attributions.sum(positions, dtype=dtype) if positions else attributions.to(dtype)
    return summed if layer.example_axis < layer.unit_axis else summed.T


def contributions(rule: PointRule, point: Point, layer: Layer) -> Float[Tensor, "example unit"]:
    """Return what a rule makes of a point, summed over positions.

    A few examples at a time: what lies between stays in the processor's cache.
    """
    axis = layer.example_axis or 0
    examples = point.activations.shape[axis]
    step = max(1, examples * chunk_elements(point.activations) // max(1, point.activations.numel()))
    parts = zip(*(part.split(step, axis) for part in point), strict=True)
    return torch.cat([per_example(rule(Point(*part)), layer) for part in parts])


class UnitFigures:
    """Figures of one layer by one method, over all examples seen.

    Args:
        layer: whose attributions will come.
        classes: number of classes for the class-conditional means; 0 for none.
    """

    def __init__(self, layer: Layer, classes: int = 0) -> None:
        self.layer = layer
        self._sums: Sums | None = None
        self._reducer = Reducer()
        rows = Layer(layer.name, layer.kind, layer.module_type, layer.units)
        self._class_means = ClassMeans(rows, classes) if classes else None

    def update(
        self,
        attributions: Float[Tensor, "example unit"],
        labels: Int[Tensor, " example"] | None = None,
    ) -> None:
        """Take in the attributions of a batch, summed over positions."""
        found = self._reducer.reduce(attributions.contiguous()[:, :, None])
        if self._sums is None:
            self._sums = Sums.none_like(found)
        self._sums.merge(found)
        if self._class_means is not None and labels is not None:
            self._class_means.update(attributions, labels)

    def finish(self) -> Mapping[str, Float[Tensor, " unit"]]:
        """Return each of `FIGURES` by name; NaN where no finite attribution was seen."""
        sums = self._sums
        assert sums is not None
        count = torch.where(sums.finite > 0, sums.finite, torch.nan)
        magnitude = sums.absolute / count
        whole = magnitude.nansum()
        found = {
            "mean": torch.where(sums.finite > 0, sums.mean, torch.nan),
            "mean_abs": magnitude,
            "std": (sums.squares.clamp(min=0) / count).sqrt(),
            "share": magnitude / whole if whole > 0 else torch.zeros_like(magnitude),
            "nonfinite": 1 - sums.finite / sums.seen,
        }
        return {name: values.float() for name, values in found.items()}

    def class_means(self) -> Float[Tensor, "class unit"] | None:
        """Return the mean attribution over the examples of each class; None without classes."""
        return None if self._class_means is None else self._class_means.finish()
