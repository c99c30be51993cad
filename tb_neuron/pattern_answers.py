"""What the route of patterns answers: responses as examples by units, in an order that is kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, Shaped, UInt8

from tb_neuron import columns, wire
from tb_neuron.analysis.patterns import class_selectivity, subset_means
from tb_neuron.answers import Bulk, RecordingKey, find_recording, texts
from tb_neuron.example_classes import (
    NO_CLASS,
    ExampleClasses,
    example_classes,
    labels_of,
    predictions_at,
)
from tb_neuron.experiment import Experiment
from tb_neuron.facts import subset
from tb_neuron.pattern_order import example_ranks, stored_at, unit_ranks
from tb_neuron.recording import Recording
from tb_neuron.response_series import matrix_of
from tb_neuron.responses import ResponseChoice, ResponseReader, StoredResponses
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG
from tb_neuron.subsets import Subset, members

_GRIDS: dict[int, wire.GridName] = {
    GRID_UNSIGNED_LOG: "unsigned_log",
    GRID_SIGNED_LOG: "signed_log",
}


@dataclass(frozen=True)
class PatternQuestion:
    """Which record is shown, and what of it.

    Attributes:
        step: the last record of responses at or before it is meant.
        anchor: step of the record that gives the order; the last one unless given.
        expression: a filter that examples must pass.
        subsets: whose means are told, too, each of those examples.
    """

    step: int
    anchor: int | None = None
    expression: str = ""
    subsets: Sequence[Subset] = ()


def patterns(
    experiment: Experiment, key: RecordingKey, choice: ResponseChoice, question: PatternQuestion
) -> Bulk:
    """Return a layer's responses at a record, examples and units in the order of the anchor.

    Args:
        experiment: what is read.
        key: the recording.
        choice: of which responses.
        question: which record, and what of it.

    Raises:
        NotFoundError: there is no such recording, or the layer has no responses.
        InvalidArgumentError: the expression is no filter, or names what is not known.
    """
    recording = find_recording(experiment, key)
    reader = recording.responses
    stored = reader.stored(choice.layer_name, choice.method)
    now = stored[stored_at(stored, question.step)]
    last = stored[-1 if question.anchor is None else stored_at(stored, question.anchor)]
    classes = example_classes(recording, last.record.step)
    is_kept = subset(recording, now.record.step, question.expression)[now.examples]
    rows = np.flatnonzero(is_kept)
    ranks = example_ranks(reader, last, classes.places())
    rows = rows[np.argsort(ranks[now.examples[rows]], kind="stable")]
    units = recording.layer(choice.layer_name).units
    places = np.argsort(unit_ranks(reader, last, units)[now.units], kind="stable")
    grid, codes, offsets = _coded(reader, now)
    lower, upper = _extent(reader, stored)
    subsets, means = _of_subsets(recording, now, rows, question.subsets)
    header = wire.Patterns(
        layer=choice.layer_name,
        method=choice.method,
        step=str(now.record.step),
        steps=texts(each.record.step for each in stored),
        anchor=str(last.record.step),
        units=units,
        reduction=reader.reduction(choice.method),
        drawn=len(now.examples),
        of=recording.probe_set.examples,
        grid=_GRIDS[grid],
        lower=lower,
        upper=upper,
        by=classes.by,
        classes=class_list(recording, classes, now.examples[rows]),
        subsets=subsets,
    )
    return Bulk(
        header,
        {
            "units": now.units[places].astype(np.int32),
            "examples": now.examples[rows].astype(np.int32),
            "codes": codes[np.ix_(places, rows)].T,
            "offsets": offsets[places],
            **_of_examples(recording, now, rows),
            **_of_units(reader, now, classes, rows, places),
            "subset_means": means[:, places].astype(np.float32),
        },
    )


def class_list(
    recording: Recording, classes: ExampleClasses, examples: Int64[np.ndarray, " example"]
) -> list[wire.PatternClass]:
    """Return the classes as they stand, with how many of some examples count to each."""
    names = recording.probe_set.class_names
    own = classes.of_examples[examples]

    def name(number: int) -> str:
        if number == NO_CLASS:
            return "" if classes.by == "none" else "no class"
        return names[number] if number < len(names) else str(number)

    return [
        wire.PatternClass(number=int(c), name=name(int(c)), examples=int((own == c).sum()))
        for c in classes.order
    ]


def _of_examples(
    recording: Recording, now: StoredResponses, rows: Int64[np.ndarray, " row"]
) -> dict[str, Shaped[np.ndarray, " row"]]:
    # What the model answers is of the record that is shown, not of the anchor.
    examples = now.examples[rows]
    predictions = predictions_at(recording, now.record.step)
    return {
        "labels": labels_of(recording)[examples].astype(np.int32),
        "predictions": predictions[examples].astype(np.int32),
    }


def _of_subsets(
    recording: Recording,
    now: StoredResponses,
    rows: Int64[np.ndarray, " row"],
    subsets: Sequence[Subset],
) -> tuple[list[wire.PatternSubset], Float64[np.ndarray, "subset unit"]]:
    if not subsets:
        return [], np.zeros((0, len(now.units)))
    found = members(recording, now.record.step, subsets)
    own = np.sort(rows)
    chosen = np.stack([each.chosen[now.examples[own]] for each in found])
    listed = [
        wire.PatternSubset(
            name=each.name,
            filter=each.expression,
            examples=int(count),
            problem=problem,
        )
        for each, (_, problem), count in zip(subsets, found, chosen.sum(1), strict=True)
    ]
    return listed, subset_means(matrix_of(recording.responses, now)[:, own], chosen)


def _of_units(
    reader: ResponseReader,
    now: StoredResponses,
    classes: ExampleClasses,
    rows: Int64[np.ndarray, " row"],
    places: Int64[np.ndarray, " place"],
) -> dict[str, Shaped[np.ndarray, "..."]]:
    examples = np.sort(rows)

    def means() -> Float64[np.ndarray, "class unit"]:
        return classes.means(matrix_of(reader, now)[:, examples], now.examples[examples])

    of = classes.places().tobytes() + examples.tobytes() + _text(now)
    name = hashlib.blake2b(now.record.digest + of, digest_size=16, person=b"class means").digest()
    found = reader.reader.kept(name, means)[:, places]
    is_class = classes.order != NO_CLASS
    selectivity, best = class_selectivity(found[is_class]) if is_class.any() else (None, None)
    if selectivity is None or best is None:
        selectivity, best = np.full(len(places), np.nan), np.full(len(places), -1)
    preferred = np.where(best < 0, NO_CLASS, classes.order[best]).astype(np.int32)
    return {
        "class_means": found.astype(np.float32),
        "selectivity": selectivity.astype(np.float32),
        "preferred": preferred,
    }


def _coded(
    reader: ResponseReader, stored: StoredResponses
) -> tuple[int, UInt8[np.ndarray, "unit example"], Shaped[np.ndarray, " unit"]]:
    """Return the grid, codes and offsets of a record's responses."""
    (codes,) = reader.reader.arrays([(stored.record, stored.entry)])
    kinds = stored.record.header.columns
    grids = {kinds[n].grid for n in stored.entry.columns if n < len(kinds)}
    offsets = np.array(stored.entry.offsets, np.int32)
    is_plain = len(grids) == 1 and grids <= _GRIDS.keys() and len(offsets) == len(stored.units)
    if codes is not None and codes.dtype == np.uint8 and is_plain:
        return grids.pop(), codes, offsets
    rows = columns.encode_rows(matrix_of(reader, stored), GRID_SIGNED_LOG)
    return GRID_SIGNED_LOG, rows.codes, np.array(rows.offsets, np.int32)


def _text(stored: StoredResponses) -> bytes:
    return f" {stored.entry.method} {stored.entry.layer}".encode()


def _extent(reader: ResponseReader, stored: list[StoredResponses]) -> tuple[float, float]:
    """Return the lowest and the highest response over all records; 0 lies within."""
    found = []
    for each in stored:
        of = each.record.digest + _text(each)
        name = hashlib.blake2b(of, digest_size=16, person=b"extent")
        found.append(reader.reader.kept(name.digest(), lambda e=each: _extent_of(reader, e)))
    return float(min(e[0] for e in found)), float(max(e[1] for e in found))


def _extent_of(
    reader: ResponseReader, stored: StoredResponses
) -> Float64[np.ndarray, "lower_upper=2"]:
    grid, codes, offsets = _coded(reader, stored)
    if not codes.size:
        return np.zeros(2)
    known = np.where(codes == columns.NOT_FINITE, 0, codes)
    # Codes rise with magnitudes, so a row's extremes are those of its codes.
    split = columns.SIGNED_LEVELS if grid == GRID_SIGNED_LOG else columns.UNSIGNED_LEVELS
    positive = np.where(known <= split, known, 0).max(1)
    negative = np.where(known > split, known, 0).max(1)
    tables = {int(o): columns.levels(grid, int(o)) for o in np.unique(offsets)}
    ends = [
        (tables[int(o)][n], tables[int(o)][p])
        for o, n, p in zip(offsets, negative, positive, strict=True)
    ]
    lower, upper = np.nan_to_num(np.array(ends, np.float64)).T
    return np.array([min(0.0, lower.min()), max(0.0, upper.max())])
