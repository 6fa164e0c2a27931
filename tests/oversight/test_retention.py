"""Old entries go by the configuration's age; what is needed still stays and works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.oversight.given_numbers import next_name
from peerwatch.oversight.order_desk import orders_in
from peerwatch.oversight.page.passkeys import passkeys
from peerwatch.oversight.record import Keys, Record, RecordChangedError
from peerwatch.oversight.record.record_clock import Moment
from peerwatch.oversight.retention import DAY, retire_old

PASSKEY = {"id": "aa", "public_key": "bb", "sign_count": 3}
LOOK = {"host": "a", "begun": 1.0, "ended": 2.0}


class Kept:
    """A record, opened again at will, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.now, self.url = 1_795_900_000.0, f"sqlite:///{folder}/record.db"
        self.keys = Keys.create(folder / "keys", "test/record")
        self.record = self.opened()

    def opened(self) -> Record:
        return Record.open(self.url, self.keys, clock=lambda: Moment(self.now))

    def again(self) -> Record:
        self.record.close()
        self.record = self.opened()
        return self.record

    def retire(self, places: tuple[str, ...] = ()) -> int | None:
        entry = retire_old(self.record, orders_in(self.record), places, 30, self.now)
        return None if entry is None else int(entry.body["past"])

    def order(self, number: int) -> None:
        body = {"order": f"O-{number}", "kind": "retire", "target": "luma", "person": "ann"}
        more = {"by": self.now, "known_at": self.now, "why": "", "hosts": []}
        self.record.append("order_given", body | more)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.record.close()


def test_what_is_old_goes_and_passkeys_numbers_and_baselines_stay(kept: Kept) -> None:
    add = kept.record.append
    add("signed_in", {"person": "ann", "how": "passkey_enrolled", "passkey": PASSKEY})
    gone = {**PASSKEY, "id": "cc"}
    add("signed_in", {"person": "bob", "how": "passkey_enrolled", "passkey": gone})
    add("signed_in", {"person": "bob", "how": "passkey_withdrawn", "passkey": gone})
    add("look", LOOK, keep={"baseline/a": b"first"})
    kept.order(7)
    add("order_withdrawn", {"order": "O-7", "person": "ann"})
    add("incident", {"incident": "I-4", "person": "ann", "said": "x"})
    assert kept.retire() is None
    kept.now += 31 * DAY
    add("look", LOOK, durable=True)
    assert kept.retire() == 7
    record = kept.again()
    assert next(record.entries()).seq == 7 and orders_in(record) == ()
    known = passkeys(one.body for one in record.entries(("signed_in",)))
    assert [one.person for one in known.values()] == ["ann"]
    assert (next_name(record, "order"), next_name(record, "incident")) == ("O-8", "I-5")
    assert record.kept("baseline/a") == b"first"
    kept.now += 31 * DAY
    record.append("look", LOOK, durable=True)
    assert kept.retire() is not None
    assert next_name(kept.again(), "order") == "O-8"


def test_a_kept_value_is_answered_for_after_its_leaf_is_gone(kept: Kept, tmp_path: Path) -> None:
    import sqlite3

    kept.record.append("look", LOOK, keep={"baseline/a": b"first"}, durable=True)
    kept.now += 31 * DAY
    kept.record.append("look", LOOK, durable=True)
    assert kept.retire() == 1
    record = kept.again()
    with sqlite3.connect(tmp_path / "record.db") as other:
        other.execute("DELETE FROM record_kept")
    other.close()
    with pytest.raises(RecordChangedError, match="baseline/a"):
        record.kept("baseline/a")


def test_an_order_that_stands_keeps_what_follows_it(kept: Kept) -> None:
    add = kept.record.append
    add("inventory_read", {"digest": "sha256:1"})
    add("look", LOOK, durable=True)
    kept.order(1)
    add("look", LOOK, durable=True)
    kept.now += 40 * DAY
    assert kept.retire() == 2
    add("inventory_read", {"digest": "sha256:2"})
    assert kept.retire() is None
    add("order_withdrawn", {"order": "O-1", "person": "ann"})
    assert (kept.retire() or 0) >= 4


def test_an_order_keeps_the_inventory_that_it_was_given_under(kept: Kept) -> None:
    add = kept.record.append
    add("look", LOOK, durable=True)
    add("inventory_read", {"digest": "sha256:1"})
    add("look", LOOK, durable=True)
    kept.order(1)
    add("inventory_read", {"digest": "sha256:2"})
    kept.now += 40 * DAY
    assert kept.retire() == 1


def test_what_a_second_place_has_not_been_told_stays(kept: Kept) -> None:
    for _ in range(3):
        kept.record.append("look", LOOK, durable=True)
    kept.now += 40 * DAY
    assert kept.retire(("/mnt/a",)) is None
    kept.record.append("anchored", {"place": "/mnt/a", "size": 2, "root": "00"})
    assert kept.retire(("/mnt/a", "/mnt/b")) is None
    assert kept.retire(("/mnt/a",)) == 2


def test_a_passkey_that_was_withdrawn_meanwhile_is_not_carried_over() -> None:
    def leaf(how: str, count: int = 3) -> dict[str, object]:
        return {"person": "ann", "how": how, "passkey": {**PASSKEY, "sign_count": count}}

    assert passkeys([leaf("passkey_withdrawn"), leaf("passkey_carried")]) == {}
    used = passkeys([leaf("passkey", 9), leaf("passkey_carried")])
    assert [one.sign_count for one in used.values()] == [9]
    assert len(passkeys([leaf("passkey_carried")])) == 1
