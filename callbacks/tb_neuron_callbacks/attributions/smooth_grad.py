"""SmoothGrad: the gradient averaged over noisy copies of the input, the same noise every time."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.attributions.input_gradients import gradients, magnitudes, start_values
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod


def noise(shape: Sequence[int], samples: int, seed: int) -> Float[Tensor, "sample ..."]:
    """Return normal noise, the same for all examples and at every call.

    So neither the other examples of a batch nor the step of a record change it.

    Args:
        shape: of one example.
        samples: noisy copies.
        seed: of a generator of its own.
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(samples, *shape, generator=generator)


def _attribute(case: Case) -> InputAttributions:
    values, _ = start_values(case)
    choices, examples = case.choices, case.explained.examples
    shakes = [
        noise(value.shape[1:], choices.samples, choices.seed + number)
        for number, value in enumerate(values)
    ]
    sums = [torch.zeros(value.shape, device=value.device) for value in values]
    together = max(1, choices.max_examples // max(examples, 1))
    for start in range(0, choices.samples, together):
        part = [shake[start : start + together] for shake in shakes]
        places = [
            _shaken(value, shake, choices.noise) for value, shake in zip(values, part, strict=True)
        ]
        _, found = gradients(case, places, copies=len(part[0]))
        for total, gradient in zip(sums, found, strict=True):
            total.add_(gradient.float().unflatten(0, (-1, examples)).sum(0))
    return InputAttributions(
        magnitudes(case, [total / choices.samples for total in sums]),
        f"{choices.samples} noisy copies, sigma {choices.noise:g} of the example's range, seed "
        f"{choices.seed}",
    )


def _shaken(
    value: Float[Tensor, "example ..."], shakes: Float[Tensor, "sample ..."], share: float
) -> Float[Tensor, "row ..."]:
    flat = value.float().reshape(len(value), -1)
    sigma = share * (flat.amax(1) - flat.amin(1))
    sigma = sigma.view(-1, *[1] * (value.dim() - 1))
    moved = value.float() + sigma * shakes.to(value.device)[:, None]
    return moved.flatten(0, 1).to(value.dtype)


METHOD = InputMethod(
    name="smooth_grad",
    description="Largest |gradient| over the channels, the gradient averaged over noisy inputs.",
    source="Smilkov et al. 2017",
    attribute=_attribute,
    needs=frozenset(("noise",)),
    is_signed=False,
)
