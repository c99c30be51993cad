"""How far maps lie in the masks of their examples: shared interest (Boggust et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from tb_neuron_callbacks.attributions.trust import SharedInterest, shared_interest
from tb_neuron_callbacks.masks import Masks

#: A position is marked where at least this share of it is.
_MARKED = 0.5
_POOLS = {1: functional.adaptive_avg_pool1d, 2: functional.adaptive_avg_pool2d}


def map_overlap(
    maps: Float[np.ndarray, "example ..."], masks: Masks, examples: Sequence[int]
) -> SharedInterest | None:
    """Return how maps and masks overlap, NaN for examples without a mask; None without any.

    A mask of another size than the maps is averaged down to their positions.

    Args:
        maps: attributions as stored.
        masks: of the whole probe set.
        examples: numbers of the maps' examples.
    """
    shape = maps.shape[1:]
    marked = [_resized(masks[each] if masks else None, shape) for each in examples]
    has_mask = np.array([each is not None for each in marked])
    if not has_mask.any():
        return None
    placed = np.stack([np.zeros(shape, bool) if each is None else each for each in marked])
    found = shared_interest(maps, placed)
    return SharedInterest(*(np.where(has_mask, figure, np.nan) for figure in found))


def _resized(mask: Tensor | None, shape: tuple[int, ...]) -> Bool[np.ndarray, ...] | None:
    """Return where a mask marks the positions of a map; None where their axes are others."""
    if mask is None or mask.dim() != len(shape):
        return None
    marked = mask > 0
    if tuple(mask.shape) == shape:
        return marked.numpy()
    pool = _POOLS.get(mask.dim())
    if pool is None:
        return None
    return (pool(marked[None].float(), shape)[0] >= _MARKED).numpy()
