"""What happens in one forward: every module call and functional activation, and what feeds it."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.call_names import CallNames, function_name, root_name
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.in_place import version
from tb_neuron_callbacks.lineage import INPUT, Ancestry, FunctionWatch, Lineage, tensors_in
from tb_neuron_callbacks.nonlinearities import Nonlinearity
from tb_neuron_callbacks.returned import output_tensor, unusable_reason
from tb_neuron_callbacks.units import known_axis
from tb_neuron_callbacks.unwrapping import named_modules, unwrap


@dataclass
class Event:
    """One call of a module, or of a functional activation.

    Attributes:
        callee: name of what was called: without the call's index.
        call: 0 for the first call in a forward.
        module: that was called; for a functional activation, the one inside which it was.
        is_function: whether it is a functional activation.
        nonlinearity: whose output it is.
        unit_axis: counted from the front, None if unknown.
        shape: of the output, batch axis included.
        reason: why it cannot be watched; empty if it can.
        sources: numbers of the events that feed it, `INPUT` among them.
        is_overwritten: whether a later operation changed its output in place.
        name: with the call's index, unless that is 0.
    """

    callee: str
    call: int
    module: nn.Module
    is_function: bool
    nonlinearity: Nonlinearity
    unit_axis: int | None
    shape: tuple[int, ...]
    reason: str
    sources: frozenset[int]
    is_overwritten: bool = False
    name: str = ""


@dataclass
class Trace:
    """All events of one forward, in the order in which their outputs appeared.

    Attributes:
        events: in execution order.
        calls: how often each callee was called.
        result: what the forward returned.
        result_sources: numbers of the events nearest to all tensors of the result.
        output_sources: of the events nearest to the result's first tensor.
        result_axis: unit axis of the result's first tensor, None if unknown.
        inputs: shape of the model's first input tensor, batch axis included.
        root_calls: how often the model itself was called.
    """

    events: list[Event] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    result: Any = None
    result_sources: frozenset[int] = frozenset()
    output_sources: frozenset[int] = frozenset()
    result_axis: int | None = None
    inputs: tuple[int, ...] = ()
    root_calls: int = 0


def trace_forward(model: nn.Module, run: Callable[[], object]) -> Trace:
    """Run one forward and note every module call and functional activation in it.

    Args:
        model: wrapped or not.
        run: performs one forward on a small batch.
    """
    modules = [(name or root_name(module), module) for name, module in named_modules(model)]
    tracer = _Tracer(unwrap(model), CallNames(name for name, _ in modules))
    with ExitStack() as undo:
        undo.enter_context(run_eagerly(model))
        for name, module in modules:
            undo.callback(tracer.attach(name, module))
        undo.enter_context(tracer.functions)
        result = run()
    tracer.finish(result)
    return tracer.trace


class _Tracer:
    def __init__(self, root: nn.Module, names: CallNames) -> None:
        self.trace = Trace()
        self.lineage = Lineage()
        self.functions = FunctionWatch(self.lineage, self._on_activation)
        self._root = root
        self._names = names
        self._outputs: list[tuple[Tensor, int] | None] = []
        self._stack: list[tuple[nn.Module, frozenset[int]]] = []

    def attach(self, name: str, module: nn.Module) -> Callable[[], None]:
        kind = nonlinearities.of_module(module)

        def before(module: nn.Module, args: Any, kwargs: Any) -> None:
            self._enter(module, [*tensors_in((args, kwargs))], kind is not None)

        def after(module: nn.Module, _: Any, output: Any) -> None:
            self._leave(name, module, kind, output)

        first = nn.Module.register_forward_pre_hook(module, before, with_kwargs=True)
        second = nn.Module.register_forward_hook(module, after)
        return lambda: (first.remove(), second.remove())[0]

    def finish(self, result: Any) -> None:
        trace, tensor = self.trace, output_tensor(result)
        trace.result = result
        trace.result_sources = self.lineage.sources(tensors_in(result))
        if not trace.result_sources and trace.events:
            trace.result_sources = frozenset((len(trace.events) - 1,))
        ancestry = None if tensor is None else self.lineage[tensor]
        trace.output_sources = ancestry.sources if ancestry else trace.result_sources
        trace.result_axis = ancestry.unit_axis if ancestry else None
        for event, kept in zip(trace.events, self._outputs, strict=True):
            event.is_overwritten = kept is not None and version(kept[0]) != kept[1]

    def _enter(self, module: nn.Module, given: list[Tensor], is_activation: bool) -> None:
        if module is self._root:
            self.trace.root_calls += 1
        if not self._stack:
            self._meet_inputs(given)
        self._stack.append((module, self.lineage.sources(iter(given))))
        self.functions.inside_activation += is_activation

    def _meet_inputs(self, given: list[Tensor]) -> None:
        for tensor in given:
            known = self.lineage[tensor]
            # What was moved or cut before the model was called is an input all the same.
            if known is None or not known.sources:
                self.lineage[tensor] = Ancestry("input", frozenset((INPUT,)))
                self.trace.inputs = self.trace.inputs or tuple(tensor.shape)

    def _leave(self, name: str, module: nn.Module, kind: Nonlinearity | None, output: Any) -> None:
        _, given = self._stack.pop()
        self.functions.inside_activation -= kind is not None
        tensor = output_tensor(output)
        ancestry = None if tensor is None else self.lineage[tensor]
        sources = ancestry.sources if ancestry else given
        axis = None if ancestry is None else ancestry.unit_axis
        fixed = known_axis(module)
        if fixed is not None and tensor is not None and tensor.ndim > 1:
            axis = fixed % tensor.ndim
        known = kind or (ancestry.nonlinearity if ancestry else nonlinearities.NONE)
        event = Event(name, 0, module, False, known, axis, (), unusable_reason(output), sources)
        self._add(event, name, tensor, [*tensors_in(output)])

    def _on_activation(self, kind: Nonlinearity, origin: str, output: Tensor) -> None:
        ancestry = self.lineage[output]
        sources = ancestry.sources if ancestry else frozenset()
        axis = ancestry.unit_axis if ancestry else None
        module = self._stack[-1][0] if self._stack else self._root
        name = function_name(origin, kind)
        event = Event(name, 0, module, True, kind, axis, (), unusable_reason(output), sources)
        self._add(event, origin, output, [output])

    def _add(
        self, event: Event, origin: str, tensor: Tensor | None, returned: list[Tensor]
    ) -> None:
        number = len(self.trace.events)
        event.call = self.trace.calls[event.callee]
        event.name = self._names.name(event.callee, event.call)
        event.shape = () if tensor is None else tuple(tensor.shape)
        self.trace.calls[event.callee] += 1
        self.trace.events.append(event)
        self._outputs.append(None if tensor is None else (tensor, version(tensor)))
        for part in returned:
            axis = event.unit_axis if part is tensor else None
            known = event.nonlinearity if part is tensor else nonlinearities.NONE
            self.lineage[part] = Ancestry(origin, frozenset((number,)), axis, known)


def parameter_count(module: nn.Module) -> int:
    """Return the number of parameter elements of a module and what is inside it."""
    return sum(
        0 if isinstance(parameter, nn.UninitializedParameter) else parameter.numel()
        for parameter in module.parameters()
    )
