"""Which statistics a recording has, also of one class's examples, and their columns at records."""

from collections.abc import Callable, Mapping, Sequence

from tb_neuron.aggregates import StatisticKind
from tb_neuron.class_statistics import ClassStatistic
from tb_neuron.errors import not_found
from tb_neuron.schema.neuron_pb2 import GRID_EXACT, Layer
from tb_neuron.statistic_names import parse_class_statistic
from tb_neuron.stored_columns import ColumnReader, StoredColumn
from tb_neuron.summary import STATES
from tb_neuron.timeline import Record


class StatisticReader:
    """Finds statistics by name; what is recorded more rarely holds until its next record.

    Args:
        reader: fetches columns.
        records: all of the recording, in step order.
        statistics: those over all examples.
        class_statistics: those that are known class by class, by the name of the same over all.
    """

    def __init__(
        self,
        reader: ColumnReader,
        records: Sequence[Record],
        statistics: Sequence[StatisticKind],
        class_statistics: Mapping[str, ClassStatistic],
    ) -> None:
        self._reader, self._records = reader, records
        self._statistics, self._class_statistics = statistics, class_statistics

    def kind(self, name: str) -> StatisticKind:
        """Return a statistic, or the state bits as one.

        Raises:
            NotFoundError: there is no such statistic.
        """
        if name == STATES:
            return StatisticKind(STATES, GRID_EXACT, "bits of the unit states")
        for kind in self._statistics:
            if kind.name == name:
                return kind
        of_class = self._of_class(name)
        if of_class is not None and of_class[1] < of_class[0].classes:
            return of_class[0].of_class(of_class[1])
        raise not_found("statistic", name, [kind.name for kind in self._statistics])

    def columns(
        self, layer: Layer, records: Sequence[Record], statistic: str
    ) -> list[StoredColumn | None]:
        """Return a layer's column at each of some neighbouring records; None where it is missing.

        Raises:
            NotFoundError: there is no such statistic.
        """
        of_class = self._of_class(statistic)
        if of_class is not None:
            known, number = of_class
            held = self._held(records, lambda record: known.is_in(record, layer.name))
            return known.columns(self._reader, held, layer.name, number)
        if self.kind(statistic).method:
            records = self._held(records, _has_attributions)
        found = self._reader.layer(records, layer.name, layer.units, statistic)
        return [at.get(statistic) for at in found]

    def _of_class(self, name: str) -> tuple[ClassStatistic, int] | None:
        """Return what `mean@3` names, unless it is the whole name of a statistic."""
        parts = parse_class_statistic(name)
        if parts is None or any(kind.name == name for kind in self._statistics):
            return None
        found = self._class_statistics.get(parts.name)
        return None if found is None else (found, parts.number)

    def _held(self, records: Sequence[Record], has: Callable[[Record], bool]) -> list[Record]:
        """Return for each record the last one at or before it that has something."""
        first = self._records.index(records[0]) if records else 0
        last = next((record for record in reversed(self._records[:first]) if has(record)), None)
        held: list[Record] = []
        for record in records:
            last = record if has(record) else last
            held.append(last or record)
        return held


def _has_attributions(record: Record) -> bool:
    return any(sheet.kind == "attributions" for sheet in record.sheets)
