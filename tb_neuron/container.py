"""The bulk answer: a JSON header and typed arrays that a browser views without copying.

The layout is the table in `http_api.md`; the client's counterpart is `frontend/src/container.ts`.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped

from tb_neuron.errors import DamagedRecordError, InvalidArgumentError

MEDIA_TYPE = "application/x-tb-neuron"
MAGIC = b"TBNEURN1"
#: Magic, length of the JSON, reserved.
_PREFIX = struct.Struct("<8sII")
_ALIGNMENT = 8
_DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in ("uint8", "int32", "uint32", "float32", "float64")
}


class Container(NamedTuple):
    """A bulk answer, taken apart.

    Attributes:
        header: the JSON object, a type of `wire`.
        arrays: by name; read-only views of the answer's bytes.
    """

    header: dict[str, Any]
    arrays: dict[str, Shaped[np.ndarray, "..."]]


def pack(header: Mapping[str, Any], arrays: Mapping[str, Shaped[np.ndarray, "..."]]) -> bytes:
    """Return a header and arrays as one container.

    Args:
        header: a type of `wire`; numbers must be finite, for JSON has no others.
        arrays: by name, of uint8, int32, uint32, float32 or float64.

    Raises:
        InvalidArgumentError: an array has another dtype, or the header a number that is not finite.
    """
    entries: list[dict[str, Any]] = []
    parts: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, dtype=_DTYPES[_dtype_name(name, array)]).tobytes()
        entries.append(
            {
                "name": name,
                "dtype": _dtype_name(name, array),
                "shape": list(array.shape),
                "offset": offset,
            }
        )
        parts.append(_padded(data, b"\0"))
        offset += len(parts[-1])
    text = _padded(_json({"header": header, "arrays": entries}), b" ")
    return b"".join([_PREFIX.pack(MAGIC, len(text), 0), text, *parts])


def unpack(data: bytes) -> Container:
    """Return what `pack` was given.

    Raises:
        DamagedRecordError: the bytes are not a container, or an array lies outside of them.
    """
    if len(data) < _PREFIX.size or not data.startswith(MAGIC):
        raise DamagedRecordError(f"a container starts with {MAGIC!r}, these bytes do not")
    _, length, _ = _PREFIX.unpack_from(data)
    start = _PREFIX.size + length
    if start > len(data):
        raise DamagedRecordError(
            f"the container's JSON of {length} bytes does not fit into {len(data)} bytes"
        )
    try:
        content = json.loads(data[_PREFIX.size : start])
        arrays = {entry["name"]: _view(data, start, entry) for entry in content["arrays"]}
        return Container(content["header"], arrays)
    except DamagedRecordError:
        raise
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedRecordError(f"the container's JSON is damaged: {error}") from error


def _view(data: bytes, start: int, entry: Mapping[str, Any]) -> np.ndarray:
    dtype, shape = _DTYPES.get(entry["dtype"]), entry["shape"]
    if dtype is None:
        raise DamagedRecordError(
            f"array {entry['name']!r} has the unknown dtype {entry['dtype']!r}"
        )
    first = start + entry["offset"]
    if first + math.prod(shape) * dtype.itemsize > len(data):
        raise DamagedRecordError(f"array {entry['name']!r} lies outside of its container")
    return np.frombuffer(data, dtype, math.prod(shape), first).reshape(shape)


def _dtype_name(name: str, array: np.ndarray) -> str:
    if array.dtype.name not in _DTYPES:
        raise InvalidArgumentError(
            f"array {name!r} must be one of {', '.join(_DTYPES)}, not {array.dtype}; convert it"
        )
    return array.dtype.name


def _json(content: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")
    except ValueError as error:
        raise InvalidArgumentError(
            f"the numbers of a header must be finite: {error}; send others in an array"
        ) from error


def _padded(data: bytes, filler: bytes) -> bytes:
    return data + filler * (-len(data) % _ALIGNMENT)
