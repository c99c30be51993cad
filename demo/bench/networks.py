"""The networks that the bench trains, each with a batch: two CNNs, a transformer, an MLP."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from images import digit_loaders
from network import DigitsNetwork


@dataclass(frozen=True)
class Workload:
    """A network in training.

    Attributes:
        name: as it stands in the table.
        model: the network.
        inputs: one batch, fixed.
        labels: its classes.
        loss: of logits and labels.
    """

    name: str
    model: nn.Module
    inputs: Tensor
    labels: Tensor
    loss: Callable[[Tensor, Tensor], Tensor]


class ResidualBlock(nn.Module):
    """Two convolutions with norms, and a way around them."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU(inplace=True)
        self.shortcut = nn.Sequential()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Float[Tensor, "example channel y x"]) -> Tensor:
        inner = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(inner + self.shortcut(x))


def residual_network() -> nn.Module:
    """Return a ResNet-18 with the small stem that 32 × 32 images take."""
    stem = [nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
    blocks = [
        ResidualBlock(before, after, stride=1 if before == after else 2)
        for before, after in pairwise(widths)
    ]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10)]
    return nn.Sequential(*stem, *blocks, *head)


class TransformerBlock(nn.Module):
    """Causal self-attention and a GELU network, each after a norm and around a residual path."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.mlp_in = nn.Linear(width, 4 * width)
        self.gelu = nn.GELU()
        self.mlp_out = nn.Linear(4 * width, width)

    def forward(self, x: Float[Tensor, "example token width"]) -> Tensor:
        parts = self.qkv(self.ln1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(*parts.unbind(0), is_causal=True)
        x = x + self.projection(mixed.transpose(1, 2).flatten(2))
        return x + self.mlp_out(self.gelu(self.mlp_in(self.ln2(x))))


class Transformer(nn.Module):
    """A decoder like GPT-2's, smaller: token and place embeddings, blocks, a norm, logits."""

    def __init__(self, vocabulary: int, context: int, width: int, blocks: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(TransformerBlock(width, 8) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)
        self.logits = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens: Int[Tensor, "example token"]) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        return self.logits(self.norm(self.blocks(self.tokens(tokens) + self.places(places))))


def workloads() -> list[Workload]:
    """Return the four networks, seeded, each with its batch."""
    torch.manual_seed(0)
    vocabulary, context = 512, 128
    tokens = torch.randint(0, vocabulary, (16, context + 1))
    mlp = nn.Sequential(
        nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 10)
    )
    images, digits = next(iter(digit_loaders()[1]))
    return [
        Workload(
            "ResNet-18, 32 × 32, batch 64",
            residual_network(),
            torch.randn(64, 3, 32, 32),
            torch.randint(0, 10, (64,)),
            functional.cross_entropy,
        ),
        Workload(
            "transformer, 6 × 256, context 128, batch 16",
            Transformer(vocabulary, context, width=256, blocks=6),
            tokens[:, :-1],
            tokens[:, 1:],
            _next_token_loss,
        ),
        Workload(
            "MLP, 784-1024-1024-10, batch 256",
            mlp,
            torch.randn(256, 784),
            torch.randint(0, 10, (256,)),
            functional.cross_entropy,
        ),
        Workload(
            "the demo's CNN, batch 256",
            DigitsNetwork(),
            images,
            digits,
            functional.cross_entropy,
        ),
    ]


def _next_token_loss(logits: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
