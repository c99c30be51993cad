"""What attribution takes of memory, and in which pieces it stays under the user's cap."""

import gc
import re
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from networks import ResidualNetwork, TokenClassifier, settled
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording
from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions import UNIT_METHODS
from tb_neuron_callbacks.attributions.memory import Cap, LiveBytes
from tb_neuron_callbacks.attributions.path import PathSweep
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.unit_figures import per_example
from tb_neuron_callbacks.subject import Subject

from bench.allocations import peak_bytes

EXAMPLES = 48


class LastState(nn.Module):
    """A classifier that reads an LSTM's last output."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(8, 32, 2, batch_first=True), nn.Linear(32, 5)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.lstm(inputs)[0][:, -1])


class BatchStatistics(nn.Module):
    """A classifier with a norm that has no running statistics: it mixes examples in eval mode."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8, track_running_stats=False))
        self.relu, self.head = nn.ReLU(), nn.Linear(8, 5)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.relu(self.body(inputs)))


class FixedBatch(nn.Module):
    """A classifier that was built for batches of 12."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.relu, self.head = nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 5)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.relu(self.hidden(inputs.view(12, 6))))


MODELS: dict[str, tuple[Callable[[], nn.Module], Callable[[], Tensor]]] = {
    "cnn": (lambda: ResidualNetwork(inplace=True), lambda: torch.randn(EXAMPLES, 3, 24, 24)),
    "transformer": (TokenClassifier, lambda: torch.randint(0, 11, (EXAMPLES, 6))),
    "lstm": (LastState, lambda: torch.randn(EXAMPLES, 40, 8)),
}


def attribution(
    model: nn.Module, inputs: Tensor, method: str, max_bytes: int = 1 << 28
) -> AttributionPass:
    """Return the pass of a network that was measured once, so that it knows what fits."""
    probe = ProbeSet.from_tensors(inputs, torch.arange(len(inputs)) % 3, batch_size=len(inputs))
    subject = Subject(model, probe)
    layout = subject.find_layers("auto", Recording())
    methods = (UNIT_METHODS[method],)
    found = AttributionPass(subject, layout, methods, "label", steps=8, cap=Cap(max_bytes))
    found.measure()
    return found


def made(name: str) -> tuple[nn.Module, Tensor]:
    torch.manual_seed(0)
    make, inputs = MODELS[name]
    return settled(make()), inputs()


def recorded(folder: Path, model: nn.Module, inputs: Tensor, **choices: object) -> Run:
    labels = torch.arange(len(inputs)) % 3
    probe = ProbeSet.from_tensors(inputs, labels, batch_size=len(inputs))
    recording = Recording(**choices)  # pyright: ignore[reportArgumentType]
    always = lambda _: True  # noqa: E731
    with NeuronRecorder(model, probe, folder, schedule=always, recording=recording) as recorder:
        recorder.step(0)
        recorder.step(1)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def pieces_told(run: Run, record: int) -> list[str]:
    """Return a record's notes on pieces; its sheets repeat them, and readers show them once."""
    sheets = run.recording().records[record].sheets
    notes = dict.fromkeys(note for sheet in sheets for note in sheet.header.notes)
    return [note for note in notes if "at a time" in note]


@pytest.mark.parametrize("method", ["gradient_x_activation", "conductance"])
@pytest.mark.parametrize("name", MODELS)
def test_the_peak_stays_under_the_cap(name: str, method: str) -> None:
    model, inputs = made(name)
    whole = peak_bytes(attribution(model, inputs, method).measure)
    max_bytes = whole // 3
    split = attribution(model, inputs, method, max_bytes)
    assert peak_bytes(split.measure) <= max_bytes


@pytest.mark.parametrize("method", ["gradient_x_activation", "conductance"])
def test_figures_are_the_same_in_pieces(method: str) -> None:
    model, inputs = made("cnn")
    model, inputs = model.double(), inputs.double()
    whole, pieces = (
        attribution(model, inputs, method, max_bytes).measure() for max_bytes in (1 << 30, 1 << 18)
    )
    for one, other in zip(whole[0].layers, pieces[0].layers, strict=True):
        for kind, values in one.columns.items():
            assert other.columns[kind] == pytest.approx(values, rel=1e-5, abs=1e-9)


def test_what_operations_make_is_counted_while_it_lives() -> None:
    inputs = torch.randn(1000)
    with LiveBytes() as live:
        doubled = inputs * 2
        (doubled.view(10, 100) + 1).sum()
    assert live.peak == 2 * inputs.nbytes + 4


def test_a_sweep_leaves_nothing_alive_for_the_garbage_collector() -> None:
    model, inputs = made("cnn")
    alive: list[weakref.ref[Tensor]] = []
    model.get_submodule("layer1").register_forward_hook(
        lambda *given: alive.append(weakref.ref(given[2]))
    )
    layout = attribution(model, inputs, "gradient").layout
    gc.disable()
    try:
        PointSweep(model, layout, model).points(inputs, "prediction")
        assert alive[-1]() is None
    finally:
        gc.enable()


def test_contributions_by_unit_are_the_sums_over_positions() -> None:
    model, inputs = made("lstm")
    layout = attribution(model, inputs, "gradient").layout
    rules = UNIT_METHODS["conductance"].along_path
    assert rules is not None
    whole, by_unit = (
        PathSweep(model, layout, model, rules["trapezoid"], by_unit=is_summed)
        .attribute(inputs, "prediction")
        .units
        for is_summed in (False, True)
    )
    for layer in layout.watched:
        expected = per_example(whole[layer.name], layer)
        assert torch.allclose(
            by_unit[layer.name], expected, atol=1e-5 * float(expected.abs().max())
        )


def test_the_first_record_says_in_how_many_pieces(tmp_path: Path) -> None:
    model, inputs = made("cnn")
    run = recorded(tmp_path, model, inputs, max_attribution_bytes=1 << 20)
    (note,) = pieces_told(run, 0)
    said = r"gradient_x_activation ran \d+ of 48 examples at a time to stay under 1 MB"
    assert re.fullmatch(said, note)


def test_the_second_record_does_not_say_it_again(tmp_path: Path) -> None:
    model, inputs = made("cnn")
    run = recorded(tmp_path, model, inputs, max_attribution_bytes=1 << 20)
    assert pieces_told(run, 1) == []


def test_nodes_that_ran_together_are_told(tmp_path: Path) -> None:
    model, inputs = made("lstm")
    choices = {"attributions": ("conductance",), "path_steps": 20}
    run = recorded(tmp_path, model, inputs[:4], max_attribution_bytes=1 << 21, **choices)
    (note,) = pieces_told(run, 0)
    assert note.endswith("of 21 nodes at a time to stay under 2 MB")


def test_what_fits_is_not_told(tmp_path: Path) -> None:
    run = recorded(tmp_path, *made("cnn"))
    assert pieces_told(run, 0) == []


@pytest.mark.parametrize("make", [BatchStatistics, FixedBatch])
@pytest.mark.parametrize("method", ["gradient_x_activation", "conductance"])
def test_a_model_that_mixes_examples_runs_whole_batches(
    make: Callable[[], nn.Module], method: str
) -> None:
    torch.manual_seed(0)
    model, inputs = make().eval(), torch.randn(12, 6)
    whole = attribution(model, inputs, method)
    sizes: list[int] = []
    model.register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
    capped = AttributionPass(
        whole.subject, whole.layout, whole.methods, "label", steps=2, cap=Cap(1)
    )
    capped.measure()
    # Tried on two examples at both ends of a path, beside the few of the first look.
    assert {size for size in sizes if size > 4} == {12}


def test_a_model_with_a_batch_size_of_its_own_has_attributions(tmp_path: Path) -> None:
    run = recorded(tmp_path, FixedBatch(), torch.randn(12, 6))
    assert run.attributions("relu").shape[0] == 2
