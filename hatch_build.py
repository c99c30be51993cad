"""How the dashboard's bundle gets into a wheel: npm builds it when it is not there yet.

A released sdist or wheel carries `tb_neuron/static`, so that installing one needs no Node; only a
build from a checkout does. `make bundle` rebuilds a bundle that is out of date.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):
    """Builds `tb_neuron/static` before a wheel, an sdist or an editable install, if missing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle unless its entry file exists.

        Raises:
            RuntimeError: Node or npm is missing or too old, or the build failed.
        """
        root = Path(self.root)
        entry = root / "tb_neuron" / "static" / "index.js"
        if entry.is_file():
            return
        npm = _find_npm(root / "frontend")
        self.app.display_info("tb_neuron/static is missing: building the dashboard with npm")
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            _run([npm, *arguments], root / "frontend")
        if not entry.is_file():
            raise RuntimeError(
                f"`npm run build` must write {entry}, and it did not; run it in frontend/ and read "
                "what it prints"
            )


def accepts(wanted: str, version: str) -> bool:
    """Whether a version such as `v20.19.1` is in a range such as `^20.19.0 || >=22.12.0`."""
    found = _numbers(version)
    for part in wanted.split("||"):
        oldest = _numbers(part)
        if found >= oldest and (part.strip().startswith(">=") or found[0] == oldest[0]):
            return True
    return False


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]] or [0]


def _find_npm(frontend: Path) -> str:
    wanted = json.loads((frontend / "package.json").read_text())["engines"]["node"]
    need = f"Building tb-neuron from a checkout needs Node {wanted} and npm"
    way_out = "install Node from nodejs.org"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing = "node" if node is None else "npm"
        raise RuntimeError(f"{need}; there is no `{missing}` on the PATH. Way out: {way_out}")
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    version = asked.stdout.strip()
    if not accepts(wanted, version):
        raise RuntimeError(f"{need}; {node} is {version}. Way out: {way_out}")
    return npm


def _run(command: list[str], folder: Path) -> None:
    outcome = subprocess.run(command, cwd=folder, check=False)
    if outcome.returncode != 0:
        raise RuntimeError(
            f"`{' '.join(command)}` must succeed in {folder}; it ended with "
            f"{outcome.returncode}. Its own message is above."
        )
