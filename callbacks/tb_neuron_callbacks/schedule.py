"""When a record is due: functions of the step, and their unions.

A *schedule* is any function `step -> bool`. Those made here are values of class `Schedule`,
so that two of them, or one and a function of the user's, are joined by `|`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tb_neuron_callbacks.arguments import as_count
from tb_neuron_callbacks.errors import ScheduleError


class Schedule(ABC):
    """A function `step -> bool` that can be united with another by `|`."""

    @abstractmethod
    def __call__(self, step: int) -> bool:
        """Return whether a record is due at this step; has no effects."""

    def __or__(self, other: Callable[[int], bool]) -> Schedule:
        """Return the schedule that is due when this one or the other is."""
        return Union(self, other) if callable(other) else NotImplemented

    def __ror__(self, other: Callable[[int], bool]) -> Schedule:
        """Return the schedule that is due when the other or this one is."""
        return Union(other, self) if callable(other) else NotImplemented


@dataclass(frozen=True)
class Every(Schedule):
    """Due at step 0 and at each multiple of a number of steps.

    Attributes:
        steps: from one record to the next, at least 1.
    """

    steps: int

    def __post_init__(self) -> None:
        rule = "from one record to the next it is a whole number of steps, at least 1"
        way_out = "every(1) is due at each step"
        object.__setattr__(self, "steps", as_count(self.steps, rule, way_out, ScheduleError))

    def __call__(self, step: int) -> bool:
        """Return whether the step is a multiple of `steps`."""
        return step % self.steps == 0


@dataclass(frozen=True)
class LogSpaced(Schedule):
    """Due at step 0 and at the same number of steps in each decade.

    Attributes:
        per_decade: records between a step and ten times that step, at least 1. Steps are
            integers, so the first decades hold fewer.
    """

    per_decade: int

    def __post_init__(self) -> None:
        rule = "a schedule has a whole number of records a decade, at least 1"
        way_out = "log_spaced(1) is due at 1, 10, 100, ..."
        number = as_count(self.per_decade, rule, way_out, ScheduleError)
        object.__setattr__(self, "per_decade", number)

    def __call__(self, step: int) -> bool:
        """Return whether the step is 10 ** (k / per_decade), rounded, for an integer k."""
        if step <= 0:
            return step == 0
        place = round(self.per_decade * math.log10(step))
        return any(
            round(10 ** (candidate / self.per_decade)) == step
            for candidate in (place - 1, place, place + 1)
        )


@dataclass(frozen=True)
class At(Schedule):
    """Due at the steps of a set.

    Attributes:
        steps: the steps.
    """

    steps: frozenset[int]

    def __call__(self, step: int) -> bool:
        """Return whether the step is one of the set."""
        return step in self.steps


@dataclass(frozen=True)
class Union(Schedule):
    """Due when one of two schedules is.

    Attributes:
        first: a schedule.
        second: another.
    """

    first: Callable[[int], bool]
    second: Callable[[int], bool]

    def __call__(self, step: int) -> bool:
        """Return whether one of the two is due."""
        return bool(self.first(step)) or bool(self.second(step))


def every(steps: int) -> Schedule:
    """Return the schedule that is due at step 0 and each so many steps.

    Raises:
        ScheduleError: `steps` is below 1.
    """
    return Every(steps)


def log_spaced(per_decade: int = 10) -> Schedule:
    """Return the schedule that is due at 0, 1, 2, ... 10, 13, 16, 20, ...: dense at first.

    Args:
        per_decade: records between a step and ten times that step.

    Raises:
        ScheduleError: `per_decade` is below 1.
    """
    return LogSpaced(per_decade)


def at(*steps: int | Iterable[int]) -> Schedule:
    """Return the schedule that is due at the given steps: `at(0, 10, 500)` or `at(range(5))`.

    Raises:
        ScheduleError: a step is no whole number.
    """
    named: list[Any] = []
    for step in steps:
        if isinstance(step, Iterable) and not isinstance(step, str) and _has_axis(step):
            named.extend(step)
        else:
            named.append(step)
    rule, way_out = "a schedule's steps are whole numbers", "pass such as at(0, 10, 500)"
    return At(frozenset(as_count(step, rule, way_out, ScheduleError, least=None) for step in named))


def _has_axis(steps: Any) -> bool:
    """Whether this holds several steps: an array or tensor without an axis is one."""
    return getattr(steps, "ndim", 1) > 0


def over_run(first_step: int, last_step: int, records: int) -> At:
    """Return a schedule of about so many records for a run of known length.

    A quarter of them are spaced logarithmically, since units change most in the first steps; the
    others evenly. First and last step are among them.

    Args:
        first_step: the step at which this part of the run starts: 0, or where it resumes.
        last_step: the last step.
        records: how many, at least 2.

    Raises:
        ScheduleError: `records` is no whole number of at least 2.
    """
    rule, way_out = "a run has at least 2 records, its first and last step", "pass records=60"
    records = as_count(records, rule, way_out, ScheduleError, least=2)
    length = max(last_step - first_step, 0)
    early = records // 4
    even = max(records - early - 1, 1)
    if even >= length:
        return At(frozenset(range(first_step, first_step + length + 1)))
    offsets = {round(length * part / even) for part in range(even + 1)}
    apart = max(length / even, 1.0)
    offsets |= {round(apart ** (part / (early + 1))) for part in range(early + 1)}
    return At(frozenset(first_step + offset for offset in offsets if offset <= length))
