"""Evidence for and against classes in the tab: of an example and of a unit, in both themes."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, plugin_frame, served
from test_accessibility import THEMES, violations
from torch.nn import functional
from trained import digits, make_network

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

TRACKED = list(range(8))
LAYER, PIN = "hidden.1", 3
EXAMPLE = {"v": "examples", "r": "evident", "s": "8", "x": "3", "el": LAYER}
UNIT = {"v": "unit", "r": "evident", "s": "8", "l": LAYER, "u": str(PIN)}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def train_evident(folder: Path, **choices: object) -> None:
    """Train and record, evidence at every second record."""
    images, labels = digits()
    names = [f"digit {digit}" for digit in range(10)]
    probe = ProbeSet.from_tensors(images[:32], labels[:32], class_names=names, tracked=TRACKED)
    model = make_network()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = Recording(schedules={"evidence": every(8), "maps": every(4)}, **choices)  # pyright: ignore[reportArgumentType]
    with NeuronRecorder(
        model, probe, str(folder), schedule=every(4), recording=recording
    ) as recorder:
        for step in range(17):
            recorder.step(step)
            optimiser.zero_grad()
            functional.cross_entropy(model(images[:256]), labels[:256]).backward()
            optimiser.step()


@pytest.fixture(scope="module")
def evident_logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with evidence and maps, one with evidence alone, and one with maps alone."""
    root = tmp_path_factory.mktemp("evidence")
    maps = {"maps": ("saliency",), "trust": False}
    train_evident(root / "evident", evidence=10, detail=[f"{LAYER}:{PIN}"], **maps)
    train_evident(root / "alone", evidence=10)
    train_evident(root / "without", **maps)
    return root


@pytest.fixture(scope="module")
def run(evident_logdir: Path) -> Run:
    return tb_neuron.open(evident_logdir).runs["evident"]


@pytest.fixture(scope="module")
def tabs(browser: Browser, evident_logdir: Path) -> Iterator[dict[str, Tab]]:
    """The tab in both themes."""
    with served(evident_logdir) as address:
        yield {theme: open_tab(browser, address, EXAMPLE, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(tabs: dict[str, Tab]) -> Tab:
    return tabs["light"]


def show(tab: Tab, state: dict[str, str], selector: str = "") -> Tab:
    """Follow a link; wait for the evidence."""
    tab.close_dialog()
    tab.page.mouse.move(1, 1)
    tab.follow(state)
    tab.wait(selector or (".evidence-matrix" if state["v"] == "unit" else ".evidence-classes"))
    return tab


def part(tab: Tab) -> Locator:
    return tab.frame.get_by_role("region", name="Evidence for each class")


def versus(run: Run, first: int, second: int, example: int, step: int = 8) -> np.ndarray:
    """What each unit says for one class rather than another, as it is stored."""
    found = run.evidence(LAYER, step)
    place = found.examples.index(example)
    return found.net[place, first] - found.net[place, second]


def predicted(run: Run, example: int, step: int = 8) -> int:
    prediction = run.outputs(step).prediction
    assert prediction is not None
    return int(prediction[example])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", [EXAMPLE, UNIT], ids=["example", "unit"])
def test_evidence_has_no_accessibility_violation(
    tabs: dict[str, Tab], theme: str, state: dict[str, str]
) -> None:
    assert violations(show(tabs[theme], state)) == []


def test_every_class_has_a_row_with_its_net(tab: Tab, run: Run) -> None:
    show(tab, EXAMPLE)
    rows = part(tab).locator(".evidence-classes tbody tr")
    expect(rows).to_have_count(10)
    first = predicted(run, 3)
    expect(rows.nth(first)).to_contain_text("predicted")
    expect(rows.nth(3)).to_contain_text("label")


def test_the_unit_that_speaks_most_for_a_class_is_named_first(tab: Tab, run: Run) -> None:
    show(tab, EXAMPLE)
    found = run.evidence(LAYER, 8)
    strongest = int(found.net[found.examples.index(3), 5].argmax())
    row = part(tab).locator(".evidence-classes tbody tr").nth(5)
    expect(row.locator(".speaker.favour").first).to_have_text(re.compile(rf"^unit {strongest}, \+"))


def test_the_prediction_is_held_against_the_chosen_class(tab: Tab, run: Run) -> None:
    show(tab, EXAMPLE)
    first = predicted(run, 3)
    second = next(number for number in (9, 8) if number != first)
    part(tab).get_by_role("combobox", name="The other class").select_option(str(second))
    region = tab.frame.get_by_role("region", name=f"Why digit {first} and not digit {second}")
    strongest = int(versus(run, first, second, 3).argmax())
    expect(region.locator("tbody tr").first).to_contain_text(f"unit {strongest}")
    tab.expect_address(er=str(second))


def test_a_class_s_name_holds_the_prediction_against_it_too(tab: Tab, run: Run) -> None:
    show(tab, EXAMPLE)
    second = next(number for number in (6, 5) if number != predicted(run, 3))
    button = part(tab).get_by_role("button", name=f"digit {second}", exact=True)
    button.focus()
    tab.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_the_answer_stands_where_the_example_is_named(tab: Tab, run: Run) -> None:
    show(tab, {**EXAMPLE, "er": "9" if predicted(run, 3) != 9 else "8"})
    line = tab.frame.get_by_role("button", name=re.compile(r"^Why digit \d and not digit \d\?"))
    expect(line).to_contain_text(f"In {LAYER} strongest for digit")
    line.click()
    focused = part(tab).get_by_role("combobox", name="layer")
    expect(focused).to_be_focused()


def test_another_layer_is_chosen(tab: Tab) -> None:
    show(tab, EXAMPLE)
    part(tab).get_by_role("combobox", name="layer").select_option("features.1")
    tab.expect_address(el="features.1")
    expect(part(tab).locator(".speaker").first).to_have_attribute(
        "title", re.compile(r"^Open unit \d+ of features\.1:")
    )


def test_the_step_is_that_of_the_record_of_evidence(tab: Tab) -> None:
    show(tab, {**EXAMPLE, "s": "12"})
    expect(part(tab)).to_contain_text("at step 8")


def test_a_unit_opens_its_page(tab: Tab, run: Run) -> None:
    show(tab, EXAMPLE)
    found = run.evidence(LAYER, 8)
    strongest = int(found.net[found.examples.index(3), 5].argmax())
    part(tab).locator(".evidence-classes tbody tr").nth(5).locator(".speaker").first.click()
    tab.expect_address(v="unit", l=LAYER, u=str(strongest))


def test_a_unit_tells_its_evidence_in_every_tracked_example(tab: Tab, run: Run) -> None:
    show(tab, UNIT)
    cells = tab.frame.locator(".evidence-matrix tbody td")
    expect(cells).to_have_count(len(TRACKED) * 10)
    value = float(run.evidence(LAYER, 8).net[0, 0, PIN])
    sign = "+" if value > 0 else "−"
    told = f"{sign}{abs(value):.3g}" if value else "0"
    expect(cells.first).to_have_attribute("title", f"{told} for digit 0")


def test_a_pinned_unit_tells_its_means(tab: Tab, run: Run) -> None:
    show(tab, UNIT, ".evidence-means")
    means = run.recording().evidence.unit(LAYER, PIN).mean
    at = run.recording().evidence.steps.index(8)
    largest = int(means[at].argmax())
    row = tab.frame.locator(".evidence-means tbody tr").nth(largest)
    expect(row).to_contain_text(f"{abs(float(means[at, largest])):.3g}")


def test_a_unit_that_is_not_pinned_says_how_to_pin_it(tab: Tab) -> None:
    show(tab, {**UNIT, "u": "4"})
    expect(tab.frame.get_by_text(f'Recording(detail=["{LAYER}:4"])')).to_be_visible()


def test_an_example_of_a_unit_is_shown_at_large(tab: Tab) -> None:
    show(tab, UNIT)
    tab.frame.get_by_role("button", name=re.compile(r"^digit 2 example #2$")).click()
    tab.expect_address(v="examples", x="2", el=LAYER)


def test_evidence_is_shown_where_there_are_no_maps(tab: Tab) -> None:
    show(tab, {**EXAMPLE, "r": "alone"})
    expect(tab.frame.get_by_role("combobox", name="example", exact=True)).to_have_value("3")
    expect(part(tab).locator(".evidence-classes tbody tr")).to_have_count(10)


@pytest.mark.parametrize(
    ("state", "selector"), [(EXAMPLE, ".evidence"), (UNIT, ".charts")], ids=["example", "unit"]
)
def test_a_run_without_evidence_says_in_a_line_how_to_record_it(
    tab: Tab, state: dict[str, str], selector: str
) -> None:
    show(tab, {**state, "r": "without"}, selector)
    expect(tab.frame.get_by_text("Recording(evidence=10)")).to_be_visible()


@pytest.mark.parametrize(
    ("state", "words"),
    [(EXAMPLE, "rather digit"), (UNIT, "Mean over the probe set")],
    ids=["example", "unit"],
)
def test_the_picture_of_the_page_holds_its_evidence(
    tab: Tab, state: dict[str, str], words: str
) -> None:
    saved = show(tab, state, ".evidence-means" if state is UNIT else "").export("SVG").decode()
    assert words in saved


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_evidence_without_maps_is_saved_as_a_picture(tab: Tab, kind: str) -> None:
    start = {"PNG": b"\x89PNG\r\n", "SVG": b"<svg xmlns"}[kind]
    assert show(tab, {**EXAMPLE, "r": "alone"}).export(kind).startswith(start)


def test_evidence_without_maps_is_saved_unit_by_unit(
    tab: Tab, evident_logdir: Path, run: Run
) -> None:
    rows = show(tab, {**EXAMPLE, "r": "alone"}).export_rows()
    found = tb_neuron.open(evident_logdir).runs["alone"].evidence(LAYER, 8)
    net = found.net[found.examples.index(3)].ravel()
    assert [float(row["evidence"]) for row in rows] == pytest.approx(net.tolist(), rel=0.006)


def test_what_is_shown_survives_a_reload(tabs: dict[str, Tab]) -> None:
    state = {**EXAMPLE, "er": "6"}
    tab = show(tabs["dark"], state)
    tab.page.reload()
    tab.frame = plugin_frame(tab.page)
    tab.wait(".evidence-classes")
    assert tab.address() == state


def test_a_record_that_cannot_be_read_is_told_above_the_one_before(tab: Tab) -> None:
    show(tab, EXAMPLE)
    tab.page.route(
        "**/layer_evidence?*step=16*", lambda route: route.fulfill(status=404, body="{}")
    )
    tab.follow({**EXAMPLE, "s": "16"})
    notice = part(tab).get_by_text("This is the evidence of step 8")
    expect(notice).to_be_visible()
    tab.page.unroute("**/layer_evidence?*step=16*")
    tab.complaints.clear()
    part(tab).get_by_role("button", name="Try again").click()
    expect(part(tab)).to_contain_text("at step 16")
    expect(notice).to_have_count(0)


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_was_complained_of(tabs: dict[str, Tab], theme: str) -> None:
    assert (tabs[theme].complaints, tabs[theme].foreign) == ([], [])
