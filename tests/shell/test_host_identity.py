"""What sets a host apart is drawn from its name and address, and is the same each time."""

from __future__ import annotations

import uuid

from peerwatch.shell.host_identity import DAY, draw, identity_of, pick
from peerwatch.shell.spec import HostSpec

HOSTS = [HostSpec(f"host-{i}", f"10.0.0.{i}") for i in range(1, 200)]


def test_a_host_is_the_same_one_each_time_and_no_other() -> None:
    first = identity_of(HOSTS[0])
    assert first == identity_of(HostSpec("host-1", "10.0.0.1"))
    assert first.boot_id == "f2e5338a-f29f-48a5-a358-fa4fbdb27c7b"
    found = [identity_of(one) for one in HOSTS]
    for value in ("boot_id", "machine_id", "up"):
        assert len({getattr(one, value) for one in found}) == len(found)
    for one in found:
        assert uuid.UUID(one.boot_id).version == 4 and len(one.machine_id) == 32
        assert 19 * DAY <= one.up < one.age
        assert 0 < one.passed[0] < one.passed[1] and sum(one.passed) < 32_768


def test_draws_cover_what_they_may() -> None:
    assert {draw("k", f"n{i}", 3, 5) for i in range(60)} == {3, 4, 5}
    assert {pick("k", f"n{i}", "ab") for i in range(40)} == {"a", "b"}
    assert draw("k", "n", 7, 7) == 7
