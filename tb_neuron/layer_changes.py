"""The units of a layer whose attribution changed sign or main class, as they were recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int64

from tb_neuron.analysis.changes import Change, main_class_changes, sign_flips
from tb_neuron.class_statistics import ClassStatistic
from tb_neuron.errors import not_found
from tb_neuron.statistic_names import attribution_name
from tb_neuron.timeline import Record

if TYPE_CHECKING:
    from tb_neuron.recording import Recording

#: Records of classes that are decoded at once.
_BATCH = 16


@dataclass(frozen=True)
class LayerChanges:
    """What changed in a layer.

    Attributes:
        method: of attribution; empty if there is none.
        target: what is explained.
        signs: units whose mean attribution changed sign.
        classes: units whose main class changed; None if it is not known class by class.
    """

    method: str
    target: str
    signs: list[Change]
    classes: list[Change] | None


def layer_changes(
    recording: "Recording", layer_name: str, method: str | None = None, target: str | None = None
) -> LayerChanges:
    """Return what changed in a layer; changes of both kinds are dated by `Recording.records`.

    Args:
        recording: what is read.
        layer_name: the layer.
        method: of attribution; the first by default.
        target: what is explained; the first by default.

    Raises:
        NotFoundError: there is no such layer, or no such attribution.
    """
    recording.layer(layer_name)
    kinds = [kind for kind in recording.statistics if kind.method and kind.figure == "mean"]
    fitting = [k for k in kinds if method in (None, k.method) and target in (None, k.target)]
    if not fitting:
        if method is None and target is None:
            return LayerChanges("", "", [], None)
        known = [f"{kind.method} toward {kind.target}" for kind in kinds]
        raise not_found("attribution", f"{method} toward {target}", known)
    kind = fitting[0]
    scales = _scales(recording, layer_name, kind.method, kind.target)
    return LayerChanges(
        kind.method,
        kind.target,
        sign_flips(recording.activations(layer_name, kind.name), scales),
        _class_changes(recording, layer_name, kind.name, scales),
    )


def _scales(
    recording: "Recording", layer_name: str, method: str, target: str
) -> Float32[np.ndarray, " record"]:
    """Return the layer's mean |attribution| at each record, NaN where there is none."""
    name = attribution_name(method, target, "mean_abs")
    if all(kind.name != name for kind in recording.statistics):
        return np.full(len(recording.records), np.nan, np.float32)
    magnitudes = recording.activations(layer_name, name)
    is_known = np.isfinite(magnitudes)
    sums = np.where(is_known, magnitudes, 0).sum(axis=1, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return (sums / is_known.sum(axis=1)).astype(np.float32)


def _class_changes(
    recording: "Recording", layer_name: str, name: str, scales: Float32[np.ndarray, " record"]
) -> list[Change] | None:
    statistic = recording.class_statistics.get(name)
    if statistic is None:
        return None
    records = [record for record in recording.classes if statistic.is_in(record, layer_name)]
    places = _places(recording, records)
    matrices = _matrices(recording, statistic, layer_name, records)
    found = main_class_changes(matrices, scales[places].tolist())
    return [change._replace(record=int(places[change.record])) for change in found]


def _places(recording: "Recording", records: list[Record]) -> Int64[np.ndarray, " class_record"]:
    """Return where in the record list records of classes stand."""
    return np.array([recording.record_at(record.step) for record in records], np.int64)


def _matrices(
    recording: "Recording", statistic: ClassStatistic, layer_name: str, records: list[Record]
) -> Iterator[Float32[np.ndarray, "class unit"]]:
    units = recording.layer(layer_name).units
    for start in range(0, len(records), _BATCH):
        batch = records[start : start + _BATCH]
        rows = [
            statistic.columns(recording.reader, batch, layer_name, number)
            for number in range(statistic.classes)
        ]
        for number in range(len(batch)):
            matrix = np.full((statistic.classes, units), np.nan, np.float32)
            for row, columns in enumerate(rows):
                column = columns[number]
                if column is not None and len(column.stored) == units:
                    matrix[row] = column.values()
            yield matrix
