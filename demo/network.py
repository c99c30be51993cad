"""The small convolutional network of the demos: three convolutions and one hidden layer."""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class DigitsNetwork(nn.Module):
    """Classifies 8 × 8 images of handwritten digits.

    Its activations are functional, so the recorder names them after the layer whose output they
    take: `conv1/relu`, ..., `hidden/relu`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(64, 64, kernel_size=3, padding=1)
        self.hidden = nn.Linear(64 * 2 * 2, 128)
        self.logits = nn.Linear(128, 10)
        for layer in self.children():
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # pyright: ignore[reportArgumentType]
            nn.init.zeros_(layer.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, images: Float[Tensor, "example 1 8 8"]) -> Float[Tensor, "example 10"]:
        """Return the logits of a batch of images."""
        coarse = functional.relu(self.conv1(images))
        coarse = functional.max_pool2d(functional.relu(self.conv2(coarse)), 2)
        fine = functional.max_pool2d(functional.relu(self.conv3(coarse)), 2)
        return self.logits(functional.relu(self.hidden(fine.flatten(start_dim=1))))
