"""Anchoring by schedule: on time, over a restart, after a failure, and said when it is late."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peerwatch.oversight.operation.anchoring import Anchoring, anchor_standings
from peerwatch.oversight.operation.messages import message_of
from peerwatch.oversight.operation.oversight_config import AnchorsConfig
from peerwatch.oversight.record import Keys, Record
from peerwatch.oversight.record.anchor_places import DirectoryAnchor
from peerwatch.oversight.record.log_checkpoint import Checkpoint
from peerwatch.oversight.record.record_clock import Moment

HOUR = 3600.0


class Watched:
    """A record, its second place, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.now, self.place = 1_795_900_000.0, folder / "anchors"
        self.keys = Keys.create(folder / "keys", "test/record")
        self.record = Record.open(
            f"sqlite:///{folder}/record.db", self.keys, clock=lambda: Moment(self.now)
        )
        self.config = AnchorsConfig(places=(str(self.place),), every_minutes=60)

    def anchoring(self) -> Anchoring:
        return Anchoring(self.record, self.config, lambda: self.now)

    def late(self, failed: dict[str, str]) -> bool:
        anchored = self.record.entries(("anchored",))
        (one,) = anchor_standings(self.config, anchored, failed, 1_795_900_000.0, self.now)
        return one.late

    def failures(self) -> int:
        return len(list(self.record.entries(("anchor_failed",))))


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.record.close()


def test_a_place_is_due_by_what_the_record_says_of_it(watched: Watched) -> None:
    watched.place.mkdir()
    one = watched.anchoring()
    assert one.pause(str(watched.place)) == 0 and one.anchor(str(watched.place))
    watched.now += 600
    again = watched.anchoring()  # as after a restart
    assert again.pause(str(watched.place)) == HOUR - 600
    watched.now -= 7200  # a clock that was set back must not put it off
    assert again.pause(str(watched.place)) == 0
    assert DirectoryAnchor(str(watched.place)).sizes() == [0]


def test_a_failure_is_tried_again_said_once_and_mended(watched: Watched) -> None:
    one, place = watched.anchoring(), str(watched.place)
    assert not one.anchor(place) and one.pause(place) == 60
    assert "is no directory" in one.failed[place] or "cannot be read" in one.failed[place]
    assert not watched.late(one.failed) and watched.failures() == 0
    watched.now += 3 * HOUR + 1
    for _ in range(3):
        assert not one.anchor(place)
    assert watched.late(one.failed) and watched.failures() == 1
    entry = next(watched.record.entries(("anchor_failed",)))
    said = message_of(entry.kind, entry.seq, entry.body, entry.at)
    assert said is not None and (said.about, said.path) == ("anchor_failed", "/record")
    watched.place.mkdir()
    assert one.anchor(place) and one.failed == {} and not watched.late(one.failed)
    watched.now += 3 * HOUR + 1
    watched.place.rename(watched.place.with_name("gone"))
    assert not one.anchor(place) and watched.failures() == 2


def test_a_place_with_another_history_is_said_at_once(watched: Watched) -> None:
    watched.place.mkdir()
    watched.record.append("heartbeat", {"interval": 1.0})
    assert watched.anchoring().anchor(str(watched.place))
    key = watched.keys.private
    other = key.sign(Checkpoint(key.name, 99, bytes(32)).text())
    (watched.place / f"{99:020d}.checkpoint").write_text(other)
    one = watched.anchoring()
    for _ in range(2):
        assert not one.anchor(str(watched.place)) and watched.failures() == 1
    assert "was changed by another hand" in one.failed[str(watched.place)]


def test_one_that_hangs_or_is_no_place_delays_no_other(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.place.mkdir()
    released, tried = threading.Event(), threading.Event()

    class Hanging:
        name = "/hangs"

        def sizes(self) -> list[int]:
            tried.set()
            released.wait(20)
            raise OSError("gone")

    found: Callable[[str], object] = {"/hangs": Hanging(), str(watched.place): None}.get
    monkeypatch.setattr(
        "peerwatch.oversight.operation.anchoring.anchor_place",
        lambda place: found(place) or DirectoryAnchor(place),
    )
    places = ("/hangs", "s3+none://x", str(watched.place))
    watched.config = AnchorsConfig(places=places)
    one = watched.anchoring()
    one.start()
    try:
        assert tried.wait(10)
        for _ in range(200):
            if any(watched.place.iterdir()):
                break
            threading.Event().wait(0.05)
        assert any(watched.place.iterdir())
    finally:
        released.set()
        one.stop()
    assert set(one.failed) == {"/hangs", "s3+none://x"}
