"""What a statistic is called where several kinds of columns stand side by side.

A column of activations goes by its own name, such as `mean`; one of attributions also by method and
target, such as `gradient_x_activation:label:mean`. A statistic of the examples of one class alone
has the class behind it: `mean@3`.
"""

import re
from typing import NamedTuple

from tb_neuron.schema.neuron_pb2 import Column

_OF_CLASS = re.compile(r"(.+)@([0-9]{1,6})")


class ClassStatistic(NamedTuple):
    """A statistic over the examples of one class.

    Attributes:
        name: of the same over all examples.
        number: the class.
    """

    name: str
    number: int


def statistic_name(column: Column) -> str:
    """Return the name of a column's statistic, unique within a recording."""
    if not column.method:
        return column.name
    return attribution_name(column.method, column.target, column.name)


def attribution_name(method: str, target: str, figure: str) -> str:
    """Return the name of a figure of attributions."""
    return f"{method}:{target}:{figure}"


def parse_class_statistic(name: str) -> ClassStatistic | None:
    """Return the parts of a name such as `mean@3`, or None for another."""
    found = _OF_CLASS.fullmatch(name)
    return None if found is None else ClassStatistic(found[1], int(found[2]))


def class_statistic_name(name: str, number: int) -> str:
    """Return the name of a statistic over the examples of a class."""
    return f"{name}@{number}"
