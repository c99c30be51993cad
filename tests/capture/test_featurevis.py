"""Icons from a checkpoint: the command line, from saved weights to the reader."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every
from tb_neuron_callbacks.checkpoints import CheckpointError, load_checkpoint, put_weights
from tb_neuron_callbacks.featurevis import main

NETWORK = """
from torch import nn

def make():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)
    )

def make_other():
    return nn.Sequential(nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 36, 3))
"""
SHORT = ["--steps", "4", "--images", "2"]


def network() -> nn.Sequential:
    scope: dict[str, object] = {}
    exec(NETWORK, scope)
    torch.manual_seed(0)
    return scope["make"]()  # type: ignore[operator]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a recorded run, a checkpoint and the network's module."""
    (tmp_path / "networks_of_a_test.py").write_text(NETWORK)
    model = network()
    images = torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    with NeuronRecorder(
        model, ProbeSet.from_tensors(images), tmp_path / "run", schedule=every(1)
    ) as recorder:
        for step in range(3):
            recorder.step(step)
    torch.save(model.state_dict(), tmp_path / "plain.pt")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "networks_of_a_test", raising=False)
    return tmp_path


def sought(project: Path, *more: str, model: str = "make", checkpoint: str = "plain.pt") -> int:
    place = f"networks_of_a_test:{model}"
    chosen = ["--model", place, "--units", "1:0,2", *SHORT, *more]
    return main([str(project / "run"), str(project / checkpoint), *chosen])


def run_of(project: Path) -> Run:
    (run,) = tb_neuron.open(project / "run").runs.values()
    return run


def test_each_unit_has_its_icons(project: Path) -> None:
    assert sought(project) == 0
    icons = run_of(project).recording().icons.icons()
    assert [(icon.layer, icon.unit, icon.place) for icon in icons] == [
        ("1", 0, 0), ("1", 0, 1), ("1", 2, 0), ("1", 2, 1),
    ]  # fmt: skip


def test_an_icon_is_a_png_of_the_inputs_size(project: Path) -> None:
    sought(project)
    png = run_of(project).recording().icons.image(2, "1", 2, 1)
    assert [int.from_bytes(png[at : at + 4], "big") for at in (16, 20)] == [8, 8]


def test_records_after_the_checkpoint_stay(project: Path) -> None:
    sought(project, "--step", "1")
    assert run_of(project).steps.tolist() == [0, 1, 2]


def test_icons_that_are_made_again_take_the_place_of_the_first(project: Path) -> None:
    sought(project)
    sought(project, "--seed", "9")
    icons = run_of(project).recording().icons.icons()
    assert len(icons) == 4
    assert all("seed 9" in icon.settings for icon in icons)


def test_a_module_runs_it(project: Path) -> None:
    command = [sys.executable, "-m", "tb_neuron_callbacks.featurevis", "run", "plain.pt"]
    chosen = ["--model", "networks_of_a_test:make", "--units", "1:3", *SHORT]
    done = subprocess.run(
        [*command, *chosen], check=False, capture_output=True, text=True, cwd=project
    )
    assert "2 icons were written" in done.stdout, done.stderr


def test_a_lightning_checkpoint_tells_its_step(project: Path) -> None:
    weights = {f"network.{name}": value for name, value in network().state_dict().items()}
    saved = {"state_dict": {**weights, "loss.weight": torch.ones(1)}, "global_step": 2}
    torch.save(saved, project / "lightning.ckpt")
    assert sought(project, checkpoint="lightning.ckpt") == 0
    assert {icon.step for icon in run_of(project).recording().icons.icons()} == {2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"epoch": 3}, "must hold a state_dict"),
        (torch.nn.Linear(2, 2), "must be a file of weights"),
    ],
)
def test_a_file_without_weights_is_refused(tmp_path: Path, content: object, message: str) -> None:
    torch.save(content, tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path / "other.pt")


def test_weights_of_another_model_are_refused() -> None:
    weights: dict[str, Tensor] = nn.Linear(3, 2).state_dict()
    with pytest.raises(CheckpointError, match="must be of Sequential, and this one has no"):
        put_weights(network(), weights)


def test_weights_of_a_wrapped_model_are_put_into_it() -> None:
    wrapped = {f"module.net.{name}": value + 1 for name, value in network().state_dict().items()}
    model = network()
    put_weights(model, wrapped)
    assert torch.equal(model.state_dict()["0.weight"], wrapped["module.net.0.weight"])


def test_what_cannot_be_is_said_and_exits_with_2(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sought(project, model="make_other") == 2
    assert "pass the model that it was saved of" in capsys.readouterr().err
