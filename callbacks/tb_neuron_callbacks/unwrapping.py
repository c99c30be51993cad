"""Which modules only wrap another one, and what the modules inside are called without them."""

from collections.abc import Iterator

import torch
from torch import nn

#: Attributes under which a wrapper keeps the module it wraps, whatever its class.
_WRAPPED = (
    "_orig_mod",
    "_fsdp_wrapped_module",
    "_checkpoint_wrapped_module",
    "_forward_module",
)
#: Classes that keep the wrapped module as `module`, a name that a user's model may have too.
_MODULE_WRAPPERS = frozenset(
    (
        "DataParallel",
        "DistributedDataParallel",
        "FullyShardedDataParallel",
        "AveragedModel",
        "DeepSpeedEngine",
    )
)


def wrapped_name(module: nn.Module) -> str | None:
    """Return the attribute under which a wrapper keeps its module; None for any other module."""
    if isinstance(module, torch.jit.ScriptModule):
        return None
    for name in _WRAPPED:
        if isinstance(module._modules.get(name), nn.Module):
            return name
    named = any(base.__name__ in _MODULE_WRAPPERS for base in type(module).__mro__)
    return "module" if named and isinstance(module._modules.get("module"), nn.Module) else None


def unwrap(module: nn.Module) -> nn.Module:
    """Return the module inside all compile, parallel, sharding and checkpoint wrappers."""
    name = wrapped_name(module)
    while name is not None:
        inner = module._modules[name]
        assert inner is not None
        module, name = inner, wrapped_name(inner)
    return module


def named_modules(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield each module once with its clean name, in the order of `nn.Module.named_modules`.

    A clean name is the path in `named_modules()` without the segments that wrappers add. Wrappers
    themselves are passed over, and so is what is inside a compiled script, which is one whole. The
    model itself comes first, named "".
    """
    yield from _walk(unwrap(model), "", set())


def compiled_modules(model: nn.Module) -> list[nn.Module]:
    """Return the modules that run compiled code: `torch.compile(module)` and `module.compile()`."""
    return [
        module
        for module in model.modules()
        if "_orig_mod" in module._modules
        or getattr(module, "_compiled_call_impl", None) is not None
    ]


def _walk(module: nn.Module, prefix: str, seen: set[int]) -> Iterator[tuple[str, nn.Module]]:
    if id(module) in seen:
        return
    seen.add(id(module))
    yield prefix, module
    if isinstance(module, torch.jit.ScriptModule):
        return
    for name, child in module._modules.items():
        if child is not None:
            yield from _walk(unwrap(child), f"{prefix}.{name}" if prefix else name, seen)
