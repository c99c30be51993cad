"""One record: the figures of a probe pass as the values of one event, and as scalars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

# TensorBoard builds its messages at run time and ships no types of them.
from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]
from torch import Tensor

from tb_neuron.metadata import Tag
from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_EXACT, GRID_SIGNED_LOG
from tb_neuron.summary import STATES, ColumnKind, ValueWriter, record_summary
from tb_neuron_callbacks.evidence_value import add_evidence
from tb_neuron_callbacks.flow_value import add_flow
from tb_neuron_callbacks.input_values import input_values
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.maps_value import add_maps
from tb_neuron_callbacks.masks import Masks
from tb_neuron_callbacks.measurement import (
    DORMANT,
    NONFINITE,
    SATURATED,
    SILENT,
    LayerMeasurement,
    Measurement,
    MethodAttributions,
    SilentStreaks,
)
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.predictions import Predictions
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.response_values import response_values
from tb_neuron_callbacks.thumbnails import encode_thumbnails, value_range
from tb_neuron_callbacks.trust_value import add_trust

#: Columns and thresholds are told in one of so many records: once would do, were none ever lost.
_DESCRIBED = 64

STATES_KIND = ColumnKind(
    STATES,
    GRID_EXACT,
    "Bits of the unit's state: 1 silent, 2 dormant, 4 saturated, 8 has activations that are NaN or "
    "inf.",
)
CLASS_ATTRIBUTION = ColumnKind(
    "class_attribution", GRID_SIGNED_LOG, "Mean attribution over the examples of each class."
)

#: How a note begins on pictures that could not be made.
NO_THUMBNAILS = "thumbnails are left out"
#: Masks are kept as long as those before them take no more than this, compressed.
MAX_MASK_BYTES = 4 << 20


@dataclass(frozen=True)
class RecordWriter:
    """Turns measurements into values.

    Attributes:
        layout: the watched layers.
        probe: the probe set.
        recording: precision, thresholds, thumbnails.
        name: the model's.
    """

    layout: Layout
    probe: ProbeSet
    recording: Recording
    name: str

    def values(
        self,
        header: neuron_pb2.Header,
        measured: Measurement,
        streaks: SilentStreaks,
    ) -> dict[str, ValueWriter]:
        """Return the values of all that was measured, by kind.

        Args:
            header: what the headers of all kinds have in common.
            measured: the figures.
            streaks: up to this record.
        """
        values = {"activations": self._activations(header, measured, streaks)}
        if measured.predictions is not None:
            values["outputs"] = self._outputs(header, measured.predictions)
        if any(layer.class_means is not None for layer in measured.layers):
            values["classes"] = self._classes(header, measured)
        if measured.attributions:
            values["attributions"] = self._attributions(header, measured.attributions)
        if measured.flow is not None:
            values["flow"] = _value(header, "flow")
            add_flow(values["flow"], measured.flow)
        if measured.maps is not None:
            values["maps"] = _value(header, "maps")
            add_maps(values["maps"], measured.maps)
        if measured.evidence is not None:
            values["evidence"] = _value(header, "evidence")
            add_evidence(values["evidence"], measured.evidence)
        if measured.trust is not None:
            values["trust"] = _value(header, "trust")
            add_trust(values["trust"], measured.trust)
        if measured.responses is not None:
            values |= response_values(partial(_value, header), measured.responses)
        return values

    def describing_values(
        self, header: neuron_pb2.Header, with_thumbnails: bool = True
    ) -> dict[str, ValueWriter]:
        """Return the values of kinds "model" and "probe": what is measured, and on what."""
        model = _value(header, "model")
        model.add_message(self.layout.to_message(self.name))
        probe = _value(header, "probe")
        probe.add_message(self.probe.to_message())
        if self.probe.labels is not None:
            probe.add_array("labels", self.probe.labels.clamp(-1, 2**31 - 1).numpy().astype("<i4"))
        if not with_thumbnails:
            limit = f"Recording(max_bytes={self.recording.max_bytes})"
            probe.header.notes.append(f"{NO_THUMBNAILS}: they do not fit in {limit}")
        else:
            _add_thumbnails(probe, self.probe.images(), self.recording.thumbnail)
        _add_masks(probe, self.probe.masks)
        if self.probe.tokens is not None:
            probe.add_array("tokens", self.probe.tokens.ids)
            probe.header.notes.extend(self.probe.tokens.notes)
        inputs = input_values(self.probe)
        if inputs is not None:
            probe.add_array("inputs", inputs.values)
            probe.header.notes.extend(inputs.notes)
        return {"model": model, "probe": probe}

    def summary(self, values: Mapping[str, ValueWriter], beside: int) -> Summary:
        """Return the record as one event's summary; its header says what all of it takes.

        Args:
            values: by kind.
            beside: bytes that the record adds to the event file around and beside the summary.
        """
        summary = record_summary({self.tag(kind): value.blobs() for kind, value in values.items()})
        header = values["activations"].header
        # The number itself then takes four bytes more, or five.
        header.costs.record_bytes = summary.ByteSize() + beside
        place = list(values).index("activations")
        summary.value[place].tensor.string_val[0] = header.SerializeToString()
        return summary

    def tag(self, kind: str) -> Tag:
        """Return the tag of a kind."""
        return Tag(self.name, self.probe.name, kind)

    def _activations(
        self, header: neuron_pb2.Header, measured: Measurement, streaks: SilentStreaks
    ) -> ValueWriter:
        value = _value(header, "activations")
        for layer in measured.layers:
            states = {STATES_KIND: layer.states.astype(np.float32)}
            value.add_columns(layer.layer.name, states | layer.columns, self.recording.precision)
        if value.widened:
            value.header.notes.append(
                f"stored as float32, since float16 does not hold them: {'; '.join(value.widened)}"
            )
        names = [column.name for column in value.header.columns]
        records = self.recording.thresholds.dead_records
        for layer in measured.layers:
            value.header.aggregates.append(
                _aggregate(layer, names, streaks.dead(layer.layer, records))
            )
        return value

    def _outputs(self, header: neuron_pb2.Header, predictions: Predictions) -> ValueWriter:
        value = _value(header, "outputs")
        for name, array in predictions.arrays.items():
            value.add_array(name, array)
        kept = predictions.arrays["logits"].shape[1]
        if kept < predictions.classes:
            value.header.notes.append(
                f"logits of the first {kept} of {predictions.classes} classes are kept"
            )
        return value

    def _classes(self, header: neuron_pb2.Header, measured: Measurement) -> ValueWriter:
        value = _value(header, "classes")
        kept = [layer for layer in measured.layers if layer.class_means is not None]
        for layer in kept:
            assert layer.class_means is not None
            value.add_grid("class_mean", layer.layer.name, layer.class_means, GRID_SIGNED_LOG)
        names = {layer.layer.name for layer in kept}
        for found in measured.attributions:
            kind = replace(CLASS_ATTRIBUTION, method=found.method, target=found.target)
            for layer in found.layers:
                if layer.class_means is not None and layer.layer.name in names:
                    value.add_matrix(layer.layer.name, layer.class_means, kind)
        return value

    def _attributions(
        self, header: neuron_pb2.Header, attributions: Sequence[MethodAttributions]
    ) -> ValueWriter:
        value = _value(header, "attributions")
        for found in attributions:
            for layer in found.layers:
                value.add_columns(layer.layer.name, layer.columns, self.recording.precision)
            value.header.notes.extend(_absences(found))
        notes = dict.fromkeys(note for found in attributions for note in found.notes)
        value.header.notes.extend(notes)
        kinds = [(c.name, c.method, c.target) for c in value.header.columns]
        units = {layer.layer.name: layer.layer.units for f in attributions for layer in f.layers}
        for name, count in units.items():
            means = _attribution_means(name, attributions)
            value.header.aggregates.append(
                neuron_pb2.LayerAggregate(
                    layer=name, units=count, means=[means.get(kind, np.nan) for kind in kinds]
                )
            )
        return value


def shares(
    layers: Iterable[LayerMeasurement], streaks: SilentStreaks, dead_records: int
) -> dict[str, float]:
    """Return the scalars of a record: the share of a layer's units in each state it can have.

    The share of dead units is left out as long as it isn't known.
    """
    scalars: dict[str, float] = {}
    for measured in layers:
        layer = measured.layer
        for state, is_in in _members(measured, streaks.dead(layer, dead_records)).items():
            is_told = state != "dead" or streaks.can_tell(dead_records)
            if is_told and _can_be(layer, state):
                scalars[f"neurons/{state}/{layer.name}"] = float(np.mean(is_in))
    return scalars


def _can_be(layer: Layer, state: str) -> bool:
    if state == "dead":
        return layer.can_be_dead
    if state == "saturated":
        return layer.nonlinearity.family == "bounded"
    return state != "nonfinite"


def _members(measured: LayerMeasurement, dead: np.ndarray) -> Mapping[str, np.ndarray]:
    states = measured.states
    return {
        "silent": (states & SILENT) != 0,
        "dormant": (states & DORMANT) != 0,
        "saturated": (states & SATURATED) != 0,
        "nonfinite": (states & NONFINITE) != 0,
        "dead": dead,
    }


def _add_thumbnails(probe: ValueWriter, images: Sequence[Tensor], pixels: int) -> None:
    """Add a picture of each image, or say why there are none."""
    if not images or not pixels:
        return
    try:
        sentence = value_range(images).sentence
        pictures = list(encode_thumbnails(images, pixels))
    except Exception as error:
        probe.header.notes.append(f"{NO_THUMBNAILS}: {reason(error)}")
        return
    probe.header.notes.append(sentence)
    for example, picture in enumerate(pictures):
        probe.add_file("thumbnail", picture, example)


def _add_masks(probe: ValueWriter, masks: Masks) -> None:
    start = probe.size()
    kept = 0
    for example, mask in enumerate(masks):
        if mask is None:
            continue
        if probe.size() - start > MAX_MASK_BYTES:
            given = sum(mask is not None for mask in masks)
            probe.header.notes.append(
                f"the masks of the first {kept} of {given} examples that have one are kept: they "
                f"take {MAX_MASK_BYTES} bytes"
            )
            return
        probe.add_array("mask", mask.numpy(), example=example)
        kept += 1


def _absences(found: MethodAttributions) -> Iterator[str]:
    """Yield a sentence on the layers that a method lacks for the same reason."""
    for reason_given in dict.fromkeys(found.absences.values()):
        names = [name for name, why in found.absences.items() if why == reason_given]
        has = "has" if len(names) == 1 else "have"
        yield f"{', '.join(names)} {has} no {found.method}: {reason_given}"


def _attribution_means(
    layer_name: str, attributions: Sequence[MethodAttributions]
) -> dict[tuple[str, str, str], float]:
    return {
        (kind.name, kind.method, kind.target): _mean(values)
        for found in attributions
        for layer in found.layers
        if layer.layer.name == layer_name
        for kind, values in layer.columns.items()
    }


def _value(header: neuron_pb2.Header, kind: str) -> ValueWriter:
    describes = header.session.sequence % _DESCRIBED == 0
    value = ValueWriter(header, describes)
    value.header.kind = kind
    if kind != "activations":
        # Once a record is enough.
        value.header.ClearField("costs")
    if kind != "activations" or not describes:
        value.header.ClearField("thresholds")
    return value


def _aggregate(
    measured: LayerMeasurement, names: list[str], dead: np.ndarray
) -> neuron_pb2.LayerAggregate:
    counts = {state: int(is_in.sum()) for state, is_in in _members(measured, dead).items()}
    by_name = {kind.name: values for kind, values in measured.columns.items()}
    return neuron_pb2.LayerAggregate(
        layer=measured.layer.name,
        units=measured.layer.units,
        positions=measured.positions,
        means=[_mean(by_name.get(name)) for name in names],
        **counts,
    )


def _mean(values: np.ndarray | None) -> float:
    if values is None:
        return float("nan")
    finite = values[np.isfinite(values)]
    return float(np.mean(finite, dtype=np.float64)) if finite.size else float("nan")
