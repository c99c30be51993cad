"""Responses that are attributions, chosen in the tab, and groups in the flow, of a training."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served
from trained import train

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import Recording, every

LAYER, EXAMPLES = "hidden.1", 128
METHOD, TITLE = "gradient_x_activation", "gradient × activation"
STEPS, BETWEEN = 16, 8
HERE = {"r": "both", "l": LAYER, "s": "12"}
BY_METHOD = {**HERE, "rm": METHOD}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with responses of both sorts and flow, and one of activations alone."""
    root = tmp_path_factory.mktemp("methods")
    kinds = ("responses", "flow")
    schedules = {kind: every(BETWEEN) for kind in kinds}
    both = Recording(
        responses=("activation", METHOD), flow=5, trust=False, schedules=dict(schedules)
    )
    train(root / "both", 0.05, steps=STEPS, recording=both)
    alone = Recording(responses=("activation",), trust=False, schedules={"responses": every(8)})
    train(root / "activations", 0.05, steps=STEPS, recording=alone)
    return root


@pytest.fixture(scope="module")
def opened(browser: Browser, runs: Path) -> Iterator[Tab]:
    with served(runs) as address:
        yield open_tab(browser, address, {**HERE, "v": "layer", "lf": "groups"})


@pytest.fixture
def tab(opened: Tab) -> Tab:
    return opened


@pytest.fixture(scope="module")
def run(runs: Path) -> Run:
    return tb_neuron.open(runs).runs["both"]


def show(tab: Tab, state: dict[str, str]) -> None:
    tab.close_dialog()
    tab.follow(state)


def choose(tab: Tab, method: str) -> None:
    tab.frame.get_by_label("Responses", exact=True).select_option(method)


def test_the_choice_is_in_the_address(tab: Tab) -> None:
    show(tab, {**HERE, "v": "joint"})
    choose(tab, METHOD)
    tab.expect_address(rm=METHOD)


def test_an_address_brings_the_choice_back(tab: Tab) -> None:
    show(tab, {**BY_METHOD, "v": "joint"})
    expect(tab.frame.get_by_label("Responses", exact=True)).to_have_value(METHOD)


def test_joint_tells_the_correlation_of_attributions(tab: Tab, run: Run) -> None:
    show(tab, {**HERE, "v": "joint", "u": "3", "jl": LAYER, "ju": "5"})
    choose(tab, METHOD)
    first, second = run.responses(LAYER, 12, METHOD)[[3, 5]]
    wanted = np.corrcoef(first, second)[0, 1]
    facts = tab.frame.locator(".joint-facts b").last
    expect(facts).to_contain_text(f"{abs(wanted):.3g}"[:4])
    expect(tab.frame.locator(".joint-picture")).to_contain_text(TITLE)


def test_joint_tells_the_share_at_exactly_0(tab: Tab) -> None:
    show(tab, {**BY_METHOD, "v": "joint", "u": "3", "jl": LAYER, "ju": "5"})
    expect(tab.frame.locator(".joint-facts")).to_contain_text("exactly 0: across")


def test_the_map_is_laid_out_by_attributions(tab: Tab) -> None:
    show(tab, {**HERE, "v": "map", "pt": "true"})
    rows = tab.frame.locator(".map-view tbody tr")
    expect(rows.first).to_be_visible()
    before = rows.first.inner_text()
    choose(tab, METHOD)
    expect(tab.frame.locator(".map-settings")).to_contain_text(f"responses: {TITLE}")
    expect(rows.first).not_to_have_text(before)


def test_the_matrix_of_attributions_has_a_scale_with_0_in_the_middle(tab: Tab) -> None:
    show(tab, {**HERE, "v": "layer", "lf": "patterns"})
    ticks = tab.frame.locator(".pattern-key .ticks span")
    expect(ticks.first).to_have_text("0")
    choose(tab, METHOD)
    expect(tab.frame.locator(".pattern-key figcaption")).to_contain_text(TITLE)
    expect(ticks.first).to_have_text("−" + ticks.last.inner_text())


def test_groups_of_attributions_have_examples_for_and_against(tab: Tab) -> None:
    show(tab, {**HERE, "v": "layer", "lf": "groups"})
    expect(tab.frame.locator(".group-card").first).to_contain_text("examples of most activity")
    choose(tab, METHOD)
    card = tab.frame.locator(".group-card").first
    expect(card).to_contain_text("examples it is most against")
    expect(card).to_contain_text(f"of |{TITLE}|")


def test_a_unit_s_distribution_is_that_of_its_attributions(tab: Tab) -> None:
    show(tab, {**BY_METHOD, "v": "unit", "u": "3"})
    expect(tab.frame.locator(".ridgeline svg")).to_contain_text(TITLE)


def test_a_run_without_the_method_says_how_to_record_it(tab: Tab) -> None:
    for view in ({"v": "joint"}, {"v": "map"}, {"v": "layer", "lf": "patterns"}):
        show(tab, {**BY_METHOD, "r": "activations", **view})
        card = tab.frame.locator(".card")
        expect(card).to_contain_text(f'responses=("activation", "{METHOD}")')
    card.get_by_role("button", name="Show activations").click()
    expect(tab.frame.locator(".pattern-picture canvas")).to_be_visible()


FLOW = {**HERE, "v": "flow", "fn": "groups", "gk": "3"}


def node(tab: Tab, name: str) -> Locator:
    return tab.frame.get_by_role("button", name=name).first


def test_the_switch_draws_groups_and_stands_in_the_address(tab: Tab) -> None:
    show(tab, {**HERE, "v": "flow"})
    tab.frame.get_by_role("group", name="Nodes").get_by_role("button", name="groups").click()
    expect(tab.frame.locator(".flow-node.group").first).to_be_attached()
    tab.expect_address(fn="groups")


def test_columns_keep_their_totals(tab: Tab) -> None:
    show(tab, {**HERE, "v": "flow"})
    heads = tab.frame.locator(".flow-layer")
    total = heads.filter(has_text=LAYER).get_by_text("total")
    before = total.locator("..").inner_text()
    show(tab, FLOW)
    expect(heads.filter(has_text=LAYER)).to_contain_text("3 groups")
    assert total.locator("..").inner_text() == before


def test_groups_by_attributions_are_other_groups(tab: Tab) -> None:
    show(tab, FLOW)
    expect(tab.frame.locator(".flow-facts")).to_contain_text("Groups by activations")
    choose(tab, METHOD)
    expect(tab.frame.locator(".flow-facts")).to_contain_text(f"Groups by {TITLE}")


def test_pointing_at_a_group_tells_its_strongest_units_and_examples(tab: Tab) -> None:
    show(tab, FLOW)
    node(tab, f"{LAYER} group 1").hover()
    tip = tab.frame.locator(".flow-tip")
    expect(tip).to_contain_text("strongest units")
    expect(tip.locator(".flow-crops img").first).to_be_visible()


def test_a_click_on_a_group_opens_it_among_the_layer_s(tab: Tab) -> None:
    show(tab, FLOW)
    node(tab, f"{LAYER} group 2").click()
    tab.expect_address(v="layer", lf="groups", gu="1", l=LAYER)
    expect(tab.frame.locator(".group-card[aria-current]")).to_contain_text("Group 2")


def test_a_group_of_a_layer_tells_its_place_in_the_flow(tab: Tab) -> None:
    show(tab, {**HERE, "v": "layer", "lf": "groups", "gk": "3"})
    place = tab.frame.locator(".group-card").first.locator(".group-flow")
    expect(place).to_contain_text("from")
    expect(place).to_contain_text("%")
    place.get_by_role("button", name="Show in the flow").click()
    tab.expect_address(v="flow", fn="groups", gu="0")


def test_the_table_of_links_is_of_groups(tab: Tab) -> None:
    show(tab, {**FLOW, "fl": "true"})
    expect(tab.frame.locator(".flow-table tbody")).to_contain_text("group 3 (")


def test_without_responses_units_stand_for_themselves_and_it_is_said(tab: Tab) -> None:
    show(tab, {**FLOW, "rm": "conductance"})
    expect(tab.frame.locator(".flow-node.unit").first).to_be_attached()
    expect(tab.frame.locator(".flow-facts")).to_contain_text("stand for themselves")
