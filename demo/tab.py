"""How a demo ends: TensorBoard serving the runs, and the browser on its Neurons tab."""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

#: Where the demos train; the environment may name another folder.
RUNS = Path(os.environ.get("DEMO_RUNS") or Path(__file__).parent / "runs")
START_SECONDS = 60


def demo_arguments(description: str, epochs: int) -> argparse.Namespace:
    """Parse what both demos take from the command line.

    Args:
        description: what the demo does.
        epochs: that it trains unless told otherwise.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--epochs", type=int, default=epochs, help=f"(default {epochs})")
    parser.add_argument("--port", type=int, default=6006, help="first port to try (default 6006)")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.add_argument(
        "--only-train",
        action="store_true",
        default=bool(os.environ.get("DEMO_ONLY_TRAIN")),
        help="end after the training (also: DEMO_ONLY_TRAIN=1)",
    )
    return parser.parse_args()


def empty_run(name: str) -> Path:
    """Return the folder of a run of the demo, without what an earlier call left there."""
    folder = RUNS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def open_tab(arguments: argparse.Namespace) -> None:
    """Serve the runs until Ctrl-C; print the tab's address and open it where there is a screen."""
    if arguments.only_train:
        return
    try:
        with served(RUNS, arguments.port) as server:
            address = f"{server.address}#tb_neuron"
            print(f"\nThe Neurons tab: {address}\nCtrl-C ends TensorBoard.", flush=True)
            if not arguments.no_browser and _has_screen():
                webbrowser.open(address)
            server.process.wait()
    except KeyboardInterrupt:
        print()


class Server:
    """A TensorBoard in a process of its own.

    Attributes:
        address: of its first page, with a slash at the end.
        process: the server.
    """

    def __init__(self, logdir: Path, port: int, flags: Sequence[str]) -> None:
        self.address = f"http://localhost:{port}/"
        self.command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir)]
        self.command += ["--port", str(port), *flags]
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait_until_ready(self, port: int) -> None:
        """Return when the port answers.

        Raises:
            SystemExit: the server ended, or did not answer in time.
        """
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit(
            f"TensorBoard must answer on port {port} within {START_SECONDS} s and did not; see "
            f"why with: {' '.join(self.command)}"
        )


@contextmanager
def served(logdir: Path, port: int = 6006, flags: Sequence[str] = ()) -> Iterator[Server]:
    """Run TensorBoard over a log directory, on the first free port from the given one up."""
    free = _free_port(port)
    server = Server(logdir, free, flags)
    try:
        server.wait_until_ready(free)
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def _free_port(first: int) -> int:
    for port in range(first, first + 50):
        with socket.socket() as probe:
            # Connections of a server that has just ended linger; they do not hold its port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("localhost", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"a port from {first} to {first + 49} must be free; pass another with --port")


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
