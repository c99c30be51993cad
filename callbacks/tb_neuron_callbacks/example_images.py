"""Pictures of examples at the input's own resolution, each handed out once."""

from __future__ import annotations

from collections.abc import Iterable

from tb_neuron_callbacks.measured_responses import LayerTop
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.thumbnails import encode_at_own_size


class ExampleImages:
    """Hands out the PNGs of examples that units respond to, up to a number of bytes.

    A crop of a receptive field is cut from them. Where thumbnails are as large, there are none.

    Args:
        probe: the probe set.
        thumbnail: longer side of the thumbnails, in pixels.
        max_bytes: of all pictures.
    """

    def __init__(self, probe: ProbeSet, thumbnail: int, max_bytes: int) -> None:
        self._images = probe.images()
        self._left = max_bytes
        self._known: set[int] = set()
        sides = [max(sorted(images.shape[1:])[-2:]) for images in self._images]
        self._is_needed = bool(sides) and max(sides) > thumbnail

    def due(self, tops: Iterable[LayerTop]) -> dict[int, bytes]:
        """Return the pictures of the examples in `tops` that were not handed out before."""
        if not self._is_needed:
            return {}
        wanted = {int(each) for top in tops for each in top.examples.ravel()} - self._known
        found: dict[int, bytes] = {}
        try:
            for example, picture in encode_at_own_size(self._images, sorted(wanted)):
                if len(picture) > self._left:
                    self._is_needed = False
                    break
                self._left -= len(picture)
                found[example] = picture
                self._known.add(example)
        except ImportError:
            # Without Pillow there are no thumbnails either, and a note on them says so.
            self._is_needed = False
        return found
