"""The view Flow over a real training: what it shows at which step, and where its nodes lead."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served
from test_accessibility import violations
from trained import train

import tb_neuron
from tb_neuron.flows import FlowReader
from tb_neuron_callbacks import Recording, every

LAYER, SHOWN = "features.1", 4
#: In the run of one method.
PINNED = f"{LAYER}:0,6"
#: Flow is in every other record, of four steps each.
STEPS, BETWEEN = 24, 8
HERE = {"v": "flow", "r": "flowing", "s": "16"}
THEMES = ["light", "dark"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with flow of four units a layer by two methods, one by one method, and one without."""
    root = tmp_path_factory.mktemp("flow")
    methods = ("gradient_x_activation", "lrp")
    how = Recording(flow=SHOWN, flow_methods=methods, schedules={"flow": every(BETWEEN)})
    train(root / "flowing", 0.05, steps=STEPS, recording=how)
    train(root / "one-method", 0.05, steps=4, recording=Recording(flow=SHOWN, detail=[PINNED]))
    train(root / "without", 0.05, steps=4)
    return root


@pytest.fixture(scope="module")
def both(browser: Browser, runs: Path) -> Iterator[dict[str, Tab]]:
    with served(runs) as address:
        yield {theme: open_tab(browser, address, HERE, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(both: dict[str, Tab]) -> Tab:
    """The tab in the light theme, at the view."""
    both["light"].visit(HERE)
    return both["light"]


@pytest.fixture(scope="module")
def reader(runs: Path) -> FlowReader:
    return tb_neuron.open(runs).runs["flowing"].recording().flows


def strongest_unit(reader: FlowReader) -> int:
    flow = reader.flow(16)
    place = [layer.name for layer in flow.layers].index(LAYER)
    return flow.layers[place].shown[int(np.argmax(flow.magnitudes[place][:-1]))]


def node(tab: Tab, name: str) -> Locator:
    return tab.frame.get_by_role("button", name=re.compile(rf"^{re.escape(name)}, attribution"))


def picture(tab: Tab) -> str:
    """The diagram's pixels once nothing moves."""
    before = ""
    while True:
        tab.page.wait_for_timeout(80)
        now = tab.frame.evaluate("document.querySelector('.flow-stage canvas').toDataURL()")
        if now == before:
            return now
        before = now


def test_the_record_that_is_shown_is_named(tab: Tab) -> None:
    tab.visit({**HERE, "s": "20"})
    tab.expect_in_view("Flow recorded at step 16, the last before step 20.")


def test_the_picture_changes_with_the_step(tab: Tab) -> None:
    late = picture(tab)
    tab.visit({**HERE, "s": "0"})
    assert picture(tab) != late


def test_the_picture_stays_between_two_records_of_flow(tab: Tab) -> None:
    here = picture(tab)
    tab.visit({**HERE, "s": "20"})
    assert picture(tab) == here


def test_each_column_tells_how_many_units_it_shows(tab: Tab) -> None:
    expect(tab.frame.get_by_text(re.compile(rf"^{SHOWN} of 8 · \d")).first).to_be_visible()


def test_fewer_units_join_the_others(tab: Tab) -> None:
    tab.visit({**HERE, "fk": "1"})
    expect(tab.frame.get_by_role("button", name=f"7 others of {LAYER}")).to_have_count(1)


def test_pointing_at_a_unit_tells_its_sources_and_targets(tab: Tab, reader: FlowReader) -> None:
    node(tab, f"{LAYER} {strongest_unit(reader)}").hover()
    tip = tab.frame.locator(".flow-tip")
    expect(tip.get_by_role("row", name=re.compile(r"from input 0 "))).to_be_visible()
    expect(tip.get_by_role("row", name=re.compile(r"^to "))).to_be_visible()


def test_a_click_selects_the_unit_and_enter_opens_it(tab: Tab, reader: FlowReader) -> None:
    unit = strongest_unit(reader)
    node(tab, f"{LAYER} {unit}").click()
    tab.expect_address(l=LAYER, u=str(unit))
    tab.press("Enter")
    tab.ready({"v": "unit", "u": str(unit)})


def test_a_double_click_opens_the_unit(tab: Tab, reader: FlowReader) -> None:
    unit = strongest_unit(reader)
    node(tab, f"{LAYER} {unit}").dblclick()
    tab.ready({"v": "unit", "u": str(unit)})


def test_arrow_keys_go_from_node_to_node(tab: Tab) -> None:
    tab.frame.locator(".flow-node[tabindex='0']").focus()
    tab.press("ArrowRight", "ArrowUp")
    focused = tab.frame.locator(".flow-node:focus")
    expect(focused).to_have_attribute("aria-label", re.compile(rf"^{re.escape(LAYER)} \d+,"))
    expect(tab.frame.locator(".flow-tip")).to_be_visible()


def test_a_class_is_chosen_by_its_name(tab: Tab, reader: FlowReader) -> None:
    examples = reader.flow(16, "class 3").examples
    tab.frame.get_by_label("flow of").select_option(label=f"digit 3 ({examples})")
    tab.expect_address(fg="class 3")
    tab.expect_in_view(f"mean over the {examples} examples of digit 3")


def test_a_method_is_chosen_and_its_flow_is_relevance(tab: Tab, reader: FlowReader) -> None:
    tab.frame.get_by_label("method").select_option(label="LRP relevance")
    tab.expect_address(fm="lrp")
    tab.expect_in_view("LRP relevance of the label’s logit")
    relevance = re.compile(rf"^{re.escape(LAYER)} {strongest_unit(reader)}, relevance")
    expect(tab.frame.get_by_role("button", name=relevance)).to_have_count(1)


def test_a_saved_table_tells_the_method(tab: Tab) -> None:
    tab.visit({**HERE, "fm": "lrp"})
    rows = list(csv.DictReader(io.StringIO(tab.export("CSV").decode())))
    assert {row["method"] for row in rows} == {"lrp"}


def test_a_tip_calls_it_relevance(tab: Tab, reader: FlowReader) -> None:
    tab.visit({**HERE, "fm": "lrp"})
    relevance = re.compile(rf"^{re.escape(LAYER)} {strongest_unit(reader)}, relevance")
    tab.frame.get_by_role("button", name=relevance).hover()
    tip = tab.frame.locator(".flow-tip")
    expect(tip.get_by_text("mean |relevance|")).to_be_visible()


def test_one_method_is_no_choice(tab: Tab) -> None:
    tab.visit({"v": "flow", "r": "one-method"})
    tab.expect_in_view("Gradient × activation of the label’s logit")
    expect(tab.frame.get_by_label("method")).to_have_count(0)


def test_pinned_units_are_told_as_such_and_stay_with_fewer_units(tab: Tab) -> None:
    tab.visit({"v": "flow", "r": "one-method", "fk": "1"})
    for unit in (0, 6):
        pinned = tab.frame.get_by_role("button", name=f"{LAYER} {unit}, pinned, attribution")
        expect(pinned).to_have_text(f"{unit} · pinned")


def test_a_tracked_example_is_shown_with_its_picture(tab: Tab) -> None:
    tab.visit({**HERE, "fg": "example 0"})
    view = tab.frame.get_by_role("region", name="Flow")
    expect(view.get_by_role("img", name="Example 0")).to_be_visible()


def test_a_group_that_is_not_there_has_a_way_out(tab: Tab) -> None:
    tab.close_dialog()
    tab.follow({**HERE, "fg": "class 77"})
    tab.frame.get_by_role("button", name="Show all examples").click()
    tab.ready(HERE)


def test_the_choice_survives_a_reload(tab: Tab) -> None:
    wanted = {**HERE, "fg": "class 3", "fm": "lrp", "fk": "2", "ft": "5", "fo": "unit"}
    tab.visit(wanted)
    tab.reload(wanted)
    expect(tab.frame.get_by_label("flow of")).to_have_value("class 3")
    assert tab.address() == wanted


def test_a_difference_says_that_it_is_not_drawn(tab: Tab) -> None:
    tab.visit({**HERE, "c": "diff", "bs": "0"})
    tab.expect_in_view("Differences of flow aren’t drawn: this is A.")


def test_b_alone_shows_the_flow_of_b(tab: Tab) -> None:
    tab.visit({**HERE, "c": "b", "bs": "8"})
    tab.expect_in_view("Flow recorded at step 8.")


def test_a_run_without_flow_says_how_to_record_it(tab: Tab) -> None:
    tab.close_dialog()
    tab.follow({"v": "flow", "r": "without"})
    expect(tab.frame.get_by_text("recording=Recording(flow=16)")).to_be_visible()


def test_the_table_has_a_row_for_every_link(tab: Tab) -> None:
    tab.visit({**HERE, "fl": "true"})
    rows = tab.frame.get_by_role("table", name="Links of the flow")
    expect(rows).to_have_attribute("aria-rowcount", str(1 + len(tab.export_rows())))


def test_a_saved_table_holds_the_links_of_the_record(tab: Tab, reader: FlowReader) -> None:
    flow = reader.flow(16)
    rows = list(csv.DictReader(io.StringIO(tab.export("CSV").decode())))
    into = sum(float(row["flow"]) for row in rows if row["to_layer"] == LAYER)
    place = [layer.name for layer in flow.layers].index(LAYER)
    # Links are on a grid of 8 %, and a file gives three digits of them.
    assert into == pytest.approx(float(flow.attributions[place].sum()), rel=0.08)


def test_a_saved_picture_tells_its_record(tab: Tab) -> None:
    texts = [
        "".join(element.itertext())
        for element in ElementTree.fromstring(tab.export("SVG")).iter(
            "{http://www.w3.org/2000/svg}text"
        )
    ]
    assert any("flow recorded at step 16" in text for text in texts)


def test_a_saved_png_shows_something(tab: Tab) -> None:
    colours = Image.open(io.BytesIO(tab.export("PNG"))).convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 20


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", [{}, {"fl": "true"}, {"c": "diff"}, {"fm": "lrp"}], ids=str)
def test_the_view_has_no_accessibility_violation(
    both: dict[str, Tab], theme: str, state: dict[str, str]
) -> None:
    both[theme].visit({**HERE, **state})
    assert violations(both[theme]) == []


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_complained_of(both: dict[str, Tab], theme: str) -> None:
    both[theme].visit(HERE)
    assert both[theme].complaints + both[theme].foreign == []
