"""Which modules and functions are activations, and of which family: the table of nonlinearities.

A *family* says what silence and saturation mean: `relu` has exact zeros, `bounded` has two finite
ends, `smooth` has neither, `none` is no nonlinearity at all.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import torch
from torch import nn
from torch.nn import functional

Family = Literal["none", "relu", "bounded", "smooth"]


class Nonlinearity(NamedTuple):
    """What is known of an activation function.

    Attributes:
        family: what silence and saturation mean for its outputs.
        name: the function's name, empty for none.
        lower: lower end of a bounded one, else 0.
        upper: upper end of a bounded one, else 0.
    """

    family: Family
    name: str = ""
    lower: float = 0.0
    upper: float = 0.0


NONE = Nonlinearity("none")

#: By the function's name: the family and, where it is bounded, the ends.
_FUNCTIONS: dict[str, Nonlinearity] = {
    kind.name: kind
    for kind in (
        Nonlinearity("relu", "relu"),
        Nonlinearity("relu", "relu6"),
        Nonlinearity("relu", "threshold"),
        Nonlinearity("bounded", "sigmoid", 0.0, 1.0),
        Nonlinearity("bounded", "hardsigmoid", 0.0, 1.0),
        Nonlinearity("bounded", "expit", 0.0, 1.0),
        Nonlinearity("bounded", "tanh", -1.0, 1.0),
        Nonlinearity("bounded", "hardtanh", -1.0, 1.0),
        Nonlinearity("bounded", "softsign", -1.0, 1.0),
        Nonlinearity("smooth", "leaky_relu"),
        Nonlinearity("smooth", "prelu"),
        Nonlinearity("smooth", "rrelu"),
        Nonlinearity("smooth", "elu"),
        Nonlinearity("smooth", "celu"),
        Nonlinearity("smooth", "selu"),
        Nonlinearity("smooth", "gelu"),
        Nonlinearity("smooth", "silu"),
        Nonlinearity("smooth", "mish"),
        Nonlinearity("smooth", "hardswish"),
        Nonlinearity("smooth", "softplus"),
        Nonlinearity("smooth", "logsigmoid"),
        Nonlinearity("smooth", "glu"),
        Nonlinearity("smooth", "tanhshrink"),
        Nonlinearity("smooth", "hardshrink"),
        Nonlinearity("smooth", "softshrink"),
    )
}

_MODULES: dict[type[nn.Module], str] = {
    nn.ReLU: "relu",
    nn.ReLU6: "relu6",
    nn.Threshold: "threshold",
    nn.Hardshrink: "hardshrink",
    nn.Softshrink: "softshrink",
    nn.Sigmoid: "sigmoid",
    nn.Hardsigmoid: "hardsigmoid",
    nn.Tanh: "tanh",
    nn.Hardtanh: "hardtanh",
    nn.Softsign: "softsign",
    nn.LeakyReLU: "leaky_relu",
    nn.PReLU: "prelu",
    nn.RReLU: "rrelu",
    nn.ELU: "elu",
    nn.CELU: "celu",
    nn.SELU: "selu",
    nn.GELU: "gelu",
    nn.SiLU: "silu",
    nn.Mish: "mish",
    nn.Hardswish: "hardswish",
    nn.Softplus: "softplus",
    nn.LogSigmoid: "logsigmoid",
    nn.GLU: "glu",
    nn.Tanhshrink: "tanhshrink",
}

#: Names of activation classes outside torch.nn: a leaf without parameters so named is taken as one.
_NAMED = re.compile(r"(gelu|swish|silu|mish|relu|activation|sigmoid|tanh)", re.IGNORECASE)
_NAMED_FAMILIES: dict[str, Nonlinearity] = {
    "relu": _FUNCTIONS["relu"],
    "sigmoid": _FUNCTIONS["sigmoid"],
    "tanh": _FUNCTIONS["tanh"],
}


def of_module(module: nn.Module) -> Nonlinearity | None:
    """Return the nonlinearity that a module is, or None if it is not an activation.

    Classes outside `torch.nn` are known by their name, and only where they have neither parameters
    nor children (`NewGELUActivation`, `Swish`, ...).
    """
    for kind, name in _MODULES.items():
        if isinstance(module, kind):
            return _with_ends(module, _FUNCTIONS[name])
    bare = not module._modules and not module._parameters
    found = _NAMED.search(type(module).__name__) if bare else None
    if found is None or type(module).__module__.startswith("torch.nn.modules"):
        return None
    return _of_name(type(module).__name__)


def of_function(
    function: Callable[..., Any], arguments: tuple[Any, ...], keywords: Mapping[str, Any]
) -> Nonlinearity | None:
    """Return the nonlinearity that a call of a torch function is, or None.

    Args:
        function: as a `TorchFunctionMode` gets it: `F.relu`, `torch.relu`, `Tensor.relu_`, ...
        arguments: of the call, by position.
        keywords: of the call, by name.
    """
    known = _BY_FUNCTION.get(function)
    if known is None or known.name != "hardtanh":
        return known
    lower = arguments[1] if len(arguments) > 1 else keywords.get("min_val", -1.0)
    upper = arguments[2] if len(arguments) > 2 else keywords.get("max_val", 1.0)
    return known._replace(lower=float(lower), upper=float(upper))


def _with_ends(module: nn.Module, known: Nonlinearity) -> Nonlinearity:
    # ReLU6 is a Hardtanh by class but the ReLU family by its zeros, and is listed before it.
    if known.name == "hardtanh" and isinstance(module, nn.Hardtanh):
        return known._replace(lower=float(module.min_val), upper=float(module.max_val))
    return known


def _of_name(class_name: str) -> Nonlinearity:
    lowered = class_name.lower()
    smooth = any(part in lowered for part in ("leaky", "prelu", "gelu", "swish", "silu", "hard"))
    for part, known in _NAMED_FAMILIES.items():
        if part in lowered and not smooth:
            return known._replace(name=lowered)
    return Nonlinearity("smooth", lowered)


def _spellings() -> dict[Callable[..., Any], Nonlinearity]:
    found: dict[Callable[..., Any], Nonlinearity] = {}
    for name, known in _FUNCTIONS.items():
        for space in (functional, torch, torch.Tensor, torch.special):
            for spelling in (name, f"{name}_"):
                if hasattr(space, spelling):
                    found[getattr(space, spelling)] = known
    return found


_BY_FUNCTION = _spellings()
