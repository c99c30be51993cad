"""What can go wrong while reading, drawn as a tree.

::

    NeuronError
    ├── DamagedRecordError    bytes that do not hold what their header says
    ├── NewerSchemaError      written by a later version than this one reads
    ├── InvalidArgumentError  the caller's argument breaks a rule (HTTP 400)
    └── NotFoundError         a run, layer, unit or step that does not exist (HTTP 404)

Each message states the rule, the value that broke it, and the way out.
"""

from collections.abc import Iterable


class NeuronError(Exception):
    """Anything that tb_neuron raises on purpose."""


class DamagedRecordError(NeuronError, ValueError):
    """Stored bytes that do not hold what their header says."""


class NewerSchemaError(NeuronError, ValueError):
    """Data written by a version of tb_neuron later than the one that reads it."""


class InvalidArgumentError(NeuronError, ValueError):
    """An argument that breaks a stated rule."""


class NotFoundError(NeuronError, LookupError):
    """A run, model, probe set, layer, unit, statistic or step that does not exist."""


_LISTED_NAMES = 8
_SHOWN_CHARACTERS = 100


def not_found(sort: str, name: str, existing: Iterable[str]) -> NotFoundError:
    """Return the error for a name that does not exist, with some that do.

    Args:
        sort: what was asked for: "layer", "run", ...
        name: the name that does not exist.
        existing: all names that do.
    """
    names = list(existing)
    listed = ", ".join(map(shown, names[:_LISTED_NAMES]))
    more = f", … ({len(names)} in all)" if len(names) > _LISTED_NAMES else ""
    return NotFoundError(f"no {sort} {shown(name)}; there is {listed + more or 'none'}")


def shown(value: object) -> str:
    """Return a value as text for a message, not longer than a line."""
    # A lone surrogate can be neither stored nor sent.
    if isinstance(value, str):
        text = repr(value) if _is_encodable(value) else ascii(value)
    else:
        text = " ".join(repr(value).split())
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
