"""What the answers say of a training that goes on or ended, and of numbers that JSON lacks."""

import json
import math
from collections.abc import Callable

import pytest
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from written_run import WrittenRun

from tb_neuron import answers, wire
from tb_neuron.container import pack
from tb_neuron.experiment import Experiment
from tb_neuron.schema.neuron_pb2 import Costs, Header
from tb_neuron.source.event_index import EventIndex
from tb_neuron.summary import record_summary

Writer = Callable[..., WrittenRun]
KEY = answers.RecordingKey("run", "model", "probe")
STARTED = 1_700_000_000.0


def written_at(write_run: Writer, *wall_times: float) -> Experiment:
    """A run with a record at each of these times."""
    run = write_run("run")
    for step, wall_time in enumerate(wall_times):
        made = run.record(step)
        run.write_event(
            Event(step=step, wall_time=wall_time, summary=record_summary(run.values(made)))
        )
    run.close()
    return Experiment(EventIndex(run.logdir))


@pytest.mark.parametrize(
    ("pause", "age", "is_live"),
    [(1, 59, True), (1, 61, False), (600, 2_900, True), (600, 3_100, False)],
)
def test_a_training_is_live_until_it_is_late_by_several_of_its_usual_pauses(
    write_run: Writer, pause: int, age: int, is_live: bool
) -> None:
    times = [STARTED + pause * record for record in range(4)]
    answer = answers.records(written_at(write_run, *times), KEY, now=times[-1] + age)
    assert answer.header["live"] is is_live


def test_a_training_with_one_record_is_live_for_a_minute(write_run: Writer) -> None:
    answer = answers.records(written_at(write_run, STARTED), KEY, now=STARTED + 59.0)
    assert answer.header["live"] is True


@pytest.mark.parametrize("wall_time", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_no_number_leaves_the_answer_readable(
    write_run: Writer, wall_time: float
) -> None:
    experiment = written_at(write_run, STARTED, wall_time)
    json.dumps(answers.runs(experiment), allow_nan=False)
    pack(*answers.records(experiment, KEY))


def test_costs_that_are_no_numbers_leave_the_answer_readable(write_run: Writer) -> None:
    run = write_run("run")
    values = run.values(run.record(0))
    blobs = values[run.tag("activations")]
    header = Header.FromString(blobs[0])
    header.costs.wall_seconds = header.costs.overhead = math.nan
    header.thresholds.dormant = math.inf
    values[run.tag("activations")] = [header.SerializeToString(), *blobs[1:]]
    run.write(1, values)
    run.close()
    pack(*answers.records(Experiment(EventIndex(run.logdir)), KEY))


def told_costs(write_run: Writer, costs: Costs) -> wire.Costs:
    run = write_run("run")
    values = run.values(run.record(0))
    blobs = values[run.tag("activations")]
    header = Header.FromString(blobs[0])
    header.costs.CopyFrom(costs)
    values[run.tag("activations")] = [header.SerializeToString(), *blobs[1:]]
    run.write(1, values)
    run.close()
    return answers.records(Experiment(EventIndex(run.logdir)), KEY).header["costs"][-1]


def test_costs_that_are_known_are_told(write_run: Writer) -> None:
    told = told_costs(write_run, Costs(device_seconds=0.5, peak_extra_bytes=0, record_bytes=70))
    assert (told["device_seconds"], told["peak_extra_bytes"], told["bytes"]) == (0.5, 0, 70)


def test_extra_memory_that_is_not_known_is_told_so(write_run: Writer) -> None:
    assert told_costs(write_run, Costs(wall_seconds=1.0))["peak_extra_bytes"] is None


def test_a_log_without_the_records_bytes_tells_those_of_its_activations(write_run: Writer) -> None:
    assert told_costs(write_run, Costs(bytes=1_000))["bytes"] > 1_000


def test_the_notes_of_all_records_are_told_once(write_run: Writer) -> None:
    run = write_run("run")
    for step in range(2):
        values = run.values(run.record(step))
        blobs = values[run.tag("activations")]
        header = Header.FromString(blobs[0])
        header.notes.append("logits were capped")
        values[run.tag("activations")] = [header.SerializeToString(), *blobs[1:]]
        run.write(10 + step, values)
    run.close()
    header = answers.records(Experiment(EventIndex(run.logdir)), KEY).header
    assert header["notes"] == ["logits were capped"]
