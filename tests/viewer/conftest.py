"""Runs written as a training would write them, with columns that the test knows."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from written_run import WrittenRun  # noqa: E402


@pytest.fixture
def write_run(tmp_path: Path) -> Callable[..., WrittenRun]:
    """Return a function that makes a run under the test's logdir."""

    def write(name: str = "run", **choices: object) -> WrittenRun:
        return WrittenRun(tmp_path / name, **choices)  # pyright: ignore[reportArgumentType]

    return write
