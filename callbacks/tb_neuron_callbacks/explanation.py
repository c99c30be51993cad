"""What a record holds beyond activations: attributions, flow, maps, ..., each by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tb_neuron_callbacks.attribution_pass import AttributionPass, find_attribution
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.evidence_pass import EvidencePass
from tb_neuron_callbacks.flow_pass import METHOD, FlowPass, find_flow_methods
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.map_pass import MapPass, find_input_methods, find_map_layers
from tb_neuron_callbacks.measurement import MeasuredTrust, Measurement
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.pins import Pins, find_pins
from tb_neuron_callbacks.probe_pass import count_classes
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.subject import Subject
from tb_neuron_callbacks.trust_pass import TrustPass

Warn = Callable[[str, str], None]


@dataclass
class Explanation:
    """Measures what needs gradients, after the probe pass.

    Attributes:
        attribution: of units; None where there is none.
        flow: between layers; None where there is none.
        maps: of tracked examples' inputs; None where there is none.
        evidence: for and against classes; None where there is none.
        trust: of attributions to units; None where they are not checked.
        absence: why attributions that are recorded by default are not; told once, as is how their
            sweeps were split to stay under the cap of memory.
        warn: called with a topic and a sentence on what a record lacks.
    """

    attribution: AttributionPass | None
    flow: FlowPass | None
    maps: MapPass | None
    evidence: EvidencePass | None
    trust: TrustPass | None
    absence: str
    warn: Warn
    _told: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, subject: Subject, layout: Layout, recording: Recording, warn: Warn) -> Explanation:
        """Return what a recording asks for, tried out on a few examples.

        Raises:
            AttributionError: what was asked for can't be.
        """
        attribution, absence = find_attribution(
            subject, layout, recording, count_classes(subject.probe, layout)
        )
        pins = find_pins(recording.detail, layout)
        flow, maps, evidence = None, None, None
        if recording.flow:
            if attribution is None or METHOD not in recording.attributions:
                raise AttributionError(
                    f"Recording(flow={recording.flow}) needs attributions by {METHOD!r}"
                    f"{': ' + absence if absence else ''}; name it in attributions=, or pass flow=0"
                )
            methods = find_flow_methods(recording.flow_methods)
            flow = FlowPass(attribution, recording.flow, pins, methods)
        if recording.maps:
            maps = _map_pass(attribution, absence, recording)
        if recording.evidence:
            evidence = _evidence_pass(attribution, absence, recording, pins)
        trust = None
        if recording.trust and attribution is not None and subject.probe.tracked:
            trust = TrustPass(attribution)
        return cls(attribution, flow, maps, evidence, trust, absence, warn)

    def add(self, measured: Measurement, wants: set[str], step: int) -> Measurement:
        """Return a measurement with the parts that are due.

        Args:
            measured: by the probe pass.
            wants: the kinds that are due.
            step: for the warning.
        """
        if self.attribution is None:
            return self._note(measured, (self.absence,) if self.absence else ())
        attribution, flow = self.attribution, self.flow
        if "attributions" in wants:
            classes = "classes" in wants
            found = self._try("attributions", step, lambda: attribution.measure(classes))
            measured = replace(measured, attributions=found or ())
            if self.trust is not None and found:
                self.trust.follow(found)
            measured = self._note(measured, attribution.cap.notes.values())
        if flow is not None and "flow" in wants and measured.attributions:
            measured = self._with_flow(measured, flow, step)
        maps, trust = self.maps, self.trust if "trust" in wants else None
        if maps is not None and "maps" in wants:
            checked = trust is not None
            found = self._try("maps", step, lambda: maps.measure(checked))
            measured = replace(measured, maps=found)
        if self.evidence is not None and "evidence" in wants:
            found = self._try("evidence", step, self.evidence.measure)
            measured = replace(measured, evidence=found)
        if trust is not None:
            measured = replace(measured, trust=self._try("trust", step, trust.measure))
            self._tell_unchecked(measured.trust, step)
        return measured

    def _with_flow(self, measured: Measurement, flow: FlowPass, step: int) -> Measurement:
        found = self._try("flow", step, lambda: flow.measure(measured.attributions))
        if found is None:
            return measured
        for method, why in found.losses.items():
            self._warn_of(f"flow by {method}", step, why)
        if not found.methods:
            return replace(measured, notes=(*measured.notes, *found.notes))
        return replace(measured, flow=found)

    def _tell_unchecked(self, trust: MeasuredTrust | None, step: int) -> None:
        for each in trust.methods if trust else ():
            if each.absence:
                self._warn_of(f"trust in {each.method}", step, each.absence)

    def _note(self, measured: Measurement, sentences: Iterable[str]) -> Measurement:
        fresh = [sentence for sentence in sentences if sentence not in self._told]
        self._told.update(fresh)
        return replace(measured, notes=(*measured.notes, *fresh))

    def _try(self, part: str, step: int, measure: Callable[[], Any]) -> Any:
        try:
            return measure()
        except Exception as error:
            self._warn_of(part, step, reason(error))
            return None

    def _warn_of(self, part: str, step: int, why: str) -> None:
        self.warn(
            part,
            f"{part} at step {step} and where else it fails is left out: {why}. "
            "What else is recorded goes on",
        )


def _evidence_pass(
    attribution: AttributionPass | None, absence: str, recording: Recording, pins: Pins
) -> EvidencePass:
    asked = f"Recording(evidence={recording.evidence})"
    if attribution is None:
        raise AttributionError(
            f"{asked} needs attributions of units, and there are none"
            f"{': ' + absence if absence else ''}; name one in attributions=, or pass evidence=0"
        )
    if not attribution.subject.probe.tracked:
        raise AttributionError(
            f"{asked} needs tracked examples, and the probe set has none; pass tracked=16 to it"
        )
    at_positions = recording.max_position_bytes if recording.tracked else None
    found = EvidencePass(
        attribution, recording.evidence, recording.max_evidence_bytes, pins, at_positions
    )
    found.try_out()
    return found


def _map_pass(attribution: AttributionPass | None, absence: str, recording: Recording) -> MapPass:
    if attribution is None:
        raise AttributionError(
            f"Recording(maps=...) needs a target that can be explained, and there is none"
            f"{': ' + absence if absence else ''}; pass target=, or maps=()"
        )
    if not attribution.subject.probe.tracked:
        raise AttributionError(
            "Recording(maps=...) needs tracked examples, and the probe set has none; pass "
            "tracked=16 to it"
        )
    methods = find_input_methods(recording.maps)
    layer_names = find_map_layers(recording.map_layers, attribution.layout)
    return MapPass(attribution, methods, layer_names, recording.thumbnail or 64)
