"""What is stored of the probe set's examples: labels, pictures, masks and the texts of tokens."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Int32, Shaped, UInt8

from tb_neuron.errors import DamagedRecordError, not_found
from tb_neuron.schema.neuron_pb2 import DTYPE_INT32, DTYPE_UINT8, Entry, Probe
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.timeline import Record

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Examples:
    """The examples of one probe set, as they were stored.

    Args:
        probe: what is said of all of them.
        record: of kind "probe"; None if it cannot be read.
        reader: fetches its arrays.
    """

    def __init__(self, probe: Probe, record: Record | None, reader: ColumnReader) -> None:
        self._probe = probe
        self._record = record
        self._reader = reader

    def labels(self) -> Int32[np.ndarray, " example"]:
        """Return the class of each example.

        Raises:
            NotFoundError: the probe set has no labels.
        """
        labels = self._array(next(iter(self._entries("labels")), None))
        if labels is None:
            raise not_found("labels of probe set", self._probe.name, [])
        return labels.astype(np.int32)

    @property
    def with_thumbnail(self) -> int:
        """How many examples have a thumbnail."""
        return len(self._entries("thumbnail"))

    def thumbnail(self, example: int) -> bytes:
        """Return the PNG of an example.

        Raises:
            NotFoundError: the example has none.
            DamagedRecordError: what is stored is not a PNG.
        """
        entry = self._entry_of("thumbnail", example)
        if entry is None:
            known = [str(entry.example) for entry in self._entries("thumbnail")]
            raise not_found("thumbnail of example", str(example), known)
        data = self._array(entry)
        png = b"" if data is None else data.tobytes()
        if not png.startswith(_PNG_SIGNATURE):
            raise DamagedRecordError(f"the thumbnail of example {example} is not a PNG")
        return png

    def mask(self, example: int) -> UInt8[np.ndarray, "..."] | None:
        """Return the mask of an example, [y, x] or [position]; None if it has none.

        Raises:
            NotFoundError: there is no such example.
            DamagedRecordError: what is stored is not a mask.
        """
        if not 0 <= example < self._probe.examples:
            raise not_found("example", str(example), [f"0 to {self._probe.examples - 1}"])
        entry = self._entry_of("mask", example)
        if entry is None:
            return None
        mask = self._array(entry)
        if mask is None or entry.dtype != DTYPE_UINT8:
            raise DamagedRecordError(f"the mask of example {example} cannot be read")
        return mask

    def inputs(self) -> Float32[np.ndarray, "example ..."] | None:
        """Return what the first examples hold, of rows and signals; None where it was not stored.

        Raises:
            DamagedRecordError: what is stored are no numbers.
        """
        entry = next(iter(self._entries("inputs")), None)
        if entry is None:
            return None
        values = self._array(entry)
        if values is None or values.ndim < 2 or len(values) > self._probe.examples:
            raise DamagedRecordError("the values of the probe set's examples cannot be read")
        return values.astype(np.float32)

    @property
    def with_tokens(self) -> int:
        """How many examples have tokens: the first ones."""
        shapes = [entry.shape for entry in self._entries("tokens")]
        return int(shapes[0][0]) if shapes and len(shapes[0]) == 2 else 0

    def tokens(self, example: int) -> list[str]:
        """Return the text of each position of an example; an id without a text as its digits.

        Raises:
            NotFoundError: the example has no tokens.
            DamagedRecordError: what is stored is not ids of tokens.
        """
        count = self.with_tokens
        if not 0 <= example < count:
            raise not_found(
                "tokens of example", str(example), [f"0 to {count - 1}"] if count else []
            )
        return [self.text(int(each)) for each in self.token_ids()[example] if each >= 0]

    def token_ids(self) -> Int32[np.ndarray, "example position"]:
        """Return the ids of all tokens, -1 after an example's end.

        Raises:
            DamagedRecordError: what is stored is not ids of tokens.
        """
        entry = next(iter(self._entries("tokens")), None)
        ids = self._array(entry)
        if entry is None or ids is None or ids.ndim != 2 or entry.dtype != DTYPE_INT32:
            raise DamagedRecordError("the tokens of the probe set cannot be read")
        return ids

    def text(self, token: int) -> str:
        """Return the text of an id, or its digits where there is none."""
        return self._texts.get(token, str(token))

    @cached_property
    def _texts(self) -> Mapping[int, str]:
        return {each.id: each.text for each in self._probe.token_texts}

    def _entries(self, what: str) -> list[Entry]:
        return [] if self._record is None else self._record.entries.get((what, ""), [])

    def _entry_of(self, what: str, example: int) -> Entry | None:
        for entry in self._entries(what):
            if entry.HasField("example") and entry.example == example:
                return entry
        return None

    def _array(self, entry: Entry | None) -> Shaped[np.ndarray, "..."] | None:
        if self._record is None or entry is None:
            return None
        (array,) = self._reader.arrays([(self._record, entry)])
        return array
