"""One model on one probe set in one run: its layers, its records, and their columns by name.

A `Recording` is what was written up to one refresh, and does not change; the next refresh makes
another that takes over what this one has already worked out.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64, UInt8, UInt32

from tb_neuron.aggregates import MAX_CELLS, StatisticKind, statistics_of
from tb_neuron.analysis.states import silent_since
from tb_neuron.class_statistics import class_statistics_of
from tb_neuron.contents import Contents, Identity
from tb_neuron.errors import DamagedRecordError, not_found
from tb_neuron.evidence import EvidenceReader
from tb_neuron.examples import Examples
from tb_neuron.film import Film
from tb_neuron.film_chunk import CHUNK_FRAMES
from tb_neuron.flows import FlowReader
from tb_neuron.icons import IconReader
from tb_neuron.maps import MapReader
from tb_neuron.outputs import Outputs, mean_of, read_outputs
from tb_neuron.position_evidence import PositionEvidenceReader
from tb_neuron.progress import Progress
from tb_neuron.responses import ResponseReader
from tb_neuron.schema.neuron_pb2 import Header, Layer, Thresholds
from tb_neuron.source import Problem
from tb_neuron.statistic_reader import StatisticReader
from tb_neuron.stored_columns import ColumnReader, StoredColumn
from tb_neuron.timeline import Record
from tb_neuron.top_examples import TopExampleReader
from tb_neuron.tracked_activations import TrackedReader
from tb_neuron.unit_series import UnitSeries, unit_series
from tb_neuron.unit_trust import UnitTrustReader

#: Silent records that make a unit dead, where a header does not say.
DEAD_RECORDS = 3


class Recording:
    """One model on one probe set in one run, up to one refresh.

    Args:
        identity: run, model and probe set.
        contents: what it is made of.
        reader: fetches its columns.
        previous: the recording before the last refresh, of which results are taken over.

    Raises:
        DamagedRecordError: the headers announce more statistics than can be read.
    """

    def __init__(
        self,
        identity: Identity,
        contents: Contents,
        reader: ColumnReader,
        previous: "Recording | None" = None,
    ) -> None:
        self.run, self.model, self.probe = identity.run, identity.model, identity.probe
        self.layers, self.all_layers = contents.layers, contents.all_layers
        self.absences = contents.absences
        self.probe_set = contents.probe_set
        self.records = contents.records
        self.classes = contents.classes
        self.reader = reader
        self.flows = FlowReader(reader.source, reader, contents.flow)
        self.maps = MapReader(reader, contents.maps)
        widths = {layer.name: layer.units for layer in self.layers}
        self.evidence = EvidenceReader(reader, contents.evidence, widths)
        self.position_evidence = PositionEvidenceReader(reader, self.evidence, widths)
        self.trust = UnitTrustReader(reader, contents.trust)
        examples = contents.probe_set.examples
        self.responses = ResponseReader(reader, contents.responses, self.layers, examples)
        self.top_examples = TopExampleReader(reader, contents.examples, self.layers, examples)
        self.tracked = TrackedReader(reader, contents.tracked, self.layers)
        self.icons = IconReader(reader, contents.icons)
        self.statistics: list[StatisticKind] = statistics_of(contents.records)
        self.class_statistics = of_class = class_statistics_of(contents.records)
        self._check_size()
        self._columns = StatisticReader(reader, contents.records, self.statistics, of_class)
        self.film = Film(reader, self._columns, self.layers, contents.records)
        self._contents = contents
        self.stored_examples = Examples(contents.probe_set, contents.probe_record, reader)
        self._outputs = {record.step: record for record in contents.outputs}
        self._layer_numbers = {layer.name: number for number, layer in enumerate(self.layers)}
        self._starts = np.cumsum([0, *(layer.units for layer in self.layers)])
        self._progress = self._take_over(previous)

    # -- what it is -----------------------------------------------------------------------------

    @property
    def layout_id(self) -> str:
        """Identity of the measured layers."""
        return self.records[-1].header.layout_id

    @property
    def probe_hash(self) -> str:
        """Identity of the examples."""
        return self.records[-1].header.probe_hash

    @property
    def thresholds(self) -> Thresholds:
        """What the unit states mean, as the last record says that says it."""
        headers = (record.header for record in reversed(self.records))
        return next((h.thresholds for h in headers if h.HasField("thresholds")), Thresholds())

    @property
    def problems(self) -> list[Problem]:
        """What could not be read, as far as it was asked for."""
        return [*self._contents.problems, *self.reader.problems()]

    @property
    def units(self) -> int:
        """Units of all measured layers."""
        return int(self._starts[-1])

    def layer(self, layer_name: str) -> Layer:
        """Return a measured layer.

        Raises:
            NotFoundError: there is no such layer.
        """
        return self.layers[self._layer_number(layer_name)]

    # -- its records ----------------------------------------------------------------------------

    @property
    def steps(self) -> Int64[np.ndarray, " record"]:
        """Steps of the records, strictly rising."""
        return np.array([record.step for record in self.records], np.int64)

    @property
    def wall_times(self) -> Float64[np.ndarray, " record"]:
        """When the records were written, in seconds since the epoch."""
        return np.array([record.stored.wall_time for record in self.records], np.float64)

    @property
    def headers(self) -> list[Header]:
        """Headers of the records."""
        return [record.header for record in self.records]

    @property
    def notes(self) -> list[str]:
        """What was left out or changed on the way, a sentence each."""
        contents, probe_record = self._contents, self._contents.probe_record
        sheets = [sheet for record in self.records for sheet in record.sheets]
        records = [*sheets, *([probe_record] if probe_record else []), *contents.apart]
        return list(dict.fromkeys(note for record in records for note in record.header.notes))

    def record_at(self, step: int) -> int:
        """Return the position of the last record at or before a step; 0 if all are later."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)

    def counts(self) -> UInt32[np.ndarray, "state layer record"]:
        """Return how many units are silent, dead, dormant, saturated, nonfinite, in this order.

        The dead are counted in hindsight, as `dead_since` judges them.
        """
        counts = np.zeros((5, len(self.layers), len(self.records)), np.uint32)
        for number, aggregates in enumerate(self._progress.aggregates(self.records)):
            counts[[0, 2, 3, 4], :, number] = aggregates.counts
        since = self.dead_since()
        for layer in range(len(self.layers)):
            dead = since[self._slice(layer)]
            begun = np.bincount(dead[dead >= 0], minlength=len(self.records))
            counts[1, layer] = np.cumsum(begun)
        return counts

    def counts_once(self) -> UInt32[np.ndarray, "state layer record"]:
        """Return the same with each unit counted once, under its weightiest state.

        States weigh, from the heaviest: nonfinite, saturated, dead, silent, dormant.
        """
        return self._progress.counts_once(
            self.records, self.thresholds.dead_records or DEAD_RECORDS
        )

    def means(self) -> Float32[np.ndarray, "statistic layer record"]:
        """Return the mean of each statistic over a layer's units; NaN where it is missing."""
        shape = (len(self.statistics), len(self.layers), len(self.records))
        means = np.full(shape, np.nan, np.float32)
        for number, aggregates in enumerate(self._progress.aggregates(self.records)):
            means[:, :, number] = aggregates.means
        return means

    def tops(self) -> dict[str, float]:
        """Return the largest magnitude of each statistic over all layers and records.

        It is read off the grids, so within their ratio; a fraction's is 1 if any unit has one.
        """
        found = self._progress.aggregates(self.records)
        tops = np.max([aggregates.tops for aggregates in found], axis=0)
        return {kind.name: float(top) for kind, top in zip(self.statistics, tops, strict=True)}

    def loss(self) -> Float32[np.ndarray, " record"]:
        """Return the mean loss over the examples, NaN where it is unknown."""
        return self._output_means("loss")

    def accuracy(self) -> Float32[np.ndarray, " record"]:
        """Return the share of correct predictions, NaN where it is unknown."""
        return self._output_means("correct")

    def outputs(self, step: int) -> Outputs:
        """Return the model's answers at the last record at or before a step.

        Raises:
            NotFoundError: no outputs were recorded up to there.
        """
        earlier = [known for known in self._outputs if known <= step]
        if not earlier:
            raise not_found("outputs at or before step", str(step), map(str, self._outputs))
        return read_outputs(self.reader, self._outputs[max(earlier)])

    # -- its units ------------------------------------------------------------------------------

    def dead_since(self) -> Int32[np.ndarray, " unit"]:
        """Return the record since which each unit is dead, -1 if it is not; all layers in order."""
        dead_records = self.thresholds.dead_records or DEAD_RECORDS
        return self._progress.dead_since(self.records, dead_records)

    def layer_dead_since(self, layer_name: str) -> Int32[np.ndarray, " unit"]:
        """Return `dead_since` of one layer's units."""
        return self.dead_since()[self._slice(self._layer_number(layer_name))]

    def silent_since(self, layer_name: str, record: int) -> Int32[np.ndarray, " unit"]:
        """Return the record since which each unit is silent up to a record, -1 if it is not."""
        states, is_known = self.layer_states(layer_name)
        return silent_since(states[: record + 1], is_known[: record + 1])

    def layer_states(
        self, layer_name: str
    ) -> tuple[UInt8[np.ndarray, "record unit"], Bool[np.ndarray, " record"]]:
        """Return a layer's state bits, and at which records they are known (elsewhere 0)."""
        units = self.layer(layer_name).units
        found = self.reader.states(self.records, {layer_name: units})
        return found.states, found.is_known[:, 0]

    def columns(self, layer_name: str, records: Sequence[Record]) -> list[dict[str, StoredColumn]]:
        """Return a layer's columns by statistic at some records; empty where they are missing."""
        return self.reader.layer(records, layer_name, self.layer(layer_name).units)

    def activations(
        self, layer_name: str, statistic: str = "mean"
    ) -> Float32[np.ndarray, "record unit"]:
        """Return a statistic of a layer's units over all records; NaN where it is missing.

        Raises:
            NotFoundError: there is no such layer or statistic.
        """
        self.statistic(statistic)
        layer = self.layer(layer_name)
        values = np.full((len(self.records), layer.units), np.nan, np.float32)
        for start in range(0, len(self.records), CHUNK_FRAMES):
            batch = self.records[start : start + CHUNK_FRAMES]
            for row, column in enumerate(self._columns.columns(layer, batch, statistic), start):
                if column is not None and len(column.stored) == layer.units:
                    values[row] = column.values()
        return values

    def layer_values(
        self, layer_name: str, record: int
    ) -> tuple[list[str], Float32[np.ndarray, "statistic unit"], UInt8[np.ndarray, " unit"]]:
        """Return statistics' names, their values and the state bits of a layer at one record."""
        (found,) = self.columns(layer_name, [self._record(record)])
        units = self.layer(layer_name).units
        values = np.full((len(self.statistics), units), np.nan, np.float32)
        for row, kind in enumerate(self.statistics):
            if kind.name in found:
                values[row] = found[kind.name].values()
        states = self.reader.states([self._record(record)], {layer_name: units}).states[0]
        return [kind.name for kind in self.statistics], values, states

    def unit_series(self, layer_name: str, unit: int) -> UnitSeries:
        """Return one unit over all records.

        Raises:
            NotFoundError: there is no such layer or unit.
        """
        return unit_series(self, layer_name, unit)

    def statistic(self, name: str) -> StatisticKind:
        """Return a statistic, or the state bits as one.

        Raises:
            NotFoundError: there is no such statistic.
        """
        return self._columns.kind(name)

    # -- its examples ---------------------------------------------------------------------------

    def labels(self) -> Int32[np.ndarray, " example"]:
        """Return the class of each example.

        Raises:
            NotFoundError: the probe set has no labels.
        """
        return self.stored_examples.labels()

    @property
    def thumbnails(self) -> int:
        """How many examples have a thumbnail."""
        return self.stored_examples.with_thumbnail

    def thumbnail(self, example: int) -> bytes:
        """Return the PNG of an example.

        Raises:
            NotFoundError: the example has none.
            DamagedRecordError: what is stored is not a PNG.
        """
        return self.stored_examples.thumbnail(example)

    def mask(self, example: int) -> UInt8[np.ndarray, "..."] | None:
        """Return the ground truth of an example, [y, x] or [position]; None if it has none.

        Raises:
            NotFoundError: there is no such example.
            DamagedRecordError: what is stored is not a mask.
        """
        return self.stored_examples.mask(example)

    @property
    def examples_with_tokens(self) -> int:
        """How many examples have tokens: the first ones."""
        return self.stored_examples.with_tokens

    def tokens(self, example: int) -> list[str]:
        """Return the text of each position of an example; an id without a text as its digits.

        Raises:
            NotFoundError: the example has no tokens.
            DamagedRecordError: what is stored is not ids of tokens.
        """
        return self.stored_examples.tokens(example)

    # -- how ------------------------------------------------------------------------------------

    def _layer_number(self, layer_name: str) -> int:
        number = self._layer_numbers.get(layer_name)
        if number is None:
            raise not_found("layer", layer_name, self._layer_numbers)
        return number

    def _record(self, number: int) -> Record:
        if not 0 <= number < len(self.records):
            raise not_found("record", str(number), [f"0 to {len(self.records) - 1}"])
        return self.records[number]

    def _output_means(self, name: str) -> Float32[np.ndarray, " record"]:
        known = [n for n, record in enumerate(self.records) if record.step in self._outputs]
        means = np.full(len(self.records), np.nan, np.float32)
        outputs = [self._outputs[self.records[number].step] for number in known]
        means[known] = mean_of(self.reader, outputs, name)
        return means

    def _take_over(self, previous: "Recording | None") -> Progress:
        names = [kind.name for kind in self.statistics]
        if previous is not None and previous._progress.fits(self.layers, names):
            return previous._progress
        return Progress(self.layers, names, self.reader)

    def _check_size(self) -> None:
        cells = len(self.statistics) * len(self.layers) * len(self.records)
        if cells > MAX_CELLS:
            raise DamagedRecordError(
                f"{len(self.statistics)} statistics of {len(self.layers)} layers at "
                f"{len(self.records)} records are more than {MAX_CELLS} figures"
            )

    def _slice(self, layer: int) -> slice:
        return slice(int(self._starts[layer]), int(self._starts[layer + 1]))
