"""What the model answered on the probe set at one record: logits, predictions, loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float16, Float32, Int32, Shaped, UInt8

from tb_neuron.stored_columns import ColumnReader
from tb_neuron.summary import NO_LABEL
from tb_neuron.timeline import Record


@dataclass(frozen=True)
class Outputs:
    """The answers of one record; what was not recorded is None.

    Attributes:
        step: of the record.
        logits: of the first classes, as many as were kept.
        prediction: the predicted class.
        probability: of the predicted class.
        loss: of each example.
        margin: of the label's logit over the highest other one.
        correct: whether the prediction is the label; `NO_LABEL` where the label is no class.
    """

    step: int
    logits: Float16[np.ndarray, "example class"] | None
    prediction: Int32[np.ndarray, " example"] | None
    probability: Float32[np.ndarray, " example"] | None
    loss: Float32[np.ndarray, " example"] | None
    margin: Float32[np.ndarray, " example"] | None
    correct: UInt8[np.ndarray, " example"] | None


def read_outputs(reader: ColumnReader, record: Record) -> Outputs:
    """Return the outputs of one record."""
    arrays = {name: _arrays(reader, [record], name)[0] for name in _NAMES}
    return Outputs(step=record.step, **arrays)  # pyright: ignore[reportArgumentType]


def mean_of(
    reader: ColumnReader, records: Sequence[Record], name: str
) -> Float32[np.ndarray, " record"]:
    """Return the mean of one of the arrays over the examples that have a label.

    NaN stands where it is unknown.
    """
    means = np.full(len(records), np.nan, np.float32)
    found = zip(_arrays(reader, records, name), _arrays(reader, records, "correct"), strict=True)
    for number, (array, correct) in enumerate(found):
        if array is None:
            continue
        is_alike = correct is not None and correct.shape == array.shape
        labelled = array[correct != NO_LABEL] if is_alike else array
        if labelled.size:
            means[number] = labelled.astype(np.float64).mean()
    return means


_NAMES = ("logits", "prediction", "probability", "loss", "margin", "correct")


def _arrays(
    reader: ColumnReader, records: Sequence[Record], name: str
) -> list[Shaped[np.ndarray, "..."] | None]:
    found: list[Shaped[np.ndarray, ...] | None] = [None] * len(records)
    known = [
        (n, record.entries[name, ""][0])
        for n, record in enumerate(records)
        if (name, "") in record.entries
    ]
    arrays = reader.arrays([(records[number], entry) for number, entry in known])
    for (number, _), array in zip(known, arrays, strict=True):
        found[number] = array
    return found
