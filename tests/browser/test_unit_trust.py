"""Trust in attributions to units: a mark beside them in every view, with the figures on hover."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served
from test_accessibility import violations
from torch import Tensor, nn
from torch.nn import functional
from trained import digits, make_network, make_probe

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

RUN, BROKEN, LAYER, STEP = "checked", "broken", "hidden.1", 16
METHOD = "gradient_x_activation"
MEAN = f"{METHOD}:label:mean"
THEMES = ["light", "dark"]
AT = {"r": RUN, "s": str(STEP), "st": MEAN}
PLACES = {
    "overview": AT,
    "layer": {**AT, "v": "layer", "l": LAYER},
    "unit": {**AT, "v": "unit", "l": LAYER, "u": "0"},
}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


class Root(nn.Module):
    """Has an infinite gradient wherever its units are 0."""

    def __init__(self) -> None:
        super().__init__()
        self.act, self.head = nn.ReLU(), nn.Linear(6, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.act(inputs).sqrt())


def train(folder: Path) -> None:
    """Train, and check attributions at every second record."""
    images, labels = digits()
    torch.manual_seed(0)
    model = make_network()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = Recording(attributions=(METHOD, "conductance"), schedules={"trust": every(8)})
    with NeuronRecorder(
        model, make_probe(64), str(folder), schedule=every(4), recording=recording
    ) as recorder:
        for step in range(STEP + 5):
            recorder.step(step)
            optimiser.zero_grad()
            chosen = torch.randint(0, len(images), (64,))
            functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimiser.step()


def break_down(folder: Path) -> None:
    probe = ProbeSet.from_tensors(torch.randn(32, 6), torch.arange(32) % 3)
    with NeuronRecorder(Root(), probe, str(folder)) as recorder:
        recorder.step(0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checked")
    train(root / RUN)
    break_down(root / BROKEN)
    return root


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return tb_neuron.open(folder).runs[RUN]


@pytest.fixture(scope="module")
def pages(browser: Browser, folder: Path) -> Iterator[dict[str, Tab]]:
    with served(folder) as address:
        yield {theme: open_tab(browser, address, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def page(pages: dict[str, Tab]) -> Tab:
    return pages["light"]


def mark(tab: Tab, place: str) -> Locator:
    return tab.frame.locator(place).get_by_role("button", name=re.compile("^Trust: "))


def told(tab: Tab, at: Locator) -> Locator:
    """What a mark tells who points at it."""
    at.hover()
    return tab.frame.get_by_role("tooltip")


def test_beside_the_colour_stands_the_worst_over_the_layers(page: Tab, run: Run) -> None:
    page.visit(AT)
    marks = [each[-1].mark for each in verdicts(run).values()]
    worst = max(marks, key=["none", "good", "doubtful", "failing"].index)
    count = f"{marks.count(worst)} of {len(marks)} layers"
    expect(mark(page, ".bar")).to_have_text(re.compile(f"Trust: {worst}\\s*{count}"))


def verdicts(run: Run) -> dict[str, list]:
    (method,) = (each for each in run.recording().trust.methods() if each.name == METHOD)
    return {
        name: [each for each in found if each.step <= STEP] for name, found in method.layers.items()
    }


@pytest.mark.parametrize(
    ("place", "where"), [("layer", ".groups"), ("layer", ".bar"), ("unit", ".part-head")]
)
def test_a_layer_has_its_own_mark(page: Tab, run: Run, place: str, where: str) -> None:
    page.visit(PLACES[place])
    mine = verdicts(run)[LAYER][-1].mark
    expect(mark(page, where).first).to_have_text(re.compile(f"Trust: {mine}"))


def test_a_mark_tells_figures_and_what_they_mean(page: Tab, run: Run) -> None:
    page.visit(PLACES["unit"])
    tip = told(page, mark(page, ".part-head").first)
    for figure in verdicts(run)[LAYER][-1].figures:
        expect(tip).to_contain_text(figure.sentence)
    expect(tip).to_contain_text("checked at step 16 on 2 tracked examples")


def test_the_same_is_told_to_who_comes_by_keys(page: Tab) -> None:
    page.visit(AT)
    mark(page, ".bar").focus()
    expect(page.frame.get_by_role("tooltip")).to_contain_text("randomisation")
    mark(page, ".bar").blur()


def test_between_checks_the_last_one_holds(page: Tab) -> None:
    page.visit({**PLACES["unit"], "s": "12"})
    tip = told(page, mark(page, ".part-head").first)
    expect(tip).to_contain_text("checked at step 8 ")


def test_a_layer_without_a_sum_says_why(page: Tab) -> None:
    page.visit(PLACES["unit"])
    tip = told(page, mark(page, ".part-head").first)
    expect(tip).to_contain_text("the method makes no such promise")


def test_gradients_that_are_no_numbers_are_marked_as_failing(page: Tab) -> None:
    page.visit({"r": BROKEN, "st": MEAN})
    expect(mark(page, ".bar")).to_have_text(re.compile("Trust: failing\\s*1 of 2 layers"))
    expect(told(page, mark(page, ".bar"))).to_contain_text("NaN or infinite")


def test_no_mark_stands_beside_a_statistic_of_activations(page: Tab) -> None:
    page.visit({**AT, "st": "mean"})
    expect(mark(page, ".bar")).to_have_count(0)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("place", PLACES)
def test_marks_are_accessible(pages: dict[str, Tab], theme: str, place: str) -> None:
    pages[theme].visit(PLACES[place])
    expect(mark(pages[theme], ".bar")).to_be_visible()
    assert violations(pages[theme]) == []
