"""Verdicts as they were recorded: whether to believe attributions, with the figures that say so."""

from dataclasses import dataclass
from typing import Literal

from tb_neuron.schema.neuron_pb2 import TRUST_DOUBTFUL, TRUST_FAILING, TRUST_GOOD, Trust

Mark = Literal["none", "good", "doubtful", "failing"]

_MARKS: dict[int, Mark] = {
    TRUST_GOOD: "good",
    TRUST_DOUBTFUL: "doubtful",
    TRUST_FAILING: "failing",
}


@dataclass(frozen=True)
class TrustFigure:
    """One figure of a verdict.

    Attributes:
        name: such as "completeness" or "randomisation".
        value: NaN where there is none.
        mark: "none" where there is no value.
        sentence: value, thresholds and meaning; or why there is no value.
    """

    name: str
    value: float
    mark: Mark
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """Whether to believe a method's maps, or its attributions to the units of a layer.

    Attributes:
        step: of the record at which they were checked.
        mark: the worst of the figures'.
        figures: in the order in which they are told.
    """

    step: int
    mark: Mark
    figures: list[TrustFigure]


def read_verdict(step: int, trust: Trust) -> Verdict:
    """Return the verdict that a record of a step holds."""
    figures = [
        TrustFigure(each.name, each.value, _MARKS.get(each.mark, "none"), each.sentence)
        for each in trust.figures
    ]
    return Verdict(step, _MARKS.get(trust.mark, "none"), figures)
