"""HTTP of the tab (`http_api.md`): a request's parameters in, the plain values of `answers` out.

One module a subject; each has a table of its routes, and this one of its subjects.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tb_neuron.assets import Asset, Assets
from tb_neuron.errors import NotFoundError
from tb_neuron.live import LiveExperiment
from tb_neuron.routes.attributions import AttributionRoutes
from tb_neuron.routes.dictionary import DictionaryRoutes
from tb_neuron.routes.grids import GridRoutes
from tb_neuron.routes.planes import PlaneRoutes
from tb_neuron.routes.recordings import RecordingRoutes
from tb_neuron.routes.replies import View, application, keep_for_ever
from tb_neuron.routes.responses import ResponseRoutes

_ASSETS_PATH = "/assets/"
_SUBJECTS = (
    RecordingRoutes,
    AttributionRoutes,
    ResponseRoutes,
    PlaneRoutes,
    GridRoutes,
    DictionaryRoutes,
)


class Routes:
    """All routes of the tab.

    Args:
        experiment: what is shown.
        assets: the built dashboard.
    """

    def __init__(self, experiment: LiveExperiment, assets: Assets) -> None:
        self._subjects = [subject(experiment) for subject in _SUBJECTS]
        self._assets = assets

    def apps(self) -> dict[str, Callable[..., Any]]:
        """Return the WSGI application of each route, by its path below the plugin's."""
        files: Mapping[str, View] = {
            "/index.js": self._serve_entry,
            f"{_ASSETS_PATH}*": self._serve_asset,
        }
        tables = [files, *(subject.views() for subject in self._subjects)]
        return {path: application(view) for table in tables for path, view in table.items()}

    def _serve_entry(self, request: Request) -> Response:
        return _reply_asset(request, self._assets.entry())

    def _serve_asset(self, request: Request) -> Response:
        # Everything after the route's own path, as it came: the table knows no other spelling.
        name = request.path.partition(_ASSETS_PATH)[2]
        asset = self._assets.file(f"assets/{name}")
        if asset is None:
            raise NotFoundError(
                "this is not a file of the built dashboard, or no longer; reload the page"
            )
        return _reply_asset(request, asset)


def _reply_asset(request: Request, asset: Asset) -> Response:
    response = http_util.Respond(request, asset.content, asset.media_type)
    return keep_for_ever(response) if asset.is_immutable else response
