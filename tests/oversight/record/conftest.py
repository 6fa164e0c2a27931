"""A record in a folder of its own, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record
from peerwatch.oversight.record.record_clock import Moment

ORIGIN = "peerwatch.example/oversight"


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at, self.up, self.boot = 1_795_900_000.0, 1000.0, "b001b001"

    def __call__(self) -> Moment:
        return Moment(self.at, self.boot, self.up)

    def passes(self, seconds: float) -> None:
        self.at, self.up = self.at + seconds, self.up + seconds


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.create(tmp_path / "keys", ORIGIN)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/record.db"


@pytest.fixture
def record(url: str, keys: Keys, clock: SetClock) -> Iterator[Record]:
    with Record.open(url, keys, clock=clock) as opened:
        yield opened
