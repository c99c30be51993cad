"""A recorder in a plain loop: what it writes, and that it never harms the training."""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from digits_run import count_hooks, digits, network, small_network
from recorded import column, events, scalars, tags, values
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

import tb_neuron
from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_UNSIGNED_LOG
from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
    Recording,
    Statistic,
    Thresholds,
    at,
    every,
)
from tb_neuron_callbacks.errors import (
    LayerSelectionError,
    ProbeForwardError,
    RecordError,
    StatisticError,
)
from tb_neuron_callbacks.statistics import STANDARD

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(11)
    torch.set_num_threads(1)


def flat_probe(examples: int = 64, **choices: Any) -> ProbeSet:
    images, labels = digits(examples)
    return ProbeSet.from_tensors(images.flatten(1), labels, batch_size=24, **choices)


def record_once(folder: Path, model: nn.Module, probe: ProbeSet, **choices: Any) -> None:
    with NeuronRecorder(model, probe, folder, schedule=every(1), **choices) as recorder:
        recorder.step(0)


def written_steps(recorder: NeuronRecorder, steps: Iterable[int]) -> list[int]:
    """Offer steps to a recorder and return those that it wrote."""
    return [step for step in steps if recorder.step(step)]


# -- the training is left alone

KINDS = ["weights", "optimiser", "order of the loader", "random numbers", "modes", "hooks"]


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    outcome = subprocess.run(
        [sys.executable, "-W", "ignore", "undisturbed.py", str(tmp_path_factory.mktemp("runs"))],
        check=True,
        capture_output=True,
        text=True,
        cwd=HERE,
    )
    return json.loads(outcome.stdout)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("training", ["recorded", "restless", "failing", "by Captum"])
def test_a_seeded_training_ends_the_same(
    endings: dict[str, dict[str, bool]], training: str, kind: str
) -> None:
    assert endings[training][kind]


def test_a_failed_pass_leaves_no_hook(tmp_path: Path) -> None:
    model = small_network()
    forward = failing_after(2)
    recorder = NeuronRecorder(model, flat_probe(), tmp_path, forward=forward)
    with pytest.warns(RuntimeWarning, match="planted"):
        recorder.step(0)
    recorder.close()
    assert sum(map(count_hooks, model.modules())) == 0


def failing_after(calls: int) -> Callable[[nn.Module, Any], Any]:
    made = [0]

    def forward(model: nn.Module, batch: Any) -> Any:
        made[0] += 1
        output = model(batch)
        if made[0] >= calls:
            raise ZeroDivisionError("planted")
        return output

    return forward


def test_a_model_that_changes_its_input_does_not_change_the_probe_set(tmp_path: Path) -> None:
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(64, 10))
    probe = ProbeSet.from_tensors(digits(8)[0].flatten(1) - 8)
    before = probe.batches[0].clone()
    record_once(tmp_path, model, probe)
    assert torch.equal(probe.batches[0], before)


# -- what is written


def test_the_first_record_has_all_kinds(tmp_path: Path) -> None:
    record_once(tmp_path, small_network(), flat_probe())
    assert [tag.kind for tag in tags(tmp_path)] == [
        "model",
        "probe",
        "activations",
        "outputs",
        "classes",
        "attributions",
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


def hidden(model: nn.Sequential, probe: ProbeSet) -> np.ndarray:
    """Return the activations of the hidden layer, computed by NumPy."""
    weight, bias = (p.detach().double().numpy() for p in model[0].parameters())
    inputs = torch.cat(list(probe.batches)).double().numpy()
    return np.maximum(inputs @ weight.T + bias, 0)


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


def header(folder: Path, kind: str = "activations", step: int = 0) -> neuron_pb2.Header:
    return values(folder, kind)[step].header


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


def readme_statistic() -> Callable[[], Statistic]:
    text = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    source = text[text.index("class Peak:") : text.index("Recording(statistics=")]
    defined: dict[str, Any] = {"torch": torch}
    exec(source, defined)
    return defined["Peak"]


def test_the_readmes_statistic_is_recorded(tmp_path: Path) -> None:
    model, probe, peak = small_network(), flat_probe(), readme_statistic()
    recording = Recording(statistics=["mean", lambda _: peak()], precision="f32")
    record_once(tmp_path, model, probe, recording=recording)
    stored = column(values(tmp_path, "activations")[0], "1", "peak")
    np.testing.assert_allclose(stored, np.abs(hidden(model, probe)).max(0), rtol=1e-5)


@pytest.mark.parametrize("grid", ["signed_log", "unsigned_log", "exact", "fraction"])
def test_a_statistic_names_its_grid(tmp_path: Path, grid: str) -> None:
    def of_grid(_: Any) -> Statistic:
        statistic = Squares()
        statistic.grid = grid
        statistic.finish = lambda: torch.ones(12)
        return statistic

    recording = Recording(statistics=["mean", of_grid])
    record_once(tmp_path, small_network(), flat_probe(), layers=["1"], recording=recording)
    (found,) = (c for c in header(tmp_path).columns if c.name == "mean_square")
    assert neuron_pb2.Grid.Name(found.grid) == f"GRID_{grid.upper()}"


def test_a_grid_that_does_not_exist_is_named(tmp_path: Path) -> None:
    def of_no_grid(_: Any) -> Statistic:
        statistic = Squares()
        statistic.grid = "log"
        return statistic

    recording = Recording(statistics=["mean", of_no_grid])
    with pytest.raises(StatisticError, match="unsigned_log, fraction, exact, not on 'log'"):
        record_once(tmp_path, small_network(), flat_probe(), recording=recording)


class Squares:
    """The mean square, as a user would define it."""

    name = "mean_square"
    grid: str | int = GRID_UNSIGNED_LOG
    description = "Mean of the squared activations."

    def __init__(self) -> None:
        self.sum, self.count = torch.zeros(()), 0

    def update(self, activations: Tensor, batch: Any) -> None:
        del batch
        self.sum = self.sum + activations.square().sum((0, 1))
        self.count += activations.shape[0] * activations.shape[1]

    def merge(self, other: Any) -> None:
        self.sum, self.count = self.sum + other.sum, self.count + other.count

    def finish(self) -> Tensor:
        return self.sum / self.count


def test_a_users_statistic_is_recorded(tmp_path: Path) -> None:
    model, probe = small_network(), flat_probe()
    recording = Recording(statistics=["mean", lambda _: Squares()], precision="f32")
    record_once(tmp_path, model, probe, recording=recording)
    stored = column(values(tmp_path, "activations")[0], "1", "mean_square")
    np.testing.assert_allclose(stored, np.square(hidden(model, probe)).mean(0), rtol=1e-4)


def test_two_models_keep_apart_in_one_writer(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        for name in ("generator", "discriminator"):
            with NeuronRecorder(small_network(), flat_probe(), writer, name=name) as recorder:
                recorder.step(0)
    assert {tag.model for tag in tags(tmp_path)} == {"generator", "discriminator"}


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


# -- losses while recording


def test_steps_that_go_back_or_repeat_are_not_recorded(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(5)
        with pytest.warns(RuntimeWarning, match="step 5 came after step 5"):
            assert not recorder.step(5)
        recorder.step(6)
    assert list(values(tmp_path, "activations")) == [5, 6]


def test_steps_that_go_back_are_warned_of_once(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(5)
        with pytest.warns(RuntimeWarning) as caught:
            assert written_steps(recorder, [3, 4, 5]) == []
    assert len(caught) == 1


def test_an_exception_of_the_model_skips_the_record(tmp_path: Path) -> None:
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, forward=failing_after(2)
    ) as recorder:
        with pytest.warns(RuntimeWarning, match="skipped: ZeroDivisionError: planted"):
            assert not recorder.step(0)
        assert recorder.is_recording


def test_recording_ends_after_three_failures(tmp_path: Path) -> None:
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, schedule=every(1), forward=failing_after(2)
    ) as recorder:
        with pytest.warns(RuntimeWarning, match="ends after 3 such steps in a row"):
            recorder.step(0)
        recorder.step(1)
        assert recorder.is_recording
        recorder.step(2)
        assert not recorder.is_recording


def test_failures_become_one_warning(tmp_path: Path) -> None:
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), forward=failing_after(2)
        ) as recorder,
        pytest.warns(RuntimeWarning) as caught,
    ):
        assert written_steps(recorder, range(5)) == []
    assert len(caught) == 1


def test_a_schedule_that_raises_does_not_harm_the_training(tmp_path: Path) -> None:
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=lambda step: 1 / step > 0
        ) as recorder,
        pytest.warns(RuntimeWarning, match="ZeroDivisionError"),
    ):
        assert not recorder.step(0)


def test_a_step_that_is_no_number_does_not_harm_the_training(tmp_path: Path) -> None:
    class Odd:
        def __index__(self) -> int:
            raise ZeroDivisionError

    with (
        NeuronRecorder(small_network(), flat_probe(), tmp_path) as recorder,
        pytest.warns(RuntimeWarning, match="ZeroDivisionError"),
    ):
        assert not recorder.step(Odd())


def test_where_warnings_are_errors_a_loss_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(1)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            recorder.step(0)
    assert "steps must increase" in caplog.text


def test_a_layer_that_did_not_run_is_named_once(tmp_path: Path) -> None:
    model = small_network()
    skip = [False]
    probe = ProbeSet.from_tensors(digits(8)[0].flatten(1))

    def forward(_: nn.Module, batch: Any) -> Any:
        return model[0](batch) if skip[0] else model(batch)

    with NeuronRecorder(
        model, probe, tmp_path, layers=["1", "2"], schedule=every(1), forward=forward
    ) as recorder:
        skip[0] = True
        with pytest.warns(RuntimeWarning, match="1, 2 did not run") as caught:
            written_steps(recorder, [0, 1])
    assert len(caught) == 1


def test_a_share_of_wall_time_is_kept_to(tmp_path: Path) -> None:
    recording = Recording(max_overhead=0.01)
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
        ) as recorder,
        pytest.warns(RuntimeWarning, match=r"max_overhead=0.01") as caught,
    ):
        written = [recorder.step(step) for step in range(20)]
    assert (written[0], sum(written) < 5, len(caught)) == (True, True, 1)


def test_a_limit_of_bytes_is_kept_to(tmp_path: Path) -> None:
    recording = Recording(max_bytes=40_000, scalars=False)
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
        ) as recorder,
        pytest.warns(RuntimeWarning, match="max_bytes=40000"),
    ):
        written_steps(recorder, range(60))
    written = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert 20_000 < written < 42_000


def test_a_limit_of_bytes_makes_records_rarer_before_it_ends_them(tmp_path: Path) -> None:
    recording = Recording(max_bytes=40_000, scalars=False)
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
        ) as recorder,
        pytest.warns(RuntimeWarning),
    ):
        written = written_steps(recorder, range(60))
    gaps = np.diff(written)
    assert (gaps[0], bool((np.diff(gaps) >= 0).mean() > 0.7), gaps.max() >= 2) == (1, True, True)


def test_a_closed_recorder_records_nothing(tmp_path: Path) -> None:
    recorder = NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1))
    recorder.close()
    assert not recorder.step(0)


def test_a_recorder_is_closed_after_an_exception_of_the_training(tmp_path: Path) -> None:
    recorder = NeuronRecorder(small_network(), flat_probe(), tmp_path)
    with pytest.raises(ZeroDivisionError), recorder:
        raise ZeroDivisionError
    assert not recorder.is_recording


def test_an_empty_name_of_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="a model's name is a text"):
        NeuronRecorder(small_network(), flat_probe(), tmp_path, name="")


# -- a training that is resumed, and one of several recorders


def silenced_network() -> nn.Sequential:
    """Return a network of which units 2, 5 and 7 of layer 1 are never active, the others always."""
    model = small_network()
    with torch.no_grad():
        bias = model.get_parameter("0.bias")
        bias[:] = 1e3
        bias[[2, 5, 7]] = -1e3
    return model


def record_steps(place: Any, steps: Iterable[int], **choices: Any) -> dict[str, float]:
    torch.manual_seed(11)
    with NeuronRecorder(
        silenced_network(), flat_probe(), place, schedule=every(1), **choices
    ) as recorder:
        assert written_steps(recorder, steps) == list(steps)
        return recorder.scalars


def dead_shares(folder: Path) -> dict[int, float]:
    return {step: round(share * 12) for step, share in scalars(folder)["neurons/dead/1"].items()}


def test_the_dead_stay_dead_when_a_training_is_resumed(tmp_path: Path) -> None:
    record_steps(tmp_path, range(4))
    record_steps(tmp_path, range(4, 7))
    assert dead_shares(tmp_path) == {0: 0, 1: 0, 2: 3, 3: 3, 4: 3, 5: 3, 6: 3}


def test_the_stored_counts_of_the_dead_go_on_too(tmp_path: Path) -> None:
    record_steps(tmp_path, range(3))
    record_steps(tmp_path, [3])
    assert header(tmp_path, step=3).aggregates[0].dead == 3


def test_what_a_restart_makes_void_is_not_reckoned_with(tmp_path: Path) -> None:
    record_steps(tmp_path, range(6))
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(1)
    record_steps(tmp_path, [2, 3])
    record_steps(tmp_path, [4])
    assert scalars(tmp_path)["neurons/dead/1"][4] == pytest.approx(3 / 12)


def test_records_of_another_probe_set_are_not_reckoned_with(tmp_path: Path) -> None:
    record_steps(tmp_path, range(3))
    with NeuronRecorder(
        silenced_network(), flat_probe(40), tmp_path, schedule=every(1)
    ) as recorder:
        recorder.step(3)
    assert dead_shares(tmp_path)[3] == 0


def test_a_damaged_file_beside_does_not_harm_the_record(tmp_path: Path) -> None:
    record_steps(tmp_path, range(3))
    (tmp_path / "events.out.tfevents.0.damaged").write_bytes(b"\x07" * 64)
    record_steps(tmp_path, [3])
    assert dead_shares(tmp_path)[3] == 3


def test_where_earlier_records_are_out_of_reach_the_dead_are_told_once_they_are_known(
    tmp_path: Path,
) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        writer.log_dir = ""  # as a writer of the user's own may have none
        record_steps(writer, range(8, 12))
    assert dead_shares(tmp_path) == {10: 3, 11: 3}


@pytest.mark.parametrize("as_folder", [True, False])
def test_one_name_is_recorded_once_in_a_place(tmp_path: Path, as_folder: bool) -> None:
    place = tmp_path if as_folder else SummaryWriter(str(tmp_path))
    with (
        NeuronRecorder(small_network(), flat_probe(), place),
        pytest.raises(RecordError, match=r"'model' on 'probe' goes to .* name='ema'"),
    ):
        NeuronRecorder(small_network(), flat_probe(), place)
    if isinstance(place, SummaryWriter):
        place.close()


@pytest.mark.parametrize("as_folder", [True, False])
@pytest.mark.parametrize(("model", "probe"), [("ema", "probe"), ("model", "other")])
def test_names_that_differ_share_a_place(
    tmp_path: Path, model: str, probe: str, as_folder: bool
) -> None:
    place = tmp_path if as_folder else SummaryWriter(str(tmp_path))
    second = flat_probe(name=probe)
    with (
        NeuronRecorder(small_network(), flat_probe(), place, schedule=every(1)) as first,
        NeuronRecorder(small_network(), second, place, schedule=every(1), name=model) as other,
    ):
        assert (first.step(0), other.step(0)) == (True, True)
    if isinstance(place, SummaryWriter):
        place.close()
    assert len({tag[:2] for tag in tags(tmp_path)}) == 2


def test_a_name_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        recorder = NeuronRecorder(
            small_network(), flat_probe(), writer, schedule=every(1), forward=failing_after(2)
        )
        with pytest.warns(RuntimeWarning):
            written_steps(recorder, range(3))
        record_steps(writer, [4])
    assert list(values(tmp_path, "activations")) == [4]


def test_a_name_that_another_process_records_is_refused(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from test_recorder import NeuronRecorder, RecordError, flat_probe, small_network\n"
        "try: NeuronRecorder(small_network(), flat_probe(), sys.argv[1])\n"
        "except RecordError as error: print(error)"
    )
    with NeuronRecorder(small_network(), flat_probe(), tmp_path):
        outcome = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), str(HERE)],
            check=True,
            capture_output=True,
            text=True,
        )
    assert "recorded once in a place" in outcome.stdout
