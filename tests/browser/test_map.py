"""The Map in the tab: units and examples where the recording lays them out, chosen by a lasso."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect
from served_tab import WITHOUT_UMAP, Tab, open_tab, served, until
from test_accessibility import THEMES, violations
from trained import STEPS, STEPS_BETWEEN_RECORDS, train

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import Recording, every

LAYER, UNITS, EXAMPLES = "hidden.1", 24, 128
SHOWN = {"v": "map", "r": "mapped", "l": LAYER, "s": "40"}
OF_EXAMPLES = {**SHOWN, "po": "examples"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def mapped_logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with responses and the examples behind them, and one without."""
    root = tmp_path_factory.mktemp("map")
    often = every(STEPS_BETWEEN_RECORDS)
    recording = Recording(
        attributions=(),
        responses=("activation",),
        examples=3,
        schedules={"responses": often, "examples": often},
    )
    train(root / "mapped", 0.05, recording=recording)
    train(root / "plain", 0.05, examples=16, steps=4)
    return root


@pytest.fixture(scope="module")
def run(mapped_logdir: Path) -> Run:
    return tb_neuron.open(mapped_logdir).runs["mapped"]


@pytest.fixture(scope="module")
def mapped(browser: Browser, mapped_logdir: Path) -> Iterator[dict[str, Tab]]:
    """The tab in both themes."""
    with served(mapped_logdir) as address:
        yield {theme: open_tab(browser, address, SHOWN, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def shown(mapped: dict[str, Tab]) -> Tab:
    """The tab in the light theme, on the units of a layer."""
    return show(mapped["light"], SHOWN)


def show(tab: Tab, state: dict[str, str]) -> Tab:
    """Follow a link to the map; wait until every record is laid out and drawn."""
    tab.close_dialog()
    tab.page.mouse.move(1, 1)
    tab.follow(state)
    if "pt" in state:
        tab.wait("tr.row")
        return tab
    tab.wait("canvas.map")
    expect(said(tab)).to_contain_text("24 of 24 units" if "po" not in state else "128 of 128")
    expect(said(tab)).not_to_contain_text("laid out")
    tab.page.wait_for_timeout(400)
    return tab


def said(tab: Tab) -> Locator:
    return tab.frame.locator(".map-said")


def colours(tab: Tab) -> int:
    """How many pixels of the canvas hold anything."""
    return tab.frame.evaluate(
        """() => {
            const canvas = document.querySelector('canvas.map');
            const { width, height } = canvas;
            const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
            return pixels.filter((byte, at) => at % 4 === 3 && byte > 0).length;
        }"""
    )


def on_screen(tab: Tab, run: Run, of: str) -> np.ndarray:
    """Where the points must be on the page: places of all records fitted into the canvas."""
    planes = run.planes(LAYER, of, step=STEPS)  # pyright: ignore[reportArgumentType]
    now = planes.places[planes.steps.index(40)]
    low, high = (reduce(planes.places, (0, 1)) for reduce in (np.nanmin, np.nanmax))
    box = tab.frame.locator("canvas.map").bounding_box()
    assert box is not None
    size = np.array([box["width"], box["height"]])
    scale = ((size - 2 * 34) / (high - low)).min()
    middle = np.array([box["x"], box["y"]]) + size / 2
    return middle + (now - (low + high) / 2) * scale * [1, -1]


def lonely(points: np.ndarray) -> int:
    """The point that is farthest from its nearest neighbour: a pointer can't miss it."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    return int(apart.min(1).argmax())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "state", [SHOWN, {**OF_EXAMPLES, "ps": "atlas"}], ids=["units", "atlas of examples"]
)
def test_the_map_has_no_accessibility_violation(
    mapped: dict[str, Tab], theme: str, state: dict[str, str]
) -> None:
    assert violations(show(mapped[theme], state)) == []


def test_the_map_as_a_table_has_no_accessibility_violation(shown: Tab) -> None:
    assert violations(show(shown, {**SHOWN, "pt": "true"})) == []


def test_a_unit_is_where_the_recording_lays_it_out(shown: Tab, run: Run) -> None:
    points = on_screen(shown, run, "units")
    unit = lonely(points)
    shown.page.mouse.move(*points[unit])
    expect(shown.frame.locator(".map-tip")).to_contain_text(f"{LAYER} · unit {unit}")


def test_the_picture_of_a_unit_is_of_the_example_it_responds_to_most(shown: Tab, run: Run) -> None:
    points = on_screen(shown, run, "units")
    unit = lonely(points)
    shown.page.mouse.move(*points[unit])
    example = int(run.examples(LAYER, STEPS).examples[unit, 0])
    expect(shown.frame.locator(".map-tip")).to_contain_text(f"most to example {example}")


def test_a_click_opens_the_unit(shown: Tab, run: Run) -> None:
    points = on_screen(shown, run, "units")
    unit = lonely(points)
    shown.page.mouse.click(*points[unit])
    shown.expect_address(v="unit", u=str(unit))


def test_a_lasso_around_examples_becomes_their_filter(shown: Tab, run: Run) -> None:
    tab = show(shown, OF_EXAMPLES)
    points = on_screen(tab, run, "examples")
    draw_lasso(tab, points[:3].mean(0), 60)
    inside = np.abs(points - points[:3].mean(0)).max(1) < 60
    names = ", ".join(map(str, np.flatnonzero(inside)))
    tab.expect_address(f=f"example in [{names}]")
    expect(said(tab)).to_contain_text(f"{inside.sum()} chosen")


def test_the_filter_that_a_lasso_makes_is_one_that_the_reader_understands(
    shown: Tab, run: Run
) -> None:
    from tb_neuron.facts import subset

    tab = show(shown, OF_EXAMPLES)
    points = on_screen(tab, run, "examples")
    away = np.sort(np.abs(points - points.mean(0)).max(1))
    # Between two points that lie apart: a pointer stands on whole pixels.
    gaps = np.where((away[:-1] > 40) & (away[1:] < 120), np.diff(away), 0)
    reach = int(away[gaps.argmax() : gaps.argmax() + 2].mean())
    draw_lasso(tab, points.mean(0), reach)
    until(lambda: "f" in tab.address(), tab.page)
    found = subset(run.recording(), 40, tab.address()["f"])
    assert found.tolist() == (np.abs(points - points.mean(0)).max(1) < reach).tolist()


def test_a_lasso_around_units_pins_them(shown: Tab, run: Run) -> None:
    points = on_screen(shown, run, "units")
    unit = lonely(points)
    draw_lasso(shown, points[unit], 10)
    shown.expect_address(pn=f"{unit}@{LAYER}")
    expect(said(shown)).to_contain_text("1 pinned")


def draw_lasso(tab: Tab, middle: np.ndarray, reach: float) -> None:
    """Draw a square around a place, with Shift held."""
    mouse = tab.page.mouse
    corners = middle + reach * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    tab.page.keyboard.down("Shift")
    mouse.move(*corners[0])
    mouse.down()
    for corner in corners[1:]:
        mouse.move(*corner, steps=4)
    mouse.up()
    tab.page.keyboard.up("Shift")


def test_points_move_with_the_steps(shown: Tab) -> None:
    picture = "document.querySelector('canvas.map').toDataURL()"
    before = shown.frame.evaluate(picture)
    tab = show(shown, {**SHOWN, "s": "0"})
    assert tab.frame.evaluate(picture) != before


def test_the_explained_variance_is_the_reader_s(shown: Tab, run: Run) -> None:
    planes = run.planes(LAYER)
    share = 100 * planes.explained[planes.steps.index(40)].sum()
    expect(shown.frame.locator(".map-settings")).to_contain_text(f"two axes show {share:.3g} %")


def test_the_atlas_shows_pictures(shown: Tab) -> None:
    points = colours(shown)
    tab = show(shown, {**SHOWN, "ps": "atlas"})
    until(lambda: colours(tab) > 2 * points, tab.page)


def test_a_projection_that_is_not_installed_says_what_to_type(
    browser: Browser, mapped_logdir: Path
) -> None:
    with served(mapped_logdir, first=WITHOUT_UMAP) as address:
        tab = open_tab(browser, address, SHOWN)
        tab.wait("canvas.map")
        option = tab.frame.get_by_role("combobox", name="Projection").locator("option").nth(1)
        expect(option).to_have_attribute(
            "title", "UMAP needs another package: pip install 'tb-neuron[projection]'"
        )


def test_umap_says_how_it_lays_out(shown: Tab) -> None:
    shown.frame.get_by_role("combobox", name="Projection").select_option("umap")
    shown.expect_address(pj="umap")
    settings = shown.frame.locator(".map-settings")
    # It compiles itself when it is first used.
    expect(settings).to_contain_text("UMAP of 24 points, 15 neighbours", timeout=90_000)
    expect(said(shown)).not_to_contain_text("laid out", timeout=90_000)


def test_t_sne_is_laid_out_in_the_background(shown: Tab) -> None:
    tab = show(shown, {**SHOWN, "pj": "tsne"})
    expect(tab.frame.locator(".map-settings")).to_contain_text("t-SNE of 24 points")


def test_the_table_and_its_file_hold_every_place(shown: Tab, run: Run) -> None:
    show(shown, {**SHOWN, "pt": "true"})
    planes = run.planes(LAYER)
    rows = shown.export_rows()
    found = [[float(row["x"]), float(row["y"])] for row in rows]
    wanted = planes.places[planes.steps.index(40)]
    np.testing.assert_allclose(found, wanted, rtol=6e-3, atol=6e-3)


def test_the_picture_holds_a_dot_for_every_unit(shown: Tab) -> None:
    svg = shown.export("SVG").decode()
    dots = [part for part in svg.split("<rect")[1:] if 'stroke="none"' in part and "rx=" in part]
    assert len(dots) == UNITS


def test_the_vectors_for_the_projector_can_be_had(shown: Tab) -> None:
    with shown.page.expect_download() as download:
        shown.frame.get_by_role("link", name="Download for the Embedding Projector").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"


def test_a_run_without_responses_says_how_to_record_them(mapped: dict[str, Tab]) -> None:
    tab = mapped["light"]
    tab.follow({"v": "map", "r": "plain"})
    tab.expect_in_view("No responses recorded")


def test_nothing_went_wrong(mapped: dict[str, Tab]) -> None:
    assert [tab.complaints + tab.foreign for tab in mapped.values()] == [[], []]
