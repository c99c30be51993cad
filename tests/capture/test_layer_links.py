"""Which layer follows which."""

from typing import Any

import pytest
import torch
from found_layers import IMAGES, Returning, find
from networks import Branches, ResidualNetwork
from torch import Tensor, nn

from tb_neuron_callbacks.layers import Layout


def links(layout: Layout) -> dict[str, list[str]]:
    return {
        layer.name: [layout.layers[index].name for index in layer.successors]
        for layer in layout.layers
    }


def test_layers_of_a_chain_follow_each_other():
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    assert links(find(model, torch.zeros(2, 4))) == {
        "input": ["1"],
        "1": ["3"],
        "3": ["4"],
        "4": ["output"],
        "output": [],
    }


def test_two_branches_part_and_meet():
    assert links(find(Branches(), torch.zeros(2, 4))) == {
        "input": ["stem.1"],
        "stem.1": ["left.1", "right.1"],
        "left.1": ["head"],
        "right.1": ["head"],
        "head": ["output"],
        "output": [],
    }


@pytest.mark.parametrize("inplace", [False, True])
def test_a_residual_block_is_passed_by_its_shortcut(inplace):
    assert links(find(ResidualNetwork(inplace), IMAGES)) == {
        "input": ["stem.2"],
        "stem.2": ["layer1.relu1", "layer1.relu2"],
        "layer1.relu1": ["layer1.relu2"],
        "layer1.relu2": ["layer2.relu1", "layer2.relu2"],
        "layer2.relu1": ["layer2.relu2"],
        "layer2.relu2": ["fc"],
        "fc": ["output"],
        "output": [],
    }


def test_successors_are_what_gradients_say():
    model, images = ResidualNetwork().eval(), torch.randn(2, 3, 12, 12)
    layout = find(model, images)
    kept: dict[str, Any] = {}
    hooks = [
        model.get_submodule(layer.name).register_forward_hook(
            lambda _, __, output, name=layer.name: kept.__setitem__(name, output)
        )
        for layer in layout.watched
    ]
    model(images)
    for hook in hooks:
        hook.remove()
    for name, output in kept.items():
        found = links(layout)[name]
        for later, end in kept.items():
            others = [other for key, other in kept.items() if key not in (name, later)]
            assert _reaches(output, end, others) == (later in found), (name, later)


def _reaches(start: Tensor, end: Tensor, blocked: list[Tensor]) -> bool:
    """Whether a walk back from an output meets another without passing a third."""
    walls = {id(other.grad_fn) for other in blocked}
    waiting = [node for node, _ in end.grad_fn.next_functions]  # pyright: ignore
    while waiting:
        node = waiting.pop()
        if node is start.grad_fn:
            return True
        if node is not None and id(node) not in walls:
            waiting.extend(found for found, _ in node.next_functions)
    return False


def test_a_tensor_that_leaves_torch_goes_on_in_execution_order():
    class Leaving(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
            self.head = nn.Linear(3, 2)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.head(torch.from_numpy(self.first(inputs).numpy()))

    assert links(find(Leaving(), torch.zeros(2, 4)))["first.1"] == ["head"]


def test_a_custom_autograd_function_does_not_break_the_chain():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(_: Any, inputs: Tensor) -> Tensor:
            return inputs * 2

    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), Returning(Double.apply), nn.Linear(3, 2))
    assert links(find(model, torch.zeros(2, 4)))["1"] == ["3"]
