"""How compiled modules are made to run uncompiled for a while, so that hooks on them fire."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn

from tb_neuron_callbacks.unwrapping import compiled_modules


@contextmanager
def run_eagerly(model: nn.Module) -> Iterator[None]:
    """Run compiled modules of a model uncompiled while the context is open.

    Hooks added to a module that is already compiled do not fire, and say nothing about it.
    """
    compiled = compiled_modules(model)
    with ExitStack() as undo:
        stance: Any = getattr(torch.compiler, "set_stance", None)
        if compiled and stance is not None:
            undo.enter_context(stance("force_eager"))
        elif compiled:
            for module in compiled:
                undo.callback(_uncompile(module))
        yield


def _uncompile(module: nn.Module) -> Any:
    # Without set_stance (torch < 2.6): put the plain call in the compiled one's place.
    inner = module._modules.get("_orig_mod")
    name = "_compiled_call_impl" if inner is None else "forward"
    before = module.__dict__[name]
    module.__dict__[name] = None if inner is None else inner.__call__
    return lambda: module.__dict__.__setitem__(name, before)
