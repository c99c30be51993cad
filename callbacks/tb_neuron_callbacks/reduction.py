"""How one output is reduced to sums and extremes for each unit: in chunks, through kept buffers."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

#: Two megabytes of float32 stay in the cache; a device wants few, large launches.
_CHUNK_ELEMENTS = 1 << 19
_DEVICE_CHUNK_ELEMENTS = 1 << 22
#: A shift need not be a mean: so many rows and positions of an output tell it well enough.
_FEW = 16
#: Squares of deviations below this have fewer digits in float32, or none.
_SMALL = 1e-17
#: Inner axes from this length on are folded by themselves.
_WIDE = 64
_ADDED = ("absolute", "positives", "zeros", "near_ends")
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
        # Weighted before it is squared: float64 holds no square of 1e200, and inf * 0 is NaN.
        self.squares += other.squares + (apart * (self.finite * share).sqrt()).square()
        self.mean += apart * share
        self.finite = both
        self.seen += other.seen
        self.minimum = torch.minimum(self.minimum, other.minimum)
        self.maximum = torch.maximum(self.maximum, other.maximum)
        for name in _ADDED:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @classmethod
    def nothing(cls, units: int) -> "Sums":
        """Return the sums of nothing, on the CPU."""
        zeros = torch.zeros(units, dtype=torch.float64)
        return cls.none_like(cls(0, *(zeros,) * 9))

    def extremes(self) -> Float[Tensor, "2 unit"]:
        """Return what is merged by the larger one: the largest, and minus the smallest."""
        return torch.stack((self.maximum, -self.minimum)).cpu()

    def summands(self, extremes: Float[Tensor, "2 unit"]) -> Float[Tensor, "8 unit"]:
        """Return what is merged by adding up; squares are about the middle of common extremes.

        About 0 they would cancel where a unit's mean is large beside its deviations; about the
        middle they are at most as many times its own squares as it has activations.
        """
        apart = torch.where(self.finite > 0, self.mean - _middle(extremes).to(self.mean), 0.0)
        first = self.finite * apart
        rows = [self.finite, first, self.squares + first * apart]
        rows += [getattr(self, name) for name in _ADDED]
        return torch.stack([*rows, torch.full_like(self.mean, self.seen)]).cpu()

    @classmethod
    def of_merged(
        cls, extremes: Float[Tensor, "2 unit"], summands: Float[Tensor, "8 unit"]
    ) -> "Sums":
        """Return the sums of what was merged."""
        finite, first, squares, *added, seen = summands
        apart = first / finite.clamp(min=1)
        return cls(
            seen=int(seen.max()) if len(seen) else 0,
            finite=finite,
            mean=torch.where(finite > 0, _middle(extremes) + apart, 0.0),
            squares=squares - first * apart,
            minimum=-extremes[1],
            maximum=extremes[0],
            **dict(zip(_ADDED, added, strict=True)),
        )


def _middle(extremes: Float[Tensor, "2 unit"]) -> Float[Tensor, " unit"]:
    """Return the middle between smallest and largest activations; 0 where there is none."""
    middle = (extremes[0] - extremes[1]) / 2
    return torch.where(middle.isfinite(), middle, 0.0)


@dataclass(frozen=True)
class Ends:
    """Where activations count as near an end of a bounded nonlinearity."""

    lower: float
    upper: float


class Reducer:
    """Reduces the outputs of one layer, each to its sums and extremes.

    Args:
        ends: of a bounded nonlinearity, else None.
        is_rectified: whether outputs are expected to have no negative activations; whether they
            have is checked.
    """

    def __init__(self, ends: Ends | None = None, is_rectified: bool = False) -> None:
        self.ends = ends
        self.is_rectified = is_rectified
        self._shift: Tensor | None = None
        self._is_settled = False

    def reduce(self, rows: Float[Tensor, "outer unit inner"]) -> Sums:
        """Return the sums and extremes of one output for each unit."""
        sums = self._reduce_finite(rows, self._settle(rows))
        # A NaN or inf anywhere spoils the squares of its unit, and so their sum; so does the rare
        # overflow.
        if not math.isfinite(float(sums.squares.sum())):
            return _reduce_any(rows, self.ends)
        if rows.dtype != torch.float64:
            _resolve_small(rows, sums)
        return sums

    def _settle(self, rows: Tensor) -> Float[Tensor, " unit"]:
        """Return the shift of each unit, kept from the first output that has finite values of it.

        The squares of deviations from a far shift would leave no digits to the deviation.
        """
        if self._shift is None:
            self._shift = _early_mean(rows)
            self._is_settled = bool(self._shift.isfinite().all())
        elif not self._is_settled:
            self._shift = torch.where(self._shift.isfinite(), self._shift, _early_mean(rows))
            self._is_settled = bool(self._shift.isfinite().all())
        return self._shift if self._is_settled else self._shift.nan_to_num(0.0, 0.0, 0.0)

    def _reduce_finite(self, rows: Tensor, shift: Tensor) -> Sums:
        chunks = _Chunks(rows, shift)
        chunks.fold(self._moments)
        is_rectified = self.is_rectified and bool((chunks.parts["minimum"] >= 0).all())
        if not is_rectified:
            chunks.fold(_signs)
            if bool((chunks.parts["smallest"] == 0).any()):
                chunks.fold(_zeros)
        apart = chunks.total("apart") / chunks.seen
        mean = shift.double() + apart
        positives = chunks.total("positives")
        return Sums(
            seen=chunks.seen,
            finite=torch.full_like(mean, chunks.seen),
            mean=mean,
            squares=chunks.total("squares") - chunks.seen * apart.square(),
            absolute=mean * chunks.seen if is_rectified else chunks.total("absolute"),
            minimum=chunks.extreme("minimum", torch.amin),
            maximum=chunks.extreme("maximum", torch.amax),
            positives=positives,
            zeros=chunks.seen - positives if is_rectified else chunks.total("zeros"),
            near_ends=chunks.total("lower") + chunks.total("upper"),
        )

    def _moments(self, chunk: Tensor, spare: Tensor, shift: Tensor) -> "Iterator[Part]":
        yield "minimum", torch.amin, chunk
        yield "maximum", torch.amax, chunk
        yield "apart", torch.sum, torch.sub(chunk, shift, out=spare)
        yield "squares", torch.sum, spare.mul_(spare)
        if self.is_rectified:
            yield "positives", torch.sum, torch.sign(chunk, out=spare)
        if self.ends is not None:
            yield "lower", torch.sum, torch.le(chunk, self.ends.lower, out=spare)
            yield "upper", torch.sum, torch.ge(chunk, self.ends.upper, out=spare)


#: A name, the function that folds, and what it folds.
Part = tuple[str, Callable[..., Tensor], Tensor]
#: Yields the parts of a chunk, given a buffer of its shape that it may use for one at a time, and
#: the shift of each row or column.
Measure = Callable[[Tensor, Tensor, Tensor], Iterator[Part]]


class _Chunks:
    """An output in chunks that stay in the processor's cache, and partial results of each.

    Where the inner axis is wide, each unit's activations lie together and are folded by themselves:
    a row is one unit at one outer index, and gives one partial result. Where it is narrow, a row is
    one outer index, unit and inner axis are columns, and a chunk gives one partial result a column.
    """

    def __init__(self, rows: Tensor, shift: Float[Tensor, " unit"]) -> None:
        outer, self._units, inner = rows.shape
        self._is_wide = inner >= _WIDE
        self._rows = rows.reshape(-1, inner) if self._is_wide else rows.reshape(outer, -1)
        self._dtype = torch.float64 if rows.dtype == torch.float64 else torch.float32
        shift = shift.to(self._dtype)
        self._shift = (
            shift.repeat(outer)[:, None] if self._is_wide else shift.repeat_interleave(inner)
        )
        self._step = max(1, chunk_elements(rows) // self._rows.shape[1])
        self.seen = outer * inner
        self.parts: dict[str, Tensor] = {}

    def fold(self, measure: Measure) -> None:
        """Go through the chunks once and keep the partial results that `measure` yields."""
        shape = (min(self._step, len(self._rows)), self._rows.shape[1])
        spare = torch.empty(shape, dtype=self._dtype, device=self._rows.device)
        copied = None if self._rows.dtype == self._dtype else torch.empty_like(spare)
        for number, part in enumerate(self._rows.split(self._step)):
            size, start = len(part), number * self._step
            chunk = part if copied is None else copied[:size].copy_(part)
            shift = self._shift[start : start + size] if self._is_wide else self._shift
            for name, fold, values in measure(chunk, spare[:size], shift):
                fold(values, 1 if self._is_wide else 0, out=self._place(name, number, size))

    def total(self, name: str) -> Float[Tensor, " unit"]:
        """Return the sum of a part over all chunks, float64; zeros for a part never folded."""
        if name not in self.parts:
            return torch.zeros(self._units, dtype=torch.float64, device=self._rows.device)
        part = self.parts[name].double()
        if self._is_wide:
            return part.view(-1, self._units).sum(0)
        return part.sum(0).view(self._units, -1).sum(1)

    def extreme(self, name: str, fold: Callable[..., Tensor]) -> Float[Tensor, " unit"]:
        """Return the extreme of a part over all chunks, float64."""
        part = self.parts[name]
        if self._is_wide:
            return fold(part.view(-1, self._units), 0).double()
        return fold(fold(part, 0).view(self._units, -1), 1).double()

    def _place(self, name: str, number: int, size: int) -> Tensor:
        if name not in self.parts:
            rows, columns = self._rows.shape
            shape = (rows,) if self._is_wide else (-(-rows // self._step), columns)
            self.parts[name] = torch.empty(shape, dtype=self._dtype, device=self._rows.device)
        start = number * self._step
        return self.parts[name][start : start + size] if self._is_wide else self.parts[name][number]


def chunk_elements(tensor: Tensor) -> int:
    """Return how many elements are reduced at a time on the tensor's device."""
    if tensor.device.type != "cpu":
        return _DEVICE_CHUNK_ELEMENTS
    return min(_CHUNK_ELEMENTS * torch.get_num_threads(), _DEVICE_CHUNK_ELEMENTS)


def _signs(chunk: Tensor, spare: Tensor, _: Tensor) -> Iterator[Part]:
    yield "absolute", torch.sum, torch.abs(chunk, out=spare)
    yield "smallest", _least, spare
    yield "positives", torch.sum, torch.gt(chunk, 0, out=spare)


def _least(values: Tensor, _: int, *, out: Tensor) -> Tensor:
    """Put the least of all values everywhere: whether there is a 0 at all, at half the price."""
    return out.fill_(values.amin())


def _zeros(chunk: Tensor, spare: Tensor, _: Tensor) -> Iterator[Part]:
    yield "zeros", torch.sum, torch.eq(chunk, 0, out=spare)


def _early_mean(rows: Tensor) -> Float[Tensor, " unit"]:
    """Return about the mean of each unit's finite values; NaN where few rows have none.

    The few rows and positions are spread over the output.
    """
    few = rows[:: max(1, len(rows) // _FEW), :, :: max(1, rows.shape[2] // _FEW)].double()
    finite = few.isfinite()
    mean = torch.where(finite, few, 0.0).sum((0, 2)) / finite.sum((0, 2))
    return mean.to(torch.float64 if rows.dtype == torch.float64 else torch.float32)


def _resolve_small(rows: Tensor, sums: Sums) -> None:
    """Take squares in float64 where they are too small for float32, but not the activations."""
    spread = sums.maximum - sums.minimum
    is_small = (spread > 0) & (spread < _SMALL)
    if bool(is_small.any()):
        sums.squares[is_small] = _reduce_any(rows[:, is_small], None).squares


def _reduce_any(rows: Tensor, ends: Ends | None) -> Sums:
    _, units, inner = rows.shape
    inner_step = max(1, chunk_elements(rows) // units)
    found: Sums | None = None
    for examples in rows.split(max(1, inner_step // inner)):
        for chunk in examples.split(inner_step, 2):
            part = _reduce_masked(chunk.movedim(1, 0).flatten(1).double(), ends)
            found = found or Sums.none_like(part)
            found.merge(part)
    assert found is not None
    return found


def _reduce_masked(values: Float[Tensor, "unit activation"], ends: Ends | None) -> Sums:
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
