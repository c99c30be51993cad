"""The house as a newcomer finds it: folders, pins and the words of its own files."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def committed_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("folder", ["callbacks", "tests", "demo", "frontend"])
def test_a_folder_that_is_no_package_has_no_init_file(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()


def test_constraints_pin_torch_exactly() -> None:
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text().splitlines()


def test_every_constraint_is_one_exact_version() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    pattern = r'[a-z0-9.-]+==[0-9][\w.]*( ; python_version >= "3\.\d+")?'
    assert [pin for pin in pins if re.fullmatch(pattern, pin) is None] == []


@pytest.mark.parametrize("suffix", [".txt", ".toml", ".json", ".yaml", ".yml", ".npmrc"])
def test_no_configuration_names_a_registry_host(suffix: str) -> None:
    hosts = re.compile(r"registry\.|pypi\.org|pythonhosted|--index-url|--find-links")
    found = [
        path.name
        for path in committed_files()
        if suffix in (path.suffix, path.name) and hosts.search(path.read_text())
    ]
    assert found == []


def test_every_command_of_the_readme_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    texts = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md"]
    named = {name for text in texts for name in re.findall(r"\bmake ([a-z-]+)", text.read_text())}
    assert named - targets == set()


def test_every_picture_of_the_readme_is_committed() -> None:
    pattern = r'(?:src|srcset)="([^":]+)"|!\[[^\]]*\]\(([^):]+)\)'
    pictures = re.findall(pattern, (ROOT / "README.md").read_text())
    wanted = {ROOT / (first or second) for first, second in pictures}
    assert wanted - set(committed_files()) == set()


@pytest.mark.parametrize(
    ("imported", "banned"),
    [
        ("tb_neuron.loader", "torch"),
        ("tb_neuron.plugin", "torch"),
        ("tb_neuron", "torch"),
        ("tb_neuron_callbacks", "werkzeug"),
        ("tb_neuron_callbacks", "tensorboard.backend"),
        ("tb_neuron_callbacks", "lightning"),
        ("tb_neuron_callbacks", "transformers"),
    ],
)
def test_importing_one_side_never_loads_the_other(imported: str, banned: str) -> None:
    script = f"import sys, {imported}; sys.exit({banned!r} in sys.modules)"
    outcome = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
