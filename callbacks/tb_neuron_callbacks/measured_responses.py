"""What one response pass found: responses, the examples behind them, tracked activations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int64

from tb_neuron_callbacks.receptive_fields import Field
from tb_neuron_callbacks.responses import PositionReduction


@dataclass(frozen=True)
class Draw:
    """The examples that responses are of.

    Attributes:
        examples: of the probe set, rising.
        of: size of the probe set.
        seed: of the draw.
    """

    examples: list[int]
    of: int
    seed: int


@dataclass(frozen=True)
class LayerResponse:
    """Responses of some units of a layer.

    Attributes:
        units: which.
        values: to the drawn examples.
        method: of attributions; empty for activations.
        target: what attributions explain.
    """

    units: list[int]
    values: Float[np.ndarray, "unit example"]
    method: str = ""
    target: str = ""


@dataclass(frozen=True)
class LayerTop:
    """Which examples some units of a layer respond to.

    Attributes:
        units: which.
        examples: of the probe set: top and spread.
        values: the responses.
        places: flat positions; -1 for a layer without.
    """

    units: list[int]
    examples: Int64[np.ndarray, "unit chosen"]
    values: Float[np.ndarray, "unit chosen"]
    places: Int64[np.ndarray, "unit chosen"]


@dataclass(frozen=True)
class LayerTracked:
    """Activations of some units of a layer on the tracked examples.

    Attributes:
        units: which.
        shape: of the layer's positions.
        values: all of them.
    """

    units: list[int]
    shape: tuple[int, ...]
    values: Float[np.ndarray, "unit example position"]


@dataclass
class MeasuredResponses:
    """What one response pass found.

    Attributes:
        reduction: over positions.
        draw: the examples that responses are of.
        top: how many examples with the largest responses `tops` begin with.
        units: of each watched layer.
        responses: by layer; several where attributions are among them.
        tops: by layer.
        tracked: by layer.
        tracked_examples: the tracked examples of `tracked`.
        fields: receptive fields of the layers with positions in as many dimensions as the input.
        images: PNGs of examples at the input's own resolution that are due in this record.
        notes: stated losses, a sentence each.
    """

    reduction: PositionReduction
    draw: Draw
    top: int
    units: dict[str, int]
    responses: dict[str, list[LayerResponse]] = field(default_factory=dict)
    tops: dict[str, LayerTop] = field(default_factory=dict)
    tracked: dict[str, LayerTracked] = field(default_factory=dict)
    tracked_examples: list[int] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    images: dict[int, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
