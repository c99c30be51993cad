"""What axe-core says of everything that the tab can show, in both themes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from served_tab import Tab, open_tab, served
from trained import HOSTILE_LAYER, HOSTILE_RUN, PLANTED_LAYER, PLANTED_UNIT

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
BOTH = {"r": "first", "br": HOSTILE_RUN, "l": PLANTED_LAYER, "u": str(PLANTED_UNIT)}
PLACES = {
    "overview": {"v": "overview", "r": "first"},
    "overview of a layer": {"v": "overview", "r": "first", "z": PLANTED_LAYER},
    "layers": {"v": "layer", "r": "first"},
    "layer": {"v": "layer", "r": "first", "l": PLANTED_LAYER},
    "hostile layer": {"v": "layer", "r": HOSTILE_RUN, "l": HOSTILE_LAYER},
    "unit": {"v": "unit", "r": "first", "l": PLANTED_LAYER, "u": str(PLANTED_UNIT)},
    "difference, overview": {"v": "overview", **BOTH, "c": "diff"},
    "difference, layer": {"v": "layer", **BOTH, "c": "diff"},
    "difference, unit": {"v": "unit", **BOTH, "c": "diff"},
    "B, layer": {"v": "layer", **BOTH, "c": "b"},
    "not finite": {"v": "layer", "r": "not-finite", "l": "logits"},
}
DIALOGS = {"help": "?", "export": "e", "search": "/", "status": ""}
THEMES = ["light", "dark"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def violations(tab: Tab) -> list[str]:
    """What axe-core objects to in the plugin's frame."""
    if not tab.frame.evaluate("'axe' in window"):
        tab.frame.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.frame.evaluate("axe.run(document).then(({violations}) => violations)")
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found]


@pytest.fixture(scope="module")
def empty(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Tab]]:
    """The tab in both themes where nothing was recorded."""
    with served(tmp_path_factory.mktemp("empty")) as address:
        yield {theme: open_tab(browser, address, dark=theme == "dark") for theme in THEMES}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("place", PLACES)
def test_a_view_has_no_accessibility_violation(
    tabs: dict[str, Tab], place: str, theme: str
) -> None:
    tab = tabs[theme]
    tab.visit(PLACES[place])
    assert violations(tab) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("dialog", DIALOGS)
def test_a_dialog_has_no_accessibility_violation(
    tabs: dict[str, Tab], dialog: str, theme: str
) -> None:
    tab = tabs[theme]
    tab.visit(PLACES["overview"])
    if DIALOGS[dialog]:
        tab.press(DIALOGS[dialog])
    else:
        tab.open_dialog("record 16 of 16")
    expect(tab.frame.get_by_role("dialog")).to_be_visible()
    found = violations(tab)
    tab.close_dialog()
    assert found == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("view", ["overview", "layer", "unit"])
def test_a_refused_comparison_has_no_accessibility_violation(
    tabs: dict[str, Tab], view: str, theme: str
) -> None:
    tab = tabs[theme]
    tab.visit({**BOTH, "v": view})
    tab.frame.get_by_role("combobox", name="Run of B").select_option("smaller")
    tab.frame.get_by_role("button", name="A − B").click()
    expect(tab.frame.get_by_text("128 examples in A and 64 in B").first).to_be_visible()
    assert violations(tab) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_empty_tab_has_no_accessibility_violation(empty: dict[str, Tab], theme: str) -> None:
    tab = empty[theme]
    expect(tab.frame.get_by_role("group", name="Kind of training script")).to_be_visible()
    assert violations(tab) == []


@pytest.mark.parametrize("theme", THEMES)
def test_a_recording_that_is_not_there_has_no_accessibility_violation(
    tabs: dict[str, Tab], theme: str
) -> None:
    tab = tabs[theme]
    tab.close_dialog()
    tab.follow({"r": "nowhere"})
    expect(tab.frame.get_by_role("heading", name="This recording is not here")).to_be_visible()
    assert violations(tab) == []
