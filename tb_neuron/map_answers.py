"""What the routes of the map answer: planes of units and examples, and the pictures on them."""

import numpy as np
from jaxtyping import Int32

from tb_neuron import wire
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.errors import NotFoundError
from tb_neuron.experiment import Experiment
from tb_neuron.plane_shelf import PlaneShelf
from tb_neuron.planes import PlaneChoice, Planes
from tb_neuron.projections import PROJECTIONS
from tb_neuron.recording import Recording
from tb_neuron.unit_icons import boxes


def plane_steps(experiment: Experiment, key: RecordingKey, method: str = "") -> wire.PlaneSteps:
    """Return which layers' units and examples can be laid out, and how.

    Args:
        experiment: what is read.
        key: the recording.
        method: of attribution, whose responses are meant; empty for activations.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = find_recording(experiment, key)
    responses, with_crops = recording.responses, recording.top_examples.layers()
    return wire.PlaneSteps(
        layers=[
            wire.PlaneLayer(
                name=name,
                steps=texts(responses.steps_of(name, method)),
                has_crops=name in with_crops,
            )
            for name, methods in responses.layers().items()
            if method in methods
        ],
        projections=[
            wire.PlaneProjection(
                name=each.name,
                title=each.title,
                absence=each.absence,
                preparation=each.preparation,
            )
            for each in PROJECTIONS.values()
        ],
    )


def plane(recording: Recording, choice: PlaneChoice, step: int, shelf: PlaneShelf) -> Bulk:
    """Return a layer's units, or the examples, in two dimensions at all records.

    Args:
        recording: whose responses.
        choice: of which points, and how.
        step: of the record that the others are aligned to.
        shelf: makes and keeps them.

    Raises:
        NotFoundError: no responses were recorded of this layer, or a package is missing.
        InvalidArgumentError: there are too few points for the projection.
    """
    found = shelf.planes(recording, choice, step)
    is_units = choice.of == "units"
    units, examples = recording.layer(choice.layer_name).units, recording.probe_set.examples
    header = wire.Plane(
        layer=choice.layer_name,
        method=choice.method,
        of=choice.of,
        projection=choice.projection,
        settings=found.settings,
        reduction=found.reduction,
        anchor=str(found.anchor),
        steps=texts(found.steps),
        done=found.done,
        total=units if is_units else examples,
    )
    arrays = {
        "points": found.points.astype(np.int32),
        "places": found.places,
        "explained": found.explained,
    }
    if not is_units:
        arrays["labels"] = _labels(recording, found)
        arrays["predictions"] = _predictions(recording, found)
    return Bulk(header, arrays)


def crops(experiment: Experiment, key: RecordingKey, layer_name: str, step: int) -> Bulk:
    """Return the example that each unit of a layer responds to most, and what it sees of it.

    Raises:
        NotFoundError: there is no such recording or layer, or no examples were recorded of it.
    """
    recording = find_recording(experiment, key)
    found = recording.top_examples.top_examples(layer_name, step)
    units = recording.layer(layer_name).units
    examples = np.full(units, -1, np.int32)
    values = np.full(units, np.nan, np.float32)
    places = np.tile(np.array([0, 0, 1, 1], np.float32), (units, 1))
    if found.top:
        examples[found.units], values[found.units] = found.examples[:, 0], found.values[:, 0]
        places[found.units] = boxes(found, recording.top_examples.size_of_images())[:, 0]
    header = wire.Crops(layer=layer_name, step=str(found.step))
    return Bulk(header, {"examples": examples, "values": values, "boxes": places})


def image(experiment: Experiment, key: RecordingKey, example: int) -> bytes:
    """Return the PNG of an example at the input's own resolution, or its thumbnail.

    Raises:
        NotFoundError: there is no such recording, or the example has no picture.
    """
    recording = find_recording(experiment, key)
    try:
        return recording.top_examples.image(example)
    except NotFoundError:
        return recording.thumbnail(example)


def _labels(recording: Recording, found: Planes) -> Int32[np.ndarray, " point"]:
    if not recording.probe_set.has_labels:
        return np.full(len(found.points), -1, np.int32)
    return recording.labels()[found.points]


def _predictions(recording: Recording, found: Planes) -> Int32[np.ndarray, "record point"]:
    predictions = np.full((len(found.steps), len(found.points)), -1, np.int32)
    for row, step in enumerate(found.steps):
        try:
            outputs = recording.outputs(step)
        except NotFoundError:
            continue
        if outputs.prediction is not None and len(found.points):
            predictions[row] = outputs.prediction[found.points]
    return predictions
