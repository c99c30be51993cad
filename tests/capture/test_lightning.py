"""The callback in a Lightning training: with no argument, with choices; the training left alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import pytest
import torch
from digits_run import digits, same
from lightning_fits import OF_LIGHTNING, fit, recorded_steps
from lightning_run import Classifier, Digits, Forwarding, loader, trainer
from recorded import tags, values
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from tb_neuron.schema import neuron_pb2
from tb_neuron_callbacks import ProbeSet, at, every
from tb_neuron_callbacks.errors import LayerSelectionError, ProbeForwardError
from tb_neuron_callbacks.lightning import NeuronCallback

pytestmark = [*OF_LIGHTNING, pytest.mark.usefixtures("one_thread")]


HERE = Path(__file__).parent


# -- with no argument


def test_all_kinds_are_in_the_trainers_event_file(tmp_path: Path) -> None:
    run = fit(tmp_path)
    assert {tag.kind for tag in tags(Path(str(run.log_dir)))} >= {"model", "activations", "classes"}


def test_the_trainers_directory_has_one_event_file(tmp_path: Path) -> None:
    fit(tmp_path)
    assert len(list(tmp_path.rglob("events.out.tfevents.*"))) == 1


def test_the_first_step_and_the_last_are_recorded(tmp_path: Path) -> None:
    fit(tmp_path)
    steps = recorded_steps(tmp_path)
    assert (steps[0], steps[-1]) == (0, 8)


def test_step_0_is_recorded_before_the_first_update(tmp_path: Path) -> None:
    lightning.seed_everything(2, verbose=False)
    model = Classifier()
    with torch.no_grad():
        images = torch.stack([loader(128, 192).dataset[i][0] for i in range(64)])
        expected = model.network.eval()(images).argmax(1)
    model.train()
    fit(tmp_path, model)
    value = values(tmp_path, "outputs")[0]
    assert value.array(value.entry("prediction")).tolist() == expected.tolist()


def test_the_probe_set_is_of_the_validation_data(tmp_path: Path) -> None:
    fit(tmp_path)
    probe = values(tmp_path, "probe")[0]
    expected = [int(loader(128, 192).dataset[i][1]) for i in range(64)]
    assert probe.array(probe.entry("labels")).tolist() == expected


LATE: dict[str, Any] = {"num_sanity_val_steps": 0, "check_val_every_n_epoch": 2}


@pytest.mark.parametrize("source", ["loaders", "datamodule", "module"])
def test_the_probe_set_is_of_validation_data_that_are_not_asked_for_yet(
    tmp_path: Path, source: str
) -> None:
    run = trainer(tmp_path, NeuronCallback(), **LATE)
    if source == "loaders":
        run.fit(Classifier(), loader(0, 128), loader(128, 192))
    else:
        run.fit(Holding() if source == "module" else Classifier(), datamodule=OF[source])
    probe = values(tmp_path, "probe")[0]
    expected = [int(loader(128, 192).dataset[i][1]) for i in range(64)]
    assert probe.array(probe.entry("labels")).tolist() == expected


class Holding(Classifier):
    """Makes its loaders itself, from random numbers of the training's."""

    def train_dataloader(self) -> DataLoader:
        return loader(0, 128, shuffle=True)

    def val_dataloader(self) -> DataLoader:
        torch.rand(3)
        return loader(128, 192)


OF: dict[str, Any] = {"datamodule": Digits(), "module": None}


def test_validation_data_that_are_not_asked_for_yet_leave_the_training_alone(
    tmp_path: Path,
) -> None:
    weights = []
    for name, callbacks in (("a", []), ("b", [NeuronCallback()])):
        lightning.seed_everything(4, verbose=False)
        model = Holding()
        trainer(tmp_path / name, *callbacks, **LATE).fit(model)
        weights.append(list(model.state_dict().values()))
    assert same(*weights)


def test_validation_data_that_can_not_be_made_yet_are_passed_over(tmp_path: Path) -> None:
    class Failing(Holding):
        def val_dataloader(self) -> DataLoader:
            raise ZeroDivisionError("planted")

    choices = LATE | {"max_epochs": 1}
    with pytest.warns(RuntimeWarning, match="first validation: ZeroDivisionError: planted"):
        trainer(tmp_path, NeuronCallback(examples=96), **choices).fit(Failing())
    assert values(tmp_path, "probe")[0].message(neuron_pb2.Probe).examples == 96


def test_without_validation_the_probe_set_is_of_the_training_data(tmp_path: Path) -> None:
    trainer(tmp_path, NeuronCallback()).fit(Forwarding(), loader(0, 96))
    assert values(tmp_path, "probe")[0].message(neuron_pb2.Probe).examples == 96


def test_a_long_run_has_about_60_records(tmp_path: Path) -> None:
    fit(tmp_path, None, NeuronCallback(examples=8), max_epochs=60, limit_val_batches=0)
    assert 45 <= len(recorded_steps(tmp_path)) <= 62


def test_layers_are_named_as_in_the_module(tmp_path: Path) -> None:
    fit(tmp_path)
    names = [a.layer for a in values(tmp_path, "activations")[0].header.aggregates]
    assert names == ["network.2", "network.5", "network.7"]


def test_a_module_with_a_forward_is_called_by_it(tmp_path: Path) -> None:
    fit(tmp_path, Forwarding())
    assert recorded_steps(tmp_path)[0] == 0


# -- the training is left alone


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    outcome = subprocess.run(
        [sys.executable, "-W", "ignore", "lightning_run.py", str(tmp_path_factory.mktemp("runs"))],
        check=True,
        capture_output=True,
        text=True,
        cwd=HERE,
    )
    return json.loads(outcome.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "kind",
    ["weights", "optimiser", "order of the loader", "random numbers", "metrics", "modes", "hooks"],
)
def test_a_seeded_training_ends_the_same(endings: dict[str, bool], kind: str) -> None:
    assert endings[kind]


class Broken(Classifier):
    """Its network can't be called in eval mode."""

    def __init__(self) -> None:
        super().__init__()
        self.network.register_forward_pre_hook(self.refuse)

    def refuse(self, module: nn.Module, inputs: Any) -> None:
        del inputs
        if not module.training:
            raise ZeroDivisionError("planted")

    def validation_step(self, batch: Any, index: int) -> None:
        del batch, index


def test_a_model_that_raises_in_the_pass_is_trained_all_the_same(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="nothing is recorded.*planted"):
        run = fit(tmp_path, Broken())
    assert run.global_step == 8


class Stream(IterableDataset):
    def __iter__(self):
        images, labels = digits(64)
        yield from zip(images, labels, strict=True)


def test_data_that_can_only_be_iterated_is_trained_on_without_a_record(tmp_path: Path) -> None:
    run = trainer(tmp_path, NeuronCallback(), max_epochs=1)
    with pytest.warns(RuntimeWarning, match="Stream can only be iterated"):
        run.fit(Classifier(), DataLoader(Stream(), batch_size=32))
    assert run.global_step == 2


def test_validation_data_is_passed_over_if_it_can_only_be_iterated(tmp_path: Path) -> None:
    run = trainer(tmp_path, NeuronCallback(), max_epochs=1)
    run.fit(Classifier(), loader(0, 96), DataLoader(Stream(), batch_size=32))
    assert values(tmp_path, "probe")[0].message(neuron_pb2.Probe).examples == 96


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        ({"layers": "encoder.*"}, LayerSelectionError),
        ({"probe": ProbeSet.from_tensors(torch.zeros(2, 3))}, ProbeForwardError),
    ],
)
def test_what_was_asked_for_wrongly_is_refused_at_the_start(
    tmp_path: Path, choices: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        fit(tmp_path, None, NeuronCallback(**choices))


def test_an_exception_of_the_training_closes_the_recorder(tmp_path: Path) -> None:
    class Failing(Classifier):
        def on_train_epoch_end(self) -> None:
            raise ZeroDivisionError

    callback = NeuronCallback()
    with pytest.raises(ZeroDivisionError):
        fit(tmp_path, Failing(), callback)
    assert callback.recorder is None


# -- choices


def test_a_schedule_of_the_users_is_kept_to(tmp_path: Path) -> None:
    fit(tmp_path, None, NeuronCallback(schedule=every(3)))
    assert recorded_steps(tmp_path) == [0, 3, 6]


def test_a_probe_set_of_the_users_is_used(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(*digits(7), name="mine")
    fit(tmp_path, None, NeuronCallback(probe=probe))
    assert {tag.probe for tag in tags(tmp_path)} == {"mine"}


def test_gradient_accumulation_records_each_step_once(tmp_path: Path) -> None:
    fit(tmp_path, None, NeuronCallback(schedule=every(1)), accumulate_grad_batches=2)
    assert recorded_steps(tmp_path) == [0, 1, 2, 3, 4]


class TwoOptimisers(Classifier):
    """Makes two steps in each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        loss = super().training_step(batch, index)
        self.manual_backward(loss)
        for optimiser in self.optimizers():  # pyright: ignore[reportGeneralTypeIssues]
            optimiser.step()
        return loss

    def configure_optimizers(self) -> Any:
        first, *others = self.parameters()
        return [torch.optim.SGD([first], 1e-3), torch.optim.SGD(others, 1e-3)]


def test_a_step_inside_a_batch_is_recorded_at_its_end(tmp_path: Path) -> None:
    fit(tmp_path, TwoOptimisers(), NeuronCallback(schedule=at(0, 3, 9)))
    assert recorded_steps(tmp_path) == [0, 4, 10]


def test_all_steps_of_several_optimisers_are_reckoned_with(tmp_path: Path) -> None:
    fit(tmp_path, TwoOptimisers())
    assert recorded_steps(tmp_path)[-1] == 16


class Stop(lightning.Callback):
    """Ends a training at the batch after a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        del pl_module, outputs, batch, batch_idx
        trainer.should_stop = trainer.global_step >= self.step


def test_a_training_that_stops_early_records_its_last_step(tmp_path: Path) -> None:
    run = fit(tmp_path, None, NeuronCallback(records=4), Stop(45), max_epochs=200, min_epochs=0)
    assert recorded_steps(tmp_path)[-1] == run.global_step < 60


def test_fast_dev_run_records_nothing(tmp_path: Path) -> None:
    fit(tmp_path, fast_dev_run=True)
    assert recorded_steps(tmp_path) == []


def test_a_training_of_unknown_length_is_recorded(tmp_path: Path) -> None:
    run = trainer(tmp_path, NeuronCallback(records=8), Stop(12), max_epochs=-1)
    run.fit(Classifier(), loader(0, 128))
    assert recorded_steps(tmp_path) == [0, 1, 3, 10, 12]
