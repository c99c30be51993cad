"""What the callbacks of all trainers take: refused where it is given, not when training starts."""

from __future__ import annotations

from typing import Any

from tb_neuron.errors import shown
from tb_neuron_callbacks.arguments import check_function, check_name
from tb_neuron_callbacks.errors import ProbeSetError, RecordError, ScheduleError
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.schedule import over_run

#: About how many records a whole run has, where no schedule is given.
RECORDS = 60


def check_choices(probe: Any, records: Any, schedule: Any, name: Any) -> None:
    """Refuse what cannot work.

    Args:
        probe: a `ProbeSet` or None.
        records: about how many in a run.
        schedule: a function `step -> bool` or None.
        name: the model's.

    Raises:
        CaptureError: one of them is of another kind.
    """
    over_run(0, 1, records)
    if schedule is not None:
        rule = "schedule= is a function step -> bool"
        check_function(schedule, rule, "pass such as schedule=every(100)", ScheduleError)
    if probe is not None and not isinstance(probe, ProbeSet):
        raise ProbeSetError(
            f"probe= is a ProbeSet, not {shown(probe)}; pass ProbeSet.from_tensors(inputs, labels)"
        )
    check_name(name, "a model's name is a text", "pass name='model'", RecordError)
