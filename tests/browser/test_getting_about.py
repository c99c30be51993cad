"""From the model to a unit and back, along the steps, through a table: by pointer and by key."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect
from served_tab import Tab
from trained import (
    HOSTILE_LAYER,
    PLANTED_LAYER,
    PLANTED_STEP,
    PLANTED_UNIT,
    STEPS,
    STEPS_BETWEEN_RECORDS,
    WIDE,
)

#: The beginning of each state's definition.
DEFINITIONS = {
    "silent": "Silent at this step: no activation above 0",
    "dead": "Dead: silent at this and every later record",
    "dormant": "Dormant: mean |activation|",
    "saturated": "Saturated: ",
    "not finite": "Not finite: NaN or infinity",
}
RECORDS = STEPS // STEPS_BETWEEN_RECORDS + 1
TABLE = {"v": "layer", "r": "first", "l": HOSTILE_LAYER}
UNIT = {"v": "unit", "r": "first", "l": PLANTED_LAYER, "u": str(PLANTED_UNIT)}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def chip(tab: Tab, state: str) -> Locator:
    return tab.legend.get_by_role("button", name=re.compile(rf"\d {state}$"))


def middle(element: Locator) -> tuple[float, float]:
    """The centre of an element, on the page."""
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("state", DEFINITIONS)
def test_pointing_at_a_state_s_chip_defines_it(tab: Tab, state: str) -> None:
    tab.visit({"r": "first"})
    chip(tab, state).hover()
    expect(tab.frame.get_by_role("tooltip")).to_contain_text(DEFINITIONS[state])


@pytest.mark.parametrize("state", DEFINITIONS)
def test_focusing_a_state_s_chip_defines_it(tab: Tab, state: str) -> None:
    tab.visit({"r": "first"})
    chip(tab, state).focus()
    expect(tab.frame.get_by_role("tooltip")).to_contain_text(DEFINITIONS[state])
    chip(tab, state).blur()


def test_pointing_at_a_tile_s_count_defines_its_state(tab: Tab) -> None:
    tab.visit({"r": "first", "s": str(PLANTED_STEP)})
    header = tab.frame.get_by_role("button", name=f"Zoom to layer {PLANTED_LAYER}")
    x, y = middle(header.get_by_text("1", exact=True).first)
    tab.page.mouse.move(x, y)
    overview = tab.frame.get_by_role("region", name="Overview")
    expect(overview.get_by_text(DEFINITIONS["dead"])).to_be_visible()


@pytest.fixture
def track(tab: Tab) -> Iterator[tuple[Tab, Locator, list[float]]]:
    """The ribbon, and the places on the page at which its records stand."""
    tab.visit({"r": "first"})
    x, y = middle(tab.slider)
    box = tab.slider.bounding_box()
    assert box is not None
    tab.page.mouse.move(x, y)
    yield tab, tab.slider, [box["x"], y, box["width"]]
    tab.page.mouse.up()


def test_pressing_on_the_ribbon_goes_to_the_record_there(
    track: tuple[Tab, Locator, list[float]],
) -> None:
    tab, slider, (left, y, width) = track
    tab.page.mouse.move(left + 0.5 * width, y)
    tab.page.mouse.down()
    expect(slider).not_to_have_attribute("aria-valuenow", str(RECORDS - 1))


def test_dragging_along_the_ribbon_shows_every_record_on_the_way(
    track: tuple[Tab, Locator, list[float]],
) -> None:
    tab, slider, (left, y, width) = track
    tab.page.mouse.move(left + 0.45 * width, y)
    tab.page.mouse.down()
    seen: list[int] = []
    for place in range(45, 100):
        tab.page.mouse.move(left + place / 100 * width, y)
        seen.append(int(slider.get_attribute("aria-valuenow") or -1))
    assert sorted(set(seen)) == list(range(min(seen), RECORDS))


def test_after_the_pointer_was_let_go_the_ribbon_stays(
    track: tuple[Tab, Locator, list[float]],
) -> None:
    tab, slider, (left, y, width) = track
    tab.page.mouse.move(left + 0.5 * width, y)
    tab.page.mouse.down()
    tab.page.mouse.up()
    kept = slider.get_attribute("aria-valuenow")
    tab.page.mouse.move(left + 0.9 * width, y)
    expect(slider).to_have_attribute("aria-valuenow", kept or "")


#: The list that has the focus, if one has.
FOCUSED_LIST = "document.activeElement.closest('select')?.className ?? ''"


def test_after_a_choice_by_pointer_keys_are_the_film_s_again(tab: Tab) -> None:
    tab.visit({"v": "overview", "r": "first", "s": "0"})
    # As a pointer does it: the list that Chromium opens is no part of the page.
    colour = tab.frame.locator("select.statistic")
    colour.dispatch_event("pointerdown")
    colour.evaluate("element => element.focus({ focusVisible: false })")
    colour.select_option("mean")
    assert tab.frame.evaluate(FOCUSED_LIST) == ""


def test_a_choice_by_key_keeps_the_keys_with_its_list(tab: Tab) -> None:
    tab.visit({"v": "overview", "r": "first", "s": "0"})
    colour = tab.frame.locator("select.statistic")
    colour.evaluate("element => element.focus({ focusVisible: true })")
    tab.page.keyboard.press("ArrowDown")
    focused = tab.frame.evaluate(FOCUSED_LIST)
    colour.evaluate("element => element.blur()")
    assert "statistic" in focused


def test_a_double_click_goes_from_the_model_to_a_unit(tab: Tab) -> None:
    tab.visit({"r": "first", "z": PLANTED_LAYER})
    x, y = middle(tab.frame.get_by_role("application"))
    tab.page.mouse.dblclick(x, y)
    tab.wait(".unit-view .chart-place svg")
    tab.expect_address(v="unit", l=PLANTED_LAYER)


def test_a_click_on_a_layer_s_header_fills_the_picture_with_it(tab: Tab) -> None:
    tab.visit({"r": "first"})
    tab.frame.get_by_role("button", name=f"Zoom to layer {PLANTED_LAYER}").click()
    tab.expect_in_view("24 units, one cell each")


def test_escape_goes_from_a_unit_to_its_layer(tab: Tab) -> None:
    tab.visit(UNIT)
    tab.press("Escape")
    tab.ready({"v": "layer", "l": PLANTED_LAYER})


def test_escape_goes_from_a_layer_to_the_model(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "first", "l": PLANTED_LAYER})
    tab.press("Escape")
    tab.ready({"v": "overview"})


def test_escape_goes_from_a_zoomed_layer_to_the_model(tab: Tab) -> None:
    tab.visit({"r": "first", "z": PLANTED_LAYER})
    tab.press("Escape")
    tab.expect_in_view("units in 4 layers, one cell each")


def test_a_row_opens_its_unit(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "first", "l": PLANTED_LAYER})
    tab.frame.locator("tr.row").nth(PLANTED_UNIT).click()
    tab.ready(UNIT)
    tab.expect_address(u=str(PLANTED_UNIT))


def place_in_order(tab: Tab) -> int:
    """The unit's place in its layer's order, as its page tells it."""
    tab.wait(".unit-view .chart-place svg")
    told = tab.frame.get_by_role("region", name="Unit").get_by_text(re.compile(r"^\d+ of 24$"))
    return int(told.inner_text().split()[0])


@pytest.mark.parametrize(
    ("way", "by"), [("Next unit", 1), ("Previous unit", -1), ("j", 1), ("k", -1)]
)
def test_a_unit_s_page_leads_to_its_neighbours(tab: Tab, way: str, by: int) -> None:
    tab.visit({**UNIT, "u": "0"})
    before = place_in_order(tab)
    if len(way) == 1:
        tab.press(way)
    else:
        tab.frame.get_by_role("button", name=way).click()
    view = tab.frame.get_by_role("region", name="Unit")
    expect(view.get_by_text(f"{before + by} of 24", exact=True)).to_be_visible()


def column(tab: Tab, place: int) -> list[float]:
    """The numbers of a column in the rows that are elements."""
    cells = tab.frame.locator(f"tr.row td:nth-child({place + 1})").all_inner_texts()
    return [float(text.replace("−", "-").split()[-1]) for text in cells]


@pytest.mark.parametrize(("clicks", "is_falling"), [(1, True), (2, False)])
def test_a_click_on_a_heading_sorts_the_rows(tab: Tab, clicks: int, is_falling: bool) -> None:
    tab.visit(TABLE)
    headings = tab.frame.locator("thead tr").last.get_by_role("columnheader")
    titles = [text.strip().lower() for text in headings.all_inner_texts()]
    place = next(n for n, title in enumerate(titles) if "mean" in title)
    for _ in range(clicks):
        headings.nth(place).get_by_role("button").click()
    order = "descending" if is_falling else "ascending"
    expect(headings.nth(place)).to_have_attribute("aria-sort", order)
    values = column(tab, place)
    assert values == sorted(values, reverse=is_falling)


def test_a_long_table_has_few_of_its_rows_in_the_page(tab: Tab) -> None:
    tab.visit(TABLE)
    assert tab.frame.get_by_role("row").count() < WIDE / 4


def test_a_long_table_says_how_many_rows_it_has(tab: Tab) -> None:
    tab.visit(TABLE)
    rows = WIDE + tab.frame.locator("thead tr").count()
    expect(tab.frame.get_by_role("table").first).to_have_attribute("aria-rowcount", str(rows))


def test_scrolling_to_the_end_of_a_long_table_shows_its_last_unit(tab: Tab) -> None:
    tab.visit(TABLE)
    region = tab.frame.get_by_role("region", name=f"Units of {HOSTILE_LAYER}")
    region.evaluate("region => region.scrollTo(0, region.scrollHeight)")
    last = region.get_by_role("row").last.get_by_role("cell").first
    expect(last).to_have_text(str(WIDE - 1))


def test_scrolling_a_long_table_keeps_its_rows_few(tab: Tab) -> None:
    tab.visit(TABLE)
    region = tab.frame.get_by_role("region", name=f"Units of {HOSTILE_LAYER}")
    region.evaluate("region => region.scrollTo(0, region.scrollHeight / 2)")
    tab.frame.get_by_role("cell", name=str(WIDE // 2), exact=True).first.wait_for()
    assert tab.frame.get_by_role("row").count() < WIDE / 4
