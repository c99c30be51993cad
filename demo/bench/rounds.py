"""Times several ways of doing something in turn, A B C C A B B A C, and takes medians.

What runs after a way that leaves the memory in pieces is slower: each round has another order.

Absolute times drift by a factor of two on a busy machine; ratios within one run do not. CPU time
of this process is compared, at one thread.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping


def median_cpu_seconds(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median CPU seconds of each way over interleaved rounds, after one warm-up."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    names, shuffled = list(ways), random.Random(0)
    for _ in range(rounds):
        shuffled.shuffle(names)
        for name in names:
            start = time.process_time()
            ways[name]()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
