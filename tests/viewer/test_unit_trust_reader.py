"""Trust in units read from real files and asked over HTTP; damage of one record hides no other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from served_routes import RUN, Served, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client
from written_run import WrittenRun

import tb_neuron
from tb_neuron import wire
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.recording import Recording
from tb_neuron.schema.neuron_pb2 import (
    TRUST_FAILING,
    TRUST_GOOD,
    TRUST_NONE,
    LayerTrust,
    MethodTrust,
    Trust,
    TrustFigure,
    TrustMark,
    UnitTrust,
)
from tb_neuron.summary import ValueWriter

METHOD = 'captum:"LayerDeepLift" %20/&'


def message(mark: TrustMark = TRUST_GOOD, absence: str = "") -> UnitTrust:
    """Return what a record says of one method and one layer, and of a method that failed."""
    figures = [
        TrustFigure(name="completeness", value=float("nan"), mark=TRUST_NONE, sentence="no sum"),
        TrustFigure(name="nonfinite", value=0.25, mark=mark, sentence="some"),
    ]
    layers = [LayerTrust(layer="conv1", trust=Trust(mark=mark, figures=figures))]
    methods = [
        MethodTrust(method=METHOD, layers=layers),
        MethodTrust(method="other", absence=absence or "out of memory"),
    ]
    return UnitTrust(target="label", examples=[1, 4], methods=methods)


def write(run: WrittenRun, step: int, said: UnitTrust | None) -> None:
    """Write a record with verdicts; without a message for None."""
    values = run.values(run._make(step, {}))
    writer = ValueWriter(run.header("trust", step))
    if said is not None:
        writer.add_message(said)
    values[run.tag("trust")] = writer.blobs()
    run.write(step, values)


def opened(run: WrittenRun) -> Recording:
    return tb_neuron.open(run.logdir).runs["run"].recording()


@pytest.fixture
def run(write_run: Callable[..., WrittenRun]) -> WrittenRun:
    return write_run()


def test_verdicts_are_listed_by_layer_in_step_order(run: WrittenRun) -> None:
    for step, mark in enumerate([TRUST_GOOD, TRUST_FAILING]):
        write(run, step, message(mark))
    verdicts = opened(run).trust.verdicts("conv1", METHOD)
    assert [(each.step, each.mark) for each in verdicts] == [(0, "good"), (1, "failing")]


def test_a_method_that_was_not_checked_says_why_as_the_last_record_does(run: WrittenRun) -> None:
    write(run, 0, message(absence="at first"))
    write(run, 1, message(absence="at last"))
    absences = {each.name: each.absence for each in opened(run).trust.methods()}
    assert absences == {METHOD: "", "other": "at last"}


def test_a_layer_that_is_listed_twice_is_damage(run: WrittenRun) -> None:
    said = message()
    said.methods[0].layers.append(said.methods[0].layers[0])
    write(run, 0, said)
    recording = opened(run)
    assert recording.trust.methods() == []
    assert "listed once" in recording.problems[-1].message


@pytest.mark.parametrize("damaged", [0, 1, 2])
def test_a_record_that_cannot_be_read_is_a_problem_and_the_others_stay(
    run: WrittenRun, damaged: int
) -> None:
    for step in range(3):
        write(run, step, None if step == damaged else message())
    recording = opened(run)
    steps = [each.step for each in recording.trust.verdicts("conv1", METHOD)]
    assert steps == [step for step in range(3) if step != damaged]
    assert recording.trust.examples == [1, 4]
    assert [each.place for each in recording.problems] == [
        f"tb_neuron/model/probe/trust at step {damaged}"
    ]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A tab over a run with two records of trust."""
    logdir: Path = tmp_path_factory.mktemp("trust")
    run = WrittenRun(logdir / RUN)
    for step, mark in [(10, TRUST_GOOD), (2**53 + 1, TRUST_FAILING)]:
        write(run, step, message(mark))
    run.close()
    client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))
    return Served(client, run)


def test_the_answer_is_of_its_type(checked: Served) -> None:
    assert conforms(checked.json("trust"), wire.UnitTrust)


def test_the_answer_is_json_that_every_browser_reads(checked: Served) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    json.loads(checked.get("trust").data, parse_constant=refuse)


def test_the_answer_tells_steps_beyond_what_a_browser_counts(checked: Served) -> None:
    told = checked.json("trust")
    verdicts = told["methods"][0]["layers"][0]["verdicts"]
    assert told["steps"] == [each["step"] for each in verdicts] == ["10", str(2**53 + 1)]


def test_a_figure_without_a_value_is_null_and_says_why(checked: Served) -> None:
    (verdict, _) = checked.json("trust")["methods"][0]["layers"][0]["verdicts"]
    figure = verdict["figures"][0]
    assert (figure["value"], figure["mark"], figure["sentence"]) == (None, "none", "no sum")


def test_a_run_without_checks_lists_none(served: Served) -> None:
    told = served.json("trust")
    assert conforms(told, wire.UnitTrust)
    assert told["steps"] == told["methods"] == []


def test_an_unknown_run_is_not_found(checked: Served) -> None:
    assert checked.get("trust", run="nope").status_code == 404
