"""Attacks on a record's export, each named for what it is by who has the public key alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peerwatch.oversight.record import Keys, Record, RecordError
from peerwatch.oversight.record.anchor_places import DirectoryAnchor
from peerwatch.oversight.record.canonical_json import canonical
from peerwatch.oversight.record.log_checkpoint import Checkpoint
from peerwatch.oversight.record.merkle_tree import EMPTY_ROOT, leaf_hash
from peerwatch.oversight.record.record_clock import Moment
from peerwatch.oversight.record.signed_note import PrivateKey
from peerwatch.oversight.record.verify_log import LogReport, verify_log

from .conftest import ORIGIN, SetClock

LIFE = {"interval": 60.0}
Lines = list[bytes]


def fill(record: Record, clock: SetClock, count: int = 12) -> None:
    """Append so many heartbeats, a checkpoint after every fourth and, unasked, after the first."""
    record.append("started", {"mode": "observe"} | LIFE)
    for number in range(1, count):
        clock.passes(60)
        record.append("heartbeat", LIFE)
        if number % 4 == 3:
            record.checkpoint()


@pytest.fixture
def exported(record: Record, clock: SetClock, tmp_path: Path) -> Path:
    fill(record, clock)
    clock.passes(30)
    assert record.export(tmp_path / "export.jsonl") == 12
    return tmp_path / "export.jsonl"


def checked(export: Path, keys: Keys, *anchors: Path) -> LogReport:
    return verify_log(export, str(keys.public), [DirectoryAnchor(str(one)) for one in anchors])


def kinds(report: LogReport) -> list[tuple[str, int | None, int | None]]:
    return [(one.kind, one.first, one.last) for one in report.problems]


def edited(export: Path, change: Callable[[Lines], Lines | None]) -> Path:
    lines = export.read_bytes().splitlines(keepends=True)
    changed = change(lines)
    export.write_bytes(b"".join(lines if changed is None else changed))
    return export


def leaf_line(line: bytes, **fields: object) -> bytes:
    """Return a leaf's line with other fields and the hash that fits them."""
    leaf = canonical(json.loads(line)["leaf"] | fields)
    return b'{"hash":"%b","leaf":%b}\n' % (leaf_hash(leaf).hex().encode(), leaf)


def test_a_whole_record_has_nothing_wrong(exported: Path, keys: Keys) -> None:
    report = checked(exported, keys)
    assert report.problems == ()
    assert (report.origin, report.size, report.checkpoints) == (ORIGIN, 12, 4)
    assert (report.signed, report.anchored, report.retired) == (12, 0, 0)


def test_a_leaf_that_was_edited_is_named(exported: Path, keys: Keys) -> None:
    edited(exported, lambda lines: [*lines[:6], lines[6].replace(b"60", b"61", 1), *lines[7:]])
    assert kinds(checked(exported, keys)) == [("leaf_changed", 5, 5)]


def test_a_leaf_that_was_edited_with_its_hash_lies_between_two_checkpoints(
    exported: Path, keys: Keys
) -> None:
    def change(lines: Lines) -> None:
        lines[6] = leaf_line(lines[6], kind="stopped")

    report = checked(edited(exported, change), keys)
    assert ("rewritten", 4, 7) in kinds(report)
    assert report.signed == 4


def test_entries_in_another_order_are_named(exported: Path, keys: Keys) -> None:
    def change(lines: Lines) -> None:
        lines[4], lines[7] = lines[7], lines[4]

    assert kinds(checked(edited(exported, change), keys)) == [("order_changed", 3, 6)]


def test_entries_that_change_their_numbers_too_were_rewritten(exported: Path, keys: Keys) -> None:
    def change(lines: Lines) -> None:
        lines[4], lines[7] = leaf_line(lines[7], seq=3), leaf_line(lines[4], seq=6)

    assert ("rewritten", 1, 3) in kinds(checked(edited(exported, change), keys))


def test_a_tail_cut_behind_a_checkpoint_is_named(exported: Path, keys: Keys) -> None:
    edited(exported, lambda lines: [*lines[:11], *lines[13:]])
    found = kinds(checked(exported, keys))
    assert found == [("tail_cut", 10, 11), ("not_signed", 8, 9), ("silence", 9, None)]


def test_a_leaf_that_is_gone_is_named(exported: Path, keys: Keys) -> None:
    report = checked(edited(exported, lambda lines: [*lines[:6], *lines[7:]]), keys)
    assert kinds(report)[0] == ("leaf_missing", 5, 5)
    assert report.signed == 4


def test_a_leaf_that_stands_twice_is_named(exported: Path, keys: Keys) -> None:
    edited(exported, lambda lines: [*lines[:6], lines[5], *lines[6:]])
    assert ("leaf_twice", 4, 4) in kinds(checked(exported, keys))


def test_a_record_without_checkpoints_proves_nothing(exported: Path, keys: Keys) -> None:
    report = checked(edited(exported, lambda lines: lines[:13]), keys)
    assert kinds(report) == [("not_signed", 0, 11)]
    assert report.signed == 0


def test_leaves_that_are_added_are_not_signed(exported: Path, keys: Keys) -> None:
    def change(lines: Lines) -> Lines:
        return [*lines[:13], leaf_line(lines[12], seq=12), *lines[13:]]

    assert kinds(checked(edited(exported, change), keys)) == [("not_signed", 12, 12)]


def test_checkpoints_of_others_are_named(exported: Path, keys: Keys) -> None:
    other = PrivateKey("evil.example/log", b"\x01" * 32)
    same_name = PrivateKey(ORIGIN, b"\x01" * 32)
    text = Checkpoint(ORIGIN, 12, EMPTY_ROOT).text()
    notes = [
        other.sign(text),
        same_name.sign(text),
        keys.private.sign(Checkpoint("evil.example/log", 12, EMPTY_ROOT).text()),
        keys.private.sign(text).replace("\n12\n", "\n11\n"),
        "nonsense",
    ]
    edited(
        exported, lambda lines: lines + [canonical({"checkpoint": one}) + b"\n" for one in notes]
    )
    assert [one.kind for one in checked(exported, keys).problems] == [
        "checkpoint_of_another_key",
        "checkpoint_of_another_key",
        "checkpoint_of_another_origin",
        "checkpoint_damaged",
        "checkpoint_damaged",
    ]


def test_a_record_of_another_key_is_named(exported: Path, tmp_path: Path) -> None:
    other = Keys.create(tmp_path / "other", ORIGIN)
    report = checked(exported, other)
    assert report.problems[0].kind == "another_record"
    assert report.signed == 0


def test_a_second_history_of_the_key_is_a_fork(exported: Path, keys: Keys, tmp_path: Path) -> None:
    """The enemy has the key and writes the whole record anew; the anchor still has the first."""
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    report = checked(exported, keys)
    assert report.problems == ()
    with Record.open(f"sqlite:///{tmp_path}/record.db", keys) as record:
        record.anchor(DirectoryAnchor(str(anchors)))
    (keys.folder / "last_checkpoint").unlink()
    with Record.open(f"sqlite:///{tmp_path}/second.db", keys) as second:
        for _ in range(14):
            second.append("look", {"host": "a", "begun": 1.0, "ended": 2.0})
        second.export(tmp_path / "second.jsonl")
    assert checked(tmp_path / "second.jsonl", keys).problems == ()  # consistent in itself
    assert ("fork", 0, 11) in kinds(checked(tmp_path / "second.jsonl", keys, anchors))


def test_two_checkpoints_of_one_export_that_disagree_are_a_fork(exported: Path, keys: Keys) -> None:
    note = keys.private.sign(Checkpoint(ORIGIN, 8, EMPTY_ROOT).text())
    edited(exported, lambda lines: [*lines, canonical({"checkpoint": note}) + b"\n"])
    assert kinds(checked(exported, keys)) == [("fork", 0, 7)]


def anchored(record: Record, clock: SetClock, folder: Path) -> None:
    folder.mkdir()
    fill(record, clock, 6)
    record.anchor(DirectoryAnchor(str(folder)))
    fill(record, clock, 5)
    record.append("look", {"host": "a", "begun": 1.0, "ended": 2.0})
    record.export(folder.parent / "export.jsonl")


def test_anchored_and_unanchored_entries_are_apart(
    record: Record, clock: SetClock, keys: Keys, tmp_path: Path
) -> None:
    anchored(record, clock, tmp_path / "anchors")
    report = checked(tmp_path / "export.jsonl", keys, tmp_path / "anchors")
    assert report.problems == ()
    assert (report.anchored, report.signed, report.size) == (6, 13, 13)


def test_an_export_cut_before_its_anchor_is_named(
    record: Record, clock: SetClock, keys: Keys, tmp_path: Path
) -> None:
    """Leaves, checkpoints and time cut alike: only the anchor knows that there was more."""
    anchored(record, clock, tmp_path / "anchors")

    def change(lines: Lines) -> Lines:
        head = json.loads(lines[0])
        head["exported_at"] = json.loads(lines[4])["leaf"]["at"]
        return [canonical(head) + b"\n", *lines[1:5], lines[15]]

    edited(tmp_path / "export.jsonl", change)
    assert checked(tmp_path / "export.jsonl", keys).problems == ()
    found = kinds(checked(tmp_path / "export.jsonl", keys, tmp_path / "anchors"))
    assert found == [("tail_cut", 4, 5)]


def test_anchors_that_are_gone_or_edited_are_named(
    record: Record, clock: SetClock, keys: Keys, tmp_path: Path
) -> None:
    folder, export = tmp_path / "anchors", tmp_path / "export.jsonl"
    anchored(record, clock, folder)
    (file,) = folder.iterdir()
    note = file.read_text()

    def said() -> list[str]:
        return [one.kind for one in checked(export, keys, folder).problems]

    file.rename(folder / f"{5:020d}.checkpoint")
    assert said() == ["anchor_missing", "anchor_edited"]
    (folder / f"{5:020d}.checkpoint").unlink()
    assert said() == ["anchor_missing"]
    file.write_text(note.replace("\n6\n", "\n5\n"))
    assert said() == ["anchor_edited"]
    file.write_text(PrivateKey("evil.example/log", b"\x01" * 32).sign("x\n"))
    assert said() == ["anchor_edited"]
    file.unlink()
    folder.rmdir()
    assert said() == ["anchor_missing"]


def test_a_clock_set_back_is_named(record: Record, clock: SetClock, keys: Keys) -> None:
    fill(record, clock, 3)
    clock.at -= 3600
    record.append("heartbeat", LIFE)
    clock.at += 7200
    record.append("heartbeat", LIFE)
    export = keys.folder / "export.jsonl"
    record.export(export)
    found = [one for one in kinds(checked(export, keys)) if one[0].startswith("clock")]
    assert found == [("clock_set_back", 2, 3), ("clock_set_forward", 3, 4)]


def test_a_silence_hidden_by_the_clock_is_named(
    record: Record, clock: SetClock, keys: Keys
) -> None:
    """The overseer is stopped for an hour, and the clock is put to a minute after its last word."""
    fill(record, clock, 3)
    clock.passes(3600)
    clock.at -= 3540
    record.append("heartbeat", LIFE)
    export = keys.folder / "export.jsonl"
    record.export(export)
    (problem,) = checked(export, keys).problems
    assert (problem.kind, problem.first, problem.last) == ("clock_set_back", 2, 3)
    assert "3540 s" in problem.said


def test_a_clock_set_back_over_a_start_of_the_machine_is_named(
    record: Record, clock: SetClock, keys: Keys
) -> None:
    fill(record, clock, 3)
    clock.boot, clock.up = "b002b002", 5.0
    clock.passes(-60)
    record.append("heartbeat", LIFE)
    record.export(keys.folder / "export.jsonl")
    found = kinds(checked(keys.folder / "export.jsonl", keys))
    assert found == [("clock_set_back", 2, 3)]


def test_a_silence_is_named_and_an_announced_one_is_not(
    record: Record, clock: SetClock, keys: Keys
) -> None:
    fill(record, clock, 3)
    clock.passes(85)  # late, within what is allowed
    record.append("heartbeat", LIFE)
    clock.passes(600)
    record.append(
        "signed_in", {"person": "ann", "how": "passkey"}
    )  # the page lives, the sensor not
    clock.passes(600)
    record.append("heartbeat", LIFE)
    record.append("stopped", {"why": "upgrade"})
    clock.passes(86400)
    record.append("started", {"mode": "observe"} | LIFE)
    export = keys.folder / "export.jsonl"
    record.export(export)
    assert kinds(checked(export, keys)) == [("silence", 3, 5)]
    later = verify_log(export, str(keys.public), until=clock.at + 1000)
    assert kinds(later) == [("silence", 3, 5), ("silence", 7, None)]


def test_hostile_exports_end_in_findings_and_not_in_a_traceback(exported: Path, keys: Keys) -> None:
    rows = (
        b"\n",
        b"[]\n",
        b'{"checkpoint":7}\n',
        b'{"hash":"zz","leaf":{}}\n',
        b'{"hash":"' + b"0" * 64 + b'","leaf":{"seq":"x"}}\n',
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b'{"leaf":NaN}\n',
    )
    edited(exported, lambda lines: [*lines, *rows])
    report = checked(exported, keys)
    assert [one.kind for one in report.problems] == ["line_unreadable"] * len(rows)
    assert report.signed == 12


def test_a_line_that_two_readers_read_differently_is_refused(exported: Path, keys: Keys) -> None:
    """A name that stands twice: one reader takes the first, another the last."""

    def change(lines: Lines) -> None:
        lines[6] = lines[6].replace(b'{"interval":60}', b'{"interval":1,"interval":60}')

    found = checked(edited(exported, change), keys)
    assert [one.kind for one in found.problems][:2] == ["line_unreadable", "leaf_missing"]


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\x00" * 100, b'{"export":"other"}\n'])
def test_what_is_no_export_is_said(tmp_path: Path, keys: Keys, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(RecordError, match="no export"):
        checked(tmp_path / "x", keys)
    with pytest.raises(RecordError, match="cannot be read"):
        checked(tmp_path / "none", keys)


def test_the_head_is_not_believed(exported: Path, keys: Keys) -> None:
    """That the first four entries were retired, says an export that left them out."""

    def change(lines: Lines) -> Lines:
        head = json.loads(lines[0])
        roots = [json.loads(line)["hash"] for line in lines[1:2]]
        head |= {"retired": 1, "subtrees": roots}
        return [canonical(head) + b"\n", *lines[2:]]

    assert kinds(checked(edited(exported, change), keys)) == [("retired_unannounced", 0, 0)]


def test_a_moment_of_the_machine_has_both_clocks() -> None:
    from peerwatch.oversight.record.record_clock import now

    one, two = now(), now()
    assert isinstance(one, Moment) and one.boot == two.boot and one.up is not None
    assert two.up is not None and two.up >= one.up > 0


def test_a_record_is_checked_as_it_stood(
    record: Record, clock: SetClock, keys: Keys, tmp_path: Path
) -> None:
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    fill(record, clock)
    then = clock.at
    record.anchor(DirectoryAnchor(str(anchors)))
    clock.passes(600)  # a silence that comes after
    record.append("heartbeat", LIFE)
    record.anchor(DirectoryAnchor(str(anchors)))
    export = tmp_path / "export.jsonl"
    record.export(export)
    key, places = str(keys.public), [DirectoryAnchor(str(anchors))]
    assert {one.kind for one in verify_log(export, key, places).problems} == {"silence"}
    ways: tuple[dict[str, Any], ...] = ({"until": then}, {"size": 13}, {"until": then, "size": 13})
    for more in ways:
        report = verify_log(export, key, places, **more)
        assert (report.problems, report.size, report.signed) == ((), 13, 13)
        assert (report.anchored, report.ended) == (12, then)
    clock.passes(60)
    record.append("heartbeat", LIFE)
    record.anchor(places[0])  # after the export
    late = {one.kind for one in verify_log(export, key, places).problems}
    assert late == {"silence", "tail_cut"}
    assert {one.kind for one in verify_log(export, key, places, size=13).problems} == set()
    report = verify_log(export, key, places, size=5)
    assert (report.problems, report.size, report.signed, report.anchored) == ((), 5, 5, 0)
    assert verify_log(export, key, size=0).problems == ()
    edited(export, lambda lines: lines.__setitem__(3, leaf_line(lines[3], at=clock.at)))
    assert verify_log(export, key, size=1).problems == ()
    named = {one.kind: (one.first, one.last) for one in verify_log(export, key, size=3).problems}
    assert named["rewritten"] == (1, 3)
    for size in (99, -1):
        with pytest.raises(RecordError, match="as it stood with"):
            verify_log(export, key, size=size)


def test_a_retired_record_is_checked_as_it_stood_afterwards_and_not_before(
    record: Record, clock: SetClock, keys: Keys, tmp_path: Path
) -> None:
    fill(record, clock)
    assert record.retire(clock.at - 100, "ann", "old") is not None
    record.export(export := tmp_path / "export.jsonl")
    report = verify_log(export, str(keys.public), size=12)
    assert report.retired > 0 and report.problems == ()
    with pytest.raises(RecordError, match="as it stood with 1"):
        verify_log(export, str(keys.public), size=1)
