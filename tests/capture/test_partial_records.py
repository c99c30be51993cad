"""What fails takes itself out of a record, says so once, and leaves the rest."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from recorded import column, scalars, values
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import GRID_FRACTION, GRID_SIGNED_LOG
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.record import RecordWriter

INPUTS = torch.linspace(-1, 1, 80).reshape(20, 4)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


def record(
    folder: Path, model: nn.Module, probe: ProbeSet, steps: Iterable[int] = (0,), **choices: Any
) -> Run:
    with NeuronRecorder(model, probe, folder, schedule=every(1), **choices) as recorder:
        assert [recorder.step(step) for step in steps] == [True for _ in steps]
    return next(iter(tb_neuron.open(folder).runs.values()))


def notes(folder: Path) -> list[str]:
    return list(values(folder, "activations")[0].header.notes)


class Changing(nn.Module):
    """Gives fewer units to whole batches than to the few examples at the start."""

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.relu(inputs if len(inputs) <= 3 else inputs[:, :2])


class Beside(nn.Module):
    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.main, self.part = network(), part

    def forward(self, inputs: Tensor) -> Tensor:
        return self.main(inputs) + self.part(inputs).sum()


def test_a_layer_with_other_units_than_at_the_start_is_left_out_alone(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="layer 'part' is left out") as told:
        run = record(
            tmp_path,
            Beside(Changing()),
            ProbeSet.from_tensors(INPUTS),
            steps=range(4),
            layers=["main.*", "part"],
        )
    assert len(told) == 1
    assert {"main.1", "main.2"} <= set(run.layers)
    assert "part" not in run.layers


def test_a_header_says_which_layer_is_left_out(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning):
        record(tmp_path, Beside(Changing()), ProbeSet.from_tensors(INPUTS), layers=["auto", "part"])
    assert any("layer 'part' is left out" in note for note in notes(tmp_path))


class Largest:
    """A statistic of the user's; parts of it may be replaced."""

    name, grid, description = "largest", GRID_SIGNED_LOG, "Largest activation."

    def __init__(self, layer: Layer) -> None:
        self.largest = torch.full((layer.units,), -torch.inf)

    def update(self, activations: Tensor, _: Any, /) -> None:
        self.largest = torch.maximum(self.largest, activations.amax((0, 1)))

    def merge(self, other: Any) -> None:
        self.largest = torch.maximum(self.largest, other.largest)

    def finish(self) -> Any:
        return self.largest


class TooLong(Largest):
    def finish(self) -> Any:
        return torch.zeros(len(self.largest) + 1)


class Scalar(Largest):
    def finish(self) -> Any:
        return torch.tensor(1.0)


class Raising(Largest):
    def update(self, activations: Tensor, _: Any, /) -> None:  # noqa: ARG002
        raise ZeroDivisionError("planted")


class OutOfGrid(Largest):
    grid = GRID_FRACTION

    def finish(self) -> Any:
        return torch.full((len(self.largest),), -1.0)


BAD = [TooLong, Scalar, Raising, OutOfGrid]


@pytest.mark.parametrize("precision", ["u8", "f32"])
@pytest.mark.parametrize("kind", BAD)
def test_a_statistic_that_fails_is_left_out_alone(
    tmp_path: Path, kind: type[Largest], precision: Any
) -> None:
    recording = Recording(statistics=["mean", kind], precision=precision)
    with pytest.warns(RuntimeWarning, match="statistic 'largest' is left out") as told:
        run = record(
            tmp_path,
            network(),
            ProbeSet.from_tensors(INPUTS),
            steps=range(4),
            recording=recording,
        )
    assert len(told) == 1
    assert [kind.name for kind in run.recording().statistics].count("largest") == 0
    assert len(run.steps) == 4


def test_a_statistic_that_returns_an_array_is_stored(tmp_path: Path) -> None:
    class Array(Largest):
        def finish(self) -> Any:
            return self.largest.numpy()

    recording = Recording(statistics=["max", Array], precision="f32")
    record(tmp_path, network(), ProbeSet.from_tensors(INPUTS), recording=recording)
    value = values(tmp_path, "activations")[0]
    assert column(value, "1", "largest").tolist() == column(value, "1", "max").tolist()


class Sparse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = network()

    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(inputs).to_sparse()


def test_a_sparse_model_output_leaves_the_layers(tmp_path: Path) -> None:
    run = record(tmp_path, Sparse(), ProbeSet.from_tensors(INPUTS))
    assert "inner.1" in run.layers


def test_pictures_that_cannot_be_made_are_left_out_alone(tmp_path: Path) -> None:
    class Grey(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.convolution = nn.Conv2d(1, 2, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            return torch.relu(self.convolution(inputs[:, :1]))

    batches = [torch.rand(4, 1, 8, 8), torch.rand(4, 3, 8, 8)]
    with pytest.warns(RuntimeWarning, match="thumbnails are left out"):
        run = record(tmp_path, Grey(), ProbeSet.from_batches(batches))
    assert run.recording().thumbnails == 0
    assert any(
        "thumbnails are left out" in note for note in values(tmp_path, "probe")[0].header.notes
    )


def pictures() -> tuple[nn.Module, ProbeSet]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    return model, ProbeSet.from_tensors(torch.rand(64, 3, 32, 32))


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_pictures_are_left_out_where_they_would_exceed_the_bytes(tmp_path: Path) -> None:
    model, probe = pictures()
    recording = Recording(max_bytes=20_000, scalars=False)
    with pytest.warns(RuntimeWarning, match=r"they do not fit in Recording\(max_bytes=20000\)"):
        run = record(tmp_path, model, probe, recording=recording)
    assert (run.recording().thumbnails, bytes_in(tmp_path) <= 20_100) == (0, True)


def test_a_first_record_beyond_the_bytes_is_not_written(tmp_path: Path) -> None:
    model, probe = pictures()
    recorder = NeuronRecorder(
        model, probe, tmp_path, schedule=every(1), recording=Recording(max_bytes=500)
    )
    with pytest.warns(RuntimeWarning, match="max_bytes=500"):
        assert [recorder.step(step) for step in range(3)] == [False, False, False]
    recorder.close()
    assert bytes_in(tmp_path) < 500


class Repeating(nn.Module):
    """Calls one layer twice for the few examples at the start and four times for whole batches."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer, self.last = nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        for _ in range(2 if len(inputs) <= 3 else 4):
            inputs = torch.relu(self.layer(inputs))
        return self.last(inputs)


class Named(Repeating):
    """Is called by another name, so that where a forward begins is known by the pass alone."""

    def answer(self, inputs: Tensor) -> Tensor:
        return Repeating.forward(self, inputs)


@pytest.mark.parametrize(
    "choices",
    [{}, {"forward": lambda model, batch: model.answer(batch)}],
    ids=["forward", "answer"],
)
def test_further_calls_are_not_mixed_with_the_first(
    tmp_path: Path, choices: dict[str, Any]
) -> None:
    model = Named()
    recording = Recording(precision="f32")
    probe = ProbeSet.from_tensors(INPUTS, batch_size=10)
    with pytest.warns(RuntimeWarning, match="layer/relu: called more often"):
        run = record(tmp_path, model, probe, recording=recording, **choices)
    first = torch.relu(model.layer(INPUTS))
    second = torch.relu(model.layer(first))
    for name, expected in {"layer/relu": first, "layer/relu#1": second}.items():
        found = run.activations(name, "mean")[0]
        assert found == pytest.approx(expected.mean(0).detach().numpy(), rel=1e-4, abs=1e-7)


def test_records_that_were_not_written_make_no_unit_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = network()
    with torch.no_grad():
        model[0].get_parameter("bias")[0] = -1e3
    recorder = NeuronRecorder(model, ProbeSet.from_tensors(INPUTS), tmp_path, schedule=every(1))
    with monkeypatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setattr(RecordWriter, "values", failing)
        assert [recorder.step(step) for step in range(2)] == [False, False]
    recorder.step(2)
    recorder.close()
    assert scalars(tmp_path)["neurons/dead/1"] == {2: 0.0}


def failing(*_: Any) -> Any:
    raise ZeroDivisionError("planted")
