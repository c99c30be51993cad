"""What recording has cost, what it may cost, and which scheduled records that leaves out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Budget:
    """The account of one recorder's costs against its limits.

    Attributes:
        max_overhead: largest share of wall time, None for no limit.
        max_bytes: most bytes to write, None for no limit.
        started: when the account was opened, by `time.perf_counter`.
        seconds: spent on records.
        bytes: written.
        last_seconds: spent on the last record.
        last_bytes: written for the last record.
        scheduled: records that were due, whether written or left out.
    """

    max_overhead: float | None = None
    max_bytes: int | None = None
    started: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    bytes: int = 0
    last_seconds: float = 0.0
    last_bytes: int = 0
    scheduled: int = 0

    def refuses(self) -> str:
        """Return why the record that is due now would break a limit; empty if it would not."""
        place, self.scheduled = self.scheduled, self.scheduled + 1
        if self.max_overhead is not None and self.seconds > 0:
            elapsed = time.perf_counter() - self.started + self.last_seconds
            if self.seconds + self.last_seconds > self.max_overhead * elapsed:
                return f"max_overhead={self.max_overhead}"
        if self.max_bytes is not None:
            left = self.max_bytes - self.bytes
            # Every second record of the schedule once half is used, every fourth at three quarters.
            stride = _power_of_two(self.max_bytes / left) if left > 0 else 0
            if left < self.last_bytes or stride == 0 or place % stride:
                return f"max_bytes={self.max_bytes}"
        return ""

    def allows(self, size: int) -> bool:
        """Whether so many bytes more keep to the limit."""
        return self.max_bytes is None or self.bytes + size <= self.max_bytes

    def add(self, seconds: float, size: int) -> None:
        """Enter what a record took."""
        self.seconds += seconds
        self.bytes += size
        self.last_seconds, self.last_bytes = seconds, size

    def overhead(self) -> float:
        """Return recording's share of wall time so far."""
        elapsed = time.perf_counter() - self.started
        return min(self.seconds / elapsed, 1.0) if elapsed > 0 else 0.0


def _power_of_two(limit: float) -> int:
    """Return the largest power of two that is at most the limit, itself at least 1."""
    return 1 << max(int(limit).bit_length() - 1, 0)
