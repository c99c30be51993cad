"""A value that is written, serialised and read back."""

import numpy as np
import pytest
from tensorboard.compat.proto.summary_pb2 import (
    DATA_CLASS_BLOB_SEQUENCE,  # pyright: ignore[reportAttributeAccessIssue]
    Summary,  # pyright: ignore[reportAttributeAccessIssue]
)

from tb_neuron.directory import Value, read_header
from tb_neuron.errors import InvalidArgumentError
from tb_neuron.metadata import (
    SCHEMA_VERSION,
    Tag,
    format_tag,
    parse_tag,
    plugin_name,
)
from tb_neuron.schema.neuron_pb2 import (
    GRID_EXACT,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
    Header,
    PluginData,
    Probe,
)
from tb_neuron.summary import ColumnKind, Precision, ValueWriter, record_summary

STATES = ColumnKind("states", GRID_EXACT, "bits")
MEAN = ColumnKind("mean", GRID_SIGNED_LOG, "mean activation")
STD = ColumnKind("std", GRID_UNSIGNED_LOG, "standard deviation")
TAG = Tag("model", "probe", "activations")


def read_back(blobs: list[bytes]) -> Value:
    """Return a value as it comes out of a serialised summary."""
    summary = Summary.FromString(record_summary({TAG: blobs}).SerializeToString())
    stored = summary.value[0].tensor.string_val
    return Value(read_header(stored[0], "here"), lambda blob: stored[blob], "here")


@pytest.mark.parametrize(("precision", "tolerance"), [("u8", 0.0374), ("f16", 1e-3), ("f32", 1e-7)])
def test_columns_come_back_within_their_precision(
    rng: np.random.Generator, precision: Precision, tolerance: float
) -> None:
    mean = rng.normal(size=30)
    writer = ValueWriter(Header())
    writer.add_columns("conv1", {MEAN: mean, STATES: np.zeros(30)}, precision)
    value = read_back(writer.blobs())
    (entry,) = [
        each for each in value.entries("columns", "conv1") if value.column_names(each)[-1] == "mean"
    ]
    np.testing.assert_allclose(value.rows(entry)[-1], mean, rtol=tolerance)


def test_exact_columns_come_first_whatever_the_order_given() -> None:
    writer = ValueWriter(Header())
    writer.add_columns("conv1", {MEAN: np.ones(2), STATES: np.ones(2), STD: np.ones(2)})
    value = read_back(writer.blobs())
    assert value.column_names(value.entry("columns", "conv1")) == ["states", "mean", "std"]


def test_each_row_of_a_matrix_has_a_grid_of_its_own(rng: np.random.Generator) -> None:
    rows = rng.normal(size=(4, 9)) * np.array([[1e-6], [1.0], [1e5], [0.0]])
    writer = ValueWriter(Header())
    writer.add_grid("class_mean", "fc", rows, GRID_SIGNED_LOG)
    value = read_back(writer.blobs())
    found = value.rows(value.entry("class_mean", "fc"))
    np.testing.assert_allclose(found, rows, rtol=0.0374, atol=1e-12)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float16", "float32"])
def test_an_array_comes_back_as_it_is(rng: np.random.Generator, dtype: str) -> None:
    array = (rng.normal(size=(3, 4)) * 10).astype(dtype)
    writer = ValueWriter(Header())
    writer.add_array("logits", array)
    value = read_back(writer.blobs())
    np.testing.assert_array_equal(value.array(value.entry("logits")), array)


def test_a_message_comes_back_as_it_is() -> None:
    probe = Probe(hash="h", name='"ü"', examples=3, class_names=["a", ""])
    writer = ValueWriter(Header())
    writer.add_message(probe)
    assert read_back(writer.blobs()).message(Probe) == probe


def test_a_file_comes_back_as_it_is() -> None:
    writer = ValueWriter(Header())
    writer.add_file("thumbnail", b"\x89PNG\x00\xff", 7)
    value = read_back(writer.blobs())
    entry = value.entry("thumbnail")
    assert (entry.example, value.array(entry).tobytes()) == (7, b"\x89PNG\x00\xff")


def test_the_header_states_the_bytes_of_the_blobs_after_it(rng: np.random.Generator) -> None:
    writer = ValueWriter(Header())
    writer.add_array("loss", rng.normal(size=50).astype(np.float32))
    blobs = writer.blobs()
    assert read_back(blobs).header.costs.bytes == len(blobs[1])


def test_the_caller_s_header_is_not_changed() -> None:
    header = Header()
    ValueWriter(header).add_array("loss", np.zeros(1, np.float32))
    assert header == Header()


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="one length"):
        ValueWriter(Header()).add_columns("fc", {MEAN: np.ones(2), STD: np.ones(3)})


def test_a_value_is_a_blob_sequence_of_rank_one() -> None:
    (value,) = record_summary({TAG: [b"a", b"b"]}).value
    sizes = [dim.size for dim in value.tensor.tensor_shape.dim]
    assert (value.metadata.data_class, sizes) == (DATA_CLASS_BLOB_SEQUENCE, [2])


def test_the_metadata_names_the_plugin_and_the_schema_version() -> None:
    (value,) = record_summary({TAG: [b"a"]}).value
    plugin = value.metadata.plugin_data
    version = PluginData.FromString(plugin.content).schema_version
    assert (plugin.plugin_name, version) == ("tb_neuron", SCHEMA_VERSION)


def test_bulky_kinds_carry_the_second_plugin_name() -> None:
    assert {plugin_name(kind) for kind in ("responses", "maps", "later")} == {"tb_neuron_units"}


@pytest.mark.parametrize("name", ["model", "a/b", "%20", 'q"<b>', "ü☃", " ", "…/../x", "%2F"])
def test_a_tag_keeps_a_name_of_any_characters(name: str) -> None:
    tag = Tag(name, name, "activations")
    assert parse_tag(format_tag(tag)) == tag


@pytest.mark.parametrize(
    "text",
    ["", "loss", "tb_neuron", "tb_neuron/a/b", "tb_neuron/a/b/c/d", "tb_neuron//b/c", "x/a/b/c"],
)
def test_a_foreign_tag_is_none_of_ours(text: str) -> None:
    assert parse_tag(text) is None
