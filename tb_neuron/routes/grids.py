"""The routes of activation grids: the cells of a layer, and the units behind one of them."""

from collections.abc import Mapping

from werkzeug.wrappers import Request, Response

from tb_neuron import grid_answers
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import read_anchor, read_count, read_key, read_step, read_text
from tb_neuron.routes.replies import View, reply_bulk, reply_compressed, reply_json


class GridRoutes:
    """The routes of activation grids: the cells of a layer, and the units behind one of them.

    Args:
        experiment: what is shown.
    """

    def __init__(self, experiment: LiveExperiment) -> None:
        self._experiment = experiment

    def views(self) -> Mapping[str, View]:
        """Return what answers each route, by its path below the plugin's."""
        return {
            "/grids": self._serve_grids,
            "/grid": self._serve_grid,
            "/position": self._serve_position,
        }

    def _serve_grids(self, request: Request) -> Response:
        key = read_key(request)
        return reply_json(request, grid_answers.steps(self._experiment.current(), key))

    def _serve_grid(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        example = read_count(request, "example") if "example" in request.args else None
        step, anchor = read_step(request), read_anchor(request)
        found = grid_answers.grid(
            self._experiment.current(), key, layer_name, step, anchor, example
        )
        return reply_compressed(request, found)

    def _serve_position(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        at = read_count(request, "example"), read_count(request, "position")
        step = read_step(request)
        return reply_bulk(
            request, grid_answers.position(self._experiment.current(), key, layer_name, at, step)
        )
