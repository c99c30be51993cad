"""Attribution: what each unit and each input contributes to a target.

One file a method, all with the signature of `method.UnitMethod`; the tables here are how they are
found. A new method is a file and a line.
"""

from tb_neuron_callbacks.attributions import conductance, gradient, gradient_x_activation
from tb_neuron_callbacks.attributions.method import Point, Quadrature, UnitMethod

#: Methods that attribute to units, by name.
UNIT_METHODS: dict[str, UnitMethod] = {
    method.name: method
    for method in (gradient.METHOD, gradient_x_activation.METHOD, conductance.METHOD)
}

__all__ = ["UNIT_METHODS", "Point", "Quadrature", "UnitMethod"]
