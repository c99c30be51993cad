"""Where in an Event's bytes our blobs lie: a protobuf scanner that copies none of them.

It knows the field numbers of TensorBoard's Event, Summary, Value, TensorProto and SessionLog
that matter here, passes over every other field, and checks each length against the message that
holds it.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from tb_neuron.errors import DamagedRecordError
from tb_neuron.metadata import PLUGIN_NAME, Tag, parse_tag

#: Bytes that every Event with a value of ours contains.
MARK = f"{PLUGIN_NAME}/".encode()
MAX_BLOBS = 1 << 20

_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5
_EVENT_WALL_TIME, _EVENT_STEP, _EVENT_SUMMARY, _EVENT_SESSION_LOG = 1, 2, 5, 7
_SUMMARY_VALUE = 1
_VALUE_TAG, _VALUE_TENSOR = 1, 8
_TENSOR_STRING_VAL = 8
_SESSION_LOG_STATUS, _SESSION_START = 1, 1
#: An Event that starts a session is far shorter than this, and has these bytes in it: the key of
#: the session log, and its status.
_LONGEST_SESSION_EVENT = 512
_SESSION_LOG_KEY = bytes([_EVENT_SESSION_LOG << 3 | _LENGTH_DELIMITED])
_SESSION_START_STATUS = bytes([_SESSION_LOG_STATUS << 3 | _VARINT, _SESSION_START])


@dataclass(frozen=True)
class ScannedValue:
    """A value of ours.

    Attributes:
        tag: its tag.
        offsets: of each blob's first byte within the payload.
        lengths: of each blob, in bytes.
    """

    tag: Tag
    offsets: "array[int]"
    lengths: "array[int]"


@dataclass
class ScannedEvent:
    """What an Event says that concerns us.

    Attributes:
        step: an int64; 0 if unset.
        wall_time: seconds since the epoch; 0 if unset.
        is_restart: whether it starts a session: earlier values at its step and beyond are void.
        values: the values of ours.
    """

    step: int = 0
    wall_time: float = 0.0
    is_restart: bool = False
    values: list[ScannedValue] = field(default_factory=list)


def scan_event(payload: bytes) -> ScannedEvent | None:
    """Return what concerns us of an Event, or None if nothing does.

    Raises:
        DamagedRecordError: the bytes are not a protobuf message, or hold too many blobs.
    """
    if MARK not in payload and not _may_start_session(payload):
        return None
    event = ScannedEvent()
    for number, wire_type, start, end in _fields(payload, 0, len(payload)):
        if (number, wire_type) == (_EVENT_STEP, _VARINT):
            event.step = _signed(_varint(payload, start, end)[0])
        elif (number, wire_type) == (_EVENT_WALL_TIME, _FIXED64):
            (event.wall_time,) = struct.unpack_from("<d", payload, start)
        elif (number, wire_type) == (_EVENT_SUMMARY, _LENGTH_DELIMITED):
            event.values.extend(_scan_summary(payload, start, end))
        elif (number, wire_type) == (_EVENT_SESSION_LOG, _LENGTH_DELIMITED):
            event.is_restart = _is_session_start(payload, start, end)
    return event if event.values or event.is_restart else None


def _may_start_session(payload: bytes) -> bool:
    return (
        len(payload) <= _LONGEST_SESSION_EVENT
        and _SESSION_START_STATUS in payload
        and _SESSION_LOG_KEY in payload
    )


def _scan_summary(payload: bytes, start: int, end: int) -> Iterator[ScannedValue]:
    for number, wire_type, value_start, value_end in _fields(payload, start, end):
        if (number, wire_type) == (_SUMMARY_VALUE, _LENGTH_DELIMITED):
            value = _scan_value(payload, value_start, value_end)
            if value is not None:
                yield value


def _scan_value(payload: bytes, start: int, end: int) -> ScannedValue | None:
    tag = None
    tensors: list[tuple[int, int]] = []
    for number, wire_type, field_start, field_end in _fields(payload, start, end):
        if (number, wire_type) == (_VALUE_TAG, _LENGTH_DELIMITED):
            tag = parse_tag(payload[field_start:field_end].decode("utf-8", "replace"))
        elif (number, wire_type) == (_VALUE_TENSOR, _LENGTH_DELIMITED):
            tensors.append((field_start, field_end))
    if tag is None:
        return None
    value = ScannedValue(tag, array("q"), array("q"))
    for tensor_start, tensor_end in tensors:
        _scan_tensor(payload, tensor_start, tensor_end, value)
    return value


def _scan_tensor(payload: bytes, start: int, end: int, value: ScannedValue) -> None:
    for number, wire_type, blob_start, blob_end in _fields(payload, start, end):
        if (number, wire_type) == (_TENSOR_STRING_VAL, _LENGTH_DELIMITED):
            if len(value.offsets) == MAX_BLOBS:
                raise DamagedRecordError(f"a value holds more than {MAX_BLOBS} blobs")
            value.offsets.append(blob_start)
            value.lengths.append(blob_end - blob_start)


def _is_session_start(payload: bytes, start: int, end: int) -> bool:
    return any(
        (number, wire_type) == (_SESSION_LOG_STATUS, _VARINT)
        and _varint(payload, value_start, value_end)[0] == _SESSION_START
        for number, wire_type, value_start, value_end in _fields(payload, start, end)
    )


def _fields(payload: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield number, wire type, start and end of each field's content."""
    position = start
    while position < end:
        key, position = _varint(payload, position, end)
        wire_type = key & 7
        if wire_type == _LENGTH_DELIMITED:
            length, position = _varint(payload, position, end)
            stop = position + length
        elif wire_type == _VARINT:
            stop = _varint(payload, position, end)[1]
        elif wire_type == _FIXED64:
            stop = position + 8
        elif wire_type == _FIXED32:
            stop = position + 4
        else:
            raise DamagedRecordError(f"byte {position} of an event: wire type {wire_type}")
        if stop > end:
            raise DamagedRecordError(f"byte {position} of an event: a field exceeds its message")
        yield key >> 3, wire_type, position, stop
        position = stop


def _varint(payload: bytes, position: int, end: int) -> tuple[int, int]:
    result = 0
    for shift in range(0, 70, 7):
        if position >= end:
            break
        byte = payload[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, position
    raise DamagedRecordError(f"byte {position} of an event: a number does not end")


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
