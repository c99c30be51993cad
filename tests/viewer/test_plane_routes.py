"""The routes of the map, asked over HTTP, on a real recording of a convolutional network."""

import io
import time
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from PIL import Image
from served_routes import PREFIX, Served, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from torch import nn
from werkzeug.test import Client
from written_run import WrittenRun

import tb_neuron
from tb_neuron import wire
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

EXAMPLES, UNITS, SIDE = 16, 6, 12
STEPS = ["0", "1", "2"]
PLANE = {"run": "recorded", "layer": "1", "step": 2}


def client_of(logdir: Path) -> Client:
    return Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with responses, and one without."""
    root = tmp_path_factory.mktemp("planes")
    torch.manual_seed(0)
    probe = ProbeSet.from_tensors(
        torch.rand(EXAMPLES, 1, SIDE, SIDE),
        torch.arange(EXAMPLES) % 3,
        class_names=["cat", "dog\ttab", "owl"],
    )
    model = nn.Sequential(
        nn.Conv2d(1, UNITS, 3), nn.ReLU(), nn.Flatten(), nn.Linear(UNITS * 100, 3)
    )
    often = every(1)
    recording = Recording(
        attributions=(),
        responses=("activation",),
        examples=2,
        thumbnail=6,
        schedules={"responses": often, "examples": often},
    )
    with NeuronRecorder(
        model, probe, root / "recorded", schedule=often, recording=recording
    ) as recorder:
        for step in range(len(STEPS)):
            recorder.step(step)
            with torch.no_grad():
                model.get_parameter("0.weight").mul_(-1.2)
    plain = WrittenRun(root / "plain")
    plain.record(1)
    plain.close()
    return root


@pytest.fixture(scope="module")
def run(logdir: Path) -> Run:
    return tb_neuron.open(logdir).runs["recorded"]


@pytest.fixture(scope="module")
def tab(logdir: Path) -> Served:
    return Served(client_of(logdir), WrittenRun(logdir / "unused"))


def ask(tab: Served, route: str, **query: object) -> bytes:
    answer = tab.client.get(f"{PREFIX}{route}?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return answer.data


def finished(tab: Served, **query: object) -> Container:
    """The plane once all of its records are laid out."""
    end = time.monotonic() + 60
    while True:
        found = unpack(ask(tab, "plane", **PLANE, **query))
        if found.header["done"] == len(STEPS):
            return found
        assert time.monotonic() < end, "it took too long"


def refusal(tab: Served, route: str, **query: object) -> tuple[int, str]:
    answer = tab.client.get(f"{PREFIX}{route}?{urlencode(query)}")
    return answer.status_code, answer.get_json()["error"]


def test_the_list_is_of_its_type(tab: Served) -> None:
    assert conforms(tab.json("planes", run="recorded"), wire.PlaneSteps)


def test_the_list_tells_layers_and_steps(tab: Served) -> None:
    listed = tab.json("planes", run="recorded")["layers"]
    assert [(each["name"], each["steps"]) for each in listed] == [("1", STEPS), ("3", STEPS)]


def test_a_run_without_responses_lists_no_layers(tab: Served) -> None:
    assert tab.json("planes", run="plain")["layers"] == []


def test_a_plane_s_header_is_of_its_type(tab: Served) -> None:
    assert conforms(finished(tab).header, wire.Plane)


@pytest.mark.parametrize("of", ["units", "examples"])
def test_places_are_those_of_the_reader(tab: Served, run: Run, of: str) -> None:
    wanted = run.planes("1", of, step=2).places  # pyright: ignore[reportArgumentType]
    np.testing.assert_array_equal(finished(tab, of=of).arrays["places"], wanted)


@pytest.mark.slow
@pytest.mark.xdist_group("umap")
def test_umap_is_made_in_the_background_and_is_the_reader_s(tab: Served, run: Run) -> None:
    # It compiles itself when it is first used, which takes longer than a request waits.
    wanted = run.planes("1", "examples", 2, "umap")
    found = finished(tab, of="examples", projection="umap")
    np.testing.assert_array_equal(found.arrays["places"], wanted.places)
    assert found.header["settings"] == wanted.settings


def test_the_list_tells_what_takes_long_when_it_is_first_used(tab: Served) -> None:
    listed = tab.json("planes", run="recorded")["projections"]
    assert [bool(each["preparation"]) for each in listed] == [False, True, False]


def test_examples_come_with_labels_and_predictions(tab: Served, run: Run) -> None:
    arrays = finished(tab, of="examples").arrays
    wanted = [run.outputs(int(step)).prediction for step in STEPS]
    assert arrays["labels"].tolist() == run.recording().labels().tolist()
    np.testing.assert_array_equal(arrays["predictions"], wanted)


def test_points_of_neither_sort_are_refused(tab: Served) -> None:
    status, error = refusal(tab, "plane", **PLANE, of="heads")
    assert (status, error[:38]) == (400, "points are units or examples, not 'hea")


def test_a_run_without_responses_says_how_to_record_them(tab: Served) -> None:
    status, error = refusal(tab, "plane", run="plain", layer="conv1", step=1)
    assert status == 404
    assert 'Recording(responses=("activation",))' in error


def test_crops_are_of_each_unit_s_first_example(tab: Served, run: Run) -> None:
    found = unpack(ask(tab, "crops", **PLANE)).arrays["examples"]
    assert found.tolist() == run.examples("1", 2).examples[:, 0].tolist()


def test_a_crop_is_the_receptive_field_as_shares_of_the_image(tab: Served, run: Run) -> None:
    boxes = unpack(ask(tab, "crops", **PLANE)).arrays["boxes"]
    y, x = divmod(int(run.examples("1", 2).positions[3, 0]), SIDE - 2)
    wanted = np.array([y, x, y + 3, x + 3]) / SIDE
    np.testing.assert_allclose(boxes[3], wanted, atol=1e-6)


def test_a_crop_of_a_layer_without_positions_is_the_whole_image(tab: Served) -> None:
    boxes = unpack(ask(tab, "crops", **{**PLANE, "layer": "3"})).arrays["boxes"]
    assert boxes.tolist() == [[0, 0, 1, 1]] * 3


def test_an_image_has_the_input_s_own_size(tab: Served, run: Run) -> None:
    example = int(run.examples("1", 0).examples[0, 0])
    picture = Image.open(io.BytesIO(ask(tab, "image", run="recorded", example=example)))
    assert picture.size == (SIDE, SIDE)


@pytest.fixture(scope="module")
def archive(tab: Served) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(ask(tab, "projector", **PLANE, of="examples")))


def test_the_projector_s_vectors_are_the_responses(archive: zipfile.ZipFile, run: Run) -> None:
    vectors = np.loadtxt(io.BytesIO(archive.read("vectors.tsv")), delimiter="\t")
    np.testing.assert_allclose(vectors, run.responses("1", 2).T, rtol=1e-4)


def test_the_projector_s_metadata_have_a_row_for_each_vector_and_a_heading(
    archive: zipfile.ZipFile,
) -> None:
    rows = [line.split("\t") for line in archive.read("metadata.tsv").decode().splitlines()]
    assert rows[0] == ["example", "label", "prediction"]
    assert [row[:2] for row in rows[1:3]] == [["0", "cat"], ["1", "dog tab"]]
    assert len(rows) == EXAMPLES + 1


def test_the_projector_s_sprite_is_a_square_of_its_pictures(archive: zipfile.ZipFile) -> None:
    sprite = Image.open(io.BytesIO(archive.read("sprite.png")))
    assert sprite.size == (4 * 32, 4 * 32)


def test_the_projector_reads_its_configuration(archive: zipfile.ZipFile) -> None:
    from google.protobuf import text_format
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig  # pyright: ignore[reportAttributeAccessIssue]

    config = text_format.Parse(archive.read("projector_config.pbtxt").decode(), ProjectorConfig())
    (embedding,) = config.embeddings
    paths = [embedding.tensor_path, embedding.metadata_path, embedding.sprite.image_path]
    assert {*paths} <= {*archive.namelist()}
