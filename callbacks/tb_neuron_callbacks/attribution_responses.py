"""Responses that are attributions: what each unit contributes on each example."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from torch import Tensor

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions.target import target_name
from tb_neuron_callbacks.measured_responses import LayerResponse, MeasuredResponses
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.unwrapping import unwrap


def add_attributions(
    attribution: AttributionPass,
    methods: Sequence[str],
    layers: Collection[str],
    measured: MeasuredResponses,
) -> None:
    """Add the attributions of each example, summed over positions, to responses.

    A layer that a method says nothing of has none by it.

    Args:
        attribution: model, probe set and target.
        methods: whose attributions are wanted.
        layers: of which responses are kept.
        measured: is added to.

    Raises:
        Exception: whatever the model raises, or an `AttributionError`.
    """
    chosen = tuple(method for method in attribution.methods if method.name in methods)
    found: dict[tuple[str, str], list[np.ndarray]] = {}
    with preserved(unwrap(attribution.subject.model), attribution.subject.changed):
        prepared = replace(attribution, methods=chosen, baselines=attribution.resolved_baselines())

        def take(piece: object, labels: Tensor | None, _: slice) -> None:
            for method, by_layer in prepared.attribute(piece, labels).items():
                for name, values in by_layer.items():
                    found.setdefault((method, name), []).append(values)

        prepared.take_batches("attribution of responses", take)
    for (method, name), parts in found.items():
        values = np.concatenate(parts).T
        if name in layers and values.shape[1] == measured.draw.of:
            own = LayerResponse(
                list(range(len(values))),
                values[:, measured.draw.examples],
                method,
                target_name(attribution.target),
            )
            measured.responses.setdefault(name, []).append(own)
