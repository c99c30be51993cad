"""The callback with modules without a forward, on the command line, and without Lightning."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch.cli import LightningCLI
from lightning_fits import OF_LIGHTNING, fit, recorded_steps
from lightning_run import Classifier, Digits, is_last_relu
from recorded import values
from torch import Tensor, nn

from tb_neuron_callbacks.lightning import NeuronCallback

pytestmark = [*OF_LIGHTNING, pytest.mark.usefixtures("one_thread")]


# -- modules without a forward


class Predicting(Classifier):
    """Two networks, joined in predict_step."""

    def __init__(self) -> None:
        super().__init__()
        self.second = nn.Linear(10, 10)

    def predict_step(self, batch: tuple[Tensor, Tensor], index: int = 0) -> Tensor:
        del index
        return self.second(torch.relu(self.network(batch[0])))


def test_a_module_of_two_networks_is_called_by_its_predict_step(tmp_path: Path) -> None:
    fit(tmp_path, Predicting())
    names = [a.layer for a in values(tmp_path, "activations")[0].header.aggregates]
    assert "second" in names


class TwoNetworks(Classifier):
    def __init__(self) -> None:
        super().__init__()
        self.second = nn.Linear(10, 10)


def test_a_module_that_can_not_be_called_says_what_to_pass(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match=r"TwoNetworks has none.*pass NeuronCallback\(forward="):
        fit(tmp_path, TwoNetworks())


def test_a_forward_of_the_users_is_used(tmp_path: Path) -> None:
    def forward(module: Any, batch: Any) -> Tensor:
        return module.second(module.network(batch[0]))

    fit(tmp_path, TwoNetworks(), NeuronCallback(forward=forward))
    assert recorded_steps(tmp_path)[0] == 0


# -- other ways in


def test_lightning_cli_takes_the_callback_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["train"])
    # Lightning 2.6 calls what jsonargparse 4.53 has renamed.
    monkeypatch.setenv("JSONARGPARSE_DEPRECATION_WARNINGS", "off")
    cli = LightningCLI(
        Classifier,
        Digits,
        run=False,
        save_config_callback=None,
        seed_everything_default=1,
        args=[
            "--trainer.callbacks+=tb_neuron_callbacks.lightning.NeuronCallback",
            "--trainer.callbacks.examples=24",
            "--trainer.callbacks.layers=[network.2]",
            "--trainer.callbacks.recording.precision=f16",
            "--trainer.max_epochs=1",
            "--trainer.accelerator=cpu",
            "--trainer.log_every_n_steps=1",
            "--trainer.enable_progress_bar=false",
            "--trainer.enable_model_summary=false",
            f"--trainer.default_root_dir={tmp_path}",
        ],
    )
    cli.trainer.fit(cli.model, cli.datamodule)
    header = values(tmp_path, "activations")[0].header
    assert (header.examples, [a.layer for a in header.aggregates]) == (24, ["network.2"])


def test_layers_can_be_chosen_by_a_function(tmp_path: Path) -> None:
    fit(tmp_path, None, NeuronCallback(layers=is_last_relu))
    names = [a.layer for a in values(tmp_path, "activations")[0].header.aggregates]
    assert names == ["network.5"]


def test_lightning_cli_takes_a_function_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["train"])
    monkeypatch.setenv("JSONARGPARSE_DEPRECATION_WARNINGS", "off")
    cli = LightningCLI(
        Classifier,
        Digits,
        run=False,
        save_config_callback=None,
        seed_everything_default=1,
        args=[
            "--trainer.callbacks+=tb_neuron_callbacks.lightning.NeuronCallback",
            "--trainer.callbacks.layers=lightning_run.is_last_relu",
            f"--trainer.default_root_dir={tmp_path}",
        ],
    )
    callbacks: list[Any] = vars(cli.trainer)["callbacks"]
    (callback,) = (each for each in callbacks if isinstance(each, NeuronCallback))
    assert callback._layers is is_last_relu


OTHER = """
import sys
import pytorch_lightning as pl
from tb_neuron_callbacks.lightning import NeuronCallback
print(issubclass(NeuronCallback, pl.Callback), "lightning.pytorch" in sys.modules)
"""


def test_pytorch_lightning_is_used_where_that_is_imported() -> None:
    outcome = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OTHER], check=True, capture_output=True, text=True
    )
    assert outcome.stdout.split() == ["True", "False"]


MISSING = """
import sys
for name in ("lightning", "lightning.pytorch", "pytorch_lightning"):
    sys.modules[name] = None
import tb_neuron_callbacks.lightning
"""


def test_a_missing_lightning_says_what_to_install() -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", MISSING], check=False, capture_output=True, text=True
    )
    assert "pip install 'tb-neuron[lightning]'" in outcome.stderr
