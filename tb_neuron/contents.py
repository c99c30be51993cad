"""What a recording is made of: layers, records and examples, resolved from stored headers.

A part that is missing or damaged is replaced by what the others say of it, and stated as a problem.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tb_neuron.aggregates import unknown_grids
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.schema.neuron_pb2 import Absence, Layer, Model, Probe
from tb_neuron.source import Place, Problem, Source
from tb_neuron.summary import COLUMNS
from tb_neuron.timeline import Record, comparable, latest, resolve

#: More units than this are no network but damage.
MAX_UNITS = 1 << 24
MAX_LAYERS = 1 << 14


@dataclass(frozen=True)
class Identity:
    """Which recording this is.

    Attributes:
        run: name of the run.
        model: the model's name.
        probe: the probe set's name.
    """

    run: str
    model: str
    probe: str


@dataclass(frozen=True)
class Contents:
    """What a recording is made of, resolved and brought to one layout.

    Attributes:
        layers: the measured layers in execution order; `successors` are indices into this list.
        all_layers: as stored, with the pseudo-layers.
        absences: layers that were asked for and are not there.
        probe_set: the examples.
        probe_record: where labels and thumbnails are; None if they cannot be read.
        records: of kind "activations", in step order; what else was measured of units at their
            steps are their companions.
        outputs: of kind "outputs", in step order.
        classes: of kind "classes", in step order.
        flow: of kind "flow", in step order.
        maps: of kind "maps", in step order.
        trust: of kind "trust", in step order.
        evidence: of kind "evidence", in step order.
        responses: of kind "responses", in step order.
        examples: of kind "examples", in step order.
        tracked: of kind "tracked", in step order.
        icons: of kind "icons", made from checkpoints afterwards, in write order.
        problems: what could not be read.
    """

    layers: list[Layer]
    all_layers: list[Layer]
    absences: list[Absence]
    probe_set: Probe
    probe_record: Record | None
    records: list[Record]
    outputs: list[Record]
    classes: list[Record]
    flow: list[Record]
    maps: list[Record]
    trust: list[Record]
    evidence: list[Record]
    responses: list[Record]
    examples: list[Record]
    tracked: list[Record]
    icons: list[Record]
    problems: list[Problem]

    @property
    def apart(self) -> list[Record]:
        """The records of all kinds that have records of their own."""
        return [record for kind in _APART for record in getattr(self, kind)]


def make_contents(source: Source, kinds: Mapping[str, Sequence[Record]]) -> Contents:
    """Return what a recording is made of.

    Args:
        source: where values come from.
        kinds: the records of each kind of one model and probe set, in write order.

    Raises:
        DamagedRecordError: no record can be shown.
    """
    measured = [record for kind in _TIMED_KINDS for record in kinds.get(kind, ())]
    kept = resolve(measured)
    activations = [record for record in kept if record.kind == "activations"]
    if not activations:
        raise DamagedRecordError('there is no readable record of kind "activations"')
    newest = latest(activations)
    records, problems = comparable(activations, newest)
    problems.extend(unknown_grids(records))
    alike, _ = comparable([record for record in kept if record.kind != "activations"], newest)
    model, model_problems = _model(source, kinds.get("model", ()), newest)
    probe_record, probe, probe_problems = _probe(source, kinds.get("probe", ()), newest)
    records = _with_companions(records, alike)
    layers = _measured_layers(model.layers, records)
    return Contents(
        layers=layers,
        all_layers=list(model.layers),
        absences=list(model.absences),
        probe_set=probe,
        probe_record=probe_record,
        records=records,
        **{kind: [record for record in alike if record.kind == kind] for kind in _APART},
        # They end no session: what was recorded after their checkpoint stays.
        icons=comparable(list(kinds.get("icons", ())), newest)[0],
        problems=[*_dropped(source, measured), *problems, *model_problems, *probe_problems],
    )


#: Kinds with records of their own, each a field of `Contents`.
_APART = (
    "outputs",
    "classes",
    "flow",
    "maps",
    "trust",
    "evidence",
    "responses",
    "examples",
    "tracked",
)
_TIMED_KINDS = ("activations", "attributions", *_APART)
_COMPANIONS = ("attributions", "classes")


def _with_companions(records: Sequence[Record], others: Sequence[Record]) -> list[Record]:
    by_step: dict[int, list[Record]] = {}
    for other in others:
        if other.kind in _COMPANIONS:
            by_step.setdefault(other.step, []).append(other)
    return [record.with_companions(by_step.get(record.step, ())) for record in records]


def _dropped(source: Source, measured: Sequence[Record]) -> list[Problem]:
    """Return a problem if a session's numbering shows that records of it are out of reach."""
    received: dict[str, set[int]] = {}
    for record in measured:
        if record.kind == "activations":
            session = record.header.session
            received.setdefault(session.id, set()).add(session.sequence)
    missing = sum(max(known) + 1 - len(known) for known in received.values())
    if source.keeps_everything or not missing:
        return []
    message = f"{missing} records were written that this {source.description} does not hand out"
    return [Problem(measured[0].where.partition(" at step ")[0], message)]


def _model(source: Source, stored: Sequence[Record], newest: Record) -> tuple[Model, list[Problem]]:
    wanted = newest.header.layout_id
    problems = []
    for record in reversed([r for r in stored if r.header.layout_id == wanted]):
        try:
            return _value(source, record).message(Model), problems
        except (DamagedRecordError, NotFoundError) as error:
            problems.append(Problem(record.where, str(error)))
    problems.append(
        Problem(
            newest.where, "the layers' description is missing; their names come from the record"
        )
    )
    aggregates = newest.header.aggregates
    layers = [Layer(name=each.layer, kind="module", units=each.units) for each in aggregates]
    return Model(layout_id=wanted, layers=layers), problems


def _probe(
    source: Source, stored: Sequence[Record], newest: Record
) -> tuple[Record | None, Probe, list[Problem]]:
    wanted = newest.header.probe_hash
    problems = []
    for record in reversed([r for r in stored if r.header.probe_hash == wanted]):
        try:
            return record, _value(source, record).message(Probe), problems
        except (DamagedRecordError, NotFoundError) as error:
            problems.append(Problem(record.where, str(error)))
    problems.append(Problem(newest.where, "the probe set's description is missing"))
    return None, Probe(hash=wanted, examples=newest.header.examples), problems


def _value(source: Source, record: Record) -> Value:
    return Value(
        record.header, lambda blob: source.read([Place(record.stored, blob)])[0], record.where
    )


def _measured_layers(all_layers: Sequence[Layer], records: Sequence[Record]) -> list[Layer]:
    """Return the layers that any record has columns of, their successors renumbered.

    Raises:
        DamagedRecordError: the layers or their units are more than a network has, or two layers
            have one name.
    """
    has_columns = {name for record in records for what, name in record.entries if what == COLUMNS}
    pseudo = _pseudo_layers(all_layers)
    numbers = [
        number
        for number, layer in enumerate(all_layers)
        if layer.name in has_columns and number not in pseudo
    ]
    _check_names([all_layers[number].name for number in numbers])
    units = sum(all_layers[number].units for number in numbers)
    if len(numbers) > MAX_LAYERS or units > MAX_UNITS:
        raise DamagedRecordError(
            f"{len(numbers)} layers with {units} units were announced; at most {MAX_LAYERS} layers "
            f"with {MAX_UNITS} units are read"
        )
    renumbered = {old: new for new, old in enumerate(numbers)}
    return [_renumbered(all_layers[number], renumbered) for number in numbers]


def _pseudo_layers(all_layers: Sequence[Layer]) -> set[int]:
    """Return the numbers of the pseudo-layers whose name a measured layer bears too."""
    kinds = ("input", "output")
    measured = {layer.name for layer in all_layers if layer.kind not in kinds}
    return {
        number
        for number, layer in enumerate(all_layers)
        if layer.kind in kinds and layer.name in measured
    }


def _check_names(names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise DamagedRecordError(
                f"layers of a layout have a name each, and {name!r} is that of {count}; their "
                "columns cannot be told apart, so the recording is not shown"
            )


def _renumbered(layer: Layer, numbers: Mapping[int, int]) -> Layer:
    copy = Layer()
    copy.CopyFrom(layer)
    copy.successors[:] = [numbers[old] for old in layer.successors if old in numbers]
    return copy
