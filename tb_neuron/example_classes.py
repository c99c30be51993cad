"""Which class each example counts to where examples are seen by class, and the order of classes.

Examples count to their label; without labels to the class that the model predicts; without either
they are one group. Classes stand so that those that are taken for each other are neighbours.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Float64, Int64

from tb_neuron.analysis.patterns import class_means, confusion_order
from tb_neuron.errors import NotFoundError
from tb_neuron.recording import Recording

#: The class of an example without one.
NO_CLASS = -1

By = Literal["label", "prediction", "none"]


@dataclass(frozen=True)
class ExampleClasses:
    """The classes of a probe set's examples.

    Attributes:
        by: what an example counts by.
        labels: of all examples of the probe set, `NO_CLASS` where there is none.
        predictions: at the step that was asked for, likewise.
        order: classes that have examples, as they are to stand; `NO_CLASS` last if any has none.
    """

    by: By
    labels: Int64[np.ndarray, " example"]
    predictions: Int64[np.ndarray, " example"]
    order: Int64[np.ndarray, " class"]

    @property
    def of_examples(self) -> Int64[np.ndarray, " example"]:
        """The class that each example counts to."""
        if self.by == "none":
            return np.full_like(self.labels, NO_CLASS)
        return self.labels if self.by == "label" else self.predictions

    def places(self) -> Int64[np.ndarray, " example"]:
        """Return the place of each example's class in `order`."""
        sorter = np.argsort(self.order, kind="stable")
        found = np.searchsorted(self.order, self.of_examples, sorter=sorter)
        return sorter[np.clip(found, 0, max(0, len(self.order) - 1))]

    def means(
        self, values: Float[np.ndarray, "row example"], examples: Int64[np.ndarray, " example"]
    ) -> Float64[np.ndarray, "class row"]:
        """Return the mean of each row over each class's examples; NaN for a class without any.

        Args:
            values: of some examples.
            examples: which these are.
        """
        return class_means(values, self.places()[examples], len(self.order))


def example_classes(recording: Recording, step: int) -> ExampleClasses:
    """Return the classes of a recording's examples, in the order of the answers at a step."""
    labels, predictions = labels_of(recording), predictions_at(recording, step)
    by: By = "label" if (labels >= 0).any() else "none"
    if by == "none" and (predictions >= 0).any():
        by = "prediction"
    if by == "none":
        return ExampleClasses(by, labels, predictions, np.array([NO_CLASS]))
    digest = hashlib.blake2b(labels.tobytes(), digest_size=16, person=b"class order")
    digest.update(predictions.tobytes())
    order = recording.reader.kept(digest.digest(), lambda: _order(by, labels, predictions))
    return ExampleClasses(by, labels, predictions, order)


def labels_of(recording: Recording) -> Int64[np.ndarray, " example"]:
    """Return the label of each example of the probe set, `NO_CLASS` where there is none."""
    known = recording.labels() if recording.probe_set.has_labels else None
    return _fitting(known, recording.probe_set.examples)


def predictions_at(recording: Recording, step: int) -> Int64[np.ndarray, " example"]:
    """Return the class that the model predicts at a step, `NO_CLASS` where it is not known."""
    try:
        known = recording.outputs(step).prediction
    except NotFoundError:
        known = None
    return _fitting(known, recording.probe_set.examples)


def _fitting(found: np.ndarray | None, examples: int) -> Int64[np.ndarray, " example"]:
    if found is None or found.shape != (examples,):
        return np.full(examples, NO_CLASS, np.int64)
    return np.where(found >= 0, found, NO_CLASS).astype(np.int64)


def _order(
    by: By, labels: Int64[np.ndarray, " example"], predictions: Int64[np.ndarray, " example"]
) -> Int64[np.ndarray, " class"]:
    own = labels if by == "label" else predictions
    present = np.unique(own[own >= 0])
    missing = [NO_CLASS] if (own < 0).any() else []
    if by == "prediction":
        return np.array([*present, *missing])

    def numbered(classes: Int64[np.ndarray, " example"]) -> Int64[np.ndarray, " example"]:
        # Of a thousand classes a probe set holds few: those alone are put in order.
        places = np.minimum(np.searchsorted(present, classes), len(present) - 1)
        return np.where(present[places] == classes, places, NO_CLASS)

    order = confusion_order(numbered(labels), numbered(predictions), len(present))
    return np.array([*present[order], *missing])
