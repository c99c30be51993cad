"""The tab as a person meets it: recorded for real, served by TensorBoard, drawn by Chromium."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, expect
from served_tab import SERVERS, Tab, open_tab, served, until
from trained import HOSTILE_RUN, PLANTED_LAYER, PLANTED_STEP, PLANTED_UNIT

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
HIDDEN = {"r": "first", "l": PLANTED_LAYER}
VIEWS = {
    "overview": {"v": "overview", "r": "first"},
    "layer": {"v": "layer", **HIDDEN},
    "unit": {"v": "unit", **HIDDEN, "u": str(PLANTED_UNIT)},
}

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

BACKGROUND = "body => getComputedStyle(body).backgroundColor"

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def player(browser: Browser, address: str) -> Iterator[Tab]:
    """The overview in a page of its own, which a film may change as it likes."""
    tab = open_tab(browser, address, VIEWS["overview"])
    tab.ready(VIEWS["overview"])
    yield tab
    tab.page.close()


@pytest.fixture(scope="module")
def narrow(browser: Browser, address: str) -> Tab:
    """The tab in a window of 700 pixels."""
    return open_tab(browser, address, width=700)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_draws_without_complaints(tabs: dict[str, Tab], view: str, theme: str) -> None:
    tab = tabs[theme]
    tab.visit(VIEWS[view])
    ARTIFACTS.mkdir(exist_ok=True)
    tab.page.screenshot(path=ARTIFACTS / f"{view}-{theme}.png")
    assert (tab.complaints, tab.foreign) == ([], [])


@pytest.mark.parametrize("view", VIEWS)
def test_a_narrow_window_needs_no_sideways_scrolling(narrow: Tab, view: str) -> None:
    narrow.visit(VIEWS[view])
    narrow.page.screenshot(path=ARTIFACTS / f"{view}-narrow.png")
    assert narrow.frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_picture_changes_when_the_step_does(tab: Tab) -> None:
    tab.visit(VIEWS["overview"])
    last = tab.pixels()
    tab.press("Home")
    until(lambda: tab.pixels() != last, tab.page)


def test_the_picture_moves_while_the_film_plays_at_full_speed(player: Tab) -> None:
    player.press("Home", "]", "]", "]", "]", "]")
    watching = player.frame.evaluate_handle(WATCH_PICTURES)
    player.press(" ")
    # More than where it began and where it ended: something was drawn on the way.
    until(lambda: watching.evaluate("pictures => pictures.size") > 2, player.page)


def test_words_tell_of_the_shown_step_as_soon_as_the_film_is_paused(player: Tab) -> None:
    player.press("Home", "]", " ")
    # Between two beats, at which words would be told anew.
    player.page.wait_for_timeout(430)
    player.press(" ")
    told = player.frame.evaluate(TOLD_STEPS)
    player.page.wait_for_timeout(600)
    # The address is written from the selection itself.
    keys = dict(parse_qsl(player.page.url.split("#")[1]))
    assert told == [keys["p.tb_neuron.s"]] * 3


@pytest.mark.parametrize("server", SERVERS)
def test_a_planted_unit_is_dead_in_the_table_by_every_path(
    browser: Browser, logdir: Path, server: str
) -> None:
    with served(logdir, server) as address:
        tab = open_tab(browser, address, VIEWS["layer"])
        tab.ready(VIEWS["layer"])
        row = tab.frame.locator("tr.row").nth(PLANTED_UNIT).inner_text().split()
        tab.page.close()
    assert row[:3] == [str(PLANTED_UNIT), "dead", str(PLANTED_STEP)]


def test_a_run_name_is_text_and_nothing_else(tab: Tab) -> None:
    tab.visit({"r": HOSTILE_RUN})
    options = tab.frame.get_by_role("combobox", name="Run of A").get_by_role("option")
    assert HOSTILE_RUN in options.all_inner_texts()


@pytest.mark.parametrize(("start", "end"), [("light", "dark"), ("dark", "light")])
def test_the_tab_follows_the_host_s_theme_while_it_is_open(
    browser: Browser, address: str, tabs: dict[str, Tab], start: str, end: str
) -> None:
    tab = open_tab(browser, address, VIEWS["overview"], dark=start == "dark")
    tab.ready(VIEWS["overview"])
    wanted = tabs[end].frame.locator("body").evaluate(BACKGROUND)
    tab.page.get_by_role("button", name="light or dark theme").click()
    tab.page.get_by_role("menuitem", name=end.capitalize()).click()
    expect(tab.frame.locator("body")).to_have_css("background-color", wanted)
    tab.page.close()
