"""The routes of the dictionary, asked over HTTP, against what the network itself gives."""

from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from recorded_detector import CLASS, DETECTOR, EXAMPLES, LAYER, SILENT, STEPS, activations, labels
from recorded_detector import record as record_detector
from served_routes import PREFIX, Served, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from torch import nn
from werkzeug.test import Client
from written_run import WrittenRun

from tb_neuron import wire
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

TOP, SPREAD = 9, 6
COUNT, SIDE = 24, 10
IMAGES = {"run": "images", "layer": "1"}
OFTEN = {"responses": every(1), "examples": every(1), "tracked": every(1)}


def images() -> torch.Tensor:
    return torch.rand(COUNT, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(3))


def convolution() -> nn.Sequential:
    torch.manual_seed(5)
    model = nn.Sequential(nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(320, 3))
    with torch.no_grad():
        model.get_parameter("0.bias")[2] = -1e3
    return model.eval()


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("dictionary")
    record_detector(root / "detector", examples_of_units=TOP)
    probe = ProbeSet.from_tensors(images(), torch.arange(COUNT) % 3)
    recording = Recording(attributions=(), examples=4, schedules=OFTEN)
    model = convolution()
    with NeuronRecorder(
        model, probe, root / "images", schedule=every(1), recording=recording
    ) as recorder:
        recorder.step(0)
        with torch.no_grad():
            model.get_parameter("0.weight").mul_(-1)
        recorder.step(1)
    plain = WrittenRun(root / "plain")
    plain.record(1)
    plain.close()
    return root


@pytest.fixture(scope="module")
def tab(logdir: Path) -> Served:
    client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))
    return Served(client, WrittenRun(logdir / "unused"))


def ask(tab: Served, route: str, **query: object) -> Container:
    answer = tab.client.get(f"{PREFIX}{route}?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return unpack(answer.data)


def extremes(step: int) -> np.ndarray:
    """Responses [unit, example] of the detector's layer, worked out from the network alone."""
    flat = activations(step).reshape(EXAMPLES, -1, 9)
    places = np.abs(flat).argmax(2)
    return np.take_along_axis(flat, places[..., None], 2)[..., 0].T


def top_sets(step: int) -> list[set[int]]:
    """Each unit's top examples: the largest responses, without those that are its lowest."""
    found = []
    for values in extremes(step):
        order = np.argsort(-values, kind="stable")[:TOP]
        found.append({int(e) for e in order if values[e] > values.min()})
    return found


def test_the_dictionary_is_of_its_type(tab: Served) -> None:
    assert conforms(tab.json("dictionary", run="images"), wire.Dictionary)


def test_the_dictionary_tells_when_examples_were_recorded(tab: Served) -> None:
    listed = tab.json("dictionary", run="images")["layers"]
    assert [(each["name"], each["steps"]) for each in listed] == [
        ("1", ["0", "1"]),
        ("3", ["0", "1"]),
    ]


def test_a_run_without_examples_has_an_empty_dictionary(tab: Served) -> None:
    assert tab.json("dictionary", run="plain")["layers"] == []


def test_icons_are_of_their_type(tab: Served) -> None:
    assert conforms(ask(tab, "unit_icons", **IMAGES, step=0).header, wire.UnitIcons)


@pytest.mark.parametrize("step", STEPS)
def test_top_examples_are_those_of_an_exhaustive_search(tab: Served, step: int) -> None:
    found = ask(tab, "unit_icons", run="detector", layer=LAYER, step=step, count=TOP).arrays
    sets = [{*row} - {-1} for row in found["examples"].tolist()]
    assert sets == top_sets(step)


def test_their_values_are_the_network_s(tab: Served) -> None:
    found = ask(tab, "unit_icons", run="detector", layer=LAYER, step=2, count=TOP).arrays
    wanted = -np.sort(-extremes(2), axis=1)[:, :TOP]
    np.testing.assert_allclose(found["values"], wanted, rtol=1e-5)


def test_the_detector_s_icons_are_of_its_class(tab: Served) -> None:
    found = ask(tab, "unit_icons", run="detector", layer=LAYER, step=3, count=TOP).arrays
    own = found["examples"][DETECTOR]
    assert set(labels()[own[own >= 0]]) == {CLASS}


def test_labels_come_with_the_examples(tab: Served) -> None:
    found = ask(tab, "unit_icons", run="detector", layer=LAYER, step=3, count=TOP).arrays
    assert set(found["labels"][DETECTOR].tolist()) <= {CLASS, -1}


def test_a_silent_unit_has_no_icon(tab: Served) -> None:
    found = ask(tab, "unit_icons", run="detector", layer=LAYER, step=3, count=TOP).arrays
    assert set(found["examples"][SILENT].tolist()) == {-1}


def test_one_unit_can_be_asked_for(tab: Served) -> None:
    found = ask(tab, "unit_icons", run="detector", layer=LAYER, step=3, unit=DETECTOR).arrays
    assert found["units"].tolist() == [DETECTOR]


def test_a_box_is_the_part_of_the_image_that_gives_the_response(tab: Served) -> None:
    """The kernel on the crop alone is the response."""
    found = ask(tab, "unit_icons", **IMAGES, step=0, count=2).arrays
    top, left, bottom, right = (found["boxes"][1, 0] * SIDE).round().astype(int)
    crop = images()[found["examples"][1, 0], None, :, top:bottom, left:right]
    with torch.no_grad():
        seen = convolution()[0](crop)[0, 1].relu().flatten()
    np.testing.assert_allclose(seen.numpy(), found["values"][1, :1], rtol=1e-5)


def test_a_mark_is_the_middle_of_the_position(tab: Served) -> None:
    found = ask(tab, "unit_icons", **IMAGES, step=0).arrays
    y, x = divmod(int(found["positions"][0, 0]), SIDE - 2)
    wanted = [(y + 0.5) / (SIDE - 2), (x + 0.5) / (SIDE - 2)]
    np.testing.assert_allclose(found["marks"][0, 0], wanted, rtol=1e-6)


def test_a_unit_that_is_not_there_is_refused(tab: Served) -> None:
    query = urlencode({**IMAGES, "step": 0, "unit": 99})
    assert tab.client.get(f"{PREFIX}unit_icons?{query}").status_code == 404


def test_drift_is_one_less_the_jaccard_index_of_neighbouring_records(tab: Served) -> None:
    found = ask(tab, "meaning_drift", run="detector", layer=LAYER).arrays["drifts"]
    sets = [top_sets(step) for step in STEPS]
    wanted = np.full(found.shape, np.nan)
    for row in range(1, len(STEPS)):
        for unit, (a, b) in enumerate(zip(sets[row - 1], sets[row], strict=True)):
            wanted[row, unit] = 1 - len(a & b) / len(a | b) if a | b else np.nan
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_drift_is_undefined_at_the_first_record(tab: Served) -> None:
    found = ask(tab, "meaning_drift", run="detector", layer=LAYER).arrays["drifts"]
    assert np.isnan(found[0]).all()


def test_drift_is_of_its_type(tab: Served) -> None:
    header = ask(tab, "meaning_drift", run="detector", layer=LAYER).header
    assert conforms(header, wire.MeaningDrift)


def test_drift_of_a_run_without_examples_says_how_to_record_them(tab: Served) -> None:
    answer = tab.client.get(
        f"{PREFIX}meaning_drift?{urlencode({'run': 'plain', 'layer': 'conv1'})}"
    )
    assert "Recording(examples=9)" in answer.get_json()["error"]


def test_all_pictures_come_in_one_answer(tab: Served) -> None:
    found = ask(tab, "pictures", run="images").arrays
    ends = found["ends"].tolist()
    last = tab.client.get(f"{PREFIX}thumbnail?{urlencode({'run': 'images', 'example': COUNT - 1})}")
    assert found["files"].tobytes()[ends[-2] : ends[-1]] == last.data
