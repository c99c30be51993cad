"""Ranks that measure a share each: one process's figures, one event file, and no rank waits."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import column, values

from tb_neuron.directory import Value
from tb_neuron_callbacks.reduction import Reducer, Sums

HERE = Path(__file__).parent
#: One worker starts the ranks, once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ranks")]


class Trained:
    """What the ranks of one training said, and what they left."""

    def __init__(self, folder: Path, mode: str, ranks: int = 2) -> None:
        folder.mkdir()
        self.folder = folder
        environment = os.environ | {"GLOO_SOCKET_IFNAME": "lo"}
        processes = [
            subprocess.Popen(
                [sys.executable, "ranks_run.py", str(rank), str(ranks), str(folder), mode],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=HERE,
                env=environment,
            )
            for rank in range(ranks)
        ]
        said = [process.communicate(timeout=300) for process in processes]
        self.warnings = [error for _, error in said]
        assert [process.returncode for process in processes] == [0] * ranks, self.warnings
        self.ranks: list[dict[str, Any]] = [json.loads(out.splitlines()[-1]) for out, _ in said]

    def steps(self) -> list[int]:
        return sorted(values(self.folder, "activations"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trained]:
    folder = tmp_path_factory.mktemp("ranks")
    modes = ("plain", "recorded", "failing", "closed", "alone")
    found = {mode: Trained(folder / mode, mode) for mode in modes}
    return found | {"single": Trained(folder / "single", "recorded", ranks=1)}


def first(trained: Trained, kind: str) -> Value:
    return values(trained.folder, kind)[0]


STATISTICS = ["mean", "std", "min", "max", "zeros", "mean_square"]


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("layer_name", ["1", "2"])
def test_figures_are_those_of_one_process(
    trained: dict[str, Trained], layer_name: str, name: str
) -> None:
    together, single = (
        column(first(trained[which], "activations"), layer_name, name)
        for which in ("recorded", "single")
    )
    np.testing.assert_allclose(together, single, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("layer_name", ["1", "2"])
def test_states_are_those_of_one_process(trained: dict[str, Trained], layer_name: str) -> None:
    together, single = (
        column(first(trained[which], "activations"), layer_name, "states")
        for which in ("recorded", "single")
    )
    assert (together.tolist(), together.any()) == (single.tolist(), True)


@pytest.mark.parametrize("name", ["logits", "prediction", "probability", "loss", "correct"])
def test_outputs_are_in_the_order_of_the_probe_set(trained: dict[str, Trained], name: str) -> None:
    together, single = (
        value.array(value.entry(name))
        for value in (first(trained[which], "outputs") for which in ("recorded", "single"))
    )
    np.testing.assert_array_equal(together, single)


def test_class_means_are_those_of_one_process(trained: dict[str, Trained]) -> None:
    together, single = (
        value.rows(value.entry("class_mean", "1"))
        for value in (first(trained[which], "classes") for which in ("recorded", "single"))
    )
    np.testing.assert_allclose(together, single, rtol=1e-6)


def test_positions_are_those_of_the_whole_probe_set(trained: dict[str, Trained]) -> None:
    assert [a.positions for a in first(trained["recorded"], "activations").header.aggregates] == [
        64,
        64,
    ]


def test_there_is_one_event_file(trained: dict[str, Trained]) -> None:
    assert len(list(trained["recorded"].folder.rglob("*tfevents*"))) == 1


def test_every_rank_says_that_it_recorded(trained: dict[str, Trained]) -> None:
    assert [rank["written"] for rank in trained["recorded"].ranks] == [[True] * 4] * 2


def test_every_rank_has_the_shares(trained: dict[str, Trained]) -> None:
    one, other = (rank["scalars"] for rank in trained["recorded"].ranks)
    assert (one, bool(one)) == (other, True)


@pytest.mark.parametrize("what", ["weights", "random"])
@pytest.mark.parametrize("mode", ["recorded", "failing", "closed", "alone"])
def test_the_training_ends_the_same(trained: dict[str, Trained], mode: str, what: str) -> None:
    recorded, plain = ([rank[what] for rank in trained[which].ranks] for which in (mode, "plain"))
    assert recorded == plain


def test_a_rank_that_fails_skips_the_record_on_all(trained: dict[str, Trained]) -> None:
    failing = trained["failing"]
    assert [rank["written"] for rank in failing.ranks] == [[True, False, True, True]] * 2


def test_rank_0_is_told_what_failed_elsewhere(trained: dict[str, Trained]) -> None:
    assert (
        "rank 1 could not measure its share: ZeroDivisionError: planted"
        in (trained["failing"].warnings[0])
    )


def test_a_writer_that_closes_ends_recording_on_all_ranks(trained: dict[str, Trained]) -> None:
    closed = trained["closed"]
    assert [rank["written"][-1] for rank in closed.ranks] == [False, False]
    assert closed.steps() == [0, 1]


def test_a_recorder_on_rank_0_alone_measures_everything(trained: dict[str, Trained]) -> None:
    alone = trained["alone"]
    assert alone.steps() == [0, 1, 2, 3]
    assert first(alone, "activations").header.aggregates[0].positions == 64


def test_a_recorder_on_rank_0_alone_says_what_to_do(trained: dict[str, Trained]) -> None:
    assert "make the recorder on every rank" in trained["alone"].warnings[0]


@pytest.fixture(scope="module")
def lightnings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {mode: tmp_path_factory.mktemp(mode) for mode in ("plain", "recorded")}
    for mode, folder in folders.items():
        subprocess.run(
            [sys.executable, "-W", "ignore", "lightning_ranks_run.py", str(folder), mode],
            check=True,
            capture_output=True,
            cwd=HERE,
            env=os.environ | {"GLOO_SOCKET_IFNAME": "lo"},
            timeout=400,
        )
    return folders


def test_lightnings_ranks_write_one_event_file(lightnings: dict[str, Path]) -> None:
    assert len(list(lightnings["recorded"].rglob("*tfevents*"))) == 1


def test_lightnings_ranks_measure_the_whole_probe_set(lightnings: dict[str, Path]) -> None:
    outputs = values(lightnings["recorded"], "outputs")[0]
    positions = values(lightnings["recorded"], "activations")[0].header.aggregates[0].positions
    assert (len(outputs.array(outputs.entry("prediction"))), positions) == (64, 64 * 8 * 8)


def test_lightnings_training_over_ranks_ends_the_same(lightnings: dict[str, Path]) -> None:
    plain, recorded = (torch.load(folder / "weights") for folder in lightnings.values())
    assert all(map(torch.equal, plain, recorded))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**31),
    shift=st.sampled_from([0.0, 1e3, -1e6]),
    planted=st.sampled_from([None, float("nan"), float("inf")]),
    shares=st.integers(1, 5),
)
def test_sums_merged_as_ranks_do_are_those_of_one(
    seed: int, shift: float, planted: float | None, shares: int
) -> None:
    rows = torch.randn((20, 6, 3), generator=torch.Generator().manual_seed(seed)).double() + shift
    rows[:, 1] = shift + 0.1
    if planted is not None:
        rows[seed % 20, 2, 1] = planted
        rows[:, 5] = planted
    parts = [Reducer().reduce(part) for part in rows.chunk(shares)] + [Sums.nothing(6)]
    extremes = torch.stack([part.extremes() for part in parts]).amax(0)
    total = torch.stack([part.summands(extremes) for part in parts]).sum(0)
    merged = Sums.of_merged(extremes, total)
    finite = np.ma.masked_invalid(rows.numpy().transpose(1, 0, 2).reshape(6, -1))
    std = (merged.squares.clamp(min=0) / merged.finite.clamp(min=1)).sqrt().numpy()
    np.testing.assert_allclose(merged.finite.numpy(), finite.count(1))
    np.testing.assert_allclose(merged.mean.numpy(), finite.mean(1).filled(0.0), rtol=1e-9)
    np.testing.assert_allclose(
        std, finite.std(1).filled(0.0), rtol=1e-6, atol=1e-12 + 1e-9 * abs(shift)
    )
