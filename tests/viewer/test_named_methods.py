"""A method whose name has a colon, from the recorder to the routes of a real TensorBoard."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from captum.attr import LayerDeepLift
from test_plugin_in_tensorboard import ask, tensorboard
from torch import nn

from tb_neuron.container import Container, unpack
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tensorboard")]

METHOD = "captum:LayerDeepLift"
RUN, LAYER, UNIT = "run", "1", 4
LABELS = torch.arange(24) % 3


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3)).eval()


def inputs() -> torch.Tensor:
    return torch.randn(24, 5, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def by_captum() -> np.ndarray:
    """What Captum finds by itself, float64[example, unit]."""
    model = network()
    found = LayerDeepLift(model, model[1]).attribute(inputs(), baselines=0, target=LABELS)
    assert isinstance(found, torch.Tensor)
    return found.detach().double().numpy()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("logs")
    probe, recording = ProbeSet.from_tensors(inputs(), LABELS), Recording(attributions=(METHOD,))
    always = lambda _: True  # noqa: E731
    with NeuronRecorder(
        network(), probe, folder / RUN, schedule=always, recording=recording
    ) as recorder:
        recorder.step(0)
    with tensorboard("--logdir", str(folder), "--load_fast", "false") as found:
        yield f"{found}data/plugin/tb_neuron/"


def get(address: str, route: str, **query: object) -> Container:
    status, body = ask(f"{address}{route}?{urlencode({'run': RUN, **query})}")
    assert status == 200, body
    return unpack(body)


def test_its_statistics_are_listed(address: str) -> None:
    listed = get(address, "records").header["statistics"]
    assert f"{METHOD}:label:mean" in {each["name"] for each in listed}


@pytest.mark.parametrize("statistic", ["share", "mean@2"])
def test_it_colours_a_film(address: str, statistic: str) -> None:
    (chunk_hash,) = get(address, "records").header["chunk_hashes"]
    chosen = f"{METHOD}:label:{statistic}"
    found = get(address, "film", statistic=chosen, chunk=0, hash=chunk_hash)
    assert found.header["statistic"] == chosen
    assert found.arrays["codes"].any()


def test_a_layers_figures_are_captums(address: str, by_captum: np.ndarray) -> None:
    found = get(address, "layer", layer=LAYER, step=0)
    row = found.header["statistics"].index(f"{METHOD}:label:mean")
    np.testing.assert_allclose(
        found.arrays["values"][row], by_captum.mean(0), rtol=0.038, atol=1e-4
    )


def test_changes_of_mind_are_those_of_the_method(address: str) -> None:
    status, body = ask(f"{address}changes?{urlencode({'run': RUN, 'layer': LAYER})}")
    assert (status, json.loads(body)["method"]) == (200, METHOD)


def test_a_unit_has_its_mean_for_each_class(address: str, by_captum: np.ndarray) -> None:
    found = get(address, "unit", layer=LAYER, unit=UNIT)
    assert found.header["class_methods"] == [{"method": METHOD, "target": "label"}]
    expected = [by_captum[LABELS.numpy() == number, UNIT].mean() for number in range(3)]
    ours = found.arrays["class_attributions"][0, :, 0]
    np.testing.assert_allclose(ours, expected, rtol=0.038, atol=1e-4)
