"""One training, one TensorBoard, one Chromium and two open pages for all browser tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from served_tab import CHROMIUM, FLAGS, Tab, open_tab, served
from trained import HOSTILE_RUN, record_not_finite, train


@pytest.fixture(scope="session")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of one network on one probe set, one on another, one that is not finite."""
    root = tmp_path_factory.mktemp("logs")
    train(root / "first", 0.05)
    train(root / HOSTILE_RUN, 0.02)
    train(root / "smaller", 0.05, examples=64, steps=8)
    record_not_finite(root / "not-finite")
    return root


@pytest.fixture(scope="session")
def address(logdir: Path) -> Iterator[str]:
    """A TensorBoard that reads the event files through the index."""
    with served(logdir) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser, address: str) -> dict[str, Tab]:
    """The tab in both themes; a test visits what it looks at, and leaves no dialog and no film."""
    return {theme: open_tab(browser, address, dark=theme == "dark") for theme in ("light", "dark")}


@pytest.fixture
def tab(tabs: dict[str, Tab]) -> Tab:
    """The tab in the light theme."""
    return tabs["light"]
