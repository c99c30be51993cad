"""DeconvNet: the gradient rectified at every ReLU, whether the ReLU was open or not."""

from tb_neuron_callbacks.attributions import surrogates
from tb_neuron_callbacks.attributions.input_gradients import gradients, maps
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod


def _attribute(case: Case) -> InputAttributions:
    _, found = gradients(case, under=surrogates.deconvnet)
    return InputAttributions(maps(case, found))


METHOD = InputMethod(
    name="deconvnet",
    description="Gradient that passes every ReLU where it is positive, summed over channels.",
    source="Zeiler and Fergus 2014",
    attribute=_attribute,
    needs=frozenset(("relu",)),
)
