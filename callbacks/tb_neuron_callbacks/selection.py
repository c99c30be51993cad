"""Which outputs of a forward are watched: "auto", names, globs, or a function."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import torch
from torch import nn

from tb_neuron.errors import shown
from tb_neuron_callbacks import nonlinearities
from tb_neuron_callbacks.errors import LayerSelectionError, UnitAxisError
from tb_neuron_callbacks.tracing import Event, Trace
from tb_neuron_callbacks.units import override_axis
from tb_neuron_callbacks.unwrapping import named_modules

#: What `layers=` takes.
Selection = str | Sequence[str] | Callable[[str, nn.Module], bool]

#: Calls of one module in one forward that are watched; later ones are dropped, and said so.
MAX_CALLS = 16

_LISTED = 12
_ATTENTION = re.compile(r"attention|attn", re.IGNORECASE)
_NORMS = (
    nn.modules.batchnorm._NormBase,
    nn.GroupNorm,
    nn.LayerNorm,
    nn.LocalResponseNorm,
)
_CHANNEL_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm)
_LINEAR = (nn.Linear, nn.Bilinear)
#: Modules through which the logits are still the logits.
_AFTER_LOGITS = (
    nn.Softmax,
    nn.LogSoftmax,
    nn.Softmin,
    nn.Softmax2d,
    nn.Flatten,
    nn.Identity,
    nn.Dropout,
)
_WEIGHTED = ("linear", "convolution")
_WHOLE = ("attention", "recurrent")


@dataclass
class Chosen:
    """What a selection came to.

    Attributes:
        numbers: of the watched events, ascending.
        explicit: those that were asked for by name, pattern or function.
        absences: pairs (name, reason) of what was asked for and cannot be watched.
    """

    numbers: list[int] = field(default_factory=list)
    explicit: set[int] = field(default_factory=set)
    absences: list[tuple[str, str]] = field(default_factory=list)

    def is_explicit(self, number: int) -> bool:
        """Whether an event was asked for other than by "auto"."""
        return number in self.explicit


def kind_of(event: Event) -> str:
    """Return the layer kind of an event (`Layer.kind`)."""
    module = event.module
    if event.is_function or nonlinearities.of_module(module) is not None:
        return "activation"
    name = type(module).__name__
    kinds: dict[str, bool] = {
        "convolution": isinstance(module, nn.modules.conv._ConvNd),
        "linear": isinstance(module, _LINEAR) or name == "Conv1D",
        "norm": isinstance(module, _NORMS) or name.endswith(("RMSNorm", "LayerNorm")),
        "recurrent": isinstance(module, (nn.RNNBase, nn.RNNCellBase)),
        "embedding": isinstance(module, (nn.Embedding, nn.EmbeddingBag)),
        "attention": isinstance(module, nn.MultiheadAttention) or bool(_ATTENTION.search(name)),
    }
    return next((kind for kind, holds in kinds.items() if holds), "module")


def select(root: nn.Module, trace: Trace, layers: Selection) -> Chosen:
    """Return the events that a selection names.

    Raises:
        LayerSelectionError: a name or pattern names nothing, or nothing is left to watch.
    """
    wanted: set[int] = set()
    chosen = Chosen()
    _check_form(layers)
    if callable(layers):
        chosen.explicit = _by_function(root, trace, layers)
    else:
        for pattern in [layers] if isinstance(layers, str) else layers:
            if pattern == "auto":
                wanted |= auto(trace)
            else:
                chosen.explicit |= _by_pattern(root, trace, pattern, chosen.absences)
    _drop_late_calls(trace, wanted | chosen.explicit, chosen)
    if not chosen.numbers:
        _refuse_empty(root, trace, layers, chosen)
    return chosen


def _check_form(layers: Any) -> None:
    is_list = isinstance(layers, (Sequence, Set)) and all(isinstance(each, str) for each in layers)
    is_function = callable(layers) and not isinstance(layers, nn.Module)
    if not (is_list or is_function):
        raise LayerSelectionError(
            'layers= is "auto", a name or pattern, a list of them, or a function (name, module) -> '
            f"bool, not {shown(layers)}; pass such as layers=['encoder.*', 'head']"
        )


def auto(trace: Trace) -> set[int]:
    """Return the events that "auto" watches.

    Outputs of activation functions, attention blocks, recurrent layers, embeddings and the logits;
    and of a linear or convolutional layer (with its norm) that leads to no activation.
    """
    watched = {n for n, event in enumerate(trace.events) if _is_auto_kind(event)}
    watched |= _attention_blocks(trace)
    return watched | _without_activation(trace, watched) | find_logits(trace)


def find_logits(trace: Trace) -> set[int]:
    """Return the events that give the model's result, seen through softmax and the like.

    Sums of several layers have several. A rectified, recurrent or attention output is none.
    """
    found: set[int] = set()
    waiting = [number for number in trace.output_sources if number >= 0]
    while waiting:
        event = trace.events[number := waiting.pop()]
        if _is_seen_through(event):
            waiting.extend(before for before in event.sources if before >= 0)
        elif not event.reason and _may_be_logits(event):
            found.add(number)
    return found


def check_unit_axis(trace: Trace, unit_axis: Mapping[str, int]) -> None:
    """Refuse a unit axis for a layer that does not exist.

    Raises:
        UnitAxisError: no output of the forward has the name.
    """
    names = [event.name for event in trace.events]
    for pattern, axis in unit_axis.items():
        found = (override_axis(event.name, event.callee, {pattern: axis}) for event in trace.events)
        if all(known is None for known in found):
            raise UnitAxisError(
                f'unit_axis={{"{pattern}": ...}} names no layer; there are {listing(names)}'
            )


def listing(names: Collection[str]) -> str:
    """Return some of the names as text for a message."""
    shown = ", ".join(f'"{name}"' for name in list(names)[:_LISTED])
    more = len(names) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def _is_auto_kind(event: Event) -> bool:
    if event.reason:
        return False
    return kind_of(event) in ("activation", "recurrent", "embedding")


def _attention_blocks(trace: Trace) -> set[int]:
    """The outermost attention modules that hold one attention and no activation."""
    found: dict[int, nn.Module] = {}
    for number, event in enumerate(trace.events):
        if kind_of(event) == "attention" and not event.reason and _is_one_attention(event.module):
            found[number] = event.module
    inner = {id(m) for module in found.values() for m in module.modules() if m is not module}
    return {number for number, module in found.items() if id(module) not in inner}


def _is_one_attention(module: nn.Module) -> bool:
    inside = [child for child in module.modules() if child is not module]
    named = [child for child in inside if _ATTENTION.search(type(child).__name__)]
    nested = any(a is not b and a in set(b.modules()) for a in named for b in named)
    busy = any(nonlinearities.of_module(child) is not None for child in inside)
    learns = any(True for _ in module.parameters())
    return learns and not busy and (len(named) <= 1 or nested)


def _without_activation(trace: Trace, watched: set[int]) -> set[int]:
    """Linear and convolutional outputs that no activation follows, each with its norm if it has."""
    passed = _covered(trace, watched) | _inside_whole(trace, watched)
    left = {
        number
        for number, event in enumerate(trace.events)
        if kind_of(event) in _WEIGHTED and not event.reason and number not in passed
    }
    norms = {
        next(iter(event.sources)): number
        for number, event in enumerate(trace.events)
        if isinstance(event.module, _CHANNEL_NORMS) and len(event.sources) == 1
    }
    return {norms.get(number, number) for number in left}


def _covered(trace: Trace, watched: set[int]) -> set[int]:
    """Events that reach a watched activation before another linear or convolutional layer."""
    found: set[int] = set()
    activations = [trace.events[n] for n in watched if kind_of(trace.events[n]) == "activation"]
    waiting = [number for event in activations for number in event.sources]
    while waiting:
        number = waiting.pop()
        if number < 0 or number in found:
            continue
        found.add(number)
        stops = kind_of(trace.events[number]) in _WEIGHTED or number in watched
        waiting.extend(() if stops else trace.events[number].sources)
    return found


def _inside_whole(trace: Trace, watched: set[int]) -> set[int]:
    """Events inside attention blocks and recurrent layers, which are watched as a whole."""
    whole = [trace.events[n] for n in watched if kind_of(trace.events[n]) in _WHOLE]
    inside = {id(module) for event in whole for module in event.module.modules()}
    return {n for n, event in enumerate(trace.events) if id(event.module) in inside}


def _is_seen_through(event: Event) -> bool:
    if event.is_function or isinstance(event.module, torch.jit.ScriptModule):
        return False
    composite = any(True for _ in event.module.children()) and kind_of(event) == "module"
    return bool(event.sources) and (composite or isinstance(event.module, _AFTER_LOGITS))


def _may_be_logits(event: Event) -> bool:
    kind = kind_of(event)
    if kind == "activation":
        return event.nonlinearity.family == "bounded"
    return kind not in ("recurrent", "attention", "embedding")


def _by_function(
    root: nn.Module, trace: Trace, holds: Callable[[str, nn.Module], bool]
) -> set[int]:
    found = set()
    for number, event in enumerate(trace.events):
        if event.module is root and not event.is_function and any(True for _ in root.children()):
            continue
        if not event.reason and holds(event.name, event.module):
            found.add(number)
    return found


def _by_pattern(
    root: nn.Module, trace: Trace, pattern: str, absences: list[tuple[str, str]]
) -> set[int]:
    named = [n for n, event in enumerate(trace.events) if _matches(event, pattern, root)]
    seen = {trace.events[n].callee for n in named}
    for name, _ in named_modules(root):
        if name and name not in trace.calls and fnmatchcase(name, pattern):
            absences.append((name, "did not run in the forward"))
            seen.add(name)
    if not seen:
        raise LayerSelectionError(
            f'layers="{pattern}" names no layer of {type(root).__name__}; it has '
            f'{listing(_names(trace))}; pass one of them or a pattern such as "*"'
        )
    for number in named:
        event = trace.events[number]
        if event.reason:
            absences.append((event.name, event.reason))
    return {number for number in named if not trace.events[number].reason}


def _matches(event: Event, pattern: str, root: nn.Module) -> bool:
    # Without the sign of a call, a pattern means all calls: "*1" is not "layer2#1".
    names = (event.callee, event.name) if "#" in pattern else (event.callee,)
    if pattern in names:
        return True
    if event.module is root and not event.is_function and any(True for _ in root.children()):
        return False  # a pattern means the model's parts
    fits = any(fnmatchcase(name, pattern) for name in names)
    return fits and event.is_function == ("/" in pattern)


def _names(trace: Trace) -> list[str]:
    return list(dict.fromkeys(event.name for event in trace.events))


def _drop_late_calls(trace: Trace, wanted: set[int], chosen: Chosen) -> None:
    dropped: dict[str, int] = {}
    for number in sorted(wanted):
        event = trace.events[number]
        if event.call < MAX_CALLS:
            chosen.numbers.append(number)
        else:
            dropped[event.callee] = trace.calls[event.callee]
    for name, calls in dropped.items():
        reason = f"is called {calls} times in one forward; the first {MAX_CALLS} calls are watched"
        chosen.absences.append((name, reason))


def _refuse_empty(root: nn.Module, trace: Trace, layers: Selection, chosen: Chosen) -> None:
    shown = "the function passed as layers=" if callable(layers) else f"layers={layers!r}"
    reasons = "; ".join(f"{name} {reason}" for name, reason in chosen.absences)
    raise LayerSelectionError(
        f"{shown} leaves no layer of {type(root).__name__} to watch"
        f"{f' ({reasons})' if reasons else ''}; it has {listing(_names(trace))}"
    )
