"""Activations that are not finite, tiny or far from zero have the figures that NumPy gives them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from measured import RELU, SIGMOID, figures, layer_of, measure
from recorded import column, values
from torch import Tensor, nn

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.recording import Thresholds
from tb_neuron_callbacks.statistics import LayerStatistics, unit_states


def states(activations: Tensor) -> list[int]:
    layer = layer_of(activations.shape[1])
    statistics = LayerStatistics(layer)
    statistics.update(activations)
    return unit_states(layer, statistics.finish(), Thresholds()).tolist()


def far_activations() -> Tensor:
    torch.manual_seed(5)
    return 1e4 + 6e-3 * torch.randn(70, 4)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("spoiled", [slice(0, 1), slice(0, 10), slice(0, 25)])
def test_the_std_keeps_its_digits_after_values_that_are_not_finite(value, spoiled):
    activations = far_activations()
    activations[spoiled] = value
    found = measure(layer_of(4), *activations.split(10))["std"]
    # The numbers themselves are a thousandth apart.
    np.testing.assert_allclose(found, figures(activations.numpy(), 1)["std"], rtol=2e-3)


def test_a_unit_that_is_finite_later_than_others_keeps_its_digits():
    activations = far_activations()
    activations[:25, 2] = torch.nan
    found = measure(layer_of(4), *activations.split(10))["std"]
    np.testing.assert_allclose(found, figures(activations.numpy(), 1)["std"], rtol=2e-3)


@pytest.mark.parametrize("scale", [1e-19, 1e-23, 1e-30, 1e-37])
@pytest.mark.parametrize("kind", [RELU, SIGMOID])
def test_squares_too_small_for_float32_are_not_lost(scale, kind):
    torch.manual_seed(5)
    activations = torch.rand(40, 4) * scale
    found = measure(layer_of(4, 1, kind), *activations.split(16))["std"]
    np.testing.assert_allclose(found, figures(activations.numpy(), 1)["std"], rtol=1e-5)


def test_small_activations_beside_large_ones_are_not_lost():
    torch.manual_seed(5)
    activations = torch.randn(40, 3) * torch.tensor([1.0, 1e-25, 1e5])
    found = measure(layer_of(3), *activations.split(16))["std"]
    np.testing.assert_allclose(found, figures(activations.numpy(), 1)["std"], rtol=1e-5)


@pytest.mark.parametrize("scale", [1e-23, 1e-42])
def test_a_layer_that_varies_little_is_not_silent(scale):
    torch.manual_seed(5)
    assert [bits & 1 for bits in states(torch.randn(40, 3) * scale)] == [0, 0, 0]


def test_a_layer_whose_std_no_float32_holds_is_silent_where_it_is_constant():
    activations = torch.full((40, 2), 1e-60, dtype=torch.float64)
    activations[::2, 1] = 2e-60
    assert [bits & 1 for bits in states(activations)] == [1, 0]


class Scaled(nn.Module):
    """Rectified inputs times one factor a unit."""

    factors: Tensor

    def __init__(self, factors: list[float]) -> None:
        super().__init__()
        self.register_buffer("factors", torch.tensor(factors))

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.relu(inputs * self.factors)


@pytest.mark.parametrize("factors", [[1.0, 1e6, 3.0], [1.0, 1e-10, 3.0]])
@pytest.mark.parametrize("name", ["mean", "std", "max"])
def test_what_float16_does_not_hold_is_kept(tmp_path: Path, factors: list[float], name: str):
    inputs = torch.linspace(0, 1, 60).reshape(20, 3)
    record_once(tmp_path, Scaled(factors), inputs)
    stored = column(values(tmp_path, "activations")[0], "input/relu", name)
    expected = figures((inputs * torch.tensor(factors)).numpy(), 1)[name]
    np.testing.assert_allclose(stored, expected, rtol=1e-3)


def test_a_record_says_which_columns_are_wider_than_asked_for(tmp_path: Path):
    record_once(tmp_path, Scaled([1.0, 1e6, 3.0]), torch.rand(20, 3))
    (note,) = values(tmp_path, "activations")[0].header.notes
    assert note.startswith("stored as float32, since float16 does not hold them: mean, std, ")


def test_columns_that_float16_holds_are_not_wider(tmp_path: Path):
    record_once(tmp_path, Scaled([1.0, 2.0, 3.0]), torch.rand(20, 3))
    assert not values(tmp_path, "activations")[0].header.notes


def record_once(folder: Path, model: nn.Module, inputs: Tensor) -> None:
    recording = Recording(precision="f16")
    probe = ProbeSet.from_tensors(inputs)
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        assert recorder.step(0)
