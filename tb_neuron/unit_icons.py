"""What a unit's icon shows: of the examples that it responds to most, the part that it sees.

An *icon* is made of a unit's *top* examples: of images the receptive field at the position that
answered, of sequences the token there and its neighbours, of signals the stretch that is seen, of
tabular rows the columns in which the top examples are unlike the rest of the probe set.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64

from tb_neuron.recording import Recording
from tb_neuron.schema.neuron_pb2 import Layer
from tb_neuron.top_examples import TopExamples

#: Tokens on each side of the one that answered.
NEIGHBOURS = 3
#: Columns of a row that are shown.
COLUMNS = 3
#: Points that a signal is drawn with, and channels of it.
POINTS, CHANNELS = 48, 4
#: Of an example's place: nowhere in it.
NOWHERE = -1


@dataclass(frozen=True)
class TokenWindows:
    """Tokens around the position that answered.

    Attributes:
        texts: those that occur.
        windows: places in `texts`; -1 before the first token of an example and after its last.
        centres: which of the window answered; -1 where it is not known, and the window is the
            example's beginning.
    """

    texts: list[str]
    windows: Int32[np.ndarray, "unit top window"]
    centres: Int32[np.ndarray, "unit top"]


@dataclass(frozen=True)
class ColumnDeviations:
    """Columns of tabular rows in which a unit's top examples are unlike the rest.

    Attributes:
        columns: by magnitude of the deviation, falling; -1 for a column that no example differs in.
        deviations: mean over the unit's top examples, in standard deviations of the probe set from
            its mean.
    """

    columns: Int32[np.ndarray, "unit column"]
    deviations: Float32[np.ndarray, "unit column"]


def shown_examples(found: TopExamples, count: int) -> Int32[np.ndarray, "unit top"]:
    """Return the examples that icons show, -1 for one whose response is the unit's lowest.

    Args:
        found: what was recorded.
        count: at most so many of each unit.
    """
    count = min(count, found.top)
    return np.where(found.is_lowest()[:, :count], NOWHERE, found.examples[:, :count])


def boxes(
    found: TopExamples, size: tuple[int, int] | None, count: int = 1
) -> Float32[np.ndarray, "unit top 4"]:
    """Return what units see of their examples: top, left, bottom, right as shares; else all.

    Args:
        found: which examples, and where in them.
        size: rows and columns of the inputs; None where it isn't known.
        count: of the examples of each unit.
    """
    positions = found.positions[:, :count]
    whole = np.tile(np.array([0, 0, 1, 1], np.float32), (*positions.shape, 1))
    if found.field is None or size is None:
        return whole
    y, x = np.divmod(np.maximum(positions, 0), len(found.field.columns))
    rows, columns = found.field.rows[y], found.field.columns[x]
    seen = np.stack([rows[..., 0], columns[..., 0], rows[..., 1], columns[..., 1]], -1)
    shares = (seen / np.array([*size, *size])).astype(np.float32)
    is_seen = (positions >= 0) & (seen[..., 2] > seen[..., 0]) & (seen[..., 3] > seen[..., 1])
    return np.where(is_seen[..., None], shares, whole)


def marks(found: TopExamples, count: int = 1) -> Float32[np.ndarray, "unit top 2"]:
    """Return the middle of the position that answered, y and x as shares; NaN where unknown."""
    positions = found.positions[:, :count]
    if found.field is None:
        return np.full((*positions.shape, 2), np.nan, np.float32)
    shape = len(found.field.rows), len(found.field.columns)
    y, x = np.divmod(positions, shape[1])
    middles = np.stack([(y + 0.5) / shape[0], (x + 0.5) / shape[1]], -1)
    return np.where((positions >= 0)[..., None], middles, np.nan).astype(np.float32)


def position_shape(layer: Layer) -> tuple[int, ...]:
    """Return the shape of a layer's positions for one example."""
    axis = layer.unit_axis if layer.unit_axis < 0 else layer.unit_axis - 1
    shape = list(layer.shape)
    if shape:
        del shape[axis]
    return tuple(shape)


def token_windows(
    recording: Recording, layer: Layer, examples: Int32[np.ndarray, "unit top"], found: TopExamples
) -> TokenWindows:
    """Return the tokens around the positions that answered.

    Raises:
        DamagedRecordError: what is stored is not ids of tokens.
    """
    stored = recording.stored_examples
    ids = stored.token_ids()
    positions = found.positions[:, : examples.shape[1]]
    is_token = position_shape(layer) == tuple(recording.probe_set.shape)
    is_known = (examples >= 0) & (examples < len(ids))
    ended = np.r_[(ids >= 0).sum(1), 0][np.where(is_known, examples, len(ids))]
    is_placed = is_known & is_token & (positions >= 0) & (positions < ended)
    first = np.where(is_placed, positions - NEIGHBOURS, 0)
    places = first[..., None] + np.arange(2 * NEIGHBOURS + 1)
    is_inside = is_known[..., None] & (places >= 0) & (places < ended[..., None])
    rows = np.where(is_known, examples, 0)[..., None]
    tokens = np.where(is_inside, ids[rows, np.clip(places, 0, ids.shape[1] - 1)], NOWHERE)
    occurring = np.unique(tokens[tokens >= 0])
    windows = np.where(tokens >= 0, np.searchsorted(occurring, tokens), NOWHERE)
    centres = np.where(is_placed, NEIGHBOURS, NOWHERE)
    texts = [stored.text(int(each)) for each in occurring]
    return TokenWindows(texts, windows.astype(np.int32), centres.astype(np.int32))


def stretches(
    inputs: Float32[np.ndarray, "example channel position"],
    examples: Int32[np.ndarray, "unit top"],
    seen: Float32[np.ndarray, "unit top 4"],
) -> Float32[np.ndarray, "unit top channel point"]:
    """Return what units see of signals, at points that are evenly spread over it.

    Args:
        inputs: the signals.
        examples: -1 for none.
        seen: left and right of what is seen, as shares, second and fourth.
    """
    length = inputs.shape[2]
    left, right = seen[..., 1, None] * length, seen[..., 3, None] * length - 1
    places = left + np.linspace(0, 1, POINTS) * np.maximum(right - left, 0)
    below = np.clip(np.floor(places).astype(np.int64), 0, length - 1)
    share = (places - below)[:, :, None, :]
    is_known = (examples >= 0) & (examples < len(inputs))
    rows = np.where(is_known, examples, 0)[:, :, None, None]
    channels = np.arange(min(CHANNELS, inputs.shape[1]))[:, None]
    above = np.minimum(below + 1, length - 1)
    lower = inputs[rows, channels, below[:, :, None, :]]
    upper = inputs[rows, channels, above[:, :, None, :]]
    values = lower * (1 - share) + upper * share
    return np.where(is_known[..., None, None], values, np.nan).astype(np.float32)


def column_deviations(
    inputs: Float32[np.ndarray, "example column"], examples: Int32[np.ndarray, "unit top"]
) -> ColumnDeviations:
    """Return the columns in which the top examples of units are unlike the rest of the probe set.

    A column's deviation is the mean of its z-scores over the unit's top examples: how many of the
    column's standard deviations (over the probe set) they lie from its mean. It is a fact of the
    examples and holds for layers of any depth, where a correlation with the response would follow
    the many examples that the unit answers little. Values that are not finite are passed over.

    Args:
        inputs: the rows.
        examples: -1 for none.
    """
    scores = _z_scores(inputs)
    is_known = (examples >= 0) & (examples < len(inputs))
    is_score = np.isfinite(scores)
    sums, counts = np.zeros((2, len(examples), inputs.shape[1]), np.float32)
    # One top after the other: all of them at once would not fit where rows are long.
    for each, is_there in zip(np.where(is_known, examples, 0).T, is_known.T, strict=True):
        used = is_score[each] & is_there[:, None]
        sums += np.where(used, scores[each], 0)
        counts += used
    means = sums / np.maximum(counts, 1)
    order: Int64[np.ndarray, "unit column"] = np.argsort(-np.abs(means), axis=1, kind="stable")
    chosen = order[:, :COLUMNS]
    deviations = np.take_along_axis(means, chosen, 1).astype(np.float32)
    columns = np.where(deviations == 0, NOWHERE, chosen).astype(np.int32)
    return ColumnDeviations(columns, deviations)


def _z_scores(
    inputs: Float32[np.ndarray, "example column"],
) -> Float32[np.ndarray, "example column"]:
    """Return each value's distance from its column's mean; NaN where it is not finite."""
    known = np.where(np.isfinite(inputs), inputs, np.nan).astype(np.float64)
    counts = np.maximum(np.isfinite(known).sum(0), 1)
    centred = known - np.nansum(known, 0) / counts
    spread = np.sqrt(np.nansum(centred**2, 0) / counts)
    # A column of one value is unlike nothing, and what rounding leaves of it is no spread.
    with np.errstate(invalid="ignore"):
        is_spread = np.nanmax(known, 0, initial=-np.inf) > np.nanmin(known, 0, initial=np.inf)
    return (centred / np.where(is_spread & (spread > 0), spread, np.inf)).astype(np.float32)
