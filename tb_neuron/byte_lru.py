"""Arrays kept in memory up to a number of bytes; the least recently used goes first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

import numpy as np
from jaxtyping import Shaped

DEFAULT_BYTES = 256 << 20


class ByteLRU:
    """Arrays by key, up to a number of bytes in all; safe to use from several threads.

    Args:
        capacity: in bytes; an array larger than that is not kept.
    """

    def __init__(self, capacity: int = DEFAULT_BYTES) -> None:
        self.capacity = capacity
        self.size = 0
        self._arrays: OrderedDict[Hashable, Shaped[np.ndarray, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Shaped[np.ndarray, "..."] | None:
        """Return what was put under a key, if it is still kept."""
        with self._lock:
            array = self._arrays.get(key)
            if array is not None:
                self._arrays.move_to_end(key)
            return array

    def put(self, key: Hashable, array: Shaped[np.ndarray, "..."]) -> None:
        """Keep an array; it must not be written to afterwards."""
        if array.nbytes > self.capacity:
            return
        with self._lock:
            before = self._arrays.pop(key, None)
            self.size -= 0 if before is None else before.nbytes
            self._arrays[key] = array
            self.size += array.nbytes
            while self.size > self.capacity:
                _, dropped = self._arrays.popitem(last=False)
                self.size -= dropped.nbytes
