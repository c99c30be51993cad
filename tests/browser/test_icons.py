"""Icons of units, wherever one is named: real inputs of every kind, both sides, both themes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from recorded_detector import CLASS, DETECTOR, LAYER, NAMES, SILENT
from recorded_detector import record as record_detector
from recorded_inputs import RECORDS, WEIGHTS
from served_tab import Tab, open_tab, served, until
from test_accessibility import violations
from trained import train

import tb_neuron
from tb_neuron.experiment import Experiment
from tb_neuron_callbacks import Recording, every
from tb_neuron_callbacks.featurevis import main

THEMES = ["light", "dark"]
STEP = "40"
#: Of each kind of input, a layer with positions where it has some.
LAYERS = {"text": "mixing.1", "ids": "memory", "rows": "1", "signals": "3", "channels": "1"}
FORMS = {
    "text": "tokens",
    "ids": "tokens",
    "rows": "columns",
    "signals": "signal",
    "channels": "picture",
}
START = {"v": "layer", "r": "digits", "l": "features.1", "s": "8"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of each kind of input, the network of a known detector, and digits."""
    root = tmp_path_factory.mktemp("icons")
    for name, record in RECORDS.items():
        record(root / name)
    record_detector(root / "detector", examples_of_units=9)
    often = {kind: every(4) for kind in ("responses", "examples", "flow", "evidence")}
    how = Recording(
        responses=("activation",), examples=5, flow=6, evidence=10, trust=False, schedules=often
    )
    train(root / "digits", 0.05, steps=8, recording=how)
    train(root / "without", 0.05, steps=4)
    weights = str(root / "channels" / WEIGHTS)
    sought = ["--model", "recorded_inputs:channel_network", "--units", "1:0", "--step", STEP]
    more = ["--steps", "4", "--images", "2"]
    assert main([str(root / "channels"), weights, *sought, *more]) == 0
    return root


@pytest.fixture(scope="module")
def both(browser: Browser, runs: Path) -> Iterator[dict[str, Tab]]:
    with served(runs) as address:
        yield {theme: open_tab(browser, address, START, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(both: dict[str, Tab]) -> Tab:
    return both["light"]


@pytest.fixture(scope="module")
def experiment(runs: Path) -> Experiment:
    return tb_neuron.open(runs)


def icons(place: Locator) -> Locator:
    return place.locator(".unit-icon")


def live_unit(experiment: Experiment, run: str) -> int:
    """The unit of the largest response in a run's layer."""
    return int(experiment.runs[run].examples(LAYERS[run], int(STEP)).values[:, 0].argmax())


def visit_unit(tab: Tab, run: str, unit: int, step: str = STEP) -> Locator:
    layer = LAYERS.get(run, LAYER)
    tab.visit({"v": "unit", "r": run, "l": layer, "u": str(unit), "s": step})
    return tab.frame.get_by_role("region", name="Top examples")


@pytest.mark.parametrize("run", LAYERS)
def test_each_kind_of_input_has_icons_of_its_form(
    tab: Tab, experiment: Experiment, run: str
) -> None:
    strip = visit_unit(tab, run, live_unit(experiment, run))
    expect(icons(strip).first).to_have_attribute("data-form", FORMS[run])


@pytest.mark.parametrize("run", LAYERS)
def test_the_strip_shows_what_the_reader_finds(tab: Tab, experiment: Experiment, run: str) -> None:
    unit = live_unit(experiment, run)
    strip = visit_unit(tab, run, unit)
    example = int(experiment.runs[run].examples(LAYERS[run], int(STEP)).examples[unit, 0])
    expect(icons(strip).first).to_have_attribute("title", re.compile(rf"example {example}\b"))


def test_the_token_that_answered_is_marked(tab: Tab, experiment: Experiment) -> None:
    unit = live_unit(experiment, "text")
    strip, found = visit_unit(tab, "text", unit), experiment.runs["text"]
    top = found.examples("mixing.1", int(STEP))
    wanted = found.tokens(int(top.examples[unit, 0]))[int(top.positions[unit, 0])]
    expect(strip.locator("mark").first).to_have_text(wanted)


def test_without_a_tokenizer_the_id_is_marked(tab: Tab, experiment: Experiment) -> None:
    strip = visit_unit(tab, "ids", live_unit(experiment, "ids"))
    expect(strip.locator("mark").first).to_have_text(re.compile(r"^\d+$"))


def test_the_columns_of_rows_have_their_names(tab: Tab, experiment: Experiment) -> None:
    strip = visit_unit(tab, "rows", live_unit(experiment, "rows"))
    names = set(experiment.runs["rows"].recording().probe_set.column_names)
    shown = strip.locator(".icon-column b")
    expect(shown).to_have_count(3)
    assert set(shown.all_inner_texts()) <= names


def test_a_signal_is_a_line_a_channel(tab: Tab, experiment: Experiment) -> None:
    strip = visit_unit(tab, "signals", live_unit(experiment, "signals"))
    expect(icons(strip).first.locator("polyline")).to_have_count(3)


def test_a_picture_of_twelve_channels_has_colours(tab: Tab, experiment: Experiment) -> None:
    strip = visit_unit(tab, "channels", live_unit(experiment, "channels"))
    canvas = icons(strip).first.locator("canvas")
    has_colours = """canvas => {
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, at) => at % 4 === 0 && value !== data[at + 1]);
    }"""
    # It is drawn after it was placed, once its picture has come.
    until(lambda: canvas.evaluate(has_colours), tab.page)


def test_the_detector_s_icons_are_all_of_its_class(tab: Tab) -> None:
    strip = visit_unit(tab, "detector", DETECTOR, "3")
    expect(icons(strip)).to_have_count(8)
    for icon in icons(strip).all():
        expect(icon).to_have_attribute("title", re.compile(re.escape(f"({NAMES[CLASS]})")))


def test_a_silent_unit_says_that_nothing_stands_for_it(tab: Tab) -> None:
    strip = visit_unit(tab, "detector", SILENT, "3")
    expect(strip).to_contain_text("It responds alike to all examples")


def test_images_that_were_sought_stand_beside_the_examples(tab: Tab) -> None:
    strip = visit_unit(tab, "channels", 0)
    sought = strip.locator(".sought img")
    expect(sought).to_have_count(2)
    expect(sought.first).to_have_attribute("alt", re.compile("found by optimisation on checkpoint"))
    assert sought.first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 26


def test_a_sought_image_is_part_of_the_unit_s_icon(tab: Tab) -> None:
    visit_unit(tab, "channels", 0)
    image = tab.frame.locator(".inspector .sought-image")
    expect(image).to_have_count(1)
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 26


def test_the_chart_of_drift_is_undefined_at_the_first_record(tab: Tab) -> None:
    visit_unit(tab, "detector", DETECTOR, "3")
    chart = tab.frame.locator(".chart", has_text="Meaning drift")
    expect(chart.locator("svg").first).to_be_visible()


def test_a_run_without_examples_shows_no_icons(tab: Tab) -> None:
    tab.visit({"v": "unit", "r": "without", "l": "hidden.1", "u": "3", "s": "4"})
    expect(tab.frame.locator(".unit-icon")).to_have_count(0)


def test_the_layer_table_has_an_icon_in_each_visible_row(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "digits", "l": "features.1", "s": "8"})
    expect(icons(tab.frame.locator("tr.row"))).to_have_count(8)


def test_the_layer_table_sorts_by_drift(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "digits", "l": "features.1", "s": "8", "q": "-meaning drift"})
    rows = tab.export_rows()
    drifts = [float(row["meaning drift"]) for row in rows if row["meaning drift"] not in ("", "–")]
    assert drifts == sorted(drifts, reverse=True)
    assert drifts


def test_all_icons_of_a_layer_are_one_request(tab: Tab) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.reload({"v": "layer", "r": "digits", "l": "features.1", "s": "8"})
    expect(icons(tab.frame.locator("tr.row"))).to_have_count(8)
    pictures = [url for url in asked if re.search(r"/(unit_icons|pictures|image)\?", url)]
    assert sorted(re.findall(r"/(\w+)\?", " ".join(pictures))) == ["pictures", "unit_icons"]


@pytest.mark.parametrize("side", ["a", "b"])
def test_icons_are_of_the_side_that_is_shown(tab: Tab, experiment: Experiment, side: str) -> None:
    state = {"v": "layer", "r": "digits", "l": "features.1", "s": "8", "bs": "0", "c": side}
    tab.visit(state)
    found = experiment.runs["digits"].examples("features.1", 8 if side == "a" else 0)
    example = int(found.examples[0, 0])
    icon = icons(tab.frame.locator("tr.row").first)
    expect(icon).to_have_attribute("title", re.compile(rf"example {example}\b"))


def test_a_difference_shows_both_sides(tab: Tab) -> None:
    tab.visit(
        {"v": "unit", "r": "digits", "l": "features.1", "u": "1", "s": "8", "bs": "0", "c": "diff"}
    )
    for side in "AB":
        region = tab.frame.get_by_role("region", name=f"Top examples of {side}")
        expect(icons(region).first).to_be_visible()


def test_nothing_is_asked_for_while_the_film_plays(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "digits", "l": "features.1", "s": "0"})
    expect(icons(tab.frame.locator("tr.row"))).to_have_count(8)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.press("Space")
    tab.expect_step(8)
    before_pause = [url for url in asked if "unit_icons" in url]
    tab.press("Space")
    assert len(before_pause) <= 1


@pytest.mark.parametrize(
    ("state", "selector"),
    [
        ({"v": "flow"}, ".flow-node.unit"),
        ({"v": "layer", "l": "features.1", "lf": "patterns"}, ".pattern-head"),
        ({"v": "layer", "l": "features.1", "lf": "groups"}, ".group-units"),
    ],
    ids=["flow", "patterns", "groups"],
)
def test_icons_stand_where_units_are_named(tab: Tab, state: dict[str, str], selector: str) -> None:
    tab.visit({"r": "digits", "s": "8", **state})
    expect(icons(tab.frame.locator(selector)).first).to_be_visible()


def test_the_search_shows_icons(tab: Tab) -> None:
    tab.visit({"v": "layer", "r": "digits", "l": "features.1", "s": "8"})
    tab.press("/")
    tab.frame.get_by_role("searchbox").fill("features 1")
    expect(icons(tab.frame.locator(".found")).first).to_be_visible()
    tab.close_dialog()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("run", LAYERS)
def test_pages_with_icons_are_accessible(
    both: dict[str, Tab], experiment: Experiment, run: str, theme: str
) -> None:
    strip = visit_unit(both[theme], run, live_unit(experiment, run))
    expect(icons(strip).first).to_be_visible()
    assert violations(both[theme]) == []


def test_no_page_complained(both: dict[str, Tab]) -> None:
    assert [tab.complaints for tab in both.values()] == [[], []]
