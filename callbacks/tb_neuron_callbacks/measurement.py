"""What one probe pass found: the figures of every layer, before they are encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int64, UInt8

from tb_neuron.summary import ColumnKind
from tb_neuron_callbacks.attributions import InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.flow import Flow
from tb_neuron_callbacks.attributions.flow_methods import FlowMethod
from tb_neuron_callbacks.attributions.trust import SharedInterest, Verdict
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.measured_responses import MeasuredResponses
from tb_neuron_callbacks.predictions import Predictions

#: Bits of a unit's state.
SILENT, DORMANT, SATURATED, NONFINITE = 1, 2, 4, 8


@dataclass(frozen=True)
class LayerMeasurement:
    """The figures of one layer.

    Attributes:
        layer: what was watched.
        columns: statistics by their kind, float32[unit].
        states: bits of each unit's state.
        positions: activations seen for each unit.
        class_means: mean activation over the examples of each class, float32[class, unit]; None
            where none was asked for.
    """

    layer: Layer
    columns: dict[ColumnKind, Float[np.ndarray, " unit"]]
    states: UInt8[np.ndarray, " unit"]
    positions: int
    class_means: Float[np.ndarray, "class unit"] | None = None


@dataclass(frozen=True)
class LayerAttributions:
    """What one method found of one layer.

    Attributes:
        layer: whose units.
        columns: figures over the probe set by their kind, float32[unit].
        class_means: mean over the examples of each class, float32[class, unit]; None without
            classes.
    """

    layer: Layer
    columns: dict[ColumnKind, Float[np.ndarray, " unit"]]
    class_means: Float[np.ndarray, "class unit"] | None


@dataclass(frozen=True)
class MethodAttributions:
    """What one method found.

    Attributes:
        method: its name.
        target: what was explained, as it is stored.
        layers: in execution order, without those that the target does not depend on.
        absences: by layer, why it isn't among them.
        notes: what else the method does not see, a sentence each.
    """

    method: str
    target: str
    layers: Sequence[LayerAttributions]
    absences: dict[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


class Group(NamedTuple):
    """Examples whose flow is told apart.

    Attributes:
        kind: "all", "class" or "example".
        number: of the class or the example.
    """

    kind: str
    number: int


@dataclass(frozen=True)
class MethodFlow:
    """The flow of one record by one method.

    Attributes:
        method: of flow.
        flow: sums over the examples of each group.
        units: of each layer in the flow, in execution order.
        absences: by layer, why it isn't among them.
    """

    method: FlowMethod
    flow: Flow
    units: Mapping[str, int]
    absences: Mapping[str, str]


@dataclass(frozen=True)
class MeasuredFlow:
    """The flow of one record.

    Attributes:
        groups: of examples, in the order of the flow's first axis.
        target: what was explained, as it is stored.
        methods: what each found, in the order in which they were chosen.
        pins: units that are always shown, by layer.
        notes: which groups and methods were left out, a sentence each.
        losses: by method, what it raised.
    """

    groups: Sequence[Group]
    target: str
    methods: Sequence[MethodFlow]
    pins: Mapping[str, Sequence[int]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    losses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MethodMaps:
    """What one method holds responsible in the inputs of tracked examples.

    Attributes:
        method: of inputs.
        values: float32[example, position ...], as stored; None where there is none.
        found: as it was measured, with the settings; None where there is none.
        absence: why there is none; empty if there is.
        verdict: whether to believe it; None where it was not checked.
        layer_name: where it was to read; empty where that was not chosen.
        overlap: of the maps with their examples' masks; None where there is none.
    """

    method: InputMethod
    values: Float[np.ndarray, "example ..."] | None
    found: InputAttributions | None
    absence: str = ""
    verdict: Verdict | None = None
    layer_name: str = ""
    overlap: SharedInterest | None = None

    @property
    def read_at(self) -> str:
        """The layer at which it read, or was to; empty where there is none."""
        return self.found.layer_name if self.found is not None else self.layer_name


@dataclass(frozen=True)
class MeasuredMaps:
    """The maps of one record.

    Attributes:
        target: what was explained, as it is stored.
        examples: the tracked examples, in the order of the maps.
        methods: in the order in which they were chosen.
    """

    target: str
    examples: Sequence[int]
    methods: Sequence[MethodMaps]


@dataclass(frozen=True)
class PositionEvidence:
    """What the positions of a layer contribute to classes, in tracked examples.

    Attributes:
        shape: of the positions.
        net: attributions summed over units; None for a single position, of which evidence says it.
        units: of each unit; None where they don't fit.
        own: the classes of `units` in each example; None if they are all that are explained.
    """

    shape: tuple[int, ...]
    net: Float[np.ndarray, "example class position"] | None
    units: Float[np.ndarray, "unit example own position"] | None = None
    own: Int64[np.ndarray, "example own"] | None = None


@dataclass(frozen=True)
class LayerEvidence:
    """What the units of a layer contribute to classes, in tracked examples.

    Attributes:
        layer_name: the layer.
        net: attributions to each class's logit, summed over positions.
        against: magnitude of the sum of the negative ones alone.
        positions: the same at each position; None where it is not kept.
    """

    layer_name: str
    net: Float[np.ndarray, "example class unit"]
    against: Float[np.ndarray, "example class unit"]
    positions: PositionEvidence | None = None


@dataclass(frozen=True)
class PinnedEvidence:
    """The same of pinned units, as means over the probe set.

    Attributes:
        layer_name: the layer.
        units: the pinned ones, rising.
        net: NaN where no example has a finite one.
        against: the same of the negative parts.
    """

    layer_name: str
    units: Sequence[int]
    net: Float[np.ndarray, "class pin"]
    against: Float[np.ndarray, "class pin"]


@dataclass(frozen=True)
class MeasuredEvidence:
    """The evidence of one record.

    Attributes:
        method: of attribution.
        classes: whose logits are explained.
        examples: the tracked examples.
        layers: in execution order, without those that don't fit or that no class depends on.
        pins: of layers with pinned units.
        notes: what was left out, a sentence each.
    """

    method: str
    classes: Sequence[int]
    examples: Sequence[int]
    layers: Sequence[LayerEvidence]
    pins: Sequence[PinnedEvidence] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class MethodTrust:
    """Whether to believe one method's attributions to units.

    Attributes:
        method: its name.
        verdicts: by layer, in execution order.
        absence: why it was not checked; empty if it was.
    """

    method: str
    verdicts: Mapping[str, Verdict]
    absence: str = ""


@dataclass(frozen=True)
class MeasuredTrust:
    """The verdicts on units of one record.

    Attributes:
        target: what was explained, as it is stored.
        examples: the tracked examples on which it was checked.
        methods: in the order in which they were chosen.
    """

    target: str
    examples: Sequence[int]
    methods: Sequence[MethodTrust]


@dataclass(frozen=True)
class PassCosts:
    """What a probe pass took.

    Attributes:
        forward_seconds: inside the model's forward, without the statistics.
        peak_output_bytes: size of the largest watched output of one batch.
        peak_extra_bytes: device memory above what was in use before; None where it isn't known.
        device_seconds: accelerator time; 0 on a CPU.
    """

    forward_seconds: float
    peak_output_bytes: int
    peak_extra_bytes: int | None
    device_seconds: float


@dataclass(frozen=True)
class Measurement:
    """The figures of one probe pass.

    Attributes:
        layers: in execution order.
        predictions: what the model says of each example, None if its output isn't [example, class].
        examples: seen.
        costs: of the pass.
        notes: stated losses, a sentence each.
        attributions: what each method found, where they were due.
        flow: between layers, where it was due.
        maps: of tracked examples, where they were due.
        evidence: for and against classes, where it was due.
        trust: whether to believe the attributions of units, where it was due.
        responses: to the examples, where something of it was due.
        losses: further ones that were not to be expected, by what they concern.
    """

    layers: Sequence[LayerMeasurement]
    predictions: Predictions | None
    examples: int
    costs: PassCosts
    notes: tuple[str, ...] = ()
    attributions: Sequence[MethodAttributions] = ()
    flow: MeasuredFlow | None = None
    maps: MeasuredMaps | None = None
    evidence: MeasuredEvidence | None = None
    trust: MeasuredTrust | None = None
    responses: MeasuredResponses | None = None
    losses: Mapping[str, str] = field(default_factory=dict)


class SilentStreaks:
    """For how many records up to the last each unit has been silent.

    Args:
        knows_earlier: whether all records before these were taken in, or there are none.
    """

    def __init__(self, knows_earlier: bool = True) -> None:
        self._knows_earlier = knows_earlier
        self._records = 0
        self._lengths: dict[str, Int64[np.ndarray, " unit"]] = {}

    def extend(self, states: Mapping[str, UInt8[np.ndarray, " unit"]]) -> None:
        """Take in the states of layers, by name, at one more record."""
        self._records += 1
        for layer_name, bits in states.items():
            is_silent = (bits & SILENT) != 0
            before = self._lengths.get(layer_name, np.zeros(len(is_silent), dtype=np.int64))
            self._lengths[layer_name] = np.where(is_silent, before + 1, 0)

    def extended(self, states: Mapping[str, UInt8[np.ndarray, " unit"]]) -> SilentStreaks:
        """Return the streaks with one more record, these left as they are."""
        longer = SilentStreaks(self._knows_earlier)
        longer._records, longer._lengths = self._records, dict(self._lengths)
        longer.extend(states)
        return longer

    def can_tell(self, records: int) -> bool:
        """Return whether enough is known to say that a unit is not dead."""
        return self._knows_earlier or self._records >= records

    def dead(self, layer: Layer, records: int) -> Bool[np.ndarray, " unit"]:
        """Return which units are dead as known now: silent at so many records up to the last."""
        lengths = self._lengths[layer.name]
        return lengths >= records if layer.can_be_dead else np.zeros(len(lengths), dtype=bool)
