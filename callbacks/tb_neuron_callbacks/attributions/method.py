"""What an attribution method of units is: a rule that turns gradients into what units contribute.

A *point* is one watched output in a forward, with the gradient of the targets toward it. A *path*
is a straight line of inputs from a baseline to an example; a sweep along it gives a point for each
of its *nodes*.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Point(NamedTuple):
    """A watched output at one place.

    Attributes:
        activations: as the layer gives them, of any shape.
        gradients: of the examples' targets toward them, of the same shape.
    """

    activations: Float[Tensor, "..."]
    gradients: Float[Tensor, "..."]


def widened(values: Tensor) -> Tensor:
    """Return a tensor in float32 at least: products and sums of halves lose digits, or all."""
    return values.to(torch.promote_types(values.dtype, torch.float32))


#: What the activations of one point contribute, of their shape.
PointRule = Callable[[Point], Tensor]
#: What a step of the path contributes, given the points at its two ends.
StepRule = Callable[[Point, Point], Tensor]
Quadrature = Literal["trapezoid", "captum"]


@dataclass
class UnitAttributions:
    """What a method that runs the model by itself found for a batch.

    Attributes:
        units: by layer, of the shape of its output.
        absences: by watched layer without, the reason.
        notes: what else the method does not see, a sentence each.
    """

    units: dict[str, Tensor] = field(default_factory=dict)
    absences: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


#: What a method that runs the model by itself finds of a `Case`, given baselines and steps.
CaseRule = Callable[[Any, Any, int], UnitAttributions]


@dataclass(frozen=True)
class UnitMethod:
    """One attribution method for the units of all watched layers.

    Attributes:
        name: under which it is chosen and stored.
        description: one sentence that defines it.
        source: where it was published.
        is_complete: whether a layer's attributions promise to sum to the target at the example
            less the target at the baseline.
        at_point: the rule of a method that needs one forward and one backward.
        along_path: by quadrature, the rule of a method that needs a sweep along a path.
        of_case: the rule of a method that runs the model by itself, layer by layer.
    """

    name: str
    description: str
    source: str
    is_complete: bool = False
    at_point: PointRule | None = None
    along_path: dict[Quadrature, StepRule] | None = None
    of_case: CaseRule | None = None

    @property
    def needs_path(self) -> bool:
        """Whether the method integrates from a baseline."""
        return self.along_path is not None
