"""Conductance: the part of integrated gradients that flows through each unit.

Conductance of a unit is the path integral of the target's gradient toward its activation along
the change of that activation, while the input goes from a baseline to the example. Over a cut of
the network it sums to the target's change.
"""

from torch import Tensor

from tb_neuron_callbacks.attributions.method import Point, UnitMethod


def _trapezoid(before: Point, after: Point) -> Tensor:
    moved = after.activations - before.activations
    return (before.gradients + after.gradients).mul_(0.5) * moved


def _left(before: Point, after: Point) -> Tensor:
    return before.gradients * (after.activations - before.activations)


METHOD = UnitMethod(
    name="conductance",
    description="Integrated gradients' part that flows through the unit, summed over positions.",
    source="Dhamdhere et al. 2018",
    is_complete=True,
    along_path={"trapezoid": _trapezoid, "captum": _left},
)
