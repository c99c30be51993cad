"""What is seen of the units on the screen: the picture as Chromium shows it, and colours in it."""

import io

import numpy as np
from PIL import Image
from served_tab import Tab

Colour = tuple[int, int, int]


def picture_of_units(tab: Tab, layer_name: str) -> tuple[Image.Image, tuple[float, float]]:
    """What is below the header of the only layer that is shown, and where its corner is."""
    stage = tab.frame.get_by_role("application").bounding_box()
    header = tab.frame.get_by_role("button", name=f"Zoom to layer {layer_name}").bounding_box()
    assert stage is not None
    assert header is not None
    top = header["y"] + header["height"]
    height = stage["y"] + stage["height"] - top
    clip = {"x": stage["x"], "y": top, "width": stage["width"], "height": height}
    shot = tab.page.screenshot(clip=clip)  # pyright: ignore[reportArgumentType]
    return Image.open(io.BytesIO(shot)).convert("RGB"), (clip["x"], clip["y"])


def box_of(picture: Image.Image, colour: Colour) -> tuple[int, int, int, int] | None:
    """The rectangle around all pixels of a colour: left, top, right, bottom."""
    rows, columns = np.nonzero((np.asarray(picture) == colour).all(axis=2))
    if not len(rows):
        return None
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())
