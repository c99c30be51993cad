"""The callback where a training is resumed, and through the trainer's loggers."""

import csv
import logging
from pathlib import Path

import lightning.pytorch as lightning
import pytest
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning_fits import OF_LIGHTNING, fit, recorded_steps
from lightning_run import Classifier, loader, trainer
from recorded import scalars, values

from tb_neuron_callbacks import Recording
from tb_neuron_callbacks.lightning import NeuronCallback

pytestmark = [*OF_LIGHTNING, pytest.mark.usefixtures("one_thread")]


# -- resuming


def resumed(folder: Path) -> lightning.Trainer:
    """Train one epoch, save, and go on with a new trainer for another."""
    model = Classifier()
    first = fit(folder, model, max_epochs=1)
    first.save_checkpoint(folder / "first.ckpt")
    second = trainer(folder, NeuronCallback())
    second.fit(Classifier(), loader(0, 128), loader(128, 192), ckpt_path=str(folder / "first.ckpt"))
    return second


@pytest.fixture(scope="module")
def second_half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(str(resumed(tmp_path_factory.mktemp("resumed")).log_dir))


@pytest.mark.filterwarnings("ignore:.*weights_only")
def test_a_resumed_training_is_recorded_from_where_it_resumes(second_half: Path) -> None:
    assert recorded_steps(second_half)[0] == 4


def test_a_resumed_training_names_its_checkpoint(second_half: Path) -> None:
    header = values(second_half, "activations")[4].header
    assert header.checkpoint.endswith("first.ckpt")


def test_one_callback_can_be_used_for_two_fits(tmp_path: Path) -> None:
    callback = NeuronCallback()
    for name in ("a", "b"):
        fit(tmp_path / name, None, callback)
    assert recorded_steps(tmp_path / "a") == recorded_steps(tmp_path / "b")


# -- loggers


def test_without_a_tensorboard_logger_records_go_beside_the_metrics(tmp_path: Path) -> None:
    run = fit(tmp_path, logger=CSVLogger(str(tmp_path)))
    assert len(list(Path(str(run.log_dir)).glob("events.out.tfevents.*"))) == 1


def test_one_sentence_says_where_the_records_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "lightning.pytorch"):
        run = fit(tmp_path, logger=CSVLogger(str(tmp_path)))
    said = [text for text in caplog.messages if "neurons are recorded to" in text]
    assert len(said) == 1
    assert str(run.log_dir) in said[0]


def test_without_any_logger_each_run_has_a_folder(tmp_path: Path) -> None:
    fit(tmp_path, logger=False)
    assert len(list((tmp_path / "neurons").iterdir())) == 1


def test_shares_go_through_the_csv_logger(tmp_path: Path) -> None:
    run = fit(tmp_path, logger=CSVLogger(str(tmp_path)))
    with (Path(str(run.log_dir)) / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    shares = {row["step"]: row["neurons/dead/network.5"] for row in rows}
    assert 0 <= float(shares["8"]) <= 1


def test_shares_go_through_all_loggers(tmp_path: Path) -> None:
    board = TensorBoardLogger(str(tmp_path / "board"))
    fit(tmp_path, logger=[CSVLogger(str(tmp_path / "csv")), board])
    assert 8 in scalars(tmp_path / "board")["neurons/silent/network.5"]


def test_a_tensorboard_logger_is_used_wherever_it_stands(tmp_path: Path) -> None:
    board = TensorBoardLogger(str(tmp_path / "board"))
    fit(tmp_path, logger=[CSVLogger(str(tmp_path / "csv")), board])
    assert recorded_steps(tmp_path / "board")[-1] == 8


def test_scalars_can_be_left_out(tmp_path: Path) -> None:
    fit(tmp_path, None, NeuronCallback(recording=Recording(scalars=False)))
    assert scalars(tmp_path) == {}


def test_each_scalar_is_written_once_a_record(tmp_path: Path) -> None:
    fit(tmp_path)
    found = scalars(tmp_path)["neurons/silent/network.5"]
    assert sorted(found) == recorded_steps(tmp_path)
