"""The map pass: what in the inputs of tracked examples each method holds responsible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

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
from tb_neuron_callbacks.attributions.traits import grid_of
from tb_neuron_callbacks.attributions.trust import Verdict
from tb_neuron_callbacks.attributions.trust_checks import Beside, assess, flat
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.map_overlap import map_overlap
from tb_neuron_callbacks.masks import Masks
from tb_neuron_callbacks.measurement import MeasuredMaps, MethodMaps
from tb_neuron_callbacks.selection import listing
from tb_neuron_callbacks.tracked import tracked_examples

#: The maps of each example in one row, as trust compares them.
Rows = Float[np.ndarray, "example position"]


class Reading(NamedTuple):
    """A method, and where it reads.

    Attributes:
        method: of inputs.
        layer_name: where it was chosen to read; empty for its own choice, and where it reads none.
    """

    method: InputMethod
    layer_name: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The names of both."""
        return self.method.name, self.layer_name


@dataclass
class MapPass:
    """How the maps of one model's tracked examples are measured.

    Attributes:
        attribution: model, probe set, layers and target.
        methods: of inputs.
        layer_names: where the methods that read at a layer do, each once a layer; by default the
            last layer with a grid.
        pixels: longest side of a stored map; larger ones are averaged down.
    """

    attribution: AttributionPass
    methods: tuple[InputMethod, ...]
    layer_names: tuple[str, ...] = ()
    pixels: int = 64
    _previous: dict[tuple[str, str], Rows] = field(default_factory=dict)

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
        case = prepare(network, batch, attribution.target, labels, Choices(steps=attribution.steps))
        readings = self.readings()
        found: dict[tuple[str, str], InputAttributions] = {}
        absences: dict[tuple[str, str], str] = {}
        for each in readings:
            try:
                found[each.key] = attribute_inputs(each.method.name, _case_at(case, each))
            except AttributionError as error:
                absences[each.key] = str(error)
        rows = {key: flat(maps) for key, maps in found.items()}
        measured = []
        for each in readings:
            is_due = with_trust and each.key in found
            verdict = self._trust(case, each, rows, found[each.key]) if is_due else None
            absence = absences.get(each.key, "")
            measured.append(self._of(each, found.get(each.key), absence, verdict))
        self._previous = rows
        with_masks = [_overlapped(each, subject.probe.masks, examples) for each in measured]
        return MeasuredMaps(target_name(attribution.target), examples, with_masks)

    def readings(self) -> list[Reading]:
        """Return the methods in order, those that read at a layer once for each chosen layer."""
        return [
            Reading(method, layer_name)
            for method in self.methods
            for layer_name in (self.layer_names if method.reads_at_layer else ()) or ("",)
        ]

    def _trust(
        self,
        case: Case,
        reading: Reading,
        rows: Mapping[tuple[str, str], Rows],
        found: InputAttributions,
    ) -> Verdict:
        # The same method at another layer is no other method.
        others = {
            " at ".join(filter(None, key)): row
            for key, row in rows.items()
            if key[0] != reading.method.name
        }
        mean = case.batch.mean(0, keepdim=True) if _is_floating(case.batch) else None
        beside = Beside(self._previous.get(reading.key), others, mean)
        return assess(_case_at(case, reading), reading.method, found, beside)

    def _of(
        self,
        reading: Reading,
        found: InputAttributions | None,
        absence: str,
        verdict: Verdict | None,
    ) -> MethodMaps:
        values = None if found is None else _smaller(found.maps[0], self.pixels)
        method, layer_name = reading
        return MethodMaps(method, values, found, absence, verdict, layer_name)


def find_input_methods(names: Sequence[str]) -> tuple[InputMethod, ...]:
    """Return input methods by their names.

    Raises:
        AttributionError: there is no such method.
    """
    return tuple(map(find_input_method, names))


def find_map_layers(patterns: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """Return the watched layers that names and patterns mean, in execution order.

    Of those that a pattern means, the layers whose positions lie over an image are taken.

    Raises:
        AttributionError: a name or pattern means no watched layer, or none that has such positions.
    """
    names: set[str] = set()
    for pattern in patterns:
        named = [each for each in layout.watched if fnmatchcase(each.name, pattern)]
        named = [each for each in layout.watched if each.name == pattern] or named
        able = [each.name for each in named if grid_of(each) is not None]
        if not able:
            known = listing([each.name for each in layout.watched if grid_of(each) is not None])
            fault = "has no positions over an image" if named else "names no watched layer"
            raise AttributionError(
                f"Recording(map_layers=...) takes watched layers with positions over an image, and "
                f"{pattern!r} {fault}; they are {known}; pass one of them or a pattern"
            )
        names.update(able)
    return tuple(each.name for each in layout.watched if each.name in names)


def _case_at(case: Case, reading: Reading) -> Case:
    return replace(case, choices=replace(case.choices, layer_name=reading.layer_name or None))


def _overlapped(found: MethodMaps, masks: Masks, examples: Sequence[int]) -> MethodMaps:
    if found.values is None:
        return found
    return replace(found, overlap=map_overlap(found.values, masks, examples))


def _is_floating(batch: Any) -> bool:
    return isinstance(batch, Tensor) and batch.is_floating_point()


def _smaller(found: InputMap, pixels: int) -> Float[np.ndarray, "example ..."]:
    values = found.values
    if found.form == "image" and values.dim() == 3 and max(values.shape[1:]) > pixels:
        scale = pixels / max(values.shape[1:])
        height, width = (max(1, round(side * scale)) for side in values.shape[1:])
        values = functional.adaptive_avg_pool2d(values[:, None], (height, width))[:, 0]
    return values.numpy()
