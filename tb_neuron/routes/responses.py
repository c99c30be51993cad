"""The routes of responses: of two units together, of examples, of a layer's matrix and groups."""

from collections.abc import Mapping

from werkzeug.wrappers import Request, Response

from tb_neuron import group_answers, joint_answers, pattern_answers, response_answers
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import (
    read_anchor,
    read_count,
    read_key,
    read_other_side,
    read_respondent,
    read_response_choice,
    read_step,
)
from tb_neuron.routes.replies import View, reply_bulk, reply_json
from tb_neuron.subsets import parse_subsets


class ResponseRoutes:
    """The routes of responses: of two units together, of examples, of a layer's matrix and groups.

    Args:
        experiment: what is shown.
    """

    def __init__(self, experiment: LiveExperiment) -> None:
        self._experiment = experiment

    def views(self) -> Mapping[str, View]:
        """Return what answers each route, by its path below the plugin's."""
        return {
            "/responses": self._serve_responses,
            "/joint": self._serve_joint,
            "/correlated": self._serve_correlated,
            "/filter": self._serve_filter,
            "/drift": self._serve_drift,
            "/distribution": self._serve_distribution,
            "/patterns": self._serve_patterns,
            "/groups": self._serve_groups,
        }

    def _serve_responses(self, request: Request) -> Response:
        key = read_key(request)
        return reply_json(request, response_answers.responses(self._experiment.current(), key))

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
        return reply_bulk(request, answer)

    def _serve_correlated(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        unit, step = read_count(request, "unit"), read_step(request)
        return reply_json(
            request,
            response_answers.correlated(self._experiment.current(), key, choice, unit, step),
        )

    def _serve_filter(self, request: Request) -> Response:
        key, step = read_key(request), read_step(request)
        expression = request.args.get("filter", "")
        return reply_json(
            request, response_answers.filtered(self._experiment.current(), key, step, expression)
        )

    def _serve_drift(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        step, other = read_step(request), request.args.get("other")
        return reply_bulk(
            request,
            response_answers.drift(self._experiment.current(), key, choice, step, other),
        )

    def _serve_distribution(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        unit, other = read_count(request, "unit"), request.args.get("other")
        return reply_bulk(
            request,
            response_answers.distribution(self._experiment.current(), key, choice, unit, other),
        )

    def _serve_patterns(self, request: Request) -> Response:
        key, choice = read_key(request), read_response_choice(request)
        question = pattern_answers.PatternQuestion(
            read_step(request),
            read_anchor(request),
            request.args.get("filter", ""),
            parse_subsets(request.args.get("subsets", "")),
        )
        answer = pattern_answers.patterns(self._experiment.current(), key, choice, question)
        return reply_bulk(request, answer)

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
        return reply_bulk(request, answer)
