"""Maps at several layers and of two targets in the tab, and what is told of an example."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, plugin_frame, served, until
from test_accessibility import violations
from torch.nn import functional
from trained import digits, make_network

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

TRACKED = list(range(6))
LAYERS = ("features.0", "features.1")
#: What each session explained, and its steps.
SESSIONS = (("loss", range(12)), ("label", range(12, 29)))
AT = {"v": "examples", "r": "chosen", "s": "20", "xm": "grad_cam"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run of two sessions that explained different targets, maps at two layers in both."""
    root = tmp_path_factory.mktemp("choices")
    (images, labels), model = digits(), make_network()
    names = [f"digit {digit}" for digit in range(10)]
    probe = ProbeSet.from_tensors(images[:32], labels[:32], class_names=names, tracked=TRACKED)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for target, steps in SESSIONS:
        how = Recording(
            maps=("saliency", "grad_cam"), map_layers=LAYERS, target=target, trust=False,
            schedules={"maps": every(4)},
        )  # fmt: skip
        with NeuronRecorder(
            model, probe, root / "chosen", layers=["auto", "features.0"], schedule=every(4),
            recording=how,
        ) as recorder:  # fmt: skip
            for step in steps:
                recorder.step(step)
                optimiser.zero_grad()
                functional.cross_entropy(model(images[:256]), labels[:256]).backward()
                optimiser.step()
    return root


@pytest.fixture(scope="module")
def run(logdir: Path) -> Run:
    return tb_neuron.open(logdir).runs["chosen"]


@pytest.fixture(scope="module")
def opened(browser: Browser, logdir: Path) -> Iterator[Tab]:
    with served(logdir) as address:
        yield open_tab(browser, address, AT)


@pytest.fixture
def tab(opened: Tab) -> Tab:
    """The tab on the filmstrip of Grad-CAM toward the label."""
    return show(opened, AT)


def show(tab: Tab, state: dict[str, str]) -> Tab:
    tab.page.mouse.move(1, 1)
    tab.follow(state)
    tab.wait(".example-detail canvas" if "x" in state else ".filmstrip canvas")
    until(lambda: picture(tab) != "", tab.page)
    return tab


def picture(tab: Tab) -> str:
    """What is drawn first, as a data address; empty before anything is."""
    return tab.frame.evaluate(
        """() => {
            const canvas = document.querySelector('.filmstrip canvas, .panel-place canvas');
            if (canvas === null) return '';
            const { width, height } = canvas;
            const pixels = canvas.getContext('2d').getImageData(0, 0, width || 1, height || 1);
            return pixels.data.some((byte) => byte > 0) ? canvas.toDataURL() : '';
        }"""
    )


def view(tab: Tab) -> Locator:
    return tab.frame.get_by_role("region", name="Examples", exact=True)


def inspector(tab: Tab) -> Locator:
    return tab.frame.get_by_role("complementary", name="Inspector")


def test_another_layer_draws_another_picture_and_stands_in_the_address(tab: Tab) -> None:
    before = picture(tab)
    view(tab).get_by_role("combobox", name="Reads at layer").select_option("features.1")
    until(lambda: picture(tab) not in ("", before), tab.page)
    tab.expect_address(xl="features.1")


def test_a_method_that_reads_nowhere_has_no_layers_to_choose(tab: Tab) -> None:
    view(tab).get_by_role("combobox", name="Method").select_option("saliency")
    expect(view(tab).get_by_role("combobox", name="Reads at layer")).to_have_count(0)


def test_each_layer_is_a_small_map_at_large(tab: Tab) -> None:
    show(tab, {**AT, "x": "3"})
    for layer in LAYERS:
        button = view(tab).get_by_role("button", name=f"grad cam at {layer}")
        expect(button).to_be_visible()


def test_other_targets_are_told_and_hidden(tab: Tab) -> None:
    expect(view(tab).get_by_text("steps 0 to 8 toward the loss")).to_be_visible()
    expect(view(tab).locator(".strip-head .step")).to_have_text(["12", "16", "20", "24", "28"])


def test_another_target_shows_its_own_records_alone(tab: Tab) -> None:
    view(tab).get_by_role("combobox", name="What the maps explain").select_option("loss")
    expect(view(tab).locator(".strip-head .step")).to_have_text(["0", "4", "8"])
    tab.expect_address(xg="loss")


def test_layer_and_target_survive_a_reload(tab: Tab) -> None:
    state = {**AT, "xl": "features.1", "xg": "loss"}
    before = picture(show(tab, state))
    tab.page.reload()
    tab.frame = plugin_frame(tab.page)
    tab.wait(".filmstrip canvas")
    until(lambda: picture(tab) == before, tab.page)
    assert tab.address() == state


def test_the_inspector_asks_for_an_example(tab: Tab) -> None:
    tab.page.reload()
    tab.frame = plugin_frame(tab.page)
    expect(inspector(tab)).to_contain_text("Point at an example to read it")


def test_the_inspector_tells_the_example_under_the_pointer(tab: Tab, run: Run) -> None:
    view(tab).locator(".filmstrip canvas").hover(position={"x": 20, "y": 20})
    outputs = run.recording().outputs(20)
    assert outputs.prediction is not None
    told = inspector(tab).locator(".example-part")
    expect(told).to_contain_text("digit 0 · example 0")
    expect(told.get_by_role("img", name="Input of example 0")).to_be_visible()
    expect(told.locator("dl b")).to_contain_text(f"digit {outputs.prediction[0]}")


def test_a_prediction_in_the_inspector_leads_to_the_step_where_it_began(tab: Tab) -> None:
    show(tab, {**AT, "x": "3", "s": "28"})
    inspector(tab).locator(".happened button").first.click()
    tab.expect_step(12)


def test_what_concerns_units_alone_is_not_offered(tab: Tab) -> None:
    expect(tab.frame.get_by_text("Point at a unit")).to_have_count(0)
    expect(tab.frame.get_by_role("group", name="Scale")).to_have_count(0)


@pytest.mark.parametrize("state", [AT, {**AT, "x": "3"}], ids=["strip", "at large"])
def test_there_is_no_accessibility_violation(tab: Tab, state: dict[str, str]) -> None:
    show(tab, state)
    view(tab).get_by_text(re.compile("toward the loss")).first.hover()
    assert violations(tab) == []
