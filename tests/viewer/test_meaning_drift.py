"""Drift of meaning over records of which some can't be read, or are of other units."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from written_run import WrittenRun

import tb_neuron
from tb_neuron.answers import RecordingKey
from tb_neuron.dictionary_answers import drift
from tb_neuron.schema.neuron_pb2 import Examples, Pins
from tb_neuron.summary import ValueWriter

LAYER, UNITS, TOP = "fc2", 5, 2


def write(
    run: WrittenRun, step: int, examples: Sequence[int], units: Sequence[int] = range(UNITS)
) -> None:
    """Write a record in which some units have the same top examples."""
    values = run.values(run._make(step, {}))
    writer = ValueWriter(run.header("examples", step))
    pins = [Pins(layer=LAYER, units=units)] if len(units) < UNITS else []
    writer.add_message(Examples(top=TOP, spread=1, reduction="max", pins=pins))
    rows = np.tile(np.array([*examples, 0], "<i4"), (len(units), 1))
    writer.add_array("example", rows, LAYER)
    writer.add_array("value", np.tile(np.array([3, 2, 0], "<f4"), (len(units), 1)), LAYER)
    writer.add_array("position", np.full_like(rows, -1), LAYER)
    values[run.tag("examples")] = writer.blobs()
    run.write(step, values)


def drifts(run: WrittenRun) -> np.ndarray:
    return drift(tb_neuron.open(run.logdir), RecordingKey("run"), LAYER).arrays["drifts"]


@pytest.fixture
def run(write_run: Callable[..., WrittenRun]) -> WrittenRun:
    return write_run()


def test_a_record_that_cannot_be_read_has_no_drift(run: WrittenRun) -> None:
    for step, examples in enumerate([(1, 2), (1, 99_999), (1, 3)]):
        write(run, step, examples)
    np.testing.assert_allclose(drifts(run)[:, 0], [np.nan, np.nan, 1 - 1 / 3])


def test_units_that_one_of_two_records_is_of_have_no_drift(run: WrittenRun) -> None:
    write(run, 0, (1, 2), [0, 3])
    write(run, 1, (1, 2))
    np.testing.assert_array_equal(drifts(run)[1], [0, np.nan, np.nan, 0, np.nan])
