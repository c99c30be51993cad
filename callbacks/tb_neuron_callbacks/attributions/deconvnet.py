"""DeconvNet: the gradient rectified at every ReLU, whether the ReLU was open or not."""

from tb_neuron_callbacks.attributions import surrogates
from tb_neuron_callbacks.attributions.input_gradients import gradients, magnitudes
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod


def _attribute(case: Case) -> InputAttributions:
    _, found = gradients(case, under=surrogates.deconvnet)
    return InputAttributions(magnitudes(case, found))


METHOD = InputMethod(
    name="deconvnet",
    description="Largest |gradient| over the channels, with only what is positive at every ReLU.",
    source="Zeiler and Fergus 2014",
    attribute=_attribute,
    needs=frozenset(("relu",)),
    is_signed=False,
)
