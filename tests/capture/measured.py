"""The standard statistics written down from their definitions, and those that are measured."""

from typing import Any

import numpy as np
from torch import Tensor

from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.nonlinearities import NONE, Nonlinearity
from tb_neuron_callbacks.statistics import STANDARD, LayerStatistics

RELU = Nonlinearity("relu", "relu")
SIGMOID = Nonlinearity("bounded", "sigmoid", 0.0, 1.0)


def layer_of(units: int, unit_axis: int = 1, kind: Nonlinearity = NONE, **known: Any) -> Layer:
    return Layer("layer", "module", "Module", units, unit_axis, nonlinearity=kind, **known)


def figures(activations: np.ndarray, unit_axis: int, ends: tuple[float, float] | None = None):
    """Every standard statistic, written down from its definition and in float64."""
    rows = np.moveaxis(activations.astype(np.float64), unit_axis, 0)
    found: dict[str, list[Any]] = {name: [] for name in STANDARD}
    for row in rows.reshape(len(rows), -1):
        values = row[np.isfinite(row)]
        blank = [np.nan] * (len(values) == 0)
        found["mean"] += blank or [values.mean()]
        found["std"] += blank or [values.std()]
        found["min"] += blank or [values.min()]
        found["max"] += blank or [values.max()]
        found["mean_abs"] += blank or [np.abs(values).mean()]
        found["frequency"] += blank or [np.mean(values > 0)]
        found["zeros"] += blank or [np.mean(values == 0)]
        found["nonfinite"] += [np.mean(~np.isfinite(row))]
        if ends is not None:
            near = 0.01 * (ends[1] - ends[0])
            is_near = (values <= ends[0] + near) | (values >= ends[1] - near)
            found["saturation"] += blank or [np.mean(is_near)]
    return {name: np.array(column) for name, column in found.items() if column}


def measure(layer: Layer, *batches: Tensor) -> dict[str, np.ndarray]:
    statistics = LayerStatistics(layer)
    for batch in batches:
        statistics.update(batch)
    return {name: column.numpy() for name, column in statistics.finish().items()}


def assert_alike(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray], rtol: float = 2e-5):
    assert list(found) == [name for name in STANDARD if name in wanted]
    for name, column in wanted.items():
        scale = np.nanmax(np.abs(column), initial=0)
        np.testing.assert_allclose(found[name], column, rtol, 1e-6 * scale, err_msg=name)
