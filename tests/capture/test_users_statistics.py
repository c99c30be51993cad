"""Statistics of the user's own, from the recorder to the event file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from digits_run import small_network
from recorded import column, values
from recorders import HERE, flat_probe, header, hidden, record_once
from torch import Tensor

from tb_neuron.schema import neuron_pb2
from tb_neuron.schema.neuron_pb2 import GRID_UNSIGNED_LOG
from tb_neuron_callbacks import (
    Recording,
    Statistic,
)
from tb_neuron_callbacks.errors import (
    StatisticError,
)

pytestmark = pytest.mark.usefixtures("seeded")


def readme_statistic() -> Callable[[], Statistic]:
    text = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    source = text[text.index("class Peak:") : text.index("Recording(statistics=")]
    defined: dict[str, Any] = {"torch": torch}
    exec(source, defined)
    return defined["Peak"]


def test_the_readmes_statistic_is_recorded(tmp_path: Path) -> None:
    model, probe, peak = small_network(), flat_probe(), readme_statistic()
    recording = Recording(statistics=["mean", lambda _: peak()], precision="f32")
    record_once(tmp_path, model, probe, recording=recording)
    stored = column(values(tmp_path, "activations")[0], "1", "peak")
    np.testing.assert_allclose(stored, np.abs(hidden(model, probe)).max(0), rtol=1e-5)


@pytest.mark.parametrize("grid", ["signed_log", "unsigned_log", "exact", "fraction"])
def test_a_statistic_names_its_grid(tmp_path: Path, grid: str) -> None:
    def of_grid(_: Any) -> Statistic:
        statistic = Squares()
        statistic.grid = grid
        statistic.finish = lambda: torch.ones(12)
        return statistic

    recording = Recording(statistics=["mean", of_grid])
    record_once(tmp_path, small_network(), flat_probe(), layers=["1"], recording=recording)
    (found,) = (c for c in header(tmp_path).columns if c.name == "mean_square")
    assert neuron_pb2.Grid.Name(found.grid) == f"GRID_{grid.upper()}"


def test_a_grid_that_does_not_exist_is_named(tmp_path: Path) -> None:
    def of_no_grid(_: Any) -> Statistic:
        statistic = Squares()
        statistic.grid = "log"
        return statistic

    recording = Recording(statistics=["mean", of_no_grid])
    with pytest.raises(StatisticError, match="unsigned_log, fraction, exact, not on 'log'"):
        record_once(tmp_path, small_network(), flat_probe(), recording=recording)


class Squares:
    """The mean square, as a user would define it."""

    name = "mean_square"
    grid: str | int = GRID_UNSIGNED_LOG
    description = "Mean of the squared activations."

    def __init__(self) -> None:
        self.sum, self.count = torch.zeros(()), 0

    def update(self, activations: Tensor, batch: Any) -> None:
        del batch
        self.sum = self.sum + activations.square().sum((0, 1))
        self.count += activations.shape[0] * activations.shape[1]

    def merge(self, other: Any) -> None:
        self.sum, self.count = self.sum + other.sum, self.count + other.count

    def finish(self) -> Tensor:
        return self.sum / self.count


def test_a_users_statistic_is_recorded(tmp_path: Path) -> None:
    model, probe = small_network(), flat_probe()
    recording = Recording(statistics=["mean", lambda _: Squares()], precision="f32")
    record_once(tmp_path, model, probe, recording=recording)
    stored = column(values(tmp_path, "activations")[0], "1", "mean_square")
    np.testing.assert_allclose(stored, np.square(hidden(model, probe)).mean(0), rtol=1e-4)
