"""Guided backpropagation: the gradient with what is negative dropped at every ReLU."""

from tb_neuron_callbacks.attributions import surrogates
from tb_neuron_callbacks.attributions.input_gradients import gradients, magnitudes
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod


def _attribute(case: Case) -> InputAttributions:
    _, found = gradients(case, under=surrogates.guided_backprop)
    return InputAttributions(magnitudes(case, found))


METHOD = InputMethod(
    name="guided_backprop",
    description="Largest |gradient| over the channels, with only what is positive at open ReLUs.",
    source="Springenberg et al. 2014",
    attribute=_attribute,
    needs=frozenset(("relu",)),
    is_signed=False,
)
