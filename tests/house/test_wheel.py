"""What a user gets: the wheel's contents, and the format under every supported protobuf."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUND_TRIP = Path(__file__).with_name("round_trip.py")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(command: list[str], **environment: str) -> str:
    outcome = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    assert outcome.returncode == 0, f"{outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), "."])
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder)]
    run([*pip, str(wheel)])
    return folder


def test_the_wheel_installs_exactly_two_packages(installed: Path) -> None:
    found = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert found == {"tb_neuron", "tb_neuron_callbacks"}


def test_the_wheel_carries_the_dashboard(wheel: Path) -> None:
    assert "tb_neuron/static/index.js" in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_says_that_its_types_are_inline(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"tb_neuron/py.typed", "tb_neuron_callbacks/py.typed"} <= names


def test_the_wheel_declares_its_extras(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    lines = archive.read(name).decode().splitlines()
    declared = {line.split(": ")[1] for line in lines if line.startswith("Provides-Extra: ")}
    integrations = {"lightning", "transformers", "captum", "zennit", "projection", "ray", "remote"}
    assert declared == {"capture", "dev", *integrations}


#: A TensorBoard to each protobuf: from 2.21 on its own generated code needs protobuf 6.31.
@pytest.mark.parametrize(
    ("protobuf", "tensorboard"),
    [("4.25.*", "2.17.*"), ("5.*", "2.20.*"), ("6.*", "2.21.*"), ("7.*", "2.21.*")],
)
def test_the_format_round_trips_under_every_supported_protobuf(
    protobuf: str, tensorboard: str, installed: Path, tmp_path: Path
) -> None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path)]
    run([*pip, f"protobuf=={protobuf}", f"tensorboard=={tensorboard}"])
    path = os.pathsep.join((str(tmp_path), str(installed)))
    answer = run([sys.executable, str(ROUND_TRIP), str(tmp_path / "run")], PYTHONPATH=path)
    assert answer.split() == [protobuf.split(".", maxsplit=1)[0], "exact"]
