"""The tokens of a probe set's sequences: their ids, and the texts of the ids that occur.

What is kept is bounded, and each loss is stated in a sentence. Tokens change nothing that is
measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Int32, Int64

from tb_neuron_callbacks.batches import describe, input_tensor
from tb_neuron_callbacks.errors import ProbeSetError

#: Ids that are kept of all examples together: 256 examples of 1024 positions.
MAX_TOKENS = 1 << 18
#: Different ids that are kept with their text.
MAX_TEXTS = 1 << 15
#: Characters of a text; a longer one ends in an ellipsis.
MAX_CHARACTERS = 64

#: Stands after an example's end in a batch of longer ones.
NO_TOKEN = -1
_LARGEST_ID = (1 << 31) - 1
#: What decoders give for bytes that are no whole character, and how SentencePiece marks a space.
_NO_CHARACTER, _SPACE = "\ufffd", "\u2581"


@dataclass(frozen=True, eq=False)
class Tokens:
    """What is kept of the tokens of all examples.

    Attributes:
        ids: -1 after an example's end.
        texts: by id, of the ids that occur.
        notes: what is not kept, a sentence each.
    """

    ids: Int32[np.ndarray, "example position"]
    texts: Mapping[int, str]
    notes: tuple[str, ...] = ()


def read_tokens(batches: Sequence[Any], tokenizer: Any) -> Tokens:
    """Return the tokens of a probe set.

    Args:
        batches: whose first tensors, or those named "input_ids", are integers [example, position];
            batches may differ in their positions.
        tokenizer: has `decode(ids)` or `convert_ids_to_tokens(ids)`, or is a function or mapping
            from an id to its text.

    Raises:
        ProbeSetError: the input is not such integers, or the tokenizer gives no text for an id.
    """
    return _tokens(batches, text_of(tokenizer))


def _tokens(batches: Sequence[Any], text: Callable[[int], Any] | None) -> Tokens:
    parts = [_ids(batch) for batch in batches]
    examples, positions = sum(map(len, parts)), max(part.shape[1] for part in parts)
    kept = min(positions, max(1, MAX_TOKENS // examples))
    ids = np.full((examples, kept), NO_TOKEN, np.int64)
    start = 0
    for part in parts:
        ids[start : start + len(part), : part.shape[1]] = part[:, :kept]
        start += len(part)
    notes = []
    if kept < positions:
        notes.append(f"the tokens of the first {kept} of {positions} positions are kept")
    texts = {} if text is None else _texts(ids, text, notes)
    return Tokens(ids.astype(np.int32), texts, tuple(notes))


def read_ids(batches: Sequence[Any]) -> Tokens | None:
    """Return the tokens of a probe set without their texts; None where the input is none.

    Args:
        batches: as in `read_tokens`.
    """
    tensors = [input_tensor(batch) for batch in batches]
    if any(each is None or each.dtype in (torch.bool, torch.uint8) for each in tensors):
        return None
    try:
        return _tokens(batches, None)
    except ProbeSetError:
        return None


def text_of(tokenizer: Any) -> Callable[[int], Any]:
    """Return the function from an id to its text that a tokenizer is or has.

    Raises:
        ProbeSetError: it is nothing of the kind.
    """
    decode = getattr(tokenizer, "decode", None)
    piece = _piece_of(tokenizer)
    if decode is not None:
        return lambda token: _decoded(decode([token]), None if piece is None else piece(token))
    if piece is not None:
        return piece
    if isinstance(tokenizer, Mapping):
        return lambda token: tokenizer[token]
    if callable(tokenizer):
        return tokenizer
    raise ProbeSetError(
        "a tokenizer has decode(ids) or convert_ids_to_tokens(ids), or is a function or a mapping "
        f"from an id to its text, not {type(tokenizer).__name__}; for a list of texts pass "
        "dict(enumerate(texts))"
    )


def _piece_of(tokenizer: Any) -> Callable[[int], Any] | None:
    """Return the function from an id to the vocabulary's own name of it, if there is one."""
    several = getattr(tokenizer, "convert_ids_to_tokens", None)
    if several is not None:
        return lambda token: several([token])[0]
    return getattr(tokenizer, "id_to_token", None)


def _decoded(text: Any, piece: Any) -> Any:
    """Return the text of a token by itself, which a decoder of whole sentences may spoil."""
    if not isinstance(text, str) or not isinstance(piece, str):
        return text
    if piece.startswith(_SPACE) and not text.startswith(" "):
        return f" {text}"
    return piece if not text or _NO_CHARACTER in text else text


def _ids(batch: Any) -> Int64[np.ndarray, "example position"]:
    tensor = input_tensor(batch)
    assert tensor is not None  # a probe set's batches hold examples
    is_integer = not (tensor.is_floating_point() or tensor.is_complex())
    if tensor.dim() != 2 or not is_integer:
        raise ProbeSetError(
            "a tokenizer is for sequences of integers [example, position], and the probe set's "
            f"input is {describe(tensor)}; leave tokenizer= out"
        )
    ids = tensor.numpy().astype(np.int64)
    if ids.size and not 0 <= ids.min() <= ids.max() <= _LARGEST_ID:
        outside = ids.min() if ids.min() < 0 else ids.max()
        raise ProbeSetError(
            f"ids of tokens are 0 to {_LARGEST_ID}, not {outside}; leave tokenizer= out where the "
            "input is no tokens"
        )
    return ids


def _texts(
    ids: Int64[np.ndarray, "example position"], text: Callable[[int], Any], notes: list[str]
) -> dict[int, str]:
    found, counts = np.unique(ids[ids != NO_TOKEN], return_counts=True)
    commonest = found[np.argsort(-counts, kind="stable")[:MAX_TEXTS]]
    if len(commonest) < len(found):
        notes.append(
            f"the texts of the {MAX_TEXTS} commonest of {len(found)} tokens are kept; the others "
            "are shown as numbers"
        )
    texts = {token: _text(token, text) for token in map(int, commonest)}
    if any(len(each) > MAX_CHARACTERS for each in texts.values()):
        notes.append(f"texts of tokens are cut after {MAX_CHARACTERS} characters")
    return {token: _cut(each) for token, each in texts.items()}


def _text(token: int, text: Callable[[int], Any]) -> str:
    try:
        found = text(token)
    except Exception as error:
        raise ProbeSetError(
            f"a tokenizer gives the text of each id that occurs, and for {token} it raised "
            f"{type(error).__name__}: {error}; pass the one that made the ids"
        ) from error
    if not isinstance(found, str):
        raise ProbeSetError(
            f"a tokenizer gives the text of an id, and for {token} it gave a "
            f"{type(found).__name__}; pass a function from an id to a str"
        )
    # What is stored is UTF-8, which has no lone surrogates.
    return found.encode("utf-8", "replace").decode("utf-8")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"
