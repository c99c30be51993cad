"""Saliency: the magnitude of the target's gradient toward the input, and nothing else."""

from tb_neuron_callbacks.attributions.input_gradients import gradients, magnitudes
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod


def _attribute(case: Case) -> InputAttributions:
    _, found = gradients(case)
    return InputAttributions(magnitudes(case, found))


METHOD = InputMethod(
    name="saliency",
    description="Largest |gradient| of the target over the channels (or embedding dimensions).",
    source="Simonyan et al. 2013",
    attribute=_attribute,
    is_signed=False,
)
