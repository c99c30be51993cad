"""Statistics of the user's own: what they have to have, and on which grid they are stored."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from tb_neuron.schema.neuron_pb2 import (
    GRID_EXACT,
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
)
from tb_neuron_callbacks.errors import StatisticError
from tb_neuron_callbacks.standard_statistics import STANDARD

#: How a statistic may name its grid; README and `tb_neuron/columns.py` say what each is good for.
GRIDS: dict[str, int] = {
    "signed_log": GRID_SIGNED_LOG,
    "unsigned_log": GRID_UNSIGNED_LOG,
    "fraction": GRID_FRACTION,
    "exact": GRID_EXACT,
}

_PARTS = ("name", "grid", "description", "update", "merge", "finish")


@runtime_checkable
class Statistic(Protocol):
    """A user-defined statistic: one number for each unit, from activations in any split."""

    @property
    def name(self) -> str:
        """Of the column, unlike any other."""
        ...

    @property
    def grid(self) -> str | int:
        """How it is stored: "signed_log" for numbers, "unsigned_log" for those never below 0.

        "fraction" is for shares from 0 to 1, "exact" for integers from 0 to 255. A `Grid` of the
        schema will do as well.
        """
        ...

    @property
    def description(self) -> str:
        """One sentence that defines it."""
        ...

    def update(self, activations: Float[Tensor, "example position unit"], batch: Any) -> None:
        """Take in the activations of one batch."""
        ...

    def merge(self, other: Any) -> None:
        """Take in what another object of this class has seen."""
        ...

    def finish(self) -> Float[Tensor, " unit"]:
        """Return the statistic of all that was seen."""
        ...


def grid_number(statistic: Statistic) -> int:
    """Return the schema's `Grid` of a statistic.

    Raises:
        StatisticError: it names a grid that does not exist.
    """
    known = {**GRIDS, **{number: number for number in GRIDS.values()}}
    if statistic.grid not in known:
        raise StatisticError(
            f"statistic {statistic.name!r} must be stored on a grid of {', '.join(GRIDS)}, not on "
            f'{statistic.grid!r}; "signed_log" takes any number'
        )
    return known[statistic.grid]


def check_own(extra: Sequence[Statistic]) -> None:
    """Refuse statistics that lack a part, or have a name that is taken or no name.

    Raises:
        StatisticError: one of these.
    """
    for statistic in extra:
        lacking = [part for part in _PARTS if not hasattr(statistic, part)]
        if lacking:
            raise StatisticError(
                f"a statistic has {', '.join(_PARTS)}, and {type(statistic).__name__} lacks "
                f"{', '.join(lacking)}; add what is missing"
            )
        _check_name(statistic)
        grid_number(statistic)
    names = [*STANDARD, *(statistic.name for statistic in extra)]
    if len(names) != len(set(names)):
        raise StatisticError(
            f"statistics must have different names, not {sorted(names)}; rename your own"
        )


def _check_name(statistic: Statistic) -> None:
    name = statistic.name
    if not isinstance(name, str) or not name or set(name) & set("@:"):
        raise StatisticError(
            f'a statistic has a name without "@" and ":", not {name!r}: "mean@3" is the mean of '
            "class 3, and with colons go attributions; rename your own"
        )
