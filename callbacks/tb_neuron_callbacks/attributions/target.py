"""What is explained: a scalar for each example: a logit, the loss, a function of the output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from tb_neuron_callbacks.calling import find_logits, find_sequence_logits
from tb_neuron_callbacks.errors import AttributionError

#: "label", "prediction", "loss", a class, or a function `(output, labels) -> [example]`.
Target = str | int | Callable[[Any, Any], Tensor]

NAMES = ("label", "prediction", "loss")


@dataclass(frozen=True)
class Explained:
    """The targets of one batch, fixed once: along a path the same logits are explained throughout.

    Attributes:
        choice: as the user made it.
        indices: class whose logit is explained, for a choice of logits.
        labels: of the batch, None where there are none.
        examples: in the batch.
    """

    choice: Target
    indices: Int[Tensor, " example"] | None
    labels: Int[Tensor, " example"] | None
    examples: int

    def scores(self, output: Any, copies: int = 1) -> Float[Tensor, " example"]:
        """Return the targets of a forward's output.

        Args:
            output: what the model returned.
            copies: how often the batch is in the forward, one copy after the other.
        """
        examples = self.examples * copies
        labels = None if self.labels is None else self.labels.repeat(copies)
        if callable(self.choice):
            return _checked(self.choice(output, labels), examples)
        logits = _logits(output, examples, self.choice)
        if self.choice == "loss":
            return _losses(logits, labels)
        assert self.indices is not None
        indices = self.indices.to(logits.device).repeat(copies)
        return logits.gather(1, indices[:, None])[:, 0]


@dataclass(frozen=True)
class PredictedTokens:
    """The target of a model with logits of every position: the mean over its predicted tokens.

    Attributes:
        tokens: predicted at each position.
    """

    tokens: Int[Tensor, "example position"]

    def __call__(self, output: Any, _: Any) -> Float[Tensor, " example"]:
        """Return the mean logit of the predicted tokens."""
        examples = len(self.tokens)
        found = find_sequence_logits(output, None)
        if found is None or found.shape[1] != self.tokens.shape[1] or len(found) % examples:
            raise AttributionError(
                f"a model must return logits of {self.tokens.shape[1]} positions as before, not "
                f"{_described(output)}; pass target= as a function (output, labels) -> [example]"
            )
        tokens = self.tokens.to(found.device).repeat(len(found) // examples, 1)
        return found.gather(2, tokens[:, :, None])[:, :, 0].mean(1)


def target_of(target: Target, part: slice) -> Target:
    """Return a target for some of the examples that it was fixed for."""
    return PredictedTokens(target.tokens[part]) if isinstance(target, PredictedTokens) else target


def target_name(target: Target) -> str:
    """Return a target's name as it is stored: "label", "loss", "class 3", or the function's."""
    if callable(target):
        return getattr(target, "__name__", type(target).__name__)
    return f"class {target}" if isinstance(target, int) else target


def check_target(target: Target, has_labels: bool) -> None:
    """Refuse a target that can't be.

    Raises:
        AttributionError: it is no target, or needs labels that are not there.
    """
    is_class = isinstance(target, int) and not isinstance(target, bool) and target >= 0
    if not (callable(target) or is_class or target in NAMES):
        raise AttributionError(
            f"target must be one of {', '.join(NAMES)}, the number of a class or a function "
            f"(output, labels) -> [example], not {target!r}; leave it out for the label's logit"
        )
    if target in ("label", "loss") and not has_labels:
        raise AttributionError(
            f"target={target!r} needs labels, and the probe set has none; pass labels= to it, or "
            'explain target="prediction" or a function of the output'
        )


def explain_before(
    target: Target, labels: Int[Tensor, " example"] | None, classes: int, examples: int
) -> Explained | None:
    """Return what is explained where it does not depend on the model's answer, else None.

    Args:
        target: the choice.
        labels: of the batch.
        classes: of the model's output; 0 where it is no vector of logits.
        examples: in the batch.
    """
    if callable(target) or target == "loss":
        return Explained(target, None, labels, examples)
    if target == "label" and labels is not None:
        is_known = bool(((labels >= 0) & (labels < classes)).all())
        return Explained(target, labels, labels, examples) if is_known else None
    return None


def explain(
    target: Target, output: Any, labels: Int[Tensor, " example"] | None, examples: int
) -> Explained:
    """Fix what is explained of each example of a batch.

    An example whose label is no class of the output is explained by its predicted logit. Where a
    model returns logits of every position, its prediction is the predicted token of each, and the
    target the mean of their logits.

    Args:
        target: the choice.
        output: of the model on the batch.
        labels: of the batch.
        examples: in it.

    Raises:
        AttributionError: the output has no logits, or no such class.
    """
    if callable(target) or target == "loss":
        return Explained(target, None, labels, examples)
    if target == "prediction" and find_logits(output, examples) is None:
        sequence = find_sequence_logits(output, examples)
        if sequence is not None:
            return Explained(PredictedTokens(sequence.detach().argmax(2)), None, labels, examples)
    logits = _logits(output, examples, target)
    classes = logits.shape[1]
    prediction = logits.detach().argmax(1)
    if target == "prediction":
        return Explained(target, prediction, labels, examples)
    if isinstance(target, int):
        if target >= classes:
            raise AttributionError(
                f"target={target} must be below the model's {classes} classes; they are counted "
                "from 0"
            )
        return Explained(target, torch.full_like(prediction, target), labels, examples)
    if labels is None:
        raise AttributionError('target="label" needs labels; explain "prediction" instead')
    labels = labels.to(logits.device)
    known = (labels >= 0) & (labels < classes)
    return Explained(target, torch.where(known, labels, prediction), labels, examples)


def _logits(output: Any, examples: int, target: Target) -> Tensor:
    logits = find_logits(output, examples)
    if logits is None:
        raise AttributionError(
            f"target={target!r} needs logits of shape [example, class], and the model returns "
            f"{_described(output)}; pass target= as a function (output, labels) -> [example]"
        )
    return logits.float() if logits.dtype in (torch.float16, torch.bfloat16) else logits


def _losses(logits: Tensor, labels: Tensor | None) -> Tensor:
    if labels is None:
        raise AttributionError('target="loss" needs labels; explain "prediction" instead')
    labels = labels.to(logits.device)
    known = (labels >= 0) & (labels < logits.shape[1])
    return functional.cross_entropy(
        logits, torch.where(known, labels, -100), reduction="none", ignore_index=-100
    )


def _checked(scores: Any, examples: int) -> Tensor:
    if not isinstance(scores, Tensor) or scores.shape != (examples,):
        raise AttributionError(
            f"a target function must return one scalar an example, [{examples}], not "
            f"{_described(scores)}; sum the rest away"
        )
    return scores


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    return f"a {type(value).__name__}"
