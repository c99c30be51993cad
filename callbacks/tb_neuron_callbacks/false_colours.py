"""Colours for images of channels that are none: their first three principal components."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

#: Red, green and blue.
_COLOURS = 3
#: A component with less than this share of the first one's variance is what rounding left.
_LEAST = 1e-9


@dataclass(frozen=True)
class FalseColours:
    """How the channels of an image become colours, or a grey.

    Attributes:
        centre: the channels' means.
        basis: what each channel adds to each colour.
        sentence: the same in words.
    """

    centre: Float[np.ndarray, " channel"]
    basis: Float[np.ndarray, "channel colour"]
    sentence: str

    def of(
        self, images: Float[np.ndarray, "example y x channel"]
    ) -> Float[np.ndarray, "example y x colour"]:
        """Return the colours of images; a value that is not finite counts as its channel's mean."""
        known = np.where(np.isfinite(images), images - self.centre, 0)
        return (known @ self.basis).astype(np.float32)


def find_false_colours(
    batches: Iterable[Float[np.ndarray, "_example y x channel"]], channels: int
) -> FalseColours:
    """Return the colours of images of 2 channels, or of more than 4.

    The first three principal components of the channels over all pixels are red, green and blue,
    each with the sign that makes the sum of its channels positive; one without variance adds
    no colour. Two channels are shown by their mean, in grey.

    Args:
        batches: all images, channels last.
        channels: how many they have.
    """
    if channels < _COLOURS:
        basis = np.full((channels, 1), 1 / channels)
        return FalseColours(np.zeros(channels), basis, f"the mean of {channels} channels")
    counts, sums, products = np.zeros(channels), np.zeros(channels), np.zeros((channels, channels))
    for images in batches:
        pixels = images.reshape(-1, channels).astype(np.float64)
        pixels = pixels[np.isfinite(pixels).all(1)]
        counts += len(pixels)
        sums += pixels.sum(0)
        products += pixels.T @ pixels
    centre = sums / np.maximum(counts, 1)
    covariance = products / max(counts[0], 1) - np.outer(centre, centre)
    values, vectors = np.linalg.eigh(covariance)
    basis = vectors[:, ::-1][:, :_COLOURS]
    is_component = values[::-1][:_COLOURS] > _LEAST * values[-1]
    basis = basis * np.where(basis.sum(0) < 0, -1, 1) * is_component
    sentence = f"the first three principal components of {channels} channels as red, green and blue"
    return FalseColours(centre, basis, sentence)
