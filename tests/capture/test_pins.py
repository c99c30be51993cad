"""Pins: texts that name units, looked up in the layers of a real network."""

import pytest
import torch
from torch import nn

from tb_neuron_callbacks import Recording
from tb_neuron_callbacks.errors import LayerSelectionError
from tb_neuron_callbacks.layers import Layout, discover
from tb_neuron_callbacks.pins import find_pins


@pytest.fixture
def layout() -> Layout:
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3))
    return discover(model, lambda: model(torch.zeros(3, 4)), ["1", "3", "4"])


def test_a_name_and_numbers_pin_units(layout: Layout) -> None:
    assert find_pins(["1:5,2"], layout) == {"1": (2, 5)}


def test_a_pattern_pins_units_of_all_its_layers(layout: Layout) -> None:
    assert find_pins(["[13]:0"], layout) == {"1": (0,), "3": (0,)}


def test_a_range_pins_all_units_between_its_ends(layout: Layout) -> None:
    assert find_pins(["4:0-1"], layout) == {"4": (0, 1)}


def test_several_texts_may_name_one_layer(layout: Layout) -> None:
    assert find_pins(["1:0", "1:7"], layout) == {"1": (0, 7)}


def test_a_layer_of_a_pattern_without_such_a_unit_has_no_pin(layout: Layout) -> None:
    assert find_pins(["*:7"], layout) == {"1": (7,)}


def test_a_pattern_without_a_layer_is_refused(layout: Layout) -> None:
    with pytest.raises(LayerSelectionError, match="names no watched layer; they are"):
        find_pins(["conv*:3"], layout)


def test_a_unit_that_no_layer_has_is_refused(layout: Layout) -> None:
    with pytest.raises(LayerSelectionError, match="have 8 at most"):
        find_pins(["1:8"], layout)


@pytest.mark.parametrize("detail", ["1:2", ["1"], ["1:"], ["1:a"], ["1:3,"]])
def test_what_is_no_list_of_pins_is_refused_at_once(detail: object) -> None:
    with pytest.raises(LayerSelectionError, match="takes a list such as"):
        Recording(detail=detail)  # type: ignore[arg-type]
