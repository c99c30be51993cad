"""Capture: what the training script imports to record the units of a network."""

from tb_neuron_callbacks.own_statistics import Statistic
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.recorder import NeuronRecorder
from tb_neuron_callbacks.recording import Recording, Thresholds
from tb_neuron_callbacks.schedule import at, every, log_spaced

__all__ = [
    "NeuronRecorder",
    "ProbeSet",
    "Recording",
    "Statistic",
    "Thresholds",
    "at",
    "every",
    "log_spaced",
]
