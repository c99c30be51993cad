"""Small PNG pictures of the probe set's images.

Which values are black and white is stated, in `ValueRange.sentence`: uint8 images, and floats
from 0 to 1, are taken as they are; any other range is stretched, channel by channel, to the
smallest and largest finite value in the probe set. So a normalised photograph has colours close
to its own, and an image of 0 to 16 is not black. Images of 2 channels, or of more than 4, are shown
in false colours.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from tb_neuron_callbacks.false_colours import FalseColours, find_false_colours

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True)
class ValueRange:
    """Which values become black and white.

    Attributes:
        lower: what becomes 0, one a channel.
        upper: what becomes 255, one a channel.
        sentence: the same in words.
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    sentence: str


def channel_axis(images: Tensor) -> int | None:
    """Return which axis of a batch holds the channels, or None if these are no images.

    It is the first of axes 1 and 3 with 1, 3 or 4 channels, else PyTorch's own, axis 1.
    """
    if images.dim() != 4 or images.is_complex():
        return None
    return 3 if images.shape[3] in _MODES and images.shape[1] not in _MODES else 1


def value_range(batches: Sequence[Shaped[Tensor, "_example ..."]]) -> ValueRange:
    """Return the range of all images, which one picture is shown with as the next."""
    colours = false_colours(batches)
    if batches[0].dtype == torch.uint8 and colours is None:
        return ValueRange((0.0,), (255.0,), "thumbnails show the values 0 to 255 as they are")
    spans = [_spans(_shown(images, colours)) for images in batches]
    lower = np.min([low for low, _ in spans], axis=0)
    upper = np.max([high for _, high in spans], axis=0)
    is_plain = colours is None and batches[0].is_floating_point()
    if is_plain and lower.min() >= 0 and upper.max() <= 1:
        return ValueRange((0.0,), (1.0,), "thumbnails show the values 0 to 1 as they are")
    lower = np.where(np.isfinite(lower), lower, 0.0)
    upper = np.where(np.isfinite(upper), upper, lower)
    sentence = (
        f"thumbnails stretch the probe set's values, {lower.min():.4g} to {upper.max():.4g}, "
        "to black and white, each channel by itself"
        if colours is None
        else f"thumbnails show {colours.sentence}, stretched to black and white over the probe set"
    )
    return ValueRange(tuple(map(float, lower)), tuple(map(float, upper)), sentence)


def encode_thumbnails(
    batches: Sequence[Shaped[Tensor, "_example ..."]], pixels: int
) -> Iterator[bytes]:
    """Yield one PNG an image, its longer side of a given size.

    Args:
        batches: images, with 1, 3 or 4 channels first or last, with others first.
        pixels: length of the longer side.

    Raises:
        ImportError: Pillow is missing.
    """
    for picture in _pictures(batches):
        yield _png(picture, pixels)


def encode_at_own_size(
    batches: Sequence[Shaped[Tensor, "_example ..."]], examples: Sequence[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield some examples with the PNG of each, a pixel of the image a pixel of the picture.

    Args:
        batches: images, with 1, 3 or 4 channels first or last, with others first.
        examples: which, rising.

    Raises:
        ImportError: Pillow is missing.
    """
    wanted = set(examples)
    for number, picture in enumerate(_pictures(batches)):
        if number in wanted:
            yield number, _png(picture, max(picture.size))


def _pictures(batches: Sequence[Shaped[Tensor, "_example ..."]]) -> Iterator[Any]:
    try:
        from PIL import Image  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise ImportError(
            "pictures need Pillow: pip install 'tb-neuron[capture]', or record none with "
            "Recording(thumbnail=0)"
        ) from error
    shown, colours = value_range(batches), false_colours(batches)
    for images in batches:
        for image in _to_bytes(_shown(images, colours), shown):
            mode = _MODES[image.shape[-1]]
            yield Image.fromarray(image.squeeze(-1) if mode == "L" else image, mode)


def _png(picture: Any, pixels: int) -> bytes:
    from PIL import Image  # noqa: PLC0415 (optional)

    scale = pixels / max(picture.size)
    size = tuple(max(round(side * scale), 1) for side in picture.size)
    # Enlarged pixels stay squares; reduced ones are averages.
    method = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    buffer = io.BytesIO()
    picture.resize(size, method).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def false_colours(batches: Sequence[Shaped[Tensor, "_example ..."]]) -> FalseColours | None:
    """Return how images are coloured; None where they have 1, 3 or 4 channels."""
    channels = batches[0].shape[channel_axis(batches[0]) or 1]
    if channels in _MODES:
        return None
    return find_false_colours(map(_channels_last, batches), channels)


def _shown(
    images: Tensor, colours: FalseColours | None
) -> Float[np.ndarray, "example y x channel"]:
    plain = _channels_last(images)
    return plain if colours is None else colours.of(plain)


def _channels_last(images: Tensor) -> Float[np.ndarray, "example y x channel"]:
    plain = images.detach().to("cpu", torch.float32)
    return (plain.movedim(1, 3) if channel_axis(images) == 1 else plain).numpy()


def _spans(images: Float[np.ndarray, "example y x channel"]) -> tuple[np.ndarray, np.ndarray]:
    flat = images.reshape(-1, images.shape[-1])
    finite = np.isfinite(flat)
    lower = np.where(finite, flat, np.inf).min(axis=0)
    return lower, np.where(finite, flat, -np.inf).max(axis=0)


def _to_bytes(
    images: Float[np.ndarray, "example y x channel"], shown: ValueRange
) -> Shaped[np.ndarray, "example y x channel"]:
    lower, upper = np.asarray(shown.lower), np.asarray(shown.upper)
    width = np.where(upper > lower, upper - lower, 1.0)
    with np.errstate(invalid="ignore"):
        scaled = (np.nan_to_num(images, nan=0.0) - lower) / width
    return np.rint(np.clip(scaled, 0.0, 1.0) * 255).astype(np.uint8)
