"""What is known of each example at a record, by the names that filters use."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Shaped

from tb_neuron.errors import NotFoundError
from tb_neuron.filters import select
from tb_neuron.recording import Recording
from tb_neuron.summary import NO_LABEL

#: Figures of the model's outputs that are numbers.
_FIGURES = ("probability", "margin", "loss")


def facts_at(recording: Recording, step: int) -> Mapping[str, Shaped[np.ndarray, " example"]]:
    """Return what is known of each example, as `filters.select` takes it.

    `label` and `prediction` are numbers and can be compared with class names, too; what concerns
    the model's answer is that of the record at or before the step.

    Args:
        recording: whose examples.
        step: of training.
    """
    count = recording.probe_set.examples
    found: dict[str, Shaped[np.ndarray, " example"]] = {"example": np.arange(count)}
    names = list(recording.probe_set.class_names)
    if recording.probe_set.has_labels:
        labels = recording.labels().astype(np.float64)
        found |= _of_classes("label", np.where(labels >= 0, labels, np.nan), names)
    found |= _answers(recording, step, names)
    for column in recording.probe_set.metadata:
        if len(column.values) == count and column.name not in found:
            found[column.name] = np.array(list(column.values), object)
    return found


def subset(recording: Recording, step: int, expression: str) -> Bool[np.ndarray, " example"]:
    """Return the examples that a filter holds for.

    Raises:
        InvalidArgumentError: the expression is no filter, or names what is not known.
    """
    return select(expression, facts_at(recording, step))


def _answers(
    recording: Recording, step: int, names: list[str]
) -> dict[str, Shaped[np.ndarray, " example"]]:
    try:
        outputs = recording.outputs(step)
    except NotFoundError:
        return {}
    found: dict[str, Shaped[np.ndarray, " example"]] = {}
    if outputs.prediction is not None:
        found |= _of_classes("prediction", outputs.prediction.astype(np.float64), names)
    if outputs.correct is not None:
        correct = outputs.correct.astype(np.float64)
        found["correct"] = np.where(correct == NO_LABEL, np.nan, correct)
    for name in _FIGURES:
        values = getattr(outputs, name)
        if values is not None:
            found[name] = values.astype(np.float64)
    return found


def _of_classes(
    fact: str, classes: Shaped[np.ndarray, " example"], names: list[str]
) -> dict[str, Shaped[np.ndarray, " example"]]:
    named = np.array(
        [names[int(c)] if np.isfinite(c) and 0 <= c < len(names) else None for c in classes],
        object,
    )
    return {fact: classes, f"{fact}:name": named}
