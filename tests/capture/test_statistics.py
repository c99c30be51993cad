"""Every figure against an independent computation in NumPy, in any split of the examples."""

from typing import Any

import numpy as np
import pytest
import torch
from networks import ResidualNetwork, Transformer, settled
from torch import Tensor, nn

from tb_neuron.schema.neuron_pb2 import GRID_UNSIGNED_LOG
from tb_neuron_callbacks import reduction
from tb_neuron_callbacks.errors import StatisticError
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, discover
from tb_neuron_callbacks.nonlinearities import NONE, Nonlinearity
from tb_neuron_callbacks.recording import Thresholds
from tb_neuron_callbacks.statistics import (
    OF_STATES,
    STANDARD,
    ClassMeans,
    LayerStatistics,
    unit_states,
)

RELU = Nonlinearity("relu", "relu")
SIGMOID = Nonlinearity("bounded", "sigmoid", 0.0, 1.0)


def layer_of(units: int, unit_axis: int = 1, kind: Nonlinearity = NONE, **known: Any) -> Layer:
    return Layer("layer", "module", "Module", units, unit_axis, nonlinearity=kind, **known)


def figures(activations: np.ndarray, unit_axis: int, ends: tuple[float, float] | None = None):
    """Every standard statistic, written down from its definition and in float64."""
    rows = np.moveaxis(activations.astype(np.float64), unit_axis, 0)
    found: dict[str, list[Any]] = {name: [] for name in STANDARD}
    for row in rows.reshape(len(rows), -1):
        values = row[np.isfinite(row)]
        blank = [np.nan] * (len(values) == 0)
        found["mean"] += blank or [values.mean()]
        found["std"] += blank or [values.std()]
        found["min"] += blank or [values.min()]
        found["max"] += blank or [values.max()]
        found["mean_abs"] += blank or [np.abs(values).mean()]
        found["frequency"] += blank or [np.mean(values > 0)]
        found["zeros"] += blank or [np.mean(values == 0)]
        found["nonfinite"] += [np.mean(~np.isfinite(row))]
        if ends is not None:
            near = 0.01 * (ends[1] - ends[0])
            is_near = (values <= ends[0] + near) | (values >= ends[1] - near)
            found["saturation"] += blank or [np.mean(is_near)]
    return {name: np.array(column) for name, column in found.items() if column}


def measure(layer: Layer, *batches: Tensor) -> dict[str, np.ndarray]:
    statistics = LayerStatistics(layer)
    for batch in batches:
        statistics.update(batch)
    return {name: column.numpy() for name, column in statistics.finish().items()}


def assert_alike(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray], rtol: float = 2e-5):
    assert list(found) == [name for name in STANDARD if name in wanted]
    for name, column in wanted.items():
        scale = np.nanmax(np.abs(column), initial=0)
        np.testing.assert_allclose(found[name], column, rtol, 1e-6 * scale, err_msg=name)


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
    "Conv2d, wide": (nn.Conv2d(3, 4, 3), (3, 3, 20, 20), 1),
    "Conv3d": (nn.Conv3d(2, 4, 2), (6, 2, 4, 3, 5), 1),
    "ReLU after Conv2d": (nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), IMAGE, 1),
    "BatchNorm": (nn.BatchNorm2d(3), IMAGE, 1),
    "LayerNorm": (nn.LayerNorm(8), TOKENS, 2),
    "sigmoid": (nn.Sequential(nn.Linear(8, 5), nn.Sigmoid()), (6, 8), 1),
    "LSTM": (nn.LSTM(8, 7, batch_first=True), TOKENS, 2),
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
            for batch in inputs.split(splits if sum(splits) == len(inputs) else [len(inputs)]):
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


THRESHOLDS = Thresholds()


def states(layer: Layer, activations: Tensor) -> list[int]:
    statistics = LayerStatistics(layer)
    statistics.update(activations)
    return unit_states(layer, statistics.finish(), THRESHOLDS).tolist()


def test_a_relu_unit_that_never_fires_is_silent_and_dormant():
    activations = torch.rand(30, 3)
    activations[:, 1] = 0
    assert states(layer_of(3, 1, RELU), activations) == [0, 1 | 2, 0]


def test_a_relu_unit_that_fires_once_is_not_silent():
    activations = torch.rand(30, 3)
    activations[:, 1] = 0
    activations[4, 1] = 1e-20
    assert states(layer_of(3, 1, RELU), activations)[1] == 2


def test_another_unit_is_silent_where_it_is_constant():
    activations = torch.randn(30, 3)
    activations[:, 1] = 0.7
    assert states(layer_of(3), activations) == [0, 1, 0]


@pytest.mark.parametrize(("factor", "silent"), [(0.9e-6, 1), (1.2e-6, 0)])
def test_silence_is_a_share_of_the_root_mean_variance_of_the_layer(factor, silent):
    signs = torch.tensor([-1.0, 1.0]).repeat(50)[:, None].double()
    # Three units of std 1, 7 and `small`: the layer's is the root of their mean variance.
    small = factor * np.sqrt(50 / 3)
    found = states(layer_of(3), signs * torch.tensor([1.0, 7.0, small], dtype=torch.float64))
    assert found[2] & 1 == silent


@pytest.mark.parametrize(("share", "dormant"), [(0.024, 2), (0.026, 0)])
def test_dormant_is_a_share_of_the_layers_mean_magnitude(share, dormant):
    signs = torch.tensor([-1.0, 1.0]).repeat(50)[:, None]
    scale = torch.tensor([1.0, 1.0, 0.0])
    scale[2] = 2 * share / (3 - share)
    assert states(layer_of(3), signs * scale)[2] & 2 == dormant


@pytest.mark.parametrize(("near", "saturated"), [(94, 0), (95, 4), (96, 4)])
def test_saturated_is_near_an_end_almost_always(near, saturated):
    activations = torch.rand(100, 2) * 0.8 + 0.1
    activations[:near:2, 1], activations[1:near:2, 1] = 0.995, 0.005
    assert states(layer_of(2, 1, SIGMOID), activations)[1] & 4 == saturated


def test_a_unit_with_a_nan_is_marked_and_judged_by_the_rest():
    activations = torch.rand(30, 3)
    activations[3, 1] = torch.nan
    assert states(layer_of(3, 1, RELU), activations) == [0, 8, 0]


def test_a_unit_without_a_finite_activation_is_nothing_but_marked():
    activations = torch.rand(30, 3)
    activations[:, 1] = torch.inf
    assert states(layer_of(3, 1, RELU), activations) == [0, 8, 0]


def test_a_layer_that_is_0_everywhere_is_silent():
    assert states(layer_of(3), torch.zeros(30, 3)) == [1 | 2] * 3


LABELS = torch.tensor([0, 2, 2, 1, 0, 2, 7, -1])


def class_means(activations: np.ndarray, classes: int) -> np.ndarray:
    rows = np.moveaxis(activations.astype(np.float64), 1, -1).reshape(len(LABELS), -1, 4)
    rows = np.where(np.isfinite(rows), rows, np.nan)
    found = np.full((classes, 4), np.nan)
    for number in range(classes):
        mine = rows[LABELS.numpy() == number].reshape(-1, 4)
        if len(mine):
            found[number] = np.nanmean(mine, 0)
    return found


@pytest.mark.parametrize("splits", [[8], [3, 5], [1] * 8])
@pytest.mark.parametrize("value", [0.0, torch.nan])
def test_class_means_are_over_the_examples_of_the_class(splits, value):
    torch.manual_seed(5)
    activations = torch.randn(8, 4, 3, 3)
    activations[1, 2, 0] = value
    means = ClassMeans(layer_of(4), 4)
    for batch, labels in zip(activations.split(splits), LABELS.split(splits), strict=True):
        means.update(batch, labels)
    np.testing.assert_allclose(
        means.finish().numpy(), class_means(activations.numpy(), 4), rtol=1e-4, atol=1e-6
    )


def test_class_means_merge():
    torch.manual_seed(5)
    activations = torch.randn(8, 4)
    first, second = ClassMeans(layer_of(4), 4), ClassMeans(layer_of(4), 4)
    first.update(activations[:3], LABELS[:3])
    second.update(activations[3:], LABELS[3:])
    first.merge(second)
    np.testing.assert_allclose(
        first.finish().numpy(), class_means(activations.numpy(), 4), rtol=1e-4, atol=1e-6
    )


def test_class_means_find_the_examples_on_another_axis():
    activations = torch.randn(3, 8, 4)
    means = ClassMeans(layer_of(4, 2, example_axis=1), 4)
    means.update(activations, LABELS)
    wanted = class_means(activations.numpy().transpose(1, 2, 0), 4)
    np.testing.assert_allclose(means.finish().numpy(), wanted, rtol=1e-4)


def test_an_output_without_examples_has_no_class_means():
    means = ClassMeans(layer_of(4, example_axis=None), 4)
    means.update(torch.randn(3, 4), LABELS)
    assert means.finish().isnan().all()


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
        for statistic, column in columns.items():
            other = parts[name][statistic]
            torch.testing.assert_close(other, column, rtol=2e-4, atol=2e-6)
