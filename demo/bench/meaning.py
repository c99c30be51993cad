"""How long the routes of responses take on a wide layer: the server's part of a view."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.event_file_writer import EventFileWriter

import tb_neuron
from tb_neuron import joint_answers, response_answers
from tb_neuron.answers import RecordingKey
from tb_neuron.experiment import Experiment
from tb_neuron.metadata import Tag
from tb_neuron.responses import ResponseChoice
from tb_neuron.schema.neuron_pb2 import (
    GRID_UNSIGNED_LOG,
    Header,
    Layer,
    LayerAggregate,
    Model,
    Nonlinearity,
    Probe,
    Responses,
)
from tb_neuron.summary import ColumnKind, ValueWriter, record_summary

UNITS, EXAMPLES, RECORDS = 3_072, 512, 100
LAYER = "mlp.act"
_RUN = RecordingKey("wide")
_CHOICE = ResponseChoice(LAYER)
_MEAN = ColumnKind("mean", GRID_UNSIGNED_LOG, "mean activation")
_RESPONSE = ColumnKind("response", GRID_UNSIGNED_LOG, "response to an example")

Row = tuple[str, str, str]


def rows() -> list[Row]:
    """Return what each route takes, cold and warm: what, figure, goal."""
    with _opened() as experiment:
        return [*_joint_rows(experiment), *_other_rows(experiment)]


def _joint_rows(experiment: Experiment) -> list[Row]:
    units = (joint_answers.Respondent(LAYER, 3), joint_answers.Respondent(LAYER, 99))
    layers = (joint_answers.Respondent(LAYER), joint_answers.Respondent(LAYER, 99))

    def ask(pair: tuple[joint_answers.Respondent, joint_answers.Respondent]) -> Callable[[], None]:
        steps = iter(range(1_000_000))
        return lambda: _ask_joint(experiment, pair, next(steps) % RECORDS)

    return [
        _row("joint, two units", ask(units), "< 50 ms warm"),
        _row("joint, a principal component and a unit", ask(layers), "< 50 ms warm"),
    ]


def _ask_joint(
    experiment: Experiment,
    pair: tuple[joint_answers.Respondent, joint_answers.Respondent],
    step: int,
) -> None:
    joint_answers.joint(experiment, _RUN, joint_answers.JointQuestion(*pair, step))


def _other_rows(experiment: Experiment) -> list[Row]:
    return [
        _row(
            "units most alike one",
            lambda: response_answers.correlated(experiment, _RUN, _CHOICE, 5, 50),
        ),
        _row(
            "a unit's distribution over all records",
            lambda: response_answers.distribution(experiment, _RUN, _CHOICE, 5),
        ),
    ]


def _row(what: str, way: Callable[[], object], goal: str = "") -> Row:
    """Return the first call's time, and the median of those that follow."""
    times = []
    for _ in range(12):
        start = time.perf_counter()
        way()
        times.append(1000 * (time.perf_counter() - start))
    return what, f"{np.median(times[1:]):.1f} ms, the first {times[0]:,.0f} ms", goal


@contextmanager
def _opened() -> Iterator[Experiment]:
    with tempfile.TemporaryDirectory() as folder:
        write_responses(Path(folder) / "wide")
        yield tb_neuron.open(folder)


def write_responses(folder: Path) -> None:
    """Write a recording of one layer whose units drift, a third of their responses 0."""
    rng = np.random.default_rng(0)
    own = rng.normal(size=(UNITS, EXAMPLES)).astype(np.float32)
    writer = EventFileWriter(str(folder))
    for record in range(RECORDS):
        own += 0.1 * rng.normal(size=own.shape).astype(np.float32)
        values = {
            "activations": _activations(own, record),
            "responses": _responses(own, record),
        }
        if record == 0:
            values |= {"model": _model(), "probe": _probe()}
        summary = record_summary({Tag("model", "probe", k): v.blobs() for k, v in values.items()})
        writer.add_event(Event(step=record, wall_time=1e9 + record, summary=summary))
    writer.close()


def _header(kind: str, record: int) -> Header:
    header = Header(kind=kind, step=record, layout_id="wide", probe_hash="wide", examples=EXAMPLES)
    header.session.id, header.session.started = "wide", 1e9
    header.session.sequence = record
    return header


def _activations(own: np.ndarray, record: int) -> ValueWriter:
    value = ValueWriter(_header("activations", record))
    value.add_columns(LAYER, {_MEAN: own.clip(0).mean(1)})
    value.header.aggregates.append(LayerAggregate(layer=LAYER, units=UNITS, positions=EXAMPLES))
    return value


def _responses(own: np.ndarray, record: int) -> ValueWriter:
    value = ValueWriter(_header("responses", record))
    value.add_message(Responses(reduction="extreme", of=EXAMPLES))
    value.add_matrix(LAYER, (own - 0.5).clip(0), _RESPONSE)
    return value


def _model() -> ValueWriter:
    value = ValueWriter(_header("model", 0))
    relu = Nonlinearity(family=Nonlinearity.RELU, name="ReLU")
    layer = Layer(
        name=LAYER, kind="activation", units=UNITS, unit_axis=1, shape=[UNITS], nonlinearity=relu
    )
    value.add_message(Model(layout_id="wide", name="model", module_type="Wide", layers=[layer]))
    return value


def _probe() -> ValueWriter:
    value = ValueWriter(_header("probe", 0))
    value.add_message(Probe(hash="wide", name="probe", examples=EXAMPLES, input="tabular"))
    return value
