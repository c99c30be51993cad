"""What the routes of attribution answer: flow, maps, trust and changes, from an experiment."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from tb_neuron import wire
from tb_neuron.analysis.changes import CLASS_MARGIN, SIGN_SHARE, Change
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.errors import NotFoundError
from tb_neuron.experiment import Experiment
from tb_neuron.flows import FlowLayer
from tb_neuron.group_series import check_count
from tb_neuron.grouped_flow import LayerGroups, UnitGrouping, grouped_flow
from tb_neuron.layer_changes import layer_changes
from tb_neuron.maps import Method
from tb_neuron.recording import Recording
from tb_neuron.verdicts import Verdict

#: More changes of a layer than anybody reads.
_MOST_CHANGES = 10_000


def changes(
    experiment: Experiment,
    key: RecordingKey,
    layer_name: str,
    method: str | None = None,
    target: str | None = None,
) -> wire.Changes:
    """Return the units of a layer whose attribution changed sign or main class.

    Raises:
        NotFoundError: there is no such recording, layer or attribution.
    """
    recording = find_recording(experiment, key)
    found = layer_changes(recording, layer_name, method, target)
    signs = [_change(recording, "sign", each) for each in found.signs]
    classes = [_change(recording, "class", each) for each in found.classes or ()]
    listed = sorted([*signs, *classes], key=lambda each: (each["record"], each["unit"]))
    return wire.Changes(
        layer=layer_name,
        method=found.method,
        target=found.target,
        sign_share=SIGN_SHARE,
        class_margin=CLASS_MARGIN,
        has_classes=found.classes is not None,
        changes=listed[:_MOST_CHANGES],
        left_out=max(0, len(listed) - _MOST_CHANGES),
    )


def flows(experiment: Experiment, key: RecordingKey) -> wire.FlowSteps:
    """Return when flow was recorded, by which methods and of which groups of examples.

    Raises:
        NotFoundError: there is no such recording.
    """
    reader = find_recording(experiment, key).flows
    groups = [wire.FlowGroup(name=e.name, examples=e.examples) for e in reader.groups()]
    methods = [
        wire.FlowMethod(name=e.name, description=e.description, steps=texts(e.steps))
        for e in reader.methods()
    ]
    return wire.FlowSteps(steps=texts(reader.steps), groups=groups, methods=methods)


def flow(
    experiment: Experiment,
    key: RecordingKey,
    step: int,
    group: str,
    method: str | None = None,
    grouping: UnitGrouping | None = None,
) -> Bulk:
    """Return the flow of a group of examples at the record at or before a step.

    Args:
        experiment: what is read.
        key: the recording.
        step: of training.
        group: of examples.
        method: of attribution; the first of the record unless given.
        grouping: the groups of units that are nodes; units are unless given.

    Raises:
        NotFoundError: there is no such recording, group or method, or no flow.
        InvalidArgumentError: so many groups are not made.
    """
    recording = find_recording(experiment, key)
    found, against = recording.flows.flow(step, group, method), []
    groups: list[LayerGroups | None] = [None for _ in found.layers]
    if grouping is not None:
        check_count(grouping.count)
        grouped = grouped_flow(recording, found, grouping)
        found, groups, against = grouped.flow, grouped.groups, grouped.against
    header = wire.Flow(
        step=str(found.step),
        group=group,
        examples=found.examples,
        method=found.method,
        target=found.target,
        layers=[_flow_layer(*each) for each in zip(found.layers, groups, strict=True)],
        links=[wire.FlowLink(source=link.source, target=link.target) for link in found.links],
    )
    arrays = {f"link{number}": link.values for number, link in enumerate(found.links)}
    arrays |= {f"against{number}": values for number, values in enumerate(against)}
    arrays["attributions"] = np.concatenate(found.attributions)
    arrays["magnitudes"] = np.concatenate(found.magnitudes)
    arrays["remainders"] = np.concatenate(found.remainders)
    return Bulk(header, arrays)


def _flow_layer(layer: FlowLayer, found: LayerGroups | None) -> wire.FlowLayer:
    groups = found.groups if found else []
    return wire.FlowLayer(
        name=layer.name,
        units=layer.units,
        shown=layer.shown,
        pinned=layer.pinned,
        groups=[
            wire.UnitGroup(members=e.members, strongest=e.strongest, examples=e.examples)
            for e in groups
        ],
        group_step=str(found.step) if found else "",
        ungrouped=found.ungrouped if found else [],
    )


def maps(experiment: Experiment, key: RecordingKey, target: str | None = None) -> wire.MapSteps:
    """Return when maps of a target were recorded, by which methods and of which examples.

    Without a target, of that which the last record explained.

    Raises:
        NotFoundError: there is no such recording or target.
    """
    recording = find_recording(experiment, key)
    reader = recording.maps
    return wire.MapSteps(
        steps=texts(reader.steps_of(target)),
        target=reader.target if target is None else target,
        targets=[
            wire.MapTarget(target=each.target, steps=texts(each.steps)) for each in reader.targets()
        ],
        examples=tracked_examples(recording, reader.examples_of(target)),
        methods=[_map_method(method) for method in reader.methods(target)],
    )


def method_maps(
    experiment: Experiment,
    key: RecordingKey,
    method: str,
    layer_name: str | None = None,
    target: str | None = None,
) -> Bulk:
    """Return one method's maps of all tracked examples at all records of a target.

    Args:
        experiment: the experiment.
        key: of the recording.
        method: its name.
        layer_name: where it reads; None for the first layer at which it does.
        target: what is explained; None for what the last record explained.

    Raises:
        NotFoundError: there is no such recording, method, layer or target.
    """
    recording = find_recording(experiment, key)
    reader = recording.maps
    values, steps = reader.maps(method, layer_name, target), reader.steps_of(target)
    arrays = {
        "values": values,
        **answers_to(recording, steps, reader.examples_of(target)),
        **reader.overlaps(method, layer_name, target),
    }
    return Bulk(wire.MethodMaps(method=method, steps=texts(steps)), arrays)


def tracked_examples(recording: Recording, examples: Sequence[int]) -> list[wire.TrackedExample]:
    """Return examples with their labels."""
    labels = recording.labels() if recording.probe_set.has_labels else []
    return [
        wire.TrackedExample(
            example=example, label=int(labels[example]) if example < len(labels) else -1
        )
        for example in examples
    ]


def answers_to(
    recording: Recording, steps: Sequence[int], examples: Sequence[int]
) -> dict[str, Shaped[np.ndarray, "record example"]]:
    """Return what the model answered to some examples at some steps."""
    shape = (len(steps), len(examples))
    prediction = np.full(shape, -1, np.int32)
    probability = np.full(shape, np.nan, np.float32)
    correct = np.full(shape, 2, np.uint8)
    for row, step in enumerate(steps):
        try:
            outputs = recording.outputs(step)
        except NotFoundError:
            continue
        for values, found in (
            (prediction, outputs.prediction),
            (probability, outputs.probability),
            (correct, outputs.correct),
        ):
            if found is not None and len(found) > max(examples, default=0):
                values[row] = found[list(examples)]
    return {"prediction": prediction, "probability": probability, "correct": correct}


def unit_trust(experiment: Experiment, key: RecordingKey) -> wire.UnitTrust:
    """Return when attributions to units were checked, and every verdict.

    Raises:
        NotFoundError: there is no such recording.
    """
    reader = find_recording(experiment, key).trust
    return wire.UnitTrust(
        steps=texts(reader.steps),
        target=reader.target,
        examples=reader.examples,
        methods=[
            wire.CheckedMethod(
                name=method.name,
                absence=method.absence,
                layers=[
                    wire.CheckedLayer(layer=name, verdicts=[_verdict(each) for each in verdicts])
                    for name, verdicts in method.layers.items()
                ],
            )
            for method in reader.methods()
        ],
    )


def _change(recording: Recording, kind: wire.ChangeKind, change: Change) -> wire.UnitChange:
    names = recording.probe_set.class_names
    is_sign = kind == "sign"

    def text(value: int) -> str:
        if is_sign:
            return "+" if value > 0 else "\N{MINUS SIGN}"
        return names[value] if value < len(names) else str(value)

    return wire.UnitChange(
        unit=change.unit,
        kind=kind,
        record=change.record,
        step=str(int(recording.steps[change.record])),
        before=text(change.before),
        after=text(change.after),
    )


def _map_method(method: Method) -> wire.MapMethod:
    return wire.MapMethod(
        name=method.name,
        form=method.form,
        shape=list(method.shape),
        settings=method.settings,
        layer=method.layer,
        is_signed=method.is_signed,
        description=method.description,
        source=method.source,
        absence=method.absence,
        verdicts=[_verdict(verdict) for verdict in method.verdicts],
    )


def _verdict(verdict: Verdict) -> wire.Verdict:
    return wire.Verdict(
        step=str(verdict.step),
        mark=verdict.mark,
        figures=[
            wire.TrustFigure(
                name=each.name,
                value=float(each.value) if math.isfinite(each.value) else None,
                mark=each.mark,
                sentence=each.sentence,
            )
            for each in verdict.figures
        ],
    )
