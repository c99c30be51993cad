"""The trust pass: whether to believe attributions to units, checked on the tracked examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from torch import Tensor

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions import Case, Network, UnitMethod, prepare
from tb_neuron_callbacks.attributions.input_gradients import start_values
from tb_neuron_callbacks.attributions.path import Baseline
from tb_neuron_callbacks.attributions.target import target_name
from tb_neuron_callbacks.attributions.trust import Verdict
from tb_neuron_callbacks.attributions.unit_trust import (
    Magnitudes,
    Units,
    UnitsBeside,
    assess_units,
)
from tb_neuron_callbacks.measurement import MeasuredTrust, MethodAttributions, MethodTrust
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.tracked import tracked_examples
from tb_neuron_callbacks.unwrapping import unwrap

#: Steps of a path where only the order of the units is compared.
_FEW_STEPS = 5


@dataclass
class TrustPass:
    """How attributions of one model's units are checked.

    Attributes:
        attribution: model, probe set, layers, methods and target.
    """

    attribution: AttributionPass
    _records: list[dict[str, Magnitudes]] = field(default_factory=list)

    def follow(self, attributions: Sequence[MethodAttributions]) -> None:
        """Take in what a record holds: a check tells whether the record before agrees with it."""
        found = {each.method: _magnitudes(each) for each in attributions}
        self._records = [*self._records[-1:], found]

    def measure(self) -> MeasuredTrust:
        """Return the verdicts on all methods.

        A method that can't be checked is absent with the reason; the others are checked.

        Raises:
            Exception: whatever the model raises, if no method can be checked.
        """
        attribution = self.attribution
        subject, methods = attribution.subject, attribution.methods
        units: dict[str, Units] = {}
        verdicts: dict[str, Mapping[str, Verdict]] = {}
        failures: dict[str, Exception] = {}
        with preserved(unwrap(subject.model), subject.changed):
            tracked = tracked_examples(attribution)
            network = Network(subject.model, attribution.layout, attribution.run, subject.changed)
            case = prepare(network, tracked.batch, attribution.target, tracked.labels)
            check = _Check.of(attribution, case)
            for method in methods:
                with _noted(failures, method.name):
                    units[method.name] = check.units(method, case)
            for method in methods:
                if method.name in units:
                    with _noted(failures, method.name):
                        verdicts[method.name] = check.verdicts(method, units, self._pair(method))
        if failures and not verdicts:
            raise next(iter(failures.values()))
        reasons = {name: reason(error) for name, error in failures.items()}
        found = [MethodTrust(m.name, verdicts.get(m.name, {}), reasons.get(m.name, ""))
                 for m in methods]  # fmt: skip
        return MeasuredTrust(target_name(attribution.target), tracked.examples, found)

    def _pair(self, method: UnitMethod) -> tuple[Magnitudes, Magnitudes] | None:
        before, now = self._records if len(self._records) > 1 else ({}, {})
        if method.name not in before or method.name not in now:
            return None
        return now[method.name], before[method.name]


@dataclass(frozen=True)
class _Check:
    """One check of all methods.

    Attributes:
        attribution: how they attribute.
        case: the tracked examples, with what is explained of them.
        mean: the mean example, one tensor a start; None where no method has a baseline.
    """

    attribution: AttributionPass
    case: Case
    mean: list[Tensor] | None

    @classmethod
    def of(cls, attribution: AttributionPass, case: Case) -> _Check:
        has_baselines = any(each.needs_path or each.is_complete for each in attribution.methods)
        starts = start_values(case)[0] if has_baselines else None
        return cls(attribution, case, None if starts is None else [s.mean(0) for s in starts])

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """Those of the recording, "mean" put as the mean of the tracked examples."""
        known = self.attribution.baselines
        return tuple(
            self.mean if self.mean and isinstance(each, str) and each == "mean" else each
            for each in known
        )

    def units(
        self,
        method: UnitMethod,
        case: Case,
        baselines: Sequence[Baseline] | None = None,
        steps: int | None = None,
    ) -> Units:
        """Return what a method attributes to the units of a case."""
        chosen = replace(
            self.attribution,
            methods=(method,),
            target=case.target,
            baselines=self.baselines if baselines is None else tuple(baselines),
            steps=steps or self.attribution.steps,
        )
        return chosen.attribute(case.batch, case.labels)[method.name]

    def verdicts(
        self,
        method: UnitMethod,
        units: Mapping[str, Units],
        records: tuple[Magnitudes, Magnitudes] | None,
    ) -> dict[str, Verdict]:
        """Return the verdict on each layer of a method."""
        few = min(_FEW_STEPS, self.attribution.steps)
        paths = None
        if method.needs_path and self.mean is not None:
            paths = (
                self.units(method, self.case, ["zero"], few),
                self.units(method, self.case, [self.mean], few),
            )
        beside = UnitsBeside(
            others={name: found for name, found in units.items() if name != method.name},
            records=records,
            baselines=self.baselines,
            paths=paths,
        )
        return assess_units(
            self.case,
            method,
            units[method.name],
            lambda case: self.units(method, case, steps=few),
            beside,
        )


def _magnitudes(found: MethodAttributions) -> Magnitudes:
    """Return the mean magnitudes of a method's attributions over the probe set, a row a layer."""
    return {
        layer.layer.name: values[None]
        for layer in found.layers
        for kind, values in layer.columns.items()
        if kind.name == "mean_abs"
    }


@contextmanager
def _noted(failures: dict[str, Exception], name: str) -> Iterator[None]:
    """Note an error in place of raising it."""
    try:
        yield
    except Exception as error:
        failures[name] = error
