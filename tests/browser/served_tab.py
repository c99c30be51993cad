"""A real TensorBoard and its Neurons tab in Chromium, for the browser tests."""

import csv
import io
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qsl, quote, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, Frame, Locator, Page, expect

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_SECONDS = 90.0
#: The data provider in place of the event index: what a hosted TensorBoard reads through.
USE_PROVIDER = """
from tb_neuron import plugin
from tb_neuron.source.provider import ProviderSource
plugin.choose_source = lambda context: ProviderSource(context.data_provider)
"""
WITHOUT_UMAP = "import sys; sys.modules['umap'] = None\n"
RUN_MAIN = "from tensorboard.main import run_main; run_main()"
SERVERS = {
    "event index": ("", ()),
    "provider, Rust": (USE_PROVIDER, ("--load_fast", "true")),
    "provider, Python": (USE_PROVIDER, ("--load_fast", "false")),
}


#: Ends after what was asked for has been drawn.
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PREFIX = "p.tb_neuron."


@contextmanager
def served(
    logdir: Path, server: str = "event index", port: int = 0, first: str = ""
) -> Iterator[str]:
    """A TensorBoard in a process of its own, on a free port unless named; its address.

    `first` is Python that the process runs before anything else.
    """
    before, arguments = SERVERS[server]
    with socket.create_server(("127.0.0.1", port)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", first + before + RUN_MAIN, "--logdir", str(logdir)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--reload_interval", "1", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for_runs(f"{address}data/plugin/tb_neuron/runs", logdir, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for_runs(url: str, logdir: Path, process: "subprocess.Popen[bytes]") -> None:
    wanted = {str(file.parent.relative_to(logdir)) for file in logdir.rglob("*tfevents*")}
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:
                runs = json.loads(answer.read())["runs"]
            # The data server cannot read a run with a quote in its name, and says so.
            if wanted <= {run["name"] for run in runs if run["recordings"] or run["problems"]}:
                return
        except (URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.1)
    raise RuntimeError("TensorBoard did not serve the recorded runs in time")


@dataclass
class Tab:
    """The Neurons tab in a page of its own.

    Attributes:
        page: TensorBoard's page.
        frame: the plugin's frame in it.
        complaints: console errors and errors of scripts of the tab.
        foreign: addresses asked for outside TensorBoard's own.
        links: how many were followed; each is another address, so that each is heard.
    """

    page: Page
    frame: Frame
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    links: int = 0

    def wait(self, selector: str) -> Any:
        """Wait until the frame shows an element; return it."""
        return self.frame.wait_for_selector(selector, timeout=20_000)

    def press(self, *keys: str) -> None:
        """Press keys inside the tab."""
        self.frame.evaluate("window.focus()")
        for key in keys:
            self.page.keyboard.press(key)

    def pixels(self) -> str:
        """The units' canvas, as a data address."""
        return self.frame.evaluate("document.querySelector('.stage canvas').toDataURL()")

    def visit(self, state: dict[str, str]) -> None:
        """Follow a link in the page that is open; `state` maps the address's keys to values."""
        self.close_dialog()
        self.page.mouse.move(1, 1)
        self.follow(state)
        if "s" in state:
            self.expect_step(state["s"])
        self.ready(state)

    def follow(self, state: dict[str, str]) -> None:
        """Change the page's address, until it holds what is asked for.

        What was pressed before is written into the address with a pause, perhaps just now.
        """
        wanted = without_defaults(state)

        def is_followed() -> bool:
            self.links += 1
            link = f"{hash_of(state)}&link={self.links}"
            self.page.evaluate("hash => { location.hash = hash }", link)
            self.frame.evaluate(TWO_FRAMES)
            return without_defaults(self.address()) == wanted

        until(is_followed, self.page)

    def reload(self, state: dict[str, str]) -> None:
        """Load the page anew; wait for what it showed."""
        self.page.reload()
        self.frame = plugin_frame(self.page)
        self.ready(state)

    def ready(self, state: dict[str, str]) -> None:
        """Wait until the view of a state shows its data."""
        view = state.get("v", "overview")
        if view == "unit":
            self.wait(".unit-view .chart-place svg")
            heading = self.frame.get_by_role("region", name="Unit").get_by_role("heading")
            expect(heading.first).to_have_text(re.compile(rf"unit {state['u']}$"))
        elif view == "layer" and "lf" in state:
            self.wait("tr.row" if "lt" in state else ".group-card, .pattern-keys")
        elif view == "layer":
            self.wait("tr.row")
            if "l" in state:
                view = self.frame.locator(".view")
                expect(view.get_by_role("heading", name=state["l"], exact=True)).to_be_visible()
                step = state.get("bs" if state.get("c") == "b" else "s", "")
                self.expect_in_view(f"at step {step}")
        elif view == "flow":
            expect(self.frame.get_by_text("Flow recorded at step")).to_be_visible()
            self.wait("tr.row" if "fl" in state else ".flow-node.unit")
        else:
            self.wait(".tile-header")
            # The legend counts what is drawn: nothing before it has arrived.
            expect(self.legend).to_contain_text(re.compile(r"\d of [\d,]+"))
        self.frame.evaluate(TWO_FRAMES)

    def expect_in_view(self, text: str) -> None:
        """Wait until the view says something."""
        expect(self.frame.locator(".view").get_by_text(text).first).to_be_visible()

    @property
    def legend(self) -> Locator:
        """The scale, and the states with their counts."""
        return self.frame.get_by_role("region", name="Legend")

    @property
    def slider(self) -> Locator:
        """The ribbon."""
        return self.frame.get_by_role("slider", name="Step of A")

    def expect_step(self, step: str | int) -> None:
        """Wait until A stands at a step."""
        expect(self.slider).to_have_attribute("aria-valuetext", f"step {step}")

    def address(self) -> dict[str, str]:
        """The keys and values of the address that are ours."""
        pairs = parse_qsl(urlsplit(self.page.url).fragment, keep_blank_values=True)
        return {key[len(PREFIX) :]: value for key, value in pairs if key.startswith(PREFIX)}

    def expect_address(self, **wanted: str) -> None:
        """Wait until the address holds these values; it is written with a pause."""
        until(lambda: wanted.items() <= self.address().items(), self.page)

    def open_dialog(self, button: str) -> Locator:
        """Press a button that opens a dialog; the dialog."""
        self.frame.get_by_role("button", name=re.compile(button)).first.click()
        dialog = self.frame.get_by_role("dialog")
        expect(dialog).to_be_visible()
        return dialog

    def close_dialog(self) -> None:
        """Close the dialog that is open, if one is."""
        dialog = self.frame.get_by_role("dialog")
        if dialog.count():
            dialog.get_by_role("button", name="Close").click()
            expect(dialog).to_have_count(0)

    def export(self, kind: str) -> bytes:
        """Save the view as PNG, SVG or CSV; the file's content."""
        dialog = self.open_dialog("^Export")
        with self.page.expect_download() as download:
            dialog.get_by_role("button", name=re.compile(f"^{kind}")).click()
        self.close_dialog()
        return Path(download.value.path()).read_bytes()

    def export_rows(self) -> list[dict[str, str]]:
        """The view's table as CSV, a dictionary a row."""
        return list(csv.DictReader(io.StringIO(self.export("CSV").decode())))


def until(is_so: Callable[[], bool], page: Page) -> None:
    """Wait until something is so; fail if it never is."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        page.wait_for_timeout(30)


def without_defaults(state: dict[str, str]) -> dict[str, str]:
    """A selection without what the address leaves out."""
    defaults = {"v": "overview", "c": "a", "s": "last"}
    return {key: value for key, value in state.items() if defaults.get(key) != value}


def hash_of(state: dict[str, str]) -> str:
    """The address's part after `#` for a selection."""
    pairs = [f"{PREFIX}{key}={quote(value, safe='')}" for key, value in state.items()]
    return "&".join(["tb_neuron", *pairs])


def open_tab(
    browser: Browser,
    address: str,
    state: dict[str, str] | None = None,
    *,
    dark: bool = False,
    width: int = 1440,
) -> Tab:
    """Open the tab at a selection; `state` maps the address's keys to values."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    tab = Tab(page, page.main_frame)
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    page.on("console", lambda message: _note(tab, message))
    page.on("request", lambda request: _note_foreign(tab, request.url, address))
    page.goto(f"{address}{'?darkMode=true' if dark else ''}#{hash_of(state or {})}")
    tab.frame = plugin_frame(page)
    return tab


def plugin_frame(page: Page) -> Frame:
    """The tab's frame, once TensorBoard has loaded it."""
    page.wait_for_selector("iframe[src*='tb_neuron']", timeout=60_000, state="attached")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for frame in page.frames:
            if "plugin_entry" in frame.url and "tb_neuron" in frame.url:
                return frame
        page.wait_for_timeout(50)
    raise RuntimeError("TensorBoard did not load the plugin's frame")


def _note(tab: Tab, message: Any) -> None:
    if message.type == "error":
        tab.complaints.append(f"{message.text} ({message.location.get('url', '')})")


def _note_foreign(tab: Tab, url: str, address: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(address).netloc:
        tab.foreign.append(url)
