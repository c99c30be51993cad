"""Probe sets: what they hold, their identity, where they come from, and what is refused."""

import functools
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from digits_run import digits
from torch import Tensor
from torch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
)

from tb_neuron_callbacks import ProbeSet
from tb_neuron_callbacks.batches import first_tensor
from tb_neuron_callbacks.errors import ProbeSetError

HERE = Path(__file__).parent


class Augmented(Dataset):
    """Draws from all three random generators for each example."""

    classes = ("even", "odd")

    def __len__(self) -> int:
        return 40

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        noise = float(torch.rand(())) + np.random.rand() + random.random()
        return torch.full((3,), index + noise), index % 2


class Stream(IterableDataset):
    """Can only be iterated, and remembers that it was."""

    taken = 0

    def __iter__(self):
        Stream.taken += 1
        yield torch.zeros(3)


def inputs_of(probe: ProbeSet) -> Tensor:
    return torch.cat(
        [tensor for batch in probe.batches if (tensor := first_tensor(batch)) is not None]
    )


def indexed(count: int, **choices: Any) -> DataLoader:
    return DataLoader(TensorDataset(torch.arange(count), torch.arange(count) % 3), **choices)


# -- contents


def test_a_probe_set_of_tensors_holds_all_examples() -> None:
    assert len(ProbeSet.from_tensors(*digits(100), batch_size=32)) == 100


def test_tensors_are_split_into_batches() -> None:
    probe = ProbeSet.from_tensors(*digits(100), batch_size=32)
    assert [len(batch) for batch in probe.batches] == [32, 32, 32, 4]


def test_arrays_are_taken_as_tensors() -> None:
    assert isinstance(ProbeSet.from_tensors(np.zeros((4, 2))).batches[0], Tensor)


def test_labels_are_optional() -> None:
    assert ProbeSet.from_tensors(digits(8)[0]).labels is None


def test_labels_of_batches_are_found() -> None:
    images, labels = digits(8)
    probe = ProbeSet.from_batches([(images[:5], labels[:5]), (images[5:], labels[5:])])
    assert probe.labels is not None
    assert probe.labels.tolist() == labels.tolist()


@pytest.mark.parametrize("name", ["labels", "label", "target"])
def test_labels_of_mappings_are_found(name: str) -> None:
    probe = ProbeSet.from_batches([{"pixels": torch.zeros(3, 2), name: torch.tensor([2, 0, 1])}])
    assert probe.labels is not None
    assert probe.labels.tolist() == [2, 0, 1]


def test_targets_that_are_no_classes_are_no_labels() -> None:
    assert ProbeSet.from_batches([(torch.zeros(3, 2), torch.rand(3))]).labels is None


def test_tokens_of_the_next_position_are_no_labels() -> None:
    tokens = torch.zeros(3, 7, dtype=torch.int64)
    assert ProbeSet.from_batches([(tokens, tokens)]).labels is None


def test_a_probe_set_does_not_change_with_the_memory_it_came_from() -> None:
    images = torch.zeros(4, 3)
    probe = ProbeSet.from_tensors(images)
    images.add_(1)
    assert inputs_of(probe).sum() == 0


def test_metadata_is_kept_as_text() -> None:
    probe = ProbeSet.from_tensors(torch.zeros(2, 3), metadata={"writer": [7, "ü"]})
    assert probe.metadata == {"writer": ("7", "ü")}


def test_tracked_examples_are_spread() -> None:
    assert ProbeSet.from_tensors(torch.zeros(100, 3), tracked=4).tracked == (0, 25, 50, 75)


def test_tracked_examples_can_be_named() -> None:
    assert ProbeSet.from_tensors(torch.zeros(9, 3), tracked=[8, 2]).tracked == (8, 2)


@pytest.mark.parametrize(
    ("shape", "dtype", "kind"),
    [
        ((4, 3, 9, 9), torch.float32, "image"),
        ((4, 9, 9, 1), torch.uint8, "image"),
        ((4, 2, 9, 9), torch.float32, "image"),
        ((4, 12, 9, 9), torch.float32, "image"),
        ((4, 3, 5, 9, 9), torch.float32, "signal"),
        ((4, 12), torch.int64, "sequence"),
        ((4, 12), torch.float32, "tabular"),
        ((4, 1, 100), torch.float32, "signal"),
    ],
)
def test_the_kind_of_input_is_told_from_shape_and_dtype(shape, dtype, kind: str) -> None:
    assert ProbeSet.from_tensors(torch.zeros(shape, dtype=dtype)).input_kind() == kind


# -- identity


@pytest.mark.parametrize("batch_size", [1, 7, 100])
def test_the_hash_does_not_depend_on_the_split(batch_size: int) -> None:
    whole = ProbeSet.from_tensors(*digits(50), batch_size=50)
    assert ProbeSet.from_tensors(*digits(50), batch_size=batch_size).hash == whole.hash


def test_the_hash_depends_on_the_inputs() -> None:
    images, labels = digits(50)
    changed = images.clone()
    changed[17, 0, 3, 3] += 1e-3
    assert ProbeSet.from_tensors(changed, labels).hash != ProbeSet.from_tensors(images, labels).hash


def test_the_hash_depends_on_the_labels() -> None:
    images, labels = digits(50)
    assert (
        ProbeSet.from_tensors(images, labels + 1).hash != ProbeSet.from_tensors(images, labels).hash
    )


def test_the_hash_depends_on_the_shape() -> None:
    numbers = torch.arange(12.0)
    first, second = numbers.view(6, 2), numbers.view(4, 3)
    assert ProbeSet.from_tensors(first).hash != ProbeSet.from_tensors(second).hash


def test_texts_are_hashed_whatever_the_split() -> None:
    tensors, texts = torch.zeros(4, 1), ["a", "b", "c", "d"]
    whole = ProbeSet.from_batches([(tensors, texts)])
    split = ProbeSet.from_batches([(tensors[:1], texts[:1]), (tensors[1:], texts[1:])])
    assert split.hash == whole.hash


def test_bfloat16_has_a_hash() -> None:
    assert len(ProbeSet.from_tensors(torch.ones(2, 3, dtype=torch.bfloat16)).hash) == 64


# -- from a loader


def test_a_loader_gives_examples_spread_over_its_data_set() -> None:
    probe = ProbeSet.from_loader(indexed(100, batch_size=8), 5)
    assert inputs_of(probe).tolist() == [0, 20, 40, 60, 80]


def test_a_small_data_set_is_taken_whole() -> None:
    assert len(ProbeSet.from_loader(indexed(7, batch_size=4), 256)) == 7


def test_a_shuffled_loader_gives_the_same_examples() -> None:
    plain = ProbeSet.from_loader(indexed(100, batch_size=8), 10)
    shuffled = ProbeSet.from_loader(indexed(100, batch_size=8, shuffle=True), 10)
    assert shuffled.hash == plain.hash


def test_a_sampler_over_a_subset_is_kept_to() -> None:
    loader = indexed(100, batch_size=4, sampler=SubsetRandomSampler([3, 97, 50]))
    assert inputs_of(ProbeSet.from_loader(loader)).tolist() == [3, 50, 97]


def test_a_data_set_of_batches_is_read_batch_by_batch() -> None:
    batches = TensorDataset(torch.arange(12).view(3, 4))
    loader = DataLoader(batches, batch_size=None)
    assert len(ProbeSet.from_loader(loader, 8)) == 8


def test_images_that_stand_behind_their_labels_are_the_input() -> None:
    batch = {"labels": torch.tensor([0, 1]), "pixel_values": torch.zeros(2, 3, 8, 8)}
    assert ProbeSet.from_batches([batch]).input_kind() == "image"


def test_the_users_collate_function_is_used() -> None:
    loader = indexed(
        10, batch_size=5, collate_fn=lambda items: {"x": torch.stack([i[0] for i in items])}
    )
    assert set(ProbeSet.from_loader(loader).batches[0]) == {"x"}


def test_class_names_come_from_the_data_set_also_inside_a_subset() -> None:
    loader = DataLoader(Subset(Augmented(), range(20)), batch_size=4)
    assert ProbeSet.from_loader(loader).class_names == ("even", "odd")


def test_random_transforms_give_the_same_probe_set_each_time() -> None:
    first = ProbeSet.from_loader(DataLoader(Augmented(), batch_size=4))
    torch.manual_seed(5)
    assert ProbeSet.from_loader(DataLoader(Augmented(), batch_size=4)).hash == first.hash


def test_random_numbers_go_on_as_if_no_probe_set_was_built() -> None:
    # In a process of its own: the type checker of the tests draws random numbers too.
    script = """
import random, sys
import numpy as np, torch
from torch.utils.data import DataLoader
from test_probe import Augmented, ProbeSet
def states():
    return torch.get_rng_state().tolist(), str(np.random.get_state()), random.getstate()
before = states()
ProbeSet.from_loader(DataLoader(Augmented(), batch_size=4, shuffle=True))
sys.exit(states() != before)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=HERE).returncode == 0


class Noisy(Dataset):
    """Draws from generators of its own and of its transform."""

    def __init__(self) -> None:
        numbers = np.random.default_rng(5)
        self.torch_generator = torch.Generator().manual_seed(5)
        self.steps = [functools.partial(shifted, random.Random(5)), lambda x: x + numbers.normal()]

    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Tensor:
        example = torch.rand(2, generator=self.torch_generator) + index
        for step in self.steps:
            example = step(example)
        return example


def shifted(generator: random.Random, example: Tensor) -> Tensor:
    return example + generator.random()


def test_generators_of_a_data_set_and_its_transforms_are_not_moved() -> None:
    untouched, read = Noisy(), Noisy()
    ProbeSet.from_loader(DataLoader(Subset(read, range(8))), 5)
    assert torch.equal(read[0], untouched[0])


def test_the_loaders_own_generator_is_not_moved() -> None:
    generator = torch.Generator().manual_seed(4)
    loader = indexed(
        50, batch_size=5, sampler=RandomSampler(range(50), generator=generator), generator=generator
    )
    before = generator.get_state()
    ProbeSet.from_loader(loader)
    assert torch.equal(generator.get_state(), before)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_running_iterator_with_persistent_workers_goes_on() -> None:
    loader = indexed(12, batch_size=4, num_workers=1, persistent_workers=True)
    iterator = iter(loader)
    first = next(iterator)[0].tolist()
    ProbeSet.from_loader(loader)
    rest = [number for batch in iterator for number in batch[0].tolist()]
    del iterator, loader
    assert first + rest == list(range(12))


def test_an_iterable_data_set_is_refused_with_the_way_out() -> None:
    with pytest.raises(ProbeSetError, match=r"Stream can only be iterated.*from_batches"):
        ProbeSet.from_loader(DataLoader(Stream(), batch_size=2))


def test_an_iterable_data_set_is_not_iterated() -> None:
    Stream.taken = 0
    with pytest.raises(ProbeSetError):
        ProbeSet.from_loader(DataLoader(Stream(), batch_size=2))
    assert Stream.taken == 0


def test_something_else_than_a_loader_is_refused() -> None:
    with pytest.raises(ProbeSetError, match="not list"):
        ProbeSet.from_loader([torch.zeros(2, 2)])


# -- refusals


@pytest.mark.parametrize(
    "make",
    [
        lambda: ProbeSet.from_batches([]),
        lambda: ProbeSet.from_batches(["no tensor"]),
        lambda: ProbeSet.from_tensors(torch.zeros(0, 3)),
        lambda: ProbeSet.from_loader(indexed(0, batch_size=2)),
    ],
)
def test_an_empty_probe_set_is_refused(make) -> None:
    with pytest.raises(ProbeSetError, match="at least one example"):
        make()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"labels": [0, 1]}, "labels has one entry an example: 4, not 2"),
        ({"labels": [[0], [1], [1], [0]]}, "one integer an example"),
        ({"labels": [0.5, 0.1, 0.2, 0.3]}, "one integer an example"),
        ({"metadata": {"a": [1]}}, "4, not 1"),
        ({"tracked": [4]}, "from 0 to 3, not 4"),
        ({"tracked": -1}, "at least 0"),
        ({"name": ""}, "a text, not ''; pass"),
        ({"batch_size": 0}, "at least 1"),
    ],
)
def test_what_does_not_fit_the_examples_is_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ProbeSetError, match=message):
        ProbeSet.from_tensors(torch.zeros(4, 3), **choices)
