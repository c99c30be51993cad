"""Planes of units and examples, from a real recording to the reader: PCA, anchors, what is kept."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial import procrustes
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from torch import nn

import tb_neuron
from tb_neuron.errors import InvalidArgumentError, NotFoundError
from tb_neuron.plane_shelf import IDLE_SECONDS, PlaneShelf
from tb_neuron.planes import PlaneChoice, outward
from tb_neuron.projections import PROJECTIONS, lay_out
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

EXAMPLES, UNITS, RECORDS = 30, 12, 4
CHOICE = PlaneChoice("1")


def record(folder: Path, inputs: Sequence[float] | None = None, units: int = UNITS) -> Run:
    """Record a layer whose weights turn and grow from record to record."""
    torch.manual_seed(0)
    probe = ProbeSet.from_tensors(
        torch.rand(EXAMPLES, 5) if inputs is None else torch.tensor(inputs)[:, None].repeat(1, 5),
        torch.arange(EXAMPLES if inputs is None else len(inputs)) % 3,
    )
    model = nn.Sequential(nn.Linear(5, units), nn.Tanh())
    recording = Recording(
        attributions=(),
        responses=("activation",),
        precision="f32",
        schedules={"responses": every(1)},
    )
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        for step in range(RECORDS):
            recorder.step(step)
            with torch.no_grad():
                model.get_parameter("0.weight").add_(torch.randn(units, 5), alpha=0.3)
    (run,) = tb_neuron.open(folder).runs.values()
    assert not run.problems
    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return record(tmp_path)


@pytest.mark.parametrize("of", ["units", "examples"])
def test_the_anchor_s_places_are_scikit_learn_s(run: Run, of: str) -> None:
    responses = run.responses("1", 2)
    wanted = PCA(2).fit_transform(responses if of == "units" else responses.T)
    found = run.planes("1", of, step=2).places[2]  # pyright: ignore[reportArgumentType]
    np.testing.assert_allclose(np.abs(found), np.abs(wanted), atol=1e-4)


def test_other_records_lie_as_near_to_the_anchor_as_they_get(run: Run) -> None:
    found = run.planes("1", step=3).places
    own = PCA(2).fit(run.responses("1", 3)).transform(run.responses("1", 0))
    # SciPy scales both to one size first: what is left over is the share that no turn removes.
    _, _, wanted = procrustes(found[3], own)
    centred = found[3] - found[3].mean(0)
    left = ((found[0] - found[3]) ** 2).sum() / (centred**2).sum()
    assert left == pytest.approx(wanted, abs=1e-4)


def test_explained_variance_is_that_along_the_anchor_s_components(run: Run) -> None:
    axes = np.asarray(PCA(2).fit(run.responses("1", RECORDS - 1)).components_)
    wanted = []
    for step in range(RECORDS):
        centred = run.responses("1", step) - run.responses("1", step).mean(0)
        wanted.append(((centred @ axes.T) ** 2).sum(0) / (centred**2).sum())
    np.testing.assert_allclose(run.planes("1").explained, wanted, atol=1e-4)


def test_a_planted_movement_along_the_anchor_s_axis_is_the_movement_on_the_map(
    rng: np.random.Generator,
) -> None:
    # A point moves along the first axis of the anchor, while all vary more along a third one.
    anchor = rng.normal(size=(40, 6)) * [5, 3, 1, 0.1, 0.1, 0.1]
    axes = lay_out(PROJECTIONS["pca"], anchor, None).axes
    assert axes is not None
    later = anchor + np.outer(rng.normal(size=40) * 9, np.eye(6)[5] - axes @ axes[5])
    later[0] += 2 * axes[:, 0]
    moved = lay_out(PROJECTIONS["pca"], later, axes).places
    still = lay_out(PROJECTIONS["pca"], anchor, axes).places
    np.testing.assert_allclose(
        (moved - still) - (moved - still)[1], np.eye(40, 1) * [[2, 0]], atol=1e-9
    )


def test_an_example_that_is_not_finite_is_left_out_and_the_others_have_places(
    tmp_path: Path,
) -> None:
    found = record(tmp_path, [1.0, np.nan, 3.0, 4.0]).planes("1", "examples").places
    assert np.isnan(found).any((0, 2)).tolist() == [False, True, False, False]


def test_units_have_places_though_an_example_is_not_finite(tmp_path: Path) -> None:
    assert np.isfinite(record(tmp_path, [1.0, np.nan, 3.0, 4.0]).planes("1").places).all()


def test_tsne_keeps_neighbours(run: Run) -> None:
    found = run.planes("1", "examples", projection="tsne").places
    scores = [
        trustworthiness(run.responses("1", step).T, found[step], n_neighbors=5)
        for step in range(RECORDS)
    ]
    assert min(scores) > 0.9


def test_tsne_starts_where_its_neighbour_lies(run: Run) -> None:
    found = run.planes("1", "examples", projection="tsne").places
    spread = np.linalg.norm(found[0] - found[0].mean(0), axis=1).mean()
    moved = np.linalg.norm(np.diff(found, axis=0), axis=2).mean()
    assert moved < spread


def test_a_package_that_cannot_be_imported_says_why(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    monkeypatch.setattr("tb_neuron.projections.find_spec", lambda _: True)
    with pytest.raises(NotFoundError, match="UMAP is installed and can't be imported"):
        run.planes("1", projection="umap")


@pytest.mark.parametrize("projection", ["pca", "umap", "tsne"])
def test_points_that_are_all_equal_lie_at_one_place(projection: str) -> None:
    found = lay_out(PROJECTIONS[projection], np.ones((8, 3)), None)
    assert np.ptp(found.places, axis=0).tolist() == [0, 0]
    assert np.isnan(found.explained).all()


def test_too_few_points_for_neighbourhoods_are_refused(tmp_path: Path) -> None:
    run = record(tmp_path, units=3)
    with pytest.raises(InvalidArgumentError, match="t-SNE needs 5 points, and there are 3"):
        run.planes("1", projection="tsne")


def test_a_missing_package_says_what_to_type(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    monkeypatch.setattr("tb_neuron.projections.find_spec", lambda _: None)
    with pytest.raises(NotFoundError, match=r"pip install 'tb-neuron\[projection\]'"):
        run.planes("1", projection="umap")


def test_a_projection_that_nobody_knows_is_refused_with_those_there_are(run: Run) -> None:
    with pytest.raises(NotFoundError, match="'pca', 'umap', 'tsne'"):
        run.planes("1", projection="isomap")


@pytest.mark.parametrize("projection", ["pca", "tsne"])
def test_the_shelf_gives_what_the_reader_gives(run: Run, projection: str) -> None:
    choice = PlaneChoice("1", "examples", projection)
    found = PlaneShelf().planes(run.recording(), choice, 1, patience=60.0)
    wanted = run.planes("1", "examples", 1, projection)
    np.testing.assert_array_equal(found.places, wanted.places)


def test_what_is_looked_at_is_laid_out_first() -> None:
    assert outward(5, 3) == [(3, None), (2, 3), (4, 3), (1, 2), (0, 1)]


def test_the_settings_tell_where_records_that_follow_began(run: Run) -> None:
    found = run.planes("1", "examples", 2, "tsne").settings
    assert found.endswith("each record started from its neighbour, from step 2 outward")


def test_pca_is_laid_out_on_the_anchor_s_plane_all_along() -> None:
    assert outward(4, 2, is_followed=False) == [(2, None), (1, 2), (3, 2), (0, 2)]


def test_the_settings_tell_whose_components_they_are(run: Run) -> None:
    found = run.planes("1", step=2).settings
    assert found == f"PCA of {UNITS} points on the first two components of step 2"


def test_the_shelf_answers_before_all_is_done(run: Run) -> None:
    found = PlaneShelf().planes(run.recording(), CHOICE, 1, patience=0.0)
    assert found.done <= RECORDS


def test_what_is_on_the_shelf_is_not_made_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = PlaneShelf()
    shelf.planes(run.recording(), CHOICE, 1, patience=60.0)
    monkeypatch.setattr("tb_neuron.plane_shelf.place", lambda *_: pytest.fail("made again"))
    assert shelf.planes(run.recording(), CHOICE, 1, patience=0.0).done == RECORDS


def test_another_anchor_has_a_plane_of_its_own(run: Run) -> None:
    shelf = PlaneShelf()
    shelf.planes(run.recording(), CHOICE, 1, patience=60.0)
    found = shelf.planes(run.recording(), CHOICE, 3, patience=60.0)
    np.testing.assert_array_equal(found.places, run.planes("1", step=3).places)


def test_work_that_nobody_asks_about_is_laid_aside(run: Run) -> None:
    seconds = iter([0.0, *[IDLE_SECONDS + 1] * 20])
    shelf = PlaneShelf(clock=lambda: next(seconds))
    assert shelf.planes(run.recording(), CHOICE, 1, patience=60.0).done == 0


def test_what_fails_in_the_background_is_told_to_who_asks(tmp_path: Path) -> None:
    recording = record(tmp_path, units=3).recording()
    with pytest.raises(InvalidArgumentError, match="take PCA"):
        PlaneShelf().planes(recording, PlaneChoice("1", "units", "tsne"), 1, patience=60.0)
