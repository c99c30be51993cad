"""The finer choices of a recorder, each with its default, and the thresholds of unit states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tb_neuron.errors import InvalidArgumentError, shown
from tb_neuron.schema import neuron_pb2
from tb_neuron.summary import Precision
from tb_neuron_callbacks.arguments import as_count
from tb_neuron_callbacks.pins import check_detail
from tb_neuron_callbacks.responses import REDUCTIONS, PositionReduction
from tb_neuron_callbacks.standard_statistics import STANDARD

#: Kinds that may have a schedule of their own, within the recorder's, and how many records they
#: wait for each other where they have none.
SCHEDULED_KINDS = {
    "outputs": 1,
    "classes": 4,
    "attributions": 1,
    "flow": 8,
    "maps": 4,
    "trust": 16,
    "evidence": 8,
    "responses": 8,
    "examples": 8,
    "tracked": 8,
}
#: Measured unless another choice is made; left out where the model does not allow them.
DEFAULT_ATTRIBUTIONS = ("gradient_x_activation",)
#: Choices that are whole numbers from 0.
_COUNTS = (
    "flow",
    "evidence",
    "examples",
    "spread",
    "max_class_bytes",
    "max_evidence_bytes",
    "max_attribution_bytes",
    "max_response_bytes",
    "max_tracked_bytes",
    "max_position_bytes",
    "max_image_bytes",
    "max_logits",
    "thumbnail",
)


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
            (`tb_neuron_callbacks.attributions.UNIT_METHODS`, and Captum's layer methods by
            "captum:LayerDeepLift" or another name); () for none.
        target: what is explained: "label", "prediction" (the logit of either), "loss", the number
            of a class, or a function `(output, labels) -> [example]`. By default the label's logit
            where there are labels, else the predicted one.
        baselines: where the paths of integrating methods begin: "zero", "mean" (of the probe set),
            or tensors of an example's shape; several are averaged.
        path_steps: steps of a path.
        detail: units of which everything is recorded, as a list such as ["layer3.*:12,40"]: a layer
            or pattern of layers, and its units. They are pinned: flow always shows them, and
            evidence is also their mean over the probe set.
        flow: units of each layer whose links to other layers are recorded, chosen by mean
            |attribution|; all others are one more. 0 for no flow. It costs about so many backwards
            a record.
        flow_methods: by which flow is measured, of "gradient_x_activation" and "lrp"; each costs as
            much. One that the network does not allow is left out. On networks whose only
            nonlinearities are ReLUs and pooling both are the same; after GELUs, layer norms or
            attention LRP keeps the target's amount from layer to layer.
        maps: names of input methods whose maps of the tracked examples are recorded
            (`tb_neuron_callbacks.attributions.INPUT_METHODS`); () for none.
        map_layers: where Grad-CAM and guided Grad-CAM read, once for each layer: names of watched
            layers and patterns such as "*/relu"; by default the last watched layer with positions
            in two dimensions.
        evidence: classes to each of which the attribution of every unit, with its negative part, is
            recorded in the tracked examples: those labelled or predicted most often, then any. 0
            for none. It costs a backward a class, of pins one over the whole probe set.
        trust: whether attributions to units, and maps, are checked on the tracked examples:
            completeness, agreement under weight randomisation and input shift, between methods,
            baselines, seeds and records. A check runs a method about ten times on them.
        responses: of what each unit's answer to each example is recorded: "activation", and names
            of attribution methods among `attributions`; () for none. About half a byte a unit and
            example.
        reduction: over positions, of responses: their "mean", "max", or the "extreme", the value
            of largest magnitude.
        examples: how many of the examples that it responds to most are recorded of each unit, with
            place and crop; 0 for none.
        spread: how many examples at even ranks beside them, from the lowest response to the
            highest.
        tracked: whether all activations on the tracked examples are recorded; with `evidence` also
            what each position, and each unit at each position, contributes to each class.
        max_attribution_bytes: what attribution may take of memory at once. Examples, and nodes of a
            path, are run in pieces that stay under it, and a note of the first record says in
            which; a model that mixes the examples of a batch, or has a batch size of its own, runs
            whole batches.
        schedules: schedules by kind, of `SCHEDULED_KINDS`; each is due where the recorder's
            schedule is due too. By default classes and maps are in every fourth record, flow,
            evidence, responses, examples and tracked in every eighth, trust in every sixteenth, the
            others in each.
        max_overhead: largest share of wall time that recording may take, such as 0.02; records
            are skipped to keep to it. None for no limit.
        max_bytes: most bytes that a recorder may write; records become rarer as they are used up.
            None for no limit.
        max_class_bytes: most bytes of class means in a record; layers that don't fit are left out.
        max_evidence_bytes: most bytes of evidence in a record, pins aside; layers that don't fit
            are left out.
        max_response_bytes: most responses in a record, a byte each before compression: examples
            are drawn, then layers left out, to keep to it.
        max_tracked_bytes: most activations of tracked examples in a record, a byte each; layers
            that don't fit are left out.
        max_position_bytes: most contributions of positions in a record of evidence, a byte each
            before compression: units' are kept toward the predicted and the labelled class alone,
            then left out, then their layers, to keep to it.
        max_image_bytes: most bytes of pictures at the input's own resolution in a session.
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
    detail: Sequence[str] = ()
    flow: int = 0
    flow_methods: Sequence[str] = ("gradient_x_activation",)
    maps: Sequence[str] = ()
    map_layers: Sequence[str] = ()
    trust: bool = True
    evidence: int = 0
    responses: Sequence[str] = ()
    reduction: PositionReduction = "extreme"
    examples: int = 0
    spread: int = 6
    tracked: bool = False
    max_attribution_bytes: int = 1 << 28
    schedules: Mapping[str, Callable[[int], bool]] = field(default_factory=dict)
    max_overhead: float | None = None
    max_bytes: int | None = None
    max_class_bytes: int = 1 << 20
    max_evidence_bytes: int = 1 << 20
    max_response_bytes: int = 4 << 20
    max_tracked_bytes: int = 4 << 20
    max_position_bytes: int = 1 << 20
    max_image_bytes: int = 16 << 20
    max_logits: int = 100
    thumbnail: int = 64
    thresholds: Thresholds = field(default_factory=Thresholds)
    scalars: bool = True

    def __post_init__(self) -> None:
        _check_statistics(self.statistics)
        _check_unit_axis(self.unit_axis)
        _check_schedules(self.schedules)
        check_detail(self.detail)
        known = isinstance(self.thresholds, Thresholds)
        _require(known, "thresholds", "Thresholds(...)", self.thresholds)
        _require(
            self.precision in ("u8", "f16", "f32"), "precision", "u8, f16 or f32", self.precision
        )
        overhead = self.max_overhead
        is_share = isinstance(overhead, (int, float)) and 0 < overhead < 1
        _require(overhead is None or is_share, "max_overhead", "a share between 0 and 1", overhead)
        if self.max_bytes is not None:
            _count(self, "max_bytes", 1)
        _count(self, "path_steps", 1)
        several = isinstance(self.baselines, (list, tuple)) and len(self.baselines) > 0
        _require(several, "baselines", "a list of at least one", self.baselines)
        _require(len(self.flow_methods) > 0, "flow_methods", "at least one name", self.flow_methods)
        _require(self.reduction in REDUCTIONS, "reduction", f"one of {REDUCTIONS}", self.reduction)
        for name in ("attributions", "maps", "map_layers", "flow_methods", "responses"):
            names = getattr(self, name)
            _require(not isinstance(names, str), name, "a list of names", names)
        for name in _COUNTS:
            _count(self, name, 0)


def _count(recording: Recording, name: str, least: int) -> None:
    rule = f"Recording({name}=...) takes a whole number of at least {least}"
    number = as_count(
        getattr(recording, name), rule, "leave it out for its default", InvalidArgumentError, least
    )
    object.__setattr__(recording, name, number)


def _check_statistics(statistics: Any) -> None:
    if statistics is None:
        return
    is_list = isinstance(statistics, Sequence) and not isinstance(statistics, str)
    rule = 'a list such as ["mean", "std"]'
    _require(is_list, "statistics", rule, statistics)
    names = ", ".join(STANDARD)
    for choice in statistics:
        is_known = choice in STANDARD if isinstance(choice, str) else callable(choice)
        rule = f"names of {names}, and functions layer -> statistic"
        _require(is_known, "statistics", rule, choice)


def _check_unit_axis(unit_axis: Any) -> None:
    rule = 'a mapping such as {"encoder": 2}'
    _require(isinstance(unit_axis, Mapping), "unit_axis", rule, unit_axis)
    for name, axis in unit_axis.items():
        _require(isinstance(name, str), "unit_axis", "names of layers", name)
        rule = f"the axis of {shown(name)} as a whole number, batch axis included,"
        _require(isinstance(axis, int) and not isinstance(axis, bool), "unit_axis", rule, axis)


def _check_schedules(schedules: Any) -> None:
    rule = 'a mapping such as {"classes": every(1000)}'
    _require(isinstance(schedules, Mapping), "schedules", rule, schedules)
    for kind, schedule in schedules.items():
        rule = f"names of {(*SCHEDULED_KINDS,)}"
        _require(kind in SCHEDULED_KINDS, "schedules", rule, kind)
        rule = "functions step -> bool, such as every(100),"
        _require(callable(schedule), "schedules", rule, schedule)


def _require(holds: bool, name: str, rule: str, value: Any) -> None:
    if not holds:
        raise InvalidArgumentError(
            f"Recording({name}=...) takes {rule}, not {shown(value)}; leave it out for its default"
        )
