"""Responses that are attributions, chosen in the tab, and groups in the flow, of a training."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect
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
