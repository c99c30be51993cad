"""Whether to believe attributions: figures, verdicts, and what was checked."""

from typing import Literal, TypedDict

Mark = Literal["none", "good", "doubtful", "failing"]


class TrustFigure(TypedDict):
    """One figure of a verdict; `value` is null where there is none, and `sentence` says why."""

    name: str
    value: float | None
    mark: Mark
    sentence: str


class Verdict(TypedDict):
    """Whether to believe attributions, as checked at a step; `mark` is the worst of all."""

    step: str
    mark: Mark
    figures: list[TrustFigure]


class CheckedLayer(TypedDict):
    """A layer to whose units a method attributes, with all verdicts in step order."""

    layer: str
    verdicts: list[Verdict]


class CheckedMethod(TypedDict):
    """A method of units that was checked; `absence` says why it was not in the last record."""

    name: str
    absence: str
    layers: list[CheckedLayer]


class UnitTrust(TypedDict):
    """Answer of `trust`: when attributions to units were checked, on which tracked examples."""

    steps: list[str]
    target: str
    examples: list[int]
    methods: list[CheckedMethod]
