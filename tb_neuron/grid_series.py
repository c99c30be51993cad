"""Activation grids of a layer over all records: one basis of colours, one scale of sizes."""

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from tb_neuron.analysis.activation_grid import Basis, colours, fit_basis, norms
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.timeline import Record
from tb_neuron.tracked_activations import TrackedActivations, TrackedReader


@dataclass(frozen=True)
class ActivationGrid:
    """A layer's cells at one record, for all tracked examples.

    Attributes:
        step: of the record.
        steps: of all records with activations of the layer.
        anchor: step of the record at which the basis of colours was fitted.
        examples: the tracked examples.
        shape: of the layer's positions.
        units: that the vectors are made of.
        norms: of the vector at each position; NaN where it is not finite.
        top: the largest norm over all records.
        colours: of the vector at each position.
        explained: share of the variance at the anchor along the three components.
    """

    step: int
    steps: list[int]
    anchor: int
    examples: list[int]
    shape: tuple[int, ...]
    units: Int64[np.ndarray, " unit"]
    norms: Float64[np.ndarray, "example position"]
    top: float
    colours: UInt8[np.ndarray, "example position rgb=3"]
    explained: Float64[np.ndarray, "3"]


def activation_grid(
    reader: ColumnReader,
    tracked: TrackedReader,
    layer_name: str,
    step: int,
    anchor: int | None = None,
) -> ActivationGrid:
    """Return a layer's cells at the last record at or before a step, or the first one.

    Args:
        reader: keeps what was worked out.
        tracked: of activations.
        layer_name: the layer.
        step: which record.
        anchor: step of the record that gives the basis; the last one unless given.

    Raises:
        NotFoundError: no activations of tracked examples were recorded of this layer.
        DamagedRecordError: none of them can be read.
    """
    now = tracked.tracked(layer_name, step)
    records = tracked.records(layer_name)
    at = tracked.tracked(layer_name, records[-1].step if anchor is None else anchor)
    digest = next((record.digest for record in records if record.step == at.step), b"")
    packed = reader.kept(_name(digest, layer_name, b"grid basis"), lambda: _packed(at))
    basis = Basis(packed[2:, 0], packed[2:, 1:].T, packed[0, 1:], packed[1, 1:])
    return ActivationGrid(
        now.step,
        [record.step for record in records],
        at.step,
        now.examples,
        now.shape,
        now.units,
        norms(now.values),
        max(_top(reader, tracked, layer_name, record) for record in records),
        colours(_of_units(now, at.units, basis.centre), basis),
        basis.explained,
    )


def _packed(at: TrackedActivations) -> Float64[np.ndarray, "row column"]:
    """Return a basis as one array: scales, explained shares, then centre and axes by unit."""
    basis = fit_basis(at.values)
    found = np.zeros((2 + len(basis.centre), 4))
    found[0, 1:], found[1, 1:] = basis.scales, basis.explained
    found[2:, 0], found[2:, 1:] = basis.centre, basis.axes.T
    return found


def _top(reader: ColumnReader, tracked: TrackedReader, layer_name: str, record: Record) -> float:
    def largest() -> Float64[np.ndarray, "1"]:
        found = norms(tracked.tracked(layer_name, record.step).values)
        return np.array([np.nanmax(found) if np.isfinite(found).any() else 0.0])

    return float(reader.kept(_name(record.digest, layer_name, b"grid norm"), largest)[0])


def _of_units(
    now: TrackedActivations,
    units: Int64[np.ndarray, " unit"],
    centre: Float64[np.ndarray, " unit"],
) -> Float32[np.ndarray, "unit example position"]:
    """Return activations of the basis's units; its centre where a record has not got them."""
    if np.array_equal(now.units, units):
        return now.values
    shape = (len(units), *now.values.shape[1:])
    found = np.broadcast_to(centre[:, None, None], shape).astype(np.float32)
    _, mine, theirs = np.intersect1d(now.units, units, return_indices=True)
    found[theirs] = now.values[mine]
    return found


def _name(digest: bytes, layer_name: str, of: bytes) -> bytes:
    return hashlib.blake2b(digest + layer_name.encode(), digest_size=16, person=of).digest()
