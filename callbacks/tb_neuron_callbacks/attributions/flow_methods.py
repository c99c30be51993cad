"""The methods by which flow is measured: what the gradient is that is sent back, in one table.

Each is gradient times activation in a forward of its own: as it is, or as one of LRP's surrogates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from torch import nn

from tb_neuron_callbacks.attributions.propagation import epsilon_lrp


@dataclass(frozen=True)
class FlowMethod:
    """One method of flow.

    Attributes:
        name: under which it is chosen and stored.
        description: one sentence that defines a link; it is stored, too.
        around: given the model, the context in which the forward and the backwards run.
    """

    name: str
    description: str
    around: Callable[[nn.Module], AbstractContextManager[Any]] = lambda _: nullcontext()


#: By name.
FLOW_METHODS: Mapping[str, FlowMethod] = MappingProxyType(
    {
        method.name: method
        for method in (
            FlowMethod(
                "gradient_x_activation",
                "Mean over the group's examples of the gradient × activation that one unit passes "
                "to another.",
            ),
            FlowMethod(
                "lrp",
                "Mean over the group's examples of the relevance that one unit gets from another, "
                "by the epsilon rule, biases keeping their part; on networks of ReLUs and without "
                "layer norms or attention it is gradient × activation.",
                epsilon_lrp,
            ),
        )
    }
)
