"""Pins: the units that a user asks full detail of, such as `detail=["layer3.*:12,40"]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from tb_neuron.errors import shown
from tb_neuron_callbacks.errors import LayerSelectionError
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.selection import listing

#: A text that pins units: a layer or a pattern of layers, and numbers or ranges of units.
_FORM = re.compile(r"(?P<layers>.+):(?P<units>\s*\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*\s*)")

#: Pinned units by layer, rising.
Pins = Mapping[str, tuple[int, ...]]


def check_detail(detail: Any) -> None:
    """Refuse what is no list of pins, before there is a model to look them up in.

    Raises:
        LayerSelectionError: an element is no text of a layer and its units.
    """
    is_list = isinstance(detail, Sequence) and not isinstance(detail, str)
    for text in detail if is_list else (detail,):
        if not isinstance(text, str) or _FORM.fullmatch(text) is None or not is_list:
            raise LayerSelectionError(
                'Recording(detail=...) takes a list such as ["layer3.*:12,40", "head:0-9"], a '
                f"layer or pattern and its units, not {shown(text)}; leave it out for no pins"
            )


def find_pins(detail: Sequence[str], layout: Layout) -> dict[str, tuple[int, ...]]:
    """Return the pinned units of each watched layer.

    Args:
        detail: texts such as "layer3.*:12,40" or "head:0-9"; several may name one layer.
        layout: the watched layers.

    Raises:
        LayerSelectionError: a text names no watched layer, or a unit that its layers have not.
    """
    found: dict[str, set[int]] = {}
    for text in detail:
        check_detail([text])
        parts = _FORM.fullmatch(text)
        assert parts is not None
        layers = [each for each in layout.watched if _is_named(each, parts["layers"])]
        if not layers:
            names = listing([each.name for each in layout.watched])
            raise LayerSelectionError(
                f'detail="{text}" names no watched layer; they are {names}; pass one of them or a '
                "pattern"
            )
        for layer in layers:
            units = {unit for each in _ranges(parts["units"]) for unit in _inside(each, layer)}
            found.setdefault(layer.name, set()).update(units)
        if not any(_inside(each, layer) for each in _ranges(parts["units"]) for layer in layers):
            most = max(layer.units for layer in layers)
            raise LayerSelectionError(
                f'detail="{text}" names no unit: its layers have {most} at most, counted from 0; '
                "pass smaller numbers"
            )
    return {name: tuple(sorted(units)) for name, units in found.items() if units}


def _is_named(layer: Layer, pattern: str) -> bool:
    return layer.name == pattern or fnmatchcase(layer.name, pattern)


def _ranges(text: str) -> list[tuple[int, int]]:
    bounds = [[int(number) for number in part.split("-")] for part in text.split(",")]
    return [(each[0], each[-1]) for each in bounds]


def _inside(bounds: tuple[int, int], layer: Layer) -> range:
    return range(bounds[0], min(bounds[1] + 1, layer.units))
