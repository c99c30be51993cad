"""Every view as a file: a picture, a vector picture and a table that holds what was recorded."""

import io
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from served_tab import Tab
from trained import HOSTILE_LAYER, HOSTILE_RUN

import tb_neuron
from tb_neuron.run import Run

STEP, UNIT = 24, 7
#: Files give three digits of a value that is stored as one byte.
THREE_DIGITS = 0.5e-2
HERE = {"r": HOSTILE_RUN, "s": str(STEP), "l": HOSTILE_LAYER}
VIEWS = {
    "overview": {"v": "overview", **HERE},
    "layer": {"v": "layer", **HERE},
    "unit": {"v": "unit", **HERE, "u": str(UNIT)},
}
EVERY_VIEW = pytest.mark.parametrize("view", VIEWS)
STATISTICS = ["mean", "std", "min", "max", "mean_abs", "frequency", "zeros"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def run(logdir: Path) -> Run:
    return tb_neuron.open(logdir).runs[HOSTILE_RUN]


@pytest.fixture(scope="module")
def record(run: Run) -> int:
    return run.recording().record_at(STEP)


def svg_texts(content: bytes) -> Iterator[str]:
    """The texts of an SVG file."""
    for element in ElementTree.fromstring(content).iter("{http://www.w3.org/2000/svg}text"):
        yield "".join(element.itertext())


def assert_in_three_digits(texts: list[str], expected: np.ndarray) -> None:
    """Compare a file's numbers with what the reader gives; one by one, and as many."""
    np.testing.assert_allclose(np.array(texts, np.float64), expected, rtol=THREE_DIGITS)


@EVERY_VIEW
def test_a_view_is_saved_as_a_png_of_its_size_at_least(tab: Tab, view: str) -> None:
    tab.visit(VIEWS[view])
    content = tab.export("PNG")
    place = tab.frame.locator(".view").bounding_box()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert place is not None
    assert Image.open(io.BytesIO(content)).width > 0.9 * place["width"]


@EVERY_VIEW
def test_a_saved_png_shows_something(tab: Tab, view: str) -> None:
    tab.visit(VIEWS[view])
    colours = Image.open(io.BytesIO(tab.export("PNG"))).convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 20


@EVERY_VIEW
@pytest.mark.parametrize(
    "told", [HOSTILE_RUN, f"step {STEP}", f"tb_neuron {tb_neuron.__version__}"]
)
def test_a_saved_svg_tells_where_it_comes_from(tab: Tab, view: str, told: str) -> None:
    tab.visit(VIEWS[view])
    assert any(told in text for text in svg_texts(tab.export("SVG")))


def test_the_overview_s_file_has_a_row_for_every_unit(tab: Tab, run: Run) -> None:
    tab.visit(VIEWS["overview"])
    rows = [(row["layer"], int(row["unit"])) for row in tab.export_rows()]
    units = [(name, unit) for name, layer in run.layers.items() for unit in range(layer.units)]
    assert sorted(rows) == sorted(units)


def test_the_overview_s_file_holds_what_was_recorded(tab: Tab, run: Run, record: int) -> None:
    tab.visit(VIEWS["overview"])
    rows = tab.export_rows()
    recorded = {name: run.activations(name, "frequency")[record] for name in run.layers}
    expected = [recorded[row["layer"]][int(row["unit"])] for row in rows]
    assert_in_three_digits([row["a"] for row in rows], np.array(expected))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_layer_s_file_holds_what_was_recorded(
    tab: Tab, run: Run, record: int, statistic: str
) -> None:
    tab.visit(VIEWS["layer"])
    texts = [row[statistic] for row in tab.export_rows()]
    assert_in_three_digits(texts, run.activations(HOSTILE_LAYER, statistic)[record])


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_unit_s_file_holds_what_was_recorded(tab: Tab, run: Run, statistic: str) -> None:
    tab.visit(VIEWS["unit"])
    texts = [row[statistic] for row in tab.export_rows()]
    assert_in_three_digits(texts, run.activations(HOSTILE_LAYER, statistic)[:, UNIT])


@pytest.mark.parametrize(
    ("view", "columns"),
    [
        ("overview", {"run_a": HOSTILE_RUN, "step_a": str(STEP)}),
        ("layer", {"run_a": HOSTILE_RUN, "step_a": str(STEP)}),
        ("unit", {"run": HOSTILE_RUN, "layer": HOSTILE_LAYER, "unit": str(UNIT)}),
    ],
)
def test_every_row_of_a_file_says_where_it_comes_from(
    tab: Tab, view: str, columns: dict[str, str]
) -> None:
    tab.visit(VIEWS[view])
    rows = tab.export_rows()
    assert [row for row in rows if not columns.items() <= row.items()] == []
