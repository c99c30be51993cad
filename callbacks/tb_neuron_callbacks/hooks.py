"""How the outputs of watched layers are handed out in a forward, and all hooks removed after."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor, nn

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.call_names import function_name, root_name
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.in_place import GivenTensors, overwrite
from tb_neuron_callbacks.last_states import with_last_state
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.lineage import Ancestry, FunctionWatch, Lineage, tensors_in
from tb_neuron_callbacks.nonlinearities import Nonlinearity
from tb_neuron_callbacks.returned import output_tensor, replace_output
from tb_neuron_callbacks.unwrapping import named_modules, unwrap

#: Called with each watched layer's output, as produced. With what it returns the model goes on,
#: unless that is None.
Receive = Callable[[Layer, Tensor], Tensor | None]


@contextmanager
def watch(
    model: nn.Module,
    layout: Layout,
    receive: Receive,
    *,
    keep: bool = False,
    for_gradients: bool = False,
) -> Iterator["Watch"]:
    """Hand out the output of every watched layer in each forward while the context is open.

    Compiled modules run uncompiled meanwhile. All hooks are gone afterwards, also after an error.

    Args:
        model: the one that the layout was found on, wrapped or not.
        layout: from `discover`.
        receive: called once for each call of a watched layer, in execution order, with the output
            as produced. It must not change the output; it may return another of the same values to
            go on with. Of an output that was changed in place, all who hold it go on with that.
        keep: whether `receive` keeps outputs beyond its return: then the model goes on with a copy
            of each output that a later operation changes in place.
        for_gradients: whether gradients toward the outputs are wanted: then a recurrent layer's
            last state is taken from its output.

    Yields:
        what is to be told where a forward begins, unless the model itself is called once in each.
    """
    watcher = Watch(layout, receive, keep, for_gradients)
    with ExitStack() as undo:
        undo.enter_context(run_eagerly(model))
        watcher.attach(model, undo)
        try:
            yield watcher
        finally:
            watcher.let_go()


class Watch:
    """The hooks on a model's layers, and how often each was called in this forward.

    Args:
        layout: which outputs are handed out.
        receive: what they are handed to.
        keep: whether it keeps them.
        for_gradients: whether gradients toward them are wanted.

    Attributes:
        uncounted: names of what was called more often in a forward than the layout knows.
    """

    def __init__(
        self, layout: Layout, receive: Receive, keep: bool, for_gradients: bool = False
    ) -> None:
        self._layers = {(layer.callee, layer.call): layer for layer in layout.watched}
        self._callees = {layer.callee for layer in layout.watched}
        self._copied = layout.overwritten if keep else frozenset()
        self._layout = layout
        self._receive = receive
        self._is_for_gradients = for_gradients
        self._given = GivenTensors()
        self.uncounted: set[str] = set()
        self._knows_beginnings = layout.root_calls == 1
        self._is_told = False
        self._calls: Counter[str] = Counter()
        self._lineage = Lineage()
        self._functions = FunctionWatch(self._lineage, self._on_activation)

    def begin_forward(self) -> None:
        """Count calls from 0: a forward begins here."""
        self._is_told = self._knows_beginnings = True
        self.clear()

    def attach(self, model: nn.Module, undo: ExitStack) -> None:
        """Put the hooks on a model's modules; `undo` takes them off."""
        follows = any(layer.is_function for layer in self._layout.watched)
        if self._knows_beginnings:
            undo.callback(_before(unwrap(model), self._enter_root))
        for name, module in named_modules(model):
            shown = name or root_name(module)
            if follows or shown in self._callees:
                self._hook(shown, module, undo)
        if follows:
            undo.enter_context(self._functions)

    def clear(self) -> None:
        """Forget the calls and tensors of this forward."""
        self._calls.clear()
        self._lineage.clear()
        self._given.clear()
        self._functions.inside_activation = 0

    def let_go(self) -> None:
        """Hand nothing out from now on, and keep nothing alive: what is in a cycle lives on."""
        self.clear()
        self._receive = lambda *_: None

    def _hook(self, name: str, module: nn.Module, undo: ExitStack) -> None:
        if nonlinearities.of_module(module) is not None:
            undo.callback(_before(module, self._enter_activation))
        is_activation = nonlinearities.of_module(module) is not None

        def before(_: nn.Module, args: Any, kwargs: Any) -> None:
            self._given.enter(name, tensors_in((args, kwargs)))

        def after(module: nn.Module, _: Any, output: Any) -> Any:
            self._functions.inside_activation -= is_activation
            return self._on_output(name, module, output)

        if name in self._callees:
            entering = nn.Module.register_forward_pre_hook(module, before, with_kwargs=True)
            undo.callback(entering.remove)
        undo.callback(nn.Module.register_forward_hook(module, after).remove)

    def _enter_root(self, *_: Any) -> None:
        if not self._is_told:
            self.clear()

    def _enter_activation(self, *_: Any) -> None:
        self._functions.inside_activation += 1

    def _on_output(self, name: str, module: nn.Module, output: Any) -> Any:
        layer = self._next_layer(name)
        tensor = output_tensor(output)
        if tensor is None:
            return None
        is_changed = self._given.leave(name, tensor)
        self._lineage[tensor] = Ancestry(name, frozenset())
        if layer is None:
            return None
        replacement = self._receive(layer, tensor)
        if replacement is not None and is_changed:
            overwrite(tensor, replacement)
            return None
        if replacement is None and layer.name in self._copied:
            replacement = tensor.clone()
        if replacement is not None:
            self._lineage[replacement] = Ancestry(name, frozenset())
            output = replace_output(output, replacement)
        return with_last_state(module, output) if self._is_for_gradients else output

    def _on_activation(self, kind: Nonlinearity, origin: str, output: Tensor) -> Tensor | None:
        name = function_name(origin, kind)
        layer = self._next_layer(name)
        self._lineage[output] = Ancestry(origin, frozenset())
        if layer is None:
            return None
        # The model may go on with the changed input and not with what the function returns.
        given = output.clone() if layer.name in self._copied else output
        replacement = self._receive(layer, given)
        if replacement is not None:
            self._lineage[replacement] = Ancestry(origin, frozenset())
        return replacement

    def _next_layer(self, callee: str) -> Layer | None:
        call, known = self._calls[callee], max(self._layout.calls.get(callee, 1), 1)
        self._calls[callee] += 1
        if not self._knows_beginnings:
            call %= known
        elif call >= known and callee in self._callees:
            self.uncounted.add(callee)
        return self._layers.get((callee, call))


def _before(module: nn.Module, hook: Callable[..., None]) -> Callable[[], None]:
    # By the class of all modules: a compiled script's own method refuses.
    return nn.Module.register_forward_pre_hook(module, hook).remove
