"""Models that change themselves in each forward are after a record what they were before it."""

import copy
import random
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

INPUTS = torch.linspace(-1, 1, 30).reshape(10, 3)


class Network(nn.Module):
    """Two layers; what a forward does besides is told by `restless`."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Linear(3, 4)
        self.key = nn.Linear(3, 4)
        self.last = nn.Linear(4, 2)

    def restless(self) -> None:
        """Change something."""

    def forward(self, inputs: Tensor) -> Tensor:
        self.restless()
        return self.last(torch.relu(self.first(inputs) + self.key(inputs)))


class AveragedKey(Network):
    def restless(self) -> None:
        with torch.no_grad():
            for key, query in zip(self.key.parameters(), self.first.parameters(), strict=True):
                key.mul_(0.9).add_(query, alpha=0.1)


class AveragedThroughData(Network):
    def restless(self) -> None:
        for key, query in zip(self.key.parameters(), self.first.parameters(), strict=True):
            key.data.mul_(0.9).add_(query.data, alpha=0.1)


class ReplacedData(Network):
    def restless(self) -> None:
        self.key.weight.data = self.key.weight.data * 0.9


class ReboundParameter(Network):
    def restless(self) -> None:
        self.key.weight = nn.Parameter(self.key.weight * 0.9)


class LateModule(Network):
    def restless(self) -> None:
        if not hasattr(self, "late"):
            self.late = nn.Linear(4, 4)


class PlainTensor(Network):
    def __init__(self) -> None:
        super().__init__()
        self.mean = torch.zeros(3)

    def restless(self) -> None:
        self.mean.mul_(0.9).add_(1)


class ResizedBuffer(Network):
    sizes: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("sizes", torch.ones(2))

    def restless(self) -> None:
        self.sizes.resize_(5).zero_()


class Containers(Network):
    def __init__(self) -> None:
        super().__init__()
        self.history: list[float] = [1.0]
        self.counts: dict[str, Any] = {"calls": 0, "inner": {"calls": [0]}}
        self.recent: deque[int] = deque([1, 2], maxlen=2)
        self.seen: set[int] = {0}
        self.array = np.zeros(2)
        self.queue = [torch.zeros(2)]

    def restless(self) -> None:
        self.history.append(2.0)
        self.counts["calls"] += 1
        self.counts["inner"]["calls"][0] += 1
        self.counts["late"] = 1
        self.recent.append(3)
        self.seen.add(7)
        self.array += 1
        self.queue[0].add_(1)


class Backward(Network):
    def restless(self) -> None:
        with torch.enable_grad():
            self.first(INPUTS).square().sum().backward()


class Generators(Network):
    def __init__(self) -> None:
        super().__init__()
        self.torch_generator = torch.Generator().manual_seed(1)
        self.numpy_generators = [np.random.default_rng(1), np.random.RandomState(1)]
        self.python_generator = random.Random(1)

    def restless(self) -> None:
        torch.rand(2, generator=self.torch_generator)
        for generator in self.numpy_generators:
            generator.normal()
        self.python_generator.random()


RESTLESS = [
    AveragedKey,
    AveragedThroughData,
    ReplacedData,
    ReboundParameter,
    LateModule,
    PlainTensor,
    ResizedBuffer,
    Containers,
    Backward,
    Generators,
]


def state(model: nn.Module) -> Any:
    """Return all that a model holds, as plain values."""
    return {name: plain(vars(module)) for name, module in model.named_modules()}


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, deque)):
        return [plain(part) for part in value]
    for kind, told in TOLD.items():
        if isinstance(value, kind):
            return told(value)
    return copy.copy(value)


def numbers(tensor: Tensor) -> Any:
    gradient = tensor.grad if tensor.is_leaf else None
    return [tensor.tolist(), None if gradient is None else gradient.tolist()]


TOLD: dict[type, Callable[[Any], Any]] = {
    Tensor: numbers,
    nn.Module: id,
    np.ndarray: np.ndarray.tolist,
    torch.Generator: lambda generator: generator.get_state().tolist(),
    np.random.Generator: lambda generator: copy.deepcopy(generator.bit_generator.state),
    np.random.RandomState: lambda generator: repr(generator.get_state()),
    random.Random: random.Random.getstate,
}


@pytest.fixture(params=RESTLESS, ids=lambda kind: kind.__name__)
def model(request: pytest.FixtureRequest) -> Network:
    return request.param()


def make_recorder(model: nn.Module, folder: Path) -> NeuronRecorder:
    probe = ProbeSet.from_tensors(INPUTS, batch_size=4)
    return NeuronRecorder(model, probe, folder, layers="last", schedule=every(1))


def test_a_recorder_is_made_without_a_change(model: Network, tmp_path: Path) -> None:
    before = state(model)
    make_recorder(model, tmp_path)
    assert state(model) == before


def test_a_record_changes_nothing(model: Network, tmp_path: Path) -> None:
    recorder = make_recorder(model, tmp_path)
    before = state(model)
    assert recorder.step(0)
    assert state(model) == before


def test_a_record_in_a_training_changes_nothing(model: Network, tmp_path: Path) -> None:
    recorder = make_recorder(model, tmp_path)
    model(INPUTS).sum().backward()
    before = state(model)
    assert recorder.step(1)
    assert state(model) == before


def test_a_record_leaves_the_very_parameters(model: Network, tmp_path: Path) -> None:
    before = [id(parameter) for parameter in model.parameters()]
    make_recorder(model, tmp_path).step(0)
    assert [id(parameter) for parameter in model.parameters()] == before


@pytest.mark.parametrize("kind", [AveragedKey, PlainTensor])
def test_a_graph_from_before_a_record_can_be_followed_back(
    kind: Callable[[], Network], tmp_path: Path
) -> None:
    model = kind()
    recorder = make_recorder(model, tmp_path)
    inputs = INPUTS.clone().requires_grad_()
    loss = model(inputs).sum()
    recorder.step(0)
    loss.backward()
    assert inputs.grad is not None


class LateChange(Network):
    """Changes a parameter in place from the third forward on."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = False

    def restless(self) -> None:
        if self.starts:
            self.key.weight.detach().mul_(0.5)


def test_a_parameter_that_changes_for_the_first_time_is_told(tmp_path: Path) -> None:
    model = LateChange()
    recorder = make_recorder(model, tmp_path)
    model.starts = True
    with pytest.warns(RuntimeWarning, match=r"key\.weight changed in the forward"):
        recorder.step(0)


def test_a_parameter_that_changed_once_is_put_back_from_then_on(tmp_path: Path) -> None:
    model = LateChange()
    recorder = make_recorder(model, tmp_path)
    model.starts = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recorder.step(0)
    before = model.key.weight.tolist()
    recorder.step(1)
    assert model.key.weight.tolist() == before


def test_a_record_copies_no_parameter_that_a_forward_leaves_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe, recording = ProbeSet.from_tensors(INPUTS), Recording(attributions=[], flow=0)
    recorder = NeuronRecorder(
        AveragedKey(), probe, tmp_path, layers="last", schedule=every(1), recording=recording
    )
    copied: list[int] = []
    clone = Tensor.clone

    def counted(tensor: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        copied.append(tensor.numel())
        return clone(tensor, *arguments, **keywords)

    monkeypatch.setattr(Tensor, "clone", counted)
    recorder.step(0)
    assert sorted(copied) == [4, 12]  # the key's bias and weight


def test_parametrised_weights_have_gradients_where_a_record_comes_first(tmp_path: Path) -> None:
    model = nn.Sequential(parametrizations.weight_norm(nn.Linear(3, 2)))
    probe = ProbeSet.from_tensors(INPUTS)
    recorder = NeuronRecorder(model, probe, tmp_path, schedule=every(1))
    with parametrize.cached():
        recorder.step(0)
        model(INPUTS).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_parametrised_weights_are_still_cached_after_a_record(tmp_path: Path) -> None:
    model = nn.Sequential(parametrizations.weight_norm(nn.Linear(3, 2)))
    probe = ProbeSet.from_tensors(INPUTS)
    recorder = NeuronRecorder(model, probe, tmp_path, schedule=every(1))
    with parametrize.cached():
        before = model[0].weight
        recorder.step(0)
        assert model[0].weight is before
