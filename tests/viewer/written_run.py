"""A run with made-up columns, written into a real event file through the package's write side.

Every number is drawn here and kept, so that a test compares what is read with what was written.
"""

import io
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event, SessionLog  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.record_writer import RecordWriter

from tb_neuron.columns import decode, encode
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
    Session,
    Thresholds,
    TokenText,
)
from tb_neuron.summary import STATES, ColumnKind, Precision, ValueWriter, record_summary

STATES_KIND = ColumnKind(STATES, GRID_EXACT, "bits of the unit states")
MEAN = ColumnKind("mean", GRID_SIGNED_LOG, "mean activation")
STD = ColumnKind("std", GRID_UNSIGNED_LOG, "standard deviation")
FREQUENCY = ColumnKind("frequency", GRID_FRACTION, "share of activations above 0")
KINDS = (STATES_KIND, MEAN, STD, FREQUENCY)

#: Two examples, the second shorter; the last text is missing.
TOKENS = np.array([[5, 9, 5], [9, 2, -1]], np.int32)
TOKEN_TEXTS = {5: "tick", 9: " tock <b>"}
MASK = np.array([[0, 1], [1, 1]], np.uint8)

Columns = dict[str, np.ndarray]

_FILES = itertools.count(1_000_000_000)


@dataclass
class Made:
    """What was written at one step: the columns of each layer by name."""

    step: int
    layers: dict[str, Columns]
    loss: np.ndarray
    correct: np.ndarray
    class_means: dict[str, np.ndarray]


@dataclass
class WrittenRun:
    """Writes records of a small network: two hidden layers that can die, and logits that cannot."""

    folder: Path
    units: Mapping[str, int] = field(default_factory=lambda: {"conv1": 7, "fc1": 12, "fc2": 5})
    seed: int = 0
    model: str = "model"
    probe: str = "probe"
    session: str = "session-a"
    started: float = 1_000.0
    layout: str = "layout-1"
    probe_hash: str = "probe-1"
    precision: Precision = "u8"
    classes: int = 3
    examples: int = 10
    suffix: str = ""
    writes_outputs: bool = True
    schema_version: int | None = None

    def __post_init__(self) -> None:
        self.made: list[Made] = []
        self._random = np.random.default_rng(self.seed)
        self._sequence = 0
        self._path: Path | None = None

    @property
    def logdir(self) -> str:
        return str(self.folder.parent)

    @property
    def file(self) -> Path:
        """The event file that was written last."""
        return sorted(self.folder.glob("*tfevents*"))[-1]

    def record(
        self, step: int, silent: Mapping[str, list[int]] | None = None, **missing: object
    ) -> Made:
        """Write one record in which the named units are silent."""
        made = self._make(step, silent or {})
        self.made.append(made)
        self.write(step, self.values(made, **missing))  # pyright: ignore[reportArgumentType]
        return made

    def write(self, step: int, values: Mapping[Tag, list[bytes]]) -> None:
        summary = record_summary(values)
        self.write_event(Event(step=step, wall_time=2_000.0 + step % 1000, summary=summary))

    def write_event(self, event: Event) -> None:
        self._path = self._path or self._new_file()
        _append(self._path, event)

    def _new_file(self) -> Path:
        """Make an event file whose name comes after those of all files before it.

        TensorBoard's own names end in a count without leading zeros: the tenth file of a process
        sorts before the ninth, and then a resumed run reads as if it had come first.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"events.out.tfevents.{next(_FILES):010d}.host{self.suffix}"
        _append(path, Event(wall_time=1_000.0, file_version="brain.Event:2"))
        return path

    def restart(self, step: int) -> None:
        """Write a session log as torch's `purge_step` does."""
        self.write_event(Event(step=step, session_log=SessionLog(status=SessionLog.START)))

    def close(self) -> None:
        """End the file: what is written next goes into another."""
        self._path = None

    def resume(self, **changes: object) -> "WrittenRun":
        """Return the run as a second training goes on with it, in a later file."""
        self.close()
        fresh = {
            "session": "session-b",
            "started": self.started + 100,
            "suffix": ".zz",
            "seed": self.seed + 1,
        }
        same = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return WrittenRun(**{**same, **fresh, **changes})  # pyright: ignore[reportArgumentType]

    def tag(self, kind: str) -> Tag:
        return Tag(self.model, self.probe, kind)

    def values(
        self, made: Made, without_layer: str = "", without_statistic: str = ""
    ) -> dict[Tag, list[bytes]]:
        """Return one record's values by tag."""
        values = {}
        if self._sequence == 0:
            values[self.tag("model")] = self._model_value(made.step)
            values[self.tag("probe")] = self._probe_value(made.step)
        values[self.tag("activations")] = self._activations(made, without_layer, without_statistic)
        if self.writes_outputs:
            writer = ValueWriter(self.header("outputs", made.step))
            writer.add_array("loss", made.loss.astype(np.float32))
            writer.add_array("correct", made.correct.astype(np.uint8))
            values[self.tag("outputs")] = writer.blobs()
            writer = ValueWriter(self.header("classes", made.step))
            for name, means in made.class_means.items():
                writer.add_grid("class_mean", name, means, GRID_SIGNED_LOG)
            values[self.tag("classes")] = writer.blobs()
        self._sequence += 1
        return values

    def header(self, kind: str, step: int) -> Header:
        return Header(
            kind=kind,
            step=step,
            layout_id=self.layout,
            probe_hash=self.probe_hash,
            session=Session(id=self.session, started=self.started, sequence=self._sequence),
            examples=self.examples,
            thresholds=Thresholds(
                silent_std=1e-6,
                dormant=0.025,
                saturated_share=0.95,
                saturated_margin=0.01,
                dead_records=3,
            ),
        )

    def _make(self, step: int, silent: Mapping[str, list[int]]) -> Made:
        layers, class_means = {}, {}
        for name, units in self.units.items():
            states = np.zeros(units, np.uint8)
            states[silent.get(name, [])] |= 1
            live = (states & 1) == 0
            layers[name] = {
                STATES: states,
                "mean": self._random.normal(size=units) * live,
                "std": self._random.lognormal(size=units) * live,
                "frequency": self._random.uniform(0.01, 0.99, size=units) * live,
            }
            class_means[name] = self._random.normal(size=(self.classes, units))
        loss = self._random.uniform(size=self.examples)
        return Made(step, layers, loss, self._random.integers(0, 2, self.examples), class_means)

    def _activations(self, made: Made, without_layer: str, without_statistic: str) -> list[bytes]:
        writer = ValueWriter(self.header("activations", made.step))
        kinds = [kind for kind in KINDS if kind.name != without_statistic]
        for name, columns in made.layers.items():
            if name != without_layer:
                writer.add_columns(
                    name,
                    {kind: columns[kind.name].astype(np.float64) for kind in kinds},
                    self.precision,
                )
        for name, columns in made.layers.items():
            if name != without_layer:
                order = [column.name for column in writer.header.columns]
                means = [float(columns[each].mean()) for each in order]
                states = columns[STATES]
                counts = {
                    "silent": int((states & 1).sum()),
                    "dormant": int((states & 2 != 0).sum()),
                }
                writer.header.aggregates.append(
                    LayerAggregate(layer=name, units=len(states), means=means, **counts)
                )
        blobs = writer.blobs()
        return blobs if self.schema_version is None else [self._newer(blobs[0]), *blobs[1:]]

    def _newer(self, blob: bytes) -> bytes:
        header = Header.FromString(blob)
        header.schema_version = self.schema_version or 0
        return header.SerializeToString()

    def _model_value(self, step: int) -> list[bytes]:
        names = ["input", *self.units, "output"]
        # By place, not by name: a layer of the user's may be called "output" too.
        pseudo = {0: "input", len(names) - 1: "output"}
        layers = [
            Layer(
                name=name,
                kind=pseudo.get(number, "activation"),
                units=0 if number in pseudo else self.units[name],
                can_be_dead=number not in pseudo and name != "fc2",
                nonlinearity=Nonlinearity(family=Nonlinearity.RELU, name="relu"),
                successors=[number + 1] if number + 1 < len(names) else [],
            )
            for number, name in enumerate(names)
        ]
        writer = ValueWriter(self.header("model", step))
        writer.add_message(Model(layout_id=self.layout, name=self.model, layers=layers))
        return writer.blobs()

    def _probe_value(self, step: int) -> list[bytes]:
        writer = ValueWriter(self.header("probe", step))
        class_names = [f"class {number}" for number in range(self.classes)]
        writer.add_message(
            Probe(
                hash=self.probe_hash,
                name=self.probe,
                examples=self.examples,
                class_names=class_names,
                has_labels=True,
                input="image",
                token_texts=[TokenText(id=id, text=text) for id, text in TOKEN_TEXTS.items()],
            )
        )
        writer.add_array("labels", np.arange(self.examples, dtype=np.int32) % self.classes)
        writer.add_array("tokens", TOKENS)
        writer.add_array("mask", MASK, example=1)
        writer.add_file("thumbnail", png(0), 0)
        writer.add_file("thumbnail", png(255), 1)
        return writer.blobs()


def _append(path: Path, event: Event) -> None:
    """Open, append and close, as TensorBoard's writer does for each event."""
    with path.open("ab") as file:
        RecordWriter(file).write(event.SerializeToString())


def png(grey: int) -> bytes:
    """Return a real picture of one grey pixel."""
    from PIL import Image

    with io.BytesIO() as file:
        Image.new("L", (1, 1), grey).save(file, "PNG")
        return file.getvalue()


def stacked(made: list[Made], layer_name: str, statistic: str) -> np.ndarray:
    """Return what was written of one statistic: [record, unit]."""
    return np.stack([each.layers[layer_name][statistic] for each in made])


def on_grid(values: np.ndarray, grid: int) -> np.ndarray:
    """Return the values as one byte holds them, row by row."""
    return np.stack([decode(encode(row, grid), grid) for row in values])
