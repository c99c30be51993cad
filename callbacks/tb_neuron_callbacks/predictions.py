"""What a classifier says of each example: logits, prediction, probability, loss, margin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from tb_neuron.summary import NO_LABEL

_FLOAT16_MAX = 65504.0


@dataclass(frozen=True)
class Predictions:
    """The model's outputs on examples.

    Attributes:
        arrays: by name, as the schema's kind "outputs" holds them: `logits` float16[example,
            class] (the first classes only), `prediction` int32[example], `probability`
            float32[example] of the label, or of the prediction where there are no labels,
            `margin` float32[example]: that logit less the largest other one, and with labels
            `loss` float32[example], cross-entropy in nats, and `correct` uint8[example]. Of an
            example whose label is no class of the output, figures are NaN and `correct` is
            `NO_LABEL`; logits that are NaN are never correct.
        classes: of the model's output.
    """

    arrays: dict[str, Shaped[np.ndarray, "example ..."]]
    classes: int


def evaluate(
    logits: Float[Tensor, "example class"], labels: Int[Tensor, " example"] | None, kept: int
) -> Predictions:
    """Return what a batch of logits says.

    Rows that are probabilities already (0 to 1, sum 1) are taken as such.

    Args:
        logits: of one batch, any floating dtype.
        labels: of the same examples.
        kept: classes whose logits are kept.
    """
    numbers = logits.detach().to(torch.float32)
    scores = numbers.clamp_min(1e-38).log() if _are_probabilities(numbers) else numbers
    prediction = scores.argmax(dim=1)
    known = torch.ones_like(prediction, dtype=torch.bool)
    judged = prediction
    if labels is not None:
        labels = labels.to(scores.device)
        known = (labels >= 0) & (labels < scores.shape[1])
        judged = torch.where(known, labels, prediction)
    log_probability = scores.log_softmax(dim=1).gather(1, judged[:, None])[:, 0]
    figures = {
        "prediction": prediction.to(torch.int32),
        "probability": _where_known(known, log_probability.exp()),
        "margin": _where_known(known, _margin(scores, judged)),
    }
    if labels is not None:
        figures["loss"] = _where_known(known, log_probability.abs())
        is_correct = (prediction == labels) & ~scores.isnan().any(dim=1)
        figures["correct"] = torch.where(known, is_correct.to(torch.uint8), NO_LABEL)
    arrays = {name: values.cpu().numpy() for name, values in figures.items()}
    limited = numbers[:, :kept].clamp(-_FLOAT16_MAX, _FLOAT16_MAX)
    return Predictions(
        {"logits": limited.to(torch.float16).cpu().numpy(), **arrays}, logits.shape[1]
    )


def join(parts: Sequence[Predictions]) -> Predictions:
    """Return the outputs of all batches, in their order."""
    arrays = {
        name: np.concatenate([part.arrays[name] for part in parts]) for name in parts[0].arrays
    }
    return Predictions(arrays, parts[0].classes)


def _are_probabilities(numbers: Tensor) -> bool:
    in_range = bool(((numbers >= 0) & (numbers <= 1)).all())
    return in_range and bool(((numbers.sum(dim=1) - 1).abs() < 1e-3).all())


def _margin(scores: Tensor, judged: Tensor) -> Tensor:
    own = scores.gather(1, judged[:, None])[:, 0]
    others = scores.scatter(1, judged[:, None], -torch.inf)
    return own - others.max(dim=1).values


def _where_known(known: Tensor, values: Tensor) -> Tensor:
    return torch.where(known, values, torch.nan)
