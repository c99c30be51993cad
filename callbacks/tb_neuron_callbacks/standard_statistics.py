"""The statistics that there are of each unit: their names, grids and definitions."""

from tb_neuron.schema.neuron_pb2 import GRID_FRACTION, GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.summary import ColumnKind

#: The standard statistics by name, over examples and positions; NaN and inf are only counted.
STANDARD: dict[str, ColumnKind] = {
    kind.name: kind
    for kind in (
        ColumnKind("mean", GRID_SIGNED_LOG, "Mean of the unit's finite activations."),
        ColumnKind(
            "std", GRID_UNSIGNED_LOG, "Standard deviation of the unit's finite activations."
        ),
        ColumnKind("min", GRID_SIGNED_LOG, "Smallest finite activation."),
        ColumnKind("max", GRID_SIGNED_LOG, "Largest finite activation."),
        ColumnKind("mean_abs", GRID_UNSIGNED_LOG, "Mean magnitude of the finite activations."),
        ColumnKind("frequency", GRID_FRACTION, "Share of finite activations above 0."),
        ColumnKind("zeros", GRID_FRACTION, "Share of finite activations that are exactly 0."),
        ColumnKind("nonfinite", GRID_FRACTION, "Share of activations that are NaN or inf."),
        ColumnKind(
            "saturation",
            GRID_FRACTION,
            "Share of finite activations within 1 % of an end of the bounded nonlinearity's range.",
        ),
    )
}
#: Statistics that unit states are judged by: measured whatever else is chosen.
OF_STATES = ("std", "mean_abs", "frequency", "nonfinite", "saturation")
