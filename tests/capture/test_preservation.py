"""A probe pass leaves model and random generators as it found them."""

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from tb_neuron_callbacks.preservation import preserved


class Counting(nn.Module):
    """Changes buffers and attributes of its own in each forward."""

    total: torch.Tensor
    hidden: torch.Tensor
    seen: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(2))
        self.register_buffer("hidden", torch.full((2,), torch.nan))
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64), persistent=False)
        self.calls = 0
        self.state = None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.total.data.add_(inputs.sum())
        self.hidden = self.hidden + 1
        self.seen += 1
        self.calls += 1
        self.state = inputs
        self.register_buffer("late", inputs)
        return inputs


class Stubborn(nn.Module):
    """Its eval() raises and its train() does nothing."""

    def eval(self):
        raise RuntimeError("this module is never evaluated")

    def train(self, mode: bool = True):
        del mode
        raise RuntimeError("this module chooses its own mode")

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs if self.training else -inputs


def run(model: nn.Module) -> None:
    with preserved(model):
        model(torch.ones(2))


@pytest.mark.parametrize(
    "look",
    [
        lambda model: model.total.tolist(),
        lambda model: str(model.hidden.tolist()),
        lambda model: int(model.seen),
        lambda model: model.calls,
        lambda model: model.state,
        lambda model: sorted(name for name, _ in model.named_buffers()),
        lambda model: sorted(model._non_persistent_buffers_set),
        lambda model: [id(buffer) for buffer in model.buffers()],
        lambda model: model.training,
    ],
)
def test_what_a_forward_changes_on_its_module_is_put_back(look: Callable) -> None:
    model = Counting()
    before = look(model)
    run(model)
    assert look(model) == before


def test_every_submodule_is_evaluated() -> None:
    model = nn.Sequential(nn.Dropout(), nn.Sequential(nn.BatchNorm1d(3)))
    with preserved(model):
        assert not any(module.training for module in model.modules())


def test_each_submodule_has_its_own_mode_again() -> None:
    model = nn.Sequential(nn.Dropout(), nn.BatchNorm1d(3), nn.ReLU())
    model[1].eval()
    with preserved(model):
        pass
    assert [module.training for module in model.modules()] == [True, True, False, True]


def test_a_module_whose_eval_raises_is_evaluated_all_the_same() -> None:
    model = Stubborn()
    with preserved(model):
        assert model(torch.ones(1)).item() == -1


def test_a_module_whose_train_raises_has_its_mode_again() -> None:
    model = Stubborn()
    with preserved(model):
        pass
    assert model.training


def test_modes_are_put_back_after_an_exception() -> None:
    model = nn.Sequential(nn.Dropout())
    with pytest.raises(ZeroDivisionError), preserved(model):
        raise ZeroDivisionError
    assert model[0].training


@pytest.mark.parametrize(
    "draw",
    [lambda: torch.rand(3).tolist(), lambda: np.random.rand(3).tolist(), random.random],
    ids=["torch", "numpy", "python"],
)
@pytest.mark.parametrize("fails", [False, True])
def test_random_generators_go_on_as_if_nothing_was_drawn(draw: Callable, fails: bool) -> None:
    torch.manual_seed(1)
    np.random.seed(1)
    random.seed(1)
    expected = draw()
    torch.manual_seed(1)
    np.random.seed(1)
    random.seed(1)
    try:
        with preserved(nn.Identity()):
            draw()
            if fails:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert draw() == expected


def test_no_gradient_is_recorded_inside() -> None:
    model = nn.Linear(2, 2)
    with preserved(model):
        assert not model(torch.ones(2)).requires_grad


def test_gradients_are_recorded_again_afterwards() -> None:
    with preserved(nn.Identity()):
        pass
    assert torch.is_grad_enabled()


def test_tensors_made_inside_can_be_used_in_a_graph_later() -> None:
    with torch.inference_mode(), preserved(nn.Identity()):
        made = torch.ones(2) * 2
    assert not made.is_inference()


def test_inference_mode_is_on_again_afterwards() -> None:
    with torch.inference_mode():
        with preserved(nn.Identity()):
            pass
        assert torch.is_inference_mode_enabled()


def test_autocast_is_off_inside() -> None:
    model = nn.Linear(2, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16), preserved(model):
        assert model(torch.ones(2)).dtype == torch.float32


def test_autocast_is_on_again_afterwards() -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with preserved(nn.Identity()):
            pass
        assert torch.is_autocast_enabled("cpu")


def test_a_graph_that_holds_a_changed_buffer_can_still_be_followed_back() -> None:
    model = Counting()
    weight = torch.ones(2, requires_grad=True)
    product = (weight * model.total).sum()
    run(model)
    product.backward()
    assert weight.grad is not None
