"""Statistics over the examples of one class: which there are, and their columns.

They are stored as matrices [class, unit] of kind "classes": the mean activation, and the mean
attribution of each method.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tb_neuron.aggregates import StatisticKind, top_of_grid
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG
from tb_neuron.statistic_names import attribution_name, class_statistic_name
from tb_neuron.stored_columns import ColumnReader, StoredColumn
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
    """

    name: str
    what: str
    method: str
    target: str
    classes: int
    top: float

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
        """Whether a record holds this statistic of a layer."""
        return any(
            entry.method == self.method
            for sheet in record.sheets
            for entry in sheet.entries.get((self.what, layer_name), ())
        )

    def columns(
        self, reader: ColumnReader, records: Sequence[Record], layer_name: str, number: int
    ) -> list[StoredColumn | None]:
        """Return a layer's column for one class at each record, None where it is missing."""
        return reader.matrix_row(records, self.what, layer_name, number, self.method)


def class_statistics_of(records: Sequence[Record]) -> dict[str, ClassStatistic]:
    """Return what is known class by class, by the name of the same over all examples."""
    found: dict[str, ClassStatistic] = {}
    for sheet in (sheet for record in records for sheet in record.sheets):
        for (what, _), entries in sheet.entries.items():
            if what not in (CLASS_MEAN, CLASS_ATTRIBUTION):
                continue
            for entry in entries:
                name = _name(entry.method, entry.target)
                before = found.get(name)
                rows = int(entry.shape[0]) if entry.shape else 0
                top = max((top_of_grid(GRID_SIGNED_LOG, each) for each in entry.offsets), default=0)
                found[name] = ClassStatistic(
                    name,
                    what,
                    entry.method,
                    entry.target,
                    max(rows, before.classes if before else 0),
                    max(top, before.top if before else 0.0),
                )
    return found


def _name(method: str, target: str) -> str:
    return attribution_name(method, target, "mean") if method else "mean"
