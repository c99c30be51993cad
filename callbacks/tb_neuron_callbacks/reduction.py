"""How one output is reduced to sums and extremes for each unit: in chunks, through kept buffers."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

_CHUNK_BYTES = 1 << 20
_COUNTED = ("finite", "mean", "squares", "absolute", "positives", "zeros", "near_ends")


@dataclass
class Sums:
    """What is known of the activations seen so far, for each unit; NaN and inf only counted.

    Attributes:
        seen: activations of each unit, finite or not.
        finite: how many of them are finite, float64[unit].
        mean: of the finite ones, float64[unit]; 0 where there is none.
        squares: sum of squared deviations from the mean, float64[unit].
        absolute: sum of magnitudes, float64[unit].
        minimum: float64[unit]; inf where nothing finite was seen.
        maximum: float64[unit]; -inf where nothing finite was seen.
        positives: activations above 0, float64[unit].
        zeros: activations that are exactly 0, float64[unit].
        near_ends: activations near an end of a bounded nonlinearity, float64[unit].
    """

    seen: int
    finite: Tensor
    mean: Tensor
    squares: Tensor
    absolute: Tensor
    minimum: Tensor
    maximum: Tensor
    positives: Tensor
    zeros: Tensor
    near_ends: Tensor

    @classmethod
    def none_like(cls, other: "Sums") -> "Sums":
        """Return the sums of nothing, for the same units on the same device."""
        zeros = {name: torch.zeros_like(other.mean) for name in _COUNTED}
        ends = torch.full_like(other.mean, torch.inf)
        return cls(seen=0, minimum=ends, maximum=-ends, **zeros)

    def merge(self, other: "Sums") -> None:
        """Take in what was seen elsewhere (Chan et al. 1979 for the squares)."""
        both = self.finite + other.finite
        share = other.finite / both.clamp(min=1)
        apart = other.mean - self.mean
        self.squares += other.squares + apart.square() * self.finite * share
        self.mean += apart * share
        self.finite = both
        self.seen += other.seen
        self.minimum = torch.minimum(self.minimum, other.minimum)
        self.maximum = torch.maximum(self.maximum, other.maximum)
        for name in ("absolute", "positives", "zeros", "near_ends"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Ends:
    """Where activations count as near an end of a bounded nonlinearity."""

    lower: float
    upper: float


def reduce_rows(rows: Float[Tensor, "outer unit inner"], ends: Ends | None) -> Sums:
    """Reduce an output to sums and extremes for each unit."""
    values = rows.movedim(1, 0).flatten(1).double()
    finite = values.isfinite()
    count = finite.sum(1).double()
    kept = torch.where(finite, values, 0.0)
    mean = kept.sum(1) / count.clamp(min=1)
    apart = torch.where(finite, values - mean[:, None], 0.0)
    near = torch.zeros_like(mean)
    if ends is not None:
        near = (finite & ((values <= ends.lower) | (values >= ends.upper))).sum(1).double()
    return Sums(
        seen=values.shape[1],
        finite=count,
        mean=mean,
        squares=apart.square().sum(1),
        absolute=kept.abs().sum(1),
        minimum=torch.where(finite, values, torch.inf).amin(1),
        maximum=torch.where(finite, values, -torch.inf).amax(1),
        positives=(kept > 0).sum(1).double(),
        zeros=(finite & (values == 0)).sum(1).double(),
        near_ends=near,
    )
