"""Filters of examples: parsed and walked, against the same choice written down in Python."""

import numpy as np
import pytest

from tb_neuron.errors import InvalidArgumentError
from tb_neuron.filters import MAX_LENGTH, select

LABEL = np.array([3, 3, 7, 1, -1])
CORRECT = np.array([1.0, 0.0, 1.0, 0.0, np.nan])
MARGIN = np.array([2.5, -0.5, 0.1, -3.0, np.nan])
SOURCE = np.array(["phone", "scan", "scan", None, "phone"], object)
FACTS = {
    "label": LABEL,
    "label:name": np.array(["three", "three", "seven", "one", None], object),
    "correct": CORRECT,
    "margin": MARGIN,
    "source": SOURCE,
}


@pytest.mark.parametrize(
    ("expression", "examples"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("label == 3", [0, 1]),
        ("label == 3 and not correct", [1]),
        ("correct", [0, 2]),
        ("not correct", [1, 3]),
        ("label == 'three'", [0, 1]),
        ("label != 3", [2, 3, 4]),
        ("label in [1, 7]", [2, 3]),
        ("label not in (3, 7)", [3, 4]),
        ("margin < 0", [1, 3]),
        ("0 <= margin < 2", [2]),
        ("margin > -1 and margin < 1", [1, 2]),
        ("-3 == margin", [3]),
        ("source == 'scan' or label == 1", [1, 2, 3]),
        ("source != 'scan'", [0, 4]),
        ("not (source == 'scan')", [0, 4]),
        ("source in ['phone']", [0, 4]),
        ("True", [0, 1, 2, 3, 4]),
    ],
)
def test_a_filter_holds_for_these_examples(expression: str, examples: list[int]) -> None:
    assert np.flatnonzero(select(expression, FACTS)).tolist() == examples


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "label.__class__",
        "(lambda: 1)()",
        "[x for x in label]",
        "label + 1 == 4",
        "label[0] == 3",
        "f'{label}'",
        "label == {}",
        "label if correct else 1",
        "label is 3",
        "label := 3",
        "x == 3",
        "label:name == 'three'",
        "label ==",
        "label == 3; label",
        "3",
        "source",
        "source < 3",
        "margin < 'a'",
        "margin == 'a'",
        "1 == 1",
        "label in correct",
        "(" * 500,
        "not " * 240 + "correct is",
        "label == \x00",
    ],
)
def test_whatever_else_is_refused_with_an_example(expression: str) -> None:
    with pytest.raises(InvalidArgumentError, match="write such as `label == 3 and not correct`"):
        select(expression, FACTS)


def test_a_long_filter_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="has at most 4000 characters"):
        select("correct and " * MAX_LENGTH + "correct", FACTS)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(InvalidArgumentError, match="label, correct, margin, source"):
        select("labels == 3", FACTS)
