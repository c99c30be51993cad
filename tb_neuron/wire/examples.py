"""Examples of the probe set: their tokens, and which of them a filter holds for."""

from typing import Literal, TypedDict


class Tokens(TypedDict):
    """Answer of `tokens`: the text of each position of an example, in order."""

    texts: list[str]


FactKind = Literal["number", "claim", "text"]


class Fact(TypedDict):
    """A name that filters know, and some of its values as a filter writes them."""

    name: str
    kind: FactKind
    values: list[str]


class FilteredExamples(TypedDict):
    """Answer of `filter`: the examples that an expression holds for, and the names it may use."""

    step: str
    examples: list[int]
    of: int
    facts: list[Fact]
