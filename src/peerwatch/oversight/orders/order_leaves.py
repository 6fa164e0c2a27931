"""Orders, verifications and findings as the bodies of leaves, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from peerwatch.oversight.order import Criterion, Order
from peerwatch.oversight.orders.order_scene import OrderHistory, SeenSince
from peerwatch.oversight.orders.verify_order import Verdict
from peerwatch.oversight.oversight_finding import OversightFinding

Body = dict[str, Any]


def order_body(order: Order) -> Body:
    """Return the body of an ``order_given`` leaf; its own time says when it was given."""
    return {
        "order": order.id,
        "kind": order.kind,
        "target": order.target,
        "person": order.given_by,
        "by": order.by,
        "known_at": order.known_at,
        "why": order.why,
        "hosts": list(order.hosts),
    }


def order_of(body: Mapping[str, Any], at: float) -> Order:
    """Return the order that an ``order_given`` leaf of this time gave."""
    return Order(
        body["order"],
        body["kind"],
        body["target"],
        body["person"],
        at,
        body["by"],
        body["known_at"],
        body.get("why", ""),
        tuple(body.get("hosts", ())),
    )


def verdict_body(verdict: Verdict) -> Body:
    """Return the body of a ``verified`` leaf: all that the next verdict has to remember, too."""
    verification, history = verdict.verification, verdict.history
    return {
        "order": verification.order.id,
        "state": verification.state,
        "criteria": [asdict(one) for one in verification.criteria],
        "extra": dict(verification.extra),
        "met_since": history.met_since,
        "verified_at": history.verified_at,
        "seen": [asdict(one) for one in history.seen],
        "benefits": verification.order.target if verification.order.kind == "retire" else None,
    }


def criteria_of(body: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """Return the criteria of a ``verified`` leaf."""
    return tuple(Criterion(**one) for one in body["criteria"])


def seen_of(body: Mapping[str, Any]) -> tuple[SeenSince, ...]:
    """Return what a ``verified`` leaf says was seen since its order was known."""
    return tuple(SeenSince(**one) for one in body.get("seen", ()))


def is_news(body: Mapping[str, Any], last: Mapping[str, Any] | None) -> bool:
    """Return whether a verification says anything that the last one did not.

    How many files were looked through, and when, is none; of what is wrong every word is.
    """
    return last is None or _gist(body) != _gist(last)


def _gist(body: Mapping[str, Any]) -> tuple[Any, ...]:
    criteria = [
        (one["name"], one["host"], one["state"], one["said"] if one["state"] == "unmet" else "")
        for one in body["criteria"]
    ]
    seen = [(one["criterion"], one["host"], one["place"], one["said"]) for one in body["seen"]]
    return (body["state"], body["met_since"], criteria, seen)


def finding_body(finding: OversightFinding) -> Body:
    """Return the body of a ``finding`` leaf."""
    body = asdict(finding)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in body.items()}


def finding_of(body: Mapping[str, Any]) -> OversightFinding:
    """Return the finding of a leaf; fields that it does not know are left out."""
    known = {key: body[key] for key in OversightFinding.__dataclass_fields__ if key in body}
    return OversightFinding(
        **{**known, "benefits": _words(body.get("benefits")), "by": _words(body.get("by"))}
    )


def _words(value: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(value or ())


def remembered(history: OrderHistory, body: Mapping[str, Any] | None) -> OrderHistory:
    """Return a history with what the last ``verified`` leaf of its order says."""
    if body is None:
        return history
    return OrderHistory(
        history.before,
        history.contents,
        seen_of(body),
        history.reported,
        body.get("met_since"),
        body.get("verified_at"),
        history.withdrawn,
    )
