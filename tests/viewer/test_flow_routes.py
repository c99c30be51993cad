"""The routes `flows` and `flow`, asked over HTTP, with records of flow in real files."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from served_routes import PREFIX, RUN, Served, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client
from written_run import WrittenRun, on_grid

from tb_neuron import wire
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, Flow, FlowGroup, FlowLayer
from tb_neuron.summary import ColumnKind, ValueWriter

STEPS = [10, 20, 30]
GROUPS = {"all": 10, "class 1": 4, "example 7": 1}
#: Layer, its units, and those with links of their own.
LAYERS = {"input": (1, [0]), 'hid "<b>%20/relu': (7, [1, 4, 6]), "output": (3, [0, 1, 2])}
METHOD = "gradient_x_activation"
LINK = ColumnKind("flow", GRID_SIGNED_LOG, "what is passed", METHOD, "label")
RELEVANCE = ColumnKind("flow", GRID_SIGNED_LOG, "what relevance is passed", "lrp", "label")


#: Records that have flow by both methods.
BOTH = [20, 30]


@dataclass
class Written:
    """What was written at a step: links by their layers, totals by what and layer."""

    links: dict[tuple[str, str], np.ndarray]
    totals: dict[str, dict[str, np.ndarray]]


def flow_message(last: str = "output", method: str = METHOD) -> Flow:
    """Return what a record of flow says of its arrays, the last layer called so."""
    kinds = (FlowGroup.ALL, FlowGroup.CLASS, FlowGroup.EXAMPLE)
    groups = [
        FlowGroup(kind=kind, number=number, examples=examples)
        for kind, number, examples in zip(kinds, (0, 1, 7), GROUPS.values(), strict=True)
    ]
    layers = [FlowLayer(name=n, units=units, shown=shown) for n, (units, shown) in LAYERS.items()]
    layers[-1].name = last
    return Flow(method=method, target="label", groups=groups, layers=layers)


def draw(random: np.random.Generator) -> Written:
    """Return made-up links between neighbours, and totals."""
    widths = {name: len(shown) + 1 for name, (_, shown) in LAYERS.items()}
    names = list(LAYERS)
    links = {
        (before, after): random.normal(size=(len(GROUPS), widths[before] * widths[after]))
        for before, after in itertools.pairwise(names)
    }
    totals = {
        what: {
            name: random.normal(size=(len(GROUPS), width)).astype(np.float32)
            for name, width in widths.items()
            if what != "remainder" or name != "input"
        }
        for what in ("attribution", "magnitude", "remainder")
    }
    return Written(links, totals)


def write(run: WrittenRun, step: int, made: Written, **cut: Any) -> None:
    """Write a record with flow; `cut` replaces the links' rows or the message."""
    values = run.values(run._make(step, {}))
    writer = ValueWriter(run.header("flow", step))
    writer.add_message(cut.get("message", flow_message()))
    for (source, target), rows in made.links.items():
        writer.add_links(source, target, rows[: cut.get("groups", len(rows))], LINK)
    for what, layers in made.totals.items():
        for name, total in layers.items():
            writer.add_array(what, total, name)
    values[run.tag("flow")] = writer.blobs()
    run.write(step, values)


def write_both(run: WrittenRun, step: int, made: Written, relevance: Written) -> None:
    """Write a record with flow by both methods, each with a message of its own."""
    values = run.values(run._make(step, {}))
    writer = ValueWriter(run.header("flow", step))
    for kind, part in ((LINK, made), (RELEVANCE, relevance)):
        writer.add_message(flow_message(method=kind.method), kind.method)
        for (source, target), rows in part.links.items():
            writer.add_links(source, target, rows, kind)
        for what, layers in part.totals.items():
            for name, total in layers.items():
                writer.add_array(what, total, name, method=kind.method)
    values[run.tag("flow")] = writer.blobs()
    run.write(step, values)


@pytest.fixture(scope="module")
def relevances() -> dict[int, Written]:
    random = np.random.default_rng(6)
    return {step: draw(random) for step in BOTH}


@pytest.fixture(scope="module")
def written() -> dict[int, Written]:
    random = np.random.default_rng(5)
    return {step: draw(random) for step in STEPS}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    written: dict[int, Written],
    relevances: dict[int, Written],
) -> Served:
    """A run with flow, by two methods from step 20 on; one without, and two with damage."""
    logdir = tmp_path_factory.mktemp("flow")
    run = WrittenRun(logdir / RUN)
    run.record(0)
    for step, made in written.items():
        if step in relevances:
            write_both(run, step, made, relevances[step])
        else:
            write(run, step, made)
    run.record(40)
    WrittenRun(logdir / "without").record(0)
    for name, cut in {
        "links": {"groups": 2},
        "names": {"message": flow_message("input")},
    }.items():
        damaged = WrittenRun(logdir / name)
        write(damaged, 10, written[10])
        write(damaged, 20, written[20], **cut)
    plugin = NeuronPlugin(TBContext(logdir=str(logdir)))
    return Served(Client(TensorBoardWSGI([plugin])), run)


def expected_links(made: Written, group: int) -> list[np.ndarray]:
    widths = [len(shown) + 1 for _, shown in LAYERS.values()]
    shapes = list(itertools.pairwise(widths))
    return [
        on_grid(rows, GRID_SIGNED_LOG)[group].reshape(shape)
        for rows, shape in zip(made.links.values(), shapes, strict=True)
    ]


def test_flows_answers_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.json("flows"), wire.FlowSteps)


def test_flows_lists_the_steps_at_which_flow_was_recorded(served: Served) -> None:
    assert served.json("flows")["steps"] == ["10", "20", "30"]


def test_flows_lists_every_group_with_its_examples(served: Served) -> None:
    groups = {each["name"]: each["examples"] for each in served.json("flows")["groups"]}
    assert groups == GROUPS


def test_flows_of_a_run_without_flow_is_empty(served: Served) -> None:
    assert served.json("flows", run="without") == {
        "steps": [],
        "groups": [],
        "methods": [],
    }


def test_flows_lists_every_method_with_what_it_is_and_its_steps(served: Served) -> None:
    assert served.json("flows")["methods"] == [
        {"name": METHOD, "description": LINK.description, "steps": ["10", "20", "30"]},
        {"name": "lrp", "description": RELEVANCE.description, "steps": ["20", "30"]},
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_flow_gives_the_links_of_the_method(
    served: Served, relevances: dict[int, Written], group: str
) -> None:
    found = served.bulk("flow", step=30, group=group, method="lrp")
    expected = expected_links(relevances[30], list(GROUPS).index(group))
    assert found.header["method"] == "lrp"
    for place, links in enumerate(expected):
        np.testing.assert_allclose(found.arrays[f"link{place}"], links, rtol=1e-5)


def test_flow_gives_the_totals_of_the_method(
    served: Served, relevances: dict[int, Written]
) -> None:
    arrays = served.bulk("flow", step=20, method="lrp").arrays
    expected = [rows[0] for rows in relevances[20].totals["attribution"].values()]
    np.testing.assert_array_equal(arrays["attributions"], np.concatenate(expected))


def test_flow_without_a_method_is_by_the_first(served: Served) -> None:
    assert served.bulk("flow", step=30).header["method"] == METHOD


def test_a_step_before_the_first_record_of_the_method_stands_for_that(served: Served) -> None:
    assert served.bulk("flow", step=10, method="lrp").header["step"] == "20"


def test_an_unknown_method_is_a_404_that_names_those_there_are(served: Served) -> None:
    answer = served.get("flow", step=20, method="saliency")
    assert answer.status_code == 404
    assert "lrp" in answer.text


def test_flow_answers_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("flow", step=20).header, wire.Flow)


@pytest.mark.parametrize(("number", "group"), list(enumerate(GROUPS)))
def test_flow_gives_the_links_of_the_group(
    served: Served, written: dict[int, Written], number: int, group: str
) -> None:
    arrays = served.bulk("flow", step=20, group=group).arrays
    for place, expected in enumerate(expected_links(written[20], number)):
        np.testing.assert_allclose(arrays[f"link{place}"], expected, rtol=1e-5)


def test_flow_without_a_group_is_that_of_all_examples(served: Served) -> None:
    header = served.bulk("flow", step=20).header
    assert (header["group"], header["examples"]) == ("all", 10)


@pytest.mark.parametrize("what", ["attribution", "magnitude"])
def test_flow_gives_the_totals_of_all_layers_in_order(
    served: Served, written: dict[int, Written], what: str
) -> None:
    expected = np.concatenate([rows[1] for rows in written[30].totals[what].values()])
    arrays = served.bulk("flow", step=30, group="class 1").arrays
    np.testing.assert_array_equal(arrays[f"{what}s"], expected)


def test_a_layer_that_nothing_leads_to_has_no_remainders(served: Served) -> None:
    remainders = served.bulk("flow", step=20).arrays["remainders"]
    assert np.isnan(remainders[:2]).all()
    assert np.isfinite(remainders[2:]).all()


@pytest.mark.parametrize(("asked", "found"), [(10, "10"), (19, "10"), (25, "20"), (1000, "30")])
def test_a_step_stands_for_the_last_record_of_flow_at_or_before_it(
    served: Served, asked: int, found: str
) -> None:
    assert served.bulk("flow", step=asked).header["step"] == found


def test_a_step_before_the_first_record_stands_for_the_first(served: Served) -> None:
    assert served.bulk("flow", step=-5).header["step"] == "10"


def test_an_unknown_group_is_a_404_that_names_those_there_are(served: Served) -> None:
    answer = served.get("flow", step=20, group="class 2")
    assert answer.status_code == 404
    assert "'class 2'" in answer.text
    assert "'class 1'" in answer.text


def test_flow_of_a_run_without_flow_is_a_404_that_says_how_to_record_it(served: Served) -> None:
    answer = served.get("flow", step=20, run="without")
    assert answer.status_code == 404
    assert "Recording(flow=16)" in answer.text


def test_flow_without_a_step_is_a_400(served: Served) -> None:
    assert served.get("flow").status_code == 400


def test_flow_with_parameters_of_its_own_is_reached_below_the_plugin(served: Served) -> None:
    assert served.client.get(f"{PREFIX}flow?run=nowhere&step=1").status_code == 404


@pytest.mark.parametrize("run", ["links", "names"])
def test_a_damaged_record_is_a_404_that_says_so(served: Served, run: str) -> None:
    answer = served.get("flow", step=20, run=run)
    assert answer.status_code == 404
    assert served.json("flow", step=20, run=run)["error"]


def test_two_layers_of_one_name_are_told_as_damage(served: Served) -> None:
    assert "no flow between layers" in served.json("flow", step=20, run="names")["error"]


def test_links_that_cannot_be_read_are_named_rather_than_left_out(served: Served) -> None:
    error = served.json("flow", step=20, run="links")["error"]
    assert "the links from 'input' to" in error


@pytest.mark.parametrize("run", ["links", "names"])
def test_a_record_before_a_damaged_one_is_still_answered(served: Served, run: str) -> None:
    assert served.get("flow", step=10, run=run).status_code == 200
