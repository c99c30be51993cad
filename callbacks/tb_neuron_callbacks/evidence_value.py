"""How a record's evidence for and against classes is stored."""

from __future__ import annotations

import numpy as np

from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.summary import COUNTEREVIDENCE, EVIDENCE, ColumnKind, ValueWriter
from tb_neuron_callbacks.measurement import MeasuredEvidence

#: What attributions toward each class are said to explain.
TARGET = "class"

_NET = "Attribution of the unit to a class's logit, summed over positions."
_AGAINST = "Magnitude of the sum of the unit's negative attributions alone, over positions."


def add_evidence(value: ValueWriter, measured: MeasuredEvidence) -> None:
    """Add the evidence of a record to the value of kind "evidence"."""
    value.add_message(
        neuron_pb2.Evidence(
            method=measured.method,
            classes=measured.classes,
            examples=measured.examples,
            pins=[neuron_pb2.Pins(layer=e.layer_name, units=e.units) for e in measured.pins],
        )
    )
    value.header.notes.extend(measured.notes)
    net = ColumnKind(EVIDENCE, GRID_SIGNED_LOG, _NET, measured.method, TARGET)
    against = ColumnKind(COUNTEREVIDENCE, GRID_UNSIGNED_LOG, _AGAINST, measured.method, TARGET)
    for layer in measured.layers:
        units = layer.net.shape[2]
        value.add_matrix(layer.layer_name, layer.net.reshape(-1, units), net)
        value.add_matrix(layer.layer_name, layer.against.reshape(-1, units), against)
    # Means over the probe set are few, and kept as they are.
    for pinned in measured.pins:
        value.add_array(f"pinned_{EVIDENCE}", pinned.net.astype("<f4"), pinned.layer_name)
        value.add_array(
            f"pinned_{COUNTEREVIDENCE}", np.asarray(pinned.against, "<f4"), pinned.layer_name
        )
