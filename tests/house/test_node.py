"""Which Node builds the dashboard: what its build tool needs is what we ask for."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"


def wanted() -> str:
    return json.loads((FRONTEND / "package.json").read_text())["engines"]["node"]


@pytest.fixture(scope="module")
def accepts() -> Callable[[str, str], bool]:
    """The build hook's own function; the hook itself imports hatchling, which only a build has."""
    tree = ast.parse((ROOT / "hatch_build.py").read_text())
    kept: Any = [each for each in tree.body if isinstance(each, (ast.Import, ast.FunctionDef))]
    names: dict[str, Any] = {"Path": Path}
    exec(compile(ast.Module(kept, []), "hatch_build.py", "exec"), names)
    return names["accepts"]


@pytest.mark.parametrize("tool", ["vite", "rolldown"])
def test_the_node_that_we_ask_for_is_the_one_that_the_build_tool_needs(tool: str) -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert lock["packages"][f"node_modules/{tool}"]["engines"]["node"] == wanted()


@pytest.mark.parametrize(
    ("version", "holds"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v20.20.2", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0-nightly2025", True),
        ("something else", False),
    ],
)
def test_the_build_takes_the_node_versions_that_it_says(
    accepts: Callable[[str, str], bool], version: str, holds: bool
) -> None:
    assert accepts(wanted(), version) == holds


@pytest.mark.parametrize("name", ["README.md", "Makefile"])
def test_the_words_name_the_same_versions(name: str) -> None:
    text = (ROOT / name).read_text()
    oldest = [part.strip(" ^>=").removesuffix(".0") for part in wanted().split("||")]
    assert all(f" {version}" in text for version in oldest)
