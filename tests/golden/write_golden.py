"""What the Python and the TypeScript tests both read, made from the text of `http_api.md` alone.

Imports nothing of tb_neuron and nothing but the standard library, so that a mistake there cannot
agree with itself here. Run it only when `http_api.md` changes:

    python tests/golden/write_golden.py
"""

import json
import math
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent
RATIO = 1.076

HEADER = {"run": 'mnist "<b>" %20 ü☃', "steps": ["0", "9007199254740993"], "live": False}
#: Name, dtype, struct format, shape, values.
ARRAYS = [
    ("codes", "uint8", "B", [2, 3], [0, 1, 127, 128, 254, 255]),
    ("dead_since", "int32", "i", [3], [-1, 0, 2147483647]),
    ("counts", "uint32", "I", [1, 1, 1], [4294967295]),
    ("nothing", "float32", "f", [0, 5], []),
    ("means", "float32", "f", [3], [0.5, -1.25, math.nan]),
    ("times", "float64", "d", [1], [1700000000.125]),
]
TABLES = [
    ("unsigned_log", -250),
    ("unsigned_log", 0),
    ("unsigned_log", -400),
    ("signed_log", -127),
    ("signed_log", 12),
    ("signed_log", -300),
    ("fraction", 0),
    ("exact", 0),
]


def container() -> bytes:
    """Return the bytes of a container with every dtype, written field by field."""
    entries, body = [], b""
    for name, dtype, letter, shape, values in ARRAYS:
        entries.append({"name": name, "dtype": dtype, "shape": shape, "offset": len(body)})
        body += struct.pack(f"<{len(values)}{letter}", *values)
        body += b"\0" * (-len(body) % 8)
    text = json.dumps({"header": HEADER, "arrays": entries}, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"TBNEURN1" + struct.pack("<II", len(text), 0) + text + body


def expected() -> dict:
    """Return what the container holds; NaN is null."""
    arrays = [
        {"name": name, "dtype": dtype, "shape": shape, "values": [_plain(v) for v in values]}
        for name, dtype, _, shape, values in ARRAYS
    ]
    return {"header": HEADER, "arrays": arrays}


def grids() -> dict:
    """Return the value of each code of some tables; not finite is null."""
    tables = [
        {
            "grid": grid,
            "offset": offset,
            "values": [_plain(_value(grid, offset, code)) for code in range(256)],
        }
        for grid, offset in TABLES
    ]
    return {"ratio": RATIO, "tables": tables}


def _value(grid: str, offset: int, code: int) -> float:
    if grid == "exact":
        return code
    if code == 0:
        return 0.0
    if code == 255:
        return math.nan
    if grid == "fraction":
        return 1.0 if code == 254 else 1 / (1 + math.pow(RATIO, 127 - code))
    if grid == "signed_log" and code > 127:
        return -math.pow(RATIO, code - 127 + offset)
    return math.pow(RATIO, code + offset)


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


if __name__ == "__main__":
    (HERE / "container.bin").write_bytes(container())
    for name, content in (("container", expected()), ("grids", grids())):
        text = json.dumps(content, ensure_ascii=False)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
