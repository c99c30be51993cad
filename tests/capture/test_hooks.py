"""Watched outputs are handed out as produced, and nothing is left behind."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from networks import Functional, ResidualNetwork, Transformer, settled
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layout, discover

Seen = list[tuple[str, np.ndarray]]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def look(
    model: nn.Module, *inputs: Tensor, layers: Any = "auto", times: int = 1
) -> tuple[Layout, Seen]:
    """Return the layout and every output that was handed out."""
    seen: Seen = []
    with torch.no_grad():
        layout = discover(model, lambda: model(*inputs), layers)
        with watch(model, layout, lambda layer, out: seen.append((layer.name, out.numpy().copy()))):
            for _ in range(times):
                model(*inputs)
    return layout, seen


def hooks_left(model: nn.Module) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


def images(count: int = 2) -> Tensor:
    return torch.randn(count, 3, 12, 12)


def numbers(count: int = 2) -> Tensor:
    return torch.randint(0, 11, (count, 6))


@pytest.mark.parametrize(
    ("model", "inputs"),
    [
        (ResidualNetwork(), images()),
        (ResidualNetwork(inplace=True), images()),
        (Functional(), images()),
        (Transformer(), numbers()),
        (Transformer(3, shared=True), numbers()),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), torch.randn(2, 5, 8)),
    ],
)
def test_every_layer_is_handed_out_once_a_forward_in_order(model, inputs):
    layout, seen = look(settled(model), inputs, times=3)
    assert [name for name, _ in seen] == [layer.name for layer in layout.watched] * 3


def test_outputs_are_what_the_modules_give():
    model, inputs = settled(ResidualNetwork()), images()
    _, seen = look(model, inputs, layers=["stem", "layer1", "fc"])
    with torch.no_grad():
        stem = model.get_submodule("stem")(inputs)
        first = model.get_submodule("layer1")(stem)
        wanted = {"stem": stem, "layer1": first, "fc": model(inputs)}
    for name, output in seen:
        np.testing.assert_array_equal(output, wanted[name].numpy())


def test_in_place_activations_show_what_their_out_of_place_twins_do():
    twin = settled(ResidualNetwork(inplace=True))
    plain = settled(ResidualNetwork())
    plain.load_state_dict(twin.state_dict())
    inputs = images()
    everything = "*"
    for (name, output), (other, wanted) in zip(
        look(twin, inputs, layers=everything)[1],
        look(plain, inputs, layers=everything)[1],
        strict=True,
    ):
        assert name == other
        np.testing.assert_array_equal(output, wanted)


def _keep(model: nn.Module, inputs: Tensor, layers: Any) -> dict[str, Tensor]:
    kept: dict[str, Tensor] = {}
    with torch.no_grad():
        layout = discover(model, lambda: model(inputs), layers)
        receive = lambda layer, output: kept.__setitem__(layer.name, output)  # noqa: E731
        with watch(model, layout, receive, keep=True):
            model(inputs)
    return kept


def test_a_kept_output_outlives_an_in_place_activation():
    model = nn.Sequential(nn.Linear(4, 50), nn.ReLU(inplace=True), nn.Linear(50, 2))
    inputs = torch.randn(3, 4)
    kept = _keep(model, inputs, ["0", "1"])
    with torch.no_grad():
        np.testing.assert_array_equal(kept["0"].numpy(), model[0](inputs).numpy())


def test_the_model_goes_on_with_the_same_numbers_where_outputs_are_kept():
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(inplace=True), nn.Linear(5, 2))
    inputs = torch.randn(3, 4)
    kept = _keep(model, inputs, "*")
    with torch.no_grad():
        np.testing.assert_array_equal(kept["2"].numpy(), model(inputs).numpy())


def test_a_kept_functional_activation_outlives_what_changes_it():
    class Changing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 5)

        def forward(self, inputs: Tensor) -> Tensor:
            hidden = self.inner(inputs)
            hidden.relu_()
            hidden += 3
            return hidden

    model, inputs = Changing(), torch.randn(3, 4)
    kept = _keep(model, inputs, ["inner", "inner/relu"])
    with torch.no_grad():
        before = model.inner(inputs)
    np.testing.assert_array_equal(kept["inner"].numpy(), before.numpy())
    np.testing.assert_array_equal(kept["inner/relu"].numpy(), before.clamp(min=0).numpy())


@pytest.mark.parametrize("wrap", [lambda output: (output, 1), lambda output: {"out": output}])
def test_a_kept_output_inside_a_container_is_replaced_there(wrap):
    class Wrapping(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 5)

        def forward(self, inputs: Tensor) -> Any:
            return wrap(self.inner(inputs))

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wrapping = Wrapping()

        def forward(self, inputs: Tensor) -> Tensor:
            found = self.wrapping(inputs)
            return (found[0] if isinstance(found, tuple) else found["out"]).relu_()

    model, inputs = Outer(), torch.randn(3, 4)
    kept = _keep(model, inputs, ["wrapping", "*/*"])
    with torch.no_grad():
        wanted = model.wrapping.inner(inputs)
    np.testing.assert_array_equal(kept["wrapping"].numpy(), wanted.numpy())


@pytest.mark.parametrize(
    "activate",
    [
        functional.relu,
        torch.relu,
        lambda tensor: tensor.relu(),
        lambda tensor: tensor.relu_(),
        lambda tensor: functional.relu(tensor, inplace=True),
    ],
)
def test_a_functional_activation_is_seen_in_all_spellings(activate: Callable[[Tensor], Tensor]):
    class Spelled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 5)

        def forward(self, inputs: Tensor) -> Tensor:
            return activate(self.inner(inputs))

    model, inputs = Spelled(), torch.randn(3, 4)
    _, seen = look(model, inputs, layers="inner/relu")
    np.testing.assert_array_equal(seen[0][1], model.inner(inputs).detach().numpy().clip(0))


def test_a_function_after_an_addition_is_named_after_the_first_summand():
    class Adding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left = nn.Linear(4, 5)
            self.right = nn.Linear(4, 5)

        def forward(self, inputs: Tensor) -> Tensor:
            return functional.relu(self.left(inputs) + self.right(inputs))

    assert look(Adding(), torch.randn(3, 4))[1][0][0] == "left/relu"


def test_a_siamese_call_of_the_whole_model_keeps_its_calls_apart():
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU())
    first, second = torch.randn(3, 4), torch.randn(3, 4)
    seen: Seen = []

    def run() -> Tensor:
        return model(first) + model(second)

    with torch.no_grad():
        layout = discover(model, run)
        with watch(model, layout, lambda layer, out: seen.append((layer.name, out.numpy()))):
            run()
            run()
        wanted = model(second).numpy()
    assert [name for name, _ in seen] == ["1", "1#1"] * 2
    np.testing.assert_array_equal(seen[3][1], wanted)


def test_a_model_whose_forward_is_not_called_is_followed_by_its_parts():
    class Lightning(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(nn.Linear(4, 5), nn.ReLU())

        def predict_step(self, inputs: Tensor) -> Tensor:
            return functional.gelu(self.net(inputs))

    model, inputs, seen = Lightning(), torch.randn(3, 4), []
    with torch.no_grad():
        layout = discover(model, lambda: model.predict_step(inputs))
        with watch(model, layout, lambda layer, _: seen.append(layer.name)):
            for _ in range(2):
                model.predict_step(inputs)
    assert seen == ["net.1", "net/gelu"] * 2


@pytest.fixture
def _fresh_compiler():
    torch.compiler.reset()
    yield
    torch.compiler.reset()


@pytest.mark.usefixtures("_fresh_compiler")
def test_layers_of_a_model_that_is_already_compiled_are_seen():
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
    compiled: Any = torch.compile(model, backend="eager")
    inputs = torch.randn(3, 4)
    compiled(inputs)
    assert [name for name, _ in look(compiled, inputs)[1]] == ["1", "2"]


@pytest.mark.usefixtures("_fresh_compiler")
def test_layers_of_a_compiled_part_of_a_plain_model_are_seen():
    inner = nn.Sequential(nn.Linear(4, 5), nn.ReLU())
    model = nn.Sequential(torch.compile(inner, backend="eager"), nn.Linear(5, 2))  # pyright: ignore
    inputs = torch.randn(3, 4)
    model(inputs)
    assert [name for name, _ in look(model, inputs)[1]] == ["0.1", "1"]


@pytest.mark.usefixtures("_fresh_compiler")
def test_layers_of_a_model_compiled_in_place_are_seen():
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
    model.compile(backend="eager")
    inputs = torch.randn(3, 4)
    model(inputs)
    assert [name for name, _ in look(model, inputs)[1]] == ["1", "2"]


@pytest.mark.usefixtures("_fresh_compiler")
def test_compiled_parts_run_compiled_again_afterwards():
    runs = []

    def backend(graph: Any, _: Any) -> Any:
        def run(*args: Any) -> Any:
            runs.append(1)
            return graph.forward(*args)

        return run

    inner = nn.Linear(4, 5)
    model = nn.Sequential(torch.compile(inner, backend=backend))  # pyright: ignore
    inputs = torch.randn(3, 4)
    look(model, inputs)
    assert not runs
    with torch.no_grad():
        model(inputs)
    assert runs


@pytest.mark.parametrize("model", [ResidualNetwork(), Functional()])
def test_no_hook_is_left(model):
    look(settled(model), images())
    assert hooks_left(model) == 0


class Failing(nn.Module):
    """Raises in its second forward."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, inputs: Tensor) -> Tensor:
        self.calls += 1
        if self.calls > 1:
            raise ArithmeticError("raised on purpose")
        return inputs


def test_no_hook_and_no_mode_is_left_after_an_exception_in_the_model():
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), Failing(), nn.Linear(5, 2))
    with pytest.raises(ArithmeticError):
        look(model, torch.randn(3, 4))
    assert hooks_left(model) == 0
    assert torch.overrides._get_current_function_mode() is None  # pyright: ignore


def test_the_users_own_hooks_stay_and_run_first():
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU())
    model[1].register_forward_hook(lambda _, __, output: torch.add(output, 1))  # pyright: ignore[reportArgumentType]
    _, seen = look(model, torch.randn(3, 4), layers="1")
    assert seen[0][1].min() >= 1
    assert hooks_left(model) == 1


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_outputs_are_handed_out_in_every_grad_mode(mode):
    model, inputs, seen = nn.Sequential(nn.Linear(4, 5), nn.ReLU(True)), torch.randn(3, 4), []
    with mode():
        layout = discover(model, lambda: model(inputs))
        with watch(model, layout, lambda layer, _: seen.append(layer.name)):
            model(inputs)
    assert seen == ["1"]
