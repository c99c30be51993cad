"""The demos as a newcomer runs them, for one epoch; and the bench, for its smallest network."""

import os
import subprocess
import sys
from pathlib import Path

import digits
import numpy as np
import plain_loop
import pytest

import tb_neuron

from images import digit_loaders

DEMO = Path(__file__).parents[2] / "demo"
RUNS = {"digits.py": ["sane", "too-high"], "plain_loop.py": ["plain-loop"]}
#: The bench as it is, with one network in place of all, and few units and records.
SMALLEST = """
from bench import meaning
meaning.UNITS, meaning.EXAMPLES, meaning.RECORDS = 128, 64, 6
import measure
smallest = list(measure.workloads())[-1:]
measure.workloads = lambda: smallest
measure.main()
"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def run(command: list[str], **environment: str) -> str:
    """Run Python in the folder of the demos; what it printed."""
    outcome = subprocess.run(
        [sys.executable, *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=DEMO,
        env={**os.environ, **environment},
    )
    assert outcome.returncode == 0, f"{outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tb_neuron.Experiment:
    """What both demos recorded in one epoch."""
    folder = tmp_path_factory.mktemp("runs")
    for script in RUNS:
        run([script, "--epochs", "1"], DEMO_ONLY_TRAIN="1", DEMO_RUNS=str(folder))
    return tb_neuron.open(folder)


ALL_RUNS = pytest.mark.parametrize("name", [name for names in RUNS.values() for name in names])


@ALL_RUNS
def test_a_demo_s_run_has_a_record_every_eight_steps_of_its_epoch(
    trained: tb_neuron.Experiment, name: str
) -> None:
    batches = len(digit_loaders()[0])
    assert trained.runs[name].steps.tolist() == list(range(0, batches + 1, 8))


@ALL_RUNS
def test_a_demo_s_run_holds_every_activation_and_the_logits(
    trained: tb_neuron.Experiment, name: str
) -> None:
    layers = [layer.split(".")[-1] for layer in trained.runs[name].layers]
    assert layers == ["conv1/relu", "conv2/relu", "conv3/relu", "hidden/relu", "logits"]


@ALL_RUNS
def test_a_demo_s_run_is_read_without_problems(trained: tb_neuron.Experiment, name: str) -> None:
    assert trained.runs[name].problems == []


@ALL_RUNS
def test_a_demo_s_units_move_while_it_trains(trained: tb_neuron.Experiment, name: str) -> None:
    run = trained.runs[name]
    (hidden,) = [layer for layer in run.layers if layer.endswith("hidden/relu")]
    means = run.activations(hidden, "mean")
    assert not np.array_equal(means[0], means[-1])


@pytest.mark.parametrize("demo", [digits, plain_loop], ids=["digits", "plain_loop"])
def test_a_demo_records_about_sixty_times_unless_told_otherwise(demo: object) -> None:
    steps = demo.EPOCHS * len(digit_loaders()[0])  # pyright: ignore[reportAttributeAccessIssue]
    records = 1 + steps // demo.STEPS_BETWEEN_RECORDS  # pyright: ignore[reportAttributeAccessIssue]
    assert 50 <= records <= 70


def test_the_bench_prints_what_a_record_costs() -> None:
    printed = run(["-c", SMALLEST, "--rounds", "1", "--skip-tab"])
    assert "record / bare probe forward" in printed
