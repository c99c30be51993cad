"""Whether all that the tab needs is in order here: the plugin, the built dashboard, the records.

Each check is a function that yields findings; the doctor prints them and fails if one is bad.
"""

import importlib
import importlib.metadata
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tb_neuron import __version__
from tb_neuron.assets import Assets
from tb_neuron.errors import InvalidArgumentError
from tb_neuron.experiment import Experiment
from tb_neuron.fast_crc import find_crc32c
from tb_neuron.recording import Recording
from tb_neuron.run import Run
from tb_neuron.source.event_index import EventIndex

ENTRY_POINT = ("tensorboard_plugins", "tb_neuron", "tb_neuron.loader:NeuronLoader")
OLDEST_TENSORBOARD = (2, 17)


class Finding(NamedTuple):
    """What a check found.

    Attributes:
        is_good: whether nothing needs to be done.
        text: a sentence; for a bad one, with the way out.
    """

    is_good: bool
    text: str


def examine(logdir: str, say: Callable[[str], None] = print) -> int:
    """Print what is in order and what is not.

    Args:
        logdir: the directory that TensorBoard is given as `--logdir`.
        say: takes the lines.

    Returns:
        An exit status: 0 if everything is in order, else 1.
    """
    is_good = True
    for check in (_check_plugin, _check_bundle, _check_checksum, lambda: _check_logdir(logdir)):
        for finding in check():
            say(f"{'ok  ' if finding.is_good else 'BAD '} {finding.text}")
            is_good &= finding.is_good
    return 0 if is_good else 1


def _check_plugin() -> Iterator[Finding]:
    version = importlib.metadata.version("tensorboard")
    parts = tuple(int(part) for part in version.split(".")[:2])
    if parts < OLDEST_TENSORBOARD:
        yield Finding(
            False, f"TensorBoard {version} is too old; type: pip install --upgrade tensorboard"
        )
    try:
        importlib.import_module("tb_neuron.plugin")
    except Exception as error:
        yield Finding(False, f"the plugin cannot be imported: {error!r}")
    else:
        yield Finding(
            True, f"tb_neuron {__version__} can be imported, beside TensorBoard {version}"
        )
    group, name, target = ENTRY_POINT
    found = importlib.metadata.entry_points(group=group, name=name)
    if any(entry.value == target for entry in found):
        yield Finding(True, "TensorBoard finds the plugin: its entry point is registered")
    else:
        yield Finding(
            False,
            "TensorBoard does not find the plugin: no entry point is registered; "
            "type: pip install tb-neuron",
        )


def _check_bundle() -> Iterator[Finding]:
    if Assets().is_built:
        yield Finding(True, "the dashboard is built")
    else:
        yield Finding(
            False,
            "the dashboard is not built; in the source checkout, type: "
            "npm --prefix frontend ci && npm --prefix frontend run build",
        )


def _check_checksum() -> Iterator[Finding]:
    if find_crc32c() is None:
        yield Finding(
            False,
            "google-crc32c does not work here, so event files are checked slowly; "
            "type: pip install --force-reinstall google-crc32c",
        )
    else:
        yield Finding(True, "event files are checked with google-crc32c")


def _check_logdir(logdir: str) -> Iterator[Finding]:
    if not os.path.isdir(logdir):
        yield Finding(False, f"{logdir!r} must be a directory that exists; pass TensorBoard's")
        return
    try:
        experiment = Experiment(EventIndex(logdir))
    except (OSError, InvalidArgumentError) as error:
        yield Finding(False, f"{logdir!r} cannot be read: {error}")
        return
    if not any(run.recordings for run in experiment.runs.values()):
        yield Finding(
            False,
            f"{logdir!r} holds no records; add NeuronCallback() to your trainer's callbacks, or "
            "call recorder.step(step) in your loop, and wait for the first record",
        )
    for run in experiment.runs.values():
        yield from _check_run(run)


def _check_run(run: Run) -> Iterator[Finding]:
    for recording in run.recordings.values():
        # Only what was read can be known to be damaged.
        yield Finding(True, f"run {run.name!r}: {_described(recording)}")
        _read_all(recording)
    for problem in run.problems:
        yield Finding(False, f"run {run.name!r}: {problem.place}: {problem.message}")


def _described(recording: Recording) -> str:
    steps = recording.steps
    return (
        f"{len(steps)} records of model {recording.model!r} on probe set {recording.probe!r}, "
        f"steps {steps[0]} to {steps[-1]}, {len(recording.layers)} layers with "
        f"{recording.units} units, {len(recording.statistics)} statistics"
    )


def _read_all(recording: Recording) -> None:
    for layer in recording.layers:
        for record in recording.records:
            recording.columns(layer.name, [record])
    recording.loss()
