"""The view Joint over a real training: what it shows at which step, its filter, its pairs."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served, until
from sklearn.decomposition import PCA
from test_accessibility import violations
from trained import PLANTED_LAYER, PLANTED_UNIT, digits, make_network, train

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

LAYER, FIRST, SECOND = "hidden.1", 0, 3
#: Responses are in every other record, of four steps each.
STEPS, BETWEEN = 40, 8
PAIR = {"v": "joint", "l": LAYER, "u": str(FIRST), "jl": LAYER, "ju": str(SECOND)}
HERE = {**PAIR, "r": "responding", "s": "16"}
THEMES = ["light", "dark"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with responses on one probe set, one on another, one with two, one without any."""
    root = tmp_path_factory.mktemp("joint")
    how = Recording(
        attributions=(), responses=("activation",), schedules={"responses": every(BETWEEN)}
    )
    train(root / "responding", 0.05, steps=STEPS, recording=how)
    train(root / "slower", 0.01, steps=STEPS, recording=how)
    train(root / "on-others", 0.05, examples=64, steps=8, recording=how)
    train(root / "without", 0.05, steps=4, recording=Recording(attributions=()))
    images, labels = digits()
    for name, examples in (("probe", 128), ("training", 90)):
        probe = ProbeSet.from_tensors(images[-examples:], labels[-examples:], name=name)
        with NeuronRecorder(
            make_network(), probe, str(root / "two"), schedule=every(1), recording=how
        ) as recorder:
            recorder.step(0)
    return root


@pytest.fixture(scope="module")
def both(browser: Browser, logs: Path) -> Iterator[dict[str, Tab]]:
    with served(logs) as address:
        yield {theme: open_tab(browser, address, HERE, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(both: dict[str, Tab]) -> Tab:
    """The tab in the light theme, at the view."""
    show(both["light"], HERE)
    close = both["light"].frame.get_by_role("button", name="Close the hexagon")
    if close.count():
        close.click()
    return both["light"]


@pytest.fixture(scope="module")
def run(logs: Path) -> Run:
    return tb_neuron.open(logs).runs["responding"]


def show(tab: Tab, state: dict[str, str]) -> None:
    """Follow a link, and wait for the picture of its step."""
    tab.close_dialog()
    tab.page.mouse.move(1, 1)
    tab.follow(state)
    if "jt" not in state:
        expect(picture(tab)).to_be_visible()


def picture(tab: Tab) -> Locator:
    return tab.frame.locator(".joint-picture > svg")


def hexagons(tab: Tab) -> Locator:
    return tab.frame.locator(".hexagon")


def facts(tab: Tab) -> Locator:
    return tab.frame.locator(".joint-facts")


def responses(run: Run, step: int) -> np.ndarray:
    """Return both units' responses, [unit, example]."""
    return run.responses(LAYER, step)[[FIRST, SECOND]]


def test_the_correlation_is_that_of_the_responses(tab: Tab, run: Run) -> None:
    figure = np.corrcoef(responses(run, 16))[0, 1]
    expect(facts(tab)).to_contain_text(f"correlation {'+' if figure > 0 else '−'}")
    told = re.search(r"correlation ([+−][\d.]+)", facts(tab).inner_text())
    assert told is not None
    assert float(told[1].replace("−", "-")) == pytest.approx(figure, abs=0.005)


def test_the_record_of_responses_at_or_before_the_step_is_told(tab: Tab) -> None:
    show(tab, {**HERE, "s": "20"})
    expect(facts(tab)).to_contain_text("step 16")


def test_axes_stay_while_steps_pass(tab: Tab) -> None:
    ticks = [text for text in picture(tab).locator("text").all_inner_texts() if text]
    show(tab, {**HERE, "s": "40"})
    expect(facts(tab)).to_contain_text("step 40")
    assert [text for text in picture(tab).locator("text").all_inner_texts() if text] == ticks


def test_examples_move_while_steps_pass(tab: Tab) -> None:
    expect(facts(tab)).to_contain_text("step 16")
    before = hexagons(tab).evaluate_all("all => all.map(one => one.getAttribute('transform'))")
    show(tab, {**HERE, "s": "40"})
    expect(facts(tab)).to_contain_text("step 40")
    after = hexagons(tab).evaluate_all("all => all.map(one => one.getAttribute('transform'))")
    assert after != before


def test_shares_at_the_floor_are_told(tab: Tab, run: Run) -> None:
    first, second = responses(run, 16) <= 0
    shares = [f"{100 * float(each.mean()):.3g}" for each in (first, second, first & second)]
    told = re.search(
        r"at the floor: across (\S+) %, up (\S+) %, both (\S+) %", facts(tab).inner_text()
    )
    assert told is not None
    assert [float(each) for each in told.groups()] == pytest.approx(
        [float(share) for share in shares], abs=0.06
    )


def test_a_constant_unit_has_no_correlation_and_it_is_said(tab: Tab) -> None:
    show(tab, {**HERE, "l": PLANTED_LAYER, "u": str(PLANTED_UNIT), "s": "40"})
    expect(facts(tab)).to_contain_text(
        f"correlation undefined: {PLANTED_LAYER} unit {PLANTED_UNIT} is constant"
    )


def test_a_click_on_a_hexagon_lists_its_examples_with_label_and_prediction(tab: Tab) -> None:
    hexagons(tab).first.click()
    listed = tab.frame.get_by_role("region", name="Examples of the hexagon")
    expect(
        listed.get_by_role("button", name=re.compile(r"digit \d example \d+")).first
    ).to_be_visible()
    expect(listed.get_by_text(re.compile(r"predicted digit \d")).first).to_be_visible()


def test_an_example_is_followed_over_all_records(tab: Tab) -> None:
    hexagons(tab).first.click()
    tab.frame.locator(".joint-example").first.click()
    expect(tab.frame.get_by_text("Followed over all records")).to_be_visible()
    way = picture(tab).locator(".followed polyline").first
    expect(way).to_have_attribute("points", re.compile(r"^(\S+ ){5}\S+$"))
    until(lambda: "x" in tab.address(), tab.page)


def test_a_filter_narrows_the_examples_and_is_in_the_address(tab: Tab, run: Run) -> None:
    expression = "label == 3 and not correct"
    field = tab.frame.get_by_role("searchbox", name="Filter of examples")
    field.fill(expression)
    wanted = int(run.select(expression, 16).sum())
    expect(facts(tab)).to_contain_text(f"{wanted} of 128 examples")
    tab.expect_address(f=expression)


def test_a_filter_of_the_address_is_shown(tab: Tab, run: Run) -> None:
    show(tab, {**HERE, "f": "label in [1, 2]"})
    expect(tab.frame.get_by_role("searchbox", name="Filter of examples")).to_have_value(
        "label in [1, 2]"
    )
    wanted = int(run.select("label in [1, 2]", 16).sum())
    expect(facts(tab)).to_contain_text(f"{wanted} of 128 examples")


def test_what_is_no_filter_is_told_as_the_server_says_it(tab: Tab) -> None:
    field = tab.frame.get_by_role("searchbox", name="Filter of examples")
    field.fill("labl == 3")
    alert = tab.frame.locator(".filter-panel").get_by_role("alert")
    expect(alert).to_contain_text("names labl, and examples have example, label")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("")
    expect(alert).to_have_count(0)


def test_the_filter_offers_the_names_that_are_known(tab: Tab) -> None:
    tab.frame.get_by_role("searchbox", name="Filter of examples").focus()
    expect(tab.frame.locator(".filter-panel dt")).to_contain_text(["example", "label"])


def test_a_class_has_a_plane_of_its_own(tab: Tab) -> None:
    tab.frame.get_by_label("Classes").select_option("facets")
    expect(picture(tab).get_by_text(re.compile(r"digit 3"))).to_be_visible()
    tab.expect_address(jf="facets")


def test_the_table_has_every_example(tab: Tab) -> None:
    show(tab, {**HERE, "jt": "true"})
    table = tab.frame.get_by_role("table", name=re.compile("^Examples and their two responses"))
    expect(table).to_have_attribute("aria-rowcount", "129")


def test_two_sides_are_a_difference_of_shares_with_facts_of_both(tab: Tab) -> None:
    show(tab, {**HERE, "br": "slower", "bs": "40", "c": "diff"})
    expect(facts(tab)).to_contain_text(re.compile(r"A correlation.*step 16", re.S))
    expect(facts(tab)).to_contain_text(re.compile(r"B correlation.*step 40", re.S))


def test_runs_on_other_examples_are_not_mixed_and_it_is_said_why(tab: Tab) -> None:
    tab.follow({**HERE, "br": "on-others", "bs": "last", "c": "diff"})
    view = tab.frame.get_by_role("region", name="Joint", exact=True)
    expect(view).to_contain_text("A and B cannot be laid on one plane")
    expect(view).to_contain_text("the probe set has 128 examples in A and 64 in B")


def test_a_run_without_responses_says_how_to_record_them(tab: Tab) -> None:
    tab.follow({"v": "joint", "r": "without"})
    expect(tab.frame.get_by_text("No responses recorded")).to_be_visible()
    expect(tab.frame.get_by_text('responses=("activation",)').first).to_be_visible()


def test_p_offers_the_units_most_alike_and_a_click_compares(tab: Tab, run: Run) -> None:
    tab.press("p")
    dialog = tab.frame.get_by_role("dialog")
    with np.errstate(invalid="ignore", divide="ignore"):
        figures = np.corrcoef(run.responses(LAYER, 40))[FIRST]
    figures[FIRST] = np.nan
    alike = int(np.nanargmax(figures))
    dialog.get_by_role("button", name=re.compile(rf"^unit {alike} ")).first.click()
    tab.expect_address(v="joint", jl=LAYER, ju=str(alike))


def test_a_search_pairs_with_a_layer(tab: Tab) -> None:
    tab.press("p")
    field = tab.frame.get_by_role("dialog").get_by_role("searchbox")
    field.fill("features")
    field.press("Enter")
    tab.expect_address(jl="features.1")
    assert "ju" not in tab.address()
    expect(picture(tab)).to_contain_text("features.1, first principal component")


def test_pins_are_offered_first_whatever_is_selected(tab: Tab) -> None:
    show(tab, {**HERE, "pn": f"7,9@{LAYER}"})
    tab.press("p")
    dialog = tab.frame.get_by_role("dialog")
    expect(dialog.locator("h3")).to_have_text(["Pinned", "Most correlated", "Most anti-correlated"])
    dialog.get_by_role("region", name="Pinned units").get_by_role("button").nth(1).click()
    tab.expect_address(jl=LAYER, ju="9")


def test_two_layers_can_be_laid_together_by_their_components(tab: Tab, run: Run) -> None:
    show(tab, {"v": "joint", "r": "responding", "s": str(STEPS), "l": LAYER, "jl": "features.1"})
    expect(picture(tab)).to_contain_text("features.1, first principal component")
    ends = [PCA(1).fit_transform(run.responses(name, STEPS).T) for name in (LAYER, "features.1")]
    told = re.search(r"correlation [+−]([\d.]+)", facts(tab).inner_text())
    assert told is not None
    figure = abs(np.corrcoef(ends[0][:, 0], ends[1][:, 0])[0, 1])
    assert float(told[1]) == pytest.approx(figure, abs=0.005)


def test_the_file_has_a_row_an_example(tab: Tab, run: Run) -> None:
    expect(facts(tab)).to_contain_text("step 16")
    rows = list(csv.DictReader(io.StringIO(tab.export("CSV").decode())))
    assert len(rows) == 128
    wanted = responses(run, 16)[0]
    found = [float(row["first"]) for row in rows]
    np.testing.assert_allclose(found, wanted, rtol=0.006, atol=1e-6)


def test_the_picture_can_be_saved(tab: Tab) -> None:
    assert b"<path" in tab.export("SVG")


def test_the_unit_page_has_the_distribution_over_the_records(tab: Tab) -> None:
    tab.visit({"v": "unit", "r": "responding", "l": LAYER, "u": "0", "s": "16"})
    ridges = tab.frame.locator(".ridgeline svg")
    expect(ridges).to_have_attribute("aria-label", re.compile(r"at 6 records; at step 16 "))
    expect(tab.frame.get_by_text("There is no second probe set with responses")).to_be_visible()


def test_the_unit_page_lays_two_probe_sets_on_each_other(tab: Tab) -> None:
    tab.visit({"v": "unit", "r": "two", "l": LAYER, "u": "0"})
    expect(tab.frame.get_by_text("Beside probe set training")).to_be_visible()
    expect(tab.frame.locator(".beside svg")).to_have_attribute(
        "aria-label", re.compile("largest gap of the cumulative distributions")
    )


def test_the_layer_table_has_the_drift_between_the_probe_sets(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "two", "l": LAYER})
    expect(tab.frame.get_by_role("button", name=re.compile("drift from training"))).to_be_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_the_view_has_no_violations(both: dict[str, Tab], theme: str) -> None:
    show(both[theme], HERE)
    hexagons(both[theme]).first.click()
    assert violations(both[theme]) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_console_stays_clean(both: dict[str, Tab], theme: str) -> None:
    # What is no filter is a 400, which a browser notes.
    assert [each for each in both[theme].complaints if "400" not in each] == []
