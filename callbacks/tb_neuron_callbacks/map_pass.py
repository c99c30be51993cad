"""The map pass: what in the inputs of tracked examples each method holds responsible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions import (
    Case,
    Choices,
    InputAttributions,
    InputMap,
    InputMethod,
    Network,
    attribute_inputs,
    find_input_method,
    prepare,
)
from tb_neuron_callbacks.attributions.target import target_name
from tb_neuron_callbacks.attributions.trust import Verdict
from tb_neuron_callbacks.attributions.trust_checks import Beside, assess, flat
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.measurement import MeasuredMaps, MethodMaps
from tb_neuron_callbacks.tracked import tracked_examples


@dataclass
class MapPass:
    """How the maps of one model's tracked examples are measured.

    Attributes:
        attribution: model, probe set, layers and target.
        methods: of inputs.
        layer_name: where Grad-CAM reads; None for the last layer with a grid.
        pixels: longest side of a stored map; larger ones are averaged down.
    """

    attribution: AttributionPass
    methods: tuple[InputMethod, ...]
    layer_name: str | None = None
    pixels: int = 64
    _previous: dict[str, Float[np.ndarray, "example position"]] = field(default_factory=dict)

    def measure(self, with_trust: bool = False) -> MeasuredMaps:
        """Return the maps of all tracked examples by all methods.

        A method that has no meaning for the network is absent with the reason.

        Args:
            with_trust: whether the maps are checked, too.

        Raises:
            Exception: whatever the model raises.
        """
        examples, batch, labels = tracked_examples(self.attribution)
        attribution = self.attribution
        subject = attribution.subject
        network = Network(subject.model, attribution.layout, attribution.run, subject.changed)
        choices = Choices(layer_name=self.layer_name, steps=attribution.steps)
        case = prepare(network, batch, attribution.target, labels, choices)
        found: dict[str, InputAttributions] = {}
        absences: dict[str, str] = {}
        for method in self.methods:
            try:
                found[method.name] = attribute_inputs(method.name, case)
            except AttributionError as error:
                absences[method.name] = str(error)
        rows = {name: flat(maps) for name, maps in found.items()}
        measured = []
        for method in self.methods:
            is_due = with_trust and method.name in found
            verdict = self._trust(case, method, rows, found[method.name]) if is_due else None
            maps = found.get(method.name)
            measured.append(self._of(method, maps, absences.get(method.name, ""), verdict))
        self._previous = rows
        return MeasuredMaps(target_name(attribution.target), examples, measured)

    def _trust(
        self,
        case: Case,
        method: InputMethod,
        rows: Mapping[str, Float[np.ndarray, "example position"]],
        found: InputAttributions,
    ) -> Verdict:
        others = {name: row for name, row in rows.items() if name != method.name}
        mean = case.batch.mean(0, keepdim=True) if _is_floating(case.batch) else None
        return assess(case, method, found, Beside(self._previous.get(method.name), others, mean))

    def _of(
        self,
        method: InputMethod,
        found: InputAttributions | None,
        absence: str,
        verdict: Verdict | None,
    ) -> MethodMaps:
        values = None if found is None else _smaller(found.maps[0], self.pixels)
        return MethodMaps(method, values, found, absence, verdict)


def find_input_methods(names: Sequence[str]) -> tuple[InputMethod, ...]:
    """Return input methods by their names.

    Raises:
        AttributionError: there is no such method.
    """
    return tuple(map(find_input_method, names))


def _is_floating(batch: Any) -> bool:
    return isinstance(batch, Tensor) and batch.is_floating_point()


def _smaller(found: InputMap, pixels: int) -> Float[np.ndarray, "example ..."]:
    values = found.values
    if found.form == "image" and values.dim() == 3 and max(values.shape[1:]) > pixels:
        scale = pixels / max(values.shape[1:])
        height, width = (max(1, round(side * scale)) for side in values.shape[1:])
        values = functional.adaptive_avg_pool2d(values[:, None], (height, width))[:, 0]
    return values.numpy()
