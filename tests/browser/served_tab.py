"""A real training, a real TensorBoard and its Neurons tab, for the browser tests."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import torch
from playwright.sync_api import Browser, Frame, Page
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every

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
#: A run name that a careless page would read as markup, a careless server as an address.
HOSTILE_RUN = "q'\"<b>b</b> %20&a=b#x?y ü"
STEPS, STEPS_BETWEEN_RECORDS = 60, 4
PLANTED_LAYER, PLANTED_UNIT, PLANTED_STEP = "3", 5, 28
PATIENCE_SECONDS = 90.0
#: The data provider in place of the event index: what a hosted TensorBoard reads through.
USE_PROVIDER = """
from tb_neuron import plugin
from tb_neuron.source.provider import ProviderSource
plugin.choose_source = lambda context: ProviderSource(context.data_provider)
"""
RUN_MAIN = "from tensorboard.main import run_main; run_main()"
SERVERS = {
    "event index": ("", ()),
    "provider, Rust": (USE_PROVIDER, ("--load_fast", "true")),
    "provider, Python": (USE_PROVIDER, ("--load_fast", "false")),
}


def train(folder: Path, learning_rate: float) -> None:
    """Train a small network on digits; unit 5 of the hidden layer is killed by hand on the way."""
    torch.manual_seed(0)
    pixels, digits = load_digits(return_X_y=True)
    images = torch.tensor(pixels / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    labels = torch.tensor(digits)
    hidden = nn.Linear(8 * 6 * 6, 24)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Sequential(hidden, nn.ReLU())
    )
    model.append(nn.Linear(24, 10))
    probe = ProbeSet.from_tensors(
        images[:128], labels[:128], class_names=[f"digit {digit}" for digit in range(10)]
    )
    optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate)
    schedule = every(STEPS_BETWEEN_RECORDS)
    with NeuronRecorder(model, probe, str(folder), schedule=schedule) as recorder:
        for step in range(STEPS + 1):
            if step == PLANTED_STEP:
                with torch.no_grad():
                    hidden.bias[PLANTED_UNIT] = -1e3
            recorder.step(step)
            optimiser.zero_grad()
            chosen = torch.randint(0, len(images), (64,))
            functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimiser.step()


@contextmanager
def served(logdir: Path, server: str) -> Iterator[str]:
    """A TensorBoard in a process of its own; its address."""
    before, arguments = SERVERS[server]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", before + RUN_MAIN, "--logdir", str(logdir)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--reload_interval", "1", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for_runs(f"{address}data/plugin/tb_neuron/runs", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for_runs(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:
                if b"first" in answer.read():
                    return
        except (URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.3)
    raise RuntimeError("TensorBoard did not serve the recorded runs in time")


@dataclass
class Tab:
    """The Neurons tab in a page of its own.

    Attributes:
        page: TensorBoard's page.
        frame: the plugin's frame in it.
        complaints: console errors and errors of scripts of the tab.
        foreign: addresses asked for outside TensorBoard's own.
    """

    page: Page
    frame: Frame
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def wait(self, selector: str) -> Any:
        """Wait until the frame shows an element; return it."""
        return self.frame.wait_for_selector(selector, timeout=20_000)

    def text(self, selector: str) -> str:
        """Text of the first element of a selector, once it is there."""
        self.wait(selector)
        return self.frame.locator(selector).first.inner_text()

    def press(self, key: str) -> None:
        """Press a key inside the tab; a frame hears keys once it was clicked."""
        self.frame.locator(".legend .scale-name").click()
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(1200)

    def pixels(self) -> str:
        """The units' canvas, as a data address."""
        return self.frame.evaluate("document.querySelector('.stage canvas').toDataURL()")


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
    pairs = [f"p.tb_neuron.{key}={quote(value, safe='')}" for key, value in (state or {}).items()]
    page.goto(f"{address}{'?darkMode=true' if dark else ''}#{'&'.join(['tb_neuron', *pairs])}")
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
