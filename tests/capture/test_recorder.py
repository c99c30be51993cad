"""A recorder in a plain loop: states, scalars, models of any kind, and refusals at construction."""

from pathlib import Path
from typing import Any

import pytest
import torch
from digits_run import count_hooks, digits, small_network
from recorded import column, scalars, tags, values
from recorders import flat_probe, header, record_once
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
    Recording,
    every,
)
from tb_neuron_callbacks.errors import (
    LayerSelectionError,
    ProbeForwardError,
)

pytestmark = pytest.mark.usefixtures("seeded")


# -- states and scalars


def hidden_bias(model: nn.Sequential) -> Tensor:
    bias = model[0].bias
    assert isinstance(bias, Tensor)
    return bias.data


def lively_network() -> nn.Sequential:
    """Return a network whose every hidden unit is above 0 for every example."""
    model = small_network()
    hidden_bias(model).fill_(100)
    return model


def test_a_planted_unit_is_silent_from_its_step_on(tmp_path: Path) -> None:
    model = small_network()
    with NeuronRecorder(model, flat_probe(), tmp_path, schedule=every(1)) as recorder:
        for step in range(5):
            if step == 2:
                hidden_bias(model)[7] = -1e3
            recorder.step(step)
    states = [column(value, "1", "states")[7] for value in values(tmp_path, "activations").values()]
    assert [int(state) & 1 for state in states] == [0, 0, 1, 1, 1]


def test_a_planted_unit_counts_as_dead_after_three_records(tmp_path: Path) -> None:
    model = lively_network()
    hidden_bias(model)[7] = -1e3
    with NeuronRecorder(model, flat_probe(), tmp_path, schedule=every(1)) as recorder:
        for step in range(4):
            recorder.step(step)
    dead = [value.header.aggregates[0].dead for value in values(tmp_path, "activations").values()]
    assert dead == [0, 0, 1, 1]


def test_shares_go_along_as_scalars(tmp_path: Path) -> None:
    model = lively_network()
    hidden_bias(model)[:3] = -1e3
    with (
        SummaryWriter(str(tmp_path)) as writer,
        NeuronRecorder(model, flat_probe(), writer) as recorder,
    ):
        recorder.step(0)
    assert scalars(tmp_path)["neurons/silent/1"][0] == pytest.approx(3 / 12)


def test_only_bounded_layers_have_a_share_of_saturated_units(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 10))
    record_once(tmp_path, model, flat_probe())
    assert [tag for tag in scalars(tmp_path) if "/saturated/" in tag] == ["neurons/saturated/1"]


def test_scalars_can_be_left_out(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe(), recording=Recording(scalars=False))
    assert scalars(tmp_path) == {}


# -- any model, any numbers


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_a_model_of_another_precision_is_recorded(tmp_path: Path, dtype: torch.dtype) -> None:
    record_once(tmp_path, small_network().to(dtype), flat_probe())
    assert list(values(tmp_path, "activations")) == [0]


def test_nan_is_counted_and_marked(tmp_path: Path) -> None:
    model = small_network()
    hidden_bias(model)[5] = torch.nan
    record_once(tmp_path, model, flat_probe(), layers=["0"])
    value = values(tmp_path, "activations")[0]
    assert column(value, "0", "nonfinite")[5] == 1
    assert int(column(value, "0", "states")[5]) & 8


def test_a_compiled_model_is_recorded(tmp_path: Path) -> None:
    compiled: Any = torch.compile(small_network(), backend="eager")
    record_once(tmp_path, compiled, flat_probe())
    assert [aggregate.layer for aggregate in header(tmp_path).aggregates] == ["1", "2"]


class Stubborn(nn.Sequential):
    """Its eval() raises and its train() is the user's."""

    def eval(self):
        raise RuntimeError("never")

    def train(self, mode: bool = True):
        del mode
        raise RuntimeError("never")


def test_a_model_whose_eval_raises_is_recorded(tmp_path: Path) -> None:
    record_once(tmp_path, Stubborn(nn.Linear(64, 8), nn.ReLU()), flat_probe())
    assert list(values(tmp_path, "activations")) == [0]


ODD_NAMES = ["q'\"<b>", "pct%20&a=b", "ü ☃", "a/b/c", "."]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_of_model_and_probe_set_is_kept(tmp_path: Path, name: str) -> None:
    record_once(tmp_path, small_network(), flat_probe(name=name), name=name)
    assert {(tag.model, tag.probe) for tag in tags(tmp_path)} == {(name, name)}


@pytest.mark.parametrize("name", ["q'\"<b>", "pct%20", "ü ☃", "a b", "a#b", "a#1", "#", "a/b"])
def test_any_name_of_a_layer_is_kept(tmp_path: Path, name: str) -> None:
    model = nn.Sequential()
    model.add_module(name, nn.Linear(64, 4))
    record_once(tmp_path, model, flat_probe())
    assert [aggregate.layer for aggregate in header(tmp_path).aggregates] == [name]


def test_a_step_beyond_two_to_the_53_is_kept(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(2**53 + 1)
    assert list(values(tmp_path, "activations")) == [2**53 + 1]


def test_a_step_can_be_an_integer_tensor(tmp_path: Path) -> None:
    step: Any = torch.tensor(4)
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(2)) as recorder:
        assert recorder.step(step)


# -- refusals at construction


def test_a_probe_set_that_does_not_fit_says_what_the_batch_holds(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(torch.zeros(4, 7))
    with pytest.raises(ProbeForwardError, match=r"(?s)mat1 and mat2.*float32\[4, 7\]"):
        NeuronRecorder(small_network(), probe, tmp_path)


def test_a_later_batch_that_does_not_fit_is_found_at_once(tmp_path: Path) -> None:
    probe = ProbeSet.from_batches([torch.zeros(4, 64), torch.zeros(4, 65)])
    with pytest.raises(ProbeForwardError, match=r"float32\[4, 65\]"):
        NeuronRecorder(small_network(), probe, tmp_path)


def test_a_refused_model_is_left_as_it_was(tmp_path: Path) -> None:
    model = small_network()
    with pytest.raises(ProbeForwardError):
        NeuronRecorder(model, ProbeSet.from_tensors(torch.zeros(4, 7)), tmp_path)
    assert (model.training, sum(map(count_hooks, model.modules()))) == (True, 0)


def test_a_lazy_module_is_not_initialised_by_recording(tmp_path: Path) -> None:
    model = nn.Sequential(nn.LazyLinear(4), nn.ReLU())
    with pytest.raises(ProbeForwardError, match=r"'0.weight' has none yet"):
        NeuronRecorder(model, flat_probe(), tmp_path)


def test_a_pattern_that_names_nothing_lists_what_exists(tmp_path: Path) -> None:
    with pytest.raises(LayerSelectionError, match='"0"'):
        NeuronRecorder(small_network(), flat_probe(), tmp_path, layers=["encoder.*"])


def test_forward_says_how_to_call_the_model(tmp_path: Path) -> None:
    images, labels = digits(8)
    probe = ProbeSet.from_batches([{"pixels": images, "labels": labels}])
    record_once(
        tmp_path, small_network(), probe, forward=lambda m, batch: m(batch["pixels"].flatten(1))
    )
    assert list(values(tmp_path, "outputs")) == [0]
