"""The gradient times the activation: to first order, what the target loses without the unit."""

from tb_neuron_callbacks.attributions.method import UnitMethod, widened

METHOD = UnitMethod(
    name="gradient_x_activation",
    description="Gradient of the target times the unit's activation, summed over positions.",
    source="Shrikumar et al. 2016; for channels, Molchanov et al. 2017",
    at_point=lambda point: widened(point.gradients) * widened(point.activations),
)
