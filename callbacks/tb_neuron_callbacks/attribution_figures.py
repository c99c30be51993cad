"""The figures of attributions, of all methods and layers, as they grow batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.attributions import UnitMethod
from tb_neuron_callbacks.attributions.method import UnitAttributions
from tb_neuron_callbacks.attributions.target import target_name
from tb_neuron_callbacks.attributions.unit_figures import FIGURES, UnitFigures
from tb_neuron_callbacks.last_states import RECURRENT
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.measurement import LayerAttributions, MethodAttributions

if TYPE_CHECKING:
    from tb_neuron_callbacks.attribution_pass import AttributionPass

_NO_TARGET = "no example has a label that is a class"
#: By method and layer, summed over positions.
Attributions = dict[str, dict[str, Float[np.ndarray, "example unit"]]]


@dataclass
class OfBatch:
    """What was found of a batch, or of a piece of it.

    Attributes:
        units: by names of method and layer.
        missing: of a method that runs the model by itself, its name, absences by layer, and notes.
    """

    units: dict[tuple[str, str], Float[Tensor, "example unit"]] = field(default_factory=dict)
    missing: list[tuple[str, dict[str, str], list[str]]] = field(default_factory=list)


def joined(pieces: Sequence[OfBatch]) -> OfBatch:
    """Return what was found of a batch, from that of its pieces: what all of them have."""
    if len(pieces) == 1:
        return pieces[0]
    common = [key for key in pieces[0].units if all(key in piece.units for piece in pieces)]
    return OfBatch(
        {key: torch.cat([piece.units[key] for piece in pieces]) for key in common},
        [missing for piece in pieces for missing in piece.missing],
    )


class Reduction:
    """The figures of all methods and layers, as they grow."""

    def __init__(self, attribution: AttributionPass, classes: int) -> None:
        self._attribution = attribution
        self._classes = classes
        self._layers = {layer.name: layer for layer in attribution.layout.watched}
        self._figures: dict[tuple[str, str], UnitFigures] = {}
        self._missing: dict[str, UnitAttributions] = {}

    def take(self, found: OfBatch, labels: Tensor | None) -> None:
        """Take in what was found of a batch."""
        for method, absences, notes in found.missing:
            before = self._missing.setdefault(method, UnitAttributions())
            before.absences.update(absences)
            before.notes = list(dict.fromkeys((*before.notes, *notes)))
        known = self._attribution.has_target(labels)
        if known is not None and labels is not None:
            labels = labels[known]
            if not len(labels):
                return
        for (method, name), rows in found.units.items():
            figures = self._figures.setdefault(
                (method, name), UnitFigures(self._layers[name], self._classes)
            )
            figures.update(rows if known is None else rows[known.to(rows.device)], labels)

    def finish(self) -> list[MethodAttributions]:
        """Return what each method found."""
        return [self._of_method(method) for method in self._attribution.methods]

    def _of_method(self, method: UnitMethod) -> MethodAttributions:
        target = target_name(self._attribution.target)
        layers, absences = [], {}
        known = self._attribution.has_target(self._attribution.subject.probe.labels)
        is_empty = known is not None and not known.any()
        missing = self._missing.get(method.name, UnitAttributions())
        for name, layer in self._layers.items():
            figures = self._figures.get((method.name, name))
            # What some batches lack is no figure of the probe set.
            if figures is None or name in missing.absences:
                why = _NO_TARGET if is_empty else absence(layer, target)
                absences[name] = missing.absences.get(name) or why
                continue
            layers.append(_layer_attributions(figures, method, target))
        notes = (*self._attribution.notes(), *missing.notes)
        return MethodAttributions(method.name, target, layers, absences, notes)


class Gathering(Reduction):
    """The attributions of a batch as they are."""

    def __init__(self, attribution: AttributionPass, classes: int) -> None:
        super().__init__(attribution, classes)
        self.found: Attributions = {method.name: {} for method in attribution.methods}

    def take(self, found: OfBatch, labels: Tensor | None) -> None:
        """Keep the attributions of a batch, whatever its labels."""
        del labels
        for (method, name), values in found.units.items():
            self.found[method][name] = values.detach().cpu().numpy()


def _layer_attributions(figures: UnitFigures, method: UnitMethod, target: str) -> LayerAttributions:
    found = figures.finish()
    columns = {}
    for name, kind in FIGURES.items():
        meaning = f"{kind.description} {method.description} ({method.source})"
        of_method = replace(kind, description=meaning, method=method.name, target=target)
        columns[of_method] = found[name].cpu().numpy()
    means = figures.class_means()
    return LayerAttributions(figures.layer, columns, None if means is None else means.cpu().numpy())


def absence(layer: Layer, target: str) -> str:
    """Return why a layer has no attribution, where gradients toward its output were asked for."""
    if layer.example_axis is None:
        return "its output has no axis with an entry an example"
    if layer.module_type in RECURRENT:
        return (
            f"the target {target!r} does not depend on its output; the model may go on with c_n or "
            "the h_n of a lower layer, and those are not computed from outputs"
        )
    return f"the target {target!r} does not depend on it through differentiable operations"
