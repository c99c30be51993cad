"""What a request's parameters say (`http_api.md`), checked and as plain values."""

import re

from werkzeug.wrappers import Request

from tb_neuron import answers, joint_answers
from tb_neuron.dictionary_answers import IconQuestion
from tb_neuron.errors import InvalidArgumentError, shown
from tb_neuron.grouped_flow import UnitGrouping
from tb_neuron.planes import PlaneChoice, parse_point_kind
from tb_neuron.responses import ResponseChoice

_INT64 = (-(1 << 63), (1 << 63) - 1)


def read_key(request: Request) -> answers.RecordingKey:
    """Return which recording is asked for.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    return answers.RecordingKey(
        read_text(request, "run"), request.args.get("model"), request.args.get("probe")
    )


def read_plane_choice(request: Request) -> PlaneChoice:
    """Return which points are to be laid out, and how.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    return PlaneChoice(
        read_text(request, "layer"),
        parse_point_kind(request.args.get("of", "units")),
        request.args.get("projection", "pca"),
        read_method(request),
    )


def read_response_choice(request: Request) -> ResponseChoice:
    """Return which responses of a layer are meant.

    Raises:
        InvalidArgumentError: the layer is missing.
    """
    return ResponseChoice(read_text(request, "layer"), read_method(request))


def read_grouping(request: Request) -> UnitGrouping | None:
    """Return the groups of units that are asked for in place of units; None for units.

    Raises:
        InvalidArgumentError: a parameter is of another form.
    """
    if "groups" not in request.args:
        return None
    method = request.args.get("responses", "")
    return UnitGrouping(read_count(request, "groups"), read_anchor(request), method)


def read_method(request: Request) -> str:
    """Return by which method of attribution responses are meant; empty for activations."""
    return request.args.get("method", "")


def read_icon_question(request: Request) -> IconQuestion:
    """Return whose icons are asked for, and of how many examples each.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    count = read_count(request, "count") if "count" in request.args else 1
    unit = read_count(request, "unit") if "unit" in request.args else None
    return IconQuestion(read_text(request, "layer"), read_step(request), max(1, count), unit)


def read_text(request: Request, name: str) -> str:
    """Return a parameter as it is.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    found = request.args.get(name)
    if found is None:
        raise InvalidArgumentError(f"the parameter {name!r} is missing; add {name}=… to the query")
    return found


def read_count(request: Request, name: str) -> int:
    """Return a parameter that is a number from 0 on.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    given = read_text(request, name)
    if not re.fullmatch(r"[0-9]{1,10}", given):
        raise InvalidArgumentError(
            f"the parameter {name!r} must be a number from 0 on, not {shown(given)}; see "
            "http_api.md"
        )
    return int(given)


def read_respondent(request: Request, axis: str) -> joint_answers.Respondent:
    """Return what one axis shows: a unit, or a layer's first principal component.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    name, unit = read_text(request, f"{axis}_layer"), f"{axis}_unit"
    return joint_answers.Respondent(
        name, read_count(request, unit) if unit in request.args else None, read_method(request)
    )


def read_other_side(request: Request) -> tuple[answers.RecordingKey, int] | None:
    """Return the recording and step that are compared with; None without.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    run = request.args.get("other_run")
    if run is None:
        return None
    model, probe = (request.args.get(f"other_{name}") for name in ("model", "probe"))
    return answers.RecordingKey(run, model, probe), read_step(request, "other_step")


def read_anchor(request: Request) -> int | None:
    """Return the step at which an order is made; None for the default.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    return read_step(request, "anchor") if "anchor" in request.args else None


def read_step(request: Request, name: str = "step") -> int:
    """Return a parameter that is a step.

    Raises:
        InvalidArgumentError: it is missing, or of another form.
    """
    given = read_text(request, name)
    number = int(given) if re.fullmatch(r"-?[0-9]{1,19}", given) else None
    if number is None or not _INT64[0] <= number <= _INT64[1]:
        raise InvalidArgumentError(
            f"the parameter {name!r} must be a decimal int64, not {shown(given)}; "
            "take one of the steps that `records` lists"
        )
    return number
