"""Which layers are watched when names, patterns or a function choose them."""

import pytest
import torch
from found_layers import IMAGES, NUMBERS, Calls, Returning, find, names
from networks import ResidualNetwork, Transformer
from torch import Tensor, nn

from tb_neuron_callbacks.errors import LayerSelectionError
from tb_neuron_callbacks.selection import MAX_CALLS


def test_a_pattern_names_all_that_match():
    assert names(find(ResidualNetwork(), IMAGES, layers="layer*.conv?")) == [
        "layer1.conv1",
        "layer1.conv2",
        "layer2.conv1",
        "layer2.conv2",
    ]


def test_a_list_adds_up_in_execution_order():
    found = names(find(ResidualNetwork(), IMAGES, layers=["auto", "layer2.conv1", "stem.0"]))
    assert found[0] == "stem.0"
    assert found[4:6] == ["layer2.conv1", "layer2.relu1"]


def test_a_function_chooses_by_name_and_module():
    chosen = find(
        ResidualNetwork(),
        IMAGES,
        layers=lambda name, module: isinstance(module, nn.Conv2d) and "shortcut" not in name,
    )
    assert names(chosen) == ["stem.0"] + [f"layer{n}.conv{m}" for n in (1, 2) for m in (1, 2)]


def test_one_call_is_chosen_by_its_index():
    found = find(Transformer(3, shared=True), NUMBERS, layers="blocks.0.attention#1")
    assert names(found) == ["blocks.0.attention#1"]


def test_a_name_without_index_chooses_all_calls():
    found = find(Transformer(3, shared=True), NUMBERS, layers="blocks.0.attention")
    assert len(found.watched) == 3


@pytest.mark.parametrize("layers", ["encoder.9", ["fc", "encoder.*"], "fc#1"])
def test_a_pattern_that_names_nothing_lists_what_there_is(layers):
    with pytest.raises(LayerSelectionError, match=r'ResidualNetwork; it has "stem\.0"'):
        find(ResidualNetwork(), IMAGES, layers=layers)


@pytest.mark.parametrize("layers", [[], lambda *_: False])
def test_a_choice_of_nothing_lists_what_there_is(layers):
    with pytest.raises(LayerSelectionError, match="leaves no layer of ResidualNetwork to watch"):
        find(ResidualNetwork(), IMAGES, layers=layers)


class Odd(nn.Module):
    """Has modules that return what has no units, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 3)
        self.nothing = Returning(lambda _: None)
        self.text = Returning(lambda _: "text")
        self.whole = Returning(lambda inputs: inputs.argmax(1))
        self.total = Returning(lambda inputs: inputs.sum())
        self.idle = nn.Linear(1, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = self.first(inputs)
        for module in (self.nothing, self.text, self.whole, self.total):
            module(hidden)
        return hidden


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing", "returns no tensor but None"),
        ("text", "returns no tensor but a str"),
        ("whole", "returns int64 and not real numbers"),
        ("total", "returns no tensor but a scalar"),
        ("idle", "did not run in the forward"),
    ],
)
def test_what_cannot_be_watched_is_absent_with_a_reason(name, reason):
    found = find(Odd(), torch.zeros(2, 4), layers=["first", name])
    assert found.absences == ((name, reason),)


def test_asking_only_for_what_cannot_be_watched_is_an_error():
    with pytest.raises(LayerSelectionError, match="did not run"):
        find(Odd(), torch.zeros(2, 4), layers="idle")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda output: (output, None),
        lambda output: [output],
        lambda output: {"loss": output.sum(), "logits": output},
        lambda output: {"inner": (output,)},
    ],
)
def test_the_output_is_the_first_tensor_of_what_is_returned(wrap):
    model = Odd()
    model.text = Returning(lambda hidden: wrap(hidden * 2))
    (layer,) = find(model, torch.zeros(2, 4), layers="text").watched
    assert layer.shape == (3,)


def test_calls_past_the_cap_are_dropped_and_said_so():
    model = Calls(MAX_CALLS + 3, lambda cell, inputs: torch.tanh(cell(inputs)))
    found = find(model, torch.zeros(2, 4))
    assert len(found.watched) == MAX_CALLS
    reason = (
        f"is called {MAX_CALLS + 3} times in one forward; the first {MAX_CALLS} calls are watched"
    )
    assert found.absences == (("cell/tanh", reason),)
