"""Pictures of a probe set's images."""

import io
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA
from torch import Tensor

from tb_neuron_callbacks.thumbnails import encode_thumbnails, value_range


def decoded(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def one(image: Tensor, pixels: int = 64) -> np.ndarray:
    return decoded(next(encode_thumbnails([image[None]], pixels)))


@pytest.mark.parametrize(("channels", "shape"), [(1, (64, 64)), (3, (64, 64, 3)), (4, (64, 64, 4))])
def test_a_thumbnail_has_the_images_channels(channels: int, shape: tuple[int, ...]) -> None:
    assert one(torch.rand(channels, 8, 8)).shape == shape


def test_the_longer_side_has_the_size_asked_for() -> None:
    assert one(torch.rand(3, 30, 60), 20).shape == (10, 20, 3)


def test_channels_can_be_last() -> None:
    assert one(torch.rand(16, 16, 3)).shape == (64, 64, 3)


def test_bytes_are_shown_as_they_are(rng: np.random.Generator) -> None:
    image = rng.integers(0, 256, (1, 64, 64), dtype=np.uint8)
    assert np.array_equal(one(torch.tensor(image)), image[0])


def test_floats_from_0_to_1_are_shown_as_they_are(rng: np.random.Generator) -> None:
    image = rng.random((1, 64, 64), dtype=np.float32) * np.float32(0.5)
    assert np.array_equal(one(torch.tensor(image)), np.rint(image[0] * 255).astype(np.uint8))


def test_another_range_is_stretched_by_channel(rng: np.random.Generator) -> None:
    image = (
        rng.normal(size=(3, 64, 64)).astype(np.float32)
        * np.array([1, 5, 9], np.float32)[:, None, None]
    )
    low, high = image.min((1, 2), keepdims=True), image.max((1, 2), keepdims=True)
    expected = np.rint((image - low) / (high - low) * 255).astype(np.uint8).transpose(1, 2, 0)
    assert np.abs(one(torch.tensor(image)).astype(int) - expected).max() <= 1


def test_the_range_is_that_of_the_whole_set() -> None:
    batches = [torch.zeros(1, 1, 2, 2), torch.full((1, 1, 2, 2), 16.0)]
    assert [int(decoded(png).max()) for png in encode_thumbnails(batches, 8)] == [0, 255]


def test_the_range_is_stated() -> None:
    assert "-2 to 3" in value_range([torch.tensor([-2.0, 3.0]).view(1, 1, 1, 2)]).sentence


def test_nan_and_constant_images_have_thumbnails() -> None:
    image = torch.full((1, 8, 8), torch.nan)
    assert one(image).max() == 0


def test_enlarged_pixels_stay_squares() -> None:
    image = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    assert set(np.unique(one(image))) == {0, 255}


def test_importing_capture_does_not_import_pillow() -> None:
    script = "import sys, tb_neuron_callbacks; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def twelve() -> Tensor:
    """Images whose channels are mixtures of three that are independent, of falling strength."""
    generator = torch.Generator().manual_seed(0)
    sources = (
        torch.randn(6, 3, 16, 16, generator=generator)
        * torch.tensor([9.0, 3.0, 1.0])[:, None, None]
    )
    return torch.einsum("kc,ncyx->nkyx", torch.rand(12, 3, generator=generator), sources)


def test_twelve_channels_are_the_principal_components_of_scikit_learn() -> None:
    images = twelve()
    pixels = images.movedim(1, 3).reshape(-1, 12).numpy()
    pca = PCA(3).fit(pixels)
    signs = np.where(np.asarray(pca.components_).sum(1) < 0, -1, 1)
    wanted = (pca.transform(pixels) * signs).reshape(6, 16, 16, 3)
    low, high = wanted.min((0, 1, 2)), wanted.max((0, 1, 2))
    shown = np.stack([decoded(png) for png in encode_thumbnails([images[:2], images[2:]], 16)])
    assert np.abs(shown - (wanted - low) / (high - low) * 255).max() <= 1


def test_two_channels_are_their_mean(rng: np.random.Generator) -> None:
    image = rng.random((2, 64, 64), dtype=np.float32)
    mean = image.mean(0)
    wanted = (mean - mean.min()) / (mean.max() - mean.min()) * 255
    assert np.abs(one(torch.tensor(image)) - wanted).max() <= 1


@pytest.mark.parametrize(
    ("channels", "said"), [(12, "three principal components of 12 channels"), (2, "mean of 2")]
)
def test_false_colours_are_said_to_be_so(channels: int, said: str) -> None:
    assert said in value_range([torch.rand(3, channels, 6, 6)]).sentence


def test_a_pixel_that_is_not_finite_does_not_spoil_the_colours() -> None:
    images = twelve()
    images[0, 3, 2, 2] = torch.nan
    clean = decoded(next(encode_thumbnails([images[1:]], 16)))
    assert clean.std() > 0


def test_what_rounding_leaves_of_channels_that_are_alike_is_no_colour() -> None:
    alike = torch.randn(4, 1, 16, 16, generator=torch.Generator().manual_seed(0)).repeat(1, 5, 1, 1)
    shown = np.stack([decoded(png) for png in encode_thumbnails([alike * 7 + 100], 16)])
    assert (shown[..., 0].std() > 0, shown[..., 1:].any()) == (True, False)
