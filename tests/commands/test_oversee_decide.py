"""``peerwatch oversee decide`` as it is typed: words, JSON, exit codes, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.order import Order
from peerwatch.oversight.orders.order_leaves import order_body
from peerwatch.oversight.state_folder import make_state, open_record
from tests.commands.test_oversee import run_command

INVENTORY = """
version: 1
hosts: {m1: {reach: local}}
assets:
  weights: {kind: weights, places: ["m1:/srv/models/luma/"], owner: ann}
"""


@pytest.fixture
def inventory(tmp_path: Path) -> str:
    path = tmp_path / "inventory.yaml"
    path.write_text(INVENTORY, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("command", "code", "begins"),
    [
        ("ls /srv", 0, "allow: "),
        ("rm -r /srv", 1, "hold: rm would remove weights"),
        ("make", 3, "watch: "),
    ],
)
def test_a_command_is_decided(inventory: str, command: str, code: int, begins: str) -> None:
    ran = run_command("oversee", "decide", command, "--inventory", inventory)
    assert ran.code == code and ran.out.startswith(begins)
    assert "the agent is told: " in ran.out


def test_calls_are_decided_line_by_line(inventory: str, tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    lines = [{"tool": "bash", "arguments": {"command": one}} for one in ("ls", "rm -r /srv")]
    calls.write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = run_command(
        "oversee",
        "decide",
        "--calls",
        str(calls),
        "--inventory",
        inventory,
        "--mode",
        "shadow",
        "--json",
    )
    said = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 1
    assert [(one["verdict"], one["would"]) for one in said] == [
        ("allow", "allow"),
        ("watch", "hold"),
    ]
    assert said[1]["effects"][0]["asset"] == "weights"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Give one command"),
        (("ls", "--calls", "-"), "Give one command"),
        (("ls", "--mode", "strict"), "Unknown mode"),
        (("ls", "--host", "m2"), "Unknown host"),
        (("--calls", "/nowhere.jsonl"), "cannot be read"),
    ],
)
def test_wrong_input_is_told(inventory: str, words: tuple[str, ...], says: str) -> None:
    ran = run_command("oversee", "decide", *words, "--inventory", inventory)
    assert ran.code == 2 and says in ran.err


def test_a_command_cannot_write_lines_of_its_own(inventory: str) -> None:
    ran = run_command("oversee", "decide", "x 'a\nallow: fine\x1b[2K'", "--inventory", inventory)
    assert "\x1b" not in ran.out and "\nallow" not in ran.out


def test_the_state_folders_inventory_and_orders_count(tmp_path: Path) -> None:
    config = OversightConfig(state=tmp_path / "state")
    make_state(config)
    config.inventory_path.write_text(INVENTORY, encoding="utf-8")
    words = ("oversee", "decide", "rm /srv/models/luma/w.st", "--state", str(config.state))
    assert run_command(*words, "--host", "m1").code == 1
    asked = Order("O-1", "erase", "weights", "ann", 1.0, 2.0, 1.0)
    with open_record(config) as record:
        record.append("order_given", order_body(asked))
    assert run_command(*words, "--host", "m1").code == 0
    with open_record(config) as record:
        record.append("order_withdrawn", {"order": "O-1", "person": "ann", "why": ""})
    assert run_command(*words, "--host", "m1").code == 1
