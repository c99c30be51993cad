"""Statistics over the examples of one class: which there are, and their columns.

They are stored as matrices [class, unit] of kind "classes": the mean activation, and the mean
attribution of each method.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tb_neuron.aggregates import StatisticKind, top_of_grid
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, Entry
from tb_neuron.statistic_names import attribution_name, class_statistic_name
from tb_neuron.stored_columns import ColumnReader, MatrixKind, StoredColumn
from tb_neuron.timeline import Record

CLASS_MEAN = "class_mean"
CLASS_ATTRIBUTION = "class_attribution"


@dataclass(frozen=True)
class ClassStatistic:
    """What is known class by class.

    Attributes:
        name: of the same statistic over all examples.
        what: of the entries that hold it.
        method: of attributions; empty for activations.
        target: what attributions explain.
        classes: how many classes there are.
        top: largest magnitude over all classes, layers and records, read off the grids.
        steps: at which it was recorded, rising.
    """

    name: str
    what: str
    method: str
    target: str
    classes: int
    top: float
    steps: tuple[int, ...]

    def of_class(self, number: int) -> StatisticKind:
        """Return the statistic over the examples of one class."""
        kind = "attribution" if self.method else "activation"
        return StatisticKind(
            class_statistic_name(self.name, number),
            GRID_SIGNED_LOG,
            f"Mean {kind} over the examples of class {number}.",
            self.method,
            self.target,
            "mean",
        )

    def is_in(self, record: Record, layer_name: str) -> bool:
        """Whether a record holds this statistic of a layer, of whichever target.

        What a record holds of another target ends what was known of this one.
        """
        return any(
            entry.method == self.method
            for sheet in record.sheets
            for entry in sheet.entries.get((self.what, layer_name), ())
        )

    def columns(
        self, reader: ColumnReader, records: Sequence[Record], layer_name: str, number: int
    ) -> list[StoredColumn | None]:
        """Return a layer's column for one class at each record, None where it is missing."""
        kind = MatrixKind(self.what, self.method, self.target)
        return reader.matrix_row(records, kind, layer_name, number)


def class_statistics_of(records: Sequence[Record]) -> dict[str, ClassStatistic]:
    """Return what is known class by class, by the name of the same over all examples."""
    found: dict[str, ClassStatistic] = {}
    for record in records:
        for entry, what in _class_entries(record):
            name = _name(entry.method, entry.target)
            rows = int(entry.shape[0]) if entry.shape else 0
            # A row on a grid with offset 0 is one without a number other than 0.
            offsets = [offset for offset in entry.offsets if offset]
            top = max((top_of_grid(GRID_SIGNED_LOG, each) for each in offsets), default=0.0)
            one = ClassStatistic(name, what, entry.method, entry.target, rows, top, (record.step,))
            found[name] = _joined(found[name], one) if name in found else one
    return found


def _class_entries(record: Record) -> Iterator[tuple[Entry, str]]:
    for sheet in record.sheets:
        for (what, _), entries in sheet.entries.items():
            if what in (CLASS_MEAN, CLASS_ATTRIBUTION):
                yield from ((entry, what) for entry in entries)


def _joined(before: ClassStatistic, after: ClassStatistic) -> ClassStatistic:
    """Return the same statistic as known of both; `after` is of the same record or a later one."""
    is_same_record = before.steps[-1] == after.steps[-1]
    return replace(
        before,
        classes=max(before.classes, after.classes),
        top=max(before.top, after.top),
        steps=before.steps if is_same_record else before.steps + after.steps,
    )


def _name(method: str, target: str) -> str:
    return attribution_name(method, target, "mean") if method else "mean"
