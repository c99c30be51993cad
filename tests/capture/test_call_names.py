"""Each call in a forward has a name of its own, whatever the modules are called."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import tb_neuron
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.call_names import CallNames
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layout, discover

INPUTS = torch.linspace(-1, 1, 8).reshape(2, 4)


class Named(nn.Module):
    """Calls modules of given names in a given order, perhaps each with a ReLU."""

    def __init__(self, order: list[str], rectified: bool = False) -> None:
        super().__init__()
        self.order = order
        self.rectified = rectified
        for number, name in enumerate(dict.fromkeys(order)):
            torch.manual_seed(number)
            self.add_module(name, nn.Linear(4, 4))

    def forward(self, inputs: Tensor) -> Tensor:
        for name in self.order:
            inputs = self._modules[name](inputs)  # pyright: ignore[reportOptionalCall]
            inputs = functional.relu(inputs) if self.rectified else inputs
        return inputs

    def outputs(self, inputs: Tensor) -> list[Tensor]:
        """Return what each call gives, in order, computed without any module's hooks."""
        found = []
        for name in self.order:
            module = self._modules[name]
            assert isinstance(module, nn.Linear)
            inputs = inputs @ module.weight.T + module.bias
            found.append(inputs)
        return found


def find(model: nn.Module, layers: str = "auto") -> Layout:
    with torch.no_grad():
        return discover(model, lambda: model(INPUTS), layers)


def names(layout: Layout) -> list[str]:
    return [layer.name for layer in layout.watched]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["a", "a"], ["a", "a#1"]),
        (["a#b", "a#b"], ["a#b", "a#b#1"]),
        (["a", "a#1"], ["a", "a#1"]),
        (["a", "a", "a#1"], ["a", "a##1", "a#1"]),
        (["a#1", "a", "a"], ["a#1", "a", "a##1"]),
        (["a", "a", "a#1", "a#1"], ["a", "a##1", "a#1", "a#1#1"]),
        (["a", "a", "a#", "a#", "a#1"], ["a", "a##1", "a#", "a###1", "a#1"]),
    ],
)
def test_no_two_calls_have_one_name(order: list[str], expected: list[str]) -> None:
    assert names(find(Named(order))) == expected


def test_the_name_of_a_call_does_not_depend_on_how_often_it_is_asked_for() -> None:
    given = CallNames(["a", "a#1"])
    assert [given.name("a", 1) for _ in range(3)] == ["a##1"] * 3


@pytest.mark.parametrize("order", [["a#b"], ["a", "a", "a#1"], ["a#1", "a", "a", "a#1"], ["a/b"]])
def test_each_name_gets_the_output_of_its_own_call(order: list[str]) -> None:
    model, seen = Named(order), []
    layout = find(model)
    with torch.no_grad(), watch(model, layout, lambda layer, out: seen.append((layer.name, out))):
        model(INPUTS)
    expected = zip(names(layout), model.outputs(INPUTS), strict=True)
    for (name, output), (known, computed) in zip(seen, expected, strict=True):
        assert name == known
        torch.testing.assert_close(output, computed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a#b", ["a#b/relu", "a#b/relu#1"]), ("a/b", ["a/b/relu", "a/b/relu#1"])],
)
def test_a_functional_activation_has_the_whole_name_of_the_layer_before(
    name: str, expected: list[str]
) -> None:
    model, seen = Named([name, name], rectified=True), []
    layout = find(model)
    with torch.no_grad(), watch(model, layout, lambda layer, _: seen.append(layer.name)):
        model(INPUTS)
    assert (names(layout), seen) == (expected, expected)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a", ["a", "a##1"]),
        ("a#1", ["a#1", "a#1#1"]),
        ("a##1", ["a##1"]),
        ("a#1#1", ["a#1#1"]),
        ("*1", ["a#1", "a#1#1"]),
        ("a#*", ["a##1", "a#1", "a#1#1"]),
        ("*", ["a", "a##1", "a#1", "a#1#1"]),
    ],
)
def test_a_pattern_means_modules_and_with_the_sign_of_a_call_calls_too(
    pattern: str, expected: list[str]
) -> None:
    assert names(find(Named(["a", "a", "a#1", "a#1"]), pattern)) == expected


def test_modules_with_the_sign_of_a_call_are_recorded_and_read_back(tmp_path: Path) -> None:
    model = Named(["a", "a", "a#1"]).eval()
    probe = ProbeSet.from_tensors(INPUTS)
    recording = Recording(precision="f32")
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1), recording=recording) as recorder:
        recorder.step(0)
    run = next(iter(tb_neuron.open(tmp_path).runs.values()))
    for name, output in zip(["a", "a##1", "a#1"], model.outputs(INPUTS), strict=True):
        expected = output.detach().mean(0).numpy()
        assert run.activations(name, "mean")[0] == pytest.approx(expected, rel=1e-5, abs=1e-7)
