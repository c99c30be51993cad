"""How examples are read from a loader's data set without iterating the loader."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, SubsetRandomSampler

from tb_neuron_callbacks.batches import count_examples, take_examples
from tb_neuron_callbacks.errors import ProbeSetError
from tb_neuron_callbacks.randomness import preserved_generators, preserved_randomness

#: Random transforms of a data set are drawn with this seed, so that each start gets one probe set.
SEED = 0
_BATCH_SIZE = 64


def read_examples(loader: Any, examples: int) -> list[Any]:
    """Return batches with so many examples, evenly spread over the loader's data set.

    Raises:
        ProbeSetError: this is no loader over a data set with a length.
    """
    indices = _spread(_eligible(loader), examples)
    batches: list[Any] = []
    with preserved_randomness(), preserved_generators(loader.dataset, loader.collate_fn):
        # Not torch.manual_seed: on a CUDA that starts later it would outlast this block.
        torch.default_generator.manual_seed(SEED)
        np.random.seed(SEED)
        random.seed(SEED)
        for batch in _batches(loader, indices):
            missing = examples - sum(map(count_examples, batches))
            if missing <= 0:
                break
            batches.append(take_examples(batch, 0, missing))
    return batches


def class_names(loader: Any) -> tuple[str, ...]:
    """Return the `classes` of a loader's data set, also of one inside subsets; else ()."""
    dataset = getattr(loader, "dataset", None)
    while dataset is not None and not hasattr(dataset, "classes"):
        dataset = getattr(dataset, "dataset", None)
    names = getattr(dataset, "classes", ())
    if isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names):
        return tuple(names)
    return ()


def _eligible(loader: Any) -> list[int]:
    """Return the indices that the loader draws from: a sampler over a subset keeps to it."""
    dataset = getattr(loader, "dataset", None)
    if dataset is None or not hasattr(loader, "collate_fn"):
        raise ProbeSetError(
            f"from_loader takes a torch.utils.data.DataLoader, not {type(loader).__name__}; pass "
            "batches to ProbeSet.from_batches([...])"
        )
    if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__len__"):
        raise ProbeSetError(
            f"from_loader reads a data set by index, and {type(dataset).__name__} can only be "
            "iterated: reading it would take examples from the training. Pass batches of your "
            "own to ProbeSet.from_batches([...])"
        )
    sampler = getattr(loader, "sampler", None)
    if isinstance(sampler, SubsetRandomSampler):
        return sorted(int(index) for index in sampler.indices)
    return list(range(len(dataset)))


def _spread(eligible: list[int], examples: int) -> list[int]:
    count = min(examples, len(eligible))
    return [eligible[place * len(eligible) // count] for place in range(count)]


def _batches(loader: Any, indices: list[int]) -> Iterator[Any]:
    if loader.batch_size is None and loader.batch_sampler is None:
        # The data set's items are batches already.
        for index in indices:
            yield loader.collate_fn(loader.dataset[index])
        return
    size = loader.batch_size or getattr(loader.batch_sampler, "batch_size", None) or _BATCH_SIZE
    yield from DataLoader(
        torch.utils.data.Subset(loader.dataset, indices),
        batch_size=int(size),
        shuffle=False,
        collate_fn=loader.collate_fn,
        num_workers=0,
        generator=torch.Generator(),
    )
