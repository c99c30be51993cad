"""The groups of a layer's units over the records of its responses, from one record outward.

The anchor's responses are factorised from scratch; every other record starts with the weights of
its neighbour toward the anchor and is matched with them, so that a group keeps its place. A group
that is gone for a while is held in mind: its last weights stand in until it is back.

Attributions are signed: what speaks for the target and what against it are factorised side by side
(`analysis.groups.split_signs`), so that a group's weights are not, and its activity is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from tb_neuron.analysis.groups import factorise, match, split_signs
from tb_neuron.errors import InvalidArgumentError
from tb_neuron.response_series import matrix_of
from tb_neuron.responses import ResponseReader, StoredResponses

#: Groups unless asked for another number, and at most.
COUNT, MOST = 6, 16


@dataclass(frozen=True)
class GroupRecord:
    """The groups of a layer at one record.

    Attributes:
        units: the first axis of the weights.
        examples: the second axis of the activity.
        weights: of each unit in each group; a group's largest is 1.
        activity: of each group on each example, on the scale of the responses; of attributions
            what is for the target less what is against it.
        against: the part below 0 of that; empty for activations.
        strength: what a group makes of the layer's responses above 0, of attributions of their
            magnitudes, as a share of their sum.
        alike: cosine of a group's weights with those at the record before; NaN without one.
        error: what is left over, as a share of the responses' norm.
    """

    units: Int64[np.ndarray, " unit"]
    examples: Int64[np.ndarray, " example"]
    weights: Float64[np.ndarray, "unit group"]
    activity: Float64[np.ndarray, "group example"]
    against: Float64[np.ndarray, "group _example"]
    strength: Float64[np.ndarray, " group"]
    alike: Float64[np.ndarray, " group"]
    error: float


def check_count(count: int) -> None:
    """Refuse a number of groups that is not made.

    Raises:
        InvalidArgumentError: it is not.
    """
    if not 1 <= count <= MOST:
        raise InvalidArgumentError(f"the number of groups must be 1 to {MOST}, not {count}")


class GroupSeries:
    """Groups of one layer, kept record by record.

    Args:
        reader: of responses.
        stored: the layer's records of responses.
        units: of the layer.
        anchor: position of the record that is factorised from scratch.
        count: of groups.
    """

    def __init__(
        self,
        reader: ResponseReader,
        stored: Sequence[StoredResponses],
        units: int,
        anchor: int,
        count: int,
    ) -> None:
        self._reader, self._stored, self._units = reader, stored, units
        self._anchor, self._count = anchor, count
        self._is_signed = bool(stored[anchor].entry.method)

    def at(self, place: int) -> GroupRecord:
        """Return the groups at a record, by its position."""
        stored = self._stored[place]
        rows = self._rows(place)
        units, examples = len(stored.units), len(stored.examples)
        weights, rest = rows[:units], rows[units:]
        width = 2 * examples if self._is_signed else examples
        above, against = rest[:examples].T, rest[examples:width].T
        alike = np.full(rows.shape[1], np.nan)
        if place > 0:
            before = self._whole(place - 1, self._rows(place - 1))
            alike = _cosines(before, self._whole(place, rows))
        return GroupRecord(
            units=stored.units,
            examples=stored.examples,
            weights=weights,
            activity=above - against if self._is_signed else above,
            against=against,
            strength=rest[width],
            alike=alike,
            error=float(rest[width + 1, 0]),
        )

    def _rows(self, place: int) -> Float64[np.ndarray, "row group"]:
        """Return a record's rows, of which those on the way from the anchor are worked out."""
        name = self._name()
        held = np.zeros((self._units, 0))
        rows = np.zeros((0, 0))
        for each in _way(self._anchor, place):
            stored = self._stored[each]
            name = hashlib.blake2b(name + stored.record.digest, digest_size=16).digest()
            rows = self._reader.reader.kept(name, lambda s=stored, h=held: self._factorised(s, h))
            held = _held(held, self._whole(each, rows))
        return rows

    def _factorised(
        self, stored: StoredResponses, held: Float64[np.ndarray, "unit _group"]
    ) -> Float64[np.ndarray, "row group"]:
        responses = matrix_of(self._reader, stored)
        if self._is_signed:
            responses = split_signs(responses)
        start = held[stored.units]
        found = factorise(responses, self._count, start if start.any() else None)
        total = float(np.nansum(np.clip(responses, 0, None), dtype=np.float64))
        strength = found.units.sum(0) * found.examples.sum(1) / (total or 1.0)
        places = np.argsort(-strength, kind="stable")
        if start.any():
            places, _ = match(start, found.units)
        error = np.full(len(strength), found.error)
        rows = np.vstack([found.units, found.examples.T, strength, error])
        return np.where(places >= 0, rows[:, places], 0.0)

    def _whole(
        self, place: int, rows: Float64[np.ndarray, "row group"]
    ) -> Float64[np.ndarray, "unit group"]:
        """Return weights of all of the layer's units, 0 for those without responses."""
        units = self._stored[place].units
        whole = np.zeros((self._units, rows.shape[1]))
        whole[units] = rows[: len(units)]
        return whole

    def _name(self) -> bytes:
        entry = self._stored[self._anchor].entry
        text = f"{self._count} {entry.layer} {entry.method}".encode()
        return hashlib.blake2b(text, digest_size=16, person=b"groups").digest()


def _way(start: int, end: int) -> range:
    return range(start, end + 1) if end >= start else range(start, end - 1, -1)


def _held(
    before: Float64[np.ndarray, "unit _group"], now: Float64[np.ndarray, "unit group"]
) -> Float64[np.ndarray, "unit group"]:
    if before.shape != now.shape:
        return now
    return np.where(now.any(0), now, before)


def _cosines(
    before: Float64[np.ndarray, "unit group"], after: Float64[np.ndarray, "unit group"]
) -> Float64[np.ndarray, " group"]:
    if before.shape != after.shape:
        return np.full(after.shape[1], np.nan)
    size = np.linalg.norm(before, axis=0) * np.linalg.norm(after, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 0, (before * after).sum(0) / size, np.nan)
