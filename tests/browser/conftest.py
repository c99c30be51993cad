"""One training, one TensorBoard and one Chromium for all browser tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from served_tab import CHROMIUM, FLAGS, HOSTILE_RUN, served, train


@pytest.fixture(scope="session")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of the same network on the same probe set."""
    root = tmp_path_factory.mktemp("logs")
    train(root / "first", 0.1)
    train(root / HOSTILE_RUN, 0.4)
    return root


@pytest.fixture(scope="session")
def address(logdir: Path) -> Iterator[str]:
    """A TensorBoard that reads the event files through the index."""
    with served(logdir, "event index") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
