"""A long recording of a large network, drawn from random numbers: what the tab has to play."""

from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_neuron.metadata import Tag
from tb_neuron.schema.neuron_pb2 import (
    GRID_EXACT,
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
    Header,
    Layer,
    LayerAggregate,
    Model,
    Nonlinearity,
    Probe,
)
from tb_neuron.summary import STATES, ColumnKind, ValueWriter, record_summary

UNITS = 50_000
RECORDS = 200
LAYERS = 20

_STATES = ColumnKind(STATES, GRID_EXACT, "bits: 1 silent, 2 dormant, 4 saturated, 8 nonfinite")
_FREQUENCY = ColumnKind("frequency", GRID_FRACTION, "share of activations above 0")
_MEAN = ColumnKind("mean", GRID_SIGNED_LOG, "mean activation")
_STD = ColumnKind("std", GRID_UNSIGNED_LOG, "standard deviation of the activations")


def write_film(folder: Path, units: int = UNITS, records: int = RECORDS) -> None:
    """Write a recording in which units drift and 8 % die.

    Args:
        folder: of the run.
        units: of all layers together, shared out evenly.
        records: one every 10 steps.
    """
    rng = np.random.default_rng(0)
    names = [f"block{number // 4}.{number % 4}.relu" for number in range(LAYERS)]
    size = units // LAYERS
    logits = {name: rng.normal(size=size) for name in names}
    deaths = {
        name: np.where(rng.random(size) < 0.08, rng.integers(0, records, size), records)
        for name in names
    }
    writer = EventFileWriter(str(folder))
    for record in range(records):
        values = {"activations": _activations(rng, record, logits, deaths)}
        if record == 0:
            values |= {"model": _model(names, size), "probe": _probe()}
        summary = record_summary({Tag("model", "probe", k): v.blobs() for k, v in values.items()})
        writer.add_event(Event(step=10 * record, wall_time=1e9 + record, summary=summary))
    writer.close()


def _header(kind: str, record: int) -> Header:
    header = Header(kind=kind, step=10 * record, layout_id="film", probe_hash="film", examples=256)
    header.session.id, header.session.started = "film", 1e9
    header.session.sequence = record
    header.thresholds.dead_records, header.thresholds.dormant = 3, 0.025
    return header


def _activations(rng: np.random.Generator, record: int, logits: dict, deaths: dict) -> ValueWriter:
    value = ValueWriter(_header("activations", record))
    for name, drift in logits.items():
        np.add(drift, rng.normal(scale=0.1, size=drift.shape), out=drift)
        alive = deaths[name] > record
        frequency = alive / (1 + np.exp(-drift))
        value.add_columns(
            name,
            {
                _STATES: (~alive).astype(float),
                _FREQUENCY: frequency,
                _MEAN: drift * alive,
                _STD: np.exp(drift) * alive,
            },
        )
        value.header.aggregates.append(
            LayerAggregate(
                layer=name,
                units=len(drift),
                silent=int((~alive).sum()),
                positions=256,
                means=[np.nan, frequency.mean(), (drift * alive).mean(), np.exp(drift).mean()],
            )
        )
    return value


def _model(names: list[str], size: int) -> ValueWriter:
    value = ValueWriter(_header("model", 0))
    relu = Nonlinearity(family=Nonlinearity.RELU, name="ReLU")
    layers = [
        Layer(name=name, kind="activation", module_type="ReLU", units=size, unit_axis=1)
        for name in names
    ]
    for number, layer in enumerate(layers):
        layer.can_be_dead = True
        layer.nonlinearity.CopyFrom(relu)
        layer.shape.append(size)
        layer.successors.extend([number + 1] if number + 1 < len(layers) else [])
    value.add_message(Model(layout_id="film", name="model", module_type="Film", layers=layers))
    return value


def _probe() -> ValueWriter:
    value = ValueWriter(_header("probe", 0))
    value.add_message(Probe(hash="film", name="probe", examples=256, input="tabular"))
    return value
