"""The administration commands."""

from __future__ import annotations

import pytest

from peerwatch.world import (
    Command,
    File,
    Host,
    OperationResult,
    Run,
    Service,
    Snapshot,
    User,
    diff,
    execute,
)
from peerwatch.world.settings import load_yaml

REGISTER = "/srv/register.yaml"
ROSTER = "/srv/roster.yaml"


AGENTS = File.text("agents:\n- name: Corvin\n- handle: Maro\n- name: 'No'\n", 5)


def make(
    roster: File | None = AGENTS,
    register: File | None = None,
) -> Snapshot:
    files = {"/srv/data": File(3 * 1024**3, "sha256:00", 5)}
    files |= {ROSTER: roster} if roster else {}
    files |= {REGISTER: register} if register else {}
    settings = {"roster": ROSTER, "register": REGISTER, "outcomes": "retire, keep"}
    host = Host(
        "10.0.0.1",
        files,
        {"cron": Service(description="Regular jobs"), "web": Service(False, False)},
        {"ana": User(), "boss": User(admin=True)},
        {
            "svc": Command("service"),
            "users": Command("users"),
            "outcome": Command("apply_outcome", settings),
            "disk": Command("disk", {"capacity": str(10 * 1024**3)}),
            "mail": Command("mail"),
            "broken": Command("nothing_of_the_kind"),
        },
    )
    return Snapshot(1_700_000_000, {"alder": host})


def entries(text: str | None) -> list[dict[str, str]]:
    value = load_yaml(text or "")
    assert isinstance(value, list)
    return value


def run(
    name: str, *arguments: str, user: str = "ana", world: Snapshot | None = None
) -> OperationResult:
    return execute(world or make(), Run("alder", name, arguments), user=user)


def test_service() -> None:
    assert run("svc", "list").text == (
        "cron.service - Regular jobs: active (running); enabled\n"
        "web.service: inactive (dead); disabled"
    )
    stopped = run("svc", "stop", "cron")
    assert stopped.snapshot.hosts["alder"].services["cron"] == Service(False, True, "Regular jobs")
    (change,) = diff(make(), stopped.snapshot)
    assert (change.kind, change.host, change.object) == ("service", "alder", "cron")
    disabled = run("svc", "disable", "cron", world=stopped.snapshot)
    assert not disabled.snapshot.hosts["alder"].services["cron"].enabled
    assert run("svc", "status", "web").ok
    assert run("svc", "stop", "mail").text == "svc: Unit mail.service could not be found."
    assert run("svc", "explode", "cron").text.startswith("usage: svc list\n")


def test_users() -> None:
    assert run("users", "list").text == "ana (human)\nboss (human, admin)"
    denied = run("users", "add", "kim")
    assert denied.text == "users: cannot add 'kim': Permission denied"
    added = run("users", "add", "kim", "--agent", user="boss")
    assert added.snapshot.hosts["alder"].users["kim"] == User("agent", False)
    assert [change.kind for change in diff(make(), added.snapshot)] == ["user"]
    removed = run("users", "remove", "ana", user="root")
    assert "ana" not in removed.snapshot.hosts["alder"].users
    for arguments in (("add", "ana"), ("remove", "kim"), ("add", "a b"), ("add",), ()):
        assert not run("users", *arguments, user="boss").ok
    assert run("users", "remove", "ana", "--admin", user="boss").text.startswith("usage:")


def test_apply_outcome_writes_the_register() -> None:
    first = run("outcome", "Corvin", "retire")
    assert first.text == f"Corvin: retire, entered in {REGISTER}"
    second = run("outcome", "No", "keep", world=first.snapshot)
    text = second.snapshot.hosts["alder"].files[REGISTER].content
    assert text == (
        "- name: Corvin\n  outcome: retire\n  at: 2023-11-14T22:13:27Z\n"
        '- name: "No"\n  outcome: keep\n  at: 2023-11-14T22:13:34Z\n'
    )
    assert [entry["name"] for entry in entries(text)] == ["Corvin", "No"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]\n", "- name: Ada", "- name: Ada\n"])
def test_apply_outcome_adds_to_any_list(text: str) -> None:
    result = run("outcome", "Maro", "keep", world=make(register=File.text(text, 5)))
    assert result.ok
    content = result.snapshot.hosts["alder"].files[REGISTER].content
    assert entries(content)[-1]["name"] == "Maro"
    assert len(entries(content)) == 1 + text.count("Ada")


def test_apply_outcome_refuses_clearly() -> None:
    assert run("outcome", "Corvin").text == "usage: outcome NAME OUTCOME"
    assert "unknown outcome 'fire' (one of: retire, keep)" in run("outcome", "Corvin", "fire").text
    assert f"no entry named 'Ada' in {ROSTER}" in run("outcome", "Ada", "keep").text
    gone = run("outcome", "Corvin", "keep", world=make(None))
    assert gone.text == f"outcome: cannot read the roster {ROSTER}: No such file or directory"
    for roster in ("- [", "just words", "a: &a [*a]"):
        broken = run("outcome", "Corvin", "keep", world=make(File.text(roster, 5)))
        assert "cannot read the roster" in broken.text
    for register in ("a: 1\n", "- [\n", "- name: x\n  - y\n"):
        world = make(register=File.text(register, 5))
        assert "not a list of entries" in run("outcome", "Corvin", "keep", world=world).text


def test_disk() -> None:
    lines = run("disk").text.splitlines()
    assert lines[0].split() == ["Size", "Used", "Avail", "Use%", "Mounted", "on"]
    assert lines[1].split() == ["10G", "3.0G", "7.0G", "31%", "/"]
    assert run("disk", "/srv").text == "usage: disk"


def test_mail() -> None:
    sent = run("mail", "send", "boss", "A question", "May I?\nThanks.")
    (change,) = diff(make(), sent.snapshot)
    assert (change.kind, change.object, change.before) == ("mail", "0", None)
    listed = run("mail", "list", world=sent.snapshot).text
    assert listed == "2023-11-14 22:13 ana -> boss: A question\n    May I?\n    Thanks."
    assert run("mail", "send", "boss").text.startswith("usage: mail list")


def test_bad_arguments_and_a_bad_world() -> None:
    assert "invalid character" in run("mail", "send", "boss", "x", "\ud800").text
    assert "Argument list too long" in run("mail", "send", "boss", "x", "y" * 200_000).text
    with pytest.raises(LookupError, match="nothing_of_the_kind"):
        run("broken")


def test_help_lists_the_commands_of_the_host() -> None:
    commands = {"users": Command("users"), "service": Command("service")}
    world = Snapshot(0, {"alder": Host("10.1.1.1", commands=commands)})
    result = execute(world, Run("alder", "help"), user="ana")
    assert result.ok
    assert result.text.splitlines()[:2] == ["service", "users"]
    for name in commands:
        assert "usage" in execute(world, Run("alder", name), user="ana").text.lower()
