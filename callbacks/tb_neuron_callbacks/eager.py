"""How a model is made to run its own modules one by one for a while, so that hooks on them fire."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn

from tb_neuron_callbacks.unwrapping import compiled_modules


@contextmanager
def run_eagerly(model: nn.Module) -> Iterator[None]:
    """Run compiled code uncompiled, and transformers without fused kernels, in the context.

    Hooks added to a module that is already compiled do not fire, and say nothing about it. The
    fused kernel of `nn.TransformerEncoder` hands nested tensors from layer to layer.
    """
    with ExitStack() as undo:
        undo.enter_context(_without_fast_path())
        stance: Any = getattr(torch.compiler, "set_stance", None)
        if stance is None:
            for module in compiled_modules(model):
                undo.callback(_uncompile(module))
        elif "torch._dynamo" in sys.modules:  # else nothing is compiled, and importing it is slow
            undo.enter_context(stance("force_eager"))
        yield


@contextmanager
def _without_fast_path() -> Iterator[None]:
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _uncompile(module: nn.Module) -> Any:
    # Without set_stance (torch < 2.6): put the plain call in the compiled one's place.
    inner = module._modules.get("_orig_mod")
    name = "_compiled_call_impl" if inner is None else "forward"
    before = module.__dict__[name]
    module.__dict__[name] = None if inner is None else inner.__call__
    return lambda: module.__dict__.__setitem__(name, before)
