"""A and B: the keys that set them, the address that keeps them, and what is shown of both."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import expect
from served_tab import Tab
from trained import HOSTILE_RUN, PLANTED_LAYER, STEPS

import tb_neuron

A_STEP, B_STEP, UNIT = 24, 48, 3
#: Each side is rounded to three digits, or its difference is, whose sides may be much larger.
ROUNDING = 1e-2
BOTH = {"r": "first", "s": str(A_STEP), "br": HOSTILE_RUN, "bs": str(B_STEP), "l": PLANTED_LAYER}
HEADS = ("overview", "layer", "unit")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def values(logdir: Path) -> dict[str, np.ndarray]:
    """The frequencies of the layer's units at A, at B, and what B takes from A."""
    runs = tb_neuron.open(logdir).runs
    a, b = [
        runs[run].activations(PLANTED_LAYER, "frequency")[runs[run].recording().record_at(step)]
        for run, step in [("first", A_STEP), (HOSTILE_RUN, B_STEP)]
    ]
    return {"a": a, "b": b, "diff": a - b}


def numbers(texts: list[str]) -> np.ndarray:
    return np.array([text.replace("−", "-") for text in texts], np.float64)


def test_the_key_b_keeps_what_is_shown_as_b(tab: Tab) -> None:
    tab.visit({"r": "first", "s": str(A_STEP)})
    tab.press("b", "Home")
    tab.expect_address(s="0", br="first", bs=str(A_STEP))


def test_the_key_a_puts_a_where_b_is(tab: Tab) -> None:
    tab.visit(BOTH)
    tab.press("a")
    tab.expect_address(r=HOSTILE_RUN, s=str(B_STEP), br=HOSTILE_RUN, bs=str(B_STEP))


def test_the_key_x_swaps_a_and_b(tab: Tab) -> None:
    tab.visit(BOTH)
    tab.press("x")
    tab.expect_address(r=HOSTILE_RUN, s=str(B_STEP), br="first", bs=str(A_STEP))


def test_the_key_d_shows_the_difference(tab: Tab) -> None:
    tab.visit(BOTH)
    tab.press("d")
    tab.expect_address(**BOTH, c="diff")


def test_the_key_d_again_shows_a(tab: Tab) -> None:
    tab.visit({**BOTH, "c": "diff"})
    tab.press("d")
    shown = tab.frame.get_by_role("group", name="What is shown")
    expect(shown.get_by_role("button", name="A", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_the_difference_has_a_picture_of_its_own(tab: Tab) -> None:
    tab.visit(BOTH)
    shown = tab.pixels()
    tab.visit({**BOTH, "c": "diff"})
    assert tab.pixels() != shown


def test_a_reload_keeps_the_whole_address(tab: Tab) -> None:
    state = {"v": "layer", **BOTH, "c": "diff", "q": "-mean_abs", "st": "mean_abs", "sc": "log"}
    tab.visit(state)
    tab.reload(state)
    assert tab.address() == state


@pytest.mark.parametrize(
    ("role", "field", "value"),
    [
        ("combobox", "Run of A", "first"),
        ("combobox", "Run of B", HOSTILE_RUN),
        ("textbox", "Step of A", str(A_STEP)),
        ("combobox", "Step of B", str(B_STEP)),
    ],
)
def test_a_reload_shows_what_the_keys_chose(
    tab: Tab, role: Literal["combobox", "textbox"], field: str, value: str
) -> None:
    tab.visit({"r": HOSTILE_RUN, "s": str(B_STEP), "br": "first", "bs": str(A_STEP)})
    tab.press("x", "d")
    tab.expect_address(c="diff", r="first")
    tab.reload({})
    expect(tab.frame.get_by_role(role, name=field)).to_have_value(value)


def test_a_reload_keeps_the_order_of_the_rows(tab: Tab) -> None:
    state = {"v": "layer", "r": "first", "l": PLANTED_LAYER, "q": "-mean_abs"}
    tab.visit(state)
    before = tab.frame.get_by_role("row").all_inner_texts()
    tab.reload(state)
    assert tab.frame.get_by_role("row").all_inner_texts() == before


@pytest.mark.parametrize("view", HEADS)
def test_a_run_on_another_probe_set_is_refused_with_what_differs(tab: Tab, view: str) -> None:
    tab.visit({"v": view, "r": "first", "l": PLANTED_LAYER, "u": str(UNIT)})
    tab.frame.get_by_role("combobox", name="Run of B").select_option("smaller")
    tab.frame.get_by_role("button", name="A − B").click()
    said = tab.frame.get_by_text("the probe set has 128 examples in A and 64 in B")
    expect(said.first).to_be_visible()


@pytest.mark.parametrize("mode", ["a", "b", "diff"])
def test_the_layer_s_file_holds_what_the_mode_asks_for(
    tab: Tab, values: dict[str, np.ndarray], mode: str
) -> None:
    tab.visit({"v": "layer", **BOTH, "c": "a"})
    tab.frame.get_by_role("group", name="What is shown").get_by_role("button").nth(
        ["a", "b", "diff"].index(mode)
    ).click()
    step = {"a": A_STEP, "b": B_STEP, "diff": B_STEP}[mode]
    tab.expect_in_view(f"at step {step}")
    texts = [row["frequency"] for row in tab.export_rows()]
    np.testing.assert_allclose(numbers(texts), values[mode], rtol=ROUNDING, atol=1e-3)


@pytest.mark.parametrize("view", ["layer", "unit"])
@pytest.mark.parametrize(("side", "step"), [("a", A_STEP), ("b", B_STEP), ("diff", None)])
@pytest.mark.parametrize("mode", ["b", "diff"])
def test_a_chosen_unit_is_read_at_a_and_at_b(
    tab: Tab, values: dict[str, np.ndarray], view: str, mode: str, side: str, step: int | None
) -> None:
    tab.visit({"v": view, **BOTH, "u": str(UNIT), "c": mode})
    inspector = tab.frame.get_by_role("complementary", name="Inspector")
    label = f"{side.upper()} · {step}" if step is not None else "A − B"
    read = inspector.get_by_text(label, exact=True).locator("xpath=following-sibling::*[1]")
    found = numbers([read.inner_text()])[0]
    assert found == pytest.approx(values[side][UNIT], rel=ROUNDING)


@pytest.mark.parametrize("mode", ["b", "diff"])
def test_the_unit_s_page_has_the_life_of_both_runs(tab: Tab, mode: str) -> None:
    tab.visit({"v": "unit", **BOTH, "u": str(UNIT), "c": mode})
    lives = tab.frame.get_by_role("region", name="Unit").get_by_role("img", name="Life")
    expect(lives).to_have_count(2)


@pytest.mark.parametrize(("run", "step"), [("first", 0), (HOSTILE_RUN, STEPS)])
def test_the_unit_s_file_has_rows_of_both_runs(tab: Tab, run: str, step: int) -> None:
    tab.visit({"v": "unit", **BOTH, "u": str(UNIT), "c": "diff"})
    rows = tab.export_rows()
    assert (run, str(step)) in [(row["run"], row["step"]) for row in rows]
