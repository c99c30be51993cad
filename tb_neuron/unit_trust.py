"""Trust in attributions to units, as it was recorded: verdicts by method and layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import UnitTrust
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader
from tb_neuron.timeline import Record
from tb_neuron.verdicts import Verdict, read_verdict

#: More than these in one record are no verdicts but damage.
MAX_METHODS = 256
MAX_VERDICTS = 1 << 17


@dataclass(frozen=True)
class CheckedMethod:
    """A method of units that was checked, or should have been.

    Attributes:
        name: of the method.
        absence: why it was not checked in the last record; empty if it was.
        layers: verdicts of all records in which a layer was checked, in step order.
    """

    name: str
    absence: str
    layers: dict[str, list[Verdict]]


class UnitTrustReader:
    """Reads the records of kind "trust"; one that can't be read has no verdicts, and is a problem.

    Args:
        reader: whose source they come from.
        records: in step order.
    """

    def __init__(self, reader: ColumnReader, records: Sequence[Record]) -> None:
        self._messages = MessageReader(reader, records, UnitTrust, _check)

    @property
    def steps(self) -> list[int]:
        """Steps at which attributions to units were checked."""
        return self._messages.steps

    @property
    def target(self) -> str:
        """What was explained in the last record that can be read; empty where none can."""
        return self._last().target

    @property
    def examples(self) -> list[int]:
        """The tracked examples on which was checked in the last record that can be read."""
        return list(self._last().examples)

    def methods(self) -> list[CheckedMethod]:
        """Return all methods in the order in which they were first checked."""
        absences: dict[str, str] = {}
        layers: dict[str, dict[str, list[Verdict]]] = {}
        for record, message in self._messages.readable():
            for method in message.methods:
                absences[method.method] = method.absence
                by_layer = layers.setdefault(method.method, {})
                for each in method.layers:
                    verdict = read_verdict(record.step, each.trust)
                    by_layer.setdefault(each.layer, []).append(verdict)
        return [CheckedMethod(name, why, layers[name]) for name, why in absences.items()]

    def verdicts(self, layer_name: str, method: str) -> list[Verdict]:
        """Return the verdicts on a layer's attributions, in step order.

        Raises:
            NotFoundError: the method was not checked, or not on this layer.
        """
        known = {each.name: each.layers for each in self.methods()}
        if method not in known:
            if not known:
                raise NotFoundError(
                    "no attributions to units were checked; they are with Recording(trust=True), "
                    "attributions and tracked examples"
                )
            raise not_found("checked method", method, known)
        if layer_name not in known[method]:
            raise not_found("checked layer", layer_name, known[method])
        return known[method][layer_name]

    def _last(self) -> UnitTrust:
        return next(
            (message for _, message in reversed(list(self._messages.readable()))), UnitTrust()
        )


def _check(record: Record, message: UnitTrust) -> None:
    """Refuse what no recorder writes; no number is trusted to be small."""
    methods = [each.method for each in message.methods]
    layers = [[each.layer for each in method.layers] for method in message.methods]
    is_listed_once = all(len({*names}) == len(names) for names in (methods, *layers))
    count = sum(map(len, layers))
    if not is_listed_once or len(methods) > MAX_METHODS or count > MAX_VERDICTS:
        raise DamagedRecordError(
            f"{record.where}: these are no verdicts; methods and their layers are listed once, at "
            f"most {MAX_METHODS} and {MAX_VERDICTS} of them"
        )
