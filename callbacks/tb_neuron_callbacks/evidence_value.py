"""How a record's evidence for and against classes is stored."""

from __future__ import annotations

import numpy as np

from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.summary import (
    COUNTEREVIDENCE,
    EVIDENCE,
    POSITION_EVIDENCE,
    UNIT_EVIDENCE,
    ColumnKind,
    ValueWriter,
)
from tb_neuron_callbacks.measurement import LayerEvidence, MeasuredEvidence

#: What attributions toward each class are said to explain.
TARGET = "class"

_NET = "Attribution of the unit to a class's logit, summed over positions."
_POSITION = "Attribution of a position to a class's logit, summed over units."
_UNIT = "Attribution of the unit at a position to a class's logit."
_AGAINST = "Magnitude of the sum of the unit's negative attributions alone, over positions."


def add_evidence(value: ValueWriter, measured: MeasuredEvidence) -> None:
    """Add the evidence of a record to the value of kind "evidence"."""
    value.add_message(
        neuron_pb2.Evidence(
            method=measured.method,
            classes=measured.classes,
            examples=measured.examples,
            pins=[neuron_pb2.Pins(layer=e.layer_name, units=e.units) for e in measured.pins],
            positions=[_described(layer) for layer in measured.layers if layer.positions],
        )
    )
    value.header.notes.extend(measured.notes)
    net = ColumnKind(EVIDENCE, GRID_SIGNED_LOG, _NET, measured.method, TARGET)
    against = ColumnKind(COUNTEREVIDENCE, GRID_UNSIGNED_LOG, _AGAINST, measured.method, TARGET)
    for layer in measured.layers:
        units = layer.net.shape[2]
        value.add_matrix(layer.layer_name, layer.net.reshape(-1, units), net)
        value.add_matrix(layer.layer_name, layer.against.reshape(-1, units), against)
        _add_positions(value, layer, measured.method)
    # Means over the probe set are few, and kept as they are.
    for pinned in measured.pins:
        value.add_array(f"pinned_{EVIDENCE}", pinned.net.astype("<f4"), pinned.layer_name)
        value.add_array(
            f"pinned_{COUNTEREVIDENCE}", np.asarray(pinned.against, "<f4"), pinned.layer_name
        )


def _described(layer: LayerEvidence) -> neuron_pb2.EvidencePositions:
    assert layer.positions is not None
    own = [] if layer.positions.own is None else layer.positions.own.ravel().tolist()
    return neuron_pb2.EvidencePositions(
        layer=layer.layer_name, shape=layer.positions.shape, classes=own
    )


def _add_positions(value: ValueWriter, layer: LayerEvidence, method: str) -> None:
    found = layer.positions
    if found is None or found.net is None:
        return
    rows = found.net.reshape(-1, found.net.shape[2])
    kind = ColumnKind(POSITION_EVIDENCE, GRID_SIGNED_LOG, _POSITION, method, TARGET)
    value.add_matrix(layer.layer_name, rows, kind)
    if found.units is not None:
        rows = found.units.reshape(len(found.units), -1)
        kind = ColumnKind(UNIT_EVIDENCE, GRID_SIGNED_LOG, _UNIT, method, TARGET)
        value.add_matrix(layer.layer_name, rows, kind)
