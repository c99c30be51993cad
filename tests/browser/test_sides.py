"""Whose numbers these are: A's, B's or both, and the link that shows a colleague the same."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect
from served_tab import PREFIX, Tab, open_tab, until
from trained import HOSTILE_RUN, STEPS

import tb_neuron

A_STEP, B_STEP = 24, 48
BOTH = {"r": "first", "s": str(A_STEP), "br": HOSTILE_RUN, "bs": str(B_STEP)}
STATES = ("silent", "dead", "dormant", "saturated", "not finite")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def accuracies(logdir: Path) -> dict[str, float]:
    """Accuracy on the probe set, of A and of B at their steps."""
    runs = tb_neuron.open(logdir).runs
    found = {}
    for side, run, step in [("A", "first", A_STEP), ("B", HOSTILE_RUN, B_STEP)]:
        recording = runs[run].recording()
        found[side] = float(recording.accuracy()[recording.record_at(step)])
    return found


def row(tab: Tab, name: str) -> Locator:
    """A row of the reading beside the ribbon."""
    return tab.frame.locator(".reading").get_by_role("row", name=name)


def numbers(element: Locator) -> list[float]:
    return [float(text) for text in element.get_by_role("cell").all_inner_texts()]


@pytest.mark.parametrize(("mode", "sides"), [("a", "A"), ("b", "B"), ("diff", "AB")])
def test_the_reading_is_of_the_sides_that_are_shown(
    tab: Tab, accuracies: dict[str, float], mode: str, sides: str
) -> None:
    tab.visit({**BOTH, "c": mode})
    expected = [accuracies[side] for side in sides]
    assert numbers(row(tab, "accuracy")) == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("name", ["accuracy", "loss"])
def test_a_key_looks_like_its_curve(tab: Tab, name: str) -> None:
    tab.visit(BOTH)
    dashes = row(tab, name).locator("line").get_attribute("stroke-dasharray")
    assert (dashes is not None) == (name == "loss")


@pytest.mark.parametrize(
    ("mode", "headings"),
    [
        ("a", [f"Record at step {A_STEP}"]),
        ("b", [f"B: {HOSTILE_RUN}, record at step {B_STEP}"]),
        (
            "diff",
            [
                f"A: first, record at step {A_STEP}",
                f"B: {HOSTILE_RUN}, record at step {B_STEP}",
            ],
        ),
    ],
)
def test_the_inspector_tells_the_records_that_are_shown(
    tab: Tab, mode: str, headings: list[str]
) -> None:
    tab.visit({**BOTH, "c": mode})
    found = tab.frame.get_by_role("heading", name=re.compile("ecord at step"))
    assert found.all_inner_texts() == headings


@pytest.mark.parametrize(("mode", "whose"), [("a", ""), ("b", "B’s "), ("diff", "A’s ")])
def test_the_order_is_said_to_be_whose_it_is(tab: Tab, mode: str, whose: str) -> None:
    tab.visit({**BOTH, "c": mode})
    expect(tab.frame.get_by_text(f"sorted by {whose}activation frequency")).to_be_visible()


@pytest.mark.parametrize("run", ["first", HOSTILE_RUN, "not-finite"])
@pytest.mark.parametrize("state", STATES)
def test_a_chip_counts_as_many_units_as_the_tiles_do(tab: Tab, run: str, state: str) -> None:
    tab.visit({"r": run})
    chip = tab.legend.get_by_role("button", name=re.compile(rf"\d {state}$"))
    counts = tab.frame.locator(".tile-header .count").all_text_contents()
    ofs = [text.split(maxsplit=1) for text in counts]
    expected = sum(int(count) for count, name in ofs if name == state)
    assert int(chip.inner_text().split()[0]) == expected


def test_a_pressed_chip_leaves_as_many_rows_as_it_counts(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "first", "l": "hidden.1"})
    chip = tab.legend.get_by_role("button", name=re.compile(r"\d dead$"))
    chip.click()
    expect(tab.frame.locator("tr.row")).to_have_count(int(chip.inner_text().split()[0]))
    chip.click()


def test_a_copied_link_names_what_was_left_to_defaults(browser: Browser, address: str) -> None:
    tab = open_tab(browser, address, {"r": "first"})
    tab.ready({})
    link = copied_link(tab)
    tab.page.close()
    assert all(key in link for key in ["r=first", f"s={STEPS}", f"o={STEPS}", "st=frequency"])


def test_a_copied_link_opens_what_was_shown(browser: Browser, address: str) -> None:
    tab = open_tab(browser, address, {**BOTH, "c": "diff"})
    tab.ready({})
    link, shown = copied_link(tab), tab.pixels()
    tab.page.close()
    opened = open_tab(browser, address, state_of(link))
    opened.ready({})
    until(lambda: opened.pixels() == shown, opened.page)
    opened.page.close()


def copied_link(tab: Tab) -> str:
    """Press the key that copies a link; what is on the clipboard then."""
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.press("c")
    expect(tab.frame.get_by_text("Link copied")).to_be_visible()
    return tab.frame.evaluate("navigator.clipboard.readText()")


def state_of(link: str) -> dict[str, str]:
    """The selection of a link, as `open_tab` takes it."""
    pairs = parse_qsl(urlsplit(link).fragment)
    return {key.removeprefix(PREFIX): value for key, value in pairs}
