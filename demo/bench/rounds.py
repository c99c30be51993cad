"""Times several ways of doing something in turn, A B C A B C, and takes medians.

Absolute times drift by a factor of two on a busy machine; ratios within one run do not. CPU time
of this process is compared, at one thread.
"""

import statistics
import time
from collections.abc import Callable, Mapping


def median_cpu_seconds(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median CPU seconds of each way over interleaved rounds, after one warm-up."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.process_time()
            way()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
