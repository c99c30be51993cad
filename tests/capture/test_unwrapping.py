"""Wrappers are seen through, and the modules inside keep their own names."""

import pytest
import torch
from torch import nn
from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import checkpoint_wrapper

from tb_neuron_callbacks.unwrapping import compiled_modules, named_modules, unwrap


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 2)))


def test_a_plain_model_is_its_own_inside():
    model = network()
    assert unwrap(model) is model


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: torch.compile(model, backend="eager"),
        nn.DataParallel,
        checkpoint_wrapper,
        lambda model: nn.DataParallel(torch.compile(model, backend="eager")),  # pyright: ignore
        lambda model: torch.compile(nn.DataParallel(model), backend="eager"),
    ],
)
def test_wrappers_are_taken_off_however_deep(wrap):
    model = network()
    assert unwrap(wrap(model)) is model


def test_names_inside_wrappers_are_those_of_the_plain_model():
    plain, wrapped = network(), network()
    wrapped[1] = torch.compile(checkpoint_wrapper(wrapped[1]), backend="eager")  # pyright: ignore
    names = [name for name, _ in named_modules(nn.DataParallel(wrapped))]
    assert names == [name for name, _ in plain.named_modules()]


def test_a_child_that_is_called_module_by_its_owner_keeps_its_name():
    class Owner(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = nn.Linear(2, 2)

    assert [name for name, _ in named_modules(Owner())] == ["", "module"]


def test_a_module_under_two_names_is_named_once():
    model = network()
    model.append(model[0])
    assert [name for name, _ in named_modules(model)] == ["", "0", "1", "1.0", "1.1"]


def test_compiled_modules_are_found_in_both_forms():
    model = network()
    model[1].compile(backend="eager")
    model[0] = torch.compile(model[0], backend="eager")  # pyright: ignore[reportArgumentType]
    assert compiled_modules(model) == [model[0], model[1]]
