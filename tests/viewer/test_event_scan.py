"""The scanner against TensorBoard's own protobuf classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import (
    Event,  # pyright: ignore[reportAttributeAccessIssue]
    SessionLog,  # pyright: ignore[reportAttributeAccessIssue]
)

from tb_neuron.errors import DamagedRecordError
from tb_neuron.metadata import Tag
from tb_neuron.source.event_scan import scan_event
from tb_neuron.summary import record_summary

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
kinds = st.sampled_from(["activations", "outputs", "later"])
tags = st.builds(Tag, names, names, kinds)
values = st.dictionaries(
    tags, st.lists(st.binary(max_size=300), max_size=5), min_size=1, max_size=4
)
steps = st.integers(-(2**63), 2**63 - 1)
times = st.floats(allow_nan=False)


@given(values, steps, times)
def test_the_scanner_finds_what_protobuf_wrote(
    written: dict[Tag, list[bytes]], step: int, time: float
) -> None:
    payload = Event(step=step, wall_time=time, summary=record_summary(written)).SerializeToString()
    event = scan_event(payload)
    assert event is not None
    found = {
        value.tag: [
            payload[start : start + length]
            for start, length in zip(value.offsets, value.lengths, strict=True)
        ]
        for value in event.values
    }
    assert (event.step, event.wall_time, found) == (step, time, written)


@given(st.binary(max_size=300))
def test_any_bytes_are_an_event_or_refused(payload: bytes) -> None:
    try:
        scan_event(b"\x4atb_neuron/" + payload)
    except DamagedRecordError:
        return


@given(values, st.data())
def test_a_cut_event_is_refused_or_ends_between_two_fields(
    written: dict[Tag, list[bytes]], data: st.DataObject
) -> None:
    payload = Event(step=5, wall_time=1.0, summary=record_summary(written)).SerializeToString()
    cut = data.draw(st.integers(0, len(payload) - 1))
    try:
        event = scan_event(payload[:cut])
    except DamagedRecordError:
        return
    assert event is None or not event.values


def test_a_session_start_is_seen() -> None:
    payload = Event(step=7, session_log=SessionLog(status=SessionLog.START)).SerializeToString()
    event = scan_event(payload)
    assert event is not None
    assert (event.is_restart, event.step) == (True, 7)


def test_a_session_stop_concerns_nobody() -> None:
    payload = Event(step=7, session_log=SessionLog(status=SessionLog.STOP)).SerializeToString()
    assert scan_event(payload) is None


@pytest.mark.parametrize("payload", [b"", b"\x10\x05", b"\x1a\x0dbrain.Event:2"])
def test_a_foreign_event_concerns_nobody(payload: bytes) -> None:
    assert scan_event(payload) is None
