"""What the routes of activation grids answer: cells of a layer, and the units behind one cell."""

import hashlib

import numpy as np
from jaxtyping import Float32

from tb_neuron import wire
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.attribution_answers import answers_to, tracked_examples
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.experiment import Experiment
from tb_neuron.grid_series import activation_grid
from tb_neuron.position_evidence import PositionEvidence
from tb_neuron.recording import Recording
from tb_neuron.tracked_activations import TrackedActivations


def steps(experiment: Experiment, key: RecordingKey) -> wire.GridSteps:
    """Return when activations of tracked examples were recorded, and of which layers.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = find_recording(experiment, key)
    with_evidence = set(recording.position_evidence.layers())
    reader = recording.tracked
    return wire.GridSteps(
        steps=texts(reader.steps),
        layers=[
            wire.GridLayer(
                layer=name,
                shape=list(shape),
                units=recording.layer(name).units,
                has_evidence=name in with_evidence,
            )
            for name, shape in reader.shapes().items()
        ],
        examples=tracked_examples(recording, reader.examples),
        notes=[note for note in recording.notes if "tracked" in note or "at positions" in note],
    )


def grid(
    experiment: Experiment,
    key: RecordingKey,
    layer_name: str,
    step: int,
    anchor: int | None = None,
    example: int | None = None,
) -> Bulk:
    """Return a layer's cells at the record at or before a step.

    Args:
        experiment: what is read.
        key: the recording.
        layer_name: the layer.
        step: of the record.
        anchor: step of the record at which colours are fitted; the last one unless given.
        example: the only one that is wanted; all tracked ones unless given.

    Raises:
        NotFoundError: there is no such recording or example, or no activations of the layer.
        DamagedRecordError: the records can't be read.
    """
    recording = find_recording(experiment, key)
    found = activation_grid(recording.reader, recording.tracked, layer_name, step, anchor)
    if example is not None and example not in found.examples:
        raise not_found("tracked example", str(example), map(str, found.examples))
    rows = [row for row, each in enumerate(found.examples) if example in (None, each)]
    examples = [found.examples[row] for row in rows]
    evidence = _positions(recording, layer_name, found.step)
    is_known = evidence is not None and evidence.shape == found.shape
    header = wire.ActivationGrid(
        layer=layer_name,
        step=str(found.step),
        steps=texts(found.steps),
        anchor=str(found.anchor),
        shape=list(found.shape),
        examples=tracked_examples(recording, examples),
        units=recording.layer(layer_name).units,
        kept=len(found.units),
        top=found.top,
        explained=[float(share) for share in found.explained],
        evidence_step=str(evidence.step) if evidence and is_known else "",
        method=evidence.method if evidence and is_known else "",
        classes=evidence.classes if evidence and is_known else [],
        attribution_top=_attribution_top(recording, layer_name) if is_known else 0.0,
    )
    answered = {n: v[0] for n, v in answers_to(recording, [found.step], examples).items()}
    arrays = {
        "norms": found.norms[rows].astype(np.float32),
        "colours": found.colours[rows],
        "net": _of_examples(evidence if is_known else None, examples, found.norms.shape[1]),
        **answered,
    }
    return Bulk(header, arrays)


def position(
    experiment: Experiment, key: RecordingKey, layer_name: str, at: tuple[int, int], step: int
) -> Bulk:
    """Return the units of a layer at a position of an example, at the record at or before a step.

    Args:
        experiment: what is read.
        key: the recording.
        layer_name: the layer.
        at: a tracked example by its number in the probe set, and a flat position of the layer.
        step: of the record.

    Raises:
        NotFoundError: there is no such recording, layer, example or position.
        DamagedRecordError: the record can't be read.
    """
    recording = find_recording(experiment, key)
    example, place = at
    found = recording.tracked.tracked(layer_name, step)
    row = _row_of(found, example, place)
    header = wire.PositionUnits(
        layer=layer_name,
        example=example,
        position=place,
        shape=list(found.shape),
        step=str(found.step),
        evidence_step="",
        method="",
        classes=[],
        kept=[],
    )
    arrays = {
        "units": found.units.astype(np.int32),
        "activations": found.values[:, row, place],
        "net": np.zeros((0, len(found.units)), np.float32),
        "totals": np.zeros(0, np.float32),
    }
    evidence = _positions(recording, layer_name, found.step)
    if evidence is None or evidence.shape != found.shape or example not in evidence.examples:
        return Bulk(header, arrays)
    units = recording.position_evidence.units(layer_name, example, place, found.step)
    header["evidence_step"], header["method"] = str(units.step), units.method
    header["classes"], header["kept"] = units.classes, units.kept
    arrays["net"] = units.net[:, found.units]
    arrays["totals"] = evidence.net[evidence.examples.index(example), :, place]
    return Bulk(header, arrays)


def _row_of(found: TrackedActivations, example: int, position: int) -> int:
    if example not in found.examples:
        raise not_found("tracked example", str(example), map(str, found.examples))
    if position >= found.values.shape[2]:
        raise NotFoundError(
            f"there is no position {position}; they are 0 to {found.values.shape[2] - 1}"
        )
    return found.examples.index(example)


def _positions(recording: Recording, layer_name: str, step: int) -> PositionEvidence | None:
    try:
        return recording.position_evidence.positions(layer_name, step)
    except NotFoundError:
        return None
    except DamagedRecordError as error:
        last = recording.evidence.messages.records[-1]
        recording.reader.report(last, error)
        return None


def _of_examples(
    evidence: PositionEvidence | None, examples: list[int], positions: int
) -> Float32[np.ndarray, "example class position"]:
    """Return what is known of examples, NaN where evidence tracked others."""
    classes = len(evidence.classes) if evidence else 0
    found = np.full((len(examples), classes, positions), np.nan, np.float32)
    for row, example in enumerate(examples):
        if evidence is not None and example in evidence.examples:
            found[row] = evidence.net[evidence.examples.index(example)]
    return found


def _attribution_top(recording: Recording, layer_name: str) -> float:
    """Return the largest magnitude that a position contributes over all records."""
    tops = []
    for record in recording.position_evidence.records(layer_name):
        key = hashlib.blake2b(record.digest + layer_name.encode(), person=b"grid net").digest()

        def largest(step: int = record.step) -> Float32[np.ndarray, "1"]:
            found = _positions(recording, layer_name, step)
            finite = np.abs(found.net[np.isfinite(found.net)]) if found else np.zeros(0)
            return np.array([finite.max(initial=0.0)], np.float32)

        tops.append(float(recording.reader.kept(key, largest)[0]))
    return max(tops, default=0.0)
