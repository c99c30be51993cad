"""How a record's flow is stored: means over each group's examples, of each method."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG
from tb_neuron.summary import ColumnKind, ValueWriter
from tb_neuron_callbacks.measurement import MeasuredFlow, MethodFlow


def add_flow(value: ValueWriter, measured: MeasuredFlow) -> None:
    """Add the flow of a record to the value of kind "flow"."""
    value.header.notes.extend(measured.notes)
    for found in measured.methods:
        _add_method(value, measured, found)


def _add_method(value: ValueWriter, measured: MeasuredFlow, found: MethodFlow) -> None:
    flow, method = found.flow, found.method
    value.add_message(_message(measured, found), method.name)
    if flow.nonfinite:
        value.header.notes.append(
            f"flow by {method.name} leaves out {flow.nonfinite} examples where their attribution "
            "is NaN or infinite"
        )
    value.header.notes.extend(
        f"{name} has no flow by {method.name}: {why}" for name, why in found.absences.items()
    )
    kind = ColumnKind("flow", GRID_SIGNED_LOG, method.description, method.name, measured.target)
    for (source, target), links in flow.links.items():
        rows = _means(links, flow.examples).reshape(len(measured.groups), -1)
        value.add_links(source, target, rows, kind)
    # Links are on a grid and their sums would be, too; totals are kept as they are.
    totals = {
        "attribution": flow.nodes,
        "magnitude": flow.magnitudes,
        "remainder": flow.remainders,
    }
    for what, sums in totals.items():
        for name, values in sums.items():
            value.add_array(what, _means(values, flow.examples), name, method=method.name)


def _means(sums: Tensor, examples: Tensor) -> np.ndarray:
    """Return sums over examples as means; 0 for a group without examples."""
    count = examples.clamp(min=1).reshape(-1, *[1] * (sums.dim() - 1))
    return (sums / count).cpu().numpy().astype("<f4")


def _message(measured: MeasuredFlow, found: MethodFlow) -> neuron_pb2.Flow:
    examples = found.flow.examples.tolist()
    return neuron_pb2.Flow(
        method=found.method.name,
        target=measured.target,
        groups=[
            neuron_pb2.FlowGroup(kind=group.kind.upper(), number=group.number, examples=int(count))
            for group, count in zip(measured.groups, examples, strict=True)
        ],
        layers=[
            neuron_pb2.FlowLayer(
                name=name,
                units=units,
                shown=found.flow.shown[name],
                pinned=measured.pins.get(name, ()),
            )
            for name, units in found.units.items()
        ],
    )
