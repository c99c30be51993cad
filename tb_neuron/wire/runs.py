"""What was recorded where: runs and the recordings in each."""

from typing import TypedDict


class Problem(TypedDict):
    """Something that could not be read, told to the user in a sentence."""

    place: str
    message: str


class RecordingSummary(TypedDict):
    """One model on one probe set in one run: what the pickers list."""

    model: str
    probe: str
    layers: int
    units: int
    records: int
    first_step: str
    last_step: str
    last_wall_time: float
    layout_id: str
    probe_hash: str


class RunSummary(TypedDict):
    """One run of the experiment."""

    name: str
    recordings: list[RecordingSummary]
    problems: list[Problem]


class Runs(TypedDict):
    """Answer of `runs`."""

    version: str
    logdir: str
    source: str
    runs: list[RunSummary]


class ErrorAnswer(TypedDict):
    """Body of every 4xx answer: the rule, the value that broke it, the way out."""

    error: str
