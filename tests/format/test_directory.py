"""A header and its directory, forged: refused with a sentence, whatever they announce."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_neuron.directory import Value, read_header
from tb_neuron.errors import DamagedRecordError, NewerSchemaError, NotFoundError
from tb_neuron.metadata import SCHEMA_VERSION
from tb_neuron.schema.neuron_pb2 import (
    CODEC_RAW,
    DTYPE_FLOAT32,
    DTYPE_PROTO,
    DTYPE_UINT8,
    GRID_EXACT,
    GRID_SIGNED_LOG,
    Column,
    Entry,
    Header,
    Model,
)

BLOBS = [b"", bytes([0, 1, 2, 255])]


def value_of(entry: Entry) -> Value:
    columns = [Column(name="mean", grid=GRID_SIGNED_LOG)]
    header = Header(schema_version=SCHEMA_VERSION, columns=columns, directory=[entry])
    return Value(header, lambda blob: BLOBS[min(blob, 1)], "tag at step 7")


def columns_entry(**changes: object) -> Entry:
    fields = {
        "what": "columns",
        "layer": "fc",
        "dtype": DTYPE_UINT8,
        "codec": CODEC_RAW,
        "shape": [1, 4],
        "blob": 1,
        "columns": [0],
        "offsets": [-3],
    }
    return Entry(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


def test_a_whole_entry_is_read() -> None:
    entry = columns_entry()
    expected = [0.0, 1.076**-2, 1.076**-1, np.nan]
    np.testing.assert_allclose(value_of(entry).rows(entry)[0], expected, rtol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [1, 5]},
        {"shape": [1 << 40, 1 << 40]},
        {"shape": [1, 3]},
        {"dtype": 99},
        {"codec": 99},
        {"blob": 0},
        {"columns": [1]},
        {"columns": [1 << 31]},
        {"columns": []},
        {"offsets": []},
        {"offsets": [1 << 30]},
        {"offsets": [-(1 << 31)]},
    ],
)
def test_a_forged_entry_is_refused_and_its_place_is_named(changes: dict[str, object]) -> None:
    entry = columns_entry(**changes)
    with pytest.raises(DamagedRecordError, match="tag at step 7"):
        value_of(entry).rows(entry)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_header_or_refused(blob: bytes) -> None:
    try:
        read_header(blob, "here")
    except (DamagedRecordError, NewerSchemaError):
        return


def test_a_newer_schema_is_refused_with_the_way_out() -> None:
    blob = Header(schema_version=SCHEMA_VERSION + 1).SerializeToString()
    with pytest.raises(NewerSchemaError, match="pip install --upgrade tb-neuron"):
        read_header(blob, "tb_neuron/model/probe/activations")


def test_a_newer_schema_s_refusal_names_the_tag() -> None:
    blob = Header(schema_version=SCHEMA_VERSION + 1).SerializeToString()
    with pytest.raises(NewerSchemaError, match="tb_neuron/model/probe/activations"):
        read_header(blob, "tb_neuron/model/probe/activations")


def test_an_empty_blob_is_no_header() -> None:
    with pytest.raises(DamagedRecordError, match="schema version"):
        read_header(b"", "here")


def test_an_entry_of_an_unknown_sort_is_passed_over() -> None:
    later = Entry(what="later", layer="fc", blob=99)
    header = Header(schema_version=1, directory=[later, columns_entry()])
    assert Value(header, BLOBS.__getitem__, "here").entry("columns", "fc").blob == 1


@pytest.mark.parametrize("numbers", [[0], [0, 1, 0]])
def test_the_grids_of_all_rows_are_those_of_each(numbers: list[int]) -> None:
    header = Header(columns=[Column(grid=GRID_SIGNED_LOG), Column(grid=GRID_EXACT)])
    entry = Entry(dtype=DTYPE_UINT8, columns=numbers, offsets=[-4, 7, 0])
    value = Value(header, BLOBS.__getitem__, "here")
    assert [tuple(row) for row in value.grids(entry, 3)] == [
        value.coded(entry, n) for n in range(3)
    ]


@pytest.mark.parametrize(("offsets", "named"), [([1, 2], "row 2"), ([1, 99_999, 2], "99999")])
def test_a_grid_that_is_missing_or_like_no_other_is_refused(offsets: list[int], named: str) -> None:
    entry = Entry(dtype=DTYPE_UINT8, columns=[0], offsets=offsets)
    value = Value(Header(columns=[Column(grid=GRID_SIGNED_LOG)]), BLOBS.__getitem__, "here")
    with pytest.raises(DamagedRecordError, match=named):
        value.grids(entry, 3)


def test_an_entry_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="'columns' of layer 'fc9'"):
        value_of(columns_entry()).entry("columns", "fc9")


@pytest.mark.parametrize(
    "read",
    [
        lambda value: value.message(Model),
        lambda value: value.array(value.entry("Model")).astype(np.float32),
    ],
    ids=["wrong bytes", "wrong size"],
)
def test_a_message_of_wrong_bytes_is_refused(read: Callable[[Value], object]) -> None:
    entry = Entry(what="Model", dtype=DTYPE_PROTO, codec=CODEC_RAW, shape=[3], blob=1)
    with pytest.raises(DamagedRecordError):
        read(value_of(entry))


def test_a_message_that_is_stored_as_numbers_is_refused() -> None:
    entry = Entry(what="Model", dtype=DTYPE_FLOAT32, codec=CODEC_RAW, shape=[1], blob=1)
    with pytest.raises(DamagedRecordError, match="not stored as a message"):
        value_of(entry).message(Model)
