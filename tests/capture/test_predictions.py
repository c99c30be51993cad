"""What is said of each example, against SciPy, and how a model is called."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from torch import Tensor, nn

from tb_neuron_callbacks.calling import call_model, find_logits
from tb_neuron_callbacks.predictions import evaluate, join


@pytest.fixture
def logits(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(7, 5)).astype(np.float32) * 4


LABELS = np.array([0, 4, 2, 2, 1, 3, 0])


def said(logits: np.ndarray, labels: Any = LABELS, kept: int = 100) -> dict[str, np.ndarray]:
    known = None if labels is None else torch.tensor(labels)
    return evaluate(torch.tensor(logits), known, kept).arrays


def test_loss_is_cross_entropy(logits: np.ndarray) -> None:
    expected = -log_softmax(logits, axis=1)[np.arange(7), LABELS]
    np.testing.assert_allclose(said(logits)["loss"], expected, rtol=1e-5)


def test_probability_is_the_labels(logits: np.ndarray) -> None:
    expected = np.exp(log_softmax(logits, axis=1)[np.arange(7), LABELS])
    np.testing.assert_allclose(said(logits)["probability"], expected, rtol=1e-5)


def test_margin_is_the_labels_logit_less_the_largest_other(logits: np.ndarray) -> None:
    expected = [
        row[label] - max(np.delete(row, label)) for row, label in zip(logits, LABELS, strict=True)
    ]
    np.testing.assert_allclose(said(logits)["margin"], expected, rtol=1e-5)


def test_correct_compares_prediction_and_label(logits: np.ndarray) -> None:
    assert said(logits)["correct"].tolist() == (logits.argmax(1) == LABELS).tolist()


@pytest.mark.parametrize("label", [-100, 5, 255])
def test_an_example_whose_label_is_no_class_is_neither_correct_nor_wrong(
    logits: np.ndarray, label: int
) -> None:
    labels = np.where(np.arange(7) == 3, label, LABELS)
    expected = [255 if at == 3 else int(logits[at].argmax() == LABELS[at]) for at in range(7)]
    assert said(logits, labels)["correct"].tolist() == expected


def test_logits_that_are_nan_are_not_correct() -> None:
    rows = np.full((2, 3), np.nan, np.float32)
    rows[1] = [2, np.nan, 1]
    assert said(rows, [0, 1])["correct"].tolist() == [0, 0]


def test_without_labels_figures_are_those_of_the_prediction(logits: np.ndarray) -> None:
    ordered = np.sort(logits, axis=1)
    np.testing.assert_allclose(
        said(logits, None)["margin"], ordered[:, -1] - ordered[:, -2], rtol=1e-5
    )


def test_without_labels_there_is_no_loss(logits: np.ndarray) -> None:
    assert set(said(logits, None)) == {"logits", "prediction", "probability", "margin"}


@pytest.mark.parametrize("label", [-100, 5])
def test_an_example_whose_label_is_no_class_has_no_loss(logits: np.ndarray, label: int) -> None:
    assert math.isnan(said(logits, np.where(np.arange(7) == 3, label, LABELS))["loss"][3])


def test_rows_of_probabilities_are_taken_as_such(logits: np.ndarray) -> None:
    rows = np.exp(log_softmax(logits, axis=1))
    np.testing.assert_allclose(said(rows)["probability"], rows[np.arange(7), LABELS], rtol=1e-4)


def test_only_the_first_logits_are_kept(logits: np.ndarray) -> None:
    assert said(logits, kept=2)["logits"].shape == (7, 2)


def test_logits_beyond_float16_take_its_end() -> None:
    assert said(np.array([[1e9, -1e9]], np.float32), [0])["logits"].tolist() == [[65504, -65504]]


def test_batches_are_joined_in_order(logits: np.ndarray) -> None:
    parts = [evaluate(torch.tensor(half), None, 9) for half in (logits[:3], logits[3:])]
    assert np.array_equal(join(parts).arrays["prediction"], logits.argmax(1))


class Takes(nn.Module):
    """Returns what its forward was given."""

    def forward(self, *inputs: Any) -> Any:
        return inputs


class TakesOne(nn.Module):
    def forward(self, inputs: Any) -> Any:
        return inputs


class TakesTwo(nn.Module):
    def forward(self, first: Any, second: Any, extra: Any = None) -> Any:
        return first, second, extra


class TakesNames(nn.Module):
    def forward(self, tokens: Any, mask: Any = None) -> Any:
        return tokens, mask


@pytest.mark.parametrize(
    ("model", "batch", "given"),
    [
        (TakesOne(), "x", "x"),
        (TakesOne(), ("x",), "x"),
        (TakesOne(), ("x", "label"), "x"),
        (TakesOne(), ["x", "label", "index"], "x"),
        (TakesOne(), (("a", "b"), "label"), ("a", "b")),
        (TakesTwo(), ("a", "b", "label"), ("a", "b", None)),
        (TakesTwo(), (("a", "b"), "label"), ("a", "b", None)),
        (Takes(), ("a", "b", "label"), ("a", "b")),
        (TakesNames(), {"tokens": "t", "mask": "m", "labels": "l"}, ("t", "m")),
        (TakesNames(), ({"tokens": "t"}, "label"), ("t", None)),
        (TakesOne(), {"other": "x"}, {"other": "x"}),
    ],
)
def test_a_model_is_called_as_a_training_loop_would(
    model: nn.Module, batch: Any, given: Any
) -> None:
    assert call_model(model, batch) == given


@dataclass
class Named:
    logits: Tensor


LOGITS = torch.zeros(3, 2)


@pytest.mark.parametrize(
    "output",
    [LOGITS, (LOGITS, "state"), Named(LOGITS), {"loss": torch.zeros(()), "logits": LOGITS}],
)
def test_logits_are_found_in_what_a_model_returns(output: Tensor | tuple | Named | Mapping) -> None:
    assert find_logits(output, 3) is LOGITS


@pytest.mark.parametrize(
    "output",
    [
        torch.zeros(3),
        torch.zeros(3, 1),
        torch.zeros(3, 4, 2),
        torch.zeros(3, 2, dtype=torch.int64),
        None,
        "text",
    ],
)
def test_what_has_another_form_is_no_logits(output: Any) -> None:
    assert find_logits(output, 3) is None
