"""Who may load what, seen in the modules that a fresh interpreter has loaded afterwards."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: A capture module for a framework loads that framework; what this loads is not ours to rule.
FRAMEWORKS = {"lightning", "transformers"}

LIST_LOADED = r"""
import importlib, json, re, sys
before = set(sys.modules)
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
loaded = {}
for name in set(sys.modules) - before:
    file = getattr(sys.modules[name], "__file__", None) or ""
    # The installed package that the file lies in: compiled modules of one may bear any name.
    loaded[name] = next(iter(re.findall(r"(?:site|dist)-packages.(\w+)", file)), "")
print(json.dumps(loaded))
"""


def modules_of(package: Path) -> list[str]:
    """Names of all modules of an import package."""
    files = sorted(package.rglob("*.py"))
    parts = [file.relative_to(package.parent).with_suffix("").parts for file in files]
    return [".".join(part for part in each if part != "__init__") for each in parts]


def loaded_by(*names: str) -> dict[str, str]:
    """Modules that importing some modules loads, each with the installed package it is of."""
    command = [sys.executable, "-c", LIST_LOADED, json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


VIEWER = [
    name
    for name in modules_of(ROOT / "tb_neuron")
    if name not in ("tb_neuron.__main__", "tb_neuron.schema")
]
CAPTURE = [
    name
    for name in modules_of(ROOT / "callbacks" / "tb_neuron_callbacks")
    if name.rpartition(".")[2] not in FRAMEWORKS and not name.endswith("__main__")
]


def test_the_viewer_never_loads_torch() -> None:
    assert "torch" not in loaded_by(*VIEWER)


def test_the_viewer_loads_no_capture_code() -> None:
    assert not [name for name in loaded_by(*VIEWER) if name.startswith("tb_neuron_callbacks")]


@pytest.mark.parametrize("forbidden", ["werkzeug", "tensorboard.backend", "tb_neuron.plugin"])
def test_capture_never_loads_what_serves(forbidden: str) -> None:
    assert forbidden not in loaded_by(*CAPTURE)


def test_analysis_loads_numpy_and_scipy_alone() -> None:
    names = [name for name in VIEWER if name.startswith("tb_neuron.analysis")]
    packages = {package for package in loaded_by(*names).values() if package}
    # jaxtyping states the arrays' shapes; what it stands on comes along.
    assert packages - {"jaxtyping", "wadler_lindig", "typing_extensions"} <= {"numpy", "scipy"}


def test_analysis_loads_nothing_else_of_the_viewer() -> None:
    names = [name for name in VIEWER if name.startswith("tb_neuron.analysis")]
    ours = {name for name in loaded_by(*names) if name.startswith("tb_neuron")}
    assert ours == {"tb_neuron", *names}


def test_the_entry_point_loads_only_the_plugin_interface_of_tensorboard() -> None:
    packages = {name for name, installed in loaded_by("tb_neuron.loader").items() if installed}
    assert packages == {
        "tensorboard",
        "tensorboard.lazy",
        "tensorboard.version",
        "tensorboard.plugins",
        "tensorboard.plugins.base_plugin",
    }


def test_importing_the_package_loads_nothing_that_was_installed() -> None:
    assert not any(loaded_by("tb_neuron").values())
