"""What the routes of responses answer but for `joint`: filters, drift, distributions, likeness."""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, Shaped

from tb_neuron import wire
from tb_neuron.analysis.joint import Axis, axis_of, correlation, spread
from tb_neuron.analysis.response_change import distribution_distance
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.columns import RATIO
from tb_neuron.errors import NotFoundError, not_found
from tb_neuron.experiment import Experiment
from tb_neuron.facts import facts_at, subset
from tb_neuron.recording import Recording
from tb_neuron.response_series import ResponseSeries, unit_series
from tb_neuron.responses import ResponseChoice, ResponseReader, Responses

#: Units that are listed on either side.
_LISTED = 12
#: Values of a fact that are told, for a help beside the field.
_TOLD_VALUES = 12
#: Parts of a distribution's scale.
PARTS = 64
_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Facts that are true or false.
_CLAIMS = ("correct",)


def responses(experiment: Experiment, key: RecordingKey) -> wire.ResponseSteps:
    """Return when responses were recorded, and of which layers.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = find_recording(experiment, key)
    reader = recording.responses
    return wire.ResponseSteps(
        steps=texts(reader.steps),
        layers=[_response_layer(reader, name) for name in reader.layers()],
        reduction=reader.reduction(),
        examples=reader.drawn(),
        of=recording.probe_set.examples,
        seed=reader.seed(),
        bytes_a_value=reader.bytes_a_value(),
        others=[
            wire.OtherResponses(
                probe=each.probe,
                methods=sorted({m for ms in each.responses.layers().values() for m in ms}),
            )
            for each in _others(experiment, key, recording)
        ],
    )


def _response_layer(reader: ResponseReader, name: str) -> wire.ResponseLayer:
    targets = reader.targets(name)
    return wire.ResponseLayer(
        name=name,
        units=reader.pins(name, "" if "" in targets else next(iter(targets))),
        methods=[
            wire.ResponseMethod(
                name=method, target=target, steps=texts(reader.steps_of(name, method))
            )
            for method, target in sorted(targets.items())
        ],
    )


def correlated(
    experiment: Experiment, key: RecordingKey, choice: ResponseChoice, unit: int, step: int
) -> wire.Correlated:
    """Return the units of a layer whose responses are most alike a unit's, and most opposed.

    Raises:
        NotFoundError: there is no such recording, or the unit has no responses.
    """
    recording = find_recording(experiment, key)
    found = recording.responses.responses(choice.layer_name, step, choice.method)
    at = np.flatnonzero(found.units == unit)
    if not len(at):
        known = map(str, found.units.tolist())
        raise not_found(f"responses of layer {choice.layer_name!r}, unit", str(unit), known)
    figures = _correlations(found.values, int(at[0]))
    known = np.flatnonzero(np.isfinite(figures) & (found.units != unit))
    order = known[np.argsort(-figures[known], kind="stable")]

    def listed(places: Int64[np.ndarray, " place"]) -> list[wire.CorrelatedUnit]:
        return [
            wire.CorrelatedUnit(unit=int(found.units[p]), correlation=float(figures[p]))
            for p in places
        ]

    return wire.Correlated(
        layer=choice.layer_name,
        method=choice.method,
        unit=unit,
        step=str(found.step),
        highest=listed(order[:_LISTED]),
        lowest=listed(order[::-1][:_LISTED]),
        undefined=len(found.units) - 1 - len(known),
        is_constant=not np.isfinite(figures[at[0]]),
    )


def filtered(
    experiment: Experiment, key: RecordingKey, step: int, expression: str
) -> wire.FilteredExamples:
    """Return the examples that a filter holds for, and the names that filters may use.

    Raises:
        NotFoundError: there is no such recording.
        InvalidArgumentError: the expression is no filter, or names what is not known.
    """
    recording = find_recording(experiment, key)
    record = recording.record_at(step)
    at = int(recording.steps[record])
    return wire.FilteredExamples(
        step=str(at),
        examples=np.flatnonzero(subset(recording, at, expression)).tolist(),
        of=recording.probe_set.examples,
        facts=_facts(recording, at),
    )


def drift(
    experiment: Experiment,
    key: RecordingKey,
    choice: ResponseChoice,
    step: int,
    other: str | None = None,
) -> Bulk:
    """Return how differently a layer's units respond to another probe set of the run.

    Args:
        experiment: what is read.
        key: the recording.
        choice: of which responses.
        step: the last record of each at or before it is meant.
        other: name of the other probe set; the only other one unless given.

    Raises:
        NotFoundError: there is no such recording, layer or second probe set.
    """
    recording = find_recording(experiment, key)
    beside = _other(experiment, key, recording, other)
    mine, theirs = (
        each.responses.responses(choice.layer_name, step, choice.method)
        for each in (recording, beside)
    )
    name = ("drift", choice, *map(_identity, (recording, beside)), mine.step, theirs.step)
    distances = recording.reader.kept(
        name, lambda: _distances(mine, theirs, recording.layer(choice.layer_name).units)
    )
    header = wire.Drift(
        layer=choice.layer_name,
        method=choice.method,
        step=str(mine.step),
        examples=len(mine.examples),
        other=beside.probe,
        other_step=str(theirs.step),
        other_examples=len(theirs.examples),
    )
    return Bulk(header, {"distances": distances})


def distribution(
    experiment: Experiment,
    key: RecordingKey,
    choice: ResponseChoice,
    unit: int,
    other: str | None = None,
) -> Bulk:
    """Return a unit's responses over all records on one scale, beside those to another probe set.

    Args:
        experiment: what is read.
        key: the recording.
        choice: of which responses.
        unit: of it.
        other: name of the other probe set; the only other one, if there is one, unless given.

    Raises:
        NotFoundError: there is no such recording, or the unit has no responses.
    """
    recording = find_recording(experiment, key)
    mine = unit_series(recording.responses, choice, unit)
    beside, theirs = None, None
    try:
        beside = _other(experiment, key, recording, other)
        theirs = unit_series(beside.responses, choice, unit)
    except NotFoundError:
        if other is not None:
            raise
    both = [mine.values.ravel(), *([theirs.values.ravel()] if theirs else [])]
    axis = axis_of(np.concatenate(both))
    header = wire.ResponseDistribution(
        layer=choice.layer_name,
        method=choice.method,
        unit=unit,
        lower=axis.lower,
        upper=axis.upper,
        steps=texts(mine.steps),
        examples=len(mine.examples),
        other=beside.probe if beside and theirs else "",
        other_steps=texts(theirs.steps) if theirs else [],
        other_examples=len(theirs.examples) if theirs else 0,
    )
    arrays = {
        "counts": _counts(mine, axis),
        "quantiles": _quantiles(mine),
        "other_counts": _counts(theirs, axis) if theirs else np.empty((0, PARTS), np.float32),
        "distances": _distances_over_steps(mine, theirs),
    }
    return Bulk(header, arrays)


def _others(experiment: Experiment, key: RecordingKey, recording: Recording) -> list[Recording]:
    """Return the recordings of the same model on other probe sets that have responses."""
    return [
        each
        for (model, probe), each in experiment.runs[key.run].recordings.items()
        if model == recording.model and probe != recording.probe and each.responses.steps
    ]


def _other(
    experiment: Experiment, key: RecordingKey, recording: Recording, name: str | None
) -> Recording:
    others = {each.probe: each for each in _others(experiment, key, recording)}
    if name is not None and name not in others:
        raise not_found("second probe set with responses", name, others)
    if not others:
        raise NotFoundError(
            f"run {recording.run!r} has responses on no probe set but {recording.probe!r}; record "
            'them on a second one, such as ProbeSet.from_loader(training_loader, name="training") '
            "with a recorder of its own"
        )
    return others[name] if name is not None else next(iter(others.values()))


def _identity(recording: Recording) -> tuple[str, str, str, bytes]:
    records = recording.records
    return (recording.run, recording.model, recording.probe, records[-1].digest)


def _correlations(
    values: Float32[np.ndarray, "unit example"], at: int
) -> Float64[np.ndarray, " unit"]:
    """Return each unit's correlation with one; NaN where it is undefined."""
    known = np.isfinite(values[at])
    mine = values[at, known].astype(np.float64)
    found = np.full(len(values), np.nan)
    if len(mine) < 2 or (mine == mine[0]).all():
        return found
    others = values[:, known]
    whole = np.isfinite(others).all(1)
    varies = whole & (others != others[:, :1]).any(1)
    centred = others[varies].astype(np.float64)
    centred -= centred.mean(1, keepdims=True)
    mine = mine - mine.mean()
    norms = np.sqrt((centred**2).sum(1) * (mine @ mine))
    with np.errstate(divide="ignore", invalid="ignore"):
        found[varies] = np.clip(centred @ mine / norms, -1, 1)
    for place in np.flatnonzero(~whole):
        figure = correlation(values[at], values[place])
        found[place] = np.nan if figure is None else figure
    return found


def _facts(recording: Recording, step: int) -> list[wire.Fact]:
    known = facts_at(recording, step)
    return [
        wire.Fact(name=name, kind=_kind(name, values), values=_told(name, values))
        for name, values in known.items()
        if ":" not in name
    ]


def _kind(name: str, values: Shaped[np.ndarray, " example"]) -> wire.FactKind:
    if values.dtype == object:
        return "text"
    return "claim" if name in _CLAIMS else "number"


def _told(name: str, values: Shaped[np.ndarray, " example"]) -> list[str]:
    """Return values as a filter writes them: all there are if few, else the ends."""
    if values.dtype == object:
        there = sorted({each for each in values if each is not None})
        return [repr(each) for each in there[:_TOLD_VALUES]]
    finite = np.unique(values[np.isfinite(values)])
    if name in _CLAIMS or not len(finite):
        return []
    is_whole = bool((finite == np.round(finite)).all())
    shown = finite if is_whole and len(finite) <= _TOLD_VALUES else finite[[0, -1]]
    return [f"{each:g}" if is_whole else f"{each:.3g}" for each in shown.tolist()]


def _distances(mine: Responses, theirs: Responses, units: int) -> Float32[np.ndarray, " unit"]:
    found = np.full(units, np.nan, np.float32)
    known, first, second = np.intersect1d(mine.units, theirs.units, return_indices=True)
    found[known] = distribution_distance(mine.values[first], theirs.values[second])
    return found


def _distances_over_steps(
    mine: ResponseSeries, theirs: ResponseSeries | None
) -> Float32[np.ndarray, " record"]:
    found = np.full(len(mine.steps) if theirs else 0, np.nan, np.float32)
    if theirs is None:
        return found
    at = np.searchsorted(theirs.steps, mine.steps, side="right") - 1
    is_there: Bool[np.ndarray, " record"] = at >= 0
    found[is_there] = distribution_distance(mine.values[is_there], theirs.values[at[is_there]])
    return found


def _counts(series: ResponseSeries, axis: Axis) -> Shaped[np.ndarray, "record part"]:
    counts = [spread(row, axis, PARTS, RATIO) for row in series.values]
    return np.stack(counts).astype(np.float32)


def _quantiles(series: ResponseSeries) -> Float32[np.ndarray, "record 5"]:
    found = np.full((len(series.values), len(_QUANTILES)), np.nan, np.float32)
    for row, values in zip(found, series.values, strict=True):
        finite = values[np.isfinite(values)]
        if len(finite):
            row[:] = np.quantile(finite, _QUANTILES)
    return found
