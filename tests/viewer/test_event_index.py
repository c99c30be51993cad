"""The event index on real event files: growing, truncated, damaged, forged, replaced, foreign."""

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.summary_pb2 import (
    Summary,  # pyright: ignore[reportAttributeAccessIssue]
)
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.summary.writer.record_writer import masked_crc32c as tensorboard_crc
from written_run import WrittenRun

from tb_neuron.errors import DamagedRecordError, InvalidArgumentError
from tb_neuron.source import Place, Source
from tb_neuron.source.event_index import EventIndex
from tb_neuron.source.records_file import frame, masked_crc32c

Writer = Callable[..., WrittenRun]


def refreshed(logdir: str | Path) -> EventIndex:
    index = EventIndex(logdir)
    index.refresh()
    return index


def steps(index: EventIndex, run: WrittenRun, name: str = "run") -> list[int]:
    return [value.step for value in index.values(name, run.tag("activations"))]


def messages(index: EventIndex, name: str = "run") -> str:
    return " ".join(problem.message for problem in index.problems(name))


def record_offsets(file: Path) -> list[int]:
    """Return where each record of a file starts, by its length fields alone."""
    data, offset, offsets = file.read_bytes(), 0, []
    while offset < len(data):
        offsets.append(offset)
        offset += 16 + struct.unpack_from("<Q", data, offset)[0]
    return offsets


def overwrite(file: Path, offset: int, data: bytes) -> None:
    with open(file, "r+b") as opened:
        opened.seek(offset)
        opened.write(data)


def flip(file: Path, offset: int) -> None:
    overwrite(file, offset, bytes([file.read_bytes()[offset] ^ 0xFF]))


@pytest.fixture
def five(write_run: Writer) -> WrittenRun:
    """A closed run of records at steps 0 to 4, the first in the file's second frame."""
    run = write_run()
    for step in range(5):
        run.record(step)
    run.close()
    return run


def test_the_index_is_a_source(tmp_path: Path) -> None:
    assert isinstance(EventIndex(tmp_path), Source)


def test_every_blob_is_what_was_written(write_run: Writer) -> None:
    run = write_run()
    written = {run.tag("later"): [b"first", b"", bytes(range(256)) * 100]}
    run.write(3, written)
    index = refreshed(run.logdir)
    (value,) = index.values("run", run.tag("later"))
    blobs = index.read([Place(value, blob) for blob in (2, 0, 1)])
    assert blobs == [bytes(range(256)) * 100, b"first", b""]


def test_step_and_wall_time_are_the_event_s(five: WrittenRun) -> None:
    found = refreshed(five.logdir).values("run", five.tag("activations"))
    assert [(value.step, value.wall_time) for value in found] == [
        (step, 2_000.0 + step) for step in range(5)
    ]


@pytest.mark.parametrize("step", [-1, 2**53 + 1, 2**62, 2**63 - 1])
def test_a_step_of_any_size_is_kept(write_run: Writer, step: int) -> None:
    run = write_run()
    run.record(step)
    assert steps(refreshed(run.logdir), run) == [step]


def test_a_run_is_a_path_below_the_logdir(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b c"):
        WrittenRun(folder).record(0)
    assert refreshed(tmp_path).runs() == [".", "a", "a/b c"]


@pytest.mark.parametrize("name", ["q'\"<b>", "pct%20&a=b#x?y", "ü☃", " ", "new\nline"])
def test_a_run_s_name_is_kept_verbatim(tmp_path: Path, name: str) -> None:
    WrittenRun(tmp_path / name).record(0)
    assert refreshed(tmp_path).runs() == [name]


def test_a_directory_name_that_is_not_utf_8_is_shown_with_its_replacement(tmp_path: Path) -> None:
    run = WrittenRun(tmp_path / "run")
    run.record(0)
    run.close()
    os.rename(os.fsencode(run.folder), os.fsencode(tmp_path) + b"/caf\xe9")
    assert refreshed(tmp_path).runs() == ["caf\ufffd"]


def test_two_names_with_one_replacement_stay_two_runs(tmp_path: Path) -> None:
    for name in (b"caf\xe8", b"caf\xe9"):
        run = WrittenRun(tmp_path / "run")
        run.record(0)
        run.close()
        os.rename(os.fsencode(run.folder), os.fsencode(tmp_path) + b"/" + name)
    assert refreshed(tmp_path).runs() == ["caf\\xe9", "caf\ufffd"]


def test_a_run_without_a_value_of_ours_is_no_run(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path / "foreign"))
    writer.add_event(
        Event(step=1, summary=Summary(value=[Summary.Value(tag="loss", simple_value=1)]))
    )
    writer.close()
    assert refreshed(tmp_path).runs() == []


@pytest.mark.parametrize("content", [b"", b"short", b"not an event file at all " * 100])
def test_a_foreign_file_does_not_disturb_its_neighbour(five: WrittenRun, content: bytes) -> None:
    (five.folder / "a.tfevents.foreign").write_bytes(content)
    assert steps(refreshed(five.logdir), five) == [0, 1, 2, 3, 4]


def test_a_file_without_tfevents_in_its_name_is_not_read(five: WrittenRun) -> None:
    five.file.rename(five.folder / "events.out")
    assert refreshed(five.logdir).runs() == []


def test_scalars_beside_our_values_are_passed_over(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    run.write_event(Event(step=1, summary=Summary(value=[Summary.Value(tag="a", simple_value=1)])))
    run.record(2)
    assert steps(refreshed(run.logdir), run) == [0, 2]


def test_a_logdir_that_does_not_exist_yet_has_no_runs(tmp_path: Path) -> None:
    assert refreshed(tmp_path / "later").runs() == []


def test_a_file_is_no_logdir(five: WrittenRun) -> None:
    with pytest.raises(InvalidArgumentError, match="a logdir is a directory"):
        EventIndex(five.file)


def test_what_is_appended_is_found(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    index = refreshed(run.logdir)
    run.record(1)
    index.refresh()
    assert steps(index, run) == [0, 1]


def test_known_values_stay_the_same_objects(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    index = refreshed(run.logdir)
    (before,) = index.values("run", run.tag("activations"))
    run.record(1)
    index.refresh()
    assert index.values("run", run.tag("activations"))[0] is before


def test_an_older_file_that_still_grows_is_followed(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    other = write_run(suffix=".zz")
    other.record(10)
    index = refreshed(run.logdir)
    run.record(1)
    index.refresh()
    assert sorted(steps(index, run)) == [0, 1, 10]


def test_a_truncated_tail_waits_and_is_read_once_it_is_whole(five: WrittenRun) -> None:
    whole = five.file.read_bytes()
    five.file.write_bytes(whole[:-7])
    index = refreshed(five.logdir)
    before = steps(index, five)
    with open(five.file, "ab") as file:
        file.write(whole[-7:])
    index.refresh()
    assert (before, steps(index, five)) == ([0, 1, 2, 3], [0, 1, 2, 3, 4])


@pytest.mark.parametrize("kept", [0, 5, 12, 13, 40])
def test_a_record_cut_anywhere_is_no_problem_yet(five: WrittenRun, kept: int) -> None:
    last = record_offsets(five.file)[-1]
    os.truncate(five.file, last + kept)
    assert refreshed(five.logdir).problems("run") == []


def test_a_damaged_payload_is_skipped(five: WrittenRun) -> None:
    flip(five.file, record_offsets(five.file)[3] + 500)
    assert steps(refreshed(five.logdir), five) == [0, 1, 3, 4]


def test_a_damaged_payload_is_reported(five: WrittenRun) -> None:
    offset = record_offsets(five.file)[3]
    flip(five.file, offset + 500)
    found = messages(refreshed(five.logdir))
    assert f"1 damaged record was skipped: the record at byte {offset + 12}" in found


def test_a_thousand_damaged_payloads_are_one_problem(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    payload = frame(b"tb_neuron/")
    with open(run.file, "ab") as file:
        file.write((payload[:-1] + bytes([payload[-1] ^ 1])) * 1000)
    index = refreshed(run.logdir)
    assert [problem.message[:22] for problem in index.problems("run")] == ["1000 damaged records w"]


def test_a_foreign_record_s_damage_is_none_of_ours(write_run: Writer) -> None:
    run = write_run()
    run.write_event(Event(step=1, summary=Summary(value=[Summary.Value(tag="loss" * 99)])))
    run.record(2)
    run.close()
    flip(run.file, record_offsets(run.file)[1] + 30)
    assert refreshed(run.logdir).problems("run") == []


def test_a_damaged_length_keeps_what_came_before(five: WrittenRun) -> None:
    flip(five.file, record_offsets(five.file)[3])
    assert steps(refreshed(five.logdir), five) == [0, 1]


def test_a_damaged_length_is_reported(five: WrittenRun) -> None:
    offset = record_offsets(five.file)[3]
    flip(five.file, offset)
    assert f"byte {offset}: a record's length is damaged" in messages(refreshed(five.logdir))


def test_a_damaged_length_stops_that_file_alone(five: WrittenRun) -> None:
    flip(five.file, record_offsets(five.file)[0])
    other = WrittenRun(five.folder, suffix=".zz")
    other.record(9)
    assert steps(refreshed(five.logdir), five) == [9]


def forged_head(length: int) -> bytes:
    packed = struct.pack("<Q", length)
    return packed + struct.pack("<I", masked_crc32c(packed))


@pytest.mark.parametrize("length", [2**31, 2**45, 2**64 - 2])
def test_a_forged_length_is_refused_before_it_is_allocated(five: WrittenRun, length: int) -> None:
    with open(five.file, "ab") as file:
        file.write(forged_head(length) + b"ab")
    assert f"announces {length} bytes" in messages(refreshed(five.logdir))


def test_a_possible_length_that_the_file_does_not_hold_is_waited_for(five: WrittenRun) -> None:
    with open(five.file, "ab") as file:
        file.write(forged_head(2**31 - 1) + b"ab")
    index = refreshed(five.logdir)
    assert (steps(index, five), index.problems("run")) == ([0, 1, 2, 3, 4], [])


def test_a_payload_that_is_no_event_is_skipped_and_reported(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    with open(run.file, "ab") as file:
        file.write(frame(b"\x0ftb_neuron/"))
    run.record(1)
    index = refreshed(run.logdir)
    assert (steps(index, run), "wire type 7" in messages(index)) == ([0, 1], True)


def test_a_deleted_run_disappears(five: WrittenRun) -> None:
    index = refreshed(five.logdir)
    five.file.unlink()
    index.refresh()
    assert index.runs() == []


def test_a_file_replaced_by_a_shorter_one_is_read_again(five: WrittenRun, tmp_path: Path) -> None:
    index = refreshed(five.logdir)
    other = WrittenRun(tmp_path / "elsewhere" / "run")
    other.record(77)
    other.close()
    five.file.write_bytes(other.file.read_bytes())
    index.refresh()
    assert steps(index, five) == [77]


def test_a_file_replaced_by_rename_is_read_again(five: WrittenRun, tmp_path: Path) -> None:
    index = refreshed(five.logdir)
    other = WrittenRun(tmp_path / "elsewhere" / "run")
    for step in range(70, 80):
        other.record(step)
    other.close()
    os.replace(other.file, five.file)
    index.refresh()
    assert steps(index, five) == list(range(70, 80))


def test_a_blob_of_a_file_that_is_gone_is_refused(five: WrittenRun) -> None:
    index = refreshed(five.logdir)
    (value, *_) = index.values("run", five.tag("activations"))
    five.file.unlink()
    with pytest.raises(DamagedRecordError, match="refresh the experiment"):
        index.read([Place(value, 0)])


def test_a_blob_that_never_was_is_refused(five: WrittenRun) -> None:
    index = refreshed(five.logdir)
    (value, *_) = index.values("run", five.tag("activations"))
    with pytest.raises(DamagedRecordError, match="has no 99"):
        index.read([Place(value, 99)])


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_a_problem(five: WrittenRun) -> None:
    five.file.chmod(0)
    assert "cannot be read" in messages(refreshed(five.logdir))


def test_a_pipe_is_not_waited_for(five: WrittenRun) -> None:
    os.mkfifo(five.folder / "events.out.tfevents.3.pipe")
    (problem,) = refreshed(five.logdir).problems("run")
    assert problem.message == "it is not a regular file"


def test_a_directory_that_is_deleted_while_it_is_read_is_no_run(
    five: WrittenRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    (five.folder.parent / "gone").mkdir()
    stat = os.stat

    def late(path: str, *arguments: object, **keywords: object) -> os.stat_result:
        if str(path).endswith("gone"):
            raise FileNotFoundError(path)
        return stat(path, *arguments, **keywords)  # pyright: ignore

    monkeypatch.setattr(os, "stat", late)
    assert refreshed(five.logdir).runs() == ["run"]


def test_a_session_start_voids_what_came_before_at_its_step_and_beyond(write_run: Writer) -> None:
    run = write_run()
    for step in range(5):
        run.record(step)
    run.restart(3)
    run.record(4)
    assert steps(refreshed(run.logdir), run) == [0, 1, 2, 4]


def test_a_session_start_voids_values_of_earlier_files(five: WrittenRun) -> None:
    later = five.resume()
    later.restart(2)
    later.record(3)
    assert steps(refreshed(five.logdir), five) == [0, 1, 3]


def test_a_link_that_leads_back_up_ends(five: WrittenRun) -> None:
    (five.folder / "loop").symlink_to(five.folder.parent)
    assert refreshed(five.logdir).runs() == ["run"]


@pytest.mark.parametrize("size", [0, 1, 9, 1000])
def test_the_checksum_is_tensorboard_s(size: int) -> None:
    data = bytes(range(256)) * 4
    assert masked_crc32c(data[:size]) == tensorboard_crc(data[:size])
