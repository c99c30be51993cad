"""Models whose modules do not run one by one by themselves: fused, compiled and scripted ones."""

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

INPUTS = torch.linspace(-1, 1, 60).reshape(10, 6)
TOKENS = torch.arange(70).reshape(10, 7) % 6 + 1
TOKENS[:, 5:] = 0  # padding


class Encoder(nn.Module):
    """A transformer that is told which positions are padding."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embedding = nn.Embedding(7, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation=nn.GELU())
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.last = nn.Linear(8, 3)

    def forward(self, tokens: Tensor) -> Tensor:
        hidden = self.encoder(self.embedding(tokens), src_key_padding_mask=tokens == 0)
        return self.last(hidden[:, 0])


class CompiledForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.inner = nn.Sequential(nn.Linear(6, 8), nn.ReLU())

    @torch.compile(backend="eager")
    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(inputs)


class CompiledFunction(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.inner = nn.Linear(6, 8)

    def forward(self, inputs: Tensor) -> Tensor:
        return rectified(self.inner(inputs))


@torch.compile(backend="eager", fullgraph=True)
def rectified(values: Tensor) -> Tensor:
    return torch.relu(values)


def scripted() -> nn.Module:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torch.jit.script(nn.Sequential(nn.Linear(6, 8), nn.ReLU()))
    assert isinstance(model, nn.Module)
    return model


def traced() -> nn.Module:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torch.jit.trace(nn.Sequential(nn.Linear(6, 8), nn.ReLU()), INPUTS)
    assert isinstance(model, nn.Module)
    return model


def record_once(folder: Path, model: nn.Module, inputs: Tensor) -> Run:
    probe = ProbeSet.from_tensors(inputs)
    recording = Recording(precision="f32")
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        assert recorder.step(0)
    return next(iter(tb_neuron.open(folder).runs.values()))


def expected_mean(model: nn.Module) -> list[float]:
    weight, bias = (parameter.detach() for parameter in model.parameters())
    return (INPUTS @ weight.T + bias).clamp(min=0).mean(0).tolist()


def test_every_layer_of_a_padded_transformer_is_watched(tmp_path: Path) -> None:
    run = record_once(tmp_path, Encoder(), TOKENS)
    for block in ("encoder.layers.0", "encoder.layers.1"):
        assert {f"{block}.self_attn", f"{block}.activation"} <= set(run.layers)


def test_the_fused_transformer_is_used_again_afterwards(tmp_path: Path) -> None:
    record_once(tmp_path, Encoder(), TOKENS)
    assert torch.backends.mha.get_fastpath_enabled()


@pytest.mark.parametrize("calls", [0, 2])
@pytest.mark.parametrize(
    ("kind", "layer_name"), [(CompiledForward, "inner.1"), (CompiledFunction, "inner/relu")]
)
def test_compiled_code_that_is_no_module_is_seen_through(
    tmp_path: Path, kind: Callable[[], nn.Module], layer_name: str, calls: int
) -> None:
    if not hasattr(torch.compiler, "set_stance"):
        pytest.skip("this version of torch compiles such code whatever it is told")
    model = kind()
    with torch.no_grad():
        for _ in range(calls):
            model(INPUTS)
    run = record_once(tmp_path, model, INPUTS)
    assert run.activations(layer_name)[0] == pytest.approx(expected_mean(model), rel=1e-5)


@pytest.mark.parametrize("make", [scripted, traced])
def test_a_scripted_model_is_one_layer(tmp_path: Path, make: Callable[[], nn.Module]) -> None:
    model = make()
    run = record_once(tmp_path, model, INPUTS)
    (layer_name,) = run.layers
    assert run.activations(layer_name)[0] == pytest.approx(expected_mean(model), rel=1e-5)


def test_a_scripted_part_is_one_layer(tmp_path: Path) -> None:
    model = nn.Sequential(scripted(), nn.Sigmoid(), nn.Linear(8, 2))
    assert list(record_once(tmp_path, model, INPUTS).layers) == ["1", "2"]


def test_a_scripted_part_can_be_named(tmp_path: Path) -> None:
    model = nn.Sequential(scripted(), nn.Sigmoid(), nn.Linear(8, 2))
    probe = ProbeSet.from_tensors(INPUTS)
    with NeuronRecorder(model, probe, tmp_path, layers="0", schedule=every(1)) as recorder:
        recorder.step(0)
    run = next(iter(tb_neuron.open(tmp_path).runs.values()))
    assert list(run.layers) == ["0"]


def test_a_scripted_part_has_its_mode_again(tmp_path: Path) -> None:
    model = nn.Sequential(scripted(), nn.Linear(8, 2))
    record_once(tmp_path, model, INPUTS)
    assert [module.training for module in model.modules()] == [True] * 5
