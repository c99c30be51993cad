"""The gradient of the target toward each activation: how it would answer to a small change."""

from tb_neuron_callbacks.attributions.method import UnitMethod

METHOD = UnitMethod(
    name="gradient",
    description="Gradient of the target toward the unit's activation, summed over positions.",
    source="Simonyan et al. 2013",
    at_point=lambda point: point.gradients,
)
