"""Attribution in every view: it colours units, sizes tiles, leads from unit to unit, changes."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served
from test_accessibility import violations
from torch.nn import functional
from trained import digits, make_network, make_probe

import tb_neuron
from tb_neuron.answers import RecordingKey
from tb_neuron.attribution_answers import changes
from tb_neuron.experiment import Experiment
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, Recording, every

RUN, OTHER, LAYER, STEP = "attributed", "otherwise", "hidden.1", 36
LABEL = "gradient_x_activation:label"
MEAN, MEAN_ABS = f"{LABEL}:mean", f"{LABEL}:mean_abs"
THEMES = ["light", "dark"]
AT = {"r": RUN, "s": str(STEP)}
PLACES = {
    "overview by attribution": {**AT, "st": MEAN, "cl": "digit 3", "ar": "share"},
    "layers": {**AT, "v": "layer", "st": MEAN},
    "changes of mind": {**AT, "v": "layer", "l": LAYER, "ch": "true"},
    "unit": {**AT, "v": "unit", "l": LAYER, "u": "0"},
}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def train(folder: Path, learning_rate: float = 0.1) -> None:
    """Train, and record attributions by two methods; class means and flow at every other record."""
    images, labels = digits()
    model = make_network()
    optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate)
    recording = Recording(
        attributions=("gradient_x_activation", "gradient"),
        flow=6,
        schedules={"classes": every(8), "flow": every(8)},
    )
    probe = make_probe(64)
    with NeuronRecorder(
        model, probe, str(folder), schedule=every(4), recording=recording
    ) as recorder:
        for step in range(STEP + 1):
            recorder.step(step)
            optimiser.zero_grad()
            chosen = torch.randint(0, len(images), (64,))
            functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimiser.step()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("attributed")
    train(root / RUN)
    train(root / OTHER, 0.05)
    return root


@pytest.fixture(scope="module")
def experiment(folder: Path) -> Experiment:
    return tb_neuron.open(folder)


@pytest.fixture(scope="module")
def run(experiment: Experiment) -> Run:
    return experiment.runs[RUN]


@pytest.fixture(scope="module")
def pages(browser: Browser, folder: Path) -> Iterator[dict[str, Tab]]:
    with served(folder) as address:
        yield {theme: open_tab(browser, address, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def page(pages: dict[str, Tab]) -> Tab:
    return pages["light"]


def show(tab: Tab, state: dict[str, str]) -> None:
    """Follow a link, and wait for what it shows."""
    if "ch" not in state:
        tab.visit(state)
        return
    tab.close_dialog()
    tab.follow(state)
    tab.wait("tr.row")


def picker(tab: Tab, name: str) -> Locator:
    return tab.frame.get_by_role("combobox", name=name, exact=True)


def values_of(tab: Tab, layer: str) -> np.ndarray:
    """The values that the overview's file holds of a layer's units, by unit."""
    rows = [row for row in tab.export_rows() if row["layer"] == layer]
    return np.array([float(row["a"]) for row in sorted(rows, key=lambda row: int(row["unit"]))])


def test_the_picker_groups_statistics_by_method(page: Tab) -> None:
    show(page, AT)
    groups = picker(page, "colour").locator("optgroup")
    assert groups.evaluate_all("all => all.map(one => one.label)") == [
        "Activation",
        "Gradient × activation, toward the label",
        "Gradient, toward the label",
    ]


def test_the_overview_is_coloured_by_attribution(page: Tab, run: Run) -> None:
    show(page, {**AT, "st": MEAN})
    expected = run.recording().activations(LAYER, MEAN)[-1]
    np.testing.assert_allclose(values_of(page, LAYER), expected, rtol=0.006)


def test_a_class_colours_by_its_examples_alone(page: Tab, run: Run) -> None:
    show(page, {**AT, "st": MEAN})
    picker(page, "class").select_option("digit 3")
    page.expect_address(cl="digit 3")
    expect(page.legend).to_contain_text("over class digit 3")
    expected = run.recording().activations(LAYER, f"{MEAN}@3")[-1]
    np.testing.assert_allclose(values_of(page, LAYER), expected, rtol=0.006)


def test_the_legend_says_from_which_step_class_means_are_held(page: Tab, run: Run) -> None:
    steps = run.recording().class_statistics[MEAN].steps
    held = max(step for step in steps if step < STEP)
    assert STEP not in steps
    show(page, {**AT, "st": MEAN, "cl": "digit 3"})
    expect(page.legend).to_contain_text(f"class means of step {held}")


def test_a_statistic_that_is_not_known_by_class_offers_none(page: Tab) -> None:
    show(page, {**AT, "st": MEAN_ABS})
    expect(picker(page, "class")).to_have_attribute("aria-disabled", "true")
    picker(page, "class").focus()
    expect(page.frame.get_by_role("tooltip")).to_contain_text("Not known class by class")


def test_tiles_are_sized_by_their_share_of_attribution(page: Tab, run: Run) -> None:
    show(page, {**AT, "st": MEAN_ABS})
    picker(page, "area").select_option("share")
    page.expect_address(ar="share")
    page.expect_in_view("no tile is smaller than 40 %")
    sums = {
        layer.name: float(run.recording().activations(layer.name, MEAN_ABS)[-1].sum())
        for layer in run.recording().layers
    }
    floor = 0.4 * sum(sums.values()) / len(sums)
    boxes = page.frame.locator(".frames .tile")
    sizes = [box["width"] * box["height"] for box in map(Locator.bounding_box, boxes.all()) if box]
    wanted = np.array([max(size, floor) for size in sums.values()])
    # Headers and gaps take a part that is not to scale.
    found = np.array(sizes) / sum(sizes)
    np.testing.assert_allclose(found, wanted / wanted.sum(), atol=0.06)


def test_what_was_chosen_survives_a_reload(page: Tab) -> None:
    state = {**AT, "st": MEAN, "cl": "digit 3", "ar": "share"}
    show(page, state)
    page.reload(state)
    expect(page.legend).to_contain_text("over class digit 3")
    expect(picker(page, "area")).to_have_value("share")


def test_the_layer_s_table_says_what_its_columns_are_of(page: Tab) -> None:
    show(page, {**AT, "v": "layer", "l": LAYER})
    heads = page.frame.locator("tr.groups th").all_inner_texts()
    # Below stands whether to believe it.
    assert [head.split("\n")[0] for head in heads] == [
        "activation",
        "gradient × activation, toward the label",
        "gradient, toward the label",
    ]


def strongest_unit(run: Run) -> int:
    """The unit of the layer with the most attribution: it has links of its own."""
    return int(np.argmax(run.recording().activations(LAYER, MEAN_ABS)[-1]))


def strands(tab: Tab, side: str) -> Locator:
    return tab.frame.get_by_role("region", name=f"Strongest {side}").get_by_role("button")


@pytest.mark.parametrize(("there", "back"), [("sources", "targets"), ("targets", "sources")])
def test_a_link_of_the_flow_leads_there_and_back(
    page: Tab, run: Run, there: str, back: str
) -> None:
    unit = strongest_unit(run)
    show(page, {**AT, "v": "unit", "l": LAYER, "u": str(unit)})
    first = strands(page, there).first
    name = first.inner_text()
    layer, _, other = name.rpartition(" unit ")
    first.click()
    page.expect_address(l=layer, u=other)
    strands(page, back).get_by_text(f"{LAYER} unit {unit}", exact=True).click()
    page.expect_address(l=LAYER, u=str(unit))


def test_sources_of_a_unit_are_those_of_the_recorded_flow(page: Tab, run: Run) -> None:
    unit = strongest_unit(run)
    flow = run.recording().flows.flow(STEP)
    names = [layer.name for layer in flow.layers]
    (link,) = [each for each in flow.links if names[each.target] == LAYER]
    source, target = flow.layers[link.source], flow.layers[link.target]
    values = link.values[:-1, target.shown.index(unit)]
    strongest = source.shown[int(np.argmax(abs(values)))]
    show(page, {**AT, "v": "unit", "l": LAYER, "u": str(unit)})
    expect(strands(page, "sources").first).to_have_text(f"{source.name} unit {strongest}")


def test_changes_of_mind_are_listed_and_lead_to_their_step(
    page: Tab, experiment: Experiment
) -> None:
    found = changes(experiment, RecordingKey(RUN), LAYER)["changes"]
    assert found
    show(page, {**AT, "v": "layer", "l": LAYER})
    page.frame.get_by_role("button", name=f"Changes of mind {len(found)}").click()
    page.wait("tr.row")
    page.frame.locator("tr.row").first.click()
    page.expect_step(found[0]["step"])
    page.expect_address(v="unit", u=str(found[0]["unit"]))
    events = page.frame.locator(".events").first
    expect(events).to_contain_text(re.compile(rf"at step {found[0]['step']}\b"))


@pytest.mark.parametrize(("mode", "sides"), [("b", ["B"]), ("diff", ["A", "B"])])
def test_where_runs_are_compared_changes_are_of_what_is_shown(
    page: Tab, experiment: Experiment, mode: str, sides: list[str]
) -> None:
    runs = {"A": RUN, "B": OTHER}
    counts = [
        len(changes(experiment, RecordingKey(runs[side]), LAYER)["changes"]) for side in sides
    ]
    show(page, {**PLACES["changes of mind"], "br": OTHER, "c": mode})
    count = sum(counts)
    expect(page.frame.get_by_role("button", name=f"Changes of mind {count}")).to_be_visible()
    expect(page.frame.get_by_text(f"Of {' and '.join(sides)}.")).to_be_visible()


@pytest.mark.parametrize("method", ["gradient_x_activation", "gradient"])
def test_class_strips_are_those_of_the_chosen_method_at_a_and_b(page: Tab, method: str) -> None:
    state = {**PLACES["unit"], "br": OTHER, "c": "diff", "at": f"{method}:label"}
    show(page, state)
    for side in ("A", "B"):
        strip = page.frame.get_by_text(f"Mean attribution by class of {side}", exact=True)
        expect(strip).to_be_visible()


def test_the_file_of_a_unit_holds_the_class_means_of_every_method(page: Tab, run: Run) -> None:
    show(page, PLACES["unit"])
    row = page.export_rows()[0]
    series = run.recording().unit_series(LAYER, 0)
    for number, (method, target) in enumerate(series.class_methods):
        told = row[f"class mean digit 3 of {method}:{target}"]
        expected = float(series.class_attributions[number, 3, 0])
        assert float(told) == pytest.approx(expected, rel=0.006)


def test_a_header_tells_its_counts_to_the_keyboard(page: Tab) -> None:
    show(page, AT)
    page.frame.get_by_role("button", name=f"Zoom to layer {LAYER}").focus()
    expect(page.frame.locator(".stage-place [aria-live]")).to_contain_text(f"{LAYER}, 24 units.")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("place", PLACES)
def test_a_view_of_attribution_has_no_accessibility_violation(
    pages: dict[str, Tab], place: str, theme: str
) -> None:
    show(pages[theme], PLACES[place])
    assert violations(pages[theme]) == []


def test_the_tab_has_no_complaint(pages: dict[str, Tab]) -> None:
    assert [tab.complaints for tab in pages.values()] == [[], []]
