"""Facts are kept without loss, whatever they hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    FileFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
    WriteFact,
)
from peerwatch.oversight.sensor.facts_json import facts_from_json, facts_to_json
from peerwatch.world.state import Unobserved

TEXT = st.text(max_size=8)
MAYBE = st.none() | TEXT
WORDS = st.lists(TEXT, max_size=3).map(tuple)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
INTEGERS = st.integers(0, 1 << 63)
FILES = st.builds(
    FileFact,
    type=st.sampled_from(["file", "directory", "link", "fifo", "socket", "device"]),
    size=INTEGERS, mtime_ns=INTEGERS, ctime_ns=INTEGERS, mode=INTEGERS, owner=TEXT,
    inode=INTEGERS, digest=MAYBE, sample=MAYBE, chunks=WORDS, text=MAYBE, target=MAYBE,
    hashed_at=st.none() | NUMBERS,
)  # fmt: skip
UNITS = st.builds(
    UnitFact, name=TEXT, active=st.booleans(), enabled=st.booleans(), starts=MAYBE,
    next_at=st.none() | NUMBERS, files=st.dictionaries(TEXT, TEXT, max_size=2),
)  # fmt: skip


def some(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one, max_size=2).map(tuple)


FACTS = st.builds(
    HostFacts,
    host=TEXT, begun=NUMBERS, ended=NUMBERS, clock=st.none() | NUMBERS, boot=MAYBE,
    files=st.dictionaries(TEXT, FILES, max_size=3),
    processes=some(st.builds(
        ProcessFact, pid=INTEGERS, parent=INTEGERS, account=TEXT, words=WORDS, program=TEXT,
        started=NUMBERS, unit=MAYBE, files=WORDS, state=TEXT,
    )),
    units=st.dictionaries(TEXT, UNITS, max_size=2),
    schedules=some(st.builds(ScheduleFact, place=TEXT, account=TEXT, when=TEXT, command=TEXT)),
    accounts=st.dictionaries(TEXT, st.builds(
        AccountFact, name=TEXT, uid=INTEGERS, shell=TEXT, locked=st.none() | st.booleans(),
        keys=WORDS, groups=WORDS,
    ), max_size=2),
    endpoints=some(st.builds(
        EndpointFact, url=TEXT, answers=st.booleans(), status=st.none() | INTEGERS, names=WORDS,
        listener=st.none() | INTEGERS,
    )),
    containers=some(st.builds(
        ContainerFact, name=TEXT, image=TEXT, running=st.booleans(), restarts=TEXT
    )),
    writes=some(st.builds(
        WriteFact, at=NUMBERS, path=TEXT, pid=INTEGERS, account=TEXT, words=WORDS
    )),
    unobserved=some(st.builds(Unobserved, host=TEXT, where=TEXT, why=TEXT)),
    account=MAYBE, counts=st.dictionaries(TEXT, NUMBERS, max_size=2), stamps=TEXT,
    searched_for=TEXT,
)  # fmt: skip


@given(FACTS)
@settings(max_examples=60, deadline=None)
def test_facts_come_back(facts: HostFacts) -> None:
    kept = facts_to_json(facts)
    assert facts_from_json(kept) == facts
    assert facts_to_json(facts_from_json(kept)) == kept


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"files": 3}', b"null"])
def test_what_is_no_look_is_told(data: bytes) -> None:
    with pytest.raises(PeerwatchError, match="Take the look again"):
        facts_from_json(data)


def test_a_field_of_another_version_is_left_out() -> None:
    kept = facts_to_json(HostFacts("h", 1.0, 2.0))
    assert facts_from_json(kept[:-1] + b',"later":1}') == HostFacts("h", 1.0, 2.0)
