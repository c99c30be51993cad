"""What `python -m tb_neuron doctor` says of good and bad log directories, and its exit status."""

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from written_run import WrittenRun

from tb_neuron import doctor
from tb_neuron.__main__ import main
from tb_neuron.assets import Assets

Writer = Callable[..., WrittenRun]


@pytest.fixture
def recorded(write_run: Writer, tmp_path: Path) -> Path:
    written = write_run("mnist")
    for step in (0, 10, 20):
        written.record(step)
    written.close()
    return tmp_path


@pytest.fixture
def built(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dashboard is there, whether or not this checkout has built one."""
    static = tmp_path_factory.mktemp("static")
    (static / "index.js").write_text("export function render() {}")
    monkeypatch.setattr(doctor, "Assets", lambda: Assets(static))


def examined(logdir: Path) -> tuple[int, str]:
    """Exit status and all lines."""
    lines: list[str] = []
    return doctor.examine(str(logdir), lines.append), "\n".join(lines)


@pytest.mark.usefixtures("built")
def test_a_good_logdir_passes(recorded: Path) -> None:
    assert examined(recorded)[0] == 0


@pytest.mark.usefixtures("built")
def test_the_records_of_each_run_are_described(recorded: Path) -> None:
    assert (
        "ok   run 'mnist': 3 records of model 'model' on probe set 'probe', steps 0 to 20, "
        "3 layers with 24 units, 3 statistics"
    ) in examined(recorded)[1]


def test_the_plugins_entry_point_is_found() -> None:
    group, name, target = doctor.ENTRY_POINT
    (entry,) = importlib.metadata.entry_points(group=group, name=name)
    assert entry.value == target


@pytest.mark.usefixtures("built")
def test_a_damaged_record_is_reported_and_fails(recorded: Path) -> None:
    (file,) = (recorded / "mnist").iterdir()
    data = bytearray(file.read_bytes())
    data[data.rfind(b"tb_neuron/model/probe/activations")] ^= 0xFF
    file.write_bytes(data)
    status, text = examined(recorded)
    assert status == 1
    assert "BAD  run 'mnist': " in text
    assert "2 records of model" in text


@pytest.mark.usefixtures("built")
def test_a_logdir_without_records_says_how_to_write_some(tmp_path: Path) -> None:
    status, text = examined(tmp_path)
    assert (status, "add NeuronCallback()" in text) == (1, True)


@pytest.mark.usefixtures("built")
def test_a_logdir_that_does_not_exist_fails(tmp_path: Path) -> None:
    status, text = examined(tmp_path / "nope")
    assert (status, "must be a directory that exists" in text) == (1, True)


@pytest.mark.usefixtures("built")
def test_a_file_is_no_logdir(recorded: Path) -> None:
    (file,) = (recorded / "mnist").iterdir()
    assert examined(file)[0] == 1


def test_a_missing_dashboard_is_reported_with_the_way_out(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "Assets", lambda: Assets(tmp_path / "nothing"))
    status, text = examined(recorded)
    assert (status, "npm --prefix frontend run build" in text) == (1, True)


def test_the_command_line_ends_with_the_doctors_status(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tb_neuron", "doctor", str(tmp_path / "nope")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["cure"])
    assert "doctor" in capsys.readouterr().err
