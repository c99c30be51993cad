"""How long the pattern matrix and the groups of a wide layer take: the server's part of a view."""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import tb_neuron
from tb_neuron import container
from tb_neuron.answers import Bulk, RecordingKey
from tb_neuron.experiment import Experiment
from tb_neuron.group_answers import groups
from tb_neuron.pattern_answers import PatternQuestion, patterns
from tb_neuron.responses import ResponseChoice

from bench.meaning import LAYER, RECORDS, write_responses

_RUN = RecordingKey("wide")
_CHOICE = ResponseChoice(LAYER)
_CALLS = 10

Row = tuple[str, str, str]


def rows() -> list[Row]:
    """Return what each route takes, cold and warm: what, figure, goal."""
    with _opened() as experiment:
        last = RECORDS - 1
        back = itertools.count(last, -1)
        far = itertools.count(last, -1)
        return [
            _row("pattern matrix, record after record", lambda: patterns(
                experiment, _RUN, _CHOICE, PatternQuestion(next(back), last)
            ), "< 200 ms warm"),
            _row("pattern matrix, the same record", lambda: patterns(
                experiment, _RUN, _CHOICE, PatternQuestion(50, last)
            ), "< 200 ms warm"),
            *[
                _row(f"{count} groups, record after record", lambda c=count, s=steps: groups(
                    experiment, _RUN, _CHOICE, next(s), last, c
                ), "< 2 s the first")
                for count, steps in ((6, far), (16, itertools.count(last, -1)))
            ],
            _row("6 groups, the same record", lambda: groups(
                experiment, _RUN, _CHOICE, last, last
            )),
        ]  # fmt: skip


def _row(what: str, way: Callable[[], Bulk], goal: str = "") -> Row:
    """Return the first call's time, packed as it is sent, and the median of those that follow."""
    times = []
    for _ in range(_CALLS):
        start = time.perf_counter()
        answer = way()
        container.pack(answer.header, answer.arrays)
        times.append(1000 * (time.perf_counter() - start))
    return what, f"{np.median(times[1:]):.0f} ms, the first {times[0]:,.0f} ms", goal


@contextmanager
def _opened() -> Iterator[Experiment]:
    with tempfile.TemporaryDirectory() as folder:
        write_responses(Path(folder) / "wide")
        yield tb_neuron.open(folder)
