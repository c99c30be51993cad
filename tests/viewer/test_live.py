"""One experiment for many threads: refreshed when due, and never a reason to wait."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tensorboard.plugins.base_plugin import TBContext
from written_run import WrittenRun

from tb_neuron.errors import DamagedRecordError
from tb_neuron.live import REFRESH_SECONDS, LiveExperiment
from tb_neuron.plugin import NeuronPlugin, choose_source
from tb_neuron.source.event_index import EventIndex
from tb_neuron.source.provider import ProviderSource

Writer = Callable[..., WrittenRun]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def growing(write_run: Writer) -> Iterator[WrittenRun]:
    written = write_run("run")
    written.record(0)
    yield written
    written.close()


def records(live: LiveExperiment) -> int:
    return len(live.current().runs["run"].steps)


def test_a_new_record_is_seen_once_a_refresh_is_due(growing: WrittenRun, clock: Clock) -> None:
    live = LiveExperiment(lambda: EventIndex(growing.logdir), clock)
    before = records(live)
    growing.record(1)
    clock.now += REFRESH_SECONDS
    assert (before, records(live)) == (1, 2)


def test_files_are_looked_at_once_a_second_at_most(growing: WrittenRun, clock: Clock) -> None:
    live = LiveExperiment(lambda: EventIndex(growing.logdir), clock)
    records(live)
    growing.record(1)
    clock.now += 0.99 * REFRESH_SECONDS
    assert records(live) == 1


class SlowIndex(EventIndex):
    """An event index whose refreshes last until they are let go."""

    def __init__(self, logdir: str) -> None:
        super().__init__(logdir)
        self.begun, self.let_go = threading.Event(), threading.Event()

    def refresh(self) -> None:
        self.begun.set()
        assert self.let_go.wait(30)
        super().refresh()


def test_while_one_thread_refreshes_the_others_read_what_is_known(
    growing: WrittenRun, clock: Clock
) -> None:
    index = SlowIndex(growing.logdir)
    index.let_go.set()
    live = LiveExperiment(lambda: index, clock)
    live.current()
    index.let_go.clear()
    index.begun.clear()
    clock.now += REFRESH_SECONDS
    refreshing = threading.Thread(target=live.current)
    refreshing.start()
    assert index.begun.wait(30)
    assert records(live) == 1
    index.let_go.set()
    refreshing.join()


def test_a_first_look_that_takes_long_does_not_hold_up_tensorboard(
    growing: WrittenRun, clock: Clock
) -> None:
    index = SlowIndex(growing.logdir)
    live = LiveExperiment(lambda: index, clock)
    assert live.has_recordings(patience=0.01) is False
    index.let_go.set()
    assert live.has_recordings(patience=30.0) is True


def test_many_threads_at_once_get_one_experiment(growing: WrittenRun, clock: Clock) -> None:
    live = LiveExperiment(lambda: EventIndex(growing.logdir), clock)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(id(live.current()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_plugin_with_records_is_active(growing: WrittenRun) -> None:
    assert NeuronPlugin(TBContext(logdir=growing.logdir)).is_active() is True


def test_a_plugin_without_records_is_not_active(tmp_path: Path) -> None:
    assert NeuronPlugin(TBContext(logdir=str(tmp_path))).is_active() is False


@pytest.mark.parametrize("context", [None, TBContext()])
def test_a_plugin_without_any_source_is_not_active(context: TBContext | None) -> None:
    assert NeuronPlugin(context).is_active() is False


def test_a_source_that_fails_is_tried_again(growing: WrittenRun, clock: Clock) -> None:
    sources = [lambda: EventIndex(growing.logdir)]

    def open_source() -> EventIndex:
        if clock.now == 0:
            raise DamagedRecordError("not yet")
        return sources[0]()

    live = LiveExperiment(open_source, clock)
    with pytest.raises(DamagedRecordError):
        live.current()
    clock.now += REFRESH_SECONDS
    assert records(live) == 1


@pytest.mark.parametrize(
    ("logdir", "source"),
    [
        ("logs", EventIndex),
        ("/abs/logs with space", EventIndex),
        ("C:\\logs", EventIndex),
        ("", ProviderSource),
        (None, ProviderSource),
        ("gs://bucket/logs", ProviderSource),
        ("s3://bucket/logs", ProviderSource),
    ],
)
def test_a_local_logdir_is_indexed_and_any_other_is_asked_of_tensorboard(
    logdir: str | None, source: type
) -> None:
    assert isinstance(choose_source(TBContext(logdir=logdir)), source)
