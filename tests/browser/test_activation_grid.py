"""Activation grids in the tab: of a network that finds a patch, of a sequence, and of nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from recorded_patch import DETECTOR, LAYER, PLACES, SIDE, STEPS, place_of, record
from served_tab import Tab, open_tab, served
from test_accessibility import THEMES, violations
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

EXAMPLE = 2
PLACE = place_of(EXAMPLE)
ROW, COLUMN = divmod(PLACE, SIDE)
LAST = str(STEPS[-1])
WALL = {"v": "examples", "xv": "grid", "r": "patch", "s": LAST, "gl": LAYER}
CELL = {**WALL, "gc": f"{EXAMPLE}:{PLACE}"}
LARGE = {**CELL, "x": str(EXAMPLE)}
PIXELS = """c => {
  const { width, height } = c;
  return [width, height, ...c.getContext("2d").getImageData(0, 0, width, height).data];
}"""
WORDS = ["a", "cat", "sat", "on", "the", "mat"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


class Reader(nn.Module):
    """Reads token ids, one vector a position."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embed = nn.Embedding(len(WORDS), 4)
        self.mix = nn.Linear(4, 5)
        self.head = nn.Linear(5, 2)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(torch.relu(self.mix(self.embed(ids))).mean(1))


def record_sequences(folder: Path) -> None:
    """Record a reader of six tokens once."""
    ids = torch.stack([torch.arange(6), torch.arange(6).flip(0)])
    probe = ProbeSet.from_tensors(ids, torch.tensor([0, 1]), tracked=2, tokenizer=WORDS.__getitem__)
    recording = Recording(tracked=True, evidence=2, trust=False)
    with NeuronRecorder(
        Reader(), probe, folder, schedule=every(1), recording=recording
    ) as recorder:
        recorder.step(0)


@pytest.fixture(scope="module")
def patch_logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with all there is, one of sequences, and one without tracked activations."""
    root = tmp_path_factory.mktemp("grids")
    record(root / "patch", maps=("saliency",))
    record(root / "few", max_position_bytes=0)
    record(root / "without", tracked=False, evidence=0)
    record_sequences(root / "words")
    return root


@pytest.fixture(scope="module")
def run(patch_logdir: Path) -> Run:
    return tb_neuron.open(patch_logdir).runs["patch"]


@pytest.fixture(scope="module")
def tabs(browser: Browser, patch_logdir: Path) -> Iterator[dict[str, Tab]]:
    """The tab in both themes."""
    with served(patch_logdir) as address:
        yield {theme: open_tab(browser, address, WALL, dark=theme == "dark") for theme in THEMES}


@pytest.fixture
def tab(tabs: dict[str, Tab]) -> Tab:
    return tabs["light"]


def show(tab: Tab, state: dict[str, str], selector: str = ".position-units li") -> Tab:
    """Follow a link; wait for what it shows."""
    tab.close_dialog()
    tab.page.mouse.move(1, 1)
    tab.follow(state)
    tab.wait(selector)
    return tab


def pane(tab: Tab) -> Locator:
    return tab.frame.get_by_role("complementary", name="Position")


def cells(tab: Tab, example: int, layer: str = LAYER) -> Locator:
    return tab.frame.locator(f'[aria-label^="Cells of example {example} in {layer}"]')


def pixels(tab: Tab, example: int) -> np.ndarray:
    """What is drawn of an example's cells, uint8[y, x, rgba]."""
    data = cells(tab, example).locator("canvas").evaluate(PIXELS)
    return np.array(data[2:], np.uint8).reshape(data[1], data[0], 4)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "state", [WALL, LARGE, {**WALL, "ga": "true"}], ids=["wall", "large", "shaded"]
)
def test_the_grids_have_no_accessibility_violation(
    tabs: dict[str, Tab], theme: str, state: dict[str, str]
) -> None:
    assert violations(show(tabs[theme], state)) == []


def test_every_tracked_example_has_its_cells(tab: Tab) -> None:
    show(tab, WALL)
    expect(tab.frame.locator(".grid-wall .grid-cells")).to_have_count(len(PLACES))


def test_the_cell_of_the_patch_is_drawn_in_its_colour(tab: Tab, run: Run) -> None:
    show(tab, WALL)
    picture = pixels(tab, EXAMPLE)
    size = picture.shape[0] / SIDE
    middle = picture[int((ROW + 0.5) * size), int((COLUMN + 0.5) * size), :3]
    expected = run.activation_grid(LAYER, STEPS[-1]).colours[EXAMPLE, PLACE]
    np.testing.assert_array_equal(middle, expected)


def test_without_a_choice_the_largest_cell_is_read(tab: Tab) -> None:
    show(tab, {**WALL, "x": str(EXAMPLE)})
    expect(pane(tab).get_by_role("heading", name=f"row {ROW}, column {COLUMN}")).to_be_visible()


def test_the_detector_is_the_first_unit_of_the_patch_s_place(tab: Tab) -> None:
    show(tab, CELL)
    expect(pane(tab).locator(".position-units li").first).to_contain_text(f"unit {DETECTOR}")


def test_the_place_of_the_patch_speaks_for_its_class(tab: Tab, run: Run) -> None:
    show(tab, CELL)
    rows = pane(tab).locator(".position-classes li")
    net = run.position_evidence(LAYER, STEPS[-1]).net[EXAMPLE, :, PLACE]
    assert net[1] > 0 > net[0]
    expect(rows.nth(1)).to_contain_text("patch+")
    expect(rows.nth(0)).to_contain_text("plain−")


def test_pointing_at_a_cell_reads_it(tab: Tab) -> None:
    show(tab, WALL)
    box = cells(tab, 0).bounding_box()
    assert box is not None
    tab.page.mouse.move(box["x"] + 6.5 * box["width"] / 8, box["y"] + 1.5 * box["height"] / 8)
    expect(pane(tab).get_by_role("heading", name="row 1, column 6")).to_be_visible()
    expect(pane(tab)).to_contain_text("example 0 in")


def test_arrow_keys_go_from_cell_to_cell_and_leave_the_step(tab: Tab) -> None:
    show(tab, CELL)
    cells(tab, EXAMPLE).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        tab.page.keyboard.press(key)
    tab.expect_address(gc=f"{EXAMPLE}:{PLACE + 2 * SIDE}")
    tab.expect_step(LAST)


def test_a_class_s_bar_shades_the_cells_by_their_attribution_to_it(tab: Tab) -> None:
    show(tab, CELL)
    before = pixels(tab, EXAMPLE)
    pane(tab).locator(".position-classes button").first.click()
    tab.expect_address(gy="0", ga="true")
    expect(tab.frame.locator(".grid-key")).to_contain_text("shade: gradient × activation")
    assert not np.array_equal(before, pixels(tab, EXAMPLE))


def test_the_shade_of_what_speaks_for_a_class_is_red(tab: Tab) -> None:
    show(tab, {**CELL, "ga": "true", "gy": "1"})
    picture = pixels(tab, EXAMPLE)
    size = picture.shape[0] / SIDE
    red, _, blue, _ = picture[int((ROW + 0.8) * size), int((COLUMN + 0.8) * size)].astype(int)
    assert red > blue + 40


def test_units_stand_by_attribution_on_request(tab: Tab, run: Run) -> None:
    show(tab, {**CELL, "gy": "0"})
    pane(tab).get_by_role("button", name="attribution to plain").click()
    tab.expect_address(gs="attribution")
    order = np.argsort(-run.units_at(LAYER, EXAMPLE, PLACE, STEPS[-1]).net[0], kind="stable")
    listed = pane(tab).locator(".position-units b")
    expect(listed).to_have_text([f"unit {unit}" for unit in order])


def test_a_click_on_a_unit_opens_it(tab: Tab) -> None:
    show(tab, CELL)
    pane(tab).locator(".position-units button").first.click()
    tab.expect_address(v="unit", l=LAYER, u=str(DETECTOR))


def test_an_example_at_large_shows_all_layers(tab: Tab, run: Run) -> None:
    show(tab, LARGE, ".grid-layers li")
    names = tab.frame.locator(".grid-layers b")
    expect(names).to_have_text(run.recording().tracked.layers())


def test_a_layer_beside_is_read_by_its_name(tab: Tab) -> None:
    show(tab, LARGE, ".grid-layers li")
    tab.frame.get_by_role("button", name="4 no positions").click()
    expect(pane(tab).get_by_role("heading", name="the whole layer")).to_be_visible()
    tab.expect_address(gl="4")


def test_pointing_at_another_layer_reads_it_and_keeps_the_choice(tab: Tab) -> None:
    show(tab, LARGE, ".grid-layers li")
    cells(tab, EXAMPLE, "4").hover()
    expect(pane(tab)).to_contain_text(f"example {EXAMPLE} in 4")
    tab.page.mouse.move(1, 1)
    expect(pane(tab)).to_contain_text(f"example {EXAMPLE} in {LAYER}")


def test_squares_grow_with_the_steps_on_one_scale(tab: Tab) -> None:
    def covered(step: int) -> int:
        show(tab, {**CELL, "s": str(step)})
        expect(pane(tab)).to_contain_text(f"step {step}")
        size = pixels(tab, EXAMPLE).shape[0] / SIDE
        top, left = int(ROW * size), int(COLUMN * size)
        cell = pixels(tab, EXAMPLE)[top : top + int(size), left : left + int(size), :3]
        middle = cell[int(size / 2), int(size / 2)]
        return int((cell == middle).all(2).sum())

    assert covered(STEPS[0]) < covered(STEPS[1]) < covered(STEPS[2])


def test_the_key_says_scale_basis_and_share(tab: Tab, run: Run) -> None:
    show(tab, WALL)
    grid = run.activation_grid(LAYER, STEPS[-1])
    key = tab.frame.locator(".grid-key")
    expect(key).to_contain_text("side: norm of the activation vector, full at")
    expect(key).to_contain_text(f"first three principal components, fitted at step {grid.anchor}, ")


def test_a_difference_says_whose_cells_are_shown(tab: Tab) -> None:
    show(tab, {**WALL, "c": "diff"})
    expect(tab.frame.get_by_text("these are A’s")).to_be_visible()


def test_what_did_not_fit_is_told_with_the_choice_that_keeps_it(tab: Tab) -> None:
    show(tab, {**CELL, "r": "few"})
    expect(pane(tab)).to_contain_text("does not fit in Recording(max_position_bytes=0)")


def test_a_run_without_tracked_activations_says_how_to_record_them(tab: Tab) -> None:
    show(tab, {**WALL, "r": "without"}, ".card")
    card = tab.frame.get_by_role("region", name="No activation grids yet")
    expect(card).to_contain_text("Recording(tracked=True, evidence=10)")


def test_a_sequence_is_a_row_of_its_tokens(tab: Tab) -> None:
    show(tab, {"v": "examples", "xv": "grid", "r": "words", "gl": "mix"})
    row = tab.frame.locator(".grid-tokens").first
    expect(row.locator("button span")).to_have_text(WORDS)
    row.get_by_role("button", name="cat").click()
    expect(pane(tab).get_by_role("heading", name="position 1")).to_be_visible()


def test_maps_and_grid_are_forms_of_one_view(tab: Tab) -> None:
    show(tab, WALL)
    tab.frame.get_by_role("group", name="Form").get_by_role("button", name="Maps").click()
    tab.wait(".filmstrip")
    tab.frame.get_by_role("group", name="Form").get_by_role("button", name="Activation").click()
    tab.wait(".grid-wall")


def test_the_file_holds_norms_and_attributions_of_all_cells(tab: Tab, run: Run) -> None:
    show(tab, WALL)
    rows = tab.export_rows()
    grid, net = run.activation_grid(LAYER, STEPS[-1]), run.position_evidence(LAYER, STEPS[-1]).net
    norms = np.array([float(row["norm"]) for row in rows])
    to_patch = np.array([float(row["to patch"]) for row in rows])
    np.testing.assert_allclose(norms, grid.norms.ravel(), 6e-3, 1e-6)
    np.testing.assert_allclose(to_patch, net[:, 1].ravel(), 6e-3, 1e-6)


@pytest.mark.parametrize(
    "state", [WALL, LARGE, {**WALL, "xt": "true"}], ids=["wall", "large", "table"]
)
@pytest.mark.parametrize(("kind", "start"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_the_grids_are_saved_as_pictures(
    tab: Tab, state: dict[str, str], kind: str, start: bytes
) -> None:
    show(tab, state, "tr.row" if "xt" in state else ".position-units li")
    assert tab.export(kind).startswith(start)


def test_the_table_holds_a_row_a_cell_and_leads_back(tab: Tab) -> None:
    show(tab, {**WALL, "xt": "true"}, "tr.row")
    tab.frame.locator("tr.row").nth(1).click()
    tab.expect_address(gc="0:1")
    tab.wait(".grid-wall")


def test_the_tab_complained_about_nothing(tabs: dict[str, Tab]) -> None:
    assert [tab.complaints for tab in tabs.values()] == [[], []]
