"""A choice that cannot work is refused where it is made, with the rule, the value and a way out."""

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jaxtyping
import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from tb_neuron.errors import NeuronError
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, at, every, log_spaced
from tb_neuron_callbacks.errors import UnitAxisError
from tb_neuron_callbacks.notice import warn
from tb_neuron_callbacks.schedule import over_run

INPUTS = torch.linspace(-1, 1, 40).reshape(10, 4)
LABELS = torch.arange(10) % 2


@pytest.fixture(autouse=True)
def _without_type_checks() -> Iterator[None]:
    """Let wrong types reach the code, as they do outside the tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


class Unfinished:
    name, grid, description = "mine", GRID_SIGNED_LOG, "Mine."


class NoGrid:
    name, grid, description = "mine", 99, "Mine."

    def update(self, *_: Any) -> None: ...
    def merge(self, _: Any) -> None: ...
    def finish(self) -> None: ...


class Instance(NoGrid):
    grid = GRID_SIGNED_LOG


def recorder(folder: Path, **choices: Any) -> NeuronRecorder:
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
    return NeuronRecorder(model, ProbeSet.from_tensors(INPUTS, LABELS), folder, **choices)


RECORDINGS: list[tuple[dict[str, Any], str]] = [
    ({"statistics": ["meen"]}, "mean, std, .*not 'meen'"),
    ({"statistics": "mean"}, "a list .*not 'mean'"),
    ({"statistics": [Instance()]}, "functions layer -> statistic"),
    ({"schedules": {"outputs": 5}}, "step -> bool.*not 5"),
    ({"schedules": 5}, "a mapping .*not 5"),
    ({"thresholds": None}, "Thresholds.*not None"),
    ({"unit_axis": {"1": "1"}}, "whole number.*not '1'"),
    ({"unit_axis": {"1": 1.0}}, "whole number.*not 1.0"),
    ({"unit_axis": 1}, "a mapping .*not 1"),
    ({"max_overhead": "a"}, "between 0 and 1, not 'a'"),
    ({"max_overhead": float("nan")}, "between 0 and 1, not nan"),
    ({"max_bytes": float("inf")}, "whole number.*not inf"),
    ({"thumbnail": 2.5}, "whole number.*not 2.5"),
]


@pytest.mark.parametrize(("choices", "message"), RECORDINGS)
def test_a_recording_of_no_use_is_refused_when_it_is_made(
    choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(NeuronError, match=f"{message}.*; leave it out for its default"):
        Recording(**choices)


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (lambda _: 1 / 0, "raised ZeroDivisionError.*; let it make"),
        (lambda _: object(), "object lacks name, grid, .*; add what is missing"),
        (lambda _: Unfinished(), "lacks update, merge, finish; add what is missing"),
        (lambda _: NoGrid(), "on a grid of .*exact, not on 99;"),
    ],
)
def test_a_statistic_of_no_use_is_refused_before_the_training(
    tmp_path: Path, factory: Callable[[Any], Any], message: str
) -> None:
    recording = Recording(statistics=["mean", factory])
    with pytest.raises(NeuronError, match=message):
        recorder(tmp_path, recording=recording)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"schedule": 100}, "function step -> bool, not 100; pass such as schedule=every"),
        ({"name": 5}, "a text, not 5; pass name='model'"),
        ({"name": "\ud800"}, r"a text, not '\\ud800'; pass"),
        ({"layers": None}, "a list of them.*not None; pass such as"),
        ({"layers": ["0", 5]}, r"a list of them.*not \['0', 5\]; pass such as"),
        ({"layers": 5}, "a list of them.*not 5; pass such as"),
        ({"layers": nn.Linear(2, 2)}, "a list of them.*not Linear.*; pass such as"),
    ],
)
def test_a_recorder_of_no_use_is_refused(
    tmp_path: Path, choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(NeuronError, match=message):
        recorder(tmp_path, **choices)


@pytest.mark.parametrize("layers", ["auto", "1"])
def test_a_unit_axis_that_the_output_lacks_is_refused(tmp_path: Path, layers: str) -> None:
    with pytest.raises(UnitAxisError, match="must be one of 1 to 1, not 7"):
        recorder(tmp_path, layers=layers, recording=Recording(unit_axis={"1": 7}))


SCHEDULES: list[Callable[[], Any]] = [
    lambda: every(float("nan")),  # pyright: ignore[reportArgumentType]
    lambda: every(1.5),  # pyright: ignore[reportArgumentType]
    lambda: every("3"),  # pyright: ignore[reportArgumentType]
    lambda: every(0),
    lambda: log_spaced(1.5),  # pyright: ignore[reportArgumentType]
    lambda: at("012"),  # pyright: ignore[reportArgumentType]
    lambda: at([0.0, 1.0]),  # pyright: ignore[reportArgumentType]
    lambda: at(2.0),  # pyright: ignore[reportArgumentType]
    lambda: over_run(0, 100, 2.5),  # pyright: ignore[reportArgumentType]
]


@pytest.mark.parametrize("make", SCHEDULES)
def test_a_schedule_that_is_never_due_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(NeuronError, match=r"whole number|at least 2 records"):
        make()


@pytest.mark.parametrize(
    "steps", [(np.arange(3),), (torch.arange(3),), tuple(np.arange(3)), (np.int64(0), 1, [2])]
)
def test_steps_of_any_whole_numbers_are_due(steps: Any) -> None:
    schedule = at(*steps)
    assert [step for step in range(6) if schedule(step)] == [0, 1, 2]


def test_an_interval_may_be_numpys() -> None:
    assert every(np.int64(3)) == every(3)  # pyright: ignore[reportArgumentType]


def test_more_records_than_steps_are_all_steps() -> None:
    assert over_run(5, 20, 10**9).steps == frozenset(range(5, 21))


def loader() -> DataLoader:
    return DataLoader(TensorDataset(INPUTS, LABELS))


PROBES: list[tuple[Callable[[], Any], str]] = [
    (lambda: ProbeSet.from_tensors(INPUTS, name=5), "a text, not 5; pass"),  # pyright: ignore
    (lambda: ProbeSet.from_tensors(INPUTS, name="\ud800"), "a text, not .*; pass"),
    (lambda: ProbeSet.from_tensors(INPUTS, batch_size=1.5), "not 1.5; pass"),  # pyright: ignore
    (lambda: ProbeSet.from_loader(loader(), 2.5), "not 2.5; pass"),  # pyright: ignore
    (
        lambda: ProbeSet.from_tensors(INPUTS, ["long"] * 40),
        r"not \['long', .*…; number the classes",
    ),
    (lambda: ProbeSet.from_tensors(INPUTS, [None] * 10), r"not \[None, .*; number the classes"),
    (lambda: ProbeSet.from_tensors(INPUTS.to_sparse()), "dense, not torch.sparse_coo; pass"),
    (lambda: ProbeSet.from_tensors(INPUTS, tracked=[1.5]), "not 1.5; pass"),  # pyright: ignore
]


@pytest.mark.parametrize(("make", "message"), PROBES)
def test_a_probe_set_of_no_use_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(NeuronError, match=message):
        make()


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([(INPUTS, LABELS[:5])], r"not int64\[5\], so the probe set has none"),
        ([(INPUTS, LABELS[:, None])], r"not int64\[10, 1\], so the probe set has none"),
        ([{"x": INPUTS, "labels": LABELS[:, None]}], r"not int64\[10, 1\]"),
        ([(INPUTS, LABELS), (INPUTS,)], "1 of 2 batches carry labels"),
    ],
)
def test_labels_that_do_not_fit_are_told(batches: list[Any], message: str) -> None:
    with pytest.warns(RuntimeWarning, match=message):
        assert ProbeSet.from_batches(batches).labels is None


def test_a_warning_that_cannot_be_shown_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no place to show it")

    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", broken)
        warn("something is lost")
    assert re.search("something is lost", caplog.text)
