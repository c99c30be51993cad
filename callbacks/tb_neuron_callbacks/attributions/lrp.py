"""Relevance of the input, by layer-wise relevance propagation with the epsilon rule."""

from functools import partial

from tb_neuron_callbacks.attributions.input_gradients import gradients, maps
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.propagation import epsilon_lrp


def _attribute(case: Case) -> InputAttributions:
    epsilon = case.choices.epsilon
    found = gradients(case, under=partial(epsilon_lrp, case.model, epsilon))
    relevances = [value * gradient for value, gradient in zip(*found, strict=True)]
    return InputAttributions(maps(case, relevances), f"epsilon {epsilon:g}")


METHOD = InputMethod(
    name="lrp",
    description="Relevance by the epsilon rule, biases keeping their part; norms' std constant.",
    source="Bach et al. 2015; for norms and attention, Ali et al. 2022",
    attribute=_attribute,
    complete_from="target",
)
