"""The tab as a person meets it: recorded for real, served by TensorBoard, drawn by Chromium."""

import csv
import io
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser
from served_tab import (
    HOSTILE_RUN,
    PLANTED_LAYER,
    PLANTED_STEP,
    PLANTED_UNIT,
    SERVERS,
    Tab,
    open_tab,
    plugin_frame,
    served,
)

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
VIEWS = ("overview", "layer", "unit")
HIDDEN_LAYER = f"{PLANTED_LAYER}.1"

#: Collects the different pictures of the units' canvas, frame by frame.
WATCH_PICTURES = """() => {
  const pictures = new Set();
  const look = () => {
    pictures.add(document.querySelector(".stage canvas").toDataURL());
    requestAnimationFrame(look);
  };
  look();
  return pictures;
}"""

#: The step in the picker, in the reading and on the slider.
TOLD_STEPS = """() => [
  document.querySelector(".side.a .step").value,
  document.querySelector(".reading .step").textContent,
  document.querySelector(".track").getAttribute("aria-valuetext").replace("step ", ""),
]"""

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def ready(tab: Tab, view: str) -> None:
    """Wait until a view shows its data."""
    tab.wait(
        {"overview": ".tile-header", "layer": "tr.row", "unit": ".unit-view .chart-place svg"}[view]
    )
    tab.page.wait_for_timeout(800)


def violations(tab: Tab) -> list[str]:
    """What axe-core objects to in the plugin's frame."""
    tab.frame.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.frame.evaluate("axe.run(document).then(({violations}) => violations)")
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found]


def opened(browser: Browser, address: str, view: str, dark: bool = False, width: int = 1440) -> Tab:
    """The tab on a view, with the planted unit chosen."""
    state = {"v": view, "r": "first"}
    if view != "overview":
        state["l"] = HIDDEN_LAYER
    if view == "unit":
        state["u"] = str(PLANTED_UNIT)
    tab = open_tab(browser, address, state, dark=dark, width=width)
    ready(tab, view)
    return tab


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_draws_without_complaints(
    browser: Browser, address: str, view: str, dark: bool
) -> None:
    tab = opened(browser, address, view, dark)
    ARTIFACTS.mkdir(exist_ok=True)
    tab.page.screenshot(path=ARTIFACTS / f"{view}-{'dark' if dark else 'light'}.png")
    assert (tab.complaints, tab.foreign) == ([], [])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_accessibility_violation(
    browser: Browser, address: str, view: str, dark: bool
) -> None:
    assert violations(opened(browser, address, view, dark)) == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_narrow_window_needs_no_sideways_scrolling(
    browser: Browser, address: str, view: str
) -> None:
    tab = opened(browser, address, view, width=700)
    tab.page.screenshot(path=ARTIFACTS / f"{view}-narrow.png")
    assert tab.frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_picture_changes_when_the_step_does(browser: Browser, address: str) -> None:
    tab = opened(browser, address, "overview")
    last = tab.pixels()
    tab.press("Home")
    assert tab.pixels() != last


def test_the_picture_moves_while_the_film_plays_at_full_speed(
    browser: Browser, address: str
) -> None:
    tab = opened(browser, address, "overview")
    tab.press("Home")
    for _ in range(5):
        tab.page.keyboard.press("]")
    watching = tab.frame.evaluate_handle(WATCH_PICTURES)
    tab.page.keyboard.press(" ")
    tab.page.wait_for_timeout(4000)
    # More than where it began and where it ended: something was drawn on the way.
    assert watching.evaluate("pictures => pictures.size") > 2


def test_words_tell_of_the_shown_step_as_soon_as_the_film_is_paused(
    browser: Browser, address: str
) -> None:
    tab = opened(browser, address, "overview")
    tab.press("Home")
    tab.page.keyboard.press("]")
    tab.page.keyboard.press(" ")
    tab.page.wait_for_timeout(430)
    tab.page.keyboard.press(" ")
    told = tab.frame.evaluate(TOLD_STEPS)
    tab.page.wait_for_timeout(600)
    # The address is written from the selection itself.
    keys = dict(parse_qsl(tab.page.url.split("#")[1]))
    assert told == [keys["p.tb_neuron.s"]] * 3


@pytest.mark.parametrize("server", SERVERS)
def test_a_planted_unit_is_dead_in_the_table_by_every_path(
    browser: Browser, logdir: Path, server: str
) -> None:
    with served(logdir, server) as address:
        tab = opened(browser, address, "layer")
        row = tab.frame.locator("tr.row").nth(PLANTED_UNIT).inner_text().split()
        assert [row[0], row[1], row[2]] == [str(PLANTED_UNIT), "dead", str(PLANTED_STEP)]


@pytest.mark.parametrize(("step", "state"), [(PLANTED_STEP - 4, 0), (PLANTED_STEP, 1)])
def test_a_planted_unit_is_counted_dead_from_the_step_it_was_planted(
    browser: Browser, address: str, step: int, state: int
) -> None:
    tab = open_tab(
        browser, address, {"v": "layer", "r": "first", "s": str(step), "l": HIDDEN_LAYER}
    )
    ready(tab, "layer")
    row = tab.frame.locator("tr.row").nth(PLANTED_UNIT).inner_text()
    assert ("dead" in row) == bool(state)


def test_a_planted_unit_is_marked_in_the_picture(browser: Browser, address: str) -> None:
    tab = opened(browser, address, "overview")
    header = tab.frame.locator(".tile-header", has_text=HIDDEN_LAYER).first
    assert "dead" in header.inner_text()


def test_a_units_page_dates_its_death(browser: Browser, address: str) -> None:
    tab = opened(browser, address, "unit")
    assert str(PLANTED_STEP) in tab.frame.locator(".view").inner_text()


def test_the_address_survives_a_reload(browser: Browser, address: str) -> None:
    tab = opened(browser, address, "layer")
    tab.frame.locator("th button", has_text="mean |activation|").first.click()
    tab.page.wait_for_timeout(800)
    before = tab.frame.locator("tr.row").first.inner_text()
    tab.page.reload()
    tab.frame = plugin_frame(tab.page)
    ready(tab, "layer")
    assert tab.frame.locator("tr.row").first.inner_text() == before


def test_the_difference_of_two_runs_is_shown(browser: Browser, address: str) -> None:
    state = {"v": "overview", "r": "first", "br": HOSTILE_RUN, "c": "a"}
    tab = open_tab(browser, address, state)
    ready(tab, "overview")
    shown = tab.pixels()
    tab.press("d")
    tab.page.screenshot(path=ARTIFACTS / "difference.png")
    assert tab.pixels() != shown


def test_a_run_name_is_text_and_nothing_else(browser: Browser, address: str) -> None:
    tab = open_tab(browser, address, {"r": HOSTILE_RUN})
    ready(tab, "overview")
    options = tab.frame.locator("select.run option").all_inner_texts()
    assert HOSTILE_RUN in options


def test_the_layer_table_is_saved_as_csv(browser: Browser, address: str) -> None:
    tab = opened(browser, address, "layer")
    tab.press("e")
    with tab.page.expect_download() as download:
        tab.frame.get_by_role("button", name="CSV").first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert len([row for row in rows if row]) >= 24
