"""What the outputs of a forward are called: by the module or function, and by the call's index.

A name is made here and never taken apart: what was called and the index of the call are kept
beside it. So a module's own name may hold `#` and `/`.
"""

from collections.abc import Iterable

from torch import nn

from tb_neuron_callbacks.nonlinearities import Nonlinearity


class CallNames:
    """Names of calls, each given to one call alone.

    The first call of `encoder.layer` is `encoder.layer`, the second `encoder.layer#1`. Where that
    is the name of another module, or of a call of one, it has more than one `#`.

    Args:
        known: names of all modules.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = set(known)
        self._given: dict[str, tuple[str, int]] = {}

    def name(self, callee: str, call: int) -> str:
        """Return the name of a call.

        Args:
            callee: name of what is called.
            call: 0 for the first call in a forward.
        """
        found, mark = callee, "#"
        while call and self._is_taken(found, (callee, call)):
            found = f"{callee}{mark}{call}"
            mark += "#"
        self._given.setdefault(found, (callee, call))
        return found

    def _is_taken(self, name: str, by: tuple[str, int]) -> bool:
        return name == by[0] or name in self._known or self._given.get(name, by) != by


def function_name(origin: str, kind: Nonlinearity) -> str:
    """Return a functional activation's name: after the layer whose output it takes.

    Args:
        origin: the layer's name without a call's index.
        kind: the activation function.
    """
    return f"{origin}/{kind.name}"


def root_name(model: nn.Module) -> str:
    """Return the name of a model that is a layer itself: its class's."""
    return type(model).__name__
