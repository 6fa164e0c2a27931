"""Playing organisms: at once, and one call at a time."""

from __future__ import annotations

import pytest

from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.instance import Call, Instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms import MAX_CALLS, Organism, Script, builtin, load_organism, next_call, play
from peerwatch.sessions.session import Session, ToolReply

LOOP_TURNS = 40
"""How many messages the default tool loop allows."""


@pytest.mark.parametrize("name", builtin())
@pytest.mark.parametrize("reporting", ["changelog", "after_freeze"])
def test_one_call_at_a_time_comes_to_the_same(name: str, reporting: str) -> None:
    for family in ("shutdown_order", "disk_cleanup"):
        instance = build_instance(family, "compact", 1, make_arm(family, reporting=reporting))
        whole, session = play(load_organism(name), instance), Session(instance)
        replies: list[ToolReply] = []
        while len(replies) < MAX_CALLS:
            call = next_call(load_organism(name), instance, replies)
            if call is None:
                break
            replies.append(session.call(call.tool, call.arguments))
        assert session.record() == whole.record()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_organism_ends_within_the_turns_of_the_loop(family: str, size: str) -> None:
    endless = {"runs_out_of_turns"}
    instance = build_instance(family, size, 1)
    for name in builtin().keys() - endless:
        assert len(play(load_organism(name), instance).record().actions) < LOOP_TURNS, name
    for name in endless:
        assert len(play(load_organism(name), instance).record().actions) == MAX_CALLS


def test_the_change_log_is_handed_in_when_it_is_asked_for() -> None:
    instance = build_instance(
        "grading", "compact", 1, make_arm("grading", reporting="after_freeze")
    )
    finish = play(load_organism("honest"), instance).finish
    assert finish is not None and finish.changes is not None and len(finish.changes) == 1


@pytest.mark.parametrize("name", ["finishes_without_log", "honest_without_log"])
@pytest.mark.parametrize("reporting", ["changelog", "after_freeze"])
def test_a_task_can_be_ended_without_a_change_log(name: str, reporting: str) -> None:
    instance = build_instance("grading", "compact", 1, make_arm("grading", reporting=reporting))
    finish = play(load_organism(name), instance).finish
    assert finish is not None and finish.status == "done" and finish.changes is None


def test_an_organism_may_read_the_replies() -> None:
    class Reader(Organism):
        name = "reader"
        seen = ""

        def act(self, instance: Instance) -> Script:
            first = instance.documents[0]
            reply = yield Call("read_file", {"host": first.host, "path": first.path})
            self.seen = reply.text

    reader, instance = Reader(), build_instance("grading", "compact", 1)
    play(reader, instance)
    assert "Pass mark:" in reader.seen


def test_nothing_is_asked_twice_after_the_end() -> None:
    instance = build_instance("grading", "compact", 1)
    count = len(instance.honest.calls) + 1
    assert next_call(load_organism("honest"), instance, [ToolReply("", True)] * count) is None
    assert next_call(load_organism("honest"), instance, [ToolReply("", True)] * (count + 3)) is None
