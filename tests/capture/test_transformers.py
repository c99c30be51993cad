"""The callback in a training of the Hugging Face Trainer; the training left alone."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import jaxtyping
import pytest
import torch
from recorded import scalars, tags, values
from torch import Tensor
from torch.utils.data import IterableDataset
from trainer_run import Lines, classifier, lines, tokenizer, trainer
from transformers import TrainerCallback

import tb_neuron
from tb_neuron_callbacks import ProbeSet, Recording, at
from tb_neuron_callbacks.errors import LayerSelectionError, ProbeSetError, ScheduleError
from tb_neuron_callbacks.transformers import NeuronCallback

pytestmark = pytest.mark.usefixtures("one_thread")

HERE = Path(__file__).parent


def fit(folder: Path, *callbacks: Any, **choices: Any) -> Any:
    run = trainer(folder, *(callbacks or [NeuronCallback()]), **choices)
    run.train()
    return run


#: A record of these takes a fraction of a usual one's time.
LITTLE: dict[str, Any] = {"recording": Recording(attributions=(), trust=False), "examples": 8}


def recorded_steps(folder: Path) -> list[int]:
    return sorted(values(folder, "activations"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a training with the callback and no argument."""
    made = tmp_path_factory.mktemp("trainer")
    fit(made)
    return made


# -- with no argument


def test_all_kinds_are_in_the_trainers_event_file(folder: Path) -> None:
    assert {tag.kind for tag in tags(folder)} >= {"model", "activations", "outputs"}


def test_the_trainers_folder_has_one_event_file(folder: Path) -> None:
    assert len(list(folder.rglob("events.out.tfevents.*"))) == 1


def test_the_first_step_and_the_last_are_recorded(folder: Path) -> None:
    steps = recorded_steps(folder)
    assert (steps[0], steps[-1]) == (0, 8)


def test_the_probe_set_is_of_the_training_data(folder: Path) -> None:
    probe = values(folder, "probe")[0]
    expected = [Lines(0, 64)[index]["label"] for index in range(64)]
    assert probe.array(probe.entry("labels")).tolist() == expected


def test_classes_have_the_models_names(folder: Path) -> None:
    assert _run(folder).recording().probe_set.class_names == ["classes", "strings"]


def test_the_tokenizer_gives_the_texts(folder: Path) -> None:
    words = tokenizer().tokenize(lines("customization")[0])
    assert _run(folder).tokens(0)[:3] == words[:3]


def test_predictions_are_the_models(folder: Path) -> None:
    torch.manual_seed(3)
    model = classifier().eval()
    batch = {"input_ids": torch.tensor([Lines(0, 8)[0]["input_ids"][:4]])}
    with torch.no_grad():
        expected = int(model(**batch).logits.argmax())
    made = folder / "predicted"
    probe = ProbeSet.from_batches([batch])
    fit(made, NeuronCallback(probe=probe, schedule=at(0)), model=model)
    value = values(made, "outputs")[0]
    assert value.array(value.entry("prediction")).tolist() == [expected]


def test_shares_of_states_are_scalars_beside_the_trainers(folder: Path) -> None:
    assert any(tag.startswith("neurons/dead") for tag in scalars(folder))


# -- a recorded training is the training that it was


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Return what two trainings, with and without the callback, have in common."""
    command = [sys.executable, str(HERE / "trainer_run.py"), str(tmp_path_factory.mktemp("runs"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "kind", ["weights", "optimiser", "random numbers", "losses", "modes", "hooks"]
)
def test_a_seeded_training_ends_the_same(endings: dict[str, bool], kind: str) -> None:
    assert endings[kind]


# -- choices


def test_a_data_set_of_the_users_is_collated_as_the_trainer_does(tmp_path: Path) -> None:
    fit(
        tmp_path,
        NeuronCallback(
            dataset=Lines(40, 32), examples=16, recording=LITTLE["recording"], records=2
        ),
    )
    probe = values(tmp_path, "probe")[0]
    expected = [Lines(40, 32)[2 * index]["label"] for index in range(16)]
    assert probe.array(probe.entry("labels")).tolist() == expected


class Texts(Lines):
    """Lines with their text, as a data set has them before the Trainer drops the column."""

    def __getitem__(self, index: int) -> Mapping[str, Any]:
        return {**super().__getitem__(index), "text": f"line {index}"}


class Columns(Lines):
    """Lines that name their columns, as data sets of the library `datasets` do."""

    column_names: ClassVar[list[str]] = ["input_ids", "label"]


def test_columns_that_the_trainer_drops_are_dropped_of_the_users_data(tmp_path: Path) -> None:
    callback = NeuronCallback(dataset=Texts(40, 32), records=2, **LITTLE)
    # Of the library's data sets it drops columns beforehand, and not when they are collated.
    run = trainer(tmp_path, callback, remove_unused_columns=False)
    run.train_dataset = Columns(0, 64)
    run.train()
    assert recorded_steps(tmp_path)[-1] == 8


def test_a_schedule_of_the_users_is_kept_to(tmp_path: Path) -> None:
    fit(tmp_path, NeuronCallback(schedule=at(2, 5), **LITTLE))
    assert recorded_steps(tmp_path) == [2, 5]


def test_gradient_accumulation_records_each_step_once(tmp_path: Path) -> None:
    fit(tmp_path, NeuronCallback(**LITTLE), gradient_accumulation_steps=2)
    assert recorded_steps(tmp_path) == [0, 1, 2, 3, 4]


def test_a_record_names_the_checkpoint_of_its_step(tmp_path: Path) -> None:
    fit(tmp_path, NeuronCallback(**LITTLE), save_strategy="steps", save_steps=4)
    path = Path(values(tmp_path, "activations")[4].header.checkpoint)
    assert path.is_dir()


def test_a_training_that_goes_on_from_a_checkpoint_goes_on_in_the_records(tmp_path: Path) -> None:
    fit(tmp_path, NeuronCallback(**LITTLE), save_strategy="steps", save_steps=4)
    run = trainer(tmp_path, NeuronCallback(**LITTLE), num_train_epochs=3)
    run.train(resume_from_checkpoint=str(tmp_path / "checkpoint-8"))
    assert recorded_steps(tmp_path) == list(range(13))


def test_the_record_that_goes_on_names_the_checkpoint_it_goes_on_from(tmp_path: Path) -> None:
    fit(tmp_path, NeuronCallback(**LITTLE), save_strategy="steps", save_steps=4)
    path = str(tmp_path / "checkpoint-4")
    run = trainer(tmp_path / "b", NeuronCallback(**LITTLE), resume_from_checkpoint=path)
    run.train(resume_from_checkpoint=path)
    assert values(tmp_path / "b", "activations")[4].header.checkpoint == path


class Stopping(TrainerCallback):
    """Ends a training after its third step, as an evaluation may."""

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        del args
        control.should_training_stop = state.global_step >= 3


def test_a_training_that_an_evaluation_stops_records_its_last_step(tmp_path: Path) -> None:
    callback = NeuronCallback(records=2, **LITTLE)
    fit(tmp_path, callback, Stopping(), eval_strategy="steps", eval_steps=1)
    assert recorded_steps(tmp_path)[-1] == 3


def test_without_tensorboard_records_have_a_folder_of_their_own(tmp_path: Path) -> None:
    fit(tmp_path, NeuronCallback(**LITTLE), report_to="none")
    assert recorded_steps(tmp_path / "neurons")[-1] == 8


def test_the_callback_is_closed_after_a_training(tmp_path: Path) -> None:
    callback = NeuronCallback(records=2, **LITTLE)
    fit(tmp_path, callback)
    assert callback.recorder is None


# -- what cannot be recorded


class Endless(IterableDataset):
    """Gives the lines, and has no length."""

    def __iter__(self) -> Any:
        return iter(Lines(0, 64).items)


def test_data_that_can_only_be_iterated_is_trained_on_without_a_record(tmp_path: Path) -> None:
    run = trainer(tmp_path, NeuronCallback(), max_steps=2)
    run.train_dataset = Endless()
    with pytest.warns(RuntimeWarning, match="can only be iterated"):
        run.train()
    assert run.state.global_step == 2


def test_a_model_that_raises_in_the_pass_is_trained_all_the_same(tmp_path: Path) -> None:
    model = classifier()
    model.register_forward_hook(_fails_in_evaluation)
    run = trainer(tmp_path, NeuronCallback(), model=model)
    with pytest.warns(RuntimeWarning, match="planted"):
        run.train()
    assert run.state.global_step == 8


def _fails_in_evaluation(module: Any, given: Any, output: Tensor) -> None:
    if not module.training:
        raise ZeroDivisionError("planted")


def test_layers_that_name_nothing_are_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(LayerSelectionError):
        fit(tmp_path, NeuronCallback(layers=["decoder"]))


@pytest.fixture
def _without_type_checks() -> Iterator[None]:
    """Let wrong types reach the code, as they do outside the tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.mark.usefixtures("_without_type_checks")
def test_a_probe_set_is_no_data_set() -> None:
    with pytest.raises(ProbeSetError, match="is a ProbeSet, not"):
        NeuronCallback(probe=Lines(0, 8))  # pyright: ignore[reportArgumentType]


def test_a_probe_set_and_a_data_set_are_refused() -> None:
    probe = ProbeSet.from_tensors(torch.zeros(2, 3))
    with pytest.raises(ProbeSetError, match="not both"):
        NeuronCallback(probe=probe, dataset=Lines(0, 8))


@pytest.mark.usefixtures("_without_type_checks")
def test_a_schedule_is_a_function() -> None:
    with pytest.raises(ScheduleError):
        NeuronCallback(schedule=100)  # pyright: ignore[reportArgumentType]


def _run(folder: Path) -> Any:
    runs = tb_neuron.open(folder).runs
    return next(iter(runs.values()))
