"""The table of nonlinearities holds what the functions do."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.nonlinearities import of_function, of_module

ARGUMENTS = {nn.Threshold: (0.0, 0.0), nn.Softmax: (1,)}
NOT_ACTIVATIONS = ("Softmax", "Softmin", "Softmax2d", "LogSoftmax", "MultiheadAttention")
MODULES = [
    getattr(nn, name) for name in torch.nn.modules.activation.__all__ if name not in NOT_ACTIVATIONS
]


@pytest.mark.parametrize("kind", MODULES)
def test_every_activation_module_of_torch_has_a_family(kind):
    assert of_module(kind(*ARGUMENTS.get(kind, ()))) is not None


@pytest.mark.parametrize("name", NOT_ACTIVATIONS[:4])
def test_a_softmax_is_no_activation_of_units(name):
    assert of_module(getattr(nn, name)()) is None


@pytest.mark.parametrize("kind", MODULES)
def test_the_ends_of_a_bounded_module_are_what_it_reaches(kind):
    module = kind(*ARGUMENTS.get(kind, ()))
    found = of_module(module)
    reached = module(torch.tensor([[-1e4, 1e4]])) if kind is not nn.GLU else torch.zeros(1, 2)
    assert found is not None
    assert found.family != "bounded" or reached.tolist() == [
        [pytest.approx(found.lower, abs=1e-3), pytest.approx(found.upper, abs=1e-3)]
    ]


@pytest.mark.parametrize("kind", MODULES)
def test_the_relu_family_is_what_is_0_for_all_negatives(kind):
    module = kind(*ARGUMENTS.get(kind, ()))
    found = of_module(module)
    inputs = torch.linspace(-9, 9, 91).view(1, -1)
    outputs = torch.ones(1, 91) if kind is nn.GLU else module(inputs)
    is_relu = bool((outputs[inputs < 0] == 0).all() and (outputs >= 0).all())
    assert found is not None
    assert (found.family == "relu") == is_relu


def test_every_activation_module_has_its_function():
    known = {kind.name for kind in nonlinearities._FUNCTIONS.values()}
    assert all(hasattr(functional, name) or hasattr(torch.special, name) for name in known)


@pytest.mark.parametrize(
    "function",
    [functional.relu, torch.relu, torch.Tensor.relu, torch.relu_, torch.Tensor.relu_],
)
def test_a_function_is_known_in_all_spellings(function):
    assert of_function(function, (), {}) == nonlinearities.Nonlinearity("relu", "relu")


def test_a_function_that_is_no_activation_is_none():
    assert of_function(torch.add, (), {}) is None


@pytest.mark.parametrize(
    ("arguments", "keywords"), [((0, -2, 3), {}), ((0,), {"min_val": -2.0, "max_val": 3.0})]
)
def test_the_ends_of_a_hardtanh_are_its_arguments(arguments, keywords):
    found = of_function(functional.hardtanh, arguments, keywords)
    assert found is not None
    assert (found.lower, found.upper) == (-2.0, 3.0)


def test_the_ends_of_a_hardtanh_module_are_its_own():
    found = of_module(nn.Hardtanh(-2.0, 3.0))
    assert found is not None
    assert (found.lower, found.upper) == (-2.0, 3.0)


@pytest.mark.parametrize(
    ("name", "family"),
    [("NewGELUActivation", "smooth"), ("Swish", "smooth"), ("ReLUSquaredActivation", "relu")],
)
def test_a_foreign_leaf_is_known_by_its_name(name, family):
    found = of_module(type(name, (nn.Module,), {})())
    assert found is not None
    assert found.family == family


def test_a_foreign_module_with_parameters_is_no_activation():
    class ReLUNetwork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(1, 1)

    assert of_module(ReLUNetwork()) is None
