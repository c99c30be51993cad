"""What the route of groups answers: a layer's units in groups, at one record of a series."""

import math

import numpy as np
from jaxtyping import Float32

from tb_neuron import wire
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.example_classes import example_classes
from tb_neuron.experiment import Experiment
from tb_neuron.group_series import COUNT, GroupRecord, GroupSeries, check_count
from tb_neuron.pattern_answers import class_list
from tb_neuron.pattern_order import stored_at
from tb_neuron.recording import Recording
from tb_neuron.responses import ResponseChoice
from tb_neuron.tracked_activations import TrackedActivations


def groups(
    experiment: Experiment,
    key: RecordingKey,
    choice: ResponseChoice,
    step: int,
    anchor: int | None = None,
    count: int = COUNT,
) -> Bulk:
    """Return the groups of a layer's units at a record.

    Args:
        experiment: what is read.
        key: the recording.
        choice: of which responses.
        step: the last record of responses at or before it is meant.
        anchor: step of the record that is factorised from scratch; the last one unless given.
        count: of groups; fewer where there are fewer units or examples.

    Raises:
        NotFoundError: there is no such recording, or the layer has no responses.
        InvalidArgumentError: so many groups are not made.
    """
    check_count(count)
    recording, layer_name = find_recording(experiment, key), choice.layer_name
    stored = recording.responses.stored(layer_name, choice.method)
    start = len(stored) - 1 if anchor is None else stored_at(stored, anchor)
    place = stored_at(stored, step)
    units = recording.layer(layer_name).units
    found = GroupSeries(recording.responses, stored, units, start, count).at(place)
    classes = example_classes(recording, stored[start].record.step)
    tracked = _tracked(recording, layer_name, stored[place].record.step)
    header = wire.Groups(
        layer=layer_name,
        method=choice.method,
        step=str(stored[place].record.step),
        steps=texts(each.record.step for each in stored),
        anchor=str(stored[start].record.step),
        count=found.weights.shape[1],
        drawn=len(found.examples),
        of=recording.probe_set.examples,
        error=found.error if math.isfinite(found.error) else 0.0,
        by=classes.by,
        classes=class_list(recording, classes, found.examples),
        map_step="" if tracked is None else str(tracked.step),
        map_shape=[] if tracked is None else list(tracked.shape),
        map_examples=[] if tracked is None else tracked.examples,
        map_units=0 if tracked is None else len(tracked.units),
    )
    arrays = {
        "units": found.units.astype(np.int32),
        "examples": found.examples.astype(np.int32),
        "weights": found.weights.T.astype(np.float32),
        "activity": found.activity.astype(np.float32),
        "against": found.against.astype(np.float32),
        "strength": found.strength.astype(np.float32),
        "alike": found.alike.astype(np.float32),
        "profile": classes.means(found.activity, found.examples).T.astype(np.float32),
        "maps": _maps(found, tracked, units),
    }
    return Bulk(header, arrays)


def _tracked(recording: Recording, layer_name: str, step: int) -> TrackedActivations | None:
    try:
        found = recording.tracked.tracked(layer_name, step)
    except (NotFoundError, DamagedRecordError):
        return None
    # A layer without positions has no map.
    return found if len(found.shape) in (1, 2) else None


def _maps(
    found: GroupRecord, tracked: TrackedActivations | None, units: int
) -> Float32[np.ndarray, "group example position"]:
    """Return the mean of units' activations above 0, by their weights, at each position."""
    count = found.weights.shape[1]
    if tracked is None:
        return np.zeros((count, 0, 0), np.float32)
    weights = np.zeros((units, count))
    weights[found.units] = found.weights
    own = weights[tracked.units]
    share = own / np.maximum(own.sum(0), np.finfo(np.float64).tiny)
    above = np.clip(np.nan_to_num(tracked.values, nan=0.0, posinf=0.0), 0, None)
    return np.einsum("ug,uep->gep", share, above).astype(np.float32)
