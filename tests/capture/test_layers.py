"""Which layers a model has, how they are called, and which axis holds their units."""

import hashlib

import pytest
import torch
from found_layers import IMAGES, NUMBERS, Calls, by_name, find, names
from networks import Branches, Functional, Residual, ResidualNetwork, Transformer
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.errors import UnitAxisError
from tb_neuron_callbacks.layers import discover


def test_a_residual_network_is_watched_at_its_relus_and_logits():
    assert names(find(ResidualNetwork(), IMAGES)) == [
        "stem.2",
        "layer1.relu1",
        "layer1.relu2",
        "layer2.relu1",
        "layer2.relu2",
        "fc",
    ]


def test_a_transformer_is_watched_at_embeddings_attention_activations_and_block_outputs():
    assert names(find(Transformer(1), NUMBERS)) == [
        "wte",
        "wpe",
        "blocks.0.attention",
        "blocks.0.mlp.1",
        "blocks.0.mlp.2",
        "head",
    ]


def test_torchs_own_encoder_is_watched_inside_its_fast_path_too():
    encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    found = names(find(encoder, torch.zeros(2, 5, 8)))
    assert found == ["self_attn", "linear1/relu", "linear2", "norm2"]


def test_a_layer_that_is_called_again_is_named_by_its_call():
    found = names(find(Transformer(3, shared=True), NUMBERS))
    assert [name for name in found if "attention" in name] == [
        "blocks.0.attention",
        "blocks.0.attention#1",
        "blocks.0.attention#2",
    ]


def test_functional_activations_are_named_after_the_layer_before():
    found = names(find(Functional(), IMAGES))
    assert found == ["norm1/relu", "conv2/relu", "conv3/relu", "fc"]


def test_a_functional_activation_that_recurs_is_named_by_its_call():
    model = Calls(2, lambda cell, inputs: functional.gelu(cell(inputs)))
    assert names(find(model, torch.zeros(2, 4))) == ["cell/gelu", "cell/gelu#1"]


def test_a_function_inside_an_activation_module_is_not_watched_twice():
    class Swish(nn.Module):
        def forward(self, inputs: Tensor) -> Tensor:
            return inputs * torch.sigmoid(inputs)

    model = nn.Sequential(nn.Linear(4, 4), Swish(), nn.Linear(4, 2))
    assert names(find(model, torch.zeros(2, 4))) == ["1", "2"]


def test_linear_layers_without_an_activation_are_watched_themselves():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    assert names(find(model, torch.zeros(2, 4))) == ["0", "2", "3"]


def test_a_convolution_without_an_activation_is_watched_after_its_norm():
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Conv2d(4, 2, 1), nn.ReLU())
    assert names(find(model, IMAGES)) == ["1", "3"]


def test_the_logits_are_seen_through_a_softmax():
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2), nn.Softmax(1))
    assert names(find(model, torch.zeros(2, 4))) == ["1", "2"]


@pytest.mark.parametrize(
    ("model", "inputs", "name"),
    [
        (nn.Linear(4, 3), torch.zeros(2, 4), "Linear"),
        (nn.LSTM(4, 3, batch_first=True), torch.zeros(2, 5, 4), "LSTM"),
        (nn.ReLU(), torch.zeros(2, 4), "ReLU"),
    ],
)
def test_a_model_that_is_one_layer_is_named_by_its_class(model, inputs, name):
    assert names(find(model, inputs)) == [name]


@pytest.mark.parametrize("shape", [(2, 3, 12, 12), (1, 3, 12, 12)])
def test_a_layers_shape_leaves_the_batch_out(shape):
    assert by_name(find(ResidualNetwork(), torch.zeros(shape)))["stem.2"].shape == (4, 10, 10)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("layer1.conv1", "convolution"),
        ("layer1.norm1", "norm"),
        ("layer1.relu1", "activation"),
        ("layer1", "module"),
        ("fc", "linear"),
    ],
)
def test_an_explicit_name_is_watched_whatever_its_kind(name, kind):
    found = find(ResidualNetwork(), IMAGES, layers=name)
    assert [(layer.name, layer.kind) for layer in found.watched] == [(name, kind)]


@pytest.mark.parametrize(
    ("name", "units", "axis"),
    [("layer1.conv2", 6, 1), ("layer1", 6, 1), ("layer2.relu2", 8, 1), ("fc", 5, 1)],
)
def test_units_are_channels_where_there_are_channels(name, units, axis):
    (layer,) = find(ResidualNetwork(), IMAGES, layers=name).watched
    assert (layer.units, layer.unit_axis) == (units, axis)


@pytest.mark.parametrize("name", ["wte", "blocks.0", "blocks.0.mlp.1", "head"])
def test_units_are_last_in_a_transformer(name):
    (layer,) = find(Transformer(1), NUMBERS, layers=name).watched
    assert layer.unit_axis == 2


def test_the_unit_axis_follows_a_patch_embedding_into_tokens():
    class Patches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patch = nn.Conv2d(3, 7, 4, 4)

        def forward(self, images: Tensor) -> Tensor:
            return functional.gelu(self.patch(images).flatten(2).transpose(1, 2))

    assert by_name(find(Patches(), IMAGES))["patch/gelu"].unit_axis == 2


def test_a_sequence_before_the_batch_is_seen():
    encoder = nn.LSTM(4, 3)
    model = nn.Sequential(encoder)
    with torch.no_grad():
        found = discover(model, lambda: model(torch.zeros(2, 5, 4)))
    assert found.watched[0].shape == (5, 3)


def test_what_has_no_example_axis_says_so():
    assert by_name(find(Transformer(1), NUMBERS))["wpe"].example_axis is None


class Mixer(nn.Module):
    """Splits its units into two axes, and activates the result."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 6)
        self.head = nn.Linear(6, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        split = functional.relu(self.inner(inputs).view(-1, 2, 3))
        return self.head(split.flatten(1))


def test_a_unit_axis_that_cannot_be_told_is_an_absence_under_auto():
    found = find(Mixer(), torch.zeros(2, 4))
    assert found.absences[0][0] == "inner/relu"


def test_a_unit_axis_that_cannot_be_told_is_an_error_where_it_was_asked_for():
    with pytest.raises(UnitAxisError, match=r'Recording\(unit_axis=\{"inner/relu": axis\}\)'):
        find(Mixer(), torch.zeros(2, 4), layers="inner/relu")


@pytest.mark.parametrize(("axis", "units"), [(1, 2), (2, 3), (-1, 3)])
def test_the_user_says_which_axis_holds_the_units(axis, units):
    found = find(Mixer(), torch.zeros(2, 4), unit_axis={"inner/relu": axis})
    assert by_name(found)["inner/relu"].units == units


def test_a_unit_axis_for_no_layer_is_refused():
    with pytest.raises(UnitAxisError, match='"inner/relu"'):
        find(Mixer(), torch.zeros(2, 4), unit_axis={"outer": 1})


@pytest.mark.parametrize("name", ["layer1.conv1", "layer1.norm1", "fc"])
def test_convolutions_norms_and_logits_are_never_dead(name):
    assert not find(ResidualNetwork(), IMAGES, layers=name).watched[0].can_be_dead


def test_an_activation_can_be_dead():
    assert by_name(find(ResidualNetwork(), IMAGES))["stem.2"].can_be_dead


def test_a_block_that_ends_in_a_relu_has_its_zeros():
    (layer,) = find(ResidualNetwork(), IMAGES, layers="layer1").watched
    assert layer.nonlinearity.family == "relu"


def test_a_layer_named_like_the_output_keeps_its_name():
    model = nn.Sequential()
    model.add_module("output", nn.Linear(4, 2))
    found = find(model, torch.zeros(2, 4))
    assert [layer.name for layer in found.layers] == ["input", "output", "model output"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: torch.compile(model, backend="eager"),
        nn.DataParallel,
    ],
)
def test_a_wrapped_model_has_the_layout_of_the_plain_one(wrap):
    model = ResidualNetwork()
    plain = find(model, IMAGES)
    wrapped = wrap(model).eval()
    with torch.no_grad():
        found = discover(wrapped, lambda: model(IMAGES))
    assert found == plain


def test_the_layout_id_is_a_hash_of_names_kinds_and_units():
    found = find(nn.Linear(4, 3), torch.zeros(2, 4))
    text = "input\0input\x004\nLinear\0linear\x003\noutput\0output\x003\n"
    assert found.layout_id == hashlib.sha256(text.encode()).hexdigest()


def test_the_message_holds_what_the_layout_says():
    layout = find(Branches(), torch.zeros(2, 4), layers=["auto", "stem"])
    message = layout.to_message("twin")
    assert (message.name, message.layout_id) == ("twin", layout.layout_id)
    for layer, stored in zip(layout.layers, message.layers, strict=True):
        for field in ("name", "kind", "module_type", "units", "unit_axis", "can_be_dead", "call"):
            assert getattr(stored, field) == getattr(layer, field)
        assert tuple(stored.shape) == layer.shape
        assert tuple(stored.successors) == layer.successors
        assert (stored.nonlinearity.lower, stored.nonlinearity.upper) == layer.nonlinearity[2:]


def test_parameters_are_counted_once():
    layout = find(ResidualNetwork(), IMAGES)
    model = ResidualNetwork()
    assert layout.parameters == sum(parameter.numel() for parameter in model.parameters())


def test_an_error_of_the_model_comes_through_and_leaves_no_hook():
    model = nn.Sequential(nn.Linear(4, 3), Residual(3, 3))
    with pytest.raises(RuntimeError):
        find(model, torch.zeros(2, 4))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
