"""The recorder as a callback of the Hugging Face Trainer."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from tb_neuron_callbacks.callback_choices import RECORDS, check_choices
from tb_neuron_callbacks.calling import Forward
from tb_neuron_callbacks.errors import ProbeSetError, StatisticError, UnitAxisError
from tb_neuron_callbacks.notice import reason, warn
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.recorder import NeuronRecorder
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.schedule import log_spaced, over_run

try:
    from transformers import TrainerCallback
    from transformers.integrations.integration_utils import TensorBoardCallback
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.partition(".")[0] != "transformers":
        raise
    raise ImportError(
        "NeuronCallback needs transformers: pip install 'tb-neuron[transformers]'"
    ) from missing

_LOGGER = logging.getLogger("transformers.tb_neuron")
#: Below the folder of a run, where no TensorBoard writer was found.
_FOLDER = "neurons"


class NeuronCallback(TrainerCallback):
    """Records every unit of the trained model; works without an argument.

    ::

        Trainer(model, arguments, ..., callbacks=[NeuronCallback()])

    Step 0 is recorded before the first update, then about 60 records follow, denser at first, and
    the last step. They go into the event file of the Trainer's TensorBoardCallback
    (`report_to="tensorboard"`); without one, into an event file of their own under
    `output_dir`, and a sentence says where.

    Args:
        probe: the examples to measure on; by default `examples` of `dataset`.
        dataset: what the probe set is made of, with the Trainer's own collate function, such as
            the evaluation data set; by default the training data set, since the Trainer shows its
            callbacks no other before the first evaluation.
        examples: how many to take from it.
        layers: "auto", names, patterns such as "encoder.*", or a function `(name, module) -> bool`.
        records: about how many records in the whole run, where no schedule is given.
        schedule: which steps are recorded; any function `step -> bool` of the optimiser steps.
        recording: the finer choices.
        forward: how to call the model, such as `lambda model, batch: model(**batch)`.
        name: the model's name in the tab.

    Attributes:
        recorder: while a training runs and is recorded; else None. Every rank has one, measures
            its share of the probe set, and rank 0 writes.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        probe: ProbeSet | None = None,
        dataset: Any = None,
        examples: int = 256,
        layers: Any = "auto",
        records: int = RECORDS,
        schedule: Callable[[int], bool] | None = None,
        recording: Recording | None = None,
        forward: Forward | None = None,
        name: str = "model",
    ) -> None:
        super().__init__()
        check_choices(probe, records, schedule, name)
        if probe is not None and dataset is not None:
            raise ProbeSetError(
                "a probe set is given or made of a data set, not both; leave out probe= or dataset="
            )
        self._probe, self._dataset, self._examples = probe, dataset, examples
        self._layers = layers
        self._records = records
        self._schedule = schedule
        self._recording = recording or Recording()
        self._forward = forward
        self._name = name
        self.recorder: NeuronRecorder | None = None
        self._due: Callable[[int], bool] = bool
        self._last_seen, self._last_written = -1, -1
        self._is_last = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Make the recorder, and record the step from which the training starts."""
        del control
        self._close()
        if strategy := _sharding(args):
            warn(f"nothing is recorded: {strategy} spreads the model over ranks. Train with DDP")
            return
        first, last = state.global_step, state.max_steps
        known = last > first
        self._due = self._schedule or (
            over_run(first, last, self._records)
            if known
            else log_spaced(max(self._records // 4, 1))
        )
        try:
            self.recorder = self._make_recorder(args, given)
        except (StatisticError, UnitAxisError):
            raise  # about what the user chose
        except Exception as error:
            # What the user asked for by name must not be passed over; the rest was our own guess.
            named = (self._probe, self._dataset, self._forward)
            if self._layers != "auto" or any(choice is not None for choice in named):
                raise
            warn(f"nothing is recorded: {reason(error)}. The training goes on")
            return
        # The Trainer tells its callbacks of no checkpoint but the one among its arguments.
        resumed = str(args.resume_from_checkpoint or "") if first > 0 else ""
        self._record(first, checkpoint=resumed, is_forced=self._schedule is None)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Record the optimiser step that was made, if it is due or the last one."""
        del given
        saved = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        self._record(
            state.global_step,
            checkpoint=str(saved) if control.should_save else "",
            is_forced=self._schedule is None and control.should_training_stop,
        )

    def on_epoch_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Record the last step of a training that an evaluation has stopped."""
        del args, given
        # Later is too late: the Trainer's own callback closes its writer when training ends.
        if self._schedule is None and control.should_training_stop:
            self._record(state.global_step, is_forced=True)

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Close."""
        del args, state, control, given
        self._close()

    def _make_recorder(self, args: Any, given: Mapping[str, Any]) -> NeuronRecorder:
        model = given["model"]
        probe = self._probe
        if probe is None:
            loader = given.get("train_dataloader")
            source = loader if self._dataset is None else _Source.of(self._dataset, loader)
            probe = _probe_of(source, self._examples, model, given)
        return NeuronRecorder(
            model,
            probe,
            self._writer_or_folder(args),
            layers=self._layers,
            schedule=self._is_due,
            recording=self._recording,
            forward=self._forward,
            name=self._name,
        )

    def _is_due(self, step: int) -> bool:
        return self._is_last or self._due(step)

    def _record(self, step: int, checkpoint: str = "", is_forced: bool = False) -> None:
        if self.recorder is None or step == self._last_written:
            return
        if step <= self._last_seen and not is_forced:
            return
        self._last_seen, self._is_last = step, is_forced
        if self.recorder.step(step, checkpoint):
            self._last_written = step
        self._is_last = False

    def _close(self) -> None:
        self._last_seen, self._last_written, self._is_last = -1, -1, False
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None

    def _writer_or_folder(self, args: Any) -> Any:
        """Return the Trainer's TensorBoard writer, or a folder of this run and say where it is."""
        writer = _tensorboard_writer(self)
        if writer is not None:
            return writer
        folder = Path(args.output_dir) / _FOLDER
        if args.process_index == 0:  # the others write nothing, and have no writer
            _LOGGER.warning(
                "The Trainer reports to no TensorBoard: neurons are recorded to %s. "
                "See them with: tensorboard --logdir %s",
                folder,
                folder,
            )
        return folder


@dataclass(frozen=True)
class _Source:
    """A data set with the collate function of another loader, as the probe set reads a loader."""

    dataset: Any
    collate_fn: Callable[..., Any]
    batch_size: int | None
    batch_sampler: Any = None

    @classmethod
    def of(cls, dataset: Any, loader: Any) -> _Source:
        size = getattr(loader, "batch_size", None)
        size = size or getattr(getattr(loader, "batch_sampler", None), "batch_size", None) or 8
        # The Trainer drops columns that the model does not take, such as texts, from its own data.
        columns = getattr(getattr(loader, "dataset", None), "column_names", None)
        is_named = isinstance(columns, list)
        collate = _CollatedColumns(columns, loader.collate_fn) if is_named else loader.collate_fn
        return cls(dataset, collate, size)


@dataclass(frozen=True)
class _CollatedColumns:
    """A collate function that sees some columns of each example; its generators are in reach."""

    columns: Sequence[str]
    collate: Callable[..., Any]

    def __call__(self, examples: Sequence[Any]) -> Any:
        return self.collate([self._kept(each) for each in examples])

    def _kept(self, example: Any) -> Any:
        if not isinstance(example, Mapping):
            return example
        return {name: value for name, value in example.items() if name in self.columns}


def _probe_of(source: Any, examples: int, model: nn.Module, given: Mapping[str, Any]) -> ProbeSet:
    names = _class_names(model)
    tokenizer = given.get("processing_class") or given.get("tokenizer")
    if hasattr(tokenizer, "convert_ids_to_tokens"):
        try:
            return ProbeSet.from_loader(source, examples, class_names=names, tokenizer=tokenizer)
        except ProbeSetError as error:
            # Inputs that are no ids, such as images beside captions.
            _LOGGER.info("The tokenizer is not used: %s", error)
    return ProbeSet.from_loader(source, examples, class_names=names)


def _class_names(model: nn.Module) -> tuple[str, ...]:
    """Return the names of a classifier's classes; none where they are only numbers."""
    config = getattr(model, "config", None)
    named = getattr(config, "id2label", None) or {}
    is_classifier = "Classification" in type(model).__name__
    names = tuple(str(named[number]) for number in sorted(named)) if is_classifier else ()
    is_default = all(name == f"LABEL_{place}" for place, name in enumerate(names))
    return () if is_default else names


def _tensorboard_writer(callback: NeuronCallback) -> Any:
    """Return the writer of the TensorBoardCallback beside this one, None if there is none.

    A Trainer shows its callbacks neither itself nor each other. They stand in one list, which the
    garbage collector knows to hold this one. Records belong beside the run's scalars, and a second
    event file in that folder would stop TensorBoard's Python path from reading on in the first.
    """
    for holder in gc.get_referrers(callback):
        for other in holder if isinstance(holder, list) else ():
            if isinstance(other, TensorBoardCallback) and other.tb_writer is not None:
                return other.tb_writer
    return None


def _sharding(args: Any) -> str:
    """Return what spreads the model over ranks; empty if nothing does."""
    if getattr(args, "deepspeed", None):
        return "DeepSpeed"
    return "FSDP" if getattr(args, "fsdp", None) else ""
