"""The rules that many arguments have in common, and how a broken one is told."""

from __future__ import annotations

import operator
from typing import Any

from tb_neuron.errors import NeuronError, shown


def as_count(
    value: Any, rule: str, way_out: str, error: type[NeuronError], least: int | None = 1
) -> int:
    """Return a whole number, which NumPy's and torch's are too.

    Args:
        value: what was passed.
        rule: what it has to be, such as "batch_size is at least 1".
        way_out: what to do, such as "pass 64".
        error: what is raised.
        least: the smallest number that will do, None for any.

    Raises:
        NeuronError: of the class `error`; the value is no whole number or too small.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or (least is not None and number < least):
        raise error(f"{rule}, not {shown(value)}; {way_out}")
    return number


def check_function(value: Any, rule: str, way_out: str, error: type[NeuronError]) -> None:
    """Refuse what can't be called.

    Raises:
        NeuronError: of the class `error`.
    """
    if not callable(value):
        raise error(f"{rule}, not {shown(value)}; {way_out}")


def check_name(value: Any, rule: str, way_out: str, error: type[NeuronError]) -> None:
    """Refuse what is no name: another type, an empty text, or one that UTF-8 can't hold.

    Raises:
        NeuronError: of the class `error`.
    """
    if isinstance(value, str) and value:
        try:
            value.encode()
        except UnicodeEncodeError:
            pass
        else:
            return
    raise error(f"{rule}, not {shown(value)}; {way_out}")
