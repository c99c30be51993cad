"""How fast the tab is, in headless Chromium without a GPU: the first picture, and a film frame."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, CDPSession, Frame, Page, Playwright, sync_playwright

from bench.film import RECORDS, UNITS, write_film
from tab import served

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FULL_SPEED = 60
#: Playing begins, and is not counted, for so long.
START_SECONDS = 0.5
#: The film must not end while it is timed: what stands still costs nothing and draws nothing.
PLAY_SECONDS = RECORDS / FULL_SPEED - START_SECONDS - 0.5

# Notes when a canvas first holds something, and in how many animation frames one was drawn to.
_WATCH = """
if (window !== window.top) {
  const seen = { picture: 0, drawn: 0, frames: 0, touched: false };
  window.__seen = seen;
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ["drawImage", "putImageData"]) {
    const original = context[name];
    context[name] = function (...args) {
      if (this.canvas.isConnected) {
        seen.touched = true;
        seen.picture ||= performance.now();
      }
      return original.apply(this, args);
    };
  }
  const tick = () => {
    seen.frames += 1;
    if (seen.touched) seen.drawn += 1;
    seen.touched = false;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
"""


@dataclass(frozen=True)
class TabTimes:
    """What a person waits for.

    Attributes:
        units: of the recording, with `records`.
        records: that it plays through.
        first_picture: milliseconds from the tab's own page to the first pixels on a canvas.
        frame: milliseconds of the page's work for a drawn film frame.
        frame_rate: drawn film frames a second while playing as fast as it goes.
        refresh_rate: animation frames a second that the browser gave meanwhile.
        chromium: its version.
    """

    units: int
    records: int
    first_picture: float
    frame: float
    frame_rate: float
    refresh_rate: float
    chromium: str


def measure_tab() -> TabTimes:
    """Write a film, open the tab on it, play it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_film(Path(folder) / "film")
        browser = launch_chromium(playwright)
        with served(Path(folder), 7006) as server:
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.add_init_script(_WATCH)
            frame = open_tab(page, server.address, {})
            frame.wait_for_function("window.__seen.picture > 0", timeout=60_000)
            first_picture = frame.evaluate("window.__seen.picture")
            page.wait_for_timeout(2000)
            times = _play(page, frame)
        version = browser.version
        browser.close()
    return TabTimes(UNITS, RECORDS, first_picture, *times, version)


def launch_chromium(playwright: Playwright) -> Browser:
    """Start the machine's Chromium without a window."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("the tab is drawn by Chromium; install it: apt-get install chromium")
    return playwright.chromium.launch(executable_path=chromium, args=FLAGS)


def open_tab(page: Page, address: str, selection: Mapping[str, str]) -> Frame:
    """Open TensorBoard on the tab and return the tab's own frame.

    Args:
        page: of the browser.
        address: TensorBoard's.
        selection: what to show, by the keys of the tab's part of the address.
    """
    keys = [f"p.tb_neuron.{key}={quote(value, safe='')}" for key, value in selection.items()]
    page.goto(f"{address}#{'&'.join(['tb_neuron', *keys])}")
    element = page.wait_for_selector("iframe[src*='name=tb_neuron']", timeout=60_000)
    frame = element.content_frame() if element else None
    assert frame is not None
    return frame


def _play(page: Page, frame: Frame) -> tuple[float, float, float]:
    """Return milliseconds a frame, drawn frames a second and animation frames a second."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    frame.locator("body").click(position={"x": 2, "y": 2})
    for _ in range(8):
        page.keyboard.press("]")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_timeout(1000 * START_SECONDS)
    before, work = frame.evaluate("({...window.__seen})"), _task_seconds(session)
    page.wait_for_timeout(1000 * PLAY_SECONDS)
    after, worked = frame.evaluate("({...window.__seen})"), _task_seconds(session)
    drawn = max(1, after["drawn"] - before["drawn"])
    refreshed = after["frames"] - before["frames"]
    return 1000 * (worked - work) / drawn, drawn / PLAY_SECONDS, refreshed / PLAY_SECONDS


def _task_seconds(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")
