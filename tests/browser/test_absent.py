"""What a person meets whose address names what is not there, and whose keys follow a click."""

from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab

MISSING_UNIT = "9999"
#: Records are written every four steps.
BETWEEN_RECORDS, RECORD_BEFORE = "7", "4"

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def opened(browser: Browser, address: str, **state: str) -> Tab:
    """The tab on the first run, once it has said something."""
    tab = open_tab(browser, address, {"r": "first", **state})
    tab.wait(".ribbon .track")
    return tab


def first_layer(browser: Browser, address: str) -> str:
    """Name of a layer that has units."""
    tab = opened(browser, address, v="layer")
    tab.wait("tr.row td.text")
    return tab.frame.locator("tr.row td.text").first.inner_text()


def written(tab: Tab) -> dict[str, str]:
    """The tab's part of the address, once it was written."""
    tab.page.wait_for_timeout(600)
    return dict(parse_qsl(tab.page.evaluate("location.hash")))


def notices(tab: Tab) -> Locator:
    return tab.frame.locator(".notice")


def test_a_unit_that_is_not_there_leads_to_one_that_is(browser: Browser, address: str) -> None:
    name = first_layer(browser, address)
    tab = opened(browser, address, v="unit", l=name, u=MISSING_UNIT)
    expect(tab.frame.locator(".card")).to_contain_text(f"{name} has units 0–")
    tab.frame.locator(".card .button.strong").click()
    expect(tab.frame.locator(".unit-head h2")).to_contain_text(name, timeout=15_000)


def test_the_page_of_a_unit_says_that_its_layer_is_not_there(
    browser: Browser, address: str
) -> None:
    tab = opened(browser, address, v="unit", l="nope", u="3")
    expect(tab.frame.locator(".card")).to_contain_text("layer “nope”")
    tab.frame.locator(".card .button.strong").click()
    expect(tab.frame.locator(".unit-head h2")).to_be_visible(timeout=15_000)


def test_a_zoom_into_nothing_is_told_and_shows_all_layers(browser: Browser, address: str) -> None:
    tab = opened(browser, address, v="overview", z="nope")
    expect(notices(tab)).to_contain_text("No layer or module nope in this run")
    assert "p.tb_neuron.z" not in written(tab)


def test_a_layer_that_is_not_there_is_told_and_leaves_the_address(
    browser: Browser, address: str
) -> None:
    tab = opened(browser, address, v="layer", l="nope")
    expect(notices(tab)).to_contain_text("No layer nope in this run")
    assert "p.tb_neuron.l" not in written(tab)


def test_a_step_between_records_is_told_and_put_right_in_the_address(
    browser: Browser, address: str
) -> None:
    tab = opened(browser, address, s=BETWEEN_RECORDS)
    expected = f"No record at step {BETWEEN_RECORDS}: showing {RECORD_BEFORE}."
    expect(notices(tab)).to_contain_text(expected)
    assert written(tab)["p.tb_neuron.s"] == RECORD_BEFORE


def test_space_after_a_click_on_a_chip_plays_and_leaves_the_chip_alone(
    browser: Browser, address: str
) -> None:
    tab = opened(browser, address)
    chip = tab.frame.locator(".chips .chip").first
    chip.click()
    tab.page.keyboard.press(" ")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(tab.frame.get_by_role("button", name="Pause")).to_be_visible()


def test_space_on_a_chip_that_was_reached_by_key_presses_it(browser: Browser, address: str) -> None:
    tab = opened(browser, address)
    chip = tab.frame.locator(".chips .chip").first
    chip.click()
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Shift+Tab")
    tab.page.keyboard.press(" ")
    expect(chip).to_have_attribute("aria-pressed", "false")


def test_pointing_at_a_chart_reads_its_values(browser: Browser, address: str) -> None:
    tab = opened(browser, address, v="unit", l=first_layer(browser, address), u="0")
    tab.wait(".chart-place svg")
    tab.frame.locator(".chart-place").first.hover()
    expect(tab.frame.locator(".chart-tip")).to_contain_text("standard deviation")
