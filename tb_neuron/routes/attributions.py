"""The routes of attribution: changes, flow, maps, evidence, and whether to believe them."""

from collections.abc import Mapping

from werkzeug.wrappers import Request, Response

from tb_neuron import attribution_answers, evidence_answers
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import read_count, read_grouping, read_key, read_step, read_text
from tb_neuron.routes.replies import View, reply_bulk, reply_compressed, reply_json


class AttributionRoutes:
    """The routes of attribution: changes, flow, maps, evidence, and whether to believe them.

    Args:
        experiment: what is shown.
    """

    def __init__(self, experiment: LiveExperiment) -> None:
        self._experiment = experiment

    def views(self) -> Mapping[str, View]:
        """Return what answers each route, by its path below the plugin's."""
        return {
            "/changes": self._serve_changes,
            "/flows": self._serve_flows,
            "/flow": self._serve_flow,
            "/maps": self._serve_maps,
            "/map": self._serve_map,
            "/evidence": self._serve_evidence,
            "/layer_evidence": self._serve_layer_evidence,
            "/unit_evidence": self._serve_unit_evidence,
            "/trust": self._serve_trust,
        }

    def _serve_changes(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        method, target = request.args.get("method"), request.args.get("target")
        answer = attribution_answers.changes(
            self._experiment.current(), key, layer_name, method, target
        )
        return reply_json(request, answer)

    def _serve_flows(self, request: Request) -> Response:
        key = read_key(request)
        return reply_json(request, attribution_answers.flows(self._experiment.current(), key))

    def _serve_flow(self, request: Request) -> Response:
        key, step = read_key(request), read_step(request)
        group, method = request.args.get("group", "all"), request.args.get("method")
        answer = attribution_answers.flow(
            self._experiment.current(), key, step, group, method, read_grouping(request)
        )
        return reply_bulk(request, answer)

    def _serve_maps(self, request: Request) -> Response:
        key = read_key(request)
        target = request.args.get("target")
        return reply_json(
            request, attribution_answers.maps(self._experiment.current(), key, target)
        )

    def _serve_map(self, request: Request) -> Response:
        key, method = read_key(request), read_text(request, "method")
        layer_name, target = request.args.get("layer"), request.args.get("target")
        found = attribution_answers.method_maps(
            self._experiment.current(), key, method, layer_name, target
        )
        return reply_compressed(request, found)

    def _serve_evidence(self, request: Request) -> Response:
        key = read_key(request)
        return reply_json(request, evidence_answers.steps(self._experiment.current(), key))

    def _serve_layer_evidence(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        step = read_step(request)
        return reply_compressed(
            request, evidence_answers.layer(self._experiment.current(), key, layer_name, step)
        )

    def _serve_unit_evidence(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        unit = read_count(request, "unit")
        return reply_compressed(
            request, evidence_answers.unit(self._experiment.current(), key, layer_name, unit)
        )

    def _serve_trust(self, request: Request) -> Response:
        key = read_key(request)
        return reply_json(request, attribution_answers.unit_trust(self._experiment.current(), key))
