"""Flow from the recorder to the reader: links, totals, groups, and when it is left out."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import tb_neuron
from tb_neuron.errors import NotFoundError
from tb_neuron.flows import Flow
from tb_neuron.recording import Recording as Recorded
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every, flow_pass
from tb_neuron_callbacks.errors import AttributionError

EXAMPLES = 20


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))


def probe() -> ProbeSet:
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(EXAMPLES, 4, generator=generator)
    return ProbeSet.from_tensors(inputs, torch.arange(EXAMPLES) % 3, batch_size=8, tracked=[3, 11])


def recorded(folder: Path, records: int = 1, **choices: Any) -> Run:
    recording = Recording(**choices)
    model = network()
    with NeuronRecorder(model, probe(), folder, schedule=every(1), recording=recording) as recorder:
        for step in range(records):
            assert recorder.step(step)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def places(flow: Flow) -> dict[str, int]:
    return {layer.name: place for place, layer in enumerate(flow.layers)}


def test_links_out_of_a_unit_sum_to_its_attribution_within_the_grids_error(tmp_path: Path) -> None:
    run = recorded(tmp_path, flow=8, precision="f32")
    flow = run.flow(0)
    hidden = places(flow)["1"]
    (link,) = [link for link in flow.links if link.source == hidden]
    found = link.values.sum(1)[:-1]
    tolerance = 0.04 * abs(link.values).sum(1)[:-1] + 1e-6
    assert (abs(found - run.attributions("1")[0]) <= tolerance).all()


def test_totals_are_not_rounded(tmp_path: Path) -> None:
    run = recorded(tmp_path, flow=8, precision="f32")
    flow = run.flow(0)
    totals = flow.attributions[places(flow)["3"]][:-1]
    assert totals == pytest.approx(run.attributions("3")[0], rel=1e-5, abs=1e-9)


def test_remainders_are_the_biases_part(tmp_path: Path) -> None:
    flow = recorded(tmp_path, flow=8).flow(0)
    model, inputs = network(), probe()
    last = model[4]
    assert isinstance(last, nn.Linear)
    labels = inputs.labels
    assert labels is not None
    share = torch.bincount(labels, minlength=3) / EXAMPLES
    expected = (share * last.bias.detach()).numpy()
    assert flow.remainders[places(flow)["4"]][:-1] == pytest.approx(expected, rel=1e-5)


def test_units_that_contribute_most_are_shown(tmp_path: Path) -> None:
    run = recorded(tmp_path, flow=2)
    flow = run.flow(0)
    largest = np.argsort(-run.attributions("1", statistic="mean_abs")[0])[:2]
    assert flow.layers[places(flow)["1"]].shown == sorted(largest.tolist())


def test_pinned_units_are_shown_beside_those_that_contribute_most(tmp_path: Path) -> None:
    largest = recorded(tmp_path / "largest", flow=2).flow(0)
    most = largest.layers[places(largest)["1"]].shown
    pinned = min(set(range(6)) - set(most))
    flow = recorded(tmp_path / "pinned", flow=2, detail=[f"1:{pinned}"]).flow(0)
    assert flow.layers[places(flow)["1"]].shown == sorted([*most, pinned])
    assert flow.layers[places(flow)["1"]].pinned == [pinned]


class Large(nn.Module):
    """Has no memory for the gradients of more than three examples."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = network()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        if torch.is_grad_enabled() and len(inputs) > 3:
            raise MemoryError
        return self.inner(inputs)


def test_examples_that_do_not_fit_in_memory_are_taken_in_pieces(tmp_path: Path) -> None:
    how = Recording(flow=8, precision="f32")
    with (
        warnings.catch_warnings(record=True) as told,
        NeuronRecorder(
            Large(), probe(), tmp_path / "large", schedule=every(1), recording=how
        ) as recorder,
    ):
        warnings.simplefilter("always")
        assert recorder.step(0)
    (run,) = tb_neuron.open(tmp_path / "large").runs.values()
    plain = recorded(tmp_path / "plain", flow=8, precision="f32")
    sentences = [str(each.message) for each in told if "ran out of memory" in str(each.message)]
    assert len(sentences) == 2  # attribution once, flow once, whatever the number of batches
    assert run.attributions("inner.1") == pytest.approx(plain.attributions("1"), rel=1e-5)
    for mine, other in zip(run.flow(0).attributions, plain.flow(0).attributions, strict=True):
        assert mine == pytest.approx(other, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(("group", "examples"), [("all", 20), ("class 1", 7), ("example 11", 1)])
def test_groups_are_told_apart(tmp_path: Path, group: str, examples: int) -> None:
    assert recorded(tmp_path, flow=4).flow(0, group).examples == examples


def test_an_example_has_its_own_gradient_x_activation(tmp_path: Path) -> None:
    flow = recorded(tmp_path, flow=8).flow(0, "example 11")
    model, inputs = network(), probe()
    example = torch.cat(list(inputs.batches))[11:12]
    with torch.no_grad():
        hidden = torch.relu(model[0](example))
    hidden.requires_grad_()
    score = nn.Sequential(*list(model)[2:])(hidden)[0, 11 % 3]
    (gradient,) = torch.autograd.grad(score, hidden)
    expected = (gradient * hidden).detach()[0].numpy()
    assert flow.attributions[places(flow)["1"]][:-1] == pytest.approx(expected, abs=1e-6)


def test_flow_has_a_schedule_of_its_own(tmp_path: Path) -> None:
    run = recorded(tmp_path, records=5, flow=4, schedules={"flow": every(2)})
    assert run.recording().flows.steps == [0, 2, 4]
    assert run.flow(3).step == 2


def test_without_flow_the_reader_says_how_to_record_it(tmp_path: Path) -> None:
    run = recorded(tmp_path)
    with pytest.raises(NotFoundError, match=r"Recording\(flow=16\)"):
        run.flow(0)


def test_an_unknown_group_is_told_with_those_that_exist(tmp_path: Path) -> None:
    run = recorded(tmp_path, flow=4)
    with pytest.raises(NotFoundError, match="class 2"):
        run.flow(0, "class 9")


def test_flow_without_its_method_is_refused() -> None:
    with pytest.raises(AttributionError, match="needs attributions by"):
        NeuronRecorder(
            network(), probe(), "unused", recording=Recording(attributions=("gradient",), flow=4)
        )


def groups_of(folder: Path, inputs: ProbeSet, outputs: int) -> Recorded:
    """Return a record of flow of a network with so many classes."""
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, outputs))
    choices = Recording(flow=2)
    with NeuronRecorder(model, inputs, folder, schedule=every(1), recording=choices) as recorder:
        assert recorder.step(0)
    (run,) = tb_neuron.open(folder).runs.values()
    return run.recording()


def test_a_class_without_examples_has_no_flow(tmp_path: Path) -> None:
    inputs = ProbeSet.from_tensors(torch.randn(5, 4), torch.tensor([7, 0, 7, 2, 0]), tracked=[1])
    found = groups_of(tmp_path, inputs, 9).flows.groups()
    assert [(group.name, group.examples) for group in found] == [
        ("all", 5),
        ("class 0", 2),
        ("class 2", 1),
        ("class 7", 2),
        ("example 1", 1),
    ]


def test_the_largest_of_many_classes_have_flow_and_the_record_says_so(tmp_path: Path) -> None:
    labels = torch.arange(200) % 130 + 4_800  # classes from the 70th on have one example
    inputs = ProbeSet.from_tensors(torch.randn(200, 4), labels, tracked=[1])
    recording = groups_of(tmp_path, inputs, 5_000)
    names = [group.name for group in recording.flows.groups()]
    assert names == ["all", *(f"class {4_800 + number}" for number in range(64)), "example 1"]
    assert recording.flows.flow(0, "class 4863").examples == 2
    assert "flow of the 64 largest of 130 classes is kept" in recording.notes


def test_no_more_tracked_examples_have_flow_than_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_pass, "MAX_EXAMPLES", 2)
    inputs = ProbeSet.from_tensors(torch.randn(5, 4), torch.zeros(5, dtype=torch.long), tracked=3)
    recording = groups_of(tmp_path, inputs, 2)
    assert len(recording.flows.groups()) == 1 + 1 + 2
    assert "flow of the first 2 of 3 tracked examples is kept" in recording.notes
