"""The flow pass: attribution between watched layers by each method, measured on the probe set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor

from tb_neuron.summary import MAX_FLOW_GROUPS
from tb_neuron_callbacks.attribution_figures import absence
from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions.flow import Flow, FlowSweep, choose_shown
from tb_neuron_callbacks.attributions.flow_methods import FLOW_METHODS, FlowMethod
from tb_neuron_callbacks.attributions.target import target_name
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.measurement import Group, MeasuredFlow, MethodAttributions, MethodFlow
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.unwrapping import unwrap

#: The attribution by which units are chosen, whatever the method of flow.
METHOD = "gradient_x_activation"
#: Classes whose flow is told apart: those with the most examples.
MAX_CLASSES = 64
#: Tracked examples whose flow is told apart: the first ones, as many as one record may have.
MAX_EXAMPLES = MAX_FLOW_GROUPS - MAX_CLASSES - 1


@dataclass
class FlowPass:
    """How the flow of one model on one probe set is measured.

    Attributes:
        attribution: model, probe set, layers and target.
        count: units of a layer with links of their own, beside the pinned.
        pins: units that are always shown, by layer.
        methods: of flow.
    """

    attribution: AttributionPass
    count: int
    pins: Mapping[str, Sequence[int]] = field(default_factory=dict)
    methods: Sequence[FlowMethod] = (FLOW_METHODS[METHOD],)
    _shown: dict[str, list[int]] = field(default_factory=dict)

    def measure(self, attributions: Sequence[MethodAttributions]) -> MeasuredFlow:
        """Run the probe set and return the flow between the units that contribute most.

        All methods show the same units. Those shown at the record before stay shown while they are
        among the larger ones. A method that the network refuses, or that fails, is left out.

        Args:
            attributions: of this record, by which units are chosen.

        Raises:
            Exception: whatever the model raises, if no method is left.
        """
        self._choose(attributions)
        groups, notes = self._groups()
        found: list[MethodFlow] = []
        failures: dict[str, Exception] = {}
        for method in self.methods:
            try:
                found.append(self._of(method, groups))
            except AttributionError as error:
                notes.append(f"no flow by {method.name}: {error}")
            except Exception as error:
                failures[method.name] = error
        if failures and not found:
            raise next(iter(failures.values()))
        losses = {name: reason(error) for name, error in failures.items()}
        target = target_name(self.attribution.target)
        return MeasuredFlow(groups, target, found, self.pins, notes, losses)

    def _of(self, method: FlowMethod, groups: Sequence[Group]) -> MethodFlow:
        subject, layout = self.attribution.subject, self.attribution.layout
        around = partial(method.around, subject.model)
        sweep = FlowSweep(subject.model, layout, self.attribution.run, self._shown, around)
        memberships = self._memberships(groups)
        parts: list[Flow] = []

        def take(batch: Any, labels: Tensor | None, part: slice) -> None:
            target = self.attribution.target
            parts.append(sweep.measure(batch, target, labels, memberships[:, part]))
            if len(parts) > 1:
                parts[0].merge(parts.pop())

        with preserved(unwrap(subject.model), subject.changed):
            self.attribution.take_batches(f"flow by {method.name}", take)
        found = parts[0]
        units = {name: count for name, count in found.units.items() if name in found.nodes}
        target = target_name(self.attribution.target)
        layers = {layer.name: layer for layer in layout.layers}
        absences = {
            name: absence(layers[name], target)
            for name in found.shown
            if name not in found.nodes and name in layers
        }
        return MethodFlow(method, found, units, absences)

    def _choose(self, attributions: Sequence[MethodAttributions]) -> None:
        layout = self.attribution.layout
        magnitudes = _magnitudes(attributions)
        for layer in layout.layers:
            found = magnitudes.get(layer.name)
            # The pseudo-layers have no attributions of their own: their first units are shown.
            known = torch.zeros(layer.units) if found is None else found
            self._shown[layer.name] = choose_shown(
                known, self.count, self.pins.get(layer.name, ()), self._shown.get(layer.name, ())
            )

    def _groups(self) -> tuple[list[Group], list[str]]:
        """Return the groups, and a note on each sort of which some are left out."""
        tracked = self.attribution.subject.probe.tracked
        found = self._classes_by_examples()
        notes = []
        if len(found) > MAX_CLASSES:
            notes.append(f"flow of the {MAX_CLASSES} largest of {len(found)} classes is kept")
        if len(tracked) > MAX_EXAMPLES:
            kept = f"{MAX_EXAMPLES} of {len(tracked)} tracked examples"
            notes.append(f"flow of the first {kept} is kept")
        groups = [
            Group("all", 0),
            *(Group("class", number) for number in sorted(found[:MAX_CLASSES])),
            *(Group("example", number) for number in tracked[:MAX_EXAMPLES]),
        ]
        return groups, notes

    def _classes_by_examples(self) -> list[int]:
        """Return the classes that have examples, those with most first."""
        labels, classes = self.attribution.subject.probe.labels, self.attribution.classes
        if labels is None or not classes:
            return []
        inside = labels[(labels >= 0) & (labels < classes)]
        numbers, counts = inside.unique(return_counts=True)
        return numbers[counts.argsort(descending=True, stable=True)].tolist()

    def _memberships(self, groups: Sequence[Group]) -> Bool[Tensor, "group example"]:
        probe = self.attribution.subject.probe
        found = torch.zeros(len(groups), len(probe), dtype=torch.bool)
        explained = self.attribution.has_target(probe.labels)
        for row, group in zip(found, groups, strict=True):
            if group.kind == "all":
                row[:] = True if explained is None else explained
            elif group.kind == "example":
                row[group.number] = True
            elif probe.labels is not None:
                row[:] = probe.labels == group.number
        return found


def find_flow_methods(names: Sequence[str]) -> tuple[FlowMethod, ...]:
    """Return methods of flow by their names.

    Raises:
        AttributionError: there is no such method.
    """
    for name in names:
        if name not in FLOW_METHODS:
            raise AttributionError(
                f"flow must be by {', '.join(FLOW_METHODS)}, not {name!r}; correct "
                "Recording(flow_methods=...), or pass flow=0 for none"
            )
    return tuple(FLOW_METHODS[name] for name in dict.fromkeys(names))


def _magnitudes(attributions: Sequence[MethodAttributions]) -> dict[str, Tensor]:
    chosen = next((found for found in attributions if found.method == METHOD), None)
    if chosen is None:
        return {}
    return {
        layer.layer.name: torch.from_numpy(values)
        for layer in chosen.layers
        for kind, values in layer.columns.items()
        if kind.name == "mean_abs"
    }
