"""When records are due."""

import math
from itertools import pairwise

import pytest

from tb_neuron_callbacks import at, every, log_spaced
from tb_neuron_callbacks.errors import ScheduleError
from tb_neuron_callbacks.schedule import over_run


def due(schedule, last: int) -> list[int]:
    return [step for step in range(last + 1) if schedule(step)]


def test_every_is_due_at_zero_and_at_multiples() -> None:
    assert due(every(3), 10) == [0, 3, 6, 9]


def test_every_takes_steps_beyond_two_to_the_53() -> None:
    assert not every(2)(2**53 + 1)


def test_at_is_due_at_its_steps_and_no_other() -> None:
    assert due(at(2, 5, range(7, 9)), 10) == [2, 5, 7, 8]


def test_log_spaced_is_due_at_rounded_powers() -> None:
    expected = sorted({0} | {round(10 ** (k / 5)) for k in range(16)})
    assert due(log_spaced(5), 1000) == expected


def test_log_spaced_has_as_many_records_in_each_late_decade() -> None:
    schedule = log_spaced(7)
    assert sum(map(schedule, range(1001, 10_001))) == 7


def test_a_union_is_due_when_either_is() -> None:
    assert due(every(4) | at(5), 9) == [0, 4, 5, 8]


def test_a_plain_function_on_the_right_joins() -> None:
    assert due(every(4) | (lambda step: step == 7), 9) == [0, 4, 7, 8]


def test_a_plain_function_on_the_left_joins() -> None:
    assert due((lambda step: step == 7) | every(4), 9) == [0, 4, 7, 8]


def test_a_union_of_unions_joins_again() -> None:
    assert due(at(1) | at(2) | at(3), 5) == [1, 2, 3]


@pytest.mark.parametrize("make", [every, log_spaced])
@pytest.mark.parametrize("number", [0, -1])
def test_a_schedule_that_is_never_due_is_refused(make, number: int) -> None:
    with pytest.raises(ScheduleError, match="at least 1"):
        make(number)


@pytest.mark.parametrize("last", [0, 1, 10, 59, 200, 10_000, 1_000_000])
def test_a_run_of_any_length_has_its_first_and_its_last_step(last: int) -> None:
    schedule = over_run(0, last, 60)
    assert schedule(0)
    assert schedule(last)


@pytest.mark.parametrize("last", [200, 1000, 10_000, 1_000_000])
def test_a_long_run_has_about_the_records_asked_for(last: int) -> None:
    assert 45 <= len(over_run(0, last, 60).steps) <= 61


def test_a_run_that_resumes_has_the_step_where_it_does() -> None:
    steps = over_run(500, 1000, 60).steps
    assert (min(steps), max(steps)) == (500, 1000)


def test_a_run_is_recorded_densely_at_first() -> None:
    steps = sorted(over_run(0, 10_000, 60).steps)
    gaps = [second - first for first, second in pairwise(steps)]
    assert gaps[0] == 1 < math.floor(gaps[-1] / 100)


def test_a_run_with_one_record_is_refused() -> None:
    with pytest.raises(ScheduleError, match="at least 2 records"):
        over_run(0, 10, 1)
