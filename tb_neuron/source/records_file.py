"""The framing of an event file: length, checksum of the length, payload, checksum of the payload.

All numbers are little-endian; the checksums are CRC-32C, rotated and shifted ("masked") as
TFRecord defines it, https://www.tensorflow.org/tutorials/load_data/tfrecord.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import google_crc32c

from tb_neuron.errors import DamagedRecordError

#: Protobuf's own limit; a longer payload cannot be an Event.
MAX_PAYLOAD_BYTES = (1 << 31) - 1

_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_HEAD_BYTES = _LENGTH.size + _CHECKSUM.size
_MASK_DELTA = 0xA282EAD8
_READ_AHEAD_BYTES = 1 << 20


class FramedPayload(NamedTuple):
    """One payload of a file.

    Attributes:
        offset: of the payload's first byte.
        data: the payload.
        is_intact: whether its checksum agrees.
        end: offset of the next record.
    """

    offset: int
    data: bytes
    is_intact: bool
    end: int


def masked_crc32c(data: bytes) -> int:
    """Return TFRecord's masked CRC-32C of some bytes."""
    checksum = google_crc32c.value(data)
    return (((checksum >> 15) | (checksum << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def frame(payload: bytes) -> bytes:
    """Return the bytes of a record that holds a payload."""
    length = _LENGTH.pack(len(payload))
    length_checksum = _CHECKSUM.pack(masked_crc32c(length))
    return b"".join((length, length_checksum, payload, _CHECKSUM.pack(masked_crc32c(payload))))


def walk(path: str, start: int) -> Iterator[FramedPayload]:
    """Yield the payloads from an offset on, up to the last that is completely written.

    At most one payload is in memory, and none is read before the file is known to hold it.

    Raises:
        DamagedRecordError: a length is damaged, so that no later record can be found.
        OSError: the file cannot be read.
    """
    with open(path, "rb", buffering=_READ_AHEAD_BYTES) as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(start)
        offset = start
        while size - offset >= _HEAD_BYTES:
            length = _read_length(file, offset)
            end = offset + _HEAD_BYTES + length + _CHECKSUM.size
            if end > size:
                return
            payload = file.read(length)
            checksum = file.read(_CHECKSUM.size)
            if len(payload) < length or len(checksum) < _CHECKSUM.size:
                return
            is_intact = _CHECKSUM.unpack(checksum)[0] == masked_crc32c(payload)
            yield FramedPayload(offset + _HEAD_BYTES, payload, is_intact, end)
            offset = end


def _read_length(file: BinaryIO, offset: int) -> int:
    head = file.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES:
        raise DamagedRecordError(f"byte {offset}: the file became shorter while it was read")
    (length,) = _LENGTH.unpack_from(head)
    (checksum,) = _CHECKSUM.unpack_from(head, _LENGTH.size)
    if checksum != masked_crc32c(head[: _LENGTH.size]):
        raise DamagedRecordError(
            f"byte {offset}: a record's length is damaged; what follows in this file cannot be read"
        )
    if length > MAX_PAYLOAD_BYTES:
        raise DamagedRecordError(
            f"byte {offset}: a record announces {length} bytes and at most {MAX_PAYLOAD_BYTES} are "
            "read; what follows in this file cannot be read"
        )
    return length
