"""Which axis of an output has an entry an example is known, also when batches are moved or cut."""

import torch
from networks import Transformer

from tb_neuron_callbacks import ProbeSet, Recording
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.subject import Subject


def layout_of_transformer() -> Layout:
    torch.manual_seed(0)
    probe = ProbeSet.from_tensors(torch.randint(0, 11, (6, 6)))
    return Subject(Transformer(), probe).find_layers("auto", Recording())


def test_the_input_has_its_shape() -> None:
    assert layout_of_transformer().layers[0].shape == (6,)


def test_an_embedding_of_places_has_no_example_axis() -> None:
    axes = {layer.name: layer.example_axis for layer in layout_of_transformer().watched}
    assert axes["wpe"] is None
    assert axes["wte"] == 0
