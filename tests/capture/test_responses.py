"""Responses, the examples behind them and tracked activations, from the recorder to the reader."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradientXActivation
from torch import Tensor, nn

import tb_neuron
from tb_neuron.columns import RATIO
from tb_neuron.errors import NotFoundError
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.errors import AttributionError

EXAMPLES = 20
TRACKED = (2, 9, 17)
#: Half a step of the grid, and float32's rounding.
HALF_STEP = RATIO**0.5 - 1 + 1e-6


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2), nn.Tanh(), nn.Flatten(),
        nn.Linear(6 * 16, 3),
    ).eval()  # fmt: skip


def images() -> Tensor:
    return torch.rand(EXAMPLES, 1, 12, 12, generator=torch.Generator().manual_seed(1))


def raw(layer: int) -> np.ndarray:
    """Return a layer's output on all examples, [example, unit, y, x] or [example, unit]."""
    with torch.no_grad():
        return network()[: layer + 1](images()).numpy()


def recorded(folder: Path, **choices: Any) -> Run:
    probe = ProbeSet.from_tensors(
        images(), torch.arange(EXAMPLES) % 3, batch_size=8, tracked=TRACKED
    )
    recording = Recording(attributions=(), **choices)
    with NeuronRecorder(
        network(), probe, folder, schedule=every(1), recording=recording
    ) as recorder:
        assert recorder.step(0)
    (run,) = tb_neuron.open(folder).runs.values()
    assert not run.problems
    return run


@pytest.mark.parametrize(
    ("reduction", "reduce"),
    [
        ("mean", lambda values: values.mean(-1)),
        ("max", lambda values: values.max(-1)),
        (
            "extreme",
            lambda values: np.take_along_axis(
                values, np.abs(values).argmax(-1)[..., None], -1
            ).squeeze(-1),
        ),
    ],
)
@pytest.mark.parametrize("layer", [1, 3])
def test_responses_are_the_reduced_activations_within_half_a_grid_step(
    tmp_path: Path, layer: int, reduction: str, reduce: Any
) -> None:
    run = recorded(tmp_path, responses=("activation",), reduction=reduction)
    wanted = reduce(raw(layer).reshape(EXAMPLES, -1, raw(layer)[0, 0].size)).T
    floor = np.abs(wanted).max(1, keepdims=True) * 1e-4
    found = run.responses(str(layer), 0)
    assert (np.abs(found - wanted) <= np.maximum(np.abs(wanted) * HALF_STEP, floor)).all()


def test_top_examples_are_those_of_an_exhaustive_search(tmp_path: Path) -> None:
    found = recorded(tmp_path, examples=5, reduction="max").examples("1", 0)
    responses = raw(1).reshape(EXAMPLES, 4, -1).max(-1)
    for unit in range(4):
        falling = sorted(range(EXAMPLES), key=lambda example: -responses[example, unit])
        assert found.examples[unit, :5].tolist() == falling[:5]


def test_values_of_top_examples_are_exact(tmp_path: Path) -> None:
    found = recorded(tmp_path, examples=5, reduction="max").examples("3", 0)
    responses = raw(3).reshape(EXAMPLES, 6, -1).max(-1).T
    np.testing.assert_array_equal(
        found.values, np.take_along_axis(responses, found.examples.astype(int), 1)
    )


def test_the_position_of_a_top_example_is_where_its_response_is_taken(tmp_path: Path) -> None:
    found = recorded(tmp_path, examples=5).examples("3", 0)
    values = raw(3).reshape(EXAMPLES, 6, -1)
    for unit in range(6):
        at = values[found.examples[unit], unit, found.positions[unit]]
        np.testing.assert_array_equal(at, found.values[unit])


def test_the_spread_goes_from_the_lowest_response_to_the_highest(tmp_path: Path) -> None:
    found = recorded(tmp_path, examples=2, spread=5).examples("5", 0)
    assert (np.diff(found.values[:, found.top :], axis=1) >= 0).all()
    np.testing.assert_array_equal(found.values[:, found.top], raw(5).min(0))


def test_a_layer_without_positions_says_so(tmp_path: Path) -> None:
    assert (recorded(tmp_path, examples=2).examples("5", 0).positions == -1).all()


def test_receptive_fields_follow_from_kernels_and_strides(tmp_path: Path) -> None:
    field = recorded(tmp_path, examples=2).examples("3", 0).field
    assert field is not None
    # A 3-wide kernel with stride 2 over a 3-wide kernel: 5 pixels from every second on.
    assert field.rows.tolist() == [[2 * y, 2 * y + 5] for y in range(4)]


def test_what_lies_outside_a_receptive_field_changes_nothing(tmp_path: Path) -> None:
    found = recorded(tmp_path, examples=1).examples("3", 0)
    assert found.field is not None
    position = int(found.positions[2, 0])
    top, left, bottom, right = found.field.box(position)
    image = images()[found.examples[2, :1]]
    masked = torch.zeros_like(image)
    masked[..., top:bottom, left:right] = image[..., top:bottom, left:right]
    with torch.no_grad():
        inside = network()[:4](masked)[0, 2].flatten()[position]
    assert float(inside) == pytest.approx(float(found.values[2, 0]), abs=1e-6)


def test_tracked_activations_are_the_raw_ones_within_half_a_grid_step(tmp_path: Path) -> None:
    found = recorded(tmp_path, tracked=True).tracked("3", 0)
    wanted = raw(3)[list(TRACKED)].reshape(3, 6, 16).transpose(1, 0, 2)
    floor = np.abs(wanted).max((1, 2), keepdims=True) * 1e-4
    assert (np.abs(found.values - wanted) <= np.maximum(np.abs(wanted) * HALF_STEP, floor)).all()


def test_tracked_activations_know_their_examples_and_grid(tmp_path: Path) -> None:
    found = recorded(tmp_path, tracked=True).tracked("1", 0)
    assert (found.examples, found.shape) == (list(TRACKED), (10, 10))


def test_of_pinned_units_alone_everything_is_recorded(tmp_path: Path) -> None:
    run = recorded(tmp_path, detail=["1:3,0"])
    units = [
        run.examples("1", 0).units.tolist(),
        run.tracked("1", 0).units.tolist(),
        run.recording().responses.responses("1", 0).units.tolist(),
    ]
    assert units == [[0, 3]] * 3


def test_layers_without_pins_have_nothing_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no layer with responses '3'"):
        recorded(tmp_path, detail=["1:3"]).responses("3", 0)


def test_what_was_not_recorded_says_how_to_record_it(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r'Recording\(responses=\("activation",\)\)'):
        recorded(tmp_path).responses("1", 0)


def test_more_examples_than_the_budget_are_drawn_and_it_is_said(tmp_path: Path) -> None:
    torch.manual_seed(0)
    probe = ProbeSet.from_tensors(torch.rand(200, 5))
    model = nn.Sequential(nn.Linear(5, 10), nn.ReLU())
    recording = Recording(attributions=(), responses=("activation",), max_response_bytes=1000)
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1), recording=recording) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    found = run.recording().responses.responses("1", 0)
    with torch.no_grad():
        wanted = model(torch.cat(list(probe.batches)))[found.examples].T.numpy()
    assert len(found.examples) == 100
    np.testing.assert_allclose(found.values, wanted, HALF_STEP)
    assert any(
        "100 of 200 examples are kept, drawn with seed 0" in n for n in run.recording().notes
    )


def test_attributions_are_responses_too(tmp_path: Path) -> None:
    labels = torch.arange(EXAMPLES) % 3
    probe = ProbeSet.from_tensors(images(), labels, batch_size=8)
    recording = Recording(responses=("activation", "gradient_x_activation"), trust=False)
    with NeuronRecorder(
        network(), probe, tmp_path, schedule=every(1), recording=recording
    ) as recorder:
        assert recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    found = run.responses("3", 0, "gradient_x_activation")
    method = LayerGradientXActivation(model := network(), model[3])
    wanted = method.attribute(images(), target=labels).detach().sum((2, 3)).T.numpy()  # type: ignore[union-attr]
    floor = np.abs(wanted).max(1, keepdims=True) * 1e-4
    assert (np.abs(found - wanted) <= np.maximum(np.abs(wanted) * HALF_STEP, floor)).all()


def test_attributions_that_are_not_recorded_are_no_responses(tmp_path: Path) -> None:
    with pytest.raises(AttributionError, match='takes "activation" and names of what'):
        recorded(tmp_path, responses=("conductance",))


def test_units_that_are_not_finite_have_no_response(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(torch.tensor([[1.0], [torch.nan], [3.0]]))
    recording = Recording(attributions=(), responses=("activation",))
    model = nn.Sequential(nn.Linear(1, 2), nn.ReLU())
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1), recording=recording) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    assert np.isnan(run.responses("1", 0)).tolist() == [[False, True, False]] * 2


def test_larger_images_are_kept_at_their_own_resolution_once(tmp_path: Path) -> None:
    run = recorded(tmp_path, examples=3, thumbnail=6)
    example = int(run.examples("1", 0).examples[0, 0])
    picture = run.recording().top_examples.image(example)
    # The size stands in a PNG's first chunk.
    assert [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)] == [12, 12]
