"""A small BERT that the Hugging Face Trainer trains on real text: what the callback records."""

import json
import random
import sys
from collections.abc import Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
import torch
from digits_run import count_hooks, same
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch.utils.data import Dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
    set_seed,
)

from tb_neuron_callbacks.transformers import NeuronCallback

#: Two parts of Python's own manual: which one is a line from?
TOPICS = {"classes": "customization", "strings": "formatstrings"}
LONGEST = 12


def lines(topic: str) -> list[str]:
    """Return the sentences of a topic that have a few words."""
    found = (line.strip() for line in topics[topic].splitlines())
    return [line for line in found if len(line.split()) > 3]


@cache
def tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer of whole words."""
    words = Tokenizer(models.WordLevel(unk_token="[UNK]"))  # pyright: ignore[reportCallIssue]
    words.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    special = ["[PAD]", "[UNK]"]
    text = [line for topic in TOPICS.values() for line in lines(topic)]
    words.train_from_iterator(
        text, trainers.WordLevelTrainer(vocab_size=300, special_tokens=special)
    )
    return PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]")


class Lines(Dataset):
    """Lines of the two topics in turn, as ids, each with its topic's number."""

    def __init__(self, start: int, count: int) -> None:
        encode, pairs = tokenizer(), zip(*map(lines, TOPICS.values()), strict=False)
        self.items: list[Mapping[str, Any]] = [
            {"input_ids": encode(line)["input_ids"][:LONGEST], "label": number}
            for pair in islice(pairs, start, start + count // 2)
            for number, line in enumerate(pair)
        ]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Mapping[str, Any]:
        return dict(self.items[index])


def classifier() -> BertForSequenceClassification:
    """Return a network of two blocks with names of its classes."""
    config = BertConfig(
        vocab_size=len(tokenizer()),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=LONGEST,
        id2label=dict(enumerate(TOPICS)),
        label2id={name: number for number, name in enumerate(TOPICS)},
    )
    return BertForSequenceClassification(config)


def trainer(folder: Path | str, *callbacks: Any, model: Any = None, **choices: Any) -> Trainer:
    """Return a quiet trainer of eight steps on the CPU that reports to TensorBoard."""
    quiet: dict[str, Any] = {
        "output_dir": str(folder),
        "use_cpu": True,
        "num_train_epochs": 2,
        "per_device_train_batch_size": 16,
        "learning_rate": 1e-2,
        "logging_steps": 1,
        "report_to": "tensorboard",
        "disable_tqdm": True,
        "save_strategy": "no",
        "dataloader_pin_memory": False,
    }
    return Trainer(
        classifier() if model is None else model,
        TrainingArguments(**(quiet | choices)),
        data_collator=DataCollatorWithPadding(tokenizer()),
        train_dataset=Lines(0, 64),
        eval_dataset=Lines(40, 32),
        processing_class=tokenizer(),
        callbacks=list(callbacks),
    )


def ending(folder: str, *callbacks: Any) -> dict[str, Any]:
    """Train with fixed seeds and return everything that must not depend on recording."""
    set_seed(5)
    run = trainer(folder, *callbacks)
    run.train()
    model, optimizer = run.model, run.optimizer
    assert isinstance(optimizer, torch.optim.Optimizer)
    assert model is not None
    return {
        "weights": [value.clone() for value in model.state_dict().values()],
        "optimiser": [value for state in optimizer.state.values() for value in state.values()],
        "random numbers": (float(torch.rand(1)), np.random.rand(), random.random()),
        "losses": [entry["loss"] for entry in run.state.log_history if "loss" in entry],
        "modes": [module.training for module in model.modules()],
        "hooks": sum(map(count_hooks, model.modules())),
    }


def main() -> None:
    torch.set_num_threads(1)
    plain = ending(f"{sys.argv[1]}/a")
    recorded = ending(f"{sys.argv[1]}/b", NeuronCallback())
    tensors = ("weights", "optimiser")
    equal = {name: same(plain[name], recorded[name]) for name in tensors}
    print(json.dumps(equal | {n: plain[n] == recorded[n] for n in plain if n not in tensors}))


if __name__ == "__main__":
    main()
