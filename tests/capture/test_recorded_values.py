"""What a recorder writes: kinds, statistics, outputs, headers, and what is left out of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from digits_run import digits, network, small_network
from recorded import column, events, tags, values
from recorders import flat_probe, header, hidden, record_once, written_steps
from torch.utils.tensorboard import SummaryWriter

import tb_neuron
from tb_neuron.schema import neuron_pb2
from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
    Recording,
    Thresholds,
    at,
    every,
)
from tb_neuron_callbacks.statistics import STANDARD

pytestmark = pytest.mark.usefixtures("seeded")


def test_the_first_record_has_all_kinds(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    assert [tag.kind for tag in tags(tmp_path)] == [
        "model",
        "probe",
        "activations",
        "outputs",
        "classes",
        "attributions",
        "trust",
    ]


def test_a_record_is_one_event(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe(), recording=Recording(scalars=False))
    assert len([event for event in events(tmp_path) if event.summary.value]) == 1


def test_model_and_probe_are_written_once(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        for step in range(3):
            recorder.step(step)
    assert list(values(tmp_path, "model")) == list(values(tmp_path, "probe")) == [0]


def test_scheduled_steps_are_recorded_and_no_others(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=at(0, 3, 4)) as recorder:
        assert [recorder.step(step) for step in range(6)] == [True, False, False, True, True, False]


def test_the_default_schedule_is_every_hundred_steps(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path) as recorder:
        assert [recorder.step(step) for step in (0, 50, 100)] == [True, False, True]


FIGURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": lambda a: a.mean(0),
    "std": lambda a: a.std(0),
    "min": lambda a: a.min(0),
    "max": lambda a: a.max(0),
    "mean_abs": lambda a: np.abs(a).mean(0),
    "frequency": lambda a: (a > 0).mean(0),
    "zeros": lambda a: (a == 0).mean(0),
}


@pytest.mark.parametrize("name", FIGURES)
def test_stored_statistics_are_numpys(tmp_path: Path, name: str) -> None:
    model, probe = small_network(), flat_probe()
    record_once(tmp_path, model, probe, recording=Recording(precision="f32"))
    stored = column(values(tmp_path, "activations")[0], "1", name)
    np.testing.assert_allclose(stored, FIGURES[name](hidden(model, probe)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["mean", "std", "max", "mean_abs"])
def test_bytes_are_within_the_grids_error(tmp_path: Path, name: str) -> None:
    model, probe = small_network(), flat_probe()
    record_once(tmp_path, model, probe)
    stored = column(values(tmp_path, "activations")[0], "1", name)
    np.testing.assert_allclose(stored, FIGURES[name](hidden(model, probe)), rtol=0.0375)


def test_class_means_are_numpys(tmp_path: Path) -> None:
    model, probe = small_network(), flat_probe()
    record_once(tmp_path, model, probe)
    value = values(tmp_path, "classes")[0]
    stored = value.rows(value.entry("class_mean", "1"))
    labels = digits(64)[1].numpy()
    expected = [hidden(model, probe)[labels == label].mean(0) for label in range(10)]
    np.testing.assert_allclose(stored, expected, rtol=0.0375, atol=1e-3)


def test_class_means_are_in_every_fourth_record(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(10)) as recorder:
        assert len(written_steps(recorder, range(60))) == 6
    assert list(values(tmp_path, "classes")) == [0, 40]


def test_class_means_can_be_in_every_record(tmp_path: Path) -> None:
    recording = Recording(schedules={"classes": every(1)})
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
    ) as recorder:
        written_steps(recorder, range(3))
    assert list(values(tmp_path, "classes")) == [0, 1, 2]


def test_outputs_are_the_models(tmp_path: Path) -> None:
    model, probe = small_network(), flat_probe()
    record_once(tmp_path, model, probe)
    value = values(tmp_path, "outputs")[0]
    with torch.no_grad():
        expected = model(torch.cat(list(probe.batches))).argmax(1)
    assert np.array_equal(value.array(value.entry("prediction")), expected.numpy())


def test_the_probe_sets_labels_are_stored(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    value = values(tmp_path, "probe")[0]
    assert value.array(value.entry("labels")).tolist() == digits(64)[1].tolist()


def test_images_have_a_thumbnail_each(tmp_path: Path) -> None:
    record_once(tmp_path, network(), ProbeSet.from_tensors(*digits(5)))
    examples = [entry.example for entry in values(tmp_path, "probe")[0].entries("thumbnail")]
    assert examples == [0, 1, 2, 3, 4]


def test_the_range_of_the_thumbnails_is_stated(tmp_path: Path) -> None:
    record_once(tmp_path, network(), ProbeSet.from_tensors(*digits(5)))
    assert "0 to 16" in values(tmp_path, "probe")[0].header.notes[0]


def test_thumbnails_can_be_left_out(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(*digits(5))
    record_once(tmp_path, network(), probe, recording=Recording(thumbnail=0))
    assert list(values(tmp_path, "probe")[0].entries("thumbnail")) == []


def test_a_probe_set_without_labels_has_no_class_means(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), ProbeSet.from_tensors(digits(9)[0].flatten(1)))
    assert "classes" not in [tag.kind for tag in tags(tmp_path)]


def test_the_header_names_layout_and_probe_set(tmp_path: Path) -> None:
    probe = flat_probe()
    record_once(tmp_path, small_network(), probe)
    model = values(tmp_path, "model")[0].message(neuron_pb2.Model)
    found = header(tmp_path)
    assert (found.layout_id, found.probe_hash) == (model.layout_id, probe.hash)


def test_the_header_counts_the_sessions_records(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        for step in range(3):
            recorder.step(step)
    sequence = [value.header.session.sequence for value in values(tmp_path, "activations").values()]
    assert sequence == [0, 1, 2]


def test_a_recorder_is_a_session(tmp_path: Path) -> None:
    record_once(tmp_path / "a", small_network(), flat_probe())
    record_once(tmp_path / "b", small_network(), flat_probe())
    assert header(tmp_path / "a").session.id != header(tmp_path / "b").session.id


def test_the_header_holds_what_the_record_cost(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    costs = header(tmp_path).costs
    assert 0 < costs.forward_seconds < costs.wall_seconds


@pytest.mark.parametrize("scalars", [True, False])
def test_the_records_bytes_are_what_the_file_grows_by(tmp_path: Path, scalars: bool) -> None:
    recording = Recording(scalars=scalars)
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
    ) as recorder:
        (file,) = tmp_path.iterdir()
        before = file.stat().st_size
        assert written_steps(recorder, range(6)) == list(range(6))
    stated = sum(
        each.header.costs.record_bytes for each in values(tmp_path, "activations").values()
    )
    assert stated == pytest.approx(file.stat().st_size - before, rel=0.01)


def test_extra_memory_is_left_unset_where_it_is_not_known(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    assert not header(tmp_path).costs.HasField("peak_extra_bytes")


@pytest.mark.parametrize("kind", ["outputs", "classes", "model", "probe"])
def test_costs_are_told_once_a_record(tmp_path: Path, kind: str) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    assert header(tmp_path, kind).costs.wall_seconds == 0


def test_columns_are_described_in_the_first_record_alone(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        written_steps(recorder, [0, 1])
    described = [
        all(column.description for column in header(tmp_path, step=step).columns) for step in (0, 1)
    ]
    assert described == [True, False]


def test_thresholds_are_told_by_a_recording_however_long(tmp_path: Path) -> None:
    recording = Recording(thresholds=Thresholds(dormant=0.1, dead_records=5))
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
    ) as recorder:
        written_steps(recorder, range(3))
    (run,) = tb_neuron.open(tmp_path).runs.values()
    assert run.recording().thresholds == recording.thresholds.to_message()


def test_statistics_are_described_however_long_the_training(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        written_steps(recorder, range(3))
    (run,) = tb_neuron.open(tmp_path).runs.values()
    statistics = [kind for kind in run.recording().statistics if not kind.method]
    assert {kind.name: kind.description for kind in statistics} == {
        name: STANDARD[name].description for name in STANDARD if name != "saturation"
    }


def test_the_header_holds_the_largest_watched_output(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    assert header(tmp_path).costs.peak_output_bytes == 24 * 12 * 4


def test_the_header_holds_the_examples_and_the_checkpoint(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path) as recorder:
        recorder.step(0, checkpoint="runs/first.ckpt")
    found = header(tmp_path)
    assert (found.examples, found.checkpoint) == (64, "runs/first.ckpt")


def test_aggregates_hold_the_layers_means(tmp_path: Path) -> None:
    model, probe = small_network(), flat_probe()
    record_once(tmp_path, model, probe)
    found = header(tmp_path)
    place = [described.name for described in found.columns].index("mean")
    expected = hidden(model, probe).mean()
    assert found.aggregates[0].means[place] == pytest.approx(expected, rel=1e-4)


def test_other_kinds_can_be_rarer(tmp_path: Path) -> None:
    recording = Recording(schedules={"classes": at(2), "outputs": every(2)})
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
    ) as recorder:
        for step in range(4):
            recorder.step(step)
    assert (list(values(tmp_path, "classes")), list(values(tmp_path, "outputs"))) == ([2], [0, 2])


def test_class_means_beyond_the_cap_are_left_out_and_said_so(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe(), recording=Recording(max_class_bytes=110))
    assert "class means of 1 are left out" in header(tmp_path, "classes").notes[0]


def test_logits_beyond_the_cap_are_left_out_and_said_so(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe(), recording=Recording(max_logits=4))
    assert "first 4 of 10" in header(tmp_path, "outputs").notes[0]


def test_two_models_keep_apart_in_one_writer(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        for name in ("generator", "discriminator"):
            with NeuronRecorder(small_network(), flat_probe(), writer, name=name) as recorder:
                recorder.step(0)
    assert {tag.model for tag in tags(tmp_path)} == {"generator", "discriminator"}
