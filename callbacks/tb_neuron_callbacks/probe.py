"""The probe set: the fixed examples on which every record is measured, and their identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from jaxtyping import Int64
from torch import Tensor

from tb_neuron.errors import shown
from tb_neuron.schema import neuron_pb2
from tb_neuron_callbacks.arguments import as_count, check_name
from tb_neuron_callbacks.batches import (
    count_examples,
    find_labels,
    input_tensor,
    map_leaves,
    misfit_labels,
    take_examples,
)
from tb_neuron_callbacks.errors import ProbeSetError
from tb_neuron_callbacks.identity import hash_contents
from tb_neuron_callbacks.loaders import class_names as loader_class_names
from tb_neuron_callbacks.loaders import read_examples
from tb_neuron_callbacks.masks import Masks, read_masks
from tb_neuron_callbacks.notice import warn
from tb_neuron_callbacks.thumbnails import channel_axis
from tb_neuron_callbacks.tokens import Tokens, read_ids, read_tokens

_TRACKED = 16
_BATCH_SIZE = 64


@dataclass(frozen=True, eq=False)
class ProbeSet:
    """The examples on which every record is measured; made by one of the three constructors.

    Attributes:
        batches: as the user's loader gives them, on the CPU.
        labels: class of each example, or None where there are no classes.
        class_names: names of the classes in the order of their numbers; empty if unknown.
        metadata: further facts, a string an example.
        name: part of the tag under which records are written.
        tracked: indices of the examples that are kept in full detail.
        masks: ground truth of each example, None where there is none; empty if there is none at
            all.
        tokens: of sequences; their texts where a tokenizer was given. None for other inputs.
        column_names: of tabular rows; empty if unknown.
        hash: SHA-256 over inputs and labels, the same for any split into batches. It does not
            depend on masks and tokenizer, which change nothing that is measured.
    """

    batches: tuple[Any, ...]
    labels: Int64[Tensor, " example"] | None
    class_names: tuple[str, ...]
    metadata: Mapping[str, tuple[str, ...]]
    name: str
    tracked: tuple[int, ...]
    masks: Masks = ()
    tokens: Tokens | None = None
    column_names: tuple[str, ...] = ()
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "hash", hash_contents(self.batches, self.labels))

    def __len__(self) -> int:
        """Return the number of examples."""
        return sum(map(count_examples, self.batches))

    def __repr__(self) -> str:
        return f"ProbeSet({self.name!r}, {len(self)} examples, {self.hash[:12]})"

    @classmethod
    def from_tensors(  # noqa: PLR0913
        cls,
        inputs: Any,
        labels: Any = None,
        *,
        batch_size: int = _BATCH_SIZE,
        class_names: Sequence[str] = (),
        metadata: Mapping[str, Sequence[Any]] | None = None,
        masks: Any = None,
        tokenizer: Any = None,
        column_names: Sequence[str] = (),
        name: str = "probe",
        tracked: int | Sequence[int] = _TRACKED,
    ) -> ProbeSet:
        """Make a probe set of tensors that hold all examples.

        Args:
            inputs: a tensor [example, ...], or a nest of them: the model's whole input.
            labels: integers [example], or None.
            batch_size: examples in one forward.
            class_names: names of the classes.
            metadata: lists with a value an example.
            masks: ground truth of where in each example the evidence lies, bool or uint8: a tensor
                or array [example, y, x] for images, [example, position] for sequences, or a list
                with None for examples without.
            tokenizer: gives the texts of an integer sequence's ids: it has `decode(ids)` or
                `convert_ids_to_tokens(ids)`, or is a function or mapping from an id to its text.
            column_names: names of the columns of tabular rows.
            name: part of the tag under which records are written.
            tracked: how many examples are kept in full detail, evenly spread, or their indices.

        Raises:
            ProbeSetError: there is no example, something has another length than they, a mask has
                another shape than its example, or a tokenizer does not fit the input.
        """
        rule = "batch_size is a whole number of at least 1"
        batch_size = as_count(batch_size, rule, "pass batch_size=64", ProbeSetError)
        whole = map_leaves(_as_tensor, inputs)
        batches = [
            take_examples(whole, start, start + batch_size)
            for start in range(0, count_examples(whole), batch_size)
        ]
        described = _Described(class_names, metadata, masks, tokenizer, column_names, name, tracked)
        return _assemble(batches, labels, described)

    @classmethod
    def from_batches(  # noqa: PLR0913
        cls,
        batches: Iterable[Any],
        *,
        labels: Any = None,
        class_names: Sequence[str] = (),
        metadata: Mapping[str, Sequence[Any]] | None = None,
        masks: Any = None,
        tokenizer: Any = None,
        column_names: Sequence[str] = (),
        name: str = "probe",
        tracked: int | Sequence[int] = _TRACKED,
    ) -> ProbeSet:
        """Make a probe set of batches such as a loader gives.

        Args:
            batches: tensors, tuples `(input, label)`, mappings, ...; all of them are used.
            labels: integers [example]; by default those that the batches carry, if they do: the
                first integer tensor of one axis after a tuple's input, or a mapping's "labels",
                "label", "targets", "target" or "y".
            class_names: names of the classes.
            metadata: lists with a value an example.
            masks: ground truth of where in each example the evidence lies, bool or uint8: a tensor
                or array [example, y, x] for images, [example, position] for sequences, or a list
                with None for examples without.
            tokenizer: gives the texts of an integer sequence's ids: it has `decode(ids)` or
                `convert_ids_to_tokens(ids)`, or is a function or mapping from an id to its text.
            column_names: names of the columns of tabular rows.
            name: part of the tag under which records are written.
            tracked: how many examples are kept in full detail, evenly spread, or their indices.

        Raises:
            ProbeSetError: there is no example, something has another length than they, a mask has
                another shape than its example, or a tokenizer does not fit the input.
        """
        kept = list(batches)
        found = labels if labels is not None else _carried_labels(kept)
        described = _Described(class_names, metadata, masks, tokenizer, column_names, name, tracked)
        return _assemble(kept, found, described)

    @classmethod
    def from_loader(  # noqa: PLR0913
        cls,
        loader: Any,
        examples: int = 256,
        *,
        labels: Any = None,
        class_names: Sequence[str] = (),
        metadata: Mapping[str, Sequence[Any]] | None = None,
        masks: Any = None,
        tokenizer: Any = None,
        column_names: Sequence[str] = (),
        name: str = "probe",
        tracked: int | Sequence[int] = _TRACKED,
    ) -> ProbeSet:
        """Make a probe set of examples spread evenly over a loader's data set.

        The loader itself is not iterated: that would move its generator and the training's random
        numbers. A loader of one process, unshuffled, is made over the same data set and collate
        function, with random transforms drawn from a fixed seed, and the states of all random
        generators are restored.

        Args:
            loader: a `torch.utils.data.DataLoader` over a data set with a length.
            examples: how many examples; all if there are fewer.
            labels: integers [example]; by default those that the batches carry.
            class_names: names of the classes; by default the data set's `classes`, if it has them.
            metadata: lists with a value an example.
            masks: ground truth of where in each example the evidence lies, bool or uint8: a tensor
                or array [example, y, x] for images, [example, position] for sequences, or a list
                with None for examples without.
            tokenizer: gives the texts of an integer sequence's ids: it has `decode(ids)` or
                `convert_ids_to_tokens(ids)`, or is a function or mapping from an id to its text.
            column_names: names of the columns of tabular rows.
            name: part of the tag under which records are written.
            tracked: how many examples are kept in full detail, evenly spread, or their indices.

        Raises:
            ProbeSetError: the data set has no length, or no example; or as in `from_batches`.
        """
        rule = "examples is a whole number of at least 1"
        examples = as_count(examples, rule, "pass examples=256", ProbeSetError)
        kept = read_examples(loader, examples)
        found = labels if labels is not None else _carried_labels(kept)
        names = class_names or loader_class_names(loader)
        described = _Described(names, metadata, masks, tokenizer, column_names, name, tracked)
        return _assemble(kept, found, described)

    def input_kind(self) -> str:
        """Return what one example is: "image", "sequence", "signal" or "tabular"."""
        tensor = input_tensor(self.batches[0])
        assert tensor is not None  # checked at construction
        if channel_axis(tensor) is not None:
            return "image"
        if tensor.dim() <= 2 and not tensor.is_floating_point():
            return "sequence"
        return "tabular" if tensor.dim() <= 2 else "signal"

    def images(self) -> list[Tensor]:
        """Return the first input of each batch if it is images, else []."""
        if self.input_kind() != "image":
            return []
        return [tensor for batch in self.batches if (tensor := input_tensor(batch)) is not None]

    def to_message(self) -> neuron_pb2.Probe:
        """Return what the schema's kind "probe" says of this set."""
        tensor = input_tensor(self.batches[0])
        assert tensor is not None
        message = neuron_pb2.Probe(
            hash=self.hash,
            name=self.name,
            examples=len(self),
            class_names=self.class_names,
            has_labels=self.labels is not None,
            input=self.input_kind(),
            shape=tensor.shape[1:],
            tracked=self.tracked,
            column_names=self.column_names,
        )
        for column, values in self.metadata.items():
            message.metadata.add(name=column, values=values)
        for token, text in self.tokens.texts.items() if self.tokens else ():
            message.token_texts.add(id=token, text=text)
        return message


class _Described(NamedTuple):
    """What all three constructors take beside inputs and labels, as it was given."""

    class_names: Sequence[str]
    metadata: Mapping[str, Sequence[Any]] | None
    masks: Any
    tokenizer: Any
    column_names: Sequence[str]
    name: str
    tracked: int | Sequence[int]


def _assemble(batches: Sequence[Any], labels: Any, described: _Described) -> ProbeSet:
    own = tuple(map_leaves(_own, batch) for batch in batches if count_examples(batch) > 0)
    if not own:
        raise ProbeSetError(
            f"a probe set holds at least one example; {len(batches)} batches with none in a tensor "
            "were given. Pass batches whose tensors have the examples on their first axis"
        )
    metadata, tokenizer = described.metadata or {}, described.tokenizer
    return ProbeSet(
        batches=own,
        labels=None if labels is None else _as_labels(labels),
        class_names=tuple(map(str, described.class_names)),
        metadata={str(key): tuple(map(str, values)) for key, values in metadata.items()},
        name=described.name,
        tracked=_tracked(described.tracked, sum(map(count_examples, own))),
        masks=read_masks(described.masks, own),
        tokens=read_ids(own) if tokenizer is None else read_tokens(own, tokenizer),
        column_names=tuple(map(str, described.column_names)),
    )


def _check(probe: ProbeSet) -> None:
    count = len(probe)
    lengths = {f"metadata[{key!r}]": len(values) for key, values in probe.metadata.items()}
    if probe.labels is not None:
        lengths["labels"] = len(probe.labels)
    for what, length in lengths.items():
        if length != count:
            raise ProbeSetError(
                f"{what} has one entry an example: {count}, not {length}; pass those of the probe "
                "set's examples, in their order"
            )
    tensor = input_tensor(probe.batches[0])
    columns = tensor.shape[-1] if tensor is not None and tensor.dim() == 2 else None
    if probe.column_names and len(probe.column_names) != columns:
        raise ProbeSetError(
            f"column_names has a name for each column of rows [example, column]: {columns or 0}, "
            f"not {len(probe.column_names)}; leave it out where the input is no rows"
        )
    outside = [index for index in probe.tracked if not 0 <= index < count]
    if outside:
        raise ProbeSetError(
            f"tracked examples are indices from 0 to {count - 1}, not {outside[0]}; pass a count "
            "to have them spread"
        )
    check_name(probe.name, "a probe set's name is a text", "pass name='probe'", ProbeSetError)


def _carried_labels(batches: Sequence[Any]) -> Tensor | None:
    held = [batch for batch in batches if count_examples(batch) > 0]
    labels = [part for batch in held if (part := find_labels(batch)) is not None]
    if labels and len(labels) == len(held):
        return torch.cat(labels)
    if labels:
        warn(
            f"{len(labels)} of {len(held)} batches carry labels, so the probe set has none. Pass "
            "labels=[...] with one integer an example"
        )
    elif held and (form := misfit_labels(held[0])):
        warn(
            f"labels are one integer an example, not {form}, so the probe set has none. Pass "
            "labels=[...] with one integer an example if these are its classes"
        )
    return None


def _as_labels(labels: Any) -> Tensor:
    try:
        tensor = torch.as_tensor(labels).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ProbeSetError(
            f"labels are one integer an example, not {shown(labels)}; number the classes, and pass "
            "their names as class_names="
        ) from error
    if tensor.is_floating_point() or tensor.is_complex() or tensor.dim() != 1:
        dtype = str(tensor.dtype).removeprefix("torch.")
        raise ProbeSetError(
            f"labels are one integer an example, not {dtype}{list(tensor.shape)}; leave them out "
            "where there are no classes"
        )
    return tensor.to(torch.int64, copy=True)


def _as_tensor(leaf: Any) -> Any:
    if isinstance(leaf, Tensor) and (leaf.layout != torch.strided or leaf.is_nested):
        raise ProbeSetError(
            f"tensors that are split into batches are dense, not {leaf.layout}; pass what is in "
            "one batch each to ProbeSet.from_batches([...])"
        )
    return torch.as_tensor(leaf) if hasattr(leaf, "__array__") else leaf


def _own(leaf: Any) -> Any:
    """Copy a tensor: a probe set stays fixed when the user reuses memory."""
    return leaf.detach().to("cpu", copy=True) if isinstance(leaf, Tensor) else leaf


def _tracked(tracked: int | Sequence[int], count: int) -> tuple[int, ...]:
    rule = "tracked is a count of at least 0 or a list of indices"
    if isinstance(tracked, Iterable) and not isinstance(tracked, str):
        return tuple(as_count(each, rule, "pass 16", ProbeSetError, None) for each in tracked)
    wanted = min(as_count(tracked, rule, "pass 16", ProbeSetError, least=0), count)
    return tuple(place * count // wanted for place in range(wanted))
