"""What TensorBoard imports at start-up: our command-line flags, and the plugin on demand.

An exception here would stop TensorBoard itself, so nothing is imported but its plugin interface,
and every step is guarded: at worst there is no Neurons tab.
"""

import logging
from typing import Any

from tensorboard.plugins import base_plugin

_LOGGER = logging.getLogger(__name__)
#: As in `metadata.py`, which is not imported here because it needs protobuf.
_PLUGIN_NAMES = ("tb_neuron", "tb_neuron_units")


class NeuronLoader(base_plugin.TBLoader):
    """Adds the Neurons tab to TensorBoard."""

    def define_flags(self, parser: Any) -> None:
        """Add our flags to TensorBoard's command line."""
        try:
            group = parser.add_argument_group("tb_neuron plugin")
            group.add_argument(
                "--tb_neuron_max_steps",
                metavar="N",
                type=int,
                default=0,
                help="Steps of each recording that TensorBoard keeps (default 0: all of them).",
            )
            group.add_argument(
                "--tb_neuron_fast_crc",
                metavar="BOOL",
                choices=("true", "false"),
                default="true",
                help="Check event files with google-crc32c where TensorBoard does it in Python.",
            )
        except Exception as error:
            _LOGGER.warning("tb_neuron has no command-line flags: %s", error)

    def fix_flags(self, flags: Any) -> None:
        """Have TensorBoard keep all steps of ours, unless the user said otherwise."""
        try:
            limits = dict(getattr(flags, "samples_per_plugin", None) or {})
            steps = max(0, int(getattr(flags, "tb_neuron_max_steps", None) or 0))
            for name in _PLUGIN_NAMES:
                limits.setdefault(name, steps)
            flags.samples_per_plugin = limits
        except Exception as error:
            _LOGGER.warning("tb_neuron shows only some steps of each recording: %s", error)

    def load(self, context: Any) -> Any:
        """Return the plugin, or None if it cannot be loaded here."""
        try:
            # Imported late: what fails here costs only our tab.
            from tb_neuron import fast_crc  # noqa: PLC0415
            from tb_neuron.plugin import NeuronPlugin  # noqa: PLC0415

            if getattr(context.flags, "tb_neuron_fast_crc", "true") != "false":
                fast_crc.bind_reader(fast_crc.find_crc32c())
            return NeuronPlugin(context)
        except Exception:
            _LOGGER.exception("TensorBoard goes on without the Neurons tab")
            return None
