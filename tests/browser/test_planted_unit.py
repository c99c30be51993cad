"""A unit that dies by our hand at a known step, and no other: every view says it, and when."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from seen import box_of, picture_of_units
from served_tab import Tab
from trained import PLANTED_LAYER, PLANTED_STEP, PLANTED_UNIT, STEPS_BETWEEN_RECORDS

import tb_neuron
from tb_neuron.run import Run

PLANTED = (PLANTED_LAYER, str(PLANTED_UNIT))
BEFORE = PLANTED_STEP - STEPS_BETWEEN_RECORDS
#: Step and which units are dead at it.
MOMENTS = pytest.mark.parametrize(
    ("step", "dead"), [(BEFORE, []), (PLANTED_STEP, [PLANTED])], ids=["before", "from then on"]
)
DEAD_RED, WHITE = (208, 0, 0), (255, 255, 255)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def run(logdir: Path) -> Run:
    return tb_neuron.open(logdir).runs["first"]


def state_at(step: int, **more: str) -> dict[str, str]:
    """What the address holds for a step of the run in which the unit dies."""
    return {"r": "first", "s": str(step), **more}


def dead_texel(tab: Tab) -> tuple[Image.Image, tuple[int, int], tuple[float, float]]:
    """The picture at the step of the planting, the red texel's centre in it, and on the page."""
    tab.visit(state_at(PLANTED_STEP, z=PLANTED_LAYER))
    picture, corner = picture_of_units(tab, PLANTED_LAYER)
    box = box_of(picture, DEAD_RED)
    assert box is not None
    centre = (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
    return picture, centre, (corner[0] + centre[0], corner[1] + centre[1])


def test_the_reader_finds_no_other_dead_unit(run: Run) -> None:
    dead = [(name, str(unit)) for name in run.layers for unit in np.flatnonzero(run.dead(name)[-1])]
    assert dead == [PLANTED]


def test_the_reader_dates_the_death(run: Run) -> None:
    is_dead = run.dead(PLANTED_LAYER)[:, PLANTED_UNIT]
    np.testing.assert_array_equal(is_dead, run.steps >= PLANTED_STEP)


@MOMENTS
def test_the_overview_s_file_tells_the_state_at_its_step(
    tab: Tab, step: int, dead: list[tuple[str, str]]
) -> None:
    tab.visit(state_at(step))
    rows = tab.export_rows()
    assert [(row["layer"], row["unit"]) for row in rows if row["state_a"] == "dead"] == dead


@MOMENTS
def test_the_layer_s_file_tells_the_state_at_its_step(
    tab: Tab, step: int, dead: list[tuple[str, str]]
) -> None:
    tab.visit(state_at(step, v="layer", l=PLANTED_LAYER))
    rows = tab.export_rows()
    assert [(PLANTED_LAYER, row["unit"]) for row in rows if row["state"] == "dead"] == dead


@MOMENTS
def test_the_table_s_row_tells_the_state_at_its_step(
    tab: Tab, step: int, dead: list[tuple[str, str]]
) -> None:
    tab.visit(state_at(step, v="layer", l=PLANTED_LAYER))
    cells = tab.frame.locator("tr.row").nth(PLANTED_UNIT).get_by_role("cell")
    texts = [text.strip() for text in cells.all_inner_texts()]
    assert texts[0] == str(PLANTED_UNIT)
    assert ("dead" in texts) == bool(dead)


@MOMENTS
def test_the_tile_s_header_counts_the_dead_at_its_step(
    tab: Tab, step: int, dead: list[tuple[str, str]]
) -> None:
    tab.visit(state_at(step))
    header = tab.frame.get_by_role("button", name=f"Zoom to layer {PLANTED_LAYER}")
    counted = re.findall(r"(\d+) dead", header.inner_text().replace("\n", " "))
    assert counted == [str(len(dead))] * len(dead)


@MOMENTS
def test_the_chip_counts_the_dead_of_the_model_at_its_step(
    tab: Tab, step: int, dead: list[tuple[str, str]]
) -> None:
    tab.visit(state_at(step))
    chip = tab.legend.get_by_role("button", name="dead")
    expect(chip).to_have_text(re.compile(rf"^{len(dead)}\s+dead$"))


def test_the_unit_s_page_dates_its_death(tab: Tab) -> None:
    tab.visit(state_at(PLANTED_STEP, v="unit", l=PLANTED_LAYER, u=str(PLANTED_UNIT)))
    view = tab.frame.get_by_role("region", name="Unit")
    expect(view).to_contain_text(f"dead since step {PLANTED_STEP}")


@pytest.mark.parametrize(
    ("step", "told"), [(BEFORE, "live at this step"), (PLANTED_STEP, "dead at this step")]
)
def test_the_unit_s_page_tells_the_state_at_its_step(tab: Tab, step: int, told: str) -> None:
    tab.visit(state_at(step, v="unit", l=PLANTED_LAYER, u=str(PLANTED_UNIT)))
    expect(tab.frame.get_by_role("region", name="Unit")).to_contain_text(told)


def test_a_dead_unit_s_square_is_red_with_a_white_cross(tab: Tab) -> None:
    picture, (x, y), _ = dead_texel(tab)
    assert picture.getpixel((x, y)) == WHITE
    beside = {picture.getpixel((x + dx, y + dy)) for dx, dy in [(15, 0), (-15, 0), (0, 15)]}
    assert beside == {DEAD_RED}


def test_the_red_square_is_the_planted_unit_s(tab: Tab) -> None:
    _, _, (x, y) = dead_texel(tab)
    tab.page.mouse.move(x, y)
    inspector = tab.frame.get_by_role("complementary", name="Inspector")
    name = f"{PLANTED_LAYER} · unit {PLANTED_UNIT}"
    expect(inspector.get_by_role("heading", name=name)).to_be_visible()


def test_no_square_is_red_before_the_unit_was_planted(tab: Tab) -> None:
    tab.visit(state_at(BEFORE, z=PLANTED_LAYER))
    assert box_of(picture_of_units(tab, PLANTED_LAYER)[0], DEAD_RED) is None


def test_the_square_of_the_planted_unit_has_a_value_s_colour_before(tab: Tab) -> None:
    after, centre, _ = dead_texel(tab)
    tab.visit(state_at(BEFORE, z=PLANTED_LAYER))
    before, _ = picture_of_units(tab, PLANTED_LAYER)
    assert before.getpixel(centre) not in (after.getpixel(centre), DEAD_RED)
