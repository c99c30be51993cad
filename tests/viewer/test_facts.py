"""Facts of examples, from a real recording to a filter's choice."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import tb_neuron
from tb_neuron.facts import facts_at, subset
from tb_neuron.recording import Recording
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every

LABELS = [0, 1, 2, 0, 1, 2]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    torch.manual_seed(0)
    probe = ProbeSet.from_tensors(
        torch.rand(6, 4),
        LABELS,
        class_names=["cat", "dog", "owl"],
        metadata={"camera": ["a", "b", "a", "b", "a", "b"], "label": [9] * 6},
    )
    model = nn.Sequential(nn.Linear(4, 3))
    with NeuronRecorder(model, probe, tmp_path, layers="0", schedule=every(1)) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    return run.recording()


def test_a_class_goes_by_its_name_too(recording: Recording) -> None:
    assert np.flatnonzero(subset(recording, 0, "label == 'dog'")).tolist() == [1, 4]


def test_metadata_are_facts(recording: Recording) -> None:
    assert np.flatnonzero(subset(recording, 0, "camera == 'a'")).tolist() == [0, 2, 4]


def test_metadata_do_not_hide_what_the_recording_says(recording: Recording) -> None:
    assert facts_at(recording, 0)["label"].tolist() == LABELS


def test_correct_examples_are_those_whose_prediction_is_their_label(recording: Recording) -> None:
    prediction = recording.outputs(0).prediction
    wanted = np.flatnonzero(prediction == np.array(LABELS)).tolist()
    assert np.flatnonzero(subset(recording, 0, "correct")).tolist() == wanted
