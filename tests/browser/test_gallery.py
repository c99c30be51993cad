"""The gallery's charts on small runs of the demos: drawn, told in words, no wider than a page."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser
from served_tab import TWO_FRAMES, Tab, open_tab, served
from test_accessibility import THEMES

from charts import CHARTS, Chart
from gallery import TRAINED_BY, index

ROOT = Path(__file__).parents[2]
ADDRESS_TS = ROOT / "frontend" / "src" / "address.ts"
#: Lists of `address.ts` each value of which has a picture, by the key that holds it.
FORMS = {"VIEWS": "v", "AREAS": "ar", "JOINT_FORMS": "jf", "POINT_KINDS": "po", "MAP_STYLES": "ps"}
FORMS |= {"LAYER_FORMS": "lf", "EXAMPLE_FORMS": "xv", "FLOW_NODES": "fn"}
EPOCHS = {"digits.py": "2", "superposition.py": "2"}
WIDTHS = (1440, 800)
#: Fewer are a ground and a border.
COLOURS = 6

#: Pictures that nothing tells in words to those who do not see them.
UNTOLD = """() => {
    const roles = ['img', 'application', 'group', 'grid'].map((it) => `[role=${it}][aria-label]`);
    const told = ['[aria-hidden="true"]', 'button', 'a', '[tabindex][aria-label]', ...roles].join();
    return [...document.querySelectorAll('.view canvas, .view svg')]
        .filter((it) => it.getBoundingClientRect().width > 0 && !it.closest(told))
        .map((it) => it.parentElement.outerHTML.slice(0, 160));
}"""
#: How much wider than its window the page is, or the view than its place.
OVERFLOW = """() => Math.max(...[document.documentElement, document.querySelector('.view > *')]
    .map((it) => it.scrollWidth - it.clientWidth))"""

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
# UMAP compiles itself for longer than all of the others take.
ALL_CHARTS = pytest.mark.parametrize("name", [name for name in CHARTS if name != "map-umap"])
BOTH_THEMES = pytest.mark.parametrize("theme", THEMES)


@dataclass(frozen=True)
class Sight:
    """What was found of a chart."""

    colours: int
    untold: list[str]
    overflow: dict[int, int]
    failures: list[str]
    complaints: list[str]


@pytest.fixture(scope="module")
def demo_logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demos record in two epochs."""
    folder = tmp_path_factory.mktemp("gallery")
    environment = {**os.environ, "DEMO_ONLY_TRAIN": "1", "DEMO_RUNS": str(folder)}
    for script in sorted(set(TRAINED_BY.values())):
        command = [sys.executable, script, "--epochs", EPOCHS[script]]
        subprocess.run(command, cwd=ROOT / "demo", env=environment, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def sights(browser: Browser, demo_logdir: Path) -> Iterator[Callable[[str, str], Sight]]:
    """Looks at a chart in a theme, once."""
    with served(demo_logdir) as address:
        tabs: dict[str, Tab] = {}
        known: dict[tuple[str, str], Sight] = {}

        def sight(name: str, theme: str) -> Sight:
            if theme not in tabs:
                tabs[theme] = open_tab(browser, address, {"r": "sane"}, dark=theme == "dark")
            if (name, theme) not in known:
                known[name, theme] = look(tabs[theme], CHARTS[name])
            return known[name, theme]

        yield sight


def look(tab: Tab, chart: Chart) -> Sight:
    """Open a chart and note what is found of it."""
    tab.complaints.clear()
    tab.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    tab.follow(dict(chart.keys))
    seen = tab.frame.locator(chart.seen).first
    seen.wait_for(timeout=30_000)
    seen.evaluate("element => element.scrollIntoView({ block: 'center' })")
    tab.page.wait_for_load_state("networkidle")
    tab.frame.evaluate(TWO_FRAMES)
    failures = tab.frame.locator(".view [role=alert], .view .failure, .notice").all_inner_texts()
    untold = tab.frame.evaluate(UNTOLD)
    colours = colours_of(tab.frame.locator(".view").screenshot())
    overflow = {}
    for width in WIDTHS:
        tab.page.set_viewport_size({"width": width, "height": 900})
        overflow[width] = settled_overflow(tab)
    return Sight(colours, untold, overflow, failures, list(tab.complaints))


def settled_overflow(tab: Tab) -> int:
    """How much is too wide once what measures its place has measured it anew."""
    for _ in range(20):
        tab.frame.evaluate(TWO_FRAMES)
        if tab.frame.evaluate(OVERFLOW) <= 0:
            return 0
    return tab.frame.evaluate(OVERFLOW)


def colours_of(png: bytes) -> int:
    """How many colours a picture has, but for shades in between."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    return len(set(picture.quantize(64).convert("RGB").get_flattened_data()))


@BOTH_THEMES
@ALL_CHARTS
def test_a_chart_is_drawn(sights: Callable[[str, str], Sight], name: str, theme: str) -> None:
    assert sights(name, theme).colours > COLOURS


@BOTH_THEMES
@ALL_CHARTS
def test_a_chart_is_told_in_words(
    sights: Callable[[str, str], Sight], name: str, theme: str
) -> None:
    assert sights(name, theme).untold == []


@BOTH_THEMES
@ALL_CHARTS
def test_a_chart_is_no_wider_than_its_page(
    sights: Callable[[str, str], Sight], name: str, theme: str
) -> None:
    assert max(sights(name, theme).overflow.values()) <= 0, sights(name, theme).overflow


@BOTH_THEMES
@ALL_CHARTS
def test_nothing_fails_where_a_chart_is_shown(
    sights: Callable[[str, str], Sight], name: str, theme: str
) -> None:
    sight = sights(name, theme)
    assert sight.failures + sight.complaints == []


@pytest.mark.parametrize("constant", FORMS)
def test_every_view_and_form_has_a_picture(constant: str) -> None:
    text = ADDRESS_TS.read_text(encoding="utf-8")
    found = re.search(rf"export const {constant} = \[(.*?)\] as const;", text, re.DOTALL)
    assert found is not None
    values = re.findall(r'"(\w+)"', found[1])
    # What is not in an address is the first.
    shown = {chart.keys.get(FORMS[constant], values[0]) for chart in CHARTS.values()}
    assert set(values) <= shown, "add a chart to demo/charts.py, and run: make gallery"


def test_the_index_of_pictures_is_what_the_table_of_charts_gives() -> None:
    written = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert written == index(CHARTS), "run: make gallery"


@pytest.mark.parametrize("ending", ["", "-dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_its_pictures(name: str, ending: str) -> None:
    assert (ROOT / "docs" / "gallery" / f"{name}{ending}.png").is_file()
