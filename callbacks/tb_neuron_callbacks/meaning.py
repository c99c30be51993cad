"""What a record holds of what units respond to, after the probe pass; it fails by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.example_images import ExampleImages
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.measurement import Measurement
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.pins import find_pins
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.response_pass import Due, ResponseChoices, ResponsePass
from tb_neuron_callbacks.subject import Subject

#: Examples that are kept of a pinned unit where none are asked for of all units.
_TOP_OF_PINS = 9


@dataclass
class Meaning:
    """Measures responses, the examples behind them and tracked activations, where they are due.

    Attributes:
        responses: the pass.
        wants: what is recorded of all units.
        warn: called with a topic and a sentence on what a record lacks.
    """

    responses: ResponsePass
    wants: Due
    warn: Callable[[str, str], None]

    @classmethod
    def of(
        cls,
        subject: Subject,
        layout: Layout,
        recording: Recording,
        attribution: AttributionPass | None,
        warn: Callable[[str, str], None],
    ) -> Meaning:
        """Return what a recording asks for.

        Args:
            subject: model and probe set.
            layout: the watched layers.
            recording: what was asked for.
            attribution: measures attributions, if any are recorded.
            warn: called with a topic and a sentence on what a record lacks.

        Raises:
            AttributionError: responses are asked for of a method that is not recorded.
        """
        methods = _methods(recording, attribution)
        choices = ResponseChoices(
            recording.reduction,
            "activation" in recording.responses,
            methods,
            recording.examples or _TOP_OF_PINS,
            recording.spread,
            recording.max_response_bytes,
            recording.max_tracked_bytes,
            find_pins(recording.detail, layout),
        )
        images = ExampleImages(subject.probe, recording.thumbnail, recording.max_image_bytes)
        wants = Due(len(recording.responses) > 0, recording.examples > 0, recording.tracked)
        measured_by = attribution if methods else None
        return cls(ResponsePass(subject, layout, choices, images, measured_by), wants, warn)

    def add(self, measured: Measurement, kinds: set[str], step: int) -> Measurement:
        """Return a measurement with what is due.

        Args:
            measured: by the probe pass.
            kinds: that are due.
            step: for the warning.
        """
        due = Due(*(kind in kinds for kind in ("responses", "examples", "tracked")))
        of_all = Due(
            due.responses and self.wants.responses,
            due.examples and self.wants.examples,
            due.tracked and self.wants.tracked,
        )
        of_pins = due if self.responses.choices.pins else Due()
        if of_all == of_pins == Due():
            return measured
        try:
            return replace(measured, responses=self.responses.measure(of_all, of_pins))
        except Exception as error:
            self.warn(
                "responses",
                f"responses at step {step} and where else they fail are left out: {reason(error)}. "
                "What else is recorded goes on",
            )
            return measured


def _methods(recording: Recording, attribution: AttributionPass | None) -> tuple[str, ...]:
    """Return the methods whose attributions are responses, too."""
    known = () if attribution is None else tuple(method.name for method in attribution.methods)
    for name in recording.responses:
        if name != "activation" and name not in known:
            raise AttributionError(
                f'Recording(responses=...) takes "activation" and names of what attributions= '
                f"records here ({', '.join(known) or 'none'}), not {name!r}; correct it, or name "
                "it in attributions="
            )
    return tuple(name for name in recording.responses if name != "activation")
