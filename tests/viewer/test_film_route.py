"""The film over HTTP, decoded by the text of the contract."""

import gzip

import numpy as np
import pytest
from served_routes import STEPS, Served, conforms
from written_run import stacked

from tb_neuron import wire
from tb_neuron.container import unpack


def decoded_film(served: Served, statistic: str) -> tuple[np.ndarray, str]:
    """float64[record, unit] of a whole film and its grid, undone by the text of the contract."""
    frames: list[np.ndarray] = []
    grid = ""
    for chunk in range(-(-len(STEPS) // 16)):
        container = unpack(gzip.decompress(served.film(statistic, chunk).data))
        header, codes = container.header, container.arrays["codes"].astype(int)
        grid, offsets = header["grid"], np.repeat(header["offsets"], [7, 12, 5])
        for frame in range(header["frames"]):
            undone = codes[: frame + 1].sum(0) % 256
            frames.append(values_of(grid, undone.astype(float), offsets))
    return np.array(frames), grid


def values_of(grid: str, codes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The values of codes by the table of `http_api.md`."""
    if grid == "exact":
        return codes
    if grid == "fraction":
        inner = 1 / (1 + 1.076 ** (127 - codes))
        return np.select([codes == 0, codes == 254], [0.0, 1.0], inner)
    if grid == "signed_log":
        positive = codes <= 127
        magnitude = 1.076 ** (np.where(positive, codes, codes - 127) + offsets)
        return np.where(codes == 0, 0.0, np.where(positive, magnitude, -magnitude))
    return np.where(codes == 0, 0.0, 1.076 ** (codes + offsets))


def written_columns(served: Served, statistic: str) -> np.ndarray:
    """float64[record, unit of all layers] as it was written."""
    made = served.written.made
    return np.hstack([stacked(made, layer, statistic) for layer in served.written.units])


@pytest.mark.parametrize("statistic", ["mean", "std"])
def test_a_film_decodes_to_what_was_written_within_the_grids_error(
    served: Served, statistic: str
) -> None:
    values, _ = decoded_film(served, statistic)
    np.testing.assert_allclose(values, written_columns(served, statistic), rtol=0.0375)


def test_a_film_of_fractions_keeps_odds_within_the_grids_error(served: Served) -> None:
    values, _ = decoded_film(served, "frequency")
    written = written_columns(served, "frequency")
    live = written > 0
    odds = written[live] / (1 - written[live])
    np.testing.assert_allclose(values[live] / (1 - values[live]), odds, rtol=0.0375)


def test_a_film_never_shows_a_live_unit_as_silent(served: Served) -> None:
    values, _ = decoded_film(served, "frequency")
    np.testing.assert_array_equal(values == 0, written_columns(served, "frequency") == 0)


def test_the_film_of_the_states_holds_their_bits(served: Served) -> None:
    values, grid = decoded_film(served, "states")
    assert grid == "exact"
    np.testing.assert_array_equal(values, written_columns(served, "states"))


def test_a_films_header_has_the_type_that_the_wire_promises(served: Served) -> None:
    container = unpack(gzip.decompress(served.film("mean", 1).data))
    assert conforms(container.header, wire.FilmChunk)


def test_the_last_chunk_of_a_film_has_the_frames_that_are_left(served: Served) -> None:
    header = unpack(gzip.decompress(served.film("mean", 1).data)).header
    assert (header["first_record"], header["frames"]) == (16, len(STEPS) - 16)


def test_a_film_is_kept_by_the_browser_for_ever(served: Served) -> None:
    assert served.film("mean", 0).headers["Cache-Control"].endswith("immutable")


def test_a_film_travels_compressed(served: Served) -> None:
    answer = served.film("mean", 0)
    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_client_that_cannot_decompress_gets_a_film_as_it_is(served: Served) -> None:
    answer = served.film("mean", 0, encoding="identity")
    assert unpack(answer.data).header["frames"] == 16
