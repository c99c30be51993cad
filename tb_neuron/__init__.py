"""What a network's units did while it trained, read back from TensorBoard's event files."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Experiment", "__version__", "open"]

if TYPE_CHECKING:
    from tb_neuron.experiment import Experiment, open


def __getattr__(name: str) -> Any:
    """Import the reader when it is first asked for: TensorBoard loads this package at its start."""
    if name in ("Experiment", "open"):
        from tb_neuron import experiment  # noqa: PLC0415

        return getattr(experiment, name)
    raise AttributeError(f"module 'tb_neuron' has no attribute {name!r}")
