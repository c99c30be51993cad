"""Maps of tracked examples in the tab: by method and step, with trust, in both themes."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, plugin_frame, served, until
from test_accessibility import THEMES, violations
from torch.nn import functional
from trained import digits, make_network

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

TRACKED = list(range(12))
MAP_STEPS = [*range(0, 41, 4)]
MAPS = ("saliency", "gradient_x_input", "cam")
STRIP = {"v": "examples", "r": "mapped", "s": "20"}
AT_LARGE = {**STRIP, "x": "3"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def train_mapped(folder: Path, maps: tuple[str, ...]) -> None:
    """Train and record maps at every record, checked at every second."""
    images, labels = digits()
    names = [f"digit {digit}" for digit in range(10)]
    probe = ProbeSet.from_tensors(images[:32], labels[:32], class_names=names, tracked=TRACKED)
    model = make_network()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = Recording(maps=maps, schedules={"maps": every(4), "trust": every(8)})
    schedule = every(2)
    with NeuronRecorder(
        model, probe, str(folder), schedule=schedule, recording=recording
    ) as recorder:
        for step in range(43):
            recorder.step(step)
            optimiser.zero_grad()
            functional.cross_entropy(model(images[:256]), labels[:256]).backward()
            optimiser.step()


@pytest.fixture(scope="module")
def mapped_logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with maps and one without."""
    root = tmp_path_factory.mktemp("maps")
    train_mapped(root / "mapped", MAPS)
    train_mapped(root / "unmapped", ())
    return root


@pytest.fixture(scope="module")
def run(mapped_logdir: Path) -> Run:
    return tb_neuron.open(mapped_logdir).runs["mapped"]


@pytest.fixture(scope="module")
def mapped(browser: Browser, mapped_logdir: Path) -> Iterator[dict[str, Tab]]:
    """The tab in both themes."""
    with served(mapped_logdir) as address:
        yield {theme: open_tab(browser, address, STRIP, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def shown(mapped: dict[str, Tab]) -> Tab:
    """The tab in the light theme, on the filmstrip."""
    return show(mapped["light"], STRIP)


def show(tab: Tab, state: dict[str, str]) -> Tab:
    """Follow a link to the examples; wait for their pictures."""
    tab.close_dialog()
    tab.page.mouse.move(1, 1)
    tab.follow(state)
    place = ".example-detail" if "x" in state else ".filmstrip"
    tab.wait(f"{place} canvas")
    until(lambda: picture(tab) != "", tab.page)
    return tab


def view(tab: Tab) -> Locator:
    return tab.frame.get_by_role("region", name="Examples", exact=True)


def picture(tab: Tab) -> str:
    """What is drawn first, as a data address; empty before anything is."""
    return tab.frame.evaluate(
        """() => {
            const canvas = document.querySelector('.filmstrip canvas, .panel-place canvas');
            const { width, height } = canvas;
            const pixels = canvas.getContext('2d').getImageData(0, 0, width || 1, height || 1);
            return pixels.data.some((byte) => byte > 0) ? canvas.toDataURL() : '';
        }"""
    )


def map_picture(tab: Tab) -> str:
    """The map of the example at large."""
    return tab.frame.evaluate("document.querySelectorAll('.panel-place canvas')[1].toDataURL()")


def learned(correct: list[int]) -> int | None:
    """The first of two right records in a row."""
    pairs = itertools.pairwise(correct)
    return next((at for at, pair in enumerate(pairs) if pair == (1, 1)), None)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", [STRIP, AT_LARGE], ids=["strip", "at large"])
def test_the_examples_have_no_accessibility_violation(
    mapped: dict[str, Tab], theme: str, state: dict[str, str]
) -> None:
    assert violations(show(mapped[theme], state)) == []


def test_the_examples_as_a_table_have_no_accessibility_violation(shown: Tab) -> None:
    shown.frame.get_by_role("button", name="Table", exact=True).click()
    shown.wait("tr.row")
    assert violations(shown) == []


def test_every_tracked_example_says_when_it_was_learned(shown: Tab, run: Run) -> None:
    recording = run.recording()
    correct = {
        example: [int(recording.outputs(step).correct[example]) for step in MAP_STEPS]  # pyright: ignore[reportOptionalSubscript]
        for example in TRACKED
    }
    told = {}
    for example in TRACKED[:4]:
        at = learned(correct[example])
        told[example] = "never learned" if at is None else f"learned at step {MAP_STEPS[at]}"
    for example, text in told.items():
        row = view(shown).get_by_role("button", name=f"example {example} {text}")
        expect(row).to_have_count(1)


def test_another_method_draws_another_picture(shown: Tab) -> None:
    before = picture(shown)
    view(shown).get_by_role("combobox", name="Method").select_option("gradient_x_input")
    until(lambda: picture(shown) not in ("", before), shown.page)
    shown.expect_address(xm="gradient_x_input")


def test_another_step_shows_another_map(mapped: dict[str, Tab]) -> None:
    tab = show(mapped["light"], AT_LARGE)
    before = map_picture(tab)
    tab.press("End")
    until(lambda: map_picture(tab) != before, tab.page)


def test_the_strip_marks_the_last_maps_before_a_step_without_any(mapped: dict[str, Tab]) -> None:
    tab = show(mapped["light"], {**STRIP, "s": "22"})
    expect(view(tab).get_by_text("maps of step 20, the last before 22")).to_be_visible()


def test_less_opacity_draws_another_picture(shown: Tab) -> None:
    before = picture(shown)
    view(shown).get_by_role("slider").fill("20")
    until(lambda: picture(shown) not in ("", before), shown.page)
    shown.expect_address(xo="20")


def test_a_method_without_maps_cannot_be_chosen(shown: Tab) -> None:
    option = view(shown).get_by_role("option", name="cam — absent")
    expect(option).to_be_disabled()


def test_the_reason_why_a_method_is_absent_is_told_on_focus(shown: Tab) -> None:
    view(shown).get_by_role("combobox", name="Method").focus()
    expect(shown.frame.get_by_role("tooltip")).to_contain_text("cam must have")


def test_the_figures_of_trust_are_told_on_focus(shown: Tab) -> None:
    view(shown).get_by_role("button", name=re.compile("^Trust: .* at 16$")).focus()
    tooltip = shown.frame.get_by_role("tooltip")
    for told in ("randomisation", "Agreement with the maps of the same network", "not finite"):
        expect(tooltip).to_contain_text(told)


def test_a_click_on_a_cell_goes_to_its_step(shown: Tab) -> None:
    canvas = view(shown).locator(".filmstrip canvas")
    canvas.click(position={"x": 20, "y": 20})
    shown.expect_step(0)


def test_enter_on_an_example_shows_it_at_large_and_escape_goes_back(shown: Tab) -> None:
    row = view(shown).get_by_role("button", name=re.compile("example 2 "))
    row.focus()
    shown.page.keyboard.press("Enter")
    expect(view(shown).get_by_role("region", name="Example 2")).to_be_visible()
    shown.press("Escape")
    focused = "() => document.activeElement?.dataset.example"
    until(lambda: shown.frame.evaluate(focused) == "2", shown.page)


def test_arrow_keys_go_from_example_to_example(mapped: dict[str, Tab]) -> None:
    tab = show(mapped["light"], AT_LARGE)
    tab.press("ArrowDown")
    expect(view(tab).get_by_role("region", name="Example 4")).to_be_visible()
    tab.expect_address(x="4")


def test_pointing_at_a_map_tells_place_and_value(mapped: dict[str, Tab]) -> None:
    tab = show(mapped["light"], AT_LARGE)
    box = view(tab).locator(".panel-place").nth(1).bounding_box()
    assert box is not None
    tab.page.mouse.move(box["x"] + box["width"] * 2.5 / 8, box["y"] + box["height"] * 4.5 / 8)
    expect(view(tab).get_by_text(re.compile(r"row 4, column 2: \d"))).to_be_visible()


def test_a_filter_leaves_out_what_is_right(shown: Tab, run: Run) -> None:
    view(shown).get_by_role("button", name="wrong now").click()
    correct = run.recording().outputs(20).correct
    assert correct is not None
    wrong = sum(int(correct[example]) == 0 for example in TRACKED)
    expect(view(shown).get_by_text(f"{wrong} of {len(TRACKED)} tracked examples")).to_be_visible()


def test_a_difference_is_said_not_to_be_drawn(mapped: dict[str, Tab]) -> None:
    tab = show(mapped["light"], {**STRIP, "bs": "0", "c": "diff"})
    expect(view(tab).get_by_text("Differences of maps are not drawn")).to_be_visible()


def test_the_table_s_file_has_a_row_for_every_example_and_record(shown: Tab) -> None:
    rows = {(int(row["example"]), int(row["step"])) for row in shown.export_rows()}
    assert rows == {(example, step) for example in TRACKED for step in MAP_STEPS}


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
@pytest.mark.parametrize("state", [STRIP, AT_LARGE], ids=["strip", "at large"])
def test_a_picture_is_saved(mapped: dict[str, Tab], state: dict[str, str], kind: str) -> None:
    start = {"PNG": b"\x89PNG\r\n", "SVG": b"<svg xmlns"}[kind]
    assert show(mapped["light"], state).export(kind).startswith(start)


def test_a_run_without_maps_says_how_to_record_some(mapped: dict[str, Tab]) -> None:
    tab = mapped["light"]
    tab.follow({**STRIP, "r": "unmapped"})
    told = tab.frame.get_by_role("region", name="No maps yet")
    expect(told).to_contain_text('Recording(maps=("saliency", "integrated_gradients"))')


def test_what_is_shown_survives_a_reload(mapped: dict[str, Tab]) -> None:
    state = {**AT_LARGE, "xm": "gradient_x_input", "xo": "40", "xs": "label", "xf": "wrong"}
    tab = show(mapped["dark"], state)
    before = map_picture(tab)
    tab.page.reload()
    tab.frame = plugin_frame(tab.page)
    tab.wait(".panel-place canvas")
    until(lambda: map_picture(tab) == before, tab.page)
    assert tab.address() == state


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_was_complained_of(mapped: dict[str, Tab], theme: str) -> None:
    assert (mapped[theme].complaints, mapped[theme].foreign) == ([], [])
