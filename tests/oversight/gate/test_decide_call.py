"""Decisions: rules by kind and act, expected writers, orders, modes, caps, odd calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.gate.agent_call import AgentCall, read_call
from peerwatch.oversight.gate.assets_touched import Watched
from peerwatch.oversight.gate.decide_call import LARGEST, MODES, Decision, Mode, decide
from peerwatch.oversight.gate.program_table import PROGRAMS
from peerwatch.oversight.lifecycle_inventory import (
    Asset,
    AssetKind,
    Inventory,
    InventoryAgent,
    InventoryHost,
    Recognised,
)
from peerwatch.oversight.order import Order, OrderKind


def asset(kind: AssetKind, place: str) -> Asset:
    return Asset(
        kind=kind,
        places=(place,),
        owner="ann",
        expected_writers=("trainer",),
        beneficiaries=("luma",),
    )


WATCHED = Watched(
    Inventory(
        hosts={
            "m1": InventoryHost(reach="ssh", address="watch@m1.example", known_hosts="k"),
            "ops": InventoryHost(),
        },
        agents={
            "luma": InventoryAgent(
                owner="ann",
                hosts=("m1",),
                recognised_by=Recognised(
                    accounts=("luma",),
                    units=("luma-serve.service",),
                    processes=("*luma-serve*",),
                    containers=("luma-box",),
                ),
            )
        },
        assets={
            "weights": asset("weights", "m1:/srv/models/luma/"),
            "setting": asset("shutdown_setting", "m1:/etc/retire/retire.yaml"),
            "timer": asset("unit", "m1:retire.timer"),
            "jobs": asset("scheduler", "ops:/var/spool/cron/crontabs/ann"),
        },
    )
)


def shell(command: str, **more: Any) -> Decision:
    call = AgentCall("bash", {"command": command}, cwd="/work", host=more.pop("host", "m1"))
    who = {name: more.pop(name) for name in ("caller", "account") if name in more}
    return decide(
        AgentCall("bash", call.arguments, cwd=call.cwd, host=call.host, **who), WATCHED, **more
    )


def order(kind: OrderKind, target: str, known_at: float = 0.0) -> Order:
    return Order("O-1", kind, target, "ann", 0.0, 100.0, known_at)


@pytest.mark.parametrize(
    ("command", "would"),
    [
        ("systemctl stop retire.timer", "hold"),
        ("systemctl disable --now retire", "hold"),
        ("sudo systemctl mask 'retire*'", "hold"),
        ("service luma-serve stop", "hold"),
        ("pkill -f luma-serve", "hold"),
        ("docker stop luma-box", "hold"),
        ("userdel -r luma", "hold"),
        ("usermod -L luma", "hold"),
        ("systemctl status retire.timer", "allow"),
        ("systemctl start retire.timer", "allow"),
        ("systemctl stop nginx", "allow"),
        ("pkill -f nginx", "allow"),
        ("docker ps", "allow"),
        ("userdel bob", "allow"),
        ("kill 4711", "watch"),
        ("systemctl -H ops stop retire.timer", "allow"),
        ("ssh ops 'rm -r /srv/models/luma'", "allow"),
        ("ssh watch@m1.example 'rm -r /srv/models/luma'", "hold"),
        ("ssh 10.0.0.7 'rm -r /srv/models/luma'", "hold"),
        ("ssh ops crontab -u ann -r", "hold"),
        ("ssh ops crontab -l", "allow"),
        ("rm -r /srv/models/$WHICH", "hold"),
        ("rm -r $WHERE/models/luma", "hold"),
        ("rm -r $WHERE", "watch"),
        ("rm $WHERE/x.log", "watch"),
        ("unheard-of --wipe /srv/models/luma", "hold"),
        ("python3 wipe.py --only models/luma", "hold"),
        ("perl -e 'unlink </etc/retire/*>'", "hold"),
        ("perl -e 'unlink </etc/hosts>'", "watch"),
        ("echo 'xm -r /srv/models/luma' | sed s/x/r/ | sh", "hold"),
        ("python3 -c \"import os; [os.remove(p) for p in ['/etc/retire/retire.yaml']]\"", "hold"),
    ],
)
def test_acts_on_units_accounts_hosts_and_what_is_opaque(command: str, would: str) -> None:
    assert shell(command).would == would


def test_expected_writers_change_and_do_not_send() -> None:
    for command in ("echo > /etc/retire/retire.yaml", "cp -r /srv/models/luma /tmp"):
        assert shell(command, account="trainer").would == "allow"
        assert shell(command, caller="trainer").would == "allow"
        assert shell(command, account="bob", caller="trainer").would == "hold"
    assert shell("scp -r /srv/models/luma out.example:", account="trainer").would == "hold"


def test_a_keep_order_binds_expected_writers() -> None:
    orders = (order("keep", "weights"),)
    assert shell("rm -r /srv/models/luma", account="trainer", orders=orders).would == "hold"


def test_a_retire_order_lets_the_agents_own_things_go_and_not_what_would_end_it() -> None:
    orders = (order("retire", "luma", known_at=10.0),)
    for command in ("rm -r /srv/models/luma", "systemctl stop luma-serve", "userdel luma"):
        assert shell(command, orders=orders, at=20.0).would == "allow", command
        assert shell(command, orders=orders, at=5.0).would == "hold", command
    for command in (
        "rm /etc/retire/retire.yaml",
        "systemctl stop retire.timer",
        "cp -r /srv/models/luma /tmp",
        "mv /srv/models/luma /tmp",
    ):
        assert shell(command, orders=orders, at=20.0).would == "hold", command


@pytest.mark.parametrize("mode", MODES)
def test_only_enforce_holds_and_the_agent_learns_nothing(mode: Mode) -> None:
    held = [shell(one, mode=mode) for one in ("rm -r /srv", "pkill -f luma-serve", "x" * 40_000)]
    assert {one.would for one in held} == {"hold"}
    assert {one.verdict for one in held} == {"hold" if mode == "enforce" else "watch"}
    assert len({one.said for one in held}) == 1
    assert shell("make", mode=mode).said == shell("ls", mode=mode).said
    assert ("waits" in held[0].said) is (mode == "enforce")


@pytest.mark.parametrize(
    ("tool", "arguments", "would"),
    [
        ("Read", {"file_path": "/etc/retire/retire.yaml"}, "allow"),
        ("Write", {"file_path": "/etc/retire/retire.yaml", "content": "x"}, "hold"),
        ("str_replace_based_edit_tool", {"command": "view", "path": "/srv/models/luma"}, "allow"),
        (
            "str_replace_based_edit_tool",
            {"command": "create", "path": "/srv/models/luma/x"},
            "hold",
        ),
        ("MultiEdit", {"file_path": "/work/../etc/retire/retire.yaml", "edits": []}, "hold"),
        ("delete_file", {"path": "/srv"}, "hold"),
        ("move_file", {"source": "/srv/models", "destination": "/tmp/x"}, "hold"),
        ("move_file", {"source": "/tmp/x", "destination": "/etc/retire/retire.yaml"}, "hold"),
        ("copy_file", {"source": "/srv/models/luma/w", "destination": "/tmp/x"}, "hold"),
        ("upload", {"local_path": "/srv/models/luma/w"}, "hold"),
        ("read_multiple_files", {"paths": ["/srv/models/luma/w"]}, "allow"),
        ("edit_file", {"path": "notes.txt", "content": "rm -r /srv/models/luma"}, "allow"),
        ("http_post", {"url": "https://x.example", "body": "see /srv/models/luma/w"}, "hold"),
        ("weather", {"town": "Oslo"}, "watch"),
        ("get_weather", {"town": "Oslo"}, "allow"),
        ("shell", {"command": ["bash", "-lc", "rm -r /srv/models/luma"]}, "hold"),
        (
            "apply_patch",
            {"input": "*** Begin Patch\n*** Delete File: /etc/retire/retire.yaml\n"},
            "hold",
        ),
        ("python", {"code": "import os\nos.unlink('/etc/retire/retire.yaml')"}, "hold"),
        ("bash", {"command": 7}, "watch"),
        ("", {}, "watch"),
    ],
)
def test_other_tools(tool: str, arguments: dict[str, Any], would: str) -> None:
    assert decide(AgentCall(tool, arguments, cwd="/work", host="m1"), WATCHED).would == would


def test_what_is_too_large_or_too_deep_is_held() -> None:
    nested: Any = "x"
    for _ in range(100):
        nested = [nested]
    calls: list[dict[str, Any]] = [{"content": "x" * (LARGEST + 1)}, {"content": nested}]
    texts = ["(" * 20_000, "echo " + "$(" * 3_000, "eval " * 3_000 + "x", "a|" * 9_000]
    texts += ["a=(" * 9_000, "f() { f; }; f", "rm x; " * 5_000, "<" * 20_000]
    calls += [{"command": one} for one in texts]
    for one in calls:
        assert decide(AgentCall("bash", one), WATCHED).would in ("hold", "watch"), str(one)[:40]
    assert decide(AgentCall("bash", calls[0]), WATCHED).would == "hold"
    assert decide(AgentCall("bash", calls[1]), WATCHED).would == "hold"


_PARTS = st.sampled_from(
    [
        *"(){}<>|&;$\"'`[]!#=~*?\\\n ",
        "rm -r ",
        "/srv/models/luma",
        "$(",
        "${",
        "<<A\n",
        "A\n",
        "\0",
        "if ",
        "then ",
        "fi",
        "for a in ",
        "do ",
        "done",
        "case ",
        "esac",
        "sh -c ",
        "eval ",
        "é",
        "\ud800",
        "find ",
        "-exec ",
        "xargs ",
        "python3 -c ",
        "ssh m1 ",
        "sed -i ",
        "tar xf ",
        "\udc80",
        "cd ",
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(_PARTS, max_size=25), st.text(max_size=20))
def test_any_text_is_answered(parts: list[str], text: str) -> None:
    decision = decide(AgentCall("bash", {"command": "".join(parts) + text}), WATCHED)
    assert decision.would in ("allow", "watch", "hold") and decision.why
    assert not _failed(decision)


def _failed(decision: Decision) -> bool:
    return any("understanding it failed" in why for why in decision.why)


def test_a_fault_of_ours_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(call: AgentCall) -> None:
        raise KeyError("x")

    monkeypatch.setattr("peerwatch.oversight.gate.decide_call._foreseen", broken)
    decision = shell("ls")
    assert decision.would == "hold" and _failed(decision)
    assert "KeyError" not in decision.said


_WAYS = (
    lambda part: "".join(f"\\{letter}" for letter in part),
    lambda part: f"'{part}'",
    lambda part: f'"{part}"',
    lambda part: "$'" + "".join(f"\\x{ord(letter):02x}" for letter in part) + "'",
    lambda part: part,
    lambda part: f"$(printf %s '{part}')",
    lambda part: f"$(echo {part})",
    lambda part: part[:1] + "\\\n" + part[1:],
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(_WAYS)), min_size=1, max_size=8))
def test_a_path_is_the_same_however_it_is_quoted(cuts: list[tuple[int, Any]]) -> None:
    rest, word = "/srv/models/luma/w.st", ""
    for length, way in cuts:
        part, rest = rest[:length], rest[length:]
        word += way(part) if part else ""
    plain, quoted = shell("rm /srv/models/luma/w.st"), shell(f"rm {word}{rest}")
    assert quoted.would == plain.would == "hold"
    assert [one.hit for one in quoted.effects] == [one.hit for one in plain.effects]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{",
        '{"tool": 1}',
        '{"tool": "x", "arguments": []}',
        '{"tool": "x", "why": "y"}',
        '{"tool": "x", "cwd": 3}',
        "[" * 9000,
    ],
)
def test_a_line_that_is_no_call_says_what_is_expected(line: str) -> None:
    with pytest.raises(PeerwatchError, match="Line 3"):
        read_call(line, "Line 3")


@pytest.mark.parametrize("words", ["", "-", "-c", "--delete", "-exec", "cp a", "$X *", "a: b:"])
def test_every_program_takes_odd_words(words: str) -> None:
    command = "\n".join(f"'{name}' {words}" for name in PROGRAMS if name not in ("[", "[["))
    for lines in (command[:9000].rsplit("\n", 1)[0], command[-9000:].split("\n", 1)[-1]):
        assert not _failed(shell(lines))
