"""Occlusion: what the target loses when a window of the input is put to the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from tb_neuron_callbacks.attributions.input_forms import Form, as_float32
from tb_neuron_callbacks.attributions.input_gradients import scores_at, start_values
from tb_neuron_callbacks.attributions.input_method import (
    Case,
    InputAttributions,
    InputMap,
    InputMethod,
)
from tb_neuron_callbacks.attributions.path import origins


def window_and_stride(form: Form, positions: Sequence[int], share: float) -> tuple[int, int]:
    """Return the side of the window and how far it moves, in positions.

    For images a share of the longer side, at least 2, moved by half of it; for all other forms one
    position at a time.
    """
    if form.name != "image":
        return 1, 1
    side = max(2, round(max(positions) * share))
    return side, max(1, side // 2)


def windows(positions: Sequence[int], side: int, stride: int) -> Bool[Tensor, "window ..."]:
    """Return every place of the window, true inside; the last ones are cut off at the edge."""
    axes = [_along(length, min(side, length), stride) for length in positions]
    found = []
    for spans in product(*axes):
        mask = torch.zeros(*positions, dtype=torch.bool)
        mask[tuple(slice(*span) for span in spans)] = True
        found.append(mask)
    return torch.stack(found)


def _attribute(case: Case) -> InputAttributions:
    values, whole = start_values(case)
    baselines = origins(case.choices.baseline, values)
    found, settings = [], []
    for number, form in enumerate(case.traits.forms):
        positions = form.positions(values[number].shape[1:])
        side, stride = window_and_stride(form, positions, case.choices.window)
        masks = windows(positions, side, stride)
        losses = whole.cpu().double() - _occluded(case, values, baselines, number, masks)
        found.append(InputMap(form.name, _spread(as_float32(losses), masks)))
        settings.append(f"window {side}, stride {stride}")
    return InputAttributions(tuple(found), "; ".join(settings))


def _occluded(
    case: Case,
    values: Sequence[Tensor],
    baselines: Sequence[Tensor],
    number: int,
    masks: Bool[Tensor, "window ..."],
) -> Float[Tensor, "window example"]:
    """Return the targets with each window of one start at the baseline."""
    examples = case.explained.examples
    together = max(1, case.choices.max_examples // max(examples, 1))
    scores = []
    for part in masks.split(together):
        places = [value.repeat(len(part), *[1] * (value.dim() - 1)) for value in values]
        inside = _with_channels(part, case.traits.forms[number], values[number])
        places[number] = torch.where(inside, baselines[number], values[number]).flatten(0, 1)
        scores.append(scores_at(case, places, len(part)).cpu().double().view(-1, examples))
    return torch.cat(scores)


def _with_channels(
    masks: Bool[Tensor, "window ..."], form: Form, value: Tensor
) -> Bool[Tensor, "window 1 ..."]:
    shown = masks[:, None]
    for axis in form.channel_axes:
        shown = shown.unsqueeze(axis + 1)
    return shown.view(len(masks), 1, *shown.shape[2 : value.dim() + 1]).to(value.device)


def _spread(
    losses: Float[Tensor, "window example"], masks: Bool[Tensor, "window ..."]
) -> Float[Tensor, "example ..."]:
    """Give each position the mean loss of the windows that cover it."""
    covers = masks.flatten(1).float()
    means = (losses.T @ covers) / covers.sum(0)
    return means.view(losses.shape[1], *masks.shape[1:])


def _along(length: int, side: int, stride: int) -> list[tuple[int, int]]:
    count = 1 + -(-(length - side) // stride)
    return [(n * stride, min(n * stride + side, length)) for n in range(count)]


METHOD = InputMethod(
    name="occlusion",
    description="Mean loss of the target over the windows that cover a position.",
    source="Zeiler and Fergus 2014",
    attribute=_attribute,
    needs=frozenset(("baseline",)),
)
