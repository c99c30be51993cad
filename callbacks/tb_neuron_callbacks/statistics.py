"""What is measured of each unit: the standard statistics, unit states and class means."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from tb_neuron import columns
from tb_neuron.summary import ColumnKind
from tb_neuron_callbacks.errors import StatisticError
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.own_statistics import Statistic, check_own, grid_number
from tb_neuron_callbacks.recording import Thresholds
from tb_neuron_callbacks.reduction import Ends, Reducer, Sums
from tb_neuron_callbacks.standard_statistics import OF_STATES, STANDARD
from tb_neuron_callbacks.units import as_examples, as_rows

SILENT, DORMANT, SATURATED, NONFINITE = 1, 2, 4, 8

#: A record holds no larger magnitude, and float64 activations may be beyond it.
LARGEST = torch.finfo(torch.float32).max
#: The least std of a unit whose activations differ.
SMALLEST = torch.finfo(torch.float32).tiny

#: What ranks exchange of a layer besides the sums; see `LayerStatistics.others`.
Others = tuple[bool, list[Statistic], dict[str, str]]


class LayerStatistics:
    """All statistics of one layer, from its outputs in any split.

    Args:
        layer: whose outputs will come.
        names: standard statistics to return; None for all. Those that unit states are judged by
            (`OF_STATES`) are always among them.
        extra: user-defined statistics, fresh ones for this layer.
        margin: share of a bounded nonlinearity's range that counts as near an end.

    Raises:
        StatisticError: a name is not a standard statistic, two statistics have one name, or one of
            the user's lacks a part.

    Attributes:
        layer: as given.
        lost: why a user-defined statistic is left out, by its name.
    """

    def __init__(
        self,
        layer: Layer,
        names: Sequence[str] | None = None,
        extra: Sequence[Statistic] = (),
        margin: float = 0.01,
    ) -> None:
        self.layer = layer
        check_own(extra)
        self.lost: dict[str, str] = {}
        self._extra = {statistic.name: statistic for statistic in extra}
        self._names = _chosen(names, layer)
        self._sums: Sums | None = None
        self._is_double = False
        self._reducer = Reducer(_ends(layer, margin), layer.nonlinearity.family == "relu")

    @property
    def kinds(self) -> dict[str, ColumnKind]:
        """How each statistic that `finish` returns is called and stored."""
        own = {
            name: ColumnKind(name, grid_number(statistic), statistic.description)
            for name, statistic in self._extra.items()
            if name not in self.lost
        }
        return {name: STANDARD[name] for name in self._names} | own

    def update(self, activations: Float[Tensor, "..."], batch: Any = None) -> None:
        """Take in one output.

        Args:
            activations: of any shape that has the layer's unit axis.
            batch: handed to the user-defined statistics.

        Raises:
            StatisticError: the output does not have the layer's units.
        """
        if activations.numel() == 0:
            return
        _check_units(activations, self.layer)
        self._is_double |= activations.dtype == torch.float64
        rows = as_rows(activations.detach(), self.layer.unit_axis)
        self._take(self._reducer.reduce(rows))
        if self._extra:
            axis = self.layer.example_axis or 0
            seen = as_examples(activations.detach(), self.layer.unit_axis, axis)
            for name in self._extra:
                self._try(name, lambda statistic: statistic.update(seen, batch))

    def merge(self, other: "LayerStatistics") -> None:
        """Take in what was measured elsewhere of the same layer.

        Raises:
            StatisticError: the other one is of another layer or other statistics.
        """
        mine = (self.layer.name, {*self._names, *self._extra})
        theirs = (other.layer.name, {*other._names, *other._extra})
        if mine != theirs:
            raise StatisticError(
                f"statistics merge with those of the same layer and names, not {mine[0]} "
                f"{sorted(mine[1])} with {theirs[0]} {sorted(theirs[1])}; make both alike"
            )
        if other._sums is not None:
            self._take(other._sums)
            self._is_double |= other._is_double
        self.lost |= other.lost
        for name, theirs_too in other._extra.items():
            self._try(name, lambda statistic, given=theirs_too: statistic.merge(given))

    def finish(self) -> dict[str, Float[Tensor, " unit"]]:
        """Return each statistic of all that was seen, float32[unit], by name.

        NaN stands where no finite activation was seen, and `LARGEST` for what is beyond it.

        Raises:
            StatisticError: nothing was seen.
        """
        if self._sums is None:
            raise StatisticError(
                f"layer {self.layer.name!r} must have run before its statistics are taken; "
                "it gave no output in this pass"
            )
        found = _figures(self._sums)
        own = {name: self._try(name, self._finish_own) for name in self._extra}
        return {name: _within_float32(found[name]) for name in self._names} | {
            name: values for name, values in own.items() if values is not None
        }

    @property
    def sums(self) -> Sums:
        """What was seen so far, without the user-defined statistics."""
        return Sums.nothing(self.layer.units) if self._sums is None else self._sums

    @property
    def others(self) -> Others:
        """Whether float64 was seen, the user-defined statistics, and which of them failed."""
        return self._is_double, list(self._extra.values()), self.lost

    def replace(self, sums: Sums, others: Sequence[Others]) -> None:
        """Take what all ranks have seen in place of what this one has.

        Args:
            sums: of all ranks.
            others: each rank's, as `others` gives it, this one's among them.
        """
        self._sums = sums
        self._is_double = any(is_double for is_double, *_ in others)
        for _, _, lost in others:
            self.lost = {**lost, **self.lost}
        for name, *parts in zip(self._extra, *(extra for _, extra, _ in others), strict=True):
            self._extra[name], *rest = parts
            for part in rest:
                self._try(name, lambda merged, given=part: merged.merge(given))

    def exceeds_float32(self) -> bool:
        """Whether an activation that was seen is finite and its magnitude beyond `LARGEST`."""
        if self._sums is None or not self._is_double:
            return False
        extremes = torch.stack((self._sums.minimum, self._sums.maximum))
        return bool((extremes.isfinite() & (extremes.abs() > LARGEST)).any())

    def _try(self, name: str, use: Callable[[Statistic], Any]) -> Any:
        """Use a statistic of the user's; what it raises takes no other figure away."""
        if name in self.lost:
            return None
        try:
            return use(self._extra[name])
        except Exception as error:
            self.lost[name] = reason(error)
            return None

    def _finish_own(self, statistic: Statistic) -> Float[Tensor, " unit"]:
        values = torch.as_tensor(statistic.finish())
        if tuple(values.shape) != (self.layer.units,):
            raise StatisticError(
                f"finish() returns a number for each of the {self.layer.units} units, not an array "
                f"of shape {tuple(values.shape)}"
            )
        columns.check_domain(values.detach().cpu().double().numpy(), grid_number(statistic))
        return values

    def _take(self, found: Sums) -> None:
        if self._sums is None:
            self._sums = Sums.none_like(found)
        self._sums.merge(found)


class ClassMeans:
    """The mean activation of each unit over the examples and positions of each class.

    Args:
        layer: whose outputs will come.
        classes: number of classes; labels outside 0 to classes - 1 are passed over.
    """

    def __init__(self, layer: Layer, classes: int) -> None:
        self.layer = layer
        self.classes = classes
        self._sums: Float[Tensor, "class unit"] | None = None
        self._counts: Float[Tensor, "class unit"] | None = None

    def update(self, activations: Float[Tensor, "..."], labels: Int64[Tensor, " example"]) -> None:
        """Take in one output and the labels of its examples.

        An output that has no axis with one entry an example is passed over.
        """
        axis = self.layer.example_axis
        if axis is None or activations.shape[axis] != len(labels):
            return
        values = as_examples(activations.detach(), self.layer.unit_axis, axis)
        labels = labels.to(values.device)
        is_known = (labels >= 0) & (labels < self.classes)
        sums = values.sum(1, dtype=torch.promote_types(values.dtype, torch.float32))
        counts = torch.full_like(sums, values.shape[1])
        # One sum tells: a NaN or inf spoils it.
        if not math.isfinite(float(sums.sum())):
            finite = values.isfinite()
            sums = torch.where(finite, values, 0).sum(1, dtype=torch.float64)
            counts = finite.sum(1)
        self._add(labels[is_known], sums[is_known].double(), counts[is_known].double())

    def merge(self, other: "ClassMeans") -> None:
        """Take in what was measured elsewhere of the same layer."""
        if other._sums is not None and other._counts is not None:
            self._add(torch.arange(other.classes), other._sums, other._counts)

    @property
    def summands(self) -> Float[Tensor, "2 class unit"]:
        """Sums and counts of what was seen so far, on the CPU."""
        if self._sums is None or self._counts is None:
            return torch.zeros(2, self.classes, self.layer.units, dtype=torch.float64)
        return torch.stack((self._sums, self._counts)).cpu()

    def replace(self, summands: Float[Tensor, "2 class unit"]) -> None:
        """Take what all ranks have seen in place of what this one has."""
        self._sums, self._counts = summands

    def finish(self) -> Float[Tensor, "class unit"]:
        """Return the means, float32; NaN for a class without a finite activation.

        `LARGEST` stands for what is beyond it.
        """
        if self._sums is None or self._counts is None:
            return torch.full((self.classes, self.layer.units), torch.nan)
        return _within_float32(self._sums / self._counts)

    def _add(self, labels: Tensor, sums: Tensor, counts: Tensor) -> None:
        if self._sums is None or self._counts is None:
            self._sums = sums.new_zeros((self.classes, sums.shape[1]))
            self._counts = torch.zeros_like(self._sums)
        labels = labels.to(self._sums.device)
        self._sums.index_add_(0, labels, sums)
        self._counts.index_add_(0, labels, counts)


def unit_states(
    layer: Layer, finished: dict[str, Float[Tensor, " unit"]], thresholds: Thresholds
) -> UInt8[Tensor, " unit"]:
    """Return the bits of each unit's state: 1 silent, 2 dormant, 4 saturated, 8 not finite.

    Silent is a unit of the ReLU family with activation frequency 0, and any other whose std is at
    most `thresholds.silent_std` of its layer's std: the root of the mean variance of its units.
    Dormant is a unit whose mean |a| is at most `thresholds.dormant` of its layer's mean (Sokar
    2023). A unit without a finite activation is not finite, and nothing else.
    """
    std, magnitude = finished["std"].double(), finished["mean_abs"].double()
    if layer.nonlinearity.family == "relu":
        is_silent = finished["frequency"] == 0
    else:
        is_silent = std <= thresholds.silent_std * std.square().nanmean().sqrt()
    is_dormant = magnitude <= thresholds.dormant * magnitude.nanmean()
    bits = is_silent * SILENT + is_dormant * DORMANT + (finished["nonfinite"] > 0) * NONFINITE
    if "saturation" in finished:
        bits += (finished["saturation"] >= thresholds.saturated_share) * SATURATED
    return bits.to(torch.uint8)


def _chosen(names: Sequence[str] | None, layer: Layer) -> tuple[str, ...]:
    unknown = [name for name in names or () if name not in STANDARD]
    if unknown:
        raise StatisticError(
            f"statistics must be of {', '.join(STANDARD)}, not {', '.join(unknown)}; "
            "pass one of your own as an object with update, merge and finish"
        )
    wanted = STANDARD if names is None else {*names, *OF_STATES}
    bounded = layer.nonlinearity.family == "bounded"
    return tuple(n for n in STANDARD if n in wanted and (bounded or n != "saturation"))


def _check_units(activations: Tensor, layer: Layer) -> None:
    shape = tuple(activations.shape)
    units = 1 if len(shape) == 1 else dict(enumerate(shape)).get(layer.unit_axis)
    if units != layer.units:
        raise StatisticError(
            f"layer {layer.name!r} must have {layer.units} units on axis {layer.unit_axis} in "
            f"every forward, not an output of shape {shape}; leave it out of layers=, or say which "
            f'axis holds the units with Recording(unit_axis={{"{layer.name}": axis}})'
        )


def _ends(layer: Layer, margin: float) -> Ends | None:
    kind = layer.nonlinearity
    if kind.family != "bounded":
        return None
    near = margin * (kind.upper - kind.lower)
    return Ends(kind.lower + near, kind.upper - near)


def _within_float32(values: Tensor) -> Tensor:
    return values.clamp(-LARGEST, LARGEST).float()


def _figures(sums: Sums) -> dict[str, Tensor]:
    count = torch.where(sums.finite > 0, sums.finite, torch.nan)
    is_known = sums.finite > 0
    std = (sums.squares.clamp(min=0) / count).sqrt()
    # A unit that varies has no std of 0, whatever float32 holds: it isn't silent for that.
    std = torch.where(sums.maximum > sums.minimum, std.clamp(min=SMALLEST), std)
    return {
        "mean": torch.where(is_known, sums.mean, torch.nan),
        "std": std,
        "min": torch.where(is_known, sums.minimum, torch.nan),
        "max": torch.where(is_known, sums.maximum, torch.nan),
        "mean_abs": sums.absolute / count,
        "frequency": sums.positives / count,
        "zeros": sums.zeros / count,
        "nonfinite": 1 - sums.finite / sums.seen,
        "saturation": sums.near_ends / count,
    }
