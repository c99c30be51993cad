"""What event files hold, read with TensorBoard's own loader."""

from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from tb_neuron.directory import Value, read_header
from tb_neuron.metadata import Tag, parse_tag


def events(folder: Path) -> list[Any]:
    """Return the events of all event files in a folder, in the order of the files' names."""
    files = sorted(folder.rglob("events.out.tfevents.*"))
    return [event for path in files for event in EventFileLoader(str(path)).Load()]


def values(folder: Path, kind: str) -> dict[int, Value]:
    """Return the values of a kind by step."""
    found: dict[int, Value] = {}
    for event in events(folder):
        for value in event.summary.value:
            tag = parse_tag(value.tag)
            if tag is not None and tag.kind == kind:
                found[event.step] = _value(value)
    return found


def tags(folder: Path) -> list[Tag]:
    """Return our tags in the order of their first appearance."""
    parsed = [parse_tag(value.tag) for event in events(folder) for value in event.summary.value]
    return list(dict.fromkeys(tag for tag in parsed if tag is not None))


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """Return scalars by tag and step."""
    found: dict[str, dict[int, float]] = {}
    for event in events(folder):
        for value in event.summary.value:
            if value.tag.startswith("neurons/"):
                number = (
                    float(value.tensor.float_val[0])
                    if value.HasField("tensor")
                    else value.simple_value
                )
                found.setdefault(value.tag, {})[event.step] = number
    return found


def column(value: Value, layer_name: str, name: str) -> np.ndarray:
    """Return a statistic of a layer, decoded."""
    for entry in value.entries("columns", layer_name):
        names = value.column_names(entry)
        if name in names:
            return value.rows(entry)[names.index(name)]
    raise AssertionError(f"{layer_name} has no {name}")


def _value(value: Any) -> Value:
    blobs = list(value.tensor.string_val)
    return Value(read_header(blobs[0], value.tag), lambda index: blobs[index], value.tag)
