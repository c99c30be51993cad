"""Several records of one statistic as frames that a client can step through.

The codes of a layer are brought to one grid offset within a chunk, so that one table of colours
serves all of its frames, and each frame but the first is stored as its difference to the one
before, modulo 256: what does not change is 0 and compresses to nothing.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Int, UInt8


def common_offset(
    offsets: Int[np.ndarray, " frame"], is_on_grid: Bool[np.ndarray, " frame"]
) -> int:
    """Return the highest offset of the frames that have any value on the grid; 0 if none has.

    A frame of nothing but exact codes (zeros, not finite) has an offset that means nothing.
    """
    return int(offsets[is_on_grid].max()) if is_on_grid.any() else 0


def translate(
    codes: UInt8[np.ndarray, "frame unit"], tables: Mapping[int, UInt8[np.ndarray, "256"]]
) -> UInt8[np.ndarray, "frame unit"]:
    """Return the codes looked up in their frame's table; a frame without one stays as it is."""
    translated = codes.copy()
    for frame, table in tables.items():
        translated[frame] = table[codes[frame]]
    return translated


def delta(frames: UInt8[np.ndarray, "frame unit"]) -> UInt8[np.ndarray, "frame unit"]:
    """Return the first frame as it is, and every other minus the one before, modulo 256."""
    changes = frames.copy()
    changes[1:] -= frames[:-1]
    return changes


def undo_delta(changes: UInt8[np.ndarray, "frame unit"]) -> UInt8[np.ndarray, "frame unit"]:
    """Return the frames of which `delta` made these changes."""
    return np.cumsum(changes, axis=0, dtype=np.uint8)
