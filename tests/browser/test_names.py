"""What a user called things, and what no number can be: shown as they are."""

import pytest
from playwright.sync_api import expect
from seen import box_of, picture_of_units
from served_tab import Tab
from trained import (
    HOSTILE_LAYER,
    HOSTILE_MODULE,
    HOSTILE_RUN,
    NOT_FINITE_STEP,
    NOT_FINITE_UNITS,
    WIDE,
)

LOGITS = {"r": "not-finite", "l": "logits"}
#: Step and how many units are not finite at it.
MOMENTS = pytest.mark.parametrize(
    ("step", "count"), [(NOT_FINITE_STEP - 1, 0), (NOT_FINITE_STEP, len(NOT_FINITE_UNITS))]
)

#: Of the colour of their state.
NOT_FINITE_COLOUR = (0xFF, 0x4F, 0xD8)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_picture_shows_a_hostile_layer_s_name_as_it_is(tab: Tab) -> None:
    tab.visit({"r": HOSTILE_RUN})
    header = tab.frame.get_by_role("button", name=HOSTILE_LAYER)
    expect(header.get_by_text(HOSTILE_MODULE)).to_have_count(1)


def test_zooming_to_a_hostile_layer_leaves_its_units_alone(tab: Tab) -> None:
    tab.visit({"r": HOSTILE_RUN})
    tab.frame.get_by_role("button", name=HOSTILE_LAYER).click()
    tab.expect_in_view(f"{WIDE} units, one cell each")


def test_the_table_of_layers_shows_a_hostile_name_as_it_is(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": HOSTILE_RUN})
    cell = tab.frame.get_by_role("cell", name=HOSTILE_LAYER, exact=True)
    expect(cell).to_have_text(HOSTILE_LAYER)


def test_a_hostile_layer_opens_from_the_table_of_layers(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": HOSTILE_RUN})
    tab.frame.get_by_role("cell", name=HOSTILE_LAYER, exact=True).click()
    tab.ready({"v": "layer", "l": HOSTILE_LAYER})
    tab.expect_address(l=HOSTILE_LAYER)


def test_a_unit_of_a_hostile_layer_has_its_page(tab: Tab) -> None:
    tab.visit({"v": "unit", "r": HOSTILE_RUN, "l": HOSTILE_LAYER, "u": "7"})
    heading = tab.frame.get_by_role("region", name="Unit").get_by_role("heading").first
    expect(heading).to_have_text(f"{HOSTILE_LAYER} unit 7")


def test_the_search_finds_a_hostile_layer(tab: Tab) -> None:
    tab.visit({"r": HOSTILE_RUN})
    tab.press("/")
    dialog = tab.frame.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("<b>bold")
    expect(dialog.get_by_role("listitem").first).to_contain_text(HOSTILE_LAYER)
    tab.close_dialog()


def test_no_name_becomes_markup(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": HOSTILE_RUN, "l": HOSTILE_LAYER})
    bold = tab.frame.locator("b").all_inner_texts()
    assert {"b", "bold"} & set(bold) == set()


@MOMENTS
def test_the_chip_counts_units_that_are_not_finite(tab: Tab, step: int, count: int) -> None:
    tab.visit({"r": "not-finite", "s": str(step)})
    chip = tab.legend.get_by_role("button", name="not finite")
    expect(chip).to_have_text(f"{count} not finite")


@MOMENTS
def test_the_tile_counts_units_that_are_not_finite(tab: Tab, step: int, count: int) -> None:
    tab.visit({"r": "not-finite", "s": str(step)})
    header = tab.frame.get_by_role("button", name="Zoom to layer logits")
    told = header.inner_text().replace("\n", " ").replace("nonfinite", "not finite")
    assert (f"{count} not finite" in told) == bool(count)


@MOMENTS
def test_the_table_marks_units_that_are_not_finite(tab: Tab, step: int, count: int) -> None:
    tab.visit({"v": "layer", **LOGITS, "s": str(step)})
    rows = tab.frame.locator("tr.row").all_inner_texts()
    marked = [unit for unit, row in enumerate(rows) if "finite" in row]
    assert marked == list(NOT_FINITE_UNITS) * bool(count)


@pytest.mark.parametrize("unit", NOT_FINITE_UNITS)
def test_a_unit_that_is_not_finite_says_so_on_its_page(tab: Tab, unit: int) -> None:
    tab.visit({"v": "unit", **LOGITS, "u": str(unit)})
    view = tab.frame.get_by_role("region", name="Unit")
    expect(view.get_by_text("finite at this step")).to_be_visible()


@MOMENTS
def test_squares_of_units_that_are_not_finite_have_their_colour(
    tab: Tab, step: int, count: int
) -> None:
    tab.visit({"r": "not-finite", "s": str(step), "z": "logits"})
    picture, _ = picture_of_units(tab, "logits")
    assert (box_of(picture, NOT_FINITE_COLOUR) is not None) == bool(count)
