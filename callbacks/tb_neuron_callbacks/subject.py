"""What is measured: a model, how it is called and on which examples, and which layers it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from torch import Tensor, nn

from tb_neuron_callbacks.batches import (
    count_examples,
    describe,
    leaves,
    take_examples,
    to_device,
)
from tb_neuron_callbacks.calling import Forward, call_model, device_of, floating_dtype
from tb_neuron_callbacks.changed_tensors import ChangedTensors
from tb_neuron_callbacks.errors import ProbeForwardError
from tb_neuron_callbacks.layers import Layout, discover
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.unwrapping import unwrap

#: Examples in the forward that finds the layers; a number that few axes have.
_FEW = 3

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Subject:
    """What is measured: a model, how it is called, and the probe set.

    Attributes:
        model: as the user has it, wrapped or not.
        probe: the probe set.
        forward: calls the model with a batch.
        changed: the tensors that a forward changes, known once layers were found.
    """

    model: nn.Module
    probe: ProbeSet
    forward: Forward = call_model
    changed: ChangedTensors = field(default_factory=ChangedTensors)

    def run(self, batch: Any) -> Any:
        """Return what the unwrapped model makes of a batch of the probe set."""
        inner = unwrap(self.model)
        return self.forward(inner, to_device(batch, device_of(inner), floating_dtype(inner)))

    def find_layers(self, layers: Any, recording: Recording) -> Layout:
        """Find the layers to watch, and see that the model can run the probe set.

        Each form of batch is run once, with few examples; with all of its own if that fails, since
        a model may have a fixed batch size.

        Raises:
            ProbeForwardError: the model raises.
            CaptureError: `layers` names nothing, or a unit axis can't be told.
        """
        _check_initialised(unwrap(self.model))
        forms = self._forms()
        with preserved(unwrap(self.model), self.changed):
            layout = _with_few(
                forms[0],
                lambda batch: discover(
                    self.model,
                    lambda: self._try(batch),
                    layers=layers,
                    unit_axis=recording.unit_axis,
                ),
            )
            for form in forms[1:]:
                _with_few(form, self._try)
        self.changed.is_known = True
        return layout

    def _try(self, batch: Any) -> Any:
        try:
            return self.run(batch)
        except Exception as error:
            raise ProbeForwardError(
                f"the model must run the probe set, and {type(unwrap(self.model)).__name__} raised "
                f"{type(error).__name__}: {error}\nThe batch was {describe(batch)}. Pass "
                "forward=lambda model, batch: ... if the model is called another way"
            ) from error

    def _forms(self) -> list[Any]:
        """Return one batch of each set of shapes, whatever the number of examples."""
        found: dict[tuple[Any, ...], Any] = {}
        for batch in self.probe.batches:
            form = tuple(
                (path, tuple(leaf.shape[1:]))
                for path, leaf in leaves(batch)
                if isinstance(leaf, Tensor)
            )
            found.setdefault(form, batch)
        return list(found.values())


def _with_few(batch: Any, use: Callable[[Any], _Result]) -> _Result:
    """Use few of a batch's examples, or all where the model does not run with few."""
    try:
        return use(take_examples(batch, 0, _FEW))
    except ProbeForwardError:
        if count_examples(batch) <= _FEW:
            raise
        return use(batch)


def _check_initialised(model: nn.Module) -> None:
    lazy = [
        name
        for name, parameter in model.named_parameters()
        if isinstance(parameter, nn.UninitializedParameter)
    ]
    if lazy:
        raise ProbeForwardError(
            f"a recorder must not draw weights, and {lazy[0]!r} has none yet; run the model once "
            "on a batch before"
        )
