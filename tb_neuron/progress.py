"""What is worked out record by record, and goes on where it stopped when records are appended."""

import threading
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int32, UInt32

from tb_neuron.aggregates import Aggregates, aggregates_of, has_values
from tb_neuron.analysis.state_counts import RecordCounts, counted_once, record_counts
from tb_neuron.analysis.states import Streaks, dead_since, extend_streaks, no_streaks
from tb_neuron.film_chunk import CHUNK_FRAMES
from tb_neuron.schema.neuron_pb2 import Layer
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.timeline import Record


class Progress:
    """Aggregates of every record, how long every unit has been silent, and counts of states.

    Args:
        layers: the measured layers, in order.
        statistics: names of the statistics, in order.
        reader: fetches the states.
    """

    def __init__(
        self, layers: Sequence[Layer], statistics: Sequence[str], reader: ColumnReader
    ) -> None:
        self._units = {layer.name: layer.units for layer in layers}
        self._can_be_dead = np.repeat(
            np.array([layer.can_be_dead for layer in layers], bool), list(self._units.values())
        )
        self._layer_numbers = {layer.name: number for number, layer in enumerate(layers)}
        self._statistic_numbers = {name: number for number, name in enumerate(statistics)}
        self._reader = reader
        self._aggregates: dict[bytes, Aggregates] = {}
        self._streaks = no_streaks(len(self._can_be_dead))
        self._starts = np.cumsum([0, *self._units.values()])
        self._counts: list[RecordCounts] = []
        self._counted: list[bytes] = []
        self._lock = threading.Lock()

    def fits(self, layers: Sequence[Layer], statistics: Sequence[str]) -> bool:
        """Whether the results hold for these layers and statistics too."""
        return list(self._units.items()) == [
            (layer.name, layer.units) for layer in layers
        ] and list(self._statistic_numbers) == list(statistics)

    def aggregates(self, records: Sequence[Record]) -> list[Aggregates]:
        """Return the aggregates of records; those known from an earlier call cost nothing."""
        with self._lock:
            known = self._aggregates
            self._aggregates = {
                record.digest: known.get(record.digest) or self._aggregate(record)
                for record in records
            }
            return [self._aggregates[record.digest] for record in records]

    def dead_since(
        self, records: Sequence[Record], dead_records: int
    ) -> Int32[np.ndarray, " unit"]:
        """Return the record since which each unit is dead, -1 if it is not."""
        with self._lock:
            self._count(records)
            return dead_since(self._streaks, self._can_be_dead, dead_records)

    def counts_once(
        self, records: Sequence[Record], dead_records: int
    ) -> UInt32[np.ndarray, "5 layer record"]:
        """Return the units of each state, silent, dead, dormant, saturated, nonfinite, each once.

        A unit counts under its weightiest state (`analysis.state_counts`).
        """
        with self._lock:
            self._count(records)
            since = dead_since(self._streaks, self._can_be_dead, dead_records)
            counts = [
                counted_once(counts, since, record, self._starts)
                for record, counts in enumerate(self._counts)
            ]
        return np.stack(counts, axis=-1)

    def _aggregate(self, record: Record) -> Aggregates:
        found = aggregates_of(record, self._layer_numbers, self._statistic_numbers)
        if not has_values(record):
            return found
        # Only a grid tells its largest value; columns of a higher precision have to be read.
        for layer_name, units in self._units.items():
            (at,) = self._reader.layer([record], layer_name, units)
            for name, column in at.items():
                number = self._statistic_numbers.get(name)
                if number is not None and not column.is_coded:
                    magnitudes = np.abs(column.values())
                    top = np.max(magnitudes, where=np.isfinite(magnitudes), initial=0.0)
                    found.tops[number] = max(found.tops[number], top)
        return found

    def _count(self, records: Sequence[Record]) -> None:
        """Bring the streaks up to the last of these records."""
        digests = [record.digest for record in records]
        if digests[: len(self._counted)] != self._counted:
            self._streaks, self._counted = no_streaks(len(self._can_be_dead)), []
            self._counts = []
        for start in range(len(self._counted), len(records), CHUNK_FRAMES):
            batch = records[start : start + CHUNK_FRAMES]
            self._streaks = self._extended(self._streaks, batch, start)
        self._counted = digests

    def _extended(self, streaks: Streaks, batch: Sequence[Record], start: int) -> Streaks:
        found = self._reader.states(batch, self._units)
        for number, (states, is_known) in enumerate(
            zip(found.states, found.is_known, strict=True), start
        ):
            units_known = (
                None if is_known.all() else np.repeat(is_known, list(self._units.values()))
            )
            streaks = extend_streaks(streaks, states, number, units_known)
            self._counts.append(record_counts(states, is_known, self._starts))
        return streaks
