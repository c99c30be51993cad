"""Every figure against an independent computation in NumPy, in any split of the examples."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from measured import RELU, SIGMOID, assert_alike, figures, layer_of, measure
from networks import ResidualNetwork, Transformer, settled
from recorded import column, values
from torch import Tensor, nn

from tb_neuron.schema.neuron_pb2 import GRID_UNSIGNED_LOG
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every, reduction
from tb_neuron_callbacks.errors import StatisticError
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, discover
from tb_neuron_callbacks.nonlinearities import NONE, Nonlinearity
from tb_neuron_callbacks.statistics import OF_STATES, LayerStatistics


def shifted(model: nn.Module) -> nn.Module:
    """Return the model with parameters that give each unit a mean, a scale and some zeros."""
    for parameter in model.parameters():
        nn.init.normal_(parameter, 0.1, 0.7)
    return settled(model)


IMAGE, TOKENS = (6, 3, 9, 8), (6, 5, 8)
KINDS: dict[str, tuple[nn.Module, tuple[int, ...], int]] = {
    "Linear": (nn.Linear(8, 5), (6, 8), 1),
    "Linear over tokens": (nn.Linear(8, 5), TOKENS, 2),
    "Conv1d": (nn.Conv1d(5, 4, 3), TOKENS, 1),
    "Conv2d": (nn.Conv2d(3, 4, 3), IMAGE, 1),
    "Conv2d, wide": (nn.Conv2d(3, 4, 3), (6, 3, 20, 20), 1),
    "Conv3d": (nn.Conv3d(2, 4, 2), (6, 2, 4, 3, 5), 1),
    "ReLU after Conv2d": (nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), IMAGE, 1),
    "BatchNorm1d": (nn.BatchNorm1d(8), (6, 8), 1),
    "BatchNorm1d over positions": (nn.BatchNorm1d(5), TOKENS, 1),
    "BatchNorm2d": (nn.BatchNorm2d(3), IMAGE, 1),
    "GroupNorm": (nn.GroupNorm(3, 6), (6, 6, 9, 8), 1),
    "LayerNorm": (nn.LayerNorm(8), TOKENS, 2),
    "RMSNorm": (nn.RMSNorm(8), TOKENS, 2),
    "sigmoid": (nn.Sequential(nn.Linear(8, 5), nn.Sigmoid()), (6, 8), 1),
    "LSTM": (nn.LSTM(8, 7, batch_first=True), TOKENS, 2),
    "GRU": (nn.GRU(8, 7, batch_first=True), TOKENS, 2),
    "Embedding": (nn.Embedding(9, 4), (6, 5), 2),
    "attention": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), TOKENS, 2),
}
WATCHED = {"attention": "self_attn", "ReLU after Conv2d": "1", "sigmoid": "1"}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("splits", [[6], [1, 5], [2, 2, 2]])
def test_statistics_of_a_layer_are_those_of_its_raw_outputs(name, splits):
    torch.manual_seed(3)
    model, shape, axis = KINDS[name]
    model = shifted(model)
    inputs = torch.randint(0, 9, shape) if name == "Embedding" else torch.randn(shape)
    seen: list[np.ndarray] = []
    with torch.no_grad():
        chosen = WATCHED.get(name, type(model).__name__)
        layout = discover(model, lambda: model(inputs), chosen)
        (layer,) = layout.watched
        statistics = LayerStatistics(layer)

        def receive(_: Layer, output: Tensor) -> None:
            seen.append(output.numpy().copy())
            statistics.update(output)

        with watch(model, layout, receive):
            for batch in inputs.split(splits):
                model(batch)
    ends = (0.0, 1.0) if name == "sigmoid" else None
    found = {key: column.numpy() for key, column in statistics.finish().items()}
    assert layer.unit_axis == axis
    assert_alike(found, figures(np.concatenate(seen), axis, ends))


LAYOUTS = {
    "rows": ((700, 300), 1),
    "tokens": ((8, 90, 300), 2),
    "narrow": ((300, 40, 4, 5), 1),
    "wide": ((9, 40, 33, 31), 1),
    "one unit": ((9, 1, 33, 31), 1),
    "one example": ((1, 40, 33, 31), 1),
    "one activation": ((1, 40), 1),
    "vector": ((17,), 1),
}


def activations_of(shape: tuple[int, ...], kind: Nonlinearity = NONE) -> Tensor:
    values = torch.randn(shape)
    if kind.family == "relu":
        return values.clamp(min=0)
    return (3 * values).sigmoid() if kind.family == "bounded" else values


@pytest.mark.parametrize("kind", [NONE, RELU, SIGMOID], ids=lambda kind: kind.family)
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_in_memory_gives_the_same_figures(name, kind):
    torch.manual_seed(5)
    shape, axis = LAYOUTS[name]
    activations = activations_of(shape, kind)
    units = shape[axis] if len(shape) > 1 else 1
    numbers = activations.numpy() if len(shape) > 1 else activations.numpy()[:, None]
    ends = (0.0, 1.0) if kind is SIGMOID else None
    found = measure(layer_of(units, axis, kind), activations)
    assert_alike(found, figures(numbers, axis, ends))


@pytest.mark.parametrize(
    "arrange",
    [
        lambda tensor: tensor.contiguous(memory_format=torch.channels_last),
        lambda tensor: tensor.transpose(2, 3),
        lambda tensor: tensor[:, :, ::2],
    ],
)
def test_strides_do_not_matter(arrange):
    torch.manual_seed(5)
    activations = arrange(torch.randn(7, 6, 12, 11))
    assert_alike(measure(layer_of(6), activations), figures(activations.numpy(), 1))


@pytest.mark.parametrize("elements", [1, 100, 10_000])
@pytest.mark.parametrize("value", [0.0, torch.nan])
def test_the_size_of_chunks_does_not_matter(monkeypatch, elements, value):
    torch.manual_seed(5)
    monkeypatch.setattr(reduction, "_CHUNK_ELEMENTS", elements)
    for shape in ((37, 40), (11, 5, 9, 9), (9, 5, 3)):
        activations = torch.randn(shape)
        activations[3, 1] = value
        assert_alike(measure(layer_of(shape[1]), activations), figures(activations.numpy(), 1))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_dtypes_are_measured_in_enough_digits(dtype):
    torch.manual_seed(5)
    activations = torch.randn(40, 6, 10, 10).to(dtype)
    wanted = figures(activations.double().numpy(), 1)
    assert_alike(measure(layer_of(6), activations), wanted)


@pytest.mark.parametrize("shape", [(4000, 6), (40, 6, 10, 10)])
def test_the_std_keeps_its_digits_far_from_zero(shape):
    torch.manual_seed(5)
    activations = 1000 + 0.01 * torch.randn(shape)
    found = measure(layer_of(6), *activations.split(7))["std"]
    np.testing.assert_allclose(found, figures(activations.numpy(), 1)["std"], rtol=1e-3)


def test_the_std_of_a_constant_is_zero():
    found = measure(layer_of(3), *torch.full((50, 3, 10), 0.1).split(8))
    np.testing.assert_allclose(found["std"], 0, atol=1e-8)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("kind", [NONE, RELU, SIGMOID], ids=lambda kind: kind.family)
@pytest.mark.parametrize("splits", [[20], [1, 19], [10, 10]])
def test_nan_and_inf_are_counted_and_never_averaged_in(value, kind, splits):
    torch.manual_seed(5)
    activations = activations_of((20, 5, 3, 3), kind)
    activations[3, 1, 0, 0] = value
    activations[:, 2] = value
    ends = (0.0, 1.0) if kind is SIGMOID else None
    found = measure(layer_of(5, 1, kind), *activations.split(splits))
    assert_alike(found, figures(activations.numpy(), 1, ends))


def test_magnitudes_whose_squares_overflow_are_finite():
    activations = torch.tensor([[1e30, 1.0], [-1e30, 3.0]])
    assert_alike(measure(layer_of(2), activations), figures(activations.numpy(), 1))


LARGEST = float(np.finfo(np.float32).max)
BEYOND = [[1e200, -1e200, 1.0], [-1e300, -1e200, 2.0], [3.0, -1e200, 6.0]]


@pytest.mark.parametrize("splits", [[3], [1, 2], [1, 1, 1]])
def test_magnitudes_beyond_float32_are_its_largest_number(splits):
    activations = torch.tensor(BEYOND, dtype=torch.float64)
    found = measure(layer_of(3), *activations.split(splits))
    with np.errstate(over="ignore"):
        wanted = figures(activations.numpy(), 1)
    wanted["std"][:2] = LARGEST, 0.0  # 1e300 has no square in float64
    assert_alike(found, {name: column.clip(-LARGEST, LARGEST) for name, column in wanted.items()})


@pytest.mark.parametrize("column", range(3))
def test_statistics_know_whether_an_activation_was_beyond_float32(column):
    statistics = LayerStatistics(layer_of(1))
    statistics.update(torch.tensor(BEYOND, dtype=torch.float64)[:, column : column + 1])
    assert statistics.exceeds_float32() == (column < 2)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_what_is_not_finite_is_not_beyond_float32(value):
    statistics = LayerStatistics(layer_of(1))
    statistics.update(torch.tensor([[value], [1.0]], dtype=torch.float64))
    assert not statistics.exceeds_float32()


class Enormous(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        return inputs * 1e200


def test_a_record_says_that_activations_were_beyond_float32(tmp_path: Path) -> None:
    inputs = torch.tensor([[1.0, 0.0], [3.0, -2.0]], dtype=torch.float64)
    probe, model = ProbeSet.from_tensors(inputs), nn.Sequential(Enormous())
    with NeuronRecorder(model, probe, tmp_path, layers="0", schedule=every(1)) as recorder:
        recorder.step(0)
    value = values(tmp_path, "activations")[0]
    assert column(value, "0", "max") == pytest.approx([LARGEST, 0.0], rel=0.038)
    assert column(value, "0", "nonfinite").tolist() == [0.0, 0.0]
    assert [note for note in value.header.notes if "beyond float32's largest" in note]


def test_a_negative_zero_is_a_zero():
    found = measure(layer_of(2, 1, RELU), torch.tensor([[-0.0, 1.0], [0.0, 2.0]]))
    assert found["zeros"].tolist() == [1.0, 0.0]


def test_a_relu_layer_with_negative_outputs_is_measured_as_it_is():
    torch.manual_seed(5)
    activations = torch.randn(50, 4)
    assert_alike(measure(layer_of(4, 1, RELU), activations), figures(activations.numpy(), 1))


def test_a_rare_activation_is_not_rounded_away():
    activations = torch.zeros(1 << 20, 2)
    activations[77, 1] = 1e-3
    found = measure(layer_of(2, 1, RELU), activations)
    assert found["frequency"].tolist() == [0.0, 2.0**-20]


def test_two_halves_merge_into_the_whole():
    torch.manual_seed(5)
    activations = torch.randn(40, 6, 3) * torch.tensor([1.0, 9.0, 0.1]) + 20
    activations[5, 2] = torch.nan
    first, second = LayerStatistics(layer_of(6)), LayerStatistics(layer_of(6))
    first.update(activations[:13])
    second.update(activations[13:])
    first.merge(second)
    found = {name: column.numpy() for name, column in first.finish().items()}
    assert_alike(found, figures(activations.numpy(), 1))


def test_merging_with_what_has_seen_nothing_changes_nothing():
    activations = torch.randn(40, 6)
    first, second = LayerStatistics(layer_of(6)), LayerStatistics(layer_of(6))
    second.update(activations)
    second.merge(LayerStatistics(layer_of(6)))
    first.merge(second)
    found = {name: column.numpy() for name, column in first.finish().items()}
    assert_alike(found, figures(activations.numpy(), 1))


def test_statistics_of_different_layers_do_not_merge():
    with pytest.raises(StatisticError, match=r"not layer \[.*with other \["):
        LayerStatistics(layer_of(6)).merge(LayerStatistics(Layer("other", "module", "", 6)))


def test_an_output_without_activations_changes_nothing():
    activations = torch.randn(40, 6)
    found = measure(layer_of(6), activations, activations[:0])
    assert_alike(found, figures(activations.numpy(), 1))


def test_an_output_with_other_units_says_so():
    with pytest.raises(StatisticError, match=r"'layer' must have 6 units on axis 1"):
        measure(layer_of(6), torch.randn(40, 7))


def test_figures_are_float32():
    assert {column.dtype for column in measure(layer_of(2), torch.randn(3, 2)).values()} == {
        np.dtype(np.float32)
    }


def test_the_outputs_themselves_are_left_alone():
    activations = torch.randn(40, 6)
    before = activations.clone()
    measure(layer_of(6), activations)
    assert torch.equal(activations, before)


def test_a_choice_of_statistics_holds_those_that_states_need():
    found = LayerStatistics(layer_of(2), ["max", "mean"]).kinds
    assert set(found) == {"max", "mean", *OF_STATES} - {"saturation"}


def test_an_unknown_statistic_is_refused_with_the_known_ones():
    with pytest.raises(StatisticError, match=r"must be of mean, std.*not median"):
        LayerStatistics(layer_of(2), ["median"])


def test_finishing_without_an_output_says_that_there_was_none():
    with pytest.raises(StatisticError, match="gave no output"):
        LayerStatistics(layer_of(2)).finish()


class Energy:
    """The mean square, as a user would write it."""

    name = "energy"
    grid = GRID_UNSIGNED_LOG
    description = "Mean of the squared activations."

    def __init__(self) -> None:
        self.total = torch.zeros(())
        self.count = 0
        self.batches: list[Any] = []

    def update(self, activations: Tensor, batch: Any) -> None:
        self.total = self.total + activations.square().sum((0, 1))
        self.count += activations.shape[0] * activations.shape[1]
        self.batches.append(batch)

    def merge(self, other: "Energy") -> None:
        self.total, self.count = self.total + other.total, self.count + other.count

    def finish(self) -> Tensor:
        return self.total / self.count


def test_a_statistic_of_the_users_own_sees_examples_positions_and_units():
    activations = torch.randn(20, 4, 3, 2)
    first = LayerStatistics(layer_of(4), extra=[Energy()])
    second = LayerStatistics(layer_of(4), extra=[Energy()])
    first.update(activations[:5], "labels")
    second.update(activations[5:], "labels")
    first.merge(second)
    wanted = (activations.numpy() ** 2).mean((0, 2, 3))
    np.testing.assert_allclose(first.finish()["energy"].numpy(), wanted, rtol=1e-5)


def test_a_statistic_of_the_users_own_is_stored_as_it_says():
    kind = LayerStatistics(layer_of(4), extra=[Energy()]).kinds["energy"]
    assert (kind.grid, kind.description) == (Energy.grid, Energy.description)


def test_a_statistic_may_not_take_a_standard_name():
    own = Energy()
    own.name = "mean"
    with pytest.raises(StatisticError, match="different names"):
        LayerStatistics(layer_of(4), extra=[own])


@pytest.mark.parametrize("name", ["mean@1", "mine:label:mean", "", 3])
def test_a_statistic_may_not_be_called_like_one_of_a_class_or_an_attribution(name):
    own = Energy()
    own.name = name
    with pytest.raises(StatisticError, match='without "@" and ":"'):
        LayerStatistics(layer_of(4), extra=[own])


@pytest.mark.parametrize(
    ("model", "inputs"),
    [
        (ResidualNetwork(inplace=True), torch.randn(6, 3, 12, 12)),
        (Transformer(2, shared=True), torch.randint(0, 11, (6, 6))),
    ],
)
def test_a_whole_network_has_the_same_figures_in_any_split(model, inputs):
    def record(sizes: list[int]) -> dict[str, dict[str, Tensor]]:
        with torch.no_grad():
            layout = discover(model, lambda: model(inputs[:2]))
            found = {layer.name: LayerStatistics(layer) for layer in layout.watched}
            with watch(model, layout, lambda layer, out: found[layer.name].update(out)):
                for batch in inputs.split(sizes):
                    model(batch)
        return {name: statistics.finish() for name, statistics in found.items()}

    settled(model)
    whole, parts = record([6]), record([1, 3, 2])
    for name, columns in whole.items():
        for statistic, figure in columns.items():
            other = parts[name][statistic]
            torch.testing.assert_close(other, figure, rtol=2e-4, atol=2e-6)
