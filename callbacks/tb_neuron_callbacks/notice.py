"""How capture tells the user of a loss: a warning that can't break the training."""

import logging
import warnings

_LOGGER = logging.getLogger("tb_neuron")


def warn(sentence: str) -> None:
    """Warn; where warnings are turned into errors, or cannot be shown, log instead.

    Args:
        sentence: what is lost and why.
    """
    text = f"tb_neuron: {sentence}"
    try:
        # The training script's own line, above the recorder's frames.
        warnings.warn(text, RuntimeWarning, stacklevel=5)
    except Exception:  # also whatever a `warnings.showwarning` of the user's raises
        _LOGGER.warning(text)


def reason(error: BaseException) -> str:
    """Return type and message of an exception."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
