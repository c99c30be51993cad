"""The tab as TensorBoard sees it: its name, entry module and routes, and whether it has data."""

import logging
from collections.abc import Callable
from typing import Any

from tensorboard.plugins import base_plugin

from tb_neuron.assets import ENTRY, Assets
from tb_neuron.live import LiveExperiment
from tb_neuron.metadata import PLUGIN_NAME, UNITS_PLUGIN_NAME
from tb_neuron.routes import Routes
from tb_neuron.source import Source
from tb_neuron.source.event_index import EventIndex

_LOGGER = logging.getLogger(__name__)


class NeuronPlugin(base_plugin.TBPlugin):
    """Serves the Neurons tab.

    Args:
        context: TensorBoard's `TBContext`.
    """

    plugin_name = PLUGIN_NAME

    def __init__(self, context: Any) -> None:
        self._experiment = LiveExperiment(lambda: choose_source(context))
        self._routes = Routes(self._experiment, Assets())

    def get_plugin_apps(self) -> dict[str, Callable[..., Any]]:
        """Return the WSGI application of each route."""
        return self._routes.apps()

    def is_active(self) -> bool:
        """Say whether there is a recording to show; never raises, never waits long."""
        try:
            return self._experiment.has_recordings()
        except Exception as error:
            _LOGGER.warning("tb_neuron could not look for recordings: %s", error)
            return False

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """Return the tab's name and the module that draws it."""
        return base_plugin.FrontendMetadata(es_module_path=f"/{ENTRY}", tab_name="Neurons")

    def data_plugin_names(self) -> Any:
        """Return the names under which our summaries are written."""
        return (PLUGIN_NAME, UNITS_PLUGIN_NAME)


def choose_source(context: Any) -> Source:
    """Return where recordings are read from.

    A local logdir is read by our own index; for anything else (`gs://`, `--logdir_spec`, another
    data server) TensorBoard's data provider is asked.
    """
    logdir = context.logdir or ""
    if logdir and "://" not in logdir:
        return EventIndex(logdir)
    # Needs TensorBoard's backend, which nothing else here does.
    from tb_neuron.source.provider import ProviderSource  # noqa: PLC0415

    return ProviderSource(context.data_provider, logdir)
