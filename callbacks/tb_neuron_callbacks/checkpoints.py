"""Checkpoints: saved weights, from plain PyTorch or Lightning, put into a model."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tb_neuron_callbacks.errors import CaptureError

#: Where weights stand in what is saved beside them.
_INSIDE = ("state_dict", "model_state_dict", "model", "module")


class CheckpointError(CaptureError, ValueError):
    """A checkpoint can't be read, or is not of this model."""


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], int | None]:
    """Return the weights in a file, and the step at which they were saved, if it says so.

    Args:
        path: what `torch.save` or Lightning wrote; nothing but tensors and plain values is read.

    Raises:
        CheckpointError: the file can't be read, or holds no weights.
    """
    try:
        found: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise CheckpointError(
            f"a checkpoint must be a file of weights, and {path.name} can't be read "
            f"({type(error).__name__}: {str(error).splitlines()[0]}); pass one that torch.save or "
            "Lightning wrote"
        ) from error
    step = found.get("global_step", found.get("step")) if isinstance(found, Mapping) else None
    weights: Any = found
    for name in _INSIDE:
        if isinstance(weights, Mapping) and isinstance(weights.get(name), Mapping):
            weights = weights[name]
    if not isinstance(weights, Mapping) or not any(isinstance(v, Tensor) for v in weights.values()):
        raise CheckpointError(
            f"a checkpoint must hold a state_dict, and {path.name} holds none; save one with "
            "torch.save(model.state_dict(), path)"
        )
    tensors = {name: value for name, value in weights.items() if isinstance(value, Tensor)}
    return tensors, step if isinstance(step, int) else None


def put_weights(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Put weights into a model; what all their names begin with beyond the model's is dropped.

    Args:
        model: of the same architecture.
        weights: such as Lightning's, whose names begin with the attribute that held the model.

    Raises:
        CheckpointError: names or shapes are not the model's.
    """
    wanted = model.state_dict()
    for prefix in ("", *sorted(_prefixes(wanted, weights), key=len)):
        own = {name: weights.get(prefix + name) for name in wanted}
        if all(
            value is not None and value.shape == wanted[name].shape for name, value in own.items()
        ):
            model.load_state_dict(own)  # pyright: ignore[reportArgumentType]
            return
    missing = next(iter(set(wanted) - set(weights)), next(iter(wanted), ""))
    raise CheckpointError(
        f"a checkpoint must be of {type(model).__name__}, and this one has no {missing!r} of shape "
        f"{list(wanted[missing].shape)}; pass the model that it was saved of"
    )


def import_model(place: str) -> nn.Module:
    """Return the model that a function or class makes.

    Args:
        place: module and name, such as "my_project.networks:make_network".

    Raises:
        CheckpointError: there is no such function, or it makes no module.
    """
    module_name, _, name = place.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        made = getattr(importlib.import_module(module_name), name)()
    except Exception as error:
        raise CheckpointError(
            "--model must name a function or class without arguments that makes the model, such "
            f"as my_project.networks:make_network, and {place!r} raised {type(error).__name__}: "
            f"{error}"
        ) from error
    finally:
        sys.path.pop(0)
    if not isinstance(made, nn.Module):
        raise CheckpointError(
            f"--model must make a torch.nn.Module, and {place!r} made a {type(made).__name__}"
        )
    return made.eval()


def _prefixes(wanted: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> set[str]:
    first = next(iter(wanted), "")
    return {name[: -len(first)] for name in weights if first and name.endswith("." + first)}
