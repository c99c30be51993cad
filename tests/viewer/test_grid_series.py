"""Activation grids and what positions contribute, of a recorded network that finds a patch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from recorded_patch import (
    DETECTOR,
    LABELS,
    LAYER,
    PLACES,
    SIDE,
    STEPS,
    activations,
    inputs,
    network,
    place_of,
    record,
)

import tb_neuron
from tb_neuron.errors import NotFoundError
from tb_neuron.run import Run

WITH_PATCH = [example for example, place in enumerate(PLACES) if place is not None]
GRID_ERROR = 0.038


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("patch")
    record(folder)
    (found,) = tb_neuron.open(folder).runs.values()
    return found


def contributions(step: int) -> np.ndarray:
    """Return gradient × activation by autograd, float32[unit, example, class, position]."""
    model = network(step)
    outputs = model[:2](inputs()).detach().requires_grad_()
    found = []
    for number in range(2):
        (gradient,) = torch.autograd.grad(model[2:](outputs)[:, number].sum(), outputs)
        found.append((gradient * outputs).detach().flatten(2))
    return torch.stack(found, 1).permute(2, 0, 1, 3).numpy()


@pytest.mark.parametrize("example", WITH_PATCH)
def test_the_largest_cell_is_where_the_patch_is(run: Run, example: int) -> None:
    grid = run.activation_grid(LAYER, STEPS[-1])
    assert int(grid.norms[example].argmax()) == place_of(example)


@pytest.mark.parametrize("step", STEPS)
def test_a_norm_is_that_of_the_activations_within_the_grid(run: Run, step: int) -> None:
    found = run.activation_grid(LAYER, step)
    expected = np.linalg.norm(activations(step), axis=0)
    np.testing.assert_allclose(found.norms, expected, GRID_ERROR, 1e-3)


def test_sizes_are_of_one_scale_over_the_steps(run: Run) -> None:
    tops = [run.activation_grid(LAYER, step).top for step in STEPS]
    expected = max(np.linalg.norm(activations(step), axis=0).max() for step in STEPS)
    assert tops == pytest.approx([expected] * 3, rel=GRID_ERROR)


def test_the_basis_is_that_of_the_anchor(run: Run) -> None:
    grids = [run.activation_grid(LAYER, step, STEPS[1]) for step in STEPS]
    assert [grid.anchor for grid in grids] == [STEPS[1]] * 3
    assert grids[0].explained.tolist() == grids[2].explained.tolist()


def test_a_cell_without_activation_keeps_its_colour_over_the_steps(run: Run) -> None:
    example = WITH_PATCH[0]
    far = np.ravel_multi_index((7, 7), (SIDE, SIDE))
    found = [run.activation_grid(LAYER, s).colours[example, far].astype(int) for s in STEPS]
    assert np.abs(found[0] - found[2]).max() <= 1


@pytest.mark.parametrize("example", WITH_PATCH)
def test_the_place_of_the_patch_speaks_for_its_class(run: Run, example: int) -> None:
    found = run.position_evidence(LAYER, STEPS[-1])
    net = found.net[found.examples.index(example)]
    assert net[1, place_of(example)] > 0 > net[0, place_of(example)]
    assert int(net[1].argmax()) == place_of(example)


@pytest.mark.parametrize("step", STEPS)
def test_positions_contribute_what_autograd_says(run: Run, step: int) -> None:
    expected = contributions(step).sum(0)
    found = run.position_evidence(LAYER, step).net
    np.testing.assert_allclose(found, expected, GRID_ERROR, 1e-3 * abs(expected).max())


def test_summed_over_positions_it_is_the_evidence(run: Run) -> None:
    found = run.position_evidence(LAYER, STEPS[-1]).net.sum(2)
    evidence = run.evidence(LAYER, STEPS[-1]).net.sum(2)
    np.testing.assert_allclose(found, evidence, GRID_ERROR, 0.02 * abs(evidence).max())


def test_the_detector_speaks_most_at_its_place(run: Run) -> None:
    example = WITH_PATCH[1]
    found = run.units_at(LAYER, example, place_of(example), STEPS[-1])
    expected = contributions(STEPS[-1])[:, example, :, place_of(example)].T
    assert found.kept == [0, 1]
    assert int(found.net[1].argmax()) == DETECTOR
    np.testing.assert_allclose(found.net, expected, GRID_ERROR, 1e-3 * abs(expected).max())


def test_a_layer_without_positions_is_one_cell(run: Run) -> None:
    found = run.position_evidence("4", STEPS[0])
    assert (found.shape, found.net.shape) == ((), (len(LABELS), 2, 1))
    units = run.units_at("4", 0, 0, STEPS[0])
    np.testing.assert_array_equal(units.net, run.evidence("4", STEPS[0]).net[0])


def test_units_toward_the_classes_that_were_kept_alone_are_known(tmp_path: Path) -> None:
    record(tmp_path, max_position_bytes=len(LABELS) * SIDE * SIDE * 2)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    found = run.units_at(LAYER, 0, 0, STEPS[0])
    assert (found.kept, np.isnan(found.net).all()) == ([], True)


def test_without_evidence_the_call_that_records_it_is_told(tmp_path: Path) -> None:
    record(tmp_path, evidence=0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    with pytest.raises(NotFoundError, match=r"Recording\(evidence=10, tracked=True\)"):
        run.position_evidence(LAYER, 0)


@pytest.mark.parametrize(("example", "position"), [(99, 0), (0, SIDE * SIDE)])
def test_what_is_not_there_is_told(run: Run, example: int, position: int) -> None:
    with pytest.raises(NotFoundError, match=r"0"):
        run.units_at(LAYER, example, position, STEPS[0])


def test_units_that_are_not_of_the_basis_have_no_part_in_colours(tmp_path: Path) -> None:
    record(tmp_path, tracked=False, detail=[f"{LAYER}:0,2"])
    (run,) = tb_neuron.open(tmp_path).runs.values()
    found = run.activation_grid(LAYER, STEPS[-1])
    assert found.units.tolist() == [0, 2]
    expected = np.linalg.norm(activations(STEPS[-1])[[0, 2]], axis=0)
    np.testing.assert_allclose(found.norms, expected, GRID_ERROR, 1e-3)
