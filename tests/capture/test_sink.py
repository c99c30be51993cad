"""Where records go, and what happens when they can't."""

import errno
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tensorboardX
import torch
from digits_run import digits, small_network
from recorded import events, scalars, tags, values
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_BLOB_SEQUENCE  # pyright: ignore[reportAttributeAccessIssue]
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every
from tb_neuron_callbacks.errors import RecordError

HERE = Path(__file__).parent
KINDS = ["model", "probe", "activations", "outputs", "classes", "attributions", "trust"]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def recorder_to(place: Any) -> NeuronRecorder:
    images, labels = digits(16)
    probe = ProbeSet.from_tensors(images.flatten(1), labels)
    return NeuronRecorder(small_network(), probe, place, schedule=every(1))


def event_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("events.out.tfevents.*"))


# -- places


def test_torchs_writer_takes_records(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer, recorder_to(writer) as recorder:
        recorder.step(0)
    assert [tag.kind for tag in tags(tmp_path)] == KINDS


def test_records_share_the_file_of_the_writers_scalars(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer, recorder_to(writer) as recorder:
        writer.add_scalar("loss", 1.0, 0)
        recorder.step(0)
    assert len(event_files(tmp_path)) == 1


def test_tensorboardx_takes_records(tmp_path: Path) -> None:
    with tensorboardX.SummaryWriter(str(tmp_path)) as writer, recorder_to(writer) as recorder:
        recorder.step(0)
    assert [tag.kind for tag in tags(tmp_path)] == KINDS


def test_tensorboardx_keeps_the_data_class(tmp_path: Path) -> None:
    with tensorboardX.SummaryWriter(str(tmp_path)) as writer, recorder_to(writer) as recorder:
        recorder.step(0)
    classes = {
        value.metadata.data_class
        for event in events(tmp_path)
        for value in event.summary.value
        if value.tag.startswith("tb_neuron/")
    }
    assert classes == {DATA_CLASS_BLOB_SEQUENCE}


@pytest.mark.parametrize("as_text", [True, False])
def test_a_folder_gets_a_file_of_ours(tmp_path: Path, as_text: bool) -> None:
    folder = tmp_path / "new" / "run"
    with recorder_to(str(folder) if as_text else folder) as recorder:
        recorder.step(0)
    assert [tag.kind for tag in tags(folder)] == KINDS


def test_scalars_are_written_into_the_folder_too(tmp_path: Path) -> None:
    with recorder_to(tmp_path) as recorder:
        recorder.step(0)
    assert "neurons/silent/1" in scalars(tmp_path)


def test_a_resumed_recording_gets_a_file_of_its_own(tmp_path: Path) -> None:
    for step in (0, 1):
        with recorder_to(tmp_path) as recorder:
            recorder.step(step)
    assert (len(event_files(tmp_path)), sorted(values(tmp_path, "activations"))) == (2, [0, 1])


def test_a_folder_that_a_writer_uses_is_refused(tmp_path: Path) -> None:
    with (
        SummaryWriter(str(tmp_path)),
        pytest.raises(RecordError, match="pass that writer, or another folder"),
    ):
        recorder_to(tmp_path)


def test_a_file_of_another_process_does_not_keep_a_folder(tmp_path: Path) -> None:
    name = f"events.out.tfevents.0000000001.{socket.gethostname()}.{os.getpid()}9.0"
    (tmp_path / name).touch()
    with recorder_to(tmp_path) as recorder:
        assert recorder.step(0)


@pytest.mark.parametrize("place", [None, 7, object()])
def test_what_is_no_place_is_refused(place: Any) -> None:
    with pytest.raises(RecordError, match="pass a folder such as"):
        recorder_to(place)


def test_closing_leaves_the_users_writer_open(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        with recorder_to(writer) as recorder:
            recorder.step(0)
        writer.add_scalar("loss", 1.0, 1)
    assert len(event_files(tmp_path)) == 1


@pytest.mark.parametrize("place", ["writer", "folder"])
def test_a_record_is_on_disk_when_step_returns(tmp_path: Path, place: str) -> None:
    recorder = recorder_to(SummaryWriter(str(tmp_path)) if place == "writer" else tmp_path)
    recorder.step(0)
    found = list(values(tmp_path, "activations"))
    recorder.close()
    assert found == [0]


@pytest.mark.parametrize("place", ["SummaryWriter(sys.argv[1])", "sys.argv[1]"])
def test_nothing_is_lost_when_a_script_ends_without_closing(tmp_path: Path, place: str) -> None:
    script = f"""
import sys
from test_sink import *
recorder = recorder_to({place})
for step in range(12):
    recorder.step(step)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=HERE)
    assert list(values(tmp_path, "activations")) == list(range(12))


# -- failures


def test_a_closed_writer_ends_recording_with_one_warning(tmp_path: Path) -> None:
    writer = SummaryWriter(str(tmp_path))
    recorder = recorder_to(writer)
    writer.close()
    with pytest.warns(RuntimeWarning, match="the SummaryWriter is closed") as caught:
        written = [recorder.step(step) for step in range(3)]
    assert (written, len(caught), recorder.is_recording) == ([False] * 3, 1, False)


def test_a_closed_writer_opens_no_second_file(tmp_path: Path) -> None:
    writer = SummaryWriter(str(tmp_path))
    recorder = recorder_to(writer)
    writer.close()
    with pytest.warns(RuntimeWarning):
        recorder.step(0)
    recorder.close()
    assert len(event_files(tmp_path)) == 1


def test_a_closed_tensorboardx_writer_ends_recording(tmp_path: Path) -> None:
    writer = tensorboardX.SummaryWriter(str(tmp_path))
    recorder = recorder_to(writer)
    writer.close()
    with pytest.warns(RuntimeWarning, match="closed"):
        assert not recorder.step(0)


def test_a_writer_whose_thread_has_died_ends_recording(tmp_path: Path) -> None:
    writer: Any = tensorboardX.SummaryWriter(str(tmp_path))
    recorder = recorder_to(writer)
    writer.file_writer.event_writer._worker.stop()
    with pytest.warns(RuntimeWarning, match="thread has ended"):
        assert not recorder.step(0)
    writer.file_writer.event_writer._closed = True


def test_a_folder_that_is_a_file_ends_recording(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.warns(RuntimeWarning, match="recording is off") as caught:
        recorder = recorder_to(tmp_path / "taken")
    assert (recorder.step(0), len(caught)) == (False, 1)


READ_ONLY = """
import os, sys, warnings
from test_sink import *
recorder_to(sys.argv[1] + "/first").step(0)  # all that is imported late
model, (images, labels) = small_network(), digits(16)
probe = ProbeSet.from_tensors(images.flatten(1), labels)
os.setresuid(65534, 65534, 65534)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    recorder = NeuronRecorder(model, probe, sys.argv[1])
    losses = [str(w.message) for w in caught if "off: PermissionError" in str(w.message)]
    print(recorder.step(0), len(losses))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_a_read_only_folder_ends_recording(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o755)
    for parent in (tmp_path, *tmp_path.parents[:-2]):
        parent.chmod(parent.stat().st_mode | 0o055)
    outcome = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        cwd=HERE,
    )
    assert outcome.stdout.split() == ["False", "1"]


@pytest.fixture
def _small_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file grows beyond 12 kB, as on a full disk: TensorBoard's writer thread dies of it.

    The writer tells its caller before the thread has ended. Unless that is waited for, pytest finds
    the death during some later test and blames that one.
    """

    def forgive_the_full_disk(death: threading.ExceptHookArgs) -> None:
        if not isinstance(death.exc_value, OSError) or death.exc_value.errno != errno.EFBIG:
            usual(death)

    usual, others = threading.excepthook, set(threading.enumerate())
    monkeypatch.setattr(threading, "excepthook", forgive_the_full_disk)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, before[1]))
    yield
    for thread in set(threading.enumerate()) - others:
        thread.join(timeout=30)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("_small_files")
@pytest.mark.parametrize("place", ["writer", "folder"])
def test_a_full_disk_ends_recording_with_one_warning(tmp_path: Path, place: str) -> None:
    recorder = recorder_to(SummaryWriter(str(tmp_path)) if place == "writer" else tmp_path)
    with pytest.warns(
        RuntimeWarning, match=r"recording is off from step \d+ on: OSError"
    ) as caught:
        written = [recorder.step(step) for step in range(40)]
    recorder.close()
    assert (written[0], written[-1], len(caught)) == (True, False, 1)


@pytest.mark.usefixtures("_small_files")
def test_a_training_goes_on_with_a_full_disk(tmp_path: Path) -> None:
    model, (images, labels) = small_network(), digits(16)
    probe = ProbeSet.from_tensors(images.flatten(1), labels)
    optimiser = torch.optim.SGD(model.parameters(), 1e-3)
    recorder = NeuronRecorder(model, probe, tmp_path, schedule=every(1))
    before = [parameter.clone() for parameter in model.parameters()]

    def train_for(steps: int) -> None:
        for step in range(steps):
            nn.functional.cross_entropy(model(images.flatten(1)), labels).backward()
            optimiser.step()
            recorder.step(step)

    with pytest.warns(RuntimeWarning, match="recording is off"):
        train_for(30)
    assert not any(map(torch.equal, before, model.parameters()))


def test_a_disk_without_space_is_not_written_to(tmp_path: Path, monkeypatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    writer = SummaryWriter(str(tmp_path))
    recorder = recorder_to(writer)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.warns(RuntimeWarning, match="has no space for a record"):
        recorder.step(0)
    writer.add_scalar("loss", 1.0, 0)
    writer.close()
    assert not recorder.is_recording


# -- files that are taken away


@pytest.mark.parametrize("takes", [shutil.rmtree, lambda folder: file_in(folder).unlink()])
@pytest.mark.parametrize(
    "open_place",
    [Path, lambda folder: SummaryWriter(str(folder)), lambda f: tensorboardX.SummaryWriter(str(f))],
    ids=["folder", "torch", "tensorboardX"],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_recording_is_off_once_its_file_is_gone(
    tmp_path: Path, open_place: Any, takes: Any
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    recorder = recorder_to(open_place(folder))
    recorder.step(0)
    takes(folder)
    with pytest.warns(RuntimeWarning, match="was deleted or replaced"):
        assert not recorder.step(1)
    assert not recorder.is_recording


def file_in(folder: Path) -> Path:
    (path,) = folder.glob("events.out.tfevents.*")
    return path
