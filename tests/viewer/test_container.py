"""The bulk answer: its bytes are those of `http_api.md`, and a browser can view them in place."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from tb_neuron import columns
from tb_neuron.container import pack, unpack
from tb_neuron.errors import DamagedRecordError, InvalidArgumentError
from tb_neuron.schema import neuron_pb2

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "container.json").read_text(encoding="utf-8"))
GRIDS = {
    "unsigned_log": neuron_pb2.GRID_UNSIGNED_LOG,
    "signed_log": neuron_pb2.GRID_SIGNED_LOG,
    "fraction": neuron_pb2.GRID_FRACTION,
    "exact": neuron_pb2.GRID_EXACT,
}


def golden_arrays() -> dict[str, np.ndarray]:
    """The arrays that the golden container holds, from its description in JSON."""
    return {
        entry["name"]: np.array(
            [np.nan if value is None else value for value in entry["values"]], entry["dtype"]
        ).reshape(entry["shape"])
        for entry in EXPECTED["arrays"]
    }


def read_by_hand(data: bytes) -> tuple[dict, int]:
    """JSON and offset of the first array, read with struct from the table of the contract."""
    magic, length, reserved = struct.unpack_from("<8sII", data)
    assert (magic, reserved) == (b"TBNEURN1", 0)
    return json.loads(data[16 : 16 + length]), 16 + length


def test_the_golden_container_has_the_header_it_was_written_with() -> None:
    assert unpack((GOLDEN / "container.bin").read_bytes()).header == EXPECTED["header"]


@pytest.mark.parametrize("name", list(golden_arrays()))
def test_the_golden_container_has_the_arrays_it_was_written_with(name: str) -> None:
    array = unpack((GOLDEN / "container.bin").read_bytes()).arrays[name]
    np.testing.assert_array_equal(array, golden_arrays()[name], strict=True)


@pytest.mark.parametrize("name", list(golden_arrays()))
def test_a_packed_array_is_found_where_its_entry_says(name: str) -> None:
    data = pack(EXPECTED["header"], golden_arrays())
    content, start = read_by_hand(data)
    entry = next(entry for entry in content["arrays"] if entry["name"] == name)
    found = np.frombuffer(
        data, entry["dtype"], int(np.prod(entry["shape"])), start + entry["offset"]
    )
    np.testing.assert_array_equal(found.reshape(entry["shape"]), golden_arrays()[name])


def test_a_packed_header_is_the_one_that_was_given() -> None:
    content, _ = read_by_hand(pack(EXPECTED["header"], golden_arrays()))
    assert content["header"] == EXPECTED["header"]


def test_every_array_starts_at_a_multiple_of_eight() -> None:
    content, start = read_by_hand(pack(EXPECTED["header"], golden_arrays()))
    assert {(start + entry["offset"]) % 8 for entry in content["arrays"]} == {0}


def test_an_array_that_is_not_contiguous_is_packed_in_row_major_order(
    rng: np.random.Generator,
) -> None:
    array = rng.random((4, 6)).astype(np.float32)[:, ::2].T
    np.testing.assert_array_equal(unpack(pack({}, {"a": array})).arrays["a"], array)


def test_big_endian_numbers_are_packed_as_little_endian_ones() -> None:
    array = np.array([1, 2, 3], ">i4")
    np.testing.assert_array_equal(unpack(pack({}, {"a": array})).arrays["a"], [1, 2, 3])


def test_an_array_of_another_dtype_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgumentError, match=r"array 'steps' must be one of .* not int64"):
        pack({}, {"steps": np.zeros(2, np.int64)})


def test_a_header_with_a_number_that_json_lacks_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="must be finite"):
        pack({"top": float("nan")}, {})


@pytest.mark.parametrize("length", [0, 8, 15, 17, 200])
def test_a_container_cut_short_is_refused(length: int) -> None:
    with pytest.raises(DamagedRecordError):
        unpack((GOLDEN / "container.bin").read_bytes()[:length])


def test_a_container_whose_json_is_damaged_is_refused() -> None:
    data = bytearray((GOLDEN / "container.bin").read_bytes())
    data[16] = ord("[")
    with pytest.raises(DamagedRecordError, match="JSON"):
        unpack(bytes(data))


def test_an_array_that_reaches_past_the_end_is_refused() -> None:
    with pytest.raises(DamagedRecordError, match="lies outside"):
        unpack((GOLDEN / "container.bin").read_bytes()[:-8])


@pytest.mark.parametrize(
    "table",
    json.loads((GOLDEN / "grids.json").read_text(encoding="utf-8"))["tables"],
    ids=lambda table: f"{table['grid']}{table['offset']:+}",
)
def test_the_levels_of_a_grid_are_those_of_the_formula(table: dict) -> None:
    expected = [np.nan if value is None else value for value in table["values"]]
    levels = columns.levels(GRIDS[table["grid"]], table["offset"])
    np.testing.assert_allclose(levels, expected, rtol=1e-6)
