"""What the routes of the dictionary answer: what units respond to most, to be shown as icons."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Shaped

from tb_neuron import wire
from tb_neuron.analysis.response_change import meaning_drift
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.experiment import Experiment
from tb_neuron.recording import Recording
from tb_neuron.top_examples import TopExamples
from tb_neuron.unit_icons import (
    boxes,
    column_deviations,
    marks,
    position_shape,
    shown_examples,
    stretches,
    token_windows,
)

#: In place of the top examples of units that a record has none of, such as those not pinned.
_UNRECORDED = -2


@dataclass(frozen=True)
class IconQuestion:
    """Which icons are asked for.

    Attributes:
        layer_name: of the units.
        step: of the record, or after it.
        count: examples of each unit.
        unit: the only one that is wanted; None for all.
    """

    layer_name: str
    step: int
    count: int = 1
    unit: int | None = None


def dictionary(experiment: Experiment, key: RecordingKey) -> wire.Dictionary:
    """Return when it was recorded what units respond to, and which images were sought.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = find_recording(experiment, key)
    top = recording.top_examples
    return wire.Dictionary(
        layers=[
            wire.DictionaryLayer(name=name, steps=texts(top.steps_of(name)))
            for name in top.layers()
        ],
        top=top.top,
        columns=list(recording.probe_set.column_names),
        pictures=recording.thumbnails,
        visualisations=[
            wire.Visualisation(
                step=str(each.step),
                layer=each.layer,
                unit=each.unit,
                place=each.place,
                response=each.response if math.isfinite(each.response) else None,
                checkpoint=each.checkpoint,
                settings=each.settings,
            )
            for each in recording.icons.icons()
        ],
    )


def unit_icons(experiment: Experiment, key: RecordingKey, question: IconQuestion) -> Bulk:
    """Return what the icons of a layer's units show at the record at or before a step.

    Raises:
        NotFoundError: there is no such recording, layer or unit, or no examples were recorded of
            it.
    """
    recording = find_recording(experiment, key)
    found = recording.top_examples.top_examples(question.layer_name, question.step)
    if question.unit is not None:
        found = found.of_unit(question.unit)
    examples = shown_examples(found, question.count)
    count, size = examples.shape[1], recording.top_examples.size_of_images()
    seen = boxes(found, size, count)
    form, told, arrays = _shown(recording, found, examples, seen)
    grid = position_shape(recording.layer(question.layer_name))
    header = wire.UnitIcons(
        layer=question.layer_name,
        step=str(found.step),
        form=form,
        reduction=found.reduction,
        examples_of=recording.probe_set.examples,
        grid=list(grid),
        size=list(size or ()),
        texts=told,
    )
    common = {
        "units": found.units.astype(np.int32),
        "examples": examples.astype(np.int32),
        "values": found.values[:, :count],
        "positions": found.positions[:, :count],
        "labels": _labels(recording, examples),
        "boxes": seen,
        "marks": marks(found, count),
    }
    return Bulk(header, common | arrays)


def drift(experiment: Experiment, key: RecordingKey, layer_name: str) -> Bulk:
    """Return how far the top examples of a layer's units changed from record to record.

    Raises:
        NotFoundError: there is no such recording or layer, or no examples were recorded of it.
    """
    recording = find_recording(experiment, key)
    units, top = recording.layer(layer_name).units, recording.top_examples
    steps = top.steps_of(layer_name)
    if not steps:
        top.top_examples(layer_name, 0)
    drifts = np.full((len(steps), units), np.nan, np.float32)
    before = np.zeros((0, 0), np.int32)
    for row, step in enumerate(steps):
        found = top.top_examples(layer_name, step)
        if found.step != step:
            # It can't be read, and what stands in for it has not drifted.
            continue
        after = _tops(found, units)
        if before.shape == after.shape:
            is_known = (before[:, :1] != _UNRECORDED) & (after[:, :1] != _UNRECORDED)
            drifts[row] = np.where(is_known.all(1), meaning_drift(before, after), np.nan)
        before = after
    header = wire.MeaningDrift(layer=layer_name, steps=texts(steps), top=top.top)
    return Bulk(header, {"drifts": drifts})


def pictures(experiment: Experiment, key: RecordingKey) -> Bulk:
    """Return the thumbnails of all examples that have one.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = find_recording(experiment, key)
    files = []
    for example in range(recording.thumbnails):
        try:
            files.append(recording.thumbnail(example))
        except (NotFoundError, DamagedRecordError):
            files.append(b"")
    ends = np.cumsum([len(each) for each in files], dtype=np.uint32)
    content = np.frombuffer(b"".join(files), np.uint8)
    return Bulk(wire.Pictures(examples=len(files)), {"ends": ends, "files": content})


def visualisation(
    experiment: Experiment, key: RecordingKey, question: IconQuestion, place: int
) -> bytes:
    """Return the PNG of an image that a unit responds to most, sought on a checkpoint.

    Raises:
        NotFoundError: there is no such recording or image.
    """
    recording = find_recording(experiment, key)
    unit = question.unit or 0
    return recording.icons.image(question.step, question.layer_name, unit, place)


Arrays = dict[str, Shaped[np.ndarray, "..."]]


def _shown(
    recording: Recording,
    found: TopExamples,
    examples: Int32[np.ndarray, "unit top"],
    seen: Shaped[np.ndarray, "unit top 4"],
) -> tuple[wire.IconForm, list[str], Arrays]:
    """Return what icons show, the texts of tokens and what they are drawn from."""
    kind, stored = recording.probe_set.input, recording.stored_examples
    if kind == "image":
        return ("picture" if recording.thumbnails else "numbers"), [], {}
    if kind == "sequence" and stored.with_tokens:
        tokens = token_windows(recording, recording.layer(found.layer_name), examples, found)
        return "tokens", tokens.texts, {"windows": tokens.windows, "centres": tokens.centres}
    inputs = stored.inputs()
    if kind == "signal" and inputs is not None and inputs.ndim == 3:
        return "signal", [], {"stretches": stretches(inputs, examples, seen)}
    if kind == "tabular" and inputs is not None and inputs.ndim == 2:
        columns = column_deviations(inputs, shown_examples(found, found.top))
        return "columns", [], {"columns": columns.columns, "deviations": columns.deviations}
    return "numbers", [], {}


def _tops(found: TopExamples, units: int) -> Int32[np.ndarray, "unit top"]:
    examples = shown_examples(found, found.top)
    tops = np.full((units, examples.shape[1]), _UNRECORDED, np.int32)
    tops[found.units] = examples
    return tops


def _labels(
    recording: Recording, examples: Int32[np.ndarray, "unit top"]
) -> Int32[np.ndarray, "unit top"]:
    if not recording.probe_set.has_labels:
        return np.full(examples.shape, -1, np.int32)
    try:
        labels = recording.labels()
    except NotFoundError:
        return np.full(examples.shape, -1, np.int32)
    return np.where(examples >= 0, labels[np.maximum(examples, 0)], -1).astype(np.int32)
