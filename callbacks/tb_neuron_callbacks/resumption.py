"""What a folder's earlier records say of the units of a training that is resumed."""

from __future__ import annotations

import logging
from pathlib import Path

from tb_neuron.byte_lru import ByteLRU
from tb_neuron.metadata import Tag
from tb_neuron.source import Source
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.timeline import HeaderReader, Record, resolve
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.measurement import SilentStreaks

_LOGGER = logging.getLogger("tb_neuron")


def earlier_streaks(
    folder: Path | None,
    tag: Tag,
    identity: tuple[str, str],
    layout: Layout,
    step: int,
    records: int,
) -> SilentStreaks:
    """Return the streaks of silent units as they stand before a recorder's first record.

    Never raises: what can't be read isn't known.

    Args:
        folder: of the event files, None if it isn't known.
        tag: of the activations.
        identity: layout id and probe set's hash: records of others say nothing.
        layout: the watched layers.
        step: of the first record; later ones than that are void.
        records: silent records that make a unit dead.
    """
    if step <= 0:
        return SilentStreaks()
    if folder is None:
        return SilentStreaks(knows_earlier=False)
    try:
        # Reading needs a native checksum, whose wheel may not load here; recording does not.
        from tb_neuron.source.event_index import EventIndex  # noqa: PLC0415

        source = EventIndex(folder, nested=False)
        source.refresh()
        earlier = _earlier(source, tag, identity, step)
        units = {layer.name: layer.units for layer in layout.watched}
        return _streaks(source, earlier[max(len(earlier) - records, 0) :], units)
    except Exception:
        _LOGGER.debug("earlier records in %s can't be read", folder, exc_info=True)
        return SilentStreaks(knows_earlier=False)


def _earlier(source: Source, tag: Tag, identity: tuple[str, str], step: int) -> list[Record]:
    found, _ = HeaderReader(source).read(".", tag)
    return [
        record
        for record in resolve(found)
        if record.step < step and (record.header.layout_id, record.header.probe_hash) == identity
    ]


def _streaks(source: Source, records: list[Record], units: dict[str, int]) -> SilentStreaks:
    found = ColumnReader(source, ByteLRU()).states(records, units)
    streaks = SilentStreaks()
    for states, is_known in zip(found.states, found.is_known, strict=True):
        start, at_record = 0, {}
        for (layer_name, count), known in zip(units.items(), is_known, strict=True):
            if known:
                at_record[layer_name] = states[start : start + count]
            start += count
        streaks.extend(at_record)
    return streaks
