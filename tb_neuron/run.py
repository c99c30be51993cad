"""One run of an experiment: the recordings in it, and what the first of them holds, by name."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt8

from tb_neuron.analysis.states import is_dead
from tb_neuron.errors import not_found
from tb_neuron.evidence import Evidence
from tb_neuron.facts import subset
from tb_neuron.flows import Flow
from tb_neuron.grid_series import ActivationGrid, activation_grid
from tb_neuron.outputs import Outputs
from tb_neuron.planes import PlaneChoice, Planes, planes
from tb_neuron.position_evidence import PositionEvidence, UnitsAtPosition
from tb_neuron.recording import Recording
from tb_neuron.schema.neuron_pb2 import Layer, Probe
from tb_neuron.source import Problem
from tb_neuron.statistic_names import attribution_name
from tb_neuron.top_examples import TopExamples
from tb_neuron.tracked_activations import TrackedActivations
from tb_neuron.verdicts import Verdict
from tb_neuron.wire import PointKind

_DEFAULT_NAMES = ("model", "probe")


class Recordings(dict[tuple[str, str], Recording]):
    """Recordings by model and probe set; an unknown pair raises `NotFoundError`."""

    def __missing__(self, key: tuple[str, str]) -> Recording:
        known = [f"{model} on {probe}" for model, probe in self]
        raise not_found("recording", " on ".join(map(str, key)), known)


class Runs(dict[str, "Run"]):
    """Runs by name; an unknown name raises `NotFoundError`."""

    def __missing__(self, name: str) -> "Run":
        raise not_found("run", name, self)


@dataclass(frozen=True)
class Run:
    """One run. What concerns one recording is answered by `recording()`, the first unless named.

    Attributes:
        name: the run's name.
        recordings: by model and probe set.
        unread: what could not be read at all.
    """

    name: str
    recordings: Recordings
    unread: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """What could not be read."""
        return [*self.unread, *(p for each in self.recordings.values() for p in each.problems)]

    @property
    def models(self) -> list[str]:
        """Names of the recorded models."""
        return sorted({model for model, _ in self.recordings})

    @property
    def probes(self) -> list[str]:
        """Names of the probe sets."""
        return sorted({probe for _, probe in self.recordings})

    def recording(self, model: str | None = None, probe: str | None = None) -> Recording:
        """Return the recording of a model on a probe set.

        Args:
            model: its name; by default "model", or else the first in name order.
            probe: its name; by default "probe", or else the first in name order.

        Raises:
            NotFoundError: there is none of these names.
        """
        fitting = [
            key
            for key in sorted(self.recordings, key=lambda key: (key != _DEFAULT_NAMES, key))
            if model in (None, key[0]) and probe in (None, key[1])
        ]
        if not fitting:
            return self.recordings[model or _DEFAULT_NAMES[0], probe or _DEFAULT_NAMES[1]]
        return self.recordings[fitting[0]]

    @property
    def steps(self) -> Int64[np.ndarray, " record"]:
        """Steps of the records, strictly rising."""
        return self.recording().steps

    @property
    def layers(self) -> dict[str, Layer]:
        """The measured layers by name, in execution order."""
        return {layer.name: layer for layer in self.recording().layers}

    @property
    def probe(self) -> Probe:
        """The examples that every record is measured on."""
        return self.recording().probe_set

    def activations(
        self, layer_name: str, statistic: str = "mean"
    ) -> Float32[np.ndarray, "record unit"]:
        """Return a statistic of a layer's units over all records; NaN where it is missing.

        Raises:
            NotFoundError: there is no such layer or statistic.
        """
        return self.recording().activations(layer_name, statistic)

    def attributions(
        self,
        layer_name: str,
        method: str = "gradient_x_activation",
        statistic: str = "mean",
        target: str | None = None,
    ) -> Float32[np.ndarray, "record unit"]:
        """Return a figure of a layer's attributions over all records; NaN where it is missing.

        Args:
            layer_name: the layer.
            method: of attribution.
            statistic: "mean", "mean_abs", "std", "share" or "nonfinite".
            target: what is explained, such as "label"; by default the first that was recorded.

        Raises:
            NotFoundError: there is no such layer, method, target or statistic.
        """
        recording = self.recording()
        for kind in recording.statistics:
            if (kind.method, kind.figure) == (method, statistic) and target in (None, kind.target):
                return recording.activations(layer_name, kind.name)
        known = [kind.name for kind in recording.statistics if kind.method]
        raise not_found("attribution", attribution_name(method, str(target), statistic), known)

    def flow(self, step: int, group: str = "all", method: str | None = None) -> Flow:
        """Return the attribution passed between layers at the last record at or before a step.

        Args:
            step: of training.
            group: "all", or a class or tracked example such as "class 3" or "example 17".
            method: of attribution, such as "lrp"; by default the first that was recorded.

        Raises:
            NotFoundError: no flow was recorded, or not of this group, or not by this method.
        """
        return self.recording().flows.flow(step, group, method)

    def evidence(self, layer_name: str, step: int) -> Evidence:
        """Return what speaks for and against each class, at the last record at or before a step.

        `recording().evidence` tells the steps, and one unit over all of them.

        Args:
            layer_name: whose units.
            step: of training.

        Raises:
            NotFoundError: no evidence was recorded, or not of this layer.
        """
        return self.recording().evidence.evidence(layer_name, step)

    def position_evidence(self, layer_name: str, step: int) -> PositionEvidence:
        """Return what a layer's positions contribute to each class in tracked examples.

        Args:
            layer_name: the layer.
            step: the last record at or before it is meant.

        Raises:
            NotFoundError: it was not recorded, or not of this layer.
        """
        return self.recording().position_evidence.positions(layer_name, step)

    def units_at(self, layer_name: str, example: int, position: int, step: int) -> UnitsAtPosition:
        """Return what a layer's units contribute to each class at one position of an example.

        `tracked(layer_name, step)` has their activations.

        Args:
            layer_name: the layer.
            example: a tracked one.
            position: flat, among the layer's.
            step: the last record at or before it is meant.

        Raises:
            NotFoundError: it was not recorded, or there is no such layer, example or position.
        """
        return self.recording().position_evidence.units(layer_name, example, position, step)

    def activation_grid(
        self, layer_name: str, step: int, anchor: int | None = None
    ) -> ActivationGrid:
        """Return a layer's positions in tracked examples as cells: norm and colour of each.

        Args:
            layer_name: the layer.
            step: the last record at or before it is meant.
            anchor: step of the record at which colours are fitted; by default the last one.

        Raises:
            NotFoundError: no activations of tracked examples were recorded of this layer.
        """
        recording = self.recording()
        return activation_grid(recording.reader, recording.tracked, layer_name, step, anchor)

    def maps(
        self, method: str = "saliency", layer_name: str | None = None, target: str | None = None
    ) -> Float32[np.ndarray, "record example position"]:
        """Return a method's maps of the tracked examples at all records of maps.

        `recording().maps` tells the steps, the examples, the maps' shape, and whether to believe
        them.

        Args:
            method: its name.
            layer_name: where it reads; None for the first layer at which it does.
            target: what is explained; None for what the last record explained.

        Raises:
            NotFoundError: the method was not recorded, not at this layer, or not of this target.
        """
        return self.recording().maps.maps(method, layer_name, target)

    def trust(self, layer_name: str, method: str = "gradient_x_activation") -> list[Verdict]:
        """Return the verdicts on a layer's attributions, in step order: whether to believe them.

        Args:
            layer_name: the layer.
            method: of attribution.

        Raises:
            NotFoundError: the method was not checked, or not on this layer.
        """
        return self.recording().trust.verdicts(layer_name, method)

    def responses(
        self, layer_name: str, step: int, method: str = ""
    ) -> Float32[np.ndarray, "unit example"]:
        """Return a layer's responses at the last record at or before a step.

        `recording().responses` tells which units and examples they are of, and how reduced.

        Args:
            layer_name: the layer.
            step: of training.
            method: of attributions; by default activations.

        Raises:
            NotFoundError: none were recorded of this layer by this method.
        """
        return self.recording().responses.responses(layer_name, step, method).values

    def select(self, expression: str, step: int) -> Bool[np.ndarray, " example"]:
        """Return the examples of the probe set that a filter holds for at a step.

        Args:
            expression: such as `label == 3 and not correct`; the empty one holds for all.
            step: what concerns the model's answers is that of the record at or before it.

        Raises:
            InvalidArgumentError: the expression is no filter, or names what is not known.
        """
        return subset(self.recording(), step, expression)

    def planes(
        self,
        layer_name: str,
        of: PointKind = "units",
        step: int | None = None,
        projection: str = "pca",
        method: str = "",
    ) -> Planes:
        """Return a layer's units, or the examples, in two dimensions at all records of responses.

        Args:
            layer_name: the layer.
            of: "units" (points in the space of examples) or "examples" (in that of units).
            step: of the record that the others are aligned to; by default the last one.
            projection: "pca", "umap" or "tsne"; the others than PCA are an extra.
            method: of attributions; by default activations.

        Raises:
            NotFoundError: no responses were recorded of this layer, or a package is missing.
            InvalidArgumentError: there are too few points for the projection.
        """
        return planes(self.recording(), PlaneChoice(layer_name, of, projection, method), step)

    def examples(self, layer_name: str, step: int) -> TopExamples:
        """Return which examples a layer's units respond to, as recorded at or before a step.

        Raises:
            NotFoundError: none were recorded of this layer.
        """
        return self.recording().top_examples.top_examples(layer_name, step)

    def tracked(self, layer_name: str, step: int) -> TrackedActivations:
        """Return a layer's activations on the tracked examples, as recorded at or before a step.

        Raises:
            NotFoundError: none were recorded of this layer.
        """
        return self.recording().tracked.tracked(layer_name, step)

    def states(self, layer_name: str) -> UInt8[np.ndarray, "record unit"]:
        """Return the bits of a layer's unit states: 1 silent, 2 dormant, 4 saturated, 8 nonfinite.

        Raises:
            NotFoundError: there is no such layer.
        """
        return self.recording().layer_states(layer_name)[0]

    def dead(self, layer_name: str) -> Bool[np.ndarray, "record unit"]:
        """Return which of a layer's units are dead at each record, judged in hindsight.

        Raises:
            NotFoundError: there is no such layer.
        """
        recording = self.recording()
        return is_dead(recording.layer_dead_since(layer_name), len(recording.records))

    def tokens(self, example: int) -> list[str]:
        """Return the text of each position of an example of the probe set.

        Raises:
            NotFoundError: the example has no tokens.
        """
        return self.recording().tokens(example)

    def mask(self, example: int) -> UInt8[np.ndarray, "..."] | None:
        """Return the ground truth of an example, [y, x] or [position]; None if it has none.

        Raises:
            NotFoundError: there is no such example.
        """
        return self.recording().mask(example)

    def outputs(self, step: int) -> Outputs:
        """Return the model's answers at the last record at or before a step.

        Raises:
            NotFoundError: no outputs were recorded up to there.
        """
        return self.recording().outputs(step)
