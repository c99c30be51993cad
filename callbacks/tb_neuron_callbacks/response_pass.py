"""The response pass: what each unit answers to each example, and where in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attribution_responses import add_attributions
from tb_neuron_callbacks.batches import count_examples, take_examples
from tb_neuron_callbacks.example_images import ExampleImages
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.measured_responses import (
    Draw,
    LayerResponse,
    LayerTop,
    MeasuredResponses,
)
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.receptive_fields import Field, receptive_fields
from tb_neuron_callbacks.responses import LayerResponses, PositionReduction, choose_examples
from tb_neuron_callbacks.subject import Subject
from tb_neuron_callbacks.tracked_activations import TrackedActivations
from tb_neuron_callbacks.unwrapping import unwrap

#: Rather than draw fewer examples, layers are left out.
_LEAST_EXAMPLES = 64


@dataclass(frozen=True)
class ResponseChoices:
    """What of responses is recorded, and of how much.

    Attributes:
        reduction: over positions.
        has_activations: whether activations are among the responses.
        methods: of attribution whose attributions are responses, too.
        top: examples with the largest responses that are kept of each unit.
        spread: examples at even ranks, from the lowest response to the highest.
        max_response_bytes: responses of one record, a byte each: examples are drawn, then layers
            left out, to keep to it.
        max_tracked_bytes: tracked activations of one record, a byte each; layers are left out.
        pins: units of which everything is recorded, by layer.
        seed: of the draw of examples.
    """

    reduction: PositionReduction = "extreme"
    has_activations: bool = True
    methods: tuple[str, ...] = ()
    top: int = 9
    spread: int = 6
    max_response_bytes: int = 4 << 20
    max_tracked_bytes: int = 4 << 20
    pins: Mapping[str, Sequence[int]] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True)
class Due:
    """What one record is to hold of all units; of pinned ones it holds whatever is due.

    Attributes:
        responses: to the probe set's examples.
        examples: that each unit responds to.
        tracked: activations on the tracked examples.
    """

    responses: bool = False
    examples: bool = False
    tracked: bool = False


@dataclass
class ResponsePass:
    """How responses of one model on one probe set are measured.

    Attributes:
        subject: model and probe set.
        layout: the watched layers.
        choices: what is recorded.
        images: which pictures at the input's own resolution were handed out.
        attribution: measures attributions; None where no responses are attributions.
    """

    subject: Subject
    layout: Layout
    choices: ResponseChoices
    images: ExampleImages
    attribution: AttributionPass | None = None
    _fields: dict[str, Field] | None = None

    def measure(self, of_all: Due, of_pins: Due) -> MeasuredResponses:
        """Run the probe set and return what is due.

        Model and random states are afterwards as before, also after an exception.

        Args:
            of_all: what is due of all units.
            of_pins: what is due of the pinned.

        Raises:
            Exception: whatever the model raises.
        """
        layers = [layer for layer in self.layout.watched if layer.example_axis is not None]
        measured, kept = self._plan(layers, of_all.responses)
        seen = {layer.name: LayerResponses(layer, self.choices.reduction) for layer in layers}
        units = self._tracked_units(layers, of_all.tracked, of_pins.tracked, measured)
        tracked = TrackedActivations(self.subject.probe.tracked, units)
        with preserved(unwrap(self.subject.model), self.subject.changed):
            self._run(seen, tracked)
            if self._fields is None and (of_all.examples or of_pins.examples):
                self._fields = self._find_fields()
        measured.fields = self._fields or {}
        for layer in layers:
            is_whole = layer.name in kept and self.choices.has_activations
            responses = self._units(layer, is_whole, of_pins.responses)
            tops = self._units(layer, of_all.examples, of_pins.examples)
            self._take(seen[layer.name], responses, tops, measured)
        if self.attribution is not None and kept:
            add_attributions(self.attribution, self.choices.methods, kept, measured)
        measured.tracked_examples, measured.tracked = tracked.finish()
        measured.images = self.images.due(measured.tops.values())
        return measured

    def _units(self, layer: Layer, of_all: bool, of_pins: bool) -> list[int]:
        if of_all:
            return list(range(layer.units))
        return list(self.choices.pins.get(layer.name, ())) if of_pins else []

    def _plan(self, layers: Sequence[Layer], is_whole: bool) -> tuple[MeasuredResponses, set[str]]:
        """Return what is to be filled, its examples drawn, and the layers that fit."""
        of, cap = len(self.subject.probe), self.choices.max_response_bytes
        sorts = self.choices.has_activations + len(self.choices.methods)
        units = sorts * sum(layer.units for layer in layers) if is_whole else 0
        count = of if units * of <= cap else min(of, max(_LEAST_EXAMPLES, cap // units))
        draw = Draw(_drawn(of, count, self.choices.seed), of, self.choices.seed)
        measured = MeasuredResponses(
            self.choices.reduction,
            draw,
            self.choices.top,
            {layer.name: layer.units for layer in layers},
        )
        if not is_whole:
            return measured, set()
        limit = f"Recording(max_response_bytes={cap})"
        kept = _fitting({layer.name: sorts * layer.units * count for layer in layers}, cap)
        if count < of:
            measured.notes.append(
                f"responses to {count} of {of} examples are kept, drawn with seed {draw.seed}: "
                f"more do not fit in {limit}"
            )
        _note_left_out("responses", [layer.name for layer in layers], kept, limit, measured)
        return measured, kept

    def _tracked_units(
        self, layers: Sequence[Layer], of_all: bool, of_pins: bool, measured: MeasuredResponses
    ) -> dict[str, list[int]]:
        """Return of which units tracked activations are kept."""
        examples, cap = len(self.subject.probe.tracked), self.choices.max_tracked_bytes
        kept: set[str] = set()
        if of_all:
            sizes = {each.name: examples * int(np.prod(each.shape or (1,))) for each in layers}
            kept = _fitting(sizes, cap)
            limit = f"Recording(max_tracked_bytes={cap})"
            names = [layer.name for layer in layers]
            _note_left_out("tracked activations", names, kept, limit, measured)
        return {layer.name: self._units(layer, layer.name in kept, of_pins) for layer in layers}

    def _run(self, seen: Mapping[str, LayerResponses], tracked: TrackedActivations) -> None:
        def receive(layer: Layer, output: Tensor) -> None:
            if layer.name in seen:
                seen[layer.name].update(output)
                tracked.update(layer, output)

        with watch(self.subject.model, self.layout, receive) as watched, torch.no_grad():
            for batch in self.subject.probe.batches:
                watched.begin_forward()
                tracked.begin(count_examples(batch))
                self.subject.run(batch)

    def _take(
        self,
        seen: LayerResponses,
        responses: list[int],
        tops: list[int],
        measured: MeasuredResponses,
    ) -> None:
        name, outputs = seen.layer.name, seen.examples
        if outputs != measured.draw.of:
            if outputs:
                measured.notes.append(
                    f"{name} has no responses: it gave {outputs} outputs for {measured.draw.of} "
                    "examples"
                )
            return
        if responses:
            values = seen.values[responses][:, measured.draw.examples]
            measured.responses[name] = [LayerResponse(responses, values.numpy())]
        if tops:
            measured.tops[name] = self._top(seen, tops)

    def _top(self, seen: LayerResponses, units: list[int]) -> LayerTop:
        own = seen.values[units]
        chosen = choose_examples(own, self.choices.top, self.choices.spread)
        has_places = len(seen.layer.shape) > 1
        places = seen.places[units].gather(1, chosen) if has_places else torch.full_like(chosen, -1)
        return LayerTop(units, chosen.numpy(), own.gather(1, chosen).numpy(), places.numpy())

    def _find_fields(self) -> dict[str, Field]:
        batch, run = self.subject.probe.batches[0], self.subject.run
        example = take_examples(batch, 0, 1)
        # Of as many examples as the model is run on anyway there is memory.
        together = count_examples(batch)
        return receptive_fields(self.subject.model, self.layout, run, example, together)


def _drawn(of: int, count: int, seed: int) -> list[int]:
    if count >= of:
        return list(range(of))
    return sorted(np.random.default_rng(seed).choice(of, count, replace=False).tolist())


def _fitting(sizes: Mapping[str, int], cap: int) -> set[str]:
    """Return the names of what fits, the smallest first."""
    kept, used = set(), 0
    for name in sorted(sizes, key=lambda name: sizes[name]):
        if used + sizes[name] <= cap:
            used += sizes[name]
            kept.add(name)
    return kept


def _note_left_out(
    what: str, names: Sequence[str], kept: set[str], limit: str, measured: MeasuredResponses
) -> None:
    left_out = [name for name in names if name not in kept]
    if left_out:
        measured.notes.append(
            f"{what} of {', '.join(left_out)} are left out: they do not fit in {limit}"
        )
