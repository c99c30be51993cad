"""How responses, the examples behind them and tracked activations are stored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.summary import ColumnKind, ValueWriter
from tb_neuron_callbacks.measured_responses import MeasuredResponses

_RESPONSE = "Activation of a unit on an example, reduced over its positions."
_TRACKED = "Activation of a unit at a position of a tracked example."


def response_values(
    empty: Callable[[str], ValueWriter], measured: MeasuredResponses
) -> dict[str, ValueWriter]:
    """Return the values of what a response pass found, by kind.

    Args:
        empty: makes an empty value of a kind.
        measured: what was found.
    """
    parts = {
        "responses": (measured.responses, add_responses),
        "examples": (measured.tops, add_examples),
        "tracked": (measured.tracked, add_tracked),
    }
    values = {}
    for kind, (found, add) in parts.items():
        if found:
            values[kind] = empty(kind)
            add(values[kind], measured)
    if values:
        next(iter(values.values())).header.notes.extend(measured.notes)
    return values


def add_responses(value: ValueWriter, measured: MeasuredResponses) -> None:
    """Add the responses of a record to the value of kind "responses"."""
    draw, pins = measured.draw, []
    is_all = len(draw.examples) == draw.of
    for name, found in measured.responses.items():
        units = found[0].units
        if len(units) < measured.units[name]:
            pins.append(neuron_pb2.Pins(layer=name, units=units))
    value.add_message(
        neuron_pb2.Responses(
            reduction=measured.reduction,
            examples=[] if is_all else draw.examples,
            of=draw.of,
            seed=draw.seed,
            pins=pins,
        )
    )
    for name, found in measured.responses.items():
        for each in found:
            grid = _grid(each.values)
            kind = ColumnKind("response", grid, _RESPONSE, each.method, each.target)
            value.add_matrix(name, each.values, kind)


def add_examples(value: ValueWriter, measured: MeasuredResponses) -> None:
    """Add which examples units respond to, to the value of kind "examples"."""
    chosen = [found.examples.shape[1] for found in measured.tops.values()]
    count = max(chosen, default=0)
    top = min(measured.top, measured.draw.of)
    fields = [
        neuron_pb2.ReceptiveField(layer=name, rows=rows.ravel(), columns=columns.ravel())
        for name, (rows, columns) in measured.fields.items()
        if name in measured.tops
    ]
    pins = [
        neuron_pb2.Pins(layer=name, units=found.units)
        for name, found in measured.tops.items()
        if len(found.units) < measured.units[name]
    ]
    value.add_message(
        neuron_pb2.Examples(
            top=top, spread=count - top, reduction=measured.reduction, fields=fields, pins=pins
        )
    )
    for name, found in measured.tops.items():
        value.add_array("example", found.examples.astype("<i4"), name)
        value.add_array("value", found.values.astype("<f4"), name)
        value.add_array("position", found.places.astype("<i4"), name)
    for example, picture in measured.images.items():
        value.add_file("image", picture, example)


def add_tracked(value: ValueWriter, measured: MeasuredResponses) -> None:
    """Add the activations of tracked examples to the value of kind "tracked"."""
    value.add_message(
        neuron_pb2.Tracked(
            examples=measured.tracked_examples,
            layers=[
                neuron_pb2.TrackedLayer(
                    layer=name,
                    shape=found.shape,
                    units=found.units if len(found.units) < measured.units[name] else [],
                )
                for name, found in measured.tracked.items()
            ],
        )
    )
    for name, found in measured.tracked.items():
        rows = found.values.reshape(len(found.units), -1)
        value.add_matrix(name, rows, ColumnKind("tracked", _grid(rows), _TRACKED))


def _grid(rows: np.ndarray) -> int:
    return GRID_SIGNED_LOG if bool((rows < 0).any()) else GRID_UNSIGNED_LOG
