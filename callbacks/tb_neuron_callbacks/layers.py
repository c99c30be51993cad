"""What the watched layers of a model are: their names, kinds, units and successors."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from torch import nn

from tb_neuron.schema import neuron_pb2
from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.errors import UnitAxisError
from tb_neuron_callbacks.lineage import INPUT
from tb_neuron_callbacks.nonlinearities import Nonlinearity
from tb_neuron_callbacks.returned import output_tensor
from tb_neuron_callbacks.selection import (
    Selection,
    check_unit_axis,
    find_logits,
    kind_of,
    select,
)
from tb_neuron_callbacks.tracing import Event, Trace, parameter_count, trace_forward
from tb_neuron_callbacks.units import override_axis, resolve_axis
from tb_neuron_callbacks.unwrapping import unwrap

#: Kinds that are at most silent, never dead.
NEVER_DEAD = frozenset(("convolution", "norm", "input", "output"))


@dataclass(frozen=True)
class Layer:
    """What is known of a watched layer before any figure of it.

    Attributes:
        name: with its call's index if that is not 0, as `encoder.layer#1`.
        kind: "linear", "convolution", "activation", "norm", "attention", "recurrent", "embedding",
            "module", or for the two pseudo-layers "input" and "output".
        module_type: qualified class name, or the function's name.
        units: length of the unit axis.
        unit_axis: of the output, batch axis included.
        shape: of the output for one example, without the batch axis.
        nonlinearity: the activation function whose output it is.
        can_be_dead: false for convolutions, norms and the logits: they are at most silent.
        parameters: elements of the module's own parameters and those inside it.
        call: 0 for the module's first call in a forward.
        successors: indices in `Layout.layers` of the layers reachable without passing another.
        example_axis: of the output; None if no axis has one entry an example.
        is_function: whether it is a functional activation.
        callee: the name without the call's index.
    """

    name: str
    kind: str
    module_type: str
    units: int
    unit_axis: int = 1
    shape: tuple[int, ...] = ()
    nonlinearity: Nonlinearity = nonlinearities.NONE
    can_be_dead: bool = True
    parameters: int = 0
    call: int = 0
    successors: tuple[int, ...] = ()
    example_axis: int | None = 0
    is_function: bool = False
    callee: str = ""


@dataclass(frozen=True)
class Layout:
    """The layers of a model in execution order, and what is not among them.

    Attributes:
        layers: the first is the pseudo-layer of the input, the last that of the output: both only
            described, not measured.
        absences: pairs (layer name, reason) of what was asked for and is not watched.
        model_type: qualified name of the model's class.
        parameters: elements of the model's parameters.
        overwritten: names of watched layers whose output a later operation changes in place.
        calls: how often each callee is called in one forward.
        root_calls: how often the model itself is called in one forward.
    """

    layers: tuple[Layer, ...]
    absences: tuple[tuple[str, str], ...] = ()
    model_type: str = ""
    parameters: int = 0
    overwritten: frozenset[str] = frozenset()
    calls: Mapping[str, int] = field(default_factory=dict)
    root_calls: int = 1

    @property
    def watched(self) -> tuple[Layer, ...]:
        """The layers that are measured: all but the two pseudo-layers."""
        return self.layers[1:-1]

    @property
    def layout_id(self) -> str:
        """SHA-256 over the names, kinds and units of all layers, as hexadecimal digits."""
        rows = (f"{layer.name}\0{layer.kind}\0{layer.units}\n" for layer in self.layers)
        return hashlib.sha256("".join(rows).encode()).hexdigest()

    def to_message(self, name: str) -> neuron_pb2.Model:
        """Return the layout as the schema's message.

        Args:
            name: of the model, as the user gave it.
        """
        message = neuron_pb2.Model(
            layout_id=self.layout_id,
            name=name,
            module_type=self.model_type,
            parameters=self.parameters,
        )
        message.layers.extend(map(_layer_message, self.layers))
        message.absences.extend(
            neuron_pb2.Absence(layer=layer, reason=reason) for layer, reason in self.absences
        )
        return message


def discover(
    model: nn.Module,
    run: Callable[[], object],
    layers: Selection = "auto",
    unit_axis: Mapping[str, int] | None = None,
) -> Layout:
    """Find the layers to watch by running the model once.

    Args:
        model: wrapped or not.
        run: performs one forward on a small batch; modes and random states are the caller's.
        layers: "auto", a name, a glob, a list of these, or a function (name, module) -> bool.
        unit_axis: by layer name, the axis that holds the units, batch axis included.

    Raises:
        LayerSelectionError: a name or pattern names nothing, or nothing is left to watch.
        UnitAxisError: the unit axis of a layer that was asked for by name cannot be told, or one
            that was given is none.
    """
    axes = unit_axis or {}
    root = unwrap(model)
    trace = trace_forward(model, run)
    check_unit_axis(trace, axes)
    chosen = select(root, trace, layers)
    logits = find_logits(trace)
    absences = list(chosen.absences)
    described: dict[int, Layer] = {}
    for number in chosen.numbers:
        event = trace.events[number]
        try:
            described[number] = _describe(event, trace, axes, number in logits)
        except UnitAxisError as error:
            is_told = override_axis(event.name, event.callee, axes) is not None
            if chosen.is_explicit(number) or is_told:
                raise
            absences.append((event.name, str(error)))
    return Layout(
        layers=_linked(trace, described),
        absences=tuple(absences),
        model_type=type(root).__qualname__,
        parameters=parameter_count(root),
        overwritten=frozenset(
            trace.events[n].name for n in described if trace.events[n].is_overwritten
        ),
        calls=dict(trace.calls),
        root_calls=trace.root_calls,
    )


def _describe(event: Event, trace: Trace, axes: Mapping[str, int], is_logits: bool) -> Layer:
    kind = kind_of(event)
    axis = override_axis(event.name, event.callee, axes)
    axis = event.unit_axis if axis is None else axis
    if axis is None and kind in ("attention", "recurrent"):
        axis = -1
    axis = resolve_axis(event.name, axis, len(event.shape))
    example_axis = _example_axis(event.shape, trace.inputs, axis)
    return Layer(
        name=event.name,
        kind=kind,
        module_type=event.nonlinearity.name if event.is_function else _type_name(event.module),
        units=event.shape[axis] if len(event.shape) > 1 else 1,
        unit_axis=axis,
        shape=_without(event.shape, example_axis or 0),
        nonlinearity=event.nonlinearity,
        can_be_dead=kind not in NEVER_DEAD and not is_logits,
        parameters=0 if event.is_function else parameter_count(event.module),
        call=event.call,
        example_axis=example_axis,
        is_function=event.is_function,
        callee=event.callee,
    )


def _example_axis(shape: tuple[int, ...], inputs: tuple[int, ...], unit_axis: int) -> int | None:
    examples = inputs[0] if inputs else None
    for axis in (0, 1):
        if axis < len(shape) and axis != unit_axis and shape[axis] == examples:
            return axis
    return None if inputs else 0


def _linked(trace: Trace, described: Mapping[int, Layer]) -> tuple[Layer, ...]:
    """Put the pseudo-layers around the watched ones and give each its successors."""
    numbers = [INPUT, *sorted(described), len(trace.events)]
    place = {number: index for index, number in enumerate(numbers)}
    names = {layer.name for layer in described.values()}
    first, last = _input_layer(trace, names), _output_layer(trace, names)
    layers = [first, *(described[number] for number in numbers[1:-1]), last]
    successors: list[set[int]] = [set() for _ in layers]
    for number in numbers[1:]:
        ends = number == len(trace.events)
        sources = trace.result_sources if ends else trace.events[number].sources
        for before in _nearest(trace, sources, described):
            if place[before] < place[number]:
                successors[place[before]].add(place[number])
    for index, found in enumerate(successors[:-1]):
        # What was lost on the way (a foreign kernel, NumPy) goes on in execution order.
        found.update(() if found else (index + 1,))
    return tuple(
        replace(layer, successors=tuple(sorted(found)))
        for layer, found in zip(layers, successors, strict=True)
    )


def _nearest(trace: Trace, sources: frozenset[int], watched: Mapping[int, Layer]) -> set[int]:
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(sources) or [INPUT]
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        if number == INPUT or number in watched:
            found.add(number)
        else:
            waiting.extend(trace.events[number].sources or (INPUT,))
    # A parameter or a constant has no source: only what has no other counts as fed by the input.
    return found


def _input_layer(trace: Trace, taken: set[str]) -> Layer:
    shape = trace.inputs
    first = next((event for event in trace.events if INPUT in event.sources), None)
    channels = len(shape) > 2 and first is not None and kind_of(first) == "convolution"
    axis = 1 if channels or len(shape) <= 2 else len(shape) - 1
    units = shape[axis] if len(shape) > 1 else 1
    name = "input" if "input" not in taken else "model input"
    return Layer(name, "input", "", units, axis, shape[1:], can_be_dead=False)


def _output_layer(trace: Trace, taken: set[str]) -> Layer:
    tensor = output_tensor(trace.result)
    shape = () if tensor is None else tuple(tensor.shape)
    axis = 1 if len(shape) <= 2 else trace.result_axis or len(shape) - 1
    units = shape[axis] if len(shape) > 1 else 1
    name = "output" if "output" not in taken else "model output"
    return Layer(name, "output", "", units, axis, shape[1:], can_be_dead=False)


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]


def _type_name(module: nn.Module) -> str:
    return type(module).__qualname__


def _layer_message(layer: Layer) -> neuron_pb2.Layer:
    return neuron_pb2.Layer(
        name=layer.name,
        kind=layer.kind,
        module_type=layer.module_type,
        units=layer.units,
        unit_axis=layer.unit_axis,
        shape=layer.shape,
        nonlinearity=neuron_pb2.Nonlinearity(
            family=layer.nonlinearity.family.upper(),
            name=layer.nonlinearity.name,
            lower=layer.nonlinearity.lower,
            upper=layer.nonlinearity.upper,
        ),
        can_be_dead=layer.can_be_dead,
        successors=layer.successors,
        parameters=layer.parameters,
        call=layer.call,
    )
