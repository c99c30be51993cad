"""Runs written as a training would write them, with columns that the test knows."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tb_neuron
from tb_neuron.recording import Recording

sys.path.insert(0, str(Path(__file__).parent))

from served_routes import Served, serve
from written_run import WrittenRun


@pytest.fixture
def write_run(tmp_path: Path) -> Callable[..., WrittenRun]:
    """Return a function that makes a run under the test's logdir."""

    def write(name: str = "run", **choices: object) -> WrittenRun:
        return WrittenRun(tmp_path / name, **choices)  # pyright: ignore[reportArgumentType]

    return write


@pytest.fixture
def twenty(write_run: Callable[..., WrittenRun]) -> WrittenRun:
    """Twenty records; unit 2 of conv1 and of fc2 is silent from the eighth on, others at times."""
    run = write_run()
    for number in range(20):
        always = [2] if number >= 7 else []
        now_and_then = [5] if number % 3 == 0 else []
        run.record(number * 10, silent={"conv1": [*always, *now_and_then], "fc2": always})
    return run


@pytest.fixture
def recording(twenty: WrittenRun) -> Recording:
    return tb_neuron.open(twenty.logdir).runs["run"].recording()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return serve(tmp_path_factory.mktemp("logs"))
