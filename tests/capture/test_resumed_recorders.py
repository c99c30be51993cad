"""A training that is resumed, and one of several recorders in a place."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from digits_run import small_network
from recorded import scalars, tags, values
from recorders import HERE, failing_after, flat_probe, header, written_steps
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from tb_neuron_callbacks import (
    NeuronRecorder,
    every,
)
from tb_neuron_callbacks.errors import (
    RecordError,
)

pytestmark = pytest.mark.usefixtures("seeded")


def silenced_network() -> nn.Sequential:
    """Return a network of which units 2, 5 and 7 of layer 1 are never active, the others always."""
    model = small_network()
    with torch.no_grad():
        bias = model.get_parameter("0.bias")
        bias[:] = 1e3
        bias[[2, 5, 7]] = -1e3
    return model


def record_steps(place: Any, steps: Iterable[int], **choices: Any) -> dict[str, float]:
    torch.manual_seed(11)
    with NeuronRecorder(
        silenced_network(), flat_probe(), place, schedule=every(1), **choices
    ) as recorder:
        assert written_steps(recorder, steps) == list(steps)
        return recorder.scalars


def dead_shares(folder: Path) -> dict[int, float]:
    return {step: round(share * 12) for step, share in scalars(folder)["neurons/dead/1"].items()}


def test_the_dead_stay_dead_when_a_training_is_resumed(tmp_path: Path) -> None:
    record_steps(tmp_path, range(4))
    record_steps(tmp_path, range(4, 7))
    assert dead_shares(tmp_path) == {0: 0, 1: 0, 2: 3, 3: 3, 4: 3, 5: 3, 6: 3}


def test_the_stored_counts_of_the_dead_go_on_too(tmp_path: Path) -> None:
    record_steps(tmp_path, range(3))
    record_steps(tmp_path, [3])
    assert header(tmp_path, step=3).aggregates[0].dead == 3


def test_what_a_restart_makes_void_is_not_reckoned_with(tmp_path: Path) -> None:
    record_steps(tmp_path, range(6))
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(1)
    record_steps(tmp_path, [2, 3])
    record_steps(tmp_path, [4])
    assert scalars(tmp_path)["neurons/dead/1"][4] == pytest.approx(3 / 12)


def test_records_of_another_probe_set_are_not_reckoned_with(tmp_path: Path) -> None:
    record_steps(tmp_path, range(3))
    with NeuronRecorder(
        silenced_network(), flat_probe(40), tmp_path, schedule=every(1)
    ) as recorder:
        recorder.step(3)
    assert dead_shares(tmp_path)[3] == 0


def test_a_damaged_file_beside_does_not_harm_the_record(tmp_path: Path) -> None:
    record_steps(tmp_path, range(3))
    (tmp_path / "events.out.tfevents.0.damaged").write_bytes(b"\x07" * 64)
    record_steps(tmp_path, [3])
    assert dead_shares(tmp_path)[3] == 3


def test_where_earlier_records_are_out_of_reach_the_dead_are_told_once_they_are_known(
    tmp_path: Path,
) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        writer.log_dir = ""  # as a writer of the user's own may have none
        record_steps(writer, range(8, 12))
    assert dead_shares(tmp_path) == {10: 3, 11: 3}


@pytest.mark.parametrize("as_folder", [True, False])
def test_one_name_is_recorded_once_in_a_place(tmp_path: Path, as_folder: bool) -> None:
    place = tmp_path if as_folder else SummaryWriter(str(tmp_path))
    with (
        NeuronRecorder(small_network(), flat_probe(), place),
        pytest.raises(RecordError, match=r"'model' on 'probe' goes to .* name='ema'"),
    ):
        NeuronRecorder(small_network(), flat_probe(), place)
    if isinstance(place, SummaryWriter):
        place.close()


@pytest.mark.parametrize("as_folder", [True, False])
@pytest.mark.parametrize(("model", "probe"), [("ema", "probe"), ("model", "other")])
def test_names_that_differ_share_a_place(
    tmp_path: Path, model: str, probe: str, as_folder: bool
) -> None:
    place = tmp_path if as_folder else SummaryWriter(str(tmp_path))
    second = flat_probe(name=probe)
    with (
        NeuronRecorder(small_network(), flat_probe(), place, schedule=every(1)) as first,
        NeuronRecorder(small_network(), second, place, schedule=every(1), name=model) as other,
    ):
        assert (first.step(0), other.step(0)) == (True, True)
    if isinstance(place, SummaryWriter):
        place.close()
    assert len({tag[:2] for tag in tags(tmp_path)}) == 2


def test_a_name_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        recorder = NeuronRecorder(
            small_network(), flat_probe(), writer, schedule=every(1), forward=failing_after(2)
        )
        with pytest.warns(RuntimeWarning):
            written_steps(recorder, range(3))
        record_steps(writer, [4])
    assert list(values(tmp_path, "activations")) == [4]


def test_a_name_that_another_process_records_is_refused(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from digits_run import small_network\n"
        "from recorders import flat_probe\n"
        "from tb_neuron_callbacks import NeuronRecorder\n"
        "from tb_neuron_callbacks.errors import RecordError\n"
        "try: NeuronRecorder(small_network(), flat_probe(), sys.argv[1])\n"
        "except RecordError as error: print(error)"
    )
    with NeuronRecorder(small_network(), flat_probe(), tmp_path):
        outcome = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), str(HERE)],
            check=True,
            capture_output=True,
            text=True,
        )
    assert "recorded once in a place" in outcome.stdout
