"""TensorBoard's data provider, on both data paths, against the event index."""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from data_server import data_server
from tensorboard.backend.event_processing.data_ingester import LocalDataIngester
from tensorboard.data import grpc_provider
from written_run import WrittenRun

from tb_neuron.experiment import Experiment
from tb_neuron.metadata import PLUGIN_NAME, UNITS_PLUGIN_NAME
from tb_neuron.recording import Recording
from tb_neuron.source.event_index import EventIndex
from tb_neuron.source.provider import ProviderSource

SAMPLES = {PLUGIN_NAME: 0, UNITS_PLUGIN_NAME: 0}
STEPS = 1000

Writer = Callable[..., WrittenRun]


@contextmanager
def python_path(logdir: str) -> Iterator[Any]:
    flags = argparse.Namespace(
        samples_per_plugin=SAMPLES,
        purge_orphaned_data=True,
        max_reload_threads=1,
        reload_multifile=False,
        reload_multifile_inactive_secs=0,
        detect_file_replacement=False,
        generic_data="auto",
        logdir=logdir,
        logdir_spec="",
        reload_interval=0,
        reload_task="blocking",
    )
    ingester = LocalDataIngester(flags)
    ingester.start()
    yield ingester.data_provider


@contextmanager
def rust_path(logdir: str) -> Iterator[Any]:
    binary = data_server()
    samples = ",".join(f"{name}=all" for name in SAMPLES)
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        command = [binary.path, f"--logdir={logdir}", "--reload=1", "--port=0", "--die-after-stdin"]
        command += [f"--port-file={port_file}", f"--samples-per-plugin={samples}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
            with grpc.insecure_channel(f"localhost:{_port(port_file)}") as channel:
                stub = grpc_provider.make_stub(channel)
                yield grpc_provider.GrpcDataProvider("localhost", stub)
            assert server.stdin is not None
            server.stdin.close()


def _port(file: Path) -> int:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if file.exists() and file.read_text().endswith("\n"):
            return int(file.read_text())
        time.sleep(0.05)
    raise TimeoutError("the data server did not say its port")


PATHS = pytest.mark.parametrize("data_path", [python_path, rust_path], ids=["python", "rust"])


def opened(provider: Any, records: int, patience: float = 30.0) -> Experiment:
    """Return what a provider has, once it has loaded that many records."""
    experiment = Experiment(ProviderSource(provider))
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = [each for run in experiment.runs.values() for each in run.recordings.values()]
        if found and all(len(each.records) >= records for each in found):
            break
        time.sleep(0.2)
        experiment.refresh()
    return experiment


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> WrittenRun:
    run = WrittenRun(tmp_path_factory.mktemp("logs") / "long", units={"conv1": 4, "fc1": 3})
    for step in range(STEPS):
        run.record(step * 10, silent={"conv1": [1]} if step > 500 else {})
    run.close()
    return run


@pytest.fixture(scope="module", params=[python_path, rust_path], ids=["python", "rust"])
def served(request: pytest.FixtureRequest, long_run: WrittenRun) -> Iterator[Recording]:
    """The long run as each data path serves it."""
    with request.param(long_run.logdir) as provider:
        yield opened(provider, STEPS).runs["long"].recording()


@pytest.fixture(scope="module")
def indexed(long_run: WrittenRun) -> Recording:
    """The long run as the event index reads it."""
    return Experiment(EventIndex(long_run.logdir)).runs["long"].recording()


@pytest.mark.slow
def test_a_provider_gives_all_1000_steps(served: Recording, long_run: WrittenRun) -> None:
    assert served.steps.tolist() == [made.step for made in long_run.made]


@pytest.mark.slow
@pytest.mark.parametrize("statistic", ["mean", "std", "frequency"])
def test_a_provider_gives_the_same_values_as_the_event_index(
    served: Recording, indexed: Recording, statistic: str
) -> None:
    np.testing.assert_array_equal(
        served.activations("conv1", statistic), indexed.activations("conv1", statistic)
    )


@pytest.mark.slow
def test_a_provider_gives_the_same_dead_units_as_the_event_index(
    served: Recording, indexed: Recording
) -> None:
    np.testing.assert_array_equal(served.dead_since(), indexed.dead_since())


@pytest.mark.slow
def test_a_provider_gives_the_same_film_as_the_event_index(
    served: Recording, indexed: Recording
) -> None:
    chunks = range(indexed.film.chunks)
    assert [served.film.chunk_hash(k) for k in chunks] == [
        indexed.film.chunk_hash(k) for k in chunks
    ]


@PATHS
def test_a_provider_follows_a_run_that_is_written(
    write_run: Writer, data_path: Callable[[str], Any]
) -> None:
    run = write_run()
    run.record(0)
    with data_path(run.logdir) as provider:
        experiment = opened(provider, 1)
        run.record(1)
        if data_path is python_path:
            provider._multiplexer.Reload()
        end = time.monotonic() + 20
        while len(experiment.runs["run"].steps) < 2 and time.monotonic() < end:
            time.sleep(0.2)
            experiment.refresh()
    assert experiment.runs["run"].steps.tolist() == [0, 1]


def test_a_resumed_run_is_read_as_the_event_index_reads_it_through_the_data_server(
    write_run: Writer,
) -> None:
    run = write_run()
    for step in range(10):
        run.record(step)
    resumed = run.resume()
    for step in range(5, 12):
        resumed.record(step)
    with rust_path(run.logdir) as provider:
        found = opened(provider, 12).runs["run"].activations("fc1", "mean")
    expected = Experiment(EventIndex(run.logdir)).runs["run"].activations("fc1", "mean")
    np.testing.assert_array_equal(found, expected)


def test_the_python_provider_s_lost_repeats_are_stated(write_run: Writer) -> None:
    run = write_run()
    for step in range(10):
        run.record(step)
    resumed = run.resume()
    for step in range(5, 12):
        resumed.record(step)
    resumed.close()
    with python_path(run.logdir) as provider:
        problems = Experiment(ProviderSource(provider)).runs["run"].problems
    assert "5 records were written that this data provider does not hand out" in {
        problem.message for problem in problems
    }


@PATHS
def test_a_run_name_of_odd_characters_is_served(
    tmp_path: Path, data_path: Callable[[str], Any]
) -> None:
    name = "it's <b> %20&a=b#x?y ü☃"
    run = WrittenRun(tmp_path / name)
    run.record(0)
    with data_path(run.logdir) as provider:
        assert opened(provider, 1).runs[name].steps.tolist() == [0]


def test_what_the_data_server_cannot_read_of_a_quoted_run_is_a_stated_problem(
    tmp_path: Path,
) -> None:
    name = 'a "quoted" run'
    run = WrittenRun(tmp_path / name)
    run.record(0)
    with rust_path(run.logdir) as provider:
        problems = opened(provider, 1, patience=1.5).runs[name].problems
    assert any("could not read a blob" in problem.message for problem in problems)
