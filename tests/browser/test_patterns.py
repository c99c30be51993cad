"""A layer as a matrix of responses, class by class and in groups, over a real training."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served
from test_accessibility import violations
from trained import PLANTED_UNIT, train

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import Recording, every

LAYER, UNITS, EXAMPLES = "hidden.1", 24, 128
CONVOLUTION = "features.1"
#: Responses are in every other record, of four steps each; the planted unit is dead at the last.
STEPS, BETWEEN = 32, 8
HERE = {"v": "layer", "r": "responding", "l": LAYER, "lf": "patterns", "s": "24"}
GROUPS = {**HERE, "lf": "groups"}
THEMES = ["light", "dark"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with responses, maps and tracked activations, and one without."""
    root = tmp_path_factory.mktemp("patterns")
    kinds = ("responses", "tracked", "maps")
    how = Recording(
        responses=("activation",),
        tracked=True,
        maps=("saliency",),
        trust=False,
        schedules={kind: every(BETWEEN) for kind in kinds},
    )
    train(root / "responding", 0.05, steps=STEPS, recording=how)
    train(root / "without", 0.05, steps=4)
    return root


@pytest.fixture(scope="module")
def both(browser: Browser, runs: Path) -> Iterator[dict[str, Tab]]:
    with served(runs) as address:
        yield {theme: open_tab(browser, address, HERE, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(both: dict[str, Tab]) -> Tab:
    """The tab in the light theme, at the matrix."""
    both["light"].visit(HERE)
    return both["light"]


@pytest.fixture(scope="module")
def run(runs: Path) -> Run:
    return tb_neuron.open(runs).runs["responding"]


def picture(tab: Tab) -> str:
    """The matrix's pixels once they stand still."""
    before = ""
    while True:
        tab.page.wait_for_timeout(80)
        now = tab.frame.evaluate("document.querySelector('.pattern-picture canvas').toDataURL()")
        if now == before:
            return now
        before = now


def tip_at(tab: Tab, across: float, down: float) -> Locator:
    """Point at a share of the cells; what is told of the cell."""
    cells = tab.frame.locator(".pattern-keys")
    box = cells.bounding_box()
    assert box is not None
    cells.hover(position={"x": box["width"] * across, "y": 46 + (box["height"] - 46) * down})
    return tab.frame.locator(".pattern-tip")


def unit_told(tip: Locator) -> int:
    found = re.search(r"unit (\d+)", tip.inner_text())
    assert found is not None
    return int(found[1])


def test_a_button_shows_the_layer_another_way(tab: Tab) -> None:
    for name, form in [("Classes", "classes"), ("Groups", "groups"), ("Patterns", "patterns")]:
        tab.frame.get_by_role("group", name="List").get_by_role("button", name=name).click()
        tab.expect_address(lf=form)
        expect(tab.frame.get_by_role("region", name=name)).to_be_visible()


def test_the_record_and_its_examples_are_told(tab: Tab) -> None:
    tab.visit({**HERE, "s": "20"})
    tab.expect_in_view(f"A, responses at step 16 · all {EXAMPLES} examples · all {UNITS} units")


def test_the_picture_changes_with_the_step(tab: Tab) -> None:
    late = picture(tab)
    tab.visit({**HERE, "s": "0"})
    tab.expect_in_view("responses at step 0")
    assert picture(tab) != late


def test_the_picture_stays_between_two_records_of_responses(tab: Tab) -> None:
    here = picture(tab)
    tab.visit({**HERE, "s": "28"})
    assert picture(tab) == here


def test_pointing_tells_unit_example_and_response(tab: Tab, run: Run) -> None:
    tip = tip_at(tab, 0.3, 0.4)
    unit, text = unit_told(tip), tip.inner_text()
    example, response = (re.search(p, text) for p in (r"example (\d+)", r"response (\S+)"))
    assert example is not None
    assert response is not None
    wanted = run.responses(LAYER, 24)[unit, int(example[1])]
    assert float(response[1]) == pytest.approx(wanted, rel=0.01)
    assert f"label digit {run.recording().labels()[int(example[1])]}" in text


def test_an_order_is_kept_over_the_steps(tab: Tab) -> None:
    units = []
    for step in ("0", "16", "32"):
        tab.visit({**HERE, "s": step})
        tab.expect_in_view(f"responses at step {step}")
        units.append(unit_told(tip_at(tab, 0.6, 0.2)))
    assert units == [units[0]] * 3


def test_sorting_here_sorts_by_the_step_that_is_shown(tab: Tab) -> None:
    tab.visit({**HERE, "s": "8"})
    tab.frame.get_by_role("button", name="Sort here").click()
    tab.expect_address(o="8")
    tab.expect_in_view("order of step 8")


def test_a_dead_unit_has_no_selectivity(tab: Tab) -> None:
    tab.visit({**HERE, "s": "32", "lt": "true"})
    tab.expect_in_view("responses at step 32")
    rows = list(csv.DictReader(io.StringIO(tab.export("CSV").decode())))
    dead = next(row for row in rows if row["unit"] == str(PLANTED_UNIT))
    assert (dead["selectivity"], dead["preferred"]) == ("", "–")


def test_a_click_opens_the_unit(tab: Tab) -> None:
    unit = unit_told(tip_at(tab, 0.5, 0.5))
    tab.page.mouse.down()
    tab.page.mouse.up()
    tab.ready({"v": "unit", "u": str(unit)})


def test_keys_go_from_cell_to_cell_and_open_the_unit(tab: Tab) -> None:
    tab.frame.locator(".pattern-keys").focus()
    tab.page.keyboard.press("ArrowDown")
    first = unit_told(tab.frame.locator(".pattern-tip"))
    tab.page.keyboard.press("ArrowRight")
    second = unit_told(tab.frame.locator(".pattern-tip"))
    assert first != second
    tab.page.keyboard.press("Enter")
    tab.ready({"v": "unit", "u": str(second)})


def test_a_tracked_example_has_a_mark_that_opens_it(tab: Tab) -> None:
    tab.frame.get_by_role("button", name=re.compile("^Tracked example")).first.click()
    tab.expect_address(v="examples")
    assert "x" in tab.address()


def test_a_filter_of_the_address_narrows_the_examples(tab: Tab, run: Run) -> None:
    tab.visit({**HERE, "f": "label == 3"})
    count = int((run.recording().labels() == 3).sum())
    tab.expect_in_view(f"{count} of {EXAMPLES} examples")


def test_a_filter_that_nothing_passes_says_so(tab: Tab) -> None:
    tab.visit({**HERE, "f": "label == 77"})
    tab.expect_in_view("No example passes the filter.")


def test_a_saved_matrix_holds_the_responses(tab: Tab, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(tab.export("CSV").decode())))
    found = np.zeros((UNITS, EXAMPLES))
    for row in rows:
        found[:, int(row["example"])] = [float(row[f"unit_{unit}"]) for unit in range(UNITS)]
    np.testing.assert_allclose(found, run.responses(LAYER, 24), rtol=0.01)


@pytest.mark.parametrize("form", ["patterns", "classes", "groups"])
def test_a_saved_png_shows_something(tab: Tab, form: str) -> None:
    tab.visit({**HERE, "lf": form})
    colours = Image.open(io.BytesIO(tab.export("PNG"))).convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 20


def test_the_table_has_a_row_for_every_unit(tab: Tab) -> None:
    tab.visit({**HERE, "lf": "classes", "lt": "true"})
    table = tab.frame.get_by_role("table", name=f"Units of {LAYER} by class")
    expect(table).to_have_attribute("aria-rowcount", str(1 + UNITS))


def test_a_group_tells_its_units_and_leads_to_one(tab: Tab) -> None:
    tab.visit(GROUPS)
    first = tab.frame.locator(".group-units button").first
    found = re.match(r"Unit\s+(\d+)\s*, weight\s+1$", first.text_content() or "")
    assert found is not None
    first.click()
    tab.ready({"v": "unit", "u": found[1]})


def test_as_many_groups_are_shown_as_are_asked_for(tab: Tab) -> None:
    tab.visit({**GROUPS, "gk": "3"})
    expect(tab.frame.locator(".group-card")).to_have_count(3)


def test_a_layer_with_positions_shows_where_a_group_is_active(tab: Tab) -> None:
    tab.visit({**GROUPS, "l": CONVOLUTION})
    expect(
        tab.frame.get_by_role("img", name="Where the group is active in example").first
    ).to_be_visible()


def test_saved_groups_have_a_row_a_group_and_record(tab: Tab) -> None:
    tab.visit({**GROUPS, "gk": "4"})
    expect(tab.frame.get_by_text("records factorised")).to_have_count(0)
    rows = list(csv.DictReader(io.StringIO(tab.export("CSV").decode())))
    steps = [str(step) for step in range(0, STEPS + 1, BETWEEN)]
    assert [(row["step"], row["group"]) for row in rows] == [
        (step, str(group)) for step in steps for group in range(1, 5)
    ]


def test_a_click_on_a_life_goes_to_its_record(tab: Tab) -> None:
    tab.visit(GROUPS)
    expect(tab.frame.get_by_text("records factorised")).to_have_count(0)
    tab.frame.locator(".group-life").first.click(position={"x": 2, "y": 20})
    tab.expect_in_view("at step 0")


@pytest.mark.parametrize("form", ["patterns", "groups"])
def test_a_run_without_responses_says_how_to_record_them(tab: Tab, form: str) -> None:
    tab.close_dialog()
    tab.follow({"v": "layer", "r": "without", "l": LAYER, "lf": form})
    expect(tab.frame.get_by_text('Recording(responses=("activation",))').first).to_be_visible()


@pytest.mark.parametrize("form", ["patterns", "groups"])
def test_a_difference_says_that_it_is_not_drawn(tab: Tab, form: str) -> None:
    tab.visit({**HERE, "lf": form, "c": "diff", "bs": "0"})
    tab.expect_in_view("aren’t drawn: this is A.")


def test_b_alone_shows_the_responses_of_b(tab: Tab) -> None:
    tab.visit({**HERE, "c": "b", "bs": "8"})
    tab.expect_in_view("B, responses at step 8")


def test_the_choice_survives_a_reload(tab: Tab) -> None:
    wanted = {**GROUPS, "gk": "4", "o": "8"}
    tab.visit(wanted)
    tab.reload(wanted)
    expect(tab.frame.locator(".group-card")).to_have_count(4)
    assert tab.address() == wanted


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "state", [{}, {"lf": "classes"}, {"lt": "true"}, {"lf": "groups"}], ids=str
)
def test_the_view_has_no_accessibility_violation(
    both: dict[str, Tab], theme: str, state: dict[str, str]
) -> None:
    both[theme].visit({**HERE, **state})
    assert violations(both[theme]) == []


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_complained_of(both: dict[str, Tab], theme: str) -> None:
    both[theme].visit(HERE)
    assert both[theme].complaints + both[theme].foreign == []
