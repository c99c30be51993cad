"""How long the tab waits for a map: a wide layer's responses over many records, laid out by PCA."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.event_file_writer import EventFileWriter

import tb_neuron
from tb_neuron.map_answers import plane
from tb_neuron.metadata import Tag
from tb_neuron.plane_shelf import PlaneShelf
from tb_neuron.planes import PlaneChoice
from tb_neuron.schema.neuron_pb2 import (
    GRID_EXACT,
    GRID_SIGNED_LOG,
    Header,
    Layer,
    Model,
    Probe,
    Responses,
)
from tb_neuron.summary import STATES, ColumnKind, ValueWriter, record_summary

UNITS, EXAMPLES, RECORDS = 3072, 512, 100
LAYER = "block11.mlp"
_STATES = ColumnKind(STATES, GRID_EXACT, "bits: 1 silent, 2 dormant, 4 saturated, 8 nonfinite")
_RESPONSE = ColumnKind("response", GRID_SIGNED_LOG, "activation")
_PATIENCE = 600.0


class MapTimes(NamedTuple):
    """Seconds until a map is there.

    Attributes:
        first: of all records, from the files.
        warm: of all records, once they were laid out.
        answer: until the first answer on another record's components, that record's own included.
        other_anchor: until all records are laid out on them.
    """

    first: float
    warm: float
    answer: float
    other_anchor: float


def measure(units: int = UNITS, examples: int = EXAMPLES, records: int = RECORDS) -> MapTimes:
    """Return how long one layer's map takes.

    Args:
        units: of the layer.
        examples: of the probe set.
        records: one every 10 steps.
    """
    with TemporaryDirectory() as folder:
        write_responses(Path(folder), units, examples, records)
        (run,) = tb_neuron.open(folder).runs.values()
        shelf, choice = PlaneShelf(), PlaneChoice(LAYER)

        def seconds(step: int, wanted: int) -> float:
            start = time.perf_counter()
            done = 0
            while done < wanted:
                done = plane(run.recording(), choice, step, shelf).header["done"]
            return time.perf_counter() - start

        first, warm = (seconds(10 * records, records) for _ in range(2))
        answer = seconds(0, 1)
        return MapTimes(first, warm, answer, answer + seconds(0, records))


def write_responses(folder: Path, units: int, examples: int, records: int) -> None:
    """Write a layer whose responses turn from one pattern into another."""
    rng = np.random.default_rng(0)
    start, end = rng.normal(size=(2, units, 8)) @ rng.normal(size=(8, examples))
    writer = EventFileWriter(str(folder))
    for record in range(records):
        share = record / max(1, records - 1)
        values = {"activations": _activations(record, units)}
        values["responses"] = _responses(record, start * (1 - share) + end * share)
        if record == 0:
            values |= {"model": _model(units), "probe": _probe(examples)}
        summary = record_summary({Tag("model", "probe", k): v.blobs() for k, v in values.items()})
        writer.add_event(Event(step=10 * record, wall_time=1e9 + record, summary=summary))
    writer.close()


def _header(kind: str, record: int) -> Header:
    header = Header(kind=kind, step=10 * record, layout_id="map", probe_hash="map", examples=1)
    header.session.id, header.session.started, header.session.sequence = "map", 1e9, record
    return header


def _activations(record: int, units: int) -> ValueWriter:
    value = ValueWriter(_header("activations", record))
    value.add_columns(LAYER, {_STATES: np.zeros(units)})
    return value


def _responses(record: int, responses: np.ndarray) -> ValueWriter:
    value = ValueWriter(_header("responses", record))
    value.add_message(Responses(reduction="extreme", of=responses.shape[1]))
    value.add_matrix(LAYER, responses, _RESPONSE)
    return value


def _model(units: int) -> ValueWriter:
    value = ValueWriter(_header("model", 0))
    layer = Layer(name=LAYER, kind="linear", units=units, unit_axis=1, shape=[units])
    value.add_message(Model(layout_id="map", name="model", module_type="Map", layers=[layer]))
    return value


def _probe(examples: int) -> ValueWriter:
    value = ValueWriter(_header("probe", 0))
    value.add_message(Probe(hash="map", name="probe", examples=examples, input="tabular"))
    return value


if __name__ == "__main__":
    print(measure())
