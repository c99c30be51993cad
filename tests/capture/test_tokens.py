"""Tokens of examples and their texts, written by a recorder and read back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import tb_neuron
from tb_neuron.errors import NotFoundError
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every, tokens
from tb_neuron_callbacks.errors import ProbeSetError

WORDS = ["<pad>", "the", " cat", " sat", "\n", "é", "☃"]
IDS = torch.tensor([[1, 2, 3, 0], [6, 5, 4, 1]])
TEXTS = [["the", " cat", " sat", "<pad>"], ["☃", "é", "\n", "the"]]


class Decoder:
    """Decodes whole sequences, as most tokenizers do."""

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(WORDS[number] for number in ids)


class Pieces:
    """Knows its pieces alone."""

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        return [WORDS[number] for number in ids]


class Bytes:
    """One token a byte, decoded as UTF-8: a letter of several bytes is no text by itself."""

    def decode(self, ids: Sequence[int]) -> str:
        return bytes(ids).decode("utf-8", "replace")

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        return [f"<0x{number:02X}>" for number in ids]


class Spaced:
    """Marks the space before a word, and strips it from what it decodes, as SentencePiece does."""

    pieces = ("▁the", "▁c", "at", "▁")

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(self.pieces[number] for number in ids).replace("▁", " ").strip()

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        return [self.pieces[number] for number in ids]


class Silent:
    """Decodes no special token, as the `tokenizers` library does."""

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(WORDS[number] for number in ids if number)

    def id_to_token(self, number: int) -> str:
        return WORDS[number]


class Embedded(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(300, 4)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.embedding(inputs).mean(1)


def recorded(folder: Path, probe: ProbeSet, **choices: Any) -> Run:
    with NeuronRecorder(Embedded(), probe, folder, schedule=every(1), **choices) as recorder:
        recorder.step(0)
    return next(iter(tb_neuron.open(folder).runs.values()))


@pytest.mark.parametrize(
    "tokenizer",
    [Decoder(), Pieces(), Silent(), dict(enumerate(WORDS)), WORDS.__getitem__],
    ids=["decode", "pieces", "special", "mapping", "function"],
)
def test_the_texts_of_tokens_are_read_back(tmp_path: Path, tokenizer: Any) -> None:
    run = recorded(tmp_path, ProbeSet.from_tensors(IDS, tokenizer=tokenizer))
    assert [run.tokens(example) for example in range(2)] == TEXTS


def test_a_byte_that_is_no_character_is_shown_as_its_piece(tmp_path: Path) -> None:
    ids = torch.tensor([list("né".encode())])
    run = recorded(tmp_path, ProbeSet.from_tensors(ids, tokenizer=Bytes()))
    assert run.tokens(0) == ["n", "<0xC3>", "<0xA9>"]


def test_a_space_before_a_word_is_kept(tmp_path: Path) -> None:
    run = recorded(
        tmp_path, ProbeSet.from_tensors(torch.tensor([[0, 1, 2, 3]]), tokenizer=Spaced())
    )
    assert run.tokens(0) == [" the", " c", "at", " "]


def test_batches_may_differ_in_length(tmp_path: Path) -> None:
    probe = ProbeSet.from_batches([IDS[:1, :2], IDS[1:]], tokenizer=Decoder())
    run = recorded(tmp_path, probe)
    assert [run.tokens(0), run.tokens(1)] == [TEXTS[0][:2], TEXTS[1]]


def test_the_ids_of_a_mapping_are_its_input_ids(tmp_path: Path) -> None:
    batch = {"labels": torch.tensor([0, 1]), "input_ids": IDS}
    run = recorded(
        tmp_path,
        ProbeSet.from_batches([batch], tokenizer=Decoder()),
        forward=lambda model, batch: model(batch["input_ids"]),
    )
    assert run.tokens(1) == TEXTS[1]


def test_tokens_do_not_change_the_identity() -> None:
    known = ProbeSet.from_tensors(IDS, tokenizer=Decoder())
    assert known.hash == ProbeSet.from_tensors(IDS).hash


def test_without_a_tokenizer_ids_are_numbers(tmp_path: Path) -> None:
    run = recorded(tmp_path, ProbeSet.from_tensors(IDS))
    assert run.tokens(1) == ["6", "5", "4", "1"]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.bool])
def test_integers_that_are_no_ids_are_no_tokens(dtype: torch.dtype) -> None:
    assert ProbeSet.from_tensors((IDS > 2).to(dtype)).tokens is None


def test_negative_integers_are_no_tokens() -> None:
    assert ProbeSet.from_tensors(-IDS).tokens is None


def test_inputs_that_are_no_sequences_have_no_tokens(tmp_path: Path) -> None:
    with NeuronRecorder(
        nn.Linear(3, 2), ProbeSet.from_tensors(torch.rand(4, 3)), tmp_path, schedule=every(1)
    ) as recorder:
        recorder.step(0)
    run = next(iter(tb_neuron.open(tmp_path).runs.values()))
    with pytest.raises(NotFoundError, match="no tokens of example '0'; there is none"):
        run.tokens(0)


def test_an_example_that_does_not_exist_has_no_tokens(tmp_path: Path) -> None:
    run = recorded(tmp_path, ProbeSet.from_tensors(IDS, tokenizer=Decoder()))
    with pytest.raises(NotFoundError, match="'2'; there is '0 to 1'"):
        run.tokens(2)


@pytest.mark.parametrize(
    ("inputs", "tokenizer", "message"),
    [
        (torch.zeros(2, 4), Decoder(), r"sequences of integers .* float32\[2, 4\]"),
        (torch.zeros(2, 3, 4, 4), Decoder(), r"sequences of integers .*float32\[2, 3, 4, 4\]"),
        (torch.zeros(2, dtype=torch.int64), Decoder(), r"int64\[2\]; leave tokenizer= out"),
        (IDS - 1, Decoder(), r"ids of tokens are 0 to 2147483647, not -1"),
        (IDS + 2**40, Decoder(), r"0 to 2147483647, not 1099511627782"),
        (IDS, WORDS, r"not list; for a list of texts pass dict\(enumerate\(texts\)\)"),
        (IDS, {0: "a"}, r"for \d it raised KeyError"),
        (IDS, lambda token: token, r"for \d it gave a int; pass a function"),
    ],
)
def test_a_tokenizer_that_does_not_fit_is_refused(
    inputs: Tensor, tokenizer: Any, message: str
) -> None:
    with pytest.raises(ProbeSetError, match=message):
        ProbeSet.from_tensors(inputs, tokenizer=tokenizer)


def test_positions_beyond_the_bound_are_left_out_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MAX_TOKENS", 5)
    run = recorded(tmp_path, ProbeSet.from_tensors(IDS, tokenizer=Decoder()))
    assert [run.tokens(example) for example in range(2)] == [each[:2] for each in TEXTS]
    assert "the tokens of the first 2 of 4 positions are kept" in run.recording().notes


def test_rare_tokens_beyond_the_bound_are_numbers_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MAX_TEXTS", 1)
    run = recorded(tmp_path, ProbeSet.from_tensors(IDS, tokenizer=Decoder()))
    assert run.tokens(0) == ["the", "2", "3", "0"]
    assert [note for note in run.recording().notes if "1 commonest of 7 tokens" in note]


def test_a_long_text_is_cut_and_said_so(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(IDS, tokenizer=lambda token: "x" * 65 if token == 1 else "y" * 64)
    run = recorded(tmp_path, probe)
    assert run.tokens(0)[:2] == ["x" * 63 + "…", "y" * 64]
    assert "texts of tokens are cut after 64 characters" in run.recording().notes


def test_a_text_that_is_no_unicode_is_stored_nevertheless(tmp_path: Path) -> None:
    run = recorded(tmp_path, ProbeSet.from_tensors(IDS, tokenizer=lambda _: "a\ud800"))
    assert run.tokens(0)[0] == "a?"
