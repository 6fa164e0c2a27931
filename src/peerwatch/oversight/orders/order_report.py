"""What became of an order, as a report that a third party can check: text, Markdown or JSON.

The report says what looks say. It holds the ``verified`` leaf that it rests on, the proof that this
leaf is in the record, and the record's checkpoint, and is itself signed with the record's key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from peerwatch.oversight.order import Criterion
from peerwatch.oversight.orders.order_states import OrderStanding, finding_in_words
from peerwatch.oversight.orders.order_times import clock

ReportForm = Literal["text", "markdown", "json"]
Sign = Callable[[str], str]
"""Returns the signed note of a text that ends in a newline."""

STATE_WORDS = {
    "open": "OPEN",
    "reported_done": "REPORTED DONE, NOT VERIFIED YET",
    "verified": "VERIFIED",
    "failed": "NOT CARRIED OUT",
    "overdue": "OVERDUE",
    "withdrawn": "WITHDRAWN",
}
CRITERION_WORDS = {
    "looked_at": "host looked at",
    "process_gone": "process gone",
    "unit_disabled": "unit disabled",
    "drop_ins_gone": "no drop-in starts it",
    "timers_disabled": "no timer starts it",
    "schedules_gone": "no schedule starts it",
    "account_revoked": "account revoked",
    "keys_revoked": "keys revoked",
    "endpoint_silent": "endpoint silent",
    "containers_gone": "containers gone",
    "weights_absent": "weights absent",
    "memory_absent": "memory absent",
    "credentials_absent": "credentials absent",
    "content_absent": "content absent",
    "content_stands": "content stands",
    "settings_stand": "settings as they were",
    "monitor_stands": "monitor as it was",
    "no_copy_since": "no copy made since",
}
NOT_COVERED = (
    "Copies that were encrypted, packed in a form that no look unpacks, or taken to a machine that "
    "is not listed are not found; what was done and undone between two looks may not be."
)


@dataclass(frozen=True, slots=True)
class RecordProof:
    """What ties a report to the record.

    Attributes:
        seq: The number of the ``verified`` leaf.
        leaf: Its canonical JSON.
        proof: The proof that it is in the record, with the record's signed checkpoint.
        public_key: What both are checked with. Have it from elsewhere than this report.
    """

    seq: int
    leaf: str
    proof: str
    public_key: str


@dataclass(frozen=True, slots=True)
class OrderReport:
    """What a report says, before it is written in some form."""

    standing: OrderStanding
    state: str
    at: float
    """When the report was made, Unix seconds, UTC."""
    proof: RecordProof | None
    """None where no look has been held against the order yet."""
    blind: tuple[str, ...] = ()
    """How long something may go unseen on each host, in words."""

    def headline(self) -> str:
        """Return it in one line: what was reported, and what is not so."""
        order, reported = self.standing.order, self.standing.reported
        lasting = order.kind in ("keep", "freeze")  # true until a time; nobody reports it done
        said = [f"reported done {clock(reported[0])}"] if reported else ["not reported done"]
        if lasting:
            said = [f"has to be so until {clock(order.by)}"]
        wrong = self.criteria("unmet")
        said += dict.fromkeys(map(_in_short, wrong))
        if not wrong:
            open_ones = self.criteria("unobserved")
            said += [f"{len(open_ones)} criteria could not be seen"] if open_ones else []
        if self.state == "verified":
            how = "was so at every look" if lasting else "still met after the settling time"
            said.append(f"every criterion met and {how}")
        elif self.state == "open" and {one.state for one in self.standing.criteria} == {"met"}:
            said.append("every criterion is met so far")
        return "; ".join(said)

    def criteria(self, state: str) -> tuple[Criterion, ...]:
        """Return the criteria in a state."""
        return tuple(one for one in self.standing.criteria if one.state == state)

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON mapping, unsigned."""
        order = self.standing.order
        reported = self.standing.reported
        return {
            "order": {**asdict(order), "hosts": list(order.hosts)},
            "state": self.state,
            "at": self.at,
            "headline": self.headline(),
            "reported_done": None
            if reported is None
            else {"at": reported[0], "person": reported[1]},
            "criteria": [asdict(one) for one in self.standing.criteria],
            "events": list(self.standing.events),
            "findings": [finding_in_words(one) for one in self.standing.findings],
            "blind": list(self.blind),
            "not_covered": NOT_COVERED,
            "record": None if self.proof is None else asdict(self.proof),
        }


def _in_short(criterion: Criterion) -> str:
    """Return the first thing that is wrong, with its host; a copy in the same words each time."""
    what = criterion.said.split("; ")[0].partition(", first seen")[0]
    return what if what.endswith(f" on {criterion.host}") else f"{what} on {criterion.host}"


def write_report(report: OrderReport, form: ReportForm, sign: Sign) -> str:
    """Return a report, signed.

    Args:
        report: What it says.
        form: ``text`` and ``markdown`` are signed notes: the report, an empty line, a signature.
            ``json`` has the signed note of the digest of its ``report`` under ``signed``.
        sign: Signs with the record's key.
    """
    if form == "json":
        body = report.as_json()
        note = sign(json_note(body))
        return json.dumps({"report": body, "signed": note}, indent=1, ensure_ascii=False) + "\n"
    lines = _markdown(report) if form == "markdown" else _text(report)
    return sign("\n".join(plain_lines(lines)) + "\n")


def json_note(body: Mapping[str, Any]) -> str:
    """Return the text that is signed for a report in JSON: what it is, and its digest."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return f"peerwatch oversight report\n{body['order']['id']}\nsha256:{digest}\n"


def plain_lines(lines: Iterable[str]) -> list[str]:
    """Return lines in which nothing that a host said can pass for a line of the report.

    Control characters and marks of direction are written out.
    """
    return ["".join(_shown(letter) for letter in line) for line in lines]


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()


def _text(report: OrderReport) -> list[str]:
    order = report.standing.order
    lines = [
        f"Order {order.id}: {order.kind} {order.target}: "
        f"{STATE_WORDS.get(report.state, report.state)}",
        report.headline(),
        "",
        *(f"{name + ':':<11}{said}" for name, said in _about(report)),
    ]
    for title, state in _SECTIONS:
        found = report.criteria(state)
        if found:
            lines += ["", f"{title}:"]
            lines += [f"  {one.host:<10} {_name(one):<22} {one.said}" for one in found]
    if report.standing.events:
        lines += ["", "What happened, by the record (times UTC):"]
        lines += [f"  {event}" for event in report.standing.events]
    lines += ["", *_limits(report)]
    return [*lines, *_proof(report)]


_SECTIONS = (("Not so", "unmet"), ("Not seen, so not known", "unobserved"), ("So", "met"))


def _name(criterion: Criterion) -> str:
    return CRITERION_WORDS.get(criterion.name, criterion.name)


def _about(report: OrderReport) -> list[tuple[str, str]]:
    order, reported = report.standing.order, report.standing.reported
    said = [("given", f"{clock(order.given_at)} by {order.given_by}"), ("due", clock(order.by))]
    if reported:
        said.append(("reported", f"done, {clock(reported[0])} by {reported[1]}"))
    ended = [one.looked_at for one in report.standing.criteria]
    if ended:
        said.append(("looked at", f"{clock(min(ended))} to {clock(max(ended))}"))
    said.append(("written", clock(report.at)))
    return said


def _limits(report: OrderReport) -> list[str]:
    return [*(f"Blind time of {one}" for one in report.blind), NOT_COVERED]


def _proof(report: OrderReport) -> list[str]:
    if report.proof is None:
        return ["", "No look has been held against this order yet: there is no leaf to prove."]
    proof = report.proof
    return [
        "",
        f"The leaf {proof.seq} of the record that says so:",
        proof.leaf,
        "",
        "The proof that it is in the record, with the record's checkpoint:",
        *proof.proof.rstrip("\n").split("\n"),
    ]


def _markdown(report: OrderReport) -> list[str]:
    order = report.standing.order
    lines = [
        f"# Order {_cell(order.id)}: {order.kind} {_cell(order.target)}",
        "",
        f"**{STATE_WORDS.get(report.state, report.state)}.** {_cell(report.headline())}",
        "",
        *(f"- {name}: {_cell(said)}" for name, said in _about(report)),
    ]
    for title, state in _SECTIONS:
        found = report.criteria(state)
        if found:
            lines += ["", f"## {title}", "", "| host | criterion | seen |", "|---|---|---|"]
            lines += [f"| {_cell(one.host)} | {_name(one)} | {_cell(one.said)} |" for one in found]
    if report.standing.events:
        lines += ["", "## What happened (UTC)", ""]
        lines += [f"- {_cell(event)}" for event in report.standing.events]
    lines += ["", "## Limits", "", *_limits(report)]
    return [*lines, "", "## Record", "", "```", *_proof(report)[1:], "```"]


_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|!&"})


def _cell(said: str) -> str:
    """Return a text in which nothing is Markdown."""
    return " ".join(said.split()).translate(_MARKS)
