"""The routes, asked over HTTP as TensorBoard would dispatch them, with records in real files."""

import numpy as np
import pytest
from served_routes import DEAD_FROM, LAYER, PLANTED, RUN, STEPS, Served, conforms
from written_run import MEAN, on_grid, png, stacked

from tb_neuron import wire

# -- runs ---------------------------------------------------------------------------------------


def test_runs_answers_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.json("runs"), wire.Runs)


def test_runs_lists_every_run_by_the_name_of_its_folder(served: Served) -> None:
    assert [run["name"] for run in served.json("runs")["runs"]] == [RUN, "two"]


def test_runs_lists_every_model_and_probe_set_of_a_run(served: Served) -> None:
    recordings = served.json("runs")["runs"][1]["recordings"]
    assert [(each["model"], each["probe"]) for each in recordings] == [
        ("critic/ä", "other probe"),
        ("generator", "probe"),
    ]


def test_a_step_beyond_2_to_the_53_travels_exactly(served: Served) -> None:
    recording = served.json("runs")["runs"][0]["recordings"][0]
    assert (recording["first_step"], recording["last_step"]) == ("-20", "9007199254740993")


# -- records ------------------------------------------------------------------------------------


def test_records_answers_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("records").header, wire.Records)


def test_records_lists_every_step(served: Served) -> None:
    assert served.bulk("records").header["steps"] == [str(step) for step in STEPS]


def test_records_says_since_which_record_the_planted_unit_is_dead(served: Served) -> None:
    expected = np.full(7 + 12 + 5, -1)
    expected[7 + PLANTED] = DEAD_FROM
    np.testing.assert_array_equal(served.bulk("records").arrays["dead_since"], expected)


def test_records_counts_the_planted_unit_as_silent_and_dead_from_its_record_on(
    served: Served,
) -> None:
    counts = served.bulk("records").arrays["counts"]
    expected = np.zeros((5, 3, len(STEPS)), np.uint32)
    expected[:2, 1, DEAD_FROM:] = 1
    np.testing.assert_array_equal(counts, expected)


def test_records_gives_the_mean_loss_of_each_record(served: Served) -> None:
    expected = [made.loss.mean() for made in served.written.made]
    np.testing.assert_allclose(served.bulk("records").arrays["loss"], expected, rtol=1e-6)


def test_records_gives_the_accuracy_of_each_record(served: Served) -> None:
    expected = [made.correct.mean() for made in served.written.made]
    np.testing.assert_allclose(served.bulk("records").arrays["accuracy"], expected, rtol=1e-6)


def test_records_gives_each_layers_mean_of_each_statistic(served: Served) -> None:
    container = served.bulk("records")
    expected = [
        [
            stacked(served.written.made, layer, kind["name"]).mean(1)
            for layer in served.written.units
        ]
        for kind in container.header["statistics"]
    ]
    np.testing.assert_allclose(container.arrays["means"], expected, rtol=1e-5)


def test_a_recording_is_found_by_model_and_probe_set(served: Served) -> None:
    header = served.bulk("records", run="two", model="critic/ä", probe="other probe").header
    assert (header["model"], header["probe"], header["steps"]) == ("critic/ä", "other probe", ["1"])


@pytest.mark.parametrize(
    ("query", "model"),
    [({}, "critic/ä"), ({"model": "generator"}, "generator"), ({"probe": "probe"}, "generator")],
)
def test_a_name_that_is_left_out_stands_for_the_first_that_fits(
    served: Served, query: dict[str, str], model: str
) -> None:
    header = served.bulk("records", run="two", **query).header
    assert (header["model"], header["probe"]) == (
        model,
        "probe" if model == "generator" else "other probe",
    )


# -- layer, unit, thumbnail ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "record"),
    [(-20, 0), (-25, 0), (35, 5), (40, 6), (2**53, 19), (2**53 + 1, 20), (2**63 - 1, 20)],
)
def test_a_step_stands_for_the_record_at_or_before_it(
    served: Served, step: int, record: int
) -> None:
    header = served.bulk("layer", layer=LAYER, step=step).header
    assert (header["record"], header["step"]) == (record, str(STEPS[record]))


def test_a_layers_header_has_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("layer", layer=LAYER, step=0).header, wire.LayerValues)


def test_a_layer_has_the_values_of_its_units_at_that_record(served: Served) -> None:
    values = served.bulk("layer", layer=LAYER, step=40).arrays["values"]
    expected = on_grid(stacked(served.written.made, LAYER, "mean"), MEAN.grid)
    np.testing.assert_array_equal(values[0], expected[6])


def test_a_layer_has_the_states_of_its_units_at_that_record(served: Served) -> None:
    states = served.bulk("layer", layer=LAYER, step=40).arrays["states"]
    np.testing.assert_array_equal(states, np.arange(12) == PLANTED)


@pytest.mark.parametrize("array", ["dead_since", "silent_since"])
def test_a_layer_says_since_when_its_units_are_dead_and_silent(served: Served, array: str) -> None:
    since = served.bulk("layer", layer=LAYER, step=40).arrays[array]
    np.testing.assert_array_equal(since, np.where(np.arange(12) == PLANTED, DEAD_FROM, -1))


def test_a_units_header_has_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("unit", layer=LAYER, unit=PLANTED).header, wire.UnitSeries)


def test_a_unit_has_its_values_over_all_records(served: Served) -> None:
    values = served.bulk("unit", layer=LAYER, unit=4).arrays["values"]
    expected = on_grid(stacked(served.written.made, LAYER, "mean"), MEAN.grid)
    np.testing.assert_array_equal(values[0], expected[:, 4])


def test_a_unit_has_its_layers_quantiles_over_all_records(served: Served) -> None:
    quantiles = served.bulk("unit", layer=LAYER, unit=4).arrays["quantiles"]
    layer = on_grid(stacked(served.written.made, LAYER, "mean"), MEAN.grid)
    expected = np.quantile(layer.astype(float), [0, 0.25, 0.5, 0.75, 1], axis=1)
    np.testing.assert_allclose(quantiles[0], expected, rtol=1e-5, atol=1e-7)


def test_a_dead_units_life_has_the_step_at_which_it_died(served: Served) -> None:
    events = served.bulk("unit", layer=LAYER, unit=PLANTED).header["events"]
    assert [(e["kind"], e["record"], e["step"]) for e in events] == [("dead", DEAD_FROM, "30")]


def test_a_unit_has_a_name_for_each_class_it_has_means_of(served: Served) -> None:
    container = served.bulk("unit", layer=LAYER, unit=0)
    assert len(container.header["class_names"]) == len(container.arrays["class_means"])


def test_a_thumbnail_is_the_picture_that_was_written(served: Served) -> None:
    assert served.get("thumbnail", example=1).data == png(255)


def test_a_thumbnail_is_never_guessed_to_be_something_else(served: Served) -> None:
    headers = served.get("thumbnail", example=1).headers
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/png", "nosniff")


def test_tokens_are_the_texts_that_were_written(served: Served) -> None:
    content = served.json("tokens", example=0)
    assert conforms(content, wire.Tokens)
    assert content["texts"] == ["tick", " tock <b>", "tick"]


def test_records_says_how_many_examples_have_tokens(served: Served) -> None:
    assert served.bulk("records").header["probe_set"]["tokens"] == 2
