"""The recorder of a training loop: at scheduled steps it measures the probe set and writes."""

from __future__ import annotations

import logging
import operator
import time
import uuid
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, SupportsIndex

# TensorBoard builds its messages at run time and ships no types of them.
from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]
from torch import nn

from tb_neuron.schema import neuron_pb2
from tb_neuron_callbacks.arguments import check_function, check_name
from tb_neuron_callbacks.budget import Budget
from tb_neuron_callbacks.calling import Forward, call_model
from tb_neuron_callbacks.distributed import OneRank, Ranks, join_ranks
from tb_neuron_callbacks.errors import ProbeSetError, RanksError, RecordError, ScheduleError
from tb_neuron_callbacks.explanation import Explanation
from tb_neuron_callbacks.meaning import Meaning
from tb_neuron_callbacks.measurement import Measurement, SilentStreaks
from tb_neuron_callbacks.notice import reason, warn
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.probe_pass import layer_statistics, measure
from tb_neuron_callbacks.record import NO_THUMBNAILS, RecordWriter, shares
from tb_neuron_callbacks.recording import SCHEDULED_KINDS, Recording
from tb_neuron_callbacks.resumption import earlier_streaks
from tb_neuron_callbacks.schedule import every
from tb_neuron_callbacks.sink import EVENT_BYTES, NoSink, Sink, open_sink
from tb_neuron_callbacks.subject import Subject

_LOGGER = logging.getLogger("tb_neuron")
_FAILURES = 3


class NeuronRecorder:
    """Records every unit of a model on a probe set while it trains.

    Use it as a context manager and call `step` once a training step, before the first update too::

        with NeuronRecorder(model, probe, writer) as recorder:
            recorder.step(0)
            for step, batch in enumerate(loader, start=1):
                train(batch)
                recorder.step(step)

    A record leaves model, optimiser and random states as they were. What goes wrong while recording
    is reported by one warning a cause, and the training goes on.

    Args:
        model: the model, also compiled or wrapped.
        probe: the examples to measure on.
        writer_or_folder: a SummaryWriter of torch or tensorboardX, a Lightning TensorBoardLogger,
            or a folder in which the recorder makes its own event file.
        layers: "auto", names, patterns such as "encoder.*", or a function `(name, module) -> bool`.
        schedule: which steps are recorded; any function `step -> bool`.
        recording: the finer choices.
        forward: how to call the model, such as `lambda model, batch: model(**batch)`; by default
            as `tb_neuron_callbacks.calling.call_model` says.
        name: the model's name in the tab, for runs with several.

    Raises:
        ProbeForwardError: the model can't run the probe set.
        CaptureError: `layers` names nothing, or an argument breaks another rule.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        model: nn.Module,
        probe: ProbeSet,
        writer_or_folder: Any,
        layers: Any = "auto",
        schedule: Callable[[int], bool] | None = None,
        recording: Recording | None = None,
        forward: Forward | None = None,
        name: str = "model",
    ) -> None:
        if not isinstance(probe, ProbeSet):
            raise ProbeSetError(
                f"a recorder measures on a ProbeSet, not on {type(probe).__name__}; make one with "
                "ProbeSet.from_loader(loader) or ProbeSet.from_tensors(inputs, labels)"
            )
        check_name(name, "a model's name is a text", "pass name='model'", RecordError)
        if schedule is not None:
            rule = "schedule= is a function step -> bool"
            check_function(schedule, rule, "pass such as schedule=every(100)", ScheduleError)
        self._recording = recording or Recording()
        self._subject = Subject(model, probe, forward or call_model)
        self._layout = self._subject.find_layers(layers, self._recording)
        for layer in self._layout.watched:
            layer_statistics(layer, self._recording)  # refuses a wrong one now
        self._warned: set[str] = set()
        common = (self._subject, self._layout, self._recording)
        self._explanation = Explanation.of(*common, self._warn)
        self._meaning = Meaning.of(*common, self._explanation.attribution, self._warn)
        self._record_writer = RecordWriter(self._layout, probe, self._recording, name)
        self._schedule = schedule or every(100)
        self._budget = Budget(self._recording.max_overhead, self._recording.max_bytes)
        self._streaks: SilentStreaks | None = None
        self._session = neuron_pb2.Session(id=uuid.uuid4().hex[:16], started=time.time())
        self._last_step: int | None = None
        self._failures, self._write_seconds = 0, 0.0
        self._scalars: dict[str, float] = {}
        self._sink: Sink | None = None
        self._ranks: Ranks = OneRank()
        self._is_awaited = False
        self._join(writer_or_folder)

    @property
    def is_recording(self) -> bool:
        """Whether records are still written: False after `close`, or after a failure to write."""
        return self._sink is not None

    @property
    def scalars(self) -> dict[str, float]:
        """The last record's share of units in each state, by tag such as `neurons/dead/fc1`."""
        return dict(self._scalars)

    def step(self, step: SupportsIndex, checkpoint: str = "") -> bool:
        """Record this step if the schedule says so; steps must increase.

        Nothing that goes wrong in here reaches the training: it is reported by a warning.

        Args:
            step: optimiser steps made so far: 0 before the first update.
            checkpoint: path of the checkpoint saved at this step, if there is one.

        Returns:
            Whether a record was written.
        """
        if self._sink is None and not self._is_awaited:
            return False
        try:
            number = operator.index(step)
            if not self._schedule(number):
                return False
            kinds = self._agreed_kinds(number)
            if self._sink is None or kinds is None:
                return False
            return self._record(self._sink, number, checkpoint, kinds)
        except Exception as error:
            self._skip(step, error)
            return False

    def close(self) -> None:
        """Write what is pending and record no more; a writer that was passed stays open."""
        self._is_awaited = False
        if self._sink is not None:
            self._stop()

    def __enter__(self) -> NeuronRecorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _join(self, writer_or_folder: Any) -> None:
        """Find the other ranks of a distributed training, and open the sink on the first."""
        names = (self._record_writer.name, self._subject.probe.name)
        ranks = join_ranks((*names, self._layout.layout_id, self._subject.probe.hash))
        if ranks is None:
            return
        self._ranks = ranks
        try:
            if ranks.rank == 0:
                self._hold(open_sink(writer_or_folder, names))
        except OSError as error:
            self._warn("off", f"recording is off: {reason(error)}. The training goes on")
        finally:
            is_open = ranks.decided(self._sink is not None)
        if ranks.rank > 0 and is_open:
            self._hold(NoSink())
        self._is_awaited = is_open and ranks.rank == 0 and ranks.size > 1

    def _hold(self, sink: Sink) -> None:
        self._sink = sink
        # Closes also at the interpreter's exit, and when the recorder is forgotten.
        self._finalizer = weakref.finalize(self, _close, sink)

    def _stop(self) -> None:
        self._sink = None
        self._finalizer()

    def _agreed_kinds(self, step: int) -> set[str] | None:
        """Return the kinds that are due if this step is recorded, by the word of rank 0."""
        if self._ranks.rank > 0:
            mine = _Word()
        elif self._sink is None:
            mine = _Word(is_off=True)
        else:
            mine = _Word(kinds=self._due_kinds(step) if self._accepts(step) else None)
        word = self._ranks.decided(mine)
        if word.is_off:
            self.close()
        return word.kinds

    def _accepts(self, step: int) -> bool:
        if self._last_step is not None and step <= self._last_step:
            self._warn(
                "order",
                f"steps must increase, and step {step} came after step {self._last_step}; such "
                "steps are not recorded",
            )
            return False
        refusal = self._budget.refuses()
        if refusal:
            self._warn_of_budget(refusal, step)
        return not refusal

    def _warn_of_budget(self, limit: str, step: int) -> None:
        self._warn(
            "budget",
            f"Recording({limit}) would be exceeded at step {step}: some scheduled records are left "
            "out from here on",
        )

    def _record(self, sink: Sink, step: int, checkpoint: str, kinds: set[str]) -> bool:
        started = time.perf_counter()
        measured = measure(
            self._subject, self._layout, self._recording, wants=kinds, ranks=self._ranks
        )
        self._report_losses(measured)
        streaks = self._extended_streaks(sink, measured, step)
        scalars = shares(measured.layers, streaks, self._recording.thresholds.dead_records)
        if self._ranks.rank == 0:
            measured = self._explanation.add(measured, kinds, step)
            measured = self._meaning.add(measured, kinds, step)
            beside = [_scalar_summary(scalars)] if self._recording.scalars else []
            header = self._header(measured, step, checkpoint, started)
            record = self._summary(measured, streaks, header, beside)
            if not self._write_record(sink, record, beside, (step, started)):
                return False
        # What is not written has not happened.
        self._streaks, self._scalars = streaks, scalars
        self._last_step, self._failures = step, 0
        self._session.sequence += 1
        return True

    def _write_record(
        self,
        sink: Sink,
        record: tuple[Summary, int],
        beside: list[Summary],
        begun: tuple[int, float],
    ) -> bool:
        (summary, size), (step, started) = record, begun
        if not self._budget.allows(size):
            self._budget.last_bytes = size
            self._warn_of_budget(f"max_bytes={self._recording.max_bytes}", step)
            return False
        before_writing = time.perf_counter()
        if not self._write(sink, [summary, *beside], step):
            return False
        self._write_seconds = time.perf_counter() - before_writing
        self._budget.add(time.perf_counter() - started, size)
        return True

    def _due_kinds(self, step: int) -> set[str]:
        schedules, sequence = self._recording.schedules, self._session.sequence
        return {
            kind
            for kind, apart in SCHEDULED_KINDS.items()
            if (schedules[kind](step) if kind in schedules else sequence % apart == 0)
        }

    def _extended_streaks(self, sink: Sink, measured: Measurement, step: int) -> SilentStreaks:
        if self._streaks is None:
            self._streaks = earlier_streaks(
                sink.folder,
                self._record_writer.tag("activations"),
                (self._layout.layout_id, self._subject.probe.hash),
                self._layout,
                step,
                self._recording.thresholds.dead_records,
            )
        return self._streaks.extended({layer.layer.name: layer.states for layer in measured.layers})

    def _header(
        self, measured: Measurement, step: int, checkpoint: str, started: float
    ) -> neuron_pb2.Header:
        costs = measured.costs
        return neuron_pb2.Header(
            step=step,
            layout_id=self._layout.layout_id,
            probe_hash=self._subject.probe.hash,
            session=self._session,
            checkpoint=checkpoint,
            examples=measured.examples,
            thresholds=self._recording.thresholds.to_message(),
            notes=[*measured.notes, *measured.losses.values()],
            costs=neuron_pb2.Costs(
                # This record's writing isn't over yet: that of the one before stands for it.
                wall_seconds=time.perf_counter() - started + self._write_seconds,
                forward_seconds=costs.forward_seconds,
                device_seconds=costs.device_seconds,
                peak_extra_bytes=costs.peak_extra_bytes,
                peak_output_bytes=costs.peak_output_bytes,
                overhead=self._budget.overhead(),
            ),
        )

    def _summary(
        self,
        measured: Measurement,
        streaks: SilentStreaks,
        header: neuron_pb2.Header,
        beside: list[Summary],
    ) -> tuple[Summary, int]:
        """Return the record, and the bytes that it takes together with what stands beside it."""
        around = EVENT_BYTES * (1 + len(beside)) + sum(each.ByteSize() for each in beside)
        values = self._record_writer.values(header, measured, streaks)
        if self._session.sequence > 0:
            summary = self._record_writer.summary(values, around)
            return summary, summary.ByteSize() + around
        describing = self._record_writer.describing_values(header)
        summary = self._record_writer.summary(describing | values, around)
        if not self._budget.allows(summary.ByteSize() + around):
            describing = self._record_writer.describing_values(header, with_thumbnails=False)
            summary = self._record_writer.summary(describing | values, around)
        for note in describing["probe"].header.notes:
            if note.startswith(NO_THUMBNAILS):
                self._warn("thumbnails", note)
        return summary, summary.ByteSize() + around

    def _write(self, sink: Sink, summaries: list[Summary], step: int) -> bool:
        try:
            for summary in summaries:
                sink.write(summary, step)
        except Exception as error:
            self._stop()
            self._warn(
                "off",
                f"recording is off from step {step} on: {reason(error)}. The training goes on",
            )
            return False
        return True

    def _report_losses(self, measured: Measurement) -> None:
        for topic, sentence in measured.losses.items():
            self._warn(topic, sentence)
        ran = {layer.layer.name for layer in measured.layers}
        known = ran | set(measured.losses)
        absent = [layer.name for layer in self._layout.watched if layer.name not in known]
        if absent:
            self._warn("absent", f"{', '.join(absent)} did not run, so records don't hold them")

    def _skip(self, step: Any, error: Exception) -> None:
        if isinstance(error, RanksError):
            self._warn(
                "off", f"recording is off from step {step} on: {error}. The training goes on"
            )
            self.close()
            return
        self._warn(
            "failure",
            f"step {step} could not be recorded and is skipped: {reason(error)}. The training goes "
            f"on; recording ends after {_FAILURES} such steps in a row",
        )
        self._failures += 1
        if self._failures >= _FAILURES and self._sink is not None:
            self._stop()
            _LOGGER.info("recording is off from step %s on: %s", step, reason(error))

    def _warn(self, topic: str, sentence: str) -> None:
        """Warn once about a topic."""
        if topic in self._warned:
            return
        self._warned.add(topic)
        warn(sentence)


class _Word(NamedTuple):
    """What rank 0 says of a step that is due: the kinds to record, if any, or that it's over."""

    kinds: set[str] | None = None
    is_off: bool = False


def _scalar_summary(scalars: dict[str, float]) -> Summary:
    summary = Summary()
    for tag, share in scalars.items():
        summary.value.add(tag=tag, simple_value=share)
    return summary


def _close(sink: Sink) -> None:
    try:
        sink.close()
    except Exception:
        _LOGGER.debug("a sink could not be closed", exc_info=True)
