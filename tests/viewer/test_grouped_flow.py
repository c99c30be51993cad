"""Flow between groups of units, against matrix products of links and weights made here."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded_attributions import METHOD, record
from recorded_responses import RELU, SILENT
from served_routes import PREFIX, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client, TestResponse

import tb_neuron
from tb_neuron import wire
from tb_neuron.analysis.group_flow import gathered, group_shares, shown_shares
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin

COUNT, ANCHOR = 3, 2
NO_GROUP, OTHERS = -2, -1


class Asked:
    """A tab over a run with responses and flow of six units a layer."""

    def __init__(self, logdir: Path) -> None:
        record(logdir / "both")
        record(logdir / "silent", ())
        self.run = tb_neuron.open(logdir).runs["both"]
        self._client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))

    def get(self, route: str, **query: Any) -> TestResponse:
        query = {"run": "both", "step": 2, "anchor": ANCHOR, **query}
        return self._client.get(f"{PREFIX}{route}", query_string=query)

    def bulk(self, route: str, **query: Any) -> Container:
        answer = self.get(route, **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)

    def by_groups(self, **query: Any) -> Container:
        return self.bulk("flow", groups=COUNT, **query)

    def spread(self, layer: dict[str, Any], method: str = "") -> np.ndarray:
        """A layer's units and the rest by its nodes, of the weights that `groups` answers."""
        shown = layer["shown"]
        if not layer["groups"]:
            return np.eye(len(shown) + 1)
        answer = self.bulk("groups", layer=layer["name"], count=COUNT, method=method)
        own = answer.arrays["weights"].T.astype(np.float64)
        found = np.zeros((len(shown) + 1, own.shape[1] + 2))
        for row, unit in enumerate(shown):
            total = own[unit].sum()
            if total > 0:
                found[row, : own.shape[1]] = own[unit] / total
            else:
                found[row, NO_GROUP] = 1
        found[-1, OTHERS] = 1
        return found


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("grouped"))


def test_the_header_is_of_its_type(tab: Asked) -> None:
    assert conforms(tab.by_groups().header, wire.Flow)
    assert conforms(tab.bulk("flow").header, wire.Flow)


def test_layers_with_responses_have_groups_and_the_others_their_units(tab: Asked) -> None:
    layers = tab.by_groups().header["layers"]
    told = {each["name"]: len(each["groups"]) for each in layers}
    assert told == {"input": 0, "1": 3, "3": 3, "4": 3, "output": 0}


@pytest.mark.parametrize("method", ["", METHOD])
def test_links_are_the_products_of_shares_and_links(tab: Asked, method: str) -> None:
    plain, found = tab.bulk("flow"), tab.by_groups(responses=method)
    shares = [tab.spread(layer, method) for layer in found.header["layers"]]
    for number, link in enumerate(found.header["links"]):
        units = plain.arrays[f"link{number}"].astype(np.float64)
        wanted = shares[link["source"]].T @ units @ shares[link["target"]]
        np.testing.assert_allclose(found.arrays[f"link{number}"], wanted, 1e-4, 1e-6)


def test_the_sum_of_links_between_two_layers_stays(tab: Asked) -> None:
    plain, found = tab.bulk("flow").arrays, tab.by_groups().arrays
    names = [name for name in plain if name.startswith("link")]
    assert len(names) == 4
    for name in names:
        assert found[name].sum() == pytest.approx(plain[name].sum(), rel=1e-5)


def test_what_the_signed_sum_hides_is_told_beside_it(tab: Asked) -> None:
    plain, found = tab.bulk("flow").arrays, tab.by_groups().arrays
    for name in (each for each in plain if each.startswith("link")):
        against = found[name.replace("link", "against")]
        assert against.sum() == pytest.approx(-plain[name].clip(max=0).sum(), rel=1e-5)
        # Both signs together are what is passed at all.
        assert (found[name] + 2 * against).sum() == pytest.approx(np.abs(plain[name]).sum(), 1e-5)


@pytest.mark.parametrize("what", ["attributions", "magnitudes"])
def test_the_total_of_each_layer_stays(tab: Asked, what: str) -> None:
    def totals(answer: Container) -> list[float]:
        found, start = [], 0
        for layer in answer.header["layers"]:
            groups = len(layer["groups"])
            count = groups + 2 if groups else len(layer["shown"]) + 1
            found.append(float(answer.arrays[what][start : start + count].sum()))
            start += count
        assert start == len(answer.arrays[what])
        return found

    np.testing.assert_allclose(totals(tab.by_groups()), totals(tab.bulk("flow")), 1e-5)


def test_a_unit_that_is_in_no_group_is_told_and_what_it_passes_kept_apart(tab: Asked) -> None:
    found = tab.by_groups()
    (relu,) = [each for each in found.header["layers"] if each["name"] == RELU]
    wanted = [SILENT] if SILENT in relu["shown"] else []
    assert relu["ungrouped"] == wanted


def test_a_group_tells_its_strongest_units_and_examples(tab: Asked) -> None:
    (relu,) = [each for each in tab.by_groups().header["layers"] if each["name"] == RELU]
    answer = tab.bulk("groups", layer=RELU, count=COUNT).arrays
    for number, group in enumerate(relu["groups"]):
        weights, activity = answer["weights"][number], answer["activity"][number]
        assert group["members"] == int((weights >= 0.1).sum())
        heavy = weights[group["strongest"]]
        assert heavy.tolist() == sorted(weights, reverse=True)[: len(heavy)]
        most = activity[group["examples"]]
        assert most.tolist() == sorted(activity, reverse=True)[: len(most)]


def test_a_run_without_responses_keeps_its_units(tab: Asked) -> None:
    plain, found = tab.bulk("flow", run="silent"), tab.by_groups(run="silent")
    assert all(not each["groups"] for each in found.header["layers"])
    np.testing.assert_allclose(found.arrays["link1"], plain.arrays["link1"], 1e-6)


def test_more_groups_than_are_made_are_refused(tab: Asked) -> None:
    answer = tab.get("flow", groups=17)
    assert answer.status_code == 400
    assert "1 to 16" in answer.text


def test_shares_of_a_unit_sum_to_1(rng: np.random.Generator) -> None:
    weights = rng.random((9, 4))
    weights[3] = 0
    shares = group_shares(weights)
    np.testing.assert_allclose(shares.sum(1), 1)
    np.testing.assert_allclose(shares[:, -1], [0, 0, 0, 1, 0, 0, 0, 0, 0])


def test_what_is_not_finite_stays_so_where_it_counts(rng: np.random.Generator) -> None:
    values = rng.normal(size=(3, 3))
    values[0, 1] = np.nan
    shares = shown_shares(group_shares(np.array([[1.0, 0.0], [0.0, 1.0]])), np.arange(2))
    found, _ = gathered(values, shares, shares)
    assert np.isnan(found[0, 1])
    assert np.isfinite(found).sum() == found.size - 1
