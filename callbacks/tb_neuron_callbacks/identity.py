"""The identity of a probe set: a hash over its contents, whatever its split into batches."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from tb_neuron_callbacks.batches import leaves


def hash_contents(batches: Sequence[Any], labels: Tensor | None) -> str:
    """Return the SHA-256 over inputs and labels, in hexadecimal.

    Each leaf is hashed by itself over all batches, so that 4 batches of 8 examples have the hash
    of one batch of 32.
    """
    parts: dict[str, _Leaf] = {}
    for batch in batches:
        for path, leaf in leaves(batch):
            # Texts in a list are one leaf: their place in the list depends on the split.
            name = path if isinstance(leaf, Tensor) else path.rpartition(".")[0]
            parts.setdefault(name, _Leaf()).add(leaf)
    whole = hashlib.sha256()
    for name in sorted(parts):
        whole.update(name.encode() + b"\0" + parts[name].digest())
    if labels is not None:
        whole.update(b"labels\0" + _content(labels))
    return whole.hexdigest()


class _Leaf:
    """The running hash of one leaf; dtype and shape of an example are hashed when they change."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._form = ""

    def add(self, leaf: Any) -> None:
        if not isinstance(leaf, Tensor):
            self._hash.update(repr(leaf).encode() + b"\0")
            return
        form = f"{leaf.dtype}{list(leaf.shape[1:])}"
        if form != self._form:
            self._hash.update(form.encode() + b"\0")
            self._form = form
        self._hash.update(_content(leaf))

    def digest(self) -> bytes:
        return self._hash.digest()


def _content(tensor: Tensor) -> bytes:
    dense = tensor.to_dense() if tensor.layout != torch.strided else tensor
    flat = dense.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
