"""Routes of responses by a method of attribution, against gradients taken here and scikit-learn."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded_attributions import LAYERS, METHOD, record
from recorded_responses import EXAMPLES, HALF_STEP, RELU, SILENT, TANH
from served_routes import PREFIX, conforms
from sklearn.decomposition import NMF
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client, TestResponse

from tb_neuron import wire
from tb_neuron.columns import GRID_SIGNED_LOG, levels
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin


class Asked:
    """A tab over a run with attributions as responses and one without."""

    def __init__(self, logdir: Path) -> None:
        self.wanted = record(logdir / "both")
        record(logdir / "activations", ("activation",))
        record(logdir / "attributions", (METHOD,))
        self._client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))

    def get(self, route: str, **query: Any) -> TestResponse:
        query = {"run": "both", "method": METHOD, "step": 2, **query}
        return self._client.get(f"{PREFIX}{route}", query_string=query)

    def json(self, route: str, **query: Any) -> Any:
        return json.loads(self.get(route, **query).data)

    def bulk(self, route: str, **query: Any) -> Container:
        answer = self.get(route, **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("attributions"))


def near(found: np.ndarray, wanted: np.ndarray) -> None:
    """Half a step of the grid, beside eight decades under the largest."""
    np.testing.assert_allclose(found, wanted, HALF_STEP, 1e-6 * float(np.abs(wanted).max()))


def test_responses_tells_the_methods_of_each_layer_with_their_target(tab: Asked) -> None:
    found = tab.json("responses")
    assert conforms(found, wire.ResponseSteps)
    told = {each["name"]: each["methods"] for each in found["layers"]}
    steps = ["0", "1", "2"]
    wanted = [
        {"name": "", "target": "", "steps": steps},
        {"name": METHOD, "target": "label", "steps": steps},
    ]
    assert told == dict.fromkeys(LAYERS, wanted)


def test_a_run_of_attributions_alone_tells_its_layers(tab: Asked) -> None:
    found = tab.json("responses", run="attributions")
    assert [[m["name"] for m in each["methods"]] for each in found["layers"]] == [[METHOD]] * 3


@pytest.mark.parametrize("route", ["patterns", "groups", "plane", "drift"])
def test_a_method_that_was_not_recorded_says_how_to_record_it(tab: Asked, route: str) -> None:
    answer = tab.get(route, run="activations", layer=TANH)
    assert answer.status_code == 404
    if route != "drift":  # without a second probe set it is that which is missing
        assert f'Recording(responses=(\\"activation\\", \\"{METHOD}\\"))' in answer.text


def test_missing_activations_are_told_apart_from_missing_attributions(tab: Asked) -> None:
    answer = tab.get("patterns", run="attributions", layer=TANH, method="")
    assert answer.status_code == 404
    assert "no activations" in answer.text


def test_patterns_are_the_attributions_that_autograd_finds(tab: Asked) -> None:
    found = tab.bulk("patterns", layer=TANH)
    assert conforms(found.header, wire.Patterns)
    assert (found.header["method"], found.header["reduction"]) == (METHOD, "sum")
    arrays = found.arrays
    assert found.header["grid"] == "signed_log"
    values = np.stack(
        [
            levels(GRID_SIGNED_LOG, int(offset))[codes]
            for offset, codes in zip(arrays["offsets"], arrays["codes"].T, strict=True)
        ]
    )
    near(values, tab.wanted[TANH][2][np.ix_(arrays["units"], arrays["examples"])])


def test_the_scale_of_patterns_holds_0_and_both_signs(tab: Asked) -> None:
    header = tab.bulk("patterns", layer=TANH).header
    every = np.stack(list(tab.wanted[TANH].values()))
    np.testing.assert_allclose(
        [header["lower"], header["upper"]], [every.min(), every.max()], HALF_STEP
    )


def test_class_means_are_of_the_attributions(tab: Asked) -> None:
    found = tab.bulk("patterns", layer=TANH)
    order = [each["number"] for each in found.header["classes"]]
    labels = np.arange(EXAMPLES) % 3
    wanted = [tab.wanted[TANH][2][:, labels == c].mean(1)[found.arrays["units"]] for c in order]
    np.testing.assert_allclose(found.arrays["class_means"], wanted, 0.05, 0.01)


def test_joint_plots_the_attributions_of_both(tab: Asked) -> None:
    found = tab.bulk("joint", x_layer=TANH, x_unit=1, y_layer=RELU, y_unit=2)
    assert conforms(found.header, wire.Joint)
    assert [found.header[axis]["method"] for axis in ("first", "second")] == [METHOD, METHOD]
    at = found.arrays["examples"]
    near(found.arrays["first"][0], tab.wanted[TANH][2][1][at])
    near(found.arrays["second"][0], tab.wanted[RELU][2][2][at])


def test_joint_tells_numpys_correlation_of_attributions(tab: Asked) -> None:
    (side,) = tab.bulk("joint", x_layer=TANH, x_unit=1, y_layer=TANH, y_unit=2).header["sides"]
    wanted = np.corrcoef(tab.wanted[TANH][2][1], tab.wanted[TANH][2][2])[0, 1]
    assert side["correlation"] == pytest.approx(wanted, abs=0.02)


def test_the_floor_of_attributions_is_exactly_0(tab: Asked) -> None:
    (side,) = tab.bulk("joint", x_layer=RELU, x_unit=1, y_layer=TANH, y_unit=2).header["sides"]
    first, second = tab.wanted[RELU][2][1] == 0, tab.wanted[TANH][2][2] == 0
    assert 0 < first.mean() < 1
    assert side["lower"] == {
        "first": pytest.approx(first.mean()),
        "second": pytest.approx(second.mean()),
        "both": pytest.approx((first & second).mean()),
    }


def test_attributions_have_no_upper_end_even_of_a_bounded_unit(tab: Asked) -> None:
    (side,) = tab.bulk("joint", x_layer=TANH, x_unit=1, y_layer=TANH, y_unit=2).header["sides"]
    assert side["upper"] == {"first": None, "second": None, "both": None}


def test_correlated_lists_units_by_their_attributions(tab: Asked) -> None:
    found = tab.json("correlated", layer=TANH, unit=2)
    assert conforms(found, wire.Correlated)
    figures = np.corrcoef(tab.wanted[TANH][2])[2]
    order = [int(unit) for unit in np.argsort(-figures) if unit != 2]
    assert [each["unit"] for each in found["highest"]] == order


def test_a_unit_that_never_contributes_is_constant(tab: Asked) -> None:
    assert tab.json("correlated", layer=RELU, unit=SILENT)["is_constant"]


def test_a_distribution_has_the_quantiles_of_the_attributions(tab: Asked) -> None:
    found = tab.bulk("distribution", layer=TANH, unit=1)
    assert conforms(found.header, wire.ResponseDistribution)
    every = np.stack([tab.wanted[TANH][step][1] for step in range(3)])
    near(found.arrays["quantiles"][:, [0, 4]], np.stack([every.min(1), every.max(1)], 1))


def test_planes_are_of_the_layers_with_attributions(tab: Asked) -> None:
    found = tab.json("planes")
    assert [each["name"] for each in found["layers"]] == list(LAYERS)
    assert tab.json("planes", run="activations")["layers"] == []


def test_a_plane_is_the_principal_plane_of_the_attributions(tab: Asked) -> None:
    found = tab.bulk("plane", layer=TANH)
    assert conforms(found.header, wire.Plane)
    points = tab.wanted[TANH][2].astype(np.float64)
    points = points - points.mean(0)
    strengths = np.linalg.svd(points)[1][:2]
    lengths = np.linalg.norm(found.arrays["places"][-1], axis=0)
    np.testing.assert_allclose(lengths, strengths, 0.02)


def test_activations_are_what_an_empty_method_means(tab: Asked) -> None:
    found = tab.bulk("plane", layer=TANH, method="").arrays["places"]
    assert not np.allclose(found, tab.bulk("plane", layer=TANH).arrays["places"])


def test_the_projector_s_zip_holds_attributions_and_says_so(tab: Asked) -> None:
    answer = tab.get("projector", layer=TANH, of="units")
    opened = zipfile.ZipFile(io.BytesIO(answer.data))
    rows = [line.split("\t") for line in opened.read("vectors.tsv").decode().splitlines()]
    near(np.array(rows, np.float64), tab.wanted[TANH][2])
    assert METHOD in opened.read("README.txt").decode()


def doubled(tab: Asked, layer: str = TANH, step: int = 2) -> np.ndarray:
    """What is above 0 beside what is below, of all units."""
    values = tab.wanted[layer][step].astype(np.float64)
    return np.concatenate([values.clip(0), (-values).clip(0)], 1)


def test_groups_of_attributions_leave_no_more_than_scikit_learns(tab: Asked) -> None:
    found = tab.bulk("groups", layer=RELU, count=3, anchor=2)
    assert conforms(found.header, wire.Groups)
    whole = doubled(tab, RELU)
    options: Any = {"n_components": 3, "init": "nndsvda", "tol": 1e-6, "max_iter": 2000}
    model = NMF(**options)
    theirs = np.linalg.norm(whole - model.fit_transform(whole) @ model.components_)
    assert found.header["error"] <= 1.02 * theirs / np.linalg.norm(whole)


def test_groups_add_up_to_the_attributions_of_both_signs(tab: Asked) -> None:
    found = tab.bulk("groups", layer=RELU, count=3, anchor=2)
    weights, net = found.arrays["weights"].T, found.arrays["activity"]
    against = found.arrays["against"]
    whole = doubled(tab, RELU)
    ours = weights @ np.concatenate([net + against, against], 1)
    left = np.linalg.norm(whole - ours) / np.linalg.norm(whole)
    assert left == pytest.approx(found.header["error"], abs=0.02)


def test_a_group_s_profile_is_its_mean_net_activity_by_class(tab: Asked) -> None:
    found = tab.bulk("groups", layer=TANH, count=2)
    labels = (np.arange(EXAMPLES) % 3)[found.arrays["examples"]]
    order = [each["number"] for each in found.header["classes"]]
    wanted = [found.arrays["activity"][:, labels == number].mean(1) for number in order]
    np.testing.assert_allclose(found.arrays["profile"].T, wanted, 1e-5, 1e-6)


def test_groups_of_activations_have_nothing_against(tab: Asked) -> None:
    assert tab.bulk("groups", layer=RELU, method="").arrays["against"].shape[1] == 0
