"""How a record's maps are stored, and the verdict on them."""

from __future__ import annotations

from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.summary import MAP, ColumnKind, ValueWriter
from tb_neuron_callbacks.measurement import MeasuredMaps, MethodMaps
from tb_neuron_callbacks.trust_value import trust_message


def add_maps(value: ValueWriter, measured: MeasuredMaps) -> None:
    """Add the maps of a record to the value of kind "maps"."""
    value.add_message(
        neuron_pb2.Maps(
            target=measured.target,
            examples=measured.examples,
            methods=map(_message, measured.methods),
        )
    )
    for found in measured.methods:
        if found.values is not None:
            # A method without a sign has none below 0, but what is not promised is not relied on.
            has_sign = found.method.is_signed or bool((found.values < 0).any())
            grid = GRID_SIGNED_LOG if has_sign else GRID_UNSIGNED_LOG
            kind = ColumnKind(MAP, grid, "", found.method.name, measured.target)
            value.add_matrix(found.read_at, found.values.reshape(len(found.values), -1), kind)


def _message(found: MethodMaps) -> neuron_pb2.MapMethod:
    method = found.method
    shape = () if found.values is None else found.values.shape[1:]
    message = neuron_pb2.MapMethod(
        name=method.name,
        form="" if found.found is None else found.found.maps[0].form,
        shape=shape,
        settings="" if found.found is None else found.found.settings,
        layer=found.read_at,
        is_signed=method.is_signed,
        description=method.description,
        source=method.source,
        absence=found.absence,
    )
    if found.overlap is not None:
        message.shared_interest.CopyFrom(neuron_pb2.SharedInterest(**found.overlap._asdict()))
    if found.verdict is not None:
        message.trust.CopyFrom(trust_message(found.verdict))
    return message
