"""Small networks of the kinds that capture must understand."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    """Convolution, norm and ReLU twice, and a shortcut around them."""

    def __init__(self, before: int, after: int, inplace: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(after)
        self.relu1 = nn.ReLU(inplace)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(after)
        self.relu2 = nn.ReLU(inplace)
        self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1), nn.BatchNorm2d(after))

    def forward(self, inputs: Tensor) -> Tensor:
        inner = self.relu1(self.norm1(self.conv1(inputs)))
        inner = self.norm2(self.conv2(inner))
        inner = inner + self.shortcut(inputs)
        return self.relu2(inner)


class ResidualNetwork(nn.Module):
    """A convolutional classifier of two residual blocks, for [example, 3, y, x]."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace))
        self.layer1 = Residual(4, 6, inplace)
        self.layer2 = Residual(6, 8, inplace)
        self.fc = nn.Linear(8, 5)

    def forward(self, inputs: Tensor) -> Tensor:
        features = self.layer2(self.layer1(self.stem(inputs)))
        return self.fc(functional.adaptive_avg_pool2d(features, 1).flatten(1))


class SelfAttention(nn.Module):
    """Causal attention with heads that are split and joined again."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        examples, positions, width = tokens.shape
        split = (examples, positions, self.heads, width // self.heads)
        query, key, value = (
            part.view(split).transpose(1, 2) for part in self.qkv(tokens).split(width, 2)
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.proj(mixed.transpose(1, 2).reshape(examples, positions, width))


class TransformerBlock(nn.Module):
    """Attention and a two-layer perceptron, each added to what it read."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = SelfAttention(width, 2)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


class Transformer(nn.Module):
    """A language model for [example, position] of token numbers below 11."""

    def __init__(self, blocks: int = 2, shared: bool = False) -> None:
        super().__init__()
        self.wte = nn.Embedding(11, 8)
        self.wpe = nn.Embedding(6, 8)
        self.repeats = blocks if shared else 1
        self.blocks = nn.ModuleList(TransformerBlock(8) for _ in range(1 if shared else blocks))
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 11)

    def forward(self, numbers: Tensor) -> Tensor:
        tokens = self.wte(numbers) + self.wpe(torch.arange(numbers.shape[1]))
        for _ in range(self.repeats):
            for block in self.blocks:
                tokens = block(tokens)
        return self.head(self.norm(tokens))


class Recurrent(nn.Module):
    """An LSTM over [example, position, 4] and the logits of its last position.

    Captum takes layers that return one tensor, so the LSTM's own tuple is passed on by `Identity`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 7, batch_first=True)
        self.same = nn.Identity()
        self.fc = nn.Linear(7, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.fc(self.same(self.lstm(inputs)[0])[:, -1])


class TokenClassifier(nn.Module):
    """The small transformer with one row of logits an example."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Transformer()

    def forward(self, numbers: Tensor) -> Tensor:
        return self.body(numbers).mean(1)


class Branches(nn.Module):
    """Two branches that are added up, for [example, 4]."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(4, 6), nn.ReLU())
        self.left = nn.Sequential(nn.Linear(6, 5), nn.Tanh())
        self.right = nn.Sequential(nn.Linear(6, 5), nn.Sigmoid())
        self.head = nn.Linear(5, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        stem = self.stem(inputs)
        return self.head(self.left(stem) + self.right(stem))


class Functional(nn.Module):
    """Convolutions whose activations are functions, spelled in three ways."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.norm1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.conv3 = nn.Conv2d(6, 5, 3)
        self.fc = nn.Linear(5, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        first = functional.relu(self.norm1(self.conv1(inputs)))
        second = torch.relu(self.conv2(first))
        third = self.conv3(second).relu()
        return self.fc(third.mean((2, 3)))


def settled(model: nn.Module) -> nn.Module:
    """Return the model in eval mode, norms with statistics that are not 0 and 1."""
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            nn.init.normal_(module.running_mean)  # pyright: ignore[reportArgumentType]
            nn.init.uniform_(module.running_var, 0.5, 2.0)  # pyright: ignore[reportArgumentType]
    return model.eval()
