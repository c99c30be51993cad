"""The states of units, from activations made so that their states are known."""

import numpy as np
import pytest
import torch
from measured import RELU, SIGMOID, layer_of
from torch import Tensor

from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.recording import Thresholds
from tb_neuron_callbacks.statistics import LayerStatistics, unit_states

THRESHOLDS = Thresholds()


def states(layer: Layer, activations: Tensor) -> list[int]:
    statistics = LayerStatistics(layer)
    statistics.update(activations)
    return unit_states(layer, statistics.finish(), THRESHOLDS).tolist()


def test_a_relu_unit_that_never_fires_is_silent_and_dormant():
    activations = torch.rand(30, 3)
    activations[:, 1] = 0
    assert states(layer_of(3, 1, RELU), activations) == [0, 1 | 2, 0]


def test_a_relu_unit_that_fires_once_is_not_silent():
    activations = torch.rand(30, 3)
    activations[:, 1] = 0
    activations[4, 1] = 1e-20
    assert states(layer_of(3, 1, RELU), activations)[1] == 2


def test_another_unit_is_silent_where_it_is_constant():
    activations = torch.randn(30, 3)
    activations[:, 1] = 0.7
    assert states(layer_of(3), activations) == [0, 1, 0]


@pytest.mark.parametrize(("factor", "silent"), [(0.9e-6, 1), (1.2e-6, 0)])
def test_silence_is_a_share_of_the_root_mean_variance_of_the_layer(factor, silent):
    signs = torch.tensor([-1.0, 1.0]).repeat(50)[:, None].double()
    # Three units of std 1, 7 and `small`: the layer's is the root of their mean variance.
    small = factor * np.sqrt(50 / 3)
    found = states(layer_of(3), signs * torch.tensor([1.0, 7.0, small], dtype=torch.float64))
    assert found[2] & 1 == silent


@pytest.mark.parametrize(("share", "dormant"), [(0.024, 2), (0.026, 0)])
def test_dormant_is_a_share_of_the_layers_mean_magnitude(share, dormant):
    signs = torch.tensor([-1.0, 1.0]).repeat(50)[:, None]
    scale = torch.tensor([1.0, 1.0, 0.0])
    scale[2] = 2 * share / (3 - share)
    assert states(layer_of(3), signs * scale)[2] & 2 == dormant


@pytest.mark.parametrize(("near", "saturated"), [(94, 0), (95, 4), (96, 4)])
def test_saturated_is_near_an_end_almost_always(near, saturated):
    activations = torch.rand(100, 2) * 0.8 + 0.1
    activations[:near:2, 1], activations[1:near:2, 1] = 0.995, 0.005
    assert states(layer_of(2, 1, SIGMOID), activations)[1] & 4 == saturated


def test_a_unit_with_a_nan_is_marked_and_judged_by_the_rest():
    activations = torch.rand(30, 3)
    activations[3, 1] = torch.nan
    assert states(layer_of(3, 1, RELU), activations) == [0, 8, 0]


def test_a_unit_without_a_finite_activation_is_nothing_but_marked():
    activations = torch.rand(30, 3)
    activations[:, 1] = torch.inf
    assert states(layer_of(3, 1, RELU), activations) == [0, 8, 0]


def test_a_layer_that_is_0_everywhere_is_silent():
    assert states(layer_of(3), torch.zeros(30, 3)) == [1 | 2] * 3
