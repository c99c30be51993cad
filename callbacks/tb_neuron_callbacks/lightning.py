"""The recorder as a Lightning callback, for `lightning` and `pytorch_lightning` alike."""

from __future__ import annotations

import importlib
import logging
import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from tb_neuron_callbacks.callback_choices import RECORDS, check_choices
from tb_neuron_callbacks.calling import Forward, call_model
from tb_neuron_callbacks.errors import (
    ProbeForwardError,
    ProbeSetError,
    StatisticError,
    UnitAxisError,
)
from tb_neuron_callbacks.notice import reason, warn
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.randomness import preserved_randomness
from tb_neuron_callbacks.recorder import NeuronRecorder
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.schedule import log_spaced, over_run


def _import_lightning() -> Any:
    """Import the Lightning that the user has: the one that is imported already, if one is."""
    names = ("lightning.pytorch", "pytorch_lightning")
    for name in sorted(names, key=lambda name: name not in sys.modules):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != name.partition(".")[0]:
                raise
    raise ImportError("NeuronCallback needs Lightning: pip install 'tb-neuron[lightning]'")


_lightning = _import_lightning()
_LOGGER = logging.getLogger(f"{_lightning.__name__}.tb_neuron")

#: What `layers=` takes. The function comes first, so that a command line's path to one is imported.
Layers = Callable[[str, nn.Module], bool] | str | list[str]


class NeuronCallback(_lightning.Callback):
    """Records every unit of the trained module; works without an argument.

    ::

        Trainer(callbacks=[NeuronCallback()])

    Step 0 is recorded before the first update, then about 60 records follow, denser at first. They
    go into the event file of the trainer's TensorBoardLogger; without one, into an event file of
    their own under `trainer.log_dir`, and a sentence says where. The shares of silent, dead,
    dormant and saturated units go through all loggers of the trainer.

    Args:
        probe: the examples to measure on; by default `examples` of the validation loader's data
            set, or of the training loader's if there is none.
        examples: how many to take from a loader.
        layers: "auto", names, patterns such as "encoder.*", or a function `(name, module) -> bool`.
        records: about how many records in the whole run, where no schedule is given.
        schedule: which steps are recorded; any function `step -> bool` of the optimiser steps.
        recording: the finer choices.
        forward: how to call the module, such as `lambda module, batch: module.net(batch[0])`.
        name: the model's name in the tab.

    Attributes:
        recorder: while a training runs and is recorded; else None. Every rank has one, measures
            its share of the probe set, and rank 0 writes.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        probe: ProbeSet | None = None,
        examples: int = 256,
        layers: Layers = "auto",
        records: int = RECORDS,
        schedule: Callable[[int], bool] | None = None,
        recording: Recording | None = None,
        forward: Callable[[nn.Module, Any], Any] | None = None,
        name: str = "model",
    ) -> None:
        super().__init__()
        check_choices(probe, records, schedule, name)
        self._probe = probe
        self._examples = examples
        self._layers = layers
        self._records = records
        self._schedule = schedule
        self._recording = recording or Recording()
        self._forward = forward
        self._name = name
        self.recorder: NeuronRecorder | None = None
        self._due: Callable[[int], bool] = bool
        self._seen = -1
        self._forced = False
        self._recorded = -1

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Make the recorder, and record the step from which the training starts."""
        log_dir = trainer.log_dir  # on every rank: it communicates
        self._close()
        if trainer.fast_dev_run:
            return
        if _is_sharded(trainer):
            strategy = type(trainer.strategy).__name__
            warn(f"nothing is recorded: {strategy} spreads the model over ranks. Train with DDP")
            return
        self._due = self._schedule or default_schedule(trainer, pl_module, self._records)
        try:
            self.recorder = self._make_recorder(trainer, pl_module, log_dir)
        except (StatisticError, UnitAxisError):
            raise  # about what the user chose
        except Exception as error:
            # What the user asked for by name must not be passed over; the rest was our own guess.
            if self._probe is not None or self._layers != "auto" or self._forward is not None:
                raise
            warn(f"nothing is recorded: {reason(error)}. The training goes on")
            return
        self._seen, self._forced = trainer.global_step - 1, self._schedule is None
        self._record(trainer, checkpoint=str(trainer.ckpt_path or ""))
        self._forced = False

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Record if one of the optimiser steps of this batch is due."""
        del pl_module, outputs, batch, batch_idx
        self._record(trainer)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Record the last step, also of a training that was stopped early, and close."""
        del pl_module
        if self._schedule is None and self._seen != self._recorded:
            self._seen -= 1
            self._forced = True
            self._record(trainer)
        self._close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Close after an exception of the training."""
        del trainer, pl_module, exception
        self._close()

    def _make_recorder(self, trainer: Any, module: Any, log_dir: str | None) -> NeuronRecorder:
        return NeuronRecorder(
            module,
            self._probe or probe_of(trainer, self._examples),
            writer_or_folder(trainer, log_dir),
            layers=self._layers,
            schedule=self._is_due,
            # Scalars go through all loggers instead.
            recording=replace(self._recording, scalars=False),
            forward=self._forward or forward_of(module),
            name=self._name,
        )

    def _is_due(self, step: int) -> bool:
        """Return whether a step since the last batch is due.

        Gradient accumulation ends several batches at one step, several optimisers make several
        steps in one batch.
        """
        return self._forced or any(map(self._due, range(self._seen + 1, step + 1)))

    def _record(self, trainer: Any, checkpoint: str = "") -> None:
        recorder, step = self.recorder, trainer.global_step
        if recorder is None or step <= self._seen:
            return
        is_written = recorder.step(step, checkpoint)
        self._seen = step
        if not is_written:
            return
        self._recorded = step
        if self._recording.scalars:
            _log_scalars(trainer, recorder.scalars, step)

    def _close(self) -> None:
        self._forced, self._recorded = False, -1
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None


def probe_of(trainer: Any, examples: int) -> ProbeSet:
    """Make the probe set of a trainer's validation data, else of its training data.

    Raises:
        ProbeSetError: no loader has a data set that can be read by index.
    """
    refusals = []
    for loader in (*_validation_loaders(trainer), *_loaders(trainer.train_dataloader)):
        try:
            return ProbeSet.from_loader(loader, examples)
        except ProbeSetError as error:
            refusals.append(str(error))
    raise ProbeSetError(
        "a probe set is made of the validation or training loader's data set, and none can be "
        f"read: {'; '.join(refusals) or 'there is no loader'}. Pass "
        "NeuronCallback(probe=ProbeSet.from_batches([...]))"
    )


def forward_of(module: Any) -> Forward:
    """Return how a LightningModule is called: its forward, its one network, or its predict_step.

    Raises:
        ProbeForwardError: it has none of these.
    """
    theirs = _lightning.LightningModule
    if type(module).forward is not theirs.forward:
        return call_model
    networks = [
        name
        for name, child in module.named_children()
        if next(child.parameters(), None) is not None
    ]
    if len(networks) == 1:
        return lambda whole, batch: call_model(getattr(whole, networks[0]), batch)
    if type(module).predict_step is not theirs.predict_step:
        return _predict
    raise ProbeForwardError(
        f"a module is called by its forward, and {type(module).__name__} has none, and not one "
        f"network but {networks or 'none'}; pass NeuronCallback(forward=lambda module, batch: ...)"
    )


def _predict(module: Any, batch: Any) -> Any:
    return module.predict_step(batch, 0)


def writer_or_folder(trainer: Any, log_dir: str | None) -> Any:
    """Return the trainer's TensorBoard writer, or a folder of this run and say where it is."""
    for logger in trainer.loggers:
        if isinstance(logger, _lightning.loggers.TensorBoardLogger):
            return logger.experiment
    logger = trainer.logger
    folder = Path(log_dir or trainer.default_root_dir)
    if logger is None:
        folder = folder / "neurons" / time.strftime("%Y-%m-%d_%H-%M-%S")
    elif getattr(logger, "log_dir", None) is None:
        # Its folder is shared by runs.
        folder = folder / "neurons" / str(logger.version or time.strftime("%Y-%m-%d_%H-%M-%S"))
    _LOGGER.info(
        "The trainer has no TensorBoardLogger: neurons are recorded to %s. "
        "See them with: tensorboard --logdir %s",
        folder,
        folder,
    )
    return folder


def default_schedule(trainer: Any, module: Any, records: int) -> Callable[[int], bool]:
    """Return the schedule of about so many records over what the trainer will run."""
    batches = trainer.estimated_stepping_batches
    if not math.isfinite(batches) or batches < 0:
        return log_spaced(max(records // 4, 1))
    # Under manual optimisation each optimiser's step counts.
    steps = batches * (1 if module.automatic_optimization else max(len(trainer.optimizers), 1))
    return over_run(trainer.global_step, int(steps), records)


def _is_sharded(trainer: Any) -> bool:
    """Return whether no rank can run the model by itself."""
    name = type(trainer.strategy).__name__
    return any(part in name for part in ("FSDP", "DeepSpeed", "ModelParallel"))


def _loaders(loaders: Any) -> list[Any]:
    """Return the loaders in a nest of lists, mappings and combined loaders."""
    nested = getattr(loaders, "iterables", loaders)
    if nested is None:
        return []
    if isinstance(nested, Mapping):
        nested = list(nested.values())
    if isinstance(nested, (list, tuple)):
        return [found for part in nested for found in _loaders(part)]
    return [nested]


def _validation_loaders(trainer: Any) -> list[Any]:
    """Return the validation loaders, also where Lightning has not asked for them yet.

    Without a sanity check it asks at the first validation. Asking earlier changes nothing for the
    training: what is made here is read once and let go.
    """
    if trainer.val_dataloaders is not None or not trainer.limit_val_batches:
        return _loaders(trainer.val_dataloaders)
    try:
        source = trainer.fit_loop.epoch_loop.val_loop._data_source
        with preserved_randomness():
            return _loaders(source.dataloader()) if source.is_defined() else []
    except Exception as error:
        warn(f"the validation data can't be read before the first validation: {reason(error)}")
        return []


def _log_scalars(trainer: Any, scalars: dict[str, float], step: int) -> None:
    for logger in trainer.loggers:
        try:
            logger.log_metrics(scalars, step=step)
        except Exception as error:
            warn(f"{type(logger).__name__} did not take the scalars: {reason(error)}")
