"""A recorded training ends as the same training without a recorder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from digits_run import count_hooks, digits, small_network
from recorders import HERE, failing_after, flat_probe, record_once
from torch import nn

from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
)

pytestmark = pytest.mark.usefixtures("seeded")


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


def test_a_model_that_changes_its_input_does_not_change_the_probe_set(tmp_path: Path) -> None:
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(64, 10))
    probe = ProbeSet.from_tensors(digits(8)[0].flatten(1) - 8)
    before = probe.batches[0].clone()
    record_once(tmp_path, model, probe)
    assert torch.equal(probe.batches[0], before)
