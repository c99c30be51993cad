"""The plugin inside a real TensorBoard: on every data path, and when something of ours fails."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from data_server import data_server
from written_run import WrittenRun

from tb_neuron.container import unpack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tensorboard")]

STEPS = 1000
PATIENCE_SECONDS = 90.0
RUN_MAIN = "from tensorboard.main import run_main; run_main()"
#: No logdir that only the data server can read is within reach of a test.
USE_PROVIDER = """
from tb_neuron import plugin
from tb_neuron.source.provider import ProviderSource
plugin.choose_source = lambda context: ProviderSource(context.data_provider)
"""


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a thousand small records."""
    root = tmp_path_factory.mktemp("logs")
    written = WrittenRun(root / "run", units={"fc1": 3}, writes_outputs=False)
    for step in range(STEPS):
        written.record(step)
    written.close()
    return root


@contextmanager
def tensorboard(*arguments: str, before: str = "", prefix: str = "") -> Iterator[str]:
    """A TensorBoard of its own process; the address that it can be reached at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", before + RUN_MAIN, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--reload_interval", "1", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}{prefix}/"
        until(lambda: ask(f"{address}data/environment")[0] == 200, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def until(is_so: Callable[[], bool], process: subprocess.Popen | None = None) -> None:
    """Wait until something is so, and fail if it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, "TensorBoard took too long"
        assert process is None or process.poll() is None, "TensorBoard ended"
        time.sleep(0.2)


def ask(address: str) -> tuple[int, bytes]:
    """Status and body; status 0 while nobody listens."""
    try:
        with urlopen(address, timeout=30) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""


def listing(address: str) -> dict[str, Any]:
    """What TensorBoard says of its plugins."""
    return json.loads(ask(f"{address}data/plugins_listing")[1])


def runs(address: str) -> list[dict[str, Any]]:
    """The runs with a recording."""
    content = json.loads(ask(f"{address}data/plugin/tb_neuron/runs")[1])
    return [run for run in content["runs"] if run["recordings"]]


def served_steps(address: str, expected: int) -> list[int]:
    """The steps of the run once as many as expected are there, or what there is in the end."""

    def count() -> int:
        found = runs(address)
        return found[0]["recordings"][0]["records"] if found else 0

    until(lambda: count() >= expected)
    query = urlencode({"run": runs(address)[0]["name"]})
    status, body = ask(f"{address}data/plugin/tb_neuron/records?{query}")
    assert status == 200
    return [int(step) for step in unpack(body).header["steps"]]


@pytest.mark.parametrize("load_fast", ["true", "false"])
def test_all_of_a_thousand_records_are_served_on_both_data_paths(
    logdir: Path, load_fast: str
) -> None:
    if load_fast == "true":
        data_server()
    with tensorboard("--logdir", str(logdir), "--load_fast", load_fast) as address:
        assert served_steps(address, STEPS) == list(range(STEPS))
        assert listing(address)["tb_neuron"]["enabled"] is True
        assert listing(address)["tb_neuron"]["tab_name"] == "Neurons"


def test_all_of_a_thousand_records_come_through_the_python_data_provider(logdir: Path) -> None:
    with tensorboard("--logdir_spec", f"run:{logdir / 'run'}") as address:
        assert served_steps(address, STEPS) == list(range(STEPS))


def test_all_of_a_thousand_records_come_through_the_data_server(logdir: Path) -> None:
    data_server()
    arguments = ("--logdir", str(logdir), "--load_fast", "true")
    with tensorboard(*arguments, before=USE_PROVIDER) as address:
        assert served_steps(address, STEPS) == list(range(STEPS))


@pytest.mark.parametrize(
    ("flag", "value", "kept"),
    [("--samples_per_plugin", "tb_neuron=50", 50), ("--tb_neuron_max_steps", "30", 30)],
)
def test_a_limit_that_the_user_sets_is_kept(logdir: Path, flag: str, value: str, kept: int) -> None:
    with tensorboard("--logdir_spec", f"run:{logdir / 'run'}", flag, value) as address:
        steps = served_steps(address, kept)
        assert (len(steps), steps[-1]) == (kept, STEPS - 1)


def test_the_tab_works_below_a_path_prefix(logdir: Path) -> None:
    arguments = ("--logdir", str(logdir), "--load_fast", "false", "--path_prefix", "/some/where")
    with tensorboard(*arguments, prefix="/some/where") as address:
        status, body = ask(f"{address}data/plugin/tb_neuron/index.js")
        assert (status, bool(re.search(rb"\brender\b", body))) == (200, True)
        assert [run["name"] for run in runs(address)] == ["run"]


def test_without_records_the_tab_is_listed_as_inactive(tmp_path: Path) -> None:
    with tensorboard("--logdir", str(tmp_path), "--load_fast", "false") as address:
        assert listing(address)["tb_neuron"]["enabled"] is False


@pytest.mark.parametrize(
    "before",
    [
        "import sys; sys.modules['tb_neuron.plugin'] = None\n",
        "import sys; sys.modules['tb_neuron.experiment'] = None\n",
        "import sys; sys.modules['scipy'] = sys.modules['google_crc32c'] = None\n",
    ],
    ids=["no plugin", "no reader", "no checksum"],
)
def test_tensorboard_serves_its_other_plugins_when_ours_fails(logdir: Path, before: str) -> None:
    with tensorboard("--logdir", str(logdir), "--load_fast", "false", before=before) as address:
        assert {"scalars", "tb_neuron"} & set(listing(address)) == {"scalars"}


def test_the_listing_of_plugins_survives_a_logdir_that_cannot_be_indexed(logdir: Path) -> None:
    before = (
        "from tb_neuron import plugin\n"
        "def choose_source(context): raise OSError('unreadable')\n"
        "plugin.choose_source = choose_source\n"
    )
    with tensorboard("--logdir", str(logdir), "--load_fast", "false", before=before) as address:
        assert "tb_neuron" in listing(address)
        assert ask(f"{address}data/plugin/tb_neuron/runs")[0] == 500
