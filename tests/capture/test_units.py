"""Unit axes, and views of an output along them."""

import numpy as np
import pytest
import torch
from torch import nn

from tb_neuron_callbacks.errors import UnitAxisError
from tb_neuron_callbacks.units import (
    as_examples,
    as_rows,
    known_axis,
    moved_axis,
    override_axis,
    resolve_axis,
)


@pytest.mark.parametrize(
    ("module", "axis"),
    [
        (nn.Conv1d(1, 1, 1), 1),
        (nn.Conv3d(1, 1, 1), 1),
        (nn.ConvTranspose2d(1, 1, 1), 1),
        (nn.BatchNorm2d(1), 1),
        (nn.GroupNorm(1, 1), 1),
        (nn.Linear(1, 1), -1),
        (nn.LayerNorm(1), -1),
        (nn.Embedding(1, 1), -1),
        (nn.LSTM(1, 1), -1),
        (nn.MultiheadAttention(1, 1), -1),
        (nn.ReLU(), None),
    ],
)
def test_a_modules_class_fixes_the_unit_axis(module, axis):
    assert known_axis(module) == axis


@pytest.mark.parametrize(("axis", "found"), [(1, 1), (-1, 3), (3, 3), (-3, 1)])
def test_axes_are_counted_from_the_front(axis, found):
    assert resolve_axis("layer", axis, 4) == found


def test_the_second_axis_of_a_matrix_holds_the_units():
    assert resolve_axis("layer", None, 2) == 1


def test_an_axis_that_cannot_be_told_says_how_to_pass_it():
    with pytest.raises(UnitAxisError, match=r'Recording\(unit_axis=\{"mixer": axis\}\)'):
        resolve_axis("mixer", None, 4)


@pytest.mark.parametrize("axis", [0, 4, -4, -5])
def test_an_axis_that_is_none_of_the_outputs_is_refused(axis):
    with pytest.raises(UnitAxisError, match="must be one of 1 to 3"):
        resolve_axis("layer", axis, 4)


@pytest.mark.parametrize(
    ("name", "callee", "axis"),
    [
        ("encoder", "encoder", 2),
        ("encoder#1", "encoder", 2),
        ("encoder#2", "encoder", 3),
        ("decoder.0", "decoder.0", 1),
        ("decoder.0#1", "decoder.0", 1),
        ("other", "other", None),
        ("encoder#b", "encoder#b", None),
    ],
)
def test_an_override_is_found_by_name_by_call_and_by_pattern(name, callee, axis):
    unit_axis = {"encoder": 2, "encoder#2": 3, "decoder.*": 1}
    assert override_axis(name, callee, unit_axis) == axis


def layouts() -> dict[str, tuple[torch.Tensor, int]]:
    torch.manual_seed(0)
    image = torch.randn(2, 3, 4, 5)
    return {
        "contiguous": (image, 1),
        "channels last": (image.contiguous(memory_format=torch.channels_last), 1),
        "units last": (torch.randn(2, 4, 5), 2),
        "permuted": (torch.randn(4, 2, 5).transpose(0, 1), 2),
        "sliced": (torch.randn(4, 3, 9)[::2, :, 1:6], 1),
        "expanded": (torch.randn(1, 3, 1).expand(4, 3, 5), 1),
        "one unit": (torch.randn(4, 1, 5), 1),
        "one example": (torch.randn(1, 3, 5), 1),
        "matrix": (torch.randn(4, 3), 1),
        "vector": (torch.randn(4), 1),
    }


@pytest.mark.parametrize("name", layouts())
def test_rows_hold_every_activation_of_each_unit(name):
    activations, axis = layouts()[name]
    rows = as_rows(activations, axis).numpy()
    numbers = activations.numpy()
    wanted = numbers[None] if numbers.ndim == 1 else np.moveaxis(numbers, axis, 0)
    wanted = wanted.reshape(len(wanted), -1)
    found = np.moveaxis(rows, 1, 0).reshape(len(wanted), -1)
    np.testing.assert_array_equal(np.sort(found, 1), np.sort(wanted, 1))


@pytest.mark.parametrize("name", ["contiguous", "channels last", "units last", "permuted"])
def test_rows_of_a_dense_output_are_a_view(name):
    activations, axis = layouts()[name]
    assert as_rows(activations, axis).data_ptr() == activations.data_ptr()


def test_examples_come_first_and_units_last():
    activations = torch.randn(7, 2, 3)
    found = as_examples(activations, unit_axis=2, example_axis=1)
    np.testing.assert_array_equal(found.numpy(), activations.numpy().transpose(1, 0, 2))


@pytest.mark.parametrize(
    ("change", "axis"),
    [
        (lambda tensor: tensor.flatten(2).transpose(1, 2), 2),
        (lambda tensor: tensor.permute(0, 2, 3, 1), 3),
        (lambda tensor: tensor.unflatten(1, (2, 2)), None),
    ],
)
def test_the_unit_axis_is_followed_through_views(change, axis):
    tensor = torch.randn(2, 4, 3, 5)
    assert moved_axis(tensor, 1, change(tensor)) == axis
