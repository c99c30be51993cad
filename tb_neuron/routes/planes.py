"""The routes of units and examples in two dimensions."""

from collections.abc import Mapping

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tb_neuron import answers, map_answers, projector
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import read_key, read_method, read_plane_choice, read_step, read_text
from tb_neuron.plane_shelf import PlaneShelf
from tb_neuron.routes.replies import View, reply_bulk, reply_json


class PlaneRoutes:
    """The routes of units and examples in two dimensions.

    Args:
        experiment: what is shown.
    """

    def __init__(self, experiment: LiveExperiment) -> None:
        self._experiment = experiment
        self._planes = PlaneShelf()

    def views(self) -> Mapping[str, View]:
        """Return what answers each route, by its path below the plugin's."""
        return {
            "/planes": self._serve_planes,
            "/plane": self._serve_plane,
            "/crops": self._serve_crops,
            "/projector": self._serve_projector,
        }

    def _serve_planes(self, request: Request) -> Response:
        key = read_key(request)
        method = read_method(request)
        return reply_json(request, map_answers.plane_steps(self._experiment.current(), key, method))

    def _serve_plane(self, request: Request) -> Response:
        key, step, choice = (
            read_key(request),
            read_step(request),
            read_plane_choice(request),
        )
        recording = answers.find_recording(self._experiment.current(), key)
        return reply_bulk(request, map_answers.plane(recording, choice, step, self._planes))

    def _serve_crops(self, request: Request) -> Response:
        key, layer_name, step = (
            read_key(request),
            read_text(request, "layer"),
            read_step(request),
        )
        return reply_bulk(
            request, map_answers.crops(self._experiment.current(), key, layer_name, step)
        )

    def _serve_projector(self, request: Request) -> Response:
        key, step, choice = (
            read_key(request),
            read_step(request),
            read_plane_choice(request),
        )
        recording = answers.find_recording(self._experiment.current(), key)
        content = projector.archive(recording, choice, step)
        return http_util.Respond(request, content, "application/zip")
