"""What a record holds beyond activations: attributions and flow; each part may fail by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tb_neuron_callbacks.attribution_pass import AttributionPass, find_attribution
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.flow_pass import METHOD, FlowPass
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.measurement import Measurement
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.probe_pass import Subject, count_classes
from tb_neuron_callbacks.recording import Recording

Warn = Callable[[str, str], None]


@dataclass
class Explanation:
    """Measures what needs gradients, after the probe pass.

    Attributes:
        attribution: of units; None where there is none.
        flow: between layers; None where there is none.
        absence: why attributions that are recorded by default are not; told once.
        warn: called with a topic and a sentence on what a record lacks.
    """

    attribution: AttributionPass | None
    flow: FlowPass | None
    absence: str
    warn: Warn
    _told: bool = field(default=False)

    @classmethod
    def of(cls, subject: Subject, layout: Layout, recording: Recording, warn: Warn) -> Explanation:
        """Return what a recording asks for, tried out on a few examples.

        Raises:
            AttributionError: what was asked for can't be.
        """
        attribution, absence = find_attribution(
            subject, layout, recording, count_classes(subject.probe)
        )
        flow = None
        if recording.flow:
            if attribution is None or METHOD not in recording.attributions:
                raise AttributionError(
                    f"Recording(flow={recording.flow}) needs attributions by {METHOD!r}"
                    f"{': ' + absence if absence else ''}; name it in attributions=, or pass flow=0"
                )
            flow = FlowPass(attribution, recording.flow)
        return cls(attribution, flow, absence, warn)

    def add(self, measured: Measurement, wants: set[str], step: int) -> Measurement:
        """Return a measurement with the parts that are due.

        Args:
            measured: by the probe pass.
            wants: the kinds that are due.
            step: for the warning.
        """
        if self.attribution is None:
            notes = (self.absence,) if self.absence and not self._told else ()
            self._told = True
            return replace(measured, notes=(*measured.notes, *notes))
        attribution, flow = self.attribution, self.flow
        if "attributions" in wants:
            classes = "classes" in wants
            found = self._try("attributions", step, lambda: attribution.measure(classes))
            measured = replace(measured, attributions=found or ())
        if flow is not None and "flow" in wants and measured.attributions:
            known = measured.attributions
            measured = replace(measured, flow=self._try("flow", step, lambda: flow.measure(known)))
        return measured

    def _try(self, part: str, step: int, measure: Callable[[], Any]) -> Any:
        try:
            return measure()
        except Exception as error:
            self.warn(
                part,
                f"{part} at step {step} and where else it fails is left out: {reason(error)}. "
                "What else is recorded goes on",
            )
            return None
