"""The routes of runs, recordings, layers, units and examples."""

from collections.abc import Mapping

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tb_neuron import answers, map_answers
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import read_count, read_key, read_step, read_text
from tb_neuron.routes.replies import View, keep_for_ever, reply_bulk, reply_compressed, reply_json


class RecordingRoutes:
    """The routes of runs, recordings, layers, units and examples.

    Args:
        experiment: what is shown.
    """

    def __init__(self, experiment: LiveExperiment) -> None:
        self._experiment = experiment

    def views(self) -> Mapping[str, View]:
        """Return what answers each route, by its path below the plugin's."""
        return {
            "/runs": self._serve_runs,
            "/records": self._serve_records,
            "/film": self._serve_film,
            "/layer": self._serve_layer,
            "/unit": self._serve_unit,
            "/thumbnail": self._serve_thumbnail,
            "/image": self._serve_image,
            "/tokens": self._serve_tokens,
        }

    def _serve_runs(self, request: Request) -> Response:
        content = answers.runs(self._experiment.current())
        return reply_json(request, content)

    def _serve_records(self, request: Request) -> Response:
        key = read_key(request)
        answer = answers.records(self._experiment.current(), key)
        return reply_bulk(request, answer)

    def _serve_film(self, request: Request) -> Response:
        key, statistic = read_key(request), read_text(request, "statistic")
        chunk, content_hash = read_count(request, "chunk"), read_text(request, "hash")
        answer = answers.film(
            self._experiment.current(), key, statistic, answers.ChunkKey(chunk, content_hash)
        )
        return keep_for_ever(reply_compressed(request, answer))

    def _serve_layer(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        step = read_step(request)
        answer = answers.layer(self._experiment.current(), key, layer_name, step)
        return reply_bulk(request, answer)

    def _serve_unit(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        unit = read_count(request, "unit")
        answer = answers.unit(self._experiment.current(), key, layer_name, unit)
        return reply_bulk(request, answer)

    def _serve_thumbnail(self, request: Request) -> Response:
        key, example = read_key(request), read_count(request, "example")
        content = answers.thumbnail(self._experiment.current(), key, example)
        return http_util.Respond(request, content, "image/png")

    def _serve_image(self, request: Request) -> Response:
        key, example = read_key(request), read_count(request, "example")
        content = map_answers.image(self._experiment.current(), key, example)
        return http_util.Respond(request, content, "image/png")

    def _serve_tokens(self, request: Request) -> Response:
        key, example = read_key(request), read_count(request, "example")
        return reply_json(request, answers.tokens(self._experiment.current(), key, example))
