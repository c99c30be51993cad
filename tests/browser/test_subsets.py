"""Saved subsets and the one filter of all views, over a real training."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, plugin_frame, served
from test_accessibility import THEMES, violations
from trained import train

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import Recording, every

LAYER, UNITS, EXAMPLES = "hidden.1", 24, 128
STEP, FILTER = 8, "label in [3, 8]"
MATRIX = {"v": "layer", "r": "responding", "l": LAYER, "lf": "subsets", "s": str(STEP)}
SAVED = {**MATRIX, "sb": f"some:{FILTER};nobody:example < 0;wrong:not correct"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("subsets")
    kinds = ("responses", "tracked", "maps")
    how = Recording(
        responses=("activation",),
        tracked=True,
        maps=("saliency",),
        trust=False,
        schedules={kind: every(8) for kind in kinds},
    )
    train(root / "responding", 0.05, steps=16, recording=how)
    return root


@pytest.fixture(scope="module")
def run(runs: Path) -> Run:
    return tb_neuron.open(runs).runs["responding"]


@pytest.fixture(scope="module")
def both(browser: Browser, runs: Path) -> Iterator[dict[str, Tab]]:
    with served(runs) as address:
        yield {theme: open_tab(browser, address, MATRIX, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(both: dict[str, Tab]) -> Tab:
    """The tab in the light theme, without subsets: neither in the address nor in the browser."""
    shown = both["light"]
    shown.frame.evaluate("localStorage.clear()")
    shown.follow(MATRIX)
    return reload(shown)


def reload(tab: Tab) -> Tab:
    tab.page.reload()
    tab.frame = plugin_frame(tab.page)
    tab.wait(".pattern-bar")
    return tab


def field(tab: Tab) -> Locator:
    return tab.frame.get_by_role("searchbox", name="Filter of examples")


def save(tab: Tab, name: str, expression: str) -> None:
    field(tab).fill(expression)
    field(tab).press("Enter")
    tab.expect_address(f=expression)
    naming = tab.frame.get_by_role("textbox", name="Name of the subset")
    naming.fill(name)
    naming.press("Enter")


def facts(tab: Tab) -> Locator:
    return tab.frame.locator(".pattern-facts").first


def test_without_subsets_it_says_how_to_save_one(tab: Tab) -> None:
    expect(tab.frame.get_by_text("No subset is saved yet")).to_be_visible()


def test_a_saved_filter_becomes_a_row_and_stands_in_the_address(tab: Tab) -> None:
    save(tab, "some", FILTER)
    tab.expect_address(sb=f"some:{FILTER}")
    picture = tab.frame.get_by_role("img", name="subsets by")
    expect(picture).to_have_attribute("aria-label", f"1 subsets by {UNITS} units of {LAYER}; "
                                      "the table has them as numbers")  # fmt: skip


def test_this_browser_keeps_subsets_without_the_address(tab: Tab) -> None:
    save(tab, "some", FILTER)
    tab.expect_address(sb=f"some:{FILTER}")
    tab.follow(MATRIX)
    field(reload(tab)).focus()
    expect(tab.frame.get_by_role("button", name="Rename some")).to_be_visible()


def test_a_subset_is_taken_with_the_keyboard(tab: Tab) -> None:
    tab.follow(SAVED)
    field(tab).focus()
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.expect_address(f=FILTER)


def test_a_subset_gets_another_name(tab: Tab) -> None:
    tab.follow({**MATRIX, "sb": f"some:{FILTER}"})
    field(tab).focus()
    tab.frame.get_by_role("button", name="Rename some").click()
    naming = tab.frame.get_by_role("textbox", name="New name of some")
    naming.fill("threes; eights")
    naming.press("Enter")
    tab.expect_address(sb=f"threes%3B eights:{FILTER}")


def test_a_subset_is_deleted(tab: Tab) -> None:
    tab.follow({**MATRIX, "sb": f"some:{FILTER};wrong:not correct"})
    field(tab).focus()
    tab.frame.get_by_role("button", name="Delete some").click()
    tab.expect_address(sb="wrong:not correct")


def test_the_table_s_columns_are_means_over_the_subsets(tab: Tab, run: Run) -> None:
    tab.follow({**SAVED, "lt": "true"})
    tab.wait("tr.row")
    rows = tab.export_rows()
    found = {int(row["unit"]): float(row["subset some"]) for row in rows}
    responses = run.responses(LAYER, STEP)
    wanted = responses[:, run.select(FILTER, STEP)].mean(1)
    np.testing.assert_allclose([found[unit] for unit in range(UNITS)], wanted, rtol=2e-3)


def test_an_empty_subset_has_no_mean(tab: Tab) -> None:
    tab.follow({**SAVED, "lt": "true"})
    tab.wait("tr.row")
    assert {row["subset nobody"] for row in tab.export_rows()} <= {"", "NaN"}


def test_the_map_marks_the_examples_that_pass(tab: Tab, run: Run) -> None:
    asked = {"po": "examples", "s": str(STEP), "f": "not correct"}
    tab.follow({"v": "map", "r": "responding", **asked})
    count = run.select("not correct", STEP).sum()
    expect(tab.frame.locator(".map-said")).to_contain_text(f"{count} chosen")


def test_the_strip_shows_the_tracked_examples_that_pass(tab: Tab, run: Run) -> None:
    tab.follow({"v": "examples", "r": "responding", "s": str(STEP), "f": "example < 3"})
    tracked = [each for each in run.tracked(LAYER, STEP).examples if each < 3]
    expect(tab.frame.get_by_text("tracked examples", exact=False).first).to_contain_text(
        f"{len(tracked)} of "
    )


def test_groups_show_pictures_of_those_that_pass_and_say_so(tab: Tab, run: Run) -> None:
    tab.follow({**MATRIX, "lf": "groups", "f": FILTER})
    expect(facts(tab)).to_contain_text("the filter narrows the pictures")
    pictures = tab.frame.locator(".group-pictures img")
    expect(pictures.first).to_be_visible()
    numbers = [int(alt.split()[1]) for alt in pictures.evaluate_all("all => all.map(e => e.alt)")]
    assert run.select(FILTER, STEP)[numbers].all()


@pytest.mark.parametrize("theme", THEMES)
def test_the_subsets_and_their_panel_have_no_violations(both: dict[str, Tab], theme: str) -> None:
    tab = both[theme]
    tab.follow({**SAVED, "f": FILTER})
    tab.wait(".pattern-picture canvas")
    field(tab).focus()
    expect(tab.frame.get_by_role("button", name="Rename some")).to_be_visible()
    assert violations(tab) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_console_stays_clean(both: dict[str, Tab], theme: str) -> None:
    assert both[theme].complaints + both[theme].foreign == []
