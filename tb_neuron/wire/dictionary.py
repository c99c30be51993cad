"""Types of the dictionary's routes: what units respond to most, and its icons."""

from typing import Literal, TypedDict


class DictionaryLayer(TypedDict):
    """A layer and the steps at which the examples were recorded that its units respond to most."""

    name: str
    steps: list[str]


class Visualisation(TypedDict):
    """An image that a unit responds to most, sought on a checkpoint; `place` is among its unit's.

    `response` is the unit's mean activation over positions; null where it isn't finite.
    """

    step: str
    layer: str
    unit: int
    place: int
    response: float | None
    checkpoint: str
    settings: str


class Dictionary(TypedDict):
    """Answer of `dictionary`: when it was recorded what units respond to, and what there is of it.

    `top` examples of each unit are known at most. `columns` are the names of a tabular row's
    columns, empty where they have none. `pictures` says how many examples have one.
    """

    layers: list[DictionaryLayer]
    top: int
    columns: list[str]
    pictures: int
    visualisations: list[Visualisation]


IconForm = Literal["picture", "tokens", "signal", "columns", "numbers"]


class UnitIcons(TypedDict):
    """Header of `unit_icons`: what icons of a layer's units show, the top examples first.

    `form` says which arrays there are; "numbers" has the examples' alone. `examples_of` is the size
    of the probe set. `grid` are rows and columns of positions, or the number of them; `size` those
    of the images in pixels (of signals 1 and the length), empty where it isn't known.

    Arrays: `units` int32[unit]; `examples` int32[unit, top], -1 for what says nothing: a response
    that is the unit's lowest; `values` float32[unit, top], responses; `positions` int32[unit, top],
    flat, -1 without; `labels` int32[unit, top], -1 where unknown; `boxes` float32[unit, top, 4],
    top, left, bottom, right of what is seen as shares; `marks` float32[unit, top, 2], y and x of
    the position's middle as shares, NaN where unknown. Of "tokens" `windows` int32[unit, top,
    token], places in `texts`, -1 outside the example, and `centres` int32[unit, top], which of
    them answered, -1 where unknown; of "signal" `stretches` float32[unit, top, channel, point]; of
    "columns" `columns` int32[unit, place] and `deviations` float32[unit, place].
    """

    layer: str
    step: str
    form: IconForm
    reduction: str
    examples_of: int
    grid: list[int]
    size: list[int]
    texts: list[str]


class MeaningDrift(TypedDict):
    """Header of `meaning_drift`: how far units' top examples changed from record to record.

    Array `drifts` float32[record, unit]: 1 less the share that both records have of the examples
    in either's top (Jaccard); NaN at the first record and at one that can't be read, and where a
    unit has none at both or was recorded at one alone.
    """

    layer: str
    steps: list[str]
    top: int


class Pictures(TypedDict):
    """Header of `pictures`: the examples' small pictures, PNG files one behind the other.

    Arrays: `ends` uint32[example], where in `files` uint8[byte] an example's file ends.
    """

    examples: int
