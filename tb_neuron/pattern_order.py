"""The order of a pattern matrix: computed at one record, the anchor, and kept over all others."""

import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from tb_neuron.analysis.patterns import example_order, similarity_order
from tb_neuron.response_series import matrix_of
from tb_neuron.responses import ResponseReader, StoredResponses


def stored_at(stored: Sequence[StoredResponses], step: int) -> int:
    """Return the position of the last record at or before a step; 0 if all are later."""
    earlier = [place for place, each in enumerate(stored) if each.record.step <= step]
    return earlier[-1] if earlier else 0


def unit_ranks(
    reader: ResponseReader, anchor: StoredResponses, units: int
) -> Int64[np.ndarray, " unit"]:
    """Return the place of each unit of a layer; those without responses at the anchor come last.

    Args:
        reader: of responses.
        anchor: the record that gives the order.
        units: of the layer.
    """

    def ranks() -> Int64[np.ndarray, " unit"]:
        order = anchor.units[similarity_order(matrix_of(reader, anchor))]
        return _ranks(order, units)

    return reader.reader.kept(_name(anchor, b"units"), ranks)


def example_ranks(
    reader: ResponseReader,
    anchor: StoredResponses,
    places: Int64[np.ndarray, " example"],
) -> Int64[np.ndarray, " example"]:
    """Return the place of each example of a probe set, class by class.

    Args:
        reader: of responses.
        anchor: the record that gives the order within a class.
        places: of the class of each example of the probe set.
    """

    def ranks() -> Int64[np.ndarray, " example"]:
        own = places[anchor.examples]
        order = example_order(matrix_of(reader, anchor), own, np.unique(own))
        within = _ranks(anchor.examples[order], len(places))
        # An example that the anchor has no responses to stands last of its class.
        return _ranks(np.lexsort((within, places)), len(places))

    return reader.reader.kept(_name(anchor, places.tobytes()), ranks)


def _ranks(order: Int64[np.ndarray, " place"], count: int) -> Int64[np.ndarray, " _count"]:
    found = np.full(count, len(order), np.int64)
    found[order] = np.arange(len(order))
    return found


def _name(stored: StoredResponses, of: bytes) -> bytes:
    text = f"{stored.entry.layer} {stored.entry.method} ".encode()
    digest = hashlib.blake2b(digest_size=16, person=b"pattern order")
    digest.update(stored.record.digest + text + of)
    return digest.digest()
