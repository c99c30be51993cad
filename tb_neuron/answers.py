"""What each route answers, from an experiment: plain values in, the types of `wire` out."""

import math
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped

from tb_neuron import __version__, wire
from tb_neuron.aggregates import StatisticKind
from tb_neuron.analysis.life import LifeEvent
from tb_neuron.errors import NotFoundError, shown
from tb_neuron.experiment import Experiment
from tb_neuron.film_chunk import CHUNK_FRAMES
from tb_neuron.recording import Recording
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import (
    GRID_EXACT,
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
    Header,
    Layer,
    Nonlinearity,
)
from tb_neuron.source import Problem

_GRIDS: dict[int, wire.GridName] = {
    GRID_UNSIGNED_LOG: "unsigned_log",
    GRID_SIGNED_LOG: "signed_log",
    GRID_FRACTION: "fraction",
    GRID_EXACT: "exact",
}
_FAMILIES: dict[int, wire.Family] = {
    Nonlinearity.RELU: "relu",
    Nonlinearity.BOUNDED: "bounded",
    Nonlinearity.SMOOTH: "smooth",
}
#: A training is taken to be over when nothing came for this many times its usual pause.
_LIVE_PAUSES = 5
_LIVE_SECONDS = 60.0


class RecordingKey(NamedTuple):
    """Which recording is asked for: names as the user gave them; None stands for a default."""

    run: str
    model: str | None = None
    probe: str | None = None


class ChunkKey(NamedTuple):
    """Which chunk of a film is asked for, and the hash of the records that it should show."""

    chunk: int
    content_hash: str


class Bulk(NamedTuple):
    """The content of a container.

    Attributes:
        header: a type of `wire`.
        arrays: by name, as that type's docstring lists them.
    """

    header: Mapping[str, Any]
    arrays: Mapping[str, Shaped[np.ndarray, "..."]]


def runs(experiment: Experiment) -> wire.Runs:
    """Return the runs and their recordings."""
    return wire.Runs(
        version=__version__,
        logdir=experiment.source.logdir,
        source=experiment.source.description,
        runs=[_run(run) for run in experiment.runs.values()],
    )


def records(experiment: Experiment, key: RecordingKey, now: float | None = None) -> Bulk:
    """Return everything of a recording but its units' values.

    Args:
        experiment: what is read.
        key: the recording.
        now: seconds since the epoch, to tell whether the training still writes; the clock's
            unless given.

    Raises:
        NotFoundError: there is no such recording.
    """
    recording = find_recording(experiment, key)
    tops = recording.tops()
    header = wire.Records(
        run=key.run,
        model=recording.model,
        probe=recording.probe,
        layout_id=recording.layout_id,
        layers=[_layer(layer) for layer in recording.layers],
        absences=[
            wire.Problem(place=absence.layer, message=absence.reason)
            for absence in recording.absences
        ],
        statistics=[_statistic(kind, tops[kind.name]) for kind in recording.statistics],
        class_statistics=[
            wire.ClassStatistic(
                name=each.name,
                classes=each.classes,
                top=_finite(each.top),
                steps=texts(each.steps),
            )
            for each in recording.class_statistics.values()
        ],
        steps=texts(recording.steps),
        wall_times=[_finite(seconds) for seconds in recording.wall_times],
        checkpoints=[header.checkpoint for header in recording.headers],
        costs=[_costs(header) for header in recording.headers],
        thresholds=_thresholds(recording),
        probe_set=_probe_set(recording),
        chunk_frames=CHUNK_FRAMES,
        chunk_hashes=[recording.film.chunk_hash(chunk) for chunk in range(recording.film.chunks)],
        notes=recording.notes,
        problems=_problems(recording.problems),
        live=_is_live(recording, time.time() if now is None else now),
    )
    arrays = {
        "counts": recording.counts(),
        "counts_once": recording.counts_once(),
        "means": recording.means(),
        "dead_since": recording.dead_since(),
        "loss": recording.loss(),
        "accuracy": recording.accuracy(),
    }
    return Bulk(header, arrays)


def film(experiment: Experiment, key: RecordingKey, statistic: str, chunk_key: ChunkKey) -> Bulk:
    """Return some records of one statistic of all layers, as codes.

    Raises:
        NotFoundError: there is no such recording, statistic or chunk, or the chunk has other
            records by now.
    """
    whole = find_recording(experiment, key).film
    number = chunk_key.chunk
    if number >= whole.chunks:
        raise NotFoundError(
            f"the film of run {key.run!r} has chunks 0 to {whole.chunks - 1}, not {number}; "
            "load `records` again"
        )
    content_hash = whole.chunk_hash(number)
    if chunk_key.content_hash != content_hash:
        raise NotFoundError(
            f"chunk {number} of run {key.run!r} has hash {content_hash} by now, not "
            f"{shown(chunk_key.content_hash)}; load `records` again"
        )
    chunk = whole.chunk(statistic, number)
    header = wire.FilmChunk(
        statistic=statistic,
        grid=_GRIDS[chunk.grid],
        first_record=chunk.first_record,
        frames=chunk.frames,
        offsets=[int(offset) for offset in chunk.offsets],
    )
    return Bulk(header, {"codes": chunk.changes})


def layer(experiment: Experiment, key: RecordingKey, layer_name: str, step: int) -> Bulk:
    """Return every statistic of a layer's units at the record at or before a step.

    Raises:
        NotFoundError: there is no such recording or layer.
    """
    recording = find_recording(experiment, key)
    record = recording.record_at(step)
    names, values, states = recording.layer_values(layer_name, record)
    header = wire.LayerValues(
        layer=layer_name,
        step=str(int(recording.steps[record])),
        record=record,
        statistics=names,
    )
    arrays = {
        "values": values,
        "states": states,
        "dead_since": recording.layer_dead_since(layer_name),
        "silent_since": recording.silent_since(layer_name, record),
    }
    return Bulk(header, arrays)


def unit(experiment: Experiment, key: RecordingKey, layer_name: str, number: int) -> Bulk:
    """Return one unit over all records.

    Raises:
        NotFoundError: there is no such recording, layer or unit.
    """
    recording = find_recording(experiment, key)
    series = recording.unit_series(layer_name, number)
    names = list(recording.probe_set.class_names)
    header = wire.UnitSeries(
        layer=layer_name,
        unit=number,
        statistics=series.statistics,
        steps=texts(recording.steps),
        dead_since=series.dead_since,
        events=[_event(recording, event) for event in series.events],
        class_names=[*names, *map(str, range(len(names), len(series.class_means)))],
        class_steps=texts(series.class_steps),
        class_methods=[
            wire.MethodTarget(method=each.method, target=each.target)
            for each in series.class_methods
        ],
    )
    arrays = {
        "values": series.values,
        "states": series.states,
        "quantiles": series.quantiles,
        "rank": series.rank,
        "class_means": series.class_means,
        "class_attributions": series.class_attributions,
    }
    return Bulk(header, arrays)


def thumbnail(experiment: Experiment, key: RecordingKey, example: int) -> bytes:
    """Return the PNG of an example.

    Raises:
        NotFoundError: there is no such recording, or the example has no picture.
        DamagedRecordError: what is stored is not a PNG.
    """
    return find_recording(experiment, key).thumbnail(example)


def tokens(experiment: Experiment, key: RecordingKey, example: int) -> wire.Tokens:
    """Return the texts of an example's tokens.

    Raises:
        NotFoundError: there is no such recording, or the example has no tokens.
        DamagedRecordError: what is stored is not ids of tokens.
    """
    return wire.Tokens(texts=find_recording(experiment, key).tokens(example))


def find_recording(experiment: Experiment, key: RecordingKey) -> Recording:
    """Return a recording by its names; where one is left out, as `Run.recording` chooses.

    Raises:
        NotFoundError: there is none; the message lists what there is.
    """
    return experiment.runs[key.run].recording(key.model, key.probe)


def _run(run: Run) -> wire.RunSummary:
    return wire.RunSummary(
        name=run.name,
        recordings=[_summary(recording) for recording in run.recordings.values()],
        problems=_problems(run.problems),
    )


def _summary(recording: Recording) -> wire.RecordingSummary:
    steps = recording.steps
    return wire.RecordingSummary(
        model=recording.model,
        probe=recording.probe,
        layers=len(recording.layers),
        units=recording.units,
        records=len(steps),
        first_step=str(int(steps[0])),
        last_step=str(int(steps[-1])),
        last_wall_time=_finite(recording.wall_times[-1]),
        layout_id=recording.layout_id,
        probe_hash=recording.probe_hash,
    )


def _layer(layer: Layer) -> wire.Layer:
    return wire.Layer(
        name=layer.name,
        kind=layer.kind,
        module_type=layer.module_type,
        units=layer.units,
        shape=list(layer.shape),
        family=_FAMILIES.get(layer.nonlinearity.family, "none"),
        nonlinearity=layer.nonlinearity.name,
        can_be_dead=layer.can_be_dead,
        successors=list(layer.successors),
        parameters=layer.parameters,
    )


def _statistic(kind: StatisticKind, top: float) -> wire.Statistic:
    return wire.Statistic(
        name=kind.name,
        grid=_GRIDS[kind.grid],
        description=kind.description,
        top=_finite(top),
        method=kind.method,
        target=kind.target,
        figure=kind.figure,
    )


def _event(recording: Recording, event: LifeEvent) -> wire.UnitEvent:
    return wire.UnitEvent(
        kind=event.kind,
        record=event.record,
        step=str(int(recording.steps[event.record])),
        text=event.text,
    )


def _costs(header: Header) -> wire.Costs:
    costs = header.costs
    return wire.Costs(
        wall_seconds=_finite(costs.wall_seconds),
        forward_seconds=_finite(costs.forward_seconds),
        device_seconds=_finite(costs.device_seconds),
        peak_extra_bytes=costs.peak_extra_bytes if costs.HasField("peak_extra_bytes") else None,
        # A log that doesn't tell the record's bytes tells those of its `activations`.
        bytes=costs.record_bytes or costs.bytes + header.ByteSize(),
        overhead=_finite(costs.overhead),
    )


def _thresholds(recording: Recording) -> wire.Thresholds:
    thresholds = recording.thresholds
    return wire.Thresholds(
        silent_std=_finite(thresholds.silent_std),
        dormant=_finite(thresholds.dormant),
        saturated_share=_finite(thresholds.saturated_share),
        saturated_margin=_finite(thresholds.saturated_margin),
        dead_records=thresholds.dead_records,
    )


def _probe_set(recording: Recording) -> wire.ProbeSet:
    probe_set = recording.probe_set
    return wire.ProbeSet(
        name=probe_set.name,
        hash=recording.probe_hash,
        examples=probe_set.examples,
        class_names=list(probe_set.class_names),
        has_labels=probe_set.has_labels,
        input=probe_set.input,
        thumbnails=recording.thumbnails,
        tokens=recording.examples_with_tokens,
    )


def _is_live(recording: Recording, now: float) -> bool:
    times = recording.wall_times[-_LIVE_PAUSES:]
    pause = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    return bool(now - times[-1] <= max(_LIVE_SECONDS, _LIVE_PAUSES * pause))


def _problems(problems: Iterable[Problem]) -> list[wire.Problem]:
    return [wire.Problem(place=problem.place, message=problem.message) for problem in problems]


def texts(steps: Iterable[Any]) -> list[str]:
    """Return steps as they travel: decimal strings."""
    # Steps may exceed what a JSON number carries exactly.
    return [str(int(step)) for step in steps]


def _finite(number: float) -> float:
    """JSON has no other numbers; a damaged file may hold any."""
    return float(number) if math.isfinite(number) else 0.0
