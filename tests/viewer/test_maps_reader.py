"""Maps read from real files: aligned by example, and sizes looked at before they are taken."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from written_run import WrittenRun

import tb_neuron
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.recording import Recording
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, MapMethod, Maps
from tb_neuron.summary import MAP, ColumnKind, ValueWriter

KIND = ColumnKind(MAP, GRID_SIGNED_LOG, "", "saliency", "label")


def message(
    shape: Sequence[int] = (2, 2), examples: Sequence[int] = (5, 6), target: str = "label"
) -> Maps:
    """Return what a record says of the maps of one method."""
    methods = [MapMethod(name="saliency", form="image", shape=shape)]
    return Maps(target=target, examples=examples, methods=methods)


def write(run: WrittenRun, step: int, said: Maps | None, rows: Sequence[float] = (1, 2)) -> None:
    """Write a record with maps of 2 by 2, each of one number; without a message for None."""
    values = run.values(run._make(step, {}))
    writer = ValueWriter(run.header("maps", step))
    if said is not None:
        writer.add_message(said)
    writer.add_matrix("", np.repeat(np.array(rows, float)[:, None], 4, axis=1), KIND)
    values[run.tag("maps")] = writer.blobs()
    run.write(step, values)


def opened(run: WrittenRun) -> Recording:
    return tb_neuron.open(run.logdir).runs["run"].recording()


@pytest.fixture
def run(write_run: Callable[..., WrittenRun]) -> WrittenRun:
    return write_run()


def test_maps_are_those_of_their_examples_whatever_was_tracked_before(run: WrittenRun) -> None:
    write(run, 0, message(examples=[5, 6]), [5, 6])
    write(run, 1, message(examples=[9]), [9])
    write(run, 2, message(examples=[1, 5]), [1, 5])
    reader = opened(run).maps
    assert reader.examples == [1, 5]
    wanted = np.array([[np.nan, 5], [np.nan, np.nan], [1, 5]])
    np.testing.assert_allclose(reader.maps("saliency")[:, :, 3], wanted, rtol=0.038)


@pytest.fixture
def two_targets(run: WrittenRun) -> Recording:
    """Two records toward the label, then one toward the loss, of another example too."""
    write(run, 0, message(), [1, 2])
    write(run, 1, message(), [3, 4])
    write(run, 2, message(target="loss", examples=[6, 9]), [5, 6])
    return opened(run)


@pytest.mark.parametrize(
    ("target", "steps", "wanted"),
    [(None, [2], [[5, 6]]), ("loss", [2], [[5, 6]]), ("label", [0, 1], [[1, 2], [3, 4]])],
)
def test_maps_are_shown_under_their_own_target(
    two_targets: Recording, target: str | None, steps: list[int], wanted: list[list[float]]
) -> None:
    reader = two_targets.maps
    assert reader.steps_of(target) == steps
    found = reader.maps("saliency", target=target)[:, :, 3]
    np.testing.assert_allclose(found, wanted, rtol=0.038)


def test_all_targets_are_told_the_last_first(two_targets: Recording) -> None:
    told = [(each.target, each.steps) for each in two_targets.maps.targets()]
    assert told == [("loss", [2]), ("label", [0, 1])]


def test_a_target_has_the_examples_of_its_own_last_record(two_targets: Recording) -> None:
    assert two_targets.maps.examples_of("label") == [5, 6]
    assert two_targets.maps.examples == [6, 9]


def test_an_unknown_target_is_refused_with_those_that_there_are(two_targets: Recording) -> None:
    with pytest.raises(NotFoundError, match="'class 3'; there is 'loss', 'label'"):
        two_targets.maps.methods("class 3")


@pytest.mark.parametrize("shape", [(40_000, 40_000), (2**31 - 1, 2**31 - 1, 4), (2**32 - 1,) * 9])
def test_maps_that_announce_more_than_can_be_read_are_damage(
    run: WrittenRun, shape: tuple[int, ...]
) -> None:
    write(run, 0, message(shape))
    with pytest.raises(DamagedRecordError, match="at most 1073741824 are read"):
        opened(run).maps.maps("saliency")


def test_maps_that_together_are_more_than_can_be_read_are_refused(run: WrittenRun) -> None:
    for step in range(2):
        write(run, step, message((10_000, 10_000)))
    with pytest.raises(DamagedRecordError, match="at 2 records take 1600000000 bytes"):
        opened(run).maps.maps("saliency")


@pytest.mark.parametrize(
    "said", [message((3, 3)), message(examples=[1, 2, 3]), message(examples=[1])]
)
def test_maps_of_another_shape_than_they_announce_are_missing(run: WrittenRun, said: Maps) -> None:
    write(run, 0, said)
    assert np.isnan(opened(run).maps.maps("saliency")).all()


@pytest.mark.parametrize("damaged", [0, 1, 2])
@pytest.mark.parametrize("said", [None, message(examples=[5, 5])])
def test_a_record_that_cannot_be_read_has_no_maps_and_is_a_problem(
    run: WrittenRun, damaged: int, said: Maps | None
) -> None:
    for step in range(3):
        write(run, step, said if step == damaged else message())
    recording = opened(run)
    found = recording.maps.maps("saliency")
    assert np.isnan(found).any(axis=(1, 2)).tolist() == [step == damaged for step in range(3)]
    assert recording.maps.examples == [5, 6]
    assert recording.maps.target == "label"
    assert [each.place for each in recording.problems] == [
        f"tb_neuron/model/probe/maps at step {damaged}"
    ]


def test_maps_of_which_no_record_can_be_read_are_damage(run: WrittenRun) -> None:
    write(run, 0, None)
    reader = opened(run).maps
    with pytest.raises(DamagedRecordError, match="holds no 'Maps'"):
        reader.methods()
