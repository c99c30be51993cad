"""Integrated gradients: the gradient averaged on the way from a baseline, times the way."""

from torch import Tensor

from tb_neuron_callbacks.attributions.input_gradients import gradients, maps
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.path import PathSweep


def _attribute(case: Case) -> InputAttributions:
    gradients(case)  # refuses a target that is cut off from the input: the sweep would say 0
    steps = case.choices.steps
    sweep = PathSweep(case.model, case.layout, case.run, rule=None, steps=steps)
    found = sweep.attribute(case.batch, case.target, case.labels, (case.choices.baseline,))
    shown = "a tensor" if isinstance(case.choices.baseline, Tensor) else case.choices.baseline
    return InputAttributions(
        maps(case, found.starts), f"{steps} steps by the trapezoid rule from baseline {shown}"
    )


METHOD = InputMethod(
    name="integrated_gradients",
    description="Path integral of the target's gradient from a baseline, summed over channels.",
    source="Sundararajan et al. 2017",
    attribute=_attribute,
    needs=frozenset(("baseline",)),
    complete_from="baseline",
)
