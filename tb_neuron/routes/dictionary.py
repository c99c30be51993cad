"""The routes of the dictionary: what units respond to most, as icons."""

from collections.abc import Mapping

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tb_neuron import dictionary_answers
from tb_neuron.live import LiveExperiment
from tb_neuron.parameters import read_count, read_icon_question, read_key, read_text
from tb_neuron.routes.replies import View, reply_bulk, reply_json


class DictionaryRoutes:
    """The routes of the dictionary.

    Args:
        experiment: what is shown.
    """

    def __init__(self, experiment: LiveExperiment) -> None:
        self._experiment = experiment

    def views(self) -> Mapping[str, View]:
        """Return what answers each route, by its path below the plugin's."""
        return {
            "/dictionary": self._serve_dictionary,
            "/unit_icons": self._serve_unit_icons,
            "/meaning_drift": self._serve_meaning_drift,
            "/pictures": self._serve_pictures,
            "/visualisation": self._serve_visualisation,
        }

    def _serve_dictionary(self, request: Request) -> Response:
        key = read_key(request)
        return reply_json(request, dictionary_answers.dictionary(self._experiment.current(), key))

    def _serve_unit_icons(self, request: Request) -> Response:
        key, question = read_key(request), read_icon_question(request)
        answer = dictionary_answers.unit_icons(self._experiment.current(), key, question)
        return reply_bulk(request, answer)

    def _serve_meaning_drift(self, request: Request) -> Response:
        key, layer_name = read_key(request), read_text(request, "layer")
        answer = dictionary_answers.drift(self._experiment.current(), key, layer_name)
        return reply_bulk(request, answer)

    def _serve_pictures(self, request: Request) -> Response:
        key = read_key(request)
        return reply_bulk(request, dictionary_answers.pictures(self._experiment.current(), key))

    def _serve_visualisation(self, request: Request) -> Response:
        key, question = read_key(request), read_icon_question(request)
        place = read_count(request, "place") if "place" in request.args else 0
        content = dictionary_answers.visualisation(self._experiment.current(), key, question, place)
        return http_util.Respond(request, content, "image/png")
