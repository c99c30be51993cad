"""What can go wrong while capturing, drawn as a tree under `tb_neuron.errors.NeuronError`.

::

    NeuronError
    └── CaptureError
        ├── LayerSelectionError  `layers=` names nothing, or nothing that can be watched
        ├── UnitAxisError        which axis of an output holds the units cannot be told
        ├── StatisticError       a statistic that does not exist, or two that do not merge
        ├── ScheduleError        a schedule that can never say yes
        ├── ProbeSetError        a probe set that is empty or inconsistent
        ├── ProbeForwardError    the model cannot run the probe set
        ├── RecordError          a step that goes back, a writer that cannot take a record
        ├── RanksError           a rank of a distributed training that did not come
        ├── ShareError           a rank that could not measure its share of the probe set
        └── AttributionError     a target, baseline or method that the model does not allow

Each message states the rule, the value that broke it, and the way out.
"""

from tb_neuron.errors import NeuronError


class CaptureError(NeuronError):
    """Anything that capture raises on purpose."""


class LayerSelectionError(CaptureError, ValueError):
    """`layers=` names nothing, or nothing that can be watched."""


class UnitAxisError(CaptureError, ValueError):
    """Which axis of an output holds the units cannot be told, or was told wrongly."""


class StatisticError(CaptureError, ValueError):
    """A statistic that does not exist, or two that do not merge."""


class ScheduleError(CaptureError, ValueError):
    """A schedule that can never say yes."""


class ProbeSetError(CaptureError, ValueError):
    """A probe set that is empty or inconsistent."""


class ProbeForwardError(CaptureError, RuntimeError):
    """The model cannot run the probe set."""


class RecordError(CaptureError, ValueError):
    """A step that goes back, or a writer that cannot take a record."""


class RanksError(CaptureError, RuntimeError):
    """A rank of a distributed training did not come."""


class ShareError(CaptureError, RuntimeError):
    """Another rank could not measure its share of the probe set."""


class AttributionError(CaptureError, ValueError):
    """A target, a baseline or a method that the model or the probe set does not allow."""
