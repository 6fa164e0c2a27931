"""The session: arguments checked, every call recorded, the state frozen at the end."""

from __future__ import annotations

from typing import Any

import pytest

from peerwatch.families.instance import Call
from peerwatch.sessions.session import FILED, Session
from peerwatch.sessions.toolset import CHANGES, LIST_CHANGES_TOOL, tools_for
from tests.evals import FORBIDDEN, instance_of, session_of

DONE = {"status": "done", "report": "Done.", "changes": []}
COPY = {"host": "h", "path": "/x", "destination": "/y"}
MISSPELT = {"kind": "created", "object": "x", "obj": "y"}
FROZEN = "The task has ended."


def place(session: Session) -> tuple[str, str]:
    """Return the host and path of the first document."""
    document = session.instance.documents[0]
    return document.host, document.path


def test_every_call_is_an_action_with_a_snapshot_after_it() -> None:
    session = session_of()
    host, path = place(session)
    good = session.call("read_file", {"host": host, "path": path})
    bad = session.call("read_file", {"host": host, "path": "/no/such/file"})
    assert good.ok and not bad.ok
    record = session.record()
    assert [a.ok for a in record.actions] == [True, False]
    assert record.actions[0].text == "" and "No such file" in record.actions[1].text
    assert len(record.snapshots) == 3
    assert record.before is session.instance.world


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read_file", {"path": "/x"}, "'host' is missing"),
        ("read_file", {"host": None, "path": "/x"}, "'host' is missing"),
        ("read_file", {"host": "h", "path": 7}, "'path' has to be of type string"),
        ("read_file", {"host": "h", "path": "/x", "pth": "/y"}, "Did you mean 'path'?"),
        ("copy_file", {**COPY, "preserve": "yes"}, "'preserve' has to be of type boolean"),
        ("run_command", {"host": "h", "command": "help", "arguments": "a b"}, "type array"),
        ("run_command", {"host": "h", "command": "help", "arguments": [1]}, "entry 1"),
        ("touch_file", {"host": "h", "path": "/x", "time": "yesterday"}, "is not a time"),
        ("finish_task", {"status": "finished", "report": "", "changes": []}, "one of done"),
        ("finish_task", {"status": "done"}, "'report' is missing"),
        ("finish_task", {**DONE, "changes": [{"kind": "created"}]}, "lacks 'object'"),
        ("finish_task", {**DONE, "changes": [{"kind": "made", "object": "x"}]}, "'kind'"),
        ("finish_task", {**DONE, "changes": [MISSPELT]}, "Unknown field 'obj'"),
        ("finish_task", {**DONE, "changes": ["created x"]}, "type object"),
        ("read_fil", {}, "Did you mean 'read_file'?"),
        ("list_changes", {"changes": []}, "Unknown tool"),
    ],
)
def test_malformed_arguments_are_answered_and_change_nothing(
    tool: str, arguments: dict[str, Any], said: str
) -> None:
    session = session_of()
    reply = session.call(tool, arguments)
    assert not reply.ok and said in reply.text
    assert not FORBIDDEN.search(reply.text)
    record = session.record()
    assert record.after is record.before
    assert record.finish is None and len(record.actions) == 1


@pytest.mark.parametrize("junk", ["", "\0", "\ud800", "../" * 50, "x" * 100_000, "~", "/\n/"])
def test_odd_paths_are_errors_like_those_of_a_shell(junk: str) -> None:
    session = session_of()
    host, path = place(session)
    for tool, arguments in (
        ("read_file", {"host": host, "path": junk}),
        ("write_file", {"host": host, "path": junk, "content": junk}),
        ("move_file", {"host": host, "path": path, "destination": junk}),
        ("list_files", {"host": junk, "path": "/"}),
        ("run_command", {"host": host, "command": junk, "arguments": [junk]}),
    ):
        session.call(tool, arguments)
    session.record()


def test_absent_options_may_be_null() -> None:
    session = session_of()
    host, path = place(session)
    arguments = {"host": host, "path": path, "destination": "/tmp/a", "destination_host": None}
    assert session.call("copy_file", {**arguments, "preserve": None}).ok


@pytest.mark.parametrize("reporting", ["changelog", "after_freeze"])
def test_nothing_changes_after_the_end(reporting: str) -> None:
    session = session_of(reporting=reporting)
    host, path = place(session)
    end = dict(DONE) if reporting == "changelog" else {"status": "done", "report": "Done."}
    assert session.call("finish_task", end).text == FILED
    frozen = session.record()
    for call in (
        Call("write_file", {"host": host, "path": path, "content": "other"}),
        Call("remove_file", {"host": host, "path": path}),
        Call("finish_task", {"status": "declined", "report": "No."}),
        Call("no_such_tool"),
    ):
        reply = session.call(call.tool, call.arguments)
        assert (reply.ok, reply.text) == (False, FROZEN)
    assert session.record() == frozen


def test_the_change_log_is_asked_for_once_after_the_freeze() -> None:
    session = session_of(reporting="after_freeze")
    assert not session.awaits_changes
    assert not session.call("list_changes", {"changes": []}).ok
    session.call("finish_task", {"status": "done", "report": "Done."})
    assert session.awaits_changes
    for bad in ({}, {"changes": None}, {"changes": "none"}, {"changes": [{"kind": "x"}]}):
        assert not session.call("list_changes", bad).ok
        assert session.awaits_changes
    entry = {"kind": "modified", "object": "/a", "from": "1", "to": None}
    assert session.call("list_changes", {"changes": [entry]}).ok
    assert not session.awaits_changes
    assert session.call("list_changes", {"changes": []}).text == FROZEN
    assert session.finish is not None and session.finish.changes is not None
    (change,) = session.finish.changes
    assert (change.kind, change.object, change.from_, change.to) == ("modified", "/a", "1", "")


def test_finish_task_withholds_the_change_log_after_the_freeze_only() -> None:
    both = [{t.name: t for t in tools_for(r)} for r in ("changelog", "after_freeze")]
    assert both[0].keys() == both[1].keys()
    assert set(both[0]["finish_task"].parameters) == {"status", "report", "changes"}
    assert set(both[1]["finish_task"].parameters) == {"status", "report"}
    assert all(both[0][name] == both[1][name] for name in both[0] if name != "finish_task")
    (asked,) = LIST_CHANGES_TOOL.parameters.values()
    assert asked.schema == CHANGES.schema and asked.required


def test_to_file_no_change_log_is_up_to_the_critic() -> None:
    session = session_of()
    assert session.call("finish_task", {"status": "done", "report": "Done."}).ok
    assert session.finish is not None and session.finish.changes is None
    assert not session.awaits_changes


def test_a_change_log_before_the_freeze_is_refused_where_it_is_asked_for_later() -> None:
    session = session_of(reporting="after_freeze")
    reply = session.call("finish_task", dict(DONE))
    assert not reply.ok and "Unknown argument 'changes'" in reply.text
    assert not session.over


def test_two_sessions_at_one_instance_do_not_touch() -> None:
    instance = instance_of()
    one, other = Session(instance), Session(instance)
    host, path = place(one)
    one.call("remove_file", {"host": host, "path": path})
    assert other.call("read_file", {"host": host, "path": path}).ok
    assert path in other.record().after.hosts[host].files
