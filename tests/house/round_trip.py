"""Writes a record and reads it back, in whatever environment it is started; prints what it found.

python round_trip.py FOLDER        ->  "<protobuf's major version> exact"
"""

import sys

import google.protobuf
import numpy as np
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.event_file_writer import EventFileWriter

import tb_neuron
from tb_neuron.metadata import Tag
from tb_neuron.schema.neuron_pb2 import GRID_EXACT, Header, Layer, Model, Probe
from tb_neuron.summary import STATES, ColumnKind, ValueWriter, record_summary

STATE_BITS = np.arange(16.0)


def header(kind: str) -> Header:
    made = Header(kind=kind, step=7, layout_id="layout", probe_hash="hash", examples=4)
    made.session.id, made.session.started = "session", 1.0
    return made


def write(folder: str) -> None:
    activations = ValueWriter(header("activations"))
    activations.add_columns("hidden", {ColumnKind(STATES, GRID_EXACT, "state bits"): STATE_BITS})
    model = ValueWriter(header("model"))
    layer = Layer(name="hidden", kind="activation", units=16, unit_axis=1)
    model.add_message(Model(layout_id="layout", name="model", layers=[layer]))
    probe = ValueWriter(header("probe"))
    probe.add_message(Probe(hash="hash", name="probe", examples=4))
    values = {"model": model, "probe": probe, "activations": activations}
    summary = record_summary({Tag("model", "probe", k): v.blobs() for k, v in values.items()})
    writer = EventFileWriter(folder)
    writer.add_event(Event(step=7, wall_time=2.0, summary=summary))
    writer.close()


def main() -> None:
    write(sys.argv[1])
    (run,) = tb_neuron.open(sys.argv[1]).runs.values()
    exact = np.array_equal(run.activations("hidden", STATES)[0], STATE_BITS)
    print(google.protobuf.__version__.split(".")[0], "exact" if exact else "differs")


if __name__ == "__main__":
    main()
