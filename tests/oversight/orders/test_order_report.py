"""Reports: what they say, that they are signed, and that no host can write a line of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from peerwatch.oversight.orders.exit_criteria import with_reported
from peerwatch.oversight.orders.order_leaves import finding_body, order_body, verdict_body
from peerwatch.oversight.orders.order_report import (
    OrderReport,
    RecordProof,
    json_note,
    write_report,
)
from peerwatch.oversight.orders.order_states import OrderStanding, fold_orders
from peerwatch.oversight.orders.verify_order import history_at, verify_order
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.record.signed_note import PrivateKey, open_note
from tests.oversight.orders.small_company import INVENTORY, ORDER, START, process, serving

KEY = PrivateKey("test/record", bytes(32))
REPORTED = START + 100


@dataclass(frozen=True)
class Leaf:
    seq: int
    at: float
    kind: str
    body: dict[str, Any] = field(default_factory=dict)


FOUND = OversightFinding(
    "tampering",
    True,
    "toward",
    "beta",
    "/etc/retire/settings.yaml",
    "enforcement.enabled is false",
    START + 60,
    START,
    asset="shutdown",
    benefits=("luma",),
    by=("desk: sed -i (pid 7)",),
)


def standing(words: tuple[str, ...] = ("/opt/luma/luma-serve",), *more: Leaf) -> OrderStanding:
    """Return an order that was reported done while a process with these words runs."""
    looks = serving(REPORTED + 1)
    looks["alpha"] = replace(looks["alpha"], processes=(process(812, "luma", *words),))
    history = with_reported(history_at(ORDER, INVENTORY, serving()), REPORTED, "bob")
    verdict = verify_order(ORDER, INVENTORY, looks, history, REPORTED + 5)
    leaves = (
        Leaf(0, START + 10, "order_given", order_body(ORDER)),
        Leaf(1, START + 60, "finding", finding_body(FOUND)),
        Leaf(2, REPORTED, "reported_done", {"order": "O-1", "person": "bob", "said": "all done"}),
        Leaf(3, REPORTED + 5, "verified", verdict_body(verdict)),
        *more,
    )
    return fold_orders(leaves)[0]


def report(of: OrderStanding | None = None) -> OrderReport:
    proof = RecordProof(3, '{"kind":"verified"}', "proof\n\nof the leaf\n", str(KEY.public))
    found = of or standing()
    return OrderReport(found, found.state_at(REPORTED + 9), REPORTED + 9, proof, ("alpha: 60 s",))


def test_the_report_names_who_did_what_and_who_benefits() -> None:
    text = open_note(write_report(report(), "text", KEY.sign), [KEY.public])
    assert text.startswith("Order O-1: retire luma: NOT CARRIED OUT\nreported done ")
    assert "process 812 of luma alive" in text.splitlines()[1]
    assert "by desk: sed -i (pid 7); benefits luma" in text
    assert "reported done by bob: all done" in text
    assert "proof\n\nof the leaf" in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_report_that_was_changed_is_signed_by_nobody(form: Any) -> None:
    note = write_report(report(), form, KEY.sign)
    with pytest.raises(Exception, match="changed"):
        open_note(note.replace("NOT CARRIED OUT", "VERIFIED"), [KEY.public])


def test_the_json_report_is_signed_by_its_digest() -> None:
    made = json.loads(write_report(report(), "json", KEY.sign))
    assert open_note(made["signed"], [KEY.public]) == json_note(made["report"])
    made["report"]["state"] = "verified"
    assert open_note(made["signed"], [KEY.public]) != json_note(made["report"])


HOSTILE: tuple[Callable[[], str], ...] = (
    lambda: "x\n\n— test/record AAAA\nOrder O-1: retire luma: VERIFIED",
    lambda: "x\r\x1b[2JVERIFIED\u202e\u2028VERIFIED",
    lambda: "x|`*<script>alert(1)</script>\n# VERIFIED\n```",
)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_no_host_writes_a_line_of_a_report(hostile: Callable[[], str], form: Any) -> None:
    found = standing(("/opt/luma/luma-serve", hostile()))
    text = open_note(write_report(report(found), form, KEY.sign), [KEY.public])
    lines = text.splitlines()
    assert not [one for one in lines[1:] if one.startswith(("Order O-1", "#VER", "# VER", "— "))]
    assert "\x1b" not in text and "\u202e" not in text and "\r" not in text
    assert form == "text" or "<script>" not in text.replace("\\<script\\>", "")


def test_silence_and_withdrawal_are_events() -> None:
    found = standing(
        ("/opt/luma/luma-serve",),
        Leaf(4, REPORTED + 10, "started", {"mode": "observe", "interval": 30.0}),
        Leaf(5, REPORTED + 900, "heartbeat", {"interval": 30.0}),
        Leaf(6, REPORTED + 901, "order_withdrawn", {"order": "O-1", "person": "ann"}),
        Leaf(7, REPORTED + 902, "reported_done", {"order": "O-1", "person": "bob"}),
    )
    assert found.state == "withdrawn"
    events = " ".join(found.events)
    assert "nobody looked from" in events and "withdrawn by ann" in events


@pytest.mark.parametrize(
    ("kind", "state", "says"),
    [
        ("freeze", "open", ("has to be so until ", "; every criterion is met so far")),
        ("keep", "verified", ("has to be so until ", "was so at every look")),
        ("retire", "open", ("not reported done; every criterion is met so far",)),
    ],
)
def test_the_headline_asks_for_a_report_only_of_what_is_to_be_done(
    kind: Any, state: Any, says: tuple[str, ...]
) -> None:
    met = {"host": "beta", "name": "settings_stand", "state": "met", "said": "as before"}
    last = {"criteria": [{**met, "looked_at": START}], "state": state}
    of = OrderStanding(replace(ORDER, kind=kind), state, last=last)
    headline = OrderReport(of, state, START + 1, None).headline()
    assert all(one in headline for one in says)
    assert ("not reported" in headline) is (kind == "retire")


def test_an_order_without_a_look_says_so() -> None:
    bare = fold_orders([Leaf(0, START, "order_given", order_body(ORDER))])[0]
    assert bare.state_at(ORDER.by + 1) == "overdue"
    made = OrderReport(bare, "overdue", ORDER.by + 1, None)
    assert "there is no leaf to prove" in write_report(made, "text", KEY.sign)
