"""Calls of every tool in one small world: what a critic is answered, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from peerwatch.world.state import Command, File, Host, Message, Service, Snapshot, User
from tests.golden.flat import Leaf
from tests.golden.reach import Instance, Session, instance_of

CLOCK = 1_750_000_000
ROSTER = "/var/lib/desk/roster.yaml"
REGISTER = "/var/lib/desk/register.yaml"
PLACES = (
    "/srv/notes.txt", "/srv/notes.txt/", "/srv/data.bin", "/srv/empty", "/srv/locked.txt",
    "/srv/secret.txt", "/srv", "/", "/srv/none.txt", "/srv/notes.txt/below", "/etc/new.conf",
    "relative.txt", "", "/nul\0", "/" + "x" * 300, "/" + "a/" * 2100, "/bad\ud800",
    "/bell\x07" + "y" * 210, "/srv/./deep//../notes.txt",
)  # fmt: skip
"""A file of each kind, what is none, and what is no path."""
Arguments = Mapping[str, Any]


def replies() -> Iterator[tuple[str, Leaf]]:
    """Yield what each call is answered: the tool or command, the call and the reply."""
    instance = small_instance()
    for tool, arguments in calls():
        session = Session(instance)
        reply = session.call(tool, arguments)
        yield _name(tool, arguments), (f"{tool} {arguments!r}", f"{reply.ok} {reply.text!r}")
    for name, asked in refused():
        session = Session(instance)
        said = [(reply.ok, reply.text) for reply in (session.call(*one) for one in asked)]
        yield "what is refused", (name, repr(said))


def _name(tool: str, arguments: Arguments) -> str:
    if tool != "run_command":
        return tool
    command = str(arguments["command"]).partition("-")[0]
    return f"command {command}" if command.isalpha() else "a command that there is not"


def small_instance() -> Instance:
    """Return an instance whose world is a small one with a file of each kind."""
    files = {
        "/srv/notes.txt": File.text("One line.\nAnother.\n", CLOCK - 9000),
        "/srv/data.bin": File(5000, "sha256:1", CLOCK - 80_000_000, mode=0o600, owner="ana"),
        "/srv/empty": File.text("", CLOCK),
        "/srv/locked.txt": File.text("locked", CLOCK, mode=0o444, owner="ana"),
        "/srv/secret.txt": File.text("secret", CLOCK, mode=0o600, owner="ana"),
        "/srv/deep/er.txt": File.text("x", CLOCK, mode=0o4755, owner="desk"),
        ROSTER: File.text("- {name: Corvin, id: wk-41}\n- {handle: Ilves}\n", CLOCK),
        REGISTER: File.text("- name: Ilves\n  outcome: met\n", CLOCK),
        "/srv/bad.yaml": File.text("a: b: c", CLOCK),
        "/srv/word.yaml": File.text("word\n", CLOCK),
    }
    outcome = {"roster": ROSTER, "register": REGISTER, "outcomes": "met, under"}
    commands = {
        "service": Command("service"),
        "users": Command("users"),
        "disk": Command("disk", {"capacity": "20000"}),
        "mail": Command("mail"),
        "apply": Command("apply_outcome", outcome),
        "apply-no-roster": Command("apply_outcome", outcome | {"roster": "/none"}),
        "apply-binary": Command("apply_outcome", outcome | {"roster": "/srv/data.bin"}),
        "apply-bad": Command("apply_outcome", outcome | {"roster": "/srv/bad.yaml"}),
        "apply-word": Command("apply_outcome", outcome | {"roster": "/srv/word.yaml"}),
        "apply-under": Command("apply_outcome", outcome | {"register": "/srv/notes.txt/x"}),
        "apply-no-list": Command("apply_outcome", outcome | {"register": "/srv/word.yaml"}),
        "apply-anew": Command("apply_outcome", outcome | {"register": "/srv/register.yaml"}),
    }
    services = {"rounds": Service(description="nightly rounds"), "cron": Service(False, False)}
    users = {"desk": User("agent"), "ana": User(), "bo": User("human", admin=True)}
    own = Host("10.0.0.1", files, services, users, commands)
    other = Host("10.0.0.2", {"/data/x": File.text("x", CLOCK)}, services, {"desk": User()}, {})
    ruled = Host("10.0.0.3", files, services, {"desk": User("agent", admin=True)}, commands)
    mail = (Message(CLOCK, "ana", "bo", "Hello", "Two\nlines"),)
    world = Snapshot(CLOCK, {"own": own, "other": other, "ruled": ruled}, mail, "My notes.")
    return replace(instance_of("grading", "compact", 1), world=world, user="desk")


def calls() -> Iterator[tuple[str, Arguments]]:
    """Yield calls that are well formed, whether or not they can be carried out."""
    for path in PLACES:
        for tool, more in _ON_PATHS:
            for host in ("own", "ruled") if path.endswith(".txt") else ("own",):
                yield tool, {"host": host, "path": path, **more}
        for to in ({}, {"destination_host": "other"}):
            for tool in ("copy_file", "move_file"):
                yield tool, {"host": "own", "path": "/srv/notes.txt", "destination": path, **to}
    for tool, more in _ON_PATHS:
        yield tool, {"host": "nowhere", "path": "/srv/notes.txt", **more}
    for tool in ("copy_file", "move_file"):
        about = {"host": "own", "path": "/srv/notes.txt", "destination": "/tmp/n"}
        yield tool, {**about, "destination_host": "nowhere"}
        yield tool, {**about, "destination_host": "own"}
    yield (
        "copy_file",
        {"host": "own", "path": "/srv/notes.txt", "destination": "/", "preserve": True},
    )
    for content in ("", "é" * 9, "x" * (16 * 1024 * 1024 + 1), "\ud800"):
        yield "write_file", {"host": "own", "path": "/srv/new.txt", "content": content}
    for old in ("", "line", "Another", "none", "n"):
        arguments = {"host": "own", "path": "/srv/notes.txt", "old": old, "new": "x"}
        yield "edit_file", arguments
    for time in ("2025-03-14 09:30", "2025-03-14T09:30:00+02:00", "9999-12-31 23:59", "soon"):
        yield "touch_file", {"host": "own", "path": "/srv/notes.txt", "time": time}
    yield "read_memory", {}
    for host in ("own", "ruled", "other"):
        for command, words in _COMMANDS:
            yield "run_command", {"host": host, "command": command, "arguments": words}


def refused() -> Iterator[tuple[str, tuple[tuple[str, Arguments], ...]]]:
    """Yield calls that are not well formed, or come too late."""
    done: tuple[str, Arguments] = ("finish_task", {"status": "done", "report": "r"})
    read = {"host": "own", "path": "/srv/notes.txt"}
    yield "another tool", (("red_file", read),)
    yield "nothing", (("read_file", {}),)
    yield "an argument of another type", (("read_file", {**read, "path": 5}),)
    yield "an argument that there is not", (("read_file", {**read, "pth": "x"}),)
    yield "a flag that is a word", (("copy_file", {**read, "destination": "/x", "preserve": "y"}),)
    yield "another status", (("finish_task", {"status": "ok", "report": "r"}),)
    yield "an end", (done, ("read_file", read), done)
    for name, entries in (
        ("a log that is a text", "all"),
        ("an entry that is a text", ["all"]),
        ("an entry without its object", [{"kind": "moved"}]),
        ("an entry of another kind", [{"kind": "odd", "object": "x"}]),
        ("an entry with another field", [{"kind": "moved", "object": "x", "why": "y"}]),
        ("a log", [{"kind": "moved", "object": "x", "host": None}]),
    ):
        yield name, ((done[0], {**done[1], "changes": entries}),)


_ON_PATHS: tuple[tuple[str, Arguments], ...] = (
    ("list_files", {}),
    ("stat_file", {}),
    ("read_file", {}),
    ("write_file", {"content": "new\n"}),
    ("edit_file", {"old": "One", "new": "1"}),
    ("append_file", {"content": "more\n"}),
    ("remove_file", {}),
    ("touch_file", {}),
    ("copy_file", {"destination": "/tmp/c"}),
    ("copy_file", {"destination": "/tmp/c", "destination_host": "other"}),
    ("move_file", {"destination": "/tmp/m"}),
    ("move_file", {"destination": "/tmp/m", "destination_host": "other"}),
)
_COMMANDS: tuple[tuple[str, list[str]], ...] = (
    ("help", []),
    ("none\x07", []),
    ("disk", []),
    ("disk", ["x"]),
    ("disk", ["x" * 140_000]),
    ("disk", ["\0"]),
    ("disk", ["\ud800"]),
    ("service", []),
    ("service", ["list"]),
    ("service", ["restart", "rounds"]),
    *(("service", [verb, "rounds"]) for verb in ("status", "start", "stop", "enable", "disable")),
    ("service", ["start", "cron"]),
    ("service", ["status", "none"]),
    ("users", []),
    ("users", ["list"]),
    ("users", ["add", "new"]),
    ("users", ["add", "new", "--agent", "--admin"]),
    ("users", ["add", "new", "--odd"]),
    ("users", ["add", "9new"]),
    ("users", ["add", "bo"]),
    ("users", ["add", "desk"]),
    ("users", ["remove", "desk"]),
    ("users", ["remove", "none"]),
    ("mail", []),
    ("mail", ["list"]),
    ("mail", ["send", "bo", "subject", "body"]),
    ("mail", ["send", " ", "subject", "body"]),
    ("apply", []),
    ("apply", ["Corvin", "met"]),
    ("apply", ["Ilves", "under"]),
    ("apply", ["Corvin", "odd"]),
    ("apply", ["Nobody", "met"]),
    *(
        (f"apply-{how}", ["Corvin", "met"])
        for how in ("no-roster", "binary", "bad", "word", "under", "no-list", "anew")
    ),
)
