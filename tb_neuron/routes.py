"""HTTP of the tab (`http_api.md`): a request's parameters in, the plain values of `answers` out."""

import gzip
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tb_neuron import (
    answers,
    attribution_answers,
    container,
    evidence_answers,
    group_answers,
    joint_answers,
    map_answers,
    pattern_answers,
    projector,
    response_answers,
)
from tb_neuron.assets import Asset, Assets
from tb_neuron.errors import (
    DamagedRecordError,
    InvalidArgumentError,
    NewerSchemaError,
    NotFoundError,
)
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import (
    read_anchor,
    read_count,
    read_key,
    read_method,
    read_other_side,
    read_plane_choice,
    read_respondent,
    read_response_choice,
    read_step,
    read_text,
)
from tb_neuron.plane_shelf import PlaneShelf
from tb_neuron.wire import ErrorAnswer

_LOGGER = logging.getLogger(__name__)
_METHODS = ("GET", "HEAD")
_JSON = "application/json"
_IMMUTABLE = "private, max-age=31536000, immutable"
_ASSETS_PATH = "/assets/"
#: What a fast network gains by more does not pay for the time that it takes.
_GZIP_LEVEL = 4

View = Callable[[Request], Response]


class Routes:
    """All routes of the tab.

    Args:
        experiment: what is shown.
        assets: the built dashboard.
    """

    def __init__(self, experiment: LiveExperiment, assets: Assets) -> None:
        self._experiment = experiment
        self._assets = assets
        self._planes = PlaneShelf()

    def apps(self) -> dict[str, Callable[..., Any]]:
        """Return the WSGI application of each route, by its path below the plugin's."""
        views: Mapping[str, View] = {
            "/index.js": self._serve_entry,
            f"{_ASSETS_PATH}*": self._serve_asset,
            "/runs": self._serve_runs,
            "/records": self._serve_records,
            "/film": self._serve_film,
            "/layer": self._serve_layer,
            "/unit": self._serve_unit,
            "/changes": self._serve_changes,
            "/flows": self._serve_flows,
            "/flow": self._serve_flow,
            "/maps": self._serve_maps,
            "/map": self._serve_map,
            "/evidence": self._serve_evidence,
            "/layer_evidence": self._serve_layer_evidence,
            "/unit_evidence": self._serve_unit_evidence,
            "/trust": self._serve_trust,
            "/responses": self._serve_responses,
            "/joint": self._serve_joint,
            "/correlated": self._serve_correlated,
            "/filter": self._serve_filter,
            "/drift": self._serve_drift,
            "/distribution": self._serve_distribution,
            "/planes": self._serve_planes,
            "/plane": self._serve_plane,
            "/crops": self._serve_crops,
            "/projector": self._serve_projector,
            "/patterns": self._serve_patterns,
            "/groups": self._serve_groups,
            "/thumbnail": self._serve_thumbnail,
            "/image": self._serve_image,
            "/tokens": self._serve_tokens,
        }
        return {path: _application(view) for path, view in views.items()}

    def _serve_entry(self, request: Request) -> Response:
        return _asset(request, self._assets.entry())

    def _serve_asset(self, request: Request) -> Response:
        # Everything after the route's own path, as it came: the table knows no other spelling.
        name = request.path.partition(_ASSETS_PATH)[2]
        asset = self._assets.file(f"assets/{name}")
        if asset is None:
            raise NotFoundError(
                "this is not a file of the built dashboard, or no longer; reload the page"
            )
        return _asset(request, asset)

    def _serve_runs(self, request: Request) -> Response:
        content = answers.runs(self._experiment.current())
        return _json(request, content)

    def _serve_records(self, request: Request) -> Response:
        key = read_key(request)
        answer = answers.records(self._experiment.current(), key)
        return _bulk(request, answer)

    def _serve_film(self, request: Request) -> Response:
        key, statistic = read_key(request), read_text(request, "statistic")
        chunk, content_hash = read_count(request, "chunk"), read_text(request, "hash")
        answer = answers.film(
            self._experiment.current(), key, statistic, answers.ChunkKey(chunk, content_hash)
        )
        return _kept_for_ever(_compressed(request, answer))

    def _serve_layer(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        step = read_step(request)
        answer = answers.layer(self._experiment.current(), key, layer_name, step)
        return _bulk(request, answer)

    def _serve_unit(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        unit = read_count(request, "unit")
        answer = answers.unit(self._experiment.current(), key, layer_name, unit)
        return _bulk(request, answer)

    def _serve_changes(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        method, target = request.args.get("method"), request.args.get("target")
        answer = attribution_answers.changes(
            self._experiment.current(), key, layer_name, method, target
        )
        return _json(request, answer)

    def _serve_flows(self, request: Request) -> Response:
        key = read_key(request)
        return _json(request, attribution_answers.flows(self._experiment.current(), key))

    def _serve_flow(self, request: Request) -> Response:
        key, step = read_key(request), read_step(request)
        group, method = request.args.get("group", "all"), request.args.get("method")
        answer = attribution_answers.flow(self._experiment.current(), key, step, group, method)
        return _bulk(request, answer)

    def _serve_maps(self, request: Request) -> Response:
        key = read_key(request)
        target = request.args.get("target")
        return _json(request, attribution_answers.maps(self._experiment.current(), key, target))

    def _serve_map(self, request: Request) -> Response:
        key, method = read_key(request), read_text(request, "method")
        layer_name, target = request.args.get("layer"), request.args.get("target")
        found = attribution_answers.method_maps(
            self._experiment.current(), key, method, layer_name, target
        )
        return _compressed(request, found)

    def _serve_evidence(self, request: Request) -> Response:
        key = read_key(request)
        return _json(request, evidence_answers.steps(self._experiment.current(), key))

    def _serve_layer_evidence(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        step = read_step(request)
        return _compressed(
            request, evidence_answers.layer(self._experiment.current(), key, layer_name, step)
        )

    def _serve_unit_evidence(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        unit = read_count(request, "unit")
        return _compressed(
            request, evidence_answers.unit(self._experiment.current(), key, layer_name, unit)
        )

    def _serve_trust(self, request: Request) -> Response:
        key = read_key(request)
        return _json(request, attribution_answers.unit_trust(self._experiment.current(), key))

    def _serve_responses(self, request: Request) -> Response:
        key = read_key(request)
        return _json(request, response_answers.responses(self._experiment.current(), key))

    def _serve_joint(self, request: Request) -> Response:
        key = read_key(request)
        question = joint_answers.JointQuestion(
            read_respondent(request, "x"),
            read_respondent(request, "y"),
            read_step(request),
            read_anchor(request),
            read_count(request, "columns") if "columns" in request.args else joint_answers.COLUMNS,
            request.args.get("by") == "class",
            request.args.get("filter", ""),
            read_count(request, "example") if "example" in request.args else None,
        )
        answer = joint_answers.joint(
            self._experiment.current(), key, question, read_other_side(request)
        )
        return _bulk(request, answer)

    def _serve_correlated(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        unit, step = read_count(request, "unit"), read_step(request)
        return _json(
            request,
            response_answers.correlated(self._experiment.current(), key, choice, unit, step),
        )

    def _serve_filter(self, request: Request) -> Response:
        key, step = read_key(request), read_step(request)
        expression = request.args.get("filter", "")
        return _json(
            request, response_answers.filtered(self._experiment.current(), key, step, expression)
        )

    def _serve_drift(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        step, other = read_step(request), request.args.get("other")
        return _bulk(
            request,
            response_answers.drift(self._experiment.current(), key, choice, step, other),
        )

    def _serve_distribution(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        unit, other = read_count(request, "unit"), request.args.get("other")
        return _bulk(
            request,
            response_answers.distribution(self._experiment.current(), key, choice, unit, other),
        )

    def _serve_planes(self, request: Request) -> Response:
        key = read_key(request)
        method = read_method(request)
        return _json(request, map_answers.plane_steps(self._experiment.current(), key, method))

    def _serve_plane(self, request: Request) -> Response:
        key, step, choice = (
            read_key(request),
            read_step(request),
            read_plane_choice(request),
        )
        recording = answers.find_recording(self._experiment.current(), key)
        return _bulk(request, map_answers.plane(recording, choice, step, self._planes))

    def _serve_crops(self, request: Request) -> Response:
        key, layer_name, step = (
            read_key(request),
            read_text(request, "layer"),
            read_step(request),
        )
        return _bulk(request, map_answers.crops(self._experiment.current(), key, layer_name, step))

    def _serve_projector(self, request: Request) -> Response:
        key, step, choice = (
            read_key(request),
            read_step(request),
            read_plane_choice(request),
        )
        recording = answers.find_recording(self._experiment.current(), key)
        content = projector.archive(recording, choice, step)
        return http_util.Respond(request, content, "application/zip")

    def _serve_image(self, request: Request) -> Response:
        key, example = read_key(request), read_count(request, "example")
        content = map_answers.image(self._experiment.current(), key, example)
        return http_util.Respond(request, content, "image/png")

    def _serve_patterns(self, request: Request) -> Response:
        key, choice, step = (
            read_key(request),
            read_response_choice(request),
            read_step(request),
        )
        anchor, expression = read_anchor(request), request.args.get("filter", "")
        answer = pattern_answers.patterns(
            self._experiment.current(), key, choice, step, anchor, expression
        )
        return _bulk(request, answer)

    def _serve_groups(self, request: Request) -> Response:
        key, choice, step = (
            read_key(request),
            read_response_choice(request),
            read_step(request),
        )
        count = read_count(request, "count") if "count" in request.args else group_answers.COUNT
        answer = group_answers.groups(
            self._experiment.current(), key, choice, step, read_anchor(request), count
        )
        return _bulk(request, answer)

    def _serve_thumbnail(self, request: Request) -> Response:
        key, example = read_key(request), read_count(request, "example")
        content = answers.thumbnail(self._experiment.current(), key, example)
        return http_util.Respond(request, content, "image/png")

    def _serve_tokens(self, request: Request) -> Response:
        key, example = read_key(request), read_count(request, "example")
        return _json(request, answers.tokens(self._experiment.current(), key, example))


def _application(view: View) -> Callable[..., Any]:
    @Request.application
    def application(request: Request) -> Response:
        if request.method not in _METHODS:
            return _error(request, 405, f"{request.method} is not answered here; use GET")
        try:
            return view(request)
        except InvalidArgumentError as error:
            return _error(request, 400, str(error))
        except (NotFoundError, DamagedRecordError, NewerSchemaError) as error:
            return _error(request, 404, str(error))
        except Exception:
            _LOGGER.exception("tb_neuron could not answer %s", request.path)
            return _error(request, 500, "tb_neuron failed; TensorBoard's log says where")

    return application


def _json(request: Request, content: Any, code: int = 200) -> Response:
    return http_util.Respond(request, json.dumps(content), _JSON, code=code)


def _bulk(request: Request, answer: answers.Bulk) -> Response:
    content = container.pack(answer.header, answer.arrays)
    return http_util.Respond(request, content, container.MEDIA_TYPE)


def _compressed(request: Request, answer: answers.Bulk) -> Response:
    content = container.pack(answer.header, answer.arrays)
    return http_util.Respond(
        request,
        gzip.compress(content, _GZIP_LEVEL, mtime=0),
        container.MEDIA_TYPE,
        content_encoding="gzip",
    )


def _asset(request: Request, asset: Asset) -> Response:
    response = http_util.Respond(request, asset.content, asset.media_type)
    return _kept_for_ever(response) if asset.is_immutable else response


def _kept_for_ever(response: Response) -> Response:
    response.headers["Cache-Control"] = _IMMUTABLE
    response.headers["Vary"] = "Accept-Encoding"
    response.headers.remove("Expires")
    return response


def _error(request: Request, code: int, message: str) -> Response:
    response = _json(request, ErrorAnswer(error=message), code)
    if code == 405:
        response.headers["Allow"] = ", ".join(_METHODS)
    return response
