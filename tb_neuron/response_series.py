"""Responses over all records: of one unit, or of a layer along its first principal component.

The component is that of one anchor record, and every record is projected on it, so that what moves
is the training and not the axis. It points where its largest weight is positive.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tb_neuron.analysis.projection import principal_direction
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, not_found
from tb_neuron.responses import ResponseChoice, ResponseReader, StoredResponses
from tb_neuron.stored_columns import StoredColumn
from tb_neuron.stored_messages import decoded_rows


@dataclass(frozen=True)
class ResponseSeries:
    """Responses to the same examples over all records.

    Attributes:
        name: tells it from any other, and what it was read from.
        steps: of the records.
        examples: of the probe set, rising.
        values: NaN where there is no response.
        explained: share of the layer's variance that they hold; NaN for those of a unit.
    """

    name: bytes
    steps: list[int]
    examples: Int64[np.ndarray, " example"]
    values: Float32[np.ndarray, "record example"]
    explained: Float64[np.ndarray, " record"]


def unit_series(reader: ResponseReader, choice: ResponseChoice, unit: int) -> ResponseSeries:
    """Return a unit's responses over all records; one row of each record is decoded.

    Raises:
        NotFoundError: the layer or the unit has no responses.
    """
    whole = reader.stored(choice.layer_name, choice.method)
    stored = [each for each in whole if unit in each.units]
    if not stored:
        known = sorted({int(u) for each in whole for u in each.units[:50]})
        of = f"responses of layer {choice.layer_name!r}, unit"
        raise not_found(of, str(unit), map(str, known))
    name = _name(stored, choice, unit)
    examples = _examples(stored)
    values = reader.reader.kept(name, lambda: _unit_values(reader, stored, unit, examples))
    none = np.full(len(stored), np.nan)
    return ResponseSeries(name, _steps(stored), examples, values, none)


def principal_series(
    reader: ResponseReader, choice: ResponseChoice, anchor: int | None = None
) -> ResponseSeries:
    """Return a layer's responses along its first principal component over all records.

    Args:
        reader: of responses.
        choice: of which responses.
        anchor: step of the record that gives the component; the last record unless given.

    Raises:
        NotFoundError: the layer has no responses.
    """
    stored = reader.stored(choice.layer_name, choice.method)
    # Units that are not in all records have no series.
    units = stored[0].units
    for each in stored[1:]:
        if not np.array_equal(units, each.units):
            units = np.intersect1d(units, each.units)
    known = [number for number, s in enumerate(_steps(stored)) if anchor is None or s <= anchor]
    at = known[-1] if known else 0
    name = _name(stored, choice, -1 - at)
    examples = _examples(stored)
    packed = reader.reader.kept(
        name, lambda: _principal_values(reader, stored, units, at, examples)
    )
    explained = packed[:, -1].astype(np.float64)
    return ResponseSeries(name, _steps(stored), examples, packed[:, :-1], explained)


def matrix_of(reader: ResponseReader, stored: StoredResponses) -> Float32[np.ndarray, "unit _n"]:
    """Return a record's responses of all units of a layer; NaN where they can't be read."""
    (codes,) = reader.reader.arrays([(stored.record, stored.entry)])
    if codes is None:
        return np.full((len(stored.units), len(stored.examples)), np.nan, np.float32)
    return decoded_rows(reader.reader, stored.record, stored.entry, codes)


def _steps(stored: Sequence[StoredResponses]) -> list[int]:
    return [each.record.step for each in stored]


def _name(stored: Sequence[StoredResponses], choice: ResponseChoice, number: int) -> bytes:
    digests = b"".join(each.record.digest for each in stored)
    text = f"{number} {choice.method} {choice.layer_name}".encode()
    return hashlib.blake2b(digests + text, digest_size=16, person=b"responses").digest()


def _examples(stored: Sequence[StoredResponses]) -> Int64[np.ndarray, " example"]:
    """Return the examples that any record has: a resumed recorder may draw others."""
    first = stored[0].examples
    if all(np.array_equal(each.examples, first) for each in stored):
        return first
    return np.unique(np.concatenate([each.examples for each in stored]))


def _unit_values(
    reader: ResponseReader,
    stored: Sequence[StoredResponses],
    unit: int,
    examples: Int64[np.ndarray, " example"],
) -> Float32[np.ndarray, "record example"]:
    found = np.full((len(stored), len(examples)), np.nan, np.float32)
    arrays = reader.reader.arrays([(each.record, each.entry) for each in stored])
    for values, each, codes in zip(found, stored, arrays, strict=True):
        if codes is None:
            continue
        (row,) = np.flatnonzero(each.units == unit)[:1]
        value = Value(each.record.header, lambda _: b"", each.record.where)
        try:
            column = StoredColumn(codes[row], *value.coded(each.entry, int(row)))
        except DamagedRecordError as error:
            reader.reader.report(each.record, error)
            continue
        values[np.searchsorted(examples, each.examples)] = column.values()
    return found


def _principal_values(
    reader: ResponseReader,
    stored: Sequence[StoredResponses],
    units: Int64[np.ndarray, " unit"],
    at: int,
    examples: Int64[np.ndarray, " example"],
) -> Float32[np.ndarray, "record _example_and_explained"]:
    def of(each: StoredResponses) -> Float32[np.ndarray, "unit _n"]:
        return matrix_of(reader, each)[np.searchsorted(each.units, units)]

    direction, centre = principal_direction(of(stored[at]).T)
    used = direction != 0
    origin = float(direction @ centre)
    direction = direction.astype(np.float32)
    found = np.full((len(stored), len(examples) + 1), np.nan, np.float32)
    for values, each in zip(found, stored, strict=True):
        responses = of(each)
        scores = direction[used] @ (responses if used.all() else responses[used]) - origin
        values[np.searchsorted(examples, each.examples)] = scores
        values[-1] = _explained(responses, scores)
    return found


def _explained(
    responses: Float32[np.ndarray, "unit example"], scores: Float32[np.ndarray, " example"]
) -> float:
    """Return the share of the variance of all units that scores hold."""
    is_known = np.isfinite(scores)
    known = responses if is_known.all() else responses[:, is_known]
    variances = known.var(1) if known.size else np.zeros(0)
    whole = float(variances[np.isfinite(variances)].sum())
    return float(scores[is_known].var()) / whole if whole > 0 else np.nan
