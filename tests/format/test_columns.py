"""The codec's promises, held for any input: its error, its exact codes, its bounds."""

import math
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tb_neuron import columns
from tb_neuron.columns import CodedColumn
from tb_neuron.errors import DamagedRecordError, InvalidArgumentError
from tb_neuron.schema.neuron_pb2 import (
    CODEC_RAW,
    CODEC_ZLIB,
    DTYPE_FLOAT32,
    DTYPE_INT32,
    DTYPE_UINT8,
    GRID_EXACT,
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
)

#: Half a step of the grid, and what float32 adds.
WORST = math.sqrt(1.076) - 1 + 1e-6
UNSIGNED_SPAN = 1.076 ** (254 - 1)
SIGNED_SPAN = 1.076 ** (127 - 1)

#: Normal float32 numbers, whose reciprocal is one too: what the device hands over.
magnitudes = st.floats(1e-30, 1e30, allow_nan=False)
any_number = st.floats(width=32, allow_nan=True, allow_infinity=True)
signed = st.one_of(magnitudes, magnitudes.map(lambda value: -value), st.just(0.0))


def column(elements: st.SearchStrategy[float]) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float64, st.integers(1, 40), elements=elements)


def round_trip(values: np.ndarray, grid: int) -> np.ndarray:
    return columns.decode(columns.encode(values, grid), grid).astype(np.float64)


@given(column(st.one_of(magnitudes, st.just(0.0))))
def test_an_unsigned_value_within_eight_decades_of_the_largest_is_off_by_at_most_a_27th(
    values: np.ndarray,
) -> None:
    within = values >= values.max() / UNSIGNED_SPAN * (1 + WORST)
    error = np.abs(round_trip(values, GRID_UNSIGNED_LOG) - values)[within]
    assert (error <= WORST * values[within]).all()


@given(column(signed))
def test_a_signed_value_within_four_decades_of_the_largest_is_off_by_at_most_a_27th(
    values: np.ndarray,
) -> None:
    within = np.abs(values) >= np.abs(values).max() / SIGNED_SPAN * (1 + WORST)
    error = np.abs(round_trip(values, GRID_SIGNED_LOG) - values)[within]
    assert (error <= WORST * np.abs(values[within])).all()


def test_the_spans_are_eight_and_four_decades() -> None:
    assert (UNSIGNED_SPAN >= 1e8, SIGNED_SPAN >= 1e4) == (True, True)


@given(column(st.floats(1e-4, 1 - 1e-4)))
def test_a_fraction_and_its_complement_are_off_by_at_most_a_27th(values: np.ndarray) -> None:
    decoded = round_trip(values, GRID_FRACTION)
    bound = WORST * np.minimum(values, 1 - values) + 1e-6
    assert (np.abs(decoded - values) <= bound).all()


@given(column(signed), st.sampled_from([GRID_SIGNED_LOG, GRID_UNSIGNED_LOG]))
def test_zero_and_only_zero_decodes_as_zero(values: np.ndarray, grid: int) -> None:
    values = np.abs(values) if grid == GRID_UNSIGNED_LOG else values
    codes = columns.encode(values, grid).codes
    np.testing.assert_array_equal(codes == 0, values == 0)


@given(column(st.floats(0, 1)))
def test_a_live_unit_s_fraction_never_decodes_as_zero(values: np.ndarray) -> None:
    np.testing.assert_array_equal(round_trip(values, GRID_FRACTION) > 0, values > 0)


@given(column(st.floats(0, 1)))
def test_one_and_only_one_decodes_as_the_fraction_one(values: np.ndarray) -> None:
    np.testing.assert_array_equal(round_trip(values, GRID_FRACTION) == 1, values == 1)


@given(column(any_number))
def test_what_is_not_finite_and_only_that_decodes_as_nan(values: np.ndarray) -> None:
    np.testing.assert_array_equal(
        np.isnan(round_trip(values, GRID_SIGNED_LOG)), ~np.isfinite(values)
    )


@given(column(any_number))
def test_a_value_that_is_not_finite_does_not_change_the_others(values: np.ndarray) -> None:
    finite = values[np.isfinite(values)]
    alone = round_trip(finite, GRID_SIGNED_LOG)
    np.testing.assert_array_equal(round_trip(values, GRID_SIGNED_LOG)[np.isfinite(values)], alone)


@given(column(signed))
def test_the_sign_is_kept(values: np.ndarray) -> None:
    np.testing.assert_array_equal(np.sign(round_trip(values, GRID_SIGNED_LOG)), np.sign(values))


@given(hnp.arrays(np.uint8, st.integers(1, 40)))
def test_an_exact_column_is_exact(states: np.ndarray) -> None:
    coded = columns.encode(states.astype(np.float64), GRID_EXACT)
    np.testing.assert_array_equal(coded.codes, states)


@given(column(signed), st.integers(0, 60), st.sampled_from([GRID_SIGNED_LOG, GRID_UNSIGNED_LOG]))
def test_a_rebased_column_decodes_as_before_above_its_new_floor(
    values: np.ndarray, shift: int, grid: int
) -> None:
    values = np.abs(values) if grid == GRID_UNSIGNED_LOG else values
    before = columns.encode(values, grid)
    after = columns.rebase(before, grid, before.offset + shift)
    old, new = columns.decode(before, grid), columns.decode(after, grid)
    floor = 1.076 ** (before.offset + shift + 1) * (1 - 1e-6)
    np.testing.assert_allclose(new[np.abs(old) >= floor], old[np.abs(old) >= floor], rtol=1e-6)


@given(column(signed), st.integers(-300, 300))
def test_rebasing_keeps_zeros_and_signs(values: np.ndarray, shift: int) -> None:
    before = columns.encode(values, GRID_SIGNED_LOG)
    after = columns.rebase(before, GRID_SIGNED_LOG, before.offset + shift)
    decoded = columns.levels(GRID_SIGNED_LOG, 0)
    np.testing.assert_array_equal(np.sign(decoded[after.codes]), np.sign(values))


@given(st.sampled_from([GRID_SIGNED_LOG, GRID_UNSIGNED_LOG, GRID_FRACTION]), st.integers(-200, 100))
def test_a_table_of_levels_rises_with_the_code_s_magnitude(grid: int, offset: int) -> None:
    table = columns.levels(grid, offset)
    last = 127 if grid == GRID_SIGNED_LOG else 254
    assert (np.diff(table[: last + 1]) > 0).all()


def test_a_table_is_the_one_that_http_api_states() -> None:
    code, offset = 200, -150
    expected = [
        1.076 ** (code + offset),
        -(1.076 ** (code - 127 + offset)),
        1 / (1 + 1.076 ** (127 - code)),
    ]
    found = [
        columns.levels(grid, offset)[code]
        for grid in (GRID_UNSIGNED_LOG, GRID_SIGNED_LOG, GRID_FRACTION)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("grid", "value"),
    [(GRID_UNSIGNED_LOG, -1.0), (GRID_FRACTION, 1.1), (GRID_FRACTION, -0.1), (GRID_EXACT, 0.5)],
)
def test_a_value_outside_its_grid_is_refused(grid: int, value: float) -> None:
    with pytest.raises(InvalidArgumentError, match="choose another grid"):
        columns.encode(np.array([value]), grid)


arrays = st.sampled_from([np.uint8, np.int32, np.int64, np.float16, np.float32]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=3, max_side=8))
)


@given(arrays)
def test_an_unpacked_array_is_the_packed_one(array: np.ndarray) -> None:
    data, codec = columns.pack(array)
    found = columns.unpack(data, columns.dtype_of(array), codec, array.shape)
    assert (found.tobytes(), found.dtype) == (array.tobytes(), array.dtype)


@given(arrays, st.integers(0, 9))
def test_unpacking_some_rows_gives_the_first_of_them(array: np.ndarray, rows: int) -> None:
    data, codec = columns.pack(array)
    found = columns.unpack(data, columns.dtype_of(array), codec, array.shape, rows)
    assert found.tobytes() == array[:rows].tobytes()


@given(arrays, st.data())
def test_a_blob_that_was_cut_is_refused(array: np.ndarray, data: st.DataObject) -> None:
    blob, codec = columns.pack(array)
    cut = data.draw(st.integers(0, len(blob) - 1))
    # The checksum at a zlib stream's end is not needed for its content.
    if codec == CODEC_ZLIB:
        cut = min(cut, len(blob) - 8)
    with pytest.raises(DamagedRecordError):
        columns.unpack(blob[: max(cut, 0)], columns.dtype_of(array), codec, array.shape)


@given(
    st.binary(max_size=60),
    st.lists(st.integers(0, 2**62), max_size=4),
    st.integers(0, 9),
    st.integers(0, 4),
)
def test_any_blob_with_any_announcement_is_an_array_or_refused(
    blob: bytes, shape: list[int], dtype: int, codec: int
) -> None:
    try:
        columns.unpack(blob, dtype, codec, shape)
    except DamagedRecordError:
        return


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    bomb = zlib.compress(bytes(200 << 20))
    with pytest.raises(DamagedRecordError, match="9 bytes was announced and 10 found"):
        columns.unpack(bomb, DTYPE_UINT8, CODEC_ZLIB, [9])


def test_a_forged_shape_is_refused_before_anything_is_allocated() -> None:
    with pytest.raises(DamagedRecordError, match="at most"):
        columns.unpack(b"", DTYPE_FLOAT32, CODEC_RAW, [1 << 40, 4])


def test_numbers_are_little_endian() -> None:
    blob = struct.pack("<2i", 1, -2)
    assert columns.unpack(blob, DTYPE_INT32, CODEC_RAW, [2]).tolist() == [1, -2]


def test_a_dtype_that_the_format_has_not_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="convert it"):
        columns.dtype_of(np.zeros(1, np.complex64))


def test_a_column_of_zeros_has_offset_0() -> None:
    assert columns.encode(np.zeros(3), GRID_UNSIGNED_LOG).offset == 0


def test_a_column_is_rebased_to_itself() -> None:
    coded = CodedColumn(np.array([0, 1, 254, 255], np.uint8), -7)
    assert columns.rebase(coded, GRID_UNSIGNED_LOG, -7) is coded
