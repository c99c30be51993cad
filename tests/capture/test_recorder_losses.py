"""What goes wrong while recording never harms the training, and is told once."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from digits_run import digits, small_network
from recorded import values
from recorders import failing_after, flat_probe, written_steps
from torch import nn

from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
    Recording,
    every,
)
from tb_neuron_callbacks.errors import (
    RecordError,
)

pytestmark = pytest.mark.usefixtures("seeded")


def test_steps_that_go_back_or_repeat_are_not_recorded(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(5)
        with pytest.warns(RuntimeWarning, match="step 5 came after step 5"):
            assert not recorder.step(5)
        recorder.step(6)
    assert list(values(tmp_path, "activations")) == [5, 6]


def test_steps_that_go_back_are_warned_of_once(tmp_path: Path) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(5)
        with pytest.warns(RuntimeWarning) as caught:
            assert written_steps(recorder, [3, 4, 5]) == []
    assert len(caught) == 1


def test_an_exception_of_the_model_skips_the_record(tmp_path: Path) -> None:
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, forward=failing_after(2)
    ) as recorder:
        with pytest.warns(RuntimeWarning, match="skipped: ZeroDivisionError: planted"):
            assert not recorder.step(0)
        assert recorder.is_recording


def test_recording_ends_after_three_failures(tmp_path: Path) -> None:
    with NeuronRecorder(
        small_network(), flat_probe(), tmp_path, schedule=every(1), forward=failing_after(2)
    ) as recorder:
        with pytest.warns(RuntimeWarning, match="ends after 3 such steps in a row"):
            recorder.step(0)
        recorder.step(1)
        assert recorder.is_recording
        recorder.step(2)
        assert not recorder.is_recording


def test_failures_become_one_warning(tmp_path: Path) -> None:
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), forward=failing_after(2)
        ) as recorder,
        pytest.warns(RuntimeWarning) as caught,
    ):
        assert written_steps(recorder, range(5)) == []
    assert len(caught) == 1


def test_a_schedule_that_raises_does_not_harm_the_training(tmp_path: Path) -> None:
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=lambda step: 1 / step > 0
        ) as recorder,
        pytest.warns(RuntimeWarning, match="ZeroDivisionError"),
    ):
        assert not recorder.step(0)


def test_a_step_that_is_no_number_does_not_harm_the_training(tmp_path: Path) -> None:
    class Odd:
        def __index__(self) -> int:
            raise ZeroDivisionError

    with (
        NeuronRecorder(small_network(), flat_probe(), tmp_path) as recorder,
        pytest.warns(RuntimeWarning, match="ZeroDivisionError"),
    ):
        assert not recorder.step(Odd())


def test_where_warnings_are_errors_a_loss_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1)) as recorder:
        recorder.step(1)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            recorder.step(0)
    assert "steps must increase" in caplog.text


def test_a_layer_that_did_not_run_is_named_once(tmp_path: Path) -> None:
    model = small_network()
    skip = [False]
    probe = ProbeSet.from_tensors(digits(8)[0].flatten(1))

    def forward(_: nn.Module, batch: Any) -> Any:
        return model[0](batch) if skip[0] else model(batch)

    with NeuronRecorder(
        model, probe, tmp_path, layers=["1", "2"], schedule=every(1), forward=forward
    ) as recorder:
        skip[0] = True
        with pytest.warns(RuntimeWarning, match="1, 2 did not run") as caught:
            written_steps(recorder, [0, 1])
    assert len(caught) == 1


def test_a_share_of_wall_time_is_kept_to(tmp_path: Path) -> None:
    recording = Recording(max_overhead=0.01)
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
        ) as recorder,
        pytest.warns(RuntimeWarning, match=r"max_overhead=0.01") as caught,
    ):
        written = [recorder.step(step) for step in range(20)]
    assert (written[0], sum(written) < 5, len(caught)) == (True, True, 1)


def test_a_limit_of_bytes_is_kept_to(tmp_path: Path) -> None:
    recording = Recording(max_bytes=40_000, scalars=False)
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
        ) as recorder,
        pytest.warns(RuntimeWarning, match="max_bytes=40000"),
    ):
        written_steps(recorder, range(60))
    written = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert 20_000 < written < 42_000


def test_a_limit_of_bytes_makes_records_rarer_before_it_ends_them(tmp_path: Path) -> None:
    recording = Recording(max_bytes=40_000, scalars=False)
    with (
        NeuronRecorder(
            small_network(), flat_probe(), tmp_path, schedule=every(1), recording=recording
        ) as recorder,
        pytest.warns(RuntimeWarning),
    ):
        written = written_steps(recorder, range(60))
    gaps = np.diff(written)
    assert (gaps[0], bool((np.diff(gaps) >= 0).mean() > 0.7), gaps.max() >= 2) == (1, True, True)


def test_a_closed_recorder_records_nothing(tmp_path: Path) -> None:
    recorder = NeuronRecorder(small_network(), flat_probe(), tmp_path, schedule=every(1))
    recorder.close()
    assert not recorder.step(0)


def test_a_recorder_is_closed_after_an_exception_of_the_training(tmp_path: Path) -> None:
    recorder = NeuronRecorder(small_network(), flat_probe(), tmp_path)
    with pytest.raises(ZeroDivisionError), recorder:
        raise ZeroDivisionError
    assert not recorder.is_recording


def test_an_empty_name_of_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="a model's name is a text"):
        NeuronRecorder(small_network(), flat_probe(), tmp_path, name="")
