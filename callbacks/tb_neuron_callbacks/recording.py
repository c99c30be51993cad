"""The finer choices of a recorder, each with its default, and the thresholds of unit states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tb_neuron.errors import InvalidArgumentError
from tb_neuron.schema import neuron_pb2
from tb_neuron.summary import Precision

#: Kinds that may have a schedule of their own, within the recorder's, and how many records they
#: wait for each other where they have none.
SCHEDULED_KINDS = {"outputs": 1, "classes": 4, "attributions": 1, "flow": 8, "maps": 4, "trust": 16}
#: Measured unless another choice is made; left out where the model does not allow them.
DEFAULT_ATTRIBUTIONS = ("gradient_x_activation",)


@dataclass(frozen=True)
class Thresholds:
    """Where the states of a unit begin.

    Attributes:
        silent_std: share of its layer's std, the root of the mean variance of the layer's units, at
            or below which a unit outside the ReLU family is silent.
        dormant: share of its layer's mean |a| at or below which a unit is dormant (Sokar 2023).
        saturated_share: share of its activations near an end of a bounded nonlinearity at or
            above which a unit is saturated.
        saturated_margin: what is near: share of the nonlinearity's range.
        dead_records: silent records, up to and including the last, that make a unit dead.
    """

    silent_std: float = 1e-6
    dormant: float = 0.025
    saturated_share: float = 0.95
    saturated_margin: float = 0.01
    dead_records: int = 3

    def to_message(self) -> neuron_pb2.Thresholds:
        """Return the same as a message of the schema."""
        return neuron_pb2.Thresholds(
            silent_std=self.silent_std,
            dormant=self.dormant,
            saturated_share=self.saturated_share,
            saturated_margin=self.saturated_margin,
            dead_records=self.dead_records,
        )


@dataclass(frozen=True)
class Recording:
    """Everything about records that rarely needs a choice.

    Attributes:
        statistics: what to record of each unit: names of standard statistics, and functions
            `layer -> statistic` that make a fresh one of your own with `name`, `grid`,
            `description`, `update(activations, batch)`, `merge(other)` and `finish()`. All
            standard ones if none is named.
        unit_axis: axis of the units, batch axis included, by layer name or pattern, where it isn't
            what the layer's kind says.
        precision: how a statistic is stored: "u8" (3.7 % worst error), "f16" or "f32".
        attributions: names of attribution methods whose figures are recorded of every unit
            (`tb_neuron_callbacks.attributions.UNIT_METHODS`); () for none.
        target: what is explained: "label", "prediction" (the logit of either), "loss", the number
            of a class, or a function `(output, labels) -> [example]`. By default the label's logit
            where there are labels, else the predicted one.
        baselines: where the paths of integrating methods begin: "zero", "mean" (of the probe set),
            or tensors of an example's shape; several are averaged.
        path_steps: steps of a path.
        flow: units of each layer whose links to other layers are recorded, chosen by mean
            |attribution|; all others are one more. 0 for no flow. It costs about so many backwards
            a record.
        maps: names of input methods whose maps of the tracked examples are recorded
            (`tb_neuron_callbacks.attributions.INPUT_METHODS`); () for none.
        map_layer: where Grad-CAM reads; by default the last watched layer with positions in two
            dimensions.
        trust: whether maps are checked: completeness, agreement under weight randomisation and
            input shift, between methods, seeds and records. A check runs a method about ten times.
        max_attribution_bytes: what one internal batch of a path may take.
        schedules: schedules of "outputs", "classes", "attributions", "flow", "maps" and "trust";
            each is due where the recorder's schedule is due too. By default classes and maps are in
            every fourth record, flow in every eighth, trust in every sixteenth, the others in each.
        max_overhead: largest share of wall time that recording may take, such as 0.02; records
            are skipped to keep to it. None for no limit.
        max_bytes: most bytes that a recorder may write; records become rarer as they are used up.
            None for no limit.
        max_class_bytes: most bytes of class means in a record; layers that don't fit are left out.
        max_logits: classes whose logits are kept.
        thumbnail: longer side of the pictures of the probe set's images, in pixels; 0 for none.
        thresholds: where the states of a unit begin.
        scalars: also write the shares of silent, dead, dormant and saturated units as scalars.
    """

    statistics: Sequence[str | Callable[[Any], Any]] | None = None
    unit_axis: Mapping[str, int] = field(default_factory=dict)
    precision: Precision = "u8"
    attributions: Sequence[str] = DEFAULT_ATTRIBUTIONS
    target: str | int | Callable[[Any, Any], Any] | None = None
    baselines: Sequence[Any] = ("zero",)
    path_steps: int = 20
    flow: int = 0
    maps: Sequence[str] = ()
    map_layer: str | None = None
    trust: bool = True
    max_attribution_bytes: int = 1 << 28
    schedules: Mapping[str, Callable[[int], bool]] = field(default_factory=dict)
    max_overhead: float | None = None
    max_bytes: int | None = None
    max_class_bytes: int = 1 << 20
    max_logits: int = 100
    thumbnail: int = 64
    thresholds: Thresholds = field(default_factory=Thresholds)
    scalars: bool = True

    def __post_init__(self) -> None:
        for kind in self.schedules:
            _require(kind in SCHEDULED_KINDS, "schedules", f"names of {(*SCHEDULED_KINDS,)}", kind)
        _require(
            self.precision in ("u8", "f16", "f32"), "precision", "u8, f16 or f32", self.precision
        )
        overhead, limit = self.max_overhead, self.max_bytes
        _require(overhead is None or 0 < overhead < 1, "max_overhead", "between 0 and 1", overhead)
        _require(limit is None or limit > 0, "max_bytes", "above 0", limit)
        steps = self.path_steps
        _require(isinstance(steps, int) and steps > 0, "path_steps", "a number above 0", steps)
        _require(len(self.baselines) > 0, "baselines", "at least one", self.baselines)
        for name in ("attributions", "maps"):
            names = getattr(self, name)
            _require(not isinstance(names, str), name, "a list of names", names)
        for name in ("flow", "max_class_bytes", "max_attribution_bytes", "max_logits", "thumbnail"):
            _require(getattr(self, name) >= 0, name, "at least 0", getattr(self, name))


def _require(holds: bool, name: str, rule: str, value: Any) -> None:
    if not holds:
        raise InvalidArgumentError(
            f"Recording({name}=...) takes {rule}, not {value!r}; leave it out for its default"
        )
