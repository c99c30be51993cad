"""The command line: `python -m tb_neuron_callbacks.featurevis`, icons of units from a checkpoint.

It seeks images that units respond to most, on saved weights and never in the training, and writes
them beside the run's records, where the tab shows them as the units' icons.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

import tb_neuron
from tb_neuron.errors import NeuronError
from tb_neuron.metadata import Tag
from tb_neuron.recording import Recording
from tb_neuron.schema import neuron_pb2
from tb_neuron.summary import ValueWriter, record_summary
from tb_neuron_callbacks.calling import call_model
from tb_neuron_callbacks.checkpoints import (
    CheckpointError,
    import_model,
    load_checkpoint,
    put_weights,
)
from tb_neuron_callbacks.feature_images import Ascent, Sight, seek_images
from tb_neuron_callbacks.layers import Layer, Layout, discover
from tb_neuron_callbacks.pins import find_pins
from tb_neuron_callbacks.sink import FolderSink

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True)
class UnitIcon:
    """One image that a unit responds to.

    Attributes:
        layer_name: the unit's layer.
        unit: its number.
        image: a PNG.
        response: the unit's mean activation over positions.
    """

    layer_name: str
    unit: int
    image: bytes
    response: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Seek icons and write them.

    Args:
        arguments: the command line's unless given.

    Returns:
        An exit status: 0, or 2 for what can't be.
    """
    chosen = _parser().parse_args(arguments)
    try:
        count = _run(chosen)
    except NeuronError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{count} icons were written beside the records of {chosen.run}")
    return 0


def _run(chosen: argparse.Namespace) -> int:
    recording = _recording(chosen)
    weights, saved_at = load_checkpoint(chosen.checkpoint)
    model = import_model(chosen.model)
    put_weights(model, weights)
    sight = Sight(_shape(recording), *chosen.range)
    layout = _layout(model, recording, sight)
    ascent = Ascent(steps=chosen.steps, images=chosen.images, seed=chosen.seed)
    step = chosen.step if chosen.step is not None else saved_at
    step = int(recording.steps[-1]) if step is None else step
    units = list(_units(chosen.units, layout))
    icons = [
        icon
        for place, unit in enumerate(units)
        for icon in _icons(model, layout, unit, sight, ascent, f"{place + 1} of {len(units)}")
    ]
    _write(chosen, recording, icons, step, ascent)
    return len(icons)


def _icons(
    model: nn.Module,
    layout: Layout,
    unit: tuple[Layer, int],
    sight: Sight,
    ascent: Ascent,
    progress: str,
) -> Iterator[UnitIcon]:
    layer, number = unit
    print(f"\r{progress}: unit {number} of {layer.name}", end="", file=sys.stderr, flush=True)
    images, responses = seek_images(
        model, layout, lambda batch: call_model(model, batch), unit, sight, ascent
    )
    print(file=sys.stderr)
    for image, response in zip(images, responses.tolist(), strict=True):
        yield UnitIcon(layer.name, number, encode(image, sight), response)


def encode(image: Float[Tensor, "channel y x"], sight: Sight) -> bytes:
    """Return an image as a PNG; the mean over channels, where they are not 1, 3 or 4."""
    from PIL import Image  # noqa: PLC0415 (optional)

    channels = image if len(image) in _MODES else image.mean(0, keepdim=True)
    scaled = (channels - sight.lower) / (sight.upper - sight.lower)
    pixels = (scaled.clamp(0, 1) * 255).round().to(torch.uint8).movedim(0, -1).numpy()
    mode = _MODES[pixels.shape[-1]]
    buffer = io.BytesIO()
    Image.fromarray(pixels.squeeze(-1) if mode == "L" else pixels, mode).save(buffer, "PNG")
    return buffer.getvalue()


def _write(
    chosen: argparse.Namespace,
    recording: Recording,
    icons: Sequence[UnitIcon],
    step: int,
    ascent: Ascent,
) -> None:
    header = neuron_pb2.Header(
        kind="icons",
        step=step,
        layout_id=recording.layout_id,
        probe_hash=recording.probe_hash,
        session=neuron_pb2.Session(id=uuid.uuid4().hex[:16], started=time.time()),
        checkpoint=str(chosen.checkpoint),
    )
    value = ValueWriter(header)
    value.add_message(
        neuron_pb2.Icons(
            checkpoint=str(chosen.checkpoint),
            settings=_settings(ascent),
            icons=[
                neuron_pb2.Icon(layer=icon.layer_name, unit=icon.unit, response=icon.response)
                for icon in icons
            ],
        )
    )
    for icon in icons:
        value.add_file("icon", icon.image, layer_name=icon.layer_name)
    tag = Tag(recording.model, recording.probe, "icons")
    sink = FolderSink(Path(chosen.run), (recording.model, f"{recording.probe} icons"))
    try:
        sink.write(record_summary({tag: value.blobs()}), step)
    finally:
        sink.close()


def _settings(ascent: Ascent) -> str:
    return (
        f"{ascent.steps} steps of ascent over frequencies, seed {ascent.seed}, moved by "
        f"{ascent.jitter:.0%}, turned by {ascent.turn:g} degrees, scaled by {ascent.zoom:.0%}; "
        f"{ascent.images} at once, diversity {ascent.diversity:g}"
    )


def _recording(chosen: argparse.Namespace) -> Recording:
    runs = tb_neuron.open(chosen.run).runs
    if list(runs) != ["."]:
        raise CheckpointError(
            f"RUN is the folder of one run's event files, and in {chosen.run} there are "
            f"{', '.join(runs) or 'none with records'}; pass one run's folder"
        )
    return runs["."].recording(chosen.name, chosen.probe)


def _shape(recording: Recording) -> tuple[int, int, int]:
    shape = tuple(recording.probe_set.shape)
    if len(shape) != 3:
        raise CheckpointError(
            f"icons are images, and the run's examples have the shape {list(shape)}, not [channel, "
            "y, x]"
        )
    return shape


def _layout(model: nn.Module, recording: Recording, sight: Sight) -> Layout:
    names = [layer.name for layer in recording.layers]
    images = torch.full((3, *sight.shape), (sight.lower + sight.upper) / 2)
    with torch.no_grad():
        layout = discover(model, lambda: call_model(model, images), names)
    mine = {layer.name: layer.units for layer in layout.watched}
    for layer in recording.layers:
        if mine.get(layer.name) != layer.units:
            raise CheckpointError(
                f"the model must be that of the run, whose layer {layer.name!r} has {layer.units} "
                f"units, not {mine.get(layer.name)}; pass the model that was recorded"
            )
    return layout


def _units(texts: Sequence[str], layout: Layout) -> Iterator[tuple[Layer, int]]:
    pins = find_pins(texts, layout)
    for layer in layout.watched:
        for unit in pins.get(layer.name, ()):
            yield layer, unit


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tb_neuron_callbacks.featurevis",
        description=(__doc__ or "").partition("\n\n")[2],
    )
    parser.add_argument("run", help="folder of the run's event files")
    parser.add_argument("checkpoint", type=Path, help="weights, of torch.save or Lightning")
    parser.add_argument(
        "--model", required=True, help="what makes the model, such as networks:make_network"
    )
    parser.add_argument(
        "--units",
        required=True,
        nargs="+",
        metavar="LAYER:UNITS",
        help='which units, such as "layer3.*:12,40" or "head:0-9"',
    )
    parser.add_argument("--name", help="the model's name in the run, where it has several")
    parser.add_argument("--probe", help="the probe set's name, where there are several")
    parser.add_argument("--step", type=int, help="default: the checkpoint's, or the last record's")
    parser.add_argument("--images", type=int, default=3, help="images a unit (default 3)")
    parser.add_argument("--steps", type=int, default=256, help="steps of ascent (default 256)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--range",
        type=float,
        nargs=2,
        default=(0.0, 1.0),
        metavar=("LOWER", "UPPER"),
        help="values of the model's pixels (default 0 1)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
