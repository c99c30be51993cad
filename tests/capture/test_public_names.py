"""The names that users write."""

import dataclasses
import inspect

import pytest

import tb_neuron_callbacks
from tb_neuron.errors import InvalidArgumentError
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording
from tb_neuron_callbacks.lightning import NeuronCallback


def test_the_package_exports_these_names() -> None:
    assert tb_neuron_callbacks.__all__ == [
        "NeuronRecorder",
        "ProbeSet",
        "Recording",
        "Statistic",
        "Thresholds",
        "at",
        "every",
        "log_spaced",
    ]


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (NeuronRecorder, "model probe writer_or_folder layers schedule recording forward name"),
        (NeuronRecorder.step, "self step checkpoint"),
        (NeuronCallback, "probe examples layers records schedule recording forward name"),
        (
            ProbeSet.from_loader,
            "loader examples labels class_names metadata masks tokenizer column_names name tracked",
        ),
        (
            ProbeSet.from_batches,
            "batches labels class_names metadata masks tokenizer column_names name tracked",
        ),
        (
            ProbeSet.from_tensors,
            "inputs labels batch_size class_names metadata masks tokenizer column_names name "
            "tracked",
        ),
    ],
)
def test_what_is_called_takes_these_arguments(function, names: str) -> None:
    assert list(inspect.signature(function).parameters) == names.split()


def test_a_recording_has_these_choices() -> None:
    assert [choice.name for choice in dataclasses.fields(Recording)] == [
        "statistics",
        "unit_axis",
        "precision",
        "attributions",
        "target",
        "baselines",
        "path_steps",
        "detail",
        "flow",
        "flow_methods",
        "maps",
        "map_layers",
        "trust",
        "evidence",
        "responses",
        "reduction",
        "examples",
        "spread",
        "tracked",
        "max_attribution_bytes",
        "schedules",
        "max_overhead",
        "max_bytes",
        "max_class_bytes",
        "max_evidence_bytes",
        "max_response_bytes",
        "max_tracked_bytes",
        "max_position_bytes",
        "max_image_bytes",
        "max_logits",
        "thumbnail",
        "thresholds",
        "scalars",
    ]


@pytest.mark.parametrize(
    "choices",
    [
        {"schedules": {"activations": bool}},
        {"max_overhead": 0.0},
        {"max_overhead": 1.5},
        {"max_bytes": 0},
        {"thumbnail": -1},
        {"max_logits": -1},
    ],
)
def test_a_choice_that_breaks_a_rule_is_refused(choices) -> None:
    with pytest.raises(InvalidArgumentError, match="leave it out for its default"):
        Recording(**choices)


def test_a_recording_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recording().scalars = False  # pyright: ignore[reportAttributeAccessIssue]
