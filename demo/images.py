"""The data of the demos: scikit-learn's 1,797 handwritten digits, 8 × 8 grey values, in two parts.

Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; the
images come with scikit-learn, nothing is downloaded.
"""

import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

CLASS_NAMES = [str(digit) for digit in range(10)]
VALIDATION_IMAGES = 360


def digit_loaders(batch_size: int = 64, seed: int = 0) -> tuple[DataLoader, DataLoader]:
    """Return a shuffled training loader and an unshuffled validation loader.

    Args:
        batch_size: images a training step.
        seed: of the training order; the split in two parts is always the same.
    """
    pixels, digits = load_digits(return_X_y=True)
    images = torch.tensor(pixels, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    labels = torch.tensor(digits)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    validation, training = order[:VALIDATION_IMAGES], order[VALIDATION_IMAGES:]
    return (
        DataLoader(
            TensorDataset(images[training], labels[training]),
            batch_size,
            shuffle=True,
            generator=torch.Generator().manual_seed(seed),
        ),
        DataLoader(TensorDataset(images[validation], labels[validation]), 256),
    )
