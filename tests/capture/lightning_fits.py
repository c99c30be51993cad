"""Lightning trainings that are recorded, for the tests of the callback."""

from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import pytest
from lightning_run import Classifier, loader, trainer
from recorded import values

from tb_neuron_callbacks.lightning import NeuronCallback

#: What Lightning itself warns of: its pytree of torch 2.13, and its advice on the speed of loaders.
OF_LIGHTNING = [
    pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*LeafSpec:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*does not have many workers"),
    pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no"),
]


def fit(folder: Path, model: Any = None, *callbacks: Any, **choices: Any) -> lightning.Trainer:
    run = trainer(folder, *(callbacks or [NeuronCallback()]), **choices)
    run.fit(model or Classifier(), loader(0, 128), loader(128, 192))
    return run


def recorded_steps(folder: Path) -> list[int]:
    return sorted(values(folder, "activations"))
