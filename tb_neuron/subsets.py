"""Named subsets of examples: filters under names, as a request and the address hold them.

`wrong:not correct;threes:label == 3` is two of them. In a name and in a filter `%`, `;` and `:`
stand as `%25`, `%3B` and `%3A`.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
from jaxtyping import Bool

from tb_neuron.errors import InvalidArgumentError, shown
from tb_neuron.facts import subset
from tb_neuron.recording import Recording

#: So many rows a person still tells apart.
MOST = 24
#: All of them together, so that a request stays one that servers take.
MAX_LENGTH = 16_000


class Subset(NamedTuple):
    """A filter under a name."""

    name: str
    expression: str


class Members(NamedTuple):
    """Which examples belong to a subset at a step.

    Attributes:
        chosen: by example of the probe set; none where the filter can't be used.
        problem: why it can't; empty if it can.
    """

    chosen: Bool[np.ndarray, " example"]
    problem: str


def parse_subsets(text: str) -> list[Subset]:
    """Return the subsets that a text names, in its order.

    Raises:
        InvalidArgumentError: it has another form, or names too many.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidArgumentError(
            f"subsets have at most {MAX_LENGTH} characters together, and these have {len(text)}; "
            "leave some out"
        )
    parts = [part for part in text.split(";") if part]
    if len(parts) > MOST:
        raise InvalidArgumentError(
            f"at most {MOST} subsets are shown at once, not {len(parts)}; leave some out"
        )
    return [_parsed(part) for part in parts]


def members(recording: Recording, step: int, subsets: Sequence[Subset]) -> list[Members]:
    """Return who belongs to each subset, by what is known of the examples at a step.

    A filter that can't be used here, such as one by labels where there are none, has no members and
    says why; the others are not concerned.
    """
    return [_members(recording, step, each.expression) for each in subsets]


def _members(recording: Recording, step: int, expression: str) -> Members:
    try:
        return Members(subset(recording, step, expression), "")
    except InvalidArgumentError as error:
        return Members(np.zeros(recording.probe_set.examples, bool), str(error))


def _parsed(part: str) -> Subset:
    name, colon, expression = part.partition(":")
    if not colon or not name.strip() or not expression.strip():
        raise InvalidArgumentError(
            f"a subset is a name and a filter, such as wrong:not correct, and not {shown(part)}"
        )
    return Subset(unquote(name).strip(), unquote(expression).strip())
