"""The gradient times the input: to first order, what the target loses where the input is 0."""

from tb_neuron_callbacks.attributions.input_gradients import gradients, maps
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod


def _attribute(case: Case) -> InputAttributions:
    products = [value * gradient for value, gradient in zip(*gradients(case), strict=True)]
    return InputAttributions(maps(case, products))


METHOD = InputMethod(
    name="gradient_x_input",
    description="Gradient of the target times the input, summed over channels.",
    source="Shrikumar et al. 2016",
    attribute=_attribute,
)
