"""The tab beside a running training, a failing server, a damaged file, and nothing at all."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from served_tab import Tab, open_tab, served
from trained import damage, make_network, make_probe

from tb_neuron_callbacks import NeuronRecorder, every

#: The tab asks for news every five seconds.
A_POLL = 20_000
LAYER = {"v": "layer", "r": "run", "l": "hidden.1"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser-live")]


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[NeuronRecorder]:
    """A run of two records that can go on."""
    schedule = every(1)
    with NeuronRecorder(
        make_network(), make_probe(32), str(tmp_path / "run"), schedule=schedule
    ) as recorder:
        recorder.step(0)
        recorder.step(1)
        yield recorder


def record_five(logdir: Path) -> Path:
    """Record a finished run of five records."""
    run = logdir / "run"
    with NeuronRecorder(make_network(), make_probe(32), str(run), schedule=every(1)) as recorder:
        for step in range(5):
            recorder.step(step)
    return run


@pytest.fixture
def logdir_of_five(tmp_path: Path) -> Path:
    """The folder of a finished run."""
    record_five(tmp_path)
    return tmp_path


def status(tab: Tab, text: str) -> None:
    """Wait until the button of the recording's status says something."""
    button = tab.frame.get_by_role("button", name=re.compile(text))
    expect(button).to_be_visible(timeout=A_POLL)


def test_a_further_record_is_shown_without_a_reload(
    browser: Browser, recorder: NeuronRecorder, tmp_path: Path
) -> None:
    with served(tmp_path) as address:
        tab = open_tab(browser, address)
        status(tab, "record 2 of 2")
        recorder.step(2)
        status(tab, "record 3 of 3")
        tab.page.close()


def test_a_step_that_was_chosen_stays_when_a_record_is_added(
    browser: Browser, recorder: NeuronRecorder, tmp_path: Path
) -> None:
    with served(tmp_path) as address:
        tab = open_tab(browser, address, {"s": "0"})
        status(tab, "record 1 of 2")
        recorder.step(2)
        status(tab, "record 1 of 3")
        tab.page.close()


def test_where_nothing_was_recorded_the_lines_that_record_are_shown(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as address:
        tab = open_tab(browser, address)
        expect(tab.frame.get_by_text("NeuronRecorder(model, probe, writer").first).to_be_visible()
        tab.page.close()


def test_the_first_record_takes_the_place_of_the_empty_tab(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as address:
        tab = open_tab(browser, address)
        expect(tab.frame.get_by_role("group", name="Kind of training script")).to_be_visible()
        run, schedule = str(tmp_path / "run"), every(1)
        with NeuronRecorder(make_network(), make_probe(32), run, schedule=schedule) as recorder:
            recorder.step(0)
        status(tab, "record 1 of 1")
        tab.page.close()


def test_a_failed_answer_is_told_and_asked_for_again_on_demand(
    browser: Browser, logdir_of_five: Path
) -> None:
    with served(logdir_of_five) as address:
        tab = open_tab(browser, address, {"v": "layer", "r": "run"})
        tab.ready({"v": "layer"})
    tab.frame.get_by_role("row").filter(has_text="hidden.1").click()
    retry = tab.frame.locator(".view").get_by_role("button", name="Try again")
    expect(retry).to_be_visible(timeout=A_POLL)
    with served(logdir_of_five, port=urlsplit(address).port or 0):
        retry.click()
        tab.ready(LAYER)
        tab.page.close()


def test_an_unreachable_server_is_told_beside_the_picture_until_it_is_back(
    browser: Browser, logdir_of_five: Path
) -> None:
    with served(logdir_of_five) as address:
        tab = open_tab(browser, address)
        tab.ready({})
    alert = tab.frame.get_by_role("alert")
    expect(alert.first).to_be_visible(timeout=A_POLL)
    # The picture stays while the server is away.
    expect(tab.frame.get_by_role("button", name="Zoom to layer hidden.1")).to_be_visible()
    with served(logdir_of_five, port=urlsplit(address).port or 0):
        alert.first.get_by_role("button", name="Try again").click()
        expect(alert).to_have_count(0)
        tab.page.close()


@pytest.fixture(scope="module")
def damaged(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The tab on a run one of whose five records was changed on the disk."""
    logdir = tmp_path_factory.mktemp("damaged")
    # The file's version is its first event: this is the record of step 2.
    damage(record_five(logdir), 3)
    with served(logdir) as address:
        tab = open_tab(browser, address)
        tab.ready({})
        yield tab
        tab.page.close()


def test_a_damaged_record_is_left_out_of_the_film(damaged: Tab) -> None:
    status(damaged, "record 4 of 4")


def test_a_damaged_record_is_counted_among_the_problems(damaged: Tab) -> None:
    status(damaged, "1 problem$")


def test_a_damaged_record_is_told_in_the_status(damaged: Tab) -> None:
    dialog = damaged.open_dialog("1 problem")
    expect(dialog.get_by_role("listitem").first).to_contain_text(re.compile("damaged|checksum"))
