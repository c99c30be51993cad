"""Maps and the masks of their examples in the view Examples: figures, order, words."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from served_tab import Tab, open_tab, served
from test_accessibility import violations
from test_examples import show, view
from trained import digits, make_network

import tb_neuron
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

TRACKED = list(range(6))
STRIP = {"v": "examples", "r": "masked", "s": "4"}
#: The last tracked example has no mask.
MASKED = TRACKED[:-1]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of which all examples but one have masks, and one without any."""
    root = tmp_path_factory.mktemp("masked")
    images, labels = digits()
    torch.manual_seed(0)
    model = make_network()
    masks = [images[n, 0] > 0.5 if n in MASKED else None for n in range(12)]
    for name, given in (("masked", masks), ("unmasked", None)):
        probe = ProbeSet.from_tensors(images[:12], labels[:12], masks=given, tracked=TRACKED)
        recording = Recording(maps=("saliency", "gradient_x_input"), schedules={"maps": every(2)})
        with NeuronRecorder(
            model, probe, str(root / name), schedule=every(2), recording=recording
        ) as recorder:
            for step in range(5):
                recorder.step(step)
    return root


@pytest.fixture(scope="module")
def iou(logdir: Path) -> np.ndarray:
    """float32[example], as recorded last."""
    run = tb_neuron.open(logdir).runs["masked"]
    return run.recording().maps.overlaps("saliency")["iou"][-1]


@pytest.fixture(scope="module")
def tab(browser: Browser, logdir: Path) -> Iterator[Tab]:
    with served(logdir) as address:
        yield open_tab(browser, address, STRIP)


def rows(tab: Tab) -> Locator:
    return view(tab).locator("[data-example]")


def test_examples_are_ordered_by_their_overlap(tab: Tab, iou: np.ndarray) -> None:
    show(tab, {**STRIP, "xs": "overlap"})
    order = [*np.argsort(iou[: len(MASKED)], kind="stable").tolist(), TRACKED[-1]]
    for place, example in enumerate(order):
        expect(rows(tab).nth(place)).to_have_attribute("data-example", str(example))


def test_the_table_has_the_overlap_and_says_what_it_means(tab: Tab, iou: np.ndarray) -> None:
    show(tab, STRIP)
    view(tab).get_by_role("button", name="Table").click()
    header = view(tab).get_by_role("button", name="overlap with mask")
    expect(header).to_have_attribute("title", re.compile("Boggust"))
    cells = view(tab).locator("tbody tr.row").first.locator("td")
    expect(cells.filter(has_text=f"{iou[0]:.2f}")).not_to_have_count(0)
    view(tab).get_by_role("button", name="Filmstrip").click()


def test_every_method_tells_its_overlap_at_large(tab: Tab, iou: np.ndarray) -> None:
    show(tab, {**STRIP, "x": "0"})
    told = view(tab).get_by_role("region", name="All methods").get_by_text(f"mask {iou[0]:.2f}")
    expect(told.first).to_have_attribute("title", re.compile("of the mask is salient"))


def test_the_file_has_the_overlap(tab: Tab, iou: np.ndarray) -> None:
    show(tab, STRIP)
    found = [row["iou"] for row in tab.export_rows() if row["step"] == "4"]
    assert found[-1] == ""
    np.testing.assert_allclose([float(each) for each in found[:-1]], iou[: len(MASKED)], atol=1e-3)


def test_the_overlap_is_accessible(tab: Tab) -> None:
    show(tab, {**STRIP, "xs": "overlap"})
    assert violations(tab) == []


def test_without_masks_there_is_no_such_order(tab: Tab) -> None:
    show(tab, {**STRIP, "r": "unmasked"})
    options = view(tab).get_by_label("Sort examples by").locator("option")
    expect(options).to_have_text(
        ["as recorded", "learned first", "forgotten first", "probability now", "label"]
    )
