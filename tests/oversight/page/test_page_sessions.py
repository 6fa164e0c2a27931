from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.page.enrolment import LIFE, new_code, spend_code, whose_code
from peerwatch.oversight.page.page_sessions import MOST, SessionStore
from peerwatch.oversight.page.passkeys import act_challenge, passkeys
from peerwatch.oversight.page.sign_in_limits import SignInLimit


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_ends_idle_and_in_any_case() -> None:
    clock = Clock()
    store = SessionStore(idle=10, longest=25, clock=clock)
    cookie, session = store.begin("Ada", "passkey")
    for _ in range(4):
        clock.now += 6
        assert store.find(cookie) is session
    clock.now += 1
    assert store.find(cookie) is None and len(store) == 0
    cookie, _ = store.begin("Ada", "passkey")
    clock.now += 6
    assert store.find(cookie, count_as_use=False) is not None
    clock.now += 4
    assert store.find(cookie) is None, "what a page asks by itself keeps no session alive"


def test_sessions_are_ended_and_bounded() -> None:
    store = SessionStore(10, 10)
    mine = [store.begin("Ada", "passkey")[0] for _ in range(2)]
    other, session = store.begin("Ben", "passkey")
    store.end_all("Ada")
    assert [store.find(one) for one in mine] == [None, None] and store.find(other) is session
    store.end(other)
    store.end(None)
    assert store.find(other) is None and store.find("") is None
    first = store.begin("Ada", "passkey")[0]
    for _ in range(MOST):
        store.begin("Mallory", "passkey")
    assert store.find(first) is None and len(store) == MOST


def test_a_token_is_of_its_session() -> None:
    store = SessionStore(10, 10)
    (_, one), (_, other) = store.begin("Ada", "passkey"), store.begin("Ada", "passkey")
    assert one.accepts(one.csrf)
    assert not any(one.accepts(given) for given in (other.csrf, "", None, "ä"))


def test_a_code_is_of_one_person_once_and_not_for_ever(tmp_path: Path) -> None:
    code = new_code(tmp_path, "Ada Marsh", now=100.0)
    again = code.lower().replace("-", " ")
    assert whose_code(tmp_path, again, now=101.0) == "Ada Marsh"
    assert whose_code(tmp_path, code, now=100.0 + LIFE) is None
    assert (tmp_path / "enrolment.json").stat().st_mode & 0o077 == 0
    assert code.replace("-", "") not in (tmp_path / "enrolment.json").read_text()
    newer = new_code(tmp_path, "Ada Marsh", now=102.0)
    assert whose_code(tmp_path, code, now=103.0) is None, "the older one is good no more"
    assert spend_code(tmp_path, newer, now=103.0) and not spend_code(tmp_path, newer, now=103.0)
    assert whose_code(tmp_path, newer, now=103.0) is None


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"x": 3}', '{"x": {"person": 1}}'])
def test_a_broken_file_makes_no_code_good(tmp_path: Path, broken: str) -> None:
    (tmp_path / "enrolment.json").write_text(broken)
    assert whose_code(tmp_path, "AAAA") is None


@pytest.mark.parametrize("name", ["", " ", "a" * 201, "a\nb", "\u202eadA"])
def test_a_code_is_for_a_name_that_shows(tmp_path: Path, name: str) -> None:
    with pytest.raises(PeerwatchError, match="no name for a person"):
        new_code(tmp_path, name)


def test_tries_come_back_with_time() -> None:
    clock = Clock()
    limit = SignInLimit(tries=2, seconds=60, clock=clock)
    assert [limit.take("a") for _ in range(3)] == [True, True, False]
    assert limit.take("b")
    clock.now += 31
    assert [limit.take("a"), limit.take("a")] == [True, False]


def test_passkeys_are_a_fold_of_sign_ins() -> None:
    leaf = {"id": "0a0b", "public_key": "ff", "sign_count": 3}
    one = {"person": "Ada", "how": "passkey_enrolled", "passkey": leaf}
    later = {"person": "Ada", "how": "passkey", "passkey": {**leaf, "sign_count": 9}}
    known = passkeys([one, later, {"person": "Ben", "how": "proxy"}])
    assert [(key.person, key.sign_count) for key in known.values()] == [("Ada", 9)]
    assert passkeys([one, {**one, "how": "passkey_withdrawn"}]) == {}
    assert next(iter(known.values())).as_json() == {**leaf, "sign_count": 9}


def test_a_challenge_is_of_one_act() -> None:
    act = {"act": "give an order", "target": "luma", "by": 1.0}
    assert act_challenge(act, "n") == act_challenge({"by": 1, **act}, "n")
    changed = [({**act, "target": "orso"}, "n"), (act, "m"), ({**act, "by": 2.0}, "n")]
    assert all(act_challenge(*one) != act_challenge(act, "n") for one in changed)
