"""A record's responses as TensorBoard's Embedding Projector opens them: a zip of a log directory.

It holds vectors, metadata, a sprite of pictures where there are some, and the file that names
them. What the projector makes of them is its own: PCA, t-SNE or UMAP of the same responses.
"""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.planes import PlaneChoice
from tb_neuron.recording import Recording
from tb_neuron.responses import Responses

#: Sides of a picture in the sprite, and of the sprite at most: what browsers take as a texture.
_SIDE, _MAX_SIDE = 32, 8192
_CONFIG = """embeddings {
  tensor_name: "responses"
  tensor_path: "vectors.tsv"
  metadata_path: "metadata.tsv"
"""
_SPRITE = """  sprite {{
    image_path: "sprite.png"
    single_image_dim: {side}
    single_image_dim: {side}
  }}
"""
_README = """{sort} of {what} at step {step}, for TensorBoard's Embedding Projector.

Unzip this into a folder of its own and open the tab Projector of

    tensorboard --logdir FOLDER

Or load vectors.tsv and metadata.tsv at https://projector.tensorflow.org, which reads them in the
browser. {sprite}
"""


def archive(recording: Recording, choice: PlaneChoice, step: int) -> bytes:
    """Return the zip.

    Args:
        recording: whose responses.
        choice: which responses, and what the rows stand for.
        step: of the record at or before it, or the first one.

    Raises:
        NotFoundError: no responses were recorded of this layer.
    """
    layer_name = choice.layer_name
    found = recording.responses.responses(layer_name, step, choice.method)
    is_units = choice.of == "units"
    vectors = found.values if is_units else found.values.T
    points = found.units if is_units else found.examples
    known = np.isfinite(vectors).all(1)
    points = points[known].tolist()
    shown = _top_examples(recording, layer_name, step) if is_units else {e: e for e in points}
    sprite = _sprite(recording, [shown.get(point) for point in points])
    what = f"{len(points)} units of {layer_name}" if is_units else f"{len(points)} examples"
    said = "sprite.png holds their pictures." if sprite else "There are no pictures of them."
    config = _CONFIG + (_SPRITE.format(side=_SIDE) if sprite else "") + "}\n"
    metadata = _units(points) if is_units else _examples(recording, found, points)
    files: dict[str, str | bytes] = {
        "README.txt": _README.format(sort=_sort(found), what=what, step=found.step, sprite=said),
        "projector_config.pbtxt": config,
        "vectors.tsv": _table([[f"{value:.5g}" for value in row] for row in vectors[known]]),
        "metadata.tsv": _table(metadata),
    }
    if sprite:
        files["sprite.png"] = sprite
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def _sort(found: Responses) -> str:
    if not found.method:
        return "The responses"
    return f"The attributions ({found.method}, target {found.target})"


def _units(points: Sequence[int]) -> list[list[str]]:
    # Metadata of one column have no heading: so the projector will have it.
    return [[f"unit {point}"] for point in points]


def _examples(recording: Recording, found: Responses, points: Sequence[int]) -> list[list[str]]:
    names = recording.probe_set.class_names
    labels = recording.labels() if recording.probe_set.has_labels else None
    try:
        predictions = recording.outputs(found.step).prediction
    except NotFoundError:
        predictions = None

    def name(classes: np.ndarray | None, point: int) -> str:
        number = -1 if classes is None else int(classes[point])
        return "" if number < 0 else names[number] if number < len(names) else str(number)

    rows = [["example", "label", "prediction"]]
    return [*rows, *([str(p), name(labels, p), name(predictions, p)] for p in points)]


def _table(rows: Sequence[Sequence[str]]) -> str:
    clean = ([" ".join(cell.split()) for cell in row] for row in rows)
    return "".join("\t".join(row) + "\n" for row in clean)


def _top_examples(recording: Recording, layer_name: str, step: int) -> dict[int, int]:
    try:
        found = recording.top_examples.top_examples(layer_name, step)
    except (NotFoundError, DamagedRecordError):
        return {}
    if not found.top:
        return {}
    return dict(zip(found.units.tolist(), found.examples[:, 0].tolist(), strict=True))


def _sprite(recording: Recording, examples: Sequence[int | None]) -> bytes:
    """Return thumbnails side by side as the projector wants them: a square of squares."""
    side = int(np.ceil(np.sqrt(len(examples))))
    is_any = any(each is not None and each < recording.thumbnails for each in examples)
    if not is_any or side * _SIDE > _MAX_SIDE:
        return b""
    try:
        from PIL import Image  # noqa: PLC0415 (newer TensorBoards bring it, older ones do not)
    except ImportError:
        return b""
    sheet: Any = Image.new("RGB", (side * _SIDE, side * _SIDE), "white")
    for number, example in enumerate(examples):
        if example is None or example >= recording.thumbnails:
            continue
        with Image.open(io.BytesIO(recording.thumbnail(example))) as picture:
            fitted = picture.convert("RGB").resize((_SIDE, _SIDE))
        sheet.paste(fitted, (number % side * _SIDE, number // side * _SIDE))
    buffer = io.BytesIO()
    sheet.save(buffer, format="PNG")
    return buffer.getvalue()
