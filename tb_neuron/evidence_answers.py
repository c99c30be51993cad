"""What the routes of evidence answer: what speaks for and against classes, from an experiment."""

from tb_neuron import wire
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.attribution_answers import answers_to, tracked_examples
from tb_neuron.experiment import Experiment


def steps(experiment: Experiment, key: RecordingKey) -> wire.EvidenceSteps:
    """Return when evidence was recorded, and of which layers, examples and pins.

    Raises:
        NotFoundError: there is no such recording.
        DamagedRecordError: no record of evidence can be read.
    """
    recording = find_recording(experiment, key)
    reader = recording.evidence
    pins = reader.pins()
    return wire.EvidenceSteps(
        steps=texts(reader.steps),
        method=reader.method,
        layers=reader.layers,
        examples=tracked_examples(recording, reader.examples),
        pins=[wire.EvidencePins(layer=name, units=units) for name, units in pins.items()],
    )


def layer(experiment: Experiment, key: RecordingKey, layer_name: str, step: int) -> Bulk:
    """Return the evidence of a layer in all tracked examples at the record at or before a step.

    Raises:
        NotFoundError: there is no such recording, or no evidence of the layer.
        DamagedRecordError: the record can't be read.
    """
    recording = find_recording(experiment, key)
    found = recording.evidence.evidence(layer_name, step)
    header = wire.LayerEvidence(
        layer=layer_name,
        step=str(found.step),
        method=found.method,
        classes=found.classes,
        examples=tracked_examples(recording, found.examples),
    )
    known = answers_to(recording, [found.step], found.examples)
    answered = {name: values[0] for name, values in known.items()}
    return Bulk(header, {"net": found.net, "against": found.against, **answered})


def unit(experiment: Experiment, key: RecordingKey, layer_name: str, number: int) -> Bulk:
    """Return what a unit contributes to each class at all records of evidence.

    Raises:
        NotFoundError: there is no such recording or unit, or no evidence of the layer.
        DamagedRecordError: no record of evidence can be read.
    """
    recording = find_recording(experiment, key)
    reader = recording.evidence
    found = reader.unit(layer_name, number)
    header = wire.UnitEvidence(
        layer=layer_name,
        unit=number,
        steps=texts(found.steps),
        method=reader.method,
        classes=found.classes,
        examples=tracked_examples(recording, found.examples),
        is_pinned=found.is_pinned,
    )
    arrays = {
        "net": found.net,
        "against": found.against,
        "mean": found.mean,
        "mean_against": found.mean_against,
        **answers_to(recording, found.steps, found.examples),
    }
    return Bulk(header, arrays)
