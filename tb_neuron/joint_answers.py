"""What the route `joint` answers: two responses together, of one side or of two."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64, Shaped

from tb_neuron import wire
from tb_neuron.analysis.joint import correlation, floor_shares, marginal
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.columns import RATIO
from tb_neuron.errors import InvalidArgumentError, NotFoundError
from tb_neuron.experiment import Experiment
from tb_neuron.facts import subset
from tb_neuron.joint_plane import PARTS, Pair, Plane, Tops, pair_of, plane_of, tops_of
from tb_neuron.recording import Recording
from tb_neuron.response_series import ResponseSeries, principal_series, unit_series
from tb_neuron.responses import ResponseChoice
from tb_neuron.schema.neuron_pb2 import Nonlinearity

#: Hexagons from one side of the plane to the other, unless asked for otherwise.
COLUMNS = 28
MOST_COLUMNS = 100
#: Of a bounded nonlinearity's range; where a recording does not say.
_MARGIN = 0.01


@dataclass(frozen=True)
class Respondent:
    """What responds: a unit, or a whole layer along its first principal component.

    Attributes:
        layer: its name.
        unit: None for the component.
        method: of attribution; empty for activations.
    """

    layer: str
    unit: int | None = None
    method: str = ""


@dataclass(frozen=True)
class JointQuestion:
    """What is asked of two responses.

    Attributes:
        first: on the horizontal axis.
        second: on the vertical axis.
        step: of the record; the last at or before it is meant.
        anchor: step of the record that gives principal components; the last unless given.
        columns: hexagons from one side to the other.
        by_class: whether counts are told apart by the examples' class.
        expression: a filter of examples.
        example: whose way over the records is asked for.
    """

    first: Respondent
    second: Respondent
    step: int
    anchor: int | None = None
    columns: int = COLUMNS
    by_class: bool = False
    expression: str = ""
    example: int | None = None


def joint(
    experiment: Experiment,
    key: RecordingKey,
    question: JointQuestion,
    other: tuple[RecordingKey, int] | None = None,
) -> Bulk:
    """Return how many examples have which two responses, of one side or of two.

    Args:
        experiment: what is read.
        key: the recording.
        question: what is asked.
        other: a second recording and its step, laid on the same plane.

    Raises:
        NotFoundError: there is no such recording, or no such responses.
        InvalidArgumentError: the two were recorded on different examples; the filter is none.
    """
    if not 2 <= question.columns <= MOST_COLUMNS:
        raise InvalidArgumentError(
            f"a plane has from 2 to {MOST_COLUMNS} columns, not {question.columns}"
        )
    asked = [(key, question.step), *([other] if other else [])]
    recordings = [find_recording(experiment, each) for each, _ in asked]
    _check_same_examples(recordings)
    pairs = [_pair(recording, question) for recording in recordings]
    plane = plane_of(pairs, question.columns, recordings[0].reader)
    groups = _groups(recordings[0]) if question.by_class else _one_group(recordings[0])
    sides = [
        _Side(recording, pair, plane, bin_of, groups, step, question)
        for recording, pair, bin_of, (_, step) in zip(
            recordings, pairs, plane.bin_of, asked, strict=True
        )
    ]
    tops = [side.tops for side in sides]
    trail_steps, trail = _trail(pairs[0], question.example)
    header = wire.Joint(
        first=_axis(question.first, plane, 0),
        second=_axis(question.second, plane, 1),
        reduction=recordings[0].responses.reduction(question.first.method),
        groups=groups.names,
        sides=[side.header() for side in sides],
        size=list(plane.size),
        top=max(each.examples for each in tops),
        top_share=max(each.share for each in tops),
        marginal_top=max(each.marginal for each in tops),
        trail_steps=texts(trail_steps),
    )
    return Bulk(header, {"x": plane.x, "y": plane.y, "trail": trail, **_arrays(sides)})


class _Groups(NamedTuple):
    """Groups of examples: one of all, or one a class; names, and which each example is in."""

    names: list[str]
    of: Int64[np.ndarray, " example"]


def _one_group(recording: Recording) -> _Groups:
    return _Groups([""], np.zeros(recording.probe_set.examples, np.int64))


def _groups(recording: Recording) -> _Groups:
    labels = _labels(recording).astype(np.int64)
    classes = int(labels.max(initial=-1)) + 1
    known = list(recording.probe_set.class_names)
    names = [known[c] if c < len(known) else str(c) for c in range(classes)]
    if (labels < 0).any() or not names:
        names.append("no label")
    return _Groups(names, np.where(labels < 0, len(names) - 1, labels))


def _labels(recording: Recording) -> Int32[np.ndarray, " example"]:
    if not recording.probe_set.has_labels:
        return np.full(recording.probe_set.examples, -1, np.int32)
    return recording.labels()


@dataclass
class _Side:
    """One side of a comparison: its pair at a record, and the examples that are counted."""

    recording: Recording
    pair: Pair
    plane: Plane
    bin_of: Int32[np.ndarray, "record example"]
    groups: _Groups
    step: int
    question: JointQuestion

    @cached_property
    def record(self) -> int:
        """Position of the pair's record at or before the step; 0 before the first."""
        return max(0, int(np.searchsorted(self.pair.steps, self.step, side="right")) - 1)

    @property
    def responses(self) -> list[Float32[np.ndarray, " example"]]:
        """Both responses at the record."""
        return [self.pair.first[self.record], self.pair.second[self.record]]

    def selected(self, record: int) -> Bool[np.ndarray, " example"]:
        """Return which of the pair's examples pass the filter at a record."""
        examples = self.pair.examples
        if not self.question.expression.strip():
            return np.ones(len(examples), bool)
        step = self.pair.steps[record]
        return subset(self.recording, step, self.question.expression)[examples]

    @cached_property
    def counted(self) -> Bool[np.ndarray, " example"]:
        """The examples that are counted at the record."""
        return self.selected(self.record) & (self.bin_of[self.record] >= 0)

    @cached_property
    def tops(self) -> Tops:
        """The largest figures over all records."""
        by_class = self.question.by_class
        name = ("joint tops", self.pair.name, len(self.plane.x), self.plane.axes, by_class)
        kept = self.recording.reader.kept(
            (*name, self.plane.size, self.question.expression.strip()),
            lambda: np.array(self._work_out_tops(), np.float64),
        )
        return Tops(int(kept[0]), float(kept[1]), float(kept[2]))

    def _work_out_tops(self) -> Tops:
        of = self.groups.of[self.pair.examples]
        return tops_of(self.pair, self.plane, self.bin_of, of, self.selected)

    def counts(self) -> Int64[np.ndarray, "group bin"]:
        """Return examples by group and hexagon."""
        shape = (len(self.groups.names), len(self.plane.x))
        of = self.groups.of[self.pair.examples][self.counted]
        codes = of * shape[1] + self.bin_of[self.record][self.counted]
        return np.bincount(codes, minlength=shape[0] * shape[1]).reshape(shape)

    def header(self) -> wire.JointSide:
        """Return what is said of the side."""
        first, second = (values[self.counted] for values in self.responses)
        layers = [self.question.first, self.question.second]
        lower, upper = (_end_shares(self.recording, layers, (first, second), e) for e in (0, 1))
        return wire.JointSide(
            run=self.recording.run,
            step=str(self.pair.steps[self.record]),
            examples=int(self.counted.sum()),
            known=int((self.bin_of[self.record] >= 0).sum()),
            correlation=correlation(first, second),
            lower=lower,
            upper=upper,
            explained=[_or_none(each[self.record]) for each in self.pair.explained],
        )


def _check_same_examples(recordings: Sequence[Recording]) -> None:
    hashes = {recording.probe_hash: recording for recording in recordings}
    if len(hashes) > 1:
        said = " and ".join(
            f"run {each.run!r} on {each.probe_set.examples} with hash {probe_hash[:8]}"
            for probe_hash, each in hashes.items()
        )
        raise InvalidArgumentError(
            "two sides of a joint view must answer the same examples, and these don't: "
            f"{said}; choose runs that were recorded on one probe set"
        )


def _pair(recording: Recording, question: JointQuestion) -> Pair:
    return pair_of(
        *(_series(recording, each, question.anchor) for each in (question.first, question.second))
    )


def _series(recording: Recording, of: Respondent, anchor: int | None) -> ResponseSeries:
    choice = ResponseChoice(of.layer, of.method)
    if of.unit is None:
        return principal_series(recording.responses, choice, anchor)
    return unit_series(recording.responses, choice, of.unit)


def _axis(of: Respondent, plane: Plane, number: int) -> wire.JointAxis:
    lower, upper = plane.axes[number]
    return wire.JointAxis(layer=of.layer, method=of.method, unit=of.unit, lower=lower, upper=upper)


def _end_shares(
    recording: Recording,
    of: Sequence[Respondent],
    responses: tuple[Float32[np.ndarray, " example"], Float32[np.ndarray, " example"]],
    end: int,
) -> wire.EndShares:
    """Return the shares at the lower (0) or upper (1) end of both, null where there is none."""
    ends = [_end(recording, each, end) for each in of]
    sign = -1.0 if end else 1.0
    # Of attributions, the floor is nothing: exactly 0, from either side.
    first, second = (
        np.abs(values) if each.method else sign * values
        for each, values in zip(of, responses, strict=True)
    )
    shares = floor_shares(
        first,
        second,
        (sign * ends[0][0], sign * ends[1][0]),
        (ends[0][1], ends[1][1]),
    )
    has = [math.isfinite(floor) for floor, _ in ends]
    return wire.EndShares(
        first=_or_none(shares.first) if has[0] else None,
        second=_or_none(shares.second) if has[1] else None,
        both=_or_none(shares.both) if all(has) else None,
    )


def _end(recording: Recording, of: Respondent, end: int) -> tuple[float, float]:
    """Return an end of a unit's nonlinearity and what counts as near; infinite where none is.

    That of attributions is 0, and there is no upper one.
    """
    nonlinearity = recording.layer(of.layer).nonlinearity
    missing = (math.inf if end else -math.inf, 0.0)
    if of.unit is None:
        return missing
    if of.method:
        return missing if end else (0.0, 0.0)
    if nonlinearity.family == Nonlinearity.RELU:
        return missing if end else (0.0, 0.0)
    if nonlinearity.family != Nonlinearity.BOUNDED:
        return missing
    at = nonlinearity.upper if end else nonlinearity.lower
    margin = recording.thresholds.saturated_margin or _MARGIN
    # What was stored may be off by half a step of its grid.
    rounding = abs(at) * (RATIO**0.5 - 1)
    return at, margin * (nonlinearity.upper - nonlinearity.lower) + rounding


def _trail(
    pair: Pair, example: int | None
) -> tuple[list[int], Float32[np.ndarray, "2 trail_record"]]:
    at = np.flatnonzero(pair.examples == (-1 if example is None else example))
    if not len(at):
        return [], np.empty((2, 0), np.float32)
    return pair.steps, np.stack([pair.first[:, at[0]], pair.second[:, at[0]]])


def _arrays(sides: Sequence[_Side]) -> dict[str, Shaped[np.ndarray, "..."]]:
    examples = np.unique(np.concatenate([side.pair.examples for side in sides]))
    shape = (len(sides), len(examples))
    bin_of = np.full(shape, -1, np.int32)
    responses = np.full((2, *shape), np.nan, np.float32)
    predictions, correct = np.full(shape, -1, np.int32), np.full(shape, 2, np.uint8)
    for number, side in enumerate(sides):
        at = np.searchsorted(examples, side.pair.examples)
        bin_of[number, at] = np.where(side.counted, side.bin_of[side.record], -1)
        responses[:, number, at] = side.responses
        predictions[number], correct[number] = _answers(side, examples)
    counted = (bin_of >= 0).any(0)
    axes = sides[0].plane.axes
    return {
        "counts": np.stack([side.counts() for side in sides]).astype(np.uint32),
        **{
            f"marginals_{name}": np.stack(
                [
                    marginal(side.responses[number][side.counted], axes[number], PARTS)
                    for side in sides
                ]
            ).astype(np.uint32)
            for number, name in enumerate("xy")
        },
        # What the filter leaves out is in no hexagon of either side, and does not travel.
        "examples": examples[counted].astype(np.int32),
        "labels": _labels(sides[0].recording)[examples][counted].astype(np.int32),
        "bin_of": bin_of[:, counted],
        "first": responses[0][:, counted],
        "second": responses[1][:, counted],
        "predictions": predictions[:, counted],
        "correct": correct[:, counted],
    }


def _answers(
    side: _Side, examples: Int64[np.ndarray, " example"]
) -> tuple[Shaped[np.ndarray, " example"], Shaped[np.ndarray, " example"]]:
    prediction, correct = np.full(len(examples), -1, np.int32), np.full(len(examples), 2, np.uint8)
    try:
        outputs = side.recording.outputs(side.pair.steps[side.record])
    except NotFoundError:
        return prediction, correct
    if outputs.prediction is not None:
        prediction = outputs.prediction[examples]
    if outputs.correct is not None:
        correct = outputs.correct[examples]
    return prediction, correct


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
