"""Guided Grad-CAM: guided backpropagation's detail where Grad-CAM points."""

from tb_neuron_callbacks.attributions import surrogates
from tb_neuron_callbacks.attributions.grad_cam import class_maps, over_input
from tb_neuron_callbacks.attributions.input_gradients import gradients, magnitudes
from tb_neuron_callbacks.attributions.input_method import (
    Case,
    InputAttributions,
    InputMap,
    InputMethod,
)


def _attribute(case: Case) -> InputAttributions:
    layer_name, values = class_maps(case)
    starts, found = gradients(case, under=surrogates.guided_backprop)
    (guided, *_) = magnitudes(case, found)
    where = over_input(values, case, starts[0])
    shown = InputMap(guided.form, guided.values * where.values)
    return InputAttributions((shown,), layer_name=layer_name)


METHOD = InputMethod(
    name="guided_grad_cam",
    description="Guided backpropagation times Grad-CAM at the input's size.",
    source="Selvaraju et al. 2017",
    attribute=_attribute,
    needs=frozenset(("relu", "positions")),
    is_signed=False,
    reads_at_layer=True,
)
